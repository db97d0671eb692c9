//! Whether the audit log is whole.

use rusqlite::Connection;
use thiserror::Error;

use super::anchor::Anchor;
use super::audit::{self, NOTHING, link};
use super::error::{VaultError, sqlite};
use super::head::Mark;
use super::keys::{Hash, Keys};
use super::number;
use super::open::Vault;
use super::prune::{Checkpoint, StoredCheckpoint, load_checkpoint};
use super::snapshot::Snapshot;
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

/// Where the audit log stops being what was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the audit log is broken at event {seq}: {what}")]
pub struct AuditFault {
    /// The event.
    pub seq: u64,
    /// What is wrong with it.
    pub what: &'static str,
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
        let mut mark = checkpoint.as_ref().map_or(NOTHING, StoredCheckpoint::mark);
        // An anchor from before a prune says nothing about what is left.
        let anchored = anchor
            .map(|anchor| anchor.mark)
            .filter(|point| point.count >= mark.count);
        let points: Vec<Mark> = anchored.into_iter().chain([self.head.head.mark]).collect();
        check_points(&points, &mark)?;
        let sql = "SELECT seq, mac, sealed FROM audit WHERE seq > ?1 ORDER BY seq";
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .map_err(sqlite(self.connection))?;
        let mut rows = statement
            .query([number::to_sql(mark.count)])
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
        self.report(checkpoint, anchored.is_some())
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
            checkpoint: checkpoint.map(|stored| stored.public()),
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

pub(super) fn fault(seq: u64, what: &'static str) -> AuditFault {
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
