use std::path::PathBuf;

use age::x25519;

use crate::app::App;
use crate::commands::vault::recipients::{list, recipients};
use crate::commands::vault::sheet;
use crate::error::{Error, Kind, Result};
use crate::vault::{Action, Outcome, Recipient, VaultError};

/// Let one more key open the vault
///
/// With `--recovery-file` a new recovery key is made and written there; else name an age recipient
/// whose identity somebody keeps. Taking one away again is not the reverse of this: who could open
/// the vault once has its key.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).args(["recovery_file", "recipient"])))]
pub(super) struct Args {
    /// An age recipient, `age1…`
    #[arg(value_name = "RECIPIENT")]
    recipient: Option<x25519::Recipient>,
    /// Make a recovery key, and write its sheet to this new file
    #[arg(long, value_name = "FILE")]
    recovery_file: Option<PathBuf>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "recovery")]
    label: String,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let Some((mut vault, custody)) = app.open_vault_and_key()? else {
        return Err(app.no_vault()?);
    };
    vault.refuse_untrusted()?;
    if args.label == Recipient::MASTER || args.label.trim().is_empty() {
        return Err(Error::new(
            Kind::Usage,
            format!("`{}` can't be a label here", args.label),
        ));
    }
    let mut written = None;
    let recipient = match (&args.recovery_file, &args.recipient) {
        (Some(file), _) => {
            // On disk before the vault is locked to it.
            let recovery = x25519::Identity::generate();
            written = Some((sheet::begin(file, &recovery)?, file));
            recovery.to_public().to_string()
        }
        (None, Some(recipient)) => recipient.to_string(),
        (None, None) => return Err(Error::new(Kind::Usage, "nobody was named")),
    };
    let mut all = recipients(&vault)?;
    if all.iter().any(|one| one.recipient == recipient) {
        app.ui.note("that key can open the vault already");
        return list::show(app, &all);
    }
    all.push(Recipient {
        recipient,
        label: args.label.clone(),
    });
    let mut event = app
        .world()
        .bare_event(Action::RecipientsChange, Outcome::Done);
    event.detail = Some(format!("added `{}`", args.label));
    let list = all.clone();
    vault.mutate(|writer| -> std::result::Result<(), VaultError> {
        let source = writer.key_source().to_owned();
        writer.rewrap(custody.identity(), list, source)?;
        writer.log(&event)
    })?;
    app.save_anchor(&mut vault);
    if let Some((mut file, path)) = written {
        sheet::end(app, &mut file, &vault);
        app.ui.note(&format!(
            "wrote a recovery key to `{}`: print it or put it on another medium, then remove it here",
            path.display()
        ));
    }
    list::show(app, &all)
}
