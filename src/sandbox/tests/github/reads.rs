//! What the REST API tells.

use serde_json::Value;

use super::{Desk, base64, bytes, json_of, message, said, told};
use crate::json::json;
use crate::sandbox::call::{Answer, Body};

#[test]
fn who_asks_and_how_is_checked_first() {
    let mut desk = Desk::with_novel();
    assert_eq!(desk.ok(200, "GET", "/user", Value::Null)["login"], "writer");
    let answer = desk.get_with("/user", "x-github-api-version", "2026-03-10");
    assert_eq!(answer.status, 200);
    assert_eq!(
        desk.get_with("/user", "x-github-api-version", "2020-01-01")
            .status,
        400
    );

    let mut call = desk.call("GET", "/user", Value::Null);
    call.headers.retain(|(name, _)| name != "user-agent");
    assert_eq!(desk.lab.send(&call).status, 403);
    let mut call = desk.call("GET", "/user", Value::Null);
    call.headers.retain(|(name, _)| name != "authorization");
    assert_eq!(
        said(&desk.lab.send(&call)),
        (401, "Requires authentication".to_owned())
    );
    call.headers
        .push(("authorization".to_owned(), "Bearer nonsense".to_owned()));
    assert_eq!(
        said(&desk.lab.send(&call)),
        (401, "Bad credentials".to_owned())
    );
    for path in [
        "/nothing",
        "/user/",
        "/repos/writer/none",
        "/repos/writer/novel/",
    ] {
        assert_eq!(
            said(&desk.get(path)),
            (404, "Not Found".to_owned()),
            "{path}"
        );
    }
}

#[test]
fn a_private_repository_does_not_exist_for_others_and_without_the_scope() {
    let mut desk = Desk::with_novel();
    let narrow = super::text(&desk.lab.tokens("profile"), "access_token");
    desk.lab.practice.account = "editor".parse().unwrap();
    let other = super::text(&desk.lab.tokens("repo"), "access_token");
    for token in [narrow, other] {
        let own = std::mem::replace(&mut desk.token, token);
        assert_eq!(desk.get("/repos/writer/novel").status, 404);
        assert_eq!(
            desk.get("/repos/writer/novel/git/ref/heads/main").status,
            404
        );
        let query = "{ repository(owner: \"writer\", name: \"novel\") { id } }";
        let answer = desk.graphql(query, json!({}));
        assert_eq!(answer["errors"][0]["type"], "NOT_FOUND");
        desk.token = own;
    }
    assert_eq!(desk.get("/repos/writer/novel").status, 200);
}

#[test]
fn what_the_client_has_is_not_sent_again_and_costs_nothing() {
    let mut desk = Desk::with_novel();
    let path = "/repos/writer/novel/git/ref/heads/main";
    let first = desk.get(path);
    let tag = told(&first, "ETag").to_owned();
    let used = |answer: &Answer| told(answer, "X-RateLimit-Used").parse::<u32>().unwrap();
    let again = desk.get_with(path, "if-none-match", &tag);
    assert_eq!(again.status, 304);
    assert!(matches!(again.body, Body::Empty));
    assert_eq!(used(&again), used(&first));
    // another token has other tags
    let own = std::mem::take(&mut desk.token);
    desk.token = super::text(&desk.lab.tokens("repo"), "access_token");
    assert_eq!(desk.get_with(path, "if-none-match", &tag).status, 200);
    desk.token = own;
    desk.put("a.md", "a");
    assert_eq!(desk.get_with(path, "if-none-match", &tag).status, 200);

    // only the name of a commit, which is its own tag
    let path = "/repos/writer/novel/commits/main";
    let answer = desk.get_with(path, "accept", "application/vnd.github.sha");
    let sha = String::from_utf8(bytes(&answer)).unwrap();
    assert_eq!(sha, desk.head());
    let mut call = desk.call("GET", path, Value::Null);
    for (name, value) in [
        ("accept", "application/vnd.github.sha".to_owned()),
        ("if-none-match", format!("\"{sha}\"")),
    ] {
        call.headers.push((name.to_owned(), value));
    }
    assert_eq!(desk.lab.send(&call).status, 304);
}

