//! `token`: from the vault, after a refresh, with what the caller insists on.

use oauthctl::sandbox::Endpoint;
use serde_json::json;

use crate::world::World;

fn expiring(lifetimes: &str) -> World {
    World::with(|options| options.lifetimes = lifetimes.parse().unwrap())
}

#[test]
fn token_prints_a_cached_token_without_the_network() {
    let world = World::new();
    world.connect();
    let live = world.sandbox(|sandbox| sandbox.tokens().access);
    world.stop_sandbox();
    let output = world.ok(&["token", "sandbox"]).silent();
    let token = output.stdout.strip_suffix('\n').unwrap();
    assert!(live.contains(&oauthctl::sandbox::fingerprint(token)));
    assert_eq!(world.token("sandbox/writer"), token);
    // control: what has to be refreshed can't be without the server
    world
        .run(&["token", "sandbox", "--min-ttl", "2h"])
        .ended(5)
        .no_data();
}

#[test]
fn token_refreshes_an_expired_token_once() {
    let world = World::expired();
    let refreshes = world.count(Endpoint::Refresh);
    let token = world.token("sandbox");
    assert_eq!(world.count(Endpoint::Refresh), refreshes + 1);
    assert_eq!(world.token("sandbox"), token);
    assert_eq!(world.count(Endpoint::Refresh), refreshes + 1);
    let live = world.sandbox(|sandbox| sandbox.tokens().access);
    assert!(live.contains(&oauthctl::sandbox::fingerprint(&token)));
    let logged = world.json(&["audit", "--connection", "sandbox"]);
    let actions: Vec<_> = logged
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        ["connect", "refresh", "refresh", "hand_out", "hand_out"]
    );
    // the log names a token by a mark that says nothing to others
    assert_eq!(logged[2]["token"], logged[3]["token"]);
    assert_ne!(logged[1]["token"], logged[2]["token"]);
}

#[test]
fn token_min_ttl_decides_what_is_fresh_enough() {
    let world = expiring("600");
    world.connect();
    let first = world.token("sandbox");
    let with = |min_ttl: &str| world.ok(&["token", "sandbox", "--min-ttl", min_ttl]).stdout;
    assert_eq!(with("5m").trim(), first);
    assert_eq!(world.count(Endpoint::Refresh), 0);
    // nothing lives as long: one refresh, and what came is taken
    let short = world.ok(&["token", "sandbox", "--min-ttl", "2h"]);
    assert_ne!(short.stdout.trim(), first);
    short.says(&["warning: the token lives for 9m only"]);
    assert_eq!(world.count(Endpoint::Refresh), 1);
    for nonsense in [
        "",
        "soon",
        "-1s",
        "1.5h",
        "5x",
        "99999999999s",
        "1h30m",
        "💀",
    ] {
        let flag = format!("--min-ttl={nonsense}");
        world
            .run(&["token", "sandbox", &flag])
            .ended(2)
            .no_data()
            .says(&["error:", "min-ttl"]);
    }
    assert_eq!(world.count(Endpoint::Refresh), 1);
}

#[test]
fn token_scope_insists_on_what_is_granted() {
    let world = World::new();
    world.connect();
    world.ok(&["token", "sandbox", "--scope", "read"]).silent();
    world
        .run(&["token", "sandbox", "--scope", "read", "--scope", "write"])
        .ended(4)
        .no_data()
        .says(&[
            "error: `sandbox/writer` was not granted `write`",
            "hint: ask for more: `oauthctl connect sandbox/writer --add write`",
        ]);
    // nothing was handed out then
    assert_eq!(world.json(&["audit", "--action", "hand_out"]).len(), 1);
}

#[test]
fn token_refuses_options_of_another_format() {
    let world = World::new();
    world.connect();
    for (format, option, value) in [
        ("plain", "--method", "GET"),
        ("xoauth2", "--url", "https://example.org/"),
        ("header", "--user", "me@example.org"),
    ] {
        let line = ["token", "sandbox", "--format", format, option, value];
        world.run(&line).ended(2).says(&[option]).no_data();
    }
    for line in [
        &["--json", "token", "sandbox", "--format", "header"][..],
        &["token", "sandbox", "--json", "--format", "kubectl"],
        &["--json", "token", "sandbox", "--copy"],
    ] {
        world.run(line).ended(2).no_data();
    }
    // nothing was handed out
    assert!(world.json(&["audit", "--action", "hand_out"]).is_empty());
}

