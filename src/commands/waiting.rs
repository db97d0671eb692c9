//! Network work, until it ends or a signal comes.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;

use crate::error::{Error, Kind, Result};
use crate::http;
use crate::stop::{self, Signal};

/// Runs network work on one thread until it ends or a signal comes.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let not_started = |error: io::Error| {
        Error::new(Kind::Failed, "could not start the network").caused_by(&error)
    };
    let _listening = stop::listen().map_err(not_started)?;
    let ended = http::block_on(async {
        let mut work = pin!(work);
        let mut signals = Signals::listen();
        let signal = tokio::select! {
            biased; // the signals first, so that they are listened to before anything is done
            signal = signals.first() => signal,
            done = &mut work => return told_to_stop(done),
        };
        if !stop::must_wait() {
            return Err(signal.into());
        }
        // What a server answers now exists nowhere else. Nothing new is begun, and every request
        // has its limit, so this ends. Whoever insists is obeyed.
        let signal = tokio::select! {
            biased;
            signal = signals.next() => signal,
            done = &mut work => return told_to_stop(done),
        };
        stop::insist();
        // What has arrived by now is stored.
        tokio::select! {
            biased;
            done = &mut work => told_to_stop(done),
            () = std::future::ready(()) => Err(signal.into()),
        }
    });
    ended.map_err(not_started)?
}

/// Work that ended after a signal came ends the process as the signal would have; a failure is told
/// all the same, unless it is the signal's own doing.
fn told_to_stop<T>(done: Result<T>) -> Result<T> {
    let Some(signal) = stop::asked() else {
        return done;
    };
    let stopped = Error::from(signal);
    Err(match done {
        Ok(_) => stopped,
        Err(error) if error.kind == stopped.kind => stopped,
        Err(error) => error.exits_with(stopped.kind.exit_code()),
    })
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
