//! Refreshing exactly once, and never losing what the provider answered.
//!
//! A refresh is a flight in three parts. `begin` takes the connection's kernel lock, reads again,
//! reserves a rescue file and commits an intent. The caller sends the request. `finish` commits the
//! new set and clears the intent in one fsynced transaction before anyone sees the token. A crash
//! leaves the intent behind, and whoever next takes the lock knows that the old refresh token may
//! be spent.

mod answer;

use std::sync::Arc;
use std::time::Duration;

use crate::connection::client;
use crate::connection::hold::{Held, LOCK_WAIT, hold};
use crate::connection::keep::{RESCUE_ROOM, random_id, rescued};
use crate::connection::select::Found;
use crate::connection::state::{Connection, GrantKind, Intent, LoginReason, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::exchange::{Outgoing, unique};
use crate::http::{Http, Response, SendError};
use crate::lock::Guard;
use crate::moment::Moment;
use crate::names::{ConnectionName, ConnectionRef};
use crate::oauth::scope;
use crate::oauth::token_request::{Grant, token_request};
use crate::provider::definition::{Definition, LostAnswer};
use crate::secret::Secret;
use crate::stop::{self, InTheAir, Stake};
use crate::token::{Remaining, TokenSet};
use crate::vault::{Rescue, Row, Vault};

use answer::ended;
pub use answer::finish;

/// Why a refresh is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its token is too old.
    Stale,
    /// The person asked for this connection by name.
    Asked,
    /// It is one of many, nobody is watching.
    Unattended,
    /// It is being revoked, and only a live access token can be.
    Revoked,
}

/// What `begin` found.
#[derive(Debug)]
pub enum Begun {
    /// Somebody else refreshed it in the meantime.
    AlreadyFresh,
    /// There is nothing to refresh: no refresh token, and the access token does not expire.
    Nothing,
    /// The access token expires, and there is no refresh token to renew it with.
    CannotBe,
    /// The request to send.
    Send(Box<Flight>),
}

/// A refresh under way. Dropping it leaves the intent, as a crash would.
#[derive(Debug)]
pub struct Flight {
    name: ConnectionName,
    definition: Arc<Definition>,
    row: Row<StoredConnection>,
    connection: Connection,
    old: TokenSet,
    before: State,
    recovering: bool,
    rescue: Rescue,
    started: Moment,
    request: Option<Outgoing>,
    _locks: (Guard, Guard),
    _air: InTheAir,
}

impl Flight {
    /// Sends the request, once, unless a signal came before: then not one byte leaves.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn send(&mut self, http: &Http) -> Result<Response, SendError> {
        let not_sent = || SendError::NotSent {
            host: self.definition.token_endpoint.authority(),
            why: "stopped before anything was sent".to_owned(),
        };
        if stop::asked().is_some() {
            return Err(not_sent());
        }
        match self.request.take() {
            Some(request) => request.send(http).await,
            None => Err(not_sent()),
        }
    }

    /// Whose tokens are being refreshed.
    #[must_use]
    pub const fn name(&self) -> &ConnectionName {
        &self.name
    }
}

/// Refreshes one connection now, waiting for others that already do. Whether this call did it.
///
/// # Errors
/// Everything that `begin` and `finish` report.
pub async fn refresh(
    vault: &mut Vault,
    world: World<'_>,
    http: &Http,
    name: &ConnectionName,
    seen: Option<&Moment>,
    reason: Reason,
) -> Result<bool, ConnectionError> {
    let mut flight = match begin(vault, world, name, seen, reason, LOCK_WAIT)? {
        Begun::AlreadyFresh | Begun::Nothing | Begun::CannotBe => return Ok(false),
        Begun::Send(flight) => flight,
    };
    let answer = flight.send(http).await;
    finish(vault, world, *flight, answer)?;
    Ok(true)
}

