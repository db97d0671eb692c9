//! Who the account is: a stable id, and a label for people.

use std::time::Duration;

use http::Method;
use thiserror::Error;

use super::Reply;
use super::json::{JsonError, Object};
use super::request::{self, HttpRequest, RequestError};
use crate::provider::definition::{Definition, UserinfoMethod};
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

/// The request for userinfo; `None` where the definition has none or the token answer holds it.
///
/// # Errors
///
/// When the token or a header of the definition can't be written into a header.
pub fn request(
    definition: &Definition,
    set: &TokenSet,
) -> Result<Option<HttpRequest>, RequestError> {
    let Some(userinfo) = &definition.userinfo else {
        return Ok(None);
    };
    let method = match userinfo.method {
        UserinfoMethod::Get => Method::GET,
        UserinfoMethod::Post => Method::POST,
        UserinfoMethod::TokenAnswer => return Ok(None),
    };
    let url = userinfo.endpoint.as_str();
    let mut request = request::build(definition, method, url, None, Vec::new())?;
    request::bearer(&mut request, &set.access_token)?;
    Ok(Some(request))
}

/// Reads the answer.
///
/// # Errors
///
/// [`UserinfoError`].
pub fn read(definition: &Definition, reply: &Reply<'_>) -> Result<Identity, UserinfoError> {
    let status = reply.status;
    if status == 200 && !reply.is_html() {
        let object = reply.object()?;
        if definition.answers.ok_member && !object.is_true("ok") {
            return Err(UserinfoError::Refused { status });
        }
        return Ok(identity(definition, &object));
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

/// The identity in an object that names the account: userinfo, the token answer's members where
/// the definition says so, or an ID token's claims.
#[must_use]
pub fn identity(definition: &Definition, object: &Object) -> Identity {
    let Some(userinfo) = &definition.userinfo else {
        return Identity::default();
    };
    let parts: Option<Vec<_>> = userinfo.id.iter().map(|at| object.at(at)).collect();
    Identity {
        subject: parts
            .filter(|parts| !parts.is_empty())
            .map(|parts| parts.join(":")),
        label: userinfo.label.iter().find_map(|at| object.at(at)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::token::Lifetime;

    fn reply<'a>(status: u16, kind: &'a str, body: &'a str) -> Reply<'a> {
        Reply {
            status,
            content_type: Some(kind),
            retry_after: None,
            body: body.as_bytes(),
        }
    }

    #[test]
    fn the_request_carries_the_token_as_bearer_and_hides_it() {
        let set = TokenSet {
            access_token: fixture::secret("canary"),
            token_type: "bearer".to_owned(),
            refresh_token: None,
            obtained: fixture::started(),
            lifetime: Lifetime::Unknown,
            granted: Vec::new(),
        };
        let mut definition = fixture::github();
        let built = request(&definition, &set).unwrap().unwrap();
        assert_eq!(built.method(), Method::GET);
        assert_eq!(built.uri(), "https://api.github.com/user");
        assert_eq!(built.headers()["authorization"], "Bearer canary");
        assert!(!format!("{built:?}").contains("canary"));
        if let Some(userinfo) = &mut definition.userinfo {
            userinfo.method = UserinfoMethod::Post;
        }
        let built = request(&definition, &set).unwrap().unwrap();
        assert_eq!((built.method(), built.body().len()), (&Method::POST, 0));
        assert!(request(&fixture::notion(), &set).unwrap().is_none());
        assert!(request(&fixture::plain(), &set).unwrap().is_none());
        let mut broken = set;
        broken.access_token = fixture::secret("a\r\nX: y");
        assert_eq!(
            request(&definition, &broken).unwrap_err(),
            RequestError::Header("the access token")
        );
    }

    #[test]
    fn the_identity_is_what_the_pointers_name() {
        let (github, google, notion) = (fixture::github(), fixture::google(), fixture::notion());
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
            (&google, r#"{"sub":"s","email":null}"#, Some("s"), Some("s")),
            (
                &notion,
                r#"{"workspace_id":"w","owner":{"user":{"id":"u"}},"workspace_name":"W"}"#,
                Some("w:u"),
                Some("W"),
            ),
            (
                &notion,
                r#"{"workspace_id":"w","owner":{"type":"workspace"}}"#,
                None,
                None,
            ),
        ] {
            let got = read(definition, &reply(200, "application/json", body)).unwrap();
            assert_eq!(got.subject.as_deref(), subject, "{body}");
            assert_eq!(got.label.as_deref(), label, "{body}");
        }
        let nothing = Object::read(b"{}").unwrap();
        assert_eq!(identity(&fixture::plain(), &nothing), Identity::default());
    }

    #[test]
    fn what_is_not_userinfo_is_sorted() {
        let json = "application/json";
        let github = fixture::github();
        for (status, kind, body, wanted) in [
            (401, json, "{}", "refused"),
            (403, json, "{}", "refused"),
            (404, json, "{}", "refused"),
            (403, "text/html", "", "temporary"),
            (200, "text/html", "<p>", "temporary"),
            (302, json, "", "temporary"),
            (429, json, "", "temporary"),
            (500, json, "", "temporary"),
            (200, json, r#"{"id":1,"id":2}"#, "malformed"),
            (200, json, "[]", "malformed"),
        ] {
            let got = match read(&github, &reply(status, kind, body)).unwrap_err() {
                UserinfoError::Temporary { .. } => "temporary",
                UserinfoError::Refused { .. } => "refused",
                UserinfoError::Malformed(_) => "malformed",
            };
            assert_eq!(got, wanted, "{status} {kind} {body}");
        }
        let slack = fixture::slack();
        assert!(read(&slack, &reply(200, json, r#"{"ok":false}"#)).is_err());
        assert!(read(&slack, &reply(200, json, r#"{"ok":true}"#)).is_ok());
    }
}
