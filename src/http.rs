//! The one HTTP client: it decides for every request what is never allowed.
//!
//! No redirect is followed, nothing is retried, nothing is compressed, and time, headers and body
//! are bounded. The hard part is to say after a failure whether the server can have seen the
//! request: a code or a refresh token that may have been used must not be sent again.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use http_body_util::BodyExt;
use hyper::body::Bytes;
use reqwest::redirect::Policy;
use reqwest::{Client, retry};
use thiserror::Error;
use time::PrimitiveDateTime;
use time::macros::format_description;
use tokio::runtime::{Builder, Runtime};
use url::Url;
use zeroize::Zeroizing;

use crate::endpoint;
use crate::escape;
use crate::moment::Timestamp;

/// The longest wait that a server can ask for; whoever waits has a shorter patience of their own.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The bounds of a call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Name lookup, connection and TLS handshake.
    pub connect: Duration,
    /// The whole call, body included.
    pub whole: Duration,
    /// All names and values of the response headers, in bytes. The parser below has bounds of its
    /// own: 100 headers and about 400 KiB.
    pub headers: usize,
    /// The response body, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            whole: Duration::from_secs(30),
            headers: 32 * 1024,
            body: 256 * 1024,
        }
    }
}

/// A response, read whole. Its `Debug` shows neither headers nor body.
pub struct Response {
    /// The status code; a redirect is just another answer.
    pub status: u16,
    /// The `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// `Retry-After` in seconds, or as a date when there is a `Date` to count from; at most
    /// [`RETRY_AFTER_MAX`].
    pub retry_after: Option<Duration>,
    /// The server's clock.
    pub date: Option<Timestamp>,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Response({}, {} bytes, redacted)",
            self.status,
            self.body.len()
        )
    }
}

/// Why there is no response. Names the host, never a path, query or body.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SendError {
    /// Not one byte of the request left: it can be sent again.
    #[error("can't reach `{host}`: {why}")]
    NotSent {
        /// Host and port.
        host: String,
        /// Safe to show.
        why: String,
    },
    /// The server may have seen the request and acted.
    #[error("no usable answer from `{host}`: {why}")]
    MaybeSent {
        /// Host and port.
        host: String,
        /// Safe to show.
        why: String,
    },
}

/// The client. Made in no time: certificate authorities are read when the first `https` request
/// is sent, and never for a server on this machine.
#[derive(Debug)]
pub struct Http {
    limits: Limits,
    /// For `http` to this machine: without TLS and proxies.
    local: OnceLock<Client>,
    /// For `https` to this machine: without proxies.
    local_tls: OnceLock<Client>,
    /// For everything else.
    remote: OnceLock<Client>,
}

