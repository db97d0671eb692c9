//! `refresh`: whatever the server does, the grant is kept, and what happened is told as it is.

use std::time::{Duration, Instant};

use oauthctl::sandbox::{Endpoint, Rotation, Sandbox, fingerprint};
use rustix::process::Signal;

use crate::world::{World, moved};

fn with_grace(seconds: u64) -> World {
    let grace = Duration::from_secs(seconds);
    let world = World::with(|options| options.rotation = Rotation::Rotate { grace });
    world.connect();
    world
}

/// What fails must end within this, stalls apart.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn refresh_keeps_the_grant_through_every_answer_that_the_server_did_not_act_on() {
    let world = with_grace(0);
    for fault in [
        "500",
        "502",
        "503/30",
        "429/30",
        "drop-before",
        "html",
        "proxy403",
    ] {
        let token = world.token("sandbox");
        world.faults(&[&format!("refresh:*={fault}")]);
        let begun = Instant::now();
        let failed = world.run(&["refresh", "sandbox"]).ended(5).no_data();
        assert!(begun.elapsed() < SOON, "{fault}");
        let failed = failed.says(&["error: could not refresh `sandbox/writer` now"]);
        let is_page = "a web page came in place of the provider's answer (HTTP 200)";
        assert_eq!(failed.stderr.contains(is_page), fault == "html");
        assert_eq!(
            failed.stderr.contains("hint: the server asks to wait 30s"),
            fault.ends_with("/30")
        );
        // what is stored still serves
        assert_eq!(world.token("sandbox"), token, "{fault}");
        assert_eq!(world.shown("sandbox")["refreshable"], true);
        world.faults(&[]);
        world
            .ok(&["refresh", "sandbox"])
            .says(&["sandbox/writer: refreshed"]);
        assert_ne!(world.token("sandbox"), token, "{fault}");
        assert_eq!(world.shown("sandbox")["state"], "active");
    }
}

/// The server rotated, and the client never saw the new token.
const LOST: [&str; 5] = [
    "500-after",
    "drop-after",
    "truncate",
    "endless",
    "duplicate-keys",
];

#[test]
fn refresh_that_lost_its_answer_recovers_where_the_server_grants_grace() {
    let world = with_grace(60);
    for fault in LOST {
        let token = world.token("sandbox");
        world.faults(&[&format!("refresh:*={fault}")]);
        let begun = Instant::now();
        world.run(&["refresh", "sandbox"]).ended(5).no_data();
        assert!(begun.elapsed() < SOON, "{fault}");
        assert_eq!(world.token("sandbox"), token, "{fault}");
        world.faults(&[]);
        world.ok(&["refresh", "sandbox"]);
        let new = world.token("sandbox");
        assert_ne!(new, token, "{fault}");
        let live = world.sandbox(|sandbox| sandbox.tokens().access);
        assert!(live.contains(&fingerprint(&new)), "{fault}");
    }
}

#[test]
fn refresh_that_lost_its_answer_needs_a_login_where_the_server_grants_no_grace() {
    for fault in LOST {
        let world = with_grace(0);
        world.faults(&[&format!("refresh:*={fault}")]);
        world.run(&["refresh", "sandbox"]).ended(5).no_data();
        world.faults(&[]);
        world.run(&["refresh", "sandbox"]).ended(4).no_data().says(&[
            "error: `sandbox/writer` needs a new login: the answer to a refresh was lost or of no \
             use, and now it is over (`invalid_grant`)",
            "hint: sign in again with `oauthctl connect sandbox`",
            "nothing was deleted",
        ]);
        world
            .run(&["token", "sandbox"])
            .ended(4)
            .no_data()
            .says(&["the answer to a refresh was lost"]);
        assert_eq!(world.shown("sandbox")["state"], "needs_login", "{fault}");
        assert_eq!(world.shown("sandbox")["refreshable"], true, "{fault}");
        world.connect().says(&["updated `sandbox/writer`"]);
        world.token("sandbox");
    }
}

#[test]
fn refresh_gives_a_server_that_says_nothing_thirty_seconds() {
    if !full() {
        return;
    }
    let world = with_grace(60);
    world.faults(&["refresh:*=stall"]);
    let begun = Instant::now();
    world.run(&["refresh", "sandbox"]).ended(5);
    let took = begun.elapsed();
    assert!(
        took > Duration::from_secs(25) && took < Duration::from_secs(35),
        "{took:?}"
    );
    world.faults(&[]);
    world.ok(&["refresh", "sandbox"]);
}

#[test]
fn refresh_takes_what_is_odd_but_usable() {
    let world = with_grace(0);
    for fault in ["string-expiry", "no-refresh-token", "plain", "slow=50"] {
        world.faults(&[&format!("refresh:*={fault}")]);
        for _ in 0..2 {
            world.ok(&["refresh", "sandbox"]);
            assert!(
                world.shown("sandbox")["expires_in_seconds"]
                    .as_u64()
                    .unwrap()
                    > 3000
            );
        }
    }
    world.faults(&[]);
    world.ok(&["refresh", "sandbox"]);
}

