//! Ending access: told to the provider first, erased here only afterwards.
//!
//! "Revoked" is said only where the provider said so. What it did not confirm stays as `Revoking`,
//! is never handed out, and is tried again by the next `revoke` or `refresh --due`.

use std::time::Duration;

use crate::connection::client;
use crate::connection::hold::{LOCK_WAIT, hold};
use crate::connection::refresh::{self, Reason, check_stamp};
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, GrantKind, State};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::endpoint::Endpoint;
use crate::exchange::{reply, unique};
use crate::http::Http;
use crate::names::{ClientId, ConnectionName, ConnectionRef};
use crate::oauth::revocation::{self, Outcome as Said, RevocationRequest, Revoked};
use crate::provider::definition::{Definition, Revocation, RevokedTokens};
use crate::stop::{self, InTheAir};
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Row, Vault};

/// What happened at the provider. Here the connection is gone in every case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// The provider confirmed it.
    Revoked,
    /// The provider did not know the token any more.
    AlreadyGone,
    /// The person wanted it erased here only.
    NotTold,
    /// The provider has no way to be told about this token.
    NoWay,
}

/// What became of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub name: ConnectionName,
    /// What happened at the provider.
    pub remote: Remote,
    /// What a person has to know beside it: what else ended, what may live on.
    pub notes: Vec<String>,
    /// The page on which a person can look, or end access by hand.
    pub page: Option<Endpoint>,
}

/// What may live on where a refresh was cut off before.
const LOST_TOKEN: &str =
    "a refresh was cut off before: a token that never arrived may still be alive";

/// A token that somebody brought was not issued to our client, whose word about it means nothing.
const NOT_OURS: &str = "you brought this token: end it where you made it";

/// Ends one connection's access.
///
/// # Errors
/// When the provider did not confirm it: the connection is kept as `Revoking`.
pub async fn revoke(
    vault: &mut Vault,
    world: World<'_>,
    http: &Http,
    name: &ConnectionName,
) -> Result<Report, ConnectionError> {
    if stop::asked().is_some() {
        return Err(ConnectionError::Stopped);
    }
    // First of all it is handed out no more, whatever comes of the rest.
    let grant = mark(vault, world, name)?;
    let definition = world.providers.get(&name.provider)?;
    let can_tell = can_tell(&definition, &grant);
    if can_tell {
        renew(vault, world, http, name, &definition).await?;
    }
    let held = hold(vault, world, name, LOCK_WAIT)?;
    let Found { row, connection } = &held.found;
    let definition = refresh::seen_by(connection, definition);
    let note = definition.revocation.note().map(str::to_owned);
    let mut report = Report {
        name: name.clone(),
        remote: Remote::NotTold,
        notes: note.into_iter().collect(),
        page: definition
            .revocation
            .page_for(connection.stamp.client_id.as_str()),
    };
    let set = match &connection.state {
        State::Revoking { set, .. } if can_tell => set,
        State::Revoking { .. } => {
            report.remote = Remote::NoWay;
            if grant == GrantKind::Supplied {
                report.notes = vec![NOT_OURS.to_owned()];
            }
            return erase(vault, world, row, report);
        }
        State::Moved => return erase(vault, world, row, report),
        State::Active(_)
        | State::Refreshing { .. }
        | State::NeedsLogin { .. }
        | State::Suspect(_) => {
            return Err(not_revoked(name, "it was connected anew meanwhile", None));
        }
    };
    let requests = prepare(vault, world, &definition, connection, set)?;
    if stop::asked().is_some() {
        return Err(ConnectionError::Stopped);
    }
    let _air = InTheAir::new();
    match tell(http, &definition, requests).await {
        Ok(remote) => {
            report.remote = remote;
            report
                .notes
                .extend(held.cut_off.then(|| LOST_TOKEN.to_owned()));
            erase(vault, world, row, report)
        }
        Err(NotConfirmed { words, retry_after }) => {
            let mut event = world.event(Action::Revoke, name, Outcome::Failed);
            event.detail = Some(words.clone());
            vault.mutate(|writer| writer.log(&event))?;
            Err(not_revoked(name, words, retry_after))
        }
    }
}

