//! A definition in words, for `provider show`: what is asked, of whom, and what is peculiar there.

use std::time::Duration;

use super::definition::{
    ClientAuthentication, Definition, IssParameter, LostAnswer, MissingExpiry, Origin, Pkce,
    Revocation, RevokedTokens, Rotation, ScopeSeparator, SecretRule, UserinfoMethod,
};
use crate::escape;

/// One line of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What the line is about.
    pub label: &'static str,
    /// What holds there, safe for a terminal; several lines where it has steps.
    pub value: String,
}

/// The lines of a description, in reading order. What a provider doesn't have has no line.
#[must_use]
pub fn describe(definition: &Definition) -> Vec<Row> {
    let rows = [
        ("name", Some(definition.name.to_string())),
        ("called", Some(definition.display_name.clone())),
        ("defined in", Some(origin(&definition.origin))),
        ("issuer", definition.issuer.clone()),
        (
            "authorization",
            Some(definition.authorization_endpoint.to_string()),
        ),
        ("token", Some(definition.token_endpoint.to_string())),
        (
            "device",
            definition
                .device_authorization_endpoint
                .as_ref()
                .map(ToString::to_string),
        ),
        (
            "introspection",
            definition
                .introspection_endpoint
                .as_ref()
                .map(ToString::to_string),
        ),
        ("account from", userinfo(definition)),
        ("redirect", Some(redirect(definition))),
        ("client", Some(client(definition))),
        (
            "register at",
            definition
                .client
                .registration_page
                .as_ref()
                .map(ToString::to_string),
        ),
        ("to register", registration(definition)),
        ("PKCE", Some(pkce(definition).to_owned())),
        ("issuer in answers", issuer_in_answers(definition)),
        ("scopes", Some(scopes(definition))),
        ("always asked", some_list(&definition.scopes.required)),
        ("asked by default", some_list(&definition.scopes.default)),
        ("features", features(definition)),
        (
            "without an expiry",
            Some(missing_expiry(definition).to_owned()),
        ),
        ("refresh token", Some(refresh(definition))),
        ("ends by itself", limits(definition)),
        ("revocation", Some(revocation(&definition.revocation))),
        ("end access at", page(&definition.revocation)),
    ];
    rows.into_iter()
        .chain(uses(definition))
        .filter_map(|(label, value)| {
            let value = escape::block(&value?);
            Some(Row { label, value })
        })
        .collect()
}

