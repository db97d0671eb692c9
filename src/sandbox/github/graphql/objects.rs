//! Git objects and entries of trees, field by field.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::connection::Connection;
use super::node::{Found, Held, Node, Source, missing};
use super::values::Arguments;
use crate::moment::Timestamp;
use crate::sandbox::github::diff;
use crate::sandbox::github::object::{Commit, Oid, Tag};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{node_id, web_url};
use crate::sandbox::github::tree::{Leaf, Mode, joined, shown};

/// `Blob.text` ends here, whatever comes after.
const TEXT: usize = 512_000;

impl Source<'_> {
    pub(super) fn of_object(&self, id: u64, oid: Oid, name: &str, given: &Arguments) -> Found {
        let repo = self.repository(id).ok_or_else(|| missing("Repository"))?;
        match name {
            "id" => return Ok(Held::of(node_id("GitObject", format_args!("{id}:{oid}")))),
            "oid" => return Ok(Held::of(oid.to_string())),
            "abbreviatedOid" => return Ok(Held::of(oid.short())),
            "repository" => return Ok(Held::Node(Node::Repository(id))),
            _ => {}
        }
        if let Some(commit) = repo.store.commit(oid) {
            return self.of_commit(repo, oid, commit, name, given);
        }
        if let Some(bytes) = repo.store.blob(oid) {
            return Ok(of_blob(bytes, name));
        }
        if let Some(tag) = repo.store.tag(oid) {
            return Ok(of_tag(id, tag, name));
        }
        Ok(self.entries(id, b"", oid))
    }

    pub(super) fn entries(&self, id: u64, folder: &[u8], oid: Oid) -> Held {
        let tree = self.repository(id).and_then(|repo| repo.store.tree(oid));
        let entries = tree.map(|tree| tree.entries()).unwrap_or_default();
        let entry = |(name, leaf): (&[u8], Leaf)| Node::Entry(id, joined(folder, name), leaf);
        Held::Nodes(entries.into_iter().map(entry).collect())
    }

    fn of_commit(
        &self,
        repo: &Repository,
        oid: Oid,
        commit: &Commit,
        name: &str,
        given: &Arguments,
    ) -> Found {
        let id = repo.id;
        let text = |name: &str| given.get(name).and_then(Value::as_str);
        let changes = || {
            let parent = commit
                .parents
                .first()
                .and_then(|oid| repo.store.commit(*oid));
            diff::changes(&repo.store, parent.map(|parent| parent.tree), commit.tree)
        };
        Ok(match name {
            "message" => Held::of(commit.message.clone()),
            "messageHeadline" => Held::of(commit.headline()),
            "messageBody" => Held::of(commit.body()),
            "authoredDate" => Held::of(commit.author.when()),
            "committedDate" => Held::of(commit.committer.when()),
            "author" => Held::Node(Node::Actor(commit.author.clone())),
            "committer" => Held::Node(Node::Actor(commit.committer.clone())),
            "tree" => Held::Node(Node::Object(id, commit.tree)),
            "url" => Held::of(format!("{}/commit/{oid}", web_url(self.ask, repo))),
            "additions" => Held::of(
                changes()
                    .iter()
                    .map(|change| change.additions)
                    .sum::<usize>(),
            ),
            "deletions" => Held::of(
                changes()
                    .iter()
                    .map(|change| change.deletions)
                    .sum::<usize>(),
            ),
            "changedFilesIfAvailable" => Held::of(changes().len()),
            "file" => {
                let path = text("path").unwrap_or_default().as_bytes();
                let leaf = repo.store.at(commit.tree, path);
                Held::perhaps(leaf.map(|leaf| Node::Entry(id, path.to_vec(), leaf)))
            }
            "parents" => {
                let nodes = commit.parents.iter().map(|oid| Node::Object(id, *oid));
                let kinds = ("CommitConnection", "CommitEdge");
                Held::Node(Connection::cut("parents", kinds, nodes.collect(), given)?)
            }
            _ => {
                let mut log = repo.store.log(oid);
                if let Some(path) = text("path").filter(|path| !path.is_empty()) {
                    log = repo.store.touching(log, path.as_bytes());
                }
                let bound = |name: &str| text(name).and_then(Timestamp::parse);
                let (since, until) = (bound("since"), bound("until"));
                log.retain(|oid| {
                    let when = repo.store.commit(*oid).map_or(0, |c| c.committer.seconds);
                    since.is_none_or(|since| since.unix_seconds() <= when)
                        && until.is_none_or(|until| when <= until.unix_seconds())
                });
                let nodes = log.into_iter().map(|oid| Node::Object(id, oid)).collect();
                let kinds = ("CommitHistoryConnection", "CommitEdge");
                Held::Node(Connection::cut("history", kinds, nodes, given)?)
            }
        })
    }

    pub(super) fn of_entry(&self, id: u64, path: &[u8], leaf: Leaf, name: &str) -> Found {
        let repo = self.repository(id).ok_or_else(|| missing("Repository"))?;
        let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        Ok(match name {
            "name" => Held::of(shown(last)),
            "nameRaw" => Held::of(STANDARD.encode(last)),
            "path" => Held::of(shown(path)),
            "pathRaw" => Held::of(STANDARD.encode(path)),
            "mode" => Held::of(leaf.mode.number()),
            "type" => Held::of(leaf.mode.kind().name()),
            "oid" => Held::of(leaf.oid.to_string()),
            "size" => Held::of(repo.store.blob(leaf.oid).map_or(0, <[u8]>::len)),
            "extension" => {
                let last = shown(last);
                let extension = last.rsplit_once('.').map(|(_, end)| format!(".{end}"));
                Held::of(extension.unwrap_or_default())
            }
            "repository" => Held::Node(Node::Repository(id)),
            _ if leaf.mode == Mode::Submodule => Held::Value(Value::Null),
            _ if leaf.mode == Mode::Directory => {
                Held::Node(Node::Folder(id, path.to_vec(), leaf.oid))
            }
            _ => Held::Node(Node::Object(id, leaf.oid)),
        })
    }
}

fn of_blob(bytes: &[u8], name: &str) -> Held {
    let binary = diff::is_binary(bytes);
    match name {
        "byteSize" => Held::of(bytes.len()),
        "isBinary" => Held::of(binary),
        "isTruncated" => Held::of(bytes.len() > TEXT),
        _ if binary => Held::Value(Value::Null),
        // what is not UTF-8 comes out as something else, as there
        _ => Held::of(String::from_utf8_lossy(bytes.get(..TEXT).unwrap_or(bytes)).into_owned()),
    }
}

fn of_tag(id: u64, tag: &Tag, name: &str) -> Held {
    match name {
        "name" => Held::of(tag.name.clone()),
        "message" => Held::of(tag.message.clone()),
        "tagger" => Held::Node(Node::Actor(tag.tagger.clone())),
        _ => Held::Node(Node::Object(id, tag.object)),
    }
}
