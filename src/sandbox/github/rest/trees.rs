//! `git/trees`.

use serde_json::Value;

use crate::json::json;
use crate::sandbox::github::ask::{Ask, Members};
use crate::sandbox::github::object::{Object, Oid};
use crate::sandbox::github::reply::{Outcome, Problem, json_answer};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::repository_url;
use crate::sandbox::github::store::{Edits, MissingPath};
use crate::sandbox::github::tree::{Leaf, Mode, is_path, shown};

/// The most entries that one request may name, and the most bytes of text.
const ENTRIES: usize = 1000;
const TEXT: usize = 7 * 1024 * 1024;

/// `GET git/trees/{tree_sha}`: by the name of a tree, a commit or a ref. Any `recursive` at all,
/// even `0`, means recursive.
pub(in crate::sandbox::github) fn get(repo: &mut Repository, ask: &Ask<'_>, name: &str) -> Outcome {
    if repo.is_empty() {
        return Err(Problem::empty());
    }
    let found = repo.resolve(name, ask.replica);
    let tree = found.and_then(|oid| repo.store.tree_of(oid));
    let tree = tree.ok_or_else(Problem::not_found)?;
    let content = repo.store.tree(tree).ok_or_else(Problem::not_found)?;
    if content.0.is_empty() {
        return Err(Problem::not_found()); // GitHub knows no empty tree
    }
    let entries: Vec<(Vec<u8>, Leaf)> = if ask.query.contains_key("recursive") {
        repo.store.below(tree, b"")
    } else {
        let entries = content.entries().into_iter();
        entries.map(|(name, leaf)| (name.to_vec(), leaf)).collect()
    };
    Ok(json_answer(200, described(ask, repo, tree, &entries)))
}

/// A tree as both requests show it.
fn described(ask: &Ask<'_>, repo: &Repository, tree: Oid, entries: &[(Vec<u8>, Leaf)]) -> Value {
    let url = repository_url(ask, repo);
    let shown_entries: Vec<Value> = entries
        .iter()
        .take(ask.tree_limit)
        .map(|(path, leaf)| {
            let kind = leaf.mode.kind().name();
            let mut entry = json!({
                "path": shown(path),
                "mode": leaf.mode.text(),
                "type": kind,
                "sha": leaf.oid.to_string(),
            });
            if let Some(members) = entry.as_object_mut() {
                let size = repo.store.blob(leaf.oid).map(<[u8]>::len);
                members.extend(size.map(|size| ("size".to_owned(), json!(size))));
                if leaf.mode != Mode::Submodule {
                    let url = format!("{url}/git/{kind}s/{}", leaf.oid);
                    members.insert("url".to_owned(), json!(url));
                }
            }
            entry
        })
        .collect();
    json!({
        "sha": tree.to_string(),
        "url": format!("{url}/git/trees/{tree}"),
        "truncated": entries.len() > ask.tree_limit,
        "tree": shown_entries,
    })
}

/// `POST git/trees`: on top of `base_tree`, or from nothing.
pub(in crate::sandbox::github) fn create(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    if repo.is_empty() {
        return Err(Problem::empty());
    }
    let body = ask.object(&["tree", "base_tree"])?;
    let base = match body.text("base_tree")? {
        None => None,
        Some(name) => {
            let oid: Option<Oid> = name.parse().ok();
            let tree = oid.and_then(|oid| repo.store.tree_of(oid));
            Some(tree.ok_or_else(|| Problem::unprocessable("base_tree is not a valid tree oid"))?)
        }
    };
    let entries = body.list("tree")?;
    let entries = entries.ok_or_else(|| Problem::invalid("\"tree\" wasn't supplied."))?;
    let text = entries
        .iter()
        .filter_map(|entry| entry.get("content")?.as_str());
    if entries.len() > ENTRIES || text.map(str::len).sum::<usize>() > TEXT {
        return Err(Problem::unprocessable(
            "Sorry, your request timed out. It's likely that your input was too big to process. \
             Consider building the tree incrementally, or building the commit you need in a local \
             clone of the repository and then pushing it to GitHub.",
        ));
    }
    let mut edits = Edits::new();
    for entry in entries {
        let entry = Members::of(entry)?;
        let (path, leaf) = edit(repo, &entry)?;
        if edits.insert(path.clone(), leaf).is_some() {
            let path = shown(&path);
            return Err(Problem::unprocessable(format!(
                "tree.path {path} is named twice"
            )));
        }
    }
    let tree = repo
        .store
        .edited(base, &edits)
        .map_err(|MissingPath(_)| Problem::unprocessable("GitRPC::BadObjectState"))?;
    let entries: Vec<_> = repo.store.tree(tree).map_or_else(Vec::new, |tree| {
        let entries = tree.entries().into_iter();
        entries.map(|(name, leaf)| (name.to_vec(), leaf)).collect()
    });
    let url = format!("{}/git/trees/{tree}", repository_url(ask, repo));
    Ok(json_answer(201, described(ask, repo, tree, &entries)).with("Location", url))
}

/// One entry: a path and what shall stand there.
fn edit(repo: &mut Repository, entry: &Members) -> Result<(Vec<u8>, Option<Leaf>), Problem> {
    let path = entry.text("path")?.unwrap_or_default();
    if path.is_empty() {
        return Err(Problem::unprocessable("tree.path cannot be blank"));
    }
    if !is_path(path) {
        return Err(Problem::unprocessable(
            "tree.path contains a malformed path component",
        ));
    }
    let mode = Mode::parse(entry.need("mode")?);
    let mode = mode.ok_or_else(|| Problem::unprocessable("tree.mode is not one of git's modes"))?;
    if let Some(kind) = entry.text("type")?
        && kind != mode.kind().name()
    {
        return Err(Problem::unprocessable(format!(
            "tree.type {kind} does not go with tree.mode {}",
            mode.text()
        )));
    }
    let path = path.as_bytes().to_vec();
    match (entry.value("sha"), entry.text("content")?) {
        (Some(Value::Null), None) => Ok((path, None)),
        (Some(_), None) => {
            let oid = entry.need("sha")?.parse().ok();
            let oid: Option<Oid> = oid.filter(|oid| {
                mode == Mode::Submodule || repo.store.kind(*oid) == Some(mode.kind())
            });
            let oid = oid.ok_or_else(|| {
                Problem::unprocessable("tree.sha is not the name of such an object")
            })?;
            Ok((path, Some(Leaf { mode, oid })))
        }
        (None, Some(content)) => {
            let oid = repo.store.put(Object::Blob(content.as_bytes().to_vec()));
            Ok((path, Some(Leaf { mode, oid })))
        }
        (None, None) => Err(Problem::unprocessable(
            "Must supply either tree.sha or tree.content",
        )),
        (Some(_), Some(_)) => Err(Problem::unprocessable(
            "Must supply only one of tree.sha and tree.content",
        )),
    }
}
