//! Bringing together what is here and what is there: everything is decided and every text is at
//! hand before the first file is touched.

use std::collections::{BTreeMap, BTreeSet};

use super::combine::{Combined, combine};
use super::error::{DocumentError, Guard, StoreError};
use super::github::{GitHub, Listing};
use super::journal::{Deed, Going, Step, carry_out, go};
use super::manuscript::{Manuscript, Selection};
use super::oid::Oid;
use super::path::DocPath;
use super::plan::{Fate, is_alarming};
use super::scan::Scan;
use super::state::{Open, State, Why, collision, known};
use super::tree::{Entry, Mode};
use crate::ordered;

/// More texts than this are had in fewer requests as an archive of the whole version.
const BATCHES: usize = 300;

/// What became of a file that others had changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// It is new here.
    New,
    /// It is theirs now.
    Updated,
    /// It was deleted there, and so it was here.
    Deleted,
    /// Both changes are in it; where both changed one sentence, that sentence.
    Merged {
        /// What a person should read once.
        please_read: Vec<String>,
    },
    /// Both changed the same words: this file was left alone, theirs lies beside it.
    Conflict {
        /// Where.
        copy: String,
    },
    /// Changed here, deleted there.
    DeletedThere,
    /// It was deleted here and changed there: it is back.
    Returned,
    /// It changed while this went on; it is looked at again next time.
    Later,
}

/// What came.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// By path.
    pub files: BTreeMap<String, Arrival>,
    /// What is there and is never written here, and why.
    pub refused: Vec<(String, String)>,
}

impl Arrivals {
    /// Whether a person has to decide something.
    #[must_use]
    pub fn needs_a_person(&self) -> bool {
        self.files
            .values()
            .any(|arrival| matches!(arrival, Arrival::Conflict { .. } | Arrival::DeletedThere))
    }
}

/// What is there.
pub(super) struct Theirs {
    pub(super) commit: Oid,
    pub(super) listing: Listing,
}

/// What is to be done to the folder.
struct Work {
    steps: Vec<Step>,
    target: State,
    arrivals: Arrivals,
    texts: BTreeMap<Oid, Vec<u8>>,
}

impl Manuscript {
    /// Takes over `theirs`.
    pub(super) fn integrate(
        &mut self,
        store: &GitHub<'_>,
        theirs: Theirs,
        selection: &Selection,
        allowed: usize,
        going: Going<'_>,
    ) -> Result<Arrivals, DocumentError> {
        let scan = self.scan()?;
        let there = known(&theirs.listing.files);
        let spelled = there.values().map(|(path, _)| path.as_str());
        if let Some((one, other)) = collision(spelled) {
            return Err(DocumentError::Guard(Guard::Collision { one, other }));
        }
        let fates = self.fates(&scan, &there);
        guard_deletions(&fates, selection, self.state.known().len(), allowed)?;
        let texts = self.gather(store, &fates, &scan, &theirs, selection)?;
        go(going, "the texts")?;
        let mut target = self.state.clone();
        let Theirs { commit, listing } = theirs;
        let refused = refused(&listing);
        target.advance(commit, listing.tree, listing.files);
        let mut work = Work {
            steps: Vec::new(),
            target,
            arrivals: Arrivals {
                files: BTreeMap::new(),
                refused,
            },
            texts,
        };
        let mut signature = None;
        for (path, (fate, base)) in &fates {
            if selection.has(path.as_str()) {
                self.decide(store, &scan, &mut work, &mut signature, path, *fate, *base)?;
            } else {
                work.leave(path, *fate, *base, self.open_at(path));
            }
        }
        for step in &work.steps {
            self.keep_before(step)?;
            if let Some(after) = step.after
                && let Some(text) = work.texts.get(&after)
            {
                self.home.keep(text)?;
            }
        }
        let (state, missed) = carry_out(
            &self.folder,
            &self.home,
            Deed::Pull,
            work.steps,
            work.target,
            going,
        )?;
        self.state = state;
        for path in missed {
            work.arrivals.files.insert(path, Arrival::Later);
        }
        Ok(work.arrivals)
    }

    /// Puts what is about to be replaced into the trash.
    pub(super) fn keep_before(&self, step: &Step) -> Result<(), DocumentError> {
        if let Some(before) = step.before
            && self.home.text(before)?.is_none()
            && let Some((bytes, _)) = self.folder.read(&step.disk)?
        {
            self.home.keep(&bytes)?;
        }
        Ok(())
    }

