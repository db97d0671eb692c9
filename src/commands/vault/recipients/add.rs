use std::path::PathBuf;
use std::slice;

use age::x25519;

use crate::app::App;
use crate::commands::vault::age_file;
use crate::commands::vault::recipients::{list, recipients};
use crate::commands::vault::sheet::Sheet;
use crate::error::{Error, Kind, Result};
use crate::plugin;
use crate::vault::{Action, Outcome, Recipient, VaultError, seal_to};

/// Let one more key open the vault
///
/// With `--recovery-file` a new recovery key is made and written there, with `--passphrase` as an age
/// file under a passphrase of its own; else name an age recipient whose identity somebody keeps. One
/// like `age1yubikey1…` is of an age plugin: the program `age-plugin-yubikey` is looked for on `PATH`
/// and recorded, and runs whenever the vault is locked anew or backed up. Taking one away again is not the reverse of this: who could open
/// the vault once has its key.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).args(["recovery_file", "recipient"])))]
pub(super) struct Args {
    /// An age recipient, `age1…`
    #[arg(value_name = "RECIPIENT")]
    recipient: Option<String>,
    /// Make a recovery key, and write its sheet to this new file
    #[arg(long, value_name = "FILE")]
    recovery_file: Option<PathBuf>,
    /// Protect the recovery key with a passphrase, asked for or from `OAUTHCTL_PASSPHRASE_FILE`
    #[arg(long, requires = "recovery_file")]
    passphrase: bool,
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
    let mut all = recipients(&vault)?;
    let mut sheet = None;
    let recipient = match (&args.recovery_file, &args.recipient) {
        (Some(file), _) => {
            // On disk before the vault is locked to it.
            let recovery = x25519::Identity::generate();
            sheet = Some(Sheet::begin(app, file, &recovery, args.passphrase)?);
            Recipient::native(recovery.to_public().to_string(), args.label.clone())
        }
        (None, Some(text)) => named(text, &args.label)?,
        (None, None) => return Err(Error::new(Kind::Usage, "nobody was named")),
    };
    if all.iter().any(|one| one.recipient == recipient.recipient) {
        app.ui.note("that key can open the vault already");
        return list::show(app, &all);
    }
    all.push(recipient);
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
    if let Some(sheet) = sheet {
        sheet.end(app, &vault);
    }
    list::show(app, &all)
}

/// The recipient that a person named. What it can't lock to is known before anything is changed.
fn named(text: &str, label: &str) -> Result<Recipient> {
    let mut recipient = Recipient::native(text.to_owned(), label.to_owned());
    if let Some(name) = plugin::of_recipient(text) {
        let found = plugin::find(&name).ok_or_else(|| {
            Error::new(
                Kind::Failed,
                format!("there is no `age-plugin-{name}` on the search path"),
            )
            .hint("install that age plugin, and see that its folder is on `PATH`")
        })?;
        recipient.plugin = Some(found);
    }
    seal_to(slice::from_ref(&recipient), b"").map_err(|error| {
        if let VaultError::BadRecipient { .. } = error {
            return age_file::not_a_recipient(text);
        }
        Error::new(Kind::Failed, "could not lock anything to that key").caused_by(&error)
    })?;
    Ok(recipient)
}
