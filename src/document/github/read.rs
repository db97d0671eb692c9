//! Reading: where the branch is, what a version has, and the texts themselves, each hashed again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::GitHub;
use super::call::{Question, refusal};
use crate::document::error::StoreError;
use crate::document::oid::{EMPTY_TREE, Oid};
use crate::document::tree::{Entry, Files, Mode, encoded, tree_oid};
use crate::document::version_name::VersionName;
use crate::json::json;

/// Where the branch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// There is no version yet.
    Empty,
    /// At this version.
    At(Oid),
}

/// How a version stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It was made from it.
    Newer,
    /// It is the same, or the other was made from it.
    Older,
    /// Somebody rewrote what was there.
    Apart,
    /// The other one is not known there: rewritten and forgotten, or not there yet.
    Unknown,
}

/// A version's files.
#[derive(Debug)]
pub struct Listing {
    /// Its tree, where the files are all that it has.
    pub tree: Option<Oid>,
    /// The files.
    pub files: Files,
    /// Their sizes.
    pub sizes: BTreeMap<Oid, u64>,
}

/// Of a version: who, when, what they said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its name.
    pub oid: Oid,
    /// The first one it is based on.
    pub parent: Option<Oid>,
    /// Who wrote it.
    pub author: String,
    /// When, as the store writes it.
    pub date: String,
    /// What they said.
    pub message: String,
}

const SHA: &str = "application/vnd.github.sha";
const RAW: &str = "application/vnd.github.raw+json";
/// What one GraphQL request asks for; above [`TEXT`] it would be cut.
const BATCH: usize = 100;
const BATCH_BYTES: u64 = 3_000_000;
const TEXT: u64 = 512_000;
/// So few are asked for one by one.
const SINGLE: usize = 2;

fn oid_in(value: &Value, pointer: &str) -> Result<Oid, StoreError> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.and_then(|text| text.parse().ok())
        .ok_or(StoreError::BadAnswer("a name of a version is missing"))
}

