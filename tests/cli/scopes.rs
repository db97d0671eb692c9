//! Scopes by name and by feature, more of them for a connection, and what was consented to.

use oauthctl::sandbox::{Endpoint, Sandbox, fingerprint};
use serde_json::Value;

use crate::world::World;

fn granted(world: &World, connection: &str) -> Vec<String> {
    let shown = world.shown(connection);
    let scopes = shown["scopes"].as_array().unwrap().iter();
    let mut scopes: Vec<_> = scopes.map(|one| one.as_str().unwrap().to_owned()).collect();
    scopes.sort();
    scopes
}

/// The scopes that the last authorization request asked for.
fn asked(world: &World, args: &[&str]) -> Vec<String> {
    let (output, visit) = world.connect_with(args);
    output.ended(0);
    drop(visit);
    let events = world.json(&["consents"]);
    let scopes = events.last().unwrap()["requested_scopes"].as_array();
    let scopes = scopes.unwrap().iter();
    scopes.map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn scopes_lists_the_catalogue_without_a_vault() {
    let world = World::empty();
    let listed = world.ok(&["scopes", "github"]).stdout;
    assert!(listed.starts_with("FEATURE"), "{listed}");
    let repo = listed.lines().find(|line| line.contains(" repo ")).unwrap();
    assert!(repo.contains("write, dangerous"), "{repo}");
    assert!(!world.vault().exists());
    let documents = world.json(&["scopes", "google", "--feature", "tasks"]);
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0]["reach"], "read");
    assert_eq!(documents[0]["has"], Value::Null);
    world
        .run(&["scopes", "google", "--feature", "taks"])
        .ended(2)
        .says(&["`google` has no feature `taks`", "`tasks`"]);
    world
        .run(&["scopes", "slack"])
        .ended(1)
        .says(&["has no catalogue of scopes", "--scope SCOPE"]);
    world
        .run(&["scopes", "githubb"])
        .ended(2)
        .says(&["`github`"]);
}

#[test]
fn scopes_of_a_connection_says_what_it_has() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--scope", "read"]);
    output.ended(0);
    let documents = world.json(&["scopes", "sandbox/writer"]);
    let has = |scope: &str| {
        let row = documents.iter().find(|row| row["scope"] == scope);
        row.unwrap()["has"].clone()
    };
    assert_eq!((has("read"), has("write")), (true.into(), false.into()));
    let table = world.ok(&["scopes", "sandbox/writer"]).stdout;
    assert!(table.starts_with("HAS"), "{table}");
}

#[test]
fn connect_asks_for_the_scopes_of_features() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--feature", "practice,documents:write"]);
    output.ended(0).says(&[
        "practice: asking for `read` (Read)",
        "documents:write: asking for `repo` (Repositories)",
    ]);
    let scopes = granted(&world, "sandbox");
    assert!(scopes.contains(&"read".to_owned()) && scopes.contains(&"repo".to_owned()));
    assert!(!scopes.contains(&"write".to_owned()), "{scopes:?}");
    for (feature, said) in [
        (
            "practise",
            "`sandbox` has no feature `practise`; it has `practice`",
        ),
        ("documents:read", "it has `documents:write`"),
        ("practice:all", "is not a feature"),
    ] {
        world
            .run(&["connect", "sandbox", "--feature", feature])
            .ended(2)
            .says(&[said]);
    }
}

#[test]
fn connect_add_asks_for_more_and_keeps_what_there_is() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--scope", "read"]);
    output.ended(0);
    let before = granted(&world, "sandbox");
    let (output, _) = world.connect_with(&["sandbox/writer", "--add", "write,documents"]);
    output
        .ended(0)
        .says(&["documents: asking for `repo`", "updated `sandbox/writer`"]);
    let after = granted(&world, "sandbox");
    assert!(
        before.iter().all(|scope| after.contains(scope)),
        "{after:?}"
    );
    assert!(after.contains(&"write".to_owned()) && after.contains(&"repo".to_owned()));
    assert_eq!(world.json(&["list"]).len(), 1);
    world.ok(&["refresh", "sandbox"]);
    // the tokens before it end with it
    world.ok(&["revoke", "sandbox"]);
    let live = world.sandbox(Sandbox::tokens);
    assert_eq!(live.access.len() + live.refresh.len(), 0);
}

