//! The server rotated, and the disk does not take it.
//!
//! A limit on the size of files stands for the full disk. A reader keeps the write-ahead log from
//! being begun anew, so that it grows, and the limit is raised until the intent just fits and the
//! answer doesn't.

use std::fs;
use std::path::PathBuf;

use oauthctl::sandbox::{Endpoint, PUBLIC_CLIENT, fingerprint, user_agent};
use rusqlite::Connection;

use crate::world::{Call, Output, World};

/// Blocks of `ulimit -f` (POSIX: 512 bytes) in a frame of the write-ahead log.
const FRAME: u64 = 8;

/// A reader that keeps the write-ahead log from being begun anew. While it is held, nothing in this
/// process may open the vault: closing it would end the reader's lock.
fn reader(world: &World) -> Connection {
    let reader = Connection::open(world.vault()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    reader
        .query_row("SELECT count(*) FROM head", [], |_| Ok(()))
        .unwrap();
    reader
}

/// Runs `fill` until the log leaves room for the rescue file, which is as large as any answer. Then
/// tries with more and more room until `is_answered`, and gives the last output.
fn until_it_just_does_not_fit(
    world: &World,
    fill: &[&str],
    attempt: impl Fn(Call<'_>) -> Output,
    is_answered: impl Fn() -> bool,
) -> Output {
    let log = world.vault().with_extension("db-wal");
    let length = || fs::metadata(&log).map_or(0, |metadata| metadata.len());
    while length() < 80 * 1024 {
        world.call(fill).start().finish().ended(0);
    }
    let mut limit = length() / 512;
    loop {
        let line = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$@\"");
        let output = attempt(world.call(&[]).through(&line));
        if is_answered() {
            return output.ended(1).no_data();
        }
        limit += FRAME;
    }
}

/// A world in which a refresh was answered and could not be stored.
fn unsaved() -> World {
    let world = World::new();
    world.connect();
    leave_unsaved(&world);
    world
}

fn leave_unsaved(world: &World) {
    let held = reader(world);
    let failed = until_it_just_does_not_fit(
        world,
        &["token", "sandbox"],
        |call| call.args(&["refresh", "sandbox"]).start().finish(),
        || world.count(Endpoint::Refresh) == 1,
    );
    drop(held);
    let saved = rescue_files(world);
    assert_eq!(saved.len(), 1, "{failed:?}");
    let path = saved[0].display().to_string();
    failed.says(&[
        "error: new tokens of `sandbox/writer` could not be stored; they are safe, encrypted, in",
        &path,
        "caused by:",
        "hint: make room or mend the vault's folder",
    ]);
    world.check_files();
}

fn rescue_files(world: &World) -> Vec<PathBuf> {
    let mut files = world.files();
    files.retain(|file| file.to_string_lossy().contains("rescue"));
    files
}

#[test]
fn refresh_that_can_not_be_stored_is_rescued_and_adopted_by_the_next() {
    let world = unsaved();
    world.ok(&["refresh", "--due"]);
    assert_eq!(world.count(Endpoint::Refresh), 1, "it was sent again");
    assert_eq!(world.shown("sandbox")["state"], "active");
    let live = world.sandbox(|sandbox| sandbox.tokens().access);
    assert!(live.contains(&fingerprint(&world.token("sandbox"))));
    assert!(rescue_files(&world).is_empty());
    // and the refresh token that was rescued is the one that the server knows
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["vault", "check"]);
    world.ok(&["audit", "verify"]);
}

#[test]
fn vault_rekey_waits_for_an_answer_that_only_a_rescue_file_holds() {
    let world = unsaved();
    let key = world.path("given/new.txt").display().to_string();
    let rekey = ["vault", "rekey", "--key", "file", "--identity-file", &key];
    let waits = [
        "an answer of a provider is not in the vault yet",
        "refresh --due",
    ];
    world.run(&rekey).ended(9).no_data().says(&waits);
    assert!(!PathBuf::from(&key).exists());
    world.ok(&["refresh", "--due"]);
    assert_eq!(world.count(Endpoint::Refresh), 1, "it was sent again");
    world.ok(&rekey);
}