/// Takes the locks, reads again, and commits the intent to refresh. `seen` is when the set was
/// obtained that was found wanting: any other that is unexpired will do.
///
/// # Errors
/// When the connection can't be refreshed, its lock can't be had within `wait`, or the vault
/// refuses. Nothing was sent then.
pub fn begin(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
    seen: Option<&Moment>,
    reason: Reason,
    wait: Duration,
) -> Result<Begun, ConnectionError> {
    if stop::asked().is_some() {
        return Err(ConnectionError::Stopped);
    }
    let held = hold(vault, world, name, wait)?;
    let connection = &held.found.connection;
    let set = refreshable(connection, reason)?;
    let now = (world.now)();
    let remaining = set.remaining(&now);
    let unexpired = matches!(remaining, Remaining::Time(_) | Remaining::Unlimited);
    let is_newer =
        held.adopted || (seen.is_some_and(|seen| *seen != set.obtained) && !held.cut_off);
    if is_newer && unexpired {
        return Ok(Begun::AlreadyFresh);
    }
    if set.refresh_token.is_none() && !connection.grant.needs_nobody() {
        match remaining {
            Remaining::Unlimited => return Ok(Begun::Nothing),
            Remaining::Time(left) if reason == Reason::Asked => {
                return Err(ConnectionError::NoRefreshToken {
                    name: name.clone(),
                    option: connection.grant.option(),
                    left,
                });
            }
            Remaining::Time(_) => return Ok(Begun::CannotBe),
            Remaining::Expired | Remaining::ClockUnsure => {}
        }
        let reason = LoginReason::NoRefreshToken;
        return Err(ConnectionError::login_required(connection, reason));
    }
    leave_alone(connection, reason, &now)?;
    let set = set.clone();
    depart(vault, world, held, set).map(Begun::Send)
}

/// The set of a connection that may be refreshed for this reason.
fn refreshable(connection: &Connection, reason: Reason) -> Result<&TokenSet, ConnectionError> {
    let name = || connection.name.clone();
    match &connection.state {
        State::Suspect(set) | State::Refreshing { set, .. } if connection.state.is_suspect() => {
            if reason == Reason::Asked {
                Ok(set)
            } else {
                Err(ConnectionError::Suspect {
                    name: name(),
                    option: connection.grant.option(),
                })
            }
        }
        State::Active(set) | State::Refreshing { set, .. } | State::Suspect(set) => Ok(set),
        State::Revoking { set, .. } if reason == Reason::Revoked => Ok(set),
        State::Revoking { .. } => Err(ConnectionError::Revoking { name: name() }),
        State::NeedsLogin { reason, .. } => {
            Err(ConnectionError::login_required(connection, reason.clone()))
        }
        State::Moved => Err(ConnectionError::Moved { name: name() }),
    }
}

/// A provider in trouble is not asked again and again by scripts that ask us again and again. A
/// person who names the connection may try.
fn leave_alone(
    connection: &Connection,
    reason: Reason,
    now: &Moment,
) -> Result<(), ConnectionError> {
    let Some(trouble) = &connection.trouble else {
        return Ok(());
    };
    match trouble.left(now) {
        Some(wait) if matches!(reason, Reason::Stale | Reason::Unattended) => {
            Err(ConnectionError::BackingOff {
                name: connection.name.clone(),
                trouble: trouble.clone(),
                wait,
            })
        }
        _ => Ok(()),
    }
}

/// Everything that must be ready before the request may leave: the request itself, the intent on
/// disk, and space for the answer.
fn depart(
    vault: &mut Vault,
    world: World<'_>,
    held: Held,
    old: TokenSet,
) -> Result<Box<Flight>, ConnectionError> {
    let Held {
        found,
        cut_off,
        locks,
        ..
    } = held;
    let Found {
        row,
        mut connection,
    } = found;
    let definition = seen_by(&connection, world.definition_of(&connection.name)?);
    check_stamp(&connection, &definition)?;
    let spent = cut_off && old.refresh_token.is_some();
    if spent && definition.refresh.lost_answer == LostAnswer::NeverRetry {
        return Err(ended(
            vault,
            world,
            &row,
            connection,
            old,
            LoginReason::LostAnswer { code: None },
        )?);
    }
    let request = request(vault, world, &definition, &connection, &old)?;
    if stop::asked().is_some() {
        // Waiting for the locks may have taken long. Without an intent all is as it was.
        return Err(ConnectionError::Stopped);
    }
    let started = (world.now)();
    let intent = Intent {
        id: random_id()?,
        started: started.clone(),
        from_suspect: connection.state.is_suspect(),
    };
    let what = intent.id;
    let set = old.clone();
    let under_way = if let State::Revoking { unseen, .. } = connection.state {
        State::Revoking {
            set,
            intent: Some(intent),
            unseen,
        }
    } else {
        State::Refreshing { set, intent }
    };
    let before = std::mem::replace(&mut connection.state, under_way);
    let row = vault.mutate(|writer| writer.update(&row, StoredConnection::from(&connection)))?;
    let reserved = vault.reserve_rescue(rescued(&row, what), RESCUE_ROOM, world.state);
    let rescue = match reserved {
        Ok(rescue) => rescue,
        Err(error) => {
            // Nothing was sent. If the intent can't be taken back, the next refresh recovers.
            connection.state = before;
            let stored = StoredConnection::from(&connection);
            let _ = vault.mutate(|writer| writer.update(&row, stored));
            return Err(error.into());
        }
    };
    Ok(Box::new(Flight {
        _air: InTheAir::with(stake(&connection.state)),
        name: connection.name.clone(),
        definition,
        row,
        connection,
        old,
        before,
        recovering: cut_off,
        rescue,
        started,
        request: Some(request),
        _locks: locks,
    }))
}

