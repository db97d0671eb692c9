//! Many refreshes at once: requests overlap, the vault is touched by one thread.
//!
//! Up to `AT_ONCE` requests are in the air, on a thread of their own: however long the vault or a
//! lock is waited for, every answer is read as it comes, and none runs into a limit meanwhile. Each
//! connection is begun and finished on the one thread that holds the vault, so nothing needs a lock
//! inside the process.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::beside;
use crate::connection::hold::LOCK_WAIT;
use crate::connection::refresh::{self, Begun, Flight, Reason};
use crate::connection::{ConnectionError, World};
use crate::http::{self, Http, Limits, Response, SendError};
use crate::moment::Moment;
use crate::names::ConnectionName;
use crate::stop;
use crate::vault::Vault;

/// How many requests are in the air at most.
const AT_ONCE: usize = 32;

/// A connection to be refreshed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub name: ConnectionName,
    /// When the set was obtained that is to be replaced: where somebody else replaces it first,
    /// there is nothing left to do.
    pub seen: Option<Moment>,
}

/// What became of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refreshed {
    /// New tokens are stored.
    Now,
    /// Somebody else refreshed it in the meantime.
    ByOthers,
    /// It has no refresh token and does not expire.
    NotNeeded,
    /// It has no refresh token, and its access token has not expired yet.
    CannotBe,
    /// A revocation that was begun earlier is done.
    Revoked,
}

impl Refreshed {
    /// In words; `--json` has underscores between them.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Now => "refreshed",
            Self::ByOthers => "already fresh",
            Self::NotNeeded => "needs no refresh",
            Self::CannotBe => "has no refresh token",
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

/// A flight, and what came of its request.
type Landed = (Box<Flight>, Result<Response, SendError>);

/// Where requests are sent from.
struct Air {
    departing: UnboundedSender<Box<Flight>>,
    landing: UnboundedReceiver<Landed>,
    count: usize,
}

impl Air {
    /// Starts the thread that sends. It ends when this is dropped.
    fn open(limits: Limits) -> io::Result<Self> {
        let (departing, mut departures) = unbounded_channel::<Box<Flight>>();
        let (arriving, landing) = unbounded_channel();
        let send = async move {
            let http = Arc::new(Http::new(limits));
            while let Some(mut flight) = departures.recv().await {
                let (http, arriving) = (Arc::clone(&http), arriving.clone());
                tokio::spawn(async move {
                    let answer = flight.send(&http).await;
                    // Nobody waits only after a panic; the intent tells.
                    let _ = arriving.send((flight, answer));
                });
            }
        };
        beside::run("requests", move || {
            let _ = http::block_on(send);
        })?;
        Ok(Self {
            departing,
            landing,
            count: 0,
        })
    }

    /// Sends a flight on its way; gives it back when the sending thread could not start.
    fn depart(&mut self, flight: Box<Flight>) -> Result<(), Box<Flight>> {
        self.departing.send(flight).map_err(|refused| refused.0)?;
        self.count += 1;
        Ok(())
    }

    /// The next flight to land; `None` when nothing is in the air, or nothing is waited for any
    /// more and all that has landed is known.
    async fn landed(&mut self) -> Option<Landed> {
        if self.count == 0 {
            return None;
        }
        let next = poll_fn(|context| match self.landing.poll_recv(context) {
            Poll::Pending if stop::insisted() => Poll::Ready(None),
            next @ (Poll::Ready(_) | Poll::Pending) => next,
        });
        let landed = next.await?;
        self.count -= 1;
        Some(landed)
    }
}

/// Refreshes all that are `wanted` and says what became of each.
///
/// # Errors
/// When no thread can be started to send from; then nothing was begun.
pub async fn refresh_all(
    vault: &mut Vault,
    world: World<'_>,
    limits: Limits,
    wanted: &[Wanted],
    attended: bool,
    mut progress: impl FnMut(Progress<'_>),
) -> io::Result<Vec<(ConnectionName, Result<Refreshed, ConnectionError>)>> {
    let reason = if attended {
        Reason::Asked
    } else {
        Reason::Unattended
    };
    if let [one] = wanted {
        progress(Progress::Begun(&one.name));
        let ended = alone(vault, world, limits, one, reason).await;
        progress(Progress::Ended);
        return Ok(vec![(one.name.clone(), ended)]);
    }
    let mut waiting: VecDeque<(&Wanted, Duration)> =
        wanted.iter().map(|one| (one, Duration::ZERO)).collect();
    let mut air = Air::open(limits)?;
    let mut outcomes = Vec::with_capacity(wanted.len());
    loop {
        while air.count < AT_ONCE {
            // A connection that somebody else holds is waited for only when nothing is in the air.
            let Some((one, wait)) = next(&mut waiting, air.count == 0) else {
                break;
            };
            let Wanted { name, seen } = one;
            progress(Progress::Begun(name));
            let ended = match refresh::begin(vault, world, name, seen.as_ref(), reason, wait) {
                Ok(Begun::Send(flight)) => match air.depart(flight) {
                    Ok(()) => continue,
                    Err(flight) => refresh::finish(vault, world, *flight, Err(no_thread()))
                        .map(|()| Refreshed::Now),
                },
                Err(ConnectionError::LockTimeout { .. }) if wait.is_zero() => {
                    waiting.push_back((one, LOCK_WAIT));
                    continue;
                }
                Ok(Begun::AlreadyFresh) => Ok(Refreshed::ByOthers),
                Ok(Begun::Nothing) => Ok(Refreshed::NotNeeded),
                Ok(Begun::CannotBe) => Ok(Refreshed::CannotBe),
                Err(error) => Err(error),
            };
            outcomes.push((name.clone(), ended));
            progress(Progress::Ended);
        }
        let Some((flight, answer)) = air.landed().await else {
            if waiting.is_empty() || stop::insisted() {
                return Ok(outcomes);
            }
            continue;
        };
        let name = flight.name().clone();
        let ended = refresh::finish(vault, world, *flight, answer).map(|()| Refreshed::Now);
        outcomes.push((name, ended));
        progress(Progress::Ended);
    }
}

/// One needs no thread to send from: nothing else is done while its answer is waited for.
async fn alone(
    vault: &mut Vault,
    world: World<'_>,
    limits: Limits,
    one: &Wanted,
    reason: Reason,
) -> Result<Refreshed, ConnectionError> {
    let Wanted { name, seen } = one;
    let mut flight = match refresh::begin(vault, world, name, seen.as_ref(), reason, LOCK_WAIT)? {
        Begun::AlreadyFresh => return Ok(Refreshed::ByOthers),
        Begun::Nothing => return Ok(Refreshed::NotNeeded),
        Begun::CannotBe => return Ok(Refreshed::CannotBe),
        Begun::Send(flight) => flight,
    };
    let answer = flight.send(&Http::new(limits)).await;
    refresh::finish(vault, world, *flight, answer).map(|()| Refreshed::Now)
}

fn no_thread() -> SendError {
    SendError::NotSent {
        host: String::new(),
        why: "the sending thread did not start".to_owned(),
    }
}

fn next<'a>(
    waiting: &mut VecDeque<(&'a Wanted, Duration)>,
    nothing_in_the_air: bool,
) -> Option<(&'a Wanted, Duration)> {
    match waiting.front() {
        Some((_, wait)) if !wait.is_zero() && !nothing_in_the_air => None,
        _ => waiting.pop_front(),
    }
}
