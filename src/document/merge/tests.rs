//! Tests: what a reader of the result would say.

use std::collections::BTreeMap;

use super::*;

fn text(content: &str) -> Text {
    Text::read(content.as_bytes()).unwrap()
}

fn merged(base: &str, mine: &str, theirs: &str) -> Merged {
    merge(&text(base), &text(mine), &text(theirs), Granularity::Word)
}

#[track_caller]
fn clean(base: &str, mine: &str, theirs: &str) -> (String, Vec<String>) {
    match merged(base, mine, theirs) {
        Merged::Clean { text, please_read } => (text.as_str().to_owned(), please_read),
        Merged::Conflict(conflict) => panic!("a conflict: {conflict:#?}"),
    }
}

#[track_caller]
fn conflict(base: &str, mine: &str, theirs: &str) -> Conflict {
    match merged(base, mine, theirs) {
        Merged::Conflict(conflict) => conflict,
        Merged::Clean { text, .. } => panic!("no conflict: {text:?}"),
    }
}

const BASE: &str = "# Chapter 3\n\nThe harbour was silent. A dog barked twice. Nobody came.\n\n\
                    She counted the boats, and then the lights.\n";

#[test]
fn two_sentences_of_one_paragraph_are_put_together() {
    let mine = BASE.replace("silent", "hushed");
    let theirs = BASE.replace("Nobody", "No one");
    let (text, please_read) = clean(BASE, &mine, &theirs);
    assert_eq!(text, mine.replace("Nobody", "No one"));
    assert_eq!(please_read, [""; 0]);
}

#[test]
fn the_same_word_changed_in_two_ways_is_a_conflict() {
    let mine = BASE.replace("silent", "hushed");
    let theirs = BASE.replace("silent", "still");
    let conflict = conflict(BASE, &mine, &theirs);
    let disputes: Vec<_> = conflict.disputes().collect();
    assert_eq!(disputes.len(), 1);
    assert!(disputes[0].mine.contains("hushed") && disputes[0].theirs.contains("still"));
    // and nothing but that paragraph
    assert!(!disputes[0].base.contains("Chapter") && !disputes[0].base.contains("boats"));
}

#[test]
fn distant_words_of_one_sentence_are_put_together_and_named() {
    let mine = BASE.replace("counted", "tallied");
    let theirs = BASE.replace("lights", "lanterns");
    let (text, please_read) = clean(BASE, &mine, &theirs);
    assert_eq!(text, mine.replace("lights", "lanterns"));
    assert_eq!(
        please_read,
        ["She tallied the boats, and then the lanterns."]
    );
}

#[test]
fn neighbouring_words_make_a_sentence_that_is_named() {
    let mine = BASE.replace("counted", "tallied");
    let theirs = BASE.replace("the boats", "all boats");
    let (text, please_read) = clean(BASE, &mine, &theirs);
    assert!(text.contains("She tallied all boats, and"));
    assert_eq!(please_read.len(), 1);
}

#[test]
fn a_paragraph_that_is_split_takes_a_change_in_its_second_half() {
    let mine = BASE.replace("twice. Nobody", "twice.\n\nNobody");
    let theirs = BASE.replace("came", "answered");
    let (text, _) = clean(BASE, &mine, &theirs);
    assert_eq!(text, mine.replace("came", "answered"));
}

#[test]
fn a_paragraph_that_is_moved_by_one_and_changed_by_the_other_is_not_lost() {
    let paragraphs = "One stood here.\n\nTwo stood there.\n\nThree was last.\n";
    let mine = "Two stood there.\n\nThree was last.\n\nOne stood here.\n";
    let theirs = paragraphs.replace("One stood", "One, alone, stood");
    match merged(paragraphs, mine, &theirs) {
        Merged::Conflict(_) => {}
        Merged::Clean { text, .. } => assert!(text.as_str().contains("One, alone, stood")),
    }
}