impl GitHub<'_> {
    /// Where the branch is; `known` costs nothing where it is still right.
    ///
    /// # Errors
    /// When it can't be had.
    pub fn head(&self, known: Option<Oid>) -> Result<Head, StoreError> {
        let url = self.url(&format!("/commits/heads/{}", encoded(&self.branch)));
        let question = Question {
            accept: SHA,
            unless: known.map(|oid| oid.to_string()),
            ..Question::get(url)
        };
        let response = self.ask(&question)?;
        match (response.status, known) {
            (304, Some(known)) => Ok(Head::At(known)),
            (200, _) => {
                let text = String::from_utf8_lossy(&response.body);
                let oid = text.trim().parse();
                oid.map(Head::At)
                    .map_err(|_| StoreError::BadAnswer("the branch has no version"))
            }
            // an empty repository, or a branch that is not there yet
            (409, _) => Ok(Head::Empty),
            (404 | 422, _) => self.missing_branch(),
            _ => Err(refusal(&response)),
        }
    }

    /// Whether it is the branch that is missing, or everything.
    fn missing_branch(&self) -> Result<Head, StoreError> {
        let found = self.by_number()?;
        match found {
            Some(found) if found.is_empty => Ok(Head::Empty),
            Some(_) => Err(StoreError::NotFound {
                what: format!("the branch {}", self.branch),
            }),
            None => Err(StoreError::NotFound {
                what: self.name.borrow().clone(),
            }),
        }
    }

    /// A version's files.
    ///
    /// # Errors
    /// When they can't be had whole.
    pub fn files(&self, commit: Oid) -> Result<Listing, StoreError> {
        let mut listing = Listing {
            tree: None,
            files: Files::new(),
            sizes: BTreeMap::new(),
        };
        let url = self.url(&format!("/git/trees/{commit}?recursive=1"));
        let response = self.ask(&Question::get(url))?;
        if response.status == 404 {
            // an empty tree is denied
            let tree = self.tree_of(commit)?;
            if tree.to_string() == EMPTY_TREE {
                listing.tree = Some(tree);
                return Ok(listing);
            }
        }
        if response.status != 200 {
            return Err(refusal(&response));
        }
        let value: Value = serde_json::from_slice(&response.body)
            .map_err(|_| StoreError::BadAnswer("it is not JSON"))?;
        let mut exact = true;
        if value.get("truncated").and_then(Value::as_bool) == Some(false) {
            exact &= listing.take("", &value)?.0;
        } else {
            let tree = self.tree_of(commit)?;
            exact &= self.walk(&mut listing, "", tree, 0)?;
        }
        if exact {
            listing.tree = tree_oid(&listing.files);
        }
        Ok(listing)
    }

    /// Folder by folder, where the whole is too much for one answer.
    fn walk(
        &self,
        listing: &mut Listing,
        path: &str,
        tree: Oid,
        depth: usize,
    ) -> Result<bool, StoreError> {
        if depth > 64 {
            return Err(StoreError::BadAnswer("its folders have no end"));
        }
        let url = self.url(&format!("/git/trees/{tree}"));
        let value = self.ask_json(&Question::get(url))?;
        if value.get("truncated").and_then(Value::as_bool) != Some(false) {
            return Err(StoreError::BadAnswer("a folder has too many files"));
        }
        let (mut exact, folders) = listing.take(path, &value)?;
        for (folder, tree) in folders {
            exact &= self.walk(listing, &folder, tree, depth + 1)?;
        }
        Ok(exact)
    }

    pub(in crate::document) fn tree_of(&self, commit: Oid) -> Result<Oid, StoreError> {
        let url = self.url(&format!("/git/commits/{commit}"));
        oid_in(&self.ask_json(&Question::get(url))?, "/tree/sha")
    }

    /// Texts by their names. What can't be had is missing from the answer.
    ///
    /// # Errors
    /// When the store can't be asked.
    pub fn texts(
        &self,
        wanted: &BTreeSet<Oid>,
        sizes: &BTreeMap<Oid, u64>,
    ) -> Result<BTreeMap<Oid, Vec<u8>>, StoreError> {
        let mut found = BTreeMap::new();
        if self.place.graphql.is_some() && wanted.len() > SINGLE {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            for oid in wanted {
                let size = sizes.get(oid).copied().unwrap_or(TEXT);
                if size >= TEXT {
                    continue;
                }
                if batch.len() == BATCH || bytes + size > BATCH_BYTES {
                    self.batch(&batch, &mut found)?;
                    (batch, bytes) = (Vec::new(), 0);
                }
                batch.push(*oid);
                bytes += size;
            }
            self.batch(&batch, &mut found)?;
        }
        for oid in wanted {
            if !found.contains_key(oid)
                && let Some(text) = self.text(*oid)?
            {
                found.insert(*oid, text);
            }
        }
        Ok(found)
    }

    /// One text; its hash is right, or it is not there.
    fn text(&self, oid: Oid) -> Result<Option<Vec<u8>>, StoreError> {
        for _ in 0..2 {
            let question = Question {
                accept: RAW,
                ..Question::get(self.url(&format!("/git/blobs/{oid}")))
            };
            let response = self.ask(&question)?;
            match response.status {
                200 if Oid::of_blob(&response.body) == oid => {
                    return Ok(Some(response.body.to_vec()));
                }
                200 => {}
                404 => return Ok(None),
                _ => return Err(refusal(&response)),
            }
        }
        Err(StoreError::BadAnswer("a text arrived damaged, twice"))
    }

    /// Many small texts at once. What is cut, no text, or not what was asked for is passed over.
    fn batch(&self, batch: &[Oid], found: &mut BTreeMap<Oid, Vec<u8>>) -> Result<(), StoreError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut query =
            "query($owner:String!,$name:String!){repository(owner:$owner,name:$name){databaseId"
                .to_owned();
        for (index, oid) in batch.iter().enumerate() {
            // writing to memory does not fail
            let _ = write!(
                query,
                " t{index}:object(oid:\"{oid}\"){{__typename ... on Blob{{oid text}}}}"
            );
        }
        query.push_str("}}");
        let Some(data) = self.query(&query, json!({}))? else {
            return Ok(());
        };
        let repository = data.get("repository").unwrap_or(&Value::Null);
        if repository.get("databaseId").and_then(Value::as_u64) != Some(self.repository) {
            return Ok(()); // by its number it is found one by one
        }
        for (index, oid) in batch.iter().enumerate() {
            let object = repository.get(format!("t{index}")).unwrap_or(&Value::Null);
            let text = object.get("text").and_then(Value::as_str);
            if let Some(text) = text.filter(|text| Oid::of_blob(text.as_bytes()) == *oid) {
                found.insert(*oid, text.as_bytes().to_vec());
            }
        }
        Ok(())
    }

    /// What a query answers; nothing where the store knows no GraphQL, or not this much at once.
    fn query(&self, query: &str, mut variables: Value) -> Result<Option<Value>, StoreError> {
        let Some(endpoint) = &self.place.graphql else {
            return Ok(None);
        };
        let name = self.name.borrow().clone();
        let (owner, name) = name.split_once('/').unwrap_or_default();
        if let Some(members) = variables.as_object_mut() {
            members.insert("owner".to_owned(), json!(owner));
            members.insert("name".to_owned(), json!(name));
        }
        let body = json!({"query": query, "variables": variables});
        let mut question = Question::send(http::Method::POST, endpoint.as_str().to_owned(), &body);
        question.writes = false;
        let response = match self.ask(&question) {
            Err(StoreError::Unreachable { .. }) => return Ok(None),
            answered => answered?,
        };
        if response.status != 200 {
            return Ok(None);
        }
        let value: Option<Value> = serde_json::from_slice(&response.body).ok();
        Ok(value.and_then(|mut value| Some(value.get_mut("data")?.take())))
    }

    /// The versions that `from` is made of, newest first, until `until` or `most` are told.
    ///
    /// # Errors
    /// When they can't be had.
    pub fn versions(
        &self,
        from: Oid,
        path: Option<&str>,
        until: Option<Oid>,
        most: usize,
    ) -> Result<Vec<Version>, StoreError> {
        let mut versions = Vec::new();
        let path = path.map_or_else(String::new, |path| {
            format!("&path={}", encoded(path).replace('/', "%2F"))
        });
        for page in 1.. {
            let url = self.url(&format!(
                "/commits?sha={from}&per_page=100&page={page}{path}"
            ));
            let value = self.ask_json(&Question::get(url))?;
            let list = value.as_array().map_or(&[][..], Vec::as_slice);
            for value in list {
                let version = version(value)?;
                if until == Some(version.oid) || versions.len() == most {
                    return Ok(versions);
                }
                versions.push(version);
            }
            if list.len() < 100 {
                break;
            }
        }
        Ok(versions)
    }

    /// How `other` stands to `base`: a replica that lags behind shows an older version, and taking
    /// that for news would bring back what was changed since.
    ///
    /// # Errors
    /// When it can't be had.
    pub fn relation(&self, base: Oid, other: Oid) -> Result<Relation, StoreError> {
        // the list of files is on the first page only, and not wanted
        let url = self.url(&format!("/compare/{base}...{other}?per_page=1&page=2"));
        let response = self.ask(&Question::get(url))?;
        match response.status {
            200 => {}
            404 => return Ok(Relation::Unknown),
            _ => return Err(refusal(&response)),
        }
        let value: Value = serde_json::from_slice(&response.body)
            .map_err(|_| StoreError::BadAnswer("it is not JSON"))?;
        match value.get("status").and_then(Value::as_str) {
            Some("ahead") => Ok(Relation::Newer),
            Some("behind" | "identical") => Ok(Relation::Older),
            Some("diverged") => Ok(Relation::Apart),
            _ => Err(StoreError::BadAnswer("two versions can't be compared")),
        }
    }

    /// Whether somebody set the branch back to `head`, which `base` does not come after, since it was
    /// at `base`. A replica that lags behind shows an older head as well, and is no such thing.
    ///
    /// # Errors
    /// When the store can't be asked. One that keeps no such record says no.
    pub fn was_set_back(&self, base: Oid, head: Oid) -> Result<bool, StoreError> {
        let branch = encoded(&self.branch);
        let url = self.url(&format!("/activity?ref={branch}&per_page=100"));
        let response = self.ask(&Question::get(url))?;
        let value: Option<Value> = serde_json::from_slice(&response.body).ok();
        let list = value.as_ref().filter(|_| response.status == 200);
        let list = list.and_then(Value::as_array).into_iter().flatten();
        let (base, head) = (base.to_string(), head.to_string());
        // the newest first: what it was set to last
        for one in list {
            let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
            let set = matches!(text("activity_type"), "force_push" | "branch_creation");
            if text("after") == head && set {
                return Ok(true);
            }
            if text("after") == base {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// The version that a person calls so: by its name, the beginning of it, or a name that was
    /// given to it.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(&self, name: &str) -> Result<Oid, StoreError> {
        let mut ways = vec![name.to_owned()];
        if let Ok(given) = name.parse::<VersionName>() {
            ways.insert(0, format!("tags/{given}"));
        }
        for way in ways {
            let question = Question {
                accept: SHA,
                ..Question::get(self.url(&format!("/commits/{}", encoded(&way))))
            };
            let response = self.ask(&question)?;
            match response.status {
                200 => {
                    let text = String::from_utf8_lossy(&response.body);
                    let oid = text.trim().parse();
                    return oid.map_err(|_| StoreError::BadAnswer("a version has no name"));
                }
                404 | 409 | 422 => {}
                _ => return Err(refusal(&response)),
            }
        }
        Err(StoreError::NoVersion {
            name: crate::escape::line(name),
        })
    }

    /// One version.
    ///
    /// # Errors
    /// When it can't be had.
    pub fn version(&self, oid: Oid) -> Result<Version, StoreError> {
        let versions = self.versions(oid, None, None, 1)?;
        versions
            .into_iter()
            .next()
            .ok_or(StoreError::BadAnswer("a version is missing"))
    }
}

fn version(value: &Value) -> Result<Version, StoreError> {
    let text = |pointer: &str| {
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    Ok(Version {
        oid: oid_in(value, "/sha")?,
        parent: oid_in(value, "/parents/0/sha").ok(),
        author: text("/commit/author/name"),
        date: text("/commit/committer/date"),
        message: text("/commit/message"),
    })
}

impl Listing {
    /// Takes one answer's entries. Whether the answer tells all that there is, and its folders.
    fn take(
        &mut self,
        above: &str,
        value: &Value,
    ) -> Result<(bool, Vec<(String, Oid)>), StoreError> {
        let entries = value.get("tree").and_then(Value::as_array);
        let entries = entries.ok_or(StoreError::BadAnswer("it has no list of files"))?;
        let (mut exact, mut folders) = (true, Vec::new());
        for entry in entries {
            let text = |name: &str| entry.get(name).and_then(Value::as_str);
            let (Some(path), Some(mode)) = (text("path"), text("mode")) else {
                return Err(StoreError::BadAnswer("a file has no path"));
            };
            let path = if above.is_empty() {
                path.to_owned()
            } else {
                format!("{above}/{path}")
            };
            // what is not text is shown as something else
            exact &= !path.contains('\u{fffd}');
            let oid = oid_in(entry, "/sha")?;
            if mode == "040000" {
                folders.push((path, oid));
                continue;
            }
            let Some(mode) = Mode::parse(mode) else {
                exact = false;
                continue;
            };
            if let Some(size) = entry.get("size").and_then(Value::as_u64) {
                self.sizes.insert(oid, size);
            }
            self.files.insert(path, Entry { oid, mode });
        }
        Ok((exact, folders))
    }
}
