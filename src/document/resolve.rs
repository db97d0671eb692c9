//! Settling what only a person can say.

use super::error::DocumentError;
use super::journal::{Deed, Going, Step, carry_out};
use super::manuscript::Manuscript;
use super::oid::Oid;
use super::path::DocPath;
use super::state::{Open, Why};
use super::tree::Entry;

/// What a person says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The file here is right.
    Mine,
    /// What is there is right, be it that there is nothing any more.
    Theirs,
    /// This text is.
    Text(Vec<u8>),
}

/// A file that only a person can settle.
#[derive(Debug)]
pub struct Dispute {
    /// Which.
    pub path: DocPath,
    /// Why.
    pub why: Why,
    /// Where theirs lies.
    pub copy: Option<String>,
    /// What both had, where that is at hand.
    pub base: Option<Vec<u8>>,
    /// What is here; nothing where it was deleted since.
    pub mine: Option<Vec<u8>>,
    /// What is there; nothing where it was deleted.
    pub theirs: Option<Vec<u8>>,
}

impl Manuscript {
    /// What a person has to settle.
    ///
    /// # Errors
    /// When a text can't be read.
    pub fn disputes(&self) -> Result<Vec<Dispute>, DocumentError> {
        let (scan, known) = (self.scan()?, self.state.known());
        let mut disputes = Vec::new();
        for (name, open) in &self.state.open {
            let Ok(path) = DocPath::parse(name) else {
                continue;
            };
            if open.why == Why::Later {
                continue;
            }
            let mine = match scan.files.get(&path) {
                Some(found) => self.folder.read(&found.disk)?.map(|(bytes, _)| bytes),
                None => None,
            };
            let theirs = self.text_of(known.get(&path).map(|(_, entry)| *entry))?;
            disputes.push(Dispute {
                why: open.why,
                copy: open.copy.clone(),
                base: self.text_of(open.base)?,
                mine,
                theirs,
                path,
            });
        }
        Ok(disputes)
    }

    fn text_of(&self, entry: Option<Entry>) -> Result<Option<Vec<u8>>, DocumentError> {
        match entry {
            Some(entry) => self.home.text(entry.oid),
            None => Ok(None),
        }
    }

    /// Settles one file. Whether it was still as `mine` says; if not, nothing was done.
    ///
    /// # Errors
    /// When the folder can't be written, or theirs is not at hand.
    pub fn settle(
        &mut self,
        dispute: &Dispute,
        verdict: Verdict,
        going: Going<'_>,
    ) -> Result<bool, DocumentError> {
        let scan = self.scan()?;
        let found = scan.files.get(&dispute.path);
        let before = dispute.mine.as_deref().map(Oid::of_blob);
        if found.map(|found| found.oid) != before {
            return Ok(false);
        }
        let Some(open) = self.state.open.get(dispute.path.as_str()).cloned() else {
            return Ok(true);
        };
        let after = match verdict {
            Verdict::Mine => dispute.mine.clone(),
            Verdict::Theirs if dispute.why == Why::DeletedThere => None,
            Verdict::Theirs => {
                let theirs = dispute.theirs.clone();
                Some(theirs.ok_or_else(|| DocumentError::Missing {
                    path: dispute.path.to_string(),
                })?)
            }
            Verdict::Text(text) => Some(text),
        };
        for text in [&dispute.mine, &after].into_iter().flatten() {
            self.home.keep(text)?;
        }
        let disk = found.map_or_else(|| dispute.path.to_string(), |found| found.disk.clone());
        let mut steps = vec![Step {
            path: dispute.path.to_string(),
            disk,
            before,
            after: after.as_deref().map(Oid::of_blob),
            executable: false,
            base: open.base,
            takes_over: true,
        }];
        steps.extend(self.copy_goes(&open)?);
        let mut target = self.state.clone();
        target.open.remove(dispute.path.as_str());
        let (state, missed) = carry_out(
            &self.folder,
            &self.home,
            Deed::Resolve,
            steps,
            target,
            going,
        )?;
        self.state = state;
        Ok(!missed.contains(&dispute.path.to_string()))
    }

    /// The other version beside a file goes when that is settled, unless somebody wrote into it.
    pub(super) fn copy_goes(&self, open: &Open) -> Result<Option<Step>, DocumentError> {
        let Some(copy) = &open.copy else {
            return Ok(None);
        };
        let Some(now) = self.folder.oid(copy)? else {
            return Ok(None);
        };
        if self.home.text(now)?.is_none() {
            return Ok(None);
        }
        Ok(Some(Step {
            path: copy.clone(),
            disk: copy.clone(),
            before: Some(now),
            after: None,
            executable: false,
            base: None,
            takes_over: false,
        }))
    }
}
