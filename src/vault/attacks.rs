//! What somebody who can write the file, but has no key, may try; each with the control that shows
//! which check catches it.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::anchor::{AnchorState, Trust};
use super::audit;
use super::database;
use super::directory::{Directory, Entry, Label};
use super::head::{AuditHead, Head};
use super::header::Header;
use super::keys::{Keys, truncated};
use super::locked::Locked;
use super::record;
use super::sample::{Dice, Kept, Note, World, event, make, note, overwrite, text, trials};
use super::{Action, Vault, VaultError};

fn tampered<T: std::fmt::Debug>(outcome: &Result<T, VaultError>) -> bool {
    matches!(
        outcome,
        Err(VaultError::Tampered { .. } | VaultError::Audit(_))
    )
}

fn keys(world: &World) -> Keys {
    let locked = Locked::open(&world.path).unwrap().unwrap();
    locked.keys(&world.identity, Some(&world.pin)).unwrap()
}

/// Seals both heads anew around whatever the tables hold: what only the key's owner can do. A
/// control uses it to switch the heads' checks off.
fn reseal(world: &World) {
    let keys = keys(world);
    let raw = world.raw();
    let mut head = Head::load(&raw, &keys).unwrap().head;
    head.directory_mac = Directory::load(&raw).unwrap().mac(&keys);
    head.header_hash = Header::load(&raw).unwrap().hash();
    head.store(&raw, &keys).unwrap();
}

fn two() -> World {
    let world = World::new();
    world.store("github/a", "one");
    world.store("github/b", "two");
    world
}

#[test]
fn swapped_bodies_do_not_open() {
    let world = two();
    let swap = "UPDATE body SET sealed = CASE id
        WHEN 2 THEN (SELECT sealed FROM body WHERE id = 3)
        ELSE (SELECT sealed FROM body WHERE id = 2) END WHERE id IN (2, 3)";
    world.raw().execute_batch(swap).unwrap();
    assert!(tampered(&world.text("github/a")));
    // Control: the same text sealed for that row's place opens, so it is the place that counts.
    let keys = keys(&world);
    let raw = world.raw();
    let directory = Directory::load(&raw).unwrap();
    let body = |id| super::snapshot::body(&raw, id).unwrap().unwrap();
    let stolen = record::open_text(&keys, directory.get(3).unwrap(), &body(2)).unwrap();
    let moved = record::seal_text(&keys, directory.get(2).unwrap(), &stolen).unwrap();
    assert!(record::open_text(&keys, directory.get(2).unwrap(), &moved).is_ok());
    // And even then the record's own name is not the one that was asked for.
    raw.execute("UPDATE body SET sealed = ?1 WHERE id = 2", [moved])
        .unwrap();
    assert!(tampered(&world.text("github/a")));
}

#[test]
fn swapped_whole_rows_do_not_pass_the_head() {
    let world = two();
    let swap =
        "UPDATE directory SET id = 99 WHERE id = 2; UPDATE directory SET id = 2 WHERE id = 3;
        UPDATE directory SET id = 3 WHERE id = 99; UPDATE body SET id = 99 WHERE id = 2;
        UPDATE body SET id = 2 WHERE id = 3; UPDATE body SET id = 3 WHERE id = 99";
    world.raw().execute_batch(swap).unwrap();
    assert!(tampered(&world.text("github/a")));
    // Control: with the head resealed, the row's own place still refuses.
    reseal(&world);
    assert!(tampered(&world.text("github/a")));
    world.raw().execute_batch(swap).unwrap();
    reseal(&world);
    assert_eq!(world.text("github/a").unwrap().unwrap(), "one");
}

