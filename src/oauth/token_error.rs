//! Why there are no tokens, by what the caller does next.
//!
//! The server's own words appear only as `error` and `error_description`, and only made safe for a
//! terminal; nothing else of a body ever does.

use std::time::Duration;

use thiserror::Error;

use super::Reply;
use super::json::{JsonError, Object};
use crate::escape;
use crate::provider::definition::Definition;

/// Why a token request gave no tokens.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// The grant is over (`invalid_grant` or what the definition says means the same): a person
    /// must sign in. Delete nothing.
    #[error("the provider ended this grant: `{code}`{}", said(description.as_ref()))]
    Ended {
        /// The error code, safe to show.
        code: String,
        /// The server's words, safe to show.
        description: Option<String>,
    },
    /// The client registration is not accepted (`invalid_client`, `unauthorized_client` or what the
    /// definition says means the same): mend it; the grant lives on.
    #[error("the provider doesn't accept the client: `{code}`{}", said(description.as_ref()))]
    InvalidClient {
        /// The error code, safe to show.
        code: String,
        /// The server's words, safe to show.
        description: Option<String>,
    },
    /// Any other refusal of the protocol.
    #[error("the provider refused: `{code}`{}", said(description.as_ref()))]
    Refused {
        /// The error code, safe to show.
        code: String,
        /// The server's words, safe to show.
        description: Option<String>,
    },
    /// Rate limit, overload, or something in between that is not the provider: keep everything and
    /// come back.
    #[error("{}", passing(*status, code.as_ref()))]
    Temporary {
        /// The HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// The OAuth error code, where there was one: `slow_down`; safe to show.
        code: Option<String>,
    },
    /// An answer that is neither tokens nor an error of the protocol.
    #[error("the provider's answer (HTTP {status}) can't be used: {fault}")]
    Malformed {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// Of the answers that say success, only a web page is one of those that pass.
fn passing(status: u16, code: Option<&String>) -> String {
    match code {
        Some(code) => format!("the provider can't answer now (HTTP {status}, `{code}`)"),
        None if (200..300).contains(&status) => {
            format!("a web page came in place of the provider's answer (HTTP {status})")
        }
        None => format!("the provider can't answer now (HTTP {status})"),
    }
}

fn said(description: Option<&String>) -> String {
    description
        .map(|text| format!(", it says: {text}"))
        .unwrap_or_default()
}

/// What is wrong with an answer; names fields, never values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// Not a status of RFC 6749 section 5.
    #[error("its status means nothing here")]
    Status,
    /// Not `application/json`.
    #[error("its content type is not application/json")]
    ContentType,
    /// Not one strict JSON object.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// A member that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A member has a wrong type, size or alphabet.
    #[error("`{0}` is not what it must be")]
    Wrong(&'static str),
    /// A refresh answered with another `token_type` than before.
    #[error("`token_type` is not what it was")]
    TokenTypeChanged,
}

impl TokenError {
    /// The protocol's error code, where the server said one; safe to show.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Ended { code, .. }
            | Self::InvalidClient { code, .. }
            | Self::Refused { code, .. } => Some(code),
            Self::Temporary { code, .. } => code.as_deref(),
            Self::Malformed { .. } => None,
        }
    }

    /// The server's words, where it said some; safe to show.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        match self {
            Self::Ended { description, .. }
            | Self::InvalidClient { description, .. }
            | Self::Refused { description, .. } => description.as_deref(),
            Self::Temporary { .. } | Self::Malformed { .. } => None,
        }
    }

    /// Whether the server may have acted all the same, so that a refresh token may have been
    /// rotated away: a server error or an unusable success. `429`, `503` and other 4xx are
    /// definite: nothing happened.
    #[must_use]
    pub fn maybe_rotated(&self) -> bool {
        match self {
            Self::Ended { .. }
            | Self::InvalidClient { .. }
            | Self::Refused { .. }
            | Self::Temporary { code: Some(_), .. } => false,
            Self::Temporary { status, .. } | Self::Malformed { status, .. } => {
                let server_error = *status >= 500 && *status != 503;
                server_error || (200..300).contains(status)
            }
        }
    }

    pub(super) fn malformed(reply: &Reply<'_>, fault: impl Into<Fault>) -> Self {
        Self::Malformed {
            status: reply.status,
            fault: fault.into(),
        }
    }

    pub(super) fn temporary(reply: &Reply<'_>, code: Option<String>) -> Self {
        Self::Temporary {
            status: reply.status,
            retry_after: reply.retry_after,
            code,
        }
    }

    /// Sorts an OAuth error by its code (RFC 6749 section 5.2, RFC 8628 section 3.5).
    pub(super) fn by_code(said: Said, definition: &Definition, reply: &Reply<'_>) -> Self {
        let Said { code, description } = said;
        let ended = &definition.refresh.ended_errors;
        let client = &definition.answers.client_errors;
        match code.as_str() {
            "slow_down" | "temporarily_unavailable" | "server_error" => {
                Self::temporary(reply, Some(code))
            }
            // the second: this client may not use this grant, which is the registration's fault too
            "invalid_client" | "unauthorized_client" => Self::InvalidClient { code, description },
            "invalid_grant" => Self::Ended { code, description },
            synonym if client.contains(synonym) => Self::InvalidClient { code, description },
            synonym if ended.contains(synonym) => Self::Ended { code, description },
            _ => Self::Refused { code, description },
        }
    }
}

/// An error as the server put it, made safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) code: String,
    pub(super) description: Option<String>,
}

impl Said {
    /// The error of a body that is one (RFC 6749 section 5.2). An empty `error` is none.
    pub(super) fn in_object(object: &Object) -> Option<Self> {
        let code = object.get("error")?.as_text().filter(|c| !c.is_empty())?;
        let description = object
            .text("error_description")
            .ok()
            .flatten()
            .filter(|text| !text.is_empty());
        Some(Self {
            code: escape::line(code),
            description: description.map(escape::line),
        })
    }
}
