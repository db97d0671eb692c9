//! `config.toml`: what a person settled once. Unknown keys are refused, so that a typo is heard.

pub mod edit;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::{self, FromStr};

use thiserror::Error;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hooks {
    /// A person must sign in again.
    pub on_login_required: Vec<String>,
    /// New tokens are stored.
    pub on_refresh: Vec<String>,
    /// A refresh failed for another reason.
    pub on_error: Vec<String>,
}

impl Hooks {
    /// What they are called in the file.
    pub const NAMES: [&str; 3] = ["on_login_required", "on_refresh", "on_error"];

    /// The program of that name with its arguments.
    #[must_use]
    pub fn of(&self, name: &str) -> &[String] {
        match name {
            "on_login_required" => &self.on_login_required,
            "on_refresh" => &self.on_refresh,
            "on_error" => &self.on_error,
            _ => &[],
        }
    }
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

/// What is wrong, and where in the text.
struct Wrong {
    at: usize,
    why: String,
}

impl Wrong {
    fn new<T>(place: &Spanned<T>, why: impl Into<String>) -> Self {
        Self {
            at: place.span().start,
            why: why.into(),
        }
    }

    fn unknown(key: &Key<'_>) -> Self {
        Self::new(
            key,
            format!("unknown field `{}`", escape::line(key.get_ref())),
        )
    }
}

type Key<'t> = Spanned<DeString<'t>>;
type Value<'t> = Spanned<DeValue<'t>>;

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
    read(text).map_err(|wrong| {
        let before = text.get(..wrong.at).unwrap_or_default();
        content(before.matches('\n').count() + 1, wrong.why)
    })
}

fn read(text: &str) -> Result<Config, Wrong> {
    let table = DeTable::parse(text).map_err(|error| Wrong {
        at: error.span().map_or(0, |span| span.start),
        why: error.message().to_owned(),
    })?;
    let mut config = Config::default();
    for (key, value) in table.get_ref() {
        match key.get_ref().as_ref() {
            "audit" => config.audit = Some(policy(value)?),
            "profile" => config.profile = Some(parsed(key, value)?),
            "account" => {
                for (provider, label) in entries(value)? {
                    let name = provider.get_ref().parse();
                    let wrong = |error| {
                        let name = escape::line(provider.get_ref());
                        Wrong::new(provider, format!("account.{name}: {error}"))
                    };
                    config
                        .accounts
                        .insert(name.map_err(wrong)?, parsed(provider, label)?);
                }
            }
            "folder" => {
                for entry in items(value)? {
                    let rule = folder_rule(entry)?;
                    refuse_twice(&config.folders, &rule, entry)?;
                    config.folders.push(rule);
                }
            }
            "hooks" => config.hooks = hooks(value)?,
            _ => return Err(Wrong::unknown(key)),
        }
    }
    Ok(config)
}

fn entries<'v, 't>(value: &'v Value<'t>) -> Result<&'v DeTable<'t>, Wrong> {
    let table = value.get_ref().as_table();
    table.ok_or_else(|| Wrong::new(value, "it should be a table"))
}

fn items<'v, 't>(value: &'v Value<'t>) -> Result<&'v DeArray<'t>, Wrong> {
    let array = value.get_ref().as_array();
    array.ok_or_else(|| Wrong::new(value, "it should be an array"))
}

fn text_of<'v>(value: &'v Value<'_>) -> Result<&'v str, Wrong> {
    let text = value.get_ref().as_str();
    text.ok_or_else(|| Wrong::new(value, "it should be a text in quotes"))
}

fn parsed<T: FromStr<Err: Display>>(key: &Key<'_>, value: &Value<'_>) -> Result<T, Wrong> {
    let read = text_of(value)?.parse();
    read.map_err(|error| {
        let name = escape::line(key.get_ref());
        Wrong::new(value, format!("{name}: {error}"))
    })
}

