//! `activity`: what happened to branches. After a force push this is where the old head is found.

use serde_json::Value;

use super::paged;
use crate::json::json;
use crate::sandbox::github::ask::Ask;
use crate::sandbox::github::reply::{Outcome, Problem};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{node_id, repository_url, user};

const KINDS: [&str; 6] = [
    "push",
    "force_push",
    "branch_creation",
    "branch_deletion",
    "pr_merge",
    "merge_queue_merge",
];

/// `GET activity`: newest first, by branch, kind or person.
pub(in crate::sandbox::github) fn list(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    let wanted = |name: &str| ask.query.get(name).map(String::as_str);
    if wanted("activity_type").is_some_and(|kind| !KINDS.contains(&kind)) {
        return Err(Problem::unprocessable("activity_type is not one of them"));
    }
    let whole = |name: &str| {
        let prefix = if name.starts_with("refs/") {
            ""
        } else {
            "refs/heads/"
        };
        format!("{prefix}{name}")
    };
    let mut shown: Vec<Value> = Vec::new();
    for (number, activity) in repo.activity.iter().enumerate() {
        let fits = wanted("activity_type").is_none_or(|kind| kind == activity.kind)
            && wanted("actor").is_none_or(|actor| actor == activity.actor)
            && wanted("ref").is_none_or(|name| whole(name) == activity.name);
        if fits {
            shown.push(json!({
                "id": number + 1,
                "node_id": node_id("Push", format_args!("{}:{number}", repo.id)),
                "before": activity.before.to_string(),
                "after": activity.after.to_string(),
                "ref": activity.name,
                "timestamp": activity.when.to_string(),
                "activity_type": activity.kind,
                "actor": user(ask, &activity.actor),
            }));
        }
    }
    if wanted("direction") != Some("asc") {
        shown.reverse();
    }
    let path = format!("{}/activity", repository_url(ask, repo));
    Ok(paged(ask, &path, shown))
}
