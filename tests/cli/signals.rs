//! Ctrl-C and SIGTERM: prompt, and never at the cost of what a server has answered.

use std::fs::{self, File};
use std::time::Duration;

use oauthctl::sandbox::{Endpoint, Rotation, fingerprint, user_agent};
use rustix::process::Signal;

use crate::running::Running;
use crate::world::World;

/// The signals that stop a program, and its exit code.
const STOPPING: [(Signal, i32); 5] = [
    (Signal::INT, 130),
    (Signal::TERM, 143),
    (Signal::QUIT, 143),
    (Signal::HUP, 143),
    (Signal::USR1, 143),
];

/// Starts a refresh whose answer comes late, and waits until the server has rotated.
fn refreshing(world: &World) -> Running {
    let before = world.count(Endpoint::Refresh);
    world.faults(&["refresh:*=slow=900"]);
    let running = world.call(&["refresh", "sandbox"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == before + 1
    });
    running
}

fn is_newest(world: &World) -> bool {
    let live = world.sandbox(|sandbox| sandbox.tokens().access);
    live.contains(&fingerprint(&world.token("sandbox")))
}

#[test]
fn refresh_that_gets_a_signal_while_the_answer_is_on_its_way_stores_it_first() {
    for (signal, code) in STOPPING {
        let world = World::new();
        world.connect();
        let mut running = refreshing(&world);
        running.signal(signal);
        // at once, and not when the answer is there
        running.line(|line| line.contains("is waited for").then_some(()));
        assert!(running.lives());
        let again = if code == 130 { "Ctrl-C" } else { "signal" };
        let ending = if code == 130 {
            "interrupted"
        } else {
            "terminated"
        };
        running.finish().ended(code).no_data().says(&[
            &format!(
                "warning: the provider's answer is on its way and is waited for; a second {again} \
                 gives it up, and the connection may need a new login then\n"
            ),
            "sandbox/writer: refreshed",
            &format!("error: {ending}\n"),
        ]);
        assert_eq!(world.shown("sandbox")["state"], "active");
        world.faults(&[]);
        assert!(is_newest(&world));
        world.ok(&["refresh", "sandbox"]);
        world.ok(&["audit", "verify"]);
    }
    // control: who is killed at that moment does lose the answer
    let world = World::new();
    world.connect();
    let running = refreshing(&world);
    running.signal(Signal::KILL);
    running.finish().ended(-9);
    assert_eq!(world.shown("sandbox")["state"], "refreshing");
}

#[test]
fn refresh_all_that_gets_a_signal_lands_what_is_in_the_air_and_begins_nothing() {
    let world = World::new();
    world.connect();
    for number in 0..40 {
        world.connect_as(&format!("author-{number}"));
    }
    world.faults(&["refresh:*=slow=600"]);
    let running = world.call(&["refresh", "--all"]).start();
    world.until("many are in the air", |world| {
        world.count(Endpoint::Refresh) >= 32
    });
    running.signal(Signal::INT);
    running.finish().ended(130);
    let refreshed = world.count(Endpoint::Refresh);
    assert!(refreshed < 41, "nothing new is begun: {refreshed}");
    world.faults(&[]);
    let states: Vec<_> = world.json(&["list"]);
    assert!(
        states.iter().all(|one| one["state"] == "active"),
        "{states:?}"
    );
    world.ok(&["refresh", "--all"]);
    assert!(
        world
            .json(&["list"])
            .iter()
            .all(|one| one["state"] == "active")
    );
}

#[test]
fn refresh_all_that_gets_a_second_signal_stores_every_answer_that_has_come() {
    let world = World::new();
    world.connect();
    for number in 0..4 {
        world.connect_as(&format!("author-{number}"));
    }
    world.faults(&["refresh:*=slow=500"]);
    let running = world.call(&["refresh", "--all"]).start();
    world.until("all are in the air", |world| {
        world.count(Endpoint::Refresh) == 5
    });
    // the first answer can't be stored until all have come and both signals have been sent
    let lock = rusqlite::Connection::open(world.vault()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    running.signal(Signal::INT);
    running.until_heard();
    std::thread::sleep(Duration::from_millis(900));
    running.signal(Signal::INT);
    running.until_heard();
    lock.execute_batch("ROLLBACK").unwrap();
    running.finish().ended(130);
    let states = world.json(&["list"]);
    let lost = states.iter().filter(|one| one["state"] != "active").count();
    assert_eq!(lost, 0, "{states:?}");
}

#[test]
fn refresh_that_gets_a_second_signal_stops_at_once_and_the_next_one_recovers() {
    for (signal, code) in STOPPING {
        let world = World::with(|options| {
            let grace = Duration::from_secs(60);
            options.rotation = Rotation::Rotate { grace };
        });
        world.connect();
        world.faults(&["refresh:1=stall"]);
        let mut running = world.call(&["refresh", "sandbox"]).start();
        world.until("the server is asked", |world| {
            world.count(Endpoint::Refresh) == 1
        });
        running.signal(signal);
        running.line(|line| line.contains("is waited for").then_some(()));
        running.signal(signal);
        running.finish().ended(code).no_data().says(&[
            "warning: the provider's answer is on its way",
            "an answer of the provider was not waited for",
            "note: if it brought new tokens they are lost, and the connection needs a new login",
            "hint: `oauthctl list` says `refreshing` of it",
        ]);
        assert_eq!(world.shown("sandbox")["state"], "refreshing");
        world.faults(&[]);
        world.ok(&["refresh", "sandbox"]);
    }
}

#[test]
fn revoke_and_connect_that_get_a_signal_finish_what_the_server_did() {
    let world = World::new();
    world.connect();
    world.faults(&["revoke:*=slow=500"]);
    let running = world.call(&["revoke", "sandbox"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Revoke) == 1
    });
    running.signal(Signal::INT);
    running.finish().ended(130).says(&[
        "a second Ctrl-C gives it up, and nobody knows then whether access has ended",
        "sandbox/writer: revoked at the provider and erased here",
        "error: interrupted",
    ]);
    assert!(world.json(&["list"]).is_empty());

    world.faults(&["token:*=slow=500"]);
    let before = world.count(Endpoint::Token);
    let mut running = world.call(&["connect", "sandbox", "--no-browser"]).start();
    let url = running.address();
    world.learn_from(&url);
    let browser = std::thread::spawn(move || user_agent::visit(&url).unwrap());
    world.until("the code is sent", |world| {
        world.count(Endpoint::Token) == before + 1
    });
    running.signal(Signal::TERM);
    running.finish().ended(143).says(&[
        "you may have to sign in again then",
        "connected `sandbox/writer`",
        "error: terminated",
    ]);
    browser.join().unwrap();
    world.faults(&[]);
    assert!(is_newest(&world));
    assert_eq!(world.shown("sandbox")["state"], "active");
}

