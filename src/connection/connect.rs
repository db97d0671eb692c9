//! Storing a new grant: the same account is updated, another never overwritten.
//!
//! A connect that is about to redeem its code commits a pending record first. If the process dies
//! before the tokens are stored, that record is what tells the person that the provider may hold a
//! grant nobody uses.

use std::time::Duration;

use crate::connection::World;
use crate::connection::error::ConnectionError;
use crate::connection::records::{StoredConsent, StoredPending};
use crate::connection::refresh::{LOCK_WAIT, RESCUE_ROOM, keep, random_id, rescued};
use crate::connection::revoke::revocation_target;
use crate::connection::select::Found;
use crate::connection::state::{Connection, GrantKind, Stamp, State};
use crate::connection::stored::StoredConnection;
use crate::lock::Guard;
use crate::names::{AccountLabel, ClientId, ConnectionName, Scope};
use crate::oauth::scope::{self, Comparison};
use crate::oauth::userinfo::Identity;
use crate::provider::definition::Definition;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Rescue, Row, Vault, VaultError};

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
}

/// What was stored.
#[derive(Debug)]
pub struct Connected {
    /// Under which name.
    pub connection: Connection,
    /// Whether that account was known before.
    pub updated: bool,
    /// Granted scopes against requested ones.
    pub scopes: Comparison,
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
) -> Result<Attempt, ConnectionError> {
    let shared = vault.lock_shared(LOCK_WAIT)?;
    let now = (world.now)();
    let id = random_id()?;
    let pending = StoredPending::new(id, &definition.name, client_id, &now);
    let pending = vault.mutate(|writer| writer.insert(pending.clone()))?;
    let lock = vault.lock_connection(pending.id, Duration::ZERO)?;
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

/// The provider gave nothing: forgets the attempt and logs why.
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
    let mut event = world.bare_event(Action::Connect, Outcome::Failed);
    event.connection = Some(definition.name.to_string());
    event.detail = Some(why.to_owned());
    vault.mutate(|writer| {
        writer.log(&event)?;
        writer.delete(&attempt.pending)
    })?;
    // One that stays is empty, and nobody asks for it again.
    let _ = attempt.rescue.remove();
    Ok(())
}

/// Stores the grant, its consent and its event in one transaction.
///
/// # Errors
/// When another account stands under the wanted name, or the vault refuses.
pub fn store(
    vault: &mut Vault,
    world: World<'_>,
    attempt: Attempt,
    landed: Landed<'_>,
) -> Result<Connected, ConnectionError> {
    let provider = landed.definition.name.clone();
    let rows = vault.read(|snapshot| {
        snapshot
            .group::<StoredConnection>(provider.as_str())?
            .into_iter()
            .map(Found::read)
            .collect::<Result<Vec<_>, ConnectionError>>()
    })?;
    let place = match place(&rows, &landed) {
        Ok(place) => place,
        Err(error) => {
            abandon(vault, world, attempt, landed.definition, &error.to_string())?;
            return Err(error);
        }
    };
    let scopes = scope::compare(
        &landed.definition.scopes,
        &landed.requested,
        &landed.set.granted,
    );
    let now = (world.now)();
    let created = place
        .existing
        .map_or(now.wall, |found| found.connection.created);
    let connection = Connection {
        name: place.name,
        subject: landed.identity.subject,
        stamp: Stamp {
            issuer: landed.definition.issuer.clone(),
            token_endpoint: landed.definition.token_endpoint.clone(),
            revocation: revocation_target(landed.definition),
            client_id: landed.client_id.clone(),
            redirect_uri: landed.redirect_uri,
        },
        requested: landed.requested,
        created,
        grant: landed.grant,
        state: State::Active(landed.set),
    };
    // Whoever refreshes the old grant of this account right now must not write over the new one.
    let _lock = match place.existing {
        Some(found) => Some(vault.lock_connection(found.row.id, LOCK_WAIT)?),
        None => None,
    };
    let stored = StoredConnection::from(&connection);
    let consent = StoredConsent::new(random_id()?, &connection, now.wall);
    let mut event = world.event(Action::Connect, &connection.name, Outcome::Done);
    event.scopes = connection
        .state
        .set()
        .map(|set| words(&set.granted))
        .unwrap_or_default();
    event.token = connection
        .state
        .set()
        .map(|set| vault.token_mark(&set.access_token));
    let Attempt {
        pending,
        rescue,
        _locks,
    } = attempt;
    let name = connection.name.to_string();
    keep(vault, &name, rescue, &stored, |vault| {
        vault.mutate(|writer| -> Result<(), VaultError> {
            writer.log(&event)?;
            writer.delete(&pending)?;
            writer.insert(consent.clone())?;
            match writer.find::<StoredConnection>(&name_of(&place.existing, &stored))? {
                Some(row) => writer.update(&row, stored.clone()).map(|_| ()),
                None => writer.insert(stored.clone()).map(|_| ()),
            }
        })
    })?;
    Ok(Connected {
        connection,
        updated: place.existing.is_some(),
        scopes,
    })
}

