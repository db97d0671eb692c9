//! A new vault key: everything is sealed anew in one transaction.
//!
//! Locking the old key to others would revoke nobody, because an old header and an old identity
//! still give it. So whoever takes access away makes a new vault key and a new identity. Which of
//! the two identities opens the vault is decided by the commit alone: the header that names the
//! new one's place is part of it.

use std::fs;
use std::path::PathBuf;

use rusqlite::{TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::anchor::AnchorKeeper;
use super::audit::{self, NOTHING, link};
use super::directory::{Directory, Entry, Label};
use super::error::{VaultError, io_at, sqlite, tampered};
use super::event::Event;
use super::head::{AuditHead, Mark, SealedHead};
use super::header::{Header, wrap_key};
use super::keys::{Key, Keys, new_vault_key};
use super::locked::Locked;
use super::migrate::write_copy;
use super::open::{Seen, Vault};
use super::recipients::{Recipient, RecipientList, Whom};
use super::record::{self, Kind, RowId, Stored};
use super::rewrap::Standing;
use super::snapshot::{Snapshot, body};
use super::wal::{FULL, set_synchronous};
use super::writer::Writer;
use super::{number, prune, seal};
use crate::names::hex;
use crate::plugin::Person;
use crate::private_file::{self, with_suffix};

/// How many events are read at once.
const PAGE: i64 = 256;

/// What the copy beside the vault is called while everything is sealed anew.
const COPY: &str = ".before-rekey";

/// Says what a record of that kind is looked up by: its group and its name. The vault stores forms
/// that it doesn't know.
pub type Naming = fn(RowId, Kind, &[u8]) -> Result<(String, String), VaultError>;

/// A new vault key, locked to those who can open the vault then; see [`Standing::fresh_key`].
pub struct FreshKey {
    before: Standing,
    key: Key,
    age: Vec<u8>,
    recipients: Vec<Recipient>,
}

impl Standing {
    /// Makes a new vault key and locks it to `recipients`, the new master identity's own first.
    ///
    /// # Errors
    /// As [`super::seal_to`].
    pub fn fresh_key(
        self,
        recipients: Vec<Recipient>,
        person: &dyn Person,
    ) -> Result<FreshKey, VaultError> {
        let key = new_vault_key()?;
        let (age, _) = wrap_key(&key, &recipients, Whom::All, person)?;
        Ok(FreshKey {
            before: self,
            key,
            age,
            recipients,
        })
    }
}

/// What a vault is sealed anew for.
pub struct NewKey<'a> {
    /// The key, and who can open the vault then.
    pub fresh: FreshKey,
    /// Where the new master identity is kept.
    pub key_source: String,
    /// Told of in the audit log; the vault adds both heads of the log.
    pub event: Event,
    /// How the records are named.
    pub naming: Naming,
    /// What opens the vault as it is.
    pub identity: &'a dyn age::Identity,
}

/// Where the master identity was that a rekey took the place of. It stays in the vault until that
/// identity is retired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetiredKey {
    /// As the header had it.
    pub key_source: String,
}

impl RetiredKey {
    /// The name of the one record of its kind.
    pub const NAME: &str = "retired";
}

impl Stored for RetiredKey {
    const KIND: Kind = Kind::Retired;

    fn name(&self) -> String {
        Self::NAME.to_owned()
    }

    fn group(&self) -> String {
        String::new()
    }
}

/// What the transaction leaves.
struct Resealed {
    header: Header,
    head: SealedHead,
    directory: std::sync::Arc<Directory>,
}

impl Vault {
    /// Seals everything under a new vault key, which the recipients of `new` can open: all or nothing, and
    /// durable when this returns. The new pin goes to `keeper` before the commit, and `keeper` keeps
    /// the anchor afterwards. The caller holds the vault's lock exclusively and has the new identity
    /// in its place. What is left of the old key in the file goes with [`Self::sweep`].
    ///
    /// # Errors
    /// [`VaultError::Conflict`] when the key was locked for another state of the vault,
    /// [`VaultError::Audit`] when the log is not whole, [`VaultError::Tampered`] when anything does
    /// not authenticate; the vault is as it was then.
    pub fn rekey(
        &mut self,
        new: NewKey<'_>,
        keeper: Box<dyn AnchorKeeper>,
    ) -> Result<(), VaultError> {
        self.refuse_untrusted()?;
        let keys = Keys::derive(self.id(), &new.fresh.key);
        keeper
            .keep_pin(&keys.fingerprint())
            .map_err(|why| VaultError::Anchor {
                action: "written",
                why,
            })?;
        let locked = Locked::open(&self.path)?.ok_or_else(|| tampered("the vault vanished"))?;
        let copied = write_copy(&locked, COPY, new.identity, &self.fingerprint());
        drop(locked);
        let done = copied
            .and_then(|_| self.reseal(&keys, new))
            .inspect_err(|_| {
                // The vault is as it was; what removing the copy says would hide why.
                let _ = self.remove_copies();
            })?;
        self.seen.replace(Some(Seen {
            generation: done.head.head.generation,
            hash: done.head.hash,
            directory: done.directory,
        }));
        self.keys = keys;
        self.header = done.header;
        self.committed = Some(done.head);
        self.anchor = Some(keeper);
        self.retiring = true;
        self.trust_again();
        Ok(())
    }

