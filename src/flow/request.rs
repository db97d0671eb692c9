//! Which requests may be looked at at all.
//!
//! Every web page and every local process can send requests to a loopback port. A request whose
//! line and headers are not exactly those of a person's browser following a redirect is refused
//! here, before anybody looks at its query, and can't end or consume anything.

use http::request::Parts;
use http::{HeaderMap, HeaderName, Method, StatusCode, Version, header};

use crate::secret::Secret;

/// What the listener answers to.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// The only accepted `Host`, byte for byte: `127.0.0.1:4711`. Anything else is another site
    /// whose name was pointed at this machine (DNS rebinding).
    pub(super) authority: String,
    /// The path of the redirect URI.
    pub(super) callback: String,
    /// The path of the page that the browser is sent on to.
    pub(super) landing: &'static str,
}

/// What a request is.
#[derive(Debug)]
pub(super) enum Verdict {
    /// A navigation to the redirect URI, with its raw query.
    Callback(Secret),
    /// A navigation to the landing page.
    Landing,
    /// Nothing of ours.
    Refused(StatusCode),
}

/// Judges a request by its line and headers.
pub(super) fn judge(head: &Parts, rules: &Rules) -> Verdict {
    if let Some(status) = refusal(head, rules) {
        return Verdict::Refused(status);
    }
    let path = head.uri.path();
    match head.uri.query() {
        None if path == rules.landing => Verdict::Landing,
        Some(query) if path == rules.callback && !query.is_empty() => {
            Verdict::Callback(Secret::new(query.to_owned()))
        }
        _ if path == rules.callback || path == rules.landing => {
            Verdict::Refused(StatusCode::BAD_REQUEST)
        }
        _ => Verdict::Refused(StatusCode::NOT_FOUND),
    }
}

fn refusal(head: &Parts, rules: &Rules) -> Option<StatusCode> {
    let headers = &head.headers;
    if head.version != Version::HTTP_11 {
        return Some(StatusCode::HTTP_VERSION_NOT_SUPPORTED);
    }
    // The absolute form (RFC 9112 section 3.2.2) is for proxies and would override `Host`.
    if head.uri.authority().is_some() || !is_once(headers, &header::HOST, &rules.authority) {
        return Some(StatusCode::MISDIRECTED_REQUEST);
    }
    if head.method != Method::GET {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    // Browsers send no body with GET; whoever does hopes that two readers disagree on its end.
    if headers.contains_key(header::TRANSFER_ENCODING)
        || headers.contains_key(header::CONTENT_LENGTH)
    {
        return Some(StatusCode::PAYLOAD_TOO_LARGE);
    }
    // A top-level navigation by GET has no `Origin`; `fetch` and forms of other sites do.
    if headers.contains_key(header::ORIGIN) || !is_navigation(headers) {
        return Some(StatusCode::FORBIDDEN);
    }
    None
}

/// Whether the Fetch metadata, where the browser sends any, are those of a top-level navigation
/// that a person sees: not an image, a frame, a script's `fetch` or a prefetch.
fn is_navigation(headers: &HeaderMap) -> bool {
    let absent_or = |name: &'static str, wanted: &str| {
        let name = HeaderName::from_static(name);
        !headers.contains_key(&name) || is_once(headers, &name, wanted)
    };
    absent_or("sec-fetch-mode", "navigate")
        && absent_or("sec-fetch-dest", "document")
        && !headers.contains_key("sec-purpose")
        && !headers.contains_key("purpose")
}

fn is_once(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    values
        .next()
        .is_some_and(|value| value.as_bytes() == wanted.as_bytes())
        && values.next().is_none()
}
