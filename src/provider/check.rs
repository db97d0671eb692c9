//! What a person should know about a definition that is valid: `provider check`, without a network.

use std::collections::BTreeSet;

use super::definition::{Definition, Origin, Pkce, Revocation, SecretRule, Userinfo};
use crate::endpoint::Endpoint;
use crate::ordered;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Note,
    /// Weaker than it should be, or a sign of a forged definition.
    Warning,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// What it is, in one line that is safe for a terminal.
    pub text: String,
}

/// Looks a definition over. Warnings come first; a definition without any is as safe as the
/// provider lets it be.
#[must_use]
pub fn check(definition: &Definition) -> Vec<Finding> {
    let all = [
        differing_sites(definition),
        missing_pkce(definition),
        plain_http(definition),
        optional_secret_without_pkce(definition),
        unknown_defaults(definition),
        dangerous_defaults(definition),
        unnamed_accounts(definition),
        unreachable_api(definition),
        no_revocation(definition),
        git_hosts(definition),
        Some(all_hosts(definition)),
    ]
    .into_iter()
    .flatten();
    let (mut findings, notes): (Vec<_>, Vec<_>) =
        all.partition(|finding| finding.level == Level::Warning);
    findings.extend(notes);
    findings
}

fn warning(text: impl Into<String>) -> Finding {
    Finding {
        level: Level::Warning,
        text: text.into(),
    }
}

fn note(text: impl Into<String>) -> Finding {
    Finding {
        level: Level::Note,
        text: text.into(),
    }
}

/// The hosts that a code, a token or a secret goes to, or that the browser is sent to.
#[must_use]
pub fn hosts(definition: &Definition) -> BTreeSet<String> {
    let endpoints = endpoints(definition);
    let endpoints = endpoints.iter().map(Endpoint::authority);
    let git = definition.git.iter().flat_map(|git| git.hosts.iter());
    ordered::set(endpoints.chain(definition.api_hosts.iter().chain(git).cloned()))
}