    /// Takes out of the files what was sealed under a former key: pages that nothing uses, the log,
    /// the copy beside the vault.
    ///
    /// # Errors
    /// [`VaultError::Busy`] when others read the vault for 30 s; or what the disk said.
    pub fn sweep(&self) -> Result<(), VaultError> {
        self.checkpoint_truncate()?;
        self.connection
            .execute_batch("VACUUM")
            .map_err(sqlite(&self.connection))?;
        self.checkpoint_truncate()?;
        self.remove_copies()
    }

    /// The copy, drafts of it that a crash left, and what SQLite may have put beside them.
    fn copies(&self) -> Result<Vec<PathBuf>, VaultError> {
        let folder = private_file::folder(&self.path);
        let copy = with_suffix(&self.path, COPY);
        let copy = copy.file_name().unwrap_or_default().as_encoded_bytes();
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(io_at("list", folder))? {
            let entry = entry.map_err(io_at("list", folder))?;
            if entry.file_name().as_encoded_bytes().starts_with(copy) {
                found.push(entry.path());
            }
        }
        Ok(found)
    }

    fn remove_copies(&self) -> Result<(), VaultError> {
        for path in self.copies()? {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(io_at("remove", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether nothing is left beside the vault of a rekey that was cut off.
    #[must_use]
    pub fn is_swept(&self) -> bool {
        self.copies().is_ok_and(|copies| copies.is_empty())
    }

    /// Whether a former master identity waits to be retired.
    #[must_use]
    pub fn has_retired_key(&self) -> bool {
        self.retiring
    }

    fn reseal(&self, keys: &Keys, new: NewKey<'_>) -> Result<Resealed, VaultError> {
        set_synchronous(&self.connection, FULL)?;
        let transaction = self.begin(TransactionBehavior::Immediate)?;
        let old = self.snapshot(&transaction)?;
        new.fresh.before.refuse_changed(&old)?;
        let before = old.verify_audit(self.anchored.as_ref())?;
        let directory = reseal_records(&old, keys, new.naming)?;
        let log = reseal_log(&old, keys)?;
        let header = Header {
            key_epoch: old.header.key_epoch.saturating_add(1),
            age: new.fresh.age,
            key_source: new.key_source,
            ..old.header.clone()
        };
        header.store(&self.connection)?;
        let mut event = new.event;
        let heads = format!(
            "the log of {} events ended in {}, under the new key it ends in {}",
            before.count,
            before.head,
            hex(&log.mark.hash)
        );
        event.detail = Some(match event.detail {
            Some(detail) => format!("{detail}; {heads}"),
            None => heads,
        });
        let mut writer = Writer::resealed(Snapshot {
            connection: &self.connection,
            keys,
            header: header.clone(),
            directory: std::sync::Arc::new(directory),
            head: old.head.clone(),
            audit: log,
        });
        writer.set(RecipientList {
            recipients: new.fresh.recipients,
        })?;
        writer.set(RetiredKey {
            key_source: old.header.key_source.clone(),
        })?;
        writer.log(&event)?;
        let (head, directory) = writer.finish()?;
        transaction.commit().map_err(sqlite(&self.connection))?;
        Ok(Resealed {
            header,
            head,
            directory,
        })
    }
}

/// Seals every record for its own row again, under the label that the new key gives it.
fn reseal_records(
    old: &Snapshot<'_>,
    keys: &Keys,
    naming: Naming,
) -> Result<Directory, VaultError> {
    let connection = old.connection;
    let mut directory = Directory::clone(&old.directory);
    for entry in old.directory.entries() {
        let sealed = body(connection, entry.id)?
            .ok_or_else(|| tampered(format!("record {} is missing", entry.id)))?;
        let text = record::open_text(old.keys, entry, &sealed)?;
        let kind = record::kind_of(entry.id, &text)?;
        let (group, name) = naming(RowId(entry.id), kind, &text)?;
        if Label::of(old.keys, kind, &group, &name) != entry.label {
            return Err(tampered(format!(
                "record {} is under a wrong name",
                entry.id
            )));
        }
        let label = Label::of(keys, kind, &group, &name);
        let entry = Entry::new(entry.id, entry.version, label);
        let sealed = record::seal_text(keys, &entry, &text)?;
        connection
            .prepare_cached("UPDATE directory SET label = ?2 WHERE id = ?1")
            .and_then(|mut statement| statement.execute(params![entry.id, label.0]))
            .and_then(|_| {
                connection
                    .prepare_cached("UPDATE body SET sealed = ?2 WHERE id = ?1")?
                    .execute(params![entry.id, sealed])
            })
            .map_err(sqlite(connection))?;
        directory.put(entry);
    }
    Ok(directory)
}

/// Seals every event again and chains them anew, from the start or from the checkpoint, whose own
/// link stays what it was.
fn reseal_log(old: &Snapshot<'_>, keys: &Keys) -> Result<AuditHead, VaultError> {
    let connection = old.connection;
    let mut mark =
        prune::reseal_checkpoint(connection, old.keys, keys, old.audit.first)?.unwrap_or(NOTHING);
    loop {
        let page = page_after(old, mark.count)?;
        if page.is_empty() {
            break;
        }
        for (seq, sealed) in page {
            let place = seq.to_be_bytes();
            let text: Zeroizing<Vec<u8>> =
                seal::open(&old.keys.event, &audit::place(old.keys, &place), &sealed)
                    .ok_or_else(|| tampered(format!("audit event {seq} does not authenticate")))?;
            let sealed = seal::seal(&keys.event, &audit::place(keys, &place), &text)?;
            let hash = link(keys, &mark.hash, seq, &sealed);
            connection
                .prepare_cached("UPDATE audit SET mac = ?2, sealed = ?3 WHERE seq = ?1")
                .and_then(|mut update| update.execute(params![number::to_sql(seq), hash, sealed]))
                .map_err(sqlite(connection))?;
            mark = Mark { count: seq, hash };
        }
    }
    Ok(AuditHead {
        mark,
        ..old.audit.clone()
    })
}

fn page_after(old: &Snapshot<'_>, seq: u64) -> Result<Vec<(u64, Vec<u8>)>, VaultError> {
    old.connection
        .prepare_cached("SELECT seq, sealed FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2")
        .and_then(|mut statement| {
            statement
                .query_map(params![number::to_sql(seq), PAGE], |row| {
                    Ok((number::from_row(row, 0)?, row.get(1)?))
                })?
                .collect()
        })
        .map_err(sqlite(old.connection))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Kept, Note, World, event, note, text};
    use super::super::{Action, VaultError, name_in};
    use super::*;
    use crate::moment::Timestamp;
    use crate::plugin::Nobody;

    fn naming(row: RowId, kind: Kind, text: &[u8]) -> Result<(String, String), VaultError> {
        match kind {
            Kind::Connection => name_in::<Note>(row, text),
            Kind::Recipients => name_in::<RecipientList>(row, text),
            Kind::Retired => name_in::<RetiredKey>(row, text),
            Kind::Client | Kind::Consent | Kind::Pending | Kind::Replaced => {
                panic!("{kind:?} is not in these vaults")
            }
        }
    }

    fn misnaming(row: RowId, kind: Kind, text: &[u8]) -> Result<(String, String), VaultError> {
        let (group, name) = naming(row, kind, text)?;
        Ok((group, format!("{name}x")))
    }

    fn new<'a>(world: &'a World, next: &age::x25519::Identity, naming: Naming) -> NewKey<'a> {
        let next = vec![Recipient::master(next.to_public().to_string())];
        let standing = world.open().standing().unwrap();
        NewKey {
            fresh: standing.fresh_key(next, &Nobody).unwrap(),
            key_source: "another place".to_owned(),
            event: event(Action::KeyChange, "b"),
            naming,
            identity: &world.identity,
        }
    }

    /// A vault that was re-keyed: its world as the new identity sees it.
    fn rekeyed(mut world: World) -> World {
        let next = age::x25519::Identity::generate();
        let mut vault = world.open();
        let kept = Kept::default();
        vault
            .rekey(new(&world, &next, naming), Box::new(kept.clone()))
            .unwrap();
        vault.save_anchor().unwrap();
        vault.sweep().unwrap();
        let pin = vault.fingerprint();
        drop(vault);
        world.identity = next;
        world.pin = pin;
        world.kept = kept;
        world
    }

    fn contains(world: &World, needle: &[u8]) -> bool {
        fs::read_dir(world.folder.path()).unwrap().any(|file| {
            let content = fs::read(file.unwrap().path()).unwrap_or_default();
            content.windows(needle.len()).any(|part| part == needle)
        })
    }

    #[test]
    fn a_new_key_opens_everything_and_the_old_one_nothing() {
        let world = World::new();
        for name in ["github/a", "github/b", "google/a"] {
            world.store(name, name);
        }
        let sealed: Vec<u8> = world
            .raw()
            .query_row("SELECT sealed FROM body WHERE id = 2", [], |row| row.get(0))
            .unwrap();
        assert!(contains(&world, &sealed), "the control");
        let (old, old_pin) = (world.identity.clone(), world.pin.clone());
        let events = world.open().verify_audit().unwrap();
        let world = rekeyed(world);
        assert_ne!(world.pin, old_pin);
        let vault = world.open();
        assert!(vault.has_retired_key());
        assert_eq!(vault.header().key_source, "another place");
        assert_eq!(text(&vault, "github/b").unwrap().unwrap(), "github/b");
        vault
            .read(|snapshot| {
                assert_eq!(snapshot.group::<Note>("github")?.len(), 2);
                assert_eq!(snapshot.all::<Note>()?.len(), 3);
                let last = snapshot.events().last().unwrap()?.event;
                let detail = last.detail.unwrap();
                assert!(detail.contains(&events.head), "{detail}");
                Ok::<_, VaultError>(())
            })
            .unwrap();
        let report = vault.verify_audit().unwrap();
        assert_eq!(report.count, events.count + 1);
        assert!(report.anchored);
        drop(vault);
        let locked = Locked::open(&world.path).unwrap().unwrap();
        assert_eq!(locked.check(&world.identity, Some(&world.pin)).unwrap(), []);
        assert!(matches!(
            locked.unlock(&old, Some(&old_pin), None),
            Err(VaultError::WrongKey)
        ));
        assert!(!contains(&world, &sealed), "nothing of the old key is left");
        world.store("github/c", "later");
    }

    #[test]
    fn who_has_the_vault_open_with_the_old_key_is_told() {
        let world = World::new();
        world.store("github/a", "one");
        let mut before = world.open();
        let _world = rekeyed(world);
        assert!(matches!(
            text(&before, "github/a"),
            Err(VaultError::KeyChanged)
        ));
        assert!(matches!(
            before.mutate(|writer| writer.insert(note("github/b", "two"))),
            Err(VaultError::KeyChanged)
        ));
    }

    #[test]
    fn a_damaged_vault_gets_no_new_key_and_stays_as_it_was() {
        let damages = [
            (
                "UPDATE body SET sealed = zeroblob(90) WHERE id = 2",
                naming as Naming,
            ),
            (
                "UPDATE audit SET sealed = zeroblob(90) WHERE seq = 1",
                naming,
            ),
            ("SELECT 1", misnaming),
        ];
        for (sql, naming) in damages {
            let world = World::new();
            world.store("github/a", "one");
            world.raw().execute_batch(sql).unwrap();
            let next = age::x25519::Identity::generate();
            let refused = world
                .open()
                .rekey(new(&world, &next, naming), Box::new(Kept::default()));
            assert!(
                matches!(refused, Err(VaultError::Tampered { .. })),
                "{sql}: {refused:?}"
            );
            let vault = world.open();
            assert_eq!(vault.header().key_epoch, 1);
            assert!(vault.is_swept(), "the copy is gone");
        }
    }

    #[test]
    fn a_pruned_log_is_chained_from_its_checkpoint() {
        let world = World::new();
        let mut vault = world.open();
        let mut late = event(Action::Connect, "b");
        late.at = Timestamp::from_unix_millis(1_895_000_000_000);
        vault
            .mutate(|writer| writer.log(&event(Action::Connect, "b")))
            .unwrap();
        vault.mutate(|writer| writer.log(&late)).unwrap();
        let pruned = vault
            .mutate(|writer| writer.prune(late.at))
            .unwrap()
            .unwrap();
        vault.save_anchor().unwrap();
        drop(vault);
        let world = rekeyed(world);
        let report = world.open().verify_audit().unwrap();
        assert_eq!(report.checkpoint, Some(pruned));
        assert_eq!(report.count, 4);
    }

    #[test]
    fn a_pin_that_is_not_kept_stops_it() {
        struct Broken;
        impl AnchorKeeper for Broken {
            fn read(&self) -> Result<Option<Vec<u8>>, String> {
                Ok(None)
            }
            fn write(&self, _: &[u8]) -> Result<(), String> {
                Ok(())
            }
            fn keep_pin(&self, _: &str) -> Result<(), String> {
                Err("no".to_owned())
            }
        }
        let world = World::new();
        let next = age::x25519::Identity::generate();
        let refused = world
            .open()
            .rekey(new(&world, &next, naming), Box::new(Broken));
        assert!(matches!(refused, Err(VaultError::Anchor { .. })));
        assert_eq!(world.open().header().key_epoch, 1);
    }
}
