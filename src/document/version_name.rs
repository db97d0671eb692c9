//! The name that a person gives to a version, and what it is called in the store.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

const LONGEST: usize = 60;

/// Why a version can't be called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NotAName(&'static str);

/// `Draft 2`, written `Draft-2`: letters, digits, `-`, `_` and `.`, at most 60 characters, as
/// git's `check-ref-format` allows everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionName(String);

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for VersionName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let words: Vec<_> = text.split_whitespace().collect();
        let name = words.join("-");
        if name.is_empty() || name.chars().count() > LONGEST {
            return Err(NotAName("a name has 1 to 60 characters"));
        }
        let is_plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if !name.chars().all(is_plain) {
            return Err(NotAName(
                "a name has letters, digits, blanks, `-`, `_` and `.` only",
            ));
        }
        let ends = |c: char| c == '.' || c == '-';
        if name.starts_with(ends) || name.ends_with('.') || name.contains("..") {
            return Err(NotAName("a name neither begins nor ends with a dot"));
        }
        if name.to_ascii_lowercase().ends_with(".lock") {
            return Err(NotAName("a name doesn't end in `.lock`"));
        }
        if name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAName("it would be taken for a version's number"));
        }
        Ok(Self(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_without_blanks() {
        for (given, written) in [
            ("Draft 2", "Draft-2"),
            ("  To  the editor ", "To-the-editor"),
            ("v1.0", "v1.0"),
            ("Пятая глава", "Пятая-глава"),
            ("abc", "abc"),
        ] {
            assert_eq!(given.parse::<VersionName>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "x".repeat(61);
        for given in [
            "",
            " ",
            "a/b",
            "../x",
            "a..b",
            ".a",
            "a.",
            "-a",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "[a",
            "a\\b",
            "a@{1}",
            "a\nb\u{1b}",
            "deadbeef",
            "1234",
            "x.lock",
            "\u{202e}a",
            &long,
        ] {
            assert!(given.parse::<VersionName>().is_err(), "{given:?}");
        }
    }
}
