//! `commits` and `git/commits`.

use serde_json::Value;

use super::{links, paged};
use crate::json::json;
use crate::moment::Timestamp;
use crate::sandbox::github::ask::{Ask, Members};
use crate::sandbox::github::commit_author;
use crate::sandbox::github::diff;
use crate::sandbox::github::object::{Commit, Object, Oid};
use crate::sandbox::github::reply::{Outcome, Problem, json_answer};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{self, repository_url};

/// The most files of one page, and of all.
const FILES: usize = 300;
const ALL_FILES: usize = 3000;

fn filled(repo: &Repository) -> Result<(), Problem> {
    if repo.is_empty() {
        return Err(Problem::empty());
    }
    Ok(())
}

/// `GET git/commits/{commit_sha}`.
pub(in crate::sandbox::github) fn git_get(
    repo: &mut Repository,
    ask: &Ask<'_>,
    sha: &str,
) -> Outcome {
    filled(repo)?;
    let oid: Oid = sha.parse().map_err(|()| Problem::not_found())?;
    let commit = repo.store.commit(oid).ok_or_else(Problem::not_found)?;
    Ok(json_answer(200, shape::git_commit(ask, repo, oid, commit)))
}

/// `POST git/commits`: the object only; a ref makes it part of a branch.
pub(in crate::sandbox::github) fn create(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    filled(repo)?;
    let known = [
        "message",
        "tree",
        "parents",
        "author",
        "committer",
        "signature",
    ];
    let body = ask.object(&known)?;
    let tree: Option<Oid> = body.need("tree")?.parse().ok();
    let tree = tree.filter(|oid| repo.store.tree(*oid).is_some());
    let tree = tree.ok_or_else(|| Problem::unprocessable("Tree SHA does not exist"))?;
    let parents = parents(repo, &body)?;
    let author = commit_author(ask, body.value("author"))?;
    let committer = match body.value("committer") {
        Some(value) => commit_author(ask, Some(value))?,
        None => author.clone(),
    };
    let commit = Commit {
        tree,
        parents,
        author,
        committer,
        signature: body.text("signature")?.map(str::to_owned),
        message: body.need("message")?.to_owned(),
        raw: None,
    };
    let oid = repo.store.put(Object::Commit(commit.clone()));
    let url = format!("{}/git/commits/{oid}", repository_url(ask, repo));
    let shown = shape::git_commit(ask, repo, oid, &commit);
    Ok(json_answer(201, shown).with("Location", url))
}

fn parents(repo: &Repository, body: &Members) -> Result<Vec<Oid>, Problem> {
    let given = body.list("parents")?.cloned().unwrap_or_default();
    given
        .iter()
        .map(|parent| {
            let oid: Option<Oid> = parent.as_str().and_then(|text| text.parse().ok());
            let oid = oid.filter(|oid| repo.store.commit(*oid).is_some());
            oid.ok_or_else(|| {
                Problem::unprocessable("Parent SHA does not exist or is not a commit object")
            })
        })
        .collect()
}

/// `GET commits`: from `sha`, through `path`, between `since` and `until`; renames are not
/// followed.
pub(in crate::sandbox::github) fn list(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    filled(repo)?;
    let start = ask.query.get("sha").unwrap_or(&repo.default_branch).clone();
    let found = repo.resolve(&start, ask.replica);
    let found = found.and_then(|oid| repo.store.peeled(oid));
    let found = found.ok_or_else(Problem::not_found)?;
    let mut log = repo.store.log(found);
    if let Some(path) = ask.query.get("path").filter(|path| !path.is_empty()) {
        log = repo.store.touching(log, path.trim_matches('/').as_bytes());
    }
    let bound = |name: &str| match ask.query.get(name) {
        None => Ok(None),
        Some(text) => Timestamp::parse(text)
            .map(|when| Some(when.unix_seconds()))
            .ok_or_else(|| Problem::unprocessable(format!("{name} is not a time"))),
    };
    let (since, until) = (bound("since")?, bound("until")?);
    let shown = log.into_iter().filter_map(|oid| {
        let commit = repo.store.commit(oid)?;
        let when = commit.committer.seconds;
        let inside =
            since.is_none_or(|since| since <= when) && until.is_none_or(|until| when <= until);
        inside.then(|| shape::commit(ask, repo, oid, commit))
    });
    let path = format!("{}/commits", repository_url(ask, repo));
    Ok(paged(ask, &path, shown.collect()))
}

/// `GET commits/{ref}`: with its files, or only its name.
pub(in crate::sandbox::github) fn get(repo: &mut Repository, ask: &Ask<'_>, name: &str) -> Outcome {
    filled(repo)?;
    let found = repo.resolve(name, ask.replica);
    let found = found.and_then(|oid| repo.store.peeled(oid));
    let oid =
        found.ok_or_else(|| Problem::unprocessable(format!("No commit found for SHA: {name}")))?;
    if ask.wants("sha") {
        let answer = crate::sandbox::github::reply::raw(
            "application/vnd.github.sha; charset=utf-8",
            oid.to_string().into_bytes(),
        );
        return Ok(answer.with("ETag", format!("\"{oid}\"")));
    }
    let commit = repo.store.commit(oid).ok_or_else(Problem::not_found)?;
    let parent = commit
        .parents
        .first()
        .and_then(|parent| repo.store.commit(*parent));
    let changes = diff::changes(&repo.store, parent.map(|parent| parent.tree), commit.tree);
    let (additions, deletions) = changes.iter().fold((0, 0), |(plus, minus), change| {
        (plus + change.additions, minus + change.deletions)
    });
    let (size, page) = ask.page();
    let size = if ask.query.contains_key("per_page") {
        size
    } else {
        FILES
    };
    let changes = changes
        .get(..changes.len().min(ALL_FILES))
        .unwrap_or_default();
    let pages = changes.len().div_ceil(size).max(1);
    let files: Vec<Value> = changes
        .iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .map(|change| change.shown(ask, repo, oid))
        .collect();
    let mut shown = shape::commit(ask, repo, oid, commit);
    if let Some(members) = shown.as_object_mut() {
        let total = additions + deletions;
        let stats = json!({"additions": additions, "deletions": deletions, "total": total});
        members.insert("stats".to_owned(), stats);
        members.insert("files".to_owned(), Value::Array(files));
    }
    let answer = json_answer(200, shown);
    let path = format!("{}/commits/{oid}", repository_url(ask, repo));
    Ok(match links(ask, &path, page, pages) {
        Some(links) => answer.with("Link", links),
        None => answer,
    })
}
