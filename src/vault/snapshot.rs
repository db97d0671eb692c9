//! One verified state of the vault, to read from and, in a transaction of the right kind, to
//! change.
//!
//! Heads, directory and bodies are read in one SQLite snapshot, so they belong together. Nothing
//! is believed before the head's MACs were compared.

use std::cmp::Ordering;
use std::ops::Deref;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, params};
use subtle::ConstantTimeEq;

use super::audit::{self, Events};
use super::database::check_schema;
use super::directory::{Directory, Entry, Label};
use super::error::{VaultError, random, sqlite, tampered};
use super::event::Event;
use super::head::{AuditHead, Head, SealedHead};
use super::header::Header;
use super::keys::{Hash, Keys};
use super::number;
use super::recipients;
use super::record::{self, Row, RowId, Stored};

/// The low bits of a row version are random, so that a version is not used twice even after a
/// commit that never became durable, or in two forks of one vault.
const RANDOM_BITS: u32 = 24;

/// A verified state of the vault.
pub struct Snapshot<'a> {
    pub(super) connection: &'a Connection,
    pub(super) keys: &'a Keys,
    pub(super) header: Header,
    pub(super) directory: Arc<Directory>,
    pub(super) head: SealedHead,
    pub(super) audit: AuditHead,
}

impl<'a> Snapshot<'a> {
    /// Loads and verifies; call it inside a transaction. `known` is a verified directory and the
    /// hash of the sealed head that it was verified with.
    pub(super) fn load(
        connection: &'a Connection,
        keys: &'a Keys,
        key_epoch: u64,
        known: Option<(Hash, &Arc<Directory>)>,
    ) -> Result<Self, VaultError> {
        let header = Header::load(connection)?;
        check_schema(header.schema)?;
        if header.key_epoch != key_epoch {
            return Err(VaultError::KeyChanged);
        }
        let head = Head::load(connection, keys)?;
        let audit = AuditHead::load(connection, keys)?;
        let directory = match known {
            Some((hash, directory)) if hash == head.hash => Arc::clone(directory),
            _ => load_directory(connection, keys, &head)?,
        };
        let snapshot = Self {
            connection,
            keys,
            header,
            directory,
            head,
            audit,
        };
        snapshot.verify()?;
        Ok(snapshot)
    }

    fn verify(&self) -> Result<(), VaultError> {
        let head = &self.head.head;
        let header = &self.header;
        let same_header = bool::from(header.hash().ct_eq(&head.header_hash))
            && header.vault_id == self.keys.vault
            && header.schema == head.schema
            && header.key_epoch == head.key_epoch;
        if !same_header {
            return Err(tampered("the header is not the one that the head seals"));
        }
        if recipients::version(&self.directory, self.keys) != head.recipients {
            return Err(tampered(
                "the recipient list is not the one that the head seals",
            ));
        }
        // The log may have grown since the last mutation, but must still pass through its mark.
        let found = match self.audit.mark.count.cmp(&head.mark.count) {
            Ordering::Equal => Some(self.audit.mark.hash),
            Ordering::Greater => audit::stored_link(self.connection, head.mark.count)?,
            Ordering::Less => None,
        };
        if found == Some(head.mark.hash) {
            Ok(())
        } else {
            Err(tampered("the audit log does not fit to the vault's head"))
        }
    }

    /// The record of that name.
    ///
    /// # Errors
    /// When it does not authenticate.
    pub fn find<T: Stored>(&self, name: &str) -> Result<Option<Row<T>>, VaultError> {
        self.directory
            .named(self.keys, T::KIND, name)
            .map(|entry| self.open(entry))
            .transpose()
    }

    /// All records of that group, such as the connections of one provider, in the order in which
    /// they were made.
    ///
    /// # Errors
    /// When one does not authenticate.
    pub fn group<T: Stored>(&self, group: &str) -> Result<Vec<Row<T>>, VaultError> {
        let part = Label::group_part(self.keys, T::KIND, group);
        self.open_where(|label| label.has_group(part))
    }

    /// All records of that kind, in the order in which they were made.
    ///
    /// # Errors
    /// When one does not authenticate.
    pub fn all<T: Stored>(&self) -> Result<Vec<Row<T>>, VaultError> {
        let part = Label::kind_part(self.keys, T::KIND);
        self.open_where(|label| label.has_kind(part))
    }

