//! `vault check --salvage`: what still authenticates, in one age file.

use std::io::{self, Write};
use std::path::Path;

use crate::app::{App, unreadable};
use crate::commands::with_its_folder;
use crate::error::{Error, Kind, Result};
use crate::key::Custody;
use crate::private_file;
use crate::ui::counted;
use crate::vault::{self, Locked, Salvaged, VaultError};

/// How much was saved.
#[derive(Default)]
struct Saved {
    connections: usize,
    others: usize,
    events: usize,
}

/// Why salvaging stopped.
enum Stop {
    Vault(VaultError),
    File(io::Error),
}

impl From<VaultError> for Stop {
    fn from(error: VaultError) -> Self {
        Self::Vault(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

/// Writes one JSON object per line, encrypted to the vault's own identity.
pub(super) fn run(
    app: &App,
    locked: &Locked,
    custody: &Custody,
    pin: Option<&str>,
    path: &Path,
) -> Result<()> {
    let failed = |error: &(dyn std::error::Error + 'static)| {
        Error::new(
            Kind::Failed,
            format!("could not write `{}`", path.display()),
        )
        .caused_by(error)
    };
    let file = private_file::create_new(path).map_err(|error| {
        let shown = with_its_folder(failed(&error), path);
        if path.exists() {
            shown.hint("a file that stands is not replaced: name another one")
        } else {
            shown
        }
    })?;
    match write(locked, custody, pin, &file) {
        Ok(saved) => {
            private_file::sync_parent(path).map_err(|error| failed(&error))?;
            tell(app, &saved, path);
            Ok(())
        }
        Err(stop) => {
            // Half a salvage would pass for a whole one.
            let _ = std::fs::remove_file(path);
            Err(match stop {
                Stop::Vault(error) => unreadable(error, Some(custody)),
                Stop::File(error) => failed(&error),
            })
        }
    }
}

fn tell(app: &App, saved: &Saved, path: &Path) {
    app.ui.note(&format!(
        "saved {}, {} and {} to `{}`",
        counted(saved.connections, "connection"),
        counted(saved.others, "other record"),
        counted(saved.events, "event"),
        path.display()
    ));
    if saved.connections == 0 {
        app.ui
            .warn("no connection could be saved: there are no tokens in it");
        return;
    }
    app.ui
        .note("open it with `age -d -i IDENTITY-FILE`; it holds your tokens");
}

fn write(
    locked: &Locked,
    custody: &Custody,
    pin: Option<&str>,
    file: &std::fs::File,
) -> std::result::Result<Saved, Stop> {
    let recipient = custody.recipient();
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    let mut sealed = encryptor.wrap_output(file)?;
    let mut all = Saved::default();
    locked.salvage(custody.identity(), pin, |saved| {
        let (kind, text, count) = match &saved {
            Salvaged::Record(vault::Kind::Connection, text) => {
                ("record".to_owned(), text, &mut all.connections)
            }
            Salvaged::Record(_, text) => ("record".to_owned(), text, &mut all.others),
            Salvaged::Event(seq, text) => (format!("event {seq}"), text, &mut all.events),
        };
        *count += 1;
        // The texts are padded with spaces to hide their length.
        write!(sealed, "{{\"{kind}\":")?;
        sealed.write_all(text.trim_ascii_end())?;
        sealed.write_all(b"}\n")?;
        Ok::<_, Stop>(())
    })?;
    sealed.finish()?;
    file.sync_all()?;
    Ok(all)
}
