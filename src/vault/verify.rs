//! Whether the audit log is whole, and putting a checkpoint in place of its old part.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::anchor::Anchor;
use super::audit::{self, START, link};
use super::error::{VaultError, sqlite, tampered};
use super::head::Mark;
use super::keys::{Hash, Keys};
use super::open::Vault;
use super::record::padded_json;
use super::snapshot::{Snapshot, Writer};
use super::{number, seal};
use crate::moment::Timestamp;
use crate::names::hex;

/// What a whole audit log looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many events there were, those that a checkpoint replaced included.
    pub count: u64,
    /// The oldest event that is still there; above `count` when there is none.
    pub first: u64,
    /// When the oldest event that is still there was logged.
    pub from: Option<Timestamp>,
    /// When the newest event was logged.
    pub to: Option<Timestamp>,
    /// The chain's MAC over the newest event, in hex: write it down to have an anchor of your own.
    pub head: String,
    /// What stands in place of older events.
    pub checkpoint: Option<Checkpoint>,
    /// Whether the log was compared with an anchor. Without one, cutting events off the end that
    /// came after the vault's last change stays unnoticed, and so does setting back the whole file.
    pub anchored: bool,
}

/// What is left of pruned events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many events it stands for, from the first one ever.
    pub count: u64,
    /// The chain's MAC over the last of them, in hex.
    pub hash: String,
    /// When the first of them was logged.
    pub from: Timestamp,
    /// When the last of them was logged.
    pub to: Timestamp,
}

/// Where the audit log stops being what was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the audit log is broken at event {seq}: {what}")]
pub struct AuditFault {
    /// The event.
    pub seq: u64,
    /// What is wrong with it.
    pub what: &'static str,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCheckpoint {
    v: u32,
    count: u64,
    hash: Hash,
    from: i64,
    to: i64,
}

impl Vault {
    /// Follows the whole chain.
    ///
    /// # Errors
    /// [`VaultError::Audit`] with the first event that is not right.
    pub fn verify_audit(&self) -> Result<AuditReport, VaultError> {
        self.read(|snapshot| snapshot.verify_audit(self.anchored.as_ref()))
    }
}

impl Snapshot<'_> {
    pub(super) fn verify_audit(&self, anchor: Option<&Anchor>) -> Result<AuditReport, VaultError> {
        let head = &self.audit;
        let checkpoint = load_checkpoint(self.connection, self.keys, head.first)?;
        let (mut mark, from_checkpoint) = match &checkpoint {
            Some(stored) => {
                let mark = Mark {
                    count: stored.count,
                    hash: stored.hash,
                };
                (mark, true)
            }
            None => (
                Mark {
                    count: 0,
                    hash: START,
                },
                false,
            ),
        };
        let mut points = vec![self.head.head.mark];
        points.extend(anchor.map(|anchor| anchor.mark).filter(|point| {
            // An anchor from before a prune says nothing about what is left.
            !from_checkpoint || point.count >= mark.count
        }));
        check_points(&points, &mark)?;
        let sql = "SELECT seq, mac, sealed FROM audit WHERE seq > ?1 ORDER BY seq";
        let first = if from_checkpoint { head.first } else { 0 };
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .map_err(sqlite(self.connection))?;
        let mut rows = statement
            .query([number::to_sql(first)])
            .map_err(sqlite(self.connection))?;
        while let Some(row) = rows.next().map_err(sqlite(self.connection))? {
            mark = follow(self.keys, &mark, row).map_err(|error| match error {
                Broken::Sqlite(error) => sqlite(self.connection)(error),
                Broken::Chain(fault) => fault.into(),
            })?;
            check_points(&points, &mark)?;
        }
        if mark != head.mark || points.iter().any(|point| point.count > mark.count) {
            return Err(fault(mark.count.saturating_add(1), "it is missing at the end").into());
        }
        if rows_before(self.connection, head.first)? != 0 {
            return Err(fault(head.first, "there are events before the first one").into());
        }
        self.report(checkpoint, anchor.is_some())
    }

    fn report(
        &self,
        checkpoint: Option<StoredCheckpoint>,
        anchored: bool,
    ) -> Result<AuditReport, VaultError> {
        let mark = self.audit.mark;
        let first = audit::first_event(&self.audit);
        let when = |seq: u64| -> Result<Option<Timestamp>, VaultError> {
            if seq < first || seq > mark.count {
                return Ok(None);
            }
            Ok(Some(self.event(seq)?.at))
        };
        Ok(AuditReport {
            count: mark.count,
            first,
            from: when(first)?,
            to: when(mark.count)?,
            head: hex(&mark.hash),
            checkpoint: checkpoint.map(|stored| Checkpoint {
                count: stored.count,
                hash: hex(&stored.hash),
                from: Timestamp::from_unix_millis(stored.from),
                to: Timestamp::from_unix_millis(stored.to),
            }),
            anchored,
        })
    }

    fn event(&self, seq: u64) -> Result<super::Event, VaultError> {
        let sealed: Vec<u8> = self
            .connection
            .prepare_cached("SELECT sealed FROM audit WHERE seq = ?1")
            .and_then(|mut found| found.query_row([number::to_sql(seq)], |row| row.get(0)))
            .map_err(sqlite(self.connection))?;
        audit::open_event(self.keys, seq, &sealed)
    }
}

