//! What the browser sees: constant bytes, whatever was asked.
//!
//! No request data, no script, no link and nothing from elsewhere is in these pages; the policy in
//! their headers would stop it even if it were (RFC 9700 section 4.2.4). The style is allowed by
//! its hash alone.

use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;

/// A whole answer.
pub(super) type Answer = Response<Full<Bytes>>;

/// What the landing page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The connection is stored.
    Success,
    /// It is not.
    Failure,
    /// Nobody knows yet, or it was not this request: the terminal tells.
    Neutral,
}

macro_rules! html {
    ($variant:literal) => {
        concat!(
            include_str!("page/head.html"),
            "<style>",
            include_str!("page/style.css"),
            "</style>\n",
            include_str!(concat!("page/", $variant, ".html")),
            include_str!("page/foot.html"),
        )
    };
}

const SUCCESS: &str = html!("success");
const FAILURE: &str = html!("failure");
const NEUTRAL: &str = html!("neutral");

/// `img-src data:` is for the tab icon, which would otherwise cost a request for `/favicon.ico`.
const POLICY: &str = "default-src 'none'; img-src data:; \
    style-src 'sha256-TxYpAJW2EaDyIcnOP5eaye+NvWgVwHIypmjr6gO7OaI='; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A page, as the answer to a navigation.
pub(super) fn page(page: Page, status: StatusCode) -> Answer {
    let text = match page {
        Page::Success => SUCCESS,
        Page::Failure => FAILURE,
        Page::Neutral => NEUTRAL,
    };
    let mut answer = answer(status, text);
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    answer
}

/// Sends the browser on to `path`, so that the code leaves the address bar. 303 and not 307: the
/// request is not repeated (RFC 9700 section 4.12).
pub(super) fn see_other(path: &'static str) -> Answer {
    let mut answer = answer(StatusCode::SEE_OTHER, "");
    answer
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static(path));
    answer
}

/// A refusal that no person is meant to see.
pub(super) fn refused(status: StatusCode) -> Answer {
    let mut answer = answer(status, "oauthctl is not waiting for this request\n");
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    answer
}

fn answer(status: StatusCode, text: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CONNECTION, "close"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
