//! The shipped definitions, as text inside the program.

/// Name and text of each shipped definition, sorted by name.
const BUILTIN: [(&str, &str); 13] = [
    ("atlassian", include_str!("builtin/atlassian.toml")),
    ("bitbucket", include_str!("builtin/bitbucket.toml")),
    ("discord", include_str!("builtin/discord.toml")),
    ("dropbox", include_str!("builtin/dropbox.toml")),
    ("github", include_str!("builtin/github.toml")),
    ("gitlab", include_str!("builtin/gitlab.toml")),
    ("google", include_str!("builtin/google.toml")),
    ("linear", include_str!("builtin/linear.toml")),
    ("microsoft", include_str!("builtin/microsoft.toml")),
    ("notion", include_str!("builtin/notion.toml")),
    ("slack", include_str!("builtin/slack.toml")),
    ("spotify", include_str!("builtin/spotify.toml")),
    ("youtube", include_str!("builtin/youtube.toml")),
];

/// The names of the shipped definitions, sorted.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(|(name, _)| *name)
}

/// The text of the shipped definition called `name`.
pub(super) fn text(name: &str) -> Option<&'static str> {
    BUILTIN
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::definition::{Definition, Origin};
    use super::super::parse;
    use super::*;

    fn shipped() -> Vec<Definition> {
        names()
            .map(|name| {
                let text = text(name).unwrap();
                parse(&name.parse().unwrap(), text, Origin::BuiltIn)
                    .unwrap_or_else(|error| panic!("{error}"))
            })
            .collect()
    }

    #[test]
    fn every_shipped_definition_is_whole_and_has_no_client_id() {
        assert!(names().is_sorted());
        for definition in shipped() {
            assert!(definition.client.public_id.is_none(), "{}", definition.name);
            assert!(!definition.client.registration_steps.is_empty());
            assert!(!definition.api_hosts.is_empty());
            assert!(!definition.authorization_endpoint.is_loopback());
        }
    }

    #[test]
    fn every_scope_that_a_shipped_definition_mentions_is_in_its_catalogue() {
        for definition in shipped() {
            let known: BTreeSet<&str> = definition
                .catalogue
                .iter()
                .map(|row| row.name.as_str())
                .collect();
            let scopes = &definition.scopes;
            let mentioned = (scopes.default.iter().chain(&scopes.required))
                .map(crate::names::Scope::as_str)
                .chain(scopes.never_echoed.iter().map(String::as_str))
                .chain(scopes.aliases.values().map(String::as_str))
                .chain(scopes.implies.keys().map(String::as_str))
                .chain(scopes.implies.values().flatten().map(String::as_str));
            for scope in mentioned {
                assert!(known.contains(scope), "{}: {scope}", definition.name);
            }
            for alias in scopes.aliases.keys() {
                assert!(!known.contains(alias.as_str()), "{alias} is a row itself");
            }
            for scope in &scopes.required {
                assert!(
                    scopes.default.contains(scope),
                    "{scope} is always asked for"
                );
            }
        }
    }

    #[test]
    fn the_catalogues_are_complete() {
        let counts: Vec<(String, usize)> = shipped()
            .iter()
            .map(|definition| (definition.name.to_string(), definition.catalogue.len()))
            .collect();
        let wanted = [
            ("atlassian", 7),
            ("bitbucket", 3),
            ("discord", 4),
            ("dropbox", 13),
            ("github", 40),
            ("gitlab", 16),
            ("google", 44),
            ("linear", 6),
            ("microsoft", 80),
            ("notion", 8),
            ("slack", 0),
            ("spotify", 7),
            ("youtube", 12),
        ];
        assert_eq!(counts, wanted.map(|(name, count)| (name.to_owned(), count)));
    }
}
