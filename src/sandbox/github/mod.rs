//! A practice GitHub: the part of its API that keeps manuscripts, strict and in memory.
//!
//! REST is at `/github`, GraphQL at `/github/graphql`, archives come from `/github/codeload`, and git
//! itself reads and writes `/github/web/OWNER/NAME.git`. Who may do what is decided by the tokens of
//! the authorization server beside it, with the scope `repo`. Objects are git's own, hash for hash,
//! and an exported repository is one that git reads. Statuses, shapes and the texts that clients
//! branch on are GitHub's; where GitHub lets something pass that nobody can mean, this one refuses.

mod ask;
mod console;
mod deflate;
mod diff;
mod envelope;
mod export;
mod graphql;
mod history;
mod inflate;
mod limits;
mod lines;
mod object;
mod packfile;
mod parse;
mod registry;
mod reply;
mod repository;
mod rest;
mod route;
mod shape;
mod smart;
mod somebody;
mod store;
mod tar;
mod tree;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

pub(super) use self::ask::Asker;
use self::ask::{Ask, Members};
pub use self::console::{ConsoleError, GitHub};
use self::envelope::{conditional, exchange};
use self::limits::{Limits, Resource};
use self::object::Person;
use self::registry::{may_read, may_write};
use self::reply::{Outcome, Problem};
use self::repository::Repository;
use self::route::{Handler, Route};
pub(super) use self::somebody::somebody;
pub use self::trouble::Trouble;
use super::area::Area;
use super::call::{Answer, Body, Call};
use super::options::GitHubOptions;
use crate::moment::Timestamp;

/// All repositories, and what their users have used.
#[derive(Debug, Default)]
pub(super) struct Hub {
    repositories: BTreeMap<u64, Repository>,
    /// Owner and name in lower case; the name a repository had before stays until it is taken.
    names: BTreeMap<(String, String), u64>,
    limits: Limits,
    served: u64,
    /// The repository that was last asked for: faults befall this one.
    last: Option<u64>,
    exchanges: Vec<Value>,
}

/// What a request comes with.
pub(super) struct Circumstances<'a> {
    pub(super) origin: &'a str,
    /// `Err` where a token came that is not good.
    pub(super) asker: Result<Option<Asker>, ()>,
    /// Since the sandbox's start, and the same moment by the wall clock.
    pub(super) now: Duration,
    pub(super) wall: Timestamp,
    pub(super) options: &'a GitHubOptions,
    pub(super) trouble: Option<Trouble>,
}

/// What a request is for, as faults and the log count it, and what the log calls it.
pub(super) fn purpose(call: &Call) -> &(Area, String) {
    call.purpose.get_or_init(|| found_purpose(call))
}

fn found_purpose(call: &Call) -> (Area, String) {
    if let Some(git) = smart::purpose(call) {
        return git;
    }
    let path = call.path.strip_prefix("/github/").unwrap_or_default();
    if path == "graphql" {
        return graphql::purpose(&call.body);
    }
    let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    match route::find(&call.method, &parts) {
        Route::Found(row, _) => (row.area, row.template.to_owned()),
        Route::Method | Route::Unknown => (Area::Other, String::new()),
    }
}

impl Hub {
    /// Answers one request.
    pub(super) fn respond(&mut self, call: &Call, given: &Circumstances<'_>) -> Answer {
        self.served += 1;
        if smart::purpose(call).is_some() {
            // not the API: without its limits and headers
            return match &given.asker {
                Ok(asker) => self.git(call, asker.as_ref(), given.wall),
                Err(()) => self.git(call, None, given.wall),
            };
        }
        let login = match &given.asker {
            Ok(Some(asker)) => asker.login.clone(),
            Ok(None) | Err(()) => String::new(),
        };
        let resource = if call.path == "/github/graphql" {
            Resource::Graphql
        } else {
            Resource::Core
        };
        let answer = self
            .admitted(call, given, &login, resource)
            .unwrap_or_else(Answer::from);
        let answer = conditional(answer, call, given);
        let free = answer.status == 304 || call.path == "/github/rate_limit";
        let left = self
            .limits
            .budget(&login, resource, given.now, given.options);
        if !free && left.remaining() > 0 {
            self.limits.charge(&login, resource, given.now);
        }
        if given.options.keep_exchanges {
            self.exchanges.push(exchange(call, &answer));
        }
        self.labelled(answer, given, &login, resource)
    }

