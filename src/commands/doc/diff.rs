use std::path::PathBuf;

use serde_json::Value;

use super::{desk, diff_page, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::compare::FileDifference;
use crate::document::diff::{Fate, Paragraph, Run};
use crate::document::status::News;
use crate::error::Result;
use crate::escape;
use crate::json::json;
use crate::ui::{Paint, Span};

/// So many characters of what did not change are shown around what did.
const AROUND: usize = 80;
/// So much of a paragraph that moved.
const START: usize = 60;

/// Show what you changed, word by word
///
/// The files here are compared with the last version, and nobody is asked; with `--since` they are
/// compared with an earlier one. Paragraphs are counted without blank lines.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doc diff\n  \
    oauthctl doc diff chapter3.md --since 1a2b3c4\n  \
    oauthctl doc diff --html")]
pub(super) struct Args {
    /// Only these files or folders
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Compare with this version, as `oauthctl doc log` tells it
    #[arg(long, value_name = "VERSION")]
    since: Option<String>,
    /// Show it as a page in the browser; with a path, write the page there
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true)]
    #[expect(
        clippy::option_option,
        reason = "how clap tells a flag with an optional value"
    )]
    html: Option<Option<PathBuf>>,
    /// Replace a file that is there
    #[arg(long, requires = "html")]
    force: bool,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let manuscript = desk::manuscript(app)?;
    let selection = desk::selection(app, manuscript.path(), &args.files)?;
    desk::check_named(&manuscript, &selection, &args.files)?;
    let link = &manuscript.state.link;
    let differences = match &args.since {
        None => manuscript.compare(&selection)?,
        Some(version) => desk::with_store(app, link, |store| {
            manuscript.compare_with(store, version, &selection)
        })?,
    };
    if let Some(path) = &args.html {
        let since = args.since.as_deref();
        let to = path.as_deref().map(|path| (path, args.force));
        return diff_page::show(app, &manuscript, &differences, since, to);
    }
    if app.ui.json() {
        let files = differences.iter().map(|(path, file)| document(path, file));
        let document = json!({
            "schema": 1,
            "repository": link.name,
            "since": args.since,
            "files": files.collect::<Vec<_>>(),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    for (path, file) in &differences {
        show(app, path, file)?;
    }
    if differences.is_empty() {
        app.ui.note("nothing is different");
    }
    Ok(())
}

/// What is new about a file, in a word.
pub(super) fn word(file: &FileDifference) -> &'static str {
    match file.what {
        _ if file.renamed_from.is_some() => "renamed",
        News::New => "new",
        News::Changed => "changed",
        News::Deleted => "deleted",
    }
}

fn show(app: &App, path: &str, file: &FileDifference) -> Result<()> {
    let (path, words) = (escape::line(path), shown::words(file.words));
    let was = file.renamed_from.as_ref();
    let was = was.map_or_else(String::new, |from| {
        format!(", was `{}`", escape::line(from))
    });
    printed(app.ui.spans(&[
        Span(Paint::Bold, &path),
        Span(Paint::Plain, &format!("  ({}{was}){words}", word(file))),
    ]))?;
    let Some(paragraphs) = &file.paragraphs else {
        return printed(app.ui.data("  no text that can be compared"));
    };
    for paragraph in paragraphs {
        if let Some(line) = line(paragraph) {
            let spans: Vec<_> = line
                .iter()
                .map(|(paint, text)| Span(*paint, text))
                .collect();
            printed(app.ui.spans(&spans))?;
        }
    }
    printed(app.ui.data(""))
}

type Line = Vec<(Paint, String)>;

/// A paragraph that differs; nothing for others and for blank lines.
fn line(paragraph: &Paragraph) -> Option<Line> {
    let number = paragraph.after.or(paragraph.before).unwrap_or_default();
    let mut line = vec![(Paint::Faint, format!("  ¶{number} "))];
    match &paragraph.fate {
        Fate::Same(_) | Fate::MovedAway(..) => return None,
        Fate::Added(text) | Fate::Removed(text) if text.trim().is_empty() => return None,
        Fate::Changed(runs) => words(&mut line, runs),
        Fate::Added(text) => line.push((Paint::Added, text.trim_end().to_owned())),
        Fate::Removed(text) => line.push((Paint::Removed, text.trim_end().to_owned())),
        Fate::MovedHere(runs, from) => {
            line.push((Paint::Faint, format!("moved here from ¶{from}: ")));
            match runs.as_slice() {
                [Run::Same(text)] => line.push((Paint::Plain, cut(text.trim(), START))),
                runs => words(&mut line, runs),
            }
        }
    }
    line.retain(|(_, text)| !text.is_empty());
    Some(line)
}

/// A paragraph's words, of long stretches that did not change their ends only.
fn words(line: &mut Line, runs: &[Run]) {
    let last = runs.len().saturating_sub(1);
    for (at, run) in runs.iter().enumerate() {
        match run {
            Run::Same(text) => {
                let text = around(text.trim_end_matches('\n'), at > 0, at < last);
                line.push((Paint::Plain, text));
            }
            Run::Change { removed, added } => {
                line.push((Paint::Removed, removed.trim_end_matches('\n').to_owned()));
                line.push((Paint::Added, added.trim_end_matches('\n').to_owned()));
            }
        }
    }
}

/// What stays of unchanged words: their end before a change, their start behind one.
fn around(text: &str, behind: bool, before: bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let most = AROUND * (usize::from(behind) + usize::from(before));
    if characters.len() <= most + AROUND / 2 {
        return text.to_owned();
    }
    let start: String = if behind {
        cut(text, AROUND)
    } else {
        "… ".to_owned()
    };
    let end: String = if before {
        let skipped = characters.len() - AROUND;
        let end: String = characters.into_iter().skip(skipped).collect();
        match end.split_once(' ') {
            Some((_, rest)) => format!(" {rest}"),
            None => end,
        }
    } else {
        String::new()
    };
    format!("{start}{end}")
}

/// The first words of a text.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    let start = start
        .rsplit_once(' ')
        .map_or(start.as_str(), |(start, _)| start);
    format!("{start} …")
}

