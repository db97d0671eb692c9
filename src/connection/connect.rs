//! Storing a new grant: the same account is updated, another never overwritten.
//!
//! A connect that is about to redeem its code commits a pending record first. If the process dies
//! before the tokens are stored, that record is what tells the person that the provider may hold a
//! grant nobody uses.

mod place;
mod settle;

pub use place::Aside;
pub use settle::{CutOff, settle};

use std::time::Duration;

use self::place::Place;
pub(super) use self::place::{free_name, is_the_same_account};
use crate::connection::World;
use crate::connection::error::ConnectionError;
use crate::connection::hold::{Held, LOCK_WAIT, hold};
use crate::connection::keep::{RESCUE_ROOM, keep, random_id, rescued};
use crate::connection::records::{StoredConsent, StoredPending};
use crate::connection::replaced::{self, Away, Earlier};
use crate::connection::revoke::revocation_target;
use crate::connection::state::{Connection, GrantKind, Issue, Stamp, State};
use crate::connection::stored::StoredConnection;
use crate::connection::tickets::Tickets;
use crate::lock::Guard;
use crate::names::{AccountLabel, ClientId, ConnectionName, Scope};
use crate::oauth::scope::{self, Comparison};
use crate::oauth::userinfo::Identity;
use crate::provider::definition::Definition;
use crate::signing::SigningKey;
use crate::token::TokenSet;
use crate::vault::{Action, Event, Outcome, Rescue, Row, Vault, VaultError, Writer};

/// A connect that may redeem its code now.
#[derive(Debug)]
pub struct Attempt {
    pending: Row<StoredPending>,
    rescue: Rescue,
    _locks: (Guard, Guard),
}

/// What came back from the provider.
#[derive(Debug)]
pub struct Landed<'a> {
    /// The provider.
    pub definition: &'a Definition,
    /// The client that the grant belongs to.
    pub client_id: &'a ClientId,
    /// The redirect URI of the authorization request.
    pub redirect_uri: Option<String>,
    /// What was asked for.
    pub requested: Vec<Scope>,
    /// What was granted.
    pub set: TokenSet,
    /// Who granted it.
    pub identity: Identity,
    /// The label the person wants, over the provider's.
    pub account: Option<AccountLabel>,
    /// How the tokens came.
    pub grant: GrantKind,
    /// The key that they are bound to.
    pub dpop: Option<SigningKey>,
}

/// What was stored.
#[derive(Debug)]
pub struct Connected {
    /// Under which name.
    pub connection: Connection,
    /// Whether that account was known before.
    pub updated: bool,
    /// Why it did not get the name that was meant for it.
    pub aside: Option<Aside>,
    /// What that account was called before, where it has another name now.
    pub renamed_from: Option<ConnectionName>,
    /// What was granted before and is not any more.
    pub no_longer: Vec<Scope>,
    /// What it took the place of.
    pub replaced: Replaced,
    /// All that it and those before it took the place of.
    pub earlier: Earlier,
    /// Granted scopes against requested ones.
    pub scopes: Comparison,
}

/// What became of the grant before.
#[derive(Debug, Clone, Default)]
pub struct Replaced {
    /// It may be alive, and is ended by the next revocation of the connection.
    pub kept: bool,
    /// It was to be revoked, which the provider never confirmed.
    pub was_revoking: bool,
    /// It was another token that somebody brought, of which no provider is told.
    pub brought: bool,
    /// The export that it had left in: another vault has it.
    pub away: Away,
}

