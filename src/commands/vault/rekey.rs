use std::path::PathBuf;

use crate::app::{App, Rekeyed};
use crate::commands::vault::file_name;
use crate::commands::vault::init::{Place, source};
use crate::commands::vault::status;
use crate::commands::{printed, warn_of_old_pages};
use crate::error::{Error, Kind, Result};
use crate::vault::RecipientList;

/// Give the vault a new key and a new identity
///
/// Everything is sealed anew in one step: until then the old identity opens the vault, and from then
/// on only the new one and the recovery keys. The audit log is verified first, and both its heads
/// are logged. The new identity is kept where the old one was: in a new item of the keyring, or in a
/// new file beside the old one. What a rekey that was cut off made of one, `doctor` names.
///
/// After a theft this is not enough: tokens that were copied stay usable, and the old identity still
/// opens old backups of the vault. Then also end them: `oauthctl revoke --all`, and connect anew.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl vault rekey\n  \
    oauthctl vault rekey --key file --identity-file /etc/job/oauthctl-2.key")]
pub(in crate::commands) struct Args {
    /// Where the new key is kept [default: where the old one is]
    #[arg(long, value_enum, value_name = "PLACE")]
    key: Option<Place>,
    /// The new identity file for `--key file` and `--key passphrase` [default: beside the vault]
    #[arg(long, value_name = "PATH", value_parser = file_name::named(), requires = "key")]
    identity_file: Option<PathBuf>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let place = match args.key {
        None => None,
        Some(Place::Environment) => {
            return Err(Error::new(
                Kind::Usage,
                "a new key can't be written to the environment",
            )
            .hint("write it to a file, `--key file --identity-file PATH`, and give that to whoever sets the environment"));
        }
        Some(Place::Keyring) => source(app, args.key, None, &app.vault_path()?)?
            .another()
            .ok()
            .flatten(),
        Some(Place::File | Place::Passphrase) => Some(source(
            app,
            args.key,
            args.identity_file.as_deref(),
            &app.vault_path()?,
        )?),
    };
    let done = app.rekey(place, None, &|_| true)?;
    tell(app, &done)?;
    if !app.ui.json() {
        return Ok(());
    }
    let (key_source, key_file) = status::place(&done.vault.header().key_source);
    let (former_key_source, former_key_file) = status::place(&done.former);
    let document = crate::json::json!({
        "schema": 1,
        "key_source": key_source,
        "key_file": key_file,
        "fingerprint": done.vault.fingerprint(),
        "former_key_source": former_key_source,
        "former_key_file": former_key_file,
    });
    printed(app.ui.data(&document.to_string()))
}

/// Says what a person has to know after a rekey.
pub(super) fn tell(app: &App, done: &Rekeyed) -> Result<()> {
    warn_of_old_pages(app, &done.unswept);
    app.ui
        .note(&format!("rekeyed: the vault's key is {} now", done.place));
    let list = done
        .vault
        .read(|snapshot| snapshot.find::<RecipientList>(RecipientList::NAME))?;
    let fingerprint = done.vault.fingerprint();
    if list.is_some_and(|row| row.value.recipients.len() > 1) {
        app.ui.note(&format!(
            "the recovery keys open it as before, with `--fingerprint` and its new one; keep that with \
             their sheets: {fingerprint}"
        ));
    } else {
        app.ui
            .note(&format!("its fingerprint is {fingerprint} now"));
    }
    warn_of_variables(
        app,
        "names the old key, which opens the vault no more: change or unset it",
    );
    if let Some(file) = done.former_file() {
        app.ui.note(&format!(
            "the old key is still in `{}`: other vaults and older backups may need it; remove it \
             when they don't",
            file.display()
        ));
    }
    app.ui.note(
        "if the old key was stolen: `oauthctl revoke --all`, then connect anew; copied tokens and \
         old backups stay usable",
    );
    Ok(())
}

/// Says what is wrong with the variables that name a key, where they are set.
pub(super) fn warn_of_variables(app: &App, what: &str) {
    for (variable, is_set) in [
        ("OAUTHCTL_IDENTITY_FILE", app.env.identity_file.is_some()),
        ("OAUTHCTL_IDENTITY", app.env.identity.is_some()),
    ] {
        if is_set {
            app.ui.warn(&format!("`{variable}` {what}"));
        }
    }
}
