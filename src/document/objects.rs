//! Texts by their name: what was the same on both sides, what arrived, what was replaced. It is the
//! trash, and what merging and looking back need. Every text is hashed when it is read.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::error::DocumentError;
use super::oid::Oid;
use super::state::Home;
use super::tree::Files;
use crate::private_file;

const FOLDER: &str = "texts";
const VERSIONS: &str = "versions";
/// The store takes no larger file.
const LARGEST: u64 = 128 * 1024 * 1024;

impl Home {
    /// A version's files, where they were asked for before.
    pub(super) fn listing(&self, version: Oid) -> Option<Files> {
        let file = self.file(VERSIONS).join(version.to_string());
        let bytes = private_file::read_any(&file, LARGEST).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps a version's files, which never change.
    pub(super) fn keep_listing(&self, version: Oid, files: &Files) -> Result<(), DocumentError> {
        let folder = self.file(VERSIONS);
        private_file::ensure_folder(&folder)?;
        let path = folder.join(version.to_string());
        let bytes =
            serde_json::to_vec(files).map_err(|_| DocumentError::Damaged { path: path.clone() })?;
        Ok(private_file::replace(&path, &bytes)?)
    }

    fn place(&self, oid: Oid) -> PathBuf {
        let name = oid.to_string();
        let (start, rest) = name.split_at_checked(2).unwrap_or_default();
        self.file(FOLDER).join(start).join(rest)
    }

    /// A text; nothing where it is not there whole.
    pub(super) fn text(&self, oid: Oid) -> Result<Option<Vec<u8>>, DocumentError> {
        match private_file::read_any(&self.place(oid), LARGEST) {
            Ok(bytes) => Ok((Oid::of_blob(&bytes) == oid).then_some(bytes)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a text that can be had again, from the disk or the store: a crash may cost it.
    pub(super) fn jot(&self, bytes: &[u8]) -> Result<Oid, DocumentError> {
        let oid = Oid::of_blob(bytes);
        let place = self.place(oid);
        if let Some(folder) = place.parent() {
            private_file::ensure_folder(folder)?;
        }
        if let Ok(mut file) = private_file::create_new(&place) {
            file.write_all(bytes).map_err(|source| DocumentError::Io {
                action: "write",
                path: place,
                source,
            })?;
        }
        Ok(oid)
    }

    /// Keeps a text, on the disk for good when this returns.
    pub(super) fn keep(&self, bytes: &[u8]) -> Result<Oid, DocumentError> {
        let oid = Oid::of_blob(bytes);
        let place = self.place(oid);
        if self.text(oid)?.is_some() {
            // it may have been jotted down only
            sync(&place)?;
            return Ok(oid);
        }
        if let Some(folder) = place.parent()
            && !folder.is_dir()
        {
            private_file::ensure_folder(folder)?;
            private_file::sync_parent(folder)?;
        }
        private_file::replace(&place, bytes)?;
        Ok(oid)
    }
}

fn sync(place: &Path) -> Result<(), DocumentError> {
    let synced = File::open(place).and_then(|file| file.sync_all());
    synced.map_err(|source| DocumentError::Io {
        action: "sync",
        path: place.to_owned(),
        source,
    })?;
    Ok(private_file::sync_parent(place)?)
}
