//! What the REST API changes, and when it refuses to.

use serde_json::Value;

use super::{Desk, base64, said};
use crate::json::json;

const CONTENTS: &str = "/repos/writer/novel/contents/chapter.md";

fn content(text: &[u8], sha: Option<&str>) -> Value {
    let mut body = json!({"message": "Write", "content": base64(text)});
    if let Some(sha) = sha {
        body["sha"] = json!(sha);
    }
    body
}

#[test]
fn contents_guards_a_file_that_is_there_and_brings_back_one_that_is_not() {
    let mut desk = Desk::with_novel();
    let first = desk.ok(201, "PUT", CONTENTS, content(b"one", None));
    let sha = first["content"]["sha"].as_str().unwrap().to_owned();
    let answer = desk.send("PUT", CONTENTS, content(b"two", None));
    let words = "Invalid request.\n\n\"sha\" wasn't supplied.";
    assert_eq!(said(&answer), (422, words.to_owned()));
    let wrong = "1".repeat(40);
    let answer = desk.send("PUT", CONTENTS, content(b"two", Some(&wrong)));
    assert_eq!(
        said(&answer),
        (409, format!("chapter.md does not match {wrong}"))
    );
    let second = desk.ok(200, "PUT", CONTENTS, content(b"two", Some(&sha)));
    let second = second["content"]["sha"].as_str().unwrap().to_owned();

    let delete = |sha: &str| json!({"message": "Delete", "sha": sha});
    assert_eq!(desk.send("DELETE", CONTENTS, delete(&sha)).status, 409);
    assert_eq!(
        desk.send("DELETE", CONTENTS, json!({"message": "x"}))
            .status,
        422
    );
    let gone = desk.ok(200, "DELETE", CONTENTS, delete(&second));
    assert_eq!(gone["content"], Value::Null);
    assert_eq!(desk.send("DELETE", CONTENTS, delete(&second)).status, 404);
    // the trap: a stale sha for a deleted file is passed over
    desk.ok(201, "PUT", CONTENTS, content(b"two, edited", Some(&second)));

    let mut elsewhere = content(b"x", Some(&wrong));
    elsewhere["branch"] = json!("none");
    assert_eq!(desk.send("PUT", CONTENTS, elsewhere).status, 404);
    let bad = json!({"message": "x", "content": "a*b"});
    let answer = desk.send("PUT", "/repos/writer/novel/contents/b.md", bad);
    assert_eq!(
        said(&answer),
        (422, "content is not valid Base64".to_owned())
    );
    let lax = json!({"message": "x", "content": "test"});
    desk.ok(201, "PUT", "/repos/writer/novel/contents/junk.md", lax);
}

