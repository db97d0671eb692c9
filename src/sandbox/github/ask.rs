//! A request to the practice GitHub, taken apart: nothing here knows what is asked.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, PAD};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::limits::Budget;
use super::reply::Problem;
use super::repository::Replica;
use crate::moment::Timestamp;
use crate::sandbox::call::Call;

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) login: String,
    pub(crate) scopes: BTreeSet<String>,
    /// The fingerprint of the token: `ETag`s differ by token.
    pub(crate) token: String,
}

/// A request.
pub(super) struct Ask<'a> {
    /// `http://127.0.0.1:PORT`.
    pub(super) origin: &'a str,
    pub(super) method: &'a str,
    /// Below `/github`, decoded; `/` stays between the parts.
    pub(super) parts: Vec<String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) raw_query: Option<&'a str>,
    pub(super) accept: String,
    pub(super) body: &'a str,
    pub(super) asker: Option<Asker>,
    pub(super) now: Timestamp,
    pub(super) replica: Replica,
    /// Entries of a recursive tree before it is cut short.
    pub(super) tree_limit: usize,
    pub(super) api_version: String,
    /// What is left of the hour, and when it begins anew.
    pub(super) budget: Option<(Budget, Timestamp)>,
}

/// The versions of the API that are spoken; the first is meant when none is named.
pub(super) const API_VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

impl<'a> Ask<'a> {
    pub(super) fn read(
        call: &'a Call,
        origin: &'a str,
        asker: Option<Asker>,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let header = |name: &str| {
            let mut found = call.headers.iter().filter(|(key, _)| key == name);
            found.next().map(|(_, value)| value.clone())
        };
        let path = call.path.strip_prefix("/github/").unwrap_or_default();
        let parts: Option<Vec<String>> = path.split('/').map(percent_decoded).collect();
        let parts = parts.ok_or_else(Problem::not_found)?;
        let version = header("x-github-api-version");
        let version = version.unwrap_or_else(|| API_VERSIONS.first().unwrap_or(&"").to_string());
        if !API_VERSIONS.contains(&version.as_str()) {
            return Err(Problem::new(
                400,
                format!("{version} is not a version of this API"),
            ));
        }
        Ok(Self {
            origin,
            method: &call.method,
            parts,
            query: form_urlencoded::parse(call.query.as_deref().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
            raw_query: call.query.as_deref(),
            accept: header("accept").unwrap_or_default(),
            body: &call.body,
            asker,
            now,
            replica: Replica::Current,
            tree_limit: usize::MAX,
            api_version: version,
            budget: None,
        })
    }

    /// The REST root.
    pub(super) fn root(&self) -> String {
        format!("{}/github", self.origin)
    }

    pub(super) fn login(&self) -> &str {
        self.asker.as_ref().map_or("", |asker| &asker.login)
    }

    /// Whether a media type of GitHub's is asked for: `raw`, `sha`, `object`.
    pub(super) fn wants(&self, kind: &str) -> bool {
        self.accept.split(',').any(|accepted| {
            let name = accepted.split(';').next().unwrap_or_default().trim();
            let name = name.strip_suffix("+json").unwrap_or(name);
            name.strip_prefix("application/vnd.github.")
                .is_some_and(|name| name == kind || name.strip_prefix("v3.") == Some(kind))
        })
    }

    /// `per_page` and `page`, bounded as GitHub does.
    pub(super) fn page(&self) -> (usize, usize) {
        let number = |name: &str, default: usize| {
            let given = self.query.get(name).and_then(|text| text.parse().ok());
            given.filter(|number| *number > 0).unwrap_or(default)
        };
        (number("per_page", 30).min(100), number("page", 1))
    }

    /// The body, an object of which every member is known. GitHub ignores others; a client that
    /// misspells one never learns it there.
    pub(super) fn object(&self, known: &[&str]) -> Result<Members, Problem> {
        let value: Value = serde_json::from_str(self.body)
            .map_err(|_| Problem::new(400, "Problems parsing JSON"))?;
        let Value::Object(members) = value else {
            return Err(Problem::new(400, "Body should be a JSON object"));
        };
        if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Problem::invalid(format!("{name:?} is unknown here.")));
        }
        Ok(Members(members))
    }
}

/// The members of a JSON object.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// An object inside.
    pub(super) fn of(value: &Value) -> Result<Self, Problem> {
        let members = value.as_object().cloned().map(Self);
        members.ok_or_else(|| Problem::invalid(format!("{value} is not an object.")))
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text; `null` counts as missing.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.0.get(name).filter(|value| !value.is_null()) {
            None => Ok(None),
            Some(value) => value
                .as_str()
                .map(Some)
                .ok_or_else(|| Problem::invalid(format!("{value} is not a string."))),
        }
    }

    pub(super) fn need(&self, name: &str) -> Result<&str, Problem> {
        self.text(name)?
            .ok_or_else(|| Problem::invalid(format!("{name:?} wasn't supplied.")))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_bool()
                .map(Some)
                .ok_or_else(|| Problem::invalid(format!("{value} is not a boolean."))),
        }
    }

    pub(super) fn list(&self, name: &str) -> Result<Option<&Vec<Value>>, Problem> {
        match self.0.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_array()
                .map(Some)
                .ok_or_else(|| Problem::invalid(format!("{value} is not an array."))),
        }
    }
}

/// Percent-decoding of one part of a path (RFC 3986 section 2.1); `None` when it is not UTF-8.
fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            decoded.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

/// Base64 as the REST API reads it: line breaks are passed over, padding may be missing.
pub(super) fn base64_lax(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let text = text.replace(['\n', '\r'], "");
    let engine = GeneralPurpose::new(&alphabet::STANDARD, config);
    engine.decode(text).ok()
}

/// Base64 as GraphQL reads it: RFC 4648 section 4, padded, nothing else.
pub(super) fn base64_strict(text: &str) -> Option<Vec<u8>> {
    GeneralPurpose::new(&alphabet::STANDARD, PAD)
        .decode(text)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path_are_decoded_once() {
        assert_eq!(percent_decoded("a%20b%2Fc").as_deref(), Some("a b/c"));
        assert_eq!(percent_decoded("%C3%A9%2541").as_deref(), Some("é%41"));
        for bad in ["%", "%4", "%zz", "%ff"] {
            assert_eq!(percent_decoded(bad), None, "{bad}");
        }
    }

    #[test]
    fn rest_takes_base64_that_graphql_refuses() {
        assert_eq!(base64_lax("dGVz\ndA").as_deref(), Some(b"test".as_slice()));
        assert!(base64_lax("test").is_some()); // valid text, and not what anybody meant
        assert_eq!(base64_lax("a*b"), None);
        assert_eq!(base64_strict("dGVzdA=="), Some(b"test".to_vec()));
        for bad in ["dGVzdA", "dGVz\ndA==", "dGVzdA==="] {
            assert_eq!(base64_strict(bad), None, "{bad}");
        }
    }
}
