//! Branches and tags (`git/refs`, `git/tags`, `branches`, `tags`).

use serde_json::Value;

use super::paged;
use crate::json::json;
use crate::sandbox::github::ask::{Ask, Members};
use crate::sandbox::github::commit_author as author;
use crate::sandbox::github::head;
use crate::sandbox::github::object::{Kind, Object, Oid, Person, Tag};
use crate::sandbox::github::reply::{Outcome, Problem, json_answer};
use crate::sandbox::github::repository::{Repository, is_ref_name};
use crate::sandbox::github::shape::{self, encoded_path, git_ref, node_id, repository_url};

fn filled(repo: &Repository) -> Result<(), Problem> {
    if repo.is_empty() {
        return Err(Problem::empty());
    }
    Ok(())
}

/// `GET git/ref/{ref}`: exactly this one.
pub(in crate::sandbox::github) fn get(repo: &mut Repository, ask: &Ask<'_>, name: &str) -> Outcome {
    filled(repo)?;
    let name = format!("refs/{name}");
    let oid = repo
        .find(&name, ask.replica)
        .ok_or_else(Problem::not_found)?;
    Ok(json_answer(200, git_ref(ask, repo, &name, oid)))
}

/// `GET git/matching-refs/{ref}`: all that begin so.
pub(in crate::sandbox::github) fn matching(
    repo: &mut Repository,
    ask: &Ask<'_>,
    name: &str,
) -> Outcome {
    filled(repo)?;
    let start = format!("refs/{name}");
    let found = repo
        .refs()
        .keys()
        .filter(|name| name.starts_with(&start))
        .filter_map(|name| {
            let oid = repo.find(name, ask.replica)?;
            Some(git_ref(ask, repo, name, oid))
        });
    Ok(json_answer(200, Value::Array(found.collect())))
}

fn existing(repo: &Repository, body: &Members) -> Result<Oid, Problem> {
    let sha = body.need("sha")?;
    let oid: Oid = sha.parse().map_err(|()| {
        Problem::unprocessable(
            "The sha parameter must be exactly 40 characters and contain only [0-9a-f].",
        )
    })?;
    match repo.store.kind(oid) {
        Some(_) => Ok(oid),
        None => Err(Problem::unprocessable("Object does not exist")),
    }
}

/// `POST git/refs`: a new one, which can't be the first.
pub(in crate::sandbox::github) fn create(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    filled(repo)?;
    let body = ask.object(&["ref", "sha"])?;
    let name = body.need("ref")?.to_owned();
    if !is_ref_name(&name) {
        return Err(Problem::unprocessable(
            "Reference name must start with 'refs' and have at least two slashes, and be one that git takes.",
        ));
    }
    let oid = existing(repo, &body)?;
    if repo.refs().contains_key(&name) {
        return Err(Problem::unprocessable("Reference already exists"));
    }
    if name.starts_with("refs/heads/") && repo.store.commit(oid).is_none() {
        return Err(Problem::unprocessable("Object is not a commit"));
    }
    repo.set(&name, Some(oid), ask.login(), ask.now);
    let shown = git_ref(ask, repo, &name, oid);
    let url = format!("{}/git/{}", repository_url(ask, repo), encoded_path(&name));
    Ok(json_answer(201, shown).with("Location", url))
}

/// `PATCH git/refs/{ref}`: forward only, unless `force` says otherwise.
pub(in crate::sandbox::github) fn update(
    repo: &mut Repository,
    ask: &Ask<'_>,
    name: &str,
) -> Outcome {
    filled(repo)?;
    let body = ask.object(&["sha", "force"])?;
    let oid = existing(repo, &body)?;
    let name = format!("refs/{name}");
    let old = repo.refs().get(&name).copied();
    let old = old.ok_or_else(|| Problem::unprocessable("Reference does not exist"))?;
    if name.starts_with("refs/heads/") && repo.store.commit(oid).is_none() {
        return Err(Problem::unprocessable("Object is not a commit"));
    }
    if !body.flag("force")?.unwrap_or(false) && !repo.is_ancestor(old, oid) {
        return Err(Problem::unprocessable("Update is not a fast forward"));
    }
    repo.set(&name, Some(oid), ask.login(), ask.now);
    Ok(json_answer(200, git_ref(ask, repo, &name, oid)))
}

/// `DELETE git/refs/{ref}`.
pub(in crate::sandbox::github) fn delete(
    repo: &mut Repository,
    ask: &Ask<'_>,
    name: &str,
) -> Outcome {
    filled(repo)?;
    let name = format!("refs/{name}");
    if !repo.refs().contains_key(&name) {
        return Err(Problem::unprocessable("Reference does not exist"));
    }
    if name == format!("refs/heads/{}", repo.default_branch) {
        return Err(Problem::unprocessable("Cannot delete the default branch"));
    }
    repo.set(&name, None, ask.login(), ask.now);
    Ok(crate::sandbox::github::nothing(204))
}

