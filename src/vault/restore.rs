//! Putting a vault where none stands.
//!
//! The image is unpacked in a folder of its own and made ready there; the vault appears by one
//! rename, and never in a state that could be used before it was made ready.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{VaultError, io_at};
use super::locked::Locked;
use super::open::Vault;
use super::{database, locks};
use crate::lock::Guard;
use crate::private_file::{self, with_suffix};

/// How long putting a vault waits for others that use one at that place.
const PATIENCE: Duration = Duration::from_secs(30);

/// What SQLite keeps beside a vault.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A vault that is being made ready.
#[derive(Debug)]
pub struct Draft {
    folder: PathBuf,
    path: PathBuf,
    _alone: Guard,
}

impl Draft {
    /// Unpacks an image for the vault that shall stand at `path`, with its folder where that is
    /// missing.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn new(image: &[u8], path: &Path) -> Result<Self, VaultError> {
        private_file::ensure_folder(private_file::folder(path))?;
        private_file::check_way(private_file::folder(path))?;
        let path = database::resolve(path)?.ok_or_else(|| VaultError::NotAVault {
            path: path.to_owned(),
        })?;
        let alone = locks::vault_exclusive(&path, PATIENCE)?;
        let folder = with_suffix(&path, ".restoring");
        remove(&folder)?;
        private_file::ensure_folder(&folder)?;
        let draft = Self {
            folder,
            path,
            _alone: alone,
        };
        let file = draft.file();
        private_file::create_new(&file)?
            .write_all(image)
            .map_err(io_at("write", &file))?;
        Ok(draft)
    }

    /// The draft, to be made ready.
    ///
    /// # Errors
    /// When it is no vault.
    pub fn open(&self) -> Result<Locked, VaultError> {
        Locked::open(&self.file())?.ok_or_else(|| VaultError::NotAVault { path: self.file() })
    }

    /// Puts it in its place, durably.
    ///
    /// # Errors
    /// When something stands there, or it can't be put there; then none stands there.
    pub fn put(self, made_ready: Vault) -> Result<(), VaultError> {
        made_ready.checkpoint_truncate()?;
        if fs::symlink_metadata(&self.path).is_ok() {
            return Err(VaultError::AlreadyExists { path: self.path });
        }
        drop(made_ready);
        // What a vault that is gone left would be taken for this one's.
        for end in BESIDE {
            let left = with_suffix(&self.path, end);
            if fs::symlink_metadata(&left).is_ok() {
                private_file::set_aside(&left)?;
            }
        }
        let file = self.file();
        let synced = fs::File::open(&file).and_then(|file| file.sync_all());
        synced.map_err(io_at("sync", &file))?;
        fs::rename(&file, &self.path).map_err(io_at("rename", &file))?;
        private_file::sync_parent(&self.path)?;
        // The vault stands; a folder that stays is removed by the next one.
        let _ = remove(&self.folder);
        Ok(())
    }

    fn file(&self) -> PathBuf {
        self.folder.join("vault.db")
    }
}

fn remove(folder: &Path) -> Result<(), VaultError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(io_at("remove", folder)(error))
        }
        _ => Ok(()),
    }
}
