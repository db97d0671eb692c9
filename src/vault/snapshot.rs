//! One verified state of the vault.
//!
//! Heads, directory and bodies are read in one SQLite snapshot, so they belong together. Nothing
//! is believed before the head's MACs were compared.

use std::cmp::Ordering;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};
use subtle::ConstantTimeEq;

use super::audit::{self, Events};
use super::database::check_schema;
use super::directory::{Directory, Entry, Label};
use super::error::{VaultError, sqlite, tampered};
use super::head::{AuditHead, Head, SealedHead};
use super::header::Header;
use super::keys::{Hash, Keys};
use super::recipients;
use super::record::{self, Row, RowId, Stored};
use crate::ordered;

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

    /// Whether there is a record of that name.
    pub(super) fn has<T: Stored>(&self, name: &str) -> bool {
        self.directory.named(self.keys, T::KIND, name).is_some()
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

    /// The ids of all rows.
    pub(super) fn row_ids(&self) -> std::collections::BTreeSet<i64> {
        ordered::set(self.directory.entries().iter().map(|entry| entry.id))
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
