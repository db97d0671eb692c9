//! Answers in GitHub's shapes.

use serde_json::Value;

use crate::json::json;
use crate::sandbox::call::{Answer, Body};

/// What every handler gives.
pub(super) type Outcome = Result<Answer, Problem>;

/// An error as the REST API words it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) errors: Option<Value>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) page: &'static str,
}

impl Problem {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: None,
            headers: Vec::new(),
            page: "https://docs.github.com/rest",
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    /// The Git Data API of a repository without a first commit.
    pub(super) fn empty() -> Self {
        Self::new(409, "Git Repository is empty.")
    }

    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(422, message)
    }

    /// A body that does not fit the endpoint's schema.
    pub(super) fn invalid(why: impl AsRef<str>) -> Self {
        Self::new(422, format!("Invalid request.\n\n{}", why.as_ref()))
    }

    /// One of `errors` beside the message.
    pub(super) fn with_error(mut self, error: &Value) -> Self {
        self.errors = Some(json!([error]));
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let mut body = json!({"message": problem.message});
        if let Value::Object(members) = &mut body {
            let errors = problem.errors.map(|errors| ("errors".to_owned(), errors));
            members.extend(errors);
            members.insert("documentation_url".to_owned(), json!(problem.page));
            // a text, as GitHub has it
            let status = json!(problem.status.to_string());
            members.insert("status".to_owned(), status);
        }
        let mut answer = json_answer(problem.status, body);
        answer.headers.extend(problem.headers);
        answer
    }
}

/// A JSON document.
pub(super) fn json_answer(status: u16, value: Value) -> Answer {
    Answer::bare(status, Body::Json(value))
}

/// Bytes as they are.
pub(super) fn raw(kind: &'static str, bytes: Vec<u8>) -> Answer {
    Answer::bare(200, Body::Bytes(kind, bytes))
}
