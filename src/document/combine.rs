//! Two versions of a file and what both came from, as one file where that can be had.

use super::merge::{Granularity, Merged, merge};
use super::text::Text;

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Combined {
    /// One text with both changes.
    Clean {
        /// It, in the shape of mine where both changed something.
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
    let whole = |bytes: &[u8]| Combined::Clean {
        text: bytes.to_vec(),
        please_read: Vec::new(),
    };
    if mine == theirs || base == Some(theirs) {
        return whole(mine);
    }
    if base == Some(mine) {
        return whole(theirs);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_without_changes_yields_the_other_to_the_byte() {
        let odd: &[u8] = b"\xef\xbb\xbfone\r\ntwo\n\xff\0";
        let plain: &[u8] = b"one\n";
        let clean = |bytes: &[u8]| Combined::Clean {
            text: bytes.to_vec(),
            please_read: Vec::new(),
        };
        for (one, other) in [(odd, plain), (plain, odd), (plain, plain)] {
            assert_eq!(combine(Some(one), one, other), clean(other));
            assert_eq!(combine(Some(one), other, one), clean(other));
            assert_eq!(combine(Some(one), other, other), clean(other));
            assert_eq!(combine(None, other, other), clean(other));
        }
        assert_eq!(combine(None, plain, odd), Combined::Conflict);
        assert_eq!(combine(Some(b"x"), plain, odd), Combined::Conflict);
    }

    #[test]
    fn changes_of_both_come_together_by_words() {
        let base = b"The harbour was silent. Nobody came.\n";
        let mine = b"The harbour was hushed. Nobody came.\r\n";
        let theirs = b"The harbour was silent. No one came.\n";
        let Combined::Clean { text, please_read } = combine(Some(base), mine, theirs) else {
            panic!("a conflict");
        };
        assert_eq!(text, b"The harbour was hushed. No one came.\r\n");
        assert_eq!(please_read, [""; 0]);
    }
}
