//! What a linked folder remembers, in `.oauthctl/` inside it: which version its files are based on,
//! and nothing secret.
//!
//! `base` of a file is the text that both sides had. It is the file of the version last seen,
//! except where that version's text has not reached the disk (a conflict, a file that was not asked
//! for, an undone change): there the older base is kept in `open`, and what is done next is decided
//! from it. So nothing that somebody else wrote can be taken for something deleted here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::DocumentError;
use super::oid::Oid;
use super::path::DocPath;
use super::tree::{Entry, Files, tree_oid};
use crate::ordered;
use crate::private_file;

/// The folder in the folder.
pub const FOLDER: &str = ".oauthctl";
const STATE: &str = "state.json";
const VERSION: u32 = 1;
/// Ten thousand files need two megabytes.
const LARGEST: u64 = 256 * 1024 * 1024;

/// What the folder is linked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The connection: `PROVIDER/ACCOUNT`.
    pub connection: String,
    /// The repository's number, which never changes.
    pub repository: u64,
    /// Its name when it was last seen: `OWNER/NAME`.
    pub name: String,
    /// The branch.
    pub branch: String,
}

/// Why the text of the last seen version is not what the disk was decided from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Both sides changed it, and only a person can say what it should be.
    Conflict,
    /// Changed here, deleted there.
    DeletedThere,
    /// It was not asked for, or changed while it was to be written, or its arrival was undone.
    Later,
}

/// A file that is not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// The text that both sides had; nothing where there is none.
    pub base: Option<Entry>,
    /// Why.
    pub why: Why,
    /// The other version's file beside it.
    pub copy: Option<String>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    v: u32,
    /// What the folder is linked to.
    pub link: Link,
    /// The version that was last seen; nothing while the repository is empty.
    pub commit: Option<Oid>,
    /// Its tree, where `files` is all of it.
    pub tree: Option<Oid>,
    /// All its files, as the store spells them.
    pub files: Files,
    /// What is not settled, by composed path.
    pub open: BTreeMap<String, Open>,
}

impl State {
    /// A folder that was just linked.
    #[must_use]
    pub fn new(link: Link) -> Self {
        Self {
            v: VERSION,
            link,
            commit: None,
            tree: None,
            files: Files::new(),
            open: BTreeMap::new(),
        }
    }

    /// The manuscript's own files of the last seen version: composed path, the store's spelling.
    /// Two that would be one file are told by [`collision`].
    #[must_use]
    pub fn known(&self) -> BTreeMap<DocPath, (String, Entry)> {
        known(&self.files)
    }

    /// Takes over a version.
    pub fn advance(&mut self, commit: Oid, tree: Option<Oid>, files: Files) {
        self.tree = tree.filter(|tree| tree_oid(&files) == Some(*tree));
        self.commit = Some(commit);
        self.files = files;
    }
}

/// The manuscript's own files among `files`.
#[must_use]
pub fn known(files: &Files) -> BTreeMap<DocPath, (String, Entry)> {
    let files = files.iter().filter(|(_, entry)| entry.mode.is_file());
    ordered::map(files.filter_map(|(path, entry)| {
        let place = (path.clone(), *entry);
        Some((DocPath::parse(path).ok()?, place))
    }))
}

/// Two paths that would be one file on some disk.
pub fn collision<'a>(paths: impl IntoIterator<Item = &'a str>) -> Option<(String, String)> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths {
        let Ok(parsed) = DocPath::parse(path) else {
            continue;
        };
        if let Some(other) = seen.insert(parsed.folded(), path) {
            return Some((other.to_owned(), path.to_owned()));
        }
    }
    None
}

/// The folder's own files.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) path: PathBuf,
}

impl Home {
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            path: folder.join(FOLDER),
        }
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whether the folder is linked.
    pub(super) fn is_linked(&self) -> bool {
        self.file(STATE).is_file()
    }

    pub(super) fn load(&self) -> Result<State, DocumentError> {
        let path = self.file(STATE);
        let bytes = match private_file::read_trusted(&path, LARGEST) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => {
                let folder = self.path.parent().unwrap_or(&self.path).to_owned();
                return Err(DocumentError::NotLinked { folder });
            }
            Err(error) => return Err(error.into()),
        };
        read(&bytes, path)
    }

    pub(super) fn save(&self, state: &State) -> Result<(), DocumentError> {
        let path = self.file(STATE);
        let bytes =
            serde_json::to_vec(state).map_err(|_| DocumentError::Damaged { path: path.clone() })?;
        Ok(private_file::replace(&path, &bytes)?)
    }
}

#[derive(Deserialize)]
struct VersionOnly {
    v: u32,
}

/// Reads a versioned file of the folder's own.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    bytes: &[u8],
    path: PathBuf,
) -> Result<T, DocumentError> {
    match serde_json::from_slice::<VersionOnly>(bytes) {
        Ok(found) if found.v > VERSION => Err(DocumentError::Newer { path }),
        Ok(_) => serde_json::from_slice(bytes).map_err(|_| DocumentError::Damaged { path }),
        Err(_) => Err(DocumentError::Damaged { path }),
    }
}
