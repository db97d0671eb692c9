//! A vault before it is unlocked, and unlocking it.

use std::cell::RefCell;
use std::path::Path;

use rusqlite::Connection;

use super::anchor::{AnchorKeeper, AnchorState};
use super::database::{self, Database, Medium};
use super::error::VaultError;
use super::header::Header;
use super::keys::Keys;
use super::open::Vault;
use super::schema::SCHEMA;
use super::trust::fits;

/// A vault file that was found, but not unlocked.
#[derive(Debug)]
pub struct Locked {
    database: Database,
    header: Header,
}

impl Locked {
    /// Finds the vault at `path`; `None` where nothing stands.
    ///
    /// # Errors
    /// When what stands there is no vault, a newer one, or not private.
    pub fn open(path: &Path) -> Result<Option<Self>, VaultError> {
        database::open(path)?.map(Self::new).transpose()
    }

    pub(super) fn new(database: Database) -> Result<Self, VaultError> {
        let header = Header::load(&database.connection)?;
        database::check_schema(header.schema)?;
        Ok(Self { database, header })
    }

    /// What the vault says about itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The vault file, with its folder's links resolved.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.database.path
    }

    /// Opens the vault with the master identity (or a recovery identity).
    ///
    /// # Errors
    /// [`VaultError::WrongKey`] when the header isn't locked to it, [`VaultError::PinMismatch`]
    /// when the header was replaced, [`VaultError::Tampered`] when something doesn't authenticate.
    pub fn unlock(
        self,
        identity: &dyn age::Identity,
        pin: Option<&str>,
        anchor: Option<Box<dyn AnchorKeeper>>,
    ) -> Result<Vault, VaultError> {
        self.refuse_older()?;
        let keys = self.keys(identity, pin)?;
        self.unlock_with(keys, pin.is_some(), anchor)
    }

    fn refuse_older(&self) -> Result<(), VaultError> {
        if self.header.schema < SCHEMA {
            return Err(VaultError::NeedsMigration {
                found: self.header.schema,
                known: SCHEMA,
            });
        }
        Ok(())
    }

    /// As [`Self::unlock`], with keys that were had before and nobody has to be asked for.
    ///
    /// # Errors
    /// [`VaultError::Tampered`] when something doesn't authenticate with them.
    pub fn unlock_with(
        self,
        keys: Keys,
        pinned: bool,
        anchor: Option<Box<dyn AnchorKeeper>>,
    ) -> Result<Vault, VaultError> {
        self.refuse_older()?;
        let Database {
            connection,
            path,
            medium,
        } = self.database;
        // Read before the snapshot is opened: an anchor that is written meanwhile can only belong
        // to a state that the snapshot then holds too.
        let kept = anchor.as_deref().map(AnchorKeeper::read);
        let mut vault = Vault {
            connection,
            path,
            medium,
            header: self.header,
            keys,
            pinned,
            against: None,
            anchor,
            anchor_state: AnchorState::NotKept,
            anchored: None,
            seen: RefCell::new(None),
            retiring: false,
            committed: None,
        };
        vault.judge(kept)?;
        Ok(vault)
    }

    /// The vault's keys; the identity's plugin or person may be asked.
    ///
    /// # Errors
    /// When the identity doesn't open the header, or the pin is not that of the vault key.
    pub fn keys(
        &self,
        identity: &dyn age::Identity,
        pin: Option<&str>,
    ) -> Result<Keys, VaultError> {
        let keys = Keys::derive(self.header.vault_id, &self.header.unwrap_key(identity)?);
        match pin {
            Some(pin) if !fits(&keys, pin) => Err(VaultError::PinMismatch {
                found: keys.fingerprint(),
            }),
            _ => Ok(keys),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.database.connection
    }

    pub(super) fn medium(&self) -> Medium {
        self.database.medium
    }
}
