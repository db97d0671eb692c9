//! Bringing back what a backup holds into a vault that stands.
//!
//! A backup is the past: its refresh tokens may have been spent since. So nothing here is replaced by
//! something older. What the vault lacks comes back, and what is newer stays; the log, the key and who
//! can open the vault are not the backup's to say.

use std::collections::BTreeMap;

use crate::connection::connect::free_name;
use crate::connection::keep::random_id;
use crate::connection::meeting::{self, GoesOn};
use crate::connection::records::{StoredClient, StoredConsent};
use crate::connection::replaced::{self, StoredReplaced};
use crate::connection::rollback;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::ConnectionName;
use crate::vault::{Action, Outcome, Row, Snapshot, Stored, Vault, VaultError, Writer};

/// What came of it.
#[derive(Debug, Default)]
pub struct Restored {
    /// Connections that are there again.
    pub back: Vec<ConnectionName>,
    /// Connections of which the vault has a state of its own, which stays.
    pub kept: Vec<ConnectionName>,
    /// Those of them of which the backup has another consent.
    pub other_consents: Vec<ConnectionName>,
    /// Client registrations that are there again.
    pub clients: usize,
    /// Connections whose refresh tokens may have been spent since: of those that are there again, and
    /// of the vault's own where it is older than the backup.
    pub suspects: Vec<ConnectionName>,
}

impl Restored {
    /// A connection that is there again, in the state in which it goes on.
    fn bring(&mut self, mut connection: Connection, world: World<'_>) -> Connection {
        connection.state = rollback::set_back(&connection, world);
        rollback::mark_set_back(&mut connection);
        if connection.state.is_suspect() {
            self.suspects.push(connection.name.clone());
        }
        self.back.push(connection.name.clone());
        connection
    }
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

pub(super) fn values<T: Stored>(snapshot: &Snapshot<'_>) -> Result<Vec<T>, VaultError> {
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
    let mut names = Names::default();
    let all = &from.connections;
    for Found { connection, .. } in all {
        if let Some(name) = take_connection(writer, connection.clone(), all, &mut restored, world)?
        {
            names.note(connection, &name);
        }
    }
    for client in from.clients {
        restored.clients += usize::from(client.take_in(writer)?);
    }
    names.take_consents(writer, from.consents)?;
    names.take_replaced(writer, from.replaced)?;
    Ok(restored)
}

/// Takes a connection, one of `all`, over, or leaves the vault's own; its name now, where the vault has
/// it.
fn take_connection(
    writer: &mut Writer<'_>,
    mut then: Connection,
    all: &[Found],
    restored: &mut Restored,
    world: World<'_>,
) -> Result<Option<ConnectionName>, ConnectionError> {
    let here = select::at_provider(writer, &then.name.provider)?;
    let here = meeting::among(here, &then, all);
    // It lives on beside what took its place, and ends with that.
    let is_replaced = replaced::has(&writer.all()?, &then);
    let Some(here) = here else {
        // What had left that vault stays where it is.
        if is_replaced || matches!(then.state, State::Moved) {
            return Ok(None);
        }
        then.name = free_name(writer, then.name)?;
        let back = restored.bring(then, world);
        writer.insert(StoredConnection::from(&back))?;
        return Ok(Some(back.name));
    };
    let name = here.connection.name.clone();
    let goes_on = meeting::goes_on(&here.connection, &then, true);
    if goes_on != GoesOn::Backups {
        if goes_on == GoesOn::OverOtherConsent && !is_replaced {
            restored.other_consents.push(name.clone());
        }
        restored.kept.push(name.clone());
        return Ok(Some(name));
    }
    let named = Connection { name, ..then };
    let back = restored.bring(named, world);
    writer.update(&here.row, StoredConnection::from(&back))?;
    if here.connection.issue.of != back.issue.of {
        // Its last refresh may have brought tokens that nobody has.
        let now = (world.now)();
        replaced::keep(writer, random_id()?, &here.connection, &back, &now)?;
    }
    Ok(Some(back.name))
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

/// What connections are called now, by what they were called where records of them come from.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, (Option<String>, ConnectionName)>);

impl Names {
    /// What a connection is called now.
    pub(super) fn note(&mut self, then: &Connection, now: &ConnectionName) {
        let whose = (then.subject.clone(), now.clone());
        self.0.insert(then.name.to_string(), whose);
    }

    /// Takes consents over, each under the name that its account has now.
    pub(super) fn take_consents(
        &self,
        writer: &mut Writer<'_>,
        consents: impl IntoIterator<Item = StoredConsent>,
    ) -> Result<(), VaultError> {
        for mut consent in consents {
            let named = self.0.get(consent.connection());
            let named = named.filter(|(subject, _)| subject.as_deref() == consent.subject());
            if let Some((_, now)) = named {
                consent.connection = now.to_string();
            }
            let here = writer.find::<StoredConsent>(&consent.name())?;
            let is_right = |here: Row<StoredConsent>| {
                named.is_none() || here.value.connection == consent.connection
            };
            if !here.is_some_and(is_right) {
                writer.set(consent)?;
            }
        }
        Ok(())
    }

    /// Takes over what was replaced, as long as it doesn't stand for itself.
    pub(super) fn take_replaced(
        &self,
        writer: &mut Writer<'_>,
        all: impl IntoIterator<Item = StoredReplaced>,
    ) -> Result<(), ConnectionError> {
        let standing = select::all(writer)?;
        for mut replaced in all {
            let before = replaced.before();
            let stands = before.is_ok_and(|before| meeting::stands(&standing, &before));
            if stands || writer.find::<StoredReplaced>(&replaced.name())?.is_some() {
                continue;
            }
            if let Some((_, now)) = self.0.get(&replaced.by) {
                replaced.by = now.to_string();
            }
            writer.insert(replaced)?;
        }
        Ok(())
    }
}
