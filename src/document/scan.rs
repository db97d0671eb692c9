//! What the folder has: every file by its path, hashed only where something may have changed.
//!
//! What is known of an untouched file is kept with size, times and inode. A file whose time is not
//! before that of the note itself may have been written after it was hashed: it is hashed again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::DocumentError;
use super::folder::{Folder, NameKind, Stat, is_temporary};
use super::oid::Oid;
use super::path::{DocPath, NotAPath};
use super::state::Home;
use crate::private_file;

const NOTES: &str = "scan.json";
const LARGEST: u64 = 256 * 1024 * 1024;
const DEEPEST: usize = 64;

/// A file on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// As the disk spells its path.
    pub disk: String,
    /// Its content.
    pub oid: Oid,
    /// In bytes.
    pub size: u64,
}

/// What is in the folder.
#[derive(Debug, Default)]
pub struct Scan {
    /// The manuscript's files.
    pub files: BTreeMap<DocPath, Found>,
    /// What is left alone and worth telling, and why.
    pub skipped: Vec<(String, String)>,
    /// What a crash left behind.
    pub(super) temporary: Vec<String>,
    /// Two paths that are one.
    pub(super) twins: Option<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    v: u32,
    files: BTreeMap<String, Note>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Note(u64, i64, i64, u64, Oid);

impl Note {
    fn fits(&self, stat: &Stat) -> bool {
        (self.0, self.1, self.2, self.3) == (stat.size, stat.modified, stat.changed, stat.inode)
    }
}

/// Looks through the folder.
pub(super) fn scan(folder: &Folder, home: &Home) -> Result<Scan, DocumentError> {
    let (before, written) = notes(folder, home);
    let mut walk = Walk {
        folder,
        before,
        written,
        after: BTreeMap::new(),
        hashed: 0,
        scan: Scan::default(),
    };
    walk.folder("", 0)?;
    let unchanged = walk.hashed == 0 && walk.before.len() == walk.after.len();
    if !unchanged {
        let notes = Notes {
            v: 1,
            files: walk.after,
        };
        if let Ok(bytes) = serde_json::to_vec(&notes) {
            // without them the next look takes longer, and that is all
            let _ = private_file::replace(&home.file(NOTES), &bytes);
        }
    }
    Ok(walk.scan)
}

/// What was known, and when it was noted.
fn notes(folder: &Folder, home: &Home) -> (BTreeMap<String, Note>, i64) {
    let own = format!("{}/{NOTES}", super::state::FOLDER);
    let written = folder.stat(&own).ok().flatten();
    let bytes = private_file::read_any(&home.file(NOTES), LARGEST).ok();
    let notes = bytes.and_then(|bytes| serde_json::from_slice::<Notes>(&bytes).ok());
    match (notes, written) {
        (Some(notes), Some(stat)) if notes.v == 1 => (notes.files, stat.modified),
        _ => (BTreeMap::new(), 0),
    }
}

struct Walk<'a> {
    folder: &'a Folder,
    before: BTreeMap<String, Note>,
    written: i64,
    after: BTreeMap<String, Note>,
    hashed: usize,
    scan: Scan,
}

impl Walk<'_> {
    fn folder(&mut self, path: &str, depth: usize) -> Result<(), DocumentError> {
        for name in self.folder.list(path)? {
            let Some(text) = name.text else {
                let shown = format!("{path}/…");
                self.skip(&shown, "its name is not text");
                continue;
            };
            let whole = if path.is_empty() {
                text.clone()
            } else {
                format!("{path}/{text}")
            };
            if is_temporary(&text) {
                self.scan.temporary.push(whole);
                continue;
            }
            let parsed = match DocPath::parse(&whole) {
                Ok(parsed) => parsed,
                Err(NotAPath::Hidden) => continue,
                Err(NotAPath::Refused(why)) => {
                    self.skip(&whole, why);
                    continue;
                }
            };
            match name.kind {
                NameKind::Folder if depth < DEEPEST => self.folder(&whole, depth + 1)?,
                NameKind::Folder => self.skip(&whole, "the folder is too deep"),
                NameKind::Link => self.skip(&whole, "links are not followed"),
                NameKind::Other => self.skip(&whole, "it is not a file"),
                NameKind::File => self.file(whole, parsed)?,
            }
        }
        Ok(())
    }

    fn skip(&mut self, path: &str, why: &str) {
        self.scan.skipped.push((path.to_owned(), why.to_owned()));
    }

    fn file(&mut self, disk: String, path: DocPath) -> Result<(), DocumentError> {
        let Some(stat) = self.folder.stat(&disk)? else {
            return Ok(()); // gone meanwhile
        };
        let known = self.before.get(&disk);
        let known = known.filter(|note| note.fits(&stat) && stat.modified < self.written);
        let (stat, oid) = if let Some(note) = known {
            (stat, note.4)
        } else {
            self.hashed += 1;
            let Some((bytes, stat)) = self.folder.read(&disk)? else {
                return Ok(());
            };
            (stat, Oid::of_blob(&bytes))
        };
        let note = Note(stat.size, stat.modified, stat.changed, stat.inode, oid);
        self.after.insert(disk.clone(), note);
        let found = Found {
            disk: disk.clone(),
            oid,
            size: stat.size,
        };
        if let Some(twin) = self.scan.files.insert(path, found) {
            self.scan.twins = Some((twin.disk, disk));
        }
        Ok(())
    }
}
