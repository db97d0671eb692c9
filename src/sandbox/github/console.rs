//! The practice GitHub from the inside: what other people with git do, and what its keepers see.
//! Tests use it to stand for a third party whose requests must not count.

use std::collections::BTreeMap;
use std::path::Path;

use std::io::Write as _;

use thiserror::Error;

use super::export;
use super::object::{Kind, Object, Oid};
use super::repository::{Replica, Repository};
use super::shape::user_id;
use super::tar::{self, Member};
use super::tree::{Leaf, Mode, Tree};
use super::trouble::commit_files;
use crate::names::AccountLabel;
use crate::ordered;
use crate::private_file::{self, PrivateFileError};
use crate::sandbox::client::PUBLIC_CLIENT;
use crate::sandbox::grants::Issuing;
use crate::sandbox::serve::Shared;
use crate::secret::Secret;

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum ConsoleError {
    /// There is no such repository.
    #[error("the practice GitHub has no repository `{0}`")]
    NoRepository(String),
    /// There is no such branch, commit or file.
    #[error("there is no `{0}` in that repository")]
    NotThere(String),
    /// A file could not be written.
    #[error("could not write the repository")]
    File(#[source] Box<PrivateFileError>),
    /// A file could not be filled.
    #[error("could not write `{path}`")]
    Write {
        /// Which one.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A way in beside the API. Repositories are called `OWNER/NAME`.
pub struct GitHub<'a> {
    shared: &'a Shared,
}

impl<'a> GitHub<'a> {
    pub(in crate::sandbox) fn new(shared: &'a Shared) -> Self {
        Self { shared }
    }

    fn with<T>(
        &self,
        called: &str,
        act: impl FnOnce(&mut Repository, crate::moment::Timestamp) -> Result<T, ConsoleError>,
    ) -> Result<T, ConsoleError> {
        let mut world = self.shared.world();
        let now = world.clock.now();
        let now = world.practice.wall(now);
        let hub = &mut world.practice.hub;
        let id = called
            .split_once('/')
            .and_then(|(owner, name)| hub.named(owner, name));
        let repository = id.and_then(|id| hub.repositories.get_mut(&id));
        let repository = repository.ok_or_else(|| ConsoleError::NoRepository(called.to_owned()))?;
        act(repository, now)
    }

    /// An access token of `login`'s with these scopes, as if they had connected.
    #[must_use]
    pub fn token(&self, login: &AccountLabel, scopes: &[&str]) -> Secret {
        let mut world = self.shared.world();
        let now = world.clock.now();
        let practice = &mut world.practice;
        let mut issuing = Issuing {
            mint: &mut practice.mint,
            options: &practice.options,
            now,
            with_refresh: false,
            key: None,
        };
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let account = Some(login.clone());
        let (_, issued) = practice
            .grants
            .open(&mut issuing, PUBLIC_CLIENT, account, scopes);
        Secret::new(issued.access)
    }

    /// What was asked and answered while `keep_exchanges` was on, one object each: `method`, `path`
    /// below the REST root, `body`, `status`, and the JSON of the answer or its media type. No header
    /// is in it, and so no token. A fault that keeps a request from the server keeps it from this, too.
    #[must_use]
    pub fn exchanges(&self) -> Vec<serde_json::Value> {
        self.shared.world().practice.hub.exchanges.clone()
    }

    /// All repositories, by name.
    #[must_use]
    pub fn repositories(&self) -> Vec<String> {
        let world = self.shared.world();
        let all = world.practice.hub.repositories.values();
        all.map(Repository::full_name).collect()
    }

    /// Makes a private repository of `owner`'s without any commit, unless it is there.
    pub fn create(&self, owner: &str, name: &str) {
        let mut world = self.shared.world();
        let now = world.clock.now();
        let now = world.practice.wall(now);
        let hub = &mut world.practice.hub;
        if !hub.is_taken(owner, name) {
            hub.add(owner, name, now);
        }
    }

    /// The number by which the API calls a repository.
    ///
    /// # Errors
    /// When there is no such repository.
    pub fn repository_id(&self, called: &str) -> Result<u64, ConsoleError> {
        self.with(called, |repository, _| Ok(repository.id))
    }

    /// Lets somebody read and write a repository.
    ///
    /// # Errors
    /// When there is no such repository.
    pub fn invite(&self, called: &str, login: &str) -> Result<(), ConsoleError> {
        self.with(called, |repository, _| {
            repository.collaborators.insert(login.to_owned());
            Ok(())
        })
    }

    /// Commits files to a branch as `who` would with git: whole contents, `None` deletes. The first
    /// commit makes the branch. The commit's name.
    ///
    /// # Errors
    /// When there is no such repository, or no such file to delete.
    pub fn commit(
        &self,
        called: &str,
        branch: &str,
        who: &str,
        message: &str,
        files: &[(&str, Option<&[u8]>)],
    ) -> Result<String, ConsoleError> {
        self.with(called, |repository, now| {
            let files: Vec<(Vec<u8>, Option<Vec<u8>>)> = files
                .iter()
                .map(|(path, content)| (path.as_bytes().to_vec(), content.map(<[u8]>::to_vec)))
                .collect();
            let name = format!("refs/heads/{branch}");
            let base = repository.find(&name, Replica::Current);
            let commit = commit_files(repository, base, &files, who, message, now);
            let commit = commit.ok_or_else(|| ConsoleError::NotThere("path".to_owned()))?;
            repository.set(&name, Some(commit), who, now);
            Ok(commit.to_string())
        })
    }

    /// Points a branch at a commit, forward or not; `None` deletes the branch.
    ///
    /// # Errors
    /// When there is no such repository or commit.
    pub fn force(
        &self,
        called: &str,
        branch: &str,
        who: &str,
        commit: Option<&str>,
    ) -> Result<(), ConsoleError> {
        self.with(called, |repository, now| {
            let to = match commit {
                None => None,
                Some(commit) => Some(known(repository, commit, Kind::Commit)?),
            };
            repository.set(&format!("refs/heads/{branch}"), to, who, now);
            Ok(())
        })
    }

    /// Commits a tree that no API would take: any names, any modes (in octal, as git has them), in
    /// one folder. Submodules point nowhere.
    ///
    /// # Errors
    /// When there is no such repository or mode.
    pub fn plant(
        &self,
        called: &str,
        branch: &str,
        entries: &[(u32, &[u8], &[u8])],
    ) -> Result<String, ConsoleError> {
        self.with(called, |repository, now| {
            let mut tree = Tree::default();
            for (mode, name, content) in entries {
                let mode = Mode::parse(&format!("{mode:06o}"));
                let mode = mode.ok_or_else(|| ConsoleError::NotThere("mode".to_owned()))?;
                let oid = match mode {
                    Mode::File | Mode::Executable | Mode::Symlink => {
                        repository.store.put(Object::Blob(content.to_vec()))
                    }
                    Mode::Directory => {
                        let file = repository.store.put(Object::Blob(content.to_vec()));
                        let leaf = Leaf {
                            mode: Mode::File,
                            oid: file,
                        };
                        let inner = Tree(BTreeMap::from([(b"inside.md".to_vec(), leaf)]));
                        repository.store.put(Object::Tree(inner))
                    }
                    Mode::Submodule => Oid::of(Kind::Commit, content),
                };
                tree.0.insert(name.to_vec(), Leaf { mode, oid });
            }
            let tree = repository.store.put(Object::Tree(tree));
            let name = format!("refs/heads/{branch}");
            let parents = repository
                .find(&name, Replica::Current)
                .into_iter()
                .collect();
            let person = super::web_flow(now);
            let commit = repository.commit(tree, parents, person.clone(), person, "Planted");
            repository.set(&name, Some(commit), "somebody", now);
            Ok(commit.to_string())
        })
    }

    /// Where a ref (`refs/heads/main`) points.
    #[must_use]
    pub fn find(&self, called: &str, name: &str) -> Option<String> {
        let found = self.with(called, |repository, _| {
            Ok(repository.find(name, Replica::Current))
        });
        found.ok().flatten().map(|oid| oid.to_string())
    }

    /// All commits that a branch, tag or commit reaches, newest first.
    ///
    /// # Errors
    /// When there is no such repository or revision.
    pub fn log(&self, called: &str, revision: &str) -> Result<Vec<String>, ConsoleError> {
        self.with(called, |repository, _| {
            let oid = revised(repository, revision)?;
            let log = repository.store.log(oid);
            Ok(log.into_iter().map(|oid| oid.to_string()).collect())
        })
    }

    /// The files of a revision, by path.
    ///
    /// # Errors
    /// When there is no such repository or revision.
    pub fn files(
        &self,
        called: &str,
        revision: &str,
    ) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, ConsoleError> {
        self.with(called, |repository, _| {
            let oid = revised(repository, revision)?;
            let tree = repository.store.tree_of(oid).unwrap_or(Oid::NONE);
            let files = repository.store.files(tree).into_iter();
            Ok(ordered::map(files.map(|(path, leaf)| {
                let bytes = repository.store.blob(leaf.oid).unwrap_or_default();
                (path, bytes.to_vec())
            })))
        })
    }

    /// Gives a repository another name; the old one leads to it.
    ///
    /// # Errors
    /// When there is no such repository.
    pub fn rename(&self, called: &str, name: &str) -> Result<(), ConsoleError> {
        let id = self.with(called, |repository, _| Ok(repository.id))?;
        self.shared.world().practice.hub.rename(id, name);
        Ok(())
    }

    /// Removes a repository for good.
    ///
    /// # Errors
    /// When there is no such repository.
    pub fn remove(&self, called: &str) -> Result<(), ConsoleError> {
        let id = self.with(called, |repository, _| Ok(repository.id))?;
        let hub = &mut self.shared.world().practice.hub;
        hub.repositories.remove(&id);
        hub.names.retain(|_, named| *named != id);
        Ok(())
    }

    /// The number by which the API calls an account.
    #[must_use]
    pub fn user_id(&self, login: &str) -> u64 {
        user_id(login)
    }

    /// A repository as a tar archive of a bare git repository, `NAME.git/…`.
    ///
    /// # Errors
    /// When there is no such repository.
    pub fn archive(&self, called: &str) -> Result<Vec<u8>, ConsoleError> {
        self.with(called, |repository, now| {
            let root = format!("{}.git/", repository.name);
            let folders = [""].into_iter().chain(export::FOLDERS);
            let folders =
                folders.map(|folder| Member::folder(format!("{root}{folder}").as_bytes()));
            let files = export::files(repository);
            let files = files.iter().map(|(path, content)| {
                Member::file(format!("{root}{path}").as_bytes(), content, false)
            });
            let members: Vec<Member> = folders.chain(files).collect();
            Ok(tar::archive(&members, now.unix_seconds()))
        })
    }

    /// Writes a repository as a bare git repository into `folder`, which must not exist yet.
    ///
    /// # Errors
    /// When there is no such repository, or a file can't be written.
    pub fn export(&self, called: &str, folder: &Path) -> Result<(), ConsoleError> {
        let files = self.with(called, |repository, _| Ok(export::files(repository)))?;
        let file = |source| ConsoleError::File(Box::new(source));
        private_file::ensure_folder(folder).map_err(file)?;
        for below in export::FOLDERS {
            private_file::ensure_folder(&folder.join(below)).map_err(file)?;
        }
        for (path, content) in files {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                private_file::ensure_folder(parent).map_err(file)?;
            }
            let mut created = private_file::create_new(&path).map_err(file)?;
            created
                .write_all(&content)
                .map_err(|source| ConsoleError::Write {
                    path: path.display().to_string(),
                    source,
                })?;
        }
        Ok(())
    }
}

fn known(repository: &Repository, name: &str, kind: Kind) -> Result<Oid, ConsoleError> {
    let oid = name.parse().ok();
    let oid = oid.filter(|oid| repository.store.kind(*oid) == Some(kind));
    oid.ok_or_else(|| ConsoleError::NotThere(name.to_owned()))
}

fn revised(repository: &Repository, revision: &str) -> Result<Oid, ConsoleError> {
    let found = repository.resolve(revision, Replica::Current);
    let found = found.and_then(|oid| repository.store.peeled(oid));
    found.ok_or_else(|| ConsoleError::NotThere(revision.to_owned()))
}