/// Commits the intent to redeem a code, and reserves room for what comes back.
///
/// # Errors
/// When the vault refuses; nothing was sent then.
pub fn begin(
    vault: &mut Vault,
    world: World<'_>,
    definition: &Definition,
    client_id: &ClientId,
    account: Option<&AccountLabel>,
) -> Result<Attempt, ConnectionError> {
    let shared = vault.lock_shared(LOCK_WAIT)?;
    let id = random_id()?;
    let claim = || {
        let now = (world.now)();
        StoredPending::new(id, &definition.name, client_id, account, &now)
    };
    let (pending, lock) = lay_claim(vault, claim)?;
    let rescue = match vault.reserve_rescue(rescued(&pending, id), RESCUE_ROOM, world.state) {
        Ok(rescue) => rescue,
        Err(error) => {
            // Nothing was sent; a record that stays is only reported once more.
            let _ = vault.mutate(|writer| writer.delete(&pending));
            return Err(error.into());
        }
    };
    Ok(Attempt {
        pending,
        rescue,
        _locks: (shared, lock),
    })
}

/// Inserts the pending record and takes its lock. In between, somebody who settles what others left
/// may take the record for abandoned; then it is made anew.
fn lay_claim(
    vault: &mut Vault,
    claim: impl Fn() -> StoredPending,
) -> Result<(Row<StoredPending>, Guard), ConnectionError> {
    loop {
        let pending = vault.mutate(|writer| writer.insert(claim()))?;
        let lock = vault.lock_connection(pending.id, LOCK_WAIT)?;
        let found = vault.read(|snapshot| snapshot.get::<StoredPending>(pending.id))?;
        if found.is_some_and(|row| row.version == pending.version) {
            return Ok((pending, lock));
        }
    }
}

/// Puts tokens into the rescue file before anything else is asked: a process that dies now loses
/// nothing. That it failed is no reason to stop, since the vault may still take them.
pub fn secure(attempt: &mut Attempt, world: World<'_>, landed: &Landed<'_>) {
    let stored = StoredConnection::from(&grant(world, landed));
    let _ = attempt.rescue.save(&stored.to_rescue());
}

/// The provider gave nothing, or nothing that is stored: forgets the attempt and logs why.
///
/// # Errors
/// When the vault refuses.
pub fn abandon(
    vault: &mut Vault,
    world: World<'_>,
    attempt: Attempt,
    definition: &Definition,
    why: &str,
) -> Result<(), ConnectionError> {
    let Attempt {
        pending,
        rescue,
        _locks,
    } = attempt;
    // One that stays is empty, and nobody asks for it again.
    let _ = rescue.remove();
    forget(vault, world, &pending, definition, why)
}

/// Nothing came, and nothing is lost: takes the attempt back without a word in the log.
///
/// # Errors
/// When the vault refuses.
pub fn withdraw(vault: &mut Vault, attempt: Attempt) -> Result<(), ConnectionError> {
    let Attempt {
        pending,
        rescue,
        _locks,
    } = attempt;
    let _ = rescue.remove(); // one that stays is empty
    Ok(vault.mutate(|writer| writer.delete(&pending))?)
}

fn forget(
    vault: &mut Vault,
    world: World<'_>,
    pending: &Row<StoredPending>,
    definition: &Definition,
    why: &str,
) -> Result<(), ConnectionError> {
    let event = failed(world, definition, why);
    Ok(vault.mutate(|writer| {
        writer.log(&event)?;
        writer.delete(pending)
    })?)
}

/// Logs a connect that ended before there was a code: denied, or nobody came.
///
/// # Errors
/// When the vault refuses.
pub fn log_failure(
    vault: &mut Vault,
    world: World<'_>,
    definition: &Definition,
    why: &str,
) -> Result<(), ConnectionError> {
    let event = failed(world, definition, why);
    Ok(vault.mutate(|writer| writer.log(&event))?)
}

fn failed(world: World<'_>, definition: &Definition, why: &str) -> Event {
    let mut event = world.bare_event(Action::Connect, Outcome::Failed);
    event.connection = Some(definition.name.to_string());
    event.detail = Some(why.to_owned());
    event
}

