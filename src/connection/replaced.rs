//! Grants that a newer consent took the place of: they live on at the provider until it is told.
//!
//! Most providers end nothing when an account consents anew. Telling them at once would be wrong
//! where ending one token ends everything of that account and client, the new grant among it. So
//! what was replaced is kept, never handed out, and ended by the `revoke` of its connection.
//!
//! What had moved to another vault when somebody connected it anew is known here in the same way, so that
//! no `revoke` claims that all is over. Its tokens come here with a file that was made of its export.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::connection::ConnectionError;
use crate::connection::state::{Connection, LoginReason, State};
use crate::connection::stored::{FormError, StoredConnection};
use crate::moment::Moment;
use crate::names::{ConnectionName, hex};
use crate::secret::Secret;
use crate::signing;
use crate::vault::{Kind, Row, Snapshot, Stored, Writer};

const FORM: u32 = 1;

/// What left in exports that nobody brought home.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Away(Vec<Left>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The file that it left in, where there is none other in its place.
    pub file: Option<String>,
    /// Whether the provider can be told of it.
    pub is_tellable: bool,
}

impl Away {
    /// What a connection left in, where it is not here.
    #[must_use]
    pub fn of(connection: &Connection) -> Self {
        let moved = matches!(connection.state, State::Moved);
        Self(Vec::from_iter(moved.then(|| Left {
            file: connection.tickets.left_in.clone(),
            is_tellable: connection.stamp.revocation.is_some(),
        })))
    }

    /// Those, too.
    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Whether nothing is away.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much is away.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// Each of them.
    #[must_use]
    pub fn all(&self) -> &[Left] {
        &self.0
    }

    /// Whether the provider can be told of one of them.
    #[must_use]
    pub fn is_tellable(&self) -> bool {
        self.0.iter().any(|left| left.is_tellable)
    }
}

impl Left {
    /// The file in words.
    #[must_use]
    pub fn words(&self) -> String {
        let quoted = |file: &String| format!("`{file}`");
        self.file
            .as_ref()
            .map_or_else(|| "an export".to_owned(), quoted)
    }
}

impl Display for Away {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut files: Vec<_> = self.0.iter().map(Left::words).collect();
        files.dedup();
        f.write_str(&files.join(", "))
    }
}

/// The grants that a connection took the place of and that may still be alive.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// How many end with it.
    pub here: usize,
    /// Those that don't: another vault has them.
    pub away: Away,
}

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
/// can be told so, or where another vault has them. Says whether it ends with `by`.
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
    let ends = may_live(before, by, now);
    if !ends && !matches!(before.state, State::Moved) {
        return Ok(false);
    }
    // What an export has is noted once, however often it is set aside and taken back.
    let id = before.tickets.own.as_ref().filter(|_| !ends).map_or_else(
        || hex(&id),
        |ticket| signing::sha256(&format!("replaced {}", ticket.expose())),
    );
    if writer.find::<StoredReplaced>(&id)?.is_some() {
        return Ok(ends);
    }
    writer.insert(StoredReplaced {
        v: FORM,
        id,
        by: by.name.to_string(),
        at_ms: now.wall.unix_millis(),
        before: StoredConnection::from(before),
    })?;
    Ok(ends)
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

/// Whether the consent that `connection` is of is among those that others took the place of, and ends
/// with one of them.
pub(super) fn has<'a>(
    all: impl IntoIterator<Item = &'a Row<StoredReplaced>>,
    connection: &Connection,
) -> bool {
    let all = all.into_iter().filter_map(|row| row.value.before().ok());
    all.filter(|before| !matches!(before.state, State::Moved))
        .any(|before| before.issue.of == connection.issue.of)
}

/// The grants that this connection took the place of.
///
/// # Errors
/// When the vault refuses or a record can't be read.
pub fn earlier(snapshot: &Snapshot<'_>, name: &ConnectionName) -> Result<Earlier, ConnectionError> {
    let mut earlier = Earlier::default();
    for row in all(snapshot, name)? {
        let away = Away::of(&row.value.before()?);
        earlier.here += usize::from(away.is_empty());
        earlier.away.extend(away);
    }
    Ok(earlier)
}

