//! From what a person typed to the one connection that is meant.

use crate::connection::ConnectionError;
use crate::connection::state::{Connection, State};
use crate::connection::stored::StoredConnection;
use crate::names::{ConnectionName, ConnectionRef, ProviderName};
use crate::provider::near;
use crate::vault::{Row, Snapshot};

/// A connection and where it stands in the vault.
#[derive(Debug, Clone)]
pub struct Found {
    /// The stored row: id and version.
    pub row: Row<StoredConnection>,
    /// The connection.
    pub connection: Connection,
}

impl Found {
    /// Reads a row.
    ///
    /// # Errors
    /// When it says something this program never writes.
    pub fn read(row: Row<StoredConnection>) -> Result<Self, ConnectionError> {
        let connection = Connection::try_from(&row.value)?;
        Ok(Self { row, connection })
    }
}

/// All connections at a provider.
///
/// # Errors
/// When a record can't be read.
pub(super) fn at_provider(
    snapshot: &Snapshot<'_>,
    provider: &ProviderName,
) -> Result<Vec<Found>, ConnectionError> {
    let mut all = Vec::new();
    for row in snapshot.group::<StoredConnection>(provider.as_str())? {
        all.push(Found::read(row)?);
    }
    Ok(all)
}

/// The one connection that `asked` means.
///
/// # Errors
/// When there is none, or when several accounts fit.
pub fn find(snapshot: &Snapshot<'_>, asked: &ConnectionRef) -> Result<Found, ConnectionError> {
    let mut rows = match asked {
        ConnectionRef::Exact(name) => snapshot
            .find::<StoredConnection>(&name.to_string())?
            .into_iter()
            .collect(),
        ConnectionRef::Provider(provider) => {
            snapshot.group::<StoredConnection>(provider.as_str())?
        }
    };
    let Some(row) = rows.pop() else {
        return Err(ConnectionError::NotFound {
            asked: asked.clone(),
            near: near(snapshot, asked)?,
        });
    };
    if rows.is_empty() {
        return Found::read(row);
    }
    rows.push(row);
    let (mut choices, mut here, mut all_here) = (Vec::with_capacity(rows.len()), None, 0);
    for row in rows {
        let found = Found::read(row)?;
        choices.push(found.connection.name.clone());
        if !matches!(found.connection.state, State::Moved) {
            here = Some(found);
            all_here += 1;
        }
    }
    // What another vault has is not meant where one is here.
    if let Some(only) = here.filter(|_| all_here == 1) {
        return Ok(only);
    }
    choices.sort_unstable();
    Err(ConnectionError::Ambiguous {
        asked: asked.clone(),
        choices,
    })
}

/// The connections that somebody may have meant.
fn near(
    snapshot: &Snapshot<'_>,
    asked: &ConnectionRef,
) -> Result<Vec<ConnectionName>, ConnectionError> {
    let names: Vec<_> = all(snapshot)?
        .into_iter()
        .map(|found| found.connection.name)
        .collect();
    let called = |name: &ConnectionName| match asked {
        ConnectionRef::Exact(_) => name.to_string(),
        ConnectionRef::Provider(_) => name.provider.to_string(),
    };
    let known: Vec<_> = names.iter().map(called).collect();
    let near = near::near(&asked.to_string(), known.iter().map(String::as_str));
    let is_near = |name: &&ConnectionName| near.contains(&called(name).as_str());
    Ok(names.iter().filter(is_near).cloned().collect())
}

/// All connections, by name.
///
/// # Errors
/// When a record can't be read.
pub fn all(snapshot: &Snapshot<'_>) -> Result<Vec<Found>, ConnectionError> {
    let mut found = Vec::new();
    for row in snapshot.all::<StoredConnection>()? {
        found.push(Found::read(row)?);
    }
    found.sort_unstable_by(|a, b| a.connection.name.cmp(&b.connection.name));
    Ok(found)
}
