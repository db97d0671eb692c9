//! Bringing back what a backup holds into a vault that stands.
//!
//! A backup is the past: its refresh tokens may have been spent since. So nothing here is replaced by
//! something older. What the vault lacks comes back, and what is newer stays; the log, the key and who
//! can open the vault are not the backup's to say.

use crate::connection::hold::LOCK_WAIT;
use crate::connection::records::{StoredClient, StoredConsent};
use crate::connection::replaced::StoredReplaced;
use crate::connection::rollback::rotates;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, State, Unseen};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::ConnectionName;
use crate::vault::{Action, Outcome, Snapshot, Stored, Vault, VaultError, Writer};

/// What came of it.
#[derive(Debug, Default)]
pub struct Restored {
    /// Connections that are there again.
    pub back: Vec<ConnectionName>,
    /// Connections of which the vault has a state of its own, which stays.
    pub kept: Vec<ConnectionName>,
    /// Client registrations that are there again.
    pub clients: usize,
    /// Connections of the vault's own that may have been spent since: it is older than the backup.
    pub suspects: Vec<ConnectionName>,
}

/// Everything that comes back, as the backup has it.
struct Backup {
    connections: Vec<Found>,
    clients: Vec<StoredClient>,
    consents: Vec<StoredConsent>,
    replaced: Vec<StoredReplaced>,
}

/// Takes over what `backup` has and `vault` lacks, in one transaction.
///
/// # Errors
/// When either can't be read, or the vault refuses.
pub fn restore(
    vault: &mut Vault,
    backup: &Vault,
    world: World<'_>,
) -> Result<Restored, ConnectionError> {
    let _alone = vault.lock_exclusive(LOCK_WAIT)?;
    let (from, generation) = backup.read(|snapshot| {
        let backup = Backup {
            connections: select::all(snapshot)?,
            clients: values(snapshot)?,
            consents: values(snapshot)?,
            replaced: values(snapshot)?,
        };
        Ok::<_, ConnectionError>((backup, snapshot.generation()))
    })?;
    let now = vault.read(|snapshot| Ok::<_, VaultError>(snapshot.generation()))?;
    let mut event = world.bare_event(Action::Restore, Outcome::Done);
    event.detail = Some(format!(
        "from a backup of change {generation} into the vault of change {now}"
    ));
    vault.mutate(|writer| {
        writer.rise_above(generation);
        let mut restored = take(writer, from, world)?;
        if generation > now {
            // The vault was set back itself: what it holds may have been spent since.
            restored.suspects = suspect_all(writer, &restored.back, world)?;
        }
        writer.log(&event)?;
        Ok(restored)
    })
}

fn values<T: Stored>(snapshot: &Snapshot<'_>) -> Result<Vec<T>, VaultError> {
    let mut values = Vec::new();
    for row in snapshot.all()? {
        values.push(row.value);
    }
    Ok(values)
}

fn take(
    writer: &mut Writer<'_>,
    from: Backup,
    world: World<'_>,
) -> Result<Restored, ConnectionError> {
    let mut restored = Restored::default();
    for found in from.connections {
        let name = found.connection.name.clone();
        let here = writer.find::<StoredConnection>(&name.to_string())?;
        if let Some(row) = here {
            let here = Found::read(row)?;
            match newer(&here.connection, &found.connection, world) {
                None => restored.kept.push(name),
                Some(state) => {
                    let connection = Connection {
                        state,
                        ..found.connection
                    };
                    writer.update(&here.row, StoredConnection::from(&connection))?;
                    restored.back.push(name);
                }
            }
        } else if let Some(state) = as_of_then(&found.connection, world) {
            let connection = Connection {
                state,
                ..found.connection
            };
            writer.insert(StoredConnection::from(&connection))?;
            restored.back.push(name);
        }
    }
    for client in from.clients {
        restored.clients += usize::from(client.take_in(writer)?);
    }
    for consent in from.consents {
        take_one(writer, consent)?;
    }
    for replaced in from.replaced {
        take_one(writer, replaced)?;
    }
    Ok(restored)
}

/// What the backup has of a connection that is here, where that is the same account's and newer.
fn newer(here: &Connection, then: &Connection, world: World<'_>) -> Option<State> {
    let replaceable = matches!(
        here.state,
        State::Active(_) | State::Refreshing { .. } | State::Suspect(_) | State::NeedsLogin { .. }
    );
    let usable = then.state.usable().is_some();
    if here.subject != then.subject || !replaceable || !usable || !then.is_newer_than(here) {
        return None;
    }
    as_of_then(then, world)
}

fn suspect_all(
    writer: &mut Writer<'_>,
    back: &[ConnectionName],
    world: World<'_>,
) -> Result<Vec<ConnectionName>, ConnectionError> {
    let mut suspects = Vec::new();
    for found in select::all(writer)? {
        let mut connection = found.connection;
        let (State::Active(set) | State::Refreshing { set, .. }) = &connection.state else {
            continue;
        };
        if back.contains(&connection.name) || !rotates(&connection, set, world) {
            continue;
        }
        connection.state = State::Suspect(set.clone());
        writer.update(&found.row, StoredConnection::from(&connection))?;
        suspects.push(connection.name);
    }
    Ok(suspects)
}

fn take_one<T: Stored>(writer: &mut Writer<'_>, value: T) -> Result<(), VaultError> {
    if writer.find::<T>(&value.name())?.is_none() {
        writer.insert(value)?;
    }
    Ok(())
}

/// The state that a connection of the past comes back in; none for what had left that vault.
fn as_of_then(connection: &Connection, world: World<'_>) -> Option<State> {
    let set = connection.state.set()?;
    Some(match &connection.state {
        State::Revoking { set, .. } => State::Revoking {
            set: set.clone(),
            intent: None,
            unseen: Some(Unseen::SetBack),
        },
        State::NeedsLogin { .. } => connection.state.clone(),
        State::Active(_) | State::Refreshing { .. } | State::Suspect(_) | State::Moved => {
            if rotates(connection, set, world) {
                State::Suspect(set.clone())
            } else {
                State::Active(set.clone())
            }
        }
    })
}