fn not_revoked(
    name: &ConnectionName,
    why: impl Into<String>,
    retry_after: Option<Duration>,
) -> ConnectionError {
    ConnectionError::NotRevoked {
        name: name.clone(),
        why: why.into(),
        retry_after,
    }
}

/// Whether the provider's word about a token of this grant means anything. Our client's
/// registration says nothing about a token that was not issued to it; a token that ends itself
/// needs no client.
fn can_tell(definition: &Definition, grant: &GrantKind) -> bool {
    match (&definition.revocation, grant) {
        (Revocation::None { .. }, _) => false,
        (Revocation::BearerPost { .. }, GrantKind::Supplied) => true,
        (_, grant) => *grant != GrantKind::Supplied,
    }
}

/// What is sent to end a connection's tokens, and nothing to an endpoint that they were not made
/// with.
fn prepare(
    vault: &Vault,
    world: World<'_>,
    definition: &Definition,
    connection: &Connection,
    set: &TokenSet,
) -> Result<Vec<RevocationRequest>, ConnectionError> {
    check_stamp(connection, definition)?;
    let stamp = &connection.stamp;
    if stamp.revocation != revocation_target(definition, &stamp.client_id) {
        return Err(ConnectionError::DefinitionMoved {
            provider: definition.name.clone(),
            what: "revocation endpoint",
        });
    }
    let client = vault.read(|snapshot| client::for_connection(snapshot, definition, stamp))?;
    let client = client.at((world.now)().wall, unique()?);
    Ok(revocation::requests(
        definition,
        &definition.revocation,
        &client,
        set,
    )?)
}

/// Where only a live access token can be revoked, one that is over, or may be, is refreshed first:
/// the refresh token would outlive the revocation otherwise, and "I don't know this token" would
/// say nothing about it.
async fn renew(
    vault: &mut Vault,
    world: World<'_>,
    http: &Http,
    name: &ConnectionName,
    definition: &Definition,
) -> Result<(), ConnectionError> {
    let by_access_token = match &definition.revocation {
        Revocation::None { .. } => false,
        Revocation::Rfc7009 { tokens, .. } => *tokens == RevokedTokens::Access,
        Revocation::ApplicationToken { .. } | Revocation::BearerPost { .. } => true,
    };
    let asked = ConnectionRef::Exact(name.clone());
    let found = vault.read(|snapshot| select::find(snapshot, &asked))?;
    let State::Revoking { set, intent } = &found.connection.state else {
        return Ok(());
    };
    let may_be_over = intent.is_some() || !set.is_fresh(&(world.now)(), None);
    if !by_access_token || !may_be_over || set.refresh_token.is_none() {
        return Ok(());
    }
    let failure = match refresh::refresh(vault, world, http, name, None, Reason::Revoked).await {
        // The grant is over already; the provider is told all the same.
        Ok(()) | Err(ConnectionError::LoginRequired { .. }) => return Ok(()),
        Err(error) => error,
    };
    let words = failure.to_string();
    Err(
        if let ConnectionError::Temporary { retry_after, .. } = failure {
            not_revoked(name, words, retry_after)
        } else if let ConnectionError::BackingOff { wait, .. } = failure {
            not_revoked(name, words, Some(wait))
        } else if let ConnectionError::Network { source, .. } = failure {
            not_revoked(name, format!("{words}: {source}"), None)
        } else {
            failure
        },
    )
}