#[test]
fn connect_add_leaves_the_connection_when_another_account_consents() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--scope", "read"]);
    output.ended(0);
    let token = world.token("sandbox/writer");
    world.sandbox(|sandbox| sandbox.sign_in_as("reader".parse().unwrap()));
    let (output, _) = world.connect_with(&["sandbox/writer", "--add", "write"]);
    output
        .ended(9)
        .says(&["another account than the one that `sandbox/writer` is"]);
    assert_eq!(world.token("sandbox/writer"), token);
    let live = world.sandbox(|sandbox| sandbox.tokens().access);
    assert!(live.contains(&fingerprint(&token)));
}

#[test]
fn connect_add_wants_a_connection_that_somebody_consented_to() {
    let world = World::new();
    world.connect();
    world
        .run(&["connect", "sandbox/nobody", "--add", "read"])
        .ended(4)
        .says(&["`sandbox/nobody`"]);
    let brought = world.token("sandbox");
    let call = world.call(&["connect", "sandbox", "--with-token", "--account", "own"]);
    call.stdin(&brought).run().ended(0);
    world
        .run(&["connect", "sandbox/own", "--add", "read"])
        .ended(2)
        .says(&["is a token that you brought"]);
}

#[test]
fn connect_wants_a_yes_for_what_is_dangerous() {
    let world = World::new();
    let dangerous = ["connect", "sandbox", "--scope", "admin"];
    world.run(&dangerous).ended(2).no_data().says(&[
        "warning: `admin` is dangerous: Change your settings",
        "error: a dangerous scope needs a yes: `admin`",
        "hint: say it again with `--yes`",
        "oauthctl scopes sandbox",
    ]);
    assert_eq!(world.count(Endpoint::Authorize), 0);
    let (output, _) = world.connect_with(&["sandbox", "--feature", "practice:admin", "--yes"]);
    output.ended(0).says(&["warning: `admin` is dangerous"]);
    // who has it already is not asked again
    let (output, _) = world.connect_with(&["sandbox", "--scope", "admin"]);
    output.ended(0).silent_about("dangerous");
}