/// Takes the latest one out, under the name of the connection; those that are not here come last.
///
/// # Errors
/// When the vault refuses or the record can't be read.
pub(super) fn take(
    writer: &mut Writer<'_>,
    name: &ConnectionName,
) -> Result<Option<Connection>, ConnectionError> {
    let mut rows = Vec::new();
    for row in all(writer, name)? {
        rows.push((row.value.before()?, row));
    }
    let last = rows.into_iter().max_by_key(|(before, row)| {
        let is_here = !matches!(before.state, State::Moved);
        (is_here, row.value.at_ms)
    });
    let Some((mut before, row)) = last else {
        return Ok(None);
    };
    before.name = name.clone();
    writer.delete(&row)?;
    Ok(Some(before))
}

/// Takes `coming` for what left and was connected anew as `by` meanwhile, where the file that brings it
/// was made of that export and has that consent: it is here then, to be ended with `by`. Says whether it
/// was that.
///
/// # Errors
/// When the vault refuses or a record can't be read.
pub(super) fn bring_home(
    writer: &mut Writer<'_>,
    by: &ConnectionName,
    coming: &Connection,
) -> Result<bool, ConnectionError> {
    for row in all(writer, by)? {
        let before = row.value.before()?;
        let newer = coming.is_newer_than(&before);
        // What came home already makes way for what became of it since.
        let waits = before.has_left() || newer && before.sealed_for.is_some();
        // Kept for nothing where the provider can't be told.
        let waits = waits && before.stamp.revocation.is_some();
        let own = before.tickets.own.as_ref().filter(|_| waits);
        let is_it = own.is_some_and(|own| coming.tickets.bring(own))
            && before.subject == coming.subject
            && before.issue.of == coming.issue.of
            && (newer || matches!(before.state, State::Moved) && !before.is_newer_than(coming));
        let Some(set) = coming.state.set().filter(|_| is_it) else {
            continue;
        };
        let mut home = coming.clone();
        // Where it was, these tokens may have been used since.
        home.state = State::Suspect(set.clone());
        home.tickets = before.tickets;
        home.tickets.left_in = None;
        let mut replaced = row.value.clone();
        replaced.before = StoredConnection::from(&home);
        writer.update(&row, replaced)?;
        return Ok(true);
    }
    Ok(false)
}

/// Those of all connections, each under the name of what took its place.
///
/// # Errors
/// When the vault refuses or a record can't be read.
pub(super) fn everywhere(snapshot: &Snapshot<'_>) -> Result<Vec<Connection>, ConnectionError> {
    let mut all = Vec::new();
    for row in snapshot.all::<StoredReplaced>()? {
        let mut before = row.value.before()?;
        if let Ok(by) = row.value.by.parse() {
            before.name = by;
        }
        all.push(before);
    }
    Ok(all)
}

/// Another file stands in the place of the one that those left in.
///
/// # Errors
/// When the vault refuses or a record can't be read.
pub(super) fn file_is_gone(writer: &mut Writer<'_>, file: &str) -> Result<(), ConnectionError> {
    for row in writer.all::<StoredReplaced>()? {
        let mut before = row.value.before()?;
        if before.tickets.left_in.as_deref() == Some(file) {
            before.tickets.left_in = None;
            let mut replaced = row.value.clone();
            replaced.before = StoredConnection::from(&before);
            writer.update(&row, replaced)?;
        }
    }
    Ok(())
}

/// Forgets them: nobody can or shall be told. Says what of them another vault has.
///
/// # Errors
/// When the vault refuses.
pub(super) fn forget(
    writer: &mut Writer<'_>,
    name: &ConnectionName,
) -> Result<Away, ConnectionError> {
    let mut away = Away::default();
    for row in all(writer, name)? {
        away.extend(Away::of(&row.value.before()?));
        writer.delete(&row)?;
    }
    Ok(away)
}
