//! The identity of one vault, in hand, with the two notes that lie beside it.

use std::fmt;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519;

use super::identity::{self, Protection};
use super::keyring::{Keyring, SERVICE};
use super::notes::{self, Notes};
use super::{Ask, KeyError, Source};
use crate::names::VaultId;
use crate::secret::Secret;

const FILE_VARIABLE: &str = "OAUTHCTL_IDENTITY_FILE";
const VARIABLE: &str = "OAUTHCTL_IDENTITY";

/// A vault's master identity and the place where its pin and anchor are kept.
pub struct Custody {
    vault_id: VaultId,
    identity: x25519::Identity,
    home: Home,
    /// Made by this process: only then may [`Custody::forget`] remove it.
    minted: bool,
}

enum Home {
    Keyring(Keyring),
    File { path: PathBuf, notes: Notes },
    Variable { notes: Notes },
}

impl fmt::Debug for Custody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Custody({})", self.describe())
    }
}

/// Fetches the identity: from the overrides, else from where the vault says that it is. Writes
/// nothing.
///
/// # Errors
/// Why there is no key; nothing else is tried then.
pub fn unlock(ask: &Ask) -> Result<Custody, KeyError> {
    if let Some(custody) = overridden(ask)? {
        return Ok(custody);
    }
    match ask.recorded {
        Source::Keyring => from_keyring(ask),
        Source::IdentityFile(path) => from_file(path, Protection::Plain, ask),
        Source::PassphraseFile(path) => from_file(path, Protection::Passphrase, ask),
        Source::Environment => Err(KeyError::NotSet),
    }
}

/// Makes the identity of a new vault at `source`, once: nothing is replaced. A file that exists and
/// the environment's identity are taken as they are. `ask.recorded` is not looked at.
///
/// # Errors
/// When something is in the way, or the new identity can't be read back. What was written before
/// such an error stays, since an error is no reason to delete a key; no vault refers to it.
pub fn create(source: &Source, ask: &Ask) -> Result<Custody, KeyError> {
    source.to_text()?;
    match source {
        Source::Environment => overridden(ask)?.ok_or(KeyError::NotSet),
        Source::Keyring => {
            refuse_override(None, ask)?;
            mint_in_keyring(ask)
        }
        Source::IdentityFile(path) => {
            refuse_override(Some(path), ask)?;
            mint_in_file(path, Protection::Plain, ask)
        }
        Source::PassphraseFile(path) => {
            refuse_override(Some(path), ask)?;
            mint_in_file(path, Protection::Passphrase, ask)
        }
    }
}

impl Custody {
    /// The age identity that opens the vault's header.
    #[must_use]
    pub fn identity(&self) -> &x25519::Identity {
        &self.identity
    }

    /// Its public half, to which the header is encrypted.
    #[must_use]
    pub fn recipient(&self) -> x25519::Recipient {
        self.identity.to_public()
    }

    /// Where the key is, for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.home {
            Home::Keyring(_) => {
                let user = user(self.vault_id);
                format!("the system keyring (service `{SERVICE}`, user `{user}`)")
            }
            Home::File { path, .. } => format!("the file `{}`", path.display()),
            Home::Variable { .. } => format!("`{VARIABLE}`"),
        }
    }

    /// The vault key's fingerprint that was kept beside the identity.
    ///
    /// # Errors
    /// [`KeyError::PinForged`] when the file was not written with this identity for this vault;
    /// what a keyring or the system said.
    pub fn read_pin(&self) -> Result<Option<String>, KeyError> {
        match &self.home {
            Home::Keyring(keyring) => {
                let pin = keyring.get(&pin_user(self.vault_id))?;
                Ok(pin.map(|pin| String::from_utf8_lossy(&pin).into_owned()))
            }
            Home::File { notes, .. } | Home::Variable { notes } => {
                notes.read_pin(&self.identity, self.vault_id)
            }
        }
    }

    /// Keeps the vault key's fingerprint, one line of text.
    ///
    /// # Errors
    /// What a keyring or the system said; the old pin then stands.
    pub fn write_pin(&self, pin: &str) -> Result<(), KeyError> {
        match &self.home {
            Home::Keyring(keyring) => keyring.set(&pin_user(self.vault_id), pin.as_bytes()),
            Home::File { notes, .. } | Home::Variable { notes } => {
                notes.write_pin(pin, &self.identity, self.vault_id)
            }
        }
    }

    /// The vault's anchor, as [`Custody::write_anchor`] was given it. It is not checked here.
    ///
    /// # Errors
    /// What a keyring or the system said.
    pub fn read_anchor(&self) -> Result<Option<Vec<u8>>, KeyError> {
        match &self.home {
            Home::Keyring(keyring) => {
                let anchor = keyring.get(&anchor_user(self.vault_id))?;
                Ok(anchor.map(|anchor| anchor.to_vec()))
            }
            Home::File { notes, .. } | Home::Variable { notes } => notes.read_anchor(),
        }
    }

    /// Keeps the vault's anchor.
    ///
    /// # Errors
    /// What a keyring or the system said; the old anchor then stands.
    pub fn write_anchor(&self, anchor: &[u8]) -> Result<(), KeyError> {
        match &self.home {
            Home::Keyring(keyring) => keyring.set(&anchor_user(self.vault_id), anchor),
            Home::File { notes, .. } | Home::Variable { notes } => notes.write_anchor(anchor),
        }
    }

    /// Undoes a [`create`] whose vault was never made: removes pin and anchor, and the identity if
    /// this very custody made it. For nothing else: an identity whose vault exists is the vault.
    ///
    /// # Errors
    /// What a keyring or the system said; part of it may then be left.
    pub fn forget(self) -> Result<(), KeyError> {
        match &self.home {
            Home::Keyring(keyring) => {
                keyring.delete(&pin_user(self.vault_id))?;
                keyring.delete(&anchor_user(self.vault_id))?;
                if self.minted {
                    keyring.delete(&user(self.vault_id))?;
                }
            }
            Home::File { path, notes } => {
                notes.remove()?;
                if self.minted {
                    notes::remove_file(path)?;
                }
            }
            Home::Variable { notes } => notes.remove()?,
        }
        Ok(())
    }
}

