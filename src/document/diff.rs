//! Two versions of a text beside each other, as a reader sees them.
//!
//! The hard idea: a paragraph is one long line. So paragraphs are compared first; those that both
//! versions have stay, a paragraph that went in one place and came in another has moved, and of the
//! rest those that have most words in common are one paragraph whose words changed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;

use super::edits::Numbers;
use super::path::composed;
use super::text::Text;

/// So much of their words two paragraphs share to be one that changed.
const ALIKE: f64 = 0.4;
/// And so much to be one that moved and changed.
const STILL_ITSELF: f64 = 0.7;
/// More pairs than this are not compared: then paragraphs at the same place are.
const PAIRS: usize = 40_000;
/// A shorter paragraph that went and came is not worth saying that it moved.
const WORTH_MOVING: usize = 3;

/// A paragraph with its place: its number in the earlier and in the later text, counted from one
/// without blank lines; blank lines have the number of the paragraph before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its number in the earlier text, where it is in it.
    pub before: Option<usize>,
    /// Its number in the later text, where it is in it.
    pub after: Option<usize>,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a paragraph. Texts have their line feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nothing.
    Same(String),
    /// Some of its words changed.
    Changed(Vec<Run>),
    /// It is new.
    Added(String),
    /// It is gone.
    Removed(String),
    /// It was elsewhere in the earlier text, at this number; some of its words may have changed.
    MovedHere(Vec<Run>, usize),
    /// It is elsewhere in the later text, at this number.
    MovedAway(String, usize),
}

/// A stretch of a changed paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Both have it.
    Same(String),
    /// These words became those; one of them may be empty.
    Change {
        /// The earlier ones.
        removed: String,
        /// The later ones.
        added: String,
    },
}

/// The paragraphs of both texts, in the order of the later one.
#[must_use]
pub fn difference(before: &Text, after: &Text) -> Vec<Paragraph> {
    let (old, new) = (Side::of(before.as_str()), Side::of(after.as_str()));
    let mut numbers = Numbers::default();
    let (from, to) = (numbers.of(&old.forms), numbers.of(&new.forms));
    let mut found = Vec::new();
    let (mut here, mut there) = (0, 0);
    let same = |found: &mut Vec<Paragraph>, here: &mut usize, there: &mut usize, end: usize| {
        while *here < end {
            found.push(Paragraph {
                before: old.number(*here),
                after: new.number(*there),
                fate: Fate::Same(new.line(*there)),
            });
            (*here, *there) = (*here + 1, *there + 1);
        }
    };
    for edit in numbers.edits(&from, &to) {
        same(&mut found, &mut here, &mut there, edit.before.start);
        let pairs = alike(&old, &new, &edit);
        (here, there) = (edit.before.end, edit.after.end);
        let (mut gone, mut came) = (edit.before, edit.after);
        for (one, other) in pairs {
            old.removed(&mut found, gone.start..one);
            new.added(&mut found, came.start..other);
            found.push(Paragraph {
                before: old.number(one),
                after: new.number(other),
                fate: Fate::Changed(words(&old.line(one), &new.line(other))),
            });
            (gone.start, came.start) = (one + 1, other + 1);
        }
        old.removed(&mut found, gone);
        new.added(&mut found, came);
    }
    same(&mut found, &mut here, &mut there, old.lines.len());
    find_moved(&mut found);
    found
}

/// One text by its lines.
struct Side<'a> {
    lines: Vec<&'a str>,
    forms: Vec<Cow<'a, str>>,
    numbers: Vec<usize>,
}

impl<'a> Side<'a> {
    fn of(text: &'a str) -> Self {
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        let mut number = 0;
        Self {
            forms: lines.iter().map(|line| composed(line)).collect(),
            numbers: lines
                .iter()
                .map(|line| {
                    number += usize::from(!line.trim().is_empty());
                    number
                })
                .collect(),
            lines,
        }
    }

    fn line(&self, at: usize) -> String {
        self.lines.get(at).copied().unwrap_or_default().to_owned()
    }

    fn number(&self, at: usize) -> Option<usize> {
        self.numbers.get(at).copied()
    }

