//! Walking the commits of a repository.

use std::collections::{BTreeSet, BinaryHeap};

use super::object::{Commit, Oid};
use super::store::Store;
use super::tree::Leaf;

impl Store {
    /// All commits that `start` reaches, newest first; a child always before its parents.
    pub(super) fn log(&self, start: Oid) -> Vec<Oid> {
        let mut waiting: std::collections::BTreeMap<Oid, usize> = std::collections::BTreeMap::new();
        for oid in self.reachable(start) {
            for parent in self.parents(oid) {
                *waiting.entry(*parent).or_default() += 1;
            }
        }
        let seconds = |oid| {
            self.commit(oid)
                .map_or(0, |commit| commit.committer.seconds)
        };
        let mut ready = BinaryHeap::from([(seconds(start), start)]);
        let mut log = Vec::new();
        while let Some((_, oid)) = ready.pop() {
            log.push(oid);
            for parent in self.parents(oid) {
                let children = waiting.entry(*parent).or_default();
                *children = children.saturating_sub(1);
                if *children == 0 {
                    ready.push((seconds(*parent), *parent));
                }
            }
        }
        log
    }

    /// All commits that `start` reaches, itself among them.
    pub(super) fn reachable(&self, start: Oid) -> BTreeSet<Oid> {
        let mut found = BTreeSet::new();
        let mut open = vec![start];
        while let Some(oid) = open.pop() {
            if self.commit(oid).is_some() && found.insert(oid) {
                open.extend(self.parents(oid));
            }
        }
        found
    }

    pub(super) fn parents(&self, oid: Oid) -> &[Oid] {
        self.commit(oid).map_or(&[], |commit| &commit.parents)
    }

    /// The newest commit that both reach.
    pub(super) fn merge_base(&self, one: Oid, two: Oid) -> Option<Oid> {
        let theirs = self.reachable(two);
        self.log(one).into_iter().find(|oid| theirs.contains(oid))
    }

    /// Those of `log` in which what stands at `path` differs from every parent, as `git log` has
    /// it for one path.
    pub(super) fn touching(&self, log: Vec<Oid>, path: &[u8]) -> Vec<Oid> {
        let at = |commit: &Commit| self.at(commit.tree, path);
        let touched = |oid: &Oid| {
            let Some(commit) = self.commit(*oid) else {
                return false;
            };
            let here: Option<Leaf> = at(commit);
            if commit.parents.is_empty() {
                return here.is_some();
            }
            let parents = commit.parents.iter();
            parents
                .filter_map(|parent| self.commit(*parent))
                .all(|parent| at(parent) != here)
        };
        log.into_iter().filter(touched).collect()
    }
}
