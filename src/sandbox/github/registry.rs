//! Which repositories there are, under which names, and who may do what with them.

use super::Hub;
use super::ask::Ask;
use super::reply::Problem;
use super::repository::Repository;
use super::shape;
use crate::moment::Timestamp;

impl Hub {
    /// The repository with this name, or with this number where the owner is empty, if whoever asks
    /// may know of it. A name that it had before leads on (301, and 307 for what is not a read).
    pub(super) fn visible(
        &mut self,
        ask: &Ask<'_>,
        owner: &str,
        name: &str,
    ) -> Result<u64, Problem> {
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
            let query = ask
                .raw_query
                .map_or_else(String::new, |query| format!("?{query}"));
            let location = format!("{}/repositories/{id}{rest}{query}", ask.root());
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

    pub(super) fn named(&self, owner: &str, name: &str) -> Option<u64> {
        let key = (owner.to_lowercase(), name.to_lowercase());
        self.names.get(&key).copied()
    }

    /// Adds a repository; its name is free.
    pub(super) fn add(&mut self, owner: &str, name: &str, now: Timestamp) -> u64 {
        let id = 1_000_001 + u64::try_from(self.repositories.len()).unwrap_or_default();
        let key = (owner.to_lowercase(), name.to_lowercase());
        self.names.insert(key, id);
        self.repositories
            .insert(id, Repository::new(id, owner, name, now));
        id
    }

    /// Gives a repository another name; the old one leads to it.
    pub(super) fn rename(&mut self, id: u64, name: &str) {
        if let Some(repository) = self.repositories.get_mut(&id) {
            name.clone_into(&mut repository.name);
            let key = (repository.owner.to_lowercase(), name.to_lowercase());
            self.names.insert(key, id);
        }
    }

    pub(super) fn is_taken(&self, owner: &str, name: &str) -> bool {
        let repository = self.named(owner, name);
        let repository = repository.and_then(|id| self.repositories.get(&id));
        repository.is_some_and(|repository| repository.name.eq_ignore_ascii_case(name))
    }
}

/// Private repositories are their owner's, and only with the scope `repo`.
pub(super) fn may_read(repository: &Repository, ask: &Ask<'_>) -> bool {
    !repository.private || may_write(repository, ask)
}

pub(super) fn may_write(repository: &Repository, ask: &Ask<'_>) -> bool {
    ask.asker.as_ref().is_some_and(|asker| {
        asker.scopes.contains("repo")
            && (asker.login == repository.owner || repository.collaborators.contains(&asker.login))
    })
}
