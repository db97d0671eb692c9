//! A definition for a provider that was found by its metadata (RFC 8414, OpenID Connect Discovery).
//!
//! The outcome is the text of a user's file: what was found is thereby pinned, and a person can read
//! and mend it. Metadata is somebody else's word, so it is refused where it is weaker than what a
//! written definition may say.

use std::collections::BTreeSet;

use thiserror::Error;

use super::definition::Dpop;
use crate::endpoint::Endpoint;
use crate::names::{ProviderName, Scope};
use crate::ordered;

/// What the metadata of an authorization server says (RFC 8414 section 2), checked elsewhere: the
/// issuer equals the one that was asked for.
#[derive(Debug, Clone)]
pub struct Discovered {
    /// `issuer`, byte for byte as it was written.
    pub issuer: String,
    /// `authorization_endpoint`.
    pub authorization_endpoint: Endpoint,
    /// `token_endpoint`.
    pub token_endpoint: Endpoint,
    /// `device_authorization_endpoint` (RFC 8628 section 4).
    pub device_authorization_endpoint: Option<Endpoint>,
    /// `revocation_endpoint`.
    pub revocation_endpoint: Option<Endpoint>,
    /// `introspection_endpoint`.
    pub introspection_endpoint: Option<Endpoint>,
    /// `userinfo_endpoint` (OpenID Connect).
    pub userinfo_endpoint: Option<Endpoint>,
    /// `authorization_response_iss_parameter_supported` (RFC 9207).
    pub iss_supported: bool,
    /// `token_endpoint_auth_methods_supported`; absent means `client_secret_basic`.
    pub authentication_methods: Option<Vec<String>>,
    /// `code_challenge_methods_supported`; absent is as bad as empty.
    pub code_challenge_methods: Vec<String>,
    /// `scopes_supported`.
    pub scopes: Vec<String>,
    /// `registration_endpoint` (RFC 7591).
    pub registration_endpoint: Option<Endpoint>,
    /// `pushed_authorization_request_endpoint` (RFC 9126).
    pub par_endpoint: Option<Endpoint>,
    /// Whether tokens can be bound to a key (RFC 9449).
    pub dpop: Dpop,
    /// The resource that led here (RFC 9728), as it calls itself.
    pub resource: Option<String>,
}

/// Why no definition can be made of metadata.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DiscoveredError {
    /// PKCE with S256 is not announced; only a definition that a person wrote may do without.
    #[error("its metadata doesn't announce PKCE with S256")]
    NoPkce,
    /// Only ways of client authentication are announced that this program doesn't speak.
    #[error("its metadata announces no way of client authentication that is known here")]
    NoAuthentication,
}

/// The text of a user's file for a provider that was found by its metadata.
///
/// # Errors
/// When the server is not safe to use, or not usable, on the word of its metadata alone.
pub fn discovered(name: &ProviderName, found: &Discovered) -> Result<String, DiscoveredError> {
    if !found
        .code_challenge_methods
        .iter()
        .any(|method| method == "S256")
    {
        return Err(DiscoveredError::NoPkce);
    }
    let (authentication, secret) = authentication(found.authentication_methods.as_deref())?;
    let iss = if found.iss_supported {
        "required"
    } else {
        "optional"
    };
    let mut text = format!(
        "# {name}, as its metadata described it. Change what you know better.\n\n\
         issuer = {}\n\n\
         [endpoints]\nauthorization = {}\ntoken = {}\n",
        quoted(&found.issuer),
        quoted(found.authorization_endpoint.as_str()),
        quoted(found.token_endpoint.as_str()),
    );
    for (key, endpoint) in [
        ("device_authorization", &found.device_authorization_endpoint),
        ("introspection", &found.introspection_endpoint),
        ("pushed_authorization_request", &found.par_endpoint),
        ("registration", &found.registration_endpoint),
    ] {
        if let Some(endpoint) = endpoint {
            text.push_str(&format_line(key, endpoint.as_str()));
        }
    }
    text.push_str("\n[authorization]\n");
    text.push_str(&format_line("pkce", "S256"));
    text.push_str(&format_line("iss", iss));
    if let Some(resource) = &found.resource {
        text.push_str(&format_line("resource", resource));
    }
    if found.scopes.iter().any(|scope| scope == "offline_access") {
        // OpenID Connect Core section 11: without a consent that was asked for, the scope is
        // ignored, and the connection ends with its first access token.
        text.push_str("\n[authorization.parameters]\n");
        text.push_str(&format_line("prompt", "consent"));
    }
    text.push_str("\n[client]\n");
    text.push_str(&format_line("authentication", authentication));
    text.push_str(&format_line("secret", secret));
    let dpop = match found.dpop {
        Dpop::None => None,
        Dpop::Offered => Some("offered"),
        Dpop::Required => Some("required"),
    };
    if let Some(dpop) = dpop {
        text.push_str("\n[token]\n");
        text.push_str(&format_line("dpop", dpop));
    }
    push_scopes(&mut text, found);
    push_userinfo(&mut text, found);
    if let Some(endpoint) = &found.revocation_endpoint {
        text.push_str("\n[revocation]\nkind = \"rfc7009\"\n");
        text.push_str(&format_line("endpoint", endpoint.as_str()));
    }
    Ok(text)
}

