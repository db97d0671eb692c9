//! What differs, as a page that stands alone: no script, nothing from elsewhere.

use std::path::Path;

use super::{diff, shown};
use crate::app::App;
use crate::commands::{page, printed};
use crate::document::compare::{Differences, FileDifference};
use crate::document::diff::{Fate, Paragraph, Run};
use crate::document::manuscript::Manuscript;
use crate::error::Result;
use crate::escape;
use crate::json::json;

/// The page's name in the manuscript's own folder.
const NAME: &str = "diff.html";

/// Writes the page, `to` a file, maybe in the place of one, or into the manuscript's own folder, and
/// shows it there.
pub(super) fn show(
    app: &App,
    manuscript: &Manuscript,
    differences: &Differences,
    since: Option<&str>,
    to: Option<(&Path, bool)>,
) -> Result<()> {
    let link = &manuscript.state.link;
    let compared = match since {
        Some(version) => format!("what changed since {version}"),
        None => "what changed since the last version".to_owned(),
    };
    let body = body(&link.name, &compared, differences);
    let whole = page::whole(&format!("{}: {compared}", link.name), STYLE, &body);
    let page = if let Some((path, force)) = to {
        // The vault says what left in the file that is to be replaced.
        let replaces = force && path.symlink_metadata().is_ok();
        let vault = if replaces { app.open_vault()? } else { None };
        page::write_named(app, vault.as_ref(), path, force, &whole)?
    } else {
        let page = manuscript.home().join(NAME);
        page::write(&page, &whole)?;
        page
    };
    if app.ui.json() {
        let document = json!({"schema": 1, "page": page.display().to_string()});
        return printed(app.ui.data(&document.to_string()));
    }
    printed(app.ui.data(&page.display().to_string()))?;
    if to.is_none() {
        page::open(app, &page);
    }
    Ok(())
}

fn body(name: &str, compared: &str, differences: &Differences) -> String {
    let mut body = format!(
        "<header><h1>{}</h1><p>{}</p></header>\n",
        escape::html(name),
        escape::html(compared)
    );
    if differences.is_empty() {
        body.push_str("<p class=none>Nothing is different.</p>\n");
    }
    for (path, file) in differences {
        section(&mut body, path, file);
    }
    body
}

fn section(body: &mut String, path: &str, file: &FileDifference) {
    let was = file.renamed_from.as_ref();
    let was = was.map_or_else(String::new, |from| format!(", was {}", escape::html(from)));
    body.extend([
        "<section><h2>",
        &escape::html(path),
        "</h2><p class=sum>",
        diff::word(file),
        &was,
        &shown::words(file.words),
        "</p>\n",
    ]);
    match &file.paragraphs {
        None => body.push_str("<p class=none>No text that can be compared.</p>\n"),
        Some(paragraphs) => {
            // One paragraph before and behind what differs, and a gap for the rest.
            let differs: Vec<bool> = paragraphs.iter().map(is_different).collect();
            let near = |at: usize| {
                (at.saturating_sub(1)..=at + 1).any(|at| differs.get(at).copied().unwrap_or(false))
            };
            let mut gap = false;
            let visible = paragraphs
                .iter()
                .enumerate()
                .filter(|(_, one)| !is_blank(one));
            for (at, paragraph) in visible {
                if near_text(paragraphs, at, &near) {
                    if gap {
                        body.push_str("<p class=gap>· · ·</p>\n");
                    }
                    gap = false;
                    one(body, paragraph);
                } else {
                    gap = true;
                }
            }
        }
    }
    body.push_str("</section>\n");
}

/// Whether a paragraph differs or stands beside one that does, blank lines not counted.
fn near_text(paragraphs: &[Paragraph], at: usize, near: &dyn Fn(usize) -> bool) -> bool {
    let blank = |at: usize| paragraphs.get(at).is_some_and(is_blank);
    near(at) || (at > 0 && blank(at - 1) && near(at - 1)) || (blank(at + 1) && near(at + 1))
}

fn is_different(paragraph: &Paragraph) -> bool {
    !matches!(paragraph.fate, Fate::Same(_)) && !is_blank(paragraph)
}

fn is_blank(paragraph: &Paragraph) -> bool {
    match &paragraph.fate {
        Fate::Same(text) | Fate::Added(text) | Fate::Removed(text) => text.trim().is_empty(),
        Fate::Changed(_) | Fate::MovedHere(..) | Fate::MovedAway(..) => false,
    }
}

fn one(body: &mut String, paragraph: &Paragraph) {
    let number = paragraph.after.or(paragraph.before).unwrap_or_default();
    let (class, text) = match &paragraph.fate {
        Fate::Same(text) => ("same", escape::html(text.trim_end())),
        Fate::Changed(runs) => ("changed", runs.iter().map(run).collect()),
        Fate::Added(text) => (
            "added",
            format!("<ins>{}</ins>", escape::html(text.trim_end())),
        ),
        Fate::Removed(text) => (
            "gone",
            format!("<del>{}</del>", escape::html(text.trim_end())),
        ),
        Fate::MovedHere(runs, from) => {
            let text: String = runs.iter().map(run).collect();
            ("moved", format!("<em>moved here from ¶{from}</em> {text}"))
        }
        Fate::MovedAway(text, to) => {
            let text = escape::html(text.trim_end());
            ("moved away", format!("<em>moved to ¶{to}</em> {text}"))
        }
    };
    let number = number.to_string();
    body.extend([
        "<p class=\"",
        class,
        "\"><b>",
        &number,
        "</b>",
        &text,
        "</p>\n",
    ]);
}

fn run(run: &Run) -> String {
    match run {
        Run::Same(text) => escape::html(text),
        Run::Change { removed, added } => {
            let mut text = String::new();
            for (tag, words) in [("del", removed), ("ins", added)] {
                if !words.is_empty() {
                    let words = escape::html(words);
                    text.extend(["<", tag, ">", &words, "</", tag, ">"]);
                }
            }
            text
        }
    }
}

const STYLE: &str = include_str!("diff_page.css");
