//! The two write transactions: a hand-out, which may only append to the audit log, and a mutation.

use std::ops::Deref;
use std::sync::Arc;

use rusqlite::params;

use super::directory::{Directory, Entry, Label};
use super::error::{VaultError, random, sqlite, tampered};
use super::event::Event;
use super::head::{Head, SealedHead};
use super::record::{self, Row, RowId, Stored};
use super::snapshot::Snapshot;
use super::{audit, number, recipients};

/// The low bits of a row version are random, so that a version is not used twice even after a
/// commit that never became durable, or in two forks of one vault.
pub(super) const RANDOM_BITS: u32 = 24;

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

    /// Goes on in a state whose every row was sealed anew.
    pub(super) fn resealed(snapshot: Snapshot<'a>) -> Self {
        Self {
            changed: true,
            ..Self::new(snapshot)
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

    /// Stores what there is one of under its name: in its row, or in a new one.
    ///
    /// # Errors
    /// When it can't be stored.
    pub fn set<T: Stored>(&mut self, value: T) -> Result<Row<T>, VaultError> {
        match self.snapshot.find::<T>(&value.name())? {
            Some(row) => self.update(&row, value),
            None => self.insert(value),
        }
    }

    /// Makes this the newest of all states up to that generation, which was seen of this vault.
    pub fn rise_above(&mut self, generation: u64) {
        self.generation = self.generation.max(generation.saturating_add(1));
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
