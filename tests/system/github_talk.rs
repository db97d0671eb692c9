//! A client that knows nothing but sockets, for the practice GitHub, and keeps all that was said.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauthctl::moment::Timestamp;
use oauthctl::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

const COMMIT: &str = "mutation($in: CreateCommitOnBranchInput!) {
    createCommitOnBranch(input: $in) {
        clientMutationId commit { oid tree { oid } committedDate } ref { id name prefix }
    }
}";

/// A sandbox, a token of `writer`'s, and all that was said.
pub(crate) struct Talk {
    pub(crate) sandbox: Sandbox,
    token: String,
    pub(crate) exchanges: Vec<Value>,
}

impl Talk {
    pub(crate) fn new() -> Talk {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let millis = i64::try_from(now.as_millis()).expect("not that late");
        let options = Options::new(Timestamp::from_unix_millis(millis));
        let sandbox = Sandbox::start(options).expect("a port");
        let writer = "writer".parse().expect("a label");
        let token = sandbox.github().token(&writer, &["repo"]);
        let token = token.expose().to_owned();
        Talk {
            sandbox,
            token,
            exchanges: Vec::new(),
        }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// One request; the JSON of its answer, or `null` where it is none.
    pub(crate) fn send(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.send_with(method, path, body, "application/vnd.github+json")
    }

    pub(crate) fn ask(&self, method: &str, path: &str, content: &str, accept: &str) -> Vec<u8> {
        let authority = self.sandbox.url().trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).expect("a listening server");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: test\r\n\
             Accept: {accept}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{content}",
            self.token,
            content.len()
        )
        .expect("a request");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        bytes
    }

    pub(crate) fn send_with(
        &mut self,
        method: &str,
        path: &str,
        body: Value,
        accept: &str,
    ) -> (u16, Value) {
        let content = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let bytes = self.ask(method, &format!("/github{path}"), &content, accept);
        let text = String::from_utf8_lossy(&bytes);
        let (head, answer) = text.split_once("\r\n\r\n").expect("HTTP");
        let status: u16 = head
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .expect("a status");
        let kind = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Type: "));
        let answer: Option<Value> = kind
            .filter(|kind| *kind == "application/json")
            .map(|_| serde_json::from_str(answer).expect("JSON"));
        let mut exchange = json!({"method": method, "path": path, "status": status});
        if !body.is_null() {
            exchange["body"] = body;
        }
        match &answer {
            Some(answer) => exchange["answer"] = answer.clone(),
            None => exchange["type"] = json!(kind),
        }
        self.exchanges.push(exchange);
        (status, answer.unwrap_or_default())
    }

    /// The archive behind the link of a ref.
    pub(crate) fn archive(&self, name: &str) -> Vec<u8> {
        let head = self.ask(
            "GET",
            &format!("/github/repos/writer/novel/tarball/{name}"),
            "",
            "*/*",
        );
        let head = String::from_utf8_lossy(&head).into_owned();
        let link = head
            .lines()
            .find_map(|line| line.strip_prefix("Location: "));
        let link = link.expect("a link").trim_start_matches(self.sandbox.url());
        self.bytes(link)
    }

    /// The bytes that a path of the sandbox gives.
    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.ask("GET", path, "", "*/*");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        answer[end.expect("HTTP") + 4..].to_vec()
    }

    /// A request that must be answered with this status.
    pub(crate) fn ok(&mut self, status: u16, method: &str, path: &str, body: Value) -> Value {
        let (found, answer) = self.send(method, path, body);
        assert_eq!(found, status, "{method} {path}: {answer}");
        answer
    }

    pub(crate) fn get(&mut self, path: &str) -> Value {
        self.ok(200, "GET", path, Value::Null)
    }

    pub(crate) fn graphql(&mut self, query: &str, variables: impl Into<Value>) -> Value {
        let variables: Value = variables.into();
        let body = json!({"query": query, "variables": variables});
        self.ok(200, "POST", "/graphql", body)
    }

    /// The head of `main` of `writer/novel`.
    pub(crate) fn head(&self) -> String {
        let found = self
            .sandbox
            .github()
            .find("writer/novel", "refs/heads/main");
        found.expect("a head")
    }

    /// Commits to `main` by GraphQL.
    pub(crate) fn commit(&mut self, message: &str, changes: impl Into<Value>) -> Value {
        let changes: Value = changes.into();
        let input = json!({
            "branch": {"repositoryNameWithOwner": "writer/novel", "branchName": "main"},
            "expectedHeadOid": self.head(),
            "message": {"headline": message, "body": "The body.\n\nOauthctl-Op: 1"},
            "fileChanges": changes,
        });
        let answer = self.graphql(COMMIT, json!({"in": input}));
        assert!(answer.get("errors").is_none(), "{answer}");
        answer
    }
}

pub(crate) fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}