#[test]
fn vault_restore_takes_over_what_was_saved_beside_a_vault_that_is_gone() {
    let world = World::new();
    world.connect();
    let file = world.path("work/vault.age").display().to_string();
    world.ok(&["vault", "backup", &file]);
    leave_unsaved(&world);
    let remove = || {
        for end in ["db", "db-wal", "db-shm"] {
            let _ = fs::remove_file(world.vault().with_extension(end));
        }
    };
    remove();
    world
        .ok(&["vault", "restore", &file])
        .says(&["`sandbox/writer` is suspect"]);
    // with the refresh token that came last; the one in the backup is spent
    world.ok(&["refresh", "sandbox"]);
    // the control: without the file the old one is tried, and that ends the grant
    for rescue in rescue_files(&world) {
        fs::remove_file(rescue).unwrap();
    }
    remove();
    world.ok(&["vault", "restore", &file]);
    world.run(&["refresh", "sandbox"]).ended(4);
}

#[test]
fn refresh_that_was_rescued_is_lost_with_its_rescue_file() {
    let world = unsaved();
    for file in rescue_files(&world) {
        fs::remove_file(file).unwrap();
    }
    world
        .run(&["refresh", "sandbox"])
        .ended(4)
        .says(&["the answer to a refresh was lost"]);
}

#[test]
fn revoke_adopts_what_was_rescued_so_that_nothing_stays_alive() {
    let world = unsaved();
    world.ok(&["revoke", "sandbox"]);
    let tokens = world.sandbox(oauthctl::sandbox::Sandbox::tokens);
    assert!(tokens.refresh.is_empty(), "{tokens:?}");
    assert!(rescue_files(&world).is_empty());
}

#[test]
fn refresh_adopts_no_damaged_rescue_file() {
    let world = unsaved();
    let file = rescue_files(&world).remove(0);
    let mut damaged = fs::read(&file).unwrap();
    damaged[100] ^= 1;
    fs::write(&file, damaged).unwrap();
    // as after a crash while it was written: there is nothing to take over
    world
        .run(&["refresh", "sandbox"])
        .ended(4)
        .says(&["the answer to a refresh was lost"]);
}

#[test]
fn connect_that_can_not_be_stored_is_rescued_and_adopted_by_the_next() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let held = reader(&world);
    let failed = until_it_just_does_not_fit(
        &world,
        &[
            "client",
            "set",
            "sandbox",
            "--id",
            PUBLIC_CLIENT,
            "--no-secret",
        ],
        |call| {
            let mut running = call.args(&["connect", "sandbox", "--no-browser"]).start();
            let url = running.address();
            world.learn_from(&url);
            let page = user_agent::visit(&url).unwrap().body;
            assert!(page.contains("<title>Not connected"), "{page}");
            running.finish().ended(1)
        },
        || world.count(Endpoint::Token) == 1,
    );
    drop(held);
    failed.says(&["could not be stored; they are safe, encrypted, in"]);
    world.check_files();
    world
        .ok(&["list"])
        .says(&["a connect to `sandbox`", "is not finished"]);
    // another account's connect settles it
    world.connect_as("reader").says(&[
        "stored `sandbox/writer` from an interrupted connect",
        "connected `sandbox/reader`",
    ]);
    let live = world.sandbox(|sandbox| sandbox.tokens().access);
    assert!(live.contains(&fingerprint(&world.token("sandbox/writer"))));
    world.ok(&["refresh", "sandbox/writer"]);
    assert!(rescue_files(&world).is_empty());
}

#[test]
fn refresh_that_waits_for_a_busy_vault_has_the_answer_on_the_disk() {
    let world = World::new();
    world.connect();
    world.faults(&["refresh:*=slow=400"]);
    let running = world.call(&["refresh", "sandbox"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == 1
    });
    let lock = Connection::open(world.vault()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1200));
    running.signal(rustix::process::Signal::KILL);
    running.finish().ended(-9);
    lock.execute_batch("ROLLBACK").unwrap();
    world.faults(&[]);
    world.ok(&["refresh", "sandbox"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
}
