//! `config.toml`: what a person settled once. Unknown keys are refused, so that a typo is heard.

use std::path::Path;
use std::str;

use serde::Deserialize;
use thiserror::Error;

use crate::names::ProfileName;
use crate::private_file::{self, PrivateFileError};

/// The most a settings file may weigh.
const LIMIT: u64 = 64 * 1024;

/// The settings, with their defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// What happens when a hand-out can't be logged.
    pub audit: AuditPolicy,
    /// The profile used when neither a flag nor the environment names one.
    pub profile: Option<ProfileName>,
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
    #[serde(default)]
    audit: AuditPolicy,
    profile: Option<String>,
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
    let content = |line, message: String| ConfigError::Content {
        path: path.display().to_string(),
        line,
        message,
    };
    let text = str::from_utf8(&bytes).map_err(|_| content(1, "it is not UTF-8".to_owned()))?;
    let file: ConfigFile = toml::from_str(text).map_err(|error| {
        let before = error
            .span()
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        content(before.matches('\n').count() + 1, error.message().to_owned())
    })?;
    let profile = match file.profile {
        Some(name) => Some(
            name.parse()
                .map_err(|error| content(1, format!("profile: {error}")))?,
        ),
        None => None,
    };
    Ok(Config {
        audit: file.audit,
        profile,
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
        assert_eq!(config.audit, AuditPolicy::Required);
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
}