#[test]
fn an_empty_repository_answers_409_until_contents_makes_the_first_commit() {
    let mut desk = Desk::new();
    let made = desk.ok(
        201,
        "POST",
        "/user/repos",
        json!({"name": "novel", "private": true}),
    );
    assert_eq!((&made["private"], &made["size"]), (&json!(true), &json!(0)));
    let zero = "0".repeat(40);
    for (method, path, body) in [
        ("GET", "git/ref/heads/main", Value::Null),
        ("GET", "git/trees/main", Value::Null),
        ("GET", "commits", Value::Null),
        ("POST", "git/blobs", json!({"content": "x"})),
        ("POST", "git/trees", json!({"tree": []})),
        (
            "POST",
            "git/refs",
            json!({"ref": "refs/heads/main", "sha": zero}),
        ),
    ] {
        let answer = desk.send(method, &format!("/repos/writer/novel/{path}"), body);
        assert_eq!(
            said(&answer),
            (409, "Git Repository is empty.".to_owned()),
            "{path}"
        );
    }
    let body = json!({"message": "First", "content": base64(b"# Novel\n")});
    let put = desk.ok(201, "PUT", "/repos/writer/novel/contents/README.md", body);
    assert_eq!(put["commit"]["sha"].as_str(), Some(desk.head().as_str()));
    assert_eq!(put["commit"]["parents"], json!([]));
}

#[test]
fn a_repository_is_found_by_number_and_under_its_old_name() {
    let mut desk = Desk::with_novel();
    let id = desk.ok(200, "GET", "/repos/writer/NOVEL", Value::Null)["id"].clone();
    let taken = desk.send("POST", "/user/repos", json!({"name": "Novel"}));
    assert_eq!(
        said(&taken),
        (422, "Repository creation failed.".to_owned())
    );
    desk.ok(200, "PATCH", "/repos/writer/novel", json!({"name": "book"}));
    let by_id = format!("/repositories/{id}/git/ref/heads/main");
    assert_eq!(desk.get(&by_id).status, 200);
    let moved = desk.get("/repos/writer/novel/git/ref/heads/main");
    assert_eq!(moved.status, 301);
    assert!(told(&moved, "Location").ends_with(&by_id), "{moved:?}");
    let moved = desk.send(
        "POST",
        "/repos/writer/novel/git/blobs",
        json!({"content": "x"}),
    );
    assert_eq!(moved.status, 307);
    assert!(told(&moved, "Location").ends_with(&format!("/repositories/{id}/git/blobs")));
    let query = "query($follow: Boolean) { repository(owner: \"writer\", name: \"novel\", \
                 followRenames: $follow) { nameWithOwner } }";
    let answer = desk.graphql(query, json!({}));
    assert_eq!(answer["data"]["repository"]["nameWithOwner"], "writer/book");
    let answer = desk.graphql(query, json!({"follow": false}));
    assert_eq!(answer["errors"][0]["type"], "NOT_FOUND");
}

#[test]
fn blobs_come_raw_or_in_lines_of_sixty() {
    let mut desk = Desk::with_novel();
    let content = "Ünïcödé ".repeat(20);
    desk.put("a.md", &content);
    let tree = desk.ok(
        200,
        "GET",
        "/repos/writer/novel/git/trees/main",
        Value::Null,
    );
    assert_eq!(tree["truncated"], false);
    let sha = tree["tree"][1]["sha"].as_str().unwrap().to_owned();
    let path = format!("/repos/writer/novel/git/blobs/{sha}");
    let blob = desk.ok(200, "GET", &path, Value::Null);
    let lines: Vec<&str> = blob["content"].as_str().unwrap().lines().collect();
    assert!(lines.len() > 1 && lines.iter().rev().skip(1).all(|line| line.len() == 60));
    assert_eq!(blob["size"], content.len());
    let raw = desk.get_with(&path, "accept", "application/vnd.github.raw+json");
    assert_eq!(bytes(&raw), content.as_bytes());
    let none = desk.get(&format!("/repos/writer/novel/git/blobs/{}", "0".repeat(40)));
    assert_eq!(none.status, 404);
}

