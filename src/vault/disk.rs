//! What is left on the disk, and what happens when there is no more of it.

use std::fs;
use std::thread;
use std::time::Duration;

use super::sample::{Note, World, event, note, text};
use super::{Action, VaultError};
use crate::private_file::with_suffix;

/// The sealed text of `github/a`, as it stands in the file.
fn sealed(world: &World) -> Vec<u8> {
    let sql = "SELECT sealed FROM body WHERE id = 2";
    world.raw().query_row(sql, [], |row| row.get(0)).unwrap()
}

fn is_on_disk(world: &World, text: &[u8]) -> bool {
    ["", "-wal"].iter().any(|suffix| {
        let content = fs::read(with_suffix(&world.path, suffix)).unwrap_or_default();
        content.windows(text.len()).any(|window| window == text)
    })
}

#[test]
fn a_superseded_token_leaves_the_file_and_its_log_when_they_are_truncated() {
    let world = World::new();
    world.store("github/a", "one");
    let old = sealed(&world);
    let mut vault = world.open();
    vault
        .mutate(|writer| {
            let row = writer.find::<Note>("github/a")?;
            writer.update(&row.ok_or(VaultError::Conflict)?, note("github/a", "two"))
        })
        .unwrap();
    assert!(
        is_on_disk(&world, &old),
        "control: without that it is still there"
    );
    vault.checkpoint_truncate().unwrap();
    assert!(!is_on_disk(&world, &old));
    assert!(is_on_disk(&world, &sealed(&world)));
}

#[test]
fn truncating_waits_for_nobody_who_never_leaves() {
    let world = World::new();
    world.store("github/a", "one");
    let mut vault = world.open();
    let reader = world.raw();
    reader.execute_batch("BEGIN; SELECT * FROM head").unwrap();
    vault.mutate(|w| w.insert(note("github/b", "x"))).unwrap();
    let gone = vault.truncate_within(Duration::from_millis(20));
    assert!(matches!(gone, Err(VaultError::Busy)));
    reader.execute_batch("COMMIT").unwrap();
    vault.checkpoint_truncate().unwrap();
}

#[test]
fn truncating_that_waits_for_a_reader_keeps_no_writer_out() {
    let world = World::new();
    world.store("github/a", "one");
    let mut vault = world.open();
    let reader = world.raw();
    reader.execute_batch("BEGIN; SELECT * FROM head").unwrap();
    vault.mutate(|w| w.insert(note("github/b", "x"))).unwrap();
    let waiting = thread::spawn(move || vault.truncate_within(Duration::from_secs(600)));
    let mut other = world.open();
    for name in 0..10 {
        // SQLite's own waiting would hold the lock until the reader leaves, and this would fail
        other
            .waiting_at_most(Duration::from_secs(20), |vault| {
                vault.mutate(|w| w.insert(note(&format!("github/w{name}"), "x")))
            })
            .unwrap();
    }
    assert!(!waiting.is_finished());
    reader.execute_batch("COMMIT").unwrap();
    waiting.join().unwrap().unwrap();
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let world = World::new();
    world.store("github/a", "one");
    let mut vault = world.open();
    let pages: i64 = vault
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    vault
        .connection
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    let long = "x".repeat(100_000);
    assert!(matches!(
        vault.mutate(|w| w.insert(note("github/b", &long))),
        Err(VaultError::NoSpace { .. })
    ));
    vault
        .connection
        .pragma_update(None, "max_page_count", 1_000_000)
        .unwrap();
    vault.mutate(|w| w.insert(note("github/b", &long))).unwrap();
    assert_eq!(text(&vault, "github/a").unwrap().unwrap(), "one");
    vault.verify_audit().unwrap();
}

#[test]
fn hand_outs_of_many_processes_keep_the_log_short() {
    let world = World::new();
    let log = with_suffix(&world.path, "-wal");
    let mut longest = 0;
    for _ in 0..100 {
        world
            .open()
            .hand_out(|hand_out| hand_out.log(&event(Action::HandOut, "b")))
            .unwrap();
        longest = longest.max(fs::metadata(&log).unwrap().len());
    }
    assert!(longest <= 70 * 4120, "{longest} bytes");
    assert!(longest > 30 * 4120, "control: it does grow");
    assert_eq!(world.open().verify_audit().unwrap().count, 101);
}

#[test]
fn a_vault_that_was_re_keyed_meanwhile_is_neither_read_nor_written() {
    let world = World::new();
    let mut vault = world.open();
    world
        .raw()
        .execute_batch("UPDATE header SET key_epoch = key_epoch + 1")
        .unwrap();
    assert!(matches!(
        text(&vault, "github/a"),
        Err(VaultError::KeyChanged)
    ));
    assert!(matches!(
        vault.mutate(|w| w.insert(note("github/a", "x"))),
        Err(VaultError::KeyChanged)
    ));
}

#[test]
fn a_state_that_goes_back_under_an_open_vault_is_noticed() {
    let world = World::new();
    world.store("github/a", "one");
    let raw = world.raw();
    let heads = |raw: &rusqlite::Connection| -> (Vec<u8>, Vec<u8>) {
        let one = |which: i64| {
            let sql = "SELECT sealed FROM head WHERE which = ?1";
            raw.query_row(sql, [which], |row| row.get(0)).unwrap()
        };
        (one(1), one(2))
    };
    let old = heads(&raw);
    let mut vault = world.open();
    vault
        .mutate(|w| w.log(&event(Action::Refresh, "b")))
        .unwrap();
    raw.execute("UPDATE head SET sealed = ?1 WHERE which = 1", [old.0])
        .unwrap();
    raw.execute("UPDATE head SET sealed = ?1 WHERE which = 2", [old.1])
        .unwrap();
    assert!(matches!(
        text(&vault, "github/a"),
        Err(VaultError::RolledBack { .. })
    ));
    // Control: a process that did not see the newer state can't know without the anchor.
    let other = world.unlock(Some(&world.pin), None).unwrap();
    assert_eq!(text(&other, "github/a").unwrap().unwrap(), "one");
}
