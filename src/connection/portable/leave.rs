//! The way out: what moves is `suspect` before its file is written and `moved` when that is there.

use std::collections::BTreeSet;

use crate::connection::hold::{Held, LOCK_WAIT, hold};
use crate::connection::keep::random_id;
use crate::connection::portable::{Bundle, PortableError, bundle, refuse_exchanged};
use crate::connection::rollback::rotates;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::{ConnectionRef, hex};
use crate::secret::Secret;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Vault};

/// Connections on their way out; nobody refreshes or revokes them meanwhile.
pub struct Leaving {
    all: Vec<Leaver>,
    moves: bool,
}

struct Leaver {
    held: Held,
    /// As it was before it got its ticket.
    before: Connection,
}

/// Takes connections into a bundle. Where they move, they are `suspect` when this returns.
///
/// # Errors
/// When one does not travel; nothing was changed then.
pub fn leave(
    vault: &mut Vault,
    world: World<'_>,
    asked: &[ConnectionRef],
    copy: bool,
    recipients: Vec<String>,
) -> Result<(Bundle, Leaving), PortableError> {
    let mut names = BTreeSet::new();
    for one in asked {
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
        // All copies have one, so that a later copy takes the place of an earlier one.
        if !copy || connection.tickets.own.is_none() {
            connection.tickets.own = Some(Secret::new(hex(&random_id()?)));
        }
        all.push(Leaver { held, before });
    }
    let bundle = bundle(vault, all.iter().map(|one| &one.held.found), recipients)?;
    let mut leaving = Leaving { all, moves: !copy };
    leaving.set(vault, world, "begun", State::Suspect)?;
    Ok((bundle, leaving))
}

impl Leaving {
    /// The file is there: this vault is done with what moved.
    ///
    /// # Errors
    /// When the vault can't be written; the connections then stay `suspect`.
    pub fn done(mut self, vault: &mut Vault, world: World<'_>) -> Result<(), PortableError> {
        self.set(vault, world, "done", |_| State::Moved)
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
