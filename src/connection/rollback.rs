//! Going on with a vault that was rolled back, restored or copied.
//!
//! Its refresh tokens may have been used since. Where a provider rotates them, using an old one
//! again looks like theft and ends the live grant, so those connections become suspect.

use std::mem::discriminant;
use std::path::Path;

use crate::connection::connect::free_name;
use crate::connection::hold::LOCK_WAIT;
use crate::connection::meeting::GoesOn;
use crate::connection::remaining::Remaining;
use crate::connection::replaced;
use crate::connection::restore::{self, Names};
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, State, Unseen};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::ConnectionName;
use crate::provider::definition::Rotation;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Rescued, Vault, VaultError, Writer};

/// What is in the place of a vault's newest state.
#[derive(Debug, Clone, Copy)]
pub struct SetBack<'a> {
    /// How it came there.
    pub action: Action,
    /// More, for the log.
    pub detail: Option<&'a str>,
    /// A generation that was seen of it.
    pub generation: u64,
    /// What can still be read of the vault whose place it takes.
    pub remaining: Option<&'a Remaining>,
    /// Where else answers were saved, for a vault that is not in its place yet. They stay there: what is
    /// older than its row is never taken over, and goes with the next refresh.
    pub rescues: &'a [&'a Path],
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Accepted {
    /// Connections that became suspect.
    pub suspects: Vec<ConnectionName>,
    /// Connections that have the newer tokens of the vault whose place it takes.
    pub newer: Vec<ConnectionName>,
    /// Connections that are as they were there, while the backup has another consent of them.
    pub other_consents: Vec<ConnectionName>,
}

/// Accepts the vault as it is and names the connections that became suspect. What was saved beside
/// the vault after the state that it was set back to is newer than what it holds, and is taken over;
/// so is what remains of a vault that went on after that state.
///
/// # Errors
/// When the vault refuses, or others work with it.
pub fn accept(
    vault: &mut Vault,
    world: World<'_>,
    what: SetBack<'_>,
) -> Result<Accepted, ConnectionError> {
    let _alone = vault.lock_exclusive(LOCK_WAIT)?;
    let mut event = world.bare_event(what.action, Outcome::Done);
    event.detail = what.detail.map(str::to_owned);
    let mut saved = saved(vault, world.state)?;
    for folder in what.rescues {
        saved.extend(self::saved(vault, folder)?);
    }
    let accepted = vault.accept_rollback(|writer| {
        writer.rise_above(what.generation);
        let mut accepted = Accepted::default();
        let all = select::all(writer)?;
        let mut names = Names::default();
        for (found, met) in by_names(meetings(writer, &all, what)?) {
            let left = met.filter(|(_, goes_on)| *goes_on != GoesOn::Backups);
            let left = left.map(|(left, _)| left);
            let saved = saved
                .iter()
                .rev()
                .filter(|(what, _)| what.row == found.row.id && what.version >= found.row.version)
                .max_by_key(|(what, _)| what.version)
                .map(|(_, connection)| connection)
                .filter(|saved| left.is_none_or(|left| saved.is_a_later_set_than(left)));
            let mut next = left.unwrap_or(&found.connection).clone();
            if let Some(saved) = saved
                && let Some(set) = saved.state.set()
            {
                next.issue = saved.issue;
                next.state = with_set(next.state, set);
            }
            let own = &found.connection.name;
            next.name = name_now(writer, own, met, what)?;
            names.note(&found.connection, &next.name);
            match met {
                Some((_, GoesOn::OverOtherConsent)) => {
                    accepted.other_consents.push(next.name.clone());
                }
                Some((_, GoesOn::Standing)) if saved.is_none() => {
                    accepted.newer.push(next.name.clone());
                }
                _ => {}
            }
            let is_other = left.is_some() || saved.is_some() || next.name != *own;
            accepted
                .suspects
                .extend(go_on(writer, found, next, is_other, world)?);
        }
        if let Some(remaining) = what.remaining {
            let consents = restore::values(writer)?;
            names.take_consents(writer, consents)?;
            remaining.take_rest(writer, what.generation, world, &mut accepted)?;
        }
        writer.log(&event)?;
        Ok::<_, ConnectionError>(accepted)
    })?;
    if !what.rescues.is_empty() {
        return Ok(accepted);
    }
    for (what, _) in saved {
        // One that stays is older than what the vault holds now, and goes with the next refresh.
        let _ = vault.remove_rescue(what, world.state);
    }
    Ok(accepted)
}

/// What a connection met in the vault that stood there, and which of the two goes on.
pub(super) type Met<'a> = Option<(&'a Connection, GoesOn)>;

