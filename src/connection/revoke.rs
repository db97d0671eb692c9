//! Ending access: told to the provider first, erased here only afterwards.
//!
//! "Revoked" is said only where the provider said so. What it did not confirm stays as `Revoking`,
//! is never handed out, and is tried again by the next `revoke` or `refresh --due`. What another vault
//! has stays as `Moved`: only its record is here, and without that its file could not bring it home to
//! be ended.

use std::sync::Arc;
use std::time::Duration;

use crate::connection::client;
use crate::connection::hold::{LOCK_WAIT, hold};
use crate::connection::keep::random_id;
use crate::connection::refresh::{self, Reason, check_stamp};
use crate::connection::replaced::Away;
use crate::connection::select::{self, Found};
use crate::connection::state::{Connection, GrantKind, LoginReason, State, Trouble, Unseen};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World, replaced};
use crate::endpoint::Endpoint;
use crate::exchange::{reply, unique};
use crate::http::Http;
use crate::names::{ClientId, ConnectionName, ConnectionRef};
use crate::oauth::request::RequestError;
use crate::oauth::revocation::{self, Outcome as Said, RevocationRequest, Revoked};
use crate::provider::definition::{Definition, Revocation, RevokedTokens};
use crate::stop::{self, InTheAir, Stake};
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Row, Vault};

/// What happened at the provider. Here the tokens are gone in every case.
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
    /// Another vault has what the provider would have to be told about.
    Elsewhere,
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
    /// Exports that have what no provider was told of, in other vaults.
    pub away: Away,
    /// A grant that this one had taken the place of is to be ended too.
    earlier: bool,
}

impl Report {
    /// Why it is not over: what an export has lives on.
    #[must_use]
    pub fn lives_on(&self) -> Option<ConnectionError> {
        let is_over = self.away.is_empty() || self.remote == Remote::NotTold;
        (!is_over).then(|| ConnectionError::LivesOn {
            name: self.name.clone(),
            all: self.remote == Remote::Elsewhere,
            away: self.away.clone(),
            page: self.page.as_ref().map(ToString::to_string),
        })
    }
}

/// A token that somebody brought was not issued to our client, whose word about it means nothing.
const NOT_OURS: &str = "you brought this token: end it where you made it";

/// A reader that stays makes the revocation no less true.
const OLD_PAGES: &str = "another program reads the vault all the time: until it ends, the erased \
                         tokens stay in the vault's log, sealed";

impl Unseen {
    /// What may live on.
    const fn note(self) -> &'static str {
        match self {
            Self::LostAnswer => {
                "a refresh was cut off before: a token that never arrived may still be alive"
            }
            Self::SetBack => {
                "its tokens may not be the last ones: a token of a later refresh may still be alive"
            }
        }
    }
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
    if stop::asked().is_some() {
        return Err(ConnectionError::Stopped);
    }
    // First of all it is handed out no more, whatever comes of the rest.
    let grant = mark(vault, world, name)?;
    let definition = world.definition_of(name)?;
    let mut report = end_one(vault, world, http, name, &definition, &grant).await?;
    // What this grant took the place of stands in its row by now, to be ended the same way.
    while report.earlier {
        let earlier = end_one(vault, world, http, name, &definition, &grant).await?;
        report.earlier = earlier.earlier;
        report.away.extend(earlier.away);
        let new = |note: &String| !report.notes.contains(note);
        let notes: Vec<_> = earlier.notes.into_iter().filter(new).collect();
        report.notes.extend(notes);
    }
    Ok(report)
}

/// Ends the grant that stands in the connection's row.
async fn end_one(
    vault: &mut Vault,
    world: World<'_>,
    http: &Http,
    name: &ConnectionName,
    definition: &Arc<Definition>,
    grant: &GrantKind,
) -> Result<Report, ConnectionError> {
    if !can_tell(definition, grant) {
        return not_told(vault, world, name, definition, grant);
    }
    let renewed = renew(vault, world, http, name, definition, false).await?;
    if let Some(report) = end(vault, world, http, name, definition, renewed).await? {
        return Ok(report);
    }
    // An access token that is over before its time says nothing about the refresh token.
    let renewed = renew(vault, world, http, name, definition, true).await?;
    if let Some(report) = end(vault, world, http, name, definition, renewed).await? {
        return Ok(report);
    }
    let words = "it does not know the access token, and the refresh token is good".to_owned();
    Err(failed(vault, world, name, words, None)?)
}

