//! Which client registration to use: flag, environment, vault, definition, in this order.

use crate::connection::ConnectionError;
use crate::connection::records::StoredClient;
use crate::connection::select::Found;
use crate::connection::state::{GrantKind, Stamp};
use crate::connection::stored::StoredConnection;
use crate::env;
use crate::names::{ClientId, ProviderName};
use crate::oauth::client::Client;
use crate::provider::definition::{ClientAuthentication, Definition, SecretRule};
use crate::secret::Secret;
use crate::vault::Snapshot;

/// The client for a new connection.
///
/// # Errors
/// When there is none, or its secret is missing where the provider wants one.
pub fn for_connect(
    snapshot: &Snapshot<'_>,
    definition: &Definition,
    flag: Option<&ClientId>,
) -> Result<Client, ConnectionError> {
    let id = match named_outside(definition, flag) {
        Some(id) => id,
        None => match current(snapshot, &definition.name)? {
            Some(client) => client.id,
            None => match used_before(snapshot, definition)? {
                Some(id) => id,
                None => public(definition)?,
            },
        },
    };
    with_secret(snapshot, definition, id)
}

/// The client id to sign in to a connection with once more: its own, unless something else is said
/// for new connections by now.
///
/// # Errors
/// When a record can't be read.
pub fn for_another_sign_in(
    snapshot: &Snapshot<'_>,
    definition: &Definition,
    flag: Option<&ClientId>,
    stamp: &Stamp,
) -> Result<ClientId, ConnectionError> {
    let id = match named_outside(definition, flag) {
        Some(id) => Some(id),
        None => current(snapshot, &definition.name)?.map(|client| client.id),
    };
    Ok(id.unwrap_or_else(|| stamp.client_id.clone()))
}

/// The client id that a connection to this provider was made with before, such as one that a flag
/// named.
fn used_before(
    snapshot: &Snapshot<'_>,
    definition: &Definition,
) -> Result<Option<ClientId>, ConnectionError> {
    for row in snapshot.group::<StoredConnection>(definition.name.as_str())? {
        let connection = Found::read(row)?.connection;
        // A token that the person brought belongs to no client of ours.
        if connection.grant != GrantKind::Supplied {
            return Ok(Some(connection.stamp.client_id));
        }
    }
    Ok(None)
}

/// Whether there can be a client at all while there is no vault: asked before one is made.
///
/// # Errors
/// When there is none.
pub fn before_there_is_a_vault(
    definition: &Definition,
    flag: Option<&ClientId>,
) -> Result<(), ConnectionError> {
    match named_outside(definition, flag) {
        Some(_) => Ok(()),
        None => public(definition).map(|_| ()),
    }
}

/// The client id that a flag or the environment names.
fn named_outside(definition: &Definition, flag: Option<&ClientId>) -> Option<ClientId> {
    let from_environment = || env::client_id(&definition.name).and_then(|id| id.parse().ok());
    flag.cloned().or_else(from_environment)
}

fn public(definition: &Definition) -> Result<ClientId, ConnectionError> {
    let none = || ConnectionError::NoClient {
        provider: definition.name.clone(),
    };
    definition.client.public_id.clone().ok_or_else(none)
}

/// The client that a connection was made with. The environment may replace its secret, not its id.
///
/// # Errors
/// When its secret is missing where the provider wants one.
pub fn for_connection(
    snapshot: &Snapshot<'_>,
    definition: &Definition,
    stamp: &Stamp,
) -> Result<Client, ConnectionError> {
    with_secret(snapshot, definition, stamp.client_id.clone())
}

/// The stored registration that new connections use.
///
/// # Errors
/// When a record can't be read.
pub fn current(
    snapshot: &Snapshot<'_>,
    provider: &ProviderName,
) -> Result<Option<Client>, ConnectionError> {
    for row in snapshot.group::<StoredClient>(provider.as_str())? {
        if row.value.current {
            return Ok(Some(row.value.client()?));
        }
    }
    Ok(None)
}

fn with_secret(
    snapshot: &Snapshot<'_>,
    definition: &Definition,
    id: ClientId,
) -> Result<Client, ConnectionError> {
    let rule = definition.client.secret;
    let by_key = definition.client.authentication == ClientAuthentication::PrivateKeyJwt;
    if rule == SecretRule::Forbidden && !by_key {
        return Ok(Client::new(id, None));
    }
    let name = StoredClient::record_name(&definition.name, &id);
    let mut client = Client::new(id, None);
    let mut is_elsewhere = false;
    if let Some(row) = snapshot.find::<StoredClient>(&name)? {
        is_elsewhere = !row.value.is_for(definition);
        client = row.value.client()?;
        let is_secret = client.secret.is_some() || client.key.is_some();
        let replaced = secret_from_environment(&definition.name, &client.id).is_some();
        if is_secret && !replaced && !row.value.is_for(definition) {
            return Err(ConnectionError::SecretElsewhere {
                provider: definition.name.clone(),
                client_id: client.id.to_string(),
            });
        }
    }
    if let Some(secret) = secret_from_environment(&definition.name, &client.id) {
        client.secret = Some(secret);
    } else if is_elsewhere && (client.secret.is_some() || client.key.is_some()) {
        return Err(ConnectionError::SecretElsewhere {
            provider: definition.name.clone(),
            client_id: client.id.to_string(),
        });
    }
    let has_proof = if by_key {
        client.key.is_some()
    } else {
        client.secret.is_some() || rule != SecretRule::Required
    };
    if has_proof {
        return Ok(client);
    }
    let (provider, client_id) = (definition.name.clone(), client.id.to_string());
    Err(if by_key {
        ConnectionError::NoKey {
            provider,
            client_id,
        }
    } else {
        ConnectionError::NoSecret {
            provider,
            client_id,
        }
    })
}

/// The environment's secret counts for the client id that stands beside it, or where none does.
fn secret_from_environment(provider: &ProviderName, id: &ClientId) -> Option<Secret> {
    let names_another = env::client_id(provider).is_some_and(|other| other != id.as_str());
    if names_another {
        None
    } else {
        env::client_secret(provider)
    }
}
