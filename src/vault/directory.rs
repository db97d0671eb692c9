//! The directory: every row's id, version and lookup label, authenticated as one whole.
//!
//! Lookups are made in the directory after its MAC was checked, never by a database index. An
//! index could be edited so that a row seems to be absent or an old one current; a directory whose
//! MAC is right can neither lack a row nor hold an old version, so "not found" is as trustworthy
//! as "found". The bodies lie in a table of their own and only open under the directory's version.

use rusqlite::Connection;

use super::keys::{Hash, Keys, mac, mac_whole, truncated};
use super::number;
use super::record::Kind;

/// Bytes of a label: kind (8), group (16) and name (16), each a truncated keyed hash.
const LABEL: usize = 8 + 16 + 16;

/// What a row is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label(pub(super) [u8; LABEL]);

impl Label {
    pub(super) fn of(keys: &Keys, kind: Kind, group: &str, name: &str) -> Self {
        let mut label = [0; LABEL];
        let parts = Self::kind_part(keys, kind)
            .into_iter()
            .chain(Self::group_part(keys, kind, group))
            .chain(Self::name_part(keys, kind, name));
        for (to, from) in label.iter_mut().zip(parts) {
            *to = from;
        }
        Self(label)
    }

    pub(super) fn kind_part(keys: &Keys, kind: Kind) -> [u8; 8] {
        truncated(&mac(&keys.lookup, &[b"kind", kind.as_str().as_bytes()]))
    }

    pub(super) fn group_part(keys: &Keys, kind: Kind, group: &str) -> [u8; 16] {
        let kind = kind.as_str().as_bytes();
        truncated(&mac(&keys.lookup, &[b"group", kind, group.as_bytes()]))
    }

    pub(super) fn name_part(keys: &Keys, kind: Kind, name: &str) -> [u8; 16] {
        let kind = kind.as_str().as_bytes();
        truncated(&mac(&keys.lookup, &[b"name", kind, name.as_bytes()]))
    }

    pub(super) fn has_kind(&self, part: [u8; 8]) -> bool {
        self.0.starts_with(&part)
    }

    pub(super) fn has_group(&self, part: [u8; 16]) -> bool {
        self.0.get(8..24) == Some(&part)
    }

    pub(super) fn has_name(&self, part: [u8; 16]) -> bool {
        self.0.ends_with(&part)
    }
}

/// One row of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) version: u64,
    pub(super) label: Label,
    pub(super) id_bytes: [u8; 8],
    pub(super) version_bytes: [u8; 8],
}

impl Entry {
    pub(super) fn new(id: i64, version: u64, label: Label) -> Self {
        Self {
            id,
            version,
            label,
            id_bytes: id.to_be_bytes(),
            version_bytes: version.to_be_bytes(),
        }
    }
}

/// All rows, in the order of their ids.
#[derive(Debug, Clone)]
pub(super) struct Directory(Vec<Entry>);

impl Directory {
    /// Reads it as it is; its MAC is compared by who knows the head.
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement =
            connection.prepare_cached("SELECT id, version, label FROM directory ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let version = number::from_row(row, 1)?;
            entries.push(Entry::new(row.get(0)?, version, Label(row.get(2)?)));
        }
        Ok(Self(entries))
    }

    pub(super) fn mac(&self, keys: &Keys) -> Hash {
        let mut input = Vec::with_capacity(self.0.len() * (16 + LABEL));
        for entry in &self.0 {
            input.extend_from_slice(&entry.id_bytes);
            input.extend_from_slice(&entry.version_bytes);
            input.extend_from_slice(&entry.label.0);
        }
        mac_whole(&keys.directory, &input)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.0
    }

    pub(super) fn get(&self, id: i64) -> Option<&Entry> {
        let position = self.0.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.0.get(position)
    }

    /// The entry with that name among its kind.
    pub(super) fn named(&self, keys: &Keys, kind: Kind, name: &str) -> Option<&Entry> {
        let part = Label::name_part(keys, kind, name);
        self.0.iter().find(|entry| entry.label.has_name(part))
    }

    /// The id that a new row gets: above all others, so that the order stays.
    pub(super) fn next_id(&self) -> i64 {
        self.0.last().map_or(1, |entry| entry.id.saturating_add(1))
    }

    /// Adds an entry with [`Self::next_id`], or replaces the one with its id.
    pub(super) fn put(&mut self, entry: Entry) {
        match self.0.binary_search_by_key(&entry.id, |known| known.id) {
            Ok(position) => {
                if let Some(known) = self.0.get_mut(position) {
                    *known = entry;
                }
            }
            Err(position) => self.0.insert(position, entry),
        }
    }

    pub(super) fn remove(&mut self, id: i64) {
        self.0.retain(|entry| entry.id != id);
    }
}
