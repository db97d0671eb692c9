//! A provider in trouble is left alone, connections are refreshed once, and revoking tells no more
//! than is so.

use std::fs;

use oauthctl::sandbox::{Endpoint, Options, Sandbox};

use crate::world::{World, moved};

#[test]
fn token_leaves_a_provider_alone_that_asked_for_it() {
    let world = World::expired();
    let before = world.count(Endpoint::Refresh);
    world.faults(&["refresh:*=503/3600"]);
    world
        .run(&["token", "sandbox"])
        .ended(5)
        .says(&["could not refresh", "hint: the server asks to wait 1h"]);
    for _ in 0..20 {
        world.run(&["token", "sandbox"]).ended(5).no_data().says(&[
            "its provider asked to wait",
            "hint: try again in",
            "oauthctl refresh sandbox/writer",
        ]);
    }
    world.run(&["refresh", "--due"]).ended(5);
    assert_eq!(world.count(Endpoint::Refresh), before + 1);
    let error = world.run(&["token", "sandbox", "--json"]).ended(5).error();
    let wait = error["retry_after_seconds"].as_u64().unwrap();
    assert!((3000..=3600).contains(&wait), "{wait}");
    // a person may try, and what comes ends the trouble
    world.faults(&[]);
    world.ok(&["refresh", "sandbox"]);
    assert_eq!(world.count(Endpoint::Refresh), before + 2);
    world.token("sandbox");
}

#[test]
fn token_backs_off_from_a_provider_that_fails_again_and_again() {
    let world = World::expired();
    let before = world.count(Endpoint::Refresh);
    world.faults(&["refresh:*=500"]);
    // the first failure is free
    for _ in 0..2 {
        world
            .run(&["token", "sandbox"])
            .ended(5)
            .says(&["could not refresh"]);
    }
    world
        .run(&["refresh", "sandbox"])
        .ended(5)
        .says(&["could not refresh"]);
    assert_eq!(world.count(Endpoint::Refresh), before + 3);
    for _ in 0..10 {
        world
            .run(&["token", "sandbox"])
            .ended(5)
            .says(&["failed 3 times in a row"]);
    }
    assert_eq!(world.count(Endpoint::Refresh), before + 3);
    // one that can't even be reached is not burdened by being asked
    let world = World::expired();
    world.stop_sandbox();
    for _ in 0..5 {
        world
            .run(&["token", "sandbox"])
            .ended(5)
            .says(&["could not refresh", "can't reach"]);
    }
}

#[test]
fn refresh_all_twice_at_once_refreshes_each_connection_once() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.faults(&["refresh:*=slow=700"]);
    let first = world.call(&["refresh", "--all"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) >= 1
    });
    let second = world.ok(&["refresh", "--all"]);
    first.finish().ended(0);
    assert_eq!(world.count(Endpoint::Refresh), 2);
    second.says(&["already fresh"]);
}

#[test]
fn refresh_and_revoke_take_a_connection_that_is_named_twice_once() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.ok(&[
        "refresh",
        "sandbox/writer",
        "sandbox/reader",
        "sandbox/writer",
    ]);
    assert_eq!(world.count(Endpoint::Refresh), 2);
    world.ok(&[
        "revoke",
        "sandbox/writer",
        "sandbox/reader",
        "sandbox/writer",
    ]);
    assert!(world.json(&["list"]).is_empty());
}

/// A world whose provider is told of access tokens only, and whose access tokens are over at once
/// after the first, with which the account is named.
fn by_access_token() -> World {
    let world = World::with(|options| options.lifetimes = "3600,0".parse().unwrap());
    let toml = world
        .provider_toml()
        .replace("tokens = \"both\"", "tokens = \"access\"");
    world.define("sandbox", &toml);
    world.connect();
    world.ok(&["refresh", "sandbox"]);
    world
}

