//! The JSON of people, repositories and commits, as GitHub's description of its API has it.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::ask::Ask;
use super::object::{Commit, Kind, Oid, Person};
use super::repository::Repository;
use crate::json::json;
use crate::sandbox::mint::Hash;

/// A person's number: a function of the login, so that it is the same in every run.
pub(super) fn user_id(login: &str) -> u64 {
    let digits = Hash::of(&format!("user\0{login}")).fingerprint();
    u64::from_str_radix(digits.get(..8).unwrap_or_default(), 16).unwrap_or_default() | 1
}

/// The mail address that GitHub gives out for who keeps theirs private.
pub(super) fn noreply(login: &str) -> String {
    let login = login.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-");
    format!("{}+{login}@users.noreply.sandbox.invalid", user_id(&login))
}

/// An opaque global name.
pub(super) fn node_id(kind: &str, id: impl std::fmt::Display) -> String {
    STANDARD.encode(format!("{kind}:{id}"))
}

/// Percent-encoding of one part of a path.
pub(super) fn encoded(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}"); // writing to memory does not fail
        }
    }
    text
}

/// Percent-encoding of a path, whose slashes stay.
pub(super) fn encoded_path(path: &str) -> String {
    path.split('/').map(encoded).collect::<Vec<_>>().join("/")
}

/// Where a repository is found by the REST API.
pub(super) fn repository_url(ask: &Ask<'_>, repository: &Repository) -> String {
    let (owner, name) = (encoded(&repository.owner), encoded(&repository.name));
    format!("{}/repos/{owner}/{name}", ask.root())
}

/// Where people look at a repository.
pub(super) fn web_url(ask: &Ask<'_>, repository: &Repository) -> String {
    let (owner, name) = (encoded(&repository.owner), encoded(&repository.name));
    format!("{}/web/{owner}/{name}", ask.root())
}

/// `simple-user`.
pub(super) fn user(ask: &Ask<'_>, login: &str) -> Value {
    let id = user_id(login);
    let part = encoded(login);
    let url = format!("{}/users/{part}", ask.root());
    json!({
        "login": login,
        "id": id,
        "node_id": node_id("User", id),
        "avatar_url": format!("{}/avatars/{id}", ask.root()),
        "gravatar_id": "",
        "url": url,
        "html_url": format!("{}/web/{part}", ask.root()),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"),
        "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": "User",
        "user_view_type": "public",
        "site_admin": false,
    })
}

/// `full-repository`.
pub(super) fn repository(ask: &Ask<'_>, repository: &Repository) -> Value {
    let (url, web) = (repository_url(ask, repository), web_url(ask, repository));
    let mut members = constants(&url);
    let git = format!("{web}.git");
    let own = ask
        .asker
        .as_ref()
        .is_some_and(|a| a.login == repository.owner);
    let visibility = if repository.private {
        "private"
    } else {
        "public"
    };
    let rest = json!({
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name(),
        "owner": user(ask, &repository.owner),
        "private": repository.private,
        "visibility": visibility,
        "description": repository.description,
        "url": url,
        "html_url": web,
        "svn_url": web,
        "clone_url": git,
        "git_url": git,
        "ssh_url": git,
        "size": repository.store.size().div_ceil(1024),
        "default_branch": repository.default_branch,
        "has_issues": repository.features.issues,
        "has_wiki": repository.features.wiki,
        "has_projects": repository.features.projects,
        "created_at": repository.created.to_string(),
        "updated_at": repository.pushed.to_string(),
        "pushed_at": repository.pushed.to_string(),
        "permissions": {"admin": own, "maintain": own, "push": own, "triage": own, "pull": true},
    });
    if let Value::Object(rest) = rest {
        members.extend(rest);
    }
    Value::Object(members)
}

