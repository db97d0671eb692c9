//! Rate limits, and what faults do.

use std::time::Duration;

use serde_json::Value;

use super::{Desk, json_of, message, options, told};
use crate::json::json;
use crate::sandbox::call::Answer;
use crate::sandbox::practice::Manner;
use crate::sandbox::{Options, Trouble};

impl Desk {
    /// A request that something befalls.
    fn troubled(&mut self, trouble: Trouble, method: &str, path: &str, body: Value) -> Answer {
        let call = self.call(method, path, body);
        let manner = Manner::Troubled(trouble);
        self.lab.practice.respond(&call, self.lab.now, manner)
    }
}

const REF: &str = "/repos/writer/novel/git/ref/heads/main";

fn head_of(answer: &Answer) -> String {
    let found = json_of(answer);
    found["object"]["sha"].as_str().unwrap().to_owned()
}

#[test]
fn the_hours_budget_ends_and_begins_anew() {
    let mut options = options();
    options.github.requests_per_hour = 3;
    let mut desk = Desk::with(options);
    for left in ["2", "1", "0"] {
        let answer = desk.get("/user");
        assert_eq!(told(&answer, "X-RateLimit-Remaining"), left);
        desk.lab.wait(10);
    }
    let answer = desk.get("/user");
    assert_eq!(answer.status, 403);
    assert!(message(&answer).starts_with("API rate limit exceeded for user ID "));
    assert_eq!(told(&answer, "X-RateLimit-Remaining"), "0");
    let reset: i64 = told(&answer, "X-RateLimit-Reset").parse().unwrap();
    let begun = desk
        .lab
        .practice
        .wall(desk.lab.now.saturating_sub(Duration::from_secs(30)));
    assert_eq!(reset, begun.unix_seconds() + 3600);
    // another budget, and one that costs nothing
    let query = desk.graphql("{ rateLimit { limit remaining cost } }", json!({}));
    assert_eq!(
        query["data"]["rateLimit"],
        json!({"limit": 3, "remaining": 2, "cost": 1})
    );
    let limits = desk.ok(200, "GET", "/rate_limit", Value::Null);
    assert_eq!(limits["resources"]["core"]["remaining"], 0);
    assert_eq!(limits["rate"]["used"], 3);
    desk.lab.wait(3600);
    assert_eq!(desk.get("/user").status, 200);
}

#[test]
fn points_of_graphql_end_in_a_200() {
    let mut options = options();
    options.github.requests_per_hour = 1;
    let mut desk = Desk::with(options);
    desk.graphql("{ viewer { login } }", json!({}));
    let answer = desk.graphql("{ viewer { login } }", json!({}));
    assert_eq!(answer["errors"][0]["type"], "RATE_LIMITED");
}

#[test]
fn too_many_writes_in_a_minute_have_to_wait() {
    let mut options: Options = options();
    options.github.writes_per_minute = 2;
    options.github.writes_per_hour = 4;
    let mut desk = Desk::with(options);
    let create = |desk: &mut Desk, name: &str| {
        desk.send(
            "POST",
            "/user/repos",
            json!({"name": name, "auto_init": true}),
        )
    };
    assert_eq!(create(&mut desk, "a").status, 201);
    desk.lab.wait(20);
    assert_eq!(create(&mut desk, "b").status, 201);
    let answer = create(&mut desk, "c");
    assert_eq!(answer.status, 403);
    assert!(message(&answer).contains("secondary rate limit"));
    assert_eq!(told(&answer, "Retry-After"), "40");
    assert_ne!(told(&answer, "X-RateLimit-Remaining"), "0");
    assert_eq!(desk.get("/user").status, 200); // reads go on
    desk.lab.wait(40);
    assert_eq!(create(&mut desk, "c").status, 201);
    desk.lab.wait(60);
    assert_eq!(create(&mut desk, "d").status, 201);
    desk.lab.wait(60);
    let answer = create(&mut desk, "e"); // the fifth of this hour
    assert_eq!(told(&answer, "Retry-After"), (3600 - 180).to_string());
}

#[test]
fn a_limit_and_a_permission_are_told_apart() {
    let mut desk = Desk::with_novel();
    let wait = Some(Duration::from_secs(30));
    for (trouble, status, retry, left) in [
        (Trouble::Secondary(403, wait), 403, Some("30"), false),
        (Trouble::Secondary(429, wait), 429, Some("30"), false),
        (Trouble::Secondary(403, None), 403, None, false),
        (Trouble::Primary(Duration::from_secs(60)), 403, None, true),
        (Trouble::Forbidden, 403, None, false),
    ] {
        let answer = desk.troubled(trouble, "GET", REF, Value::Null);
        assert_eq!(answer.status, status, "{trouble}");
        assert_eq!(super::header(&answer, "Retry-After"), retry, "{trouble}");
        assert_eq!(
            told(&answer, "X-RateLimit-Remaining") == "0",
            left,
            "{trouble}"
        );
        let secondary = matches!(trouble, Trouble::Secondary(..));
        assert_eq!(message(&answer).contains("secondary rate limit"), secondary);
        assert_eq!(trouble.to_string().parse(), Ok(trouble));
    }
    let query = json!({"query": "{ viewer { login } }"});
    let primary = Trouble::Primary(Duration::from_secs(60));
    let answer = desk.troubled(primary, "POST", "/graphql", query);
    assert_eq!(json_of(&answer)["errors"][0]["type"], "RATE_LIMITED");
}

#[test]
fn a_replica_that_lags_shows_what_was_before() {
    let mut desk = Desk::with_novel();
    let first = desk.head();
    let second = desk.put("a.md", "a");
    let stale = desk.troubled(Trouble::Stale, "GET", REF, Value::Null);
    assert_eq!(head_of(&stale), first);
    assert_eq!(desk.head(), second);
    let input = json!({
        "branch": {"repositoryNameWithOwner": "writer/novel", "branchName": "main"},
        "expectedHeadOid": second,
        "message": {"headline": "x"},
    });
    let body = json!({"query": super::CREATE, "variables": {"in": input}});
    let answer = desk.troubled(Trouble::Stale, "POST", "/graphql", body.clone());
    assert_eq!(json_of(&answer)["errors"][0]["type"], "STALE_DATA");
    assert_eq!(desk.head(), second);
    let answer = desk.troubled(Trouble::Stale, "POST", "/graphql", {
        let mut body = body;
        body["variables"]["in"]["expectedHeadOid"] = json!(first);
        body
    });
    assert_eq!(json_of(&answer)["errors"][0]["type"], "STALE_DATA");
}

#[test]
fn somebody_else_can_come_first() {
    let mut desk = Desk::with_novel();
    let second = desk.put("a.md", "a");
    let answer = desk.troubled(Trouble::Commit, "GET", REF, Value::Null);
    let third = head_of(&answer);
    let path = format!("/repos/writer/novel/git/commits/{third}");
    let commit = desk.ok(200, "GET", &path, Value::Null);
    assert_eq!(commit["parents"][0]["sha"], second);
    assert_eq!(commit["author"]["name"], "somebody");

    let answer = desk.troubled(Trouble::ForcePush, "GET", REF, Value::Null);
    let path = format!("/repos/writer/novel/git/commits/{}", head_of(&answer));
    let commit = desk.ok(200, "GET", &path, Value::Null);
    assert_eq!(commit["parents"][0]["sha"], second);

    let answer = desk.troubled(Trouble::Rename, "GET", REF, Value::Null);
    assert_eq!(answer.status, 301);
}
