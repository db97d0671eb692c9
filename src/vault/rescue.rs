//! Rescue files: a place for a rotated token set when the vault can't be written.
//!
//! The provider has already dropped the old refresh token when the answer arrives, so the space
//! for the answer is taken **before** the request is sent: the file exists, its blocks are written
//! and all of it is on disk. Saving then only overwrites.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::{VaultError, io_at, tampered};
use super::keys::Key;
use super::open::Vault;
use super::record::RowId;
use super::seal;
use crate::names::{VaultId, hex};
use crate::private_file;

/// The most that a rescue file may hold.
const AT_MOST: u64 = 1024 * 1024;

/// Which request's answer is to be rescued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rescued {
    /// The connection's row.
    pub row: RowId,
    /// The row's version with the pending intent in it.
    pub version: u64,
    /// The intent's random id.
    pub intent: [u8; 16],
}

/// What a rescue file held, and for which request.
pub(super) type Saved = (Rescued, Zeroizing<Vec<u8>>);

/// A reserved rescue file.
#[derive(Debug)]
pub struct Rescue {
    file: File,
    path: PathBuf,
    room: usize,
    key: Key,
    vault: VaultId,
    what: Rescued,
}

impl Vault {
    /// Takes `room` bytes of disk for the answer to a request: beside the vault, or in
    /// `elsewhere` (a private folder, made when it is missing) where that can't be written.
    ///
    /// # Errors
    /// When neither place takes it; then the request must not be sent.
    pub fn reserve_rescue(
        &self,
        what: Rescued,
        room: usize,
        elsewhere: &Path,
    ) -> Result<Rescue, VaultError> {
        self.reserve_at(&self.rescue_path(what), what, room)
            .or_else(|_| {
                private_file::ensure_folder(elsewhere)?;
                self.reserve_at(&elsewhere.join(file_name(self.id(), what)), what, room)
            })
    }

    fn reserve_at(&self, path: &Path, what: Rescued, room: usize) -> Result<Rescue, VaultError> {
        let mut file = private_file::create_new(path)?;
        let room = room.saturating_add(4 + seal::OVERHEAD);
        // Written, not only promised: an extended file has no blocks yet.
        let reserved = file
            .write_all(&vec![0; room])
            .and_then(|()| file.sync_all())
            .map_err(io_at("reserve", path))
            .and_then(|()| Ok(private_file::sync_parent(path)?));
        if let Err(error) = reserved {
            // A file that was not reserved must not be found later; what removing it says doesn't
            // matter, since an empty one is not adopted.
            let _ = fs::remove_file(path);
            return Err(error);
        }
        Ok(Rescue {
            file,
            path: path.to_owned(),
            room,
            key: self.keys.rescue.clone(),
            vault: self.id(),
            what,
        })
    }

