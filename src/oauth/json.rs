//! JSON from servers, read strictly.
//!
//! `serde_json::Value` silently keeps the last of two equal keys, never wipes its strings, and
//! serde's errors quote what they choke on, which may be a token. Here a duplicate key anywhere
//! refuses the document, texts are wiped, and an error says where it is wrong, never what stood
//! there.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use thiserror::Error;
use zeroize::Zeroizing;

/// The most bytes of a document that are read.
pub const MAX_BYTES: usize = 256 * 1024;

/// Why a body is not one strict JSON object. Nothing of the body is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JsonError {
    /// More than [`MAX_BYTES`].
    #[error("it is larger than 256 KiB")]
    TooLarge,
    /// Not JSON (RFC 8259), not UTF-8, nested too deeply, or bytes after the end.
    #[error("it is not JSON, at line {line} column {column}")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1; 0 at the very beginning.
        column: usize,
    },
    /// One object has the same key twice.
    #[error("it has the same key twice, at line {line} column {column}")]
    DuplicateKey {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON, but not an object.
    #[error("it is not a JSON object")]
    NotAnObject,
}

/// A value in a document. Its `Debug` is redacted and its texts are wiped when dropped.
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without a fraction that fits.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(Zeroizing<String>),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Object),
}

impl Json {
    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(redacted)")
    }
}

/// An object whose keys are unique. Its `Debug` is redacted.
#[derive(Default)]
pub struct Object(BTreeMap<String, Json>);

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({} members, redacted)", self.0.len())
    }
}

/// A member has a type that it must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongType;

