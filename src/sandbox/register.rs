//! Dynamic client registration (RFC 7591), for loopback clients.

use serde::Deserialize;

use super::call::{Answer, Call, Refusal};
use super::client::{Client, LoopbackRedirect};
use super::mint::Hash;
use super::practice::Practice;
use super::token;
use crate::json::json;

/// RFC 7591 section 2, as far as it is understood here; what is not is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    redirect_uris: Vec<String>,
    #[serde(default)]
    token_endpoint_auth_method: Method,
    #[serde(default)]
    grant_types: Vec<String>,
    #[serde(default)]
    response_types: Vec<String>,
    client_name: Option<String>,
    client_uri: Option<String>,
    software_id: Option<String>,
    software_version: Option<String>,
    application_type: Option<String>,
    scope: Option<String>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Method {
    #[default]
    #[serde(rename = "client_secret_basic")]
    Basic,
    #[serde(rename = "client_secret_post")]
    Post,
    #[serde(rename = "none")]
    None,
}

/// `POST /register`.
pub(super) fn register(practice: &mut Practice, call: &Call) -> Result<Answer, Refusal> {
    if call.method != "POST" {
        return Ok(Answer::empty(405).with("Allow", "POST"));
    }
    let kind = call.header("content-type")?.unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim() != "application/json" {
        return Err(Refusal::invalid_request("the body is not application/json"));
    }
    let wanted: Wanted =
        serde_json::from_str(&call.body).map_err(|_| refuse("this is not client metadata"))?;
    let redirects = redirects(&wanted.redirect_uris)?;
    check(&wanted)?;
    let secret = (wanted.token_endpoint_auth_method != Method::None)
        .then(|| practice.mint.secret("sbx_secret"));
    let id = practice.mint.secret("sbx_client");
    let mut answer = json!({
        "client_id": id,
        "redirect_uris": wanted.redirect_uris,
        "token_endpoint_auth_method": match wanted.token_endpoint_auth_method {
            Method::Basic => "client_secret_basic",
            Method::Post => "client_secret_post",
            Method::None => "none",
        },
        "grant_types": [token::CODE, token::REFRESH],
        "response_types": ["code"],
        "registration_access_token": practice.mint.secret("sbx_registration"),
        "registration_client_uri": format!("{}/register/{id}", practice.issuer),
    });
    if let (Some(secret), Some(members)) = (&secret, answer.as_object_mut()) {
        members.insert("client_secret".to_owned(), json!(secret));
        members.insert("client_secret_expires_at".to_owned(), json!(0));
    }
    if let (Some(name), Some(members)) = (wanted.client_name, answer.as_object_mut()) {
        members.insert("client_name".to_owned(), json!(name));
    }
    practice.clients.push(Client {
        id,
        secret: secret.as_deref().map(Hash::of),
        key: None,
        redirects,
    });
    Ok(Answer::json(201, answer))
}

fn redirects(uris: &[String]) -> Result<Vec<LoopbackRedirect>, Refusal> {
    let refuse = || {
        Refusal::new(
            "invalid_redirect_uri",
            "redirect URIs are http, to a loopback host, with a path and nothing behind it",
        )
    };
    if uris.is_empty() {
        return Err(refuse());
    }
    uris.iter()
        .map(|uri| LoopbackRedirect::read(uri).ok_or_else(refuse))
        .collect()
}

fn check(wanted: &Wanted) -> Result<(), Refusal> {
    let offered = [token::CODE, token::REFRESH, token::DEVICE, token::CLIENT];
    if !wanted
        .grant_types
        .iter()
        .all(|grant| offered.contains(&grant.as_str()))
    {
        return Err(refuse("grant_types names one that is not offered"));
    }
    if !wanted.response_types.iter().all(|kind| kind == "code") {
        return Err(refuse("the only response type is code"));
    }
    if wanted
        .application_type
        .as_deref()
        .is_some_and(|kind| kind != "native")
    {
        return Err(refuse(
            "a loopback client is of the application_type native",
        ));
    }
    if let Some(scope) = &wanted.scope {
        super::authorize::scopes(Some(scope)).map_err(|_| refuse("scope names an unknown one"))?;
    }
    let texts = [
        &wanted.client_uri,
        &wanted.software_id,
        &wanted.software_version,
    ];
    if texts.into_iter().flatten().any(|text| text.len() > 512) {
        return Err(refuse("a text is longer than 512 bytes"));
    }
    Ok(())
}

fn refuse(why: &str) -> Refusal {
    Refusal::new("invalid_client_metadata", why)
}
