//! Two versions of a text and the one that both came from, as one text.
//!
//! The hard idea: a novelist's paragraph is one long line, so that comparing lines makes a conflict
//! of two commas. Lines are compared first, which is quick; where both sides changed the same ones,
//! their words are. What overlaps or touches even there is a conflict: a person decides, and nothing
//! is guessed. Both sides' changes to one sentence are put together and named, since words that fit
//! beside each other may make a sentence that nobody wrote.

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
    let mut parts = Vec::new();
    let mut please_read = Vec::new();
    for stretch in lines.stretches() {
        let (base, ours) = (lines.base_of(&stretch), lines.mine_of(&stretch));
        let other = lines.theirs_of(&stretch);
        match stretch.by {
            By::Nobody | By::Mine => agree(&mut parts, &ours),
            By::Theirs => agree(&mut parts, &other),
            By::Both if composed(&ours) == composed(&other) => agree(&mut parts, &ours),
            By::Both => match by_words(&base, &ours, &other, how) {
                Some((text, sentences)) => {
                    agree(&mut parts, &text);
                    please_read.extend(sentences);
                }
                None => parts.push(Part::Disputed(Dispute {
                    base,
                    mine: ours,
                    theirs: other,
                })),
            },
        }
    }
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

#[cfg(test)]
mod tests;
