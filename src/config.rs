//! `config.toml`: what a person settled once. Unknown keys are refused, so that a typo is heard.

pub mod edit;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str;

use serde::Deserialize;
use thiserror::Error;

use crate::escape;
use crate::names::{AccountLabel, ConnectionName, ProfileName, ProviderName};
use crate::private_file::{self, PrivateFileError};

/// The most a settings file may weigh.
const LIMIT: u64 = 64 * 1024;

/// The settings, with their defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// What happens when a hand-out can't be logged.
    pub audit: Option<AuditPolicy>,
    /// The profile used when neither a flag nor the environment names one.
    pub profile: Option<ProfileName>,
    /// Which account a provider's name alone means, where nothing nearer says so.
    pub accounts: BTreeMap<ProviderName, AccountLabel>,
    /// Which one it means in a folder and below.
    pub folders: Vec<FolderRule>,
    /// What is run when something happened.
    pub hooks: Hooks,
}

/// Programs with their arguments, by what they are run for; an empty one is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hooks {
    /// A person must sign in again.
    pub on_login_required: Vec<String>,
    /// New tokens are stored.
    pub on_refresh: Vec<String>,
    /// A refresh failed for another reason.
    pub on_error: Vec<String>,
}

/// A provider's name alone means this connection, in this folder and below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRule {
    /// Absolute, or beginning with `~/`; as it was written.
    pub path: String,
    /// The connection.
    pub connection: ConnectionName,
}

impl FolderRule {
    /// The folder, with `~` filled in; none where there is no home.
    #[must_use]
    pub fn folder(&self, home: Option<&Path>) -> Option<PathBuf> {
        match self.path.strip_prefix('~') {
            Some(rest) => Some(home?.join(rest.trim_start_matches('/'))),
            None => Some(PathBuf::from(&self.path)),
        }
    }
}

/// What happens when a hand-out can't be logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditPolicy {
    /// The token is handed out, with a warning.
    #[default]
    BestEffort,
    /// Nothing is handed out.
    Required,
}

impl AuditPolicy {
    /// As it is written in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BestEffort => "best-effort",
            Self::Required => "required",
        }
    }
}

/// Why the settings can't be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The file says something that makes no sense.
    #[error("`{path}` line {line}: {message}")]
    Content {
        /// The file.
        path: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    audit: Option<AuditPolicy>,
    profile: Option<String>,
    #[serde(default)]
    account: BTreeMap<String, String>,
    #[serde(default)]
    folder: Vec<FolderEntry>,
    #[serde(default)]
    hooks: Hooks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FolderEntry {
    path: String,
    connection: String,
}

/// Reads `path`; a missing file means defaults.
///
/// # Errors
/// When it can't be read, is not TOML, has unknown keys or unusable values.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let bytes = match private_file::read_any(path, LIMIT) {
        Ok(bytes) => bytes,
        Err(error) if error.is_not_found() => return Ok(Config::default()),
        Err(error) => return Err(error.into()),
    };
    parse(&bytes, path)
}

/// Reads the text of a settings file that lies, or is to lie, at `path`.
///
/// # Errors
/// When it is not TOML, has unknown keys or unusable values.
pub fn parse(bytes: &[u8], path: &Path) -> Result<Config, ConfigError> {
    let content = |line, message: String| ConfigError::Content {
        path: path.display().to_string(),
        line,
        message,
    };
    let text = str::from_utf8(bytes).map_err(|_| content(1, "it is not UTF-8".to_owned()))?;
    let file: ConfigFile = toml::from_str(text).map_err(|error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        content(before.matches('\n').count() + 1, error.message().to_owned())
    })?;
    from_file(file).map_err(|why| content(1, why))
}

