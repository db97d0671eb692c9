//! GitHub's rate limits: a budget of requests per hour, shared by all tokens of a person, and a
//! "secondary" one on what creates content.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::reply::Problem;
use crate::sandbox::options::GitHubOptions;

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// The two budgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Resource {
    Core,
    Graphql,
}

impl Resource {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Graphql => "graphql",
        }
    }
}

/// What was used.
#[derive(Debug, Default)]
pub(super) struct Limits {
    windows: BTreeMap<(String, Resource), Window>,
    writes: BTreeMap<String, VecDeque<Duration>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    start: Duration,
    used: u32,
}

/// A budget as the headers tell it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) limit: u32,
    pub(super) used: u32,
    /// When it begins anew, since the sandbox's start.
    pub(super) reset: Duration,
}

impl Budget {
    pub(super) fn remaining(self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

/// Whoever asks without a token shares this.
const ANONYMOUS: u32 = 60;

impl Limits {
    pub(super) fn budget(
        &self,
        login: &str,
        resource: Resource,
        now: Duration,
        options: &GitHubOptions,
    ) -> Budget {
        let limit = if login.is_empty() {
            ANONYMOUS
        } else {
            options.requests_per_hour
        };
        let window = self.windows.get(&(login.to_owned(), resource));
        let window = window
            .copied()
            .filter(|window| now < window.start + HOUR)
            .unwrap_or(Window {
                start: now,
                used: 0,
            });
        Budget {
            limit,
            used: window.used,
            reset: window.start + HOUR,
        }
    }

    /// Takes one request from the budget.
    pub(super) fn charge(&mut self, login: &str, resource: Resource, now: Duration) {
        let window = self.windows.entry((login.to_owned(), resource));
        let window = window.or_insert(Window {
            start: now,
            used: 0,
        });
        if now >= window.start + HOUR {
            *window = Window {
                start: now,
                used: 0,
            };
        }
        window.used = window.used.saturating_add(1);
    }

    /// Counts one request that creates content, or says how long to wait.
    pub(super) fn write(
        &mut self,
        login: &str,
        now: Duration,
        options: &GitHubOptions,
    ) -> Result<(), Duration> {
        let writes = self.writes.entry(login.to_owned()).or_default();
        while writes.front().is_some_and(|first| *first + HOUR <= now) {
            writes.pop_front();
        }
        for (length, most) in [
            (MINUTE, options.writes_per_minute),
            (HOUR, options.writes_per_hour),
        ] {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let recent: Vec<Duration> = writes
                .iter()
                .copied()
                .filter(|at| *at + length > now)
                .collect();
            if recent.len() >= most {
                let freed = recent.get(recent.len().saturating_sub(most.max(1)));
                let until = freed.map_or(now + length, |first| *first + length);
                return Err(until.saturating_sub(now));
            }
        }
        writes.push_back(now);
        Ok(())
    }
}

/// The budget of an hour is used up.
pub(super) fn exhausted(login: &str) -> Problem {
    let whose = if login.is_empty() {
        "for this address".to_owned()
    } else {
        format!("for user ID {}", super::shape::user_id(login))
    };
    Problem {
        page: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
        ..Problem::new(403, format!("API rate limit exceeded {whose}."))
    }
}

/// Too much was written too fast.
pub(super) fn secondary(status: u16, wait: Option<Duration>) -> Problem {
    let problem = Problem {
        page: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        ..Problem::new(
            status,
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        )
    };
    match wait {
        // rounded up, so that who waits that long has waited long enough
        Some(wait) => problem.with(
            "Retry-After",
            wait.as_millis().div_ceil(1000).max(1).to_string(),
        ),
        None => problem,
    }
}