    /// The record in that row; `None` when there is none, or one of another kind.
    ///
    /// # Errors
    /// When it does not authenticate.
    pub fn get<T: Stored>(&self, id: RowId) -> Result<Option<Row<T>>, VaultError> {
        let part = Label::kind_part(self.keys, T::KIND);
        self.directory
            .get(id.0)
            .filter(|entry| entry.label.has_kind(part))
            .map(|entry| self.open(entry))
            .transpose()
    }

    /// The audit log, oldest event first; events before a checkpoint are gone. Each event is
    /// authenticated; that none is missing is what [`super::Vault::verify_audit`] says.
    #[must_use]
    pub fn events(&self) -> Events<'a> {
        let first = audit::first_event(&self.audit);
        Events::new(self.connection, self.keys, first, self.audit.mark.count)
    }

    /// How the audit log names a token: 16 hex digits of a keyed hash.
    #[must_use]
    pub fn token_mark(&self, token: &crate::secret::Secret) -> String {
        self.keys.token_mark(token)
    }

    /// How often the vault was changed.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.head.head.generation
    }

    fn open_where<T: Stored>(
        &self,
        wanted: impl Fn(&Label) -> bool,
    ) -> Result<Vec<Row<T>>, VaultError> {
        self.directory
            .entries()
            .iter()
            .filter(|entry| wanted(&entry.label))
            .map(|entry| self.open(entry))
            .collect()
    }

    fn open<T: Stored>(&self, entry: &Entry) -> Result<Row<T>, VaultError> {
        let sealed = body(self.connection, entry.id)?
            .ok_or_else(|| tampered(format!("record {} is missing", entry.id)))?;
        Ok(Row {
            id: RowId(entry.id),
            version: entry.version,
            value: record::open_record(self.keys, entry, &sealed)?,
        })
    }
}

fn load_directory(
    connection: &Connection,
    keys: &Keys,
    head: &SealedHead,
) -> Result<Arc<Directory>, VaultError> {
    let directory = Directory::load(connection).map_err(sqlite(connection))?;
    if directory.mac(keys).ct_eq(&head.head.directory_mac).into() {
        Ok(Arc::new(directory))
    } else {
        Err(tampered("a record was added, removed or replaced"))
    }
}

/// The sealed text of a row.
pub(super) fn body(connection: &Connection, id: i64) -> Result<Option<Vec<u8>>, VaultError> {
    connection
        .prepare_cached("SELECT sealed FROM body WHERE id = ?1")
        .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
        .map_err(sqlite(connection))
}

/// A write transaction that may only read and append to the audit log.
pub struct HandOut<'a> {
    snapshot: Snapshot<'a>,
}

impl<'a> Deref for HandOut<'a> {
    type Target = Snapshot<'a>;

    fn deref(&self) -> &Snapshot<'a> {
        &self.snapshot
    }
}

impl<'a> HandOut<'a> {
    pub(super) fn new(snapshot: Snapshot<'a>) -> Self {
        Self { snapshot }
    }

    /// Appends an event.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn log(&mut self, event: &Event) -> Result<(), VaultError> {
        let Snapshot {
            connection, keys, ..
        } = self.snapshot;
        audit::append(connection, keys, &mut self.snapshot.audit, event)
    }

    /// Seals the audit head.
    pub(super) fn finish(self) -> Result<(), VaultError> {
        let Snapshot {
            connection, keys, ..
        } = self.snapshot;
        self.snapshot.audit.store(connection, keys)
    }
}

/// A write transaction.
pub struct Writer<'a> {
    pub(super) snapshot: Snapshot<'a>,
    /// What the vault's generation will be.
    pub(super) generation: u64,
    /// Whether the directory is another one now.
    changed: bool,
}

impl<'a> Deref for Writer<'a> {
    type Target = Snapshot<'a>;

