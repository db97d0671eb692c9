//! GraphQL.

use serde_json::Value;

use super::{CREATE, Desk, base64};
use crate::json::json;

fn error(answer: &Value) -> (&str, &str) {
    let first = &answer["errors"][0];
    (
        first["type"].as_str().unwrap_or_default(),
        first["message"].as_str().expect("an error"),
    )
}

#[test]
fn a_commit_on_a_branch_adds_and_deletes_in_one_step() {
    let mut desk = Desk::with_novel();
    let first = desk.head();
    let answer = desk.commit(
        &first,
        json!({
            "additions": [
                {"path": "chapters/1.md", "contents": base64(b"It was a dark night.\n")},
                {"path": "chapters/2.md", "contents": base64(b"")},
            ],
            "deletions": [{"path": "README.md"}],
        }),
    );
    assert!(answer.get("errors").is_none(), "{answer}");
    let commit = &answer["data"]["createCommitOnBranch"]["commit"];
    assert_eq!(commit["oid"].as_str(), Some(desk.head().as_str()));
    let path = format!("/repos/writer/novel/git/commits/{}", desk.head());
    let shown = desk.ok(200, "GET", &path, Value::Null);
    assert_eq!(shown["message"], "Push\n\nWith a body");
    assert_eq!(shown["parents"][0]["sha"], first);
    assert_eq!(shown["tree"]["sha"], commit["tree"]["oid"]);
    assert_eq!(shown["author"]["name"], "writer");
    assert_ne!(shown["committer"]["name"], "writer");
    let tree = desk.ok(
        200,
        "GET",
        "/repos/writer/novel/git/trees/main?recursive=1",
        Value::Null,
    );
    let paths: Vec<_> = tree["tree"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["path"])
        .collect();
    assert_eq!(paths, ["chapters", "chapters/1.md", "chapters/2.md"]);
}

#[test]
fn a_stale_head_is_refused_in_a_200_and_changes_nothing() {
    let mut desk = Desk::with_novel();
    let first = desk.head();
    let second = desk.put("a.md", "a");
    let answer = desk.commit(&first, json!({"deletions": [{"path": "README.md"}]}));
    assert_eq!(
        answer,
        json!({
            "data": {"createCommitOnBranch": null},
            "errors": [{
                "type": "STALE_DATA",
                "path": ["createCommitOnBranch"],
                "locations": [{"line": 2, "column": 5}],
                "message": format!(
                    "Expected branch to point to \"{first}\" but it did not.  Pull and try again."
                ),
            }],
        })
    );
    assert_eq!(desk.head(), second);
}

#[test]
fn a_commit_that_makes_no_sense_is_refused_whole() {
    let mut desk = Desk::with_novel();
    desk.put("folder/file.md", "x");
    let head = desk.head();
    let good = json!({"path": "good.md", "contents": base64(b"good")});
    let add = |path: &str| json!({"path": path, "contents": base64(b"x")});
    for (changes, kind) in [
        (
            json!({"additions": [good], "deletions": [{"path": "missing.md"}]}),
            "UNPROCESSABLE",
        ),
        (
            json!({"additions": [good], "deletions": [{"path": "good.md"}]}),
            "UNPROCESSABLE",
        ),
        (json!({"additions": [good, good]}), "UNPROCESSABLE"),
        (json!({"additions": [good, add("/a")]}), "UNPROCESSABLE"),
        (json!({"additions": [good, add("a//b")]}), "UNPROCESSABLE"),
        (json!({"additions": [good, add("../b")]}), "UNPROCESSABLE"),
        (
            json!({"additions": [good, add(".git/config")]}),
            "UNPROCESSABLE",
        ),
        (json!({"additions": [good, add("folder")]}), "UNPROCESSABLE"),
        (
            json!({"additions": [good, add("README.md/x")]}),
            "UNPROCESSABLE",
        ),
        (
            json!({"additions": [good, {"path": "b.md", "contents": "dGVzdA"}]}),
            "",
        ),
        (
            json!({"additions": [good, {"path": "b.md", "contents": "dGVz\ndA=="}]}),
            "",
        ),
        (json!({"additions": [good, {"path": "b.md"}]}), ""),
        (json!({"additions": [good], "renames": []}), ""),
    ] {
        let answer = desk.commit(&head, changes.clone());
        assert_eq!(error(&answer).0, kind, "{changes}: {answer}");
        assert_eq!(desk.head(), head, "{changes}");
    }
    let input = json!({
        "branch": {"repositoryNameWithOwner": "writer/novel", "branchName": "main"},
        "expectedHeadOid": null,
        "message": {"headline": "x"},
    });
    let answer = desk.graphql(CREATE, json!({"in": input}));
    assert!(
        error(&answer)
            .1
            .contains("expectedHeadOid (Expected value to not be null)"),
        "{answer}"
    );
}