#[test]
fn a_paragraph_that_one_deletes_and_the_other_changes_is_a_conflict() {
    let mine = BASE.replace("She counted the boats, and then the lights.\n", "");
    for theirs in [
        BASE.replace("lights", "lanterns"),
        BASE.replace("boats", "small boats"),
    ] {
        let conflict = conflict(BASE, &mine, &theirs);
        let dispute = conflict.disputes().next().unwrap();
        assert!(!dispute.mine.contains("She") && dispute.theirs.contains("She"));
    }
}

#[test]
fn another_kind_of_line_end_is_no_change() {
    let theirs = BASE.replace("Nobody", "No one").replace('\n', "\r\n");
    let mine = BASE.replace("silent", "hushed");
    let (text, _) = clean(BASE, &mine, &theirs);
    assert_eq!(text, mine.replace("Nobody", "No one"));
    // the shape is mine
    let Merged::Clean { text: shaped, .. } = merge(
        &text_of(BASE),
        &text_of(&theirs),
        &text_of(&mine),
        Granularity::Word,
    ) else {
        panic!("a conflict");
    };
    let bytes = String::from_utf8(shaped.to_bytes()).unwrap();
    assert_eq!(bytes, text.replace('\n', "\r\n"));
}

fn text_of(content: &str) -> Text {
    text(content)
}

#[test]
fn quotes_made_typographic_go_with_a_change_of_words() {
    let base = "\"Come,\" she said, \"and look at the sea tonight.\"\n";
    let mine = "\u{201c}Come,\u{201d} she said, \u{201c}and look at the sea tonight.\u{201d}\n";
    let theirs = base.replace("look at", "watch");
    let (text, _) = clean(base, mine, &theirs);
    assert_eq!(text, mine.replace("look at", "watch"));
}

#[test]
fn accents_written_down_otherwise_are_no_change() {
    let base = "The caf\u{e9} was shut.\n";
    let mine = "The cafe\u{301} was shut.\n";
    let theirs = "The caf\u{e9} was open.\n";
    let (result, _) = clean(base, mine, theirs);
    assert!(text(&result).reads_like(&text(theirs)), "{result}");
}

#[test]
fn contradictory_rewrites_are_a_conflict() {
    let mine = BASE.replace("A dog barked twice.", "Only a rider came, fast.");
    let theirs = BASE.replace("A dog barked twice.", "The dog lay dead.");
    conflict(BASE, &mine, &theirs);
}

#[test]
fn paragraphs_as_the_grain_put_nothing_together_within_one() {
    let mine = text(&BASE.replace("silent", "hushed"));
    let theirs = text(&BASE.replace("Nobody", "No one"));
    let how = Granularity::Paragraph;
    assert!(matches!(
        merge(&text(BASE), &mine, &theirs, how),
        Merged::Conflict(_)
    ));
    let theirs = text(&BASE.replace("lights", "lanterns"));
    assert!(matches!(
        merge(&text(BASE), &mine, &theirs, how),
        Merged::Clean { .. }
    ));
}

#[test]
fn what_a_person_chooses_stands_in_the_text() {
    let mine = BASE.replace("silent", "hushed").replace("lights", "stars");
    let theirs = BASE.replace("silent", "still").replace("lights", "moon");
    let conflict = conflict(BASE, &mine, &theirs);
    let all = |choice: Choice| {
        let choices = vec![choice; conflict.disputes().count()];
        conflict.resolve(&choices).unwrap().as_str().to_owned()
    };
    assert_eq!(conflict.disputes().count(), 2);
    assert_eq!(all(Choice::Mine), mine);
    assert_eq!(all(Choice::Theirs), theirs);
    let both = all(Choice::Both);
    for word in ["hushed", "still", "stars", "moon"] {
        assert!(both.contains(word), "{both}");
    }
    assert_eq!(
        all(Choice::Text("x\n".to_owned())),
        "# Chapter 3\n\nx\n\nx\n"
    );
    assert_eq!(conflict.resolve(&[Choice::Mine]), None);
    assert_eq!(conflict.resolve(&vec![Choice::Mine; 3]), None);
}

