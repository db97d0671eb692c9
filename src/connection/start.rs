//! The first of two steps: an authorization request that somebody finishes later.
//!
//! Its verifier rests in the vault, sealed like a token. An id is good for ten minutes and one
//! answer; only who has the vault can use it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::connection::keep::random_id;
use crate::connection::stored::{FormError, StoredMoment, key, key_text, scopes, texts};
use crate::connection::{ConnectionError, World};
use crate::lock::Guard;
use crate::moment::Moment;
use crate::names::{AccountLabel, ClientId, ConnectionRef, ProviderName, Scope, hex};
use crate::oauth::attempt::Attempt;
use crate::provider::definition::Definition;
use crate::secret::Secret;
use crate::signing::SigningKey;
use crate::vault::{Kind, Row, Stored, Vault, VaultError};

/// How long an id is good (RFC 9700 asks for a short time; so long do codes live at most).
pub const LIFETIME: Duration = Duration::from_secs(600);

const FORM: u32 = 1;

/// An authorization request under way, as stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredStart {
    v: u32,
    id: String,
    provider: String,
    client_id: String,
    /// Where its code may be sent: the issuer and token endpoint of the definition at the start.
    issuer: Option<String>,
    token_endpoint: String,
    redirect_uri: String,
    scopes: Vec<String>,
    account: Option<String>,
    verifier: Zeroizing<String>,
    state: Zeroizing<String>,
    nonce: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dpop_key: Option<Zeroizing<String>>,
    started: StoredMoment,
}

impl std::fmt::Debug for StoredStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredStart({} {}, redacted)", self.provider, self.id)
    }
}

impl Stored for StoredStart {
    const KIND: Kind = Kind::Pending;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn group(&self) -> String {
        Self::GROUP.to_owned()
    }
}

impl StoredStart {
    /// The group that all of them are in.
    pub const GROUP: &str = "start";
}

/// What was asked for in the first step.
#[derive(Debug, Clone)]
pub struct Start {
    /// At which provider.
    pub provider: ProviderName,
    /// With which client.
    pub client_id: ClientId,
    /// The redirect URI of the request.
    pub redirect_uri: String,
    /// The scopes of the request.
    pub scopes: Vec<Scope>,
    /// The label the person wants.
    pub account: Option<AccountLabel>,
    /// Its one-time secrets.
    pub attempt: Attempt,
    /// The key that the tokens are to be bound to.
    pub dpop: Option<SigningKey>,
}

/// A start that nobody else can finish while this lives.
#[derive(Debug)]
pub struct Taken {
    /// What was asked for.
    pub start: Start,
    /// How much of its time is left.
    pub left: Duration,
    row: Row<StoredStart>,
    _lock: Guard,
}

/// Keeps a start and gives its id.
///
/// # Errors
/// When the vault refuses.
pub fn keep(
    vault: &mut Vault,
    world: World<'_>,
    definition: &Definition,
    start: &Start,
) -> Result<String, ConnectionError> {
    sweep(vault, world)?;
    let id = hex(&random_id()?);
    let text = |secret: &Secret| Zeroizing::new(secret.expose().to_owned());
    let stored = StoredStart {
        v: FORM,
        id: id.clone(),
        provider: start.provider.to_string(),
        client_id: start.client_id.to_string(),
        issuer: definition.issuer.clone(),
        token_endpoint: definition.token_endpoint.to_string(),
        redirect_uri: start.redirect_uri.clone(),
        scopes: texts(&start.scopes),
        account: start.account.as_ref().map(ToString::to_string),
        verifier: text(start.attempt.verifier()),
        state: text(start.attempt.state()),
        nonce: start.attempt.nonce().map(text),
        dpop_key: start.dpop.as_ref().map(key_text),
        started: (&(world.now)()).into(),
    };
    vault.mutate(|writer| writer.insert(stored))?;
    Ok(id)
}

