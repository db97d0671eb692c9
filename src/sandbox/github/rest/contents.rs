//! `contents`: one file, one commit.
//!
//! Two of GitHub's traps are kept: a `sha` for a path that does not exist is passed over, so that a
//! client that is behind brings a deleted file back; and the guard is the file's, not the branch's.

use serde_json::Value;

use super::blobs::in_lines;
use crate::json::json;
use crate::sandbox::call::Answer;
use crate::sandbox::github::ask::{Ask, Members, base64_lax};
use crate::sandbox::github::object::{Object, Oid};
use crate::sandbox::github::reply::{Outcome, Problem, json_answer, raw};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{self, encoded_path, repository_url};
use crate::sandbox::github::store::Edits;
use crate::sandbox::github::tree::{Leaf, Mode, is_path, joined, shown};
use crate::sandbox::github::{commit_author, head, web_flow};

/// Above this a blob is refused; above [`PLAIN`] the JSON has no content.
const LARGEST: usize = 40 * 1024 * 1024;
const PLAIN: usize = 1024 * 1024;
/// The most entries of a folder.
const LISTED: usize = 1000;

pub(super) fn check_size(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.len() < LARGEST {
        return Ok(());
    }
    Err(Problem::unprocessable(
        "Sorry, your input was too large to process.",
    ))
}

fn entry(ask: &Ask<'_>, repo: &Repository, path: &[u8], leaf: Leaf, at: &str) -> Value {
    let (url, web) = (repository_url(ask, repo), shape::web_url(ask, repo));
    let (place, oid) = (encoded_path(&shown(path)), leaf.oid);
    let kind = leaf.mode.kind().name();
    let (sort, page) = match leaf.mode {
        Mode::File | Mode::Executable => ("file", "blob"),
        Mode::Symlink => ("symlink", "blob"),
        Mode::Directory => ("dir", "tree"),
        Mode::Submodule => ("submodule", "tree"),
    };
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let own = format!("{url}/contents/{place}?ref={}", shape::encoded(at));
    let html = format!("{web}/{page}/{}/{place}", encoded_path(at));
    let git = format!("{url}/git/{kind}s/{oid}");
    let download = (sort == "file").then(|| format!("{web}/raw/{}/{place}", encoded_path(at)));
    json!({
        "type": sort,
        "name": shown(name),
        "path": shown(path),
        "sha": oid.to_string(),
        "size": repo.store.blob(oid).map_or(0, <[u8]>::len),
        "url": own,
        "html_url": html,
        "git_url": git,
        "download_url": download,
        "_links": {"self": own, "git": git, "html": html},
    })
}

/// `GET contents/{path}`.
pub(in crate::sandbox::github) fn get(repo: &mut Repository, ask: &Ask<'_>, path: &str) -> Outcome {
    let at = ask.query.get("ref").unwrap_or(&repo.default_branch).clone();
    if repo.is_empty() {
        return Err(Problem::new(404, "This repository is empty."));
    }
    let found = repo.resolve(&at, ask.replica);
    let tree = found.and_then(|oid| repo.store.tree_of(oid));
    let tree =
        tree.ok_or_else(|| Problem::new(404, format!("No commit found for the ref {at}")))?;
    let leaf = repo
        .store
        .at(tree, path.as_bytes())
        .ok_or_else(Problem::not_found)?;
    if leaf.mode == Mode::Directory {
        return Ok(folder(ask, repo, path, leaf.oid, &at));
    }
    let bytes = repo.store.blob(leaf.oid).unwrap_or_default();
    if ask.wants("raw") {
        return Ok(raw(
            "application/vnd.github.raw+json; charset=utf-8",
            bytes.to_vec(),
        ));
    }
    if bytes.len() > PLAIN && !ask.wants("object") {
        return Err(Problem::new(
            403,
            "This API returns blobs up to 1 MB in size. The requested blob is too large.",
        ));
    }
    let mut shown = entry(ask, repo, path.as_bytes(), leaf, &at);
    if let Some(members) = shown.as_object_mut()
        && leaf.mode != Mode::Submodule
    {
        let (content, encoding) = if bytes.len() > PLAIN {
            (String::new(), "none")
        } else {
            (in_lines(bytes), "base64")
        };
        members.insert("content".to_owned(), json!(content));
        members.insert("encoding".to_owned(), json!(encoding));
    }
    Ok(json_answer(200, shown))
}

fn folder(ask: &Ask<'_>, repo: &Repository, path: &str, tree: Oid, at: &str) -> Answer {
    let entries = repo.store.tree(tree).map(|tree| {
        let entries = tree.entries().into_iter().take(LISTED);
        entries
            .map(|(name, leaf)| entry(ask, repo, &joined(path.as_bytes(), name), leaf, at))
            .collect::<Vec<_>>()
    });
    let entries = entries.unwrap_or_default();
    if ask.wants("object") {
        let mode = Mode::Directory;
        let mut whole = entry(ask, repo, path.as_bytes(), Leaf { mode, oid: tree }, at);
        if let Some(members) = whole.as_object_mut() {
            members.insert("entries".to_owned(), Value::Array(entries));
        }
        return json_answer(200, whole);
    }
    json_answer(200, Value::Array(entries))
}

/// The branch of a write and its head; a repository without any commit has none yet.
fn branch(
    repo: &Repository,
    ask: &Ask<'_>,
    body: &Members,
) -> Result<(String, Option<Oid>), Problem> {
    let name = body.text("branch")?.unwrap_or(&repo.default_branch);
    let tip = head(repo, ask, name);
    if tip.is_none() && !repo.is_empty() {
        return Err(Problem::new(404, format!("Branch {name} not found")));
    }
    Ok((name.to_owned(), tip))
}

