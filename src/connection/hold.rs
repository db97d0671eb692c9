//! Being the only one who refreshes or revokes a connection, and what is true then.
//!
//! The lock is a kernel lock and dies with its holder. So whoever holds it and finds a refresh under
//! way knows that it was cut off: either its answer lies in a rescue file, or the provider may have
//! acted without anybody hearing of it.

use std::time::Duration;

use crate::connection::keep::rescued;
use crate::connection::select::{self, Found};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::lock::{Guard, LockError};
use crate::names::{ConnectionName, ConnectionRef};
use crate::vault::{Action, Outcome, Vault, VaultError};

/// The longest wait for another process that works on the same connection.
pub const LOCK_WAIT: Duration = Duration::from_secs(60);

/// A connection that nobody else refreshes or revokes while this lives.
#[derive(Debug)]
pub(super) struct Held {
    /// The connection, read under the lock.
    pub(super) found: Found,
    /// Its tokens were taken over from a rescue file just now.
    pub(super) adopted: bool,
    /// A refresh was cut off, and its answer is lost.
    pub(super) cut_off: bool,
    /// The vault's lock, shared, and the connection's.
    pub(super) locks: (Guard, Guard),
}

/// Takes the locks, waiting at most `wait` for the connection's, and reads again.
///
/// # Errors
/// When there is no such connection, or a lock can't be had: then nothing may be sent.
pub(super) fn hold(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
    wait: Duration,
) -> Result<Held, ConnectionError> {
    let asked = ConnectionRef::Exact(name.clone());
    let read = |vault: &Vault| vault.read(|snapshot| select::find(snapshot, &asked));
    let mut row = read(vault)?.row.id;
    // What lies beside a vault that was set back may be newer than the vault, and is not touched.
    vault.refuse_untrusted()?;
    loop {
        let shared = vault
            .lock_shared(LOCK_WAIT)
            .map_err(|error| no_lock(name, error))?;
        let own = vault
            .lock_connection(row, wait)
            .map_err(|error| no_lock(name, error))?;
        let found = read(vault)?;
        if found.row.id != row {
            // Revoked and connected anew while this one waited: another row, another lock.
            row = found.row.id;
            continue;
        }
        let adopted = adopt(vault, world, &found)?;
        let was_adopted = adopted.is_some();
        let found = adopted.unwrap_or(found);
        let cut_off = found.connection.state.intent().is_some();
        return Ok(Held {
            found,
            adopted: was_adopted,
            cut_off,
            locks: (shared, own),
        });
    }
}

fn no_lock(name: &ConnectionName, error: VaultError) -> ConnectionError {
    let name = name.clone();
    if matches!(error, VaultError::Lock(LockError::TimedOut { .. })) {
        ConnectionError::LockTimeout { name }
    } else if matches!(error, VaultError::Lock(LockError::Stopped { .. })) {
        ConnectionError::Stopped
    } else {
        ConnectionError::NoLock {
            name,
            source: error,
        }
    }
}

/// Takes over what an earlier process saved beside the vault because the vault didn't take it.
fn adopt(
    vault: &mut Vault,
    world: World<'_>,
    found: &Found,
) -> Result<Option<Found>, ConnectionError> {
    let Some(intent) = found.connection.state.intent() else {
        // One whose writer died after its commit is empty: it takes room and nothing else.
        let _ = vault.remove_stray_rescues(found.row.id, world.state);
        return Ok(None);
    };
    let what = rescued(&found.row, intent.id);
    let saved = match vault.find_rescue(what, world.state) {
        // Cut off while it was written: there is nothing to take over.
        Err(VaultError::Tampered { .. }) => None,
        read => read?,
    };
    let Some(bytes) = saved else {
        // What the attempt that was cut off had reserved is of no use any more. It may lie where
        // nothing can be removed now; the vault is what counts.
        let _ = vault.remove_rescue(what, world.state);
        return Ok(None);
    };
    let stored = StoredConnection::from_rescue(&bytes)?;
    let mut event = world.event(Action::Refresh, &found.connection.name, Outcome::Done);
    event.detail = Some("taken over from a rescue file".to_owned());
    let row = vault.mutate(|writer| {
        writer.log(&event)?;
        writer.update(&found.row, stored.clone())
    })?;
    vault.remove_rescue(what, world.state)?;
    Found::read(row).map(Some)
}
