//! A resource that trusts this server (RFC 9728): `/mcp` wants a token, and says who gives one.

use std::time::Duration;

use super::call::{Answer, Call, Parameters, Refusal};
use super::practice::Practice;
use super::userinfo::bearer;
use crate::json::json;

/// The path of the resource.
pub(super) const PATH: &str = "/mcp";

/// Where it says so.
pub(super) const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

/// `GET /mcp`.
pub(super) fn resource(practice: &mut Practice, call: &Call, now: Duration) -> Answer {
    let metadata = format!("{}{METADATA}", practice.issuer);
    match bearer(practice, call, now) {
        Ok(_) => Answer::json(200, json!({"hello": "tool"})),
        Err(refusal) => Answer::json(401, json!({"error": refusal.code})).with(
            "WWW-Authenticate",
            format!("Bearer error=\"invalid_token\", resource_metadata=\"{metadata}\""),
        ),
    }
}

/// RFC 9728 section 3.2.
pub(super) fn metadata(practice: &Practice) -> Answer {
    Answer::json(
        200,
        json!({
            "resource": format!("{}{PATH}", practice.issuer),
            "authorization_servers": [practice.issuer],
            "bearer_methods_supported": ["header"],
            "scopes_supported": ["read"],
        }),
    )
}

/// The resource that a request is for (RFC 8707): the one there is, or none.
pub(super) fn wanted(issuer: &str, parameters: &Parameters) -> Result<Option<String>, Refusal> {
    match parameters.get("resource") {
        None => Ok(None),
        Some(resource) if resource == format!("{issuer}{PATH}") => Ok(Some(resource.to_owned())),
        Some(_) => Err(Refusal::new("invalid_target", "there is no such resource")),
    }
}
