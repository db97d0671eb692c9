//! Which path is for what. The templates are spelled as in GitHub's description of its API.

use super::Hub;
use super::ask::Ask;
use super::reply::Outcome;
use super::repository::Repository;
use super::rest::{activity, archive, blobs, commits, compare, contents, refs, repos, trees, user};
use crate::sandbox::area::Area;

/// What answers.
#[derive(Clone, Copy)]
pub(super) enum Handler {
    /// Something that belongs to no repository.
    Hub(fn(&mut Hub, &Ask<'_>, &[String]) -> Outcome),
    /// Something in a repository; the last part of the path comes along.
    Repository(fn(&mut Repository, &Ask<'_>, &str) -> Outcome),
}

/// A row of the table.
pub(super) struct Row {
    method: &'static str,
    pub(super) template: &'static str,
    pub(super) area: Area,
    pub(super) handler: Handler,
}

const fn hub(
    method: &'static str,
    template: &'static str,
    area: Area,
    handler: fn(&mut Hub, &Ask<'_>, &[String]) -> Outcome,
) -> Row {
    let handler = Handler::Hub(handler);
    Row {
        method,
        template,
        area,
        handler,
    }
}

const fn repo(
    method: &'static str,
    template: &'static str,
    area: Area,
    handler: fn(&mut Repository, &Ask<'_>, &str) -> Outcome,
) -> Row {
    let handler = Handler::Repository(handler);
    Row {
        method,
        template,
        area,
        handler,
    }
}

macro_rules! below {
    ($rest:literal) => {
        concat!("/repos/{owner}/{repo}", $rest)
    };
}

const ROWS: &[Row] = &[
    hub("GET", "/user", Area::User, user::get),
    hub("GET", "/user/repos", Area::Repo, repos::list),
    hub("POST", "/user/repos", Area::RepoWrite, repos::create),
    hub("GET", "/rate_limit", Area::RateLimit, user::rate_limit),
    hub(
        "GET",
        "/codeload/{owner}/{repo}/legacy.tar.gz/{ref}",
        Area::Archive,
        archive::download,
    ),
    repo("GET", below!(""), Area::Repo, repos::get),
    hub("PATCH", below!(""), Area::RepoWrite, repos::update),
    repo("GET", below!("/git/ref/{ref}"), Area::Ref, refs::get),
    repo(
        "GET",
        below!("/git/matching-refs/{ref}"),
        Area::Ref,
        refs::matching,
    ),
    repo("POST", below!("/git/refs"), Area::RefWrite, refs::create),
    repo(
        "PATCH",
        below!("/git/refs/{ref}"),
        Area::RefWrite,
        refs::update,
    ),
    repo(
        "DELETE",
        below!("/git/refs/{ref}"),
        Area::RefWrite,
        refs::delete,
    ),
    repo(
        "GET",
        below!("/git/trees/{tree_sha}"),
        Area::Tree,
        trees::get,
    ),
    repo("POST", below!("/git/trees"), Area::TreeWrite, trees::create),
    repo(
        "GET",
        below!("/git/blobs/{file_sha}"),
        Area::Blob,
        blobs::get,
    ),
    repo("POST", below!("/git/blobs"), Area::BlobWrite, blobs::create),
    repo(
        "GET",
        below!("/git/commits/{commit_sha}"),
        Area::Commit,
        commits::git_get,
    ),
    repo(
        "POST",
        below!("/git/commits"),
        Area::CommitWrite,
        commits::create,
    ),
    repo(
        "GET",
        below!("/git/tags/{tag_sha}"),
        Area::Ref,
        refs::get_tag,
    ),
    repo(
        "POST",
        below!("/git/tags"),
        Area::RefWrite,
        refs::create_tag,
    ),
    repo("GET", below!("/commits"), Area::Commit, commits::list),
    repo("GET", below!("/commits/{ref}"), Area::Commit, commits::get),
    repo(
        "GET",
        below!("/compare/{basehead}"),
        Area::Compare,
        compare::get,
    ),
    repo("GET", below!("/contents"), Area::Contents, contents::get),
    repo(
        "GET",
        below!("/contents/{path}"),
        Area::Contents,
        contents::get,
    ),
    repo(
        "PUT",
        below!("/contents/{path}"),
        Area::ContentsWrite,
        contents::put,
    ),
    repo(
        "DELETE",
        below!("/contents/{path}"),
        Area::ContentsWrite,
        contents::delete,
    ),
    repo("GET", below!("/tarball"), Area::Archive, archive::redirect),
    repo(
        "GET",
        below!("/tarball/{ref}"),
        Area::Archive,
        archive::redirect,
    ),
    repo("GET", below!("/tags"), Area::Ref, refs::tags),
    repo("GET", below!("/branches/{branch}"), Area::Ref, refs::branch),
    repo("GET", below!("/activity"), Area::Activity, activity::list),
];

/// What a path is for.
pub(super) enum Route {
    Found(&'static Row, Vec<String>),
    /// The path is known, though not with this method.
    Method,
    Unknown,
}

/// Finds the row, and what its template's names stand for. The last name of a template takes all
/// the rest of the path, for branches and files in folders. A repository by number has the same
/// rows as one by name.
pub(super) fn find(method: &str, parts: &[String]) -> Route {
    let by_name: Vec<String>;
    let parts = match parts {
        [first, id, rest @ ..] if first == "repositories" => {
            let named = ["repos".to_owned(), String::new(), id.clone()];
            by_name = named.into_iter().chain(rest.iter().cloned()).collect();
            &by_name
        }
        [first, owner, ..] if first == "repos" && owner.is_empty() => return Route::Unknown,
        other => other,
    };
    let mut known = false;
    for row in ROWS {
        let Some(names) = matched(row.template, parts) else {
            continue;
        };
        if row.method == method {
            return Route::Found(row, names);
        }
        known = true;
    }
    if known { Route::Method } else { Route::Unknown }
}

fn matched(template: &str, parts: &[String]) -> Option<Vec<String>> {
    let wanted: Vec<&str> = template.split('/').skip(1).collect();
    let greedy = wanted.len() > 3 && wanted.last().is_some_and(|last| last.starts_with('{'));
    if parts.len() < wanted.len() || (parts.len() > wanted.len() && !greedy) {
        return None;
    }
    let (last, before) = wanted.split_last()?;
    let (front, rest) = parts.split_at_checked(before.len())?;
    let mut names = Vec::new();
    for (wanted, part) in before.iter().zip(front) {
        if wanted.starts_with('{') {
            names.push(part.clone());
        } else if wanted != part {
            return None;
        }
    }
    let rest = rest.join("/");
    if last.starts_with('{') {
        // a slash at the end is another path, but for the start of names
        let start = template.ends_with("/matching-refs/{ref}");
        if rest.is_empty() || (rest.ends_with('/') && !start) {
            return None;
        }
        names.push(rest);
    } else if *last != rest {
        return None;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> Option<(&'static str, Vec<String>)> {
        let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
        match find(method, &parts) {
            Route::Found(row, names) => Some((row.template, names)),
            Route::Method | Route::Unknown => None,
        }
    }

    #[test]
    fn a_path_finds_its_template() {
        let (template, names) = found("GET", "repos/me/novel/git/ref/heads/a/b").unwrap();
        assert_eq!(template, "/repos/{owner}/{repo}/git/ref/{ref}");
        assert_eq!(names, ["me", "novel", "heads/a/b"]);
        let (template, names) = found("GET", "repositories/7/commits").unwrap();
        assert_eq!(template, "/repos/{owner}/{repo}/commits");
        assert_eq!(names, ["", "7"]);
        let (template, _) = found("GET", "repos/me/novel").unwrap();
        assert_eq!(template, "/repos/{owner}/{repo}");
        for unknown in [
            "",
            "user/",
            "repos/me/novel/",
            "repos/me/novel/commits/",
            "repos//7",
        ] {
            assert!(found("GET", unknown).is_none(), "{unknown}");
        }
        let parts: Vec<String> = ["user".to_owned()].into();
        assert!(matches!(find("PUT", &parts), Route::Method));
    }
}