/// What a discovered provider is called where the person says nothing: its host, with `-` for what
/// a name can't hold. `None` where nothing usable is left.
#[must_use]
pub fn name_of(issuer: &Endpoint) -> Option<ProviderName> {
    let letters = issuer.authority();
    let slug: String = letters
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(32)
        .collect();
    slug.trim_matches('-').parse().ok()
}

fn authentication(
    methods: Option<&[String]>,
) -> Result<(&'static str, &'static str), DiscoveredError> {
    // RFC 8414 section 2: "If omitted, the default is client_secret_basic".
    let Some(methods) = methods else {
        return Ok(("basic", "optional"));
    };
    let has = |wanted: &str| methods.iter().any(|method| method == wanted);
    let secret = if has("none") { "optional" } else { "required" };
    if has("client_secret_basic") {
        Ok(("basic", secret))
    } else if has("client_secret_post") {
        Ok(("post", secret))
    } else if has("none") {
        Ok(("post", "forbidden"))
    } else if has("private_key_jwt") {
        Ok(("private_key_jwt", "optional"))
    } else {
        Err(DiscoveredError::NoAuthentication)
    }
}

/// Only what names the account and keeps the person signed in is asked for.
fn push_scopes(text: &mut String, found: &Discovered) {
    let offered = ordered::set(found.scopes.iter().map(String::as_str));
    let wanted = |scopes: &[&'static str]| -> Vec<String> {
        let listed = scopes.iter().filter(|scope| offered.contains(**scope));
        listed.map(|scope| quoted(scope)).collect()
    };
    text.push_str("\n[scopes]\n");
    let usable: Vec<&str> = offered
        .iter()
        .copied()
        .filter(|scope| scope.parse::<Scope>().is_ok())
        .take(64)
        .collect();
    if !usable.is_empty() {
        text.push_str("# offered: ");
        text.push_str(&crate::escape::line(&usable.join(" ")));
        text.push('\n');
    }
    let default = wanted(&["openid", "profile", "email", "offline_access"]).join(", ");
    let required = wanted(&["openid", "offline_access"]).join(", ");
    text.push_str("default = [");
    text.push_str(&default);
    text.push_str("]\nrequired = [");
    text.push_str(&required);
    text.push_str(
        "]\n# Some servers never list it in an answer.\nnever_echoed = [\"offline_access\"]\n",
    );
}

fn push_userinfo(text: &mut String, found: &Discovered) {
    let resource = found.resource.as_ref().and_then(|url| url.parse().ok());
    let hosts: BTreeSet<String> = [&resource, &found.userinfo_endpoint]
        .into_iter()
        .flatten()
        .map(|endpoint: &Endpoint| quoted(&endpoint.authority()))
        .collect();
    push_userinfo_section(text, found);
    if !hosts.is_empty() {
        let hosts: Vec<_> = hosts.into_iter().collect();
        text.push_str("\n# Hosts that `api` may send a token to.\n[api]\nhosts = [");
        text.push_str(&hosts.join(", "));
        text.push_str("]\n");
    }
}

fn push_userinfo_section(text: &mut String, found: &Discovered) {
    let Some(endpoint) = &found.userinfo_endpoint else {
        return;
    };
    text.push_str("\n[userinfo]\n");
    text.push_str(&format_line("endpoint", endpoint.as_str()));
    text.push_str("id = [\"/sub\"]\n");
    text.push_str("label = [\"/preferred_username\", \"/email\", \"/name\", \"/sub\"]\n");
}

