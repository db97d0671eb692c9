//! What became of a flight: new tokens, the end of the grant, or nothing for now.

use std::time::Duration;

use crate::connection::keep::{keep, random_id};
use crate::connection::refresh::Flight;
use crate::connection::state::{Connection, LoginReason, State, Trouble, Unseen};
use crate::connection::stored::StoredConnection;
use crate::connection::{ConnectionError, World};
use crate::exchange::reply;
use crate::http::{Response, SendError};
use crate::moment::Moment;
use crate::oauth::token_answer;
use crate::oauth::token_error::TokenError;
use crate::token::TokenSet;
use crate::vault::{Action, Outcome, Row, Vault, VaultError};

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
    let response = match answer {
        Ok(response) => response,
        Err(source) => {
            let sent = source.may_have_been_seen();
            let error = ConnectionError::Network {
                what: format!("refresh `{}`", flight.name),
                source,
            };
            return Err(not_refreshed(vault, world, flight, sent, None, error));
        }
    };
    let read = token_answer::read_refreshed(
        &flight.definition,
        &flight.old.granted,
        &flight.started,
        flight.connection.dpop.is_some(),
        &reply(&response),
    );
    let error = match read.and_then(|answer| answer.following(&flight.old)) {
        Ok(answer) => return arrive(vault, world, flight, answer.set),
        Err(error) => error,
    };
    Err(refused(vault, world, flight, error, response.retry_after)?)
}

/// What a token endpoint's refusal means for the connection.
fn refused(
    vault: &mut Vault,
    world: World<'_>,
    flight: Flight,
    error: TokenError,
    retry_after: Option<Duration>,
) -> Result<ConnectionError, ConnectionError> {
    let maybe_acted = error.maybe_rotated();
    let code = code_of(&error);
    let provider = flight.name.provider.clone();
    let failure = match error {
        // Where no person signed in, none can sign in again: the next try may go well.
        TokenError::Ended { code, description } if flight.connection.grant.needs_nobody() => {
            ConnectionError::Refused {
                provider,
                code,
                description,
            }
        }
        TokenError::Ended { code, description } => {
            let reason = if flight.recovering {
                LoginReason::LostAnswer { code: Some(code) }
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
            // An empty rescue file that stays is adopted by nobody.
            let _ = rescue.remove();
            return Ok(error);
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
        TokenError::Temporary { .. } | TokenError::Malformed { .. } => ConnectionError::Temporary {
            what: format!("refresh `{}`", flight.name),
            // Some servers say in no other way that a grant has ended.
            why: if let TokenError::Malformed { status: 400, .. } = error {
                format!("{error}; if it stays so, the grant may have ended: sign in again")
            } else {
                error.to_string()
            },
            retry_after,
        },
    };
    Ok(not_refreshed(
        vault,
        world,
        flight,
        maybe_acted,
        code,
        failure,
    ))
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
        recovering,
        ..
    } = flight;
    let mark = vault.token_mark(&set.access_token);
    let mut event = world.event(Action::Refresh, &name, Outcome::Done);
    event.scopes = set.granted.iter().map(ToString::to_string).collect();
    event.token = Some(mark);
    connection.trouble = None;
    connection.issue = connection.issue.refreshed();
    if connection.state.is_suspect() {
        // The live tokens are here: what an export left is spent.
        connection.tickets.spend();
    }
    connection.state = if let State::Revoking { unseen, .. } = connection.state {
        // What an attempt before this one may have brought is not in this answer.
        State::Revoking {
            set,
            intent: None,
            unseen: unseen.or(recovering.then_some(Unseen::LostAnswer)),
        }
    } else {
        State::Active(set)
    };
    let label = name.to_string();
    keep(vault, &label, "refresh", rescue, &connection, |vault| {
        Ok(vault.mutate(|writer| {
            writer.log(&event)?;
            writer.update(&row, StoredConnection::from(&connection))
        })?)
    })?;
    Ok(())
}

/// The provider ended the grant, or an answer is lost for good. Nothing is deleted.
pub(super) fn ended(
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
        LoginReason::Ended { code, .. } | LoginReason::LostAnswer { code: Some(code) } => {
            Some(code.clone())
        }
        LoginReason::LostAnswer { code: None } | LoginReason::NoRefreshToken => None,
    };
    event.detail = Some(reason.words());
    connection.trouble = None;
    connection.state = if let State::Revoking { intent, unseen, .. } = connection.state {
        // What a person wanted to end is still to be ended. That an answer was lost stays known.
        State::Revoking {
            set: old,
            intent: intent.filter(|_| matches!(reason, LoginReason::LostAnswer { .. })),
            unseen,
        }
    } else {
        State::NeedsLogin {
            reason: reason.clone(),
            set: old,
        }
    };
    vault.mutate(|writer| {
        writer.log(&event)?;
        writer.update(row, StoredConnection::from(&connection))
    })?;
    Ok(ConnectionError::login_required(&connection, reason))
}

/// No new set came. The intent stays where the provider may have acted, else all is as before.
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
        before,
        rescue,
        recovering,
        ..
    } = flight;
    let mut event = world.event(Action::Refresh, &name, Outcome::Failed);
    event.error_code = code;
    event.detail = Some(if let ConnectionError::Network { source, .. } = &error {
        format!("{error}: {source}")
    } else {
        error.to_string()
    });
    // A recovery that failed for now stays one: the first attempt's fate is still unknown.
    let keep_intent = maybe_acted || recovering;
    if !keep_intent {
        connection.state = before;
    }
    let trouble = trouble(&connection, &error, (world.now)());
    let changed = !keep_intent || trouble != connection.trouble;
    connection.trouble = trouble;
    // The tokens are safe whatever comes of this: an intent that could not be taken back only makes
    // the next refresh a recovery, and an empty rescue file is adopted by nobody.
    let _ = vault.mutate(|writer| -> Result<(), VaultError> {
        writer.log(&event)?;
        if changed {
            writer.update(&row, StoredConnection::from(&connection))?;
        }
        Ok(())
    });
    let _ = rescue.remove();
    error
}

/// What a failure that passes means for the next attempts. A provider that could not be reached at
/// all was not burdened, and the way to it may be back at any moment.
fn trouble(connection: &Connection, error: &ConnectionError, now: Moment) -> Option<Trouble> {
    let before = connection.trouble.as_ref();
    let retry_after = if let ConnectionError::Temporary { retry_after, .. } = error {
        *retry_after
    } else if let ConnectionError::Network { source, .. } = error
        && source.may_have_been_seen()
    {
        None
    } else {
        return before.cloned();
    };
    // Without randomness all come back together, which is no reason to fail.
    let spread = random_id().map_or(0, |id| id[0]);
    Some(Trouble::after(before, now, retry_after, spread))
}
