//! Why there is no key, said so that a person can act on it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::SourceError;
use crate::names::VaultId;
use crate::private_file::{PrivateFileError, is_no_room};

/// What stands between the caller and the key. `said` is what the keyring answered, escaped.
#[derive(Debug, Error)]
pub enum KeyError {
    /// No keyring runs here, or it has no place for new items.
    #[error("there is no system keyring to use: {said}")]
    Absent {
        /// The keyring's answer.
        said: String,
    },
    /// The keyring is there and locked.
    #[error("the system keyring is locked: {said}")]
    Locked {
        /// The keyring's answer.
        said: String,
    },
    /// The keyring answers, and knows no such item. It says the same when its collection is gone.
    #[error("the system keyring holds no key for vault {vault_id}")]
    NoEntry {
        /// The vault.
        vault_id: VaultId,
    },
    /// The keyring refuses this program.
    #[error("the system keyring refused access: {said}")]
    Denied {
        /// The keyring's answer.
        said: String,
    },
    /// The keyring did not answer in time.
    #[error("the system keyring did not answer: {said}")]
    TimedOut {
        /// How long was waited, or what gave up.
        said: String,
    },
    /// Several items match; none of them is taken.
    #[error("the system keyring holds more than one item for service `oauthctl`, user `{user}`")]
    Ambiguous {
        /// The item's user.
        user: String,
    },
    /// The keyring failed in another way.
    #[error("the system keyring failed: {said}")]
    Failed {
        /// The keyring's answer.
        said: String,
    },
    /// A new key would replace one that is there.
    #[error("{place} already holds a key for this vault")]
    Exists {
        /// Where, for people.
        place: String,
    },
    /// What was written could not be read back.
    #[error("{place} did not keep the new key: it reads back differently")]
    NotKept {
        /// Where, for people.
        place: String,
    },
    /// What is there is not one age X25519 identity.
    #[error("{place} is no usable age identity: {why}")]
    BadIdentity {
        /// Where, for people.
        place: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The program of an age plugin is nowhere.
    #[error("there is no `age-plugin-{name}` on the search path")]
    NoPlugin {
        /// The plugin's name.
        name: String,
    },
    /// The passphrase doesn't open the identity file.
    #[error("the passphrase{} does not open `{}`", of_file(from.as_ref()), path.display())]
    WrongPassphrase {
        /// The identity file.
        path: PathBuf,
        /// The file that the passphrase was in, where nobody typed it.
        from: Option<PathBuf>,
    },
    /// The passphrase itself can't be used.
    #[error("the passphrase can't be used: {why}")]
    BadPassphrase {
        /// What is wrong with it.
        why: &'static str,
    },
    /// A passphrase is needed and nobody can be asked.
    #[error("`{}` needs a passphrase, and nobody may be asked for it", path.display())]
    NoTerminal {
        /// The identity file.
        path: PathBuf,
    },
    /// The question for a passphrase got no answer.
    #[error("could not ask for the passphrase")]
    Prompt(#[source] io::Error),
    /// The identity file wants more scrypt work than is done for a file.
    #[error(
        "`{}` asks for scrypt work factor {factor}, more than the limit {limit}",
        path.display()
    )]
    WorkFactor {
        /// The identity file.
        path: PathBuf,
        /// What it asks for.
        factor: u8,
        /// The most that is done.
        limit: u8,
    },
    /// The pin was not written by somebody who had the key, or is torn.
    #[error("the pin `{}` was not written with this vault's key", path.display())]
    PinForged {
        /// The pin's file.
        path: PathBuf,
    },
    /// The key comes from the environment, and it is not there.
    #[error("neither `OAUTHCTL_IDENTITY_FILE` nor `OAUTHCTL_IDENTITY` is set")]
    NotSet,
    /// A new key would not be the one that an override names from then on.
    #[error("`{variable}` names another key than the one that would be made")]
    Overridden {
        /// The variable that is set.
        variable: &'static str,
    },
    /// The source can't be recorded.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A key, passphrase, pin or anchor file.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The file with the passphrase can't be used.
    #[error("could not read the passphrase from the file that `OAUTHCTL_PASSPHRASE_FILE` names")]
    PassphraseFile(#[source] PrivateFileError),
}

/// A way out, for people. Who shows it may know a better one than the two that many errors have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// To give the vault's key in a file.
    KeyFile,
    /// To open the vault with its recovery key.
    Recover,
    /// To try again; a passphrase that is lost needs [`Way::Recover`].
    Again,
    /// What holds for whatever the key is for.
    Words(String),
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyFile => {
                "give the key in a private file: set `OAUTHCTL_IDENTITY_FILE` to its path"
            }
            Self::Recover => {
                "open the vault with its recovery key: `oauthctl vault recover --with FILE`"
            }
            Self::Again => {
                "try again; if it is lost: open the vault with its recovery key: `oauthctl vault \
                 recover --with FILE`"
            }
            Self::Words(words) => words,
        })
    }
}

fn words(words: impl Into<String>) -> Way {
    Way::Words(words.into())
}

/// The way out where nobody could be asked.
pub const ON_A_TERMINAL: &str =
    "or run this on a terminal, without `--no-input`, `OAUTHCTL_NO_INPUT` and `CI`";