    /// All texts that are needed, from here where they are here.
    fn gather(
        &self,
        store: &GitHub<'_>,
        fates: &BTreeMap<DocPath, (Fate, Option<Entry>)>,
        scan: &Scan,
        theirs: &Theirs,
        selection: &Selection,
    ) -> Result<BTreeMap<Oid, Vec<u8>>, DocumentError> {
        let mut wanted = BTreeMap::new();
        let selected = fates
            .iter()
            .filter(|(path, _)| selection.has(path.as_str()));
        for (path, (fate, _)) in selected {
            match fate {
                Fate::Theirs(theirs) | Fate::Returns(theirs) => {
                    wanted.insert(theirs.oid, path);
                }
                Fate::Both { base, theirs } => {
                    wanted.insert(theirs.oid, path);
                    wanted.extend(base.map(|base| (base.oid, path)));
                }
                Fate::Settled
                | Fate::Ours
                | Fate::GoneHere
                | Fate::GoneThere
                | Fate::DeletedThere => {}
            }
        }
        let mut texts = BTreeMap::new();
        let mut missing = BTreeSet::new();
        let found = scan.files.values();
        let on_disk = ordered::map(found.map(|found| (found.oid, found.disk.as_str())));
        for oid in wanted.keys() {
            let mut text = self.home.text(*oid)?;
            if text.is_none()
                && let Some(disk) = on_disk.get(oid)
            {
                let read = self.folder.read(disk)?.map(|(bytes, _)| bytes);
                text = read.filter(|bytes| Oid::of_blob(bytes) == *oid);
            }
            match text {
                Some(text) => {
                    texts.insert(*oid, text);
                }
                None => {
                    missing.insert(*oid);
                }
            }
        }
        if missing.len() > BATCHES {
            texts.extend(store.archive(theirs.commit, &missing)?);
            missing.retain(|oid| !texts.contains_key(oid));
        }
        texts.extend(store.texts(&missing, &theirs.listing.sizes)?);
        for (oid, path) in wanted {
            let is_theirs = theirs.listing.files.values().any(|entry| entry.oid == oid);
            if is_theirs && !texts.contains_key(&oid) {
                let what = format!("the text of {path}");
                return Err(StoreError::NotFound { what }.into());
            }
        }
        Ok(texts)
    }

    #[expect(clippy::too_many_arguments, reason = "the facts about one file")]
    fn decide(
        &self,
        store: &GitHub<'_>,
        scan: &Scan,
        work: &mut Work,
        signature: &mut Option<String>,
        path: &DocPath,
        fate: Fate,
        base: Option<Entry>,
    ) -> Result<(), DocumentError> {
        let ours = scan.files.get(path);
        let disk = ours.map_or_else(|| path.to_string(), |found| found.disk.clone());
        let step = |after: Option<Oid>, mode: Mode| Step {
            path: path.to_string(),
            disk: disk.clone(),
            before: ours.map(|found| found.oid),
            after,
            executable: mode == Mode::Executable,
            base,
            takes_over: true,
        };
        let open = self.state.open.get(path.as_str());
        work.close(path);
        match fate {
            Fate::Settled | Fate::Ours | Fate::GoneHere => self.discard(work, open)?,
            Fate::Theirs(theirs) => {
                let arrival = match ours {
                    Some(_) => Arrival::Updated,
                    None => Arrival::New,
                };
                work.told(path, arrival);
                work.steps.push(step(Some(theirs.oid), theirs.mode));
                self.discard(work, open)?;
            }
            Fate::GoneThere => {
                work.told(path, Arrival::Deleted);
                work.steps.push(step(None, Mode::File));
                self.discard(work, open)?;
            }
            Fate::Returns(theirs) => {
                work.told(path, Arrival::Returned);
                work.steps.push(step(Some(theirs.oid), theirs.mode));
                self.discard(work, open)?;
            }
            Fate::DeletedThere => {
                work.told(path, Arrival::DeletedThere);
                self.discard(work, open)?;
                work.open(path, base, Why::DeletedThere, None);
            }
            Fate::Both { base, theirs } => {
                let mine = self.folder.read(&disk)?.map(|(bytes, _)| bytes);
                let mine = mine.unwrap_or_default();
                let text = |oid: Oid| work.texts.get(&oid).map(Vec::as_slice);
                let there = text(theirs.oid).unwrap_or_default();
                let before = base.and_then(|base| text(base.oid));
                match combine(before, &mine, there) {
                    Combined::Clean { text, please_read } => {
                        // what the words of the next version are counted against
                        self.home.jot(there)?;
                        let oid = Oid::of_blob(&text);
                        work.texts.insert(oid, text);
                        let mut step = step(Some(oid), theirs.mode);
                        step.before = Some(Oid::of_blob(&mine));
                        work.steps.push(step);
                        work.told(path, Arrival::Merged { please_read });
                        self.discard(work, open)?;
                    }
                    Combined::Conflict => {
                        let copy =
                            self.set_beside(store, scan, work, signature, path, theirs, open)?;
                        work.open(path, base, Why::Conflict, Some(copy.clone()));
                        work.told(path, Arrival::Conflict { copy });
                    }
                }
            }
        }
        Ok(())
    }

