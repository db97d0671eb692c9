//! The practice GitHub against GitHub's own description of its API: every answer of every endpoint.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauthctl::sandbox::Trouble;
use serde_json::{Value, json};

use crate::github_schema::{Report, check};
use crate::github_talk::{Talk, encoded};
use crate::rig;

const READ: &str = r#"query($owner: String!, $name: String!) {
    viewer { id databaseId login name email url }
    rateLimit { cost limit nodeCount remaining used resetAt }
    repository(owner: $owner, name: $name, followRenames: false) {
        id databaseId name nameWithOwner owner { __typename id login url } description isPrivate
        isEmpty url createdAt pushedAt viewerPermission
        defaultBranchRef { ...Whole }
        refs(refPrefix: "refs/", first: 10) {
            totalCount edges { cursor node { ...Whole } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
        object(expression: "main:chapters/1.md") { ...Thing repository { name } }
        missing: object(expression: "main:nothing") { ...Thing }
    }
}
fragment Whole on Ref { id name prefix repository { id } target { ...Thing } }
fragment Thing on GitObject {
    __typename id oid abbreviatedOid
    ... on Blob { byteSize isBinary isTruncated text }
    ... on Tag { name words: message tagger { name email date user { login } } target { __typename oid } }
    ... on Commit {
        message messageHeadline messageBody authoredDate committedDate url additions deletions
        changedFilesIfAvailable
        author { name email date user { login } } committer { name email date user { login } }
        file(path: "chapters/1.md") { name nameRaw path pathRaw mode type oid size extension
            repository { name } object { __typename oid } }
        parents(first: 5) { totalCount nodes { oid } }
        history(first: 2, path: "chapters/1.md") {
            totalCount edges { cursor node { oid } } pageInfo { hasNextPage endCursor }
        }
        tree { oid entries { name mode type oid object { __typename oid } } }
    }
}"#;

/// Makes `writer/novel` by REST, with all that a repository of ours can hold.
pub(crate) fn write_a_novel(talk: &mut Talk) {
    let repository = json!({
        "name": "novel", "private": true, "auto_init": true, "has_issues": false,
        "has_wiki": false, "has_projects": false, "description": "A novel",
    });
    talk.ok(201, "POST", "/user/repos", repository);
    let mut chapters = Vec::new();
    for n in 1..=12 {
        let text = format!("# Chapter {n}\n\nIt was a dark and stormy night, for the {n}. time.\n");
        chapters.push(json!({"path": format!("chapters/{n}.md"), "contents": encoded(&text)}));
    }
    chapters.push(json!({"path": "chapters.md", "contents": encoded("a list\n")}));
    chapters.push(json!({"path": "chapters-old.md", "contents": encoded("")}));
    chapters.push(json!({"path": "Ünïcödé/ä b.md", "contents": encoded("é\r\n")}));
    talk.commit("Twelve chapters", json!({"additions": chapters}));
    talk.commit(
        "Second thoughts",
        json!({
            "additions": [
                {"path": "chapters/1.md", "contents": encoded("# Chapter 1\n\nRewritten.\n")},
                {"path": "chapters/13.md", "contents":
                    encoded("# Chapter 2\n\nIt was a dark and stormy night, for the 2. time.\n")},
            ],
            "deletions": [{"path": "chapters/2.md"}, {"path": "chapters-old.md"}],
        }),
    );
    by_parts(talk);
    contents(talk);
}

/// Blob, tree, commit, refs, tags.
fn by_parts(talk: &mut Talk) {
    let at = |path: &str| format!("/repos/writer/novel/git/{path}");
    let base = talk.head();
    let blob = json!({"content": STANDARD.encode(b"\x89PNG\0\xff"), "encoding": "base64"});
    let blob = talk.ok(201, "POST", &at("blobs"), blob)["sha"].clone();
    let tree = json!({"base_tree": base, "tree": [
        {"path": "cover.png", "mode": "100644", "type": "blob", "sha": blob},
        {"path": "build.sh", "mode": "100755", "type": "blob", "content": "#!/bin/sh\n"},
        {"path": "latest", "mode": "120000", "type": "blob", "content": "chapters/13.md"},
        {"path": "chapters/3.md", "mode": "100644", "type": "blob", "sha": null},
    ]});
    let tree = talk.ok(201, "POST", &at("trees"), tree)["sha"].clone();
    let person =
        json!({"name": "W. Riter", "email": "w@example.com", "date": "2026-01-02T03:04:05Z"});
    let commit = json!({
        "message": "By parts\n", "tree": tree, "parents": [base], "author": person,
    });
    let commit = talk.ok(201, "POST", &at("commits"), commit)["sha"].clone();
    talk.ok(
        200,
        "PATCH",
        &at("refs/heads/main"),
        json!({"sha": commit, "force": false}),
    );
    let light = json!({"ref": "refs/tags/draft-2", "sha": commit});
    talk.ok(201, "POST", &at("refs"), light);
    let tag = json!({
        "tag": "final", "message": "The end.\n", "object": commit, "type": "commit",
        "tagger": person,
    });
    let tag = talk.ok(201, "POST", &at("tags"), tag)["sha"].clone();
    talk.ok(
        201,
        "POST",
        &at("refs"),
        json!({"ref": "refs/tags/final", "sha": tag}),
    );
    talk.get(&at(&format!("tags/{}", tag.as_str().expect("a name"))));
    talk.get(&at(&format!(
        "commits/{}",
        commit.as_str().expect("a name")
    )));
    talk.get(&at(&format!("blobs/{}", blob.as_str().expect("a name"))));
    talk.get(&at("trees/main"));
    talk.get(&at("trees/main?recursive=1"));
    talk.get(&at("ref/tags/final"));
    talk.get(&at("matching-refs/tags/"));
    // the node id of the repository, then a compare-and-swap of two refs
    let query = "query($o: String!, $n: String!) { repository(owner: $o, name: $n) { id } }";
    let found = talk.graphql(query, json!({"o": "writer", "n": "novel"}));
    let update = "mutation($in: UpdateRefsInput!) { updateRefs(input: $in) { clientMutationId } }";
    let input = json!({
        "repositoryId": found["data"]["repository"]["id"],
        "refUpdates": [{
            "name": "refs/heads/side", "beforeOid": "0".repeat(40), "afterOid": base,
            "force": false,
        }],
    });
    let answer = talk.graphql(update, json!({"in": input}));
    assert!(answer.get("errors").is_none(), "{answer}");
    let create = "mutation($in: CreateRefInput!) { createRef(input: $in) { ref { name } } }";
    let input = json!({
        "repositoryId": found["data"]["repository"]["id"], "name": "refs/tags/t", "oid": base,
    });
    let answer = talk.graphql(create, json!({"in": input}));
    assert!(answer.get("errors").is_none(), "{answer}");
}

/// One file, one commit.
fn contents(talk: &mut Talk) {
    let notes = "/repos/writer/novel/contents/notes%20and%20more/a.md";
    let body = json!({"message": "Notes", "content": encoded("one\n"), "branch": "side"});
    let made = talk.ok(201, "PUT", notes, body);
    let sha = made["content"]["sha"].clone();
    let body = json!({
        "message": "More", "content": encoded("two\n"), "branch": "side", "sha": sha,
    });
    let made = talk.ok(200, "PUT", notes, body);
    talk.get(&format!("{notes}?ref=side"));
    talk.get("/repos/writer/novel/contents/chapters");
    talk.send_with(
        "GET",
        &format!("{notes}?ref=side"),
        Value::Null,
        "application/vnd.github.raw+json",
    );
    let body = json!({"message": "Out", "branch": "side", "sha": made["content"]["sha"]});
    talk.ok(200, "DELETE", notes, body);
}

fn read_everything(talk: &mut Talk) {
    talk.get("/user");
    talk.get("/user/repos?per_page=5");
    talk.get("/rate_limit");
    let repository = talk.get("/repos/writer/novel");
    talk.get(&format!("/repositories/{}", repository["id"]));
    for path in [
        "commits?sha=main&path=chapters/1.md&per_page=1&page=2",
        "commits/main",
        "compare/side...main",
        "tags",
        "branches/main",
        "activity?activity_type=push&per_page=10",
    ] {
        talk.get(&format!("/repos/writer/novel/{path}"));
    }
    talk.send_with(
        "GET",
        "/repos/writer/novel/commits/main",
        Value::Null,
        "application/vnd.github.sha",
    );
    talk.ok(302, "GET", "/repos/writer/novel/tarball/main", Value::Null);
    let answer = talk.graphql(READ, json!({"owner": "writer", "name": "novel"}));
    assert!(answer.get("errors").is_none(), "{answer}");
    let answer = talk.graphql(READ, json!({"owner": "writer", "name": "none"}));
    assert_eq!(answer["errors"][0]["type"], "NOT_FOUND");
}

/// Refusals have a shape too.
fn be_refused(talk: &mut Talk) {
    let head = talk.head();
    let zero = "0".repeat(40);
    for (status, method, path, body) in [
        (404, "GET", "git/ref/heads/none", Value::Null),
        (404, "GET", "contents/none.md", Value::Null),
        (422, "GET", "commits/none", Value::Null),
        (
            422,
            "POST",
            "git/refs",
            json!({"ref": "refs/heads/main", "sha": head}),
        ),
        (422, "PATCH", "git/refs/heads/main", json!({"sha": zero})),
        (
            422,
            "PUT",
            "contents/cover.png",
            json!({"message": "x", "content": ""}),
        ),
        (
            409,
            "PUT",
            "contents/cover.png",
            json!({"message": "x", "content": "", "sha": zero}),
        ),
    ] {
        talk.ok(status, method, &format!("/repos/writer/novel/{path}"), body);
    }
    talk.ok(422, "POST", "/user/repos", json!({"name": "novel"}));
    talk.sandbox.github().create("writer", "empty");
    for (method, path, body) in [
        ("GET", "git/ref/heads/main", Value::Null),
        ("GET", "commits", Value::Null),
        (
            "POST",
            "git/trees",
            json!({"tree": [
                {"path": "a", "mode": "100644", "type": "blob", "content": "x"},
            ]}),
        ),
    ] {
        talk.ok(409, method, &format!("/repos/writer/empty/{path}"), body);
    }
    let fault = |trouble: Trouble| format!("github-any:*={trouble}").parse().expect("a fault");
    for (trouble, status) in [
        (Trouble::Forbidden, 403),
        (Trouble::Secondary(403, None), 403),
        (Trouble::Secondary(429, Some(Duration::from_secs(9))), 429),
    ] {
        talk.sandbox
            .adjust(|options| options.faults = vec![fault(trouble)]);
        talk.ok(
            status,
            "GET",
            "/repos/writer/novel/git/ref/heads/main",
            Value::Null,
        );
    }
    talk.sandbox.adjust(|options| options.faults.clear());
}

#[test]
fn every_answer_of_the_practice_github_fits_githubs_own_description() {
    let mut talk = Talk::new();
    write_a_novel(&mut talk);
    read_everything(&mut talk);
    be_refused(&mut talk);
    talk.ok(200, "PATCH", "/repos/writer/novel", json!({"name": "book"}));
    talk.ok(301, "GET", "/repos/writer/novel", Value::Null);
    talk.ok(
        204,
        "DELETE",
        "/repos/writer/book/git/refs/tags/t",
        Value::Null,
    );
    let Some(report) = check(&talk.exchanges) else {
        return;
    };
    let Report {
        checked,
        operations,
        problems,
    } = report;
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(
        checked,
        u64::try_from(talk.exchanges.len()).expect("a small number")
    );
    rig::say(&format!(
        "{checked} exchanges of {} operations fit",
        operations.len()
    ));
    assert!(operations.len() >= 27, "{operations:#?}");
}

#[test]
fn an_answer_or_a_request_that_does_not_fit_would_be_found() {
    let mut talk = Talk::new();
    write_a_novel(&mut talk);
    talk.graphql(READ, json!({"owner": "writer", "name": "novel"}));
    let good = talk.exchanges;
    let mut spoiled = Vec::new();
    for (path, pointer, value) in [
        ("/git/trees", "/answer/tree/0/path", json!(1)),
        ("/git/trees", "/body/base_tree", json!(1)),
        ("/git/refs", "/answer/object", Value::Null),
        ("/user/repos", "/answer/owner/login", Value::Null),
        ("/user/repos", "/status", json!(202)),
        ("/contents/", "/body/content", Value::Null),
        (
            "/graphql",
            "/answer/data",
            json!({"createCommitOnBranch": {"commit": {"oid": "x"}}}),
        ),
    ] {
        let fits = |exchange: &&Value| {
            let found = exchange["path"]
                .as_str()
                .is_some_and(|found| found.contains(path));
            found && exchange.pointer(pointer).is_some()
        };
        let mut bad = good.iter().find(fits).expect("one of those").clone();
        *bad.pointer_mut(pointer).expect("a member") = value;
        spoiled.push(bad);
    }
    spoiled.push(json!({"method": "GET", "path": "/repos/a/b/commits?per_pages=1"}));
    spoiled.push(json!({"method": "GET", "path": "/repos/a/b/nothing"}));
    spoiled.push(json!({"method": "POST", "path": "/graphql", "body": {"query": "{ nothing }"}}));
    for bad in spoiled {
        let Some(report) = check(std::slice::from_ref(&bad)) else {
            return;
        };
        assert!(!report.problems.is_empty(), "{bad}");
    }
}
