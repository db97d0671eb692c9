//! The way back: the file that a connection came in, sealed anew with the tokens as they are now.

use crate::connection::World;
use crate::connection::hold::{Held, LOCK_WAIT, hold};
use crate::connection::portable::{Bundle, PortableError, bundle, same_recipients};
use crate::connection::state::{Connection, State};
use crate::vault::Vault;

/// What the file is to hold. Nobody refreshes any of it while this lives, nor seals it anew: the file
/// is to be written before that.
pub struct Renewed {
    /// The same connections as the vault has them now, for the same recipients.
    pub bundle: Bundle,
    _held: Vec<Held>,
}

impl Bundle {
    /// The same connections as the vault has them now, for the same recipients.
    ///
    /// # Errors
    /// When one is not there or not active, is older than what the file has, or did not come here in
    /// a file for those recipients.
    pub fn renewed(&self, vault: &mut Vault, world: World<'_>) -> Result<Renewed, PortableError> {
        let mut before = self.connections()?;
        // By name, as an export takes them: neither waits for ever.
        before.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        before.dedup_by(|one, other| one.name == other.name);
        let mut held = Vec::new();
        for before in before {
            let mut one = hold(vault, world, &before.name, LOCK_WAIT)?;
            self.refuse_foreign(&before, &one.found.connection)?;
            let tickets = &mut one.found.connection.tickets;
            tickets.own = None;
            held.push(one);
        }
        let now = bundle(
            vault,
            held.iter().map(|one| &one.found),
            self.recipients.clone(),
        )?;
        let bundle = Self {
            providers: self.providers.clone(),
            ..now
        };
        Ok(Renewed {
            bundle,
            _held: held,
        })
    }

    fn refuse_foreign(&self, before: &Connection, now: &Connection) -> Result<(), PortableError> {
        let name = now.name.clone();
        let State::Active(_) = &now.state else {
            let state = now.state.word();
            return Err(PortableError::NotActive { name, state });
        };
        let sealed_for = now.sealed_for.as_deref();
        let same = sealed_for.is_some_and(|before| same_recipients(before, &self.recipients));
        let came_by = now.tickets.came_by.as_ref();
        if !same || !came_by.is_some_and(|ticket| before.tickets.bring(ticket)) {
            return Err(PortableError::NotFromThere { name });
        }
        if before.is_newer_than(now) {
            return Err(PortableError::Behind { name });
        }
        Ok(())
    }
}
