//! What is new here, from what lies here: nobody is asked.

use std::collections::BTreeMap;

use super::error::DocumentError;
use super::manuscript::{Manuscript, Selection};
use super::plan::Fate;
use super::state::{Open, known};
use super::words;

/// What is new about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It was not there before.
    New,
    /// Its text is another.
    Changed,
    /// It is gone.
    Deleted,
}

/// A file with something new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNews {
    /// What.
    pub what: News,
    /// Words added and removed; nothing where it is no text, or the earlier text is not here.
    pub words: Option<(usize, usize)>,
}

/// The folder against the version it is based on.
#[derive(Debug, Default)]
pub struct Status {
    /// By path.
    pub files: BTreeMap<String, FileNews>,
    /// What waits for a person, or for the next pull.
    pub open: BTreeMap<String, Open>,
    /// What is left alone, and why.
    pub skipped: Vec<(String, String)>,
    /// How many files there are.
    pub all: usize,
}

impl Manuscript {
    /// Compares.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn status(&self, selection: &Selection) -> Result<Status, DocumentError> {
        let scan = self.scan()?;
        let theirs = known(&self.state.files);
        let mut status = Status {
            all: scan.files.len(),
            ..Status::default()
        };
        for (path, (fate, base)) in self.fates(&scan, &theirs) {
            if !selection.has(path.as_str()) {
                continue;
            }
            if let Some(open) = self.open_at(&path) {
                status.open.insert(path.to_string(), open.clone());
                continue;
            }
            let what = match (fate, base) {
                (Fate::Ours, None) => News::New,
                (Fate::Ours, Some(_)) => News::Changed,
                (Fate::GoneHere, _) => News::Deleted,
                _ => continue,
            };
            let before = match base {
                None => Some(Vec::new()),
                Some(base) => self.home.text(base.oid)?,
            };
            let after = match scan.files.get(&path) {
                Some(found) => self.folder.read(&found.disk)?.map(|(bytes, _)| bytes),
                None => Some(Vec::new()),
            };
            let words = words::changed(path.as_str(), before.as_deref(), after.as_deref());
            status
                .files
                .insert(path.to_string(), FileNews { what, words });
        }
        status.skipped = scan.skipped;
        Ok(status)
    }
}