/// What hangs on the answer.
const fn stake(under_way: &State) -> Stake {
    match under_way {
        State::Revoking { .. } => Stake::Revocation,
        State::Active(_)
        | State::Refreshing { .. }
        | State::NeedsLogin { .. }
        | State::Suspect(_)
        | State::Moved => Stake::Connection,
    }
}

/// The definition as the flow that a connection was made by sees it.
pub(super) fn seen_by(connection: &Connection, definition: Arc<Definition>) -> Arc<Definition> {
    match connection.grant {
        GrantKind::Device => Arc::new(definition.for_device()),
        GrantKind::AuthorizationCode
        | GrantKind::Supplied
        | GrantKind::ClientCredentials { .. }
        | GrantKind::TokenExchange(_) => definition,
    }
}

fn request(
    vault: &Vault,
    world: World<'_>,
    definition: &Definition,
    connection: &Connection,
    old: &TokenSet,
) -> Result<Outgoing, ConnectionError> {
    let stamp = &connection.stamp;
    let client = vault.read(|snapshot| client::for_connection(snapshot, definition, stamp))?;
    let client = client.at((world.now)().wall, unique()?);
    let scope = (!connection.requested.is_empty())
        .then(|| scope::request_text(&definition.scopes, &connection.requested))
        .flatten();
    let subject = subject_token(connection)?;
    let grant = match (&connection.grant, &old.refresh_token, &subject) {
        (GrantKind::ClientCredentials { audience }, _, _) => Grant::ClientCredentials {
            scope: scope.as_deref(),
            audience: audience.as_deref(),
        },
        (GrantKind::TokenExchange(exchange), _, Some(subject_token)) => Grant::TokenExchange {
            subject_token,
            subject_token_type: &exchange.subject_token_type,
            scope: scope.as_deref(),
            audience: exchange.audience.as_deref(),
        },
        (_, Some(refresh_token), _) => Grant::RefreshToken {
            refresh_token,
            redirect_uri: stamp.redirect_uri.as_deref(),
        },
        (_, None, _) => {
            let reason = LoginReason::NoRefreshToken;
            return Err(ConnectionError::login_required(connection, reason));
        }
    };
    let write = || token_request(definition, &client, &stamp.token_endpoint, &grant);
    Ok(Outgoing::new(connection.dpop.as_ref(), world.now, write)?)
}

/// The token that is exchanged, where one is.
fn subject_token(connection: &Connection) -> Result<Option<Secret>, ConnectionError> {
    let GrantKind::TokenExchange(exchange) = &connection.grant else {
        return Ok(None);
    };
    let read = exchange.source.read();
    read.map(Some)
        .map_err(|source| ConnectionError::NoSubjectToken {
            name: connection.name.clone(),
            source,
        })
}

/// Refuses to send anything where a definition says that the grant was not made with.
///
/// # Errors
/// Which of its endpoints is another one.
pub fn check_stamp(
    connection: &Connection,
    definition: &Definition,
) -> Result<(), ConnectionError> {
    let moved = |what| {
        Err(ConnectionError::DefinitionMoved {
            of: ConnectionRef::Exact(connection.name.clone()),
            what,
        })
    };
    if definition.token_endpoint != connection.stamp.token_endpoint {
        return moved("token endpoint");
    }
    if definition.issuer != connection.stamp.issuer {
        return moved("issuer");
    }
    Ok(())
}
