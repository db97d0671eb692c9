//! Going on with a vault that was rolled back, restored or copied.
//!
//! Its refresh tokens may have been used since. Where a provider rotates them, using an old one
//! again looks like theft and ends the live grant, so those connections become suspect.

use crate::connection::hold::LOCK_WAIT;
use crate::connection::select;
use crate::connection::state::State;
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::ConnectionName;
use crate::provider::definition::Rotation;
use crate::vault::{Action, Outcome, Vault};

/// Accepts the vault as it is and names the connections that became suspect.
///
/// # Errors
/// When the vault refuses, or others work with it.
pub fn accept(vault: &mut Vault, world: World<'_>) -> Result<Vec<ConnectionName>, ConnectionError> {
    let _alone = vault.lock_exclusive(LOCK_WAIT)?;
    let event = world.bare_event(Action::AcceptRollback, Outcome::Done);
    vault.accept_rollback(|writer| {
        let mut suspects = Vec::new();
        for found in select::all(writer)? {
            let mut connection = found.connection;
            let (State::Active(set) | State::Refreshing { set, .. }) = &connection.state else {
                continue;
            };
            // A provider that is not defined any more may well have rotated.
            let rotates = world
                .providers
                .get(&connection.name.provider)
                .map_or(true, |definition| {
                    definition.refresh.rotation != Rotation::None
                });
            if set.refresh_token.is_none() || !rotates {
                continue;
            }
            connection.state = State::Suspect(set.clone());
            writer.update(&found.row, StoredConnection::from(&connection))?;
            suspects.push(connection.name);
        }
        writer.log(&event)?;
        Ok(suspects)
    })
}
