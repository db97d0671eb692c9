//! Bringing an older vault to the current schema: forward only, in one transaction, with a
//! verified copy beside it until that is durable.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::database::Medium;
use super::error::{VaultError, io_at, sqlite, tampered};
use super::event::Event;
use super::keys::Keys;
use super::locked::Locked;
use super::schema::SCHEMA;
use super::snapshot::Snapshot;
use super::wal::{FULL, set_synchronous};
use super::writer::Writer;
use super::{database, locks};
use crate::private_file;
use crate::private_file::with_suffix;

/// How long a migration waits until nobody connects, refreshes or revokes.
const PATIENCE: Duration = Duration::from_secs(90);

/// Brings the tables from the schema before `to` to `to`.
struct Step {
    to: u32,
    run: fn(&Connection, &Keys) -> Result<(), VaultError>,
}

/// Every step that there ever was, oldest first. A released one is never changed.
const STEPS: &[Step] = &[];

/// Brings the vault at `path` to the current schema; the schema that it had.
///
/// # Errors
/// [`VaultError::Newer`] for a vault of a newer program, which is left untouched; otherwise what
/// went wrong, and the vault is as it was.
pub fn migrate(
    path: &Path,
    identity: &dyn age::Identity,
    pin: &str,
    event: &Event,
) -> Result<u32, VaultError> {
    run(path, identity, pin, event, STEPS, SCHEMA)
}

fn run(
    path: &Path,
    identity: &dyn age::Identity,
    pin: &str,
    event: &Event,
    steps: &[Step],
    target: u32,
) -> Result<u32, VaultError> {
    let locked = find(path)?;
    let _lock = locks::vault_exclusive(locked.path(), PATIENCE)?;
    // Looked at again: another process may have migrated it while this one waited.
    let locked = find(path)?;
    let found = locked.header().schema;
    if found >= target {
        return Ok(found);
    }
    let keys = locked.keys(identity, Some(pin))?;
    if locked.medium() == Medium::ReadOnly {
        return Err(VaultError::ReadOnly {
            path: locked.path().to_owned(),
        });
    }
    let epoch = locked.header().key_epoch;
    let suffix = format!(".schema-{found}");
    let copy = write_copy(&locked, &suffix, identity, pin)?;
    let connection = locked.connection();
    set_synchronous(connection, FULL)?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
        .map_err(sqlite(connection))?;
    let mut writer = Writer::new(Snapshot::load(connection, &keys, epoch, None)?);
    for step in steps.iter().filter(|step| step.to > found) {
        (step.run)(connection, &keys)?;
    }
    writer.snapshot.header.schema = target;
    writer.snapshot.header.store(connection)?;
    connection
        .pragma_update(None, "user_version", target)
        .map_err(sqlite(connection))?;
    writer.log(event)?;
    writer.finish()?;
    transaction.commit().map_err(sqlite(connection))?;
    // The start of the file tells the next program its schema without SQLite.
    let _: i64 = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
        .map_err(sqlite(connection))?;
    fs::remove_file(&copy).map_err(io_at("remove", &copy))?;
    Ok(found)
}

fn find(path: &Path) -> Result<Locked, VaultError> {
    Locked::open(path)?.ok_or_else(|| VaultError::NotAVault {
        path: path.to_owned(),
    })
}