    /// Puts the other version beside a file; where it lies already, nothing is done.
    #[expect(clippy::too_many_arguments, reason = "the facts about one file")]
    fn set_beside(
        &self,
        store: &GitHub<'_>,
        scan: &Scan,
        work: &mut Work,
        signature: &mut Option<String>,
        path: &DocPath,
        theirs: Entry,
        open: Option<&Open>,
    ) -> Result<String, DocumentError> {
        if let Some(copy) = open.and_then(|open| open.copy.as_ref())
            && self.folder.oid(copy)? == Some(theirs.oid)
        {
            return Ok(copy.clone());
        }
        self.discard(work, open)?;
        let signature = match signature {
            Some(signature) => &*signature,
            None => signature.insert(signature_of(store, work.target.commit)),
        };
        let disk = scan.files.get(path);
        let disk = disk.map_or(path.as_str(), |found| found.disk.as_str());
        let taken = |name: &str| {
            work.steps.iter().any(|step| step.disk == name)
                || self.folder.stat(name).ok().flatten().is_some()
        };
        let copy = (1..100)
            .map(|number| copy_name(disk, signature, number))
            .find(|name| !taken(name));
        let copy = copy.ok_or_else(|| DocumentError::Missing {
            path: path.to_string(),
        })?;
        work.steps.push(Step {
            path: copy.clone(),
            disk: copy.clone(),
            before: None,
            after: Some(theirs.oid),
            executable: false,
            base: None,
            takes_over: false,
        });
        Ok(copy)
    }

    /// Takes away a version that lies beside a file, now that the file is settled.
    fn discard(&self, work: &mut Work, open: Option<&Open>) -> Result<(), DocumentError> {
        if let Some(open) = open {
            work.steps.extend(self.copy_goes(open)?);
        }
        Ok(())
    }
}

impl Work {
    fn told(&mut self, path: &DocPath, arrival: Arrival) {
        self.arrivals.files.insert(path.to_string(), arrival);
    }

    fn close(&mut self, path: &DocPath) {
        self.target.open.remove(path.as_str());
    }

    fn open(&mut self, path: &DocPath, base: Option<Entry>, why: Why, copy: Option<String>) {
        let open = Open { base, why, copy };
        self.target.open.insert(path.to_string(), open);
    }

    /// Leaves a file that was not asked for as it is: what both had stays what it was.
    fn leave(&mut self, path: &DocPath, fate: Fate, base: Option<Entry>, open: Option<&Open>) {
        if open.is_none() && !matches!(fate, Fate::Settled | Fate::Ours | Fate::GoneHere) {
            self.open(path, base, Why::Later, None);
        }
    }
}

/// More deletions than anybody means.
fn guard_deletions(
    fates: &BTreeMap<DocPath, (Fate, Option<Entry>)>,
    selection: &Selection,
    all: usize,
    allowed: usize,
) -> Result<(), DocumentError> {
    let gone = fates
        .iter()
        .filter(|(path, (fate, _))| *fate == Fate::GoneThere && selection.has(path.as_str()))
        .count();
    if is_alarming(gone, all, allowed) {
        let at = "here";
        return Err(DocumentError::Guard(Guard::Deletions { gone, all, at }));
    }
    Ok(())
}

/// What is there and is never written here; what is hidden goes without saying.
fn refused(listing: &Listing) -> Vec<(String, String)> {
    let mut refused = Vec::new();
    for (path, entry) in &listing.files {
        let why = match (DocPath::parse(path), entry.mode) {
            (_, Mode::Symlink) => "links are not made".to_owned(),
            (_, Mode::Submodule) => "it is another repository".to_owned(),
            (Err(why @ super::path::NotAPath::Refused(_)), _) => why.to_string(),
            _ => continue,
        };
        refused.push((path.clone(), why));
    }
    refused
}

/// Whose version it is, and of when.
fn signature_of(store: &GitHub<'_>, commit: Option<Oid>) -> String {
    let version = commit.and_then(|commit| store.version(commit).ok());
    version.map_or_else(
        || "another version".to_owned(),
        |version| signed(&version.date, &version.author),
    )
}

/// `2026-03-02T18:04:11Z` and a name, as they go into a file's name.
fn signed(date: &str, author: &str) -> String {
    let date: String = date.chars().take(16).collect();
    let date = date.replace('T', " ").replace(':', ".");
    let author: String = author
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .take(40)
        .collect();
    format!("{date}, {}", author.trim())
}

/// `Chapter 3 — from GitHub (2026-03-02 18.04, laptop).md`, numbered where that is taken.
fn copy_name(disk: &str, signature: &str, number: usize) -> String {
    let (folder, name) = disk.rsplit_once('/').map_or(("", disk), |(f, n)| (f, n));
    let (stem, end) = match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => (stem, format!(".{end}")),
        _ => (name, String::new()),
    };
    let counted = if number > 1 {
        format!(" {number}")
    } else {
        String::new()
    };
    let slash = if folder.is_empty() { "" } else { "/" };
    let stem: String = stem.chars().take(50).collect();
    format!("{folder}{slash}{stem} — from GitHub ({signature}){counted}{end}")
}
