//! What can befall a request or its repository, when a fault says so.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::ask::Ask;
use super::limits;
use super::object::{Kind, Object, Oid, Person};
use super::reply::Problem;
use super::repository::{Replica, Repository};
use super::store::Edits;
use super::tree::{Leaf, Mode};
use super::{Hub, head};
use crate::moment::Timestamp;

/// One trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The answer comes from a replica that lags behind.
    Stale,
    /// Somebody else commits just before.
    Commit,
    /// Somebody else rewrites the branch just before.
    ForcePush,
    /// The repository gets another name just before.
    Rename,
    /// The secondary rate limit, with this status and this `Retry-After`.
    Secondary(u16, Option<Duration>),
    /// The budget is used up until then.
    Primary(Duration),
    /// The token may not.
    Forbidden,
}

const NAMED: [(&str, Trouble); 7] = [
    ("stale", Trouble::Stale),
    ("commit", Trouble::Commit),
    ("force-push", Trouble::ForcePush),
    ("rename", Trouble::Rename),
    ("forbidden", Trouble::Forbidden),
    ("secondary", Trouble::Secondary(403, None)),
    ("secondary429", Trouble::Secondary(429, None)),
];

impl fmt::Display for Trouble {
    /// As a fault writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secondary(403, Some(wait)) => write!(f, "secondary/{}", wait.as_secs()),
            Self::Secondary(status, Some(wait)) => {
                write!(f, "secondary{status}/{}", wait.as_secs())
            }
            Self::Primary(wait) => write!(f, "primary/{}", wait.as_secs()),
            Self::Stale
            | Self::Commit
            | Self::ForcePush
            | Self::Rename
            | Self::Forbidden
            | Self::Secondary(_, None) => {
                let known = NAMED.iter().find(|(_, trouble)| trouble == self);
                f.write_str(known.map_or("", |(name, _)| name))
            }
        }
    }
}

impl FromStr for Trouble {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some((_, trouble)) = NAMED.iter().find(|(name, _)| *name == text) {
            return Ok(*trouble);
        }
        let (name, seconds) = text.split_once('/').ok_or(())?;
        let wait = Duration::from_secs(seconds.parse().map_err(|_| ())?);
        match name {
            "secondary" => Ok(Self::Secondary(403, Some(wait))),
            "secondary429" => Ok(Self::Secondary(429, Some(wait))),
            "primary" => Ok(Self::Primary(wait)),
            _ => Err(()),
        }
    }
}

/// Who the others are.
const SOMEBODY: &str = "somebody";

impl Hub {
    /// Lets it happen, before the request is answered.
    pub(super) fn befall(&mut self, trouble: Trouble, ask: &mut Ask<'_>) -> Result<(), Problem> {
        let id = match ask.parts.as_slice() {
            [kind, owner, name, ..] if kind == "repos" => self.named(owner, name),
            [kind, id, ..] if kind == "repositories" => id.parse().ok(),
            _ => self.last.or(self.repositories.keys().next_back().copied()),
        };
        let repository = id.and_then(|id| self.repositories.get_mut(&id));
        match (trouble, repository) {
            (Trouble::Stale, _) => ask.replica = Replica::Lagging,
            (Trouble::Commit, Some(repository)) => {
                somebody_commits(repository, ask, false);
            }
            (Trouble::ForcePush, Some(repository)) => {
                somebody_commits(repository, ask, true);
            }
            (Trouble::Rename, Some(repository)) => {
                let (id, name) = (repository.id, format!("{}-renamed", repository.name));
                self.rename(id, &name);
            }
            (Trouble::Secondary(status, wait), _) => return Err(limits::secondary(status, wait)),
            (Trouble::Primary(_), _) if ask.parts == ["graphql"] => {}
            (Trouble::Primary(_), _) => return Err(limits::exhausted(ask.login())),
            (Trouble::Forbidden, _) => {
                return Err(Problem::new(403, "Resource not accessible by integration"));
            }
            (Trouble::Commit | Trouble::ForcePush | Trouble::Rename, None) => {}
        }
        Ok(())
    }
}

/// A commit by nobody we know on the default branch: on top of it, or in place of its last one.
fn somebody_commits(repository: &mut Repository, ask: &Ask<'_>, instead: bool) {
    let branch = repository.default_branch.clone();
    let Some(tip) = head(repository, ask, &branch) else {
        return;
    };
    let base = if instead {
        repository.store.parents(tip).first().copied()
    } else {
        Some(tip)
    };
    let count = repository.activity.len();
    let text = format!("Somebody else was here, {count}.\n");
    let path = format!("somebody-{count}.md");
    let edits = [(path.into_bytes(), Some(text.into_bytes()))];
    let message = "Somebody else's commit";
    if let Some(commit) = commit_files(repository, base, &edits, SOMEBODY, message, ask.now) {
        let name = format!("refs/heads/{branch}");
        repository.set(&name, Some(commit), SOMEBODY, ask.now);
    }
}

/// Commits whole files, as a person with git would; `None` deletes one. `None` when that is not
/// there.
pub(super) fn commit_files(
    repository: &mut Repository,
    base: Option<Oid>,
    files: &[(Vec<u8>, Option<Vec<u8>>)],
    who: &str,
    message: &str,
    now: Timestamp,
) -> Option<Oid> {
    let mut edits = Edits::new();
    for (path, content) in files {
        let leaf = content.as_ref().map(|content| Leaf {
            mode: Mode::File,
            oid: repository.store.put(Object::Blob(content.clone())),
        });
        edits.insert(path.clone(), leaf);
    }
    let tree = base.and_then(|base| repository.store.tree_of(base));
    let tree = repository.store.edited(tree, &edits).ok()?;
    debug_assert_eq!(repository.store.kind(tree), Some(Kind::Tree));
    let person = Person::new(who, &format!("{who}@sandbox.invalid"), now);
    let parents = base.into_iter().collect();
    Some(repository.commit(tree, parents, person.clone(), person, message))
}