/// Erases what the provider can't be told of.
fn not_told(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
    definition: &Definition,
    grant: &GrantKind,
) -> Result<Report, ConnectionError> {
    let held = hold(vault, world, name, LOCK_WAIT)?;
    let Found { row, connection } = &held.found;
    to_be_ended(connection)?;
    let mut report = report(definition, connection);
    if *grant == GrantKind::Supplied {
        report.notes = vec![NOT_OURS.to_owned()];
    }
    if let State::Moved = connection.state {
        return stays_away(vault, world, report);
    }
    report.remote = Remote::NoWay;
    erase(vault, world, row, report, None)
}

/// What another vault has can't be ended here, and is not forgotten either.
fn stays_away(
    vault: &mut Vault,
    world: World<'_>,
    mut report: Report,
) -> Result<Report, ConnectionError> {
    report.remote = Remote::Elsewhere;
    let mut event = world.event(Action::Revoke, &report.name, Outcome::Failed);
    event.detail = Some("another vault has it".to_owned());
    let earlier = vault.mutate(|writer| {
        writer.log(&event)?;
        replaced::earlier(writer, &report.name)
    })?;
    report.away.extend(earlier.away);
    Ok(report)
}

/// Tells the provider and erases; nothing when its answer proves nothing about the grant.
async fn end(
    vault: &mut Vault,
    world: World<'_>,
    http: &Http,
    name: &ConnectionName,
    definition: &Arc<Definition>,
    renewed: Renewed,
) -> Result<Option<Report>, ConnectionError> {
    let held = hold(vault, world, name, LOCK_WAIT)?;
    let Found { row, connection } = &held.found;
    let mut report = report(definition, connection);
    let Some((set, unseen)) = to_be_ended(connection)? else {
        return stays_away(vault, world, report).map(Some);
    };
    let definition = &*refresh::seen_by(connection, Arc::clone(definition));
    let requests = prepare(vault, world, definition, connection, set)?;
    if stop::asked().is_some() {
        return Err(ConnectionError::Stopped);
    }
    let _air = InTheAir::with(Stake::Revocation);
    match tell(http, definition, requests).await {
        Ok(Remote::AlreadyGone)
            if by_access_token(definition)
                && set.refresh_token.is_some()
                && renewed != Renewed::IsOver =>
        {
            Ok(None)
        }
        Ok(remote) => {
            report.remote = remote;
            let unseen = unseen.or(held.cut_off.then_some(Unseen::LostAnswer));
            report.notes.extend(unseen.map(|why| why.note().to_owned()));
            erase(vault, world, row, report, unseen).map(Some)
        }
        Err(NotConfirmed { words, retry_after }) => {
            Err(failed(vault, world, name, words, retry_after)?)
        }
    }
}

/// The set to be ended, and why there may be more than that; nothing where another vault has it.
fn to_be_ended(
    connection: &Connection,
) -> Result<Option<(&TokenSet, Option<Unseen>)>, ConnectionError> {
    match &connection.state {
        State::Revoking { set, unseen, .. } => Ok(Some((set, *unseen))),
        State::Moved => Ok(None),
        State::Active(_)
        | State::Refreshing { .. }
        | State::NeedsLogin { .. }
        | State::Suspect(_) => {
            let why = "it was connected anew meanwhile";
            Err(not_revoked(&connection.name, why, None))
        }
    }
}

fn report(definition: &Definition, connection: &Connection) -> Report {
    let note = definition.revocation.note().map(str::to_owned);
    Report {
        name: connection.name.clone(),
        remote: Remote::NotTold,
        notes: note.into_iter().collect(),
        page: definition
            .revocation
            .page_for(connection.stamp.client_id.as_str()),
        away: Away::of(connection),
        earlier: false,
    }
}

