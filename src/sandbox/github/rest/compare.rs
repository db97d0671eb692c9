//! `compare/{base}...{head}`.

use serde_json::Value;

use super::links;
use crate::json::json;
use crate::sandbox::github::ask::Ask;
use crate::sandbox::github::diff;
use crate::sandbox::github::object::Oid;
use crate::sandbox::github::reply::{Outcome, Problem, json_answer};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{self, encoded, repository_url, web_url};

/// Without `page` or `per_page` this many commits come; more files than this never do.
const COMMITS: usize = 250;
const FILES: usize = 300;

/// `GET compare/{basehead}`: from the merge base of both to the head. Files are on the first page
/// only.
pub(in crate::sandbox::github) fn get(
    repo: &mut Repository,
    ask: &Ask<'_>,
    basehead: &str,
) -> Outcome {
    let (base, head) = basehead.split_once("...").ok_or_else(Problem::not_found)?;
    let found = |name: &str| -> Result<Oid, Problem> {
        let oid = repo.resolve(name, ask.replica);
        let oid = oid.and_then(|oid| repo.store.peeled(oid));
        oid.ok_or_else(Problem::not_found)
    };
    let (base_oid, head_oid) = (found(base)?, found(head)?);
    let merge_base = repo.store.merge_base(head_oid, base_oid).ok_or_else(|| {
        Problem::new(
            404,
            format!("No common ancestor between {base} and {head}."),
        )
    })?;
    let (theirs, ours) = (
        repo.store.reachable(base_oid),
        repo.store.reachable(head_oid),
    );
    let behind = theirs.difference(&ours).count();
    // oldest first, unlike everywhere else
    let mut ahead = repo.store.log(head_oid);
    ahead.retain(|oid| !theirs.contains(oid));
    ahead.reverse();
    let status = match (ahead.len(), behind) {
        (0, 0) => "identical",
        (_, 0) => "ahead",
        (0, _) => "behind",
        _ => "diverged",
    };
    let described = |oid: Oid| {
        let commit = repo.store.commit(oid);
        commit.map(|commit| shape::commit(ask, repo, oid, commit))
    };
    let in_pages = ask.query.contains_key("page") || ask.query.contains_key("per_page");
    let (size, page) = if in_pages { ask.page() } else { (COMMITS, 1) };
    let pages = ahead.len().div_ceil(size).max(1);
    let shown: Vec<Value> = ahead
        .iter()
        .skip((page - 1).saturating_mul(size))
        .take(size)
        .filter_map(|oid| described(*oid))
        .collect();
    let files = if page == 1 {
        files(ask, repo, merge_base, head_oid)
    } else {
        Vec::new()
    };
    let range = format!("{}...{}", encoded(base), encoded(head));
    let url = format!("{}/compare/{range}", repository_url(ask, repo));
    let web = format!("{}/compare/{range}", web_url(ask, repo));
    let answer = json_answer(
        200,
        json!({
            "url": url,
            "html_url": web,
            "permalink_url": web,
            "diff_url": format!("{web}.diff"),
            "patch_url": format!("{web}.patch"),
            "base_commit": described(base_oid),
            "merge_base_commit": described(merge_base),
            "status": status,
            "ahead_by": ahead.len(),
            "behind_by": behind,
            "total_commits": ahead.len(),
            "commits": shown,
            "files": files,
        }),
    );
    Ok(match links(ask, &url, page, pages) {
        Some(links) if in_pages => answer.with("Link", links),
        _ => answer,
    })
}

fn files(ask: &Ask<'_>, repo: &Repository, from: Oid, to: Oid) -> Vec<Value> {
    let tree = |oid| repo.store.commit(oid).map(|commit| commit.tree);
    let changes = tree(to).map(|tree_to| diff::changes(&repo.store, tree(from), tree_to));
    let changes = changes.unwrap_or_default();
    let shown = changes.iter().take(FILES);
    shown.map(|change| change.shown(ask, repo, to)).collect()
}