#[test]
fn a_replayed_old_row_does_not_pass_the_head() {
    let world = World::new();
    world.store("github/a", "old");
    let old = world.folder.path().join("old.db");
    fs::copy(&world.path, &old).unwrap();
    world.store("github/a", "new");
    let replay = |table: &str| {
        let sql = format!(
            "ATTACH '{}' AS old; INSERT OR REPLACE INTO {table} SELECT * FROM old.{table} WHERE id = 2;",
            old.display()
        );
        world.raw().execute_batch(&sql).unwrap();
    };
    // The text alone is bound to its version …
    replay("body");
    assert!(tampered(&world.text("github/a")));
    // … and the whole old row is not in the head's directory.
    replay("directory");
    assert!(tampered(&world.text("github/a")));
    // Control: the row itself is authentic; it is the head that catches it.
    reseal(&world);
    assert_eq!(world.text("github/a").unwrap().unwrap(), "old");
}

#[test]
fn a_hidden_or_added_row_does_not_pass_the_head() {
    let delete = "DELETE FROM directory WHERE id = 2; DELETE FROM body WHERE id = 2";
    let relabel = "UPDATE directory SET label = randomblob(40) WHERE id = 2";
    let world = two();
    world.raw().execute_batch(delete).unwrap();
    assert!(tampered(&world.text("github/a")));
    assert!(
        tampered(&world.text("github/b")),
        "not only for the row that is missing"
    );
    // Control: without the head's MAC the row would simply not be there.
    reseal(&world);
    assert_eq!(world.text("github/a").unwrap(), None);

    let world = two();
    world.raw().execute_batch(relabel).unwrap();
    assert!(tampered(&world.text("github/a")));
    reseal(&world);
    assert_eq!(world.text("github/a").unwrap(), None);
}

#[test]
fn nobody_without_the_key_can_forge_a_record() {
    let world = two();
    let keys = keys(&world);
    let forger = Keys::derive(keys.vault, &super::keys::Key::new([0; 32]));
    let raw = world.raw();
    let entry = *Directory::load(&raw).unwrap().get(2).unwrap();
    let put = |keys: &Keys| {
        let sealed = record::seal_record(keys, &entry, &note("github/a", "forged")).unwrap();
        raw.execute("UPDATE body SET sealed = ?1 WHERE id = 2", [sealed])
            .unwrap();
    };
    put(&forger);
    assert!(tampered(&world.text("github/a")));
    put(&keys);
    assert_eq!(
        world.text("github/a").unwrap().unwrap(),
        "forged",
        "control"
    );
}

fn log(world: &World, count: usize) {
    let mut vault = world.open();
    for _ in 0..count {
        vault
            .hand_out(|hand_out| hand_out.log(&event(Action::HandOut, "b")))
            .unwrap();
    }
    vault.checkpoint_truncate().unwrap();
}

fn verify(world: &World) -> Result<super::AuditReport, VaultError> {
    world.try_open()?.verify_audit()
}

#[test]
fn deleted_duplicated_edited_inserted_and_reordered_events_are_detected() {
    let attacks = [
        "DELETE FROM audit WHERE seq = 5",
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE audit SET sealed = (SELECT sealed FROM audit WHERE seq = 4),
            mac = (SELECT mac FROM audit WHERE seq = 4) WHERE seq = 5",
        "INSERT INTO audit SELECT 11, mac, sealed FROM audit WHERE seq = 10",
        "INSERT INTO audit SELECT 0, mac, sealed FROM audit WHERE seq = 1",
        "UPDATE audit SET sealed = CAST(x'01' || substr(sealed, 2, 40) AS BLOB) WHERE seq = 5",
        "UPDATE audit SET mac = randomblob(32) WHERE seq = 5",
        "UPDATE audit SET seq = 99 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6;
            UPDATE audit SET seq = 6 WHERE seq = 99",
    ];
    for attack in attacks {
        let world = World::new();
        log(&world, 9);
        assert_eq!(verify(&world).unwrap().count, 10, "control");
        world.raw().execute_batch(attack).unwrap();
        assert!(tampered(&verify(&world)), "{attack}");
    }
}

