//! Looking for words in every version: for the sentence that was there once.
//!
//! Each text is looked at once, however many versions have it, and kept here afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::error::DocumentError;
use super::github::{GitHub, Version};
use super::manuscript::{Manuscript, Selection};
use super::oid::Oid;
use super::path::composed;
use super::reading;
use super::state::known;
use crate::ordered;

/// So many texts are asked for at once.
const BATCH: usize = 100;
/// So many characters are shown around what was found.
const AROUND: usize = 60;

/// What is looked for: words that stand beside each other, whatever is between them and in whatever
/// case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(Vec<String>);

impl Phrase {
    /// The words of a text; nothing where it has none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<_> = text.unicode_words().map(plain).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// Where it is in a text, first of all.
    fn first_in(&self, text: &str) -> Option<Range<usize>> {
        let mut window: Vec<(usize, String)> = Vec::new();
        for (start, word) in text.unicode_word_indices() {
            if window.len() == self.0.len() {
                window.remove(0);
            }
            window.push((start, plain(word)));
            let same = window.len() == self.0.len()
                && window
                    .iter()
                    .zip(&self.0)
                    .all(|((_, word), wanted)| word == wanted);
            if same {
                let begin = window.first().map_or(start, |(begin, _)| *begin);
                return Some(begin..start + word.len());
            }
        }
        None
    }
}

/// A word without what a reader doesn't look for: its case, the form of its accents and of its
/// apostrophe.
fn plain(word: &str) -> String {
    composed(word).replace('\u{2019}', "'").to_lowercase()
}

/// Where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub path: String,
    /// The newest version that has it.
    pub version: Version,
    /// It, with what stands around it.
    pub around: String,
    /// Whether the file has it now.
    pub is_there: bool,
}

