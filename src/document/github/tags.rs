//! Names that people give to versions: tags, in the store's words.

use http::Method;
use serde_json::Value;

use super::GitHub;
use super::call::{Question, refusal};
use crate::document::error::StoreError;
use crate::document::oid::Oid;
use crate::json::json;

impl GitHub<'_> {
    /// The names that were given to versions, each with its version.
    ///
    /// # Errors
    /// When they can't be had.
    pub fn tags(&self) -> Result<Vec<(String, Oid)>, StoreError> {
        let mut tags = Vec::new();
        for page in 1..=10 {
            let url = self.url(&format!("/tags?per_page=100&page={page}"));
            let value = self.ask_json(&Question::get(url))?;
            let list = value.as_array().map_or(&[][..], Vec::as_slice);
            for tag in list {
                let text = |pointer| tag.pointer(pointer).and_then(Value::as_str);
                if let (Some(name), Some(oid)) = (text("/name"), text("/commit/sha"))
                    && let Ok(oid) = oid.parse()
                {
                    tags.push((name.to_owned(), oid));
                }
            }
            if list.len() < 100 {
                break;
            }
        }
        Ok(tags)
    }

    /// Gives a name to a version. Whether it is new: the version may have had it before.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another version has that name; when it can't be given.
    pub fn tag(&self, name: &str, version: Oid) -> Result<bool, StoreError> {
        let body = json!({"ref": format!("refs/tags/{name}"), "sha": version.to_string()});
        let question = Question::send(Method::POST, self.url("/git/refs"), &body);
        let sent = self.ask(&question);
        let refused = match sent {
            Ok(response) if response.status == 201 => return Ok(true),
            // it may be there already, also by this very request
            Ok(response) if response.status == 422 => refusal(&response),
            Err(error @ StoreError::Unknown { .. }) => error,
            Ok(response) => return Err(refusal(&response)),
            Err(error) => return Err(error),
        };
        match self.tags()?.into_iter().find(|(one, _)| one == name) {
            Some((_, oid)) if oid == version => Ok(false),
            Some(_) => Err(StoreError::Taken {
                name: name.to_owned(),
            }),
            None => Err(refused),
        }
    }

    /// What a file was called before, where a version gave it another name.
    ///
    /// # Errors
    /// When the version can't be looked at.
    pub fn earlier_name(&self, version: Oid, path: &str) -> Result<Option<String>, StoreError> {
        for page in 1..=30 {
            let url = self.url(&format!("/commits/{version}?per_page=100&page={page}"));
            let value = self.ask_json(&Question::get(url))?;
            let files = value.get("files").and_then(Value::as_array);
            let files = files.map_or(&[][..], Vec::as_slice);
            for file in files {
                let text = |name| file.get(name).and_then(Value::as_str);
                if text("filename") == Some(path) {
                    let earlier = text("previous_filename");
                    return Ok(earlier.map(str::to_owned));
                }
            }
            if files.len() < 100 {
                break;
            }
        }
        Ok(None)
    }
}
