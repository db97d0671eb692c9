//! Who the account is: a stable id, and a label for people.

use std::time::Duration;

use http::Method;
use thiserror::Error;

use super::Reply;
use super::json::{JsonError, Object};
use super::request::{self, HttpRequest, RequestError};
use crate::provider::definition::{Definition, Userinfo, UserinfoMethod};
use crate::token::TokenSet;

/// Who an account is, in the provider's words: escape the label before showing it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Identifies the account for ever; `None` when any part of it was not there.
    pub subject: Option<String>,
    /// A name for people.
    pub label: Option<String>,
}

/// Why userinfo named nobody.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UserinfoError {
    /// Come back later.
    #[error("the provider can't say who the account is now (HTTP {status})")]
    Temporary {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The provider doesn't tell this token: a scope may be missing.
    #[error("the provider refuses to say who the account is (HTTP {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// Not JSON.
    #[error("the provider's answer about the account can't be used: {0}")]
    Malformed(#[from] JsonError),
}

/// The request to one source of userinfo; `None` where the token answer itself is the source.
///
/// # Errors
///
/// When the token or a header of the definition can't be written into a header.
pub fn request(
    definition: &Definition,
    source: &Userinfo,
    set: &TokenSet,
) -> Result<Option<HttpRequest>, RequestError> {
    let method = match source.method {
        UserinfoMethod::Get => Method::GET,
        UserinfoMethod::Post => Method::POST,
        UserinfoMethod::TokenAnswer => return Ok(None),
    };
    let (content_type, body) = match &source.body {
        Some(json) => (Some(request::JSON), json.clone().into_bytes()),
        None => (None, Vec::new()),
    };
    let url = source.endpoint.as_str();
    let mut request = request::build(definition, method, url, content_type, body)?;
    request::bearer(&mut request, &set.access_token)?;
    Ok(Some(request))
}

/// Reads the answer of one source.
///
/// # Errors
///
/// [`UserinfoError`].
pub fn read(
    definition: &Definition,
    source: &Userinfo,
    reply: &Reply<'_>,
) -> Result<Identity, UserinfoError> {
    let status = reply.status;
    if status == 200 && !reply.is_html() {
        let object = reply.object()?;
        if definition.answers.ok_member && !object.is_true("ok") {
            return Err(UserinfoError::Refused { status });
        }
        return Ok(identity(source, &object));
    }
    // a 403 of the API itself is JSON; a proxy's is not
    let is_refusal = matches!(status, 401 | 403) && reply.is_json();
    if (reply.is_passing() || reply.is_html()) && !is_refusal {
        Err(UserinfoError::Temporary {
            status,
            retry_after: reply.retry_after,
        })
    } else {
        Err(UserinfoError::Refused { status })
    }
}

/// Whether the source's fallback is to be asked: this one answered without an id, or doesn't tell
/// this token. A source that can't answer now is no reason: the fallback knows the account under
/// another id, and the same account would stand there twice.
#[must_use]
pub fn calls_for_fallback(answer: &Result<Identity, UserinfoError>) -> bool {
    match answer {
        Ok(identity) => identity.subject.is_none(),
        Err(UserinfoError::Refused { status }) => matches!(status, 401 | 403 | 404),
        Err(UserinfoError::Temporary { .. } | UserinfoError::Malformed(_)) => false,
    }
}

/// The identity in an object that names the account as `source` does: its answer, the token
/// answer's members where the definition says so, or an ID token's claims.
#[must_use]
pub fn identity(source: &Userinfo, object: &Object) -> Identity {
    let parts: Option<Vec<_>> = source.id.iter().map(|at| object.at(at)).collect();
    Identity {
        subject: parts
            .filter(|parts| !parts.is_empty())
            .map(|parts| parts.join(":")),
        label: source.label.iter().find_map(|at| object.at(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    const JSON: &str = "application/json; charset=utf-8";

    fn reply<'a>(status: u16, kind: &'a str, body: &'a str) -> Reply<'a> {
        Reply {
            status,
            content_type: Some(kind),
            retry_after: None,
            body: body.as_bytes(),
        }
    }

    fn source(definition: &Definition) -> &Userinfo {
        definition.userinfo.as_ref().unwrap()
    }

    fn built(definition: &Definition, set: &TokenSet) -> Result<Option<HttpRequest>, RequestError> {
        request(definition, source(definition), set)
    }

    fn answered(definition: &Definition, reply: &Reply<'_>) -> Result<Identity, UserinfoError> {
        read(definition, source(definition), reply)
    }

    #[test]
    fn the_request_carries_the_token_as_bearer_and_hides_it() {
        let set = fixture::set("canary", None);
        let mut definition = fixture::github();
        let get = built(&definition, &set).unwrap().unwrap();
        assert_eq!(get.method(), Method::GET);
        assert_eq!(get.uri(), "https://api.github.com/user");
        assert_eq!(get.headers()["authorization"], "Bearer canary");
        assert!(!format!("{get:?}").contains("canary"));
        if let Some(userinfo) = &mut definition.userinfo {
            userinfo.method = UserinfoMethod::Post;
        }
        let post = built(&definition, &set).unwrap().unwrap();
        assert_eq!((post.method(), post.body().len()), (&Method::POST, 0));
        assert!(!post.headers().contains_key("content-type"));
        assert!(built(&fixture::notion(), &set).unwrap().is_none());
        let mut broken = set;
        broken.access_token = fixture::secret("a\r\nX: y");
        assert_eq!(
            built(&definition, &broken).unwrap_err(),
            RequestError::Header("the access token")
        );
    }

    #[test]
    fn a_post_carries_the_json_of_the_definition() {
        let set = fixture::set("a", None);
        let post = built(&fixture::linear(), &set).unwrap().unwrap();
        assert_eq!(post.method(), Method::POST);
        assert_eq!(post.headers()["content-type"], "application/json");
        assert_eq!(post.body(), br#"{"query":"{viewer{id name email}}"}"#);
        let said = r#"{"data":{"viewer":{"id":"u","name":"N"}}}"#;
        let identity = answered(&fixture::linear(), &reply(200, JSON, said)).unwrap();
        assert_eq!(identity.subject.as_deref(), Some("u"));
    }

    #[test]
    fn the_identity_is_what_the_pointers_name() {
        let (github, google, notion) = (fixture::github(), fixture::google(), fixture::notion());
        let slack = fixture::slack();
        for (definition, body, subject, label) in [
            (
                &github,
                r#"{"id":1,"login":"octocat"}"#,
                Some("1"),
                Some("octocat"),
            ),
            (&github, r#"{"id":"1"}"#, Some("1"), None),
            (&github, r#"{"login":"octocat"}"#, None, Some("octocat")),
            (&github, r#"{"id":{},"login":[]}"#, None, None),
            (
                &google,
                r#"{"sub":"s","email":null,"name":"N"}"#,
                Some("s"),
                Some("N"),
            ),
            (
                &notion,
                r#"{"bot_id":"b","workspace_name":null,"owner":{"user":{"name":"U"}}}"#,
                Some("b"),
                Some("U"),
            ),
            (
                &slack,
                r#"{"ok":true,"team_id":"T","user_id":"U","user":"u"}"#,
                Some("T:U"),
                Some("u"),
            ),
            (&slack, r#"{"ok":true,"team_id":"T"}"#, None, None),
        ] {
            let got = answered(definition, &reply(200, JSON, body)).unwrap();
            assert_eq!(got.subject.as_deref(), subject, "{body}");
            assert_eq!(got.label.as_deref(), label, "{body}");
        }
    }

    #[test]
    fn what_is_not_userinfo_is_sorted() {
        let github = fixture::github();
        for (status, kind, body, wanted, falls_back) in [
            (401, JSON, "{}", "refused", true),
            (403, JSON, "{}", "refused", true),
            (404, JSON, "{}", "refused", true),
            (400, JSON, "{}", "refused", false),
            (403, "text/html", "", "temporary", false),
            (200, "text/html", "<p>", "temporary", false),
            (302, JSON, "", "temporary", false),
            (429, JSON, "", "temporary", false),
            (500, JSON, "", "temporary", false),
            (200, JSON, r#"{"id":1,"id":2}"#, "malformed", false),
            (200, JSON, "[]", "malformed", false),
            (200, JSON, r#"{"login":"l"}"#, "nameless", true),
            (200, JSON, r#"{"id":1}"#, "named", false),
        ] {
            let answer = answered(&github, &reply(status, kind, body));
            assert_eq!(calls_for_fallback(&answer), falls_back, "{status} {body}");
            let got = match answer {
                Ok(Identity { subject: None, .. }) => "nameless",
                Ok(_) => "named",
                Err(UserinfoError::Temporary { .. }) => "temporary",
                Err(UserinfoError::Refused { .. }) => "refused",
                Err(UserinfoError::Malformed(_)) => "malformed",
            };
            assert_eq!(got, wanted, "{status} {kind} {body}");
        }
        let slack = fixture::slack();
        assert!(answered(&slack, &reply(200, JSON, r#"{"ok":false}"#)).is_err());
        assert!(answered(&slack, &reply(200, JSON, r#"{"ok":true}"#)).is_ok());
    }
}
