//! Names of files that can lie in a folder of any system and in git alike.
//!
//! A path is one file on one machine and another on the next: `é` has two spellings, `CON` is a
//! device, `.GIT` is git's own on a disk that doesn't know case. Identity is the composed form
//! (NFC); how the disk and the store spell it is kept beside it.

use std::borrow::Cow;
use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;

/// A path of the manuscript: relative, composed, every part checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocPath(String);

/// Why a name is not one of the manuscript's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAPath {
    /// It begins with a dot, or is what editors leave behind: nobody's business here.
    Hidden,
    /// It can't be, or must not be, on a disk.
    Refused(&'static str),
}

impl fmt::Display for NotAPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hidden => "hidden files and editors' own are not kept",
            Self::Refused(why) => why,
        })
    }
}

/// The longest part, and the longest path, in bytes.
const PART: usize = 255;
const WHOLE: usize = 1024;

impl DocPath {
    /// Reads a path as disk or store spell it.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(text: &str) -> Result<Self, NotAPath> {
        let composed = composed(text);
        if composed.len() > WHOLE {
            return Err(NotAPath::Refused("the path is too long"));
        }
        let mut hidden = false;
        for part in composed.split('/') {
            match check(part) {
                Ok(()) => {}
                Err(NotAPath::Hidden) => hidden = true,
                refused => refused?,
            }
        }
        if hidden {
            return Err(NotAPath::Hidden);
        }
        Ok(Self(composed.into_owned()))
    }

    /// As the store spells a new file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What two paths have in common that are one on some disk.
    #[must_use]
    pub fn folded(&self) -> String {
        composed(&self.0.to_lowercase()).into_owned()
    }
}

impl fmt::Display for DocPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The composed form.
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

fn check(part: &str) -> Result<(), NotAPath> {
    let refused = |why| Err(NotAPath::Refused(why));
    if part.is_empty() || part == "." || part == ".." {
        return refused("it leads out of the folder or nowhere");
    }
    if part.len() > PART {
        return refused("the name is too long");
    }
    if part.chars().any(|c| c.is_control() || c == '\\') {
        return refused("it has a character that names can't have");
    }
    if part.contains('\u{fffd}') {
        return refused("the name is not text");
    }
    if part.contains(':') || part.ends_with(['.', ' ']) {
        return refused("Windows can't have a file of this name");
    }
    if is_git(part) {
        return refused("the name is git's own");
    }
    if is_device(part) {
        return refused("the name is a device on Windows");
    }
    if cfg!(windows) && part.contains(['<', '>', '"', '|', '?', '*']) {
        return refused("Windows can't have a file of this name");
    }
    if part.starts_with('.') || is_left_behind(part) {
        return Err(NotAPath::Hidden);
    }
    Ok(())
}

/// `.git` as some file system reads it: case, characters that are passed over (HFS+), the short
/// name (NTFS).
fn is_git(part: &str) -> bool {
    let seen: String = part
        .chars()
        .filter(|c| !is_passed_over(*c))
        .flat_map(char::to_lowercase)
        .collect();
    let seen = seen.trim_end_matches(['.', ' ']);
    seen == ".git" || seen.strip_prefix("git~").is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_passed_over(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ');
    let stem = stem.to_uppercase();
    let numbered = |name: &str| {
        let rest = stem.strip_prefix(name);
        rest.is_some_and(|rest| {
            let mut digits = rest.chars();
            matches!(
                (digits.next(), digits.next()),
                (Some('0'..='9' | '¹' | '²' | '³'), None)
            )
        })
    };
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str())
        || numbered("COM")
        || numbered("LPT")
}

/// What editors and systems put beside a text.
fn is_left_behind(part: &str) -> bool {
    let lower = part.to_lowercase();
    part.starts_with("~$")
        || part.ends_with('~')
        || (part.starts_with('#') && part.ends_with('#') && part.len() > 1)
        || ["thumbs.db", "desktop.ini"].contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_writers_are_paths() {
        for good in [
            "Chapter 3.md",
            "Teil 1/Kapitel 2 – Die Größe.md",
            "第三章.txt",
            "git.md",
            "console.md",
            "COM10.md",
            "common.md",
            "a…",
            "🙂.md",
        ] {
            assert_eq!(DocPath::parse(good).unwrap().as_str(), good, "{good}");
        }
    }

    #[test]
    fn two_spellings_are_one_path() {
        let composed = DocPath::parse("Gr\u{f6}\u{df}e/\u{e9}.md").unwrap();
        let decomposed = DocPath::parse("Gro\u{308}\u{df}e/e\u{301}.md").unwrap();
        assert_eq!(composed, decomposed);
        let upper = DocPath::parse("GR\u{d6}\u{df}E/\u{c9}.md").unwrap();
        assert_ne!(composed, upper);
        assert_eq!(composed.folded(), upper.folded());
    }

    #[test]
    fn names_that_could_do_harm_are_refused() {
        let long = "x".repeat(256);
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            "a/./b",
            "../a",
            "a\\b",
            "..\\a",
            "a\0b",
            "a\nb",
            "a\u{1b}[2J",
            ".git",
            ".GIT/config",
            "a/.Git",
            ".g\u{200c}it",
            ".git.",
            ".git ",
            "git~1",
            "GIT~2/x",
            "CON",
            "con.md",
            "a/NUL",
            "nul.tar.gz",
            "aux .md",
            "COM1",
            "LPT0.md",
            "lpt9.md",
            "COM\u{b9}",
            "CONIN$",
            "a.",
            "a ",
            "a:b",
            "C:",
            ".git::$INDEX_ALLOCATION",
            &long,
        ] {
            let found = DocPath::parse(bad);
            assert!(
                matches!(found, Err(NotAPath::Refused(_))),
                "{bad:?}: {found:?}"
            );
        }
    }

    #[test]
    fn what_is_hidden_is_left_alone() {
        for hidden in [
            ".oauthctl/state.json",
            ".gitattributes",
            "a/.DS_Store",
            "~$Chapter.docx",
            ".~lock.x.odt#",
            "a.md~",
            "#a.md#",
            "Thumbs.db",
        ] {
            assert_eq!(DocPath::parse(hidden), Err(NotAPath::Hidden), "{hidden}");
        }
    }
}
