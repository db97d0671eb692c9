//! What is around every answer: rate-limit headers, `ETag`s, the record of whole exchanges.

use serde_json::Value;

use super::ask::Ask;
use super::limits::Resource;
use super::reply::json_answer;
use super::{Circumstances, Hub, Trouble};
use crate::json::json;
use crate::sandbox::call::{Answer, Body, Call};
use crate::sandbox::mint::Hash;

impl Hub {
    /// `GET /rate_limit`, which costs nothing.
    pub(super) fn rate_limit(&self, ask: &Ask<'_>, given: &Circumstances<'_>) -> Answer {
        let told = |resource: Resource| {
            let budget = self
                .limits
                .budget(ask.login(), resource, given.now, given.options);
            json!({
                "limit": budget.limit,
                "used": budget.used,
                "remaining": budget.remaining(),
                "reset": given.wall.plus(budget.reset.saturating_sub(given.now)).unix_seconds(),
                "resource": resource.name(),
            })
        };
        let core = told(Resource::Core);
        let mut body = json!({"resources": {
            "core": core,
            "graphql": told(Resource::Graphql),
            "search": core,
        }});
        if ask.api_version == "2022-11-28"
            && let Some(members) = body.as_object_mut()
        {
            members.insert("rate".to_owned(), core);
        }
        json_answer(200, body)
    }

    /// Adds the headers that every answer has.
    pub(super) fn labelled(
        &self,
        answer: Answer,
        given: &Circumstances<'_>,
        login: &str,
        resource: Resource,
    ) -> Answer {
        let budget = self
            .limits
            .budget(login, resource, given.now, given.options);
        let (mut remaining, mut reset) = (budget.remaining(), budget.reset);
        if let Some(Trouble::Primary(wait)) = given.trouble {
            (remaining, reset) = (0, given.now + wait);
        }
        let reset = given.wall.plus(reset.saturating_sub(given.now));
        let seed = format!("{}\0{}", given.origin, self.served);
        let mut answer = answer
            .with("X-GitHub-Request-Id", Hash::of(&seed).fingerprint())
            .with("X-GitHub-Media-Type", "github.v3; format=json")
            .with("X-RateLimit-Limit", budget.limit.to_string())
            .with("X-RateLimit-Remaining", remaining.to_string())
            .with(
                "X-RateLimit-Used",
                (budget.limit - remaining.min(budget.limit)).to_string(),
            )
            .with("X-RateLimit-Reset", reset.unix_seconds().to_string())
            .with("X-RateLimit-Resource", resource.name());
        if let Ok(Some(asker)) = &given.asker {
            let scopes: Vec<&str> = asker.scopes.iter().map(String::as_str).collect();
            answer = answer
                .with("X-OAuth-Scopes", scopes.join(", "))
                .with("X-Accepted-OAuth-Scopes", "repo");
        }
        answer
    }
}

/// A request and its answer, as a check against GitHub's description of its API reads them.
pub(super) fn exchange(call: &Call, answer: &Answer) -> Value {
    let path = call.path.strip_prefix("/github").unwrap_or(&call.path);
    let query = call
        .query
        .as_ref()
        .map_or_else(String::new, |query| format!("?{query}"));
    let mut exchange = json!({
        "method": call.method,
        "path": format!("{path}{query}"),
        "status": answer.status,
    });
    if let Some(members) = exchange.as_object_mut() {
        if !call.body.is_empty() {
            let body = serde_json::from_str(&call.body).unwrap_or_default();
            members.insert("body".to_owned(), body);
        }
        let (name, value) = match &answer.body {
            Body::Json(value) => ("answer", value.clone()),
            Body::Bytes(kind, _) | Body::Text(kind, _) => ("type", json!(kind)),
            Body::Html(_) => ("type", json!("text/html")),
            Body::Empty => ("type", Value::Null),
        };
        members.insert(name.to_owned(), value);
    }
    exchange
}

/// Adds the `ETag`, which is another for every token, and answers 304 where the client has it.
pub(super) fn conditional(answer: Answer, call: &Call, given: &Circumstances<'_>) -> Answer {
    if answer.status != 200 || call.method != "GET" || call.path.starts_with("/github/codeload/") {
        return answer;
    }
    let body = match &answer.body {
        Body::Json(value) => value.to_string(),
        Body::Bytes(_, bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Body::Text(_, text) | Body::Html(text) => text.clone(),
        Body::Empty => String::new(),
    };
    let own = answer.headers.iter().find(|(name, _)| *name == "ETag");
    let tag = own.map_or_else(
        || {
            let token = given.asker.as_ref().ok().and_then(Option::as_ref);
            let token = token.map_or("", |asker| &asker.token);
            let accept = call.headers.iter().find(|(name, _)| name == "accept");
            let accept = accept.map_or("", |(_, value)| value);
            let seed = format!("{token}\0{accept}\0{body}");
            format!("W/\"{}\"", Hash::of(&seed).fingerprint())
        },
        |(_, tag)| tag.clone(),
    );
    let known = call
        .headers
        .iter()
        .filter(|(name, _)| name == "if-none-match")
        .flat_map(|(_, value)| value.split(','))
        .any(|value| value.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"));
    let mut answer = if known {
        Answer {
            headers: answer.headers,
            ..Answer::bare(304, Body::Empty)
        }
    } else {
        answer
    };
    answer.headers.retain(|(name, _)| *name != "ETag");
    answer
        .with("ETag", tag)
        .with("Cache-Control", "private, max-age=60, s-maxage=60")
        .with("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
}
