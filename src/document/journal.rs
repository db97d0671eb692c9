//! What is about to be done to the folder, written down before it is done, so that after a crash
//! it is finished; and what was done, so that it can be undone.
//!
//! All texts lie in the trash before the journal does, and the journal says what stands where
//! before and after. Each file is therefore in one of three states: not done yet, done, or changed
//! by somebody else meanwhile, and then it is left alone and stays open.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::DocumentError;
use super::folder::{Folder, Placed};
use super::oid::Oid;
use super::state::{Home, Open, State, Why, read};
use super::tree::Entry;
use crate::private_file;

const JOURNAL: &str = "journal.json";
const DONE: &str = "done";
const LARGEST: u64 = 256 * 1024 * 1024;

/// What one command did to the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// It took over what others wrote.
    Pull,
    /// It brought an earlier version back.
    Restore,
    /// It settled conflicts.
    Resolve,
    /// It took back what was done.
    Undo,
}

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// The composed path.
    pub(super) path: String,
    /// As the disk spells it.
    pub(super) disk: String,
    pub(super) before: Option<Oid>,
    pub(super) after: Option<Oid>,
    pub(super) executable: bool,
    /// What both sides had before, where this takes over something from the store.
    pub(super) base: Option<Entry>,
    /// Whether it does: then it is open again when it is not done, or undone.
    pub(super) takes_over: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    v: u32,
    number: u64,
    pub(super) deed: Deed,
    pub(super) steps: Vec<Step>,
    /// What is remembered when all is done.
    pub(super) target: State,
}

/// What was done once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Done {
    v: u32,
    pub(super) number: u64,
    pub(super) deed: Deed,
    pub(super) steps: Vec<Step>,
}

/// Asked before every step; `false` stops, as a crash would.
pub type Going<'a> = &'a dyn Fn(&str) -> bool;

pub(super) fn go(going: Going<'_>, what: &str) -> Result<(), DocumentError> {
    if going(what) {
        return Ok(());
    }
    Err(DocumentError::Stopped)
}

impl Home {
    fn done_files(&self) -> Vec<(u64, PathBuf)> {
        let entries = std::fs::read_dir(self.file(DONE)).into_iter().flatten();
        let mut files: Vec<_> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let number = path.file_stem()?.to_str()?.parse().ok()?;
                Some((number, path))
            })
            .collect();
        files.sort();
        files
    }

    /// The last thing that was done and not undone.
    pub(super) fn last_done(&self) -> Result<Option<Done>, DocumentError> {
        let Some((_, path)) = self.done_files().pop() else {
            return Ok(None);
        };
        let bytes = private_file::read(&path, LARGEST)?;
        read(&bytes, path).map(Some)
    }

    pub(super) fn forget_done(&self, number: u64) -> Result<(), DocumentError> {
        let path = self.file(DONE).join(format!("{number}.json"));
        remove(&path)
    }
}

pub(super) fn remove(path: &std::path::Path) -> Result<(), DocumentError> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(private_file::sync_parent(path)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(DocumentError::Io {
            action: "remove",
            path: path.to_owned(),
            source,
        }),
    }
}

/// Does what is planned, crash or no crash. The texts before and after are kept already. The paths
/// that somebody else changed meanwhile.
pub(super) fn carry_out(
    folder: &Folder,
    home: &Home,
    deed: Deed,
    steps: Vec<Step>,
    target: State,
    going: Going<'_>,
) -> Result<(State, Vec<String>), DocumentError> {
    let number = home.done_files().last().map_or(1, |(number, _)| number + 1);
    let journal = Journal {
        v: 1,
        number,
        deed,
        steps,
        target,
    };
    let path = home.file(JOURNAL);
    let bytes =
        serde_json::to_vec(&journal).map_err(|_| DocumentError::Damaged { path: path.clone() })?;
    go(going, "the journal")?;
    private_file::replace(&path, &bytes)?;
    finish(folder, home, journal, going)
}

/// Finishes what a crash left half done.
pub(super) fn recover(folder: &Folder, home: &Home) -> Result<Option<State>, DocumentError> {
    let path = home.file(JOURNAL);
    let bytes = match private_file::read(&path, LARGEST) {
        Ok(bytes) => bytes,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let journal: Journal = read(&bytes, path)?;
    let (state, _) = finish(folder, home, journal, &|_| true)?;
    Ok(Some(state))
}

fn finish(
    folder: &Folder,
    home: &Home,
    journal: Journal,
    going: Going<'_>,
) -> Result<(State, Vec<String>), DocumentError> {
    let Journal {
        number,
        deed,
        steps,
        mut target,
        ..
    } = journal;
    let mut missed = Vec::new();
    // deletions first: on a disk that doesn't know case, a renamed file would be deleted otherwise
    let (last, first): (Vec<&Step>, Vec<&Step>) =
        steps.iter().partition(|step| step.after.is_some());
    for step in first.into_iter().chain(last) {
        go(going, "a file")?;
        if apply(folder, home, step)? == Placed::Changed {
            missed.push(step.path.clone());
            if step.takes_over {
                let open = Open {
                    base: step.base,
                    why: Why::Later,
                    copy: None,
                };
                target.open.insert(step.path.clone(), open);
            }
        }
    }
    go(going, "the state")?;
    home.save(&target)?;
    go(going, "the note of what was done")?;
    let done = Done {
        v: 1,
        number,
        deed,
        steps,
    };
    if deed != Deed::Undo && !done.steps.is_empty() {
        let place = home.file(DONE);
        private_file::ensure_folder(&place)?;
        let path = place.join(format!("{number}.json"));
        let bytes =
            serde_json::to_vec(&done).map_err(|_| DocumentError::Damaged { path: path.clone() })?;
        private_file::replace(&path, &bytes)?;
    }
    go(going, "the journal's end")?;
    remove(&home.file(JOURNAL))?;
    Ok((target, missed))
}

fn apply(folder: &Folder, home: &Home, step: &Step) -> Result<Placed, DocumentError> {
    let now = folder.oid(&step.disk)?;
    if now == step.after {
        return Ok(Placed::Done);
    }
    if now != step.before {
        return Ok(Placed::Changed);
    }
    match (step.before, step.after) {
        (before, Some(after)) => {
            let text = home.text(after)?.ok_or_else(|| DocumentError::Missing {
                path: step.path.clone(),
            })?;
            folder.put(&step.disk, before, &text, step.executable)
        }
        (Some(before), None) => folder.remove(&step.disk, before),
        (None, None) => Ok(Placed::Done),
    }
}