fn document(path: &str, file: &FileDifference) -> Value {
    let paragraphs = file.paragraphs.as_ref().map(|paragraphs| {
        let told = paragraphs.iter().filter_map(paragraph_document);
        told.collect::<Vec<_>>()
    });
    json!({
        "path": path,
        "what": word(file),
        "renamed_from": file.renamed_from,
        "words": shown::words_json(file.words),
        "paragraphs": paragraphs,
    })
}

fn paragraph_document(paragraph: &Paragraph) -> Option<Value> {
    let (what, more) = match &paragraph.fate {
        Fate::Same(_) => return None,
        Fate::Changed(runs) => ("changed", ("runs", runs_document(runs))),
        Fate::Added(text) => ("added", ("text", json!(text))),
        Fate::Removed(text) => ("removed", ("text", json!(text))),
        Fate::MovedHere(runs, _) => ("moved_here", ("runs", runs_document(runs))),
        Fate::MovedAway(text, _) => ("moved_away", ("text", json!(text))),
    };
    let (before, after) = match &paragraph.fate {
        Fate::MovedHere(_, from) => (Some(*from), paragraph.after),
        Fate::MovedAway(_, to) => (paragraph.before, Some(*to)),
        Fate::Same(_) | Fate::Changed(_) | Fate::Added(_) | Fate::Removed(_) => {
            (paragraph.before, paragraph.after)
        }
    };
    Some(json!({"what": what, "before": before, "after": after, (more.0): more.1}))
}

fn runs_document(runs: &[Run]) -> Value {
    let told = runs.iter().map(|run| match run {
        Run::Same(text) => json!({"same": text}),
        Run::Change { removed, added } => json!({"removed": removed, "added": added}),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_words_are_cut_between_words_and_kept_beside_changes() {
        let long = "word ".repeat(100);
        let between = around(&long, true, true);
        assert!(
            between.starts_with("word word") && between.ends_with("word "),
            "{between}"
        );
        assert!(
            between.contains(" … word") && between.chars().count() < 170,
            "{between}"
        );
        let first = around(&long, false, true);
        assert!(
            first.starts_with("…  word") || first.starts_with("… "),
            "{first}"
        );
        assert_eq!(around("short", true, true), "short");
        assert_eq!(cut("one two three", 8), "one two …");
    }
}