/// A sequence that looks like chance and is the same every time (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

const WORDS: [&str; 9] = [
    "sea",
    "the",
    "a",
    "dog",
    "was",
    "not",
    "and",
    "boat",
    "\u{e9}t\u{e9}",
];
const MARKS: [&str; 5] = [" ", " ", ", ", ". ", ".\n\n"];

fn random_text(dice: &mut Dice) -> Vec<String> {
    let length = 3 + dice.below(30);
    (0..length)
        .map(|_| format!("{}{}", WORDS[dice.below(9)], MARKS[dice.below(5)]))
        .collect()
}

/// One to three changes, each with a word of its own where it puts something in.
fn random_edit(dice: &mut Dice, base: &[String], mark: &str) -> (String, Vec<String>) {
    let mut pieces = base.to_vec();
    let mut inserted = Vec::new();
    for number in 0..=dice.below(3) {
        let at = dice.below(pieces.len().max(1));
        let own = format!("{mark}{number}x{}", dice.below(1000));
        match dice.below(4) {
            0 if pieces.len() > 1 => {
                pieces.remove(at);
            }
            1 if at < pieces.len() => {
                pieces[at] = format!("{own} ");
                inserted.push(own);
            }
            _ => {
                pieces.insert(at, format!("{own} "));
                inserted.push(own);
            }
        }
    }
    let text = pieces.concat();
    inserted.retain(|own| text.contains(own.as_str()));
    (text, inserted)
}

