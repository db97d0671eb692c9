//! Two versions of a text and the one that both came from, as one text.
//!
//! The hard idea: a novelist's paragraph is one long line, so that comparing lines makes a conflict
//! of two commas. Lines are compared first, which is quick; where both sides changed the same ones,
//! their words are. What overlaps or touches even there is a conflict: a person decides, and nothing
//! is guessed. Both sides' changes to one sentence are put together and named, since words that fit
//! beside each other may make a sentence that nobody wrote.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;

use super::edits::{By, Edit, Numbers, Stretch, stretches};
use super::path::composed;
use super::text::Text;

/// How closely changes may lie to each other and still be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// Words.
    Word,
    /// Whole paragraphs: what both changed in one is a conflict.
    Paragraph,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// One text with both sides' changes, in the shape of mine.
    Clean {
        /// It.
        text: Text,
        /// The sentences in which both changed something, as they read now.
        please_read: Vec<String>,
    },
    /// A person has to decide.
    Conflict(Conflict),
}

/// A text with places that a person has to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    parts: Vec<Part>,
    shape: Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Agreed(String),
    Disputed(Dispute),
}

/// One place, in whole paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// What both came from.
    pub base: String,
    /// What it is here.
    pub mine: String,
    /// What it is there.
    pub theirs: String,
}

/// What a person says about one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// As it is here.
    Mine,
    /// As it is there.
    Theirs,
    /// Mine, and theirs below it.
    Both,
    /// Like this.
    Text(String),
}

/// Puts `mine` and `theirs`, which both came from `base`, together.
#[must_use]
pub fn merge(base: &Text, mine: &Text, theirs: &Text, how: Granularity) -> Merged {
    let lines = Three {
        base: lines(base.as_str()),
        mine: lines(mine.as_str()),
        theirs: lines(theirs.as_str()),
    };
    let mut whole = put_together(&lines, lines.stretches(), how);
    if !whole.changes.add_up() {
        whole = put_together(&lines, lines.joined(), how);
    }
    let Whole {
        parts, please_read, ..
    } = whole;
    match parts.as_slice() {
        [] => Merged::Clean {
            text: mine.with(String::new()),
            please_read,
        },
        [Part::Agreed(text)] => Merged::Clean {
            text: mine.with(text.clone()),
            please_read,
        },
        _ => Merged::Conflict(Conflict {
            parts,
            shape: mine.clone(),
        }),
    }
}

/// A merge before somebody looked whether it adds up.
struct Whole {
    parts: Vec<Part>,
    please_read: Vec<String>,
    changes: Changes,
}

fn put_together(lines: &Three<'_>, stretches: Vec<Stretch>, how: Granularity) -> Whole {
    let mut whole = Whole {
        parts: Vec::new(),
        please_read: Vec::new(),
        changes: Changes::default(),
    };
    for stretch in stretches {
        let (base, ours) = (lines.base_of(&stretch), lines.mine_of(&stretch));
        let other = lines.theirs_of(&stretch);
        let text = match stretch.by {
            By::Nobody => {
                agree(&mut whole.parts, &ours);
                continue;
            }
            By::Mine => ours.clone(),
            By::Theirs => other.clone(),
            By::Both if composed(&ours) == composed(&other) => ours.clone(),
            By::Both => {
                let Some((text, sentences)) = by_words(&base, &ours, &other, how) else {
                    whole.parts.push(Part::Disputed(Dispute {
                        base,
                        mine: ours,
                        theirs: other,
                    }));
                    continue;
                };
                whole.please_read.extend(sentences);
                text
            }
        };
        agree(&mut whole.parts, &text);
        whole.changes.0.push([base, ours, other, text]);
    }
    whole
}

impl Conflict {
    /// The places to decide, in order.
    pub fn disputes(&self) -> impl Iterator<Item = &Dispute> {
        self.parts.iter().filter_map(|part| match part {
            Part::Agreed(_) => None,
            Part::Disputed(dispute) => Some(dispute),
        })
    }

    /// The text with a choice for each place, in their order; `None` when there are fewer or more
    /// choices than places.
    #[must_use]
    pub fn resolve(&self, choices: &[Choice]) -> Option<Text> {
        let mut content = String::new();
        let mut choices = choices.iter();
        for part in &self.parts {
            match part {
                Part::Agreed(text) => content.push_str(text),
                Part::Disputed(dispute) => match choices.next()? {
                    Choice::Mine => content.push_str(&dispute.mine),
                    Choice::Theirs => content.push_str(&dispute.theirs),
                    Choice::Text(text) => content.push_str(text),
                    Choice::Both => {
                        content.push_str(&dispute.mine);
                        if !dispute.mine.is_empty() && !dispute.mine.ends_with('\n') {
                            content.push('\n');
                        }
                        content.push_str(&dispute.theirs);
                    }
                },
            }
        }
        choices.next().is_none().then(|| self.shape.with(content))
    }
}

fn agree(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Agreed(before)) => before.push_str(text),
        Some(Part::Disputed(_)) | None => parts.push(Part::Agreed(text.to_owned())),
    }
}

/// A line with its line feed; the last one may have none.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// Three sequences of pieces of text.
struct Three<'a> {
    base: Vec<&'a str>,
    mine: Vec<&'a str>,
    theirs: Vec<&'a str>,
}

