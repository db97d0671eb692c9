//! What changed between two trees.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ask::Ask;
use super::lines;
use super::object::Oid;
use super::repository::Repository;
use super::shape::{encoded_path, repository_url, web_url};
use super::store::Store;
use super::tree::{Leaf, Mode, shown};
use crate::json::json;

/// One changed file.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) path: Vec<u8>,
    pub(super) before: Option<Leaf>,
    pub(super) after: Option<Leaf>,
    /// Its path before, where it was renamed.
    pub(super) previous: Option<Vec<u8>>,
    pub(super) additions: usize,
    pub(super) deletions: usize,
    hunks: Option<String>,
}

/// Files this alike are the same under another name, as git has it.
const ALIKE: usize = 50;
/// More pairs than this are not compared.
const PAIRS: usize = 1000;
/// A longer text has no patch.
const PATCH: usize = 200_000;

/// The changed files, by path.
pub(super) fn changes(store: &Store, from: Option<Oid>, to: Oid) -> Vec<Change> {
    let before = from.map(|tree| store.files(tree)).unwrap_or_default();
    let after = store.files(to);
    let mut deleted: BTreeMap<&Vec<u8>, Leaf> = BTreeMap::new();
    for (path, leaf) in &before {
        if !after.contains_key(path) {
            deleted.insert(path, *leaf);
        }
    }
    let mut added: Vec<(&Vec<u8>, Leaf)> = Vec::new();
    let mut found = Vec::new();
    for (path, leaf) in &after {
        match before.get(path) {
            None => added.push((path, *leaf)),
            Some(old) if old != leaf => {
                found.push(change(store, path, Some(*old), Some(*leaf), None));
            }
            Some(_) => {}
        }
    }
    let few = deleted.len().saturating_mul(added.len()) <= PAIRS;
    for (path, leaf) in added {
        let same = deleted.iter().find(|(_, old)| old.oid == leaf.oid);
        let alike = same.map(|(path, _)| *path).or_else(|| {
            let likely = deleted.iter().filter(|_| few);
            let scored = likely.map(|(path, old)| (likeness(store, *old, leaf), *path));
            let best = scored.max_by_key(|(score, _)| *score);
            best.filter(|(score, _)| *score >= ALIKE)
                .map(|(_, path)| path)
        });
        let old = alike.and_then(|path| deleted.remove(path));
        let previous = alike.cloned();
        found.push(change(store, path, old, Some(leaf), previous));
    }
    for (path, leaf) in deleted {
        found.push(change(store, path, Some(leaf), None, None));
    }
    found.sort_unstable_by(|one, two| one.path.cmp(&two.path));
    found
}

fn text(store: &Store, leaf: Option<Leaf>) -> Option<&str> {
    let Some(leaf) = leaf else {
        return Some("");
    };
    let bytes = store.blob(leaf.oid).filter(|bytes| !is_binary(bytes));
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// As git decides: a NUL among the first 8000 bytes.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(8000).any(|byte| *byte == 0)
}

fn likeness(store: &Store, old: Leaf, new: Leaf) -> usize {
    match (text(store, Some(old)), text(store, Some(new))) {
        (Some(old), Some(new)) if !old.is_empty() && !new.is_empty() => lines::likeness(old, new),
        _ => 0,
    }
}

fn change(
    store: &Store,
    path: &[u8],
    before: Option<Leaf>,
    after: Option<Leaf>,
    previous: Option<Vec<u8>>,
) -> Change {
    let submodule = |leaf: Option<Leaf>| leaf.is_some_and(|leaf| leaf.mode == Mode::Submodule);
    let texts = text(store, before).zip(text(store, after));
    let texts = texts.filter(|_| !submodule(before) && !submodule(after));
    let difference = texts.map(|(old, new)| {
        let difference = lines::difference(old, new);
        let small = old.len() + new.len() <= PATCH;
        let hunks = small
            .then(|| difference.patch())
            .filter(|hunks| !hunks.is_empty());
        (difference.additions(), difference.deletions(), hunks)
    });
    let (additions, deletions, hunks) = difference.unwrap_or_default();
    Change {
        path: path.to_vec(),
        before,
        after,
        previous,
        additions,
        deletions,
        hunks,
    }
}

impl Change {
    fn status(&self) -> &'static str {
        match (&self.previous, self.before, self.after) {
            (Some(_), _, _) => "renamed",
            (None, None, _) => "added",
            (None, _, None) => "removed",
            (None, Some(_), Some(_)) => "modified",
        }
    }

    /// `diff-entry`.
    pub(super) fn shown(&self, ask: &Ask<'_>, repo: &Repository, at: Oid) -> Value {
        let (url, web) = (repository_url(ask, repo), web_url(ask, repo));
        let path = shown(&self.path);
        let place = encoded_path(&path);
        let leaf = self.after.or(self.before);
        let mut entry = json!({
            "sha": leaf.map(|leaf| leaf.oid.to_string()),
            "filename": path,
            "status": self.status(),
            "additions": self.additions,
            "deletions": self.deletions,
            "changes": self.additions + self.deletions,
            "blob_url": format!("{web}/blob/{at}/{place}"),
            "raw_url": format!("{web}/raw/{at}/{place}"),
            "contents_url": format!("{url}/contents/{place}?ref={at}"),
        });
        if let Some(members) = entry.as_object_mut() {
            let hunks = self
                .hunks
                .as_ref()
                .map(|hunks| ("patch".to_owned(), json!(hunks)));
            members.extend(hunks);
            let previous = self.previous.as_ref().map(|path| shown_value(path));
            members.extend(previous.map(|path| ("previous_filename".to_owned(), path)));
        }
        entry
    }
}

fn shown_value(path: &[u8]) -> Value {
    json!(shown(path))
}
