//! Pages that this program writes for a person to look at: they stand alone, run nothing, and load
//! nothing.

use std::path::{Path, PathBuf};

use crate::app::{App, absolute};
use crate::commands::vault::age_file::{refuse_existing, refuse_unopened};
use crate::commands::with_its_folder;
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::flow::browser::{self, NoBrowser};
use crate::private_file::{self, PrivateFileError};
use crate::vault::Vault;

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

/// Writes a page that only its owner may read, to this program's own place.
pub(super) fn write(to: &Path, page: &str) -> Result<()> {
    private_file::replace(to, page.as_bytes()).map_err(|error| not_written(&error))
}

/// Writes such a page to a file that a person named, and says where it is. One that is there is
/// replaced as by a backup: if they said so, and never one that is needed.
pub(super) fn write_named(
    app: &App,
    vault: Option<&Vault>,
    path: &Path,
    force: bool,
    page: &str,
) -> Result<PathBuf> {
    let to = absolute(path);
    let alone = vault.filter(|_| force);
    let alone = alone.map(|vault| vault.lock_files(LOCK_WAIT));
    let _alone = alone.transpose()?;
    match vault {
        Some(vault) => refuse_existing(app, vault, path, force, None)?,
        None => refuse_unopened(app, path, force)?,
    }
    let written = if force && to.symlink_metadata().is_ok() {
        private_file::replace(&to, page.as_bytes())
    } else {
        private_file::create_whole(&to, page.as_bytes())
    };
    written.map_err(|error| with_its_folder(not_written(&error), path))?;
    Ok(to)
}

fn not_written(error: &PrivateFileError) -> Error {
    Error::new(Kind::Failed, "could not write the page").caused_by(error)
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