impl Writer<'_> {
    /// Replaces the events from before `before` by a checkpoint; the caller logs that. Events are
    /// dropped from the oldest on up to the first one that is not older, and never the only one.
    ///
    /// # Errors
    /// [`VaultError::Audit`] when the log is not whole: then nothing may be dropped.
    pub fn prune(&mut self, before: Timestamp) -> Result<Option<Checkpoint>, VaultError> {
        self.snapshot.verify_audit(None)?;
        let Snapshot {
            connection, keys, ..
        } = self.snapshot;
        let old = load_checkpoint(connection, keys, self.snapshot.audit.first)?;
        let mut from = old.map(|old| old.from);
        let mut last = None;
        for logged in self.snapshot.events() {
            let logged = logged?;
            if logged.event.at >= before {
                break;
            }
            from = from.or(Some(logged.event.at.unix_millis()));
            last = Some((logged.seq, logged.event.at));
        }
        let (Some(from), Some((count, to))) = (from, last.filter(|(count, _)| *count > 1)) else {
            return Ok(None);
        };
        let hash = audit::stored_link(connection, count)?
            .ok_or_else(|| tampered("an audit event vanished"))?;
        let stored = StoredCheckpoint {
            v: 1,
            count,
            hash,
            from,
            to: to.unix_millis(),
        };
        store_checkpoint(connection, keys, &stored)?;
        self.snapshot.audit.first = count;
        Ok(Some(Checkpoint {
            count,
            hash: hex(&hash),
            from: Timestamp::from_unix_millis(from),
            to,
        }))
    }
}