/// What a token is for, and where it goes.
fn uses(definition: &Definition) -> [(&'static str, Option<String>); 4] {
    [
        ("token goes to", some_list(&definition.api_hosts)),
        (
            "in a variable",
            Some(definition.token_variable().to_string()),
        ),
        ("for git at", git(definition)),
        ("manuscripts at", documents(definition)),
    ]
}

/// When a grant ends although nobody ended it.
fn limits(definition: &Definition) -> Option<String> {
    let limits = &definition.limits;
    let days = |time: Duration| format!("{} days", time.as_secs() / 86_400);
    let told = [
        (limits.idle, "after", "without a refresh"),
        (limits.unused, "after", "without use"),
        (limits.total, "", "after consent"),
        (
            limits.testing,
            "while the app is for testing,",
            "after consent",
        ),
    ];
    let told = told.into_iter().filter_map(|(time, before, behind)| {
        let words = format!("{before} {} {behind}", days(time?));
        Some(words.trim_start().to_owned())
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn git(definition: &Definition) -> Option<String> {
    let git = definition.git.as_ref()?;
    some_list(&git.hosts)
}

fn documents(definition: &Definition) -> Option<String> {
    let documents = definition.documents.as_ref()?;
    Some(documents.rest.to_string())
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::BuiltIn => "the program itself".to_owned(),
        Origin::UserFile(path) => path.display().to_string(),
    }
}

fn some_list<T: ToString>(items: impl IntoIterator<Item = T>) -> Option<String> {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    (!items.is_empty()).then(|| items.join(" "))
}

fn userinfo(definition: &Definition) -> Option<String> {
    definition
        .userinfo
        .as_ref()
        .map(|source| match source.method {
            UserinfoMethod::TokenAnswer => "the token answer".to_owned(),
            UserinfoMethod::Get | UserinfoMethod::Post => source.endpoint.to_string(),
        })
}

fn redirect(definition: &Definition) -> String {
    let port = match definition.redirect.port {
        Some(_) => "",
        None => " (any port)",
    };
    format!("{}{port}", definition.redirect.registered_uri())
}

fn client(definition: &Definition) -> String {
    let client = &definition.client;
    let place = match client.authentication {
        ClientAuthentication::Basic => "HTTP Basic",
        ClientAuthentication::Post => "the body",
        ClientAuthentication::PrivateKeyJwt => "a signature by its key",
        ClientAuthentication::ClientSecretJwt => "a signature by its secret",
    };
    let rule = |rule| match rule {
        SecretRule::Required => "required",
        SecretRule::Optional => "optional",
        SecretRule::Forbidden => "never sent",
    };
    let secret = rule(client.secret);
    if definition.device_authorization_endpoint.is_some() && client.device_secret != client.secret {
        let device = rule(client.device_secret);
        format!("secret {secret} in {place}; {device} in the device flow")
    } else if client.secret == SecretRule::Forbidden {
        "public, without a secret".to_owned()
    } else {
        format!("secret {secret} in {place}")
    }
}

fn registration(definition: &Definition) -> Option<String> {
    let numbered: Vec<String> = (1..)
        .zip(definition.registration_steps())
        .map(|(number, step)| format!("{number}. {step}"))
        .collect();
    (!numbered.is_empty()).then(|| numbered.join("\n"))
}

fn pkce(definition: &Definition) -> &'static str {
    match definition.pkce {
        Pkce::S256 => "S256",
        Pkce::None => "not supported there",
    }
}

fn issuer_in_answers(definition: &Definition) -> Option<String> {
    (definition.iss_parameter == IssParameter::Required).then(|| "required (RFC 9207)".to_owned())
}

fn scopes(definition: &Definition) -> String {
    match definition.scopes.request_separator {
        None => "none: rights are set elsewhere".to_owned(),
        Some(ScopeSeparator::Space) => "separated by spaces".to_owned(),
        Some(ScopeSeparator::Comma) => "separated by commas".to_owned(),
    }
}

fn features(definition: &Definition) -> Option<String> {
    let mut features: Vec<&str> = definition
        .catalogue
        .iter()
        .map(|row| row.feature.as_str())
        .collect();
    features.dedup();
    some_list(features)
}

fn missing_expiry(definition: &Definition) -> &'static str {
    match definition.answers.missing_expiry {
        MissingExpiry::Forever => "an access token lives until it is revoked",
        MissingExpiry::Unknown => "an access token is used until it is refused",
    }
}

fn refresh(definition: &Definition) -> String {
    let rotation = match definition.refresh.rotation {
        Rotation::None => "stays the same",
        Rotation::Replace => "is replaced, the old one lives on",
        Rotation::ReplaceAndKill => "is replaced, the old one dies",
    };
    let lost = match definition.refresh.lost_answer {
        LostAnswer::TryOnce => "tried once more after a lost answer",
        LostAnswer::NeverRetry => "never sent again after a lost answer",
    };
    format!("{rotation}; {lost}")
}

fn revocation(revocation: &Revocation) -> String {
    let way = match revocation {
        Revocation::None { .. } => "not by a program".to_owned(),
        Revocation::Rfc7009 {
            endpoint, tokens, ..
        } => {
            let tokens = match tokens {
                RevokedTokens::Both => "refresh and access token",
                RevokedTokens::Either => "either token ends both",
                RevokedTokens::Access => "access token",
            };
            format!("{endpoint} ({tokens})")
        }
        Revocation::ApplicationToken {
            endpoint_template, ..
        } => format!("{endpoint_template} (access token, with the client secret)"),
        Revocation::BearerPost { endpoint, .. } => format!("{endpoint} (access token)"),
    };
    match revocation.note() {
        Some(note) => format!("{way}; {note}"),
        None => way,
    }
}

fn page(revocation: &Revocation) -> Option<String> {
    match revocation {
        Revocation::ApplicationToken { page_template, .. } => page_template.clone(),
        Revocation::None { page, .. }
        | Revocation::Rfc7009 { page, .. }
        | Revocation::BearerPost { page, .. } => page.as_ref().map(ToString::to_string),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Providers, parse};
    use super::*;

    fn value(definition: &Definition, label: &str) -> Option<String> {
        describe(definition)
            .into_iter()
            .find(|row| row.label == label)
            .map(|row| row.value)
    }

    #[test]
    fn a_description_says_what_is_peculiar() {
        let providers = Providers::load(std::path::Path::new("/nonexistent"));
        let get = |name: &str| providers.get(&name.parse().unwrap()).unwrap();
        let microsoft = get("microsoft");
        assert_eq!(
            value(&microsoft, "client").unwrap(),
            "public, without a secret"
        );
        assert_eq!(
            value(&microsoft, "redirect").unwrap(),
            "http://localhost/callback (any port)"
        );
        let steps = value(&microsoft, "to register").unwrap();
        assert_eq!(steps.lines().count(), 5);
        assert!(steps.contains("add http://localhost/callback\n"), "{steps}");
        let notion = get("notion");
        assert_eq!(value(&notion, "PKCE").unwrap(), "not supported there");
        assert_eq!(value(&notion, "device"), None);
        assert_eq!(
            value(&notion, "redirect").unwrap(),
            "http://localhost:17817/callback"
        );
        assert!(
            value(&get("google"), "revocation")
                .unwrap()
                .contains("youtube")
        );
    }

    #[test]
    fn a_description_is_safe_for_a_terminal() {
        let origin = Origin::UserFile(std::path::PathBuf::from("a\u{1b}[2J.toml"));
        let definition = parse(&"x".parse().unwrap(), "extends = \"github\"", origin).unwrap();
        let rows = describe(&definition);
        assert!(rows.iter().any(|row| row.value.contains("\\u{1b}")));
        assert!(rows.iter().all(|row| !row.value.contains('\u{1b}')));
    }
}