/// Logs that the provider did not confirm it, and keeps in mind when it may be asked again.
fn failed(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
    words: String,
    retry_after: Option<Duration>,
) -> Result<ConnectionError, ConnectionError> {
    let mut event = world.event(Action::Revoke, name, Outcome::Failed);
    event.detail = Some(words.clone());
    let asked = ConnectionRef::Exact(name.clone());
    // Without randomness all come back together, which is no reason to fail.
    let spread = random_id().map_or(0, |id| id[0]);
    vault.mutate(|writer| {
        writer.log(&event)?;
        let Found {
            row,
            mut connection,
        } = select::find(writer, &asked)?;
        let (before, now) = (connection.trouble.as_ref(), (world.now)());
        connection.trouble = Some(Trouble::after(before, now, retry_after, spread));
        writer.update(&row, StoredConnection::from(&connection))?;
        Ok::<_, ConnectionError>(())
    })?;
    Ok(not_revoked(name, words, retry_after))
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
            of: ConnectionRef::Exact(connection.name.clone()),
            what: "revocation endpoint",
        });
    }
    let client = vault.read(|snapshot| client::for_connection(snapshot, definition, stamp))?;
    let client = client.at((world.now)().wall, unique()?);
    revocation::requests(definition, &definition.revocation, &client, set).map_err(|error| {
        if error == RequestError::SecretMissing {
            ConnectionError::NoSecret {
                provider: definition.name.clone(),
                client_id: client.id.to_string(),
            }
        } else {
            error.into()
        }
    })
}

/// Whether only access tokens can be revoked, so that what the provider says is about one of them.
fn by_access_token(definition: &Definition) -> bool {
    match &definition.revocation {
        Revocation::None { .. } => false,
        Revocation::Rfc7009 { tokens, .. } => *tokens == RevokedTokens::Access,
        Revocation::ApplicationToken { .. } | Revocation::BearerPost { .. } => true,
    }
}

/// What is known about a grant whose access token is to be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewed {
    /// It was not asked for another access token, or gave one.
    MayLive,
    /// It gives no access tokens any more.
    IsOver,
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
    in_any_case: bool,
) -> Result<Renewed, ConnectionError> {
    let asked = ConnectionRef::Exact(name.clone());
    let found = vault.read(|snapshot| select::find(snapshot, &asked))?;
    let State::Revoking { set, intent, .. } = &found.connection.state else {
        return Ok(Renewed::MayLive);
    };
    let may_be_over = in_any_case || intent.is_some() || !set.is_fresh(&(world.now)(), None);
    if !by_access_token(definition) || !may_be_over || set.refresh_token.is_none() {
        return Ok(Renewed::MayLive);
    }
    let failure = match refresh::refresh(vault, world, http, name, None, Reason::Revoked).await {
        Ok(_) => return Ok(Renewed::MayLive),
        // The grant is over already; the provider is told all the same.
        Err(ConnectionError::LoginRequired { .. }) => return Ok(Renewed::IsOver),
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
        away: Away::of(&held.found.connection),
        earlier: false,
    };
    erase(vault, world, &held.found.row, report, None)
}

/// Sets a connection aside for good, and says how its tokens came.
fn mark(
    vault: &mut Vault,
    world: World<'_>,
    name: &ConnectionName,
) -> Result<GrantKind, ConnectionError> {
    let held = hold(vault, world, name, LOCK_WAIT)?;
    let Found { row, connection } = held.found;
    let earlier = vault.read(|snapshot| replaced::earlier(snapshot, name))?;
    if matches!(connection.state, State::Moved) && earlier.here > 0 {
        return mark_earlier(vault, world, &row, &connection);
    }
    let grant = connection.grant.clone();
    if let Some(revoking) = to_revoking(connection) {
        let stored = StoredConnection::from(&revoking);
        vault.mutate(|writer| writer.update(&row, stored.clone()))?;
    }
    Ok(grant)
}

