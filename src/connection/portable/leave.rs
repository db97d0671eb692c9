//! The way out: what moves is `suspect` before its file is written and `moved` when that is there.

use std::collections::BTreeSet;

use crate::connection::hold::{Held, LOCK_WAIT, hold};
use crate::connection::keep::random_id;
use crate::connection::portable::{Bundle, PortableError, bundle, refuse_exchanged};
use crate::connection::rollback::rotates;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World, replaced};
use crate::names::{ConnectionName, ConnectionRef, hex};
use crate::secret::Secret;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Vault};

/// Connections on their way out; nobody refreshes or revokes them meanwhile.
pub struct Leaving {
    all: Vec<Leaver>,
    moves: bool,
    file: String,
}

struct Leaver {
    held: Held,
    /// As it was before it got its ticket.
    before: Connection,
}

/// What is to go where.
pub struct Journey<'a> {
    /// The connections.
    pub connections: &'a [ConnectionRef],
    /// They stay here, too.
    pub copy: bool,
    /// Whom the file is locked to.
    pub recipients: Vec<String>,
    /// The file, by its whole path.
    pub file: &'a str,
}

/// What left, or is about to, and is not home, also where it was connected anew meanwhile: the file that
/// it left in, and its name; without those of `leaving`.
///
/// # Errors
/// When the vault can't be read.
pub fn away(
    vault: &Vault,
    leaving: Option<&Leaving>,
) -> Result<Vec<(String, ConnectionName)>, PortableError> {
    let mut all = vault.read(|snapshot| {
        let mut all = replaced::everywhere(snapshot)?;
        let here = select::all(snapshot)?.into_iter();
        let here = here.filter(|one| !leaving.is_some_and(|it| it.has(one)));
        all.extend(here.map(|one| one.connection));
        Ok::<_, ConnectionError>(all)
    })?;
    all.retain(Connection::has_left);
    let file_and_name = |one: Connection| Some((one.tickets.left_in?, one.name));
    Ok(all.into_iter().filter_map(file_and_name).collect())
}

/// Takes connections into a bundle. Where they move, they are `suspect` when this returns.
///
/// # Errors
/// When one does not travel; nothing was changed then.
pub fn leave(
    vault: &mut Vault,
    world: World<'_>,
    journey: Journey<'_>,
) -> Result<(Bundle, Leaving), PortableError> {
    let copy = journey.copy;
    let mut names = BTreeSet::new();
    for one in journey.connections {
        let found = vault.read(|snapshot| select::find(snapshot, one))?;
        names.insert(found.connection.name);
    }
    let mut all = Vec::new();
    // By name, so that two exports wait for each other and not both for ever.
    for name in names {
        let mut held = hold(vault, world, &name, LOCK_WAIT)?;
        let connection = &mut held.found.connection;
        let State::Active(set) = &connection.state else {
            let state = connection.state.word();
            return Err(PortableError::NotActive { name, state });
        };
        refuse_exchanged(connection)?;
        if copy && rotates(connection, set, world) {
            return Err(PortableError::Rotates { name });
        }
        let before = connection.clone();
        // Who opened a copy can't forge another: each has one of its own.
        connection.tickets.spend();
        connection.tickets.own = Some(Secret::new(hex(&random_id()?)));
        connection.tickets.left_in = Some(journey.file.to_owned());
        all.push(Leaver { held, before });
    }
    let found = all.iter().map(|one| &one.held.found);
    let bundle = bundle(vault, found, journey.recipients)?;
    let mut leaving = Leaving {
        all,
        moves: !copy,
        file: journey.file.to_owned(),
    };
    leaving.set(vault, world, "begun", State::Suspect)?;
    Ok((bundle, leaving))
}

impl Leaving {
    /// The file is there: this vault is done with what moved.
    ///
    /// # Errors
    /// When the vault can't be written; the connections then stay `suspect`.
    pub fn done(mut self, vault: &mut Vault, world: World<'_>) -> Result<(), PortableError> {
        self.set(vault, world, "done", |_| State::Moved)?;
        // [`away`] was asked last while nobody else put a file, and a file with something in it is never
        // written over: what left in one of that name before was carried away with it. Who is about to
        // leave is still `suspect`, and its own.
        let file = &self.file;
        let left_in = |one: &Connection| one.tickets.left_in.as_ref() == Some(file);
        let former = |one: &Found| {
            let is_moved = matches!(one.connection.state, State::Moved);
            is_moved && !self.has(one) && left_in(&one.connection)
        };
        let is_known = vault.read(|snapshot| {
            let known = select::all(snapshot)?.iter().any(former);
            Ok::<_, ConnectionError>(known || replaced::everywhere(snapshot)?.iter().any(left_in))
        })?;
        if !is_known {
            return Ok(());
        }
        vault.mutate(|writer| {
            replaced::file_is_gone(writer, file)?;
            for mut found in select::all(writer)?.into_iter().filter(former) {
                found.connection.tickets.left_in = None;
                writer.update(&found.row, StoredConnection::from(&found.connection))?;
            }
            Ok::<_, ConnectionError>(())
        })?;
        Ok(())
    }

    fn has(&self, other: &Found) -> bool {
        let mut rows = self.all.iter().map(|one| one.held.found.row.id);
        rows.any(|row| row == other.row.id)
    }

    /// There is no file: everything is as it was.
    ///
    /// # Errors
    /// When the vault can't be written; the connections then stay `suspect`.
    pub fn stay(mut self, vault: &mut Vault, world: World<'_>) -> Result<(), PortableError> {
        for one in &mut self.all {
            one.held.found.connection = one.before.clone();
        }
        self.set(vault, world, "not written", State::Active)
    }

    fn set(
        &mut self,
        vault: &mut Vault,
        world: World<'_>,
        words: &str,
        state: fn(TokenSet) -> State,
    ) -> Result<(), PortableError> {
        let kind = if self.moves { "move" } else { "copy" };
        let (moves, all) = (self.moves, &mut self.all);
        vault.mutate(|writer| {
            for one in all.iter_mut() {
                let found = &mut one.held.found;
                let mut next = found.connection.clone();
                let mut event = world.event(Action::Export, &next.name, Outcome::Done);
                event.detail = Some(format!("{kind}: {words}"));
                if moves && let Some(set) = found.connection.state.set() {
                    next.state = state(set.clone());
                }
                let row = writer.update(&found.row, StoredConnection::from(&next))?;
                *found = Found::read(row)?;
                writer.log(&event)?;
            }
            Ok::<_, ConnectionError>(())
        })?;
        Ok(())
    }
}
