//! Writing: one request that carries all files and the version they are based on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::Value;

use super::GitHub;
use super::call::{Question, refusal};
use crate::document::error::StoreError;
use crate::document::oid::Oid;
use crate::document::tree::{Mode, encoded};
use crate::escape;
use crate::json::json;

/// What becomes of a path; a deletion has no content.
#[derive(Debug, Clone)]
pub struct Change {
    /// As the store spells it.
    pub path: String,
    /// What it shall be.
    pub content: Option<(Mode, Vec<u8>)>,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It landed: the new version and its tree.
    Landed {
        /// The version.
        commit: Oid,
        /// Its tree.
        tree: Oid,
    },
    /// The branch is not, or not seen, where the edits were based on.
    Moved,
}

/// Above this, decoded, a request goes in pieces.
const WHOLE: usize = 25 * 1024 * 1024;

const MUTATION: &str = "mutation($in:CreateCommitOnBranchInput!){createCommitOnBranch(input:$in){commit{oid tree{oid}}}}";

impl GitHub<'_> {
    /// Puts `changes` onto the branch, if that is at `base`.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody can say whether it landed; everything else means that
    /// it did not.
    pub fn commit(
        &self,
        base: Oid,
        base_tree: Option<Oid>,
        changes: &[Change],
        message: &str,
    ) -> Result<Sent, StoreError> {
        let sizes = changes.iter().filter_map(|change| change.content.as_ref());
        let total: usize = sizes.map(|(_, bytes)| bytes.len()).sum();
        // the one request makes plain files of everything
        let plain = changes.iter().all(|change| {
            let mode = change.content.as_ref().map(|(mode, _)| *mode);
            mode.is_none_or(|mode| mode == Mode::File)
        });
        if plain && total <= WHOLE && self.place.graphql.is_some() {
            match self.at_once(base, changes, message) {
                Err(StoreError::TooLarge) => {}
                outcome => return outcome,
            }
        }
        self.in_pieces(base, base_tree, changes, message)
    }

    fn at_once(&self, base: Oid, changes: &[Change], message: &str) -> Result<Sent, StoreError> {
        for renamed in [false, true] {
            let body = self.mutation(base, changes, message);
            match self.mutate(&body) {
                // the number tells the name that the repository has now
                Err(StoreError::NotFound { what }) if !renamed => {
                    let before = self.name.borrow().clone();
                    let found = self.by_number()?;
                    if found.is_none_or(|found| found.name == before) {
                        return Err(StoreError::NotFound { what });
                    }
                }
                outcome => return outcome,
            }
        }
        Err(StoreError::BadAnswer("its name keeps changing"))
    }

    fn mutation(&self, base: Oid, changes: &[Change], message: &str) -> Value {
        let (mut additions, mut deletions) = (Vec::new(), Vec::new());
        for change in changes {
            match &change.content {
                Some((_, bytes)) => additions.push(json!({
                    "path": change.path, "contents": STANDARD.encode(bytes),
                })),
                None => deletions.push(json!({"path": change.path})),
            }
        }
        let (headline, body) = message.split_once("\n\n").unwrap_or((message, ""));
        json!({"query": MUTATION, "variables": {"in": {
            "branch": {
                "repositoryNameWithOwner": *self.name.borrow(),
                "branchName": self.branch,
            },
            "expectedHeadOid": base.to_string(),
            "message": {"headline": headline, "body": body},
            "fileChanges": {"additions": additions, "deletions": deletions},
        }}})
    }

    fn mutate(&self, body: &Value) -> Result<Sent, StoreError> {
        let Some(endpoint) = &self.place.graphql else {
            return Err(StoreError::TooLarge);
        };
        let question = Question::send(Method::POST, endpoint.as_str().to_owned(), body);
        let response = self.ask(&question)?;
        match response.status {
            200 => {}
            // no GraphQL here, or not of this size
            404 | 405 | 413 | 422 => return Err(StoreError::TooLarge),
            _ => return Err(refusal(&response)),
        }
        let unknown = |why: &str| StoreError::Unknown {
            why: why.to_owned(),
        };
        let answer: Value = serde_json::from_slice(&response.body)
            .map_err(|_| unknown("its answer is not JSON"))?;
        if let Some(error) = answer.pointer("/errors/0") {
            return judged(error);
        }
        let oid =
            |pointer: &str| -> Option<Oid> { answer.pointer(pointer)?.as_str()?.parse().ok() };
        let commit = oid("/data/createCommitOnBranch/commit/oid");
        let tree = oid("/data/createCommitOnBranch/commit/tree/oid");
        match (commit, tree) {
            (Some(commit), Some(tree)) => Ok(Sent::Landed { commit, tree }),
            _ => Err(unknown("its answer has no version")),
        }
    }

    /// The first version of an empty repository, with one file: nothing else can make a branch
    /// there.
    ///
    /// # Errors
    /// As [`GitHub::commit`].
    pub fn first(&self, path: &str, bytes: &[u8], message: &str) -> Result<Sent, StoreError> {
        let body = json!({
            "message": message, "content": STANDARD.encode(bytes), "branch": self.branch,
        });
        let url = self.url(&format!("/contents/{}", encoded(path)));
        let response = self.ask(&Question::send(Method::PUT, url, &body))?;
        match response.status {
            200 | 201 => {}
            // it stands there already: somebody was first
            409 | 422 => return Ok(Sent::Moved),
            _ => return Err(refusal(&response)),
        }
        let unknown = StoreError::Unknown {
            why: "its answer has no version".to_owned(),
        };
        let answer: Value = serde_json::from_slice(&response.body).map_err(|_| unknown.clone())?;
        let oid =
            |pointer: &str| -> Option<Oid> { answer.pointer(pointer)?.as_str()?.parse().ok() };
        match (oid("/commit/sha"), oid("/commit/tree/sha")) {
            (Some(commit), Some(tree)) => Ok(Sent::Landed { commit, tree }),
            _ => Err(unknown),
        }
    }
}

/// What an error in a GraphQL answer means. Nothing was done.
fn judged(error: &Value) -> Result<Sent, StoreError> {
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let why = escape::line(text("message"));
    match text("type") {
        "STALE_DATA" => Ok(Sent::Moved),
        "NOT_FOUND" => Err(StoreError::NotFound {
            what: "the repository or its branch".to_owned(),
        }),
        "FORBIDDEN" | "INSUFFICIENT_SCOPES" => Err(StoreError::Forbidden { why }),
        _ if why.contains("too large") => Err(StoreError::TooLarge),
        // a deletion of what is not there: the branch was not what we took it for
        _ if why.contains("does not exist as of commit") => Ok(Sent::Moved),
        _ => Err(StoreError::Refused { status: 200, why }),
    }
}
