//! Looking at the whole vault, and saving what still authenticates when it is damaged.

use std::collections::BTreeSet;
use std::fmt;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use serde::Deserialize;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use super::audit;
use super::directory::{Entry, Label};
use super::error::{VaultError, sqlite, tampered};
use super::head::Head;
use super::header::Header;
use super::keys::Keys;
use super::locked::Locked;
use super::record::{self, Kind, Row, RowId, Stored};
use super::snapshot::{Snapshot, body};
use super::{number, seal};

/// The most problems that SQLite is asked to list.
const PROBLEMS: i64 = 20;

/// Something that is wrong with a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// SQLite finds its file damaged, in its words.
    Database(String),
    /// The header, a head or the audit log is not what it was, in words.
    Whole(String),
    /// A record can't be read.
    Record(i64),
    /// There is a sealed text that belongs to no record.
    Stray(i64),
    /// An audit event can't be read.
    Event(u64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(said) => write!(f, "the database file is damaged: {said}"),
            Self::Whole(what) => f.write_str(what),
            Self::Record(id) => write!(f, "record {id} can't be read"),
            Self::Stray(id) => write!(f, "there is a body without a record, {id}"),
            Self::Event(seq) => write!(f, "audit event {seq} can't be read"),
        }
    }
}

/// One thing that was saved from a damaged vault.
#[derive(Debug)]
pub enum Salvaged {
    /// A record of that kind, as `{"v":…,"kind":…,"value":…}`. It holds secrets.
    Record(Kind, Zeroizing<Vec<u8>>),
    /// An audit event and its number.
    Event(u64, Zeroizing<Vec<u8>>),
}

/// The outer form of every record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only whether it can be read counts")]
struct Envelope {
    v: u32,
    kind: Kind,
    value: IgnoredAny,
}

impl Locked {
    /// Reads everything there is and lists what is wrong; an empty list is a sound vault.
    ///
    /// # Errors
    /// When the identity or the pin doesn't fit, or the file can't be read at all.
    pub fn check(
        &self,
        identity: &dyn age::Identity,
        pin: Option<&str>,
    ) -> Result<Vec<Finding>, VaultError> {
        self.check_with(&self.keys(identity, pin)?)
    }

    /// As [`Self::check`], with keys that were had before.
    ///
    /// # Errors
    /// When the file can't be read at all.
    pub fn check_with(&self, keys: &Keys) -> Result<Vec<Finding>, VaultError> {
        findings(self.connection(), keys)
    }

    /// Hands over every record and event that still authenticates, whatever the heads say. The caller
    /// encrypts them.
    ///
    /// # Errors
    /// When the identity or the pin doesn't fit, or the caller fails.
    pub fn salvage<E: From<VaultError>>(
        &self,
        identity: &dyn age::Identity,
        pin: Option<&str>,
        mut take: impl FnMut(Salvaged) -> Result<(), E>,
    ) -> Result<(), E> {
        let keys = self.keys(identity, pin)?;
        let connection = self.connection();
        for id in ids(connection, "directory", "id") {
            if let Some((kind, text)) = readable_record(connection, &keys, id) {
                take(Salvaged::Record(kind, text))?;
            }
        }
        for seq in ids(connection, "audit", "seq") {
            let seq = seq.unsigned_abs();
            if let Some(text) = event_text(connection, &keys, seq) {
                take(Salvaged::Event(seq, text))?;
            }
        }
        Ok(())
    }
}

/// What can still be read of a vault that is not sound. Each record authenticates for itself, and
/// may be an older state of itself; whether others are missing, nobody can tell.
pub struct Remains<'a> {
    connection: &'a Connection,
    keys: &'a Keys,
}

impl Locked {
    /// For reading it record by record, whatever the heads say: what is sealed with those keys.
    #[must_use]
    pub fn remains<'a>(&'a self, keys: &'a Keys) -> Remains<'a> {
        Remains {
            connection: self.connection(),
            keys,
        }
    }
}