#[test]
fn a_large_tree_is_truncated_and_an_empty_one_unknown() {
    let mut desk = Desk::with_novel();
    for n in 0..5 {
        desk.put(&format!("folder/{n}.md"), "x");
    }
    desk.lab.practice.options.github.tree_limit = 3;
    let path = "/repos/writer/novel/git/trees/main?recursive=0";
    let tree = desk.ok(200, "GET", path, Value::Null);
    assert_eq!(tree["truncated"], true);
    assert_eq!(tree["tree"].as_array().map(Vec::len), Some(3));
    let head = desk.head();
    let all: Vec<_> = (0..5)
        .map(|n| json!({"path": format!("folder/{n}.md")}))
        .collect();
    let mut all = all;
    all.push(json!({"path": "README.md"}));
    desk.commit(&head, json!({"deletions": all}));
    assert_eq!(desk.get("/repos/writer/novel/git/trees/main").status, 404);
    desk.ok(200, "GET", "/repos/writer/novel/commits/main", Value::Null);
}

#[test]
fn commits_are_listed_in_pages_for_a_path_and_tell_of_renames() {
    let mut desk = Desk::with_novel();
    for n in 0..3 {
        desk.put("one.md", &format!("line\nother line\nversion {n}\n"));
    }
    let head = desk.head();
    let contents = base64(b"line\nother line\nversion 9\n");
    let renamed = desk.commit(
        &head,
        json!({
            "additions": [{"path": "two.md", "contents": contents}],
            "deletions": [{"path": "one.md"}],
        }),
    );
    assert!(renamed.get("errors").is_none(), "{renamed}");
    let list = "/repos/writer/novel/commits?path=one.md&per_page=2";
    let answer = desk.get(list);
    assert_eq!(json_of(&answer).as_array().map(Vec::len), Some(2));
    let link = told(&answer, "Link");
    assert!(
        link.contains("page=2") && link.contains("rel=\"next\""),
        "{link}"
    );
    let answer = desk.get(&format!("{list}&page=2"));
    assert!(told(&answer, "Link").contains("rel=\"prev\""));
    assert_eq!(json_of(&answer).as_array().map(Vec::len), Some(2)); // with its deletion

    let one = desk.ok(200, "GET", "/repos/writer/novel/commits/main", Value::Null);
    assert_eq!(one["files"].as_array().map(Vec::len), Some(1));
    let file = &one["files"][0];
    assert_eq!(file["status"], "renamed");
    assert_eq!(
        (&file["previous_filename"], &file["filename"]),
        (&json!("one.md"), &json!("two.md"))
    );
    assert_eq!(
        (&file["additions"], &file["deletions"]),
        (&json!(1), &json!(1))
    );
    assert!(
        file["patch"]
            .as_str()
            .unwrap()
            .contains("-version 2\n+version 9")
    );
    assert_eq!(
        desk.get("/repos/writer/novel/commits?path=never.md").status,
        200
    );
    assert_eq!(
        desk.get("/repos/writer/novel/commits?sha=never").status,
        404
    );
    assert_eq!(desk.get("/repos/writer/novel/commits/never").status, 422);
}