enum Broken {
    Sqlite(rusqlite::Error),
    Chain(AuditFault),
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// One step along the chain.
fn follow(keys: &Keys, before: &Mark, row: &rusqlite::Row<'_>) -> Result<Mark, Broken> {
    let seq = number::from_row(row, 0)?;
    let wanted = before.count.saturating_add(1);
    if seq != wanted {
        return Err(Broken::Chain(fault(wanted, "it is missing")));
    }
    let hash: Hash = row.get(1)?;
    let sealed = row
        .get_ref(2)?
        .as_blob()
        .map_err(|_| Broken::Chain(fault(seq, "it is not sealed")))?;
    if link(keys, &before.hash, seq, sealed) != hash {
        return Err(Broken::Chain(fault(seq, "it was changed")));
    }
    Ok(Mark { count: seq, hash })
}

/// Whether the chain passes through the places that are known from elsewhere.
fn check_points(points: &[Mark], mark: &Mark) -> Result<(), AuditFault> {
    match points.iter().find(|point| point.count == mark.count) {
        Some(point) if point.hash != mark.hash => Err(fault(
            mark.count,
            "it is not the event that was there before",
        )),
        _ => Ok(()),
    }
}

fn fault(seq: u64, what: &'static str) -> AuditFault {
    AuditFault { seq, what }
}

fn rows_before(connection: &Connection, first: u64) -> Result<i64, VaultError> {
    connection
        .query_row(
            "SELECT count(*) FROM audit WHERE seq < ?1",
            [number::to_sql(first)],
            |row| row.get(0),
        )
        .map_err(sqlite(connection))
}

/// The checkpoint that stands at `first`; `None` while nothing was pruned.
fn load_checkpoint(
    connection: &Connection,
    keys: &Keys,
    first: u64,
) -> Result<Option<StoredCheckpoint>, VaultError> {
    if first <= 1 {
        return Ok(None);
    }
    let broken = || fault(first, "the checkpoint in its place is not right");
    let sql = "SELECT mac, sealed FROM audit WHERE seq = ?1";
    let (mac, sealed): (Hash, Vec<u8>) = connection
        .prepare_cached(sql)
        .and_then(|mut found| {
            found.query_row([number::to_sql(first)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
        })
        .map_err(|_| broken())?;
    let text =
        seal::open(&keys.event, &place(keys, &first.to_be_bytes()), &sealed).ok_or_else(broken)?;
    let stored: StoredCheckpoint = serde_json::from_slice(&text).map_err(|_| broken())?;
    if stored.v == 1 && stored.count == first && stored.hash == mac {
        Ok(Some(stored))
    } else {
        Err(broken().into())
    }
}

fn store_checkpoint(
    connection: &Connection,
    keys: &Keys,
    stored: &StoredCheckpoint,
) -> Result<(), VaultError> {
    let text = padded_json(stored)?;
    let sealed = seal::seal(
        &keys.event,
        &place(keys, &stored.count.to_be_bytes()),
        &text,
    )?;
    connection
        .execute(
            "DELETE FROM audit WHERE seq <= ?1",
            params![number::to_sql(stored.count)],
        )
        .map_err(sqlite(connection))?;
    audit::insert(connection, stored.count, &stored.hash, &sealed)
}

/// The associated data of a checkpoint: never that of an event.
fn place<'a>(keys: &'a Keys, seq: &'a [u8; 8]) -> [&'a [u8]; 3] {
    [&keys.vault.0, b"audit checkpoint", seq]
}

#[cfg(test)]
mod tests {
    use super::super::sample::{World, event};
    use super::super::{Action, VaultError};
    use super::*;

    fn log(vault: &mut Vault, at: i64) {
        let mut event = event(Action::HandOut, "b");
        event.at = Timestamp::from_unix_millis(at);
        vault.hand_out(|hand_out| hand_out.log(&event)).unwrap();
    }

    #[test]
    fn prune_seals_a_checkpoint_and_the_chain_goes_on() {
        let world = World::new();
        let mut vault = world.open();
        let new = 1_795_000_000_000;
        // The first event is of `new`, so that nothing is older than it at first.
        let prune = |vault: &mut Vault, before: i64| {
            vault
                .mutate(|writer| {
                    let pruned = writer.prune(Timestamp::from_unix_millis(before))?;
                    writer.log(&event(Action::Prune, "b"))?;
                    Ok::<_, VaultError>(pruned)
                })
                .unwrap()
        };
        assert_eq!(prune(&mut vault, new), None);
        for second in 1..=10 {
            log(&mut vault, new + second * 1000);
        }
        let pruned = prune(&mut vault, new + 6_000).unwrap();
        assert_eq!(pruned.count, 7);
        assert_eq!(pruned.from.unix_millis(), new);
        let report = vault.verify_audit().unwrap();
        assert_eq!((report.count, report.first), (13, 8));
        assert_eq!(report.checkpoint, Some(pruned));
        assert_eq!(
            vault
                .read(|s| Ok::<_, VaultError>(s.events().count()))
                .unwrap(),
            6
        );
        let again = prune(&mut vault, new + 8_000).unwrap();
        assert_eq!((again.count, again.from.unix_millis()), (9, new));
        drop(vault);
        let vault = world.open();
        assert_eq!(vault.verify_audit().unwrap().count, 14);
        assert!(vault.verify_audit().unwrap().anchored);
    }

    #[test]
    fn a_changed_checkpoint_is_noticed() {
        let world = World::new();
        let mut vault = world.open();
        log(&mut vault, 1);
        log(&mut vault, 2);
        let pruned = vault.mutate(|w| w.prune(Timestamp::from_unix_millis(i64::MAX)));
        assert_eq!(pruned.unwrap().unwrap().count, 3);
        assert_eq!(vault.verify_audit().unwrap().first, 4);
        log(&mut vault, 3);
        vault.verify_audit().unwrap();
        world
            .raw()
            .execute_batch("UPDATE audit SET mac = zeroblob(32) WHERE seq = 3")
            .unwrap();
        let noticed = vault.verify_audit();
        assert!(noticed.is_err(), "{noticed:?}");
    }
}