#[test]
fn revoke_by_access_token_renews_one_that_is_over_at_every_try() {
    let world = by_access_token();
    world.faults(&["revoke:*=503"]);
    for tries in 1..=3 {
        world
            .run(&["revoke", "sandbox"])
            .ended(1)
            .says(&["NOT revoked"]);
        // the control is in the count: an expired token would be told as it is
        assert_eq!(world.count(Endpoint::Refresh), 1 + tries);
        assert_eq!(world.shown("sandbox")["state"], "revoking");
    }
    world.faults(&[]);
    world
        .ok(&["revoke", "sandbox"])
        .says(&["revoked at the provider"]);
    assert_eq!(world.count(Endpoint::Refresh), 5);
    assert!(world.json(&["list"]).is_empty());
}

/// A provider that ends access tokens as resources of the client's, and knows none of them (404).
fn by_application_token() -> World {
    let world = World::new();
    let secret = world.sandbox(|sandbox| sandbox.client_secret().expose().to_owned());
    let client = oauthctl::sandbox::CONFIDENTIAL_CLIENT;
    world
        .call(&["client", "set", "sandbox", "--id", client])
        .stdin(&secret)
        .run()
        .ended(0);
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let toml = world.provider_toml();
    let (before, rest) = toml.split_once("[revocation]").unwrap();
    let (_, after) = rest.split_once("[api]").unwrap();
    let resource = format!(
        "[revocation]\nkind = \"application_token\"\n\
         endpoint = \"{url}/applications/{{client_id}}/token\"\n\
         note = \"this token only\"\n"
    );
    world.define("sandbox", &format!("{before}{resource}\n[api]{after}"));
    world.connect();
    world
}

#[test]
fn revoke_takes_no_unknown_access_token_for_the_end_of_a_grant_that_lives() {
    let world = by_application_token();
    for tries in 1..=2 {
        world.run(&["revoke", "sandbox"]).ended(1).says(&[
            "`sandbox/writer` is NOT revoked at the provider",
            "the refresh token is good",
        ]);
        // it gave another access token, and knows that one as little
        assert_eq!(world.count(Endpoint::Refresh), tries);
        assert_eq!(world.count(Endpoint::Other), 2 * tries);
        assert_eq!(world.shown("sandbox")["state"], "revoking");
    }
    // control: a grant that is over is done with, and what the definition says is told as well
    world.faults(&["refresh:*=invalid-grant"]);
    world.ok(&["revoke", "sandbox"]).says(&[
        "sandbox/writer: the provider did not know it any more; erased here",
        "note: this token only",
    ]);
    assert!(world.json(&["list"]).is_empty());
}

