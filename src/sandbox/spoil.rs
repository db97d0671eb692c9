//! Answers that are wrong on purpose.

use serde_json::Value;

use super::call::{Answer, Body, Refusal};
use super::fault::Kind;
use crate::json::json;

const PORTAL: &str = "<!doctype html><title>Sign in to this network</title>\
    <h1>Welcome to the guest network</h1><p>Please accept the terms.</p>";
const PROXY: &str = "<!doctype html><title>Access denied</title>\
    <h1>Access denied</h1><p>Your organisation's proxy has blocked this request.</p>";

/// The answer that a fault gives in place of the server's, which then does not act.
pub(super) fn instead(fault: &Kind) -> Option<Answer> {
    let answer = match fault {
        Kind::Status(status, retry_after) => {
            let answer = status_only(*status);
            match retry_after {
                Some(seconds) => answer.with("Retry-After", seconds.to_string()),
                None => answer,
            }
        }
        Kind::Html => Answer::html(200, PORTAL.to_owned()),
        Kind::Proxy403 => Answer::html(403, PROXY.to_owned()),
        Kind::InvalidGrant => Refusal::invalid_grant("refused by a fault").into(),
        Kind::Refused(code, words) => {
            let mut body = json!({"error": code});
            if let (Some(members), false) = (body.as_object_mut(), words.is_empty()) {
                members.insert("error_description".to_owned(), json!(words));
            }
            Answer::json(400, body)
        }
        Kind::DropBefore => Answer::empty(500),
        Kind::StatusAfter(_)
        | Kind::DropAfter
        | Kind::Truncate
        | Kind::Endless
        | Kind::Stall
        | Kind::Slow(_)
        | Kind::DuplicateKeys
        | Kind::WrongType
        | Kind::Plain
        | Kind::StringExpiry
        | Kind::NoRefreshToken
        | Kind::Trouble(_) => return None,
    };
    Some(answer.noted("fault"))
}

/// The server's answer, changed as a fault wants it. The note stays: it says what the server did.
pub(super) fn spoiled(mut answer: Answer, fault: Option<&Kind>) -> Answer {
    match (fault, &mut answer.body) {
        (Some(Kind::StatusAfter(status)), _) => Answer {
            note: answer.note,
            ..status_only(*status)
        },
        (Some(Kind::Plain), Body::Json(value)) => {
            answer.body = Body::Text("text/plain", value.to_string());
            answer
        }
        (Some(Kind::DuplicateKeys), Body::Json(value)) if value.get("access_token").is_some() => {
            let text = value.to_string();
            let rest = text.strip_prefix('{').unwrap_or_default();
            let text = format!("{{\"access_token\":\"another\",{rest}");
            answer.body = Body::Text("application/json", text);
            answer
        }
        (Some(Kind::WrongType), Body::Json(Value::Object(members))) => {
            let token = members.get("access_token").cloned();
            members.extend(token.map(|token| ("expires_in".to_owned(), token)));
            answer
        }
        (Some(Kind::StringExpiry), Body::Json(Value::Object(members))) => {
            let seconds = members.get("expires_in").and_then(Value::as_u64);
            let text = seconds.map(|seconds| ("expires_in".to_owned(), json!(seconds.to_string())));
            members.extend(text);
            answer
        }
        _ => answer,
    }
}

fn status_only(status: u16) -> Answer {
    let name = format!("<!doctype html><title>{status}</title><h1>Error {status}</h1>");
    Answer::html(status, name)
}
