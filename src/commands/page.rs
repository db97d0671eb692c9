//! Pages that this program writes for a person to look at: they stand alone, run nothing, and load
//! nothing.

use std::path::Path;

use crate::app::App;
use crate::escape;
use crate::flow::browser::{self, NoBrowser};
use crate::private_file::{self, PrivateFileError};

/// A whole page around `body`, which is markup.
pub(super) fn whole(title: &str, style: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
         form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>\n{style}</style>\n<main>\n{body}</main>\n</html>\n",
        escape::html(title)
    )
}

/// Writes a page that only its owner may read.
pub(super) fn write(to: &Path, page: &str) -> Result<(), PrivateFileError> {
    private_file::replace(to, page.as_bytes())
}

/// Writes such a page where nothing stands yet.
pub(super) fn write_new(to: &Path, page: &str) -> Result<(), PrivateFileError> {
    private_file::create_whole(to, page.as_bytes())
}

/// Shows a page in the person's browser, where there is one to be seen.
pub(super) fn open(app: &App, page: &Path) {
    let why = match browser::may_open(&app.env, app.ui.talks_to_terminal()) {
        Ok(()) => match browser::open_page(page, &app.env) {
            Ok(_) => return,
            Err(error) => error.to_string(),
        },
        Err(NoBrowser::NoTerminal) => return,
        Err(why) => why.to_string(),
    };
    app.ui.note(&format!("no browser was opened: {why}"));
}