#[test]
fn refresh_of_a_killed_process_is_recovered_by_the_next() {
    let world = with_grace(60);
    world.faults(&["refresh:1=stall"]);
    let running = world.call(&["refresh", "sandbox"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == 1
    });
    running.signal(Signal::KILL);
    assert_eq!(running.finish().code, -9);
    world.faults(&[]);
    // the old token still serves while it lives
    world.token("sandbox");
    world
        .ok(&["refresh", "--due"])
        .says(&["sandbox/writer: refreshed"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
}

#[test]
fn refresh_due_takes_only_what_is_due() {
    let world = World::with(|options| options.lifetimes = "3600,0,3600".parse().unwrap());
    world.connect();
    world
        .ok(&["refresh", "--due"])
        .no_data()
        .says(&["nothing to refresh"]);
    world.ok(&["refresh", "sandbox"]);
    world
        .ok(&["refresh", "--due"])
        .no_data()
        .says(&["sandbox/writer: refreshed"]);
    world
        .ok(&["refresh", "--due"])
        .says(&["nothing to refresh"]);
}

#[test]
fn refresh_all_sends_its_requests_at_the_same_time() {
    let accounts = if full() { 40 } else { 6 };
    let world = World::new();
    for number in 0..accounts {
        world.connect_as(&format!("account-{number:02}"));
    }
    let delay = Duration::from_secs(1);
    world.sandbox(|sandbox| sandbox.adjust(|options| options.token_delay = delay));
    let output = world.ok(&["refresh", "--all"]).no_data();
    // without a terminal there is no progress bar, only what happened
    let lines: Vec<_> = output.stderr.lines().collect();
    let wanted: Vec<_> = (0..accounts)
        .map(|number| format!("sandbox/account-{number:02}: refreshed"))
        .collect();
    assert_eq!(lines, wanted);
    let log = world.sandbox(Sandbox::log);
    let times = log.iter().filter(|entry| entry.endpoint == "refresh");
    let times: Vec<u64> = times.map(|entry| entry.at_millis).collect();
    assert_eq!(times.len(), accounts);
    let in_the_air = |at: u64| {
        let begun = times
            .iter()
            .filter(|begun| **begun <= at && at < **begun + 1000);
        begun.count()
    };
    let most = times.iter().map(|at| in_the_air(*at)).max().unwrap();
    assert!(most > 1, "one after the other: {times:?}");
    assert!(most <= 32, "{most} at once");
}

#[test]
fn refresh_all_goes_on_after_a_failure_and_reports_each() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.faults(&["refresh:1=503/9"]);
    let output = world.run(&["refresh", "--all", "--json"]).ended(5);
    let documents = output.documents();
    assert_eq!(documents.len(), 2);
    let failed: Vec<_> = documents
        .iter()
        .filter(|one| one["exit_code"] == 5)
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(output.error()["message"], "1 of 2 connections failed");
    world
        .run(&["refresh", "sandbox/reader", "sandbox/nobody"])
        .ended(4);
    world.run(&["refresh"]).ended(2);
    world.run(&["refresh", "--all", "sandbox"]).ended(2);
    // also what is wrong with the registration, and not with the connection
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.faults(&["refresh:1=refused=invalid_client"]);
    let output = world.run(&["refresh", "--all"]).ended(1);
    let named = output.stderr.lines().filter(|line| {
        line.starts_with("error: `sandbox/") && line.contains("refused the client registration")
    });
    assert_eq!(named.count(), 1, "{}", output.stderr);
}

#[test]
fn refresh_sends_nothing_when_the_definition_names_other_endpoints() {
    let world = World::new();
    world.connect();
    let elsewhere = Sandbox::start(oauthctl::sandbox::Options::new(
        oauthctl::app::moment().wall,
    ))
    .unwrap();
    let ours = world.sandbox(|sandbox| sandbox.url().to_owned());
    world.define("sandbox", &moved(&world.provider_toml(), &ours, &elsewhere));
    world
        .run(&["refresh", "sandbox"])
        .ended(4)
        .no_data()
        .says(&["now names another", "nothing was sent there"]);
    assert_eq!(elsewhere.log(), []);
    assert_eq!(world.count(Endpoint::Refresh), 0);
    // what is stored still serves, and the old definition mends it
    world.token("sandbox");
    world.define("sandbox", &world.provider_toml());
    world.ok(&["refresh", "sandbox"]);
}

/// Whether the counts and waits are wanted that take long.
pub(crate) fn full() -> bool {
    std::env::var("OAUTHCTL_TRIALS").is_ok_and(|trials| trials == "full")
}

#[test]
fn connect_again_keeps_the_refresh_token_that_a_second_consent_does_not_repeat() {
    let world = World::new();
    world.connect();
    world.faults(&["token:*=no-refresh-token"]);
    world.connect();
    world.faults(&[]);
    // it is still there, live, and good for a refresh
    world.ok(&["refresh", "sandbox"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
    // control: another connection that never got one has none
    world.faults(&["token:*=no-refresh-token"]);
    world.connect_as("somebody-else");
    let before = world.count(Endpoint::Refresh);
    world
        .run(&["refresh", "sandbox/somebody-else"])
        .ended(4)
        .says(&[
            "error: `sandbox/somebody-else` can't be refreshed: the provider gave no refresh token",
            "its access token ends in ",
            "hint: sign in again with `oauthctl connect sandbox`",
        ]);
    world
        .ok(&["refresh", "--all"])
        .says(&["sandbox/somebody-else: has no refresh token"]);
    assert_eq!(world.count(Endpoint::Refresh), before + 1);
}

#[test]
fn refresh_keeps_tokens_that_came_with_a_lifetime_nobody_can_read() {
    let world = World::new();
    world.connect();
    world.faults(&["refresh:*=wrong-type"]);
    world.ok(&["refresh", "sandbox"]);
    world.faults(&[]);
    let live = world.sandbox(|sandbox| sandbox.tokens().access);
    assert!(live.contains(&fingerprint(&world.token("sandbox"))));
    world.ok(&["refresh", "sandbox"]);
}