fn from_file(file: ConfigFile) -> Result<Config, String> {
    let profile = match file.profile {
        Some(name) => Some(name.parse().map_err(|error| format!("profile: {error}"))?),
        None => None,
    };
    let mut accounts = BTreeMap::new();
    for (provider, label) in file.account {
        let wrong = |error| format!("account.{}: {error}", escape::line(&provider));
        let name = provider.parse().map_err(wrong)?;
        accounts.insert(name, label.parse().map_err(wrong)?);
    }
    let mut folders: Vec<FolderRule> = Vec::new();
    for entry in file.folder {
        let rule = folder_rule(entry)?;
        let same = |known: &FolderRule| {
            known.path == rule.path && known.connection.provider == rule.connection.provider
        };
        if folders.iter().any(same) {
            return Err(format!(
                "folder: two rules for `{}` in `{}`",
                rule.connection.provider,
                escape::line(&rule.path)
            ));
        }
        folders.push(rule);
    }
    Ok(Config {
        audit: file.audit,
        profile,
        accounts,
        folders,
        hooks: file.hooks,
    })
}

/// A rule says the same wherever it is read, so its path does not depend on the current folder.
fn folder_rule(entry: FolderEntry) -> Result<FolderRule, String> {
    let is_fixed = entry.path == "~" || entry.path.starts_with("~/") || {
        Path::new(&entry.path).is_absolute()
    };
    if !is_fixed {
        return Err(format!(
            "folder: the path `{}` begins neither with `/` nor with `~/`",
            escape::line(&entry.path)
        ));
    }
    let connection = entry.connection.parse();
    Ok(FolderRule {
        path: entry.path,
        connection: connection.map_err(|error| format!("folder: {error}"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        private_file::replace(&path, text.as_bytes()).unwrap();
        load(&path)
    }

    #[test]
    fn a_missing_file_means_defaults() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            load(&folder.path().join("none.toml")).unwrap(),
            Config::default()
        );
    }

    #[test]
    fn settings_are_read_and_unknown_keys_are_refused_with_their_line() {
        let config = load_text("audit = \"required\"\nprofile = \"work\"\n").unwrap();
        assert_eq!(config.audit, Some(AuditPolicy::Required));
        assert_eq!(config.profile.unwrap().as_str(), "work");
        let error = load_text("audit = \"required\"\n\nadit = 1\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("line 3") && error.contains("unknown field"),
            "{error}"
        );
        assert!(load_text("audit = \"sometimes\"").is_err());
        assert!(load_text("profile = \"../x\"").is_err());
        assert!(load_text("audit = ").is_err());
    }

    #[test]
    fn hooks_are_arrays_of_arguments_and_no_command_lines() {
        let config = load_text("[hooks]\non_error = [\"notify-send\", \"oauthctl\"]\n").unwrap();
        assert_eq!(config.hooks.on_error, ["notify-send", "oauthctl"]);
        assert!(config.hooks.on_refresh.is_empty());
        assert!(load_text("[hooks]\non_error = \"notify-send oauthctl\"\n").is_err());
        assert!(load_text("[hooks]\non_eror = []\n").is_err());
    }

    #[test]
    fn accounts_and_folder_rules_are_read_and_senseless_ones_refused() {
        let config = load_text(
            "[account]\ngithub = \"me\"\n[[folder]]\npath = \"~/work\"\nconnection = \"github/job\"\n",
        )
        .unwrap();
        let github = "github".parse().unwrap();
        assert_eq!(config.accounts[&github].as_str(), "me");
        let rule = &config.folders[0];
        assert_eq!(rule.connection.to_string(), "github/job");
        let home = Path::new("/home/ada");
        assert_eq!(rule.folder(Some(home)).unwrap(), home.join("work"));
        assert_eq!(rule.folder(None), None);
        let rule = "[[folder]]\npath = \"/w\"\nconnection = \"github/a\"\n";
        for bad in [
            "[account]\nGitHub = \"me\"",
            "[account]\ngithub = \"a/b\"",
            "[[folder]]\npath = \"work\"\nconnection = \"github/a\"",
            "[[folder]]\npath = \"~ada/work\"\nconnection = \"github/a\"",
            "[[folder]]\npath = \"/w\"\nconnection = \"github\"",
            "[[folder]]\npath = \"/w\"",
            &[rule, rule].concat(),
        ] {
            assert!(load_text(bad).is_err(), "{bad}");
        }
    }
}
