//! Custody of the master identity: one age X25519 key that opens one vault.
//!
//! The hard idea: an error is never an occasion. Where the key lives is recorded when the vault is
//! made and never guessed afterwards. [`unlock`] reads and nothing else: whatever a keyring or a
//! file answers, it mints no key, deletes none and falls back to nothing. Only [`create`] writes an
//! identity, once, where none may stand before, and only [`Custody::forget`] takes back what
//! `create` of the same process made.
//!
//! Beside the identity lie two notes of the vault: the *pin* (a fingerprint of the vault key, since
//! age says nothing about who wrote a header) and the *anchor* (what the vault last looked like).

mod custody;
mod error;
mod identity;
mod keyring;
mod notes;
mod opener;
mod source;

use std::io;
use std::path::Path;
use std::time::Duration;

pub use custody::{Custody, create, fresh, item, keep, retire, unlock};
pub use error::{KeyError, ON_A_TERMINAL, Way};
pub use identity::{new_passphrase, protect};
pub use keyring::{look_at_keyring, probe_keyring};
pub use opener::{FINGERPRINT, Opener, SHEET_OF, Unopened, opener};
pub use source::{Source, SourceError};

use crate::names::VaultId;
use crate::plugin::Person;
use crate::secret::Secret;

/// Asks a person for a secret without echo; the argument is the question.
pub type Prompt<'a> = &'a dyn Fn(&str) -> io::Result<Secret>;

/// Everything that decides where the key of one vault is looked for.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The vault to be opened.
    pub vault_id: VaultId,
    /// What its header says about its key.
    pub recorded: &'a Source,
    /// `OAUTHCTL_IDENTITY`: beats what is recorded.
    pub identity: Option<&'a Secret>,
    /// `OAUTHCTL_IDENTITY_FILE`: beats `identity`.
    pub identity_file: Option<&'a Path>,
    /// `OAUTHCTL_PASSPHRASE_FILE`: beats the prompt.
    pub passphrase_file: Option<&'a Path>,
    /// How to ask for a passphrase; `None` where nobody can be asked.
    pub prompt: Option<Prompt<'a>>,
    /// Who is told that a passphrase takes its time.
    pub person: Option<&'a dyn Person>,
    /// Where pin and anchor go when they can't lie beside the identity.
    pub state_dir: &'a Path,
}

impl Ask<'_> {
    /// How long a keyring is waited for.
    #[must_use]
    pub fn patience(&self) -> Patience {
        if self.prompt.is_some() {
            Patience::Attended
        } else {
            Patience::Unattended
        }
    }
}

/// How long the keyring may take, and whether it may ask a person to unlock it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Nobody is there: 5 s, and no unlock dialog is opened where that can be told beforehand.
    Unattended,
    /// A person may have to type a password into the keyring's own dialog: 60 s.
    Attended,
}

impl Patience {
    /// The deadline of one keyring call.
    #[must_use]
    pub fn deadline(self) -> Duration {
        match self {
            Self::Unattended => Duration::from_secs(5),
            Self::Attended => Duration::from_secs(60),
        }
    }
}
