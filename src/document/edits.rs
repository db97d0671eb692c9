//! What changed between two sequences, and how two such changes lie to each other.
//!
//! Sequences are numbers: equal pieces of text have equal numbers, whatever they are.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, Token};

/// One change: these pieces of the one became those of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// Gives equal pieces equal numbers.
#[derive(Debug, Default)]
pub(super) struct Numbers<'a> {
    known: BTreeMap<&'a str, u32>,
}

impl<'a> Numbers<'a> {
    pub(super) fn of(&mut self, pieces: &'a [Cow<'_, str>]) -> Vec<Token> {
        pieces
            .iter()
            .map(|piece| {
                let next = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
                Token(*self.known.entry(piece.as_ref()).or_insert(next))
            })
            .collect()
    }

    fn count(&self) -> u32 {
        u32::try_from(self.known.len()).unwrap_or(u32::MAX)
    }

    /// The changes from one sequence to the other, in order; no two of them touch.
    pub(super) fn edits(&self, before: &[Token], after: &[Token]) -> Vec<Edit> {
        let mut diff = Diff::default();
        diff.compute_with(Algorithm::Histogram, before, after, self.count());
        let wide = |range: Range<u32>| range.start as usize..range.end as usize;
        diff.hunks()
            .map(|hunk| Edit {
                before: wide(hunk.before),
                after: wide(hunk.after),
            })
            .collect()
    }
}

/// A stretch of what both came from, and what each side made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) base: Range<usize>,
    pub(super) mine: Range<usize>,
    pub(super) theirs: Range<usize>,
    /// Who changed something in it.
    pub(super) by: By,
}

/// Who changed a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Nobody,
    Mine,
    Theirs,
    Both,
}

/// Cuts the base into stretches, in order and without a gap. Changes of the two sides that overlap
/// or touch lie in one stretch: where one ends and the other begins, nobody can say which comes
/// first.
pub(super) fn stretches(length: usize, mine: &[Edit], theirs: &[Edit]) -> Vec<Stretch> {
    let mut found = Vec::new();
    let (mut mine, mut theirs) = (mine.iter().peekable(), theirs.iter().peekable());
    // Where each sequence stands.
    let (mut base, mut here, mut there) = (0, 0, 0);
    loop {
        let starts = [mine.peek(), theirs.peek()].map(|edit| edit.map(|edit| edit.before.start));
        let Some(start) = starts.into_iter().flatten().min() else {
            break;
        };
        push(&mut found, base..start, &mut here, &mut there);
        let mut end = start;
        let (mut mine_shift, mut their_shift) = ((0, 0), (0, 0));
        loop {
            let next_mine = mine.next_if(|edit| edit.before.start <= end);
            let next_theirs = theirs.next_if(|edit| edit.before.start <= end);
            if next_mine.is_none() && next_theirs.is_none() {
                break;
            }
            for (edit, shift) in [
                (next_mine, &mut mine_shift),
                (next_theirs, &mut their_shift),
            ] {
                if let Some(edit) = edit {
                    end = end.max(edit.before.end);
                    shift.0 += edit.before.len();
                    shift.1 += edit.after.len();
                }
            }
        }
        let width = end - start;
        let here_to = here + width + mine_shift.1 - mine_shift.0;
        let there_to = there + width + their_shift.1 - their_shift.0;
        found.push(Stretch {
            base: start..end,
            mine: here..here_to,
            theirs: there..there_to,
            by: match (mine_shift, their_shift) {
                (_, (0, 0)) => By::Mine,
                ((0, 0), _) => By::Theirs,
                _ => By::Both,
            },
        });
        (base, here, there) = (end, here_to, there_to);
    }
    push(&mut found, base..length, &mut here, &mut there);
    found
}

fn push(found: &mut Vec<Stretch>, base: Range<usize>, here: &mut usize, there: &mut usize) {
    let width = base.len();
    if width == 0 {
        return;
    }
    found.push(Stretch {
        base,
        mine: *here..*here + width,
        theirs: *there..*there + width,
        by: By::Nobody,
    });
    *here += width;
    *there += width;
}
