//! Repositories themselves.

use serde_json::Value;

use super::user::required;
use super::{contents, paged};
use crate::json::json;
use crate::sandbox::github::ask::Ask;
use crate::sandbox::github::reply::{Outcome, Problem, json_answer};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::{Hub, may_read, may_write, shape};

/// `GET /user/repos`: one's own.
pub(in crate::sandbox::github) fn list(hub: &mut Hub, ask: &Ask<'_>, _: &[String]) -> Outcome {
    required(ask)?;
    let mut own: Vec<&Repository> = hub
        .repositories
        .values()
        .filter(|repository| repository.owner == ask.login() && may_read(repository, ask))
        .collect();
    own.sort_unstable_by_key(|repository| repository.full_name().to_lowercase());
    let shown = own
        .iter()
        .map(|repository| shape::repository(ask, repository));
    let path = format!("{}/user/repos", ask.root());
    Ok(paged(ask, &path, shown.collect()))
}

/// `POST /user/repos`.
pub(in crate::sandbox::github) fn create(hub: &mut Hub, ask: &Ask<'_>, _: &[String]) -> Outcome {
    required(ask)?;
    let scoped = ask
        .asker
        .as_ref()
        .is_some_and(|asker| asker.scopes.contains("repo"));
    if !scoped {
        return Err(Problem::not_found());
    }
    let body = ask.object(&[
        "name",
        "description",
        "private",
        "auto_init",
        "has_issues",
        "has_wiki",
        "has_projects",
        "has_discussions",
        "has_downloads",
        "homepage",
        "is_template",
        "allow_squash_merge",
        "allow_merge_commit",
        "allow_rebase_merge",
        "allow_auto_merge",
        "delete_branch_on_merge",
    ])?;
    let name = body.need("name")?.to_owned();
    check_name(hub, ask.login(), &name)?;
    let owner = ask.login().to_owned();
    let id = hub.add(&owner, &name, ask.now);
    hub.last = Some(id);
    let repository = hub
        .repositories
        .get_mut(&id)
        .ok_or_else(Problem::not_found)?;
    repository.private = body.flag("private")?.unwrap_or(false);
    repository.description = body.text("description")?.map(str::to_owned);
    let features = &mut repository.features;
    for (name, feature) in [
        ("has_issues", &mut features.issues),
        ("has_wiki", &mut features.wiki),
        ("has_projects", &mut features.projects),
    ] {
        *feature = body.flag(name)?.unwrap_or(true);
    }
    if body.flag("auto_init")?.unwrap_or(false) {
        contents::first_commit(repository, ask);
    }
    let shown = shape::repository(ask, repository);
    let url = shape::repository_url(ask, repository);
    Ok(json_answer(201, shown).with("Location", url))
}

fn check_name(hub: &Hub, owner: &str, name: &str) -> Result<(), Problem> {
    let failed = |message: &str, code: &str| {
        Problem::unprocessable("Repository creation failed.").with_error(&json!({
            "resource": "Repository",
            "code": code,
            "field": "name",
            "message": message,
        }))
    };
    let good = (1..=100).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && ![".", ".."].contains(&name);
    if !good {
        // GitHub changes such a name, and the answer tells the new one
        return Err(failed("name is invalid", "custom"));
    }
    if hub.is_taken(owner, name) {
        return Err(failed("name already exists on this account", "custom"));
    }
    Ok(())
}

/// `GET /repos/{owner}/{repo}`.
#[expect(clippy::unnecessary_wraps, reason = "all handlers are alike")]
pub(in crate::sandbox::github) fn get(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    Ok(json_answer(200, shape::repository(ask, repo)))
}

/// `PATCH /repos/{owner}/{repo}`: another name, description, visibility or default branch.
pub(in crate::sandbox::github) fn update(
    hub: &mut Hub,
    ask: &Ask<'_>,
    names: &[String],
) -> Outcome {
    let [owner, name] = names else {
        return Err(Problem::not_found());
    };
    let id = hub.visible(ask, owner, name)?;
    let writable = hub.repositories.get(&id).is_some_and(|r| may_write(r, ask));
    if !writable {
        return Err(Problem::not_found());
    }
    let body = ask.object(&["name", "description", "private", "default_branch"])?;
    if let Some(name) = body.text("name")? {
        let same = hub.repositories.get(&id).is_some_and(|r| r.name == name);
        if !same {
            check_name(hub, ask.login(), name)?;
            hub.rename(id, name);
        }
    }
    let repository = hub
        .repositories
        .get_mut(&id)
        .ok_or_else(Problem::not_found)?;
    if let Some(private) = body.flag("private")? {
        repository.private = private;
    }
    if let Some(value) = body.value("description") {
        repository.description = value.as_str().map(str::to_owned);
    }
    if let Some(branch) = body.text("default_branch")? {
        if !repository
            .refs()
            .contains_key(&format!("refs/heads/{branch}"))
        {
            return Err(Problem::unprocessable("Validation Failed")
                .with_error(&Value::from(format!("The branch {branch} was not found."))));
        }
        branch.clone_into(&mut repository.default_branch);
    }
    Ok(json_answer(200, shape::repository(ask, repository)))
}