    fn removed(&self, found: &mut Vec<Paragraph>, lines: std::ops::Range<usize>) {
        found.extend(lines.map(|at| Paragraph {
            before: self.number(at),
            after: None,
            fate: Fate::Removed(self.line(at)),
        }));
    }

    fn added(&self, found: &mut Vec<Paragraph>, lines: std::ops::Range<usize>) {
        found.extend(lines.map(|at| Paragraph {
            before: None,
            after: self.number(at),
            fate: Fate::Added(self.line(at)),
        }));
    }

    fn words(&self, at: usize) -> BTreeMap<&str, usize> {
        words_of(self.lines.get(at).unwrap_or(&""))
    }
}

/// How often each word is in a text.
fn words_of(text: &str) -> BTreeMap<&str, usize> {
    let mut words = BTreeMap::new();
    for word in text.unicode_words() {
        *words.entry(word).or_default() += 1;
    }
    words
}

/// The paragraphs of a change that are one on both sides, in order: of all ways to pair them
/// without crossing, the one whose pairs have most in common.
fn alike(old: &Side<'_>, new: &Side<'_>, edit: &super::edits::Edit) -> Vec<(usize, usize)> {
    let [ours, theirs] = [(old, &edit.before), (new, &edit.after)]
        .map(|(side, range)| range.clone().map(|at| side.words(at)).collect::<Vec<_>>());
    let (rows, columns) = (ours.len(), theirs.len());
    if rows.saturating_mul(columns) > PAIRS {
        let pairs = ours.iter().zip(&theirs).enumerate();
        let pairs = pairs.filter(|(_, (one, other))| likeness(one, other) >= ALIKE);
        return pairs
            .map(|(at, _)| (edit.before.start + at, edit.after.start + at))
            .collect();
    }
    // What the best pairing of what follows has in common, by where it begins.
    let width = columns + 1;
    let mut best = vec![0.0_f64; (rows + 1) * width];
    let mut common = vec![0.0_f64; rows * width];
    let get = |table: &[f64], row: usize, column: usize| {
        table.get(row * width + column).copied().unwrap_or_default()
    };
    for (row, one) in ours.iter().enumerate().rev() {
        for (column, other) in theirs.iter().enumerate().rev() {
            let likeness = likeness(one, other);
            let paired = if likeness >= ALIKE {
                likeness + get(&best, row + 1, column + 1)
            } else {
                0.0
            };
            let apart = get(&best, row + 1, column).max(get(&best, row, column + 1));
            let at = row * width + column;
            if let (Some(best), Some(common)) = (best.get_mut(at), common.get_mut(at)) {
                (*best, *common) = (paired.max(apart), likeness);
            }
        }
    }
    let (mut pairs, mut row, mut column) = (Vec::new(), 0, 0);
    while row < rows && column < columns {
        let (here, likeness) = (get(&best, row, column), get(&common, row, column));
        if likeness >= ALIKE && here <= likeness + get(&best, row + 1, column + 1) {
            pairs.push((edit.before.start + row, edit.after.start + column));
            (row, column) = (row + 1, column + 1);
        } else if get(&best, row + 1, column) >= get(&best, row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// How much of their words two paragraphs share, from 0 to 1; blank ones share nothing.
#[expect(
    clippy::cast_precision_loss,
    reason = "a paragraph has fewer than 2^52 words"
)]
fn likeness(one: &BTreeMap<&str, usize>, other: &BTreeMap<&str, usize>) -> f64 {
    let all = one.values().sum::<usize>() + other.values().sum::<usize>();
    if all == 0 {
        return 0.0;
    }
    let shared: usize = one
        .iter()
        .filter_map(|(word, count)| Some((*count).min(*other.get(word)?)))
        .sum();
    2.0 * shared as f64 / all as f64
}

/// A paragraph's words before and after.
#[must_use]
pub fn words(before: &str, after: &str) -> Vec<Run> {
    let [old, new] = [before, after].map(|text| text.split_word_bounds().collect::<Vec<_>>());
    let [old_forms, new_forms] =
        [&old, &new].map(|words| words.iter().map(|word| composed(word)).collect::<Vec<_>>());
    let mut numbers = Numbers::default();
    let (from, to) = (numbers.of(&old_forms), numbers.of(&new_forms));
    let text = |words: &[&str], range| {
        words
            .get::<std::ops::Range<usize>>(range)
            .map(<[_]>::concat)
    };
    let mut runs = Vec::new();
    let mut there = 0;
    for edit in numbers.edits(&from, &to) {
        let same = text(&new, there..edit.after.start).unwrap_or_default();
        let removed = text(&old, edit.before).unwrap_or_default();
        let added = text(&new, edit.after.clone()).unwrap_or_default();
        there = edit.after.end;
        push(&mut runs, same, removed, added);
    }
    let rest = text(&new, there..new.len()).unwrap_or_default();
    if !rest.is_empty() {
        runs.push(Run::Same(rest));
    }
    runs
}

/// Two words that changed side by side read as one change, with the blank between them.
fn push(runs: &mut Vec<Run>, same: String, removed: String, added: String) {
    if let Some(Run::Change {
        removed: gone,
        added: came,
    }) = runs.last_mut()
        && same.trim().is_empty()
        && ![&*gone, &*came, &removed, &added]
            .iter()
            .any(|part| part.is_empty())
    {
        gone.extend([same.as_str(), removed.as_str()]);
        came.extend([same.as_str(), added.as_str()]);
        return;
    }
    if !same.is_empty() {
        runs.push(Run::Same(same));
    }
    runs.push(Run::Change { removed, added });
}

/// What went in one place and came in another has moved: first what is the same in both, then what
/// is nearly so.
fn find_moved(found: &mut [Paragraph]) {
    let long = |text: &str| text.unicode_words().nth(WORTH_MOVING - 1).is_some();
    let (mut gone, mut came) = (Vec::new(), Vec::new());
    for (at, paragraph) in found.iter().enumerate() {
        match &paragraph.fate {
            Fate::Removed(text) if long(text) => gone.push((at, text.clone())),
            Fate::Added(text) if long(text) => came.push((at, text.clone())),
            Fate::Same(_)
            | Fate::Changed(_)
            | Fate::Added(_)
            | Fate::Removed(_)
            | Fate::MovedHere(..)
            | Fate::MovedAway(..) => {}
        }
    }
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, (_, text)) in gone.iter().enumerate().rev() {
        places
            .entry(composed(text.trim()).into_owned())
            .or_default()
            .push(place);
    }
    let mut taken = vec![false; gone.len()];
    let mut rest = Vec::new();
    for (to, text) in came {
        let place = places
            .get_mut(composed(text.trim()).as_ref())
            .and_then(Vec::pop);
        match place.and_then(|place| Some((place, gone.get(place)?))) {
            Some((place, (from, before))) => {
                mark(&mut taken, place);
                moved(found, *from, to, before, &text);
            }
            None => rest.push((to, text)),
        }
    }
    if rest.len().saturating_mul(gone.len()) > PAIRS {
        return;
    }
    let words: Vec<_> = gone.iter().map(|(_, text)| words_of(text)).collect();
    for (to, text) in rest {
        let own = words_of(&text);
        let nearest = (0..gone.len())
            .filter(|place| taken.get(*place) == Some(&false))
            .filter_map(|place| Some((place, likeness(words.get(place)?, &own))))
            .filter(|(_, likeness)| *likeness >= STILL_ITSELF)
            .max_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((place, _)) = nearest
            && let Some((from, before)) = gone.get(place)
        {
            mark(&mut taken, place);
            moved(found, *from, to, before, &text);
        }
    }
}

fn mark(taken: &mut [bool], place: usize) {
    if let Some(taken) = taken.get_mut(place) {
        *taken = true;
    }
}

fn moved(found: &mut [Paragraph], from: usize, to: usize, before: &str, after: &str) {
    let number = found.get(from).and_then(|paragraph| paragraph.before);
    let later = found.get(to).and_then(|paragraph| paragraph.after);
    let (Some(number), Some(later)) = (number, later) else {
        return;
    };
    if let Some(paragraph) = found.get_mut(from) {
        paragraph.fate = Fate::MovedAway(before.to_owned(), later);
    }
    if let Some(paragraph) = found.get_mut(to) {
        paragraph.fate = Fate::MovedHere(words(before, after), number);
    }
}

#[cfg(test)]
mod tests;