fn user(vault_id: VaultId) -> String {
    format!("vault:{vault_id}")
}

fn pin_user(vault_id: VaultId) -> String {
    format!("vault:{vault_id}:pin")
}

fn anchor_user(vault_id: VaultId) -> String {
    format!("vault:{vault_id}:anchor")
}

/// What the environment gives, the file before the text.
fn overridden(ask: &Ask) -> Result<Option<Custody>, KeyError> {
    let vault_id = ask.vault_id;
    let (identity, home) = if let Some(path) = ask.identity_file {
        let identity = identity::from_file(path, Protection::Either, ask)?;
        let notes = Notes::beside_or_in_state(path, ask.state_dir, vault_id);
        (
            identity,
            Home::File {
                path: path.to_owned(),
                notes,
            },
        )
    } else if let Some(secret) = ask.identity {
        let identity = identity::from_text(secret.expose(), &format!("`{VARIABLE}`"))?;
        let notes = Notes::in_state(ask.state_dir, vault_id);
        (identity, Home::Variable { notes })
    } else {
        return Ok(None);
    };
    Ok(Some(Custody {
        vault_id,
        identity,
        home,
        minted: false,
    }))
}

/// A vault made with one key while the environment names another could not be opened again.
fn refuse_override(path: Option<&Path>, ask: &Ask) -> Result<(), KeyError> {
    if ask.identity_file.is_some() && ask.identity_file != path {
        Err(KeyError::Overridden {
            variable: FILE_VARIABLE,
        })
    } else if ask.identity_file.is_none() && ask.identity.is_some() {
        Err(KeyError::Overridden { variable: VARIABLE })
    } else {
        Ok(())
    }
}

fn from_keyring(ask: &Ask) -> Result<Custody, KeyError> {
    let vault_id = ask.vault_id;
    let keyring = Keyring::start(ask.patience())?;
    let item = keyring
        .get(&user(vault_id))?
        .ok_or(KeyError::NoEntry { vault_id })?;
    let place = format!("the keyring item `{}`", user(vault_id));
    let text = str::from_utf8(&item).map_err(|_| KeyError::BadIdentity {
        place: place.clone(),
        why: "it is not text",
    })?;
    let identity = identity::from_text(text, &place)?;
    Ok(Custody {
        vault_id,
        identity,
        home: Home::Keyring(keyring),
        minted: false,
    })
}

fn from_file(path: &Path, protection: Protection, ask: &Ask) -> Result<Custody, KeyError> {
    let identity = identity::from_file(path, protection, ask)?;
    let notes = Notes::beside(path, ask.vault_id);
    let home = Home::File {
        path: path.to_owned(),
        notes,
    };
    Ok(Custody {
        vault_id: ask.vault_id,
        identity,
        home,
        minted: false,
    })
}

fn mint_in_keyring(ask: &Ask) -> Result<Custody, KeyError> {
    let vault_id = ask.vault_id;
    let keyring = Keyring::start(ask.patience())?;
    let identity = x25519::Identity::generate();
    keyring.set_new(
        &user(vault_id),
        identity.to_string().expose_secret().as_bytes(),
    )?;
    Ok(Custody {
        vault_id,
        identity,
        home: Home::Keyring(keyring),
        minted: true,
    })
}

fn mint_in_file(path: &Path, protection: Protection, ask: &Ask) -> Result<Custody, KeyError> {
    if path.symlink_metadata().is_ok() {
        return from_file(path, protection, ask);
    }
    let identity = x25519::Identity::generate();
    let passphrase: Option<Secret> = match protection {
        Protection::Passphrase => Some(identity::new_passphrase(path, ask)?),
        Protection::Plain | Protection::Either => None,
    };
    identity::to_new_file(path, &identity, passphrase.as_ref(), ask.vault_id)?;
    let notes = Notes::beside(path, ask.vault_id);
    let home = Home::File {
        path: path.to_owned(),
        notes,
    };
    Ok(Custody {
        vault_id: ask.vault_id,
        identity,
        home,
        minted: true,
    })
}