/// Writes the vault as it is beside it, and reads that copy whole.
pub(super) fn write_copy(
    locked: &Locked,
    suffix: &str,
    identity: &dyn age::Identity,
    pin: &str,
) -> Result<PathBuf, VaultError> {
    let path = locked.path();
    let copy = with_suffix(path, suffix);
    let mut source = database::connect(path)?;
    let failed = |error| super::error::sqlite_at(path)(error);
    let image = source.serialize("main").map_err(failed)?;
    private_file::replace(&copy, &image)?;
    let findings = find(&copy)?.check(identity, Some(pin))?;
    for suffix in ["-wal", "-shm"] {
        // Left by looking at it; they hold nothing.
        let _ = fs::remove_file(with_suffix(&copy, suffix));
    }
    match findings.first() {
        None => Ok(copy),
        Some(finding) => Err(tampered(format!(
            "nothing is changed before that is mended: {finding:?}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Note, World, event, text};
    use super::super::{Action, Vault};
    use super::*;

    const ADD_TABLE: Step = Step {
        to: SCHEMA + 1,
        run: |connection, _| {
            connection
                .execute_batch("CREATE TABLE later (one INTEGER PRIMARY KEY) STRICT")
                .map_err(sqlite(connection))
        },
    };

    const BROKEN: Step = Step {
        to: SCHEMA + 2,
        run: |_, _| Err(VaultError::Busy),
    };

    fn migrate_with(world: &World, steps: &[Step], target: u32) -> Result<u32, VaultError> {
        let event = event(Action::Migrate, "b");
        run(
            &world.path,
            &world.identity,
            &world.pin,
            &event,
            steps,
            target,
        )
    }

    fn names(world: &World) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(world.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_newer_vault_is_refused_untouched() {
        let world = World::new();
        world.store("github/a", "one");
        assert_eq!(
            migrate_with(&world, &[ADD_TABLE], SCHEMA + 1).unwrap(),
            SCHEMA
        );
        assert_eq!(names(&world), ["vault.db", "vault.db.locks"]);
        let before = fs::read(&world.path).unwrap();
        for _ in 0..2 {
            assert!(matches!(
                Locked::open(&world.path),
                Err(VaultError::Newer {
                    found: 2,
                    known: SCHEMA
                })
            ));
            assert!(matches!(
                migrate(
                    &world.path,
                    &world.identity,
                    &world.pin,
                    &event(Action::Migrate, "b")
                ),
                Err(VaultError::Newer { .. })
            ));
        }
        assert_eq!(fs::read(&world.path).unwrap(), before);
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_vault() {
        let world = World::new();
        world.store("github/a", "one");
        let failed = migrate_with(&world, &[ADD_TABLE, BROKEN], SCHEMA + 2);
        assert!(matches!(failed, Err(VaultError::Busy)));
        assert_eq!(world.text("github/a").unwrap().unwrap(), "one");
        let later = world.raw().prepare("SELECT one FROM later").is_ok();
        assert!(!later, "the first step was undone too");
    }

    #[test]
    fn a_damaged_vault_is_not_migrated() {
        let world = World::new();
        world.store("github/a", "one");
        world
            .raw()
            .execute_batch("UPDATE body SET sealed = zeroblob(90) WHERE id = 2")
            .unwrap();
        assert!(matches!(
            migrate_with(&world, &[ADD_TABLE], SCHEMA + 1),
            Err(VaultError::Tampered { .. })
        ));
    }

    fn fixture(schema: u32) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/vault-{schema}"))
    }

    /// Opens a fixture's copy: git keeps no private modes.
    fn open_fixture(schema: u32) -> Vault {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        private_file::replace(&path, &fs::read(fixture(schema).join("vault.db")).unwrap()).unwrap();
        let read = |name: &str| fs::read_to_string(fixture(schema).join(name)).unwrap();
        let identity: age::x25519::Identity = read("identity.txt").trim().parse().unwrap();
        let pin = read("pin.txt");
        migrate(&path, &identity, pin.trim(), &event(Action::Migrate, "b")).unwrap();
        let locked = Locked::open(&path).unwrap().unwrap();
        assert_eq!(locked.check(&identity, Some(pin.trim())).unwrap(), []);
        locked.unlock(&identity, Some(pin.trim()), None).unwrap()
    }

    #[test]
    fn a_vault_of_every_released_schema_opens() {
        for schema in 1..=SCHEMA {
            let vault = open_fixture(schema);
            assert_eq!(
                text(&vault, "github/octocat").unwrap().unwrap(),
                "stored by its schema"
            );
            let count = vault.read(|s| Ok::<_, VaultError>(s.all::<Note>()?.len()));
            assert_eq!(count.unwrap(), 2);
            assert!(vault.verify_audit().unwrap().count >= 3);
        }
    }

    #[test]
    #[ignore = "run once, when a schema is released"]
    fn write_the_fixture_of_this_schema() {
        use age::secrecy::ExposeSecret;

        let place = fixture(SCHEMA);
        assert!(!place.exists(), "a released fixture is never edited");
        let world = World::new();
        world.store("github/octocat", "stored by its schema");
        world.store("google/default", "another");
        private_file::ensure_folder(&place).unwrap();
        private_file::replace(&place.join("vault.db"), &fs::read(&world.path).unwrap()).unwrap();
        let identity = world.identity.to_string();
        let identity = identity.expose_secret().as_bytes();
        private_file::replace(&place.join("identity.txt"), identity).unwrap();
        private_file::replace(&place.join("pin.txt"), world.pin.as_bytes()).unwrap();
    }
}
