//! Which scopes are asked for, and whether the granted ones are those.
//!
//! Providers answer with other spellings than they were asked in, drop what another scope
//! includes, and hide some altogether; compared as texts, a full grant looks short. Everything
//! that makes two scopes one is in [`ScopeRules`].

use std::collections::{BTreeMap, BTreeSet};

use crate::names::Scope;
use crate::ordered;
use crate::provider::definition::{Definition, ScopeRules, ScopeSeparator};

/// How a grant differs from what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Asked for and not granted, as asked.
    pub missing: Vec<Scope>,
    /// Granted and not asked for, as answered.
    pub extra: Vec<Scope>,
}

/// The scopes of an authorization request: `asked`, or the default where nothing was, and what is
/// always required. Empty where the provider has no scope parameter.
#[must_use]
pub fn request_scopes(definition: &Definition, asked: &[Scope]) -> Vec<Scope> {
    let rules = &definition.scopes;
    if rules.request_separator.is_none() {
        return Vec::new();
    }
    let chosen = if asked.is_empty() {
        &rules.default
    } else {
        asked
    };
    let mut scopes = Vec::new();
    for scope in chosen.iter().chain(&rules.required) {
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    scopes
}

/// Compares a grant with its request.
#[must_use]
pub fn compare(rules: &ScopeRules, requested: &[Scope], granted: &[Scope]) -> Comparison {
    let spelling = Spelling::new(rules);
    let have = spelling.closure(granted);
    let want = spelling.closure(requested);
    let beyond = |scopes: &[Scope], covered: &BTreeSet<String>| {
        scopes
            .iter()
            .filter(|scope| {
                let canonical = spelling.canonical(scope.as_str());
                !covered.contains(&canonical) && !spelling.never_echoed.contains(&canonical)
            })
            .cloned()
            .collect()
    };
    Comparison {
        missing: beyond(requested, &have),
        extra: beyond(granted, &want),
    }
}

/// The `scope` parameter of a request; `None` where there is none to send.
#[must_use]
pub fn request_text(rules: &ScopeRules, scopes: &[Scope]) -> Option<String> {
    let separator = match rules.request_separator? {
        ScopeSeparator::Space => " ",
        ScopeSeparator::Comma => ",",
    };
    let texts: Vec<_> = scopes.iter().map(Scope::as_str).collect();
    (!texts.is_empty()).then(|| texts.join(separator))
}

/// The rules in canonical form.
struct Spelling<'a> {
    rules: &'a ScopeRules,
    aliases: BTreeMap<String, String>,
    implies: BTreeMap<String, Vec<String>>,
    never_echoed: BTreeSet<String>,
}

impl<'a> Spelling<'a> {
    fn new(rules: &'a ScopeRules) -> Self {
        let mut spelling = Self {
            rules,
            aliases: BTreeMap::new(),
            implies: BTreeMap::new(),
            never_echoed: BTreeSet::new(),
        };
        let aliases = rules.aliases.iter();
        spelling.aliases = ordered::map(
            aliases.map(|(alias, name)| (spelling.plain(alias), spelling.plain(name))),
        );
        for (scope, included) in &rules.implies {
            let included: Vec<_> = included.iter().map(|one| spelling.canonical(one)).collect();
            let scope = spelling.canonical(scope);
            spelling.implies.entry(scope).or_default().extend(included);
        }
        let never_echoed = rules.never_echoed.iter();
        spelling.never_echoed = ordered::set(never_echoed.map(|scope| spelling.canonical(scope)));
        spelling
    }

    /// Without the optional prefix, and folded where case doesn't count.
    fn plain(&self, scope: &str) -> String {
        let fold = |text: &str| {
            if self.rules.ignore_case {
                text.to_ascii_lowercase()
            } else {
                text.to_owned()
            }
        };
        let scope = fold(scope);
        match &self.rules.optional_prefix {
            Some(prefix) => scope
                .strip_prefix(&fold(prefix))
                .map(ToOwned::to_owned)
                .unwrap_or(scope),
            None => scope,
        }
    }

    fn canonical(&self, scope: &str) -> String {
        let plain = self.plain(scope);
        self.aliases.get(&plain).cloned().unwrap_or(plain)
    }