fn policy(value: &Value<'_>) -> Result<AuditPolicy, Wrong> {
    let word = text_of(value)?;
    let known = [AuditPolicy::BestEffort, AuditPolicy::Required];
    let found = known.into_iter().find(|one| one.word() == word);
    found.ok_or_else(|| {
        let word = escape::line(word);
        Wrong::new(
            value,
            format!("audit: `{word}` is neither `best-effort` nor `required`"),
        )
    })
}

fn hooks(value: &Value<'_>) -> Result<Hooks, Wrong> {
    let mut hooks = Hooks::default();
    for (key, value) in entries(value)? {
        let words = match key.get_ref().as_ref() {
            "on_login_required" => &mut hooks.on_login_required,
            "on_refresh" => &mut hooks.on_refresh,
            "on_error" => &mut hooks.on_error,
            _ => return Err(Wrong::unknown(key)),
        };
        for word in items(value)? {
            if words.is_empty() {
                refuse_program(word)?;
            }
            words.push(text_of(word)?.to_owned());
        }
    }
    Ok(hooks)
}

/// A hook is the same program wherever one stands.
fn refuse_program(value: &Value<'_>) -> Result<(), Wrong> {
    let text = text_of(value)?;
    let path = Path::new(text);
    let is_name = path.file_name() == Some(OsStr::new(text));
    let at_home = text.strip_prefix("~/").is_some_and(|rest| !rest.is_empty());
    if (is_name && text != "~") || at_home || path.is_absolute() {
        return Ok(());
    }
    let text = escape::line(text);
    let why = format!(
        "hooks: the program `{text}` is no name alone, and begins neither with `/` nor with `~/`"
    );
    Err(Wrong::new(value, why))
}

fn refuse_twice(known: &[FolderRule], rule: &FolderRule, entry: &Value<'_>) -> Result<(), Wrong> {
    let same = |known: &&FolderRule| {
        known.path == rule.path && known.connection.provider == rule.connection.provider
    };
    match known.iter().find(same) {
        None => Ok(()),
        Some(_) => Err(Wrong::new(
            entry,
            format!(
                "folder: two rules for `{}` in `{}`",
                rule.connection.provider,
                escape::line(&rule.path)
            ),
        )),
    }
}

/// A rule says the same wherever it is read, so its path does not depend on the current folder.
fn folder_rule(entry: &Value<'_>) -> Result<FolderRule, Wrong> {
    let (mut path, mut connection) = (None, None);
    for (key, value) in entries(entry)? {
        match key.get_ref().as_ref() {
            "path" => path = Some(fixed_path(value)?),
            "connection" => connection = Some(parsed(key, value)?),
            _ => return Err(Wrong::unknown(key)),
        }
    }
    let missing = || Wrong::new(entry, "folder: a rule has a `path` and a `connection`");
    Ok(FolderRule {
        path: path.ok_or_else(missing)?,
        connection: connection.ok_or_else(missing)?,
    })
}

fn fixed_path(value: &Value<'_>) -> Result<String, Wrong> {
    let path = text_of(value)?;
    if path == "~" || path.starts_with("~/") || Path::new(path).is_absolute() {
        return Ok(path.to_owned());
    }
    let path = escape::line(path);
    let why = format!("folder: the path `{path}` begins neither with `/` nor with `~/`");
    Err(Wrong::new(value, why))
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
    fn hooks_are_the_same_program_in_every_folder() {
        for good in ["notify-send", "/opt/told", "~/bin/told"] {
            let text = format!("[hooks]\non_error = [\"{good}\", \"./as it is\"]\n");
            assert!(load_text(&text).is_ok(), "{good}");
        }
        for bad in [
            "",
            "./told",
            "bin/told",
            "../told",
            "..",
            "~",
            "~/",
            "~ada/told",
        ] {
            let text = format!("[hooks]\non_refresh = []\non_error = [\"{bad}\"]\n");
            let error = load_text(&text).unwrap_err().to_string();
            assert!(error.contains("line 3: hooks: the program"), "{error}");
        }
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