/// What is the same for all repositories.
fn constants(url: &str) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, path) in URLS {
        members.insert((*name).to_owned(), json!(format!("{url}{path}")));
    }
    for name in [
        "forks_count",
        "stargazers_count",
        "watchers_count",
        "open_issues_count",
        "subscribers_count",
        "network_count",
        "forks",
        "open_issues",
        "watchers",
    ] {
        members.insert(name.to_owned(), json!(0));
    }
    for name in [
        "description",
        "mirror_url",
        "homepage",
        "language",
        "license",
    ] {
        members.insert(name.to_owned(), Value::Null);
    }
    members.insert("has_downloads".to_owned(), json!(true));
    for name in [
        "fork",
        "has_pages",
        "has_discussions",
        "archived",
        "disabled",
    ] {
        members.insert(name.to_owned(), json!(false));
    }
    members
}

const URLS: &[(&str, &str)] = &[
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    (
        "notifications_url",
        "/notifications{?since,all,participating}",
    ),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];

fn person(person: &Person) -> Value {
    json!({"name": person.name, "email": person.email, "date": person.when()})
}

/// The account behind a mail address of ours; GitHub shows none for others.
pub(super) fn account_of(person: &Person) -> Option<String> {
    let (name, _) = person.email.split_once("@users.noreply.sandbox.invalid")?;
    name.split_once('+').map(|(_, login)| login.to_owned())
}

fn verification() -> Value {
    json!({
        "verified": false,
        "reason": "unsigned",
        "signature": null,
        "payload": null,
        "verified_at": null,
    })
}

fn parents(ask: &Ask<'_>, repo: &Repository, commit: &Commit, git: &str) -> Vec<Value> {
    let (url, web) = (repository_url(ask, repo), web_url(ask, repo));
    let parents = commit.parents.iter();
    parents
        .map(|parent| {
            json!({
                "sha": parent.to_string(),
                "url": format!("{url}{git}/commits/{parent}"),
                "html_url": format!("{web}/commit/{parent}"),
            })
        })
        .collect()
}

/// `git-commit`: what the Git Data API gives.
pub(super) fn git_commit(ask: &Ask<'_>, repo: &Repository, oid: Oid, commit: &Commit) -> Value {
    let (url, web) = (repository_url(ask, repo), web_url(ask, repo));
    json!({
        "sha": oid.to_string(),
        "node_id": node_id("Commit", oid),
        "url": format!("{url}/git/commits/{oid}"),
        "html_url": format!("{web}/commit/{oid}"),
        "author": person(&commit.author),
        "committer": person(&commit.committer),
        "message": commit.message,
        "tree": {"sha": commit.tree.to_string(), "url": format!("{url}/git/trees/{}", commit.tree)},
        "parents": parents(ask, repo, commit, "/git"),
        "verification": verification(),
    })
}

/// `commit`: what lists of commits give.
pub(super) fn commit(ask: &Ask<'_>, repo: &Repository, oid: Oid, commit: &Commit) -> Value {
    let (url, web) = (repository_url(ask, repo), web_url(ask, repo));
    let account = |person: &Person| account_of(person).map(|login| user(ask, &login));
    json!({
        "sha": oid.to_string(),
        "node_id": node_id("Commit", oid),
        "url": format!("{url}/commits/{oid}"),
        "html_url": format!("{web}/commit/{oid}"),
        "comments_url": format!("{url}/commits/{oid}/comments"),
        "commit": {
            "url": format!("{url}/git/commits/{oid}"),
            "author": person(&commit.author),
            "committer": person(&commit.committer),
            "message": commit.message,
            "comment_count": 0,
            "tree": {
                "sha": commit.tree.to_string(),
                "url": format!("{url}/git/trees/{}", commit.tree),
            },
            "verification": verification(),
        },
        "author": account(&commit.author),
        "committer": account(&commit.committer),
        "parents": parents(ask, repo, commit, ""),
    })
}

/// `git-ref`.
pub(super) fn git_ref(ask: &Ask<'_>, repo: &Repository, name: &str, oid: Oid) -> Value {
    let url = repository_url(ask, repo);
    let kind = repo.store.kind(oid).unwrap_or(Kind::Commit).name();
    json!({
        "ref": name,
        "node_id": node_id("Ref", format_args!("{}:{name}", repo.id)),
        "url": format!("{url}/git/{}", encoded_path(name)),
        "object": {"type": kind, "sha": oid.to_string(), "url": format!("{url}/git/{kind}s/{oid}")},
    })
}
