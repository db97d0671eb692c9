//! Many refreshes at once: requests overlap, the vault is touched by one thread.
//!
//! Up to `AT_ONCE` requests are in the air. Each connection is begun and finished between them on
//! the one thread that holds the vault, so nothing needs a lock inside the process.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::connection::hold::LOCK_WAIT;
use crate::connection::refresh::{self, Begun, Flight, Reason};
use crate::connection::{ConnectionError, World};
use crate::http::{Http, Response, SendError};
use crate::names::ConnectionName;
use crate::vault::Vault;

/// How many requests are in the air at most.
const AT_ONCE: usize = 32;

/// What became of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// New tokens are stored.
    Now,
    /// Somebody else refreshed it in the meantime.
    ByOthers,
    /// It has no refresh token and does not expire.
    NotNeeded,
    /// A revocation that was begun earlier is done.
    Revoked,
}

impl Refreshed {
    /// The word for people and `--json`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Now => "refreshed",
            Self::ByOthers => "already fresh",
            Self::NotNeeded => "needs no refresh",
            Self::Revoked => "revoked",
        }
    }
}

/// A step, for a progress bar.
#[derive(Debug)]
pub enum Progress<'a> {
    /// This connection's request is sent next.
    Begun(&'a ConnectionName),
    /// One more is done.
    Ended,
}

/// Refreshes all of `names` and says what became of each.
pub async fn refresh_all(
    vault: &mut Vault,
    world: World<'_>,
    http: &Arc<Http>,
    names: &[ConnectionName],
    attended: bool,
    mut progress: impl FnMut(Progress<'_>),
) -> Vec<(ConnectionName, Result<Refreshed, ConnectionError>)> {
    let reason = if attended {
        Reason::Asked
    } else {
        Reason::Unattended
    };
    let mut waiting: VecDeque<(&ConnectionName, Duration)> =
        names.iter().map(|name| (name, Duration::ZERO)).collect();
    let mut air: JoinSet<(Box<Flight>, Result<Response, SendError>)> = JoinSet::new();
    let mut outcomes = Vec::with_capacity(names.len());
    loop {
        while air.len() < AT_ONCE {
            // A connection that somebody else holds is waited for only when nothing is in the air.
            let Some((name, wait)) = next(&mut waiting, air.is_empty()) else {
                break;
            };
            progress(Progress::Begun(name));
            let ended = match refresh::begin(vault, world, name, reason, wait) {
                Ok(Begun::Send(mut flight)) => {
                    if let Some(request) = flight.take_request() {
                        let http = Arc::clone(http);
                        air.spawn(async move { (flight, request.send(&http).await) });
                    }
                    continue;
                }
                Err(ConnectionError::LockTimeout { .. }) if wait.is_zero() => {
                    waiting.push_back((name, LOCK_WAIT));
                    continue;
                }
                Ok(Begun::AlreadyFresh) => Ok(Refreshed::ByOthers),
                Ok(Begun::Nothing) => Ok(Refreshed::NotNeeded),
                Err(error) => Err(error),
            };
            outcomes.push((name.clone(), ended));
            progress(Progress::Ended);
        }
        let Some(landed) = air.join_next().await else {
            if waiting.is_empty() {
                return outcomes;
            }
            continue;
        };
        // A task ends without its value only when it panicked or was cancelled; its intent stays.
        let Ok((flight, answer)) = landed else {
            continue;
        };
        let name = flight.name().clone();
        let ended = refresh::finish(vault, world, *flight, answer).map(|()| Refreshed::Now);
        outcomes.push((name, ended));
        progress(Progress::Ended);
    }
}

fn next<'a>(
    waiting: &mut VecDeque<(&'a ConnectionName, Duration)>,
    nothing_in_the_air: bool,
) -> Option<(&'a ConnectionName, Duration)> {
    match waiting.front() {
        Some((_, wait)) if !wait.is_zero() && !nothing_in_the_air => None,
        _ => waiting.pop_front(),
    }
}
