//! Waits for the person's browser to come back.
//!
//! The hard idea: the port is open to every web page and every local process, so nothing but an
//! answer that its judge accepts ends the wait, and nothing that others send may keep that answer
//! out. All that a stranger can cost is bounded: connections, bytes, headers and time.

mod bind;
mod connections;

use std::time::Duration;

use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

pub use bind::{BindError, Listener};
use connections::{Callback, Connections, Desk};

use super::landing::{Landing, Stage};
use bind::Sockets;

/// What a judge says of a callback's query.
#[derive(Debug)]
pub enum Judgement<T> {
    /// It is the answer that is waited for: a grant or a refusal that proves the state.
    Accept(T),
    /// It proves nothing; the wait goes on.
    Ignore,
}

/// Why a wait ended without an answer.
#[derive(Debug, Error)]
pub enum WaitError {
    /// Nothing valid came in time.
    #[error("no answer came from the browser within {}s", .0.as_secs())]
    TimedOut(Duration),
    /// The sockets could not be watched.
    #[error("can't listen on `{address}`")]
    Listen {
        /// The address that was bound.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What strangers may cost, and how long a page waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a request line and headers, at least 8 KiB.
    pub head_bytes: usize,
    /// The most headers.
    pub headers: usize,
    /// The time in which a request must be complete, from connecting on.
    pub head_time: Duration,
    /// The most open connections; one more drops the oldest.
    pub connections: usize,
    /// How long the page waits for the tokens to be stored before it turns neutral.
    pub page_patience: Duration,
    /// How long [`Landing::succeed`] waits for the browser to fetch the page.
    pub landing_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 16 * 1024,
            headers: 64,
            head_time: Duration::from_secs(10),
            connections: 32,
            page_patience: Duration::from_secs(60),
            landing_grace: Duration::from_secs(2),
        }
    }
}

impl Listener {
    /// Waits until `judge` accepts the query of a request to the redirect URI (the text after `?`,
    /// still percent-encoded, never empty). The browser is then sent on to a page that waits for
    /// the [`Landing`] to be told how it ended.
    ///
    /// Dropping the future closes the port.
    ///
    /// # Errors
    ///
    /// [`WaitError::TimedOut`] after `patience`; nothing that a client sends is an error.
    pub async fn wait<T>(
        self,
        judge: impl FnMut(&str) -> Judgement<T>,
        patience: Duration,
    ) -> Result<(T, Landing), WaitError> {
        self.wait_within(judge, patience, Limits::default()).await
    }

    /// [`Listener::wait`] with other limits.
    ///
    /// # Errors
    ///
    /// As [`Listener::wait`].
    pub async fn wait_within<T>(
        self,
        judge: impl FnMut(&str) -> Judgement<T>,
        patience: Duration,
        limits: Limits,
    ) -> Result<(T, Landing), WaitError> {
        let rules = self.rules();
        let sockets = self.watch().map_err(|source| WaitError::Listen {
            address: rules.authority.clone(),
            source,
        })?;
        let (callbacks, arrivals) = mpsc::channel(limits.connections.max(1));
        let (stage, stage_seen) = watch::channel(Stage::Waiting);
        let (served, pages) = mpsc::channel(1);
        let desk = Desk::new(rules, limits, callbacks, stage_seen, served);
        let mut connections = Connections::new(desk);
        let accepted = timeout(
            patience,
            accepted(&sockets, &mut connections, arrivals, judge),
        );
        let (value, callback) = accepted
            .await
            .map_err(|_elapsed| WaitError::TimedOut(patience))?;
        stage.send_replace(Stage::Accepted);
        callback.send_on();
        let landing = Landing::keep(stage, pages, limits.landing_grace, async move {
            loop {
                admit(&sockets, &mut connections).await;
            }
        });
        Ok((value, landing))
    }
}

/// Answers until a callback is accepted, which is left unanswered.
async fn accepted<T>(
    sockets: &Sockets,
    connections: &mut Connections,
    mut arrivals: mpsc::Receiver<Callback>,
    mut judge: impl FnMut(&str) -> Judgement<T>,
) -> (T, Callback) {
    loop {
        tokio::select! {
            // A request that is complete goes before connections that may never be.
            biased;
            Some(callback) = arrivals.recv() => match judge(callback.query()) {
                Judgement::Accept(value) => return (value, callback),
                Judgement::Ignore => callback.ignore(),
            },
            () = admit(sockets, connections) => {}
        }
    }
}

/// Takes one connection in. An error of `accept` ends nothing: descriptors have run out, or the
/// other side has already gone.
async fn admit(sockets: &Sockets, connections: &mut Connections) {
    if let Ok(stream) = sockets.accept().await {
        connections.admit(stream);
        // What is already in the socket is read before the next connection may push it out.
        tokio::task::yield_now().await;
    } else {
        connections.drop_oldest();
        sleep(Duration::from_millis(10)).await;
    }
}

#[cfg(test)]
mod tests;
