use std::path::PathBuf;

use serde_json::Value;

use super::{desk, init, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::manuscript::{self, Manuscript};
use crate::document::push::{Outcome, What, Wish};
use crate::error::Result;
use crate::escape;
use crate::json::json;
use crate::ui::counted;
use crate::vault::Action;

/// Save what is new in the manuscript as a version in its repository
///
/// All files at once, or none: the version holds exactly what is here. Where somebody else saved
/// meanwhile, that is brought here first. In a folder that is not linked yet, `--repo` links it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doc push\n  \
    oauthctl doc push chapter3.md -m \"The storm\"\n  \
    oauthctl doc push chapter3.md --repo me/novel")]
pub(super) struct Args {
    /// Only these files or folders
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What you want to remember about this version
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// So many files may be deleted in the repository
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_deletes: usize,
    /// Push files although there seem to be secrets in them
    #[arg(long)]
    allow_secrets: bool,
    #[command(flatten)]
    link: init::LinkArgs,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let here = app.here()?;
    let mut manuscript = match manuscript::find(&here) {
        Some(folder) => {
            let manuscript = Manuscript::open(&folder)?;
            init::same_repository(&args.link, &manuscript)?;
            manuscript
        }
        None if args.link.repo.is_some() => init::link(app, &here, &args.link)?,
        None => Manuscript::open(&here)?,
    };
    let selection = desk::selection(app, manuscript.path(), &args.files)?;
    desk::check_named(&manuscript, &selection, &args.files)?;
    let wish = Wish {
        selection,
        message: args.message.clone(),
        allowed_deletions: args.allow_deletes,
        allow_secrets: args.allow_secrets,
        as_it_was: None,
    };
    let link = manuscript.state.link.clone();
    let before = manuscript.state.commit;
    let done = desk::with_store(app, &link, |store| manuscript.push(store, &wish, &desk::on));
    let count = done.as_ref().map_or(0, |outcome| outcome.files.len());
    let changed = manuscript.state.commit != before;
    if changed || done.is_err() {
        let detail = counted(count, "file");
        desk::log(app, Action::DocPush, &link, &done, &detail);
    }
    show(app, &manuscript, &done?)
}

fn show(app: &App, manuscript: &Manuscript, outcome: &Outcome) -> Result<()> {
    let name = &manuscript.state.link.name;
    if app.ui.json() {
        let document = document(name, outcome);
        printed(app.ui.data(&document.to_string()))?;
    } else {
        shown::arrivals(app, &outcome.arrivals)?;
        files(app, outcome)?;
        match outcome.version {
            Some(_) if outcome.files.is_empty() => {
                app.ui.note(&format!("saved in `{name}` already"));
            }
            Some(_) => app.ui.note(&format!("saved in `{name}`")),
            None if outcome.waiting.is_empty() && !outcome.arrivals.needs_a_person() => {
                app.ui.note(&format!(
                    "nothing is new here since the last version in `{name}`"
                ));
            }
            None => app.ui.note("nothing was saved"),
        }
    }
    let waiting = outcome.waiting.len();
    if waiting > 0 {
        return Err(shown::decide(waiting));
    }
    if outcome.arrivals.needs_a_person() {
        return Err(shown::decide(outcome.arrivals.files.len()));
    }
    Ok(())
}

/// What came of it, as JSON.
pub(super) fn document(name: &str, outcome: &Outcome) -> Value {
    let files = outcome.files.iter().map(|(path, pushed)| {
        json!({
            "path": path,
            "what": word(pushed.what),
            "words": shown::words_json(pushed.words),
        })
    });
    json!({
        "schema": 1,
        "repository": name,
        "version": outcome.version.map(|version| version.to_string()),
        "pushed": files.collect::<Vec<_>>(),
        "pulled": shown::arrivals_json(&outcome.arrivals),
        "waiting": outcome.waiting,
    })
}

/// What was saved, one line a file.
pub(super) fn files(app: &App, outcome: &Outcome) -> Result<()> {
    for (path, pushed) in &outcome.files {
        let line = format!(
            "{:<9}  {}{}",
            match pushed.what {
                What::New => "new",
                What::Changed => "saved",
                What::Deleted => "deleted",
            },
            escape::line(path),
            shown::words(pushed.words)
        );
        printed(app.ui.data(&line))?;
    }
    Ok(())
}

fn word(what: What) -> &'static str {
    match what {
        What::New => "new",
        What::Changed => "changed",
        What::Deleted => "deleted",
    }
}