fn counts(text: &str) -> BTreeMap<&str, i64> {
    let mut counts = BTreeMap::new();
    for word in text.unicode_words() {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// What has to hold of a clean result. Words are counted: none that a side put in is lost, none
/// that a side took out comes back, and none is there that nobody wrote.
fn check(base: &str, mine: &str, theirs: &str, result: &str) -> Result<(), String> {
    let [base, mine, theirs, result] = [base, mine, theirs, result].map(counts);
    let of = |counts: &BTreeMap<&str, i64>, word: &str| counts.get(word).copied().unwrap_or(0);
    let all = base
        .keys()
        .chain(mine.keys())
        .chain(theirs.keys())
        .chain(result.keys());
    for word in all {
        let (had, here, there) = (of(&base, word), of(&mine, word), of(&theirs, word));
        // Equal changes of both count once or twice, as they were made together or apart.
        let (a, b) = (here - had, there - had);
        let (least, most) = if (a > 0) == (b > 0) && a != 0 && b != 0 {
            let (small, large) = (a.abs().max(b.abs()), (a + b).abs());
            let sign = a.signum();
            (
                (sign * small).min(sign * large),
                (sign * small).max(sign * large),
            )
        } else {
            (a + b, a + b)
        };
        let now = of(&result, word) - had;
        if now < least || now > most {
            return Err(format!(
                "`{word}`: {had}, {here} here, {there} there, {now:+} in the result"
            ));
        }
    }
    Ok(())
}

/// `MERGE_TRIALS` says how many pairs are tried.
fn trials() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a test's own count")]
    let wanted = std::env::var("MERGE_TRIALS");
    wanted
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(3_000)
}

#[test]
fn a_word_that_one_side_took_out_beside_its_like_is_for_a_person_to_decide() {
    let base = "and a and.\n\na.\n\nwas dog\n";
    let mine = "and a and.\n\nwas dog\n";
    let theirs = "and a or a.\n\nwas a dog\n";
    assert!(matches!(merged(base, mine, theirs), Merged::Conflict(_)));
    assert!(matches!(merged(base, theirs, mine), Merged::Conflict(_)));
    // control: where the other side left that word alone it is plain what is meant
    let theirs = "and a or.\n\na.\n\nwas a dog\n";
    let Merged::Clean { text, .. } = merged(base, mine, theirs) else {
        panic!("a conflict")
    };
    assert_eq!(text.as_str(), "and a or.\n\nwas a dog\n");
}

#[test]
fn random_pairs_keep_the_identities_and_lose_nothing() {
    let (mut conflicts, mut both_changed) = (0, 0);
    for seed in 0..trials() {
        let mut dice = Dice(seed);
        let pieces = random_text(&mut dice);
        let base = pieces.concat();
        let (mine, my_words) = random_edit(&mut dice, &pieces, "M");
        let (theirs, their_words) = random_edit(&mut dice, &pieces, "T");
        let whole = |a: &str, b: &str, c: &str| match merged(a, b, c) {
            Merged::Clean { text, .. } => Some(text.as_str().to_owned()),
            Merged::Conflict(_) => None,
        };
        for (a, b, c, wanted) in [
            (&base, &mine, &base, &mine),
            (&base, &base, &theirs, &theirs),
            (&base, &mine, &mine, &mine),
        ] {
            assert_eq!(whole(a, b, c).as_ref(), Some(wanted), "seed {seed}");
        }
        let there = whole(&base, &theirs, &mine);
        let Some(result) = whole(&base, &mine, &theirs) else {
            assert_eq!(there, None, "seed {seed}: a conflict has two sides");
            conflicts += 1;
            resolves(&base, &mine, &theirs, seed);
            continue;
        };
        assert_eq!(
            there.as_ref(),
            Some(&result),
            "seed {seed}: the sides are alike"
        );
        both_changed += u64::from(mine != base && theirs != base);
        for own in my_words.iter().chain(&their_words) {
            assert!(
                result.contains(own.as_str()),
                "seed {seed}: `{own}` is lost\n{result}"
            );
        }
        if let Err(why) = check(&base, &mine, &theirs, &result) {
            panic!("seed {seed}: {why}\n{base}\n---\n{mine}\n---\n{theirs}\n---\n{result}");
        }
    }
    assert!(
        conflicts > 0 && both_changed > trials() / 4,
        "{conflicts} {both_changed}"
    );
}

fn resolves(base: &str, mine: &str, theirs: &str, seed: u64) {
    let conflict = conflict(base, mine, theirs);
    let count = conflict.disputes().count();
    // What is disputed has all of each side; what is not has both.
    for (choice, side) in [(Choice::Mine, mine), (Choice::Theirs, theirs)] {
        let text = conflict.resolve(&vec![choice; count]).unwrap();
        let (had, now) = (counts(base), counts(text.as_str()));
        for (word, number) in counts(side) {
            if number > had.get(word).copied().unwrap_or(0) {
                assert!(now.contains_key(word), "seed {seed}: `{word}` is lost");
            }
        }
    }
}

/// The control: what others do with two versions does not pass.
#[test]
fn the_checks_find_a_union_and_a_side_that_wins() {
    let (mut union, mut wins) = (0, 0);
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let pieces = random_text(&mut dice);
        let base = pieces.concat();
        let (mine, _) = random_edit(&mut dice, &pieces, "M");
        let (theirs, _) = random_edit(&mut dice, &pieces, "T");
        let both = format!("{mine}{theirs}");
        union += u32::from(check(&base, &mine, &theirs, &both).is_err());
        wins += u32::from(check(&base, &mine, &theirs, &theirs).is_err());
    }
    assert!(union > 290, "{union}");
    assert!(wins > 200, "{wins}");
}

#[test]
fn hostile_texts_end_and_are_whole() {
    let same = "a ".repeat(200_000);
    let lines = "x\n".repeat(100_000);
    for (base, mine, theirs) in [
        (same.clone(), same.replacen('a', "b", 1), format!("{same}c")),
        (lines.clone(), format!("y\n{lines}"), format!("{lines}z\n")),
        (String::new(), lines.clone(), String::new()),
        (lines.clone(), String::new(), lines.clone()),
    ] {
        if let Merged::Clean { text, .. } = merged(&base, &mine, &theirs) {
            check(&base, &mine, &theirs, text.as_str()).unwrap();
        }
    }
}
