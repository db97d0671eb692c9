//! The person whose token it is.

use serde_json::Value;

use crate::json::json;
use crate::sandbox::github::Hub;
use crate::sandbox::github::ask::Ask;
use crate::sandbox::github::reply::{Outcome, Problem, json_answer};
use crate::sandbox::github::shape;

/// Who must be somebody.
pub(super) fn required(ask: &Ask<'_>) -> Result<(), Problem> {
    match ask.asker {
        Some(_) => Ok(()),
        None => Err(Problem::new(401, "Requires authentication")),
    }
}

/// `GET /user`.
pub(in crate::sandbox::github) fn get(hub: &mut Hub, ask: &Ask<'_>, _: &[String]) -> Outcome {
    required(ask)?;
    let login = ask.login();
    let own = hub
        .repositories
        .values()
        .filter(|repository| repository.owner == login);
    let (private, public): (Vec<_>, Vec<_>) = own.partition(|repository| repository.private);
    let mut user = shape::user(ask, login);
    let more = json!({
        "name": login,
        "company": null,
        "blog": "",
        "location": null,
        "email": null,
        "hireable": null,
        "bio": null,
        "public_repos": public.len(),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "private_gists": 0,
        "total_private_repos": private.len(),
        "owned_private_repos": private.len(),
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": true,
    });
    if let (Value::Object(user), Value::Object(more)) = (&mut user, more) {
        user.extend(more);
    }
    Ok(json_answer(200, user))
}

/// `GET /rate_limit` is answered before anything is counted; nothing comes here.
pub(in crate::sandbox::github) fn rate_limit(_: &mut Hub, _: &Ask<'_>, _: &[String]) -> Outcome {
    Err(Problem::not_found())
}
