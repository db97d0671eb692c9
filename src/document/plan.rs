//! What should become of a file, from what both sides had, what is here and what is there. Pure:
//! no time, no size, no name decides anything.

use super::tree::Entry;

/// What should become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing is to do: neither side has anything new, or both have the same.
    Settled,
    /// New or changed here: to be pushed.
    Ours,
    /// Deleted here: to be deleted there.
    GoneHere,
    /// New or changed there: to be written here.
    Theirs(Entry),
    /// Deleted there: to be deleted here.
    GoneThere,
    /// Changed on both sides; without a base it is new on both.
    Both {
        /// What both had.
        base: Option<Entry>,
        /// What is there.
        theirs: Entry,
    },
    /// Changed here, deleted there: a person decides, the file stays.
    DeletedThere,
    /// Deleted here, changed there: it comes back, and that is told.
    Returns(Entry),
}

/// The table of base, ours and theirs.
#[must_use]
pub fn fate(base: Option<Entry>, ours: Option<Entry>, theirs: Option<Entry>) -> Fate {
    let same = |a: Option<Entry>, b: Option<Entry>| a.map(|e| e.oid) == b.map(|e| e.oid);
    match (base, ours, theirs) {
        _ if same(ours, theirs) => Fate::Settled,
        (base, Some(_), theirs) if same(base, theirs) => Fate::Ours,
        (base, None, theirs) if same(base, theirs) => Fate::GoneHere,
        (base, ours, Some(theirs)) if same(base, ours) => Fate::Theirs(theirs),
        (base, ours, None) if same(base, ours) => Fate::GoneThere,
        (_, None, Some(theirs)) => Fate::Returns(theirs),
        (_, Some(_), None) => Fate::DeletedThere,
        (base, Some(_), Some(theirs)) => Fate::Both { base, theirs },
        (_, None, None) => Fate::Settled,
    }
}

/// More deletions than this, or more than [`FEW`] that are more than a fifth, are no edit.
const MANY: usize = 10;
const FEW: usize = 3;

/// Whether so many deletions of so many files need somebody to say so.
#[must_use]
pub fn is_alarming(gone: usize, all: usize, allowed: usize) -> bool {
    gone > allowed && (gone > MANY || (gone > FEW && gone * 5 > all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::oid::Oid;
    use crate::document::tree::Mode;

    fn text(number: u8) -> Option<Entry> {
        (number > 0).then(|| Entry {
            oid: Oid::of_blob(&[number]),
            mode: Mode::File,
        })
    }

    #[test]
    fn the_table_is_the_one_of_the_documentation() {
        let there = |number| text(number).unwrap();
        let both = |base, theirs| Fate::Both {
            base: text(base),
            theirs: there(theirs),
        };
        for (base, ours, theirs, wanted) in [
            (1, 1, 1, Fate::Settled),
            (1, 1, 2, Fate::Theirs(there(2))),
            (1, 1, 0, Fate::GoneThere),
            (1, 2, 1, Fate::Ours),
            (1, 2, 2, Fate::Settled),
            (1, 2, 3, both(1, 3)),
            (1, 2, 0, Fate::DeletedThere),
            (1, 0, 1, Fate::GoneHere),
            (1, 0, 2, Fate::Returns(there(2))),
            (1, 0, 0, Fate::Settled),
            (0, 0, 0, Fate::Settled),
            (0, 1, 0, Fate::Ours),
            (0, 0, 1, Fate::Theirs(there(1))),
            (0, 1, 1, Fate::Settled),
            (0, 1, 2, both(0, 2)),
        ] {
            let found = fate(text(base), text(ours), text(theirs));
            assert_eq!(found, wanted, "{base} {ours} {theirs}");
        }
    }

    /// Everything that can be said of all cases at once, over all of them.
    #[test]
    fn nothing_that_only_one_side_has_is_overwritten() {
        for (base, ours, theirs) in (0..64).map(|n| (n / 16, n / 4 % 4, n % 4)) {
            let found = fate(text(base), text(ours), text(theirs));
            let edited = ours != base;
            let news = theirs != base;
            match found {
                Fate::Theirs(entry) => {
                    assert!(!edited && news && Some(entry) == text(theirs));
                }
                Fate::GoneThere => assert!(!edited && theirs == 0 && ours != 0),
                Fate::Ours => assert!(edited && !news && ours != 0),
                Fate::GoneHere => assert!(ours == 0 && base != 0 && !news),
                Fate::Both { .. } => assert!(edited && news && ours != theirs),
                Fate::DeletedThere => assert!(edited && theirs == 0 && ours != 0),
                Fate::Returns(_) => assert!(ours == 0 && edited && news),
                Fate::Settled => assert_eq!(ours, theirs),
            }
            // seen from the other side it is the mirror image
            let mirrored = fate(text(base), text(theirs), text(ours));
            let fits = match found {
                Fate::Settled => mirrored == Fate::Settled,
                Fate::Ours => matches!(mirrored, Fate::Theirs(_)),
                Fate::GoneHere => mirrored == Fate::GoneThere,
                Fate::Theirs(_) => mirrored == Fate::Ours,
                Fate::GoneThere => mirrored == Fate::GoneHere,
                Fate::Both { .. } => matches!(mirrored, Fate::Both { .. }),
                Fate::DeletedThere => matches!(mirrored, Fate::Returns(_)),
                Fate::Returns(_) => mirrored == Fate::DeletedThere,
            };
            assert!(fits, "{base} {ours} {theirs}: {found:?} {mirrored:?}");
        }
    }

    #[test]
    fn many_deletions_are_alarming_and_a_few_are_not() {
        for (gone, all, wanted) in [
            (0, 0, false),
            (3, 3, false),
            (4, 20, false),
            (4, 19, true),
            (10, 100, false),
            (11, 1000, true),
        ] {
            assert_eq!(is_alarming(gone, all, 0), wanted, "{gone} of {all}");
            assert!(!is_alarming(gone, all, gone));
        }
    }
}
