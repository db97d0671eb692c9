//! Definitions for tests: the shipped ones, and some that only a file of the user's could hold.

use std::path::{Path, PathBuf};

use super::Client;
use super::request::HttpRequest;
use crate::moment::{Moment, Timestamp};
use crate::names::Scope;
use crate::provider::definition::{Definition, Origin};
use crate::provider::{self, Providers};
use crate::secret::Secret;
use crate::token::{Lifetime, TokenSet};

pub(super) fn scopes(texts: &[&str]) -> Vec<Scope> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub(super) fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(super) fn client(with_secret: Option<&str>) -> Client {
    Client::new("client id".parse().unwrap(), with_secret.map(secret))
}

pub(super) fn started() -> Moment {
    Moment {
        wall: Timestamp::from_unix_millis(1_795_000_000_000),
        boot: None,
    }
}

pub(super) fn set(access_token: &str, refresh_token: Option<&str>) -> TokenSet {
    TokenSet {
        access_token: secret(access_token),
        token_type: "bearer".to_owned(),
        refresh_token: refresh_token.map(secret),
        obtained: started(),
        lifetime: Lifetime::Unknown,
        granted: Vec::new(),
    }
}

/// A definition as it is shipped.
pub(super) fn shipped(name: &str) -> Definition {
    let providers = Providers::load(Path::new("/nonexistent"));
    let definition = providers.get(&name.parse().unwrap()).unwrap();
    Definition::clone(&definition)
}

pub(super) fn github() -> Definition {
    shipped("github")
}

pub(super) fn google() -> Definition {
    shipped("google")
}

pub(super) fn microsoft() -> Definition {
    shipped("microsoft")
}

pub(super) fn notion() -> Definition {
    shipped("notion")
}

fn file(text: &str) -> Definition {
    let origin = Origin::UserFile(PathBuf::from("p.toml"));
    provider::parse(&"p".parse().unwrap(), text, origin).unwrap_or_else(|error| panic!("{error}"))
}

/// A provider that follows the RFCs.
pub(super) fn plain() -> Definition {
    file(
        r#"
issuer = "https://as.example"
[endpoints]
authorization = "https://as.example/authorize"
token = "https://as.example/token"
[authorization]
pkce = "S256"
[client]
authentication = "post"
secret = "optional"
[revocation]
kind = "rfc7009"
endpoint = "https://as.example/revoke"
"#,
    )
}

/// Success says `"ok": true`, the tokens are nested, scopes have a parameter of their own.
pub(super) fn slack() -> Definition {
    shipped("slack")
}

/// Userinfo is a question in JSON.
pub(super) fn linear() -> Definition {
    shipped("linear")
}

/// A whole request as text: method, URL, sorted headers, body.
pub(super) fn bytes(request: &HttpRequest) -> String {
    let mut headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    headers.sort();
    format!(
        "{} {}\n{}{}\n",
        request.method(),
        request.uri(),
        headers.concat(),
        String::from_utf8_lossy(request.body())
    )
}
