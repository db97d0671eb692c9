use proptest::prelude::*;

use super::*;

fn text(content: &str) -> Text {
    Text::read(content.as_bytes()).unwrap()
}

fn diff(before: &str, after: &str) -> Vec<Paragraph> {
    difference(&text(before), &text(after))
}

/// What differs, as one would write it down.
fn marks(before: &str, after: &str) -> Vec<String> {
    let mark = |run: &Run| match run {
        Run::Same(text) => text.trim_end_matches('\n').to_owned(),
        Run::Change { removed, added } => format!("[{removed}>{added}]"),
    };
    let told = |paragraph: &Paragraph| {
        Some(match &paragraph.fate {
            Fate::Same(_) => return None,
            Fate::Changed(runs) => runs.iter().map(mark).collect::<String>(),
            Fate::Added(text) => format!("+{}", text.trim_end()),
            Fate::Removed(text) => format!("-{}", text.trim_end()),
            Fate::MovedHere(runs, from) => {
                format!("{from}> {}", runs.iter().map(mark).collect::<String>())
            }
            Fate::MovedAway(text, to) => format!(">{to} {}", text.trim_end()),
        })
    };
    diff(before, after).iter().filter_map(told).collect()
}

const BASE: &str =
    "# One\n\nThe sea was calm and the boats lay still.\n\nNobody spoke of the storm.\n";

#[test]
fn what_is_the_same_differs_in_nothing() {
    assert!(marks(BASE, BASE).is_empty());
    assert!(marks("", "").is_empty());
    // neither line ends nor a mark nor the form of accents are a difference
    assert!(marks("caf\u{e9}\n", "\u{feff}cafe\u{301}\r\n").is_empty());
}

#[test]
fn words_of_a_paragraph_differ_in_their_place() {
    let after = BASE.replace("calm", "not calm").replace("still", "quiet");
    assert_eq!(
        marks(BASE, &after),
        ["The sea was [>not ]calm and the boats lay [still>quiet]."]
    );
    assert_eq!(
        marks("the quick brown fox ran\n", "the slow red fox ran\n"),
        ["the [quick brown>slow red] fox ran"],
        "words side by side are one change"
    );
}

#[test]
fn a_paragraph_that_was_rewritten_came_and_went() {
    assert_eq!(
        marks(
            "The sea was calm.\n",
            "A rider came from the hills at dawn.\n"
        ),
        [
            "-The sea was calm.",
            "+A rider came from the hills at dawn."
        ]
    );
}

#[test]
fn a_changed_paragraph_is_found_among_new_ones() {
    let before = "One two three four five.\n";
    let after = "Something else entirely here.\nOne two three four six.\nAnd more of that kind.\n";
    assert_eq!(
        marks(before, after),
        [
            "+Something else entirely here.",
            "One two three four [five>six].",
            "+And more of that kind."
        ]
    );
}

#[test]
fn a_moved_paragraph_is_told_from_where_it_was() {
    let before = "alpha beta gamma\n\ndelta epsilon zeta\n\neta theta iota\n";
    let after = "delta epsilon zeta\n\neta theta iota\n\nalpha beta gamma\n";
    let told = marks(before, after);
    assert!(told.contains(&"1> alpha beta gamma".to_owned()), "{told:?}");
    assert!(told.contains(&">3 alpha beta gamma".to_owned()), "{told:?}");
    let edited = after
        .replace("alpha beta", "alpha and beta")
        .replace("gamma", "gamma delta");
    let told = marks(before, &edited);
    assert!(
        told.contains(&"1> alpha [>and ]beta gamma[> delta]".to_owned()),
        "{told:?}"
    );
    // control: another text has not moved
    let other = after.replace("alpha beta", "omega psi");
    let unmoved = diff(before, &other);
    assert!(
        !unmoved
            .iter()
            .any(|one| matches!(one.fate, Fate::MovedHere(..)))
    );
}

#[test]
fn numbers_count_paragraphs_and_no_blank_lines() {
    let found = diff("one\n\ntwo\n", "one\n\ntwo three four\n\nfive\n");
    let last = found.last().unwrap();
    assert_eq!((last.before, last.after), (None, Some(3)));
}

#[test]
fn a_whole_book_at_once_is_compared_all_the_same() {
    let book = |word: &str| {
        let lines = (0..2000).map(|n| format!("paragraph {n} says {word} to chapter {n}\n"));
        lines.collect::<Vec<_>>().concat()
    };
    let found = diff(&book("this"), &book("that"));
    assert_eq!(found.len(), 2000);
    assert!(found.iter().all(|one| matches!(one.fate, Fate::Changed(_))));
}

/// Both texts, read off what is said about them.
fn sides(found: &[Paragraph]) -> (String, String) {
    let (mut before, mut after) = (String::new(), String::new());
    for paragraph in found {
        match &paragraph.fate {
            Fate::Same(text) => {
                before.push_str(text);
                after.push_str(text);
            }
            Fate::Changed(runs) => {
                for run in runs {
                    match run {
                        Run::Same(text) => {
                            before.push_str(text);
                            after.push_str(text);
                        }
                        Run::Change { removed, added } => {
                            before.push_str(removed);
                            after.push_str(added);
                        }
                    }
                }
            }
            Fate::MovedHere(runs, _) => {
                for run in runs {
                    let (Run::Same(text) | Run::Change { added: text, .. }) = run;
                    after.push_str(text);
                }
            }
            Fate::Added(text) => after.push_str(text),
            Fate::Removed(text) | Fate::MovedAway(text, _) => before.push_str(text),
        }
    }
    (before, after)
}

fn prose() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "sea",
        "boat",
        "calm",
        "storm",
        "ran",
        "e\u{301}t\u{e9}",
        "-",
    ]);
    let line = prop::collection::vec(word, 0..7).prop_map(|words| words.join(" "));
    prop::collection::vec(line, 0..9).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn both_texts_can_be_read_off_their_difference(before in prose(), after in prose()) {
        let (old, new) = sides(&diff(&before, &after));
        prop_assert_eq!(composed(&old), composed(&before));
        prop_assert_eq!(new, after);
    }

    #[test]
    fn what_moved_went_once_and_came_once(before in prose(), after in prose()) {
        let found = diff(&before, &after);
        let count = |away: bool| found.iter().filter(|one| match one.fate {
            Fate::MovedAway(..) => away,
            Fate::MovedHere(..) => !away,
            Fate::Same(_) | Fate::Changed(_) | Fate::Added(_) | Fate::Removed(_) => false,
        }).count();
        prop_assert_eq!(count(true), count(false));
    }
}
