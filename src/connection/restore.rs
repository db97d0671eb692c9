//! Bringing back what a backup holds into a vault that stands.
//!
//! A backup is the past: its refresh tokens may have been spent since. So nothing here is replaced by
//! something older. What the vault lacks comes back, and what is newer stays; the log, the key and who
//! can open the vault are not the backup's to say.

use crate::connection::records::{StoredClient, StoredConsent};
use crate::connection::replaced::StoredReplaced;
use crate::connection::rollback;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, State};
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
    /// Connections whose refresh tokens may have been spent since: of those that are there again, and
    /// of the vault's own where it is older than the backup.
    pub suspects: Vec<ConnectionName>,
}

/// Everything that comes back, as the backup has it.
struct Backup {
    connections: Vec<Found>,
    clients: Vec<StoredClient>,
    consents: Vec<StoredConsent>,
    replaced: Vec<StoredReplaced>,
}

/// Takes over what `backup` has and `vault` lacks, in one transaction. The caller holds the vault's lock
/// exclusively.
///
/// # Errors
/// When either can't be read, or the vault refuses.
pub fn restore(
    vault: &mut Vault,
    backup: &Vault,
    world: World<'_>,
) -> Result<Restored, ConnectionError> {
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
            let own = suspect_all(writer, &restored.back, world)?;
            restored.suspects.extend(own);
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
        let (here, state) = match here.map(Found::read).transpose()? {
            Some(here) => {
                let Some(state) = newer(&here.connection, &found.connection, world) else {
                    restored.kept.push(name);
                    continue;
                };
                (Some(here), state)
            }
            // What had left that vault stays where it is.
            None if matches!(found.connection.state, State::Moved) => continue,
            None => (None, rollback::set_back(&found.connection, world)),
        };
        if state.is_suspect() {
            restored.suspects.push(name.clone());
        }
        let mut connection = Connection {
            state,
            ..found.connection
        };
        rollback::mark_set_back(&mut connection);
        let stored = StoredConnection::from(&connection);
        match here {
            Some(here) => writer.update(&here.row, stored)?,
            None => writer.insert(stored)?,
        };
        restored.back.push(name);
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
    if here.subject != then.subject || !replaceable || !usable {
        return None;
    }
    // What works here is of the person's last consent here: it gives way to later tokens of that very
    // consent only.
    let works = matches!(here.state, State::Active(_) | State::Refreshing { .. });
    if works && here.issue.of != then.issue.of || !then.is_newer_than(here) {
        return None;
    }
    Some(rollback::set_back(then, world))
}

fn suspect_all(
    writer: &mut Writer<'_>,
    back: &[ConnectionName],
    world: World<'_>,
) -> Result<Vec<ConnectionName>, ConnectionError> {
    let mut suspects = Vec::new();
    for found in select::all(writer)? {
        if back.contains(&found.connection.name) {
            continue;
        }
        let same = found.connection.clone();
        suspects.extend(rollback::go_on(writer, &found, same, false, world)?);
    }
    Ok(suspects)
}

pub(super) fn take_one<T: Stored>(writer: &mut Writer<'_>, value: T) -> Result<(), VaultError> {
    if writer.find::<T>(&value.name())?.is_none() {
        writer.insert(value)?;
    }
    Ok(())
}
