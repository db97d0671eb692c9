//! Grants that a newer consent took the place of: they live on at the provider until it is told.
//!
//! Most providers end nothing when an account consents anew. Telling them at once would be wrong
//! where ending one token ends everything of that account and client, the new grant among it. So
//! what was replaced is kept, never handed out, and ended by the `revoke` of its connection.

use serde::{Deserialize, Serialize};

use crate::connection::ConnectionError;
use crate::connection::state::{Connection, LoginReason, State};
use crate::connection::stored::{FormError, StoredConnection};
use crate::moment::Moment;
use crate::names::{ConnectionName, hex};
use crate::secret::Secret;
use crate::vault::{Kind, Row, Snapshot, Stored, Writer};

const FORM: u32 = 1;

/// A replaced grant as stored: the whole connection as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredReplaced {
    v: u32,
    id: String,
    /// The name of what took its place.
    pub(super) by: String,
    at_ms: i64,
    before: StoredConnection,
}

impl Stored for StoredReplaced {
    const KIND: Kind = Kind::Replaced;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn group(&self) -> String {
        self.by.clone()
    }
}

impl StoredReplaced {
    /// The connection as it was.
    pub(super) fn before(&self) -> Result<Connection, ConnectionError> {
        if self.v != FORM {
            let why = format!("its form is {}", self.v);
            return Err(FormError::new("replaced grant", why).into());
        }
        Ok(Connection::try_from(&self.before)?)
    }
}

/// Keeps `before`, which `by` takes the place of, where its tokens may be alive and the provider
/// can be told so. Says whether it was kept.
///
/// # Errors
/// When the vault refuses.
pub(super) fn keep(
    writer: &mut Writer<'_>,
    id: [u8; 16],
    before: &Connection,
    by: &Connection,
    now: &Moment,
) -> Result<bool, ConnectionError> {
    if before.name != by.name {
        rename(writer, &before.name, &by.name)?;
    }
    if !may_live(before, by, now) {
        return Ok(false);
    }
    writer.insert(StoredReplaced {
        v: FORM,
        id: hex(&id),
        by: by.name.to_string(),
        at_ms: now.wall.unix_millis(),
        before: StoredConnection::from(before),
    })?;
    Ok(true)
}

/// Whether tokens of `before` may go on living beside those of `by`, and somebody can end them.
fn may_live(before: &Connection, by: &Connection, now: &Moment) -> bool {
    let set = match &before.state {
        State::Active(set)
        | State::Refreshing { set, .. }
        | State::Suspect(set)
        | State::Revoking { set, .. }
        | State::NeedsLogin {
            set,
            reason: LoginReason::LostAnswer { .. },
        } => set,
        State::NeedsLogin { .. } | State::Moved => return false,
    };
    let tellable = before.grant.is_a_persons() && before.stamp.revocation.is_some();
    let new = by.state.set();
    let same_grant = new.is_some_and(|new| {
        let same = |one: &Secret, other: &Secret| one.expose() == other.expose();
        let refresh_tokens = set.refresh_token.as_ref().zip(new.refresh_token.as_ref());
        same(&set.access_token, &new.access_token)
            || refresh_tokens.is_some_and(|(old, new)| same(old, new))
    });
    let alive = set.refresh_token.is_some() || set.is_fresh(now, None);
    tellable && alive && !same_grant
}

/// What took the place of `from`, or of others before, is called `to` now.
pub(super) fn rename(
    writer: &mut Writer<'_>,
    from: &ConnectionName,
    to: &ConnectionName,
) -> Result<(), ConnectionError> {
    for row in all(writer, from)? {
        let mut renamed = row.value.clone();
        renamed.by = to.to_string();
        writer.update(&row, renamed)?;
    }
    Ok(())
}

fn all(
    snapshot: &Snapshot<'_>,
    name: &ConnectionName,
) -> Result<Vec<Row<StoredReplaced>>, ConnectionError> {
    Ok(snapshot.group::<StoredReplaced>(&name.to_string())?)
}

/// Whether the consent that `connection` is of is among those that others took the place of.
pub(super) fn has<'a>(
    all: impl IntoIterator<Item = &'a Row<StoredReplaced>>,
    connection: &Connection,
) -> bool {
    let all = all.into_iter().filter_map(|row| row.value.before().ok());
    all.map(|before| before.issue.of)
        .any(|of| of == connection.issue.of)
}

/// How many grants this connection took the place of that may still be alive.
///
/// # Errors
/// When the vault refuses.
pub fn count(snapshot: &Snapshot<'_>, name: &ConnectionName) -> Result<usize, ConnectionError> {
    Ok(all(snapshot, name)?.len())
}

/// Takes the latest one out, under the name of the connection.
///
/// # Errors
/// When the vault refuses or the record can't be read.
pub(super) fn take(
    writer: &mut Writer<'_>,
    name: &ConnectionName,
) -> Result<Option<Connection>, ConnectionError> {
    let rows = all(writer, name)?;
    let Some(row) = rows.into_iter().max_by_key(|row| row.value.at_ms) else {
        return Ok(None);
    };
    let mut before = row.value.before()?;
    before.name = name.clone();
    writer.delete(&row)?;
    Ok(Some(before))
}

/// Forgets them: nobody can or shall be told.
///
/// # Errors
/// When the vault refuses.
pub(super) fn forget(
    writer: &mut Writer<'_>,
    name: &ConnectionName,
) -> Result<(), ConnectionError> {
    for row in all(writer, name)? {
        writer.delete(&row)?;
    }
    Ok(())
}
