use std::path::{Path, PathBuf};

use crate::app::{App, Recovered, WantedRecovery};
use crate::commands::vault::init::{Place, source};
use crate::commands::{printed, warn_of_old_pages};
use crate::error::Result;
use crate::key::Source;
use crate::vault::LeftOut;

/// Open the vault with its recovery key and give it a new key
///
/// For a key that was lost. After a theft it is not enough: the old key and an old copy of the
/// vault still open each other, so revoke everything and connect anew.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The recovery sheet, or another age identity that opens the vault
    #[arg(long = "with", value_name = "FILE")]
    with: PathBuf,
    /// The vault's fingerprint, where the sheet doesn't say it
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    /// Where the new key is kept [default: as the lost one was. For a file that is the recorded place,
    /// or beside what stands there, or beside the vault where that place is not this vault's alone, is
    /// not there, or is not yours; for a keyring it is this machine's]
    #[arg(long, value_enum, value_name = "PLACE")]
    key: Option<Place>,
    /// The new identity file for `--key file` and `--key passphrase` [default: beside the vault]
    #[arg(long, value_name = "PATH", requires = "key")]
    identity_file: Option<PathBuf>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let file = args.identity_file.as_deref();
    let place = match args.key {
        None => None,
        named => Some(source(app, named, file, &app.vault_path()?)?),
    };
    let recovered = app.recover(&WantedRecovery {
        with: &args.with,
        fingerprint: args.fingerprint.as_deref(),
        place,
        is_named: file.is_some(),
    })?;
    tell(app, &recovered);
    show(app, &recovered)
}

fn show(app: &App, recovered: &Recovered) -> Result<()> {
    if !app.ui.json() {
        return Ok(());
    }
    let file = |path: Option<&Path>| path.map(|path| path.display().to_string());
    let left_out = recovered.left_out.iter();
    let left_out = left_out.map(|LeftOut { recipient, why }| {
        crate::json::json!({
            "recipient": recipient.recipient,
            "label": recipient.label,
            "why": why.to_string(),
        })
    });
    let document = crate::json::json!({
        "schema": 1,
        "key_source": recovered.place.kind(),
        "key_file": file(recovered.place.path()),
        "fingerprint": recovered.fingerprint,
        "former_file": file(recovered.former.as_deref()),
        "left_out": left_out.collect::<Vec<_>>(),
    });
    printed(app.ui.data(&document.to_string()))
}

/// What a person has to know afterwards.
fn tell(app: &App, recovered: &Recovered) {
    warn_of_old_pages(app, &recovered.unswept);
    app.ui.note(&format!(
        "recovered: the vault's key is {} now",
        recovered.described
    ));
    if let (Source::PassphraseFile(_), Some(file)) = (&recovered.place, &app.env.passphrase_file) {
        app.ui.note(&format!(
            "its passphrase is the one in `{}`, which `OAUTHCTL_PASSPHRASE_FILE` names; where the \
             sheet has one too, that is the same",
            file.display()
        ));
    }
    for LeftOut { recipient, why } in &recovered.left_out {
        app.ui.warn(&format!(
            "`{}` was left out and does not open the vault any more ({why}); when that is mended, \
             say `oauthctl vault recipients add {}`",
            recipient.label, recipient.recipient
        ));
    }
    if let Some(former) = &recovered.former {
        app.ui.note(&format!(
            "its former key is still `{}`; as long as that exists it may open copies of this vault \
             that were made before",
            former.display()
        ));
    }
    if let Some(variable) = misleading_variable(app, recovered.place.path()) {
        app.ui.warn(&format!(
            "`{variable}` is set, and is asked before the new place: unset it"
        ));
    }
    app.ui.note(
        "if the old key was stolen and not only lost: `oauthctl revoke --all`, then connect anew",
    );
}

/// The variable that names another key than the new one.
fn misleading_variable(app: &App, new: Option<&Path>) -> Option<&'static str> {
    match app.env.identity_file.as_deref() {
        Some(file) if Some(file) == new => None,
        Some(_) => Some("OAUTHCTL_IDENTITY_FILE"),
        None => app.env.identity.is_some().then_some("OAUTHCTL_IDENTITY"),
    }
}
