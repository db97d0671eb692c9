//! Errors in GraphQL's shape, with what GitHub adds to it.

use serde_json::{Map, Value};

use crate::json::json;

/// Where in the document, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// One error.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) message: String,
    /// GitHub's own: `NOT_FOUND`, `STALE_DATA`, `FORBIDDEN`.
    pub(super) kind: Option<&'static str>,
    pub(super) path: Vec<Value>,
    pub(super) place: Option<Place>,
    pub(super) extensions: Option<Value>,
}

impl Fault {
    fn new(message: String) -> Self {
        Self {
            message,
            kind: None,
            path: Vec::new(),
            place: None,
            extensions: None,
        }
    }

    /// The document can't be read.
    pub(super) fn parse(message: String, place: Place) -> Self {
        Self {
            place: Some(place),
            extensions: Some(json!({"code": "parseError"})),
            ..Self::new(message)
        }
    }

    /// The document can be read, and does not fit the schema.
    pub(super) fn invalid(code: &str, message: String, path: &[String], place: Place) -> Self {
        Self {
            place: Some(place),
            path: path.iter().map(|part| json!(part)).collect(),
            extensions: Some(json!({"code": code})),
            ..Self::new(message)
        }
    }

    /// The document is right, and this field of it can't be had.
    pub(super) fn of(kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind: Some(kind),
            ..Self::new(message.into())
        }
    }

    pub(super) fn shown(&self) -> Value {
        let mut members = Map::new();
        let mut say = |name: &str, value: Option<Value>| {
            members.extend(value.map(|value| (name.to_owned(), value)));
        };
        say("type", self.kind.map(Value::from));
        say("path", (!self.path.is_empty()).then(|| json!(self.path)));
        say("extensions", self.extensions.clone());
        let place = self
            .place
            .map(|place| json!([{"line": place.line, "column": place.column}]));
        say("locations", place);
        say("message", Some(json!(self.message)));
        Value::Object(members)
    }
}