#[test]
fn a_chain_without_the_key_can_not_be_continued() {
    let world = World::new();
    log(&world, 9);
    let keys = keys(&world);
    let forger = Keys::derive(keys.vault, &super::keys::Key::new([0; 32]));
    let raw = world.raw();
    let relink = |keys: &Keys| {
        let before = audit::stored_link(&raw, 4).unwrap().unwrap();
        let mut statement = raw
            .prepare("SELECT seq, sealed FROM audit WHERE seq > 4")
            .unwrap();
        let rows: Vec<(u64, Vec<u8>)> = statement
            .query_map([], |row| {
                Ok((super::number::from_row(row, 0)?, row.get(1)?))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        rows.iter().fold(before, |before, (seq, sealed)| {
            let hash = audit::link(keys, &before, *seq, sealed);
            raw.execute(
                "UPDATE audit SET mac = ?1 WHERE seq = ?2",
                rusqlite::params![hash, super::number::to_sql(*seq)],
            )
            .unwrap();
            hash
        })
    };
    relink(&forger);
    assert!(tampered(&verify(&world)));
    relink(&keys);
    assert_eq!(
        verify(&world).unwrap().count,
        10,
        "control: the same with the key"
    );
}

/// Cuts the log down to `count` events and gives it the audit head that belonged to them.
fn truncate(world: &World, count: u64, old_head: &[u8]) {
    let raw = world.raw();
    raw.execute(
        "DELETE FROM audit WHERE seq > ?1",
        [super::number::to_sql(count)],
    )
    .unwrap();
    raw.execute("UPDATE head SET sealed = ?1 WHERE which = 2", [old_head])
        .unwrap();
}

fn audit_head(world: &World) -> Vec<u8> {
    let sql = "SELECT sealed FROM head WHERE which = 2";
    world.raw().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_cut_log_is_noticed_down_to_the_last_mutation_and_with_an_anchor_not_below_it() {
    // Below the last mutation: the vault head knows better, even without an anchor.
    let world = World::new();
    log(&world, 2);
    let old = audit_head(&world);
    log(&world, 1);
    world.store("github/a", "one");
    truncate(&world, 3, &old);
    assert!(tampered(&verify(&world)));

    // After the last mutation: nobody notices. This is the documented limit, hand-outs only.
    let world = World::new();
    world.store("github/a", "one");
    let old = audit_head(&world);
    log(&world, 3);
    truncate(&world, 2, &old);
    assert_eq!(verify(&world).unwrap().count, 2);

    // Together with the vault head of back then it needs the anchor.
    let world = World::new();
    fs::copy(&world.path, world.folder.path().join("old.db")).unwrap();
    world.store("github/a", "one");
    fs::copy(world.folder.path().join("old.db"), &world.path).unwrap();
    assert!(matches!(world.open().trust(), Trust::RolledBack(_)));
    let without = world.unlock(Some(&world.pin), None).unwrap();
    assert_eq!(without.trust(), Trust::Trusted, "control");
}

#[test]
fn a_header_made_for_the_public_recipient_is_refused_by_the_pin() {
    let world = two();
    // Somebody who knows only the recipient makes a vault with a key of their own.
    let elsewhere = tempfile::tempdir().unwrap();
    let theirs = elsewhere.path().join("vault.db");
    drop(make(&theirs, &world.identity, &Kept::default()));
    drop_log(&theirs);
    fs::copy(&theirs, &world.path).unwrap();
    assert!(matches!(
        world.try_open(),
        Err(VaultError::PinMismatch { .. })
    ));
    // Control: without a pin nothing tells the two apart, so nothing may be written.
    let vault = world.unlock(None, None).unwrap();
    assert_eq!(vault.trust(), Trust::Unpinned);
    assert_eq!(text(&vault, "github/a").unwrap(), None);
}

#[test]
fn a_header_with_another_key_source_does_not_pass_the_head() {
    let world = two();
    let redirect = "UPDATE header SET key_source = 'file:/tmp/theirs'";
    world.raw().execute_batch(redirect).unwrap();
    assert!(tampered(&world.try_open().map(|_| ())));
    reseal(&world);
    world.try_open().unwrap();
}

fn drop_log(path: &Path) {
    let raw = Connection::open(path).unwrap();
    let _: i64 = raw
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .unwrap();
}

#[test]
fn a_vault_with_its_anchor_on_another_machine_is_a_copy_until_it_is_accepted() {
    let on = |world: &World, machine| {
        let kept = Kept(world.kept.0.clone(), machine);
        let vault = world.unlock(Some(&world.pin), Some(Box::new(kept)));
        vault.unwrap()
    };
    let change = |vault: &mut Vault, name: &str| vault.mutate(|w| w.insert(note(name, "x")));
    let world = World::new();
    let (here, there, nowhere) = (Some("here"), Some("there"), None);
    // an anchor that names none is whoever's
    assert_eq!(on(&world, there).trust(), Trust::Trusted);
    let mut vault = on(&world, here);
    change(&mut vault, "github/a").unwrap();
    vault.save_anchor().unwrap();
    drop(vault);
    assert_eq!(on(&world, there).trust(), Trust::CopiedInstance);
    // where nothing names the machine, the one in the anchor stays
    let mut vault = on(&world, nowhere);
    change(&mut vault, "github/b").unwrap();
    vault.save_anchor().unwrap();
    drop(vault);
    assert_eq!(on(&world, here).trust(), Trust::Trusted);
    let mut vault = on(&world, there);
    let refused = change(&mut vault, "github/c");
    assert!(matches!(refused, Err(VaultError::CopiedInstance)));
    vault
        .accept_rollback(|writer| writer.log(&event(Action::AcceptRollback, "b")))
        .unwrap();
    change(&mut vault, "github/c").unwrap();
    vault.save_anchor().unwrap();
    drop(vault);
    assert_eq!(on(&world, there).trust(), Trust::Trusted);
    assert_eq!(on(&world, here).trust(), Trust::CopiedInstance);
}

#[test]
fn a_rolled_back_file_hands_out_but_changes_nothing_until_it_is_accepted() {
    let world = World::new();
    world.store("github/a", "one");
    let yesterday = fs::read(&world.path).unwrap();
    world.store("github/a", "two");
    overwrite(&world.path, &yesterday);
    let mut vault = world.open();
    assert!(matches!(vault.trust(), Trust::RolledBack(_)));
    assert_eq!(*vault.anchor_state(), AnchorState::Differs);
    vault
        .hand_out(|hand_out| hand_out.log(&event(Action::HandOut, "b")))
        .unwrap();
    let change = |vault: &mut Vault| vault.mutate(|w| w.insert(note("github/c", "x")));
    assert!(matches!(
        change(&mut vault),
        Err(VaultError::RolledBack { .. })
    ));
    vault
        .accept_rollback(|writer| writer.log(&event(Action::AcceptRollback, "b")))
        .unwrap();
    change(&mut vault).unwrap();
    vault.save_anchor().unwrap();
    vault.checkpoint_truncate().unwrap();
    drop(vault);
    assert_eq!(world.open().trust(), Trust::Trusted);

    // Control: without the anchor yesterday's file passes for today's.
    overwrite(&world.path, &yesterday);
    let vault = world.unlock(Some(&world.pin), None).unwrap();
    assert_eq!(vault.trust(), Trust::Trusted);
    assert!(
        matches!(world.open().trust(), Trust::CopiedInstance),
        "the anchor knows the new one"
    );
}

#[test]
fn two_forks_of_one_generation_are_told_apart() {
    let world = World::new();
    let start = fs::read(&world.path).unwrap();
    world.store("github/a", "this one");
    let ours = world.kept.0.lock().unwrap().clone();
    overwrite(&world.path, &start);
    *world.kept.0.lock().unwrap() = None;
    world.store("github/a", "the other");
    *world.kept.0.lock().unwrap() = ours;
    assert!(matches!(world.open().trust(), Trust::RolledBack(_)));
}

#[test]
fn an_anchor_that_is_missing_or_torn_locks_nobody_out_and_is_written_anew() {
    for broken in [None, Some(b"nonsense".to_vec())] {
        let world = two();
        let good = world.kept.0.lock().unwrap().clone();
        (*world.kept.0.lock().unwrap()).clone_from(&broken);
        let mut vault = world.open();
        assert_eq!(vault.trust(), Trust::Trusted);
        assert_ne!(*vault.anchor_state(), AnchorState::Good);
        vault.save_anchor().unwrap();
        assert_eq!(*world.kept.0.lock().unwrap(), good);
    }
}

#[test]
fn the_anchor_never_goes_backwards() {
    let world = World::new();
    let mut early = world.open();
    early.mutate(|w| w.insert(note("github/a", "one"))).unwrap();
    world.store("github/b", "two");
    let newest = world.kept.0.lock().unwrap().clone();
    early.save_anchor().unwrap();
    assert_eq!(*world.kept.0.lock().unwrap(), newest);
    assert_eq!(world.open().trust(), Trust::Trusted);
}

#[test]
fn lookups_are_keyed_and_sealed_texts_hide_names() {
    let world = two();
    world.store("github/a", "kingfisher");
    let other = Keys::derive(keys(&world).vault, &super::keys::Key::new([0; 32]));
    let ours = Label::of(&keys(&world), super::Kind::Connection, "github", "github/a");
    assert_ne!(
        ours,
        Label::of(&other, super::Kind::Connection, "github", "github/a")
    );
    let entry = Entry::new(1, 1, ours);
    assert!(entry.label.has_name(truncated(&{
        let mut name = [0; 32];
        name[..16].copy_from_slice(&ours.0[24..]);
        name
    })));
    let file = fs::read(&world.path).unwrap();
    for word in ["github", "octocat", "kingfisher", "vault_init"] {
        assert!(
            !file.windows(word.len()).any(|w| w == word.as_bytes()),
            "{word}"
        );
    }
}

#[test]
fn a_sealed_head_from_another_place_or_vault_is_not_taken() {
    let world = two();
    world
        .raw()
        .execute_batch("UPDATE head SET sealed = (SELECT sealed FROM head WHERE which = 1)")
        .unwrap();
    assert!(tampered(&world.try_open().map(|_| ())));
    let keys = keys(&world);
    let raw = world.raw();
    assert!(AuditHead::load(&raw, &keys).is_err());
    assert!(Head::load(&raw, &keys).is_ok());
}

/// Either an error or exactly what was stored.
#[test]
fn random_byte_flips_never_give_a_wrong_answer() {
    let rounds = trials(300);
    let world = two();
    log(&world, 3);
    let sound = fs::read(&world.path).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("vault.db");
    let mut dice = Dice(0x6F61_7574_6863_746C);
    let mut refused = 0;
    for round in 0..rounds {
        let mut bytes = sound.clone();
        let places: Vec<usize> = (0..=dice.below(3))
            .map(|_| dice.below(bytes.len()))
            .collect();
        for place in &places {
            bytes[*place] ^= 1 << dice.below(8);
        }
        overwrite(&path, &bytes);
        for suffix in ["-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(crate::private_file::with_suffix(&path, suffix));
        }
        match look(&path, &world) {
            Err(_) => refused += 1,
            Ok(answer) => assert_eq!(
                answer,
                (Some("one".to_owned()), Some("two".to_owned()), None, 2, 6),
                "round {round}, bytes {places:?}"
            ),
        }
    }
    assert!(
        refused > rounds / 10,
        "control: {refused} of {rounds} flips mattered"
    );
}

type Answer = (Option<String>, Option<String>, Option<String>, usize, u64);

fn look(path: &Path, world: &World) -> Result<Answer, VaultError> {
    let Some(database) = database::open(path)? else {
        return Err(VaultError::Busy);
    };
    let vault = Locked::new(database)?.unlock(&world.identity, Some(&world.pin), None)?;
    let report = vault.verify_audit()?;
    let events = vault.read(|s| {
        s.events()
            .map(|logged| logged.map(|logged| logged.event))
            .collect::<Result<Vec<_>, VaultError>>()
    })?;
    assert!(events.iter().all(|found| found.scopes == ["repo"]));
    Ok((
        text(&vault, "github/a")?,
        text(&vault, "github/b")?,
        text(&vault, "github/c")?,
        vault.read(|s| Ok::<_, VaultError>(s.all::<Note>()?.len()))?,
        report.count,
    ))
}
