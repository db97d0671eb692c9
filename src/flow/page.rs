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
    style-src 'sha256-BivQKNva1E8+Kj0+H+l09HFvOcyvcmF/Oie1uGeQQWA='; \
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    const PAGES: [(&str, &str); 3] = [
        ("success", SUCCESS),
        ("failure", FAILURE),
        ("neutral", NEUTRAL),
    ];

    #[test]
    fn headers_of_a_page_are_exactly_these() {
        let answer = page(Page::Success, StatusCode::OK);
        let headers: Vec<String> = answer
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        let policy = format!("content-security-policy: {POLICY}");
        assert_eq!(
            headers,
            [
                "cache-control: no-store",
                "referrer-policy: no-referrer",
                "x-content-type-options: nosniff",
                &policy,
                "connection: close",
                "content-type: text/html; charset=utf-8",
            ]
        );
        for directive in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ] {
            assert!(POLICY.contains(directive), "{directive}");
        }
        assert!(!POLICY.contains("unsafe") && !POLICY.contains("script-src"));
    }

    #[test]
    fn the_policy_allows_exactly_the_style_of_every_page() {
        for (name, page) in PAGES {
            let (_, rest) = page.split_once("<style>").unwrap();
            let (style, rest) = rest.split_once("</style>").unwrap();
            assert!(
                !rest.contains("<style") && !page.contains("style="),
                "{name}"
            );
            let hash = STANDARD.encode(Sha256::digest(style));
            assert!(
                POLICY.contains(&format!("style-src 'sha256-{hash}';")),
                "the hash in the policy must be sha256-{hash}"
            );
        }
    }

    #[test]
    fn pages_have_no_script_link_form_frame_or_outside_resource() {
        for (name, page) in PAGES {
            for never in [
                "<script",
                "<a ",
                "<form",
                "<iframe",
                "<img",
                "<base",
                "@import",
                "url(",
                "https:",
                "javascript:",
                "onload",
                "onclick",
                "http-equiv",
            ] {
                assert!(!page.contains(never), "{name} has {never}");
            }
            assert_eq!(page.matches("<link ").count(), 1, "{name}");
            assert_eq!(
                page.matches("href=").count(),
                page.matches("href=\"data:").count()
            );
            // The namespace of the icon's SVG is a name, not an address that is fetched.
            let addresses = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!addresses.contains("http:"), "{name}");
        }
    }

    #[test]
    fn pages_are_told_apart_and_say_what_to_do() {
        for (name, page) in PAGES {
            assert!(
                page.starts_with("<!doctype html>\n<html lang=\"en\">"),
                "{name}"
            );
            assert!(page.contains("<meta name=\"viewport\""), "{name}");
            assert!(page.contains("You can close this window."), "{name}");
            assert!(page.contains("· oauthctl</title>"), "{name}");
            assert!(page.contains(&format!("<body class=\"{name}\">")), "{name}");
            assert_eq!(page.contains("You are connected"), name == "success");
        }
    }

    #[test]
    fn the_redirect_is_a_303_without_a_query() {
        let answer = see_other("/done");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], "/done");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    }
}