impl KeyError {
    /// Whether something stands where a new key was to be.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        if let Self::File(PrivateFileError::Io { source, .. }) = self {
            source.kind() == io::ErrorKind::AlreadyExists
        } else {
            matches!(self, Self::Exists { .. })
        }
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_of_none(&self) -> bool {
        if let Self::File(error) = self {
            error.is_not_found()
        } else {
            matches!(self, Self::NoEntry { .. })
        }
    }

    /// Whether a key's file could not be made: for lack of room, or in such a place.
    #[must_use]
    pub fn is_unwritten(&self) -> bool {
        matches!(self, Self::File(PrivateFileError::Io { action, source, .. })
            if *action == "create" || is_no_room(source.kind()))
    }

    /// Whether it is about a key that is in a file.
    #[must_use]
    pub const fn is_of_a_file(&self) -> bool {
        matches!(
            self,
            Self::File(_) | Self::BadIdentity { .. } | Self::WrongPassphrase { .. }
        )
    }

    /// The ways out, best first; may be empty.
    #[must_use]
    pub fn way_out(&self) -> Vec<Way> {
        let ways = |first: &str| vec![words(first), Way::KeyFile, Way::Recover];
        match self {
            Self::Absent { .. } => {
                ways("start a keyring in this session: gnome-keyring, KWallet or KeePassXC")
            }
            Self::Locked { .. } => ways(
                "unlock the keyring and try again: log in on the desktop, unlock it in the keyring's \
                 own program, or run `oauthctl list` on a terminal where it can show its dialog",
            ),
            Self::NoEntry { .. } => {
                let mut ways =
                    ways("check that this is the login, machine and keyring that made the vault");
                ways.push(words("don't make a new key: it would not open this vault"));
                ways
            }
            Self::Denied { .. } => ways("allow `oauthctl` in the keyring's own settings"),
            Self::TimedOut { .. } => ways(
                "look for an unlock dialog on the desktop, or restart the keyring, and try again",
            ),
            Self::Ambiguous { user } => ways(&format!(
                "compare the items in the keyring's own program and remove the wrong one: \
                 `secret-tool search --all service oauthctl username {user}`"
            )),
            Self::Failed { .. } | Self::NotKept { .. } => ways("see `oauthctl doctor`"),
            Self::NoTerminal { .. } => vec![
                words("put the passphrase into a private file and set `OAUTHCTL_PASSPHRASE_FILE`"),
                words(ON_A_TERMINAL),
            ],
            Self::WrongPassphrase { from: Some(_), .. } => vec![
                words("name the file with its passphrase, or unset the variable to be asked"),
                Way::Recover,
            ],
            Self::WrongPassphrase { from: None, .. } => vec![Way::Again],
            Self::WorkFactor { limit, .. } => vec![words(format!(
                "if the file is yours, encrypt it again with `age -p` (work factor at most {limit})"
            ))],
            Self::PinForged { .. } => vec![
                words("don't use this vault before you know who wrote that file"),
                words(
                    "see `oauthctl vault status`, and compare the fingerprint with your recovery \
                     sheet",
                ),
            ],
            Self::BadIdentity { .. } => vec![
                words("an identity file holds one line `AGE-SECRET-KEY-1…`"),
                Way::Recover,
            ],
            Self::NoPlugin { .. } => vec![words(
                "install that age plugin, and see that its folder is on `PATH`",
            )],
            Self::NotSet => vec![
                words("set `OAUTHCTL_IDENTITY_FILE` to a private file that holds the age identity"),
                words("or `OAUTHCTL_IDENTITY` to the identity itself, from your CI's secrets"),
                Way::Recover,
            ],
            Self::Overridden { variable } => vec![words(format!(
                "unset `{variable}`, or make the vault with that key"
            ))],
            Self::Exists { .. } => vec![words("the vault and its key were not touched")],
            Self::PassphraseFile(error) if error.is_not_found() => vec![words(
                "name the file that holds the passphrase, or unset the variable to be asked",
            )],
            Self::File(error) | Self::PassphraseFile(error) => {
                file_way_out(error).into_iter().collect()
            }
            Self::BadPassphrase { .. } | Self::Prompt(_) | Self::Source(_) => Vec::new(),
        }
    }
}

fn file_way_out(error: &PrivateFileError) -> Option<Way> {
    match error {
        PrivateFileError::Loose { path, mode } => {
            let wanted = mode & 0o700;
            Some(words(format!(
                "make it private: `chmod {wanted:o} '{}'`",
                path.display()
            )))
        }
        PrivateFileError::Foreign { path } => Some(words(format!(
            "make a copy of `{}` that you own",
            path.display()
        ))),
        PrivateFileError::Symlink { .. } => Some(words("name the file that the link leads to")),
        PrivateFileError::Io { .. } if error.is_not_found() => Some(Way::Recover),
        PrivateFileError::Io { .. }
        | PrivateFileError::Unsure { .. }
        | PrivateFileError::WrongType { .. }
        | PrivateFileError::TooLarge { .. } => None,
    }
}

fn of_file(from: Option<&PathBuf>) -> String {
    from.map_or_else(String::new, |file| {
        let file = file.display();
        format!(" in `{file}`, which `OAUTHCTL_PASSPHRASE_FILE` names,")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_keyring_is_unlocked_otherwise_than_by_the_command_that_found_it_locked() {
        let said = String::new();
        let ways = KeyError::Locked { said }.way_out();
        let first = ways.first().map(ToString::to_string).unwrap_or_default();
        assert!(first.contains("in the keyring's own program"), "{first}");
        assert!(first.contains("where it can show its dialog"), "{first}");
    }
}
