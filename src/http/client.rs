//! How the HTTP client is made: no redirects, no retries, ring and the platform's verifier.

use std::error::Error;

use reqwest::redirect::Policy;
use reqwest::{Client, retry};

use super::Limits;
use crate::escape;

/// What a client is for.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// `http` to this machine: no proxy, and no certificate authorities are read.
    Local,
    /// `https` to this machine: no proxy.
    LocalTls,
    /// Everything else.
    Remote,
}

/// The one constructor.
pub(super) fn build(limits: &Limits, kind: Kind) -> Result<Client, String> {
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
        .connect_timeout(limits.connect);
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

/// The innermost cause, which is the one that says something, and never the URL.
pub(super) fn root_cause(error: &(dyn Error + 'static)) -> String {
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
