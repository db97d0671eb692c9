//! Texts by their name: what was the same on both sides, what arrived, what was replaced. It is the
//! trash, and what merging and looking back need. Every text is hashed when it is read.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::error::DocumentError;
use super::oid::Oid;
use super::state::Home;
use crate::private_file;

const FOLDER: &str = "texts";
/// The store takes no larger file.
const LARGEST: u64 = 128 * 1024 * 1024;

impl Home {
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