/// `GET branches/{branch}`.
pub(in crate::sandbox::github) fn branch(
    repo: &mut Repository,
    ask: &Ask<'_>,
    name: &str,
) -> Outcome {
    let oid = head(repo, ask, name);
    let oid = oid.ok_or_else(|| Problem::new(404, "Branch not found"))?;
    let commit = repo.store.commit(oid).ok_or_else(Problem::not_found)?;
    let url = format!(
        "{}/branches/{}",
        repository_url(ask, repo),
        encoded_path(name)
    );
    let web = format!("{}/tree/{}", shape::web_url(ask, repo), encoded_path(name));
    Ok(json_answer(
        200,
        json!({
            "name": name,
            "commit": shape::commit(ask, repo, oid, commit),
            "_links": {"self": url, "html": web},
            "protected": false,
            "protection": {
                "enabled": false,
                "required_status_checks": {
                    "enforcement_level": "off", "contexts": [], "checks": [],
                },
            },
            "protection_url": format!("{url}/protection"),
        }),
    ))
}

/// `GET tags`: of both kinds, by name, the last first.
#[expect(clippy::unnecessary_wraps, reason = "all handlers are alike")]
pub(in crate::sandbox::github) fn tags(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    let url = repository_url(ask, repo);
    let mut shown = Vec::new();
    for (name, _) in repo.refs().iter().rev() {
        let Some(tag) = name.strip_prefix("refs/tags/") else {
            continue;
        };
        let found = repo.find(name, ask.replica);
        let Some(commit) = found.and_then(|oid| repo.store.peeled(oid)) else {
            continue;
        };
        let path = encoded_path(tag);
        shown.push(json!({
            "name": tag,
            "commit": {"sha": commit.to_string(), "url": format!("{url}/commits/{commit}")},
            "zipball_url": format!("{url}/zipball/refs/tags/{path}"),
            "tarball_url": format!("{url}/tarball/refs/tags/{path}"),
            "node_id": node_id("Ref", format_args!("{}:{name}", repo.id)),
        }));
    }
    Ok(paged(ask, &format!("{url}/tags"), shown))
}

fn shown_tag(ask: &Ask<'_>, repo: &Repository, oid: Oid, tag: &Tag) -> Value {
    let url = repository_url(ask, repo);
    let (kind, object) = (tag.kind.name(), tag.object);
    json!({
        "node_id": node_id("Tag", oid),
        "tag": tag.name,
        "sha": oid.to_string(),
        "url": format!("{url}/git/tags/{oid}"),
        "message": tag.message,
        "tagger": {
            "name": tag.tagger.name, "email": tag.tagger.email, "date": tag.tagger.when(),
        },
        "object": {
            "sha": object.to_string(), "type": kind, "url": format!("{url}/git/{kind}s/{object}"),
        },
        "verification": {
            "verified": false, "reason": "unsigned", "signature": null, "payload": null,
            "verified_at": null,
        },
    })
}

/// `GET git/tags/{tag_sha}`: an annotated one.
pub(in crate::sandbox::github) fn get_tag(
    repo: &mut Repository,
    ask: &Ask<'_>,
    sha: &str,
) -> Outcome {
    filled(repo)?;
    let oid = sha.parse().map_err(|()| Problem::not_found())?;
    let tag = repo.store.tag(oid).ok_or_else(Problem::not_found)?;
    Ok(json_answer(200, shown_tag(ask, repo, oid, tag)))
}

/// `POST git/tags`: the object only; a ref makes it a tag that people see.
pub(in crate::sandbox::github) fn create_tag(
    repo: &mut Repository,
    ask: &Ask<'_>,
    _: &str,
) -> Outcome {
    filled(repo)?;
    let body = ask.object(&["tag", "message", "object", "type", "tagger"])?;
    let kind = Kind::named(body.need("type")?);
    let kind = kind.ok_or_else(|| Problem::invalid("the type is not one of git's."))?;
    let object: Option<Oid> = body.need("object")?.parse().ok();
    let object = object.filter(|oid| repo.store.kind(*oid) == Some(kind));
    let object = object.ok_or_else(|| Problem::unprocessable("Object does not exist"))?;
    let tagger: Person = author(ask, body.value("tagger"))?;
    let tag = Tag {
        object,
        kind,
        name: body.need("tag")?.to_owned(),
        tagger,
        message: body.need("message")?.to_owned(),
        raw: None,
    };
    if !is_ref_name(&format!("refs/tags/{}", tag.name)) {
        return Err(Problem::unprocessable("tag is not well-formed"));
    }
    let oid = repo.store.put(Object::Tag(tag.clone()));
    Ok(json_answer(201, shown_tag(ask, repo, oid, &tag)))
}