impl Http {
    /// A client within `limits`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            local: OnceLock::new(),
            local_tls: OnceLock::new(),
            remote: OnceLock::new(),
        }
    }

    /// Sends one request, once. `http` goes to this machine only.
    ///
    /// # Errors
    ///
    /// [`SendError`], which says whether the server can have seen the request.
    pub async fn send(&self, request: http::Request<Vec<u8>>) -> Result<Response, SendError> {
        let (parts, body) = request.into_parts();
        let body = Bytes::from_owner(Zeroizing::new(body));
        let host = parts
            .uri
            .authority()
            .map_or_else(String::new, |authority| escape::line(authority.as_str()));
        let not_sent = |why: String| SendError::NotSent {
            host: host.clone(),
            why,
        };
        let maybe_sent = |why: String| SendError::MaybeSent {
            host: host.clone(),
            why,
        };
        let url: Url = parts
            .uri
            .to_string()
            .parse()
            .map_err(|_| not_sent("it is not a URL".to_owned()))?;
        let client = self.client_for(&url).map_err(not_sent)?;
        let request = client
            .request(parts.method, url)
            .headers(parts.headers)
            .body(body)
            .build()
            .map_err(|error| not_sent(root_cause(&error)))?;
        let call = async {
            let response = client.execute(request).await.map_err(|error| {
                if error.is_connect() {
                    not_sent(root_cause(&error))
                } else {
                    maybe_sent(root_cause(&error))
                }
            })?;
            self.receive(response.into()).await.map_err(maybe_sent)
        };
        match tokio::time::timeout(self.limits.whole, call).await {
            Ok(outcome) => outcome,
            Err(_) => Err(maybe_sent(format!(
                "timed out after {} s",
                self.limits.whole.as_secs()
            ))),
        }
    }

    fn client_for(&self, url: &Url) -> Result<&Client, String> {
        let (cell, kind) = match (url.scheme(), endpoint::is_loopback(url)) {
            ("http", true) => (&self.local, Kind::Local),
            ("https", true) => (&self.local_tls, Kind::LocalTls),
            ("https", false) => (&self.remote, Kind::Remote),
            ("http", false) => return Err("http goes to this machine only".to_owned()),
            _ => return Err("its scheme is not https".to_owned()),
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let client = build(&self.limits, kind)?;
        Ok(cell.get_or_init(|| client))
    }

    async fn receive(&self, response: http::Response<reqwest::Body>) -> Result<Response, String> {
        let (head, mut body) = response.into_parts();
        let size: usize = head
            .headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        if size > self.limits.headers {
            return Err(format!(
                "its headers are larger than {} bytes",
                self.limits.headers
            ));
        }
        let mut read = Zeroizing::new(Vec::with_capacity(self.limits.body.min(16 * 1024)));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| root_cause(&error))?;
            let Some(chunk) = frame.data_ref() else {
                continue;
            };
            if read.len() + chunk.len() > self.limits.body {
                return Err(format!(
                    "its answer is larger than {} bytes",
                    self.limits.body
                ));
            }
            append(&mut read, chunk);
        }
        let text = |name: HeaderName| {
            let value = head.headers.get(name)?.to_str().ok()?;
            Some(value.trim().to_owned())
        };
        let date = text(DATE).and_then(|text| http_date(&text));
        Ok(Response {
            status: head.status.as_u16(),
            content_type: text(CONTENT_TYPE),
            retry_after: text(RETRY_AFTER).and_then(|text| retry_after(&text, date)),
            date,
            headers: head.headers,
            body: read,
        })
    }
}

/// The runtime in which requests are sent: one thread, this one.
///
/// # Errors
///
/// When the system refuses it.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

#[derive(Clone, Copy)]
enum Kind {
    Local,
    LocalTls,
    Remote,
}

fn build(limits: &Limits, kind: Kind) -> Result<Client, String> {
    // fails when it is installed already, which is as good
    let _installed = rustls::crypto::ring::default_provider().install_default();
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one constructor: limits, no redirects, no retries"
    )]
    let builder = Client::builder()
        .user_agent(concat!("oauthctl/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(limits.connect)
        .http2_max_header_list_size(u32::try_from(limits.headers).unwrap_or(u32::MAX));
    let builder = match kind {
        Kind::Local => builder.no_proxy().tls_certs_only([]),
        Kind::LocalTls => builder.no_proxy().https_only(true),
        Kind::Remote => builder.https_only(true),
    };
    builder.build().map_err(|error| {
        format!(
            "TLS can't be set up, are the system's certificate authorities installed? ({})",
            root_cause(&error)
        )
    })
}

/// Appends without leaving a copy behind in memory that was given back.
fn append(read: &mut Zeroizing<Vec<u8>>, chunk: &[u8]) {
    let wanted = read.len() + chunk.len();
    if wanted > read.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(wanted.max(read.capacity() * 2)));
        larger.extend_from_slice(read);
        *read = larger;
    }
    read.extend_from_slice(chunk);
}

/// The innermost cause, which is the one that says something, and never the URL.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    // a reqwest error without a cause prints its URL
    if cause.is::<reqwest::Error>() {
        return "the request failed".to_owned();
    }
    escape::line(&cause.to_string())
}

/// RFC 9110 section 10.2.3.
fn retry_after(text: &str, now: Option<Timestamp>) -> Option<Duration> {
    let asked = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        http_date(text)?.since(now?).unwrap_or(Duration::ZERO)
    };
    Some(asked.min(RETRY_AFTER_MAX))
}

/// An IMF-fixdate (RFC 9110 section 5.6.7); the two obsolete forms are not read.
fn http_date(text: &str) -> Option<Timestamp> {
    let shape = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let parsed = PrimitiveDateTime::parse(text, &shape).ok()?.assume_utc();
    parsed
        .unix_timestamp()
        .checked_mul(1000)
        .map(Timestamp::from_unix_millis)
}
