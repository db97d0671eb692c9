//! Where a grant belongs: on the account it names, else under a name that nobody has.

use crate::connection::ConnectionError;
use crate::connection::select::Found;
use crate::connection::state::{Connection, GrantKind, State};
use crate::connection::stored::StoredConnection;
use crate::names::{AccountLabel, ConnectionName};
use crate::vault::{RowId, Snapshot, Writer};

/// What a grant replaces, and what it is called.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: ConnectionName,
    pub(super) existing: Option<Found>,
}

impl Place {
    /// The row that is replaced.
    pub(super) fn row(&self) -> Option<RowId> {
        self.existing.as_ref().map(|found| found.row.id)
    }
}

/// Finds the place of `grant`, whose name so far is only what the provider calls the account, for
/// somebody who wants it to be labelled `wanted`.
///
/// # Errors
/// When another account stands under the wanted name.
pub(super) fn find(
    snapshot: &Snapshot<'_>,
    grant: &Connection,
    wanted: Option<&AccountLabel>,
) -> Result<Place, ConnectionError> {
    let provider = &grant.name.provider;
    let mut rows = Vec::new();
    for row in snapshot.group::<StoredConnection>(provider.as_str())? {
        rows.push(Found::read(row)?);
    }
    let labelled = |account: &AccountLabel| ConnectionName {
        provider: provider.clone(),
        account: account.clone(),
    };
    let taken = |name: &ConnectionName| rows.iter().position(|row| row.connection.name == *name);
    let same = grant.subject.as_ref().and_then(|subject| {
        rows.iter()
            .position(|row| row.connection.subject.as_ref() == Some(subject))
    });
    let (name, existing) = match (same, wanted) {
        (Some(same), None) => (
            rows.get(same).map(|row| row.connection.name.clone()),
            Some(same),
        ),
        (Some(same), Some(wanted)) => {
            let name = labelled(wanted);
            if taken(&name).is_some_and(|other| other != same) {
                return Err(ConnectionError::OtherAccount { name });
            }
            (Some(name), Some(same))
        }
        (None, wanted) => {
            let name = wanted.map_or_else(|| grant.name.clone(), labelled);
            match taken(&name) {
                Some(at) if may_be_the_same(rows.get(at)) => (Some(name), Some(at)),
                Some(_) if wanted.is_some() && grant.subject.is_some() => {
                    return Err(ConnectionError::OtherAccount { name });
                }
                // Two accounts that the provider labels alike, or one that it did not name now.
                Some(_) => (Some(numbered(&name, |name| taken(name).is_none())?), None),
                None => (Some(name), None),
            }
        }
    };
    let existing = existing.map(|at| rows.swap_remove(at));
    Ok(Place {
        name: name.unwrap_or_else(|| grant.name.clone()),
        existing,
    })
}

/// A row without a stable id may be the same account; one with an id is another's until the
/// provider names this one.
fn may_be_the_same(found: Option<&Found>) -> bool {
    found.is_some_and(|found| found.connection.subject.is_none())
}

fn numbered(
    name: &ConnectionName,
    is_free: impl Fn(&ConnectionName) -> bool,
) -> Result<ConnectionName, ConnectionError> {
    (2..1000)
        .filter_map(|number| format!("{} ({number})", name.account).parse().ok())
        .map(|account| ConnectionName {
            provider: name.provider.clone(),
            account,
        })
        .find(is_free)
        .ok_or_else(|| ConnectionError::OtherAccount { name: name.clone() })
}

/// Puts `grant` into its place.
///
/// # Errors
/// When the vault refuses.
pub(super) fn put(
    writer: &mut Writer<'_>,
    place: &Place,
    grant: &Connection,
) -> Result<Connection, ConnectionError> {
    let mut connection = grant.clone();
    connection.name = place.name.clone();
    if let Some(found) = &place.existing {
        connection.created = found.connection.created;
        keep_refresh_token(&mut connection, &found.connection);
        writer.update(&found.row, StoredConnection::from(&connection))?;
    } else {
        writer.insert(StoredConnection::from(&connection))?;
    }
    Ok(connection)
}

/// Where a provider gives no refresh token at a second consent of the same account to the same
/// client, the one that it gave at the first goes on living: it stays in the vault.
fn keep_refresh_token(connection: &mut Connection, before: &Connection) {
    let signed_in =
        |one: &Connection| matches!(one.grant, GrantKind::AuthorizationCode | GrantKind::Device);
    let (now, then) = (&connection.stamp, &before.stamp);
    let same_client = now.client_id == then.client_id
        && now.token_endpoint == then.token_endpoint
        && now.issuer == then.issuer;
    let same_account = connection.subject.is_some() && connection.subject == before.subject;
    // One of these is bound to a key (RFC 9449 section 5), which the other does not have.
    let bound = connection.dpop.is_some() || before.dpop.is_some();
    if !same_client || !same_account || bound || !signed_in(connection) || !signed_in(before) {
        return;
    }
    if let (State::Active(set), State::Active(old)) = (&mut connection.state, &before.state)
        && set.refresh_token.is_none()
    {
        set.refresh_token.clone_from(&old.refresh_token);
    }
}
