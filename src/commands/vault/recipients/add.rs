use std::path::PathBuf;

use age::x25519;

use crate::app::App;
use crate::commands::vault::age_file;
use crate::commands::vault::recipients::list;
use crate::commands::vault::sheet::Sheet;
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::plugin;
use crate::vault::{Action, Outcome, Recipient, VaultError, Whom};

/// Let one more key open the vault
///
/// With `--recovery-file` a new recovery key is made and written there, with `--passphrase` as an age
/// file under a passphrase of its own; else name an age recipient whose identity somebody keeps. One
/// like `age1yubikey1…` is of an age plugin: the program `age-plugin-yubikey` is looked for on `PATH`
/// and recorded, and runs whenever the vault is locked anew or backed up. Taking one away again is
/// not the reverse of this: who could open the vault once has its key.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).args(["recovery_file", "recipient"])))]
pub(super) struct Args {
    /// An age recipient, `age1…`
    #[arg(value_name = "RECIPIENT")]
    recipient: Option<String>,
    /// Make a recovery key, and write its sheet to this new file
    #[arg(long, value_name = "FILE", value_parser = crate::commands::vault::file_name::named())]
    recovery_file: Option<PathBuf>,
    /// Protect the recovery key with a passphrase, asked for or from `OAUTHCTL_PASSPHRASE_FILE`
    #[arg(long, requires = "recovery_file")]
    passphrase: bool,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "recovery")]
    label: String,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    if args.label == Recipient::MASTER || args.label.trim().is_empty() {
        return Err(Error::new(
            Kind::Usage,
            format!("`{}` can't be a label here", args.label),
        ));
    }
    let (_turn, mut vault, custody) = app.open_vault_alone()?;
    let standing = vault.standing()?;
    let mut all = standing.recipients().to_vec();
    let recovery = x25519::Identity::generate();
    let label = free(&args.label, &all);
    let recipient = match &args.recipient {
        None => Recipient::native(recovery.to_public().to_string(), label.clone()),
        Some(text) => named(text, &label)?,
    };
    if all.iter().any(|one| one.recipient == recipient.recipient) {
        app.ui.note("that key can open the vault already");
        return list::show(app, &all);
    }
    all.push(recipient);
    let source = standing.key_source().to_owned();
    let (rewrapped, _) = standing
        .rewrap(custody.identity(), all.clone(), Whom::All, &app.ui)
        .map_err(|error| not_locked(error, args.recipient.as_deref()))?;
    // On disk before the vault is locked to it.
    let sheet = match &args.recovery_file {
        Some(file) => Some(Sheet::begin(app, file, &recovery, args.passphrase)?),
        None => None,
    };
    let mut event = app
        .world()
        .bare_event(Action::RecipientsChange, Outcome::Done);
    event.detail = Some(format!("added `{label}`"));
    let done = vault.lock_exclusive(LOCK_WAIT).and_then(|_alone| {
        vault.mutate(|writer| {
            writer.rewrap(rewrapped, source)?;
            writer.log(&event)
        })
    });
    if let Err(error) = done {
        return Err(match sheet {
            None => error.into(),
            Some(sheet) => sheet.give_up(error),
        });
    }
    app.save_anchor(&mut vault);
    if let Some(sheet) = sheet {
        sheet.end(app, &vault);
    }
    app.ui.note(
        "backups from before don't open with that key: `oauthctl vault backup` makes a new one",
    );
    list::show(app, &all)
}

/// The label, with a number where another key has it: `remove` takes one by its label.
fn free(label: &str, all: &[Recipient]) -> String {
    let mut free = label.to_owned();
    let mut number = 2;
    while all.iter().any(|one| one.label == free) {
        free = format!("{label}-{number}");
        number += 1;
    }
    free
}

/// The recipient that a person named, with the program of its plugin.
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
    } else {
        let native: x25519::Recipient =
            text.parse().map_err(|_| age_file::not_a_recipient(text))?;
        // Written as the others are, or the same key would pass for another one.
        recipient.recipient = native.to_string();
    }
    Ok(recipient)
}

/// Why the vault is locked to nobody else: for the new recipient, or for one of those it had.
fn not_locked(error: VaultError, new: Option<&str>) -> Error {
    if let VaultError::NotLocked { recipient, .. } = &error
        && new == Some(recipient.as_str())
    {
        return Error::new(Kind::Failed, "could not lock anything to that key").caused_by(&error);
    }
    error.into()
}
