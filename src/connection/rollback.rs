//! Going on with a vault that was rolled back, restored or copied.
//!
//! Its refresh tokens may have been used since. Where a provider rotates them, using an old one
//! again looks like theft and ends the live grant, so those connections become suspect.

use std::path::Path;

use crate::connection::hold::LOCK_WAIT;
use crate::connection::select;
use crate::connection::state::{Connection, State, Unseen};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::names::ConnectionName;
use crate::provider::definition::Rotation;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Rescued, Vault};

/// What is in the place of a vault's newest state.
#[derive(Debug, Clone, Copy)]
pub struct SetBack<'a> {
    /// How it came there.
    pub action: Action,
    /// More, for the log.
    pub detail: Option<&'a str>,
    /// A generation that was seen of it.
    pub generation: u64,
    /// Where else answers were saved, for a vault that is not in its place yet. They stay there: what is
    /// older than its row is never taken over, and goes with the next refresh.
    pub rescues: &'a [&'a Path],
}

/// Accepts the vault as it is and names the connections that became suspect. What was saved beside
/// the vault after the state that it was set back to is newer than what it holds, and is taken over.
///
/// # Errors
/// When the vault refuses, or others work with it.
pub fn accept(
    vault: &mut Vault,
    world: World<'_>,
    what: SetBack<'_>,
) -> Result<Vec<ConnectionName>, ConnectionError> {
    let _alone = vault.lock_exclusive(LOCK_WAIT)?;
    let mut event = world.bare_event(what.action, Outcome::Done);
    event.detail = what.detail.map(str::to_owned);
    let mut saved = saved(vault, world.state)?;
    for folder in what.rescues {
        saved.extend(self::saved(vault, folder)?);
    }
    saved.sort_by_key(|(what, _)| std::cmp::Reverse(what.version));
    let suspects = vault.accept_rollback(|writer| {
        writer.rise_above(what.generation);
        let mut suspects = Vec::new();
        for found in select::all(writer)? {
            let mut connection = found.connection;
            let newer = saved
                .iter()
                .find(|(what, _)| what.row == found.row.id && what.version >= found.row.version)
                .and_then(|(_, connection)| connection.state.set());
            let held = match &connection.state {
                State::Active(set) | State::Refreshing { set, .. } => Some(set),
                State::Suspect(set) | State::NeedsLogin { set, .. } if newer.is_some() => Some(set),
                State::Suspect(_)
                | State::NeedsLogin { .. }
                | State::Revoking { .. }
                | State::Moved => None,
            };
            let Some(set) = newer.or(held) else { continue };
            let unsure = rotates(&connection, set, world);
            if !unsure && newer.is_none() {
                continue;
            }
            connection.state = match (&connection.state, unsure) {
                (State::Revoking { .. }, _) => State::Revoking {
                    set: set.clone(),
                    intent: None,
                    unseen: Some(Unseen::SetBack),
                },
                (_, true) => State::Suspect(set.clone()),
                (_, false) => State::Active(set.clone()),
            };
            writer.update(&found.row, StoredConnection::from(&connection))?;
            if connection.state.is_suspect() {
                suspects.push(connection.name);
            }
        }
        writer.log(&event)?;
        Ok::<_, ConnectionError>(suspects)
    })?;
    if !what.rescues.is_empty() {
        return Ok(suspects);
    }
    for (what, _) in saved {
        // One that stays is older than what the vault holds now, and goes with the next refresh.
        let _ = vault.remove_rescue(what, world.state);
    }
    Ok(suspects)
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
