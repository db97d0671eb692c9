//! Through the socket: counted, late, lost, and read by nobody else.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::lab::{exchange, options};
use super::super::wire::{body, code, raw};
use super::{CREATE, base64};
use crate::json::json;
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
fn exchanges_are_kept_when_told_to_and_hold_no_token() {
    let (sandbox, token) = start(&[]);
    let head = novel(&sandbox);
    push(&sandbox, &token, &head);
    assert!(sandbox.github().exchanges().is_empty());
    sandbox.adjust(|options| options.github.keep_exchanges = true);
    push(&sandbox, &token, &head);
    let path = "/repos/writer/novel/git/ref/heads/main?x=1";
    send(&sandbox, &token, "GET", path, &Value::Null);
    let kept = sandbox.github().exchanges();
    let asked: Vec<_> = kept
        .iter()
        .map(|one| (&one["method"], &one["path"]))
        .collect();
    assert_eq!(
        asked,
        [
            (&json!("POST"), &json!("/graphql")),
            (&json!("GET"), &json!(path))
        ]
    );
    assert_eq!(kept[0]["body"]["variables"]["in"]["expectedHeadOid"], head);
    assert_eq!(kept[0]["answer"]["errors"][0]["type"], "STALE_DATA");
    assert!(!format!("{kept:?}").contains(&token));
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
fn a_script_can_commit_as_somebody_else_and_fetch_a_repository() {
    let (sandbox, _) = start(&[]);
    novel(&sandbox);
    let post = |path: &str, kind: &str, content: &str| {
        let request = format!(
            "POST /_sandbox/github{path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{content}",
            content.len()
        );
        raw(&sandbox, &request)
    };
    let change =
        r#"{"who": "editor", "message": "M", "files": {"new.md": "N\n", "chapter.md": null}}"#;
    let made = post("/writer/novel", "application/json", change);
    assert!(made.starts_with("HTTP/1.1 201 "), "{made}");
    let head = sandbox.github().find("writer/novel", "refs/heads/main");
    assert_eq!(value(&made)["commit"].as_str().map(str::to_owned), head);
    for (path, kind, content, status) in [
        ("/writer/novel", "text/plain", change, "415"),
        ("/writer/novel", "application/json", "{}", "400"),
        ("/writer/novel", "application/json", change, "422"), // there is no such file any more
        ("/writer/none", "application/json", change, "404"),
        ("/writer", "application/json", change, "404"),
    ] {
        let answer = post(path, kind, content);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{path}: {answer}"
        );
    }
    let get = |path: &str| {
        let path = format!("/_sandbox/github{path}");
        raw(&sandbox, &super::super::wire::get(&path))
    };
    assert_eq!(value(&get(""))["repositories"], json!(["writer/novel"]));
    assert!(get("/writer/none.tar").starts_with("HTTP/1.1 404 "));
    let archive = get("/writer/novel.tar");
    assert!(archive.contains("novel.git/HEAD") && archive.contains("novel.git/objects/"));
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
