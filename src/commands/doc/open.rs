use std::path::PathBuf;

use super::desk;
use crate::app::App;
use crate::commands::printed;
use crate::document::error::StoreError;
use crate::document::tree::encoded;
use crate::error::Result;
use crate::flow::browser;
use crate::json::json;

/// Show the manuscript or one of its files on its web page
///
/// Prints the address, and opens it where there is a browser.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let manuscript = desk::manuscript(app)?;
    let link = &manuscript.state.link;
    let path = match &args.file {
        Some(file) => {
            let files = [file.clone()];
            let selection = desk::selection(app, manuscript.path(), &files)?;
            desk::check_named(&manuscript, &selection, &files)?;
            Some(desk::inside(&app.here()?, manuscript.path(), file)?)
        }
        None => None,
    };
    let found = desk::with_store(app, link, |store| {
        let found = store.by_number()?;
        found.ok_or_else(|| {
            let what = link.name.clone();
            StoreError::NotFound { what }.into()
        })
    })?;
    let address = match path {
        Some(path) => {
            let branch = encoded(&link.branch);
            format!("{}/blob/{branch}/{}", found.page, encoded(&path))
        }
        None => found.page,
    };
    // What the store calls its page is opened only where it is an address of the web.
    let checked: browser::BrowserUrl = address.parse().map_err(|error| {
        crate::error::Error::new(crate::error::Kind::Failed, "there is no page to show")
            .caused_by(&error)
    })?;
    if app.ui.json() {
        let document = json!({"schema": 1, "page": checked.as_str()});
        printed(app.ui.data(&document.to_string()))?;
    } else {
        printed(app.ui.data(checked.as_str()))?;
    }
    if browser::may_open(&app.env, app.ui.talks_to_terminal()).is_ok()
        && let Err(error) = browser::open_url(checked.as_str(), &app.env)
    {
        app.ui.note(&format!("no browser was opened: {error}"));
    }
    Ok(())
}
