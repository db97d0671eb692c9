//! The file that says what is known of one vault.

use std::path::Path;

use crate::escape;
use crate::key::Source;
use crate::names::VaultId;
use crate::private_file;

const FORM: &str = "oauthctl-known-vault 1";
/// How a line begins that says of a key that no header named yet what is made, and where.
const MADE: &str = "made ";
const NEW: &str = "new";
const COPY: &str = "copy";
/// How a line begins that names a file with what left the vault in it.
const LEFT_IN: &str = "left-in ";
const AT_MOST: u64 = 65_536;

/// A key that was put somewhere before the vault named that place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it is, or would be.
    pub place: Source,
    /// Its public key.
    pub key: String,
    /// Whether it is a copy of what was the vault's key then, and not a new one.
    pub is_copy: bool,
}

impl Made {
    fn parse(text: &str) -> Option<Self> {
        let (what, text) = text.split_once(' ')?;
        let (key, place) = text.split_once(' ')?;
        Some(Self {
            place: Source::parse(place).ok()?,
            key: key.to_owned(),
            is_copy: what == COPY,
        })
    }

    /// Whether the vault names that key at that place, as a header says it: it is in use, or was.
    fn is_named(&self, source: &str, key: &str) -> bool {
        self.key == key && self.place.to_text().is_ok_and(|text| text == source)
    }

    fn to_text(&self) -> Option<String> {
        let Self { key, .. } = self;
        let place = self.place.to_text().ok()?;
        let what = if self.is_copy { COPY } else { NEW };
        Some(format!("{what} {key} {place}"))
    }
}

/// What is noted of a vault.
pub(super) struct Note {
    /// On one line, see [`escape::line`].
    pub(super) path: String,
    pub(super) id: VaultId,
    /// The places of its key, two while it moves; on one line each.
    pub(super) sources: Vec<String>,
    /// What was made at places that the vault did not name then.
    pub(super) made: Vec<Made>,
    /// The files with what left the vault, on one line each.
    pub(super) left_in: Vec<String>,
}

impl Note {
    pub(super) const fn new(path: String, id: VaultId) -> Self {
        Self {
            path,
            id,
            sources: Vec::new(),
            made: Vec::new(),
            left_in: Vec::new(),
        }
    }

    /// The vault's key is at this place, and this one.
    pub(super) fn settle(&mut self, source: &str, key: &str) {
        self.sources = vec![escape::line(source)];
        self.forget_named(source, key);
    }

    /// What the vault names was not left.
    pub(super) fn forget_named(&mut self, source: &str, key: &str) {
        self.made.retain(|one| !one.is_named(source, key));
    }

    /// Whether nothing is to be brought up to date where the vault's key is at this place, and that one.
    pub(super) fn is_settled(&self, source: &str, key: impl FnOnce() -> String) -> bool {
        let is_one = self.sources.len() == 1;
        is_one
            && (self.made.is_empty() || {
                let key = key();
                !self.made.iter().any(|one| one.is_named(source, &key))
            })
    }

    /// Whether it is of that vault with its key at that place, on one line.
    pub(super) fn is_of(&self, id: VaultId, source: &String) -> bool {
        self.id == id && self.sources.contains(source)
    }

    /// Whether the vault's key is, or may be, in that file.
    pub(super) fn has_key_in(&self, file: &Path) -> bool {
        self.sources.iter().any(|source| {
            let source = Source::parse(source).ok();
            let kept = source.as_ref().and_then(Source::path);
            kept.is_some_and(|kept| private_file::is_same(kept, file))
        })
    }

    /// Notes where the key is unless that is noted already.
    pub(super) fn has_source(&mut self, source: &str) {
        if self.sources.is_empty() {
            self.sources.push(escape::line(source));
        }
    }

    pub(super) fn to_text(&self) -> String {
        let Self { path, id, .. } = self;
        let mut note = format!("{FORM}\n{path}\n{id}\n");
        let made: Vec<String> = self.made.iter().filter_map(Made::to_text).collect();
        let sources = self.sources.iter().map(|line| ("", line));
        let made = made.iter().map(|line| (MADE, line));
        let left_in = self.left_in.iter().map(|line| (LEFT_IN, line));
        for (what, line) in sources.chain(made).chain(left_in) {
            // What is longer can't be read: the places of the key come first.
            if (note.len() + what.len() + line.len()) as u64 >= AT_MOST {
                break;
            }
            note.extend([what, line, "\n"]);
        }
        note
    }
}

/// The note in a file, if there is one that can be read.
pub(super) fn read(file: &Path) -> Option<Note> {
    let text = private_file::read(file, AT_MOST).ok()?;
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines();
    if lines.next()? != FORM {
        return None;
    }
    let (path, id) = (lines.next()?, lines.next()?);
    let mut note = Note::new(path.to_owned(), id.parse().ok()?);
    for line in lines {
        if let Some(made) = line.strip_prefix(MADE) {
            note.made.extend(Made::parse(made));
        } else if let Some(file) = line.strip_prefix(LEFT_IN) {
            note.left_in.push(file.to_owned());
        } else {
            note.sources.push(line.to_owned());
        }
    }
    Some(note)
}