/// The way of the Git Data API.
#[test]
fn tree_commit_and_ref_make_a_push() {
    let mut desk = Desk::with_novel();
    let base = desk.head();
    let post = |desk: &mut Desk, path: &str, body: Value| {
        let path = format!("/repos/writer/novel/git/{path}");
        desk.ok(201, "POST", &path, body)["sha"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let blob = post(
        &mut desk,
        "blobs",
        json!({"content": base64(b"\xff\0"), "encoding": "base64"}),
    );
    let tree = post(
        &mut desk,
        "trees",
        json!({"base_tree": base, "tree": [
            {"path": "a/b.md", "mode": "100644", "type": "blob", "content": "b\n"},
            {"path": "a/c.bin", "mode": "100644", "type": "blob", "sha": blob},
            {"path": "run.sh", "mode": "100755", "type": "blob", "content": "#!/bin/sh\n"},
        ]}),
    );
    let person = json!({"name": "W", "email": "w@example.com", "date": "2026-01-02T03:04:05Z"});
    let commit = json!({
        "message": "By parts", "tree": tree, "parents": [base], "author": person,
    });
    let first = post(&mut desk, "commits", commit.clone());
    assert_eq!(post(&mut desk, "commits", commit), first); // the same content is the same object
    let path = "/repos/writer/novel/git/refs/heads/main";
    desk.ok(200, "PATCH", path, json!({"sha": first, "force": false}));
    assert_eq!(desk.head(), first);

    // a second writer, from the same base
    let tree = post(
        &mut desk,
        "trees",
        json!({"base_tree": base, "tree": [
            {"path": "README.md", "mode": "100644", "type": "blob", "sha": null},
        ]}),
    );
    assert_eq!(tree, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    let other = json!({"message": "Late", "tree": tree, "parents": [base]});
    let other = post(&mut desk, "commits", other);
    let late = desk.send("PATCH", path, json!({"sha": other}));
    assert_eq!(
        said(&late),
        (422, "Update is not a fast forward".to_owned())
    );
}

#[test]
fn trees_that_make_no_sense_are_refused() {
    let mut desk = Desk::with_novel();
    let base = desk.head();
    let entry =
        |path: &str| json!({"path": path, "mode": "100644", "type": "blob", "content": "x"});
    let path = "/repos/writer/novel/git/trees";
    for (tree, words) in [
        (
            json!([entry("a/../b")]),
            "tree.path contains a malformed path component",
        ),
        (
            json!([entry(".GIT/x")]),
            "tree.path contains a malformed path component",
        ),
        (json!([entry("")]), "tree.path cannot be blank"),
        (
            json!([{"path": "none.md", "mode": "100644", "type": "blob", "sha": null}]),
            "GitRPC::BadObjectState",
        ),
        (
            json!([{"path": "a", "mode": "100644", "type": "blob"}]),
            "Must supply either tree.sha or tree.content",
        ),
        (
            json!([entry("a"), entry("a")]),
            "tree.path a is named twice",
        ),
    ] {
        let answer = desk.send("POST", path, json!({"base_tree": base, "tree": tree}));
        assert_eq!(said(&answer), (422, words.to_owned()), "{tree}");
    }
    let many: Vec<Value> = (0..1001).map(|n| entry(&format!("{n}.md"))).collect();
    let answer = desk.send("POST", path, json!({"base_tree": base, "tree": many}));
    assert!(said(&answer).1.contains("building the tree incrementally"));
    assert_eq!(
        desk.send("POST", path, json!({"base_tree": "", "tree": []}))
            .status,
        422
    );
    // without a base every other file is gone
    let alone = desk.ok(201, "POST", path, json!({"tree": [entry("a.md")]}));
    assert_eq!(alone["tree"].as_array().map(Vec::len), Some(1));
}

#[test]
fn refs_are_made_once_and_of_what_exists() {
    let mut desk = Desk::with_novel();
    let head = desk.head();
    let refs = "/repos/writer/novel/git/refs";
    let tag = json!({"ref": "refs/tags/draft-2", "sha": head});
    let made = desk.ok(201, "POST", refs, tag.clone());
    assert_eq!(made["object"]["type"], "commit");
    let again = desk.send("POST", refs, tag);
    assert_eq!(said(&again), (422, "Reference already exists".to_owned()));
    let missing = json!({"ref": "refs/tags/x", "sha": "1".repeat(40)});
    assert_eq!(
        said(&desk.send("POST", refs, missing)).1,
        "Object does not exist"
    );
    for bad in [
        "main",
        "refs/x",
        "refs/heads/a..b",
        "refs/heads/a b",
        "refs/tags/x.lock",
    ] {
        let answer = desk.send("POST", refs, json!({"ref": bad, "sha": head}));
        assert_eq!(answer.status, 422, "{bad}");
    }
    let none = desk.send("PATCH", &format!("{refs}/heads/none"), json!({"sha": head}));
    assert_eq!(said(&none), (422, "Reference does not exist".to_owned()));

    let annotated = json!({
        "tag": "final", "message": "Done.\n", "object": head, "type": "commit",
        "tagger": {"name": "W", "email": "w@example.com", "date": "2026-01-02T03:04:05Z"},
    });
    let tag = desk.ok(201, "POST", "/repos/writer/novel/git/tags", annotated);
    let made = json!({"ref": "refs/tags/final", "sha": tag["sha"]});
    assert_eq!(desk.ok(201, "POST", refs, made)["object"]["type"], "tag");
    let tags = desk.ok(200, "GET", "/repos/writer/novel/tags", Value::Null);
    assert_eq!(tags.as_array().map(Vec::len), Some(2));
    assert!(
        tags.as_array()
            .unwrap()
            .iter()
            .all(|tag| tag["commit"]["sha"] == head)
    );
    let deleted = desk.send("DELETE", &format!("{refs}/tags/final"), Value::Null);
    assert_eq!(deleted.status, 204);
    let default = desk.send("DELETE", &format!("{refs}/heads/main"), Value::Null);
    assert_eq!(default.status, 422);
}

#[test]
fn a_body_with_an_unknown_or_wrong_member_is_refused() {
    let mut desk = Desk::with_novel();
    let blobs = "/repos/writer/novel/git/blobs";
    assert_eq!(
        desk.send("POST", blobs, json!({"contents": "x"})).status,
        422
    );
    assert_eq!(desk.send("POST", blobs, json!({"content": 1})).status, 422);
    assert_eq!(desk.send("POST", blobs, json!({})).status, 422);
    assert_eq!(desk.send("POST", blobs, json!([])).status, 400);
    assert_eq!(desk.send("POST", blobs, Value::Null).status, 400);
}
