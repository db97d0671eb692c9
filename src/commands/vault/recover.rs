use std::path::{Path, PathBuf};
use std::slice;

use crate::app::{App, other_pin};
use crate::commands::vault::init::{Place, source};
use crate::commands::warn_of_old_pages;
use crate::error::{Error, Kind, Result};
use crate::key::{self, Ask, KeyError, Opener, Source};
use crate::vault::{Action, Locked, Outcome, Recipient, RecipientList, Vault, VaultError, seal_to};
use crate::{plugin, private_file};

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
    let vault_id = locked.header().vault_id;
    let former = locked.header().key_source.clone();
    let recorded = Source::parse(&locked.header().key_source);
    let prompt = |question: &str| app.ui.ask_secret(question);
    let ask = |recorded| Ask {
        vault_id,
        recorded,
        identity: None,
        identity_file: None,
        passphrase_file: app.env.passphrase_file.as_deref(),
        prompt: app.ui.may_ask().then_some(&prompt as key::Prompt<'_>),
        state_dir: &app.paths.state,
    };
    let recovery = app.opener(&args.with, vault_id)?;
    let given = args.fingerprint.as_deref();
    let fingerprint = given.or(recovery.fingerprint()).ok_or_else(unconfirmed)?;
    let fingerprint = fingerprint.to_owned();
    let mut vault = locked
        .unlock(recovery.identity(), Some(&fingerprint), None)
        .map_err(other_pin)?;
    let source = match (args.key, recorded) {
        // Where a file was lost, its place is free for the new one.
        (None, Ok(place @ (Source::IdentityFile(_) | Source::PassphraseFile(_)))) => place,
        _ => source(app, args.key, args.identity_file.as_deref(), &path)?,
    };
    let others = others(app, &vault, &recovery)?;
    let old = make_room(&source)?;
    let mut made = key::create(&source, &ask(&source));
    let mut another = None;
    if let Err(KeyError::Exists { .. }) = made {
        // Whatever is in the keyring stays: an item is written once.
        another = source.another().ok().flatten();
        if let Some(another) = &another {
            made = key::create(another, &ask(another));
        }
    }
    let source = another.as_ref().unwrap_or(&source);
    let custody = made.map_err(|error| app.no_key(&error))?;
    custody
        .write_pin(&fingerprint)
        .map_err(|error| app.no_key(&error))?;
    let event = app.world().bare_event(Action::Recover, Outcome::Done);
    let mut recipients = vec![Recipient::master(custody.recipient().to_string())];
    recipients.extend(others);
    let text = source
        .to_text()
        .map_err(|error| app.no_key(&error.into()))?;
    app.remember_either(&path, vault_id, [&former, &text])?;
    vault
        .mutate(|writer| -> std::result::Result<(), VaultError> {
            writer.rewrap(recovery.identity(), recipients, text.clone())?;
            writer.log(&event)
        })
        .map_err(|error| match &old {
            None => Error::from(error),
            Some(old) => Error::from(error).note(format!(
                "what was at the new key's place is `{}` now",
                old.display()
            )),
        })?;
    warn_of_old_pages(app, &vault.checkpoint_truncate());
    drop(vault);
    let place = custody.describe();
    app.remember(&path, vault_id, &[&text]);
    app.anchor_beside(custody, &fingerprint)?;
    tell(app, &place, old.as_deref());
    Ok(())
}

/// What a person has to know afterwards.
fn tell(app: &App, place: &str, old: Option<&Path>) {
    app.ui
        .note(&format!("recovered: the vault's key is {place} now"));
    if let Some(old) = old {
        app.ui.note(&format!(
            "what was there before is `{}` now; as long as it exists it may open copies of this \
             vault that were made before",
            old.display()
        ));
    }
    app.ui.note(
        "if the old key was stolen and not only lost: `oauthctl revoke --all`, then connect anew",
    );
}

/// A new key never takes the place of another: a file that is there gets another name.
fn make_room(source: &Source) -> Result<Option<PathBuf>> {
    match source {
        Source::IdentityFile(path) | Source::PassphraseFile(path)
            if path.symlink_metadata().is_ok() =>
        {
            let aside = private_file::set_aside(path).map_err(|error| {
                Error::new(Kind::Failed, "could not make room for the new key").caused_by(&error)
            })?;
            Ok(Some(aside))
        }
        Source::IdentityFile(_)
        | Source::PassphraseFile(_)
        | Source::Keyring
        | Source::KeyringItem(_)
        | Source::Environment => Ok(None),
    }
}

/// Everybody who could open the vault but the lost master identity. A recovery must not wait for the
/// plugin of another key than the one at hand: one that does not work is left out.
fn others(app: &App, vault: &Vault, recovery: &Opener<'_>) -> Result<Vec<Recipient>> {
    let list = vault.read(|snapshot| snapshot.find::<RecipientList>(RecipientList::NAME))?;
    let listed = list.map(|row| row.value.recipients).unwrap_or_default();
    let mut others = Vec::new();
    for mut one in listed {
        if one.label == Recipient::MASTER {
            continue;
        }
        if let Some(plugin) = &mut one.plugin
            && !plugin::is_program(plugin)
            && let Some(here) = recovery.program()
            && here.file_name() == plugin.file_name()
        {
            here.clone_into(plugin);
        }
        match seal_to(slice::from_ref(&one), b"") {
            Ok(_) => others.push(one),
            Err(error) => app.ui.warn(&format!(
                "`{}` does not open the vault any more ({error}); when that is mended, say \
                 `oauthctl vault recipients add {}`",
                one.label, one.recipient
            )),
        }
    }
    Ok(others)
}

fn unconfirmed() -> Error {
    Error::new(
        Kind::Stopped,
        "the recovery key does not say which vault it belongs to",
    )
    .because("anybody who knows a public key can make a vault for it")
    .hint("give the fingerprint that you wrote down: `--fingerprint …`")
}
