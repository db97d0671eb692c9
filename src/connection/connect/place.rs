//! Where a grant belongs: on the account it names, else under a name that nobody has.

use crate::connection::ConnectionError;
use crate::connection::keep::random_id;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, GrantKind, Issue, State};
use crate::connection::stored::StoredConnection;
use crate::names::{AccountLabel, ConnectionName};
use crate::token::TokenSet;
use crate::vault::{RowId, Snapshot, Writer};

/// What a grant replaces, and what it is called.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: ConnectionName,
    pub(super) existing: Option<Found>,
    pub(super) aside: Option<Aside>,
}

/// Why a grant did not get the name that was meant for it, which somebody else has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aside {
    /// Another account has it.
    OtherAccount(ConnectionName),
    /// Nobody can tell whether it is the same account.
    Unsure(ConnectionName),
    /// One of the two is a token that was brought, the other came by signing in.
    OtherKind(ConnectionName),
}

impl Place {
    /// The row that is replaced.
    pub(super) fn row(&self) -> Option<RowId> {
        self.existing.as_ref().map(|found| found.row.id)
    }

    /// The connection that is replaced.
    pub(super) fn before(&self) -> Option<&Connection> {
        self.existing.as_ref().map(|found| &found.connection)
    }
}

/// Finds the place of `grant`, whose name so far is only what the provider calls the account, for
/// somebody who wants it to be labelled `wanted`.
///
/// # Errors
/// When a record can't be read, or no name is left.
pub(super) fn find(
    snapshot: &Snapshot<'_>,
    grant: &Connection,
    wanted: Option<&AccountLabel>,
) -> Result<Place, ConnectionError> {
    let provider = &grant.name.provider;
    let mut rows = select::at_provider(snapshot, provider)?;
    let taken = |name: &ConnectionName| rows.iter().position(|row| row.connection.name == *name);
    let meant = wanted.map(|account| ConnectionName {
        provider: provider.clone(),
        account: account.clone(),
    });
    let same = rows
        .iter()
        .find(|row| is_the_same_account(&row.connection, grant));
    let (name, existing, aside) = if let Some(same) = same {
        let own = &same.connection.name;
        match meant {
            Some(meant) if meant != *own && taken(&meant).is_some() => {
                (own.clone(), taken(own), Some(Aside::OtherAccount(meant)))
            }
            meant => (meant.unwrap_or_else(|| own.clone()), taken(own), None),
        }
    } else {
        let name = meant.clone().unwrap_or_else(|| grant.name.clone());
        match taken(&name).and_then(|at| Some((at, &rows.get(at)?.connection))) {
            None => (name, None, None),
            Some((at, row)) if is_meant(row, grant, wanted) => (name, Some(at), None),
            Some((_, row)) => {
                let aside = aside(row, grant, name.clone());
                // A label that is another account's says nothing about this one.
                let other = matches!(aside, Aside::OtherAccount(_));
                let label = if other { grant.name.clone() } else { name };
                let free = numbered(label, |name| taken(name).is_none())?;
                // Accounts that the provider labels alike are told apart by number and that is all.
                let quiet = other && meant.is_none();
                (free, None, (!quiet).then_some(aside))
            }
        }
    };
    let existing = existing.map(|at| rows.swap_remove(at));
    Ok(Place {
        name,
        existing,
        aside,
    })
}

/// The usable connection that `grant` would take the place of, or have its refresh token in common
/// with. Where nobody can tell the accounts apart, those with one label are one.
pub(super) fn taken(
    snapshot: &Snapshot<'_>,
    grant: &Connection,
) -> Result<Option<ConnectionName>, ConnectionError> {
    for row in snapshot.group::<StoredConnection>(grant.name.provider.as_str())? {
        let found = Found::read(row)?.connection;
        let told_apart = found.subject.is_some() && grant.subject.is_some();
        let is_same = if told_apart {
            found.subject == grant.subject
        } else {
            found.name == grant.name
        };
        if let Some(set) = found.state.usable()
            && (is_same || shares_refresh_token(set, grant))
        {
            return Ok(Some(found.name));
        }
    }
    Ok(None)
}

fn shares_refresh_token(set: &TokenSet, grant: &Connection) -> bool {
    let own = grant.state.set().and_then(|own| own.refresh_token.as_ref());
    let both = set.refresh_token.as_ref().zip(own);
    both.is_some_and(|(one, other)| one.matches(other.expose()))
}

/// A token that was brought and one that came by signing in are two connections, even of one
/// account: neither can stand in for the other.
fn is_of_a_kind(row: &Connection, grant: &Connection) -> bool {
    (row.grant == GrantKind::Supplied) == (grant.grant == GrantKind::Supplied)
}

/// Whether both, of one provider, are known to be the same account.
pub(in crate::connection) fn is_the_same_account(row: &Connection, grant: &Connection) -> bool {
    grant.subject.is_some() && row.subject == grant.subject && is_of_a_kind(row, grant)
}

/// Whether the one that has the name is to be replaced, although no stable id says that both are
/// the same account. Somebody has to say so, or there is nothing left of it.
fn is_meant(row: &Connection, grant: &Connection, wanted: Option<&AccountLabel>) -> bool {
    let by_nobody = grant.grant.needs_nobody()
        && row.grant == grant.grant
        && row.stamp.client_id == grant.stamp.client_id;
    let over = matches!(
        row.state,
        State::NeedsLogin { .. } | State::Revoking { .. } | State::Moved
    );
    row.subject.is_none() && is_of_a_kind(row, grant) && (by_nobody || wanted.is_some() || over)
}

fn aside(row: &Connection, grant: &Connection, name: ConnectionName) -> Aside {
    if row.subject.is_some() && grant.subject.is_some() && row.subject != grant.subject {
        Aside::OtherAccount(name)
    } else if is_of_a_kind(row, grant) {
        Aside::Unsure(name)
    } else {
        Aside::OtherKind(name)
    }
}

/// That name where nobody has it, else with a number behind the label.
///
/// # Errors
/// When a record can't be read, or no name is left.
pub(in crate::connection) fn free_name(
    snapshot: &Snapshot<'_>,
    name: ConnectionName,
) -> Result<ConnectionName, ConnectionError> {
    let all = select::all(snapshot)?;
    numbered(name, |name| {
        all.iter().all(|one| one.connection.name != *name)
    })
}

/// The name itself where it is free, else with a number behind the label.
fn numbered(
    name: ConnectionName,
    is_free: impl Fn(&ConnectionName) -> bool,
) -> Result<ConnectionName, ConnectionError> {
    if is_free(&name) {
        return Ok(name);
    }
    (2..1000)
        .filter_map(|number| {
            let number = format!(" ({number})");
            let label = name.account.to_string();
            // A label has an end.
            let room = AccountLabel::LONGEST - number.len();
            let kept: String = label.chars().take(room).collect();
            format!("{}{number}", kept.trim_end()).parse().ok()
        })
        .map(|account| ConnectionName {
            provider: name.provider.clone(),
            account,
        })
        .find(is_free)
        .ok_or(ConnectionError::NoName { name })
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
    let before = place.existing.as_ref().map(|found| found.connection.issue);
    let mut of = [0; 8];
    of.copy_from_slice(&random_id()?[..8]);
    connection.issue = Issue::of_consent(u64::from_le_bytes(of), writer.generation(), before);
    if let Some(found) = &place.existing {
        connection.created = found.connection.created;
        // Where it was, it comes home by these, and its next export is let in.
        connection.tickets = found.connection.tickets.clone().connected_anew();
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