#[test]
fn token_format_prints_a_header_or_an_object() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let header = world
        .ok(&["token", "sandbox", "--format", "header"])
        .silent();
    assert_eq!(header.stdout, format!("Authorization: Bearer {token}\n"));
    let plain = world
        .ok(&["token", "sandbox", "--format", "plain"])
        .silent();
    assert_eq!(plain.stdout, format!("{token}\n"));
    let shown = world.shown("sandbox");
    for args in [
        ["token", "sandbox", "--format", "json"].as_slice(),
        &["token", "sandbox", "--json"],
    ] {
        let document = world.ok(args).silent().documents().remove(0);
        let wanted = json!({
            "schema": 1,
            "connection": "sandbox/writer",
            "access_token": token,
            "token_type": "bearer",
            "expires_at": shown["expires_at"],
            "scopes": ["profile", "read"],
        });
        assert_eq!(document, wanted);
    }
    world
        .run(&["token", "sandbox", "--json", "--format", "plain"])
        .ended(2);
    world
        .run(&["token", "sandbox", "--format", "yaml"])
        .ended(2)
        .says(&["possible values"]);
}

#[test]
fn token_says_that_there_is_no_connection() {
    let world = World::new();
    world.run(&["token", "sandbox"]).ended(4).no_data().says(&[
        "error: there is no connection `sandbox`",
        "hint: make one with `oauthctl connect sandbox`",
    ]);
    world.connect();
    world
        .run(&["token", "sandbox/nobody"])
        .ended(4)
        .no_data()
        .says(&[
            "error: there is no connection `sandbox/nobody`",
            "hint: make one with `oauthctl connect sandbox`",
        ]);
}

#[test]
fn token_of_an_ambiguous_connection_lists_the_choices() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.run(&["token", "sandbox"]).ended(2).no_data().says(&[
        "error: `sandbox` is ambiguous",
        "hint: say which: `sandbox/reader`, `sandbox/writer`",
    ]);
    for command in ["show", "refresh", "revoke"] {
        world
            .run(&[command, "sandbox"])
            .ended(2)
            .no_data()
            .says(&["say which"]);
    }
    world.token("sandbox/reader");
}

#[test]
fn token_of_an_ended_grant_needs_a_login_and_connecting_again_mends_it() {
    let world = World::expired();
    let refreshes = world.count(Endpoint::Refresh);
    world.faults(&["refresh:*=invalid-grant"]);
    let ended = [
        "error: `sandbox/writer` needs a new login: the provider ended it (`invalid_grant`",
        "hint: sign in again with `oauthctl connect sandbox/writer`",
    ];
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .no_data()
        .says(&ended);
    // nothing is deleted, and nothing is asked again in vain
    let shown = world.shown("sandbox");
    assert_eq!(shown["state"], "needs_login");
    assert_eq!(shown["refreshable"], true);
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .no_data()
        .says(&ended);
    assert_eq!(world.count(Endpoint::Refresh), refreshes + 1);
    world.ok(&["list"]).silent();
    world.connect().says(&["updated `sandbox/writer`"]);
    world.token("sandbox");
}

#[test]
fn token_without_a_refresh_token_needs_a_login_when_it_is_over() {
    let world = expiring("0");
    world.faults(&["token:*=no-refresh-token"]);
    world.connect();
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .no_data()
        .says(&["needs a new login", "the provider gave no refresh token"]);
    assert_eq!(world.count(Endpoint::Refresh), 0);
}

#[test]
fn token_that_never_expires_is_never_refreshed() {
    let world = expiring("never");
    world.connect();
    world
        .ok(&["token", "sandbox", "--min-ttl", "365d"])
        .silent();
    assert_eq!(world.count(Endpoint::Refresh), 0);
    assert_eq!(
        world.shown("sandbox")["expires_at"],
        serde_json::Value::Null
    );
}

#[test]
fn token_that_can_not_be_logged_is_handed_out_or_not_as_the_settings_say() {
    let world = World::new();
    world.connect();
    let token = || world.call(&["token", "sandbox"]).start().finish();
    // While it is held nothing of ours may open the file: closing it would end the lock.
    let lock = rusqlite::Connection::open(world.vault()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    token()
        .ended(0)
        .says(&["warning: this hand-out is not in the audit log"]);
    let config = world.path("home/config/oauthctl/config.toml");
    std::fs::write(&config, "audit = \"required\"\n").unwrap();
    token().ended(5).no_data().says(&["could not be logged"]);
    drop(lock);
    world.ok(&["token", "sandbox"]).silent();
}
