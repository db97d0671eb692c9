//! A practice GitHub: the part of its API that keeps manuscripts, strict and in memory.
//!
//! REST is at `/github`, GraphQL at `/github/graphql`, archives come from `/github/codeload`; who
//! may do what is decided by the tokens of the authorization server beside it, with the scope
//! `repo`. Objects are git's own, hash for hash, so [`export`] gives repositories that `git` reads.
//! Statuses, shapes and the texts that clients branch on are GitHub's; where GitHub lets something
//! pass that nobody can mean, this one refuses.

mod ask;
mod console;
mod diff;
mod export;
mod graphql;
mod history;
mod limits;
mod lines;
mod object;
mod pack;
mod reply;
mod repository;
mod rest;
mod route;
mod shape;
mod store;
mod tar;
mod tree;
mod trouble;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

pub(super) use self::ask::Asker;
use self::ask::{Ask, Members};
pub use self::console::{ConsoleError, GitHub};
use self::limits::{Limits, Resource};
use self::object::Person;
use self::reply::{Outcome, Problem, json_answer};
use self::repository::Repository;
use self::route::{Handler, Route};
pub use self::trouble::Trouble;
use super::area::Area;
use super::call::{Answer, Body, Call};
use super::mint::Hash;
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
pub(super) fn purpose(call: &Call) -> (Area, String) {
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
        let (area, _) = purpose(call);
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

    /// The repository with this name, or with this number where the owner is empty, if whoever asks
    /// may know of it. A name that it had before leads on (301, and 307 for what is not a read).
    fn visible(&mut self, ask: &Ask<'_>, owner: &str, name: &str) -> Result<u64, Problem> {
        let id = if owner.is_empty() {
            name.parse().ok()
        } else {
            self.named(owner, name)
        };
        let found = id.and_then(|id| self.repositories.get(&id));
        let found = found.filter(|repository| may_read(repository, ask));
        let repository = found.ok_or_else(Problem::not_found)?;
        let (id, current) = (repository.id, repository.full_name());
        if !owner.is_empty() && !current.eq_ignore_ascii_case(&format!("{owner}/{name}")) {
            let rest = ask.parts.get(3..).unwrap_or_default();
            let rest = [&[String::new()], rest].concat().join("/");
            let rest = shape::encoded_path(&rest);
            let location = format!("{}/repositories/{id}{rest}", ask.root());
            let (status, message) = if ask.method == "GET" {
                (301, "Moved Permanently")
            } else {
                (307, "Temporary Redirect")
            };
            return Err(Problem::new(status, message).with("Location", location));
        }
        self.last = Some(id);
        Ok(id)
    }

    fn named(&self, owner: &str, name: &str) -> Option<u64> {
        let key = (owner.to_lowercase(), name.to_lowercase());
        self.names.get(&key).copied()
    }

    /// Adds a repository; its name is free.
    fn add(&mut self, owner: &str, name: &str, now: Timestamp) -> u64 {
        let id = 1_000_001 + u64::try_from(self.repositories.len()).unwrap_or_default();
        let key = (owner.to_lowercase(), name.to_lowercase());
        self.names.insert(key, id);
        self.repositories
            .insert(id, Repository::new(id, owner, name, now));
        id
    }

    /// Gives a repository another name; the old one leads to it.
    fn rename(&mut self, id: u64, name: &str) {
        if let Some(repository) = self.repositories.get_mut(&id) {
            name.clone_into(&mut repository.name);
            let key = (repository.owner.to_lowercase(), name.to_lowercase());
            self.names.insert(key, id);
        }
    }

    fn is_taken(&self, owner: &str, name: &str) -> bool {
        let repository = self.named(owner, name);
        let repository = repository.and_then(|id| self.repositories.get(&id));
        repository.is_some_and(|repository| repository.name.eq_ignore_ascii_case(name))
    }

    /// `GET /rate_limit`, which costs nothing.
    fn rate_limit(&self, ask: &Ask<'_>, given: &Circumstances<'_>) -> Answer {
        let told = |resource: Resource| {
            let budget = self
                .limits
                .budget(ask.login(), resource, given.now, given.options);
            json!({
                "limit": budget.limit,
                "used": budget.used,
                "remaining": budget.remaining(),
                "reset": given.wall.plus(budget.reset.saturating_sub(given.now)).unix_seconds(),
                "resource": resource.name(),
            })
        };
        let core = told(Resource::Core);
        let mut body = json!({"resources": {
            "core": core,
            "graphql": told(Resource::Graphql),
            "search": core,
        }});
        if ask.api_version == "2022-11-28"
            && let Some(members) = body.as_object_mut()
        {
            members.insert("rate".to_owned(), core);
        }
        json_answer(200, body)
    }

    /// Adds the headers that every answer has.
    fn labelled(
        &self,
        answer: Answer,
        given: &Circumstances<'_>,
        login: &str,
        resource: Resource,
    ) -> Answer {
        let budget = self
            .limits
            .budget(login, resource, given.now, given.options);
        let (mut remaining, mut reset) = (budget.remaining(), budget.reset);
        if let Some(Trouble::Primary(wait)) = given.trouble {
            (remaining, reset) = (0, given.now + wait);
        }
        let reset = given.wall.plus(reset.saturating_sub(given.now));
        let seed = format!("{}\0{}", given.origin, self.served);
        let mut answer = answer
            .with("X-GitHub-Request-Id", Hash::of(&seed).fingerprint())
            .with("X-GitHub-Media-Type", "github.v3; format=json")
            .with("X-RateLimit-Limit", budget.limit.to_string())
            .with("X-RateLimit-Remaining", remaining.to_string())
            .with(
                "X-RateLimit-Used",
                (budget.limit - remaining.min(budget.limit)).to_string(),
            )
            .with("X-RateLimit-Reset", reset.unix_seconds().to_string())
            .with("X-RateLimit-Resource", resource.name());
        if let Ok(Some(asker)) = &given.asker {
            let scopes: Vec<&str> = asker.scopes.iter().map(String::as_str).collect();
            answer = answer
                .with("X-OAuth-Scopes", scopes.join(", "))
                .with("X-Accepted-OAuth-Scopes", "repo");
        }
        answer
    }
}

