//! Ending access at the provider (RFC 7009, and the other ways that definitions name).
//!
//! "Revoked" is said only when the provider said so: whatever could come from something in between
//! is temporary.

use std::time::Duration;

use http::Method;
use url::form_urlencoded::byte_serialize;

use super::request::{self, HttpRequest, RequestError};
use super::token_error::Said;
use super::{Client, Reply};
use crate::endpoint::Endpoint;
use crate::provider::definition::{BodyKind, Definition, Revocation, RevokedTokens};
use crate::secret::Secret;
use crate::token::TokenSet;

/// One request to end one token.
#[derive(Debug)]
pub struct RevocationRequest {
    /// The request.
    pub request: HttpRequest,
    /// The token that it names.
    pub what: Revoked,
}

/// Which token a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// The refresh token.
    RefreshToken,
    /// The access token.
    AccessToken,
}

/// What the provider said about one token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is revoked.
    Revoked,
    /// It was not valid any more.
    AlreadyGone,
    /// It may still exist: ask again (RFC 7009 section 2.2.1).
    Temporary {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// It still exists, and asking again as is won't help. Status 401 to a request that carried
    /// the access token itself means that a fresh one is needed.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error code, safe to show.
        code: Option<String>,
        /// The server's words, safe to show.
        description: Option<String>,
    },
}

/// The requests that end `set`, in the order in which they are to be sent. `revocation` is the
/// definition's, or the one that the connection was made with. Empty where the provider has no way.
///
/// # Errors
///
/// When a secret is needed and missing, or the definition gives no usable request.
pub fn requests(
    definition: &Definition,
    revocation: &Revocation,
    client: &Client,
    set: &TokenSet,
) -> Result<Vec<RevocationRequest>, RequestError> {
    let access = |request| RevocationRequest {
        request,
        what: Revoked::AccessToken,
    };
    match revocation {
        Revocation::None { .. } => Ok(Vec::new()),
        Revocation::Rfc7009 {
            endpoint,
            authenticate,
            body,
            tokens,
            ..
        } => chosen(*tokens, set)
            .into_iter()
            .map(|(what, token)| {
                let client = authenticate.then_some(client);
                let request = rfc_7009(definition, client, endpoint, *body, what, token)?;
                Ok(RevocationRequest { request, what })
            })
            .collect(),
        Revocation::ApplicationToken {
            endpoint_template, ..
        } => application_token(definition, client, endpoint_template, &set.access_token)
            .map(|request| vec![access(request)]),
        Revocation::BearerPost { endpoint, .. } => {
            let mut request = request::build(
                definition,
                Method::POST,
                endpoint.as_str(),
                None,
                Vec::new(),
            )?;
            request::bearer(&mut request, &set.access_token)?;
            Ok(vec![access(request)])
        }
    }
}

/// Refresh token first: it is the one that lives on (RFC 7009 section 2.1).
fn chosen(tokens: RevokedTokens, set: &TokenSet) -> Vec<(Revoked, &Secret)> {
    let access = (Revoked::AccessToken, &set.access_token);
    let refresh = set
        .refresh_token
        .as_ref()
        .map(|token| (Revoked::RefreshToken, token));
    match tokens {
        RevokedTokens::Both => refresh.into_iter().chain([access]).collect(),
        RevokedTokens::Either => vec![refresh.unwrap_or(access)],
        RevokedTokens::Access => vec![access],
    }
}

fn rfc_7009(
    definition: &Definition,
    client: Option<&Client>,
    endpoint: &Endpoint,
    body: BodyKind,
    what: Revoked,
    token: &Secret,
) -> Result<HttpRequest, RequestError> {
    let hint = match what {
        Revoked::RefreshToken => "refresh_token",
        Revoked::AccessToken => "access_token",
    };
    let mut pairs = vec![("token", token.expose())];
    // the hint is of the RFC's form; a JSON endpoint has its own schema
    match body {
        BodyKind::Form => pairs.push(("token_type_hint", hint)),
        BodyKind::Json => {}
    }
    match client {
        Some(client) => request::client_post(definition, client, endpoint.as_str(), body, pairs),
        None => request::post(definition, endpoint.as_str(), body, &pairs),
    }
}

fn application_token(
    definition: &Definition,
    client: &Client,
    template: &str,
    token: &Secret,
) -> Result<HttpRequest, RequestError> {
    let id: String = byte_serialize(client.id.as_str().as_bytes()).collect();
    let url: Endpoint = template
        // a path segment, where a space is never `+`
        .replace("{client_id}", &id.replace('+', "%20"))
        .parse()
        .map_err(|_| RequestError::Endpoint)?;
    let secret = client.secret.as_ref().ok_or(RequestError::SecretMissing)?;
    let body = request::json_body(&[("access_token", token.expose())]);
    let mut request = request::build(
        definition,
        Method::DELETE,
        url.as_str(),
        Some(request::JSON),
        body,
    )?;
    request::basic(&mut request, client, secret)?;
    Ok(request)
}

/// Reads what came back for one request.
#[must_use]
pub fn read(definition: &Definition, revocation: &Revocation, reply: &Reply<'_>) -> Outcome {
    let object = if reply.is_json() {
        reply.object().ok()
    } else {
        None
    };
    let said = object.as_ref().and_then(Said::in_object);
    let has_words = said.is_some();
    let gone = said
        .as_ref()
        .is_some_and(|said| matches!(said.code.as_str(), "invalid_token" | "token_revoked"));
    let refused = || {
        let (code, description) = said
            .clone()
            .map_or((None, None), |said| (Some(said.code), said.description));
        Outcome::Refused {
            status: reply.status,
            code,
            description,
        }
    };
    let temporary = Outcome::Temporary {
        status: reply.status,
        retry_after: reply.retry_after,
    };
    match (revocation, reply.status) {
        (_, 429 | 500..) => temporary,
        (Revocation::ApplicationToken { .. }, 404) if !reply.is_html() => Outcome::AlreadyGone,
        (Revocation::ApplicationToken { .. }, 200) => temporary,
        // the token authenticated the request: a 401 doesn't say that its whole grant is over
        (Revocation::BearerPost { .. }, 401) => refused(),
        (_, 200..=299) if has_words && gone => Outcome::AlreadyGone,
        (_, 200..=299) if has_words => refused(),
        (_, 200..=299) if !definition.answers.ok_member => Outcome::Revoked,
        (_, 200..=299) => match object {
            Some(object) if object.is_true("ok") && !object.is_false("revoked") => Outcome::Revoked,
            Some(_) => refused(),
            None => temporary,
        },
        (_, 400..=499) if gone => Outcome::AlreadyGone,
        (_, 400..=499) if has_words => refused(),
        _ if reply.is_passing() || reply.is_html() => temporary,
        _ => refused(),
    }
}
