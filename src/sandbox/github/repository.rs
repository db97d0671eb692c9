//! One repository: its names, its refs, and what happened to them.

use std::collections::{BTreeMap, BTreeSet};

use super::object::{Commit, Object, Oid, Person};
use super::store::Store;
use crate::moment::Timestamp;

/// A repository.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) id: u64,
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) private: bool,
    pub(super) description: Option<String>,
    pub(super) default_branch: String,
    pub(super) features: Features,
    pub(super) created: Timestamp,
    pub(super) pushed: Timestamp,
    pub(super) store: Store,
    refs: BTreeMap<String, Oid>,
    /// Each ref before its last change, for replicas that lag.
    before: BTreeMap<String, Option<Oid>>,
    pub(super) activity: Vec<Activity>,
    /// Others who may read and write.
    pub(super) collaborators: BTreeSet<String>,
    /// Links to archives: what they give and when they end.
    pub(super) links: BTreeMap<String, (Oid, Timestamp)>,
}

/// What a repository offers beside its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Features {
    pub(super) issues: bool,
    pub(super) wiki: bool,
    pub(super) projects: bool,
}

/// A change of a ref.
#[derive(Debug, Clone)]
pub(super) struct Activity {
    pub(super) name: String,
    pub(super) before: Oid,
    pub(super) after: Oid,
    pub(super) kind: &'static str,
    pub(super) actor: String,
    pub(super) when: Timestamp,
}

/// Which replica answers a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replica {
    Current,
    /// One that has not seen the last change of each ref.
    Lagging,
}

impl Repository {
    pub(super) fn new(id: u64, owner: &str, name: &str, now: Timestamp) -> Self {
        Self {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            private: true,
            description: None,
            default_branch: "main".to_owned(),
            features: Features {
                issues: true,
                wiki: true,
                projects: true,
            },
            created: now,
            pushed: now,
            store: Store::default(),
            refs: BTreeMap::new(),
            before: BTreeMap::new(),
            activity: Vec::new(),
            collaborators: BTreeSet::new(),
            links: BTreeMap::new(),
        }
    }

    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// Nothing was ever pushed: the Git Data API refuses then.
    pub(super) fn is_empty(&self) -> bool {
        self.refs.is_empty()
    }

    pub(super) fn refs(&self) -> &BTreeMap<String, Oid> {
        &self.refs
    }

    /// Where a ref with this whole name points.
    pub(super) fn find(&self, name: &str, replica: Replica) -> Option<Oid> {
        match (replica, self.before.get(name)) {
            (Replica::Lagging, Some(before)) => *before,
            _ => self.refs.get(name).copied(),
        }
    }

    /// Sets or deletes a ref, and keeps what a lagging replica and the activity list show.
    pub(super) fn set(&mut self, name: &str, to: Option<Oid>, actor: &str, now: Timestamp) {
        let old = self.refs.get(name).copied();
        if old == to {
            return;
        }
        let kind = match (old, to) {
            (None, _) => "branch_creation",
            (_, None) => "branch_deletion",
            (Some(old), Some(new)) if self.is_ancestor(old, new) => "push",
            _ => "force_push",
        };
        if name.starts_with("refs/heads/") {
            self.activity.push(Activity {
                name: name.to_owned(),
                before: old.unwrap_or(Oid::NONE),
                after: to.unwrap_or(Oid::NONE),
                kind,
                actor: actor.to_owned(),
                when: now,
            });
        }
        self.before.insert(name.to_owned(), old);
        match to {
            Some(oid) => self.refs.insert(name.to_owned(), oid),
            None => self.refs.remove(name),
        };
        self.pushed = now;
    }

    /// Whether moving a ref from `old` to `new` is a fast-forward.
    pub(super) fn is_ancestor(&self, old: Oid, new: Oid) -> bool {
        old == new || self.store.reachable(new).contains(&old)
    }

    /// What `heads/main`, `main`, `tags/x`, `HEAD` or an object's name means, as git tries them.
    pub(super) fn resolve(&self, name: &str, replica: Replica) -> Option<Oid> {
        let head = format!("refs/heads/{}", self.default_branch);
        if name == "HEAD" {
            return self.find(&head, replica);
        }
        if let Ok(oid) = name.parse()
            && self.store.kind(oid).is_some()
        {
            return Some(oid);
        }
        let tried = [
            name.to_owned(),
            format!("refs/{name}"),
            format!("refs/tags/{name}"),
            format!("refs/heads/{name}"),
        ];
        let named = tried.iter().find_map(|name| self.find(name, replica));
        named.or_else(|| self.store.abbreviated(name))
    }

    /// A commit on top of `parents`.
    pub(super) fn commit(
        &mut self,
        tree: Oid,
        parents: Vec<Oid>,
        author: Person,
        committer: Person,
        message: &str,
    ) -> Oid {
        self.store.put(Object::Commit(Commit {
            tree,
            parents,
            author,
            committer,
            signature: None,
            message: message.to_owned(),
            raw: None,
        }))
    }
}

/// Whether git takes this as the whole name of a ref (`git check-ref-format`).
pub(super) fn is_ref_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let bad = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    parts.len() >= 3
        && parts.first() == Some(&"refs")
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
        && !name.contains(bad)
        && parts.iter().all(|part| {
            !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none()
        })
}
