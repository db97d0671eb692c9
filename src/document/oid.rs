//! Git's own names for what is stored: SHA-1 over kind, length and bytes.
//!
//! Everything that comes from the store is hashed again here, so a cut, garbled or swapped answer
//! is noticed before a file is touched. SHA-1 tells damage, not malice; whoever can write to the
//! repository needs no collision.

use std::fmt;
use std::str::FromStr;

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oid([u8; 20]);

/// The tree without any entry; stores deny that it exists.
pub(super) const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

impl Oid {
    /// The name of these bytes as a file.
    #[must_use]
    pub fn of_blob(bytes: &[u8]) -> Self {
        Self::of("blob", bytes)
    }

    /// The name of these bytes as an object of this kind.
    pub(super) fn of(kind: &str, bytes: &[u8]) -> Self {
        let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
        context.update(format!("{kind} {}\0", bytes.len()).as_bytes());
        context.update(bytes);
        let mut oid = [0; 20];
        for (to, from) in oid.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        Self(oid)
    }

    pub(super) fn bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// It is not forty lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnOid;

impl FromStr for Oid {
    type Err = NotAnOid;

    fn from_str(text: &str) -> Result<Self, NotAnOid> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(NotAnOid),
        };
        if text.len() != 40 {
            return Err(NotAnOid);
        }
        let mut oid = [0; 20];
        for (to, [high, low]) in oid.iter_mut().zip(text.as_bytes().as_chunks::<2>().0) {
            *to = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(oid))
    }
}

impl Serialize for Oid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Oid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse()
            .map_err(|NotAnOid| serde::de::Error::custom("not the name of an object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_names_that_git_gives_them() {
        // from `git hash-object`
        for (bytes, name) in [
            (&b""[..], "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
            (b"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
        ] {
            assert_eq!(Oid::of_blob(bytes).to_string(), name);
        }
        assert_eq!(Oid::of("tree", b"").to_string(), EMPTY_TREE);
    }

    #[test]
    fn a_name_is_forty_lower_case_digits() {
        let name = "ce013625030ba8dba906f756967f9e9ca394464a";
        assert_eq!(name.parse::<Oid>().unwrap().to_string(), name);
        let long = format!("{name}0");
        for bad in ["", "ce0136", &name.to_uppercase(), &long, &"é".repeat(20)] {
            assert!(bad.parse::<Oid>().is_err(), "{bad}");
        }
    }
}