    fn deref(&self) -> &Snapshot<'a> {
        &self.snapshot
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(snapshot: Snapshot<'a>) -> Self {
        let generation = snapshot.head.head.generation.saturating_add(1);
        Self {
            snapshot,
            generation,
            changed: false,
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// [`VaultError::Exists`] when there is one of that name.
    pub fn insert<T: Stored>(&mut self, value: T) -> Result<Row<T>, VaultError> {
        let id = self.snapshot.directory.next_id();
        self.put(id, value)
    }

    /// Replaces the record in `row`'s row.
    ///
    /// # Errors
    /// [`VaultError::Conflict`] when the row changed since it was read, [`VaultError::Exists`] when
    /// the new value has the name of another record.
    pub fn update<T: Stored, U>(&mut self, row: &Row<U>, value: T) -> Result<Row<T>, VaultError> {
        self.check_unchanged(row)?;
        self.put(row.id.0, value)
    }

    /// Removes the record in `row`'s row.
    ///
    /// # Errors
    /// [`VaultError::Conflict`] when the row changed since it was read.
    pub fn delete<T>(&mut self, row: &Row<T>) -> Result<(), VaultError> {
        self.check_unchanged(row)?;
        let connection = self.snapshot.connection;
        for sql in [
            "DELETE FROM body WHERE id = ?1",
            "DELETE FROM directory WHERE id = ?1",
        ] {
            connection
                .prepare_cached(sql)
                .and_then(|mut statement| statement.execute([row.id.0]))
                .map_err(sqlite(connection))?;
        }
        Arc::make_mut(&mut self.snapshot.directory).remove(row.id.0);
        self.changed = true;
        Ok(())
    }

    /// Appends an event, in the same transaction as the change it tells of.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn log(&mut self, event: &Event) -> Result<(), VaultError> {
        let Snapshot {
            connection, keys, ..
        } = self.snapshot;
        audit::append(connection, keys, &mut self.snapshot.audit, event)
    }

    /// Seals both heads.
    pub(super) fn finish(self) -> Result<(SealedHead, Arc<Directory>), VaultError> {
        let Snapshot {
            connection,
            keys,
            header,
            directory,
            head,
            audit,
        } = self.snapshot;
        audit.store(connection, keys)?;
        let head = Head {
            generation: self.generation,
            instance: head.head.instance,
            directory_mac: if self.changed {
                directory.mac(keys)
            } else {
                head.head.directory_mac
            },
            header_hash: header.hash(),
            recipients: recipients::version(&directory, keys),
            schema: header.schema,
            key_epoch: header.key_epoch,
            mark: audit.mark,
        };
        Ok((head.store(connection, keys)?, directory))
    }

    fn check_unchanged<T>(&self, row: &Row<T>) -> Result<(), VaultError> {
        match self.snapshot.directory.get(row.id.0) {
            Some(entry) if entry.version == row.version => Ok(()),
            _ => Err(VaultError::Conflict),
        }
    }

    fn put<T: Stored>(&mut self, id: i64, value: T) -> Result<Row<T>, VaultError> {
        let keys = self.snapshot.keys;
        let name = value.name();
        let other = self.snapshot.directory.named(keys, T::KIND, &name);
        if other.is_some_and(|entry| entry.id != id) {
            return Err(VaultError::Exists);
        }
        let label = Label::of(keys, T::KIND, &value.group(), &name);
        let entry = Entry::new(id, self.new_version()?, label);
        let sealed = record::seal_record(keys, &entry, &value)?;
        self.store(&entry, &sealed)?;
        Arc::make_mut(&mut self.snapshot.directory).put(entry);
        self.changed = true;
        Ok(Row {
            id: RowId(id),
            version: entry.version,
            value,
        })
    }

    fn store(&self, entry: &Entry, sealed: &[u8]) -> Result<(), VaultError> {
        let connection = self.snapshot.connection;
        let version = number::to_sql(entry.version);
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO directory (id, version, label) VALUES (?1, ?2, ?3)",
            )
            .and_then(|mut statement| statement.execute(params![entry.id, version, entry.label.0]))
            .map_err(sqlite(connection))?;
        connection
            .prepare_cached("INSERT OR REPLACE INTO body (id, sealed) VALUES (?1, ?2)")
            .and_then(|mut statement| statement.execute(params![entry.id, sealed]))
            .map(|_| ())
            .map_err(sqlite(connection))
    }

    fn new_version(&self) -> Result<u64, VaultError> {
        let [a, b, c] = random::<3>()?;
        let low = u64::from(u32::from_be_bytes([0, a, b, c]));
        self.generation
            .checked_shl(RANDOM_BITS)
            .map(|high| high | low)
            .ok_or_else(|| tampered("the generation is out of range"))
    }
}
