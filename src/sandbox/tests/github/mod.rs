//! The practice GitHub.

mod graphql;
mod limits;
mod reads;
mod wire;
mod writes;

use serde_json::Value;

use super::lab::{Lab, get, header, options, text};
use crate::json::json;
use crate::sandbox::Options;
use crate::sandbox::call::{Answer, Body, Call};

/// A person with a token.
pub(super) struct Desk {
    pub(super) lab: Lab,
    token: String,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::with(options())
    }

    pub(super) fn with(mut options: Options) -> Self {
        options.lifetimes = "never".parse().unwrap();
        let mut lab = Lab::new(options);
        let token = text(&lab.tokens("repo profile"), "access_token");
        Self { lab, token }
    }

    /// With a repository `writer/novel` that has a first commit.
    pub(super) fn with_novel() -> Self {
        let mut desk = Self::new();
        let body = json!({"name": "novel", "private": true, "auto_init": true});
        assert_eq!(desk.send("POST", "/user/repos", body).status, 201);
        desk
    }

    pub(super) fn call(&self, method: &str, path: &str, body: impl Into<Value>) -> Call {
        let body = body.into();
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (path, None),
        };
        let mut call = get(&format!("/github{path}"));
        method.clone_into(&mut call.method);
        call.query = query;
        if !body.is_null() {
            call.body = body.to_string();
        }
        let authorization = format!("Bearer {}", self.token);
        for (name, value) in [
            ("user-agent", "test"),
            ("authorization", authorization.as_str()),
        ] {
            call.headers.push((name.to_owned(), value.to_owned()));
        }
        call
    }

    pub(super) fn send(&mut self, method: &str, path: &str, body: impl Into<Value>) -> Answer {
        let call = self.call(method, path, body);
        self.lab.send(&call)
    }

    pub(super) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, Value::Null)
    }

    /// With one more header.
    pub(super) fn get_with(&mut self, path: &str, name: &str, value: &str) -> Answer {
        let mut call = self.call("GET", path, Value::Null);
        call.headers.push((name.to_owned(), value.to_owned()));
        self.lab.send(&call)
    }

    /// The JSON of an answer that must have this status.
    pub(super) fn ok(&mut self, status: u16, method: &str, path: &str, body: Value) -> Value {
        let answer = self.send(method, path, body);
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        json_of(&answer)
    }

    pub(super) fn graphql(&mut self, query: &str, variables: impl Into<Value>) -> Value {
        let variables = variables.into();
        let body = json!({"query": query, "variables": variables});
        self.ok(200, "POST", "/graphql", body)
    }

    /// The head of `main`.
    pub(super) fn head(&mut self) -> String {
        let path = "/repos/writer/novel/git/ref/heads/main";
        let found = self.ok(200, "GET", path, Value::Null);
        found["object"]["sha"].as_str().unwrap().to_owned()
    }

    /// One `createCommitOnBranch`; the whole answer.
    pub(super) fn commit(&mut self, head: &str, changes: impl Into<Value>) -> Value {
        let changes = changes.into();
        let input = json!({
            "branch": {"repositoryNameWithOwner": "writer/novel", "branchName": "main"},
            "expectedHeadOid": head,
            "message": {"headline": "Push", "body": "With a body"},
            "fileChanges": changes,
        });
        self.graphql(CREATE, json!({"in": input}))
    }

    /// Commits one text to `main`; its commit.
    pub(super) fn put(&mut self, path: &str, content: &str) -> String {
        let head = self.head();
        let added = json!({"additions": [{"path": path, "contents": base64(content.as_bytes())}]});
        let answer = self.commit(&head, added);
        let oid = answer.pointer("/data/createCommitOnBranch/commit/oid");
        let oid = oid.and_then(Value::as_str);
        oid.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}

pub(super) const CREATE: &str = "mutation($in: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $in) { commit { oid tree { oid } committedDate } }
}";

pub(super) fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub(super) fn json_of(answer: &Answer) -> Value {
    match &answer.body {
        Body::Json(value) => value.clone(),
        Body::Empty | Body::Html(_) | Body::Text(..) | Body::Bytes(..) => panic!("{answer:?}"),
    }
}

pub(super) fn message(answer: &Answer) -> String {
    text(&json_of(answer), "message")
}

pub(super) fn bytes(answer: &Answer) -> Vec<u8> {
    match &answer.body {
        Body::Bytes(_, bytes) => bytes.clone(),
        Body::Empty | Body::Html(_) | Body::Text(..) | Body::Json(_) => panic!("{answer:?}"),
    }
}

/// The status and GitHub's words.
pub(super) fn said(answer: &Answer) -> (u16, String) {
    (answer.status, message(answer))
}

/// The value of a header that must be there.
pub(super) fn told<'a>(answer: &'a Answer, name: &str) -> &'a str {
    header(answer, name).unwrap_or_else(|| panic!("no {name}: {answer:?}"))
}
