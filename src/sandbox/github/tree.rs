//! Trees: one folder each, their entries in git's own order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::object::{Kind, Oid};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    File,
    Executable,
    Symlink,
    Directory,
    Submodule,
}

const MODES: [(Mode, u32); 5] = [
    (Mode::File, 0o100_644),
    (Mode::Executable, 0o100_755),
    (Mode::Symlink, 0o120_000),
    (Mode::Directory, 0o040_000),
    (Mode::Submodule, 0o160_000),
];

impl Mode {
    pub(super) fn number(self) -> u32 {
        let known = MODES.iter().find(|(mode, _)| *mode == self);
        known.map_or(0o100_644, |(_, number)| *number)
    }

    /// Six octal digits, as the API writes it.
    pub(super) fn text(self) -> String {
        format!("{:06o}", self.number())
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let known = MODES.iter().find(|(mode, _)| mode.text() == text);
        known.map(|(mode, _)| *mode)
    }

    /// What the object behind it is.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::File | Self::Executable | Self::Symlink => Kind::Blob,
            Self::Directory => Kind::Tree,
            Self::Submodule => Kind::Commit,
        }
    }
}

/// A name in a folder and what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) mode: Mode,
    pub(super) oid: Oid,
}

/// One folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree(pub(super) BTreeMap<Vec<u8>, Leaf>);

impl Tree {
    /// The entries as git sorts them: a folder as if its name ended in a slash.
    pub(super) fn entries(&self) -> Vec<(&[u8], Leaf)> {
        let mut entries: Vec<_> = self
            .0
            .iter()
            .map(|(name, leaf)| (name.as_slice(), *leaf))
            .collect();
        entries.sort_by_cached_key(|(name, leaf)| {
            let mut key = name.to_vec();
            key.extend((leaf.mode == Mode::Directory).then_some(b'/'));
            key
        });
        entries
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, leaf) in self.entries() {
            let mut mode = String::new();
            let _ = write!(mode, "{:o} ", leaf.mode.number()); // writing to memory does not fail
            bytes.extend_from_slice(mode.as_bytes());
            bytes.extend_from_slice(name);
            bytes.push(0);
            bytes.extend_from_slice(leaf.oid.bytes());
        }
        bytes
    }
}

/// A path of bytes as text; what is not UTF-8 is replaced, as the API does.
pub(super) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// Joins a folder, which may be the root, and a name.
pub(super) fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = folder.to_vec();
    path.extend((!folder.is_empty()).then_some(b'/'));
    path.extend_from_slice(name);
    path
}

/// Whether GitHub takes this path into a tree: relative, and no component that git would refuse.
pub(super) fn is_path(path: &str) -> bool {
    path.split('/').all(|part| {
        let lower = part.to_ascii_lowercase();
        !part.is_empty()
            && !part.contains('\0')
            && ![".", "..", ".git"].contains(&lower.as_str())
            && !lower.starts_with("git~1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_sorts_as_if_its_name_ended_in_a_slash() {
        let mut tree = Tree::default();
        let oid = Oid::NONE;
        for (name, mode) in [
            ("a", Mode::Directory),
            ("a.b", Mode::File),
            ("a0", Mode::File),
            ("a-", Mode::File),
        ] {
            tree.0.insert(name.into(), Leaf { mode, oid });
        }
        let names: Vec<_> = tree.entries().iter().map(|(name, _)| shown(name)).collect();
        assert_eq!(names, ["a-", "a.b", "a", "a0"]);
        assert!(tree.bytes().windows(8).any(|eight| eight == b"40000 a\0"));
    }

    #[test]
    fn paths_that_git_refuses_are_refused() {
        for good in ["a", "a/b.md", "ä/ö", ".gitignore", "a b"] {
            assert!(is_path(good), "{good}");
        }
        for bad in [
            "", "/a", "a/", "a//b", ".", "a/../b", ".git/x", "x/.GIT", "a\0",
        ] {
            assert!(!is_path(bad), "{bad}");
        }
    }
}