#[test]
fn a_batch_of_blobs_comes_by_aliases_and_long_ones_are_cut() {
    let mut desk = Desk::with_novel();
    let long = "é".repeat(256_000) + "x";
    desk.put("long.md", &long);
    let head = desk.head();
    let added = json!({"additions": [{"path": "binary.bin", "contents": base64(b"a\0b")}]});
    desk.commit(&head, added);
    let query = "query($owner: String!, $name: String!) {
        repository(owner: $owner, name: $name) {
            a: object(expression: \"main:long.md\") { ...Content }
            b: object(expression: \"main:binary.bin\") { ...Content }
            c: object(expression: \"main:missing.md\") { ...Content }
        }
    }
    fragment Content on Blob { __typename oid byteSize isBinary isTruncated text }";
    let answer = desk.graphql(query, json!({"owner": "writer", "name": "novel"}));
    let repository = &answer["data"]["repository"];
    let (a, b) = (&repository["a"], &repository["b"]);
    assert_eq!(a["text"].as_str().map(str::len), Some(512_000));
    assert_eq!(
        (&a["isTruncated"], &a["byteSize"]),
        (&json!(true), &json!(512_001))
    );
    assert_eq!((&b["isBinary"], &b["text"]), (&json!(true), &Value::Null));
    assert_eq!(repository["c"], Value::Null);
    assert_eq!(a["__typename"], "Blob");
}

#[test]
fn head_tree_and_history_come_in_one_request() {
    let mut desk = Desk::with_novel();
    for n in 0..5 {
        desk.put("part/one.md", &format!("version {n}\n"));
    }
    desk.put("other.md", "other");
    let query = "query($after: String) { repository(owner: \"writer\", name: \"novel\") {
        databaseId isEmpty
        ref(qualifiedName: \"refs/heads/main\") { name prefix target { ... on Commit {
            oid
            tree { entries { name nameRaw type mode oid size object { ... on Tree {
                entries { name path type oid }
            } } } }
            history(first: 2, after: $after, path: \"part/one.md\") {
                totalCount pageInfo { hasNextPage endCursor }
                nodes { messageHeadline messageBody committedDate author { name user { login } }
                    file(path: \"part/one.md\") { oid size } parents(first: 1) { nodes { oid } } }
            }
        } } }
    } }";
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let answer = desk.graphql(query, json!({"after": after}));
        assert!(answer.get("errors").is_none(), "{answer}");
        let target = &answer["data"]["repository"]["ref"]["target"];
        let inner = &target["tree"]["entries"][2]["object"]["entries"][0];
        assert_eq!(inner["path"], "part/one.md");
        let history = &target["history"];
        assert_eq!(history["totalCount"], 5);
        seen.extend(history["nodes"].as_array().unwrap().clone());
        if history["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = history["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.iter().all(|commit| commit["file"]["size"] == 10));
    assert_eq!(seen[0]["author"]["user"]["login"], "writer");
}