/// Takes the start with this id, for whoever finishes it.
///
/// # Errors
/// When there is none (any more), somebody else waits for its answer, or the definition names other
/// endpoints by now.
pub fn take(vault: &mut Vault, world: World<'_>, id: &str) -> Result<Taken, ConnectionError> {
    sweep(vault, world)?;
    let find = |vault: &Vault| vault.read(|snapshot| snapshot.find::<StoredStart>(id));
    let row = find(vault)?.ok_or(ConnectionError::NoStart)?;
    let lock = match vault.lock_connection(row.id, Duration::ZERO) {
        Ok(lock) => lock,
        Err(VaultError::Lock(_)) => return Err(ConnectionError::StartTaken),
        Err(error) => return Err(error.into()),
    };
    // It may have been finished while the lock was had.
    let row = find(vault)?.ok_or(ConnectionError::NoStart)?;
    let start = read(&row.value)?;
    let definition = world.providers.get(&start.provider)?;
    for (what, same) in [
        ("issuer", definition.issuer == row.value.issuer),
        (
            "token endpoint",
            definition.token_endpoint.as_str() == row.value.token_endpoint,
        ),
    ] {
        if !same {
            let of = ConnectionRef::Provider(start.provider);
            return Err(ConnectionError::DefinitionMoved { of, what });
        }
    }
    let left = left(&row.value, &(world.now)()).ok_or(ConnectionError::NoStart)?;
    Ok(Taken {
        start,
        left,
        row,
        _lock: lock,
    })
}

/// Its answer came: the id is good for nothing any more. The lock ends with it, because the next
/// record may get the row's number.
///
/// # Errors
/// When the vault refuses.
pub fn spend(vault: &mut Vault, taken: Taken) -> Result<(), ConnectionError> {
    let Taken { row, _lock, .. } = taken;
    Ok(vault.mutate(|writer| writer.delete(&row))?)
}

/// Forgets those whose time is over.
fn sweep(vault: &mut Vault, world: World<'_>) -> Result<(), ConnectionError> {
    let now = (world.now)();
    let rows = vault.read(|snapshot| snapshot.group::<StoredStart>(StoredStart::GROUP))?;
    let over: Vec<_> = rows
        .into_iter()
        .filter(|row| left(&row.value, &now).is_none())
        .collect();
    if over.is_empty() {
        return Ok(());
    }
    let forgotten: Result<(), VaultError> =
        vault.mutate(|writer| over.iter().try_for_each(|row| writer.delete(row)));
    match forgotten {
        // Somebody else swept them.
        Err(VaultError::Conflict) => Ok(()),
        done => Ok(done?),
    }
}

/// How much of its time is left. A clock that jumped ends it: then nobody knows.
fn left(start: &StoredStart, now: &Moment) -> Option<Duration> {
    let elapsed = now.elapsed_since(&Moment::from(&start.started))?;
    LIFETIME.checked_sub(elapsed).filter(|left| !left.is_zero())
}

fn read(stored: &StoredStart) -> Result<Start, FormError> {
    let broken = |error: &dyn ToString| FormError::new("start", error.to_string());
    if stored.v != FORM {
        return Err(FormError::new("start", format!("its form is {}", stored.v)));
    }
    let secret = |text: &Zeroizing<String>| Secret::new(text.to_string());
    Ok(Start {
        provider: stored.provider.parse().map_err(|e| broken(&e))?,
        client_id: stored.client_id.parse().map_err(|e| broken(&e))?,
        redirect_uri: stored.redirect_uri.clone(),
        scopes: scopes(&stored.scopes)?,
        account: match &stored.account {
            Some(label) => Some(label.parse().map_err(|e| broken(&e))?),
            None => None,
        },
        attempt: Attempt::from_parts(
            secret(&stored.verifier),
            secret(&stored.state),
            stored.nonce.as_ref().map(secret),
        ),
        dpop: stored.dpop_key.as_ref().map(key).transpose()?,
    })
}
