//! Two versions of a file and what both came from, as one text where that can be had.
//!
//! Each side's change is one stretch of lines: all from the first to the last that differ. Where
//! the two stretches neither overlap nor touch, both are taken; everything else is a person's.

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Combined {
    /// One text with both changes.
    Clean {
        /// It.
        text: Vec<u8>,
        /// Sentences that both changed.
        please_read: Vec<String>,
    },
    /// A person has to say.
    Conflict,
}

/// Puts `mine` and `theirs` together.
pub(super) fn combine(base: Option<&[u8]>, mine: &[u8], theirs: &[u8]) -> Combined {
    let clean = |text: Vec<u8>| Combined::Clean {
        text,
        please_read: Vec::new(),
    };
    if mine == theirs {
        return clean(mine.to_vec());
    }
    let Some(base) = base else {
        return Combined::Conflict;
    };
    if base == mine {
        return clean(theirs.to_vec());
    }
    if base == theirs {
        return clean(mine.to_vec());
    }
    if [base, mine, theirs].map(is_text).contains(&false) {
        return Combined::Conflict;
    }
    let [base, mine, theirs] = [base, mine, theirs].map(lines);
    let (one, other) = (Stretch::of(&base, &mine), Stretch::of(&base, &theirs));
    let (first, last) = if one.start <= other.start {
        (one, other)
    } else {
        (other, one)
    };
    // one line that both left alone lies between
    if first.end >= last.start {
        return Combined::Conflict;
    }
    let part = |from: usize, to: usize| base.get(from..to).unwrap_or_default();
    let text = [
        part(0, first.start),
        first.new,
        part(first.end, last.start),
        last.new,
        part(last.end, base.len()),
    ];
    clean(text.concat().concat())
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0)
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The lines of the base from `start` to `end` became `new`.
struct Stretch<'a> {
    start: usize,
    end: usize,
    new: &'a [&'a [u8]],
}

impl<'a> Stretch<'a> {
    fn of(base: &[&[u8]], changed: &'a [&'a [u8]]) -> Self {
        let same = |(one, other): &(&&[u8], &&[u8])| one == other;
        let start = base.iter().zip(changed).take_while(same).count();
        let most = base.len().min(changed.len()) - start;
        let ends = base.iter().rev().zip(changed.iter().rev());
        let after = ends.take(most).take_while(same).count();
        Self {
            start,
            end: base.len() - after,
            new: changed
                .get(start..changed.len() - after)
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn combined(base: &str, mine: &str, theirs: &str) -> Option<String> {
        match combine(Some(base.as_bytes()), mine.as_bytes(), theirs.as_bytes()) {
            Combined::Clean { text, .. } => Some(String::from_utf8(text).unwrap()),
            Combined::Conflict => None,
        }
    }

    #[test]
    fn changes_apart_are_both_taken_and_changes_that_touch_are_not() {
        let base = "a\nb\nc\n";
        for (mine, theirs, wanted) in [
            ("A\nb\nc\n", "a\nb\nC\n", Some("A\nb\nC\n")),
            ("b\nc\n", "a\nb\nc\nd\n", Some("b\nc\nd\n")),
            ("A\nb\nc\n", "a\nB\nc\n", None),
            ("A\nb\nc\n", "Ä\nb\nc\n", None),
            ("A\nb\nc\n", "b\nc\n", None),
            ("a\nb\nc", "a\nb\nc\nd\n", None),
        ] {
            let found = combined(base, mine, theirs);
            assert_eq!(found.as_deref(), wanted, "{mine:?} {theirs:?}");
        }
        let binary = [0xff, 0];
        assert_eq!(combine(Some(&[1]), &binary, &[2]), Combined::Conflict);
        assert_eq!(combine(None, b"a", b"b"), Combined::Conflict);
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec("[a-d]\n", 0..8).prop_map(|lines| lines.concat())
    }

    proptest! {
        #[test]
        fn a_side_without_changes_yields_the_other(base in text(), other in text()) {
            prop_assert_eq!(combined(&base, &base, &other), Some(other.clone()));
            prop_assert_eq!(combined(&base, &other, &base), Some(other.clone()));
            prop_assert_eq!(combined(&base, &other, &other), Some(other));
        }

        /// Lines are counted by letter: what a side added, or removed, is added or removed.
        #[test]
        fn both_sides_are_alike_and_both_changes_are_in_it(
            base in text(), mine in text(), theirs in text(),
        ) {
            let found = combined(&base, &mine, &theirs);
            prop_assert_eq!(&found, &combined(&base, &theirs, &mine));
            if let Some(found) = found.filter(|_| mine != theirs) {
                for letter in ["a\n", "b\n", "c\n", "d\n"] {
                    let count = |text: &str| text.matches(letter).count();
                    prop_assert_eq!(count(&found) + count(&base), count(&mine) + count(&theirs));
                }
            }
        }
    }
}
