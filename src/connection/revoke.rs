//! Ending access: told to the provider first, erased here only afterwards.
//!
//! "Revoked" is said only where the provider said so. What it did not confirm stays as `Revoking`,
//! is never handed out, and is tried again by the next `revoke` or `refresh --due`.

use std::time::Duration;

use crate::connection::client;
use crate::connection::hold::{LOCK_WAIT, hold};
use crate::connection::refresh::{self, Reason, check_stamp};
use crate::connection::select::{self, Found};
use crate::connection::state::State;
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::endpoint::Endpoint;
use crate::exchange::{reply, unique};
use crate::http::Http;
use crate::names::{ClientId, ConnectionName, ConnectionRef};
use crate::oauth::revocation::{self, Outcome as Said, RevocationRequest, Revoked};
use crate::provider::definition::{Definition, Revocation, RevokedTokens};
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Row, Vault};

/// What happened at the provider. Here the connection is gone in every case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// The provider confirmed it.
    Revoked {
        /// What else ended with it, in the definition's words.
        note: Option<String>,
    },
    /// The provider did not know the token any more.
    AlreadyGone,
    /// The person wanted it erased here only.
    NotTold,
    /// The provider has no way to be told.
    NoWay {
        /// What a person can do instead, in the definition's words.
        note: Option<String>,
    },
}

/// What became of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which.
    pub name: ConnectionName,
    /// What happened at the provider.
    pub remote: Remote,
    /// The page on which a person can look, or end access by hand.
    pub page: Option<Endpoint>,
}

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
    let mut definition = world.providers.get(&name.provider)?;
    renew(vault, world, http, name, &definition).await?;
    let held = hold(vault, world, name, LOCK_WAIT)?;
    let Found { row, connection } = &held.found;
    definition = refresh::seen_by(connection, definition);
    let page = definition
        .revocation
        .page_for(connection.stamp.client_id.as_str());
    let Some(set) = connection.state.set() else {
        return erase(vault, world, row, name, Remote::NotTold, page);
    };
    if matches!(definition.revocation, Revocation::None { .. }) {
        let note = definition.revocation.note().map(str::to_owned);
        return erase(vault, world, row, name, Remote::NoWay { note }, page);
    }
    check_stamp(connection, &definition)?;
    let target = revocation_target(&definition, &connection.stamp.client_id);
    if connection.stamp.revocation != target {
        return Err(ConnectionError::DefinitionMoved {
            provider: definition.name.clone(),
            what: "revocation endpoint",
        });
    }
    let stamp = &connection.stamp;
    let client = vault.read(|snapshot| client::for_connection(snapshot, &definition, stamp))?;
    let client = client.at((world.now)().wall, unique()?);
    let requests = revocation::requests(&definition, &definition.revocation, &client, set)?;
    let row = mark(vault, &held.found, set)?;
    match tell(http, &definition, requests).await {
        Ok(Remote::Revoked { .. }) if held.cut_off => {
            let note = Some(
                "a refresh was cut off before: a token that never arrived may still be alive"
                    .to_owned(),
            );
            erase(vault, world, &row, name, Remote::Revoked { note }, page)
        }
        Ok(remote) => erase(vault, world, &row, name, remote, page),
        Err(NotConfirmed { words, retry_after }) => {
            let mut event = world.event(Action::Revoke, name, Outcome::Failed);
            event.detail = Some(words.clone());
            vault.mutate(|writer| writer.log(&event))?;
            Err(ConnectionError::NotRevoked {
                name: name.clone(),
                why: words,
                retry_after,
            })
        }
    }
}

/// Where only a live access token can be revoked, an expired one is refreshed first: the refresh
/// token would outlive the revocation otherwise.
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
    let (State::Active(set) | State::Refreshing { set, .. }) = &found.connection.state else {
        return Ok(());
    };
    let is_over = !set.is_fresh(&(world.now)(), None);
    if !by_access_token || !is_over || set.refresh_token.is_none() {
        return Ok(());
    }
    let reason = Reason::Stale {
        seen: found.row.version,
    };
    match refresh::refresh(vault, world, http, name, reason).await {
        // The grant is over already; the provider is told all the same.
        Err(ConnectionError::LoginRequired { .. }) => Ok(()),
        ended => ended,
    }
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
    erase(vault, world, &held.found.row, name, Remote::NotTold, page)
}

fn mark(
    vault: &mut Vault,
    found: &Found,
    set: &TokenSet,
) -> Result<Row<StoredConnection>, ConnectionError> {
    if matches!(found.connection.state, State::Revoking(_)) {
        return Ok(found.row.clone());
    }
    let mut connection = found.connection.clone();
    connection.state = State::Revoking(set.clone());
    let stored = StoredConnection::from(&connection);
    Ok(vault.mutate(|writer| writer.update(&found.row, stored.clone()))?)
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
    let note = definition.revocation.note().map(str::to_owned);
    Ok(Remote::Revoked { note })
}

fn erase(
    vault: &mut Vault,
    world: World<'_>,
    row: &Row<StoredConnection>,
    name: &ConnectionName,
    remote: Remote,
    page: Option<Endpoint>,
) -> Result<Report, ConnectionError> {
    let mut event = world.event(Action::Revoke, name, Outcome::Done);
    event.detail = Some(
        match &remote {
            Remote::Revoked { .. } => "revoked at the provider",
            Remote::AlreadyGone => "the provider did not know it any more",
            Remote::NotTold => "erased here only, the provider was not told",
            Remote::NoWay { .. } => "erased here only, the provider has no way to be told",
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
    Ok(Report {
        name: name.clone(),
        remote,
        page,
    })
}

/// Where a definition sends tokens of this client to be revoked, as a connection's stamp records it.
#[must_use]
pub fn revocation_target(definition: &Definition, client_id: &ClientId) -> Option<String> {
    let endpoint = definition.revocation.endpoint_for(client_id.as_str())?;
    Some(endpoint.to_string())
}