fn format_line(key: &str, value: &str) -> String {
    format!("{key} = {}\n", quoted(value))
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if character.is_control() => {
                let digits = format!("\\u{:04X}", u32::from(character));
                quoted.push_str(&digits);
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::definition::{
        ClientAuthentication, Definition, IssParameter, Origin, Pkce, Revocation, SecretRule,
    };
    use super::super::parse;
    use super::*;

    fn found() -> Discovered {
        let at = |path: &str| format!("https://id.example/{path}").parse().ok();
        Discovered {
            issuer: "https://id.example".to_owned(),
            authorization_endpoint: at("authorize").unwrap(),
            token_endpoint: at("token").unwrap(),
            device_authorization_endpoint: at("device"),
            revocation_endpoint: at("revoke"),
            introspection_endpoint: at("introspect"),
            userinfo_endpoint: at("me"),
            iss_supported: true,
            authentication_methods: None,
            code_challenge_methods: vec!["plain".to_owned(), "S256".to_owned()],
            scopes: ["openid", "email", "read", "a\nb", "x\u{202e}y"]
                .map(str::to_owned)
                .to_vec(),
            registration_endpoint: at("register"),
            par_endpoint: at("par"),
            dpop: Dpop::Offered,
            resource: Some("https://api.example/mcp".to_owned()),
        }
    }

    fn round_trip(found: &Discovered) -> Definition {
        let name: ProviderName = "id-example".parse().unwrap();
        let text = discovered(&name, found).unwrap();
        let origin = Origin::UserFile(PathBuf::from("id-example.toml"));
        parse(&name, &text, origin).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    #[test]
    fn what_was_discovered_is_what_the_loader_reads() {
        let found = found();
        let read = round_trip(&found);
        assert_eq!(read.issuer.as_ref(), Some(&found.issuer));
        assert_eq!(read.authorization_endpoint, found.authorization_endpoint);
        assert_eq!(read.token_endpoint, found.token_endpoint);
        assert_eq!(
            read.device_authorization_endpoint,
            found.device_authorization_endpoint
        );
        assert_eq!(read.introspection_endpoint, found.introspection_endpoint);
        assert_eq!(read.registration_endpoint, found.registration_endpoint);
        assert_eq!(read.par_endpoint, found.par_endpoint);
        assert_eq!(read.dpop, found.dpop);
        assert_eq!(read.resource, found.resource);
        let hosts: Vec<_> = read.api_hosts.iter().map(String::as_str).collect();
        assert_eq!(hosts, ["api.example", "id.example"]);
        assert_eq!(
            read.userinfo.map(|userinfo| userinfo.endpoint),
            found.userinfo_endpoint
        );
        assert_eq!(read.iss_parameter, IssParameter::Required);
        assert_eq!(read.pkce, Pkce::S256);
        assert_eq!(read.client.authentication, ClientAuthentication::Basic);
        assert!(matches!(read.revocation, Revocation::Rfc7009 { .. }));
        let default: Vec<&str> = read.scopes.default.iter().map(Scope::as_str).collect();
        assert_eq!(default, ["openid", "email"]);
    }

    #[test]
    fn metadata_with_nothing_but_the_needed_members_makes_a_definition() {
        let read = round_trip(&Discovered {
            device_authorization_endpoint: None,
            revocation_endpoint: None,
            introspection_endpoint: None,
            userinfo_endpoint: None,
            iss_supported: false,
            scopes: Vec::new(),
            ..found()
        });
        assert!(read.userinfo.is_none());
        assert!(matches!(read.revocation, Revocation::None { .. }));
        assert_eq!(read.iss_parameter, IssParameter::Optional);
        assert!(read.authorization_parameters.is_empty());
    }

    #[test]
    fn consent_is_asked_for_where_staying_signed_in_depends_on_it() {
        let read = round_trip(&Discovered {
            scopes: ["openid", "offline_access"].map(str::to_owned).into(),
            ..found()
        });
        let prompt = read.authorization_parameters.get("prompt");
        assert_eq!(prompt.map(String::as_str), Some("consent"));
    }

    #[test]
    fn a_discovered_provider_is_called_by_its_host() {
        for (issuer, name) in [
            ("https://id.example.org/realm", "id-example-org"),
            ("http://127.0.0.1:8080", "127-0-0-1-8080"),
            ("http://[::1]:8080", "1--8080"),
            (
                "https://a-very-long-name-of-a-host.example.org",
                "a-very-long-name-of-a-host-examp",
            ),
        ] {
            let issuer: Endpoint = issuer.parse().unwrap();
            assert_eq!(name_of(&issuer).unwrap().as_str(), name);
        }
    }

    #[test]
    fn metadata_without_s256_is_refused() {
        for (methods, is_refused) in [
            (vec![], true),
            (vec!["plain"], true),
            (vec!["s256"], true),
            (vec!["plain", "S256"], false),
        ] {
            let outcome = discovered(
                &"x".parse().unwrap(),
                &Discovered {
                    code_challenge_methods: methods.iter().map(|&m| m.to_owned()).collect(),
                    ..found()
                },
            );
            let refused = outcome == Err(DiscoveredError::NoPkce);
            assert_eq!(refused, is_refused, "{methods:?}");
        }
    }

    #[test]
    fn the_way_of_client_authentication_follows_the_metadata() {
        use ClientAuthentication::{Basic, Post};
        use SecretRule::{Forbidden, Optional, Required};
        for (methods, wanted) in [
            (
                vec!["client_secret_post", "client_secret_basic"],
                Some((Basic, Required)),
            ),
            (vec!["client_secret_post"], Some((Post, Required))),
            (vec!["client_secret_post", "none"], Some((Post, Optional))),
            (vec!["none"], Some((Post, Forbidden))),
            (vec!["tls_client_auth"], None),
            (vec![], None),
        ] {
            let found = Discovered {
                authentication_methods: Some(methods.iter().map(|&m| m.to_owned()).collect()),
                ..found()
            };
            match wanted {
                Some(wanted) => {
                    let client = round_trip(&found).client;
                    assert_eq!(
                        (client.authentication, client.secret),
                        wanted,
                        "{methods:?}"
                    );
                }
                None => assert_eq!(
                    discovered(&"x".parse().unwrap(), &found),
                    Err(DiscoveredError::NoAuthentication),
                    "{methods:?}"
                ),
            }
        }
    }
}
