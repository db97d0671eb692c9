//! Words, as a writer's program counts them, and how many came and went.

use unicode_segmentation::UnicodeSegmentation;

use super::diff::{Fate, Paragraph, Run, difference};
use super::reading;
use super::text::Text;

/// How many words a text has: letters and digits that stand together (UAX 29), so that `don't` is
/// one and a dash is none.
pub(super) fn count(text: &str) -> usize {
    text.unicode_words().count()
}

/// Words added to a file and removed from it; nothing where one of both is not at hand or has no
/// text. A file that is not there has no bytes.
pub(super) fn changed(
    path: &str,
    before: Option<&[u8]>,
    after: Option<&[u8]>,
) -> Option<(usize, usize)> {
    let before = reading::text(path, before?)?;
    let after = reading::text(path, after?)?;
    Some(between(&before, &after))
}

/// Words added and removed. What only moved is neither.
pub(super) fn between(before: &Text, after: &Text) -> (usize, usize) {
    of(&difference(before, after))
}

/// Words added and removed in a difference.
pub(super) fn of(paragraphs: &[Paragraph]) -> (usize, usize) {
    let (mut added, mut removed) = (0, 0);
    for paragraph in paragraphs {
        match &paragraph.fate {
            Fate::Same(_) | Fate::MovedAway(..) => {}
            Fate::Changed(runs) | Fate::MovedHere(runs, _) => {
                for run in runs {
                    if let Run::Change {
                        removed: gone,
                        added: came,
                    } = run
                    {
                        added += count(came);
                        removed += count(gone);
                    }
                }
            }
            Fate::Added(text) => added += count(text),
            Fate::Removed(text) => removed += count(text),
        }
    }
    (added, removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(before: &str, after: &str) -> Option<(usize, usize)> {
        changed("a.md", Some(before.as_bytes()), Some(after.as_bytes()))
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
        assert_eq!(changed("a.md", Some(b""), Some(b"a b")), Some((2, 0)));
        assert_eq!(changed("a.md", Some(b"a b"), Some(b"")), Some((0, 2)));
        // neither line ends nor marks nor the form of accents are words
        assert_eq!(
            delta("caf\u{e9}\n", "\u{feff}cafe\u{301}\r\n"),
            Some((0, 0))
        );
        assert_eq!(delta("a, b", "a; b!"), Some((0, 0)));
        assert_eq!(changed("a.md", Some(b"\xff"), Some(b"a")), None);
        assert_eq!(
            changed("a.md", None, Some(b"a b")),
            None,
            "nobody knows what was before"
        );
    }
}