fn moved(branch: &str, current: Oid, expected: Oid) -> Problem {
    Problem::new(
        409,
        format!("refs/heads/{branch} is at {current} but expected {expected}"),
    )
}

/// Puts the commit on the branch, unless the branch is not where it was read.
fn land(
    repo: &mut Repository,
    ask: &Ask<'_>,
    body: &Members,
    (branch, tip): (&str, Option<Oid>),
    tree: Oid,
) -> Result<Oid, Problem> {
    let name = format!("refs/heads/{branch}");
    if let (Some(current), Some(expected)) = (repo.refs().get(&name).copied(), tip)
        && current != expected
    {
        return Err(moved(branch, current, expected)); // read from a replica that lags
    }
    let author = commit_author(ask, body.value("author"))?;
    let committer = match body.value("committer") {
        Some(value) => commit_author(ask, Some(value))?,
        None => web_flow(ask.now),
    };
    let message = body.need("message")?.to_owned();
    let commit = repo.commit(tree, tip.into_iter().collect(), author, committer, &message);
    repo.set(&name, Some(commit), ask.login(), ask.now);
    Ok(commit)
}

fn committed(ask: &Ask<'_>, repo: &Repository, status: u16, file: &Value, oid: Oid) -> Outcome {
    let commit = repo.store.commit(oid).ok_or_else(Problem::not_found)?;
    let commit = shape::git_commit(ask, repo, oid, commit);
    Ok(json_answer(
        status,
        json!({"content": file, "commit": commit}),
    ))
}

fn check_path(path: &str) -> Result<(), Problem> {
    if is_path(path) {
        return Ok(());
    }
    Err(Problem::unprocessable(
        "path contains a malformed path component",
    ))
}

/// `PUT contents/{path}`.
pub(in crate::sandbox::github) fn put(repo: &mut Repository, ask: &Ask<'_>, path: &str) -> Outcome {
    let body = ask.object(&["message", "content", "sha", "branch", "author", "committer"])?;
    check_path(path)?;
    body.need("message")?;
    let content = body.need("content")?;
    let (branch, tip) = branch(repo, ask, &body)?;
    let bytes =
        base64_lax(content).ok_or_else(|| Problem::unprocessable("content is not valid Base64"))?;
    check_size(&bytes)?;
    let base = tip.and_then(|tip| repo.store.tree_of(tip));
    let there = base.and_then(|tree| repo.store.at(tree, path.as_bytes()));
    match (there, body.text("sha")?) {
        (Some(_), None) => return Err(Problem::invalid("\"sha\" wasn't supplied.")),
        (Some(leaf), Some(sha)) if leaf.oid.to_string() != sha => {
            return Err(Problem::new(409, format!("{path} does not match {sha}")));
        }
        _ => {}
    }
    let leaf = Leaf {
        mode: there.map_or(Mode::File, |leaf| leaf.mode),
        oid: repo.store.put(Object::Blob(bytes)),
    };
    let edits = Edits::from([(path.as_bytes().to_vec(), Some(leaf))]);
    let tree = repo.store.edited(base, &edits);
    let tree = tree.map_err(|_| Problem::unprocessable("path can't be written"))?;
    let commit = land(repo, ask, &body, (&branch, tip), tree)?;
    let mut file = entry(ask, repo, path.as_bytes(), leaf, &branch);
    if let Some(members) = file.as_object_mut() {
        members.remove("content");
    }
    let status = if there.is_some() { 200 } else { 201 };
    committed(ask, repo, status, &file, commit)
}

/// `DELETE contents/{path}`.
pub(in crate::sandbox::github) fn delete(
    repo: &mut Repository,
    ask: &Ask<'_>,
    path: &str,
) -> Outcome {
    let body = ask.object(&["message", "sha", "branch", "author", "committer"])?;
    check_path(path)?;
    body.need("message")?;
    let sha = body.need("sha")?;
    let (branch, tip) = branch(repo, ask, &body)?;
    let tree = tip.and_then(|tip| repo.store.tree_of(tip));
    let tree = tree.ok_or_else(Problem::not_found)?;
    let leaf = repo
        .store
        .at(tree, path.as_bytes())
        .ok_or_else(Problem::not_found)?;
    if leaf.oid.to_string() != sha {
        return Err(Problem::new(409, format!("{path} does not match {sha}")));
    }
    let edits = Edits::from([(path.as_bytes().to_vec(), None)]);
    let tree = repo.store.edited(Some(tree), &edits);
    let tree = tree.map_err(|_| Problem::not_found())?;
    let commit = land(repo, ask, &body, (&branch, tip), tree)?;
    committed(ask, repo, 200, &Value::Null, commit)
}

/// What `auto_init` does.
pub(super) fn first_commit(repo: &mut Repository, ask: &Ask<'_>) {
    let mut text = format!("# {}", repo.name);
    if let Some(description) = &repo.description {
        text.push('\n');
        text.push_str(description);
    }
    let oid = repo.store.put(Object::Blob(text.into_bytes()));
    let leaf = Leaf {
        mode: Mode::File,
        oid,
    };
    let edits = Edits::from([(b"README.md".to_vec(), Some(leaf))]);
    if let (Ok(tree), Ok(author)) = (repo.store.edited(None, &edits), commit_author(ask, None)) {
        let commit = repo.commit(
            tree,
            Vec::new(),
            author,
            web_flow(ask.now),
            "Initial commit",
        );
        let name = format!("refs/heads/{}", repo.default_branch);
        repo.set(&name, Some(commit), ask.login(), ask.now);
    }
}
