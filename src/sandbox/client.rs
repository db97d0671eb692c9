//! Registered clients, and how they prove who they are at the token endpoint.
//!
//! A client authenticates in exactly one way (RFC 6749 section 2.3): by HTTP Basic with both parts
//! form-encoded, or by `client_id` and `client_secret` in the body; a public client sends its
//! `client_id` and nothing else. Anything more or less is `invalid_client`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::{Url, form_urlencoded};

use super::call::{Call, Parameters, Refusal};
use super::mint::Hash;

/// The client that has a secret.
pub const CONFIDENTIAL_CLIENT: &str = "sandbox-confidential";
/// The client that has none, as programs on a person's machine (RFC 8252 section 8.4).
pub const PUBLIC_CLIENT: &str = "sandbox-public";
/// The client that signs with a key, where the options have its public half.
pub const SIGNING_CLIENT: &str = "sandbox-signing";
/// The path of the registered loopback redirect URIs.
pub const REDIRECT_PATH: &str = "/callback";

/// A registered client.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<Hash>,
    /// The public key, for a client that signs: an uncompressed point on P-256.
    pub(super) key: Option<Vec<u8>>,
    pub(super) redirects: Vec<LoopbackRedirect>,
}

impl Client {
    /// One of the two that every sandbox has.
    pub(super) fn built_in(id: &str, secret: Option<Hash>) -> Self {
        let redirects = ["127.0.0.1", "[::1]", "localhost"].map(|host| LoopbackRedirect {
            host: host.to_owned(),
            path: REDIRECT_PATH.to_owned(),
        });
        Self {
            id: id.to_owned(),
            secret,
            key: None,
            redirects: redirects.to_vec(),
        }
    }

    /// Whether `uri` is registered; only its port is free (RFC 8252 section 7.3).
    pub(super) fn allows(&self, uri: &str) -> bool {
        LoopbackRedirect::read(uri).is_some_and(|redirect| self.redirects.contains(&redirect))
    }
}

/// A loopback redirect URI without its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LoopbackRedirect {
    host: String,
    path: String,
}

impl LoopbackRedirect {
    /// `http`, a loopback host, any port, a path; no query, fragment or user, and written as a
    /// parser would write it, so that no two spellings are the same URI.
    pub(super) fn read(uri: &str) -> Option<Self> {
        let url = Url::parse(uri).ok()?;
        let host = url.host_str()?;
        let exact = url.as_str() == uri
            && url.scheme() == "http"
            && ["127.0.0.1", "[::1]", "localhost"].contains(&host)
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        exact.then(|| Self {
            host: host.to_owned(),
            path: url.path().to_owned(),
        })
    }
}

/// Who sends this form.
pub(super) fn authenticate<'a>(
    clients: &'a [Client],
    call: &Call,
    form: &Parameters,
) -> Result<&'a Client, Refusal> {
    let header = call.header("authorization")?;
    let challenge = header.is_some();
    let (id, secret) = match header {
        Some(header) => from_header(header, form)?,
        None => from_body(form)?,
    };
    let client = clients
        .iter()
        .find(|client| client.id == id)
        .ok_or_else(|| refuse("no such client", challenge))?;
    match (client.secret, secret) {
        (Some(right), Some(given)) if right == Hash::of(&given) => Ok(client),
        (Some(_), Some(_)) => Err(refuse("the client secret is wrong", challenge)),
        (Some(_), None) => Err(refuse(
            "this client has a secret and must send it",
            challenge,
        )),
        (None, Some(_)) => Err(refuse("this client has no secret", challenge)),
        (None, None) => Ok(client),
    }
}

fn from_header(header: &str, form: &Parameters) -> Result<(String, Option<String>), Refusal> {
    if form.get("client_id").is_some() || form.get("client_secret").is_some() {
        return Err(refuse("the client authenticates twice", true));
    }
    let (id, secret) =
        basic(header).ok_or_else(|| refuse("the Authorization header is not HTTP Basic", true))?;
    Ok((id, Some(secret)))
}

fn from_body(form: &Parameters) -> Result<(String, Option<String>), Refusal> {
    let id = form
        .get("client_id")
        .ok_or_else(|| refuse("the client does not name itself", false))?;
    Ok((id.to_owned(), form.get("client_secret").map(str::to_owned)))
}

/// HTTP Basic; both parts are form-encoded first (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form_decoded(id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    if text.contains(['&', '=']) {
        return None; // these stand for themselves in no encoded text
    }
    form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
}

fn refuse(why: &str, challenge: bool) -> Refusal {
    Refusal {
        status: 401,
        challenge: challenge.then_some("Basic realm=\"sandbox\""),
        ..Refusal::new("invalid_client", why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_of_a_redirect_uri_is_free() {
        let client = Client::built_in(PUBLIC_CLIENT, None);
        for good in [
            "http://127.0.0.1:1/callback",
            "http://127.0.0.1:65535/callback",
            "http://127.0.0.1/callback",
            "http://[::1]:8080/callback",
            "http://localhost:3000/callback",
        ] {
            assert!(client.allows(good), "{good}");
        }
        for bad in [
            "",
            "/callback",
            "http://127.0.0.1:1/",
            "http://127.0.0.1:1/callback/",
            "http://127.0.0.1:1/Callback",
            "http://127.0.0.1:1/x/../callback",
            "http://127.0.0.1:1/callback?",
            "http://127.0.0.1:1/callback?x=1",
            "http://127.0.0.1:1/callback#",
            "http://u@127.0.0.1:1/callback",
            "http://127.0.0.2:1/callback",
            "http://127.1:1/callback",
            "http://LOCALHOST:1/callback",
            "http://localhost.evil.example:1/callback",
            "https://127.0.0.1:1/callback",
            "http://127.0.0.1:80/callback",
        ] {
            assert!(!client.allows(bad), "{bad}");
        }
    }

    #[test]
    fn basic_credentials_are_form_decoded() {
        let header = format!("Basic {}", STANDARD.encode("a%3Ab:c+d%2B"));
        assert_eq!(basic(&header), Some(("a:b".to_owned(), "c d+".to_owned())));
        let raw = format!("Basic {}", STANDARD.encode("a:b=c"));
        assert_eq!(basic(&raw), None);
        assert_eq!(basic("Bearer abc"), None);
    }
}