impl Object {
    /// Reads one object and nothing after it.
    ///
    /// # Errors
    ///
    /// [`JsonError`], which quotes nothing.
    pub fn read(body: &[u8]) -> Result<Self, JsonError> {
        if body.len() > MAX_BYTES {
            return Err(JsonError::TooLarge);
        }
        match serde_json::from_slice(body) {
            Ok(Json::Object(object)) => Ok(object),
            Ok(_) => Err(JsonError::NotAnObject),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                Err(match error.classify() {
                    // the only complaint that our visitor has
                    Category::Data => JsonError::DuplicateKey { line, column },
                    Category::Io | Category::Syntax | Category::Eof => {
                        JsonError::Syntax { line, column }
                    }
                })
            }
        }
    }

    /// The member, where it is there and not `null`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0
            .get(name)
            .filter(|value| !matches!(value, Json::Null))
    }

    /// The member as text; `None` when absent or `null`.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn text(&self, name: &str) -> Result<Option<&str>, WrongType> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_text().map(Some).ok_or(WrongType),
        }
    }

    /// The member as a list of texts; `None` when absent or `null`.
    ///
    /// # Errors
    ///
    /// When it is anything else.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, WrongType> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::List(items)) => items
                .iter()
                .map(|item| item.as_text().ok_or(WrongType))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(WrongType),
        }
    }

    /// Whether the member is `true`.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Json::Bool(true)))
    }

    /// Whether the member is `false`.
    #[must_use]
    pub fn is_false(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Json::Bool(false)))
    }

    /// The text or whole number at an RFC 6901 pointer (`/owner/user/id`, `/items/0/id`), as text;
    /// `None` where there is nothing, something else, or an empty text.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<String> {
        let mut steps = pointer.strip_prefix('/')?.split('/').map(unescape);
        let mut value = self.0.get(&steps.next()?)?;
        for step in steps {
            value = match value {
                Json::Object(object) => object.0.get(&step)?,
                Json::List(items) => items.get(index(&step)?)?,
                Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Float(_) | Json::Text(_) => {
                    return None;
                }
            };
        }
        match value {
            Json::Text(text) if !text.is_empty() => Some(text.to_string()),
            Json::Integer(number) => Some(number.to_string()),
            Json::Null
            | Json::Bool(_)
            | Json::Float(_)
            | Json::Text(_)
            | Json::List(_)
            | Json::Object(_) => None,
        }
    }

    /// Puts a member in.
    pub(super) fn put(&mut self, name: String, value: Json) {
        self.0.insert(name, value);
    }

    /// Takes a member out.
    pub(super) fn take(&mut self, name: &str) -> Option<Json> {
        self.0.remove(name)
    }
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// RFC 6901 section 4: `0` or digits without a leading zero.
fn index(step: &str) -> Option<usize> {
    let plain = step == "0" || (!step.starts_with('0') && step.bytes().all(|b| b.is_ascii_digit()));
    plain.then(|| step.parse().ok()).flatten()
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Integer(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Integer(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(Zeroizing::new(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(Zeroizing::new(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = BTreeMap::new();
        while let Some(key) = members.next_key::<String>()? {
            match object.entry(key) {
                Entry::Occupied(_) => return Err(de::Error::custom("duplicate key")),
                Entry::Vacant(free) => free.insert(members.next_value()?),
            };
        }
        Ok(Json::Object(Object(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicate_keys_are_refused_at_every_depth() {
        for body in [
            r#"{"a":1,"a":2}"#,
            r#"{"x":{"a":1,"a":1}}"#,
            r#"{"x":[{"a":1,"a":1}]}"#,
            "{\"a\":1,\"\\u0061\":2}",
        ] {
            assert!(
                matches!(
                    Object::read(body.as_bytes()),
                    Err(JsonError::DuplicateKey { .. })
                ),
                "{body}"
            );
            // the control: it is the key that is refused, not the shape
            let renamed = body.replacen("\"a\"", "\"b\"", 1);
            assert!(Object::read(renamed.as_bytes()).is_ok(), "{renamed}");
        }
    }

    #[test]
    fn only_one_whole_object_is_read() {
        for (body, wanted) in [
            ("[]", JsonError::NotAnObject),
            ("null", JsonError::NotAnObject),
            ("\"x\"", JsonError::NotAnObject),
        ] {
            assert_eq!(Object::read(body.as_bytes()).unwrap_err(), wanted, "{body}");
        }
        for body in [
            &b""[..],
            b"{",
            b"{}x",
            b"{}{}",
            b"\xef\xbb\xbf{}",
            b"{'a':1}",
            b"{\"a\":01}",
            b"{\"a\":NaN}",
            b"{\"a\":1,}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\xc0\xaf\"}",
            b"{\"a\":\"\n\"}",
            b"{\"a\":1e999}",
            b"<html>",
        ] {
            assert!(
                matches!(Object::read(body), Err(JsonError::Syntax { .. })),
                "{body:?}"
            );
        }
        let deep = format!("{}{}", "{\"a\":".repeat(100_000 / 5), "1");
        assert!(matches!(
            Object::read(deep.as_bytes()),
            Err(JsonError::Syntax { .. })
        ));
        assert_eq!(
            Object::read(&vec![b' '; MAX_BYTES + 1]).unwrap_err(),
            JsonError::TooLarge
        );
        assert!(Object::read(b" {\"a\": null}\r\n").is_ok());
    }

    #[test]
    fn pointers_reach_texts_and_whole_numbers() {
        let object = Object::read(
            br#"{"id":583231,"a/b":"slash","m~n":"tilde","items":[{"id":"UC1"}],"owner":{"user":{"id":"u"}},
                "f":1.5,"n":null,"t":true,"e":"","big":18446744073709551615,"huge":18446744073709551616}"#,
        )
        .unwrap();
        for (pointer, wanted) in [
            ("/id", Some("583231")),
            ("/a~1b", Some("slash")),
            ("/m~0n", Some("tilde")),
            ("/items/0/id", Some("UC1")),
            ("/owner/user/id", Some("u")),
            ("/big", Some("18446744073709551615")),
            ("/huge", None),
            ("/items/00/id", None),
            ("/items/1/id", None),
            ("/items/-/id", None),
            ("/f", None),
            ("/n", None),
            ("/t", None),
            ("/e", None),
            ("/owner", None),
            ("/id/x", None),
            ("id", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(object.at(pointer).as_deref(), wanted, "{pointer}");
        }
    }

    #[test]
    fn debug_and_errors_show_nothing_of_the_document() {
        let object = Object::read(br#"{"canary":"canary","x":["canary"]}"#).unwrap();
        assert!(!format!("{object:?}{:?}", object.get("x")).contains("canary"));
        for body in [
            r#"{"canary":1,"canary":2}"#,
            r#"{"a":canary}"#,
            "\"canary\"",
        ] {
            let error = Object::read(body.as_bytes()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(body: Vec<u8>) {
            let _ = Object::read(&body);
        }
    }
}
