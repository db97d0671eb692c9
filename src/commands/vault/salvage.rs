//! `vault check --salvage`: what still authenticates, in one age file.

use std::io::{self, Write};
use std::path::Path;

use crate::app::App;
use crate::commands::vault::check::unreadable;
use crate::error::{Error, Kind, Result};
use crate::key::Custody;
use crate::private_file;
use crate::vault::{Locked, Salvaged, VaultError};

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
    let file = private_file::create_new(path).map_err(|error| failed(&error))?;
    match write(locked, custody, pin, &file) {
        Ok(count) => {
            private_file::sync_parent(path).map_err(|error| failed(&error))?;
            app.ui.note(&format!(
                "saved {count} records and events to `{}`",
                path.display()
            ));
            app.ui
                .note("open it with `age -d -i IDENTITY-FILE`; it holds your tokens");
            Ok(())
        }
        Err(stop) => {
            // Half a salvage would pass for a whole one.
            let _ = std::fs::remove_file(path);
            Err(match stop {
                Stop::Vault(error) => unreadable(error),
                Stop::File(error) => failed(&error),
            })
        }
    }
}

fn write(
    locked: &Locked,
    custody: &Custody,
    pin: Option<&str>,
    file: &std::fs::File,
) -> std::result::Result<usize, Stop> {
    let recipient = custody.recipient();
    let recipients = std::iter::once(&recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
    let mut sealed = encryptor.wrap_output(file)?;
    let count = locked.salvage(custody.identity(), pin, |saved| {
        let (kind, text) = match &saved {
            Salvaged::Record(text) => ("record".to_owned(), text),
            Salvaged::Event(seq, text) => (format!("event {seq}"), text),
        };
        // The texts are padded with spaces to hide their length.
        write!(sealed, "{{\"{kind}\":")?;
        sealed.write_all(text.trim_ascii_end())?;
        sealed.write_all(b"}\n")?;
        Ok::<_, Stop>(())
    })?;
    sealed.finish()?;
    file.sync_all()?;
    Ok(count)
}
