//! A linked folder, opened: locked against other commands, and with nothing left half done.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{DocumentError, Guard};
use super::folder::Folder;
use super::journal;
use super::path::DocPath;
use super::plan::{Fate, fate};
use super::reading;
use super::scan::{Found, Scan, scan};
use super::state::{FOLDER, Home, Link, Open, State};
use super::tree::{Entry, Mode};
use crate::lock::{self, Guard as LockGuard};
use crate::ordered;
use crate::private_file;

/// Another command needs this long at most, apart from waiting for a rate limit.
const PATIENCE: Duration = Duration::from_secs(60);

/// A linked folder.
#[derive(Debug)]
pub struct Manuscript {
    pub(super) folder: Folder,
    pub(super) home: Home,
    /// What it remembers.
    pub state: State,
    _lock: LockGuard,
}

/// Which files a command is about: all, or these and what lies below them.
#[derive(Debug, Clone, Default)]
pub struct Selection(pub Option<BTreeSet<String>>);

impl Selection {
    /// Whether a file is meant.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let Some(paths) = &self.0 else {
            return true;
        };
        let below = |folder: &String| {
            let rest = path.strip_prefix(folder.as_str());
            folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
        };
        paths.contains(path) || paths.iter().any(below)
    }
}

/// The folder that is linked and that `start` is in.
#[must_use]
pub fn find(start: &Path) -> Option<PathBuf> {
    let folder = start.ancestors().find(|path| Home::of(path).is_linked())?;
    Some(folder.to_owned())
}

impl Manuscript {
    /// Links a folder.
    ///
    /// # Errors
    /// When it is linked already, or its state can't be written.
    pub fn link(path: &Path, link: Link) -> Result<Self, DocumentError> {
        let home = Home::of(path);
        let folder = Folder::open(path)?;
        private_file::ensure_folder(&home.path)?;
        let lock = lock::exclusive(&home.file("lock"), PATIENCE)?;
        if home.is_linked() {
            return Err(DocumentError::Linked {
                folder: path.to_owned(),
                repository: home.load()?.link.name,
            });
        }
        let state = State::new(link);
        home.save(&state)?;
        private_file::sync_parent(&home.path)?;
        Ok(Self {
            folder,
            home,
            state,
            _lock: lock,
        })
    }

    /// Opens a linked folder, and finishes what a crash left half done.
    ///
    /// # Errors
    /// When it is not linked, another command works in it, or its state can't be read.
    pub fn open(path: &Path) -> Result<Self, DocumentError> {
        let home = Home::of(path);
        if !home.is_linked() {
            let folder = path.to_owned();
            return Err(DocumentError::NotLinked { folder });
        }
        let folder = Folder::open(path)?;
        private_file::check_folder(&home.path)?;
        let lock = lock::exclusive(&home.file("lock"), PATIENCE)?;
        let recovered = journal::recover(&folder, &home)?;
        let was_cut_off = recovered.is_some();
        let state = match recovered {
            Some(state) => state,
            None => home.load()?,
        };
        let manuscript = Self {
            folder,
            home,
            state,
            _lock: lock,
        };
        if was_cut_off {
            // What a write left is taken away now; that can also be done later.
            let _ = manuscript.scan();
        }
        Ok(manuscript)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder with all that it remembers.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.path().join(FOLDER)
    }

    /// What is in the folder; other versions beside the files are none of the manuscript's.
    ///
    /// # Errors
    /// When it can't be read, or two files are one on some computers.
    pub fn scan(&self) -> Result<Scan, DocumentError> {
        let mut scan = scan(&self.folder, &self.home)?;
        self.tidy(&scan)?;
        let open = self.state.open.values();
        let copies = ordered::set(open.filter_map(|open| DocPath::parse(open.copy.as_ref()?).ok()));
        scan.files.retain(|path, _| !copies.contains(path));
        if let Some((one, other)) = scan.twins.take() {
            return Err(DocumentError::Guard(Guard::Collision { one, other }));
        }
        Ok(scan)
    }

    /// Takes away what a crash left of a write: its text is kept.
    fn tidy(&self, scan: &Scan) -> Result<(), DocumentError> {
        for path in &scan.temporary {
            if let Some((bytes, _)) = self.folder.read(path)? {
                let oid = self.home.keep(&bytes)?;
                self.folder.remove(path, oid)?;
            }
        }
        Ok(())
    }

    /// What is to be done about each file that is not settled, when `theirs` is what is there.
    pub(super) fn fates(
        &self,
        scan: &Scan,
        theirs: &BTreeMap<DocPath, (String, Entry)>,
    ) -> BTreeMap<DocPath, (Fate, Option<Entry>)> {
        let known = self.state.known();
        let open = self.state.open.keys();
        let open = open.filter_map(|path| DocPath::parse(path).ok());
        let paths = scan.files.keys().chain(known.keys()).chain(theirs.keys());
        let paths = ordered::set(paths.cloned().chain(open));
        let mut fates = BTreeMap::new();
        for path in paths {
            let base = self.base(&known, &path);
            let ours = scan.files.get(&path).map(|found| entry(found, base));
            let ours = self.as_said(scan, &path, ours, base);
            let theirs = theirs.get(&path).map(|(_, entry)| *entry);
            let is_open = self.state.open.contains_key(path.as_str());
            let fate = fate(base, ours, theirs);
            if fate != Fate::Settled || is_open {
                fates.insert(path, (fate, base));
            }
        }
        fates
    }

    /// A file that was only saved again by a program that notes when it did: as it was before.
    fn as_said(
        &self,
        scan: &Scan,
        path: &DocPath,
        ours: Option<Entry>,
        base: Option<Entry>,
    ) -> Option<Entry> {
        let (Some(now), Some(before)) = (ours, base) else {
            return ours;
        };
        if now.oid == before.oid || !reading::is_office(path.as_str()) {
            return ours;
        }
        let found = scan.files.get(path);
        let here = found.and_then(|found| self.folder.read(&found.disk).ok()?);
        let there = self.home.text(before.oid).ok().flatten();
        let same = here
            .zip(there)
            .is_some_and(|((here, _), there)| reading::says_the_same(path.as_str(), &here, &there));
        if same { base } else { ours }
    }

    /// What both sides had.
    pub(super) fn base(
        &self,
        known: &BTreeMap<DocPath, (String, Entry)>,
        path: &DocPath,
    ) -> Option<Entry> {
        match self.state.open.get(path.as_str()) {
            Some(open) => open.base,
            None => known.get(path).map(|(_, entry)| *entry),
        }
    }

    /// What is not settled about a file.
    #[must_use]
    pub fn open_at(&self, path: &DocPath) -> Option<&Open> {
        self.state.open.get(path.as_str())
    }
}

/// A file of the folder as an entry: whether it may be run is the repository's to say.
fn entry(found: &Found, base: Option<Entry>) -> Entry {
    Entry {
        oid: found.oid,
        mode: base.map_or(Mode::File, |base| base.mode),
    }
}
