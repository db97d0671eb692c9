//! What a sandbox can be told, each as a type that a command line can parse.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::fault::Fault;
use crate::escape;
use crate::moment::Timestamp;
use crate::names::{AccountLabel, Scope};

/// How a sandbox behaves. Start from [`Options::new`] and change what matters.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch")]
pub struct Options {
    /// The wall clock when the sandbox starts, for `iat`, `exp` and the log. From there on the
    /// sandbox counts by [`std::time::Instant`]: its lifetimes are lengths, they begin and end
    /// within this process, and a wall clock that jumps must not end a code early.
    pub now: Timestamp,
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Makes every code, token and secret a function of this text and of the order of requests;
    /// without it they are random.
    pub seed: Option<String>,
    /// How long access tokens live.
    pub lifetimes: Lifetimes,
    /// What becomes of a refresh token that is used.
    pub rotation: Rotation,
    /// A refresh ends the access tokens that came before it.
    pub kill_old_access: bool,
    /// Who consents.
    pub consent: Consent,
    /// The people who can sign in; the first does unless another is chosen. `writer` when empty.
    pub accounts: Vec<AccountLabel>,
    /// Scopes that are never granted, though they may be asked for.
    pub withheld: BTreeSet<Scope>,
    /// How long every token request takes, after it acted.
    pub token_delay: Duration,
    /// Seconds between polls of the device grant (RFC 8628 section 3.2).
    pub device_interval: u64,
    /// How many polls are answered `authorization_pending` before [`Consent::Automatic`] approves.
    pub device_pending_polls: u32,
    /// The public key of [`SIGNING_CLIENT`](super::SIGNING_CLIENT): an uncompressed point on P-256.
    pub client_key: Option<Vec<u8>>,
    /// Every token request must prove a key (RFC 9449).
    pub dpop_required: bool,
    /// Proofs need a nonce of this server's.
    pub dpop_nonce: bool,
    /// Authorization requests must be pushed (RFC 9126).
    pub par_required: bool,
    /// What goes wrong, and when; the first that fits a request counts.
    pub faults: Vec<Fault>,
    /// How long every answer takes, after the server acted.
    pub latency: Duration,
    /// The limits of the practice GitHub.
    pub github: GitHubOptions,
}

/// The limits of the practice GitHub; GitHub's own unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GitHubOptions {
    /// Requests per person and hour, and GraphQL points.
    pub requests_per_hour: u32,
    /// Requests that create content, per person and minute.
    pub writes_per_minute: u32,
    /// Requests that create content, per person and hour.
    pub writes_per_hour: u32,
    /// Entries of a tree before it is `truncated`.
    pub tree_limit: usize,
    /// Whole requests and answers are kept, without headers, for [`super::GitHub::exchanges`].
    pub keep_exchanges: bool,
}

impl Default for GitHubOptions {
    fn default() -> Self {
        Self {
            requests_per_hour: 5000,
            writes_per_minute: 80,
            writes_per_hour: 500,
            tree_limit: 100_000,
            keep_exchanges: false,
        }
    }
}

impl Options {
    /// A well-behaved server on any port: random secrets, one-hour tokens, rotation without
    /// grace, automatic consent of `writer`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            port: 0,
            seed: None,
            lifetimes: Lifetimes::default(),
            rotation: Rotation::Rotate {
                grace: Duration::ZERO,
            },
            kill_old_access: false,
            consent: Consent::Automatic,
            accounts: Vec::new(),
            withheld: BTreeSet::new(),
            token_delay: Duration::ZERO,
            device_interval: 5,
            device_pending_polls: 1,
            client_key: None,
            dpop_required: false,
            dpop_nonce: false,
            par_required: false,
            faults: Vec::new(),
            latency: Duration::ZERO,
            github: GitHubOptions::default(),
        }
    }

    /// Takes out what is never granted.
    pub(super) fn withhold(&self, scopes: &mut BTreeSet<String>) {
        scopes.retain(|scope| self.withheld.iter().all(|held| held.as_str() != scope));
    }
}

/// Lifetimes of access tokens in seconds, used one after the other; the last one repeats.
/// Written `0,3600`; `never` leaves `expires_in` out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetimes(Vec<Option<u64>>);

impl Lifetimes {
    /// The lifetime of the token set with this index, counted from 0.
    #[must_use]
    pub fn of(&self, index: usize) -> Option<u64> {
        self.0.get(index).or(self.0.last()).copied().flatten()
    }
}

impl Default for Lifetimes {
    /// One hour.
    fn default() -> Self {
        Self(vec![Some(3600)])
    }
}

/// Why a text is not a list of lifetimes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` is not a lifetime: a number of seconds, or `never`", escape::line(.0))]
pub struct LifetimesError(String);

impl FromStr for Lifetimes {
    type Err = LifetimesError;

    fn from_str(text: &str) -> Result<Self, LifetimesError> {
        text.split(',')
            .map(|part| match part.trim() {
                "never" => Ok(None),
                number => number
                    .parse()
                    .map(Some)
                    .map_err(|_| LifetimesError(part.to_owned())),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// What becomes of a refresh token that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// A new one comes and the old one dies. Within `grace` the old one may be sent again, as
    /// after an answer that got lost: the answer that was lost is then void, unless its refresh
    /// token has been used. Any other second use ends the whole family (RFC 9700 section 4.14.2).
    Rotate {
        /// How long the old one may be sent again; none at zero.
        grace: Duration,
    },
    /// It stays, and answers to a refresh don't repeat it.
    Keep,
}

/// Who consents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The sandbox does, at once.
    Automatic,
    /// Nobody: every request is denied at once.
    Denied,
    /// A person does, on a page.
    Page,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_used_in_turn_and_the_last_repeats() {
        let lifetimes: Lifetimes = "0, 3600,never".parse().unwrap();
        let first: Vec<_> = (0..5).map(|index| lifetimes.of(index)).collect();
        assert_eq!(first, [Some(0), Some(3600), None, None, None]);
        assert_eq!(Lifetimes::default().of(9), Some(3600));
        for bad in ["", "1,", "-1", "1h", "1,,2"] {
            assert!(bad.parse::<Lifetimes>().is_err(), "{bad:?}");
        }
    }
}
