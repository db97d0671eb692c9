//! Who decides: flag, environment, folder rule, settings file, default, in this order, and nothing
//! that a command left behind for the next one.

use std::path::PathBuf;
use std::str::FromStr;

use super::App;
use crate::config::{AuditPolicy, Hooks};
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::names::{AccountLabel, ConnectionName, ConnectionRef, NameError, ProviderName};
use crate::ui::shell_word;

/// Something that several layers may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// What happens when a hand-out can't be logged.
    Audit,
    /// The profile.
    Profile,
    /// The vault's file.
    Vault,
    /// The account that a provider's name alone means.
    Account(ProviderName),
    /// The program that is told of something, by its name in the file.
    Hook(&'static str),
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let hook = text.strip_prefix("hooks.");
        if let Some(name) = Hooks::NAMES.into_iter().find(|name| Some(*name) == hook) {
            return Ok(Self::Hook(name));
        }
        match (text, text.strip_prefix("account.")) {
            ("audit", _) => Ok(Self::Audit),
            ("profile", _) => Ok(Self::Profile),
            ("vault", _) => Ok(Self::Vault),
            (_, Some(provider)) => {
                let name = provider.parse().map(Self::Account);
                name.map_err(|error: NameError| error.to_string())
            }
            (_, None) => Err(
                "the settings are `audit`, `profile`, `vault`, `account.PROVIDER` and \
                 `hooks.on_login_required`, `.on_refresh`, `.on_error`"
                    .to_owned(),
            ),
        }
    }
}

impl std::fmt::Display for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Audit => f.write_str("audit"),
            Self::Profile => f.write_str("profile"),
            Self::Vault => f.write_str("vault"),
            Self::Account(provider) => write!(f, "account.{provider}"),
            Self::Hook(name) => write!(f, "hooks.{name}"),
        }
    }
}

/// One layer and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// `flag`, `environment`, `folder`, `file` or `default`.
    pub name: &'static str,
    /// Where exactly: the flag, the variable, the folder.
    pub place: String,
    /// What it says, if it says anything.
    pub value: Option<String>,
}

/// The layer that decides: the first that says something.
#[must_use]
pub fn decisive(layers: &[Layer]) -> Option<&Layer> {
    layers.iter().find(|layer| layer.value.is_some())
}

fn layer(name: &'static str, place: impl Into<String>, value: Option<String>) -> Layer {
    let place = place.into();
    Layer { name, place, value }
}

impl App {
    /// What each layer says about a setting, the strongest first.
    ///
    /// # Errors
    /// When the profile in the environment is not a name, or the current folder is gone where it
    /// matters.
    pub fn layers(&self, setting: &Setting) -> Result<Vec<Layer>> {
        let file = || self.config_file().display().to_string();
        Ok(match setting {
            Setting::Audit => vec![
                layer(
                    "file",
                    file(),
                    self.config.audit.map(|it| it.word().to_owned()),
                ),
                layer(
                    "default",
                    "",
                    Some(AuditPolicy::default().word().to_owned()),
                ),
            ],
            Setting::Profile => {
                let flag = self.globals.profile.as_ref().map(ToString::to_string);
                let filed = self.config.profile.as_ref().map(ToString::to_string);
                vec![
                    layer("flag", "--profile", flag),
                    layer("environment", "OAUTHCTL_PROFILE", self.env.profile.clone()),
                    layer("file", file(), filed),
                    layer("default", "", Some("default".to_owned())),
                ]
            }
            Setting::Vault => self.vault_layers()?,
            Setting::Hook(name) => {
                let words = self.config.hooks.of(name).iter();
                let words: Vec<String> = words.map(|word| shell_word(word)).collect();
                let filed = (!words.is_empty()).then(|| words.join(" "));
                vec![layer("file", file(), filed), layer("default", "", None)]
            }
            Setting::Account(provider) => {
                let filed = self.config.accounts.get(provider).map(ToString::to_string);
                let variable = env::account_variable(provider);
                vec![
                    layer("flag", format!("{provider}/ACCOUNT"), None),
                    layer("environment", variable, env::account(provider)),
                    self.folder_layer(provider)?,
                    layer("file", file(), filed),
                    layer("default", "the only account there is", None),
                ]
            }
        })
    }

    fn vault_layers(&self) -> Result<Vec<Layer>> {
        let shown = |path: &PathBuf| super::absolute(path).display().to_string();
        let flag = self.globals.vault.as_ref().map(shown);
        // `--profile` names the vault too, and beats the variable
        let by_profile = self.globals.profile.as_ref();
        let by_profile = by_profile.map(|name| self.vault_of(name.as_str()));
        let environment = self.env.vault.as_ref().map(shown);
        let usual = self.vault_of(&self.profile()?);
        Ok(vec![
            layer("flag", "--vault", flag),
            layer("flag", "--profile", by_profile.as_ref().map(shown)),
            layer("environment", "OAUTHCTL_VAULT", environment),
            layer("default", "of the profile", Some(shown(&usual))),
        ])
    }

    /// The rule of the innermost folder that holds the current one.
    fn folder_layer(&self, provider: &ProviderName) -> Result<Layer> {
        let mut best: Option<(usize, Layer)> = None;
        let rules = self.config.folders.iter();
        for rule in rules.filter(|rule| rule.connection.provider == *provider) {
            let Some(folder) = rule.folder(env::home().as_deref()) else {
                continue;
            };
            let here = self.here()?;
            // the current folder is what the system calls it, without links
            let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
            let depth = real.components().count();
            let holds = here.starts_with(&real) || here.starts_with(&folder);
            if holds && best.as_ref().is_none_or(|(known, _)| *known < depth) {
                let account = rule.connection.account.to_string();
                best = Some((depth, layer("folder", rule.path.clone(), Some(account))));
            }
        }
        let none = || layer("folder", "no rule for this folder", None);
        Ok(best.map_or_else(none, |(_, layer)| layer))
    }

    /// The account that a provider's name alone means here, where something says so.
    ///
    /// # Errors
    /// When what decides is no account label.
    pub fn account(&self, provider: &ProviderName) -> Result<Option<AccountLabel>> {
        let layers = self.layers(&Setting::Account(provider.clone()))?;
        let Some(decisive) = decisive(&layers) else {
            return Ok(None);
        };
        let label = decisive.value.as_deref().unwrap_or_default().parse();
        label.map(Some).map_err(|error: NameError| {
            let message = format!("`{}` is not usable", decisive.place);
            Error::new(Kind::Usage, message).caused_by(&error)
        })
    }

    /// The connection that is meant here.
    ///
    /// # Errors
    /// As [`App::account`].
    pub fn meant(&self, asked: &ConnectionRef) -> Result<ConnectionRef> {
        let ConnectionRef::Provider(provider) = asked else {
            return Ok(asked.clone());
        };
        let Some(account) = self.account(provider)? else {
            return Ok(asked.clone());
        };
        let provider = provider.clone();
        let meant = ConnectionRef::Exact(ConnectionName { provider, account });
        self.ui.detail(&format!(
            "`{asked}` means `{meant}` here; `oauthctl config get account.{asked} --explain` says why"
        ));
        Ok(meant)
    }
}