/// The usable connection that there is of that account already. What another program kept is no
/// reason to replace it: its tokens may be older, and a refresh token that was used since ends all.
///
/// # Errors
/// When a record can't be read.
pub fn taken(
    vault: &Vault,
    world: World<'_>,
    landed: &Landed<'_>,
) -> Result<Option<ConnectionName>, ConnectionError> {
    let grant = grant(world, landed);
    vault.read(|snapshot| place::taken(snapshot, &grant))
}

/// Stores the grant, its consent and its event in one transaction.
///
/// # Errors
/// When another account stands under the wanted name, or the vault refuses: then the tokens lie in
/// the rescue file, and the next connect takes them over.
pub fn store(
    vault: &mut Vault,
    world: World<'_>,
    attempt: Attempt,
    landed: &Landed<'_>,
) -> Result<Connected, ConnectionError> {
    let Attempt {
        pending,
        rescue,
        _locks,
    } = attempt;
    let grant = grant(world, landed);
    let label = grant.name.to_string();
    let stored = keep(vault, &label, "connect", rescue, &grant, |vault| {
        store_once(vault, world, &pending, &grant, landed.account.as_ref())
    });
    if let Err(error @ ConnectionError::Taken { .. }) = &stored {
        // A record that stays is only reported once more; what happened is what matters.
        let _ = forget(
            vault,
            world,
            &pending,
            landed.definition,
            &error.to_string(),
        );
    }
    let Put {
        connection,
        updated,
        aside,
        replaced,
        earlier,
        before,
    } = stored?;
    let (before, granted_before) = before.unzip();
    let no_longer = scope::compare(
        &landed.definition.scopes,
        &granted_before.unwrap_or_default(),
        &landed.set.granted,
    );
    let scopes = scope::compare(
        &landed.definition.scopes,
        &landed.requested,
        &landed.set.granted,
    );
    Ok(Connected {
        renamed_from: before.filter(|name| *name != connection.name),
        no_longer: no_longer.missing,
        connection,
        updated,
        aside,
        replaced,
        earlier,
        scopes,
    })
}

/// The connection that a grant makes, under the name that the provider gives the account.
fn grant(world: World<'_>, landed: &Landed<'_>) -> Connection {
    let label = landed
        .identity
        .label
        .as_deref()
        .map(AccountLabel::from_provider);
    Connection {
        name: ConnectionName {
            provider: landed.definition.name.clone(),
            account: label.unwrap_or_else(AccountLabel::default_label),
        },
        subject: landed.identity.subject.clone(),
        stamp: Stamp {
            issuer: landed.definition.issuer.clone(),
            token_endpoint: landed.definition.token_endpoint.clone(),
            revocation: revocation_target(landed.definition, landed.client_id),
            client_id: landed.client_id.clone(),
            redirect_uri: landed.redirect_uri.clone(),
        },
        requested: landed.requested.clone(),
        created: (world.now)().wall,
        grant: landed.grant.clone(),
        dpop: landed.dpop.clone(),
        issue: Issue::of_consent(0, 0, None),
        state: State::Active(landed.set.clone()),
        trouble: None,
        sealed_for: None,
        tickets: Tickets::default(),
    }
}

/// What one transaction did.
struct Put {
    connection: Connection,
    updated: bool,
    aside: Option<Aside>,
    replaced: Replaced,
    earlier: Earlier,
    /// The name of what it took the place of, and what had been granted.
    before: Option<(ConnectionName, Vec<Scope>)>,
}

