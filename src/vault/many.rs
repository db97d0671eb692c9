//! Many users of one vault, and vaults on other media.
#![expect(
    clippy::unwrap_used,
    reason = "these are tests; the lint knows only functions that are marked so"
)]

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::thread;
use std::time::Duration;

use super::database::{self, Medium};
use super::sample::{Note, World, event, note, text, trials};
use super::{Action, Locked, Trust, Vault, VaultError};

/// SQLite's lock is not fair: on a slow machine one of many waits longer than it is patient, and
/// then nothing was written.
fn patiently<T>(mut write: impl FnMut() -> Result<T, VaultError>) -> T {
    loop {
        match write() {
            Err(VaultError::Busy) => {}
            written => return written.unwrap(),
        }
    }
}

#[test]
fn fifty_writers_lose_nothing_and_the_log_has_their_order() {
    const WRITERS: usize = 50;
    let commits = trials(4).min(200);
    let world = World::new();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let world = &world;
            scope.spawn(move || {
                let mut vault = world.unlock(Some(&world.pin), None).unwrap();
                let name = format!("github/{writer}");
                let mut row = patiently(|| vault.mutate(|w| w.insert(note(&name, "0"))));
                for commit in 1..=commits {
                    row = patiently(|| {
                        vault.mutate(|w| {
                            w.log(&event(Action::Refresh, "b"))?;
                            w.update(&row, note(&name, &commit.to_string()))
                        })
                    });
                }
            });
        }
    });
    let vault = world.open();
    vault
        .read(|snapshot| {
            let stored = snapshot.all::<Note>()?;
            assert_eq!(stored.len(), WRITERS);
            for row in stored {
                assert_eq!(row.value.text, commits.to_string());
            }
            Ok::<_, VaultError>(())
        })
        .unwrap();
    let report = vault.verify_audit().unwrap();
    assert_eq!(report.count, (WRITERS * commits + 1) as u64);
}

#[test]
fn a_hand_out_gives_up_when_another_process_keeps_the_write_lock() {
    let world = World::new();
    let mut vault = world.open();
    let raw = world.raw();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let hand_out = |vault: &mut Vault| vault.hand_out(|h| h.log(&event(Action::HandOut, "b")));
    assert!(matches!(hand_out(&mut vault), Err(VaultError::Busy)));
    assert_eq!(text(&vault, "github/a").unwrap(), None, "reading goes on");
    raw.execute_batch("ROLLBACK").unwrap();
    hand_out(&mut vault).unwrap();
}

fn open_on(world: &World, medium: Medium) -> Result<Vault, VaultError> {
    let file = File::open(&world.path).unwrap();
    let database = database::open_on(world.path.clone(), &file, medium)?;
    Locked::new(database)?.unlock(&world.identity, Some(&world.pin), None)
}

fn journal(vault: &Vault) -> String {
    vault
        .connection
        .pragma_query_value(None, "journal_mode", |row| row.get(0))
        .unwrap()
}