#[test]
fn consents_tell_what_was_asked_granted_and_changed() {
    let world = World::empty();
    world
        .ok(&["consents"])
        .says(&["nothing was consented to yet"]);
    let world = World::with(|options| {
        options.withheld.insert("write".parse().unwrap());
    });
    let (output, _) = world.connect_with(&["sandbox", "--scope", "read", "--scope", "write"]);
    output.ended(0);
    world.connect_as("reader");
    let (output, _) = world.connect_with(&["sandbox", "--account", "reader", "--scope", "repo"]);
    output.ended(0);
    let all = world.json(&["consents"]);
    assert_eq!(all.len(), 3);
    assert_eq!(all[0]["missing_scopes"], serde_json::json!(["write"]));
    assert_eq!(all[0]["grant"], "authorization_code");
    let of_reader = world.json(&["consents", "sandbox/reader"]);
    assert_eq!(of_reader.len(), 2);
    assert_eq!(of_reader[1]["added_scopes"], serde_json::json!(["repo"]));
    assert!(
        !of_reader[1]["dropped_scopes"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    world.ok(&["consents", "sandbox/reader"]).says(&[]);
    let text = world.ok(&["consents", "sandbox/reader"]).stdout;
    assert!(text.contains("  new           repo"), "{text}");
    world.run(&["consents", "sandbox/nobody"]).ended(4);
    // they outlive their connection
    world.ok(&["revoke", "sandbox/reader"]);
    assert_eq!(world.json(&["consents", "sandbox/reader"]).len(), 2);
}

#[test]
fn connect_asks_for_the_union_when_scopes_are_added() {
    let world = World::new();
    let first = asked(&world, &["sandbox", "--scope", "read"]);
    let second = asked(&world, &["sandbox/writer", "--add", "write"]);
    assert!(
        first.iter().all(|scope| second.contains(scope)),
        "{second:?}"
    );
    assert_eq!(second.iter().filter(|scope| *scope == "read").count(), 1);
    assert!(second.contains(&"write".to_owned()));
}

#[test]
fn connect_of_a_connection_signs_in_again_and_keeps_its_scopes() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--scope", "read", "--scope", "repo"]);
    output.ended(0);
    let before = granted(&world, "sandbox");
    let asked_before = asked(&world, &["sandbox/writer"]);
    assert!(
        asked_before.contains(&"repo".to_owned()),
        "{asked_before:?}"
    );
    assert_eq!(granted(&world, "sandbox"), before);
    // what the hint of an ended one says
    world.faults(&["refresh:*=invalid-grant"]);
    world
        .run(&["refresh", "sandbox"])
        .ended(4)
        .says(&["hint: sign in again with `oauthctl connect sandbox/writer`"]);
    world.faults(&[]);
    let (output, _) = world.connect_with(&["sandbox/writer"]);
    output
        .ended(0)
        .says(&[
            "asking for what `sandbox/writer` has",
            "updated `sandbox/writer`",
        ])
        .silent_about("not granted any more");
    assert_eq!(granted(&world, "sandbox"), before);
    // the person decides
    let (output, _) = world.connect_with(&["sandbox/writer", "--scope", "read"]);
    output
        .ended(0)
        .says(&["not granted any more: repo"])
        .silent_about("--add");
    world
        .run(&["connect", "sandbox/nobody"])
        .ended(4)
        .says(&["`sandbox/nobody`"]);
    world.run(&["connect", "sandbox/"]).ended(2);
}

#[test]
fn connect_of_a_connection_leaves_it_when_another_account_signs_in() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox/writer");
    world.sandbox(|sandbox| sandbox.sign_in_as("reader".parse().unwrap()));
    let (output, _) = world.connect_with(&["sandbox/writer"]);
    output
        .ended(9)
        .says(&["another account than the one that `sandbox/writer` is"]);
    assert_eq!(world.token("sandbox/writer"), token);
}

#[test]
fn connect_of_a_provider_keeps_the_scopes_of_its_one_connection_that_is_over() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--scope", "read", "--scope", "repo"]);
    output.ended(0);
    let before = granted(&world, "sandbox");
    world.faults(&["refresh:*=invalid-grant"]);
    world.run(&["refresh", "sandbox"]).ended(4);
    world.faults(&[]);
    let (output, _) = world.connect_with(&["sandbox"]);
    output.ended(0);
    assert_eq!(granted(&world, "sandbox"), before);
    // one that lives may be meant to get a second account beside it, which gets what is usual
    let (output, _) = world.connect_with(&["sandbox"]);
    output.ended(0).says(&[
        "not granted any more: repo",
        "hint: ask for it again: `oauthctl connect sandbox/writer --add repo`",
    ]);
    // whoever names the account means the connection
    let (output, _) = world.connect_with(&["sandbox/writer", "--add", "repo"]);
    output.ended(0);
    let (output, _) = world.connect_with(&["sandbox", "--account", "writer"]);
    output.ended(0);
    assert_eq!(granted(&world, "sandbox"), before);
}

#[test]
fn connect_of_a_connection_takes_a_token_in_place_of_one_that_was_brought() {
    let world = World::new();
    world.connect();
    let brought = world.token("sandbox");
    let bring = |connection: &str| {
        let call = world.call(&["connect", connection, "--with-token"]);
        call.stdin(&brought).run()
    };
    let call = world.call(&["connect", "sandbox", "--with-token", "--account", "own"]);
    call.stdin(&brought).run().ended(0);
    world.run(&["connect", "sandbox/own"]).ended(2).says(&[
        "is a token that you brought",
        "`oauthctl connect sandbox/own --with-token`",
    ]);
    bring("sandbox/own").ended(0);
    assert_eq!(world.json(&["list"]).len(), 2);
    bring("sandbox/writer")
        .ended(2)
        .says(&["`sandbox/writer` is no token that you brought"]);
}