fn store_once(
    vault: &mut Vault,
    world: World<'_>,
    pending: &Row<StoredPending>,
    grant: &Connection,
    wanted: Option<&AccountLabel>,
) -> Result<Put, ConnectionError> {
    // Whoever refreshes the old grant of this account right now must not write over the new one.
    let held = hold_place(vault, world, grant, wanted, LOCK_WAIT)?;
    let mark = grant
        .state
        .set()
        .map(|set| vault.token_mark(&set.access_token));
    let ids = (random_id()?, random_id()?);
    vault.mutate(|writer| {
        let place = place::find(writer, grant, wanted)?;
        if place.row() != held.as_ref().map(|held| held.found.row.id) {
            // The account was connected by somebody else meanwhile: another lock is needed.
            return Err(VaultError::Conflict.into());
        }
        if grant.grant == GrantKind::Supplied
            && let Some(Aside::OtherAccount(name) | Aside::Unsure(name) | Aside::OtherKind(name)) =
                place.aside
        {
            return Err(ConnectionError::Taken { name });
        }
        let (put, mut event) = put_in_place(writer, world, place, grant, ids)?;
        event.token = mark;
        event.detail = detail(&grant.grant, &put.replaced);
        writer.log(&event)?;
        writer.delete(pending)?;
        Ok(put)
    })
}

/// Holds the connection that `grant` takes the place of, if there is one.
fn hold_place(
    vault: &mut Vault,
    world: World<'_>,
    grant: &Connection,
    wanted: Option<&AccountLabel>,
    wait: Duration,
) -> Result<Option<Held>, ConnectionError> {
    let place = vault.read(|snapshot| place::find(snapshot, grant, wanted))?;
    let Some(before) = place.before() else {
        return Ok(None);
    };
    match hold(vault, world, &before.name, wait) {
        Ok(held) => Ok(Some(held)),
        // Revoked meanwhile: the next look finds another place.
        Err(ConnectionError::NotFound { .. }) => Err(VaultError::Conflict.into()),
        Err(error) => Err(error),
    }
}

/// Puts a grant and its consent into its place, keeps what it replaces, and says what is to be
/// logged.
fn put_in_place(
    writer: &mut Writer<'_>,
    world: World<'_>,
    place: Place,
    grant: &Connection,
    (consent, replaced): ([u8; 16], [u8; 16]),
) -> Result<(Put, Event), ConnectionError> {
    let now = (world.now)();
    let connection = place::put(writer, &place, grant)?;
    let mut event = world.event(Action::Connect, &connection.name, Outcome::Done);
    let granted = connection.state.set().map(|set| set.granted.as_slice());
    let granted = granted.unwrap_or_default();
    event.scopes = granted.iter().map(ToString::to_string).collect();
    let replaced = match place.before() {
        Some(before) => Replaced {
            kept: replaced::keep(writer, replaced, before, &connection, &now)?,
            was_revoking: matches!(before.state, State::Revoking { .. }),
            brought: before.grant == GrantKind::Supplied && !same_token(before, &connection),
            away: Away::of(before),
        },
        None => Replaced::default(),
    };
    writer.insert(StoredConsent::new(consent, &connection, event.at))?;
    let before = place.before().map(|before| {
        let granted = before.state.set().map(|set| set.granted.clone());
        (before.name.clone(), granted.unwrap_or_default())
    });
    let put = Put {
        before,
        earlier: replaced::earlier(writer, &connection.name)?,
        connection,
        updated: place.existing.is_some(),
        aside: place.aside,
        replaced,
    };
    Ok((put, event))
}

fn same_token(one: &Connection, other: &Connection) -> bool {
    let sets = one.state.set().zip(other.state.set());
    sets.is_some_and(|(one, other)| one.access_token.expose() == other.access_token.expose())
}

/// What the log says beside the scopes.
fn detail(grant: &GrantKind, replaced: &Replaced) -> Option<String> {
    let words = [
        (*grant == GrantKind::Supplied).then_some("a token that was brought, its scopes unchecked"),
        replaced.words(),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("; "))
}

impl Replaced {
    /// What the log says of it.
    const fn words(&self) -> Option<&'static str> {
        if !self.away.is_empty() {
            Some("the grant before lives on in another vault, and does not end with this one")
        } else if self.was_revoking {
            Some("the grant before was to be revoked, which was never confirmed")
        } else if self.brought {
            Some("the token before was brought, and lives on where it was made")
        } else if self.kept {
            Some("the grant before may live on, and ends with this one")
        } else {
            None
        }
    }
}
