//! What could not be saved when it was to be: kept here as it was then, and sent later, each as a
//! version of its own, in order.
//!
//! Such a version is sent onto the one that the folder is based on, or not at all: where somebody
//! else saved meanwhile, an older text may not be laid over theirs, and only what is here now counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{DocumentError, StoreError};
use super::github::GitHub;
use super::journal::Going;
use super::manuscript::{Manuscript, Selection};
use super::oid::Oid;
use super::path::DocPath;
use super::plan::Fate;
use super::push::{Outcome, Wish};
use super::scan::{Found, Scan};
use super::state::known;
use crate::ordered;
use crate::private_file;

const QUEUE: &str = "queue.json";
const LARGEST: u64 = 64 * 1024 * 1024;
/// More are not kept; then the last one stands for those before it.
const MOST: usize = 500;

/// The files that differed at some time, each with its text then; nothing where it was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// When, for people.
    pub at: String,
    /// The version that the folder was based on. Where it is based on another one by now, what is
    /// here counts and this does not: it would be laid over what came since.
    pub base: Option<Oid>,
    /// By path.
    pub files: BTreeMap<String, Option<Oid>>,
}

impl Manuscript {
    /// What is new here: each file with its text, nothing where it was deleted.
    ///
    /// # Errors
    /// When the folder can't be read.
    pub fn news(&self) -> Result<BTreeMap<String, Option<Oid>>, DocumentError> {
        let scan = self.scan()?;
        let mut news = BTreeMap::new();
        for (path, (fate, _)) in self.fates(&scan, &known(&self.state.files)) {
            if self.open_at(&path).is_none() && matches!(fate, Fate::Ours | Fate::GoneHere) {
                let oid = scan.files.get(&path).map(|found| found.oid);
                news.insert(path.to_string(), oid);
            }
        }
        Ok(news)
    }

    /// What waits to be sent, oldest first.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn queued(&self) -> Result<Vec<Snapshot>, DocumentError> {
        let path = self.home.file(QUEUE);
        match private_file::read_any(&path, LARGEST) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|_| DocumentError::Damaged { path })
            }
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what is new here as it is now. Whether that is more than what waits already.
    ///
    /// # Errors
    /// When it can't be kept.
    pub fn put_by(&self, at: &str) -> Result<bool, DocumentError> {
        let mut queue = self.still_good(self.queued()?);
        let mut files = self.news()?;
        let scan = self.scan()?;
        // What an earlier one changes is said again, be it that it is back as it was.
        for path in queue.last().map(|last| &last.files).into_iter().flatten() {
            if let Ok(parsed) = DocPath::parse(path.0) {
                let now = scan.files.get(&parsed).map(|found| found.oid);
                files.entry(path.0.clone()).or_insert(now);
            }
        }
        if files.is_empty() || queue.last().is_some_and(|last| last.files == files) {
            return Ok(false);
        }
        for (path, oid) in &files {
            let found = DocPath::parse(path).ok();
            let found = found.and_then(|path| scan.files.get(&path));
            if let (Some(found), Some(_)) = (found, oid)
                && let Some((bytes, _)) = self.folder.read(&found.disk)?
            {
                self.home.keep(&bytes)?;
            }
        }
        if queue.len() >= MOST {
            queue.pop();
        }
        queue.push(Snapshot {
            at: at.to_owned(),
            base: self.state.commit,
            files,
        });
        self.keep_queue(&queue)?;
        Ok(true)
    }

    /// Those that were made of the version that the folder is based on now.
    fn still_good(&self, mut queue: Vec<Snapshot>) -> Vec<Snapshot> {
        queue.retain(|one| one.base == self.state.commit);
        queue
    }

    fn keep_queue(&self, queue: &[Snapshot]) -> Result<(), DocumentError> {
        let path = self.home.file(QUEUE);
        let bytes =
            serde_json::to_vec(queue).map_err(|_| DocumentError::Damaged { path: path.clone() })?;
        Ok(private_file::replace(&path, &bytes)?)
    }

    /// Sends what waits. Where somebody else saved meanwhile, what waits is dropped, and what is
    /// here now stands for it; its texts stay in the trash.
    ///
    /// # Errors
    /// When the store can't be reached; what was not sent still waits.
    pub fn push_queued(
        &mut self,
        store: &GitHub<'_>,
        wish: &Wish,
        going: Going<'_>,
    ) -> Result<Vec<Outcome>, DocumentError> {
        let mut outcomes = Vec::new();
        let waiting = self.queued()?;
        let all = waiting.len();
        let mut queue = self.still_good(waiting);
        if queue.len() < all {
            self.keep_queue(&queue)?;
        }
        while let Some(next) = queue.first().cloned() {
            let paths = ordered::set(next.files.keys().cloned());
            let as_it_was = Wish {
                selection: Selection(Some(paths)),
                message: Some(format!("Written {}", next.at)),
                as_it_was: Some(next),
                ..wish.clone()
            };
            match self.push(store, &as_it_was, going) {
                Ok(outcome) => outcomes.push(outcome),
                Err(DocumentError::Store(StoreError::Busy)) => queue.clear(),
                Err(error) => return Err(error),
            }
            if !queue.is_empty() {
                queue.remove(0);
            }
            // What follows is made of what just landed.
            for one in &mut queue {
                one.base = self.state.commit;
            }
            self.keep_queue(&queue)?;
        }
        Ok(outcomes)
    }
}

impl Snapshot {
    /// The folder as it was then, for the files that are told.
    pub(super) fn laid_over(&self, mut scan: Scan) -> Scan {
        for (path, oid) in &self.files {
            let Ok(path) = DocPath::parse(path) else {
                continue;
            };
            match oid {
                None => {
                    scan.files.remove(&path);
                }
                Some(oid) => {
                    let disk = scan.files.get(&path).map(|found| found.disk.clone());
                    let found = Found {
                        disk: disk.unwrap_or_else(|| path.to_string()),
                        oid: *oid,
                        size: 0,
                    };
                    scan.files.insert(path, found);
                }
            }
        }
        scan
    }
}
