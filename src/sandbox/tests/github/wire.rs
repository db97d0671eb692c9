//! Through the socket: counted, late, lost, and read by nobody else.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::lab::{exchange, options};
use super::super::wire::{body, code, raw};
use super::{CREATE, base64};
use crate::sandbox::{Area, Endpoint, Sandbox};

fn start(faults: &[&str]) -> (Sandbox, String) {
    let mut options = options();
    options.faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let sandbox = Sandbox::start(options).unwrap();
    let form = exchange_for(&sandbox);
    (sandbox, form)
}

fn exchange_for(sandbox: &Sandbox) -> String {
    let code = code(sandbox, "repo");
    let answer = raw(
        sandbox,
        &super::super::wire::post("/token", &exchange(&code)),
    );
    let tokens: Value = serde_json::from_str(body(&answer)).expect(&answer);
    tokens["access_token"].as_str().expect(&answer).to_owned()
}

fn send(sandbox: &Sandbox, token: &str, method: &str, path: &str, json: &Value) -> String {
    let content = if json.is_null() {
        String::new()
    } else {
        json.to_string()
    };
    raw(
        sandbox,
        &format!(
            "{method} /github{path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\
             User-Agent: test\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{content}",
            content.len()
        ),
    )
}

fn value(answer: &str) -> Value {
    serde_json::from_str(body(answer)).expect(answer)
}

fn novel(sandbox: &Sandbox) -> String {
    let files: [(&str, Option<&[u8]>); 1] = [("chapter.md", Some(b"One.\n"))];
    sandbox.github().create("writer", "novel");
    let commit = sandbox
        .github()
        .commit("writer/novel", "main", "writer", "First", &files);
    commit.unwrap()
}

fn push(sandbox: &Sandbox, token: &str, head: &str) -> String {
    let contents = base64(b"Two.\n");
    let input = json!({
        "branch": {"repositoryNameWithOwner": "writer/novel", "branchName": "main"},
        "expectedHeadOid": head,
        "message": {"headline": "Push"},
        "fileChanges": {"additions": [{"path": "chapter.md", "contents": contents}]},
    });
    let request = json!({"query": CREATE, "variables": {"in": input}});
    send(sandbox, token, "POST", "/graphql", &request)
}

#[test]
fn every_request_is_in_the_log_by_its_template() {
    let (sandbox, token) = start(&[]);
    let head = novel(&sandbox);
    let answer = push(&sandbox, &token, &head);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    send(
        &sandbox,
        &token,
        "GET",
        "/repos/writer/novel/git/ref/heads/main",
        &Value::Null,
    );
    let log = sandbox.log();
    let asked: Vec<(&str, &str, &str)> = log
        .iter()
        .filter_map(|entry| {
            let template = entry.template.as_deref()?;
            Some((entry.endpoint, entry.method.as_str(), template))
        })
        .collect();
    assert_eq!(
        asked,
        [
            ("github-mutation", "POST", "mutation createCommitOnBranch"),
            ("github-ref", "GET", "/repos/{owner}/{repo}/git/ref/{ref}"),
        ]
    );
    for (area, count) in [
        (Area::Any, 2),
        (Area::Write, 1),
        (Area::Read, 1),
        (Area::Mutation, 1),
        (Area::Tree, 0),
    ] {
        assert_eq!(sandbox.count(Endpoint::GitHub(area)), count, "{area:?}");
    }
}

#[test]
fn a_lost_answer_has_committed() {
    for fault in ["drop-after", "truncate", "502-after"] {
        let (sandbox, token) = start(&[&format!("github-mutation:1={fault}")]);
        let head = novel(&sandbox);
        let answer = push(&sandbox, &token, &head);
        assert!(!answer.contains("\"tree\":"), "{fault}: {answer}");
        let log = sandbox.github().log("writer/novel", "main").unwrap();
        assert_eq!(log.len(), 2, "{fault}");
        assert_eq!(log[1], head);
        // the next one is answered, and refused: the head is another
        let again = value(&push(&sandbox, &token, &head));
        assert_eq!(again["errors"][0]["type"], "STALE_DATA", "{fault}");
    }
    let (sandbox, token) = start(&["github-write:1=502"]);
    let head = novel(&sandbox);
    assert!(push(&sandbox, &token, &head).starts_with("HTTP/1.1 502 "));
    assert_eq!(
        sandbox.github().log("writer/novel", "main").unwrap(),
        [head]
    );
}

