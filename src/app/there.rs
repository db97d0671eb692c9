//! What stands at the vault's place, for what puts a backup there.

use std::path::Path;
use std::sync::Arc;

use crate::app::App;
use crate::app::known::Known;
use crate::app::opening::Keeper;
use crate::app::shut::shut;
use crate::connection::remaining::Remaining;
use crate::error::Result;
use crate::key::Custody;
use crate::names::VaultId;
use crate::vault::{Keys, Locked, SCHEMA, Trust, Vault, VaultError};

/// What stands there.
pub(super) enum There {
    /// Nothing.
    Nothing,
    /// A vault, all of which is what was written, and the newest.
    Sound(Box<Vault>, Arc<Custody>),
    /// Something that nobody can go on with as it is.
    Unsound(Unsound),
}

/// No vault, a damaged one, or one that was set back.
pub(super) struct Unsound {
    /// Why it is not gone on with.
    pub(super) why: VaultError,
    /// Its key, where it says which one that is.
    key: Option<Key>,
}

struct Key {
    custody: Arc<Custody>,
    /// The fingerprint that it is believed by.
    pin: Option<String>,
}

impl App {
    /// Looks at what stands there; it may ask for its key.
    pub(super) fn there(&self) -> Result<There> {
        let locked = match Locked::open(&self.vault_path()?) {
            Ok(Some(locked)) => locked,
            Ok(None) => return Ok(There::Nothing),
            Err(why) if why.is_damage() => return Ok(There::Unsound(Unsound { why, key: None })),
            Err(error) => return Err(error.into()),
        };
        let custody = Arc::new(self.key_of(&locked, self.ui.may_ask())?);
        let is_other = matches!(self.known(&locked, &custody), Known::Other(_));
        let key = Key {
            pin: custody.read_pin().ok().flatten().filter(|_| !is_other),
            custody,
        };
        let fault = fault(locked, &key).map_err(|error| shut(error, &key.custody))?;
        if let Some(why) = fault {
            let key = Some(key);
            return Ok(There::Unsound(Unsound { why, key }));
        }
        let opened = self.open_with(|_| Ok(key.custody))?;
        Ok(opened.map_or(There::Nothing, |(vault, custody)| {
            There::Sound(Box::new(vault), custody)
        }))
    }
}

/// Whether there is still nothing, or what is unsound is so still; nobody is asked.
pub(super) fn is_still_there(path: &Path, before: Option<&Unsound>) -> Result<bool> {
    let Some(before) = before else {
        return Ok(path.symlink_metadata().is_err());
    };
    match (Locked::open(path), &before.key) {
        (Ok(Some(locked)), Some(key)) => match fault(locked, key) {
            // Another one, with another key.
            Err(VaultError::WrongKey) => Ok(false),
            found => Ok(found?.is_some()),
        },
        (Ok(_), _) => Ok(false),
        (Err(error), _) if error.is_damage() => Ok(true),
        (Err(error), _) => Err(error.into()),
    }
}

impl Unsound {
    /// What can be read of it, if it is the vault that the backup is of: with its own key, or with
    /// the keys of the backup, which are the same where it was not rekeyed since. Whether that is all.
    pub(super) fn remaining(
        &self,
        path: &Path,
        id: VaultId,
        keys: &Keys,
    ) -> Result<Option<(Remaining, bool)>> {
        let locked = match Locked::open(path) {
            Ok(Some(locked)) if locked.header().vault_id == id => locked,
            Ok(_) => return Ok(None),
            Err(error) if error.is_damage() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let own = self.key.as_ref().and_then(|key| {
            let pin = key.pin.as_deref()?;
            locked.keys(key.custody.identity(), Some(pin)).ok()
        });
        let remains = locked.remains(own.as_ref().unwrap_or(keys));
        Ok(Some((Remaining::read(&remains)?, remains.are_whole()?)))
    }
}

/// Why the vault can't be gone on with; nothing where it is sound.
fn fault(locked: Locked, key: &Key) -> std::result::Result<Option<VaultError>, VaultError> {
    let (identity, pin) = (key.custody.identity(), key.pin.as_deref());
    match locked.check(identity, pin) {
        Ok(findings) => {
            if let Some(finding) = findings.first() {
                let what = finding.to_string();
                return Ok(Some(VaultError::Tampered { what }));
            }
        }
        Err(error) if error.is_damage() => return Ok(Some(error)),
        Err(error) => return Err(error),
    }
    if locked.header().schema < SCHEMA {
        return Ok(None);
    }
    let keeper = Box::new(Keeper(Arc::clone(&key.custody)));
    let vault = locked.unlock(identity, pin, Some(keeper))?;
    Ok(match vault.trust() {
        Trust::RolledBack(why) => Some(VaultError::RolledBack { why }),
        Trust::Trusted | Trust::Unpinned | Trust::CopiedInstance | Trust::ReadOnlyFile => None,
    })
}