#[test]
fn a_network_file_system_gets_a_rollback_journal_and_durable_hand_outs() {
    let world = World::new();
    world.store("github/a", "one");
    assert_eq!(journal(&world.open()), "wal");
    let mut vault = open_on(&world, Medium::Network).unwrap();
    assert_eq!(journal(&vault), "delete");
    vault
        .hand_out(|h| h.log(&event(Action::HandOut, "b")))
        .unwrap();
    let level = |vault: &Vault| {
        vault
            .connection
            .pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(level(&vault), 2);
    vault.mutate(|w| w.insert(note("github/b", "two"))).unwrap();
    drop(vault);
    let mut vault = world.open();
    assert_eq!(
        (journal(&vault), text(&vault, "github/b").unwrap().is_some()),
        ("wal".to_owned(), true)
    );
    vault
        .hand_out(|h| h.log(&event(Action::HandOut, "b")))
        .unwrap();
    assert_eq!(level(&vault), 1, "control: a local one is not synced");
}

#[test]
fn a_vault_that_can_not_be_written_is_read_from_a_copy() {
    let world = World::new();
    world.store("github/a", "one");
    let before = fs::read(&world.path).unwrap();
    let mut vault = open_on(&world, Medium::ReadOnly).unwrap();
    assert_eq!(vault.trust(), Trust::ReadOnlyFile);
    assert_eq!(text(&vault, "github/a").unwrap().unwrap(), "one");
    assert!(matches!(
        vault.hand_out(|h| h.log(&event(Action::HandOut, "b"))),
        Err(VaultError::ReadOnly { .. })
    ));
    assert!(matches!(
        vault.mutate(|w| w.insert(note("github/b", "two"))),
        Err(VaultError::ReadOnly { .. })
    ));
    drop(vault);
    assert_eq!(fs::read(&world.path).unwrap(), before);

    // Changes that are only in the log would be missed.
    let mut vault = world.open();
    vault.mutate(|w| w.insert(note("github/b", "two"))).unwrap();
    assert!(matches!(
        open_on(&world, Medium::ReadOnly),
        Err(VaultError::UnmergedLog { .. })
    ));
    vault.checkpoint_truncate().unwrap();
    let copy = open_on(&world, Medium::ReadOnly).unwrap();
    assert_eq!(text(&copy, "github/b").unwrap().unwrap(), "two");
}

#[test]
fn what_is_not_private_or_not_a_vault_is_refused() {
    let world = World::new();
    let folder = world.folder.path();
    let open = |name: &str| Locked::open(&folder.join(name));
    assert!(open("nothing").unwrap().is_none());
    assert!(open("no/folder/vault.db").unwrap().is_none());
    symlink(&world.path, folder.join("link")).unwrap();
    assert!(matches!(open("link"), Err(VaultError::Unsafe(_))));
    fs::hard_link(&world.path, folder.join("second")).unwrap();
    assert!(matches!(open("second"), Err(VaultError::HardLinked { .. })));
    fs::remove_file(folder.join("second")).unwrap();
    for content in [&b""[..], b"SQLite format 3\0", &[0; 4096]] {
        crate::private_file::replace(&folder.join("other"), content).unwrap();
        assert!(matches!(open("other"), Err(VaultError::NotAVault { .. })));
        assert_eq!(fs::read(folder.join("other")).unwrap(), content);
    }
    // Through a link to its folder it is the same vault, with the same locks.
    symlink(folder, folder.join("here")).unwrap();
    let locked = open("here/vault.db").unwrap().unwrap();
    assert_eq!(locked.path(), fs::canonicalize(&world.path).unwrap());
    fs::set_permissions(&world.path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(open("vault.db"), Err(VaultError::Unsafe(_))));
    fs::set_permissions(&world.path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(open("vault.db"), Err(VaultError::Unsafe(_))));
}

#[test]
fn every_file_beside_the_vault_is_private() {
    let world = World::new();
    let mut vault = world.open();
    vault.mutate(|w| w.insert(note("github/a", "one"))).unwrap();
    let _lock = vault.lock_shared(Duration::ZERO).unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(world.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let wanted = if entry.path().is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        ["vault.db", "vault.db-shm", "vault.db-wal", "vault.db.locks"]
    );
}

#[test]
fn a_vault_is_never_made_over_anything() {
    let world = World::new();
    let before = fs::read(&world.path).unwrap();
    let new = super::NewVault {
        vault_id: crate::names::VaultId([8; 16]),
        recipients: Vec::new(),
        key_source: String::new(),
        event: event(Action::VaultInit, "b"),
    };
    let make = |path: &std::path::Path| super::create(path, &new, &world.identity, None);
    assert!(matches!(
        make(&world.path),
        Err(VaultError::AlreadyExists { .. })
    ));
    assert_eq!(fs::read(&world.path).unwrap(), before);
    let dangling = world.folder.path().join("dangling");
    symlink("nowhere", &dangling).unwrap();
    assert!(matches!(
        make(&dangling),
        Err(VaultError::AlreadyExists { .. })
    ));
    let nobody = world.folder.path().join("nobody.db");
    assert!(matches!(make(&nobody), Err(VaultError::Recipients)));
    assert!(!nobody.exists());
}

#[test]
fn locks_of_one_connection_exclude_each_other_and_only_those() {
    let world = World::new();
    world.store("github/a", "one");
    world.store("github/b", "two");
    let vault = world.open();
    let rows = vault.read(|s| s.group::<Note>("github")).unwrap();
    let soon = Duration::from_millis(20);
    let _one = vault.lock_connection(rows[0].id, soon).unwrap();
    assert!(matches!(
        world.open().lock_connection(rows[0].id, soon),
        Err(VaultError::Lock(_))
    ));
    let _two = world.open().lock_connection(rows[1].id, soon).unwrap();
    let shared = vault.lock_shared(soon).unwrap();
    assert!(matches!(
        vault.lock_exclusive(soon),
        Err(VaultError::Lock(_))
    ));
    drop(shared);
    let _all = vault.lock_exclusive(soon).unwrap();
}
