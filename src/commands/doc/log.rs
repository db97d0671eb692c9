use std::path::PathBuf;

use super::{desk, shown};
use crate::app::App;
use crate::commands::printed;
use crate::document::history::Told;
use crate::document::path::DocPath;
use crate::error::Result;
use crate::escape;
use crate::json::json;

/// Show the versions of the manuscript or of one file, newest first
///
/// A file is followed to the names that it had before. Names that were given with `oauthctl doc
/// version` are shown.
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
    let (told, tags) = desk::with_store(app, link, |store| {
        let told = manuscript.log(store, path.as_ref(), args.most)?;
        let tags = if told.is_empty() {
            Vec::new()
        } else {
            store.tags()?
        };
        Ok((told, tags))
    })?;
    let called = |told: &Told| -> Vec<&str> {
        let tags = tags.iter().filter(|(_, oid)| *oid == told.version.oid);
        tags.map(|(name, _)| name.as_str()).collect()
    };
    if app.ui.json() {
        let versions = told.iter().map(|told| {
            json!({
                "version": told.version.oid.to_string(),
                "date": told.version.date,
                "author": told.version.author,
                "message": told.message,
                "words": shown::words_json(told.words),
                "path": told.name,
                "called": called(told),
            })
        });
        let document = json!({
            "schema": 1,
            "repository": link.name,
            "versions": versions.collect::<Vec<_>>(),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    let mut before = None;
    for told in &told {
        let mut shown_line = format!(
            "{}  {}  {}  {}{}",
            shown::short(told.version.oid),
            shown::minute(&told.version.date),
            escape::line(&told.version.author),
            escape::line(told.message.lines().next().unwrap_or_default()),
            shown::words(told.words),
        );
        for name in called(told) {
            shown_line.extend(["  [", &escape::line(name), "]"]);
        }
        if let Some(name) = &told.name
            && before.replace(name).is_some_and(|before| before != name)
        {
            shown_line.extend(["  (as `", &escape::line(name), "`)"]);
        }
        printed(app.ui.data(&shown_line))?;
    }
    if told.is_empty() {
        app.ui
            .note(&format!("there is no version in `{}` yet", link.name));
    }
    Ok(())
}
