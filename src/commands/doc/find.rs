use std::path::PathBuf;

use super::{desk, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::find::{Hit, Phrase};
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::json::json;
use crate::ui::shell_word;

/// Find words in all versions, for what was there once
///
/// Words are found in whatever case and across line ends. For each file the newest version that has
/// them is told. The first time, every version is asked for; what came is kept.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doc find \"nobody spoke of the storm\"\n  \
    oauthctl doc find lighthouse --file chapter3.md")]
pub(super) struct Args {
    /// The words
    #[arg(value_name = "WORDS", required = true)]
    words: Vec<String>,
    /// Only in these files or folders
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Look through so many versions at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 500)]
    most: usize,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let Some(phrase) = Phrase::of(&args.words.join(" ")) else {
        return Err(Error::new(Kind::Usage, "there is no word to look for")
            .hint("name some: `oauthctl doc find \"nobody spoke\"`"));
    };
    let manuscript = desk::manuscript(app)?;
    let selection = desk::selection(app, manuscript.path(), &args.files)?;
    let link = &manuscript.state.link;
    let bar = app.ui.progress(0);
    bar.say("looking through the versions");
    let looked_at = |at: usize, all: usize| {
        bar.is_at(
            u64::try_from(at).unwrap_or_default(),
            u64::try_from(all).unwrap_or_default(),
        );
    };
    let hits = desk::with_store(app, link, |store| {
        manuscript.find(store, &phrase, &selection, args.most, &looked_at)
    });
    drop(bar);
    let hits = hits?;
    if app.ui.json() {
        let found = hits.iter().map(|hit| {
            json!({
                "path": hit.path,
                "version": hit.version.oid.to_string(),
                "date": hit.version.date,
                "author": hit.version.author,
                "around": hit.around,
                "is_there": hit.is_there,
            })
        });
        let document = json!({
            "schema": 1,
            "repository": link.name,
            "found": found.collect::<Vec<_>>(),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    for hit in &hits {
        show(app, hit)?;
    }
    match hits.iter().find(|hit| !hit.is_there) {
        None if hits.is_empty() => app.ui.note("no version has these words"),
        None => {}
        Some(hit) => app.ui.note(&format!(
            "bring a text back with `oauthctl doc restore {}`",
            shell_word(&format!("{}@{}", hit.path, shown::short(hit.version.oid)))
        )),
    }
    Ok(())
}

fn show(app: &App, hit: &Hit) -> Result<()> {
    let still = if hit.is_there { ", still in it" } else { "" };
    let place = format!(
        "{}@{}  {}{still}",
        escape::line(&hit.path),
        shown::short(hit.version.oid),
        shown::minute(&hit.version.date)
    );
    printed(app.ui.data(&place))?;
    printed(app.ui.data(&format!("  {}", escape::line(&hit.around))))
}