    /// Lets a request in, or says why not.
    fn admitted(
        &mut self,
        call: &Call,
        given: &Circumstances<'_>,
        login: &str,
        resource: Resource,
    ) -> Outcome {
        let agent = call
            .headers
            .iter()
            .any(|(name, value)| name == "user-agent" && !value.trim().is_empty());
        if !agent {
            return Err(Problem::new(
                403,
                "Request forbidden by administrative rules. There is no User-Agent header.",
            ));
        }
        let asker = match &given.asker {
            Ok(asker) => asker.clone(),
            Err(()) => return Err(Problem::new(401, "Bad credentials")),
        };
        let mut ask = Ask::read(call, given.origin, asker, given.wall)?;
        ask.tree_limit = given.options.tree_limit;
        let budget = self
            .limits
            .budget(login, resource, given.now, given.options);
        let reset = given.wall.plus(budget.reset.saturating_sub(given.now));
        ask.budget = Some((budget, reset));
        if budget.remaining() == 0 && call.path != "/github/rate_limit" {
            return match resource {
                Resource::Core => Err(limits::exhausted(login)),
                Resource::Graphql => Ok(graphql::rate_limited(login)),
            };
        }
        let area = purpose(call).0;
        if area.is_write() && !login.is_empty() {
            self.limits
                .write(login, given.now, given.options)
                .map_err(|wait| limits::secondary(403, Some(wait)))?;
        }
        if let Some(trouble) = given.trouble {
            self.befall(trouble, &mut ask)?;
        }
        if resource == Resource::Graphql {
            if matches!(given.trouble, Some(Trouble::Primary(_))) {
                return Ok(graphql::rate_limited(login));
            }
            return graphql::respond(self, &ask);
        }
        self.rest(&ask, given)
    }

    fn rest(&mut self, ask: &Ask<'_>, given: &Circumstances<'_>) -> Outcome {
        if ask.parts.first().is_some_and(|part| part == "rate_limit") && ask.method == "GET" {
            return Ok(self.rate_limit(ask, given));
        }
        let (row, names) = match route::find(ask.method, &ask.parts) {
            Route::Found(row, names) => (row, names),
            Route::Method | Route::Unknown => return Err(Problem::not_found()),
        };
        match row.handler {
            Handler::Hub(handler) => handler(self, ask, &names),
            Handler::Repository(handler) => {
                let [owner, name, rest @ ..] = names.as_slice() else {
                    return Err(Problem::not_found());
                };
                let id = self.visible(ask, owner, name)?;
                let repository = self.repositories.get_mut(&id);
                let repository = repository.ok_or_else(Problem::not_found)?;
                if row.area.is_write() && !may_write(repository, ask) {
                    return Err(Problem::not_found());
                }
                handler(repository, ask, rest.first().map_or("", String::as_str))
            }
        }
    }
}

/// The replica that a request reads from.
fn head(repository: &Repository, ask: &Ask<'_>, branch: &str) -> Option<object::Oid> {
    repository.find(&format!("refs/heads/{branch}"), ask.replica)
}

/// A status and nothing else.
fn nothing(status: u16) -> Answer {
    Answer::bare(status, Body::Empty)
}

/// The author that a request names, or whose token it is.
fn commit_author(ask: &Ask<'_>, given: Option<&Value>) -> Result<Person, Problem> {
    let Some(given) = given.filter(|given| !given.is_null()) else {
        let login = ask.login();
        return Ok(Person::new(login, &shape::noreply(login), ask.now));
    };
    let members = Members::of(given)?;
    let when = match members.text("date")? {
        None => ask.now,
        Some(text) => Timestamp::parse(text)
            .ok_or_else(|| Problem::invalid(format!("{text:?} is not a date-time.")))?,
    };
    Ok(Person::new(
        members.need("name")?,
        members.need("email")?,
        when,
    ))
}

/// Who commits what is made by the API.
fn web_flow(now: Timestamp) -> Person {
    Person::new("Practice GitHub", "noreply@sandbox.invalid", now)
}
