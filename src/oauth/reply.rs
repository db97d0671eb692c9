//! What came back from a server, as far as the protocol looks at it.

use std::fmt;
use std::time::Duration;

use super::json::{JsonError, Object};

/// An HTTP answer whose body was read whole. Its `Debug` shows no body. The fields are those of
/// the HTTP client's `Response`, which this module doesn't know: whoever sends copies them over.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The status code.
    pub status: u16,
    /// The `Content-Type`, as sent.
    pub content_type: Option<&'a str>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: &'a [u8],
}

impl Reply<'_> {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether an intermediary or an overloaded server may be speaking rather than the protocol:
    /// time-outs, rate limits, proxies, server errors and redirects, which nobody here follows.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.status, 100..=199 | 300..=399 | 403 | 407 | 408 | 421 | 425 | 429 | 500..)
    }

    pub(super) fn is_html(&self) -> bool {
        matches!(
            self.media_type().as_deref(),
            Some("text/html" | "application/xhtml+xml")
        )
    }

    /// `application/json`, whatever its parameters (RFC 8259 defines none).
    pub(super) fn is_json(&self) -> bool {
        self.media_type().as_deref() == Some("application/json")
    }

    pub(super) fn object(&self) -> Result<Object, JsonError> {
        Object::read(self.body)
    }

    fn media_type(&self) -> Option<String> {
        let essence = self.content_type?.split(';').next()?;
        Some(essence.trim().to_ascii_lowercase())
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Reply({}, {} bytes, redacted)",
            self.status,
            self.body.len()
        )
    }
}
