//! Connections that travel in a file of their own: to a CI job, and back.
//!
//! A refresh token that rotates can live in one place only: whoever uses it second ends the grant. So
//! such a connection moves. It is set to `suspect` before the file is written and to `moved` when the
//! file is there: whatever cuts this off, nothing is refreshed from two places unattended.
//!
//! Anybody who knows a public key can seal a file for it, so what comes in is believed as little as
//! can be: it brings nothing that reads this machine, and its file is renewed only for whom it was
//! sealed for when it came. It takes the place of what is here only with the **return ticket** that the
//! export put into the file and kept: that is known to nobody but who could open that file. So what moved
//! away, or may have because an export was cut off, comes home with newer tokens, and nothing forged does.
//! A job that took in an earlier export takes the next one for the same recipients by its proof
//! (`tickets.rs`), which is no use to whoever opened the earlier one.

mod arrive;
mod leave;
mod renew;

pub use arrive::{Arrived, Believed, Doubt, Kept, Why};
pub use leave::{Journey, Leaving, away, leave};
pub use renew::Renewed;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::connection::ConnectionError;
use crate::connection::records::StoredClient;
use crate::connection::select::Found;
use crate::connection::state::{Connection, GrantKind};
use crate::connection::stored::StoredConnection;
use crate::connection::tickets;
use crate::names::{ConnectionName, ProviderName};
use crate::vault::{Vault, VaultError, padded_json};

const FORM: u32 = 1;

/// What an export file holds, sealed by age.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    oauthctl_export: u32,
    /// Whom the file is locked to: an age file doesn't say.
    pub recipients: Vec<String>,
    /// Definitions that are not shipped.
    pub providers: Vec<DefinitionText>,
    clients: Vec<StoredClient>,
    connections: Vec<StoredConnection>,
}

/// A provider definition, as its file has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefinitionText {
    /// The provider.
    pub name: String,
    /// TOML.
    pub text: String,
}

/// Why a connection does not travel.
#[derive(Debug, Error)]
pub enum PortableError {
    /// The vault, a lock or a record.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    /// It is not active.
    #[error("`{name}` {}", standing(state))]
    NotActive {
        /// The connection.
        name: ConnectionName,
        /// As `list` has it.
        state: &'static str,
    },
    /// Its tokens are had for something that only this machine has.
    #[error("`{name}` is had for another token, which stays on its machine")]
    Exchanged {
        /// The connection.
        name: ConnectionName,
    },
    /// The vault's own did not come in that file, nor in one that was made of the same export.
    #[error("`{name}` did not come here in such a file for those recipients")]
    NotFromThere {
        /// The connection.
        name: ConnectionName,
    },
    /// The vault is behind the file.
    #[error("the file has newer tokens of `{name}` than this vault")]
    Behind {
        /// The connection.
        name: ConnectionName,
    },
    /// A copy was asked for of what can live in one place only.
    #[error("the refresh tokens of `{name}` rotate: two copies would end each other")]
    Rotates {
        /// The connection.
        name: ConnectionName,
    },
    /// The file opened, and is something else.
    #[error("it is not an export of this program, or of a newer one")]
    Form,
}

fn standing(state: &str) -> String {
    match state {
        "needs-login" => "needs a new sign-in".to_owned(),
        _ => format!("is {state}"),
    }
}

impl From<VaultError> for PortableError {
    fn from(error: VaultError) -> Self {
        Self::Connection(error.into())
    }
}

fn bundle<'f>(
    vault: &Vault,
    found: impl Iterator<Item = &'f Found>,
    recipients: Vec<String>,
) -> Result<Bundle, PortableError> {
    let mut bundle = Bundle {
        oauthctl_export: FORM,
        recipients,
        providers: Vec::new(),
        clients: Vec::new(),
        connections: Vec::new(),
    };
    vault.read(|snapshot| {
        let mut clients = BTreeSet::new();
        for found in found {
            let connection = outgoing(&found.connection, &bundle.recipients);
            bundle.connections.push(StoredConnection::from(&connection));
            let client =
                StoredClient::record_name(&connection.name.provider, &connection.stamp.client_id);
            if let Some(row) = snapshot.find::<StoredClient>(&client)?
                && clients.insert(client)
            {
                bundle.clients.push(row.value);
            }
        }
        Ok::<_, VaultError>(())
    })?;
    Ok(bundle)
}

/// As it is in a file for those recipients.
fn outgoing(connection: &Connection, recipients: &[String]) -> Connection {
    let mut connection = connection.clone();
    connection.sealed_for = None;
    connection.tickets = connection.tickets.outgoing(&connection.name, recipients);
    connection
}

fn refuse_exchanged(connection: &Connection) -> Result<(), PortableError> {
    let GrantKind::TokenExchange(_) = connection.grant else {
        return Ok(());
    };
    Err(PortableError::Exchanged {
        name: connection.name.clone(),
    })
}

impl Bundle {
    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(text: &[u8]) -> Result<Self, PortableError> {
        let bundle: Self = serde_json::from_slice(text).map_err(|_| PortableError::Form)?;
        if bundle.oauthctl_export == FORM {
            Ok(bundle)
        } else {
            Err(PortableError::Form)
        }
    }

    /// As JSON, with every token.
    ///
    /// # Errors
    /// None that is known: plain structs are written to memory.
    pub fn to_text(&self) -> Result<Zeroizing<Vec<u8>>, PortableError> {
        Ok(padded_json(self)?)
    }

    /// The connections in it.
    ///
    /// # Errors
    /// When one says something this program never writes.
    pub fn connections(&self) -> Result<Vec<Connection>, PortableError> {
        let mut connections = Vec::new();
        for stored in &self.connections {
            let connection = Connection::try_from(stored).map_err(ConnectionError::from)?;
            connections.push(connection);
        }
        Ok(connections)
    }

    /// The providers that its connections need.
    ///
    /// # Errors
    /// As [`Self::connections`].
    pub fn needs(&self) -> Result<BTreeSet<ProviderName>, PortableError> {
        let mut needs = BTreeSet::new();
        for connection in self.connections()? {
            needs.insert(connection.name.provider);
        }
        Ok(needs)
    }
}

/// The same recipients, in whatever order they were named.
fn same_recipients(one: &[String], other: &[String]) -> bool {
    tickets::unordered(one) == tickets::unordered(other)
}
