//! The locks beside a vault: in a folder of their own next to the resolved file, where every
//! process that uses the vault finds the same ones, and never unlinked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::anchor::Trust;
use super::error::VaultError;
use super::open::Vault;
use super::record::RowId;
use crate::lock::{self, Guard};
use crate::private_file::{self, with_suffix};

impl Vault {
    /// Keeps re-keying, restoring and migrating out; connect, refresh and revoke hold it from
    /// their intent to their commit.
    ///
    /// # Errors
    /// When it is not free within `patience`, or can't be taken at all: then nothing may be sent.
    pub fn lock_shared(&self, patience: Duration) -> Result<Guard, VaultError> {
        Ok(lock::shared(&file(&self.path, "vault")?, patience)?)
    }

    /// Keeps everybody out who holds the lock shared.
    ///
    /// # Errors
    /// When it is not free within `patience`, or can't be taken at all.
    pub fn lock_exclusive(&self, patience: Duration) -> Result<Guard, VaultError> {
        vault_exclusive(&self.path, patience)
    }

    /// Keeps out everybody else who changes who can open the vault. It is held while age plugins
    /// lock the vault anew, which others don't wait for; [`Self::lock_exclusive`] is taken after it,
    /// for the commit.
    ///
    /// # Errors
    /// When it is not free within `patience`, or can't be taken at all.
    pub fn lock_recipients(&self, patience: Duration) -> Result<Guard, VaultError> {
        Ok(lock::exclusive(&file(&self.path, "recipients")?, patience)?)
    }

    /// Makes this process the only one that replaces a file which may have in it what left the
    /// vault: what was seen of such a file stays true until it is replaced. It is taken after all
    /// others. Nothing leaves a vault that can't be written, nor by that vault's commands.
    ///
    /// # Errors
    /// When it is not free within `patience`, or can't be taken at all.
    pub fn lock_files(&self, patience: Duration) -> Result<Option<Guard>, VaultError> {
        if self.trust() == Trust::ReadOnlyFile {
            return Ok(None);
        }
        Ok(Some(lock::exclusive(
            &file(&self.path, "files")?,
            patience,
        )?))
    }

    /// Makes this process the only one that refreshes or revokes the connection in that row.
    ///
    /// # Errors
    /// When it is not free within `patience`, or can't be taken at all: then nothing may be sent.
    pub fn lock_connection(&self, row: RowId, patience: Duration) -> Result<Guard, VaultError> {
        let path = file(&self.path, &format!("connection-{row}"))?;
        #[cfg(oauthctl_test)]
        if crate::env::seam("OAUTHCTL_TEST_NO_LOCK").is_some() {
            // Somebody has to hold something: a lock that is this process's own.
            let own = format!("connection-{row}-{}", std::process::id());
            return Ok(lock::exclusive(&file(&self.path, &own)?, patience)?);
        }
        Ok(lock::exclusive(&path, patience)?)
    }
}

pub(super) fn vault_exclusive(vault: &Path, patience: Duration) -> Result<Guard, VaultError> {
    Ok(lock::exclusive(&file(vault, "vault")?, patience)?)
}

pub(super) fn anchor(vault: &Path, patience: Duration) -> Result<Guard, VaultError> {
    Ok(lock::exclusive(&file(vault, "anchor")?, patience)?)
}

fn file(vault: &Path, name: &str) -> Result<PathBuf, VaultError> {
    let folder = with_suffix(vault, ".locks");
    private_file::ensure_folder(&folder)?;
    Ok(folder.join(name))
}
