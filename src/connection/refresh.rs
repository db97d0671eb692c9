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
use crate::http::Http;
use crate::lock::Guard;
use crate::moment::Moment;
use crate::names::ConnectionName;
use crate::oauth::scope;
use crate::oauth::token_request::{Grant, token_request};
use crate::provider::definition::{Definition, LostAnswer};
use crate::secret::Secret;
use crate::token::{Remaining, TokenSet};
use crate::vault::{Rescue, Row, Vault};

use answer::ended;
pub use answer::finish;

/// Why a refresh is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The set of this row version is too old; any newer one that is unexpired will do.
    Stale {
        /// The row version that was seen.
        seen: u64,
    },
    /// The person asked for this connection by name.
    Asked,
    /// It is one of many, nobody is watching.
    Unattended,
}

/// What `begin` found.
#[derive(Debug)]
pub enum Begun {
    /// Somebody else refreshed it in the meantime.
    AlreadyFresh,
    /// There is nothing to refresh: no refresh token, and the access token does not expire.
    Nothing,
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
}

impl Flight {
    /// The request, once.
    pub fn take_request(&mut self) -> Option<Outgoing> {
        self.request.take()
    }

    /// Whose tokens are being refreshed.
    #[must_use]
    pub const fn name(&self) -> &ConnectionName {
        &self.name
    }
}

/// Refreshes one connection now, waiting for others that already do.
///
/// # Errors
/// Everything that `begin` and `finish` report.
pub async fn refresh(
    vault: &mut Vault,
    world: World<'_>,
    http: &Http,
    name: &ConnectionName,
    reason: Reason,
) -> Result<(), ConnectionError> {
    let mut flight = match begin(vault, world, name, reason, LOCK_WAIT)? {
        Begun::AlreadyFresh | Begun::Nothing => return Ok(()),
        Begun::Send(flight) => flight,
    };
    let Some(request) = flight.take_request() else {
        return Ok(());
    };
    let answer = request.send(http).await;
    finish(vault, world, *flight, answer)
}

/// Takes the locks, reads again, and commits the intent to refresh.
///
/// # Errors
/// When the connection can't be refreshed, its lock can't be had within `wait`, or the vault
/// refuses. Nothing was sent then.
pub fn begin(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
    reason: Reason,
    wait: Duration,
) -> Result<Begun, ConnectionError> {
    let held = hold(vault, world, name, wait)?;
    let set = match &held.found.connection.state {
        State::Active(set) | State::Refreshing { set, .. } => set.clone(),
        State::Suspect(set) if reason == Reason::Asked => set.clone(),
        State::Suspect(_) => return Err(ConnectionError::Suspect { name: name.clone() }),
        State::NeedsLogin { reason, .. } => {
            return Err(ConnectionError::LoginRequired {
                name: name.clone(),
                reason: reason.clone(),
            });
        }
        State::Revoking(_) => return Err(ConnectionError::Revoking { name: name.clone() }),
        State::Moved => return Err(ConnectionError::Moved { name: name.clone() }),
    };
    let is_newer = match reason {
        Reason::Asked => false,
        Reason::Stale { seen } => held.adopted || (held.found.row.version > seen && !held.cut_off),
        Reason::Unattended => held.adopted,
    };
    let remaining = set.remaining(&(world.now)());
    let unexpired = matches!(remaining, Remaining::Time(_) | Remaining::Unlimited);
    if is_newer && unexpired {
        return Ok(Begun::AlreadyFresh);
    }
    if set.refresh_token.is_none() && !held.found.connection.grant.needs_nobody() {
        let reason = LoginReason::NoRefreshToken;
        let ended = || ConnectionError::LoginRequired {
            name: name.clone(),
            reason,
        };
        return if unexpired {
            Ok(Begun::Nothing)
        } else {
            Err(ended())
        };
    }
    depart(vault, world, held, set).map(Begun::Send)
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
    let definition = seen_by(&connection, world.providers.get(&connection.name.provider)?);
    check_stamp(&connection, &definition)?;
    let spent = cut_off && old.refresh_token.is_some();
    if spent && definition.refresh.lost_answer == LostAnswer::NeverRetry {
        return Err(ended(
            vault,
            world,
            &row,
            connection,
            old,
            LoginReason::LostAnswer,
        )?);
    }
    let request = request(vault, world, &definition, &connection, &old)?;
    let started = (world.now)();
    let intent = Intent {
        id: random_id()?,
        started: started.clone(),
    };
    let what = intent.id;
    let before = std::mem::replace(
        &mut connection.state,
        State::Refreshing {
            set: old.clone(),
            intent,
        },
    );
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
            let name = connection.name.clone();
            return Err(ConnectionError::LoginRequired {
                name,
                reason: LoginReason::NoRefreshToken,
            });
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

/// Refuses to send anything to endpoints that the grant was not made with.
pub(super) fn check_stamp(
    connection: &Connection,
    definition: &Definition,
) -> Result<(), ConnectionError> {
    let moved = |what| {
        Err(ConnectionError::DefinitionMoved {
            provider: definition.name.clone(),
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