impl Manuscript {
    /// Looks through the newest `most` versions; for each file the newest version that has it.
    ///
    /// # Errors
    /// When versions can't be had.
    pub fn find(
        &self,
        store: &GitHub<'_>,
        phrase: &Phrase,
        selection: &Selection,
        most: usize,
        looked_at: &dyn Fn(usize, usize),
    ) -> Result<Vec<Hit>, DocumentError> {
        let Some(commit) = self.state.commit else {
            return Ok(Vec::new());
        };
        let versions = store.versions(commit, None, None, most)?;
        // Each file's texts, with the newest version that has them.
        let mut texts: BTreeMap<Oid, Vec<(String, usize)>> = BTreeMap::new();
        for (at, version) in versions.iter().enumerate() {
            looked_at(at, versions.len());
            for (path, (_, entry)) in known(&self.listing(store, version.oid)?) {
                if selection.has(path.as_str()) {
                    let places = texts.entry(entry.oid).or_default();
                    if !places.iter().any(|(other, _)| other == path.as_str()) {
                        places.push((path.to_string(), at));
                    }
                }
            }
        }
        let found = self.look_through(store, phrase, &texts)?;
        let mut newest: BTreeMap<&str, (usize, Oid)> = BTreeMap::new();
        for (oid, places) in texts.iter().filter(|(oid, _)| found.contains_key(oid)) {
            for (path, at) in places {
                let best = newest.entry(path).or_insert((*at, *oid));
                if *at < best.0 {
                    *best = (*at, *oid);
                }
            }
        }
        let now = self.scan()?;
        let now = ordered::map(
            now.files
                .iter()
                .map(|(path, found)| (path.as_str(), found.disk.as_str())),
        );
        let mut hits: Vec<(usize, Hit)> = Vec::new();
        for (path, (at, oid)) in newest {
            if let (Some(version), Some(around)) = (versions.get(at), found.get(&oid)) {
                let hit = Hit {
                    path: path.to_owned(),
                    version: version.clone(),
                    around: around.clone(),
                    is_there: self.is_there(phrase, path, now.get(path).copied())?,
                };
                hits.push((at, hit));
            }
        }
        hits.sort_unstable_by(|one, other| (one.0, &one.1.path).cmp(&(other.0, &other.1.path)));
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    fn is_there(
        &self,
        phrase: &Phrase,
        path: &str,
        disk: Option<&str>,
    ) -> Result<bool, DocumentError> {
        let Some(disk) = disk else { return Ok(false) };
        let bytes = self.folder.read(disk)?.map(|(bytes, _)| bytes);
        Ok(bytes.is_some_and(|bytes| around(phrase, path, &bytes).is_some()))
    }

    /// A version's files: asked for once.
    fn listing(
        &self,
        store: &GitHub<'_>,
        version: Oid,
    ) -> Result<super::tree::Files, DocumentError> {
        if let Some(files) = self.home.listing(version) {
            return Ok(files);
        }
        let listing = store.files(version)?;
        self.home.keep_listing(version, &listing.files)?;
        Ok(listing.files)
    }

    /// Which of these texts have it, and what stands around it there.
    fn look_through(
        &self,
        store: &GitHub<'_>,
        phrase: &Phrase,
        texts: &BTreeMap<Oid, Vec<(String, usize)>>,
    ) -> Result<BTreeMap<Oid, String>, DocumentError> {
        let mut found = BTreeMap::new();
        let mut missing = BTreeSet::new();
        let mut look = |oid: Oid, bytes: &[u8]| {
            let path = texts.get(&oid).and_then(|places| places.first());
            let path = path.map_or("", |(path, _)| path.as_str());
            if let Some(around) = around(phrase, path, bytes) {
                found.insert(oid, around);
            }
        };
        for oid in texts.keys().copied() {
            match self.home.text(oid)? {
                Some(bytes) => look(oid, &bytes),
                None => {
                    missing.insert(oid);
                }
            }
        }
        let missing: Vec<Oid> = missing.into_iter().collect();
        for batch in missing.chunks(BATCH) {
            let batch = ordered::set(batch.iter().copied());
            for (oid, bytes) in store.texts(&batch, &BTreeMap::new())? {
                self.home.jot(&bytes)?;
                look(oid, &bytes);
            }
        }
        Ok(found)
    }
}

/// What stands around a phrase in a text, on one line.
fn around(phrase: &Phrase, path: &str, bytes: &[u8]) -> Option<String> {
    let text = reading::text(path, bytes)?;
    let text = text.as_str();
    let place = phrase.first_in(text)?;
    let before = text.get(..place.start).unwrap_or_default();
    let skipped = before.chars().count().saturating_sub(AROUND);
    let before: String = before.chars().skip(skipped).collect();
    let behind = text.get(place.end..).unwrap_or_default();
    let is_cut = behind.chars().nth(AROUND).is_some();
    let behind: String = behind.chars().take(AROUND).collect();
    let inside = text.get(place).unwrap_or_default();
    let start = if skipped > 0 { "…" } else { "" };
    let end = if is_cut { "…" } else { "" };
    let whole = format!("{start}{before}{inside}{behind}{end}");
    Some(whole.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, wanted: &str) -> Option<String> {
        around(&Phrase::of(wanted).unwrap(), "a.md", text.as_bytes())
    }

    #[test]
    fn words_are_found_in_whatever_case_and_across_lines() {
        let text = "The sea was calm.\r\nNobody\nspoke of the STORM, don\u{2019}t\u{e9} they?\n";
        for wanted in [
            "nobody spoke of the storm",
            "Calm — nobody",
            "storm",
            "don't\u{65}\u{301} they",
            "the sea was calm nobody spoke of the storm",
        ] {
            assert!(found(text, wanted).is_some(), "{wanted}");
        }
        for wanted in ["storms", "nobody of the", "calm sea", "stor"] {
            assert_eq!(found(text, wanted), None, "{wanted}");
        }
        assert_eq!(Phrase::of(" — !"), None);
    }

    #[test]
    fn what_stands_around_is_cut_and_on_one_line() {
        let text = format!(
            "{} needle\n\nthread {}",
            "word ".repeat(50),
            "word ".repeat(50)
        );
        let around = found(&text, "needle thread").unwrap();
        assert!(around.contains("word needle thread word"), "{around}");
        assert!(around.starts_with('…') && around.ends_with('…'), "{around}");
        assert!(around.chars().count() < 160, "{around}");
    }
}
