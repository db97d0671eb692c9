//! Putting a vault where none stands, or in the place of one that goes aside.
//!
//! The image is unpacked in a folder of its own and made ready there; the vault appears by one
//! rename, and never in a state that could be used before it was made ready.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::error::{VaultError, io_at, sqlite};
use super::locked::Locked;
use super::open::Vault;
use super::{database, locks};
use crate::lock::{self, Guard};
use crate::private_file::{self, PrivateFileError, with_suffix};

/// How long putting a vault waits for others that use one at that place.
const PATIENCE: Duration = Duration::from_secs(30);

/// What SQLite keeps beside a vault.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// How long it waits for those that have the vault open that goes aside.
const OTHERS_LEAVE: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// What came of putting a vault in its place.
#[derive(Debug)]
pub struct Placed {
    /// What stood there, under its new name.
    pub aside: Option<PathBuf>,
    /// Whether its state was noted beside its key.
    pub anchored: Result<(), VaultError>,
}

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

    /// Where it will stand, with the links of its folder resolved.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.path
    }

    /// The draft, to be made ready.
    ///
    /// # Errors
    /// When it is no vault.
    pub fn open(&self) -> Result<Locked, VaultError> {
        Locked::open(&self.file())?.ok_or_else(|| VaultError::NotAVault { path: self.file() })
    }

    /// Puts it in its place, durably, and its anchor in that of what stands there, which goes aside:
    /// `force` says that it may. Whoever is cut off finds the old vault or the new one.
    ///
    /// # Errors
    /// When something stands there that may not go aside, is used by others, or the new one can't be
    /// put there; then what stands there is as it was.
    pub fn put(self, mut made_ready: Vault, force: bool) -> Result<Placed, VaultError> {
        made_ready.checkpoint_truncate()?;
        let anchor = made_ready.unsaved_anchor();
        drop(made_ready);
        let file = self.file();
        let synced = fs::File::open(&file).and_then(|file| file.sync_all());
        synced.map_err(io_at("sync", &file))?;
        let save = || {
            anchor.as_ref().map_or(Ok(()), |(keeper, anchor)| {
                let _lock = locks::anchor(&self.path, PATIENCE)?;
                let written = keeper.write(anchor);
                written.map_err(|why| VaultError::Anchor {
                    action: "written",
                    why,
                })
            })
        };
        if fs::symlink_metadata(&self.path).is_err() {
            save()?;
            self.clear_names()?;
            fs::rename(&file, &self.path).map_err(io_at("rename", &file))?;
            private_file::sync_parent(&self.path)?;
            return Ok(Placed {
                aside: None,
                anchored: Ok(()),
            });
        }
        if !force {
            let path = self.path.clone();
            return Err(VaultError::AlreadyExists { path });
        }
        let aside = self.swap(&file);
        // Not before: it would make the old vault one that was set back.
        let anchored = match &aside {
            Ok(_) | Err(VaultError::Unsafe(PrivateFileError::Unsure { .. })) => save(),
            Err(_) => Ok(()),
        };
        Ok(Placed {
            aside: Some(aside?),
            anchored,
        })
    }

    /// Exchanges the new file with the one that stands there. No log of that one may be there
    /// meanwhile: it would be taken for the new one's.
    fn swap(&self, file: &Path) -> Result<PathBuf, VaultError> {
        // Elsewhere an open file can't be renamed.
        let held = take_alone(&self.path)?.filter(|_| cfg!(unix));
        // What SQLite can't read has no state that its log belongs to.
        let logs = self.clear_names()?;
        let aside = private_file::swap(file, &self.path)?;
        drop(held);
        for (end, log) in logs {
            // Under the name by which SQLite finds it beside that file.
            let _ = fs::rename(log, with_suffix(&aside, end));
        }
        Ok(aside)
    }

    /// Gives what SQLite left beside a vault other names: it would be taken for the new one's.
    fn clear_names(&self) -> Result<Vec<(&'static str, PathBuf)>, VaultError> {
        let mut logs = Vec::new();
        for end in BESIDE {
            let left = with_suffix(&self.path, end);
            if fs::symlink_metadata(&left).is_ok() {
                logs.push((end, private_file::set_aside(&left)?));
            }
        }
        Ok(logs)
    }

    fn file(&self) -> PathBuf {
        self.folder.join("vault.db")
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // One that stays is removed by the next draft.
        let _ = remove(&self.folder);
    }
}

/// Takes the log of the vault that stands there into its file, and keeps everybody out of it as long
/// as the connection is open; nothing where SQLite can't read it.
fn take_alone(path: &Path) -> Result<Option<Connection>, VaultError> {
    let take = || {
        let connection = database::connect(path)?;
        database::configure(&connection)?;
        connection
            .busy_timeout(Duration::ZERO)
            .map_err(sqlite(&connection))?;
        database::set_pragma(&connection, "locking_mode", "exclusive")?;
        database::set_journal(&connection, "delete")?;
        let begun = connection.execute_batch("BEGIN EXCLUSIVE");
        begun.map_err(sqlite(&connection))?;
        Ok(connection)
    };
    let mut held = None;
    let done = lock::retry(OTHERS_LEAVE, BETWEEN_TRIES, || match take() {
        Ok(connection) => {
            held = Some(connection);
            Ok(true)
        }
        Err(VaultError::Busy) => Ok(false),
        Err(error) if error.is_damage() => Ok(true),
        Err(error) => Err(error),
    })?;
    if done {
        Ok(held)
    } else {
        Err(VaultError::Busy)
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
