//! The files of a version, and the name that git gives them all together.
//!
//! What a writer keeps there are files; links, submodules and names that start with a dot belong to
//! others, are kept as they are and never made on the disk.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::oid::Oid;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A file.
    File,
    /// A file that may be run.
    Executable,
    /// A symbolic link.
    Symlink,
    /// Another repository's commit.
    Submodule,
}

impl Mode {
    /// As the API writes it.
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let all = [Self::File, Self::Executable, Self::Symlink, Self::Submodule];
        all.into_iter().find(|mode| mode.text() == text)
    }

    /// Whether it is a file of the writer's.
    #[must_use]
    pub const fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its content.
    pub oid: Oid,
    /// What it is.
    pub mode: Mode,
}

/// All files of a version by path, as the store spells it.
pub type Files = BTreeMap<String, Entry>;

/// The name of the tree that has exactly these files; nothing where a path is both a file and a
/// folder.
#[must_use]
pub fn tree_oid(files: &Files) -> Option<Oid> {
    let entries: Vec<(&str, Entry)> = files
        .iter()
        .map(|(path, entry)| (path.as_str(), *entry))
        .collect();
    folder(&entries)
}

/// One folder: its entries, paths relative to it.
fn folder(entries: &[(&str, Entry)]) -> Option<Oid> {
    // folder name, then what is inside; files apart
    let mut folders: BTreeMap<&str, Vec<(&str, Entry)>> = BTreeMap::new();
    let mut lines: BTreeMap<Vec<u8>, (String, Oid)> = BTreeMap::new();
    for (path, entry) in entries {
        if let Some((name, rest)) = path.split_once('/') {
            folders.entry(name).or_default().push((rest, *entry));
        } else {
            let line = format!("{} {path}", entry.mode.text());
            lines.insert(path.as_bytes().to_vec(), (line, entry.oid));
        }
    }
    for (name, inside) in folders {
        if lines.contains_key(name.as_bytes()) {
            return None;
        }
        // git sorts a folder as if its name ended in a slash
        let key = format!("{name}/").into_bytes();
        lines.insert(key, (format!("40000 {name}"), folder(&inside)?));
    }
    let mut bytes = Vec::new();
    for (line, oid) in lines.values() {
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(oid.bytes());
    }
    Some(Oid::of("tree", &bytes))
}

/// Percent-encodes a path for a URL, each part by itself.
#[must_use]
pub fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            other => {
                let _ = write!(text, "%{other:02X}"); // writing to memory does not fail
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &str) -> Entry {
        Entry {
            oid: Oid::of_blob(content.as_bytes()),
            mode: Mode::File,
        }
    }

    #[test]
    fn a_tree_has_the_name_that_git_gives_it() {
        let files = Files::from([
            ("a/z.md".to_owned(), file("1\n")),
            ("a.b".to_owned(), file("2\n")),
            ("a0".to_owned(), file("3\n")),
            ("Kapitel/Größe.md".to_owned(), file("4\n")),
            (
                "run".to_owned(),
                Entry {
                    mode: Mode::Executable,
                    ..file("5\n")
                },
            ),
        ]);
        // from `git write-tree`
        assert_eq!(
            tree_oid(&files).unwrap().to_string(),
            "a798211d665ae0d750d593aa463a8ad3c30ce6c3"
        );
        assert_eq!(
            tree_oid(&Files::new()).unwrap().to_string(),
            crate::document::oid::EMPTY_TREE
        );
    }

    #[test]
    fn a_path_that_is_file_and_folder_is_no_tree() {
        let files = Files::from([("a".to_owned(), file("1")), ("a/b".to_owned(), file("2"))]);
        assert_eq!(tree_oid(&files), None);
    }

    #[test]
    fn paths_are_encoded_part_by_part() {
        assert_eq!(encoded("a b/ü#?%.md"), "a%20b/%C3%BC%23%3F%25.md");
    }
}
