//! A document's bytes as text, and back again without a loss.
//!
//! The hard idea: two versions of a chapter are compared as a reader sees them, and written as the
//! writer's program wrote them. Line ends and a byte order mark are set aside when a text is read
//! and put back when it is written; accents are compared in one form (NFC) and kept in their own.

use super::path::composed;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// How a text's lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// A line feed.
    Unix,
    /// A carriage return and a line feed.
    Windows,
}

/// A text, and the shape in which it lies in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The characters, each line ended by one line feed.
    content: String,
    line_end: LineEnd,
    has_mark: bool,
}

impl Text {
    /// Reads UTF-8, with or without a byte order mark. `None` for anything else: what can't be
    /// written back byte for byte is no text here. Line ends of two kinds in one file count as the
    /// commoner one, which is what most editors make of them; then [`Text::to_bytes`] differs.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (has_mark, rest) = match bytes.strip_prefix(BOM) {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        let content = std::str::from_utf8(rest).ok()?;
        if content.contains('\0') {
            return None;
        }
        let windows = content.matches("\r\n").count();
        let all = content.matches('\n').count();
        let line_end = if windows * 2 > all {
            LineEnd::Windows
        } else {
            LineEnd::Unix
        };
        Some(Self {
            content: if windows == 0 {
                content.to_owned()
            } else {
                content.replace("\r\n", "\n")
            },
            line_end,
            has_mark,
        })
    }

    /// The characters, each line ended by one line feed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// Other characters in this text's shape.
    #[must_use]
    pub fn with(&self, content: String) -> Self {
        Self { content, ..*self }
    }

    /// The bytes of a file that holds it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.content.len() + BOM.len());
        if self.has_mark {
            bytes.extend_from_slice(BOM);
        }
        match self.line_end {
            LineEnd::Unix => bytes.extend_from_slice(self.content.as_bytes()),
            LineEnd::Windows => {
                bytes.extend_from_slice(self.content.replace('\n', "\r\n").as_bytes());
            }
        }
        bytes
    }

    /// Whether a reader sees the same in both: they differ in line ends, in a byte order mark, or
    /// in how accents are written down.
    #[must_use]
    pub fn reads_like(&self, other: &Self) -> bool {
        composed(&self.content) == composed(&other.content)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn line_ends_and_marks_are_set_aside_and_come_back() {
        for (bytes, content) in [
            (&b""[..], ""),
            (b"one\ntwo\n", "one\ntwo\n"),
            (b"one\r\ntwo\r\n", "one\ntwo\n"),
            (b"\xef\xbb\xbfone\r\ntwo", "one\ntwo"),
            (b"\xef\xbb\xbf", ""),
            ("Émile\n".as_bytes(), "Émile\n"),
            (b"a lone \r return\n", "a lone \r return\n"),
        ] {
            let text = Text::read(bytes).unwrap();
            assert_eq!(text.as_str(), content);
            assert_eq!(text.to_bytes(), bytes);
        }
    }

    #[test]
    fn what_is_no_text_is_none() {
        for bytes in [
            &b"\xff\xfeO\0n\0e\0"[..],
            b"\xfe\xff\0O",
            b"caf\xe9",
            b"a\0b",
            b"PK\x03\x04\0",
            b"\xed\xa0\x80",
        ] {
            assert_eq!(Text::read(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn texts_that_differ_in_their_shape_only_read_alike() {
        let text = |bytes: &str| Text::read(bytes.as_bytes()).unwrap();
        let plain = text("caf\u{e9}\nbar\n");
        assert!(plain.reads_like(&text("\u{feff}cafe\u{301}\r\nbar\r\n")));
        assert!(!plain.reads_like(&text("cafe\nbar\n")));
        assert!(!plain.reads_like(&text("caf\u{e9}\nbar")));
    }

    proptest! {
        #[test]
        fn a_text_of_one_kind_of_line_end_is_written_as_it_was_read(
            lines in proptest::collection::vec("[^\r\n\0]{0,12}", 0..8),
            windows: bool,
            mark: bool,
        ) {
            let content = lines.join(if windows { "\r\n" } else { "\n" });
            let bytes = [if mark { BOM } else { b"" }, content.as_bytes()].concat();
            // a file that begins with two marks keeps the second as a character
            prop_assert_eq!(Text::read(&bytes).unwrap().to_bytes(), bytes);
        }
    }
}