/// What each of `all` met. What lives on beside that which took its place there is not among them: it
/// goes, and ends with that.
fn meetings<'f>(
    writer: &mut Writer<'_>,
    all: &'f [Found],
    what: SetBack<'f>,
) -> Result<Vec<(&'f Found, Met<'f>)>, VaultError> {
    let mut meetings = Vec::with_capacity(all.len());
    for found in all {
        let mut met = None;
        if let Some(remaining) = what.remaining {
            met = remaining.meets(&found.connection, all, what.generation);
            if met.is_none() && remaining.has_replaced(&found.connection, what.generation) {
                writer.delete(&found.row)?;
                continue;
            }
        }
        meetings.push((found, met));
    }
    Ok(meetings)
}

/// In such an order that who gave its name up comes before who has it since.
fn by_names<'f>(mut all: Vec<(&'f Found, Met<'f>)>) -> Vec<(&'f Found, Met<'f>)> {
    let mut sorted = Vec::with_capacity(all.len());
    while !all.is_empty() {
        let is_free = |(found, met): &(&Found, Met<'_>)| {
            let own = &found.connection.name;
            let last = met.map_or(own, |(met, _)| &met.name);
            last == own || !all.iter().any(|(other, _)| other.connection.name == *last)
        };
        let at = all.iter().position(is_free).unwrap_or(0);
        sorted.push(all.remove(at));
    }
    sorted
}

/// The name under which a connection goes on: what it was called last, where that is free. One that is
/// not there gives its name up to what has it there.
fn name_now(
    writer: &mut Writer<'_>,
    own: &ConnectionName,
    met: Met<'_>,
    what: SetBack<'_>,
) -> Result<ConnectionName, ConnectionError> {
    let is_kept = |remaining: &Remaining| remaining.keeps(&own.to_string(), what.generation);
    let last = match met {
        Some((met, _)) => met.name.clone(),
        None if what.remaining.is_some_and(is_kept) => free_name(writer, own.clone())?,
        None => own.clone(),
    };
    if last == *own
        || writer
            .find::<StoredConnection>(&last.to_string())?
            .is_some()
    {
        return Ok(own.clone());
    }
    replaced::rename(writer, own, &last)?;
    Ok(last)
}

fn with_set(state: State, set: &TokenSet) -> State {
    match state {
        State::Revoking { intent, unseen, .. } => State::Revoking {
            set: set.clone(),
            intent,
            unseen,
        },
        State::Moved => State::Moved,
        State::Active(_)
        | State::Refreshing { .. }
        | State::Suspect(_)
        | State::NeedsLogin { .. } => State::Active(set.clone()),
    }
}

/// Stores the state in which `next`, which is another than `found` where `is_other` says so, goes on;
/// its name where it became suspect.
pub(super) fn go_on(
    writer: &mut Writer<'_>,
    found: &Found,
    mut next: Connection,
    is_other: bool,
    world: World<'_>,
) -> Result<Option<ConnectionName>, ConnectionError> {
    next.state = set_back(&next, world);
    mark_set_back(&mut next);
    let is_as_before = discriminant(&next.state) == discriminant(&found.connection.state)
        && next.tickets.set_back == found.connection.tickets.set_back
        && !matches!(next.state, State::Revoking { .. });
    if is_as_before && !is_other {
        return Ok(None);
    }
    writer.update(&found.row, StoredConnection::from(&next))?;
    Ok(next.state.is_suspect().then_some(next.name))
}

/// What is away may have been home since, and have left again: a file of before may bring it home with
/// tokens that were spent.
pub(super) fn mark_set_back(connection: &mut Connection) {
    connection.tickets.set_back |= connection.has_left();
}

/// The state in which a connection goes on that may have gone on elsewhere since.
pub(super) fn set_back(connection: &Connection, world: World<'_>) -> State {
    match &connection.state {
        State::Active(set) | State::Refreshing { set, .. } | State::Suspect(set) => {
            if connection.state.is_suspect() || rotates(connection, set, world) {
                State::Suspect(set.clone())
            } else {
                State::Active(set.clone())
            }
        }
        State::Revoking { set, .. } => State::Revoking {
            set: set.clone(),
            intent: None,
            unseen: Some(Unseen::SetBack),
        },
        State::NeedsLogin { .. } | State::Moved => connection.state.clone(),
    }
}

/// Whether a refresh token of `set` may have been spent by who holds a newer one. A provider that is
/// not defined any more may well have rotated.
pub(super) fn rotates(connection: &Connection, set: &TokenSet, world: World<'_>) -> bool {
    let definition = world.providers.get(&connection.name.provider);
    let rotates = definition.map_or(true, |definition| {
        definition.refresh.rotation != Rotation::None
    });
    set.refresh_token.is_some() && rotates
}

/// The newest rescue file of each connection.
fn saved(vault: &Vault, elsewhere: &Path) -> Result<Vec<(Rescued, Connection)>, ConnectionError> {
    let mut saved = Vec::new();
    for found in vault.read(select::all)? {
        if let Some((what, bytes)) = vault.newest_rescue(found.row.id, elsewhere)? {
            let stored = StoredConnection::from_rescue(&bytes)?;
            saved.push((what, Connection::try_from(&stored)?));
        }
    }
    Ok(saved)
}
