//! URLs that a token, a code or a secret may be sent to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use thiserror::Error;
use url::{Host, Url};

use crate::escape;

/// Why a URL is not an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` can't be used as an endpoint: {why}", escape::line(given))]
pub struct EndpointError {
    given: String,
    why: &'static str,
}

/// An absolute `https` URL without user information and fragment (RFC 6749 section 3.1), at most
/// 2 KiB; `http` is allowed to loopback hosts only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint(Url);

impl Endpoint {
    /// The parsed URL.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The URL as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host and the port where it is not the scheme's own: `api.example.com`, `127.0.0.1:8080`.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// Whether a URL's host is a loopback address or `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether a URL's host is an address inside somebody's network, or this machine: what a server on
/// the internet has no business to name. Names are not looked up.
#[must_use]
pub fn is_inside(url: &Url) -> bool {
    let inside_v4 = |address: Ipv4Addr| {
        let [first, second, ..] = address.octets();
        address.is_loopback()
            || address.is_private()
            || address.is_link_local()
            || address.is_unspecified()
            || address.is_broadcast()
            // RFC 6598
            || (first == 100 && (64..128).contains(&second))
    };
    match url.host() {
        Some(Host::Ipv4(address)) => inside_v4(address),
        Some(Host::Ipv6(address)) => {
            address.to_ipv4_mapped().is_some_and(inside_v4)
                || address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost") || name.ends_with(".internal")
        }
        None => false,
    }
}

/// Whether a host, with or without a port, is this machine: `127.0.0.1:8080`, `[::1]`, `localhost`.
#[must_use]
pub fn is_loopback_authority(authority: &str) -> bool {
    !authority.contains(['/', '\\', '?', '#', '@'])
        && format!("http://{authority}/")
            .parse::<Endpoint>()
            .is_ok_and(|endpoint| endpoint.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.0)
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let refuse = |why| {
            Err(EndpointError {
                given: text.to_owned(),
                why,
            })
        };
        if text.len() > 2048 {
            return refuse("it is longer than 2048 bytes");
        }
        if !text.bytes().all(|b| (0x21..=0x7E).contains(&b)) {
            return refuse("it has spaces, control or non-ASCII characters");
        }
        let Ok(url) = Url::parse(text) else {
            return refuse("it is not a URL");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("it has user information");
        }
        if url.fragment().is_some() {
            return refuse("it has a fragment");
        }
        if url.host_str().is_none_or(str::is_empty) {
            return refuse("it has no host");
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => refuse("http is allowed to this machine only; use https"),
            _ => refuse("its scheme is not https"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_loopback_http_are_endpoints() {
        for good in [
            "https://github.com/login",
            "http://127.0.0.1:9/x",
            "http://[::1]/",
            "http://localhost:1/",
        ] {
            assert!(good.parse::<Endpoint>().is_ok(), "{good}");
        }
        for bad in [
            "http://github.com/",
            "ftp://x/",
            "file:///etc/passwd",
            "javascript:1",
            "https://",
            "https://u:p@x/",
            "https://u@x/",
            "https://x/#f",
            "https://x/ y",
            "https://x/\n",
            "x",
            "http://127.0.0.1.evil.example/",
            "http://localhost.evil.example/",
            "http://evil-localhost/",
            "http://evil.localhost/",
            "https://é.example/",
        ] {
            assert!(bad.parse::<Endpoint>().is_err(), "{bad}");
        }
    }
}
