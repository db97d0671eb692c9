//! The way back: the file that a connection came in, sealed anew with the tokens as they are now.

use std::collections::BTreeMap;

use crate::connection::World;
use crate::connection::hold::{Held, LOCK_WAIT, hold};
use crate::connection::meeting;
use crate::connection::portable::{Bundle, PortableError, bundle, same_recipients};
use crate::connection::state::{Connection, State};
use crate::names::ConnectionName;
use crate::vault::Vault;

/// What the file is to hold. Nobody refreshes any of it while this lives, nor seals it anew: the file
/// is to be written before that.
pub struct Renewed {
    /// The same connections as the vault has them now, for the same recipients.
    pub bundle: Bundle,
    held: Vec<Held>,
}

impl Renewed {
    /// What they are called in the vault.
    pub fn names(&self) -> impl Iterator<Item = &ConnectionName> {
        self.held.iter().map(|one| &one.found.connection.name)
    }
}

impl Bundle {
    /// The same connections as the vault has them now, for the same recipients. They keep the names
    /// that the file has: where it is from they are known by these, and the proofs are of them.
    ///
    /// # Errors
    /// When one is not there or not active, is older than what the file has, or did not come here in
    /// a file for those recipients.
    pub fn renewed(&self, vault: &mut Vault, world: World<'_>) -> Result<Renewed, PortableError> {
        let (mut held, mut renewed) = (Vec::new(), Vec::new());
        // By name, as an export takes them: neither waits for ever.
        for (name, before) in self.standing(vault)? {
            let one = hold(vault, world, &name, LOCK_WAIT)?;
            self.refuse_foreign(&before, &one.found.connection)?;
            let mut found = one.found.clone();
            found.connection.tickets.own = None;
            found.connection.name = before.name;
            held.push(one);
            renewed.push(found);
        }
        let now = bundle(vault, renewed.iter(), self.recipients.clone())?;
        let bundle = Self {
            providers: self.providers.clone(),
            ..now
        };
        Ok(Renewed { bundle, held })
    }

    /// The connections of the file by what they are called in the vault.
    fn standing(
        &self,
        vault: &Vault,
    ) -> Result<BTreeMap<ConnectionName, Connection>, PortableError> {
        let mut standing = BTreeMap::new();
        for before in self.connections()? {
            let here = vault.read(|snapshot| meeting::find(snapshot, &before))?;
            let name = here.map_or_else(|| before.name.clone(), |here| here.connection.name);
            let own = before.name.clone();
            if let Some(other) = standing.insert(name.clone(), before)
                && other.name != own
            {
                return Err(PortableError::NotFromThere { name });
            }
        }
        Ok(standing)
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
