//! Commits by somebody else, for whoever tests a script without this library:
//! `POST /_sandbox/github/OWNER/NAME` with `{"branch", "who", "message", "files": {PATH: TEXT}}`, where
//! `null` deletes a file. A page of somebody else's can't send this: its type is JSON.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::console::{ConsoleError, GitHub};
use crate::json::json;
use crate::sandbox::call::{Answer, Call};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default = "main")]
    branch: String,
    #[serde(default = "who")]
    who: String,
    #[serde(default)]
    message: String,
    files: BTreeMap<String, Option<String>>,
}

fn main() -> String {
    "main".to_owned()
}

fn who() -> String {
    "somebody".to_owned()
}

/// The answer to such a request; it does not count, and nothing befalls it.
pub(in crate::sandbox) fn somebody(github: &GitHub<'_>, called: &str, call: &Call) -> Answer {
    let is_json = call
        .headers
        .iter()
        .any(|(name, value)| name == "content-type" && value.starts_with("application/json"));
    if !is_json {
        return Answer::empty(415);
    }
    let Ok(asked) = serde_json::from_str::<Asked>(&call.body) else {
        return Answer::empty(400);
    };
    let files: Vec<(&str, Option<&[u8]>)> = asked
        .files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_ref().map(String::as_bytes)))
        .collect();
    let done = github.commit(called, &asked.branch, &asked.who, &asked.message, &files);
    match done {
        Ok(commit) => Answer::json(201, json!({"schema": 1, "commit": commit})),
        Err(ConsoleError::NoRepository(_)) => Answer::empty(404),
        Err(_) => Answer::empty(422),
    }
}
