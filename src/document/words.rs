//! Words, as a writer's program counts them, and how many came and went.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

use super::edits::Numbers;
use super::path::composed;
use super::text::Text;

/// How many words a text has: letters and digits that stand together (UAX 29), so that `don't` is
/// one and a dash is none.
pub(super) fn count(text: &str) -> usize {
    text.unicode_words().count()
}

/// Words added and removed; nothing where one of them is no text.
pub(super) fn changed(before: Option<&[u8]>, after: Option<&[u8]>) -> Option<(usize, usize)> {
    let before = Text::read(before.unwrap_or_default())?;
    let after = Text::read(after.unwrap_or_default())?;
    if before.as_str().is_empty() || after.as_str().is_empty() {
        return Some((count(after.as_str()), count(before.as_str())));
    }
    let [lines_before, lines_after] = [&before, &after].map(|text| {
        let lines = text.as_str().split_inclusive('\n');
        lines.map(composed).collect::<Vec<_>>()
    });
    // Lines first: of a whole book only what changed is looked at by words.
    let mut numbers = Numbers::default();
    let (from, to) = (numbers.of(&lines_before), numbers.of(&lines_after));
    let (mut added, mut removed) = (0, 0);
    for edit in numbers.edits(&from, &to) {
        let old = lines_before.get(edit.before).unwrap_or_default().concat();
        let new = lines_after.get(edit.after).unwrap_or_default().concat();
        let [old, new] = [&old, &new].map(|text| {
            let words = text.unicode_words();
            words.map(Cow::Borrowed).collect::<Vec<_>>()
        });
        let mut numbers = Numbers::default();
        let (from, to) = (numbers.of(&old), numbers.of(&new));
        for edit in numbers.edits(&from, &to) {
            added += edit.after.len();
            removed += edit.before.len();
        }
    }
    Some((added, removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(before: &str, after: &str) -> Option<(usize, usize)> {
        changed(Some(before.as_bytes()), Some(after.as_bytes()))
    }

    #[test]
    fn words_are_counted_as_a_writer_counts_them() {
        for (text, words) in [
            ("", 0),
            ("  \n -- \u{2014} * \n", 0),
            ("Don't stop. It's 7 o'clock.", 5),
            ("na\u{ef}ve caf\u{e9}s, well-known", 4),
            ("one\ntwo\r\nthree", 3),
        ] {
            assert_eq!(count(text), words, "{text:?}");
        }
    }

    #[test]
    fn words_that_came_and_went_are_told_apart() {
        assert_eq!(
            delta("The sea was calm.\n", "The sea was not calm.\n"),
            Some((1, 0))
        );
        assert_eq!(
            delta("The sea was calm.\n", "The lake was calm.\n"),
            Some((1, 1))
        );
        assert_eq!(delta("a b c", ""), Some((0, 3)));
        assert_eq!(changed(None, Some(b"a b")), Some((2, 0)));
        assert_eq!(changed(Some(b"a b"), None), Some((0, 2)));
        // neither line ends nor marks nor the form of accents are words
        assert_eq!(
            delta("caf\u{e9}\n", "\u{feff}cafe\u{301}\r\n"),
            Some((0, 0))
        );
        assert_eq!(delta("a, b", "a; b!"), Some((0, 0)));
        assert_eq!(changed(Some(b"\xff"), Some(b"a")), None);
    }
}
