//! Pushed authorization requests (RFC 9126): the request goes to the server first, authenticated,
//! and the browser carries only a reference to it.

use std::time::Duration;

use super::authorization::AuthorizationUrl;
use super::request::{self, HttpRequest, RequestError};
use super::token_answer::seconds;
use super::token_error::{Fault, Said, TokenError};
use super::{Client, Reply};
use crate::provider::definition::{BodyKind, Definition};

/// The longest reference that goes into a URL.
const URI_MAX: usize = 512;

/// What the browser carries instead of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The reference; good once.
    pub request_uri: String,
    /// How long it is good.
    pub lifetime: Duration,
}

/// Pushes what `url` asks for; nothing where the provider takes no pushed requests.
///
/// # Errors
///
/// When the client can't prove itself, or a header can't be written.
pub fn request(
    definition: &Definition,
    client: &Client,
    url: &AuthorizationUrl,
) -> Result<Option<HttpRequest>, RequestError> {
    let Some(endpoint) = &definition.par_endpoint else {
        return Ok(None);
    };
    let asked = url.parameters();
    let pairs = asked
        .iter()
        .filter(|(name, _)| name != "client_id")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    request::client_post_named(definition, client, endpoint.as_str(), BodyKind::Form, pairs)
        .map(Some)
}

/// Reads the answer to [`request()`] (RFC 9126 section 2.2).
///
/// # Errors
///
/// [`TokenError`], by what is to be done.
pub fn read(definition: &Definition, reply: &Reply<'_>) -> Result<Pushed, TokenError> {
    if reply.is_html() || (reply.is_passing() && !reply.is_json()) {
        return Err(TokenError::temporary(reply, None));
    }
    let object = reply
        .object()
        .map_err(|error| TokenError::malformed(reply, error))?;
    if let Some(said) = Said::in_object(&object) {
        return Err(TokenError::by_code(said, definition, reply));
    }
    if !matches!(reply.status, 200 | 201) {
        return Err(TokenError::malformed(reply, Fault::Status));
    }
    let wrong = |name| TokenError::malformed(reply, Fault::Wrong(name));
    let uri = object
        .text("request_uri")
        .ok()
        .flatten()
        .filter(|uri| (1..=URI_MAX).contains(&uri.len()))
        .filter(|uri| uri.bytes().all(|b| (0x21..=0x7E).contains(&b)))
        .ok_or_else(|| wrong("request_uri"))?;
    let lifetime = seconds(&object, "expires_in")
        .map_err(|fault| TokenError::malformed(reply, fault))?
        .ok_or_else(|| wrong("expires_in"))?;
    Ok(Pushed {
        request_uri: uri.to_owned(),
        lifetime: Duration::from_secs(lifetime),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_reference_is_printable_short_and_has_a_lifetime() {
        let read = |status, body: &str| {
            let reply = Reply {
                status,
                content_type: Some("application/json"),
                retry_after: None,
                body: body.as_bytes(),
            };
            read(&fixture::plain(), &reply)
        };
        let good = r#"{"request_uri":"urn:ietf:params:oauth:request_uri:x","expires_in":60}"#;
        let pushed = read(201, good).unwrap();
        assert_eq!(pushed.request_uri, "urn:ietf:params:oauth:request_uri:x");
        assert_eq!(pushed.lifetime, Duration::from_secs(60));
        for (status, body) in [
            (201, r#"{"request_uri":"","expires_in":60}"#.to_owned()),
            (201, r#"{"request_uri":"a b","expires_in":60}"#.to_owned()),
            (
                201,
                r#"{"request_uri":"a\u001b[2J","expires_in":60}"#.to_owned(),
            ),
            (201, good.replace(":x", &"x".repeat(600))),
            (201, r#"{"request_uri":"u"}"#.to_owned()),
            (201, r#"{"expires_in":60}"#.to_owned()),
            (202, good.to_owned()),
            (400, good.to_owned()),
            (302, good.to_owned()),
        ] {
            assert!(read(status, &body).is_err(), "{status} {body}");
        }
        let refused = read(400, r#"{"error":"invalid_request"}"#);
        assert!(matches!(refused, Err(TokenError::Refused { .. })));
    }
}
