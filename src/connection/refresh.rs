//! Refreshing exactly once, and never losing what the provider answered.
//!
//! A refresh is a flight in three parts. `begin` takes the connection's kernel lock, reads again,
//! reserves a rescue file and commits an intent. The caller sends the request. `finish` commits the
//! new set and clears the intent in one fsynced transaction before anyone sees the token. A crash
//! leaves the intent behind, and whoever next takes the lock knows that the old refresh token may
//! be spent.

use std::sync::Arc;
use std::time::Duration;

use crate::connection::client;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, Intent, LoginReason, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::exchange::reply;
use crate::http::{Http, Response, SendError};
use crate::lock::{Guard, LockError};
use crate::moment::Moment;
use crate::names::{ConnectionName, ConnectionRef};
use crate::oauth::token_answer;
use crate::oauth::token_error::TokenError;
use crate::oauth::token_request::{Grant, token_request};
use crate::provider::definition::{Definition, LostAnswer};
use crate::token::{Remaining, TokenSet};
use crate::vault::{Action, Event, Outcome, Rescue, Rescued, Row, Vault, VaultError};

/// The longest wait for another process that works on the same connection.
pub const LOCK_WAIT: Duration = Duration::from_secs(60);

/// The disk space that is taken before a request is sent: several times the largest set that any
/// provider is known to answer.
pub(super) const RESCUE_ROOM: usize = 48 * 1024;

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
    let Some(bytes) = vault.find_rescue(what, world.state)? else {
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

/// Everything that must be ready before the request may leave: the request itself, space for the
/// answer, and the intent on disk.
fn depart(
    vault: &mut Vault,
    world: World<'_>,
    found: Found,
    old: TokenSet,
    recovering: bool,
    locks: (Guard, Guard),
) -> Result<Box<Flight>, ConnectionError> {
    let mut connection = found.connection;
    let name = connection.name.clone();
    let definition = Arc::new(world.providers.get(&name.provider)?);
    check_stamp(&connection, &definition)?;
    if recovering && definition.refresh.lost_answer == LostAnswer::NeverRetry {
        return Err(ended(
            vault,
            world,
            &found.row,
            connection,
            old,
            LoginReason::LostAnswer,
        )?);
    }
    let client =
        vault.read(|snapshot| client::for_connection(snapshot, &definition, &connection.stamp))?;
    let started = (world.now)();
    let Some(refresh_token) = &old.refresh_token else {
        return Err(ConnectionError::LoginRequired {
            name,
            reason: LoginReason::NoRefreshToken,
        });
    };
    let redirect_uri = connection.stamp.redirect_uri.as_deref();
    let grant = Grant::RefreshToken {
        refresh_token,
        redirect_uri,
    };
    let request = token_request(
        &definition,
        &client,
        &connection.stamp.token_endpoint,
        &grant,
    )?;
    let intent = Intent {
        id: random_id()?,
        started: started.clone(),
    };
    connection.state = State::Refreshing {
        set: old.clone(),
        intent: intent.clone(),
    };
    let row =
        vault.mutate(|writer| writer.update(&found.row, StoredConnection::from(&connection)))?;
    let rescue = match vault.reserve_rescue(rescued(&row, intent.id), RESCUE_ROOM, world.state) {
        Ok(rescue) => rescue,
        Err(error) => {
            // Nothing was sent. If the intent can't be cleared either, the next refresh recovers.
            connection.state = State::Active(old);
            let stored = StoredConnection::from(&connection);
            let _ = vault.mutate(|writer| writer.update(&row, stored));
            return Err(error.into());
        }
    };
    Ok(Box::new(Flight {
        name,
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

/// Stores what the provider answered.
///
/// # Errors
/// When the provider refused, could not be reached, or the answer could not be stored.
pub fn finish(
    vault: &mut Vault,
    world: World<'_>,
    flight: Flight,
    answer: Result<Response, SendError>,
) -> Result<(), ConnectionError> {
    let what = || format!("refresh `{}`", flight.name);
    let response = match answer {
        Ok(response) => response,
        Err(source) => {
            let sent = matches!(source, SendError::MaybeSent { .. });
            let error = ConnectionError::Network {
                what: what(),
                source,
            };
            return Err(not_refreshed(vault, world, flight, sent, None, error));
        }
    };
    let read = token_answer::read(
        &flight.definition,
        &flight.old.granted,
        &flight.started,
        &reply(&response),
    );
    let error = match read.and_then(|answer| answer.following(&flight.old)) {
        Ok(answer) => return arrive(vault, world, flight, answer.set),
        Err(error) => error,
    };
    let sent = error.maybe_rotated();
    let code = code_of(&error);
    let provider = flight.name.provider.clone();
    let failure = match error {
        TokenError::Ended { code, description } => {
            let reason = if flight.recovering {
                LoginReason::LostAnswer
            } else {
                LoginReason::Ended { code, description }
            };
            let Flight {
                row,
                connection,
                old,
                rescue,
                ..
            } = flight;
            let error = ended(vault, world, &row, connection, old, reason)?;
            let _ = rescue.remove();
            return Err(error);
        }
        TokenError::InvalidClient { code, description } => ConnectionError::InvalidClient {
            provider,
            code,
            description,
        },
        TokenError::Refused { code, description } => ConnectionError::Refused {
            provider,
            code,
            description,
        },
        error @ (TokenError::Temporary { .. } | TokenError::Malformed { .. }) => {
            ConnectionError::Temporary {
                what: what(),
                why: error.to_string(),
                retry_after: response.retry_after,
            }
        }
    };
    Err(not_refreshed(vault, world, flight, sent, code, failure))
}

fn code_of(error: &TokenError) -> Option<String> {
    match error {
        TokenError::Ended { code, .. }
        | TokenError::InvalidClient { code, .. }
        | TokenError::Refused { code, .. } => Some(code.clone()),
        TokenError::Temporary { code, .. } => code.clone(),
        TokenError::Malformed { .. } => None,
    }
}

/// The new set, on disk before anyone sees it.
fn arrive(
    vault: &mut Vault,
    world: World<'_>,
    flight: Flight,
    set: TokenSet,
) -> Result<(), ConnectionError> {
    let Flight {
        name,
        row,
        mut connection,
        rescue,
        ..
    } = flight;
    let mark = vault.token_mark(&set.access_token);
    let mut event = world.event(Action::Refresh, &name, Outcome::Done);
    event.scopes = set.granted.iter().map(ToString::to_string).collect();
    event.token = Some(mark);
    connection.state = State::Active(set);
    let stored = StoredConnection::from(&connection);
    keep(vault, &name.to_string(), rescue, &stored, |vault| {
        vault.mutate(|writer| {
            writer.log(&event)?;
            writer.update(&row, stored.clone())
        })
    })?;
    Ok(())
}

/// Stores something that exists nowhere else: waits out contention, then falls back to the rescue
/// file.
pub(super) fn keep<T>(
    vault: &mut Vault,
    name: &str,
    mut rescue: Rescue,
    stored: &StoredConnection,
    store: impl Fn(&mut Vault) -> Result<T, VaultError>,
) -> Result<T, ConnectionError> {
    let source = loop {
        match store(vault) {
            Ok(done) => {
                // One that stays is removed by the next refresh of this connection.
                let _ = rescue.remove();
                return Ok(done);
            }
            // Each try already waited 30 s for the write lock; somebody holds it and will let go.
            Err(VaultError::Busy) => {}
            Err(error) => break error,
        }
    };
    let name = name.to_owned();
    Err(match rescue.save(&stored.to_rescue()) {
        Ok(()) => ConnectionError::Rescued {
            name,
            path: rescue.path().to_owned(),
            source,
        },
        Err(_) => ConnectionError::Lost { name, source },
    })
}

/// The provider ended the grant, or an answer is lost for good. Nothing is deleted.
fn ended(
    vault: &mut Vault,
    world: World<'_>,
    row: &Row<StoredConnection>,
    mut connection: Connection,
    old: TokenSet,
    reason: LoginReason,
) -> Result<ConnectionError, ConnectionError> {
    let name = connection.name.clone();
    let mut event = world.event(Action::Refresh, &name, Outcome::Failed);
    event.error_code = match &reason {
        LoginReason::Ended { code, .. } => Some(code.clone()),
        LoginReason::LostAnswer | LoginReason::NoRefreshToken => None,
    };
    event.detail = Some(reason.words());
    connection.state = State::NeedsLogin {
        reason: reason.clone(),
        set: old,
    };
    vault.mutate(|writer| {
        writer.log(&event)?;
        writer.update(row, StoredConnection::from(&connection))
    })?;
    Ok(ConnectionError::LoginRequired { name, reason })
}

/// No new set came. The intent stays where the provider may have acted, else it is cleared.
fn not_refreshed(
    vault: &mut Vault,
    world: World<'_>,
    flight: Flight,
    maybe_acted: bool,
    code: Option<String>,
    error: ConnectionError,
) -> ConnectionError {
    let Flight {
        name,
        row,
        mut connection,
        old,
        rescue,
        recovering,
        ..
    } = flight;
    let mut event: Event = world.event(Action::Refresh, &name, Outcome::Failed);
    event.error_code = code;
    event.detail = Some(error.to_string());
    // A recovery that failed for now stays one: the first attempt's fate is still unknown.
    let keep_intent = maybe_acted || recovering;
    if !keep_intent {
        connection.state = State::Active(old);
    }
    let noted = vault.mutate(|writer| -> Result<(), VaultError> {
        writer.log(&event)?;
        if !keep_intent {
            writer.update(&row, StoredConnection::from(&connection))?;
        }
        Ok(())
    });
    // The tokens are safe either way: an intent that could not be cleared only makes the next
    // refresh a recovery.
    if noted.is_ok() || keep_intent {
        let _ = rescue.remove();
    }
    error
}

/// Names a request's rescue file.
pub(super) fn rescued<T>(row: &Row<T>, intent: [u8; 16]) -> Rescued {
    Rescued {
        row: row.id,
        version: row.version,
        intent,
    }
}

pub(super) fn random_id() -> Result<[u8; 16], VaultError> {
    let mut id = [0_u8; 16];
    getrandom::fill(&mut id).map_err(VaultError::NoRandomness)?;
    Ok(id)
}
