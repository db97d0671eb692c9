//! From a feature, such as `calendar`, to the scopes of a provider's catalogue that it takes.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::definition::{CatalogueScope, Definition, ScopeCategory};
use super::near::near;
use super::rules;
use crate::escape;
use crate::names::ProviderName;

/// What somebody wants to do: `calendar`, or `drive:write` with how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    name: String,
    reach: Option<ScopeCategory>,
}

/// Why a feature gives no scopes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeatureError {
    /// The text is no feature.
    #[error(
        "`{}` is not a feature (`calendar`, or `drive:read`, `drive:write`, `drive:admin`)",
        escape::line(given)
    )]
    NotOne {
        /// The text.
        given: String,
    },
    /// The provider's definition lists no scopes.
    #[error("the definition of `{provider}` has no catalogue of scopes")]
    NoCatalogue {
        /// Which.
        provider: ProviderName,
    },
    /// The catalogue has no such feature.
    #[error("`{provider}` has no feature `{feature}`; it has {}", list(known))]
    Unknown {
        /// Which provider.
        provider: ProviderName,
        /// What was asked for.
        feature: String,
        /// What there is; only what looks like it where something does.
        known: Vec<String>,
    },
    /// The feature does not reach so far, or only farther.
    #[error("`{provider}` has no scope for `{feature}`; it has {}", list(known))]
    NoReach {
        /// Which provider.
        provider: ProviderName,
        /// What was asked for.
        feature: Feature,
        /// What there is.
        known: Vec<String>,
    },
}

fn list(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

impl ScopeCategory {
    /// In one word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Feature {
    type Err = FeatureError;

    fn from_str(text: &str) -> Result<Self, FeatureError> {
        let refuse = || FeatureError::NotOne {
            given: text.to_owned(),
        };
        let (name, reach) = match text.split_once(':') {
            None => (text, None),
            Some((name, reach)) => {
                let all = [
                    ScopeCategory::Read,
                    ScopeCategory::Write,
                    ScopeCategory::Admin,
                ];
                let known = all.into_iter().find(|one| one.word() == reach);
                (name, Some(known.ok_or_else(refuse)?))
            }
        };
        rules::feature(name).map_err(|_| refuse())?;
        Ok(Self {
            name: name.to_owned(),
            reach,
        })
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match self.reach {
            Some(reach) => write!(f, ":{}", reach.word()),
            None => Ok(()),
        }
    }
}

impl Feature {
    /// The scopes to ask for. Without a reach it is the least that the feature has. What is
    /// dangerous comes only where nothing else does, and what another of them includes is left out.
    ///
    /// # Errors
    /// When the catalogue does not have it, with what it has.
    pub fn scopes<'a>(
        &self,
        definition: &'a Definition,
    ) -> Result<Vec<&'a CatalogueScope>, FeatureError> {
        let provider = || definition.name.clone();
        if definition.catalogue.is_empty() {
            return Err(FeatureError::NoCatalogue {
                provider: provider(),
            });
        }
        let of_feature: Vec<_> = definition
            .catalogue
            .iter()
            .filter(|row| row.feature == self.name)
            .collect();
        let Some(least) = of_feature.first() else {
            return Err(FeatureError::Unknown {
                provider: provider(),
                feature: self.name.clone(),
                known: self.meant(definition),
            });
        };
        let reach = self.reach.unwrap_or(least.category);
        let mut chosen: Vec<_> = of_feature
            .iter()
            .copied()
            .filter(|row| row.category == reach)
            .collect();
        if chosen.is_empty() {
            let mut known: Vec<_> = of_feature
                .iter()
                .map(|row| format!("{}:{}", self.name, row.category.word()))
                .collect();
            known.dedup();
            return Err(FeatureError::NoReach {
                provider: provider(),
                feature: self.clone(),
                known,
            });
        }
        if chosen.iter().any(|row| !row.dangerous) {
            chosen.retain(|row| !row.dangerous);
        }
        let included: Vec<&String> = chosen
            .iter()
            .filter_map(|row| definition.scopes.implies.get(row.name.as_str()))
            .flatten()
            .collect();
        chosen.retain(|row| included.iter().all(|one| *one != row.name.as_str()));
        Ok(chosen)
    }

    /// The features that look like it, else all.
    fn meant(&self, definition: &Definition) -> Vec<String> {
        let mut all: Vec<&str> = definition
            .catalogue
            .iter()
            .map(|row| row.feature.as_str())
            .collect();
        all.dedup();
        let near = near(&self.name, all.iter().copied());
        let offered = if near.is_empty() { all } else { near };
        offered.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Providers;

    fn chosen(provider: &str, feature: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let definition = Providers::load(folder.path())
            .get(&provider.parse().unwrap())
            .unwrap();
        let asked = feature.parse::<Feature>();
        match asked.and_then(|feature| {
            let rows = feature.scopes(&definition)?;
            Ok(rows
                .iter()
                .map(|row| row.name.to_string())
                .collect::<Vec<_>>())
        }) {
            Ok(names) => names.join(" "),
            Err(error) => format!("! {error}"),
        }
    }

    #[test]
    fn features_give_the_least_that_does() {
        for (provider, feature, wanted) in [
            ("github", "gists", "gist"),
            // without a reach the lowest that there is, and nothing dangerous beside what is not
            ("gitlab", "repos", "read_repository"),
            ("gitlab", "repos:write", "write_repository"),
            ("gitlab", "api:write", "api"),
            ("github", "packages:admin", "delete:packages"),
            (
                "github",
                "gits",
                "! `github` has no feature `gits`; it has `gists`",
            ),
            (
                "bitbucket",
                "xyzzy",
                "! `bitbucket` has no feature `xyzzy`; it has `identity`, `repos`",
            ),
            (
                "gitlab",
                "repos:admin",
                "! `gitlab` has no scope for `repos:admin`; it has `repos:read`, `repos:write`",
            ),
            (
                "slack",
                "chat",
                "! the definition of `slack` has no catalogue of scopes",
            ),
            (
                "github",
                "repos:all",
                "! `repos:all` is not a feature (`calendar`, or `drive:read`, `drive:write`, \
                 `drive:admin`)",
            ),
        ] {
            assert_eq!(chosen(provider, feature), wanted, "{provider} {feature}");
        }
    }

    #[test]
    fn every_feature_of_every_shipped_catalogue_gives_scopes() {
        let folder = tempfile::tempdir().unwrap();
        let providers = Providers::load(folder.path());
        let mut tried = 0;
        for name in [
            "github",
            "google",
            "microsoft",
            "notion",
            "youtube",
            "gitlab",
        ] {
            let definition = providers.get(&name.parse().unwrap()).unwrap();
            for row in &definition.catalogue {
                for text in [
                    row.feature.clone(),
                    format!("{}:{}", row.feature, row.category.word()),
                ] {
                    let feature: Feature = text.parse().unwrap();
                    assert!(!feature.scopes(&definition).unwrap().is_empty(), "{text}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 300, "{tried}");
    }
}