#[test]
fn a_document_that_does_not_fit_the_schema_is_not_answered_at_all() {
    let mut desk = Desk::with_novel();
    let repository =
        |inner: &str| format!("{{ repository(owner: \"writer\", name: \"novel\") {{ {inner} }} }}");
    for (document, code) in [
        (repository("nothing"), "undefinedField"),
        (repository("ref { name }"), "missingRequiredArguments"),
        (
            repository("ref(qualifiedName: \"x\", x: 1) { name }"),
            "argumentNotAccepted",
        ),
        (repository("owner"), "selectionMismatch"),
        (repository("name { x }"), "selectionMismatch"),
        (repository("...Missing"), "useAndDefineFragment"),
        (repository("... on Blob { oid }"), "cannotSpreadFragment"),
        (repository("... on Nothing { oid }"), "undefinedType"),
        (repository("a: name a: id"), "fieldConflict"),
        (repository("name @other(if: true)"), "undefinedDirective"),
        (
            "query($x: String) { viewer { login } }".to_owned(),
            "variableNotUsed",
        ),
        (
            "{ repository(owner: $x, name: \"a\") { id } }".to_owned(),
            "variableNotDefined",
        ),
        (
            "query($x: Int!) { repository(owner: $x, name: \"a\") { id } }".to_owned(),
            "variableMismatch",
        ),
        (
            "query($x: String) { repository(owner: $x, name: \"a\") { id } }".to_owned(),
            "variableMismatch",
        ),
        ("{ viewer { ".to_owned(), "parseError"),
        (
            "{ viewer { ...A } } fragment A on User { ...A }".to_owned(),
            "infiniteLoop",
        ),
    ] {
        let answer = desk.graphql(&document, json!({}));
        assert!(answer.get("data").is_none(), "{document}: {answer}");
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], code,
            "{document}: {answer}"
        );
        assert!(
            answer["errors"][0]["locations"][0]["line"].is_u64(),
            "{document}"
        );
    }
    for (document, kind) in [
        (
            "{ repository(owner: \"writer\", name: \"none\") { id } }".to_owned(),
            "NOT_FOUND",
        ),
        (
            repository(
                "ref(qualifiedName: \"main\") { target { ... on Commit { history { totalCount } } } }",
            ),
            "MISSING_PAGINATION_BOUNDARIES",
        ),
        (
            repository("refs(refPrefix: \"refs/\", first: 101) { totalCount }"),
            "EXCESSIVE_PAGINATION",
        ),
    ] {
        let answer = desk.graphql(&document, json!({}));
        assert_eq!(error(&answer).0, kind, "{document}: {answer}");
        assert!(answer.get("data").is_some(), "{document}: {answer}");
    }
}

#[test]
fn refs_are_updated_all_or_none_and_only_from_where_they_are_believed_to_be() {
    let mut desk = Desk::with_novel();
    let first = desk.head();
    let second = desk.put("a.md", "a");
    let found = desk.graphql(
        "{ repository(owner: \"writer\", name: \"novel\") { id } }",
        json!({}),
    );
    let id = found["data"]["repository"]["id"].clone();
    let mut update = |updates: Value| {
        let query =
            "mutation($in: UpdateRefsInput!) { updateRefs(input: $in) { clientMutationId } }";
        desk.graphql(
            query,
            json!({"in": {"repositoryId": id, "refUpdates": updates}}),
        )
    };
    let zero = "0".repeat(40);
    let tag = json!({"name": "refs/tags/draft", "beforeOid": zero, "afterOid": first});
    for bad in [
        json!({"name": "refs/heads/main", "beforeOid": first, "afterOid": second}),
        json!({"name": "refs/heads/main", "beforeOid": second, "afterOid": first}),
        json!({"name": "refs/heads/main", "afterOid": "1".repeat(40)}),
        json!({"name": "refs/heads/..", "afterOid": first}),
    ] {
        let answer = update(json!([tag, bad]));
        assert_eq!(error(&answer).0, "UNPROCESSABLE", "{bad}: {answer}");
    }
    let forced = json!({
        "name": "refs/heads/main", "beforeOid": second, "afterOid": first, "force": true,
    });
    let answer = update(json!([tag, forced]));
    assert!(answer.get("errors").is_none(), "{answer}");
    assert_eq!(error(&update(json!([tag]))).0, "UNPROCESSABLE"); // it exists now
    assert_eq!(desk.head(), first);
    let tags = desk.ok(200, "GET", "/repos/writer/novel/tags", Value::Null);
    assert_eq!(tags[0]["name"], "draft");
}