#[test]
fn token_that_gets_a_signal_while_it_refreshes_says_that_the_connection_is_whole() {
    let world = World::expired();
    let before = world.count(Endpoint::Refresh);
    world.faults(&["refresh:*=slow=600"]);
    let running = world.call(&["token", "sandbox"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == before + 1
    });
    running.signal(Signal::INT);
    running.finish().ended(130).no_data().says(&[
        "is waited for",
        "error: interrupted",
        "note: `sandbox/writer` was refreshed: its new tokens are stored",
    ]);
    world.faults(&[]);
    assert!(is_newest(&world));
}

#[test]
fn refresh_and_revoke_of_many_that_get_a_signal_say_what_was_done_and_what_not() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.faults(&["revoke:*=slow=500"]);
    let running = world.call(&["revoke", "--all", "--yes"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Revoke) == 1
    });
    running.signal(Signal::INT);
    running.finish().ended(130).says(&[
        "sandbox/reader: revoked at the provider",
        "not begun: 1 connection",
        "error: interrupted",
    ]);
    assert_eq!(world.json(&["list"]).len(), 1);
}

/// The lock of the world's only connection, as another process would hold it.
fn held_lock(world: &World) -> File {
    let folder = world.vault().with_file_name("vault.db.locks");
    let mut locks = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let path = locks
        .find(|path| path.to_string_lossy().contains("connection-"))
        .expect("a lock");
    let file = File::options().write(true).open(path).unwrap();
    file.lock().unwrap();
    file
}

#[test]
fn refresh_that_waits_for_a_lock_stops_at_a_signal_and_begins_nothing() {
    for (signal, code) in STOPPING {
        let world = World::new();
        let toml = world.provider_toml().replace("try_once", "never_retry");
        world.define("sandbox", &toml);
        world.connect();
        world.ok(&["refresh", "sandbox"]);
        let lock = held_lock(&world);
        let running = world.call(&["refresh", "sandbox"]).start();
        running.until_it_waits();
        running.signal(signal);
        running.finish().ended(code).no_data();
        drop(lock);
        assert_eq!(world.shown("sandbox")["state"], "active");
        assert_eq!(world.count(Endpoint::Refresh), 1);
        // control: an intent would have ended this connection
        world.ok(&["refresh", "sandbox"]);
    }
}

#[test]
fn refresh_that_was_started_to_outlive_its_terminal_does() {
    let world = World::new();
    world.connect();
    let running = {
        world.faults(&["refresh:*=slow=600"]);
        let call = world.call(&["refresh", "sandbox"]);
        call.through("trap '' HUP; exec \"$@\"").start()
    };
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == 1
    });
    running.signal(Signal::HUP);
    running.finish().ended(0);
    world.faults(&[]);
    assert!(is_newest(&world));
}

#[test]
fn connect_that_is_told_to_stop_while_it_waits_for_an_answer_is_in_the_log() {
    for (signal, code) in STOPPING {
        let world = World::new();
        let mut running = world.call(&["connect", "sandbox", "--no-browser"]).start();
        let url = running.address();
        world.learn_from(&url);
        running.signal(signal);
        running.finish().ended(code).no_data();
        let events = world.json(&["audit", "--action", "connect"]);
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(events[0]["outcome"], "failed");
        assert_eq!(events[0]["detail"], "interrupted");
    }
}

#[test]
fn sandbox_ends_at_ctrl_c_without_an_error() {
    let world = World::empty();
    let mut running = world.call(&["sandbox", "--port", "0"]).start();
    running.line(|line| line.contains("Ctrl-C").then_some(()));
    running.signal(Signal::INT);
    let output = running.finish().ended(130);
    assert!(!output.stderr.contains("error"), "{output:?}");
}