#[test]
fn revoke_remembers_that_an_answer_was_lost_or_the_vault_set_back() {
    // its answer was lost, and the grant ended for that
    let world = World::with(|options| {
        options.rotation = oauthctl::sandbox::Rotation::Rotate {
            grace: std::time::Duration::ZERO,
        };
    });
    world.connect();
    world.faults(&["refresh:*=drop-after"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    world.faults(&["revoke:1=500"]);
    world.run(&["refresh", "sandbox"]).ended(4);
    assert_eq!(world.shown("sandbox")["state"], "needs_login");
    world.run(&["revoke", "sandbox"]).ended(1);
    world.ok(&["revoke", "sandbox"]).says(&[
        "note: a refresh was cut off before: a token that never arrived may still be alive",
    ]);

    let world = World::new();
    world.connect();
    let yesterday = vault_files(&world);
    world.connect_as("reader");
    restore(&world, &yesterday);
    world.ok(&["vault", "accept-rollback", "--yes"]);
    assert_eq!(world.shown("sandbox")["state"], "suspect");
    world
        .ok(&["revoke", "sandbox"])
        .says(&["note: its tokens may not be the last ones: a token of a later refresh may"]);

    // control: nothing of the kind, and nothing is said
    let world = World::new();
    world.connect();
    world.ok(&["revoke", "sandbox"]).silent_about("note:");
}

#[test]
fn revoke_without_the_secret_that_it_needs_sets_aside_and_is_tried_again() {
    let world = by_application_token();
    world.ok(&["client", "remove", "sandbox", "--yes"]);
    world
        .run(&["revoke", "sandbox"])
        .ended(1)
        .says(&["has no secret here", "oauthctl client set sandbox"]);
    assert_eq!(world.count(Endpoint::Other), 0);
    assert_eq!(world.shown("sandbox")["state"], "revoking");
    world.run(&["token", "sandbox"]).ended(4).no_data();
    world.run(&["refresh", "--due"]).ended(1);
}

#[test]
fn revoke_that_can_not_renew_its_access_token_says_not_revoked_and_is_kept() {
    let world = by_access_token();
    world.faults(&["refresh:*=500"]);
    world
        .run(&["revoke", "sandbox"])
        .ended(1)
        .says(&["`sandbox/writer` is NOT revoked at the provider: could not refresh"]);
    assert_eq!(
        world.count(Endpoint::Revoke),
        0,
        "nothing would be proved by it"
    );
    assert_eq!(world.shown("sandbox")["state"], "revoking");
    world.run(&["token", "sandbox"]).ended(4).no_data();
    // a lost answer stays known until the end
    world.faults(&["refresh:*=drop-after"]);
    world.run(&["revoke", "sandbox"]).ended(1);
    world.faults(&[]);
    world.ok(&["revoke", "sandbox"]).says(&[
        "sandbox/writer:",
        "erased",
        "a token that never arrived may still be alive",
    ]);
}

#[test]
fn revoke_sets_a_connection_aside_before_anything_can_fail() {
    let world = World::new();
    world.connect();
    world.stop_sandbox();
    world
        .run(&["revoke", "sandbox"])
        .ended(1)
        .says(&["NOT revoked at the provider"]);
    assert_eq!(world.shown("sandbox")["state"], "revoking");
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .no_data()
        .says(&["is being revoked"]);

    let world = World::new();
    world.connect();
    let elsewhere = Sandbox::start(Options::new(oauthctl::app::moment().wall)).unwrap();
    let ours = world.sandbox(|sandbox| sandbox.url().to_owned());
    let toml = world.provider_toml();
    world.define("sandbox", &moved(&toml, &ours, &elsewhere));
    world
        .run(&["revoke", "sandbox"])
        .ended(4)
        .says(&["nothing was sent there"]);
    assert_eq!(elsewhere.log(), []);
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .no_data()
        .says(&["is being revoked"]);
    // the old definition, and the retry that was promised
    world.define("sandbox", &toml);
    world
        .ok(&["refresh", "--due"])
        .says(&["sandbox/writer: revoked"]);
    assert_eq!(world.count(Endpoint::Revoke), 2);
}

#[test]
fn revoke_of_a_token_that_was_brought_says_that_it_lives_on() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    world
        .call(&["connect", "sandbox", "--with-token", "--account", "mine"])
        .stdin(&token)
        .run()
        .ended(0);
    world.run(&["revoke", "sandbox/mine"]).ended(1).says(&[
        "`sandbox/mine` is NOT revoked at the provider",
        "you brought this token: end it where you made it",
    ]);
    assert_eq!(world.count(Endpoint::Revoke), 0);
}

#[test]
fn connect_over_a_revocation_does_not_forget_it() {
    let world = World::new();
    world.connect().silent_about("was to be revoked");
    world.faults(&["revoke:*=500"]);
    world.run(&["revoke", "sandbox"]).ended(1);
    world.faults(&[]);
    world.connect().says(&[
        "warning: the grant that this one replaces was to be revoked",
        "`oauthctl revoke sandbox/writer` ends both",
    ]);
    assert_eq!(world.shown("sandbox")["state"], "active");
    let events = world.json(&["audit", "--action", "connect"]);
    let told = |event: &&serde_json::Value| event["detail"].to_string().contains("never confirmed");
    assert_eq!(events.iter().filter(told).count(), 1, "{events:?}");
    world.ok(&["revoke", "sandbox"]);
    let tokens = world.sandbox(Sandbox::tokens);
    assert_eq!(tokens.access.len() + tokens.refresh.len(), 0);
}

#[test]
fn a_suspect_connection_stays_suspect_when_a_refresh_of_it_is_lost() {
    let world = World::expired();
    let yesterday: Vec<_> = vault_files(&world);
    world.connect_as("reader");
    restore(&world, &yesterday);
    world.ok(&["vault", "accept-rollback", "--yes"]);
    world.faults(&["refresh:*=drop-after"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    world.faults(&[]);
    assert_eq!(world.shown("sandbox")["state"], "suspect");
    let before = world.count(Endpoint::Refresh);
    world
        .ok(&["refresh", "--all"])
        .says(&["skipped `sandbox/writer`: suspect"]);
    world.ok(&["refresh", "--due"]);
    world.run(&["token", "sandbox"]).ended(9);
    assert_eq!(world.count(Endpoint::Refresh), before, "nobody was there");
}

#[test]
fn connect_takes_over_what_an_interrupted_one_saved_with_its_consent() {
    let world = World::new();
    world.connect();
    let rows = || {
        // one more of each kind that a connect leaves: the consent, and no pending record
        let connection = rusqlite::Connection::open(world.vault()).unwrap();
        connection
            .query_row("SELECT count(*) FROM body", [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    let before = rows();
    world.faults(&["userinfo:*=stall"]);
    let mut running = world.call(&["connect", "sandbox", "--no-browser"]).start();
    let url = running.address();
    world.learn_from(&url);
    let browser =
        std::thread::spawn(move || oauthctl::sandbox::user_agent::visit(&url).map(|_| ()));
    world.until("the account is asked for", |world| {
        world.count(Endpoint::Userinfo) == 2
    });
    running.signal(rustix::process::Signal::KILL);
    running.finish();
    drop(browser.join());
    world.faults(&[]);
    world
        .run(&["connect", "sandbox", "--no-browser", "--timeout", "1s"])
        .ended(5)
        .says(&["stored `sandbox/default` from an interrupted connect"]);
    // the connection and its consent
    assert_eq!(rows(), before + 2);
    world.token("sandbox/default");
}

fn vault_files(world: &World) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let folder = world.vault().parent().unwrap().to_owned();
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("vault.db")
        })
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn restore(world: &World, files: &[(std::path::PathBuf, Vec<u8>)]) {
    for (path, _) in vault_files(world) {
        fs::remove_file(path).unwrap();
    }
    for (path, content) in files {
        oauthctl::private_file::replace(path, content).unwrap();
    }
}

#[test]
fn a_client_secret_is_not_sent_to_an_endpoint_that_it_was_not_stored_for() {
    let world = World::new();
    let secret = world.sandbox(|sandbox| sandbox.client_secret().expose().to_owned());
    world
        .call(&[
            "client",
            "set",
            "sandbox",
            "--id",
            oauthctl::sandbox::CONFIDENTIAL_CLIENT,
        ])
        .stdin(&secret)
        .run()
        .ended(0);
    let elsewhere = Sandbox::start(Options::new(oauthctl::app::moment().wall)).unwrap();
    let ours = world.sandbox(|sandbox| sandbox.url().to_owned());
    let toml = world.provider_toml();
    world.define("sandbox", &moved(&toml, &ours, &elsewhere));
    world
        .run(&["connect", "sandbox", "--no-browser", "--timeout", "5s"])
        .ended(9)
        .no_data()
        .says(&[
            "stored for another token endpoint",
            "hint:",
            "oauthctl client set sandbox",
        ]);
    assert_eq!(elsewhere.log(), []);
    // control: where it was stored for, it is used
    world.define("sandbox", &toml);
    world.connect();
}

#[test]
fn audit_has_every_connect_that_came_to_nothing() {
    let world = World::new();
    world
        .run(&["connect", "sandbox", "--no-browser", "--timeout", "1s"])
        .ended(5);
    let events = world.json(&["audit", "--action", "connect", "--failed"]);
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["connection"], "sandbox");
    assert!(!events[0]["detail"].as_str().unwrap().is_empty());
    let world = World::with(|options| options.consent = oauthctl::sandbox::Consent::Denied);
    world.connect_with(&["sandbox"]).0.ended(7);
    let events = world.json(&["audit", "--action", "connect"]);
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["outcome"], "failed");
    assert!(
        events[0]["detail"].to_string().contains("access_denied"),
        "{events:?}"
    );
}
