//! Putting a sealed checkpoint in the place of old audit events.
//!
//! The checkpoint stands where the last event stood that it replaces and keeps its link of the
//! chain, so the chain goes on from it unbroken.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::error::{VaultError, sqlite, tampered};
use super::head::Mark;
use super::keys::{Hash, Keys};
use super::record::padded_json;
use super::snapshot::Snapshot;
use super::verify::fault;
use super::writer::Writer;
use super::{audit, number, seal};
use crate::moment::Timestamp;
use crate::names::hex;

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

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredCheckpoint {
    v: u32,
    pub(super) count: u64,
    pub(super) hash: Hash,
    from: i64,
    to: i64,
}

impl StoredCheckpoint {
    pub(super) fn mark(&self) -> Mark {
        Mark {
            count: self.count,
            hash: self.hash,
        }
    }

    pub(super) fn public(&self) -> Checkpoint {
        Checkpoint {
            count: self.count,
            hash: hex(&self.hash),
            from: Timestamp::from_unix_millis(self.from),
            to: Timestamp::from_unix_millis(self.to),
        }
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

/// The checkpoint that stands at `first`; `None` while nothing was pruned.
pub(super) fn load_checkpoint(
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

/// Seals the checkpoint at `first` anew; the place in the log where it stands.
pub(super) fn reseal_checkpoint(
    connection: &Connection,
    old: &Keys,
    keys: &Keys,
    first: u64,
) -> Result<Option<Mark>, VaultError> {
    let Some(stored) = load_checkpoint(connection, old, first)? else {
        return Ok(None);
    };
    store_checkpoint(connection, keys, &stored)?;
    Ok(Some(stored.mark()))
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
    use super::super::{Action, Vault, VaultError};
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
        vault.save_anchor().unwrap();
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
