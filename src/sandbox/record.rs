//! What the sandbox remembers of the requests it got. No secret is in it: tokens and codes appear
//! as the first 16 hex digits of their SHA-256.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Serialize;

use super::fault::Endpoint;
use super::mint::Hash;
use crate::moment::Timestamp;
use crate::ordered;

/// One request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Counts all requests, from 1.
    pub number: u64,
    /// Counts the requests to this endpoint, from 1, as faults do.
    pub nth: u64,
    /// What it was for: see [`Endpoint::name`].
    pub endpoint: &'static str,
    /// `GET`, `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// What a request to the practice GitHub was: the path as GitHub's description of its API
    /// spells it, or `query` or `mutation` with the fields at its top.
    pub template: Option<String>,
    /// `grant_type`, where there was one that is known.
    pub grant: Option<&'static str>,
    /// Milliseconds since the sandbox started, when the request had come in whole.
    pub at_millis: u64,
    /// The same moment by the wall clock, RFC 3339.
    pub time: String,
    /// The status of the answer, as the server meant it.
    pub status: u16,
    /// `ok`, an OAuth error code, `refused`, or `asked` for a consent page.
    pub outcome: String,
    /// Whether the server did what was asked: false where a fault kept the request from it.
    pub acted: bool,
    /// The fault that struck.
    pub fault: Option<String>,
    /// The fingerprint of the code or token that was presented.
    pub presented: Option<String>,
    /// The fingerprint of the access token that was issued.
    pub issued_access: Option<String>,
    /// The fingerprint of the refresh token that was issued.
    pub issued_refresh: Option<String>,
}

/// Which tokens are good, by fingerprint, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveTokens {
    /// Access tokens that have neither expired nor been revoked.
    pub access: Vec<String>,
    /// Refresh tokens that can be used.
    pub refresh: Vec<String>,
}

/// A sandbox may run for weeks; older requests than these are forgotten, though still counted.
const KEPT: usize = 20_000;

/// The requests so far.
#[derive(Debug, Default)]
pub(super) struct Record {
    entries: VecDeque<Entry>,
    added: u64,
    counts: BTreeMap<Endpoint, u64>,
}

impl Record {
    /// Counts one more request to `endpoint`; the first is 1.
    pub(super) fn count(&mut self, endpoint: Endpoint) -> u64 {
        let count = self.counts.entry(endpoint).or_default();
        *count += 1;
        *count
    }

    /// Adds an entry; its `number` is set here.
    pub(super) fn add(&mut self, mut entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.added += 1;
        entry.number = self.added;
        self.entries.push_back(entry);
    }

    /// The last of them, oldest first.
    pub(super) fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }

    /// How many requests went where.
    pub(super) fn counts(&self) -> BTreeMap<&'static str, u64> {
        let counts = self.counts.iter();
        ordered::map(counts.map(|(endpoint, count)| (endpoint.name(), *count)))
    }
}

/// When a request came.
pub(super) fn times(start: Timestamp, now: Duration) -> (u64, String) {
    let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    (millis, start.plus(now).to_string())
}

/// The fingerprint of a hash that may be there.
pub(super) fn shown(hash: Option<Hash>) -> Option<String> {
    hash.map(Hash::fingerprint)
}
