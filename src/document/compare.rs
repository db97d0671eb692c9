//! The files here beside an earlier version of them.

use std::collections::{BTreeMap, BTreeSet};

use super::diff::{Paragraph, difference};
use super::error::DocumentError;
use super::github::GitHub;
use super::manuscript::{Manuscript, Selection};
use super::oid::Oid;
use super::path::DocPath;
use super::scan::Found;
use super::state::known;
use super::status::News;
use super::{reading, words};
use crate::ordered;

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDifference {
    /// What is new about it.
    pub what: News,
    /// What it was called, where it has the same text under another name.
    pub renamed_from: Option<String>,
    /// Words added and removed; nothing where it is no text, or the earlier text is not here.
    pub words: Option<(usize, usize)>,
    /// Its paragraphs before and after; nothing where `words` is nothing.
    pub paragraphs: Option<Vec<Paragraph>>,
}

/// What differs, by path.
pub type Differences = BTreeMap<String, FileDifference>;

impl Manuscript {
    /// The files here beside what they are based on. Asks nobody.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn compare(&self, selection: &Selection) -> Result<Differences, DocumentError> {
        let known = self.state.known();
        let mut before: BTreeMap<DocPath, Oid> = BTreeMap::new();
        let open = self.state.open.keys();
        let open = open.filter_map(|path| DocPath::parse(path).ok());
        for path in known.keys().cloned().chain(open) {
            if let Some(base) = self.base(&known, &path) {
                before.insert(path, base.oid);
            }
        }
        self.beside(selection, &before, &BTreeMap::new())
    }

    /// The files here beside those of a version.
    ///
    /// # Errors
    /// When there is no such version, or its texts can't be had.
    pub fn compare_with(
        &self,
        store: &GitHub<'_>,
        version: &str,
        selection: &Selection,
    ) -> Result<Differences, DocumentError> {
        let commit = store.named(version)?;
        let listing = store.files(commit)?;
        let files = known(&listing.files).into_iter();
        let before = ordered::map(files.map(|(path, (_, entry))| (path, entry.oid)));
        let scan = self.scan()?;
        let mut missing = BTreeSet::new();
        for (path, oid) in &before {
            let same = scan.files.get(path).is_some_and(|found| found.oid == *oid);
            if selection.has(path.as_str()) && !same && self.home.text(*oid)?.is_none() {
                missing.insert(*oid);
            }
        }
        let texts = store.texts(&missing, &listing.sizes)?;
        self.beside(selection, &before, &texts)
    }

    fn beside(
        &self,
        selection: &Selection,
        before: &BTreeMap<DocPath, Oid>,
        texts: &BTreeMap<Oid, Vec<u8>>,
    ) -> Result<Differences, DocumentError> {
        let scan = self.scan()?;
        let paths = ordered::set(before.keys().chain(scan.files.keys()));
        let mut differences = Differences::new();
        let mut came = BTreeMap::new();
        let mut gone = BTreeMap::new();
        for path in paths
            .into_iter()
            .filter(|path| selection.has(path.as_str()))
        {
            let (old, new) = (before.get(path), scan.files.get(path));
            let what = match (old, new) {
                (Some(old), Some(new)) if *old == new.oid => continue,
                (Some(_), Some(_)) => News::Changed,
                (None, Some(new)) => {
                    came.insert(new.oid, path.as_str());
                    News::New
                }
                (Some(old), None) => {
                    gone.insert(*old, path.as_str());
                    News::Deleted
                }
                (None, None) => continue,
            };
            let old = match old {
                Some(oid) => match texts.get(oid) {
                    Some(text) => Some(text.clone()),
                    None => self.home.text(*oid)?,
                },
                None => Some(Vec::new()),
            };
            let difference = file_difference(path.as_str(), what, old, self.here(new)?);
            differences.insert(path.to_string(), difference);
        }
        for (oid, to) in came {
            if let Some(from) = gone.get(&oid) {
                differences.remove(*from);
                if let Some(difference) = differences.get_mut(to) {
                    difference.renamed_from = Some((*from).to_owned());
                    difference.words = Some((0, 0));
                    difference.paragraphs = Some(Vec::new());
                }
            }
        }
        Ok(differences)
    }

    fn here(&self, found: Option<&Found>) -> Result<Option<Vec<u8>>, DocumentError> {
        match found {
            Some(found) => Ok(self.folder.read(&found.disk)?.map(|(bytes, _)| bytes)),
            None => Ok(Some(Vec::new())),
        }
    }
}

fn file_difference(
    path: &str,
    what: News,
    old: Option<Vec<u8>>,
    new: Option<Vec<u8>>,
) -> FileDifference {
    let read = |bytes: Option<Vec<u8>>| reading::text(path, &bytes?);
    let both = read(old).zip(read(new));
    let paragraphs = both.map(|(old, new)| difference(&old, &new));
    FileDifference {
        what,
        renamed_from: None,
        words: paragraphs.as_deref().map(words::of),
        paragraphs,
    }
}