#[test]
fn troubles_come_when_a_fault_says_so() {
    let (sandbox, token) = start(&["github-write:2=secondary429/30", "github-ref:1-2=stale"]);
    let first = novel(&sandbox);
    let pushed = value(&push(&sandbox, &token, &first));
    let second = pushed["data"]["createCommitOnBranch"]["commit"]["oid"].clone();
    let limited = push(&sandbox, &token, second.as_str().unwrap());
    assert!(limited.starts_with("HTTP/1.1 429 ") && limited.contains("Retry-After: 30\r\n"));
    let heads: Vec<Value> = (0..3)
        .map(|_| {
            let path = "/repos/writer/novel/git/ref/heads/main";
            value(&send(&sandbox, &token, "GET", path, &Value::Null))["object"]["sha"].clone()
        })
        .collect();
    assert_eq!(heads, [json!(first), json!(first), second]);
    let struck: Vec<_> = sandbox
        .log()
        .iter()
        .filter_map(|entry| entry.fault.clone())
        .collect();
    assert_eq!(struck, ["secondary429/30", "stale", "stale"]);
}

#[test]
fn every_answer_is_late_by_the_latency() {
    let (sandbox, token) = start(&[]);
    sandbox.adjust(|options| options.latency = Duration::from_millis(50));
    let begun = Instant::now();
    assert!(send(&sandbox, &token, "GET", "/user", &Value::Null).starts_with("HTTP/1.1 200 "));
    assert!(begun.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_megabyte_of_text_goes_in_and_comes_out() {
    let (sandbox, token) = start(&[]);
    let head = novel(&sandbox);
    let text = "A long sentence about the sea. ".repeat(40_000);
    let input = json!({
        "branch": {"repositoryNameWithOwner": "writer/novel", "branchName": "main"},
        "expectedHeadOid": head,
        "message": {"headline": "Much"},
        "fileChanges": {"additions": [{"path": "sea.md", "contents": base64(text.as_bytes())}]},
    });
    let request = json!({"query": CREATE, "variables": {"in": input}});
    let answer = value(&send(&sandbox, &token, "POST", "/graphql", &request));
    assert!(answer.get("errors").is_none(), "{answer}");
    let files = sandbox.github().files("writer/novel", "main").unwrap();
    assert_eq!(files[b"sea.md".as_slice()], text.as_bytes());
}

#[test]
fn the_console_acts_beside_the_api() {
    let (sandbox, token) = start(&[]);
    let first = novel(&sandbox);
    let github = sandbox.github();
    let deleted: [(&str, Option<&[u8]>); 1] = [("chapter.md", None)];
    let second = github
        .commit("writer/novel", "main", "editor", "Out", &deleted)
        .unwrap();
    assert!(
        github
            .commit("writer/novel", "main", "editor", "Out", &deleted)
            .is_err()
    );
    github
        .force("writer/novel", "main", "editor", Some(&first))
        .unwrap();
    assert_eq!(github.find("writer/novel", "refs/heads/main"), Some(first));
    let path = "/repos/writer/novel/activity?activity_type=force_push";
    let activity = value(&send(&sandbox, &token, "GET", path, &Value::Null));
    assert_eq!(activity[0]["before"], second);
    let hostile: [(u32, &[u8], &[u8]); 3] = [
        (0o100_644, b"..", b"out"),
        (0o120_000, b"link", b"/etc/passwd"),
        (0o040_000, b".GIT", b"x"),
    ];
    github.plant("writer/novel", "main", &hostile).unwrap();
    let path = "/repos/writer/novel/git/trees/main?recursive=1";
    let tree = value(&send(&sandbox, &token, "GET", path, &Value::Null));
    let paths: Vec<_> = tree["tree"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["path"])
        .collect();
    assert_eq!(paths, ["..", ".GIT", ".GIT/inside.md", "link"]);
    github.rename("writer/novel", "book").unwrap();
    assert_eq!(github.repositories(), ["writer/book"]);
    github.remove("writer/book").unwrap();
    assert!(github.repositories().is_empty());
    assert_eq!(sandbox.count(Endpoint::GitHub(Area::Any)), 2); // the console does not count
}
