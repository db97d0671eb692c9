//! What was sent, until it is known what became of it.
//!
//! The hard idea: "it is not there" can't be believed while the branch looks as it did when the
//! request was sent, because a replica that lags behind says the same. An attempt names the version
//! that it was based on, and lands right behind that one or never. So it is settled by the first
//! later version that is seen: either it is among those since the base, or it can't land any more.
//! Until then it is remembered, and found again after however many commands, lost answers and
//! crashes. Once the folder is based on another version, its attempts are history.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{DocumentError, Guard};
use super::github::{GitHub, Listing, Relation};
use super::manuscript::Manuscript;
use super::oid::Oid;
use super::path::DocPath;
use super::push::TRAILER;
use super::state::{Open, Why, known, read};
use super::tree::Entry;
use crate::names::hex;
use crate::private_file;

const FILE: &str = "push.json";
const VERSION: u32 = 1;
/// How far back an operation is looked for.
const FAR: usize = 1000;
const LARGEST: u64 = 64 * 1024 * 1024;

/// What was put there, by the store's path; nothing where it was deleted.
pub(super) type Contents = BTreeMap<String, Option<Entry>>;

/// One request that was perhaps carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attempt {
    /// Its name for itself, which its version's message has.
    pub(super) operation: String,
    /// The version that it was to land on.
    base: Option<Oid>,
    pub(super) contents: Contents,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attempts {
    v: u32,
    attempts: Vec<Attempt>,
}

/// An attempt that is about to be made.
#[derive(Debug)]
pub(super) struct Noted {
    pub(super) operation: String,
    /// Whether the same was sent before, and may have landed.
    pub(super) is_again: bool,
}

impl Manuscript {
    /// Writes an attempt down before it is made. The same contents on the same base keep the name
    /// that they were sent under before.
    pub(super) fn note(&self, contents: &Contents) -> Result<Noted, DocumentError> {
        let mut attempts = self.attempts()?;
        let before = attempts.iter().find(|before| before.contents == *contents);
        if let Some(before) = before {
            return Ok(Noted {
                operation: before.operation.clone(),
                is_again: true,
            });
        }
        let operation = operation()?;
        attempts.push(Attempt {
            operation: operation.clone(),
            base: self.state.commit,
            contents: contents.clone(),
        });
        self.write(attempts)?;
        Ok(Noted {
            operation,
            is_again: false,
        })
    }

    /// Forgets an attempt that was refused, unless it was made before as well.
    pub(super) fn refused(&self, noted: &Noted) -> Result<(), DocumentError> {
        if noted.is_again {
            return Ok(());
        }
        let mut attempts = self.attempts()?;
        attempts.retain(|attempt| attempt.operation != noted.operation);
        self.write(attempts)
    }

    /// Forgets all attempts: something later than their base was seen.
    pub(super) fn forget_attempts(&self) -> Result<(), DocumentError> {
        super::journal::remove(&self.home.file(FILE))
    }

    /// Those of which nobody knows what became, made onto the version that the folder is based on.
    pub(super) fn attempts(&self) -> Result<Vec<Attempt>, DocumentError> {
        let path = self.home.file(FILE);
        let bytes = match private_file::read(&path, LARGEST) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut found: Attempts = read(&bytes, path)?;
        found
            .attempts
            .retain(|attempt| attempt.base == self.state.commit);
        Ok(found.attempts)
    }

    fn write(&self, attempts: Vec<Attempt>) -> Result<(), DocumentError> {
        if attempts.is_empty() {
            return self.forget_attempts();
        }
        let path = self.home.file(FILE);
        let attempts = Attempts {
            v: VERSION,
            attempts,
        };
        let bytes = serde_json::to_vec(&attempts)
            .map_err(|_| DocumentError::Damaged { path: path.clone() })?;
        Ok(private_file::replace(&path, &bytes)?)
    }

    /// The attempt that landed, and its version, among the versions from the base to `head`.
    pub(super) fn landed_in(
        &self,
        store: &GitHub<'_>,
        head: Oid,
    ) -> Result<Option<(Attempt, Oid)>, DocumentError> {
        let attempts = self.attempts()?;
        if attempts.is_empty() {
            return Ok(None);
        }
        let versions = store.versions(head, None, self.state.commit, FAR)?;
        Ok(versions.into_iter().find_map(|version| {
            let lines: Vec<&str> = version.message.lines().collect();
            let is_its = |attempt: &&Attempt| {
                let line = format!("{TRAILER}{}", attempt.operation);
                lines.contains(&line.as_str())
            };
            let attempt = attempts.iter().find(is_its)?;
            Some((attempt.clone(), version.oid))
        }))
    }

    /// Takes over the version of an attempt whose answer never came, where `head`, which is later
    /// than what the folder is based on, has it. Which one that is.
    pub(super) fn settle_attempts(
        &mut self,
        store: &GitHub<'_>,
        head: Oid,
    ) -> Result<Option<Oid>, DocumentError> {
        let Some((attempt, commit)) = self.landed_in(store, head)? else {
            return Ok(None);
        };
        self.adopt(commit, store.files(commit)?, &attempt.contents);
        self.home.save(&self.state)?;
        self.forget_attempts()?;
        Ok(Some(commit))
    }

    /// Remembers a version that has what was `sent`, and perhaps more: what else is new in it has
    /// not reached the disk, and must not be taken for something that was deleted here.
    pub(super) fn adopt(&mut self, commit: Oid, listing: Listing, sent: &Contents) {
        let (was, is) = (self.state.known(), known(&listing.files));
        for path in was.keys().chain(is.keys()) {
            let entry = |files: &BTreeMap<DocPath, (String, Entry)>| {
                files.get(path).map(|(_, entry)| entry.oid)
            };
            let spelled = is.get(path).or(was.get(path)).map(|(spelled, _)| spelled);
            let ours = spelled.and_then(|spelled| sent.get(spelled));
            let ours = ours.map(|ours| ours.map(|ours| ours.oid));
            if entry(&was) != entry(&is) && ours != Some(entry(&is)) {
                let open = Open {
                    base: self.base(&was, path),
                    why: Why::Later,
                    copy: None,
                };
                self.state.open.entry(path.to_string()).or_insert(open);
            }
        }
        self.state.advance(commit, listing.tree, listing.files);
    }

    /// Where the branch is: not where a replica shows it that lags behind, and only with a yes
    /// where somebody rewrote what was saved.
    pub(super) fn unless_older(
        &self,
        store: &GitHub<'_>,
        head: Oid,
        accepts_rewriting: bool,
    ) -> Result<Oid, DocumentError> {
        let Some(base) = self.state.commit.filter(|base| *base != head) else {
            return Ok(head);
        };
        let rewritten = match store.relation(base, head)? {
            Relation::Newer => return Ok(head),
            Relation::Apart => true,
            Relation::Older | Relation::Unknown => store.was_set_back(base, head)?,
        };
        if !rewritten {
            return Ok(if accepts_rewriting { head } else { base });
        }
        if accepts_rewriting {
            return Ok(head);
        }
        let name = store.name.borrow().clone();
        Err(DocumentError::Guard(Guard::Rewritten { name, base }))
    }
}

fn operation() -> Result<String, DocumentError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| DocumentError::Io {
        action: "name an operation for",
        path: std::path::PathBuf::from("."),
        source: error.into(),
    })?;
    Ok(hex(&random))
}
