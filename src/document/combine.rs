//! Two versions of a file and what both came from, as one file where that can be had.

use super::merge::{Granularity, Merged, merge};
use super::text::Text;

/// What came of it.
pub(super) enum Combined {
    /// One text with both changes.
    Clean {
        /// It, in the shape of mine.
        text: Vec<u8>,
        /// Sentences that both changed.
        please_read: Vec<String>,
    },
    /// A person has to say.
    Conflict,
}

/// Puts `mine` and `theirs` together. Without a base nobody knows what either changed, and what is
/// no text can't be put together at all.
pub(super) fn combine(base: Option<&[u8]>, mine: &[u8], theirs: &[u8]) -> Combined {
    let texts = base.and_then(Text::read).zip(Text::read(mine));
    let Some(((base, mine), theirs)) = texts.zip(Text::read(theirs)) else {
        return Combined::Conflict;
    };
    match merge(&base, &mine, &theirs, Granularity::Word) {
        Merged::Clean { text, please_read } => Combined::Clean {
            text: text.to_bytes(),
            please_read,
        },
        Merged::Conflict(_) => Combined::Conflict,
    }
}
