//! What a writer waits for when two desks changed one book: merging a text of 100,000 words.
//!
//! `cargo bench --bench document` prints medians, beside a plain copy of the same text.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark measures with the clock, prints, and may panic"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use oauthctl::document::merge::{Granularity, Merged, merge};
use oauthctl::document::text::Text;

const ROUNDS: usize = 51;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let base = novel();
    // One changes the first third and the other the last, and both one paragraph in the middle.
    let middle = "paragraph 600 ends here";
    let mine = base.replacen("paragraph 100 ends here", "paragraph 100 stops there", 1);
    let mine = mine.replacen(middle, "paragraph 600 ends there", 1);
    let theirs = base.replacen("paragraph 1100 ends here", "paragraph 1100 goes on", 1);
    let theirs = theirs.replacen("The 600th", "The six hundredth", 1);
    let texts = [&base, &mine, &theirs].map(|text| Text::read(text.as_bytes()).expect("a text"));
    let [from, here, there] = &texts;
    let merged = merge(from, here, there, Granularity::Word);
    assert!(matches!(merged, Merged::Clean { .. }), "a conflict");
    let merging = median(|| {
        black_box(merge(from, here, there, Granularity::Word));
    });
    let copying = median(|| {
        black_box(from.as_str().to_owned());
    });
    println!(
        "merge of {} words ({} KiB): median {merging:?}; a plain copy {copying:?}",
        base.split_whitespace().count(),
        base.len() / 1024,
    );
}

/// 1,200 paragraphs of some 84 words, each on one line.
fn novel() -> String {
    let paragraph = |number: usize| {
        let begin = format!("The {number}th paragraph begins with a caf\u{e9} by the sea. ");
        let sentences = (0..7).map(|sentence| {
            let boat = number * 7 + sentence;
            format!(
                "Nobody had counted boat {boat} before the {sentence} lights went out, she said. "
            )
        });
        let end = format!("And so paragraph {number} ends here.\n\n");
        begin + &sentences.collect::<String>() + &end
    };
    (0..1200).map(paragraph).collect()
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}