/// Erases a connection here without telling the provider.
///
/// # Errors
/// When there is none or the vault refuses.
pub fn forget(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
) -> Result<Report, ConnectionError> {
    let held = hold(vault, world, name, LOCK_WAIT)?;
    let page = world
        .providers
        .get(&name.provider)
        .ok()
        .and_then(|definition| {
            definition
                .revocation
                .page_for(held.found.connection.stamp.client_id.as_str())
        });
    let report = Report {
        name: name.clone(),
        remote: Remote::NotTold,
        notes: Vec::new(),
        page,
    };
    erase(vault, world, &held.found.row, report)
}

/// Sets a connection aside for good, and says how its tokens came.
fn mark(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
) -> Result<GrantKind, ConnectionError> {
    let held = hold(vault, world, name, LOCK_WAIT)?;
    let Found { row, connection } = held.found;
    let mut connection = connection;
    let grant = connection.grant.clone();
    let (set, intent) = match connection.state {
        State::Revoking { .. } | State::Moved => return Ok(grant),
        // What was cut off stays known.
        State::Refreshing { set, intent } => (set, Some(intent)),
        State::Active(set) | State::Suspect(set) | State::NeedsLogin { set, .. } => (set, None),
    };
    connection.state = State::Revoking { set, intent };
    let stored = StoredConnection::from(&connection);
    vault.mutate(|writer| writer.update(&row, stored.clone()))?;
    Ok(grant)
}

struct NotConfirmed {
    words: String,
    retry_after: Option<Duration>,
}

async fn tell(
    http: &Http,
    definition: &Definition,
    requests: Vec<RevocationRequest>,
) -> Result<Remote, NotConfirmed> {
    let mut all_gone = true;
    for request in requests {
        let token = match request.what {
            Revoked::RefreshToken => "refresh token",
            Revoked::AccessToken => "access token",
        };
        let not_confirmed = |words: String, retry_after| NotConfirmed {
            words: format!("{token}: {words}"),
            retry_after,
        };
        let response = http
            .send(request.request)
            .await
            .map_err(|error| not_confirmed(error.to_string(), None))?;
        match revocation::read(definition, &definition.revocation, &reply(&response)) {
            Said::Revoked => all_gone = false,
            Said::AlreadyGone => {}
            Said::Temporary {
                status,
                retry_after,
            } => {
                let words = format!("the provider can't do it now (HTTP {status})");
                return Err(not_confirmed(words, retry_after));
            }
            Said::Refused {
                status,
                code,
                description,
            } => {
                let code = code.map(|code| format!(", `{code}`")).unwrap_or_default();
                let said = description
                    .map(|said| format!(": {said}"))
                    .unwrap_or_default();
                let words = format!("the provider refused (HTTP {status}{code}){said}");
                return Err(not_confirmed(words, None));
            }
        }
    }
    if all_gone {
        return Ok(Remote::AlreadyGone);
    }
    Ok(Remote::Revoked)
}

fn erase(
    vault: &mut Vault,
    world: World<'_>,
    row: &Row<StoredConnection>,
    report: Report,
) -> Result<Report, ConnectionError> {
    let mut event = world.event(Action::Revoke, &report.name, Outcome::Done);
    event.detail = Some(
        match report.remote {
            Remote::Revoked => "revoked at the provider",
            Remote::AlreadyGone => "the provider did not know it any more",
            Remote::NotTold => "erased here only, the provider was not told",
            Remote::NoWay => "erased here only, the provider has no way to be told",
        }
        .to_owned(),
    );
    vault.mutate(|writer| {
        writer.log(&event)?;
        writer.delete(row)
    })?;
    // Superseded pages would stay in the write-ahead log otherwise.
    // A reader that stays keeps them a while longer, which makes the revocation no less true.
    let _ = vault.checkpoint_truncate();
    Ok(report)
}

/// Where a definition sends tokens of this client to be revoked, as a connection's stamp records it.
#[must_use]
pub fn revocation_target(definition: &Definition, client_id: &ClientId) -> Option<String> {
    let endpoint = definition.revocation.endpoint_for(client_id.as_str())?;
    Some(endpoint.to_string())
}