impl Remains<'_> {
    /// The records of that kind.
    ///
    /// # Errors
    /// When the file can't be read for another reason than its damage: then they may be there.
    pub fn all<T: Stored>(&self) -> Result<Vec<Row<T>>, VaultError> {
        let mut all = Vec::new();
        for id in ids(self.connection, "directory", "id") {
            let Some(entry) = unless_damaged(self.entry(id))? else {
                continue;
            };
            let opened = body(self.connection, id).and_then(|sealed| {
                let sealed = sealed.ok_or_else(|| tampered("a record has no body"))?;
                record::open_record(self.keys, &entry, &sealed)
            });
            if let Some(value) = unless_damaged(opened)? {
                all.push(Row {
                    id: RowId(id),
                    version: entry.version,
                    value,
                });
            }
        }
        Ok(all)
    }

    /// Whether each of its records can be read, and no page of its file is damaged.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub fn are_whole(&self) -> Result<bool, VaultError> {
        let found = unless_damaged(findings(self.connection, self.keys))?;
        let is_lost = |one: &Finding| match one {
            Finding::Database(_) | Finding::Record(_) | Finding::Stray(_) => true,
            Finding::Whole(_) | Finding::Event(_) => false,
        };
        Ok(found.is_some_and(|found| !found.iter().any(is_lost)))
    }

    /// The generation of its head; zero where that can't be read.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub fn generation(&self) -> Result<u64, VaultError> {
        let head = unless_damaged(Head::load(self.connection, self.keys))?;
        Ok(head.map_or(0, |head| head.head.generation))
    }

    fn entry(&self, id: i64) -> Result<Entry, VaultError> {
        entry(self.connection, id).map_err(sqlite(self.connection))
    }
}

fn findings(connection: &Connection, keys: &Keys) -> Result<Vec<Finding>, VaultError> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)
        .map_err(sqlite(connection))?;
    let mut findings = database_findings(connection)?;
    let whole = Header::load(connection).and_then(|header| {
        let snapshot = Snapshot::load(connection, keys, header.key_epoch, None)?;
        snapshot.verify_audit(None)
    });
    if let Err(error) = whole {
        findings.push(Finding::Whole(error.to_string()));
    }
    let entries = ids(connection, "directory", "id");
    for id in &entries {
        if readable_record(connection, keys, *id).is_none() {
            findings.push(Finding::Record(*id));
        }
    }
    let strays = ids(connection, "body", "id");
    findings.extend(strays.difference(&entries).map(|id| Finding::Stray(*id)));
    for seq in ids(connection, "audit", "seq") {
        let seq = seq.unsigned_abs();
        if event_text(connection, keys, seq).is_none() && !is_checkpoint(connection, seq) {
            findings.push(Finding::Event(seq));
        }
    }
    drop(transaction);
    Ok(findings)
}

fn unless_damaged<T>(found: Result<T, VaultError>) -> Result<Option<T>, VaultError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_damage() => Ok(None),
        Err(error) => Err(error),
    }
}

fn database_findings(connection: &Connection) -> Result<Vec<Finding>, VaultError> {
    let mut statement = connection
        .prepare(&format!("PRAGMA integrity_check({PROBLEMS})"))
        .map_err(sqlite(connection))?;
    let lines = statement
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>);
    Ok(match lines {
        Ok(lines) => lines
            .into_iter()
            .filter(|line| line != "ok")
            .map(Finding::Database)
            .collect(),
        Err(error) => vec![Finding::Database(error.to_string())],
    })
}

/// All ids that a damaged table still gives, from both of its ends.
fn ids(connection: &Connection, table: &str, column: &str) -> BTreeSet<i64> {
    let mut found = BTreeSet::new();
    for order in ["ASC", "DESC"] {
        let sql = format!("SELECT {column} FROM {table} ORDER BY {column} {order}");
        let Ok(mut statement) = connection.prepare(&sql) else {
            continue;
        };
        let Ok(mut rows) = statement.query([]) else {
            continue;
        };
        while let Ok(Some(row)) = rows.next() {
            if let Ok(id) = row.get(0) {
                found.insert(id);
            }
        }
    }
    found
}

