//! What a person names to open a vault or a backup with: a recovery sheet, an identity file, or the
//! identity file of a hardware key.

use std::fmt;
use std::io::Read;
use std::iter;
use std::mem;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::custody::Custody;
use super::identity::{self, Protection};
use super::{Ask, KeyError};
use crate::names::VaultId;
use crate::plugin::{self, Person};

/// The comment of a recovery sheet that carries its vault's fingerprint.
pub const FINGERPRINT: &str = "# fingerprint: ";

/// The comment of a recovery sheet that says which vault it is of.
pub const SHEET_OF: &str = "# vault: ";

/// What opens an age file, with what stands beside it.
pub struct Opener<'a> {
    held: Held<'a>,
    vault: Option<String>,
    fingerprint: Option<String>,
}

enum Held<'a> {
    Custody(Arc<Custody>),
    Plugin(plugin::Identity<'a>),
}

/// Why an age file can't be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unopened {
    /// It is something else.
    NotAge,
    /// It is for another identity.
    OtherKey,
    /// Its header or its content does not authenticate, or is cut off.
    Damaged,
    /// An age plugin did not do what it was asked for.
    Plugin(String),
}

impl From<Arc<Custody>> for Opener<'_> {
    fn from(custody: Arc<Custody>) -> Self {
        Self {
            held: Held::Custody(custody),
            vault: None,
            fingerprint: None,
        }
    }
}

impl fmt::Debug for Opener<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opener({})", self.describe())
    }
}

/// Reads the file that a person named; asks for its passphrase when it has one. A plugin speaks with
/// `person`.
///
/// # Errors
/// When it can't be read, holds no identity, or its plugin is nowhere.
pub fn opener<'a>(file: &Path, ask: &Ask, person: &'a dyn Person) -> Result<Opener<'a>, KeyError> {
    let text = identity::text_of(file, Protection::Either, ask)?;
    let said = |what| {
        let said = text.lines().find_map(|line| line.strip_prefix(what));
        said.map(|said| said.trim().to_owned())
    };
    let place = format!("`{}`", file.display());
    let only = identity::only_line(&text, &place)?;
    let held = match plugin::of_identity(only) {
        None => {
            let identity = identity::from_text(&text, &place)?;
            Held::Custody(Arc::new(Custody::named(identity, file, ask)))
        }
        Some(name) => {
            let missing = KeyError::NoPlugin { name: name.clone() };
            let program = plugin::find(&name).ok_or(missing)?;
            Held::Plugin(plugin::Identity::new(only, program, person))
        }
    };
    Ok(Opener {
        held,
        vault: said(SHEET_OF),
        fingerprint: said(FINGERPRINT),
    })
}

impl Opener<'_> {
    /// The age identity.
    #[must_use]
    pub fn identity(&self) -> &dyn age::Identity {
        match &self.held {
            Held::Custody(custody) => custody.identity(),
            Held::Plugin(identity) => identity,
        }
    }

    /// The id of the vault that a recovery sheet belongs to, as it stands there.
    #[must_use]
    pub fn vault(&self) -> Option<&str> {
        self.vault.as_deref()
    }

    /// The fingerprint of the vault that a recovery sheet belongs to, as it stands there.
    #[must_use]
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// The identity in hand; `None` where only a plugin has it.
    #[must_use]
    pub const fn custody(&self) -> Option<&Arc<Custody>> {
        match &self.held {
            Held::Custody(custody) => Some(custody),
            Held::Plugin(_) => None,
        }
    }

    /// The program of the age plugin that has it.
    #[must_use]
    pub fn program(&self) -> Option<&Path> {
        match &self.held {
            Held::Custody(_) => None,
            Held::Plugin(identity) => Some(identity.program()),
        }
    }

    /// The same with the notes of a vault whose id was not known before.
    #[must_use]
    pub fn of_vault(mut self, vault_id: VaultId, state: &Path) -> Self {
        if let Held::Custody(custody) = self.held {
            self.held = Held::Custody(match Arc::try_unwrap(custody) {
                Ok(own) => Arc::new(own.of_vault(vault_id, state)),
                Err(shared) => shared,
            });
        }
        self
    }

    /// What it is, for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.held {
            Held::Custody(custody) => custody.describe(),
            Held::Plugin(identity) => format!("the key of `{}`", identity.program().display()),
        }
    }

    /// What an age file for this identity holds.
    ///
    /// # Errors
    /// Why it can't be opened.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
        open(self.identity(), sealed)
    }
}

pub(super) fn open(identity: &dyn age::Identity, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
    let decryptor = age::Decryptor::new_buffered(sealed).map_err(|_| Unopened::NotAge)?;
    let mut reader = match decryptor.decrypt(iter::once(identity)) {
        Ok(reader) => reader,
        Err(age::DecryptError::NoMatchingKeys) => return Err(Unopened::OtherKey),
        Err(age::DecryptError::Io(error)) => {
            return Err(plugin::complaint(&error).map_or(Unopened::Damaged, Unopened::Plugin));
        }
        Err(_) => return Err(Unopened::Damaged),
    };
    // One that grows would leave copies of what it holds behind.
    let mut open = Zeroizing::new(Vec::with_capacity(sealed.len()));
    match reader.read_to_end(&mut open) {
        Ok(_) => Ok(mem::take(&mut *open)),
        Err(_) => Err(Unopened::Damaged),
    }
}
