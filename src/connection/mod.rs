//! The life of a token: one function hands it out fresh, one refreshes it exactly once however many
//! ask, one ends it. Here the vault and the protocol meet.

pub mod client;
pub mod connect;
pub mod error;
pub mod exchange_source;
pub mod foreign;
pub mod fresh;
pub mod hold;
mod keep;
pub mod many;
mod meeting;
pub mod naming;
pub mod portable;
pub mod records;
pub mod refresh;
pub mod remaining;
pub mod replaced;
pub mod restore;
pub mod revoke;
pub mod rollback;
pub mod select;
pub mod start;
pub mod state;
pub mod stored;
pub mod tickets;

pub use error::ConnectionError;
pub use state::{Connection, GrantKind, State};

use std::path::Path;
use std::sync::Arc;

use crate::config::AuditPolicy;
use crate::moment::Moment;
use crate::names::ConnectionName;
use crate::provider::definition::Definition;
use crate::provider::{ProviderError, Providers};
use crate::vault::{Action, Caller, Event, Outcome};

/// What every step needs to know about the world.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// Reads the clocks.
    pub now: fn() -> Moment,
    /// Who asks, for the audit log.
    pub caller: &'a Caller,
    /// The provider definitions.
    pub providers: &'a Providers,
    /// What happens when a hand-out can't be logged.
    pub audit: AuditPolicy,
    /// Where rescue files go when they can't lie beside the vault.
    pub state: &'a Path,
}

impl World<'_> {
    /// The definition of the provider that a connection was made with.
    ///
    /// # Errors
    /// When there is none any more, or it can't be used.
    pub fn definition_of(&self, name: &ConnectionName) -> Result<Arc<Definition>, ConnectionError> {
        let found = self.providers.get(&name.provider);
        found.map_err(|error| match error {
            ProviderError::Unknown { .. } => ConnectionError::NoDefinition { name: name.clone() },
            error @ (ProviderError::Unreadable(_) | ProviderError::Invalid { .. }) => error.into(),
        })
    }

    /// An event about `connection` that happened now.
    #[must_use]
    pub fn event(&self, action: Action, connection: &ConnectionName, outcome: Outcome) -> Event {
        let mut event = self.bare_event(action, outcome);
        event.connection = Some(connection.to_string());
        event
    }

    /// An event that is about no connection.
    #[must_use]
    pub fn bare_event(&self, action: Action, outcome: Outcome) -> Event {
        let now = (self.now)();
        Event {
            at: now.wall,
            boot: now.boot,
            action,
            connection: None,
            scopes: Vec::new(),
            outcome,
            error_code: None,
            detail: None,
            token: None,
            caller: self.caller.clone(),
        }
    }
}