    /// The text that was saved for that request, from either place; `None` when there is no file or
    /// nothing was saved in it.
    ///
    /// # Errors
    /// [`VaultError::Tampered`] when what is there is damaged.
    pub fn find_rescue(
        &self,
        what: Rescued,
        elsewhere: &Path,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        for path in self.rescue_places(what, elsewhere) {
            let bytes = match private_file::read(&path, AT_MOST) {
                Err(error) if error.is_not_found() => continue,
                read => read?,
            };
            if let Some(text) = open(&self.keys.rescue, self.id(), what, &bytes)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// What was saved last for a row, whatever the row itself says: for a vault that was set back
    /// behind the request. Files that are empty or don't authenticate are passed over.
    ///
    /// # Errors
    /// When a folder can't be listed.
    pub fn newest_rescue(&self, row: RowId, elsewhere: &Path) -> Result<Option<Saved>, VaultError> {
        let of_row = format!("{}{row}-", prefix(self.id()));
        let mut newest: Option<Saved> = None;
        for path in self.list_rescues(elsewhere, &of_row)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let what = name.strip_prefix(&of_row).and_then(|rest| named(row, rest));
            let Some(what) = what else { continue };
            if newest
                .as_ref()
                .is_some_and(|(other, _)| other.version >= what.version)
            {
                continue;
            }
            if let Ok(Some(text)) = self.find_rescue(what, elsewhere) {
                newest = Some((what, text));
            }
        }
        Ok(newest)
    }

    /// Removes that request's rescue files, after its answer was committed or given up.
    ///
    /// # Errors
    /// When one is there and can't be removed.
    pub fn remove_rescue(&self, what: Rescued, elsewhere: &Path) -> Result<(), VaultError> {
        for path in self.rescue_places(what, elsewhere) {
            remove(&path)?;
        }
        Ok(())
    }

    /// All rescue files of this vault that hold or may hold something. Re-keying, restoring and
    /// backing up adopt them first or refuse.
    ///
    /// # Errors
    /// When a folder can't be listed.
    pub fn pending_rescues(&self, elsewhere: &Path) -> Result<Vec<PathBuf>, VaultError> {
        self.list_rescues(elsewhere, &prefix(self.id()))
    }

    /// Removes every rescue file of a row whose lock is held and which has no request pending: what
    /// a process left that died after its commit.
    ///
    /// # Errors
    /// When a folder can't be listed or a file not removed.
    pub fn remove_stray_rescues(&self, row: RowId, elsewhere: &Path) -> Result<(), VaultError> {
        let of_row = format!("{}{row}-", prefix(self.id()));
        for path in self.list_rescues(elsewhere, &of_row)? {
            remove(&path)?;
        }
        Ok(())
    }

    /// Removes the rescue files of rows that are gone: their writer died between its commit and
    /// removing them. A row's file is only ever made after the row.
    ///
    /// # Errors
    /// When a folder can't be listed, the vault can't be read, or one can't be removed.
    pub fn remove_orphaned_rescues(&self, elsewhere: &Path) -> Result<(), VaultError> {
        let all = prefix(self.id());
        let files = self.list_rescues(elsewhere, &all)?;
        if files.is_empty() {
            return Ok(());
        }
        // Listed first: what is made meanwhile isn't in the list.
        let rows = self.read(|snapshot| Ok::<_, VaultError>(snapshot.row_ids()))?;
        for path in files {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let row = name
                .strip_prefix(&all)
                .and_then(|rest| rest.split('-').next());
            let row = row.and_then(|row| row.parse().ok());
            if row.is_some_and(|row| !rows.contains(&row)) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn list_rescues(&self, elsewhere: &Path, prefix: &str) -> Result<Vec<PathBuf>, VaultError> {
        let beside = self.path.parent().unwrap_or(&self.path);
        let mut found = Vec::new();
        for folder in [beside, elsewhere] {
            let entries = match fs::read_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                listed => listed.map_err(io_at("list", folder))?,
            };
            for entry in entries {
                let entry = entry.map_err(io_at("list", folder))?;
                if entry.file_name().to_string_lossy().starts_with(prefix) {
                    found.push(entry.path());
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn rescue_path(&self, what: Rescued) -> PathBuf {
        self.path.with_file_name(file_name(self.id(), what))
    }

    fn rescue_places(&self, what: Rescued, elsewhere: &Path) -> [PathBuf; 2] {
        [
            self.rescue_path(what),
            elsewhere.join(file_name(self.id(), what)),
        ]
    }
}

impl Rescue {
    /// Where the file is, to be named when it had to be used.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Seals `text` into the reserved space; durable when this returns. Needs neither the vault nor
    /// new space.
    ///
    /// # Errors
    /// When the text is longer than the room that was reserved and the disk has no more, or the
    /// disk fails.
    pub fn save(&mut self, text: &[u8]) -> Result<(), VaultError> {
        let sealed = seal::seal(&self.key, &self.what.place(&self.vault).refs(), text)?;
        let length = u32::try_from(sealed.len())
            .map_err(|_| tampered("an answer is too long to be rescued"))?;
        let mut whole = Vec::with_capacity(self.room.max(sealed.len() + 4));
        whole.extend_from_slice(&length.to_be_bytes());
        whole.extend_from_slice(&sealed);
        self.file
            .seek(SeekFrom::Start(0))
            .and_then(|_| self.file.write_all(&whole))
            .and_then(|()| self.file.sync_all())
            .map_err(io_at("write", &self.path))
    }

    /// Removes the file, once the vault holds the answer or the request failed.
    ///
    /// # Errors
    /// When it can't be removed.
    pub fn remove(self) -> Result<(), VaultError> {
        remove(&self.path)
    }
}

impl Rescued {
    fn place(self, vault: &VaultId) -> Place {
        Place([
            vault.0.to_vec(),
            b"rescue".to_vec(),
            self.row.0.to_be_bytes().to_vec(),
            self.version.to_be_bytes().to_vec(),
            self.intent.to_vec(),
        ])
    }
}

/// The associated data of a rescue file.
struct Place([Vec<u8>; 5]);

impl Place {
    fn refs(&self) -> [&[u8]; 5] {
        self.0.each_ref().map(Vec::as_slice)
    }
}

fn open(
    key: &Key,
    vault: VaultId,
    what: Rescued,
    bytes: &[u8],
) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let damaged = || tampered("a rescue file does not authenticate");
    let mut rest = bytes;
    let mut length = [0; 4];
    if rest.read_exact(&mut length).is_err() || length == [0; 4] {
        return Ok(None);
    }
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| damaged())?;
    let sealed = rest.get(..length).ok_or_else(damaged)?;
    seal::open(key, &what.place(&vault).refs(), sealed)
        .ok_or_else(damaged)
        .map(Some)
}

fn remove(path: &Path) -> Result<(), VaultError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(io_at("remove", path)),
    }
}

fn prefix(vault: VaultId) -> String {
    format!("rescue-{vault}-")
}

fn file_name(vault: VaultId, what: Rescued) -> String {
    format!(
        "{}{}-{}-{}",
        prefix(vault),
        what.row,
        what.version,
        hex(&what.intent)
    )
}

/// Reads the end of a file's name: version and intent.
fn named(row: RowId, rest: &str) -> Option<Rescued> {
    let (version, intent) = rest.split_once('-')?;
    let mut id = [0; 16];
    if intent.len() != 32 || !intent.is_ascii() {
        return None;
    }
    for (at, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(intent.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(Rescued {
        row,
        version: version.parse().ok()?,
        intent: id,
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::World;
    use super::*;

    const WHAT: Rescued = Rescued {
        row: RowId(3),
        version: 9,
        intent: [5; 16],
    };

    #[test]
    fn a_rescued_answer_is_found_for_its_own_request_only() {
        let world = World::new();
        let vault = world.open();
        let state = world.folder.path().join("state");
        let mut rescue = vault.reserve_rescue(WHAT, 1000, &state).unwrap();
        assert!(vault.find_rescue(WHAT, &state).unwrap().is_none());
        assert_eq!(
            vault.pending_rescues(&state).unwrap(),
            [rescue.path().to_owned()]
        );
        assert!(!state.exists(), "the other place is not used needlessly");
        let size = fs::metadata(rescue.path()).unwrap().len();
        rescue.save(b"rotated").unwrap();
        assert_eq!(
            fs::metadata(rescue.path()).unwrap().len(),
            size,
            "saved in place"
        );
        assert_eq!(
            **vault.find_rescue(WHAT, &state).unwrap().unwrap(),
            *b"rotated"
        );
        for other in [
            Rescued {
                version: 10,
                ..WHAT
            },
            Rescued {
                row: RowId(4),
                ..WHAT
            },
            Rescued {
                intent: [6; 16],
                ..WHAT
            },
        ] {
            assert!(vault.find_rescue(other, &state).unwrap().is_none());
            // Not even under the other request's name.
            fs::copy(rescue.path(), vault.rescue_path(other)).unwrap();
            assert!(matches!(
                vault.find_rescue(other, &state),
                Err(VaultError::Tampered { .. })
            ));
            vault.remove_rescue(other, &state).unwrap();
        }
        rescue.remove().unwrap();
        assert!(vault.find_rescue(WHAT, &state).unwrap().is_none());
        assert!(vault.pending_rescues(&state).unwrap().is_empty());
    }

    #[test]
    fn stray_files_of_one_row_are_removed_and_those_of_others_kept() {
        let world = World::new();
        let vault = world.open();
        let state = world.folder.path().join("state");
        let later = Rescued {
            version: 10,
            ..WHAT
        };
        let other = Rescued {
            row: RowId(33),
            ..WHAT
        };
        let kept = vault.reserve_rescue(other, 10, &state).unwrap();
        for stray in [WHAT, later] {
            vault.reserve_rescue(stray, 10, &state).unwrap();
        }
        vault.remove_stray_rescues(WHAT.row, &state).unwrap();
        assert_eq!(
            vault.pending_rescues(&state).unwrap(),
            [kept.path().to_owned()]
        );
    }

    #[test]
    fn the_file_of_a_row_that_is_gone_is_removed_and_that_of_a_row_that_is_there_is_kept() {
        let world = World::new();
        let mut vault = world.open();
        let state = world.folder.path().join("state");
        let row = vault
            .mutate(|writer| writer.insert(super::super::sample::note("a", "b")))
            .unwrap();
        let there = Rescued {
            row: row.id,
            ..WHAT
        };
        let gone = Rescued {
            row: RowId(row.id.0 + 1),
            ..WHAT
        };
        let kept = vault.reserve_rescue(there, 100, &state).unwrap();
        vault.reserve_rescue(gone, 100, &state).unwrap();
        vault.remove_orphaned_rescues(&state).unwrap();
        assert_eq!(
            vault.pending_rescues(&state).unwrap(),
            [kept.path().to_owned()]
        );
    }

    #[test]
    fn a_place_that_is_taken_is_not_overwritten_and_the_other_one_is_used() {
        let world = World::new();
        let vault = world.open();
        let state = world.folder.path().join("state");
        let first = vault.reserve_rescue(WHAT, 100, &state).unwrap();
        let mut second = vault.reserve_rescue(WHAT, 100, &state).unwrap();
        assert_ne!(first.path(), second.path());
        assert!(vault.reserve_rescue(WHAT, 100, &state).is_err());
        second.save(&[1; 100]).unwrap();
        assert_eq!(vault.find_rescue(WHAT, &state).unwrap().unwrap().len(), 100);
        vault.remove_rescue(WHAT, &state).unwrap();
        assert!(vault.pending_rescues(&state).unwrap().is_empty());
    }
}
