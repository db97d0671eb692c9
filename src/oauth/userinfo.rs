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
