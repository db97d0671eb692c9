use std::path::PathBuf;

use super::{desk, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::integrate::Arrival;
use crate::error::Result;
use crate::json::json;
use crate::ui::counted;
use crate::vault::Action;

/// Bring what was saved elsewhere into this folder
///
/// Where you changed a text too, both changes are in it afterwards. Where both changed the same
/// words, your file is left alone and the other version is put beside it (exit code 3).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only these files or folders
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// So many files may be deleted here
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_deletes: usize,
    /// Take over what is there also where somebody rewrote what was saved
    #[arg(long)]
    accept_rewrite: bool,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let mut manuscript = desk::manuscript(app)?;
    let selection = desk::selection(app, manuscript.path(), &args.files)?;
    let link = manuscript.state.link.clone();
    let done = desk::with_store(app, &link, |store| {
        let (deletes, rewrite) = (args.allow_deletes, args.accept_rewrite);
        manuscript.pull(store, &selection, deletes, rewrite, &desk::on)
    });
    let count = done
        .as_ref()
        .map_or(0, |pulled| pulled.arrivals.files.len());
    if done.as_ref().map_or(true, |pulled| pulled.is_new) {
        desk::log(app, Action::DocPull, &link, &done, &counted(count, "file"));
    }
    let pulled = done?;
    let name = &manuscript.state.link.name;
    if app.ui.json() {
        let document = json!({
            "schema": 1,
            "repository": name,
            "version": pulled.version.map(|version| version.to_string()),
            "new": pulled.is_new,
            "pulled": shown::arrivals_json(&pulled.arrivals),
        });
        printed(app.ui.data(&document.to_string()))?;
    } else {
        shown::arrivals(app, &pulled.arrivals)?;
        match (pulled.is_new, pulled.version) {
            (_, None) => app.ui.note(&format!("nothing was saved in `{name}` yet")),
            (false, _) if pulled.arrivals.files.is_empty() => {
                app.ui.note(&format!("nothing is new in `{name}`"));
            }
            _ => app.ui.note(&format!("this is what `{name}` has now")),
        }
    }
    let open = pulled
        .arrivals
        .files
        .values()
        .filter(|arrival| matches!(arrival, Arrival::Conflict { .. } | Arrival::DeletedThere));
    match open.count() {
        0 => Ok(()),
        count => Err(shown::decide(count)),
    }
}
