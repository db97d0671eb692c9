//! What is on disk when: SQLite's syncing, and its write-ahead log.

use std::fs;
use std::time::Duration;

use rusqlite::Connection;

use super::database::{Medium, PATIENCE};
use super::error::{VaultError, sqlite, tampered};
use super::open::Vault;
use crate::lock;
use crate::private_file;

/// How many pages the write-ahead log may have: a process that opens the vault reads all of them.
const LOG_PAGES: i64 = 64;

/// The length of a log of so many pages: a header, and each page with its own (file format, section
/// 4.1).
const LOG_BYTES: u64 = 32 + LOG_PAGES.unsigned_abs() * (24 + 4096);

/// How long a reader is waited for. Ours read for milliseconds; another program's may never end.
const READERS_LEAVE: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

impl Vault {
    /// Takes everything out of the write-ahead log and empties it, trying again while somebody reads;
    /// after a revoke, so that superseded tokens leave the disk as far as this program can tell.
    /// Others may write in between: SQLite's own waiting would keep them out all the time.
    ///
    /// # Errors
    /// [`VaultError::Busy`] when a reader stayed for 5 s, or a signal came.
    pub fn checkpoint_truncate(&self) -> Result<(), VaultError> {
        self.truncate_within(READERS_LEAVE)
    }

    pub(super) fn truncate_within(&self, patience: Duration) -> Result<(), VaultError> {
        if self.medium != Medium::Local {
            return Ok(());
        }
        set_synchronous(&self.connection, FULL)?;
        self.set_patience(Duration::ZERO)?;
        let emptied = lock::retry(patience, BETWEEN_TRIES, || {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            let busy = self
                .connection
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .map_err(sqlite(&self.connection))?;
            Ok::<_, VaultError>(busy == 0)
        });
        self.set_patience(PATIENCE)?;
        if emptied? {
            Ok(())
        } else {
            Err(VaultError::Busy)
        }
    }

    /// Empties a log that grew past its limit, unless that had to wait. It must be emptied and not
    /// only copied: how much of it was copied is known only while some process has the vault open,
    /// so the next one would start with the whole log again.
    pub(super) fn trim_log(&self) {
        if self.medium != Medium::Local {
            return;
        }
        let checkpoint = |sql: &str| {
            self.connection
                .query_row(sql, [], |row| row.get::<_, i64>(1))
        };
        // What was committed stays committed, so nothing that fails here is worth an error: the
        // next commit tries again. The file's length says at once that the log is a short one; a
        // long file may hold a log that was begun anew.
        if self.log_may_be_long()
            && checkpoint("PRAGMA wal_checkpoint(NOOP)").is_ok_and(|pages| pages > LOG_PAGES)
            && self.set_patience(Duration::ZERO).is_ok()
        {
            let _ = checkpoint("PRAGMA wal_checkpoint(TRUNCATE)");
            let _ = self.set_patience(PATIENCE);
        }
    }

    fn log_may_be_long(&self) -> bool {
        let log = private_file::with_suffix(&self.path, "-wal");
        fs::metadata(log).map_or(true, |log| log.len() > LOG_BYTES)
    }

    /// Moves what the log holds into the file before this process's first mutation. Done before
    /// rather than after it: the first write into a log that was emptied syncs, and that should be
    /// a mutation and not a hand-out.
    pub(super) fn merge_log(&self) -> Result<(), VaultError> {
        if self.medium != Medium::Local {
            return Ok(());
        }
        set_synchronous(&self.connection, FULL)?;
        self.connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .map_err(sqlite(&self.connection))
    }

    /// Does something that waits for SQLite's locks at most so long.
    pub fn waiting_at_most<T>(
        &mut self,
        patience: Duration,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        // A setting that is not taken changes how long is waited and nothing else.
        let _ = self.set_patience(patience);
        let done = work(self);
        let _ = self.set_patience(PATIENCE);
        done
    }

    pub(super) fn set_patience(&self, patience: Duration) -> Result<(), VaultError> {
        self.connection
            .busy_timeout(patience)
            .map_err(sqlite(&self.connection))
    }
}

/// SQLite's numbers of `synchronous`.
pub(super) const FULL: i64 = 2;
pub(super) const NORMAL: i64 = 1;

/// Sets how commits are synced, outside of any transaction, and reads it back: inside one SQLite
/// would ignore it without a word.
pub(super) fn set_synchronous(connection: &Connection, level: i64) -> Result<(), VaultError> {
    let read = || connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0));
    let set = || {
        connection.pragma_update(None, "synchronous", level)?;
        read()
    };
    if set().map_err(sqlite(connection))? == level {
        Ok(())
    } else {
        Err(tampered("SQLite does not take its durability setting"))
    }
}
