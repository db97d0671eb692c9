//! Network work, until it ends or a signal comes.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use crate::error::{Error, Kind, Result};
use crate::http;
use crate::stop::{self, Signal, Stake};
use crate::ui::Ui;

/// Work that was done, and the signal that came meanwhile: what was done is told, then the signal
/// ends the process.
pub(super) struct Ended<T> {
    pub(super) done: T,
    pub(super) stopped: Option<Error>,
}

impl<T> Ended<T> {
    /// Done, and nobody said to stop.
    pub(super) const fn in_peace(done: T) -> Self {
        Self {
            done,
            stopped: None,
        }
    }
}

/// Runs network work on one thread until it ends or a signal comes. What was done when a signal has
/// come is of no interest then.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let Ended { done, stopped } = run(work, &|_, _| {})?;
    stopped.map_or(Ok(done), Err)
}

/// As [`block_on`], for work that spends something at a provider: says at once what a signal waits
/// for, and what was done all the same.
pub(super) fn to_its_end<T>(ui: &Ui, work: impl Future<Output = Result<T>>) -> Result<Ended<T>> {
    run(work, &|signal, stake| {
        let again = match signal {
            Signal::Interrupt => "Ctrl-C",
            Signal::Terminate => "signal",
        };
        let lost = match stake {
            Stake::Connection => "the connection may need a new login then",
            Stake::Consent => "you may have to sign in again then",
            Stake::Revocation => "nobody knows then whether access has ended",
        };
        ui.interrupt(&format!(
            "the provider's answer is on its way and is waited for; a second {again} gives it up, \
             and {lost}"
        ));
    })
}

/// How a command ends that has told what it did, where a signal came meanwhile.
pub(super) fn after_telling(told: Result<()>, stopped: Option<Error>) -> Result<()> {
    match (told, stopped) {
        (told, None) => told,
        (Ok(()), Some(stopped)) => Err(stopped),
        (Err(error), Some(stopped)) => Err(stopped_too(error, stopped)),
    }
}

/// What to say when a signal comes while an answer is on its way.
type Say<'s> = &'s dyn Fn(Signal, Stake);

fn run<T>(work: impl Future<Output = Result<T>>, say: Say<'_>) -> Result<Ended<T>> {
    let mut done = Err(Error::new(Kind::Failed, "the work was not begun"));
    // Once for each kind of work, and all the rest once for all of them.
    watched(pin!(async { done = work.await }), say)?;
    told_to_stop(done)
}

/// Runs work until it is done; the error is why it was given up before, or not begun.
fn watched(work: Pin<&mut dyn Future<Output = ()>>, say: Say<'_>) -> Result<()> {
    let listening = stop::listen();
    let ended = listening.and_then(|_listening| http::block_on(until_stopped(work, say)));
    ended.unwrap_or_else(|error| {
        Err(Error::new(Kind::Failed, "could not start the network").caused_by(&error))
    })
}

/// As [`watched`], where there is a network.
async fn until_stopped(mut work: Pin<&mut dyn Future<Output = ()>>, say: Say<'_>) -> Result<()> {
    let mut signals = Signals::listen();
    let signal = tokio::select! {
        biased; // the signals first, so that they are listened to before anything is done
        signal = signals.first() => signal,
        () = &mut work => return Ok(()),
    };
    let Some(stake) = stop::at_stake() else {
        return Err(signal.into());
    };
    if !stop::are_anothers() {
        say(signal, stake);
    }
    // What a server answers now exists nowhere else. Nothing new is begun, and every request has its
    // limit, so this ends. Whoever insists is obeyed, but for whoever means a command that runs
    // beside this.
    let signal = loop {
        tokio::select! {
            biased;
            signal = signals.next() => if !stop::are_anothers() {
                break signal;
            },
            () = &mut work => return Ok(()),
        }
    };
    stop::insist();
    // What has arrived by now is stored.
    tokio::select! {
        biased;
        () = &mut work => Ok(()),
        () = std::future::ready(()) => Err(given_up(signal)),
    }
}

/// Work that ended after a signal came ends the process as the signal would have; a failure is told
/// all the same, unless it is the signal's own doing.
fn told_to_stop<T>(done: Result<T>) -> Result<Ended<T>> {
    let Some(signal) = stop::asked() else {
        return done.map(Ended::in_peace);
    };
    let stopped = given_up(signal);
    match done {
        Ok(done) => Ok(Ended {
            done,
            stopped: Some(stopped),
        }),
        Err(error) => Err(stopped_too(error, stopped)),
    }
}

fn stopped_too(error: Error, stopped: Error) -> Error {
    if error.kind == stopped.kind {
        stopped
    } else {
        error.exits_with(stopped.kind.exit_code())
    }
}

/// The signal, and what it may have cost where it was insisted on.
fn given_up(signal: Signal) -> Error {
    let stopped = Error::from(signal);
    let Some(stake) = stop::at_stake().filter(|_| stop::insisted()) else {
        return stopped;
    };
    let stopped = stopped.because("an answer of the provider was not waited for");
    match stake {
        Stake::Connection => stopped
            .note("if it brought new tokens they are lost, and the connection needs a new login")
            .hint("`oauthctl list` says `refreshing` of it; its next refresh tells which it is"),
        Stake::Consent => stopped
            .note("the provider may have made a grant that nobody uses")
            .hint("connect again, and look at your apps in the provider's settings"),
        Stake::Revocation => stopped
            .note("access may have ended or not; what is kept here is never handed out")
            .hint("ask again: `oauthctl refresh --due`"),
    }
}

/// The signals that stop work, as they come.
#[cfg(unix)]
struct Signals(Vec<(Signal, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listened = stop::heard().into_iter().map(SignalKind::from_raw);
        let listened = listened.filter_map(|kind| {
            let means = if kind == SignalKind::interrupt() {
                Signal::Interrupt
            } else {
                Signal::Terminate
            };
            Some((means, signal(kind).ok()?))
        });
        Self(listened.collect())
    }

    /// Ends when a signal comes, or came before anybody listened here.
    async fn first(&mut self) -> Signal {
        match stop::asked() {
            Some(signal) => signal,
            None => self.next().await,
        }
    }

    async fn next(&mut self) -> Signal {
        poll_fn(|context| {
            let came = self
                .0
                .iter_mut()
                .find_map(|(means, one)| one.poll_recv(context).is_ready().then_some(*means));
            came.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn first(&mut self) -> Signal {
        self.next().await
    }

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}
