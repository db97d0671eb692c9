//! Writing in pieces, where one request can't carry it: texts, trees on top of each other, a
//! version, and the branch last. What came before the branch nobody sees.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::Value;

use super::GitHub;
use super::call::{Question, refusal};
use super::commit::{Change, Sent};
use crate::document::error::StoreError;
use crate::document::oid::Oid;
use crate::document::tree::{Mode, encoded};
use crate::json::json;

/// What one tree request carries: more runs into the server's ten seconds.
const ENTRIES: usize = 100;
const BYTES: usize = 2 * 1024 * 1024;

impl GitHub<'_> {
    pub(super) fn in_pieces(
        &self,
        base: Oid,
        base_tree: Option<Oid>,
        changes: &[Change],
        message: &str,
    ) -> Result<Sent, StoreError> {
        let mut tree = match base_tree {
            Some(tree) => tree,
            None => self.tree_of(base)?,
        };
        let (mut entries, mut bytes) = (Vec::new(), 0);
        for change in changes {
            let size = change.content.as_ref().map_or(0, |(_, text)| text.len());
            if entries.len() == ENTRIES || (bytes + size > BYTES && !entries.is_empty()) {
                tree = self.tree(tree, &entries)?;
                (entries, bytes) = (Vec::new(), 0);
            }
            entries.push(self.entry(change)?);
            bytes += size;
        }
        if !entries.is_empty() {
            tree = self.tree(tree, &entries)?;
        }
        let body = json!({
            "message": message, "tree": tree.to_string(), "parents": [base.to_string()],
        });
        let url = self.url("/git/commits");
        let answer = self.unseen(&Question::send(Method::POST, url, &body))?;
        self.forward(sha(&answer)?, tree)
    }

    fn entry(&self, change: &Change) -> Result<Value, StoreError> {
        let Some((mode, bytes)) = &change.content else {
            // `null` deletes; a missing `sha` would be an error
            let mode = Mode::File.text();
            return Ok(json!({"path": change.path, "mode": mode, "type": "blob", "sha": null}));
        };
        let mut entry = json!({"path": change.path, "mode": mode.text(), "type": "blob"});
        let (name, value) = match std::str::from_utf8(bytes) {
            Ok(text) if inline(text) => ("content", json!(text)),
            _ => ("sha", json!(self.blob(bytes)?.to_string())),
        };
        if let Some(members) = entry.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
        Ok(entry)
    }

    fn blob(&self, bytes: &[u8]) -> Result<Oid, StoreError> {
        let body = json!({"content": STANDARD.encode(bytes), "encoding": "base64"});
        let url = self.url("/git/blobs");
        let oid = sha(&self.unseen(&Question::send(Method::POST, url, &body))?)?;
        if oid == Oid::of_blob(bytes) {
            return Ok(oid);
        }
        Err(StoreError::BadAnswer(
            "a text was not stored as it was sent",
        ))
    }

    fn tree(&self, base: Oid, entries: &[Value]) -> Result<Oid, StoreError> {
        let body = json!({"base_tree": base.to_string(), "tree": entries});
        let url = self.url("/git/trees");
        sha(&self.unseen(&Question::send(Method::POST, url, &body))?)
    }

    /// Sends what nobody sees until the branch moves: when its answer is lost it is just sent
    /// again, because objects are called by what they are.
    fn unseen(&self, question: &Question<'_>) -> Result<Value, StoreError> {
        let mut last = StoreError::BadAnswer("nothing was asked");
        for attempt in 1..=3 {
            match self.ask_json(question) {
                Err(StoreError::Unknown { why }) => {
                    last = StoreError::Unreachable { why };
                    self.pause(self.pace * attempt)?;
                }
                Err(StoreError::Refused { status: 413, .. }) => return Err(StoreError::TooLarge),
                outcome => return outcome,
            }
        }
        Err(last)
    }

    /// Moves the branch forward: refused where it is not at the version's parent.
    fn forward(&self, commit: Oid, tree: Oid) -> Result<Sent, StoreError> {
        let body = json!({"sha": commit.to_string(), "force": false});
        let url = self.url(&format!("/git/refs/heads/{}", encoded(&self.branch)));
        let response = self.ask(&Question::send(Method::PATCH, url, &body))?;
        match response.status {
            200 => Ok(Sent::Landed { commit, tree }),
            409 | 422 => Ok(Sent::Moved),
            _ => Err(refusal(&response)),
        }
    }
}

/// Whether a text can be trusted to arrive as it is.
fn inline(text: &str) -> bool {
    !text.is_empty() && !text.contains('\0') && !text.starts_with('\u{feff}')
}

fn sha(answer: &Value) -> Result<Oid, StoreError> {
    let text = answer.get("sha").and_then(Value::as_str);
    text.and_then(|text| text.parse().ok())
        .ok_or(StoreError::BadAnswer("it has no name for what was stored"))
}