fn words(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(ToString::to_string).collect()
}

fn name_of(existing: &Option<&Found>, stored: &StoredConnection) -> String {
    use crate::vault::Stored;
    existing.map_or_else(|| stored.name(), |found| found.row.value.name())
}

struct Place<'a> {
    name: ConnectionName,
    existing: Option<&'a Found>,
}

/// Where a grant belongs: on the account it names, else under a name that nobody has.
fn place<'a>(rows: &'a [Found], landed: &Landed<'_>) -> Result<Place<'a>, ConnectionError> {
    let provider = &landed.definition.name;
    let named = |account| ConnectionName {
        provider: provider.clone(),
        account,
    };
    let by_name = |name: &ConnectionName| rows.iter().find(|found| found.connection.name == *name);
    let subject = landed.identity.subject.as_deref();
    let same = subject.and_then(|subject| {
        rows.iter()
            .find(|found| found.connection.subject.as_deref() == Some(subject))
    });
    if let Some(found) = same {
        let name = match &landed.account {
            Some(account) => named(account.clone()),
            None => found.connection.name.clone(),
        };
        return match by_name(&name) {
            Some(other) if other.row.id != found.row.id => {
                Err(ConnectionError::OtherAccount { name })
            }
            _ => Ok(Place {
                name,
                existing: Some(found),
            }),
        };
    }
    let label = landed
        .identity
        .label
        .as_deref()
        .map(AccountLabel::from_provider);
    let account = landed
        .account
        .clone()
        .or(label)
        .unwrap_or_else(AccountLabel::default_label);
    let name = named(account.clone());
    match by_name(&name) {
        None => Ok(Place {
            name,
            existing: None,
        }),
        Some(found) if found.connection.subject.is_none() || subject.is_none() => Ok(Place {
            name,
            existing: Some(found),
        }),
        Some(_) if landed.account.is_some() => Err(ConnectionError::OtherAccount { name }),
        // Two accounts that the provider labels alike.
        Some(_) => {
            let numbered = (2..)
                .filter_map(|n| format!("{account} ({n})").parse().ok())
                .map(named);
            let free = numbered.take(1000).find(|name| by_name(name).is_none());
            match free {
                Some(name) => Ok(Place {
                    name,
                    existing: None,
                }),
                None => Err(ConnectionError::OtherAccount { name }),
            }
        }
    }
}

/// A connect that was cut off after its code was sent.
#[derive(Debug)]
pub struct CutOff {
    /// At which provider.
    pub provider: String,
    /// With which client.
    pub client_id: String,
    /// When it was begun.
    pub started: crate::moment::Timestamp,
    /// The connection, where its tokens could be taken from a rescue file.
    pub adopted: Option<ConnectionName>,
}

/// Settles what earlier connects left: adopts their rescue files, and forgets those that got
/// nothing, reporting each.
///
/// # Errors
/// When the vault refuses.
pub fn settle(vault: &mut Vault, world: World<'_>) -> Result<Vec<CutOff>, ConnectionError> {
    let rows = vault.read(|snapshot| snapshot.all::<StoredPending>())?;
    let mut settled = Vec::new();
    for row in rows {
        // Whoever works on it holds its lock.
        let Ok(_lock) = vault.lock_connection(row.id, Duration::ZERO) else {
            continue;
        };
        let id = row.value.id()?;
        let saved = vault.find_rescue(rescued(&row, id), world.state)?;
        let stored = saved
            .map(|bytes| StoredConnection::from_rescue(&bytes))
            .transpose()?;
        let adopted = stored.as_ref().map(Connection::try_from).transpose()?;
        let provider = row.value.provider().to_owned();
        let mut event = world.bare_event(Action::Connect, Outcome::Failed);
        event.connection = Some(
            adopted
                .as_ref()
                .map_or(provider.clone(), |c| c.name.to_string()),
        );
        event.detail = Some("cut off after the code was sent".to_owned());
        if adopted.is_some() {
            event.outcome = Outcome::Done;
            event.detail = Some("adopted from a rescue file".to_owned());
        }
        vault.mutate(|writer| -> Result<(), VaultError> {
            writer.log(&event)?;
            if let Some(stored) = &stored {
                use crate::vault::Stored;
                match writer.find::<StoredConnection>(&stored.name())? {
                    Some(old) => writer.update(&old, stored.clone()).map(|_| ())?,
                    None => writer.insert(stored.clone()).map(|_| ())?,
                }
            }
            writer.delete(&row)
        })?;
        vault.remove_rescue(rescued(&row, id), world.state)?;
        settled.push(CutOff {
            provider,
            client_id: row.value.client_id().to_owned(),
            started: row.value.started(),
            adopted: adopted.map(|connection| connection.name),
        });
    }
    Ok(settled)
}
