//! What interrupted connects left behind.

use std::time::Duration;

use crate::connection::connect::{UNCONFIRMED, place};
use crate::connection::hold::LOCK_WAIT;
use crate::connection::keep::{random_id, rescued};
use crate::connection::records::{StoredConsent, StoredPending};
use crate::connection::state::{Connection, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::moment::Timestamp;
use crate::names::ConnectionName;
use crate::vault::{Action, Outcome, Row, Vault, VaultError};

/// A connect that was cut off after its code was sent.
#[derive(Debug)]
pub struct CutOff {
    /// At which provider.
    pub provider: String,
    /// With which client.
    pub client_id: String,
    /// When it was begun.
    pub started: Timestamp,
    /// The connection, where its tokens could be taken from a rescue file.
    pub adopted: Option<ConnectionName>,
    /// It replaces a grant that was to be revoked, which the provider never confirmed.
    pub dropped_revocation: bool,
}

/// Settles what earlier connects left: takes over their rescue files, and forgets those that got
/// nothing, reporting each.
///
/// # Errors
/// When the vault refuses.
pub fn settle(vault: &mut Vault, world: World<'_>) -> Result<Vec<CutOff>, ConnectionError> {
    let rows = vault.read(|snapshot| snapshot.group::<StoredPending>(StoredPending::GROUP))?;
    let mut settled = Vec::new();
    for row in rows {
        // Whoever works on it holds its lock.
        let Ok(_lock) = vault.lock_connection(row.id, Duration::ZERO) else {
            continue;
        };
        let still_there = vault.read(|snapshot| snapshot.get::<StoredPending>(row.id))?;
        if still_there.is_none_or(|now| now.version != row.version) {
            continue; // its owner finished while this one waited for its turn
        }
        settled.extend(settle_one(vault, world, &row)?);
    }
    // They hold nothing that the vault does not have; one that can't be removed only takes room.
    let _ = vault.remove_orphaned_rescues(world.state);
    Ok(settled)
}

fn settle_one(
    vault: &mut Vault,
    world: World<'_>,
    row: &Row<StoredPending>,
) -> Result<Option<CutOff>, ConnectionError> {
    let what = rescued(row, row.value.id()?);
    let saved = match vault.find_rescue(what, world.state) {
        // Cut off while it was written: there is nothing to take over.
        Err(VaultError::Tampered { .. }) => None,
        read => read?,
    };
    let saved = match saved {
        Some(bytes) => Some(Connection::try_from(&StoredConnection::from_rescue(
            &bytes,
        )?)?),
        None => None,
    };
    // As when it is stored the usual way: whoever refreshes the grant that this one replaces must
    // not write over it.
    let replaced = match &saved {
        Some(grant) => vault
            .read(|snapshot| place::find(snapshot, grant, None))?
            .row(),
        None => None,
    };
    let _lock = match replaced {
        Some(row) => match vault.lock_connection(row, LOCK_WAIT) {
            Ok(lock) => Some(lock),
            // The next connect settles it.
            Err(VaultError::Lock(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    let consent = random_id()?;
    let (adopted, dropped_revocation) = vault.mutate(|writer| {
        let mut event = world.bare_event(Action::Connect, Outcome::Failed);
        event.connection = Some(row.value.provider().to_owned());
        event.detail = Some("cut off after the code was sent".to_owned());
        let mut adopted = None;
        let mut dropped_revocation = false;
        if let Some(grant) = &saved {
            let place = place::find(writer, grant, None)?;
            if place.row() != replaced {
                return Err(VaultError::Conflict.into());
            }
            let connection = place::put(writer, &place, grant)?;
            event.outcome = Outcome::Done;
            event.connection = Some(connection.name.to_string());
            let mut detail = "taken over from a rescue file".to_owned();
            let replaced = place.existing.map(|found| found.connection.state);
            if matches!(replaced, Some(State::Revoking { .. })) {
                dropped_revocation = true;
                detail = format!("{detail}; {UNCONFIRMED}");
            }
            event.detail = Some(detail);
            writer.insert(StoredConsent::new(consent, &connection, event.at))?;
            adopted = Some(connection.name);
        }
        writer.log(&event)?;
        writer.delete(row)?;
        Ok::<_, ConnectionError>((adopted, dropped_revocation))
    })?;
    vault.remove_rescue(what, world.state)?;
    Ok(Some(CutOff {
        provider: row.value.provider().to_owned(),
        client_id: row.value.client_id().to_owned(),
        started: row.value.started(),
        adopted,
        dropped_revocation,
    }))
}
