//! Refreshing exactly once, and never losing what the provider answered.
//!
//! A refresh is a flight in three parts. `begin` takes the connection's kernel lock, reads again,
//! reserves a rescue file and commits an intent. The caller sends the request. `finish` commits the
//! new set and clears the intent in one fsynced transaction before anyone sees the token. A crash
//! leaves the intent behind, and whoever next takes the lock knows that the old refresh token may
//! be spent.

mod answer;
mod keep;

use std::sync::Arc;
use std::time::Duration;

use crate::connection::client;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, Intent, LoginReason, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::http::Http;
use crate::lock::{Guard, LockError};
use crate::moment::Moment;
use crate::names::{ConnectionName, ConnectionRef};
use crate::oauth::token_request::{Grant, token_request};
use crate::provider::definition::{Definition, LostAnswer};
use crate::token::{Remaining, TokenSet};
use crate::vault::{Action, Outcome, Rescue, Row, Vault, VaultError};

use answer::ended;
pub use answer::finish;
pub(super) use keep::{RESCUE_ROOM, keep, random_id, rescued};

/// The longest wait for another process that works on the same connection.
pub const LOCK_WAIT: Duration = Duration::from_secs(60);

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
    recovering: bool,
    rescue: Rescue,
    started: Moment,
    request: Option<http::Request<Vec<u8>>>,
    _locks: (Guard, Guard),
}

impl Flight {
    /// The request, once.
    pub fn take_request(&mut self) -> Option<http::Request<Vec<u8>>> {
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
    let answer = http.send(request).await;
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
    let asked = ConnectionRef::Exact(name.clone());
    let row = vault
        .read(|snapshot| select::find(snapshot, &asked))?
        .row
        .id;
    let shared = vault.lock_shared(LOCK_WAIT).map_err(|e| no_lock(name, e))?;
    let lock = vault
        .lock_connection(row, wait)
        .map_err(|e| no_lock(name, e))?;
    let mut found = vault.read(|snapshot| select::find(snapshot, &asked))?;
    let recovering = matches!(found.connection.state, State::Refreshing { .. });
    if recovering && let Some(adopted) = adopt(vault, world, &found)? {
        found = adopted;
        if is_unexpired(&found, world) && reason != Reason::Asked {
            return Ok(Begun::AlreadyFresh);
        }
    }
    let set = match &found.connection.state {
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
    if let Reason::Stale { seen } = reason
        && found.row.version > seen
        && !matches!(found.connection.state, State::Refreshing { .. })
        && is_unexpired(&found, world)
    {
        return Ok(Begun::AlreadyFresh);
    }
    if set.refresh_token.is_none() {
        return match set.remaining(&(world.now)()) {
            Remaining::Unlimited | Remaining::Time(_) => Ok(Begun::Nothing),
            Remaining::Expired | Remaining::ClockUnsure => Err(ConnectionError::LoginRequired {
                name: name.clone(),
                reason: LoginReason::NoRefreshToken,
            }),
        };
    }
    let recovering = recovering && matches!(found.connection.state, State::Refreshing { .. });
    depart(vault, world, found, set, recovering, (shared, lock)).map(Begun::Send)
}

pub(super) fn no_lock(name: &ConnectionName, error: VaultError) -> ConnectionError {
    if matches!(error, VaultError::Lock(LockError::TimedOut { .. })) {
        ConnectionError::LockTimeout { name: name.clone() }
    } else {
        ConnectionError::NoLock {
            name: name.clone(),
            source: error,
        }
    }
}

fn is_unexpired(found: &Found, world: World<'_>) -> bool {
    let remaining = found
        .connection
        .state
        .usable()
        .map(|set| set.remaining(&(world.now)()));
    matches!(remaining, Some(Remaining::Time(_) | Remaining::Unlimited))
}

/// Takes over what an earlier process saved beside the vault because the vault didn't take it.
pub(super) fn adopt(
    vault: &mut Vault,
    world: World<'_>,
    found: &Found,
) -> Result<Option<Found>, ConnectionError> {
    let State::Refreshing { intent, .. } = &found.connection.state else {
        return Ok(None);
    };
    let what = rescued(&found.row, intent.id);
    let found_bytes = match vault.find_rescue(what, world.state) {
        // Cut off while it was written: there is nothing to take over.
        Err(VaultError::Tampered { .. }) => None,
        read => read?,
    };
    let Some(bytes) = found_bytes else {
        // What the attempt that was cut off had reserved is of no use any more.
        vault.remove_rescue(what, world.state)?;
        return Ok(None);
    };
    let stored = StoredConnection::from_rescue(&bytes)?;
    let name = &found.connection.name;
    let mut event = world.event(Action::Refresh, name, Outcome::Done);
    event.detail = Some("adopted from a rescue file".to_owned());
    let row = vault.mutate(|writer| {
        writer.log(&event)?;
        writer.update(&found.row, stored.clone())
    })?;
    vault.remove_rescue(what, world.state)?;
    Found::read(row).map(Some)
}

/// Everything that must be ready before the request may leave: the request itself, the intent on
/// disk, and space for the answer.
fn depart(
    vault: &mut Vault,
    world: World<'_>,
    found: Found,
    old: TokenSet,
    recovering: bool,
    locks: (Guard, Guard),
) -> Result<Box<Flight>, ConnectionError> {
    let Found {
        row,
        mut connection,
    } = found;
    let definition = Arc::new(world.providers.get(&connection.name.provider)?);
    check_stamp(&connection, &definition)?;
    if recovering && definition.refresh.lost_answer == LostAnswer::NeverRetry {
        return Err(ended(
            vault,
            world,
            &row,
            connection,
            old,
            LoginReason::LostAnswer,
        )?);
    }
    let request = request(vault, &definition, &connection, &old)?;
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
        recovering,
        rescue,
        started,
        request: Some(request),
        _locks: locks,
    }))
}

fn request(
    vault: &Vault,
    definition: &Definition,
    connection: &Connection,
    old: &TokenSet,
) -> Result<http::Request<Vec<u8>>, ConnectionError> {
    let Some(refresh_token) = &old.refresh_token else {
        let name = connection.name.clone();
        return Err(ConnectionError::LoginRequired {
            name,
            reason: LoginReason::NoRefreshToken,
        });
    };
    let stamp = &connection.stamp;
    let client = vault.read(|snapshot| client::for_connection(snapshot, definition, stamp))?;
    let redirect_uri = stamp.redirect_uri.as_deref();
    let grant = Grant::RefreshToken {
        refresh_token,
        redirect_uri,
    };
    Ok(token_request(
        definition,
        &client,
        &stamp.token_endpoint,
        &grant,
    )?)
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
