//! Handing out an access token.
//!
//! The fast path is one transaction: read, decide, log, commit without waiting for the disk. The
//! state is read inside the transaction that logs the hand-out, so no token is handed out, or
//! logged, after a revocation that it preceded.

use std::time::Duration;

use crate::config::AuditPolicy;
use crate::connection::refresh;
use crate::connection::select::{self, Found};
use crate::connection::state::State;
use crate::connection::{ConnectionError, World};
use crate::names::{ConnectionName, ConnectionRef, Scope};
use crate::oauth::scope;
use crate::signing::SigningKey;
use crate::token::TokenSet;
use crate::vault::{Action, Event, Outcome, Vault, VaultError};

/// What the caller needs of a token.
#[derive(Debug, Clone, Default)]
pub struct Want {
    /// How long it must still live; by default 60 s or a tenth of its lifetime, the smaller.
    pub min_ttl: Option<Duration>,
    /// Scopes that must be granted.
    pub scopes: Vec<Scope>,
    /// Whether the caller can present a token that is bound to a key (RFC 9449). As a bearer token
    /// nobody would take it.
    pub may_be_bound: bool,
    /// Whether the definition says where the token goes. Then it must be the one that the grant was
    /// made with: another one's hosts have no right to it.
    pub by_definition: bool,
}

/// Which tokens are good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// One that lives as long as wanted.
    Fresh,
    /// Whatever there is: it was refreshed a moment ago.
    JustRefreshed,
}

/// A token that may leave.
#[derive(Debug)]
pub struct HandOut {
    /// Whose it is.
    pub name: ConnectionName,
    /// The set it came in.
    pub set: TokenSet,
    /// The key that it is bound to.
    pub key: Option<SigningKey>,
    /// Why it was not logged, if it wasn't.
    pub unlogged: Option<String>,
}

/// What the vault alone could do.
#[derive(Debug)]
pub enum Cached {
    /// A token that is good enough.
    Ready(Box<HandOut>),
    /// The stored token is too old; the connection has to be refreshed.
    Stale(Box<Found>),
}

/// Hands out the stored token if it is good enough.
///
/// # Errors
/// When there is no such connection, it can't be used, a scope is missing, or the hand-out must be
/// logged and can't be.
pub fn cached(
    vault: &mut Vault,
    world: World<'_>,
    asked: &ConnectionRef,
    want: &Want,
    accept: Accept,
) -> Result<Cached, ConnectionError> {
    let unlogged = match logged(vault, world, asked, want, accept) {
        Err(ConnectionError::Vault(error)) if stops_logging(&error) => error.to_string(),
        done => return done,
    };
    if world.audit == AuditPolicy::Required {
        return Err(ConnectionError::NotLogged { why: unlogged });
    }
    let found = vault.read(|snapshot| select::find(snapshot, asked))?;
    decide(world, found, want, accept, Some(unlogged))
}

fn logged(
    vault: &mut Vault,
    world: World<'_>,
    asked: &ConnectionRef,
    want: &Want,
    accept: Accept,
) -> Result<Cached, ConnectionError> {
    vault.hand_out(|transaction| {
        let found = select::find(transaction, asked)?;
        let cached = decide(world, found, want, accept, None)?;
        if let Cached::Ready(hand_out) = &cached {
            let mark = transaction.token_mark(&hand_out.set.access_token);
            transaction.log(&event(world, hand_out, want, mark))?;
        }
        Ok(cached)
    })
}

fn event(world: World<'_>, hand_out: &HandOut, want: &Want, mark: String) -> Event {
    let mut event = world.event(Action::HandOut, &hand_out.name, Outcome::Done);
    event.scopes = want.scopes.iter().map(ToString::to_string).collect();
    event.token = Some(mark);
    event
}

fn decide(
    world: World<'_>,
    found: Found,
    want: &Want,
    accept: Accept,
    unlogged: Option<String>,
) -> Result<Cached, ConnectionError> {
    let name = found.connection.name.clone();
    let set = match &found.connection.state {
        State::Active(set) | State::Refreshing { set, .. } | State::Suspect(set) => set,
        State::NeedsLogin { reason, .. } => {
            return Err(ConnectionError::login_required(
                &found.connection,
                reason.clone(),
            ));
        }
        State::Revoking { .. } => return Err(ConnectionError::Revoking { name }),
        State::Moved => return Err(ConnectionError::Moved { name }),
    };
    if found.connection.dpop.is_some() && !want.may_be_bound {
        return Err(ConnectionError::Bound { name });
    }
    if want.by_definition {
        let definition = world.definition_of(&name)?;
        refresh::check_stamp(&found.connection, &definition)?;
    }
    assert_scopes(world, &found, set, want)?;
    let fresh = accept == Accept::JustRefreshed || set.is_fresh(&(world.now)(), want.min_ttl);
    if fresh {
        let set = set.clone();
        return Ok(Cached::Ready(Box::new(HandOut {
            name,
            set,
            key: found.connection.dpop,
            unlogged,
        })));
    }
    Ok(Cached::Stale(Box::new(found)))
}

fn assert_scopes(
    world: World<'_>,
    found: &Found,
    set: &TokenSet,
    want: &Want,
) -> Result<(), ConnectionError> {
    if want.scopes.is_empty() {
        return Ok(());
    }
    let name = &found.connection.name;
    let definition = world.definition_of(name)?;
    let missing = scope::compare(&definition.scopes, &want.scopes, &set.granted).missing;
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.iter().map(ToString::to_string).collect();
    Err(ConnectionError::ScopeMissing {
        name: name.clone(),
        missing,
    })
}

/// Failures to log that must not keep a person from their own token.
fn stops_logging(error: &VaultError) -> bool {
    matches!(
        error,
        VaultError::Busy
            | VaultError::NoSpace { .. }
            | VaultError::ReadOnly { .. }
            | VaultError::Unpinned
    )
}