fn endpoints(definition: &Definition) -> Vec<Endpoint> {
    let userinfo = definition.userinfo.as_ref();
    let fallback = userinfo.and_then(|userinfo| userinfo.fallback.as_deref());
    let documents = definition.documents.as_ref();
    let asked = |source: Option<&Userinfo>| source.map(|source| source.endpoint.clone());
    [
        Some(definition.authorization_endpoint.clone()),
        Some(definition.token_endpoint.clone()),
        definition.device_authorization_endpoint.clone(),
        definition.introspection_endpoint.clone(),
        asked(userinfo),
        asked(fallback),
        definition.revocation.endpoint_for("x"),
        documents.map(|documents| documents.rest.clone()),
        documents.and_then(|documents| documents.graphql.clone()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// RFC 9700 section 4.4.2: whoever writes a definition could pair an honest authorization endpoint
/// with a token endpoint of their own. Shipped pairs are known; without a list of public suffixes,
/// only equal hosts and subdomains count as one site.
fn differing_sites(definition: &Definition) -> Option<Finding> {
    let host = |endpoint: &Endpoint| endpoint.url().host_str().unwrap_or_default().to_owned();
    let authorization = host(&definition.authorization_endpoint);
    let token = host(&definition.token_endpoint);
    if definition.origin == Origin::BuiltIn || is_same_site(&authorization, &token) {
        return None;
    }
    Some(warning(format!(
        "consent is given at `{authorization}`, but the code and the secret go to `{token}`: make sure that both belong to the provider"
    )))
}

fn is_same_site(one: &str, other: &str) -> bool {
    let is_below = |host: &str, parent: &str| {
        parent.contains('.')
            && host
                .strip_suffix(parent)
                .is_some_and(|rest| rest.ends_with('.'))
    };
    one == other || is_below(one, other) || is_below(other, one)
}

fn missing_pkce(definition: &Definition) -> Option<Finding> {
    if definition.pkce == Pkce::S256 {
        return None;
    }
    Some(warning(
        "there is no PKCE: whoever intercepts a code can use it with the client secret",
    ))
}

fn optional_secret_without_pkce(definition: &Definition) -> Option<Finding> {
    if definition.pkce == Pkce::S256 || definition.client.secret == SecretRule::Required {
        return None;
    }
    Some(warning(
        "neither PKCE nor a required secret protects the code",
    ))
}

fn plain_http(definition: &Definition) -> Option<Finding> {
    let plain: BTreeSet<String> = endpoints(definition)
        .iter()
        .filter(|endpoint| endpoint.url().scheme() == "http")
        .map(Endpoint::authority)
        .collect();
    if plain.is_empty() {
        return None;
    }
    Some(warning(format!(
        "plain http to this machine, for tests only: {}",
        listed(plain.iter())
    )))
}

fn unknown_defaults(definition: &Definition) -> Option<Finding> {
    if definition.catalogue.is_empty() {
        return Some(note(
            "there is no scope catalogue: `--feature` has nothing to choose from",
        ));
    }
    let asked = definition.scopes.default.iter();
    let unknown: Vec<&str> = asked
        .chain(&definition.scopes.required)
        .filter(|scope| definition.catalogue.iter().all(|row| row.name != **scope))
        .map(crate::names::Scope::as_str)
        .collect();
    if unknown.is_empty() {
        return None;
    }
    Some(note(format!(
        "asked for by default, but not in the catalogue: {}",
        listed(unknown.iter())
    )))
}

fn dangerous_defaults(definition: &Definition) -> Option<Finding> {
    let dangerous: Vec<&str> = definition
        .catalogue
        .iter()
        .filter(|row| row.dangerous && definition.scopes.default.contains(&row.name))
        .map(|row| row.name.as_str())
        .collect();
    if dangerous.is_empty() {
        return None;
    }
    Some(note(format!(
        "far-reaching scopes are asked for by default: {}",
        listed(dangerous.iter())
    )))
}

fn unnamed_accounts(definition: &Definition) -> Option<Finding> {
    if definition.userinfo.is_some() {
        return None;
    }
    Some(note(
        "there is no `[userinfo]`: accounts are called `default` unless `--account` names them",
    ))
}

fn unreachable_api(definition: &Definition) -> Option<Finding> {
    if !definition.api_hosts.is_empty() {
        return None;
    }
    Some(note("there are no `[api]` hosts: `api` refuses every URL"))
}

fn no_revocation(definition: &Definition) -> Option<Finding> {
    if !matches!(definition.revocation, Revocation::None { .. }) {
        return None;
    }
    Some(note(
        "access can't be ended by a program: `revoke` shows where a person can",
    ))
}

fn git_hosts(definition: &Definition) -> Option<Finding> {
    let git = definition.git.as_ref()?;
    let hosts = listed(git.hosts.iter());
    Some(note(format!("git signs in with its tokens at: {hosts}")))
}

fn all_hosts(definition: &Definition) -> Finding {
    note(format!("hosts: {}", listed(hosts(definition).iter())))
}

fn listed(items: impl Iterator<Item = impl AsRef<str>>) -> String {
    items
        .map(|item| format!("`{}`", item.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::parse;
    use super::*;

    fn user_definition(text: &str) -> Definition {
        let origin = Origin::UserFile(PathBuf::from("x.toml"));
        parse(&"x".parse().unwrap(), text, origin).unwrap()
    }

    fn warnings(text: &str) -> Vec<String> {
        check(&user_definition(text))
            .into_iter()
            .filter(|finding| finding.level == Level::Warning)
            .map(|finding| finding.text)
            .collect()
    }

    fn file(authorization: &str, token: &str, pkce: &str) -> String {
        format!(
            "[endpoints]\nauthorization = \"{authorization}\"\ntoken = \"{token}\"\n\
             [authorization]\npkce = \"{pkce}\"\n\
             [client]\nauthentication = \"basic\"\nsecret = \"required\"\n"
        )
    }

    #[test]
    fn endpoints_on_different_sites_are_warned_about() {
        let honest = "https://honest.example/authorize";
        for (token, warned) in [
            ("https://honest.example/token", false),
            ("https://api.honest.example/token", false),
            ("https://honest.example:8443/token", false),
            ("https://evil.example/token", true),
            ("https://nothonest.example/token", true),
            ("https://honest.example.evil.test/token", true),
            ("https://example/token", true),
        ] {
            let found = warnings(&file(honest, token, "S256"));
            assert_eq!(!found.is_empty(), warned, "{token}: {found:?}");
            assert!(found.iter().all(|text| text.contains("honest.example")));
        }
    }

    #[test]
    fn missing_pkce_and_plain_http_are_warned_about() {
        let url = "https://a.example/";
        assert_eq!(warnings(&file(url, url, "S256")), Vec::<String>::new());
        assert!(warnings(&file(url, url, "none"))[0].contains("PKCE"));
        let local = "http://127.0.0.1:9/";
        assert!(warnings(&file(local, local, "S256"))[0].contains("`127.0.0.1:9`"));
    }

    #[test]
    fn every_host_that_gets_a_token_is_shown() {
        let text = "extends = \"github\"\n";
        let hosts = hosts(&user_definition(text));
        for host in [
            "github.com",
            "api.github.com",
            "uploads.github.com",
            "gist.github.com",
        ] {
            assert!(hosts.contains(host), "{host}");
        }
        let told = check(&user_definition(text));
        let git = "git signs in with its tokens at: `gist.github.com`, `github.com`";
        assert!(told.iter().any(|finding| finding.text == git), "{told:?}");
    }
}
