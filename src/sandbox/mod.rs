//! A strict practice authorization server on this machine, in memory.
//!
//! People practise against it (`oauthctl sandbox`, `oauthctl demo`), scripts are tested with it,
//! and it is the server of this program's own tests. It refuses everything that a standard lets
//! it refuse, because a client that pleases a lax server proves nothing, and it can be told to
//! misbehave. It speaks HTTP with `tiny_http`, behind a gate that can also break connections.
//!
//! Two clients are registered, [`CONFIDENTIAL_CLIENT`] and [`PUBLIC_CLIENT`], and with a key in
//! the options [`SIGNING_CLIENT`], with the redirect URI
//! `http://127.0.0.1/callback` (any port; also `[::1]` and `localhost`). `/_sandbox/log` and
//! `/_sandbox/tokens` tell in JSON what was asked and which tokens are good, without any secret.
//!
//! Beside it is a practice GitHub at `/github`, for which `/_sandbox/github` lists the repositories,
//! `/_sandbox/github/OWNER/NAME.tar` is one as `git` has it, and a POST to `/_sandbox/github/OWNER/NAME`
//! commits as somebody else.

mod area;
mod assertion;
mod authorize;
mod call;
mod client;
mod code;
mod consent;
mod device;
mod discovery;
mod dpop;
mod fault;
mod gate;
mod github;
mod grants;
mod id_token;
mod introspect;
mod jws;
mod mint;
mod options;
mod page;
mod practice;
mod provider_file;
mod pushed;
mod record;
mod register;
mod resource;
mod revoke;
mod serve;
mod spoil;
#[cfg(test)]
mod tests;
mod token;
pub mod user_agent;
mod userinfo;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use thiserror::Error;
use tiny_http::Server;

pub use area::Area;
pub use client::{CONFIDENTIAL_CLIENT, PUBLIC_CLIENT, REDIRECT_PATH, SIGNING_CLIENT};
pub use fault::{Endpoint, Fault, FaultError, Kind};
pub use github::{ConsoleError, GitHub, Trouble};
pub use mint::fingerprint;
pub use options::{Consent, GitHubOptions, Lifetimes, LifetimesError, Options, Rotation};
pub use record::{Entry, LiveTokens};

use crate::names::AccountLabel;
use crate::secret::Secret;
use practice::Practice;
use serve::Shared;

/// Why a sandbox did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The port is taken, or not for us.
    #[error("can't listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// There is no randomness.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
}

/// A running sandbox. Dropping it closes every connection and waits for its threads.
pub struct Sandbox {
    url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    server: Arc<Server>,
    threads: Vec<JoinHandle<()>>,
}

/// Runs a sandbox until something arrives on `stop`, or its sender is gone. `ready` is told when
/// the sandbox answers.
///
/// # Errors
/// As [`Sandbox::start`].
pub fn run(
    options: Options,
    ready: impl FnOnce(&Sandbox),
    stop: &Receiver<()>,
) -> Result<(), StartError> {
    let sandbox = Sandbox::start(options)?;
    ready(&sandbox);
    let _ = stop.recv(); // an error says that nobody can stop it any more
    sandbox.stop();
    Ok(())
}

/// The text of a user's provider file that points to a sandbox on `port`; `display_name` is what
/// people read.
#[must_use]
pub fn provider_toml(port: u16, display_name: &str, rotation: Rotation) -> String {
    provider_file::toml(&format!("http://127.0.0.1:{port}"), display_name, rotation)
}

impl Sandbox {
    /// Starts a sandbox on 127.0.0.1. It answers when this returns.
    ///
    /// # Errors
    /// When the port is not free, or there is no randomness.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let refused = |port| move |source| StartError::Listen { port, source };
        let port = options.port;
        let gate = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused(port))?;
        let address = gate.local_addr().map_err(refused(port))?;
        let inner = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(refused(0))?;
        let inner_address = inner.local_addr().map_err(refused(0))?;
        let server = Server::from_listener(inner, None)
            .map(Arc::new)
            .map_err(|error| refused(0)(io::Error::other(error)))?;
        let url = format!("http://{address}");
        let practice = Practice::new(url.clone(), options).map_err(StartError::Random)?;
        let shared = Arc::new(Shared::new(practice, address.to_string()));
        let serving = {
            let (server, shared) = (Arc::clone(&server), Arc::clone(&shared));
            thread::spawn(move || serve::serve(&server, &shared))
        };
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || gate::accept(&gate, inner_address, &shared.lines))
        };
        Ok(Self {
            url,
            address,
            shared,
            server,
            threads: vec![serving, accepting],
        })
    }

    /// The issuer, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A token that says which job asks, as whoever runs jobs gives them one; `/token` exchanges it
    /// (RFC 8693).
    #[must_use]
    pub fn job_token(&self) -> Secret {
        let world = self.shared.world();
        assertion::job_token(&world.practice, world.clock.now())
    }

    /// The secret of [`CONFIDENTIAL_CLIENT`].
    #[must_use]
    pub fn client_secret(&self) -> Secret {
        self.shared.world().practice.client_secret.clone()
    }

    /// [`provider_toml`] of this sandbox.
    #[must_use]
    pub fn provider_toml(&self, display_name: &str) -> String {
        let rotation = self.shared.world().practice.options.rotation;
        provider_file::toml(&self.url, display_name, rotation)
    }

    /// Changes how the sandbox behaves from now on: faults, consent, lifetimes, rotation. The port,
    /// the seed and the start time are settled.
    pub fn adjust(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.shared.world().practice.options);
    }

    /// Who signs in from now on when nobody else is chosen; becomes known if need be.
    pub fn sign_in_as(&self, account: AccountLabel) {
        let practice = &mut self.shared.world().practice;
        if !practice.options.accounts.contains(&account) {
            practice.options.accounts.push(account.clone());
        }
        practice.account = account;
    }

    /// Lets time pass for the sandbox: codes and tokens expire, grace ends, devices may poll.
    pub fn advance(&self, by: Duration) {
        self.shared.world().clock.advance(by);
    }

    /// The requests so far, oldest first; the last 20,000 of them.
    #[must_use]
    pub fn log(&self) -> Vec<Entry> {
        self.shared
            .world()
            .record
            .entries()
            .iter()
            .cloned()
            .collect()
    }

    /// How many requests an endpoint got.
    #[must_use]
    pub fn count(&self, endpoint: Endpoint) -> u64 {
        let counts = self.shared.world().record.counts();
        counts.get(endpoint.name()).copied().unwrap_or_default()
    }

    /// The practice GitHub, from the inside: as its other users and its keepers see it.
    #[must_use]
    pub fn github(&self) -> GitHub<'_> {
        GitHub::new(&self.shared)
    }

    /// Which tokens are good.
    #[must_use]
    pub fn tokens(&self) -> LiveTokens {
        self.shared.world().live()
    }

    /// Stops: open requests are cut off, and all threads have ended when this returns.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.lines.close();
        self.server.unblock();
        drop(TcpStream::connect(self.address)); // wakes the thread that accepts
        for thread in self.threads.drain(..) {
            let _ = thread.join(); // it panicked; there is nobody to tell
        }
    }
}
