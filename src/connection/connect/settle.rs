//! What interrupted connects left behind.

use std::time::Duration;

use crate::connection::connect::{Replaced, hold_place, place, put_in_place};
use crate::connection::hold::LOCK_WAIT;
use crate::connection::keep::{random_id, rescued};
use crate::connection::records::StoredPending;
use crate::connection::replaced::Away;
use crate::connection::state::Connection;
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
    pub adopted: Option<Adopted>,
}

/// What was taken over.
#[derive(Debug)]
pub struct Adopted {
    /// Under which name.
    pub name: ConnectionName,
    /// What it took the place of.
    pub replaced: Replaced,
    /// What it took the place of, now or before, and is in other vaults.
    pub away: Away,
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
    let wanted = row.value.account()?;
    // As when it is stored the usual way: whoever refreshes the grant that this one replaces must
    // not write over it.
    let held = match &saved {
        Some(grant) => match hold_place(vault, world, grant, wanted.as_ref(), LOCK_WAIT) {
            Ok(held) => held,
            // The next connect settles it.
            Err(ConnectionError::LockTimeout { .. }) => return Ok(None),
            Err(error) => return Err(error),
        },
        None => None,
    };
    let ids = (random_id()?, random_id()?);
    let adopted = vault.mutate(|writer| {
        let adopted = if let Some(grant) = &saved {
            let place = place::find(writer, grant, wanted.as_ref())?;
            if place.row() != held.as_ref().map(|held| held.found.row.id) {
                return Err(VaultError::Conflict.into());
            }
            let (put, mut event) = put_in_place(writer, world, place, grant, ids)?;
            let mut detail = "taken over from a rescue file".to_owned();
            if let Some(words) = put.replaced.words() {
                detail = format!("{detail}; {words}");
            }
            event.detail = Some(detail);
            writer.log(&event)?;
            Some(Adopted {
                name: put.connection.name,
                replaced: put.replaced,
                away: put.earlier.away,
            })
        } else {
            let mut event = world.bare_event(Action::Connect, Outcome::Failed);
            event.connection = Some(row.value.provider().to_owned());
            event.detail = Some("cut off; its code may have been sent".to_owned());
            writer.log(&event)?;
            None
        };
        writer.delete(row)?;
        Ok::<_, ConnectionError>(adopted)
    })?;
    vault.remove_rescue(what, world.state)?;
    Ok(Some(CutOff {
        provider: row.value.provider().to_owned(),
        client_id: row.value.client_id().to_owned(),
        started: row.value.started(),
        adopted,
    }))
}
