//! The store: a branch of a repository at GitHub, by its API.
//!
//! One idea holds it together: a write names the version that the edits were based on, so it lands
//! exactly there or not at all. Reading the newest version and writing onto that would be no guard.
//! Where an answer is lost, the branch itself is asked what became of the request; nothing is sent
//! again before that.

mod archive;
mod call;
mod commit;
mod fallback;
mod read;
mod repository;
mod tags;

use std::cell::{Cell, RefCell};
use std::time::Duration;

pub use self::commit::{Change, Sent};
pub use self::read::{Head, Listing, Relation, Version};
pub use self::repository::Found;

use crate::http::Line;
use crate::provider::definition::Documents;
use crate::secret::Secret;

/// Yields an access token; with `true` another one than before, because that was refused.
pub type Tokens<'a> = &'a dyn Fn(bool) -> Option<Secret>;

/// How long something is waited for, and why, once a second.
pub type Waiting<'a> = &'a dyn Fn(&str, Duration);

/// The branch that a folder is linked to, and the way there.
pub struct GitHub<'a> {
    /// Where the API is.
    pub place: &'a Documents,
    /// The open line.
    pub line: &'a Line,
    /// Where tokens come from.
    pub tokens: Tokens<'a>,
    /// Told of every second of waiting.
    pub waiting: Waiting<'a>,
    /// The longest wait for a rate limit.
    pub patience: Duration,
    /// Between two writes, and the step of waiting for a replica.
    pub pace: Duration,
    /// The repository's number.
    pub repository: u64,
    /// Its name, corrected when it was renamed.
    pub name: RefCell<String>,
    /// The branch.
    pub branch: String,
    state: Calls,
}

/// What the calls so far leave behind.
#[derive(Default)]
struct Calls {
    token: RefCell<Option<Secret>>,
    writes: Cell<u32>,
}

impl<'a> GitHub<'a> {
    /// The way to a branch; nothing is asked yet.
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is one fact about the way there"
    )]
    pub fn new(
        place: &'a Documents,
        line: &'a Line,
        tokens: Tokens<'a>,
        waiting: Waiting<'a>,
        patience: Duration,
        repository: u64,
        name: &str,
        branch: &str,
    ) -> Self {
        // GitHub asks for a second between writes; a server on this machine does not
        let between = if place.rest.is_loopback() {
            Duration::from_millis(10)
        } else {
            Duration::from_secs(1)
        };
        Self {
            place,
            line,
            tokens,
            waiting,
            patience,
            pace: between,
            repository,
            name: RefCell::new(name.to_owned()),
            branch: branch.to_owned(),
            state: Calls::default(),
        }
    }
}
