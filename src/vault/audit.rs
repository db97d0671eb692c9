//! The audit log: a chain of keyed MACs over sealed events.
//!
//! Each link covers the one before, the sequence number and the sealed event, so an edited,
//! inserted, reordered or missing event breaks it. The key comes from the vault key: whoever holds
//! that can write a new history since the last anchor that lies elsewhere.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::{VaultError, sqlite, tampered};
use super::event::{Action, Event, Logged, Outcome};
use super::head::{AuditHead, Mark};
use super::keys::{Hash, Keys, mac};
use super::{number, seal};

/// An empty log, before the first event.
pub(super) const NOTHING: Mark = Mark {
    count: 0,
    hash: [0; 32],
};

/// How many events are read at once.
const PAGE: i64 = 256;

/// Appends an event; before the first one of another boot comes a note that the machine stopped,
/// because hand-outs are committed without waiting for the disk.
pub(super) fn append(
    connection: &Connection,
    keys: &Keys,
    head: &mut AuditHead,
    event: &Event,
) -> Result<(), VaultError> {
    let boot = event.boot.as_ref().map(|boot| boot.id.as_str());
    if boot.is_some() && boot != head.boot.as_deref() {
        if head.boot.is_some() {
            append_one(connection, keys, head, &tail_may_be_lost(event))?;
        }
        head.boot = boot.map(str::to_owned);
    }
    append_one(connection, keys, head, event)
}

fn tail_may_be_lost(event: &Event) -> Event {
    Event {
        at: event.at,
        boot: event.boot.clone(),
        action: Action::TailMayBeLost,
        connection: None,
        scopes: Vec::new(),
        outcome: Outcome::Done,
        error_code: None,
        detail: None,
        token: None,
        caller: event.caller.clone(),
    }
}

fn append_one(
    connection: &Connection,
    keys: &Keys,
    head: &mut AuditHead,
    event: &Event,
) -> Result<(), VaultError> {
    let seq = head.mark.count.saturating_add(1);
    let sealed = seal::seal(
        &keys.event,
        &place(keys, &seq.to_be_bytes()),
        &event.text()?,
    )?;
    let hash = link(keys, &head.mark.hash, seq, &sealed);
    insert(connection, seq, &hash, &sealed)?;
    head.mark = Mark { count: seq, hash };
    Ok(())
}

pub(super) fn insert(
    connection: &Connection,
    seq: u64,
    hash: &Hash,
    sealed: &[u8],
) -> Result<(), VaultError> {
    connection
        .prepare_cached("INSERT INTO audit (seq, mac, sealed) VALUES (?1, ?2, ?3)")
        .and_then(|mut statement| statement.execute(params![number::to_sql(seq), hash, sealed]))
        .map(|_| ())
        .map_err(sqlite(connection))
}

/// The chain's MAC over event `seq`.
pub(super) fn link(keys: &Keys, before: &Hash, seq: u64, sealed: &[u8]) -> Hash {
    mac(
        &keys.chain,
        &[&keys.vault.0, before, &seq.to_be_bytes(), sealed],
    )
}

/// The associated data of event `seq`.
pub(super) fn place<'a>(keys: &'a Keys, seq: &'a [u8; 8]) -> [&'a [u8]; 3] {
    [&keys.vault.0, b"audit", seq]
}

/// Opens one event.
pub(super) fn open_event(keys: &Keys, seq: u64, sealed: &[u8]) -> Result<Event, VaultError> {
    seal::open(&keys.event, &place(keys, &seq.to_be_bytes()), sealed)
        .and_then(|text| Event::read(&text))
        .ok_or_else(|| tampered(format!("audit event {seq} does not authenticate")))
}

/// The chain's MAC that stands at `seq`.
pub(super) fn stored_link(connection: &Connection, seq: u64) -> Result<Option<Hash>, VaultError> {
    connection
        .prepare_cached("SELECT mac FROM audit WHERE seq = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([number::to_sql(seq)], |row| row.get(0))
                .optional()
        })
        .map_err(sqlite(connection))
}

/// The events of a snapshot, oldest first, a page at a time.
pub struct Events<'a> {
    connection: &'a Connection,
    keys: &'a Keys,
    /// The next sequence number.
    next: u64,
    last: u64,
    page: std::vec::IntoIter<(u64, Vec<u8>)>,
    failed: bool,
}

impl<'a> Events<'a> {
    pub(super) fn new(connection: &'a Connection, keys: &'a Keys, first: u64, last: u64) -> Self {
        Self {
            connection,
            keys,
            next: first,
            last,
            page: Vec::new().into_iter(),
            failed: false,
        }
    }

    fn step(&mut self) -> Result<Option<Logged>, VaultError> {
        if self.next > self.last {
            return Ok(None);
        }
        if self.page.len() == 0 {
            self.page = self.load()?.into_iter();
        }
        let seq = self.next;
        let (found, sealed) = self
            .page
            .next()
            .ok_or_else(|| tampered(format!("audit event {seq} is missing")))?;
        if found != seq {
            return Err(tampered(format!("audit event {seq} is missing")));
        }
        self.next = seq.saturating_add(1);
        let event = open_event(self.keys, seq, &sealed)?;
        Ok(Some(Logged { seq, event }))
    }

    fn load(&self) -> Result<Vec<(u64, Vec<u8>)>, VaultError> {
        self.connection
            .prepare_cached("SELECT seq, sealed FROM audit WHERE seq >= ?1 ORDER BY seq LIMIT ?2")
            .and_then(|mut statement| {
                statement
                    .query_map(params![number::to_sql(self.next), PAGE], |row| {
                        Ok((number::from_row(row, 0)?, row.get(1)?))
                    })?
                    .collect()
            })
            .map_err(sqlite(self.connection))
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Logged, VaultError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let step = self.step();
        self.failed = step.is_err();
        step.transpose()
    }
}

/// The sequence number of the oldest event that is still there.
pub(super) fn first_event(head: &AuditHead) -> u64 {
    // A checkpoint stands in the place of the last event that it replaced.
    if head.first == 1 {
        1
    } else {
        head.first.saturating_add(1)
    }
}
