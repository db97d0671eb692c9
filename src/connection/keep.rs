//! Storing what exists nowhere else: first the room for it, then the vault, at last the room.

use std::time::Duration;

use crate::connection::ConnectionError;
use crate::connection::state::Connection;
use crate::connection::stored::StoredConnection;
use crate::vault::{Rescue, Rescued, Row, Vault, VaultError};

/// The disk space that is taken before a request is sent: several times the largest set that any
/// provider is known to answer.
pub(super) const RESCUE_ROOM: usize = 48 * 1024;

/// How long others are waited for before the rescue file is written.
const AT_FIRST: Duration = Duration::from_millis(10);

/// How often storing is tried while others keep the vault busy; each try waits up to a minute.
const TRIES: u32 = 5;

/// Stores something that exists nowhere else: waits out contention, then falls back to the rescue
/// file.
pub(super) fn keep<T>(
    vault: &mut Vault,
    name: &str,
    next: &'static str,
    mut rescue: Rescue,
    connection: &Connection,
    mut store: impl FnMut(&mut Vault) -> Result<T, ConnectionError>,
) -> Result<T, ConnectionError> {
    let mut tries = 0;
    let failure = loop {
        tries += 1;
        // Nothing is waited for before it is on the disk, wherever that is.
        let stored = if tries == 1 {
            vault.waiting_at_most(AT_FIRST, &mut store)
        } else {
            store(vault)
        };
        match stored {
            Ok(done) => {
                // One that stays is removed by the next refresh of this connection.
                let _ = rescue.remove();
                return Ok(done);
            }
            // A decision, not a failure to store; who brought the token has it still.
            Err(error @ ConnectionError::Taken { .. }) => {
                let _ = rescue.remove();
                return Err(error);
            }
            Err(
                ConnectionError::LockTimeout { .. }
                | ConnectionError::Vault(
                    VaultError::Busy | VaultError::Conflict | VaultError::Lock(_),
                ),
            ) if tries < TRIES => {
                // Not in memory alone while others are waited for.
                let _ = rescue.save(&StoredConnection::from(connection).to_rescue());
            }
            Err(error) => break Box::new(error),
        }
    };
    let name = name.to_owned();
    Err(
        match rescue.save(&StoredConnection::from(connection).to_rescue()) {
            Ok(()) => ConnectionError::Rescued {
                name,
                next,
                path: rescue.path().to_owned(),
                source: failure,
            },
            Err(_) => ConnectionError::Lost {
                name,
                source: failure,
            },
        },
    )
}

/// Names a request's rescue file.
pub(super) fn rescued<T>(row: &Row<T>, intent: [u8; 16]) -> Rescued {
    Rescued {
        row: row.id,
        version: row.version,
        intent,
    }
}

/// Names one attempt.
pub(super) fn random_id() -> Result<[u8; 16], VaultError> {
    let mut id = [0_u8; 16];
    getrandom::fill(&mut id).map_err(VaultError::NoRandomness)?;
    Ok(id)
}