    /// All scopes that these amount to.
    fn closure(&self, scopes: &[Scope]) -> BTreeSet<String> {
        let mut covered = BTreeSet::new();
        let mut open: Vec<_> = scopes
            .iter()
            .map(|scope| self.canonical(scope.as_str()))
            .collect();
        while let Some(scope) = open.pop() {
            if let Some(included) = self.implies.get(&scope) {
                open.extend(
                    included
                        .iter()
                        .filter(|one| !covered.contains(*one))
                        .cloned(),
                );
            }
            covered.insert(scope);
        }
        covered
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn differences(definition: &Definition, asked: &str, got: &str) -> (String, String) {
        let split = |text: &str| fixture::scopes(&text.split_whitespace().collect::<Vec<_>>());
        let compared = compare(&definition.scopes, &split(asked), &split(got));
        let join = |scopes: &[Scope]| {
            scopes
                .iter()
                .map(Scope::as_str)
                .collect::<Vec<_>>()
                .join(" ")
        };
        (join(&compared.missing), join(&compared.extra))
    }

    #[test]
    fn grants_are_compared_by_meaning() {
        let (github, google, microsoft) =
            (fixture::github(), fixture::google(), fixture::microsoft());
        for (definition, asked, got, missing, extra) in [
            (&github, "repo gist", "gist repo", "", ""),
            (&github, "repo public_repo", "repo", "", ""),
            (&github, "read:org", "admin:org", "", "admin:org"),
            (&github, "user user:email", "user", "", ""),
            (&github, "repo", "public_repo", "repo", ""),
            (&github, "repo offline_access", "repo", "", ""),
            (&github, "Repo", "repo", "Repo", "repo"),
            (&github, "", "repo", "", "repo"),
            (&github, "repo", "", "repo", ""),
            (
                &google,
                "openid email",
                "https://www.googleapis.com/auth/userinfo.email openid",
                "",
                "",
            ),
            (
                &google,
                "https://www.googleapis.com/auth/userinfo.email",
                "email",
                "",
                "",
            ),
            (&google, "a b", "a", "b", ""),
            (
                &microsoft,
                "Mail.Read offline_access",
                "https://graph.microsoft.com/mail.read",
                "",
                "",
            ),
            (
                &microsoft,
                "https://graph.microsoft.com/Mail.Read",
                "Mail.Read openid profile",
                "",
                "",
            ),
            (
                &microsoft,
                "Mail.Read",
                "Mail.Read User.Read",
                "",
                "User.Read",
            ),
        ] {
            assert_eq!(
                differences(definition, asked, got),
                (missing.to_owned(), extra.to_owned()),
                "{} asked {asked:?} got {got:?}",
                definition.name
            );
        }
    }

    #[test]
    fn implications_that_go_in_circles_end() {
        let mut definition = fixture::github();
        definition.scopes.implies = BTreeMap::from([
            ("a".into(), vec!["b".into()]),
            ("b".into(), vec!["a".into()]),
        ]);
        assert_eq!(
            differences(&definition, "b", "a"),
            (String::new(), String::new())
        );
    }

    #[test]
    fn the_default_is_asked_for_when_nothing_is_and_the_required_ones_always() {
        let mut definition = fixture::google();
        definition.scopes.default = fixture::scopes(&["d"]);
        definition.scopes.required = fixture::scopes(&["openid", "d"]);
        let texts = |asked: &[&str]| {
            request_scopes(&definition, &fixture::scopes(asked))
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&[]), ["d", "openid"]);
        assert_eq!(texts(&["x", "openid", "x"]), ["x", "openid", "d"]);
        assert!(request_scopes(&fixture::notion(), &fixture::scopes(&["x"])).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn a_grant_of_exactly_what_was_asked_is_never_short(asked in proptest::collection::vec("[a-zA-Z:]{1,6}", 0..6)) {
            let asked: Vec<Scope> = asked.iter().map(|s| s.parse().unwrap()).collect();
            for definition in [fixture::github(), fixture::google(), fixture::microsoft()] {
                let compared = compare(&definition.scopes, &asked, &asked);
                proptest::prop_assert!(compared.missing.is_empty() && compared.extra.is_empty());
            }
        }
    }
}