impl Three<'_> {
    /// What each side changed. Pieces are compared in one form, and kept in their own.
    fn edits(&self) -> (Vec<Edit>, Vec<Edit>) {
        let forms = [&self.base, &self.mine, &self.theirs]
            .map(|pieces| pieces.iter().map(|one| composed(one)).collect::<Vec<_>>());
        let mut numbers = Numbers::default();
        let [base, mine, theirs] = forms.each_ref().map(|pieces| numbers.of(pieces));
        (numbers.edits(&base, &mine), numbers.edits(&base, &theirs))
    }

    fn stretches(&self) -> Vec<Stretch> {
        let (mine, theirs) = self.edits();
        stretches(self.base.len(), &mine, &theirs)
    }

    /// The stretches, where changes that only blank lines part are one: seen from their words, a
    /// change of one may be a change of the other.
    fn joined(&self) -> Vec<Stretch> {
        let mut joined: Vec<Stretch> = Vec::new();
        for next in self.stretches() {
            let before = match joined.as_slice() {
                [.., change, between] if self.is_blank(between) => Some((change, 2)),
                [.., change] => Some((change, 1)),
                [] => None,
            };
            let start = before
                .filter(|(change, _)| change.by != By::Nobody && next.by != By::Nobody)
                .map(|(change, count)| (change.clone(), joined.len() - count));
            match start {
                Some((change, kept)) => {
                    joined.truncate(kept);
                    joined.push(Stretch {
                        base: change.base.start..next.base.end,
                        mine: change.mine.start..next.mine.end,
                        theirs: change.theirs.start..next.theirs.end,
                        by: By::Both,
                    });
                }
                None => joined.push(next),
            }
        }
        joined
    }

    fn is_blank(&self, stretch: &Stretch) -> bool {
        stretch.by == By::Nobody && self.base_of(stretch).trim().is_empty()
    }

    fn base_of(&self, stretch: &Stretch) -> String {
        self.base
            .get(stretch.base.clone())
            .unwrap_or_default()
            .concat()
    }

    fn mine_of(&self, stretch: &Stretch) -> String {
        self.mine
            .get(stretch.mine.clone())
            .unwrap_or_default()
            .concat()
    }

    fn theirs_of(&self, stretch: &Stretch) -> String {
        self.theirs
            .get(stretch.theirs.clone())
            .unwrap_or_default()
            .concat()
    }
}

/// One stretch of lines by its words; `None` where the changes overlap or touch.
fn by_words(
    base: &str,
    mine: &str,
    theirs: &str,
    how: Granularity,
) -> Option<(String, Vec<String>)> {
    if how == Granularity::Paragraph {
        return None;
    }
    let words = Three {
        base: base.split_word_bounds().collect(),
        mine: mine.split_word_bounds().collect(),
        theirs: theirs.split_word_bounds().collect(),
    };
    let mut text = String::new();
    // Where in the text each side's changes are; one that only took away is a place as well.
    let (mut by_mine, mut by_theirs) = (Vec::new(), Vec::new());
    for stretch in words.stretches() {
        let start = text.len();
        match stretch.by {
            By::Nobody => text.push_str(&words.mine_of(&stretch)),
            By::Mine => {
                text.push_str(&words.mine_of(&stretch));
                by_mine.push(start..text.len());
            }
            By::Theirs => {
                text.push_str(&words.theirs_of(&stretch));
                by_theirs.push(start..text.len());
            }
            By::Both => {
                let (ours, other) = (words.mine_of(&stretch), words.theirs_of(&stretch));
                if composed(&ours) != composed(&other) {
                    return None;
                }
                text.push_str(&ours);
            }
        }
    }
    let change = [base, mine, theirs, &text].map(str::to_owned);
    if !Changes(vec![change]).add_up() {
        return None;
    }
    let sentences = text
        .split_sentence_bound_indices()
        .filter(|(start, sentence)| {
            let end = start + sentence.len();
            let within = |place: &std::ops::Range<usize>| place.start < end && place.end >= *start;
            by_mine.iter().any(within) && by_theirs.iter().any(within)
        })
        .map(|(_, sentence)| sentence.trim().to_owned())
        .filter(|sentence| !sentence.is_empty())
        .collect();
    Some((text, sentences))
}

/// What was changed: what it was, what each side made of it, and what came of both.
#[derive(Default)]
struct Changes(Vec<[String; 4]>);

impl Changes {
    /// Whether the words that both put in and took out add up in the result. Where the same words
    /// stand close to each other it can be seen in two ways which of them was taken out, and each
    /// side may have been seen in another way: then a person decides.
    fn add_up(&self) -> bool {
        let mut counts: BTreeMap<&str, [i64; 4]> = BTreeMap::new();
        for (side, text) in self.0.iter().flat_map(|change| change.iter().enumerate()) {
            for word in text.unicode_words() {
                if let Some(count) = counts.entry(word).or_default().get_mut(side) {
                    *count += 1;
                }
            }
        }
        counts.values().all(|[base, mine, theirs, result]| {
            let (mine, theirs, result) = (mine - base, theirs - base, result - base);
            let sum = mine + theirs;
            // Equal changes of both count once or twice, as they were made together or apart.
            let once = if mine.signum() * theirs.signum() == 1 {
                mine.signum() * mine.abs().max(theirs.abs())
            } else {
                sum
            };
            (once.min(sum)..=once.max(sum)).contains(&result)
        })
    }
}

#[cfg(test)]
mod tests;
