//! Git objects as git hashes them: `KIND LENGTH\0BYTES`, SHA-1.

use std::fmt;
use std::str::FromStr;

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::tree::Tree;
use crate::moment::Timestamp;

/// The name of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Oid([u8; 20]);

impl Oid {
    /// What stands for "no object": git's all-zero name.
    pub(super) const NONE: Self = Self([0; 20]);

    pub(super) fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The hash of `bytes` as an object of this kind.
    pub(super) fn of(kind: Kind, bytes: &[u8]) -> Self {
        let mut whole = header(kind, bytes.len()).into_bytes();
        whole.extend_from_slice(bytes);
        let mut oid = Self::NONE;
        for (to, from) in oid
            .0
            .iter_mut()
            .zip(digest(&SHA1_FOR_LEGACY_USE_ONLY, &whole).as_ref())
        {
            *to = *from;
        }
        oid
    }

    /// The first seven digits, as people see them.
    pub(super) fn short(self) -> String {
        self.to_string().chars().take(7).collect()
    }
}

/// What git writes before an object's bytes.
pub(super) fn header(kind: Kind, length: usize) -> String {
    format!("{} {length}\0", kind.name())
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

impl FromStr for Oid {
    type Err = ();

    /// Forty lower-case hex digits.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits: Option<Vec<u8>> = text
            .bytes()
            .map(|byte| match byte {
                b'0'..=b'9' => Some(byte - b'0'),
                b'a'..=b'f' => Some(byte - b'a' + 10),
                _ => None,
            })
            .collect();
        let digits = digits.filter(|digits| digits.len() == 40).ok_or(())?;
        let mut oid = Self::NONE;
        for (to, pair) in oid.0.iter_mut().zip(digits.as_chunks::<2>().0) {
            *to = pair[0] << 4 | pair[1];
        }
        Ok(oid)
    }
}

/// What an object can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Blob,
    Tree,
    Commit,
    Tag,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Blob, Self::Tree, Self::Commit, Self::Tag]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// One object.
#[derive(Debug)]
pub(super) enum Object {
    Blob(Vec<u8>),
    Tree(Tree),
    Commit(Commit),
    Tag(Tag),
}

impl Object {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Blob(_) => Kind::Blob,
            Self::Tree(_) => Kind::Tree,
            Self::Commit(_) => Kind::Commit,
            Self::Tag(_) => Kind::Tag,
        }
    }

    /// The bytes that are hashed after the header.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Blob(bytes) => bytes.clone(),
            Self::Tree(tree) => tree.bytes(),
            Self::Commit(commit) => match &commit.raw {
                Some(raw) => raw.clone(),
                None => commit.text().into_bytes(),
            },
            Self::Tag(tag) => match &tag.raw {
                Some(raw) => raw.clone(),
                None => tag.text().into_bytes(),
            },
        }
    }
}

/// Who did something, and when, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) seconds: i64,
}

impl Person {
    /// Git leaves out what would end the field early.
    pub(super) fn new(name: &str, email: &str, when: Timestamp) -> Self {
        let clean = |text: &str| -> String {
            let text = text.replace(['<', '>', '\n', '\r', '\0'], "");
            text.trim_matches([' ', '.', ',', ':', ';', '"', '\'', '\\'])
                .to_owned()
        };
        Self {
            name: clean(name),
            email: clean(email),
            seconds: when.unix_seconds(),
        }
    }

    pub(super) fn when(&self) -> String {
        Timestamp::from_unix_millis(self.seconds.saturating_mul(1000)).to_string()
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}> {} +0000", self.name, self.email, self.seconds)
    }
}

/// A commit.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) tree: Oid,
    pub(super) parents: Vec<Oid>,
    pub(super) author: Person,
    pub(super) committer: Person,
    pub(super) signature: Option<String>,
    pub(super) message: String,
    /// Its bytes where others made it: they may say more.
    pub(super) raw: Option<Vec<u8>>,
}

impl Commit {
    fn text(&self) -> String {
        let mut text = format!("tree {}\n", self.tree);
        for parent in &self.parents {
            text.extend(["parent ", &parent.to_string(), "\n"]);
        }
        let (author, committer) = (self.author.to_string(), self.committer.to_string());
        text.extend([
            "author ",
            &author,
            "
committer ",
            &committer,
            "
",
        ]);
        if let Some(signature) = &self.signature {
            // further lines of a header begin with a blank
            let signature = signature.trim_end_matches('\n').replace('\n', "\n ");
            text.extend(["gpgsig ", &signature, "\n"]);
        }
        text + "\n" + &self.message
    }

    pub(super) fn headline(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    pub(super) fn body(&self) -> &str {
        let rest = self.message.split_once('\n').map(|(_, rest)| rest);
        rest.unwrap_or_default().trim_start_matches('\n')
    }
}

/// An annotated tag.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) object: Oid,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) tagger: Person,
    pub(super) message: String,
    /// Its bytes where others made it.
    pub(super) raw: Option<Vec<u8>>,
}

impl Tag {
    fn text(&self) -> String {
        format!(
            "object {}\ntype {}\ntag {}\ntagger {}\n\n{}",
            self.object,
            self.kind.name(),
            self.name,
            self.tagger,
            self.message
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_have_the_names_that_git_gives_them() {
        let named = |object: &Object| Oid::of(object.kind(), &object.bytes()).to_string();
        let hello = Object::Blob(b"hello\n".to_vec());
        assert_eq!(named(&hello), "ce013625030ba8dba906f756967f9e9ca394464a");
        let empty = Object::Tree(Tree::default());
        assert_eq!(named(&empty), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        let person = Person {
            name: "A U Thor".to_owned(),
            email: "author@example.com".to_owned(),
            seconds: 1_112_904_793,
        };
        let commit = Object::Commit(Commit {
            tree: "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().unwrap(),
            parents: Vec::new(),
            author: person.clone(),
            committer: person,
            signature: None,
            message: "first\n".to_owned(),
            raw: None,
        });
        // from `git commit-tree 4b825dc… <<<first` with that person and time
        assert_eq!(named(&commit), "96328321f8109fc43dd8600b00bc0dfafbf9f2cf");
    }

    #[test]
    fn a_name_is_forty_lower_case_digits() {
        let name = "ce013625030ba8dba906f756967f9e9ca394464a";
        assert_eq!(name.parse::<Oid>().unwrap().to_string(), name);
        for bad in ["", "ce0136", &name.to_uppercase(), &format!("{name}0")] {
            assert!(bad.parse::<Oid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_person_can_not_break_out_of_its_line() {
        let when = Timestamp::from_unix_millis(0);
        let person = Person::new("Evil\nparent x <a", ".b>@c\0", when);
        assert_eq!(person.to_string(), "Evilparent x a <b@c> 0 +0000");
    }
}