/// What the provider can be told of comes first: should it not answer, that something left is known
/// all the same.
fn mark_earlier(
    vault: &mut Vault,
    world: World<'_>,
    row: &Row<StoredConnection>,
    moved: &Connection,
) -> Result<GrantKind, ConnectionError> {
    let (id, now) = (random_id()?, (world.now)());
    vault.mutate(|writer| {
        let Some(earlier) = replaced::take(writer, &moved.name)? else {
            return Ok(moved.grant.clone());
        };
        replaced::keep(writer, id, moved, &earlier, &now)?;
        let earlier = to_revoking(earlier.clone()).unwrap_or(earlier);
        writer.update(row, StoredConnection::from(&earlier))?;
        Ok(earlier.grant)
    })
}

/// The connection as it is when its revocation was begun; nothing where there is nothing to begin.
fn to_revoking(mut connection: Connection) -> Option<Connection> {
    let set_back = connection.state.is_suspect();
    let (set, intent, lost) = match connection.state {
        State::Revoking { .. } | State::Moved => return None,
        // What was cut off stays known.
        State::Refreshing { set, intent } => (set, Some(intent), false),
        State::Active(set) | State::Suspect(set) => (set, None, false),
        State::NeedsLogin { set, reason } => {
            let lost = matches!(reason, LoginReason::LostAnswer { .. });
            (set, None, lost)
        }
    };
    let unseen = if set_back {
        Some(Unseen::SetBack)
    } else {
        lost.then_some(Unseen::LostAnswer)
    };
    connection.state = State::Revoking {
        set,
        intent,
        unseen,
    };
    // What keeps it from being refreshed says nothing about its revocation.
    connection.trouble = None;
    Some(connection)
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

/// Erases a grant. An earlier one takes its place, to be ended too, and with it `unseen`: what may live
/// on of this one. Only where the person wanted it erased here, all go.
fn erase(
    vault: &mut Vault,
    world: World<'_>,
    row: &Row<StoredConnection>,
    mut report: Report,
    unseen: Option<Unseen>,
) -> Result<Report, ConnectionError> {
    let mut event = world.event(Action::Revoke, &report.name, Outcome::Done);
    event.detail = Some(
        match report.remote {
            Remote::Revoked => "revoked at the provider",
            Remote::AlreadyGone => "the provider did not know it any more",
            Remote::NotTold => "erased here only, the provider was not told",
            Remote::NoWay | Remote::Elsewhere => {
                "erased here only, the provider has no way to be told"
            }
        }
        .to_owned(),
    );
    let all = report.remote == Remote::NotTold;
    let (earlier, away) = vault.mutate(|writer| {
        writer.log(&event)?;
        if !all && let Some(earlier) = replaced::take(writer, &report.name)? {
            let mut earlier = to_revoking(earlier.clone()).unwrap_or(earlier);
            // Should the provider not be reached any more, this is all that is left to say it.
            if let State::Revoking { unseen: own, .. } = &mut earlier.state {
                *own = own.or(unseen);
            }
            writer.update(row, StoredConnection::from(&earlier))?;
            return Ok((true, Away::default()));
        }
        let away = replaced::forget(writer, &report.name)?;
        writer.delete(row)?;
        Ok::<_, ConnectionError>((false, away))
    })?;
    report.earlier = earlier;
    report.away.extend(away);
    // Superseded pages would stay in the write-ahead log otherwise.
    if vault.checkpoint_truncate().is_err() && !report.notes.iter().any(|note| note == OLD_PAGES) {
        report.notes.push(OLD_PAGES.to_owned());
    }
    Ok(report)
}

/// Where a definition sends tokens of this client to be revoked, as a connection's stamp records it.
#[must_use]
pub fn revocation_target(definition: &Definition, client_id: &ClientId) -> Option<String> {
    let endpoint = definition.revocation.endpoint_for(client_id.as_str())?;
    Some(endpoint.to_string())
}
