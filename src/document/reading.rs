//! What a reader reads of a file, whatever program wrote it: for comparing, counting and finding.
//!
//! Files are kept, merged and given back byte for byte; nothing of this is ever written to one.

mod markup;
mod rich_text;
mod zip;

use std::borrow::Cow;

use self::zip::Archive;
use super::text::Text;

/// A file by what its name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    /// Word's.
    Docx,
    /// `LibreOffice`'s.
    Odt,
    Rtf,
    Html,
}

fn kind(path: &str) -> Kind {
    let end = path
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    match end.as_deref() {
        Some("docx") => Kind::Docx,
        Some("odt") => Kind::Odt,
        Some("rtf") => Kind::Rtf,
        Some("html" | "htm" | "xhtml") => Kind::Html,
        _ => Kind::Plain,
    }
}

/// The text that a reader sees; `None` where there is none to be had.
#[must_use]
pub fn text(path: &str, bytes: &[u8]) -> Option<Text> {
    if bytes.is_empty() {
        return Text::read(bytes);
    }
    let read = match kind(path) {
        Kind::Plain => return Text::read(bytes),
        Kind::Docx => markup::docx(&content(bytes, "word/document.xml")?),
        Kind::Odt => markup::odt(&content(bytes, "content.xml")?),
        Kind::Rtf => rich_text::read(bytes)?,
        Kind::Html => markup::html(Text::read(bytes)?.as_str()),
    };
    Text::read(read.as_bytes())
}

fn content(bytes: &[u8], name: &str) -> Option<String> {
    String::from_utf8(Archive::read(bytes)?.file(name)?).ok()
}

/// Whether an office file says the same as another: all that it consists of is the same but for
/// what programs note about it, such as when it was saved. Anything else is the same only where it
/// is the same byte for byte.
#[must_use]
pub fn says_the_same(path: &str, one: &[u8], other: &[u8]) -> bool {
    let notes: &[&str] = match kind(path) {
        Kind::Docx => &[
            "docProps/core.xml",
            "docProps/app.xml",
            "docProps/thumbnail.jpeg",
        ],
        Kind::Odt => &["meta.xml", "Thumbnails/thumbnail.png"],
        Kind::Plain | Kind::Rtf | Kind::Html => return one == other,
    };
    let parts = |bytes| Archive::read(bytes).map(|archive| archive.parts(notes));
    one == other || parts(one).is_some_and(|found| Some(found) == parts(other))
}

/// Whether saving such a file again may change it although it says the same.
#[must_use]
pub fn is_office(path: &str) -> bool {
    matches!(kind(path), Kind::Docx | Kind::Odt)
}

/// A character that a document spells by its number.
fn character(number: u32) -> Cow<'static, str> {
    match char::from_u32(number) {
        Some('\0') | None => "\u{fffd}".into(),
        Some(character) => character.to_string().into(),
    }
}

#[cfg(test)]
mod tests;
