use std::path::PathBuf;

use serde_json::json;

use super::{desk, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::path::DocPath;
use crate::error::Result;
use crate::escape;

/// Show the versions of the manuscript or of one file, newest first
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only the versions in which this file changed
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// So many at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    most: usize,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let manuscript = desk::manuscript(app)?;
    let here = app.here()?;
    let path = match &args.file {
        Some(file) => DocPath::parse(&desk::inside(&here, manuscript.path(), file)?).ok(),
        None => None,
    };
    let link = &manuscript.state.link;
    let told = desk::with_store(app, link, |store| {
        manuscript.log(store, path.as_ref(), args.most)
    })?;
    if app.ui.json() {
        let versions = told.iter().map(|told| {
            json!({
                "version": told.version.oid.to_string(),
                "date": told.version.date,
                "author": told.version.author,
                "message": told.message,
                "words": shown::words_json(told.words),
            })
        });
        let document = json!({
            "schema": 1,
            "repository": link.name,
            "versions": versions.collect::<Vec<_>>(),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    for told in &told {
        let short: String = told.version.oid.to_string().chars().take(7).collect();
        let date: String = told.version.date.chars().take(16).collect();
        let shown_line = format!(
            "{short}  {}  {}  {}{}",
            date.replace('T', " "),
            escape::line(&told.version.author),
            escape::line(told.message.lines().next().unwrap_or_default()),
            shown::words(told.words),
        );
        printed(app.ui.data(&shown_line))?;
    }
    if told.is_empty() {
        app.ui
            .note(&format!("there is no version in `{}` yet", link.name));
    }
    Ok(())
}
