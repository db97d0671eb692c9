//! The repository itself: found by name once, by its number ever after, made on a yes.

use http::Method;
use serde_json::Value;

use super::GitHub;
use super::call::{Question, refusal};
use crate::document::error::StoreError;
use crate::document::tree::encoded;
use crate::json::json;

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its number.
    pub id: u64,
    /// `OWNER/NAME`.
    pub name: String,
    /// The branch that people see.
    pub branch: String,
    /// Whether only some people see it.
    pub is_private: bool,
    /// Whether it has no version yet. GitHub says so only roughly: its size is zero.
    pub is_empty: bool,
    /// Whether this account may write to it.
    pub may_write: bool,
    /// Its page.
    pub page: String,
}

fn found(value: &Value) -> Result<Found, StoreError> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let missing = StoreError::BadAnswer("it describes no repository");
    let allowed = value.pointer("/permissions/push").and_then(Value::as_bool);
    Ok(Found {
        id: value
            .get("id")
            .and_then(Value::as_u64)
            .ok_or_else(|| missing.clone())?,
        name: text("full_name").ok_or(missing)?,
        branch: text("default_branch").unwrap_or_else(|| "main".to_owned()),
        is_private: value.get("private").and_then(Value::as_bool) != Some(false),
        is_empty: value.get("size").and_then(Value::as_u64) == Some(0),
        may_write: allowed.unwrap_or(true),
        page: text("html_url").unwrap_or_default(),
    })
}

impl GitHub<'_> {
    fn root(&self) -> &str {
        self.place.rest.as_str().trim_end_matches('/')
    }

    /// The repository of this name: a name that it had before leads to it as well, and then it is
    /// asked for by the number that it has.
    ///
    /// # Errors
    /// When the store can't be asked.
    pub fn by_name(&self, name: &str) -> Result<Option<Found>, StoreError> {
        let mut url = format!("{}/repos/{}", self.root(), encoded(name));
        for _ in 0..3 {
            let response = self.ask(&Question::get(url.clone()))?;
            match response.status {
                200 => return described(&response.body).map(Some),
                404 => return Ok(None),
                301 | 302 | 307 | 308 => {
                    let to = response.headers.get("location");
                    let to = to.and_then(|to| to.to_str().ok()).unwrap_or_default();
                    // the token goes nowhere else
                    let inside = to.strip_prefix(self.root());
                    if !inside.is_some_and(|rest| rest.starts_with("/repositories/")) {
                        return Err(StoreError::BadAnswer("it leads somewhere else"));
                    }
                    to.clone_into(&mut url);
                }
                _ => return Err(refusal(&response)),
            }
        }
        Err(StoreError::BadAnswer("it leads in a circle"))
    }

    /// The repository that the folder is linked to, and corrects its name.
    ///
    /// # Errors
    /// When the store can't be asked.
    pub fn by_number(&self) -> Result<Option<Found>, StoreError> {
        let response = self.ask(&Question::get(self.url("")))?;
        match response.status {
            200 => {
                let found = described(&response.body)?;
                if found.id != self.repository {
                    return Err(StoreError::BadAnswer("it is another repository"));
                }
                self.name.borrow_mut().clone_from(&found.name);
                Ok(Some(found))
            }
            404 => Ok(None),
            _ => Err(refusal(&response)),
        }
    }

    /// Makes a private repository of this account's.
    ///
    /// # Errors
    /// When it can't be made. After a lost answer its name tells whether it was.
    pub fn create(&self, name: &str) -> Result<Found, StoreError> {
        let body = json!({
            "name": name, "private": true, "auto_init": false,
            "has_issues": false, "has_wiki": false, "has_projects": false,
        });
        let url = format!("{}/user/repos", self.root());
        found(&self.ask_json(&Question::send(Method::POST, url, &body))?)
    }
}

fn described(body: &[u8]) -> Result<Found, StoreError> {
    let value =
        serde_json::from_slice(body).map_err(|_| StoreError::BadAnswer("it is not JSON"))?;
    found(&value)
}
