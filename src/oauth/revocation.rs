//! Ending access at the provider (RFC 7009, and the other ways that definitions name).
//!
//! "Revoked" is said only when the provider said so: whatever could come from something in between
//! is temporary.

use std::time::Duration;

use http::Method;

use super::json::Object;
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
        Revocation::ApplicationToken { .. } => {
            let endpoint = revocation.endpoint_for(client.id.as_str());
            let endpoint = endpoint.ok_or(RequestError::Endpoint)?;
            application_token(definition, client, &endpoint, &set.access_token)
                .map(|request| vec![access(request)])
        }
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
    endpoint: &Endpoint,
    token: &Secret,
) -> Result<HttpRequest, RequestError> {
    let secret = client.secret.as_ref().ok_or(RequestError::SecretMissing)?;
    let body = request::json_body(&[("access_token", token.expose())]);
    let mut request = request::build(
        definition,
        Method::DELETE,
        endpoint.as_str(),
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
    match reply.status {
        429 => temporary(reply),
        200 | 204 => read_success(definition, revocation, reply, object.as_ref(), said),
        400..=499 => read_refusal(revocation, reply, said),
        _ => temporary(reply),
    }
}

/// RFC 7009 section 2.2: the status says all, unless the definition says that the body does.
fn read_success(
    definition: &Definition,
    revocation: &Revocation,
    reply: &Reply<'_>,
    object: Option<&Object>,
    said: Option<Said>,
) -> Outcome {
    if said.is_some() {
        return by_words(reply, said);
    }
    match (revocation, object) {
        // an application resource is gone when the answer has no content
        (Revocation::ApplicationToken { .. }, _) if reply.status != 204 => temporary(reply),
        (_, Some(object)) if definition.answers.ok_member => {
            if object.is_true("ok") && !object.is_false("revoked") {
                Outcome::Revoked
            } else {
                by_words(reply, None)
            }
        }
        (_, None) if definition.answers.ok_member => temporary(reply),
        // a page for people is what a portal or a proxy says in the provider's place
        _ if reply.is_html() && !reply.body.is_empty() => temporary(reply),
        _ => Outcome::Revoked,
    }
}

fn read_refusal(revocation: &Revocation, reply: &Reply<'_>, said: Option<Said>) -> Outcome {
    match (revocation, reply.status) {
        (Revocation::ApplicationToken { .. }, 404) if !reply.is_html() => Outcome::AlreadyGone,
        // the token itself authenticated the request: that it has run out doesn't mean that the
        // grant behind it is over
        (Revocation::BearerPost { .. }, 401) => refused(reply, said),
        _ if said.is_none() && (reply.is_passing() || reply.is_html()) => temporary(reply),
        _ => by_words(reply, said),
    }
}

fn by_words(reply: &Reply<'_>, said: Option<Said>) -> Outcome {
    match said.as_ref().map(|said| said.code.as_str()) {
        Some("invalid_token" | "token_revoked") => Outcome::AlreadyGone,
        Some("temporarily_unavailable" | "server_error" | "slow_down") => temporary(reply),
        _ => refused(reply, said),
    }
}

fn temporary(reply: &Reply<'_>) -> Outcome {
    Outcome::Temporary {
        status: reply.status,
        retry_after: reply.retry_after,
    }
}

fn refused(reply: &Reply<'_>, said: Option<Said>) -> Outcome {
    let (code, description) = said.map_or((None, None), |said| (Some(said.code), said.description));
    Outcome::Refused {
        status: reply.status,
        code,
        description,
    }
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;

    use super::super::fixture;
    use super::*;

    fn sent(definition: &Definition, client: &Client, with_refresh: bool) -> Vec<String> {
        let set = fixture::set("at&1", with_refresh.then_some("rt"));
        requests(definition, &definition.revocation, client, &set)
            .unwrap()
            .into_iter()
            .map(|RevocationRequest { request, what }| {
                let header = request.headers().get(AUTHORIZATION);
                format!(
                    "{what:?} {} {} {} {}",
                    request.method(),
                    request.uri(),
                    header.map_or("-", |h| h.to_str().unwrap()),
                    String::from_utf8_lossy(request.body())
                )
            })
            .collect()
    }

    #[test]
    fn each_kind_of_definition_sends_its_own_requests_in_order() {
        let client = fixture::client(Some("s"));
        let mut rfc = fixture::plain();
        assert_eq!(
            sent(&rfc, &client, true),
            [
                "RefreshToken POST https://as.example/revoke - \
                 token=rt&token_type_hint=refresh_token&client_id=client+id&client_secret=s",
                "AccessToken POST https://as.example/revoke - \
                 token=at%261&token_type_hint=access_token&client_id=client+id&client_secret=s",
            ]
        );
        assert_eq!(sent(&rfc, &client, false).len(), 1);
        rfc.client.authentication = crate::provider::definition::ClientAuthentication::Basic;
        assert_eq!(
            sent(&rfc, &client, false),
            [
                "AccessToken POST https://as.example/revoke Basic Y2xpZW50K2lkOnM= \
              token=at%261&token_type_hint=access_token"
            ]
        );
        assert_eq!(
            sent(&rfc, &fixture::client(None), false),
            ["AccessToken POST https://as.example/revoke - \
              token=at%261&token_type_hint=access_token&client_id=client+id"]
        );
        assert_eq!(
            sent(&fixture::google(), &client, true),
            ["RefreshToken POST https://oauth2.googleapis.com/revoke - \
              token=rt&token_type_hint=refresh_token"]
        );
        assert_eq!(
            sent(&fixture::notion(), &client, true),
            ["AccessToken POST https://api.notion.com/v1/oauth/revoke \
              Basic Y2xpZW50K2lkOnM= {\"token\":\"at&1\"}"]
        );
        assert_eq!(
            sent(&fixture::github(), &client, true),
            [
                "AccessToken DELETE https://api.github.com/applications/client%20id/token \
              Basic Y2xpZW50K2lkOnM= {\"access_token\":\"at&1\"}"
            ]
        );
        assert_eq!(
            sent(&fixture::slack(), &client, true),
            ["AccessToken POST https://slack.com/api/auth.revoke Bearer at&1 "]
        );
        assert!(sent(&fixture::microsoft(), &client, true).is_empty());
    }

    #[test]
    fn a_missing_secret_is_said_before_anything_is_sent() {
        let definition = fixture::github();
        let error = requests(
            &definition,
            &definition.revocation,
            &fixture::client(None),
            &fixture::set("at", Some("rt")),
        );
        assert_eq!(error.unwrap_err(), RequestError::SecretMissing);
    }

    fn outcome(definition: &Definition, status: u16, kind: &str, body: &str) -> String {
        let reply = Reply {
            status,
            content_type: Some(kind),
            retry_after: Some(Duration::from_secs(7)),
            body: body.as_bytes(),
        };
        match read(definition, &definition.revocation, &reply) {
            Outcome::Revoked => "revoked".to_owned(),
            Outcome::AlreadyGone => "gone".to_owned(),
            Outcome::Temporary { retry_after, .. } => {
                assert_eq!(retry_after, Some(Duration::from_secs(7)));
                "temporary".to_owned()
            }
            Outcome::Refused { code, .. } => format!("refused {}", code.unwrap_or_default()),
        }
    }

    const ANSWERS: &str = r#"
rfc | 200 | text/plain | - | revoked
rfc | 200 | application/json | {} | revoked
rfc | 200 | text/html | - | revoked
rfc | 200 | text/html | <p>portal | temporary
rfc | 204 | application/json | - | revoked
rfc | 200 | application/json | {"error":"x"} | refused x
rfc | 202 | application/json | {} | temporary
rfc | 302 | text/html | - | temporary
rfc | 503 | application/json | {} | temporary
rfc | 500 | application/json | {"error":"invalid_token"} | temporary
rfc | 429 | application/json | {"error":"invalid_token"} | temporary
rfc | 400 | application/json | {"error":"unsupported_token_type"} | refused unsupported_token_type
rfc | 400 | application/json | {"error":"temporarily_unavailable"} | temporary
rfc | 401 | application/json | {"error":"invalid_client"} | refused invalid_client
rfc | 403 | text/html | <p>proxy | temporary
rfc | 407 | text/plain | - | temporary
rfc | 404 | text/plain | - | refused
google | 400 | application/json | {"error":"invalid_token"} | gone
google | 200 | application/json | {} | revoked
notion | 200 | application/json | {"request_id":"r"} | revoked
github | 204 | application/json | - | revoked
github | 404 | application/json | {"message":"Not Found"} | gone
github | 404 | text/html | <p> | temporary
github | 422 | application/json | {"message":"no"} | refused
github | 200 | text/html | <p>portal | temporary
slack | 200 | application/json | {"ok":true,"revoked":true} | revoked
slack | 200 | application/json | {"ok":true,"revoked":false} | refused
slack | 200 | application/json | {"ok":false,"error":"token_revoked"} | gone
slack | 200 | application/json | {"ok":false,"error":"no_permission"} | refused no_permission
slack | 200 | application/json | {"ok":"true"} | refused
slack | 200 | application/json | {"ok":true,"ok":true} | temporary
slack | 200 | text/html | <p>portal | temporary
slack | 401 | application/json | {"error":"invalid_token"} | refused invalid_token
"#;

    #[test]
    fn revoked_is_said_only_when_the_provider_said_so() {
        for line in ANSWERS.lines().filter(|line| !line.is_empty()) {
            let [name, status, kind, body, wanted] =
                line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
            let definition = match name {
                "rfc" => fixture::plain(),
                "google" => fixture::google(),
                "github" => fixture::github(),
                "slack" => fixture::slack(),
                _ => fixture::notion(),
            };
            let body = if body == "-" { "" } else { body };
            let got = outcome(&definition, status.parse().unwrap(), kind, body);
            assert_eq!(got.trim_end(), wanted, "{line}");
        }
    }
}