fn entry(connection: &Connection, id: i64) -> rusqlite::Result<Entry> {
    connection
        .prepare_cached("SELECT version, label FROM directory WHERE id = ?1")?
        .query_row([id], |row| {
            let version = number::from_row(row, 0)?;
            Ok(Entry::new(id, version, Label(row.get(1)?)))
        })
}

fn readable_record(
    connection: &Connection,
    keys: &Keys,
    id: i64,
) -> Option<(Kind, Zeroizing<Vec<u8>>)> {
    let entry = entry(connection, id).ok()?;
    let sealed = body(connection, id).ok()??;
    let text = record::open_text(keys, &entry, &sealed).ok()?;
    let envelope = serde_json::from_slice::<Envelope>(&text).ok()?;
    Some((envelope.kind, text))
}

fn event_text(connection: &Connection, keys: &Keys, seq: u64) -> Option<Zeroizing<Vec<u8>>> {
    let sealed: Vec<u8> = connection
        .prepare_cached("SELECT sealed FROM audit WHERE seq = ?1")
        .and_then(|mut found| {
            found
                .query_row([number::to_sql(seq)], |row| row.get(0))
                .optional()
        })
        .ok()??;
    let text = seal::open(
        &keys.event,
        &audit::place(keys, &seq.to_be_bytes()),
        &sealed,
    )?;
    super::Event::read(&text)?;
    Some(text)
}

/// The lowest row of a pruned log is a checkpoint, which following the chain has looked at.
fn is_checkpoint(connection: &Connection, seq: u64) -> bool {
    seq > 1
        && connection
            .query_row("SELECT min(seq) FROM audit", [], |row| row.get(0))
            .is_ok_and(|lowest: i64| lowest == number::to_sql(seq))
}

#[cfg(test)]
mod tests {
    use super::super::sample::World;
    use super::*;

    #[test]
    fn check_finds_nothing_in_a_sound_vault_and_each_damage_in_a_damaged_one() {
        let world = World::new();
        world.store("github/a", "one");
        world.store("github/b", "two");
        let check = || {
            let locked = Locked::open(&world.path).unwrap().unwrap();
            locked.check(&world.identity, Some(&world.pin)).unwrap()
        };
        assert_eq!(check(), []);
        let raw = world.raw();
        raw.execute_batch(
            "UPDATE body SET sealed = zeroblob(100) WHERE id = 2;
             INSERT INTO body VALUES (99, zeroblob(10));
             UPDATE audit SET sealed = zeroblob(100) WHERE seq = 2;",
        )
        .unwrap();
        let findings = check();
        assert!(findings.contains(&Finding::Record(2)), "{findings:?}");
        assert!(findings.contains(&Finding::Stray(99)));
        assert!(findings.contains(&Finding::Event(2)));
        assert!(matches!(findings[0], Finding::Whole(_)));
    }

    #[test]
    fn salvage_saves_what_authenticates_whatever_the_heads_say() {
        let world = World::new();
        world.store("github/a", "one");
        world.store("github/b", "two");
        world
            .raw()
            .execute_batch("DELETE FROM head; UPDATE body SET sealed = x'00' WHERE id = 2")
            .unwrap();
        let locked = Locked::open(&world.path).unwrap().unwrap();
        let mut records = Vec::new();
        let mut events = 0;
        locked
            .salvage(&world.identity, Some(&world.pin), |saved| {
                match saved {
                    Salvaged::Record(_, text) => {
                        records.push(String::from_utf8(text.to_vec()).unwrap());
                    }
                    Salvaged::Event(..) => events += 1,
                }
                Ok::<_, VaultError>(())
            })
            .unwrap();
        assert_eq!(
            (records.len(), events),
            (2, 3),
            "the recipient list and github/b"
        );
        assert!(records[1].contains("\"two\""));
        assert!(
            world.try_open().is_err(),
            "the vault itself is not believed"
        );
    }
}
