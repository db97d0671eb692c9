//! JSON documents: `serde_json`'s `json!`, in a form of which each use is less code (54 KB in all). Keys
//! are texts; values are what that takes.

use serde::Serialize;
use serde_json::Value;

macro_rules! json {
    ({ $($inside:tt)* }) => {
        $crate::json::object(&mut $crate::json::members!([] $($inside)*))
    };
    (null) => { ::serde_json::Value::Null };
    ([ $($inside:tt)* ]) => { ::serde_json::json!([ $($inside)* ]) };
    ($value:expr) => { $crate::json::value(&$value) };
}

/// The members of an object, one after the other.
macro_rules! members {
    ([$($done:tt)*]) => { [$($done)*] };
    ([$($done:tt)*] $key:tt : { $($value:tt)* } $(, $($rest:tt)*)?) => {
        $crate::json::members!(
            [$($done)* ($key, $crate::json::json!({ $($value)* })),] $($($rest)*)?
        )
    };
    ([$($done:tt)*] $key:tt : [ $($value:tt)* ] $(, $($rest:tt)*)?) => {
        $crate::json::members!(
            [$($done)* ($key, $crate::json::json!([ $($value)* ])),] $($($rest)*)?
        )
    };
    ([$($done:tt)*] $key:tt : null $(, $($rest:tt)*)?) => {
        $crate::json::members!([$($done)* ($key, ::serde_json::Value::Null),] $($($rest)*)?)
    };
    ([$($done:tt)*] $key:tt : $value:expr $(, $($rest:tt)*)?) => {
        $crate::json::members!(
            [$($done)* ($key, $crate::json::value(&$value)),] $($($rest)*)?
        )
    };
}

pub(crate) use {json, members};

/// An object of those members, whose values it takes.
pub(crate) fn object(members: &mut [(&str, Value)]) -> Value {
    let members = members.iter_mut();
    members
        .map(|(key, value)| ((*key).to_owned(), value.take()))
        .collect()
}

/// What a value is in JSON.
pub(crate) fn value<T: Serialize + ?Sized>(value: &T) -> Value {
    // texts, numbers, lists of them: none of these can fail
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_document_is_what_serde_json_makes_of_it() {
        let (name, at, none) = ("x".to_owned(), Some(5_u64), None::<&str>);
        let list = ["a", "b"];
        let ours = json!({
            "name": name, "at": at, "none": none, "null": null, "list": list, "empty": {},
            "inner": { "a": [1, { "b": name }], "c": list.iter().map(|one| one.len()).sum::<usize>() },
            "last": [list[0], null],
        });
        let theirs = serde_json::json!({
            "name": name, "at": at, "none": none, "null": null, "list": list, "empty": {},
            "inner": { "a": [1, { "b": name }], "c": list.iter().map(|one| one.len()).sum::<usize>() },
            "last": [list[0], null],
        });
        assert_eq!(ours, theirs);
        assert_eq!(json!({}), serde_json::json!({}));
        assert_eq!(json!(name), serde_json::json!(name));
        assert_eq!(json!(null), serde_json::Value::Null);
    }
}
