use std::path::PathBuf;

use super::{desk, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::github::Head;
use crate::document::state::Why;
use crate::document::status::{News, Status};
use crate::error::Result;
use crate::escape;
use crate::json::json;
use crate::ui::counted;

/// Show what is new here since the last version
///
/// Asks nobody; with `--remote` it asks whether somebody saved something since.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only these files or folders
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Ask whether there is something to pull
    #[arg(long)]
    remote: bool,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let manuscript = desk::manuscript(app)?;
    let selection = desk::selection(app, manuscript.path(), &args.files)?;
    let status = manuscript.status(&selection)?;
    let state = &manuscript.state;
    let newer = if args.remote {
        let head = desk::with_store(app, &state.link, |store| Ok(store.head(state.commit)?))?;
        Some(match head {
            Head::Empty => state.commit.is_some(),
            Head::At(head) => Some(head) != state.commit,
        })
    } else {
        None
    };
    if app.ui.json() {
        let files = status.files.iter().map(|(path, news)| {
            json!({"path": path, "what": word(news.what), "words": shown::words_json(news.words)})
        });
        let open = status
            .open
            .iter()
            .map(|(path, open)| json!({"path": path, "why": why(open.why).0, "copy": open.copy}));
        let skipped = status.skipped.iter();
        let skipped = skipped.map(|(path, why)| json!({"path": path, "why": why}));
        let document = json!({
            "schema": 1,
            "repository": state.link.name,
            "branch": state.link.branch,
            "connection": state.link.connection,
            "version": state.commit.map(|commit| commit.to_string()),
            "files": status.all,
            "changed": files.collect::<Vec<_>>(),
            "open": open.collect::<Vec<_>>(),
            "left_alone": skipped.collect::<Vec<_>>(),
            "newer_there": newer,
        });
        return printed(app.ui.data(&document.to_string()));
    }
    show(app, &status)?;
    let name = &state.link.name;
    if status.files.is_empty() && status.open.is_empty() {
        app.ui.note(&match state.commit {
            Some(_) => format!(
                "{}, all as in the last version in `{name}`",
                counted(status.all, "file")
            ),
            None => format!(
                "{}, nothing was saved in `{name}` yet",
                counted(status.all, "file")
            ),
        });
    }
    match newer {
        Some(true) => app.ui.note(&format!(
            "`{name}` has something new: get it with `oauthctl doc pull`"
        )),
        Some(false) => app.ui.note(&format!("nothing is new in `{name}`")),
        None => {}
    }
    Ok(())
}

fn show(app: &App, status: &Status) -> Result<()> {
    for (path, open) in &status.open {
        let beside = open.copy.as_ref().map_or_else(String::new, |copy| {
            format!(", theirs is in `{}`", escape::line(copy))
        });
        let line = format!("{}  ({}{beside})", escape::line(path), why(open.why).1);
        printed(app.ui.data(&format!("open     {line}")))?;
    }
    for (path, news) in &status.files {
        let (path, words) = (escape::line(path), shown::words(news.words));
        printed(
            app.ui
                .data(&format!("{:<8} {path}{words}", word(news.what))),
        )?;
    }
    for (path, why) in &status.skipped {
        app.ui
            .note(&format!("left alone: {}: {why}", escape::line(path)));
    }
    Ok(())
}

fn word(news: News) -> &'static str {
    match news {
        News::New => "new",
        News::Changed => "changed",
        News::Deleted => "deleted",
    }
}

fn why(why: Why) -> (&'static str, &'static str) {
    match why {
        Why::Conflict => ("conflict", "changed here and there"),
        Why::DeletedThere => ("deleted_there", "changed here, deleted there"),
        Why::Later => ("later", "what is there comes with the next pull"),
    }
}
