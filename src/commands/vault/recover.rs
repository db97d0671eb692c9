use std::path::{Path, PathBuf};

use crate::app::App;
use crate::commands::vault::init::{Place, source};
use crate::commands::warn_of_old_pages;
use crate::error::{Error, Kind, Result};
use crate::key::{self, Ask, KeyError, Source};
use crate::private_file;
use crate::vault::{Action, Locked, Outcome, Recipient, RecipientList, Vault, VaultError};

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
    /// Where the new key is kept
    #[arg(long, value_enum, value_name = "PLACE")]
    key: Option<Place>,
    /// The identity file for `--key file` and `--key passphrase` [default: beside the vault]
    #[arg(long, value_name = "PATH", requires = "key")]
    identity_file: Option<PathBuf>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let path = app.vault_path()?;
    let Some(locked) = Locked::open(&path)? else {
        return Err(Error::new(Kind::Failed, "there is no vault to recover")
            .because(format!("`{}` does not exist", path.display())));
    };
    let fingerprint = match &args.fingerprint {
        Some(fingerprint) => fingerprint.clone(),
        None => fingerprint_on(&args.with)?,
    };
    let vault_id = locked.header().vault_id;
    let recorded = Source::parse(&locked.header().key_source);
    let prompt = |question: &str| app.ui.ask_secret(question);
    let ask = |recorded, file| Ask {
        vault_id,
        recorded,
        identity: None,
        identity_file: file,
        passphrase_file: app.env.passphrase_file.as_deref(),
        prompt: app.ui.may_ask().then_some(&prompt as key::Prompt<'_>),
        state_dir: &app.paths.state,
    };
    let recovery = key::unlock(&ask(&Source::Environment, Some(&args.with)))
        .map_err(|error| app.no_key(&error))?;
    let mut vault = locked.unlock(recovery.identity(), Some(&fingerprint), None)?;
    let source = match (args.key, recorded) {
        // Where a file was lost, its place is free for the new one.
        (None, Ok(place @ (Source::IdentityFile(_) | Source::PassphraseFile(_)))) => place,
        _ => source(app, args.key, args.identity_file.as_deref(), &path)?,
    };
    let custody = match key::create(&source, &ask(&source, None)) {
        // An earlier recovery may have been cut off after it made the key.
        Err(KeyError::Exists { .. }) => key::unlock(&ask(&source, None)),
        made => made,
    }
    .map_err(|error| app.no_key(&error))?;
    custody
        .write_pin(&fingerprint)
        .map_err(|error| app.no_key(&error))?;
    let event = app.world().bare_event(Action::Recover, Outcome::Done);
    let recipients = recipients(&vault, custody.recipient().to_string())?;
    let text = source
        .to_text()
        .map_err(|error| app.no_key(&error.into()))?;
    vault.mutate(|writer| -> std::result::Result<(), VaultError> {
        writer.rewrap(recovery.identity(), recipients, text)?;
        writer.log(&event)
    })?;
    warn_of_old_pages(app, &vault.checkpoint_truncate());
    drop(vault);
    let place = custody.describe();
    app.anchor_beside(custody, &fingerprint)?;
    app.ui
        .note(&format!("recovered: the vault's key is {place} now"));
    app.ui.note(
        "if the old key was stolen and not only lost: `oauthctl revoke --all`, then connect anew",
    );
    Ok(())
}

/// Everybody who could open the vault but the lost master identity.
fn recipients(vault: &Vault, master: String) -> Result<Vec<Recipient>> {
    let list = vault.read(|snapshot| snapshot.find::<RecipientList>(RecipientList::NAME))?;
    let mut recipients = vec![Recipient {
        recipient: master,
        label: Recipient::MASTER.to_owned(),
    }];
    let others = list.map(|row| row.value.recipients).unwrap_or_default();
    recipients.extend(
        others
            .into_iter()
            .filter(|one| one.label != Recipient::MASTER),
    );
    Ok(recipients)
}

/// The fingerprint that a recovery sheet carries.
fn fingerprint_on(sheet: &Path) -> Result<String> {
    let text = private_file::read(sheet, 65_536).map_err(|error| {
        Error::new(Kind::NoKey, "could not read the recovery key").caused_by(&error)
    })?;
    let text = zeroize::Zeroizing::new(String::from_utf8_lossy(&text).into_owned());
    text.lines()
        .find_map(|line| line.strip_prefix("# fingerprint: "))
        .map(|fingerprint| fingerprint.trim().to_owned())
        .ok_or_else(|| {
            Error::new(
                Kind::Stopped,
                "the recovery key does not say which vault it belongs to",
            )
            .because("anybody who knows a public key can make a vault for it")
            .hint("give the fingerprint that you wrote down: `--fingerprint …`")
        })
}