/// Private repositories are their owner's, and only with the scope `repo`.
fn may_read(repository: &Repository, ask: &Ask<'_>) -> bool {
    !repository.private || may_write(repository, ask)
}

fn may_write(repository: &Repository, ask: &Ask<'_>) -> bool {
    ask.asker.as_ref().is_some_and(|asker| {
        asker.scopes.contains("repo")
            && (asker.login == repository.owner || repository.collaborators.contains(&asker.login))
    })
}

/// Adds the `ETag`, which is another for every token, and answers 304 where the client has it.
fn conditional(answer: Answer, call: &Call, given: &Circumstances<'_>) -> Answer {
    if answer.status != 200 || call.method != "GET" || call.path.starts_with("/github/codeload/") {
        return answer;
    }
    let body = match &answer.body {
        Body::Json(value) => value.to_string(),
        Body::Bytes(_, bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Body::Text(_, text) | Body::Html(text) => text.clone(),
        Body::Empty => String::new(),
    };
    let own = answer.headers.iter().find(|(name, _)| *name == "ETag");
    let tag = own.map_or_else(
        || {
            let token = given.asker.as_ref().ok().and_then(Option::as_ref);
            let token = token.map_or("", |asker| &asker.token);
            let accept = call.headers.iter().find(|(name, _)| name == "accept");
            let accept = accept.map_or("", |(_, value)| value);
            let seed = format!("{token}\0{accept}\0{body}");
            format!("W/\"{}\"", Hash::of(&seed).fingerprint())
        },
        |(_, tag)| tag.clone(),
    );
    let known = call
        .headers
        .iter()
        .filter(|(name, _)| name == "if-none-match")
        .flat_map(|(_, value)| value.split(','))
        .any(|value| value.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"));
    let mut answer = if known {
        Answer {
            headers: answer.headers,
            ..Answer::bare(304, Body::Empty)
        }
    } else {
        answer
    };
    answer.headers.retain(|(name, _)| *name != "ETag");
    answer
        .with("ETag", tag)
        .with("Cache-Control", "private, max-age=60, s-maxage=60")
        .with("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
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