#[test]
fn a_comparison_starts_where_both_part() {
    let mut desk = Desk::with_novel();
    let base = desk.put("a.md", "a\n");
    let left = desk.put("left.md", "l\n");
    desk.ok(
        201,
        "POST",
        "/repos/writer/novel/git/refs",
        json!({"ref": "refs/heads/side", "sha": base}),
    );
    let body = json!({"message": "Right", "content": base64(b"r\n"), "branch": "side"});
    desk.ok(201, "PUT", "/repos/writer/novel/contents/right.md", body);
    let path = "/repos/writer/novel/compare/main...side";
    let compared = desk.ok(200, "GET", path, Value::Null);
    assert_eq!(compared["status"], "diverged");
    assert_eq!(
        (&compared["ahead_by"], &compared["behind_by"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(compared["merge_base_commit"]["sha"], base);
    assert_eq!(compared["files"][0]["filename"], "right.md");
    let path = format!("/repos/writer/novel/compare/{base}...{left}");
    assert_eq!(desk.ok(200, "GET", &path, Value::Null)["status"], "ahead");
    let unknown = format!("/repos/writer/novel/compare/{}...main", "1".repeat(40));
    assert_eq!(desk.get(&unknown).status, 404);
}

#[test]
fn an_archive_is_behind_a_link_that_ends_after_five_minutes() {
    let mut desk = Desk::with_novel();
    desk.put(".gitattributes", "*.bak export-ignore\n");
    desk.put("chapter.bak", "old");
    desk.put("chapter.md", "new");
    let answer = desk.get("/repos/writer/novel/tarball/main");
    assert_eq!(answer.status, 302);
    let location = told(&answer, "Location").to_owned();
    let (_, path) = location.split_once("/github").unwrap();
    let mut call = desk.call("GET", path, Value::Null);
    call.headers.retain(|(name, _)| name != "authorization");
    let archive = bytes(&desk.lab.send(&call));
    assert!(archive.starts_with(&[0x1f, 0x8b, 8]));
    let has = |name: &str| {
        archive
            .windows(name.len())
            .any(|window| window == name.as_bytes())
    };
    assert!(has("/chapter.md") && has("/.gitattributes") && !has("/chapter.bak"));
    desk.lab.wait(5 * 60);
    assert_eq!(desk.lab.send(&call).status, 404);
}

#[test]
fn activity_tells_what_a_force_push_replaced() {
    let mut desk = Desk::with_novel();
    let first = desk.head();
    let second = desk.put("a.md", "a");
    let path = "/repos/writer/novel/git/refs/heads/main";
    let refused = desk.send("PATCH", path, json!({"sha": first}));
    assert_eq!(
        said(&refused),
        (422, "Update is not a fast forward".to_owned())
    );
    desk.ok(200, "PATCH", path, json!({"sha": first, "force": true}));
    let path = "/repos/writer/novel/activity?activity_type=force_push&ref=main";
    let activity = desk.ok(200, "GET", path, Value::Null);
    assert_eq!(activity.as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&activity[0]["before"], &activity[0]["after"]),
        (&json!(second), &json!(first))
    );
    assert_eq!(
        desk.get("/repos/writer/novel/activity?activity_type=x")
            .status,
        422
    );
}

#[test]
fn contents_reads_files_and_folders() {
    let mut desk = Desk::with_novel();
    desk.put("a folder/ä.md", "text\n");
    let path = "/repos/writer/novel/contents/a%20folder/%C3%A4.md";
    let file = desk.ok(200, "GET", path, Value::Null);
    assert_eq!(
        (&file["type"], &file["path"]),
        (&json!("file"), &json!("a folder/ä.md"))
    );
    assert_eq!(file["content"], base64(b"text\n") + "\n");
    let raw = desk.get_with(path, "accept", "application/vnd.github.raw");
    assert_eq!(bytes(&raw), b"text\n");
    let folder = desk.ok(200, "GET", "/repos/writer/novel/contents", Value::Null);
    assert_eq!(folder[1]["type"], "dir");
    let missing = desk.get("/repos/writer/novel/contents/none.md?ref=main");
    assert_eq!(missing.status, 404);
    assert_eq!(message(&missing), "Not Found");
}
