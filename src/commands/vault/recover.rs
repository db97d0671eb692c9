use std::path::{Path, PathBuf};

use age::x25519;

use crate::app::{App, other_pin};
use crate::commands::vault::init::{Place, source};
use crate::commands::vault::status;
use crate::commands::{printed, warn_of_old_pages};
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::key::{self, Ask, Custody, KeyError, Opener, Source};
use crate::names::VaultId;
use crate::vault::{Action, LeftOut, Locked, Outcome, Recipient, Standing, Whom};
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
    /// Where the new key is kept [default: in the recorded place; in a file beside the vault where
    /// that place is not this vault's alone, is not there, or is not yours]
    #[arg(long, value_enum, value_name = "PLACE")]
    key: Option<Place>,
    /// The identity file for `--key file` and `--key passphrase` [default: beside the vault]
    #[arg(long, value_name = "PATH", requires = "key")]
    identity_file: Option<PathBuf>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let path = app.vault_path()?;
    let Some(locked) = Locked::open(&path)? else {
        let none = || {
            Error::new(Kind::Failed, "there is no vault to recover")
                .because(format!("`{}` does not exist", path.display()))
        };
        return Err(app.gone_vault()?.unwrap_or_else(none));
    };
    let vault_id = locked.header().vault_id;
    let recovery = app.opener(&args.with, vault_id)?;
    let given = args.fingerprint.as_deref();
    let fingerprint = given.or(recovery.fingerprint()).ok_or_else(unconfirmed)?;
    let fingerprint = fingerprint.to_owned();
    let mut vault = locked
        .unlock(recovery.identity(), Some(&fingerprint), None)
        .map_err(other_pin)?;
    let _turn = vault.lock_recipients(LOCK_WAIT)?;
    let standing = vault.standing()?;
    let source = new_place(app, args, &path, vault_id, standing.key_source())?;
    let next = x25519::Identity::generate();
    let mut recipients = vec![Recipient::master(next.to_public().to_string())];
    recipients.extend(others(&standing, &recovery));
    let former = standing.key_source().to_owned();
    // A recovery doesn't fail because another key's plugin does. They may take their time, and the
    // new key takes its place only after that: until the commit it opens nothing.
    let (rewrapped, left_out) =
        standing.rewrap(recovery.identity(), recipients, Whom::WhoCan, &app.ui)?;
    let _alone = vault.lock_exclusive(LOCK_WAIT)?;
    let old = make_room(&source)?;
    let done = kept(app, vault_id, source, &next).and_then(|made| {
        made.custody
            .write_pin(&fingerprint)
            .map_err(|error| no_place(app, &error))?;
        app.remember_either(&path, vault_id, [&former, &made.place])?;
        let event = app.world().bare_event(Action::Recover, Outcome::Done);
        vault.mutate(|writer| {
            writer.rewrap(rewrapped, made.place.clone())?;
            writer.log(&event)
        })?;
        Ok(made)
    });
    let made = done.map_err(|error| match &old {
        None => error,
        Some(old) => error.note(format!(
            "what was at the new key's place is `{}` now",
            old.display()
        )),
    })?;
    warn_of_old_pages(app, &vault.checkpoint_truncate());
    drop(vault);
    let place = made.custody.describe();
    app.remember(&path, vault_id, &[&made.place]);
    app.anchor_beside(made.custody, &fingerprint)?;
    tell(app, &place, old.as_deref(), &left_out);
    show(app, &made.place, &fingerprint, old.as_deref(), &left_out)
}

fn show(
    app: &App,
    place: &str,
    fingerprint: &str,
    old: Option<&Path>,
    left_out: &[LeftOut],
) -> Result<()> {
    if !app.ui.json() {
        return Ok(());
    }
    let (key_source, key_file) = status::place(place);
    let left_out: Vec<_> = left_out
        .iter()
        .map(|LeftOut { recipient, why }| {
            serde_json::json!({
                "recipient": recipient.recipient,
                "label": recipient.label,
                "why": why.to_string(),
            })
        })
        .collect();
    let document = serde_json::json!({
        "schema": 1,
        "key_source": key_source,
        "key_file": key_file,
        "fingerprint": fingerprint,
        "former_file": old.map(|old| old.display().to_string()),
        "left_out": left_out,
    });
    printed(app.ui.data(&document.to_string()))
}

/// Where the new key goes: where the flags say; without any, to the recorded place of a file where
/// that is this vault's alone, else beside the vault. What may be another vault's key is left as it
/// is: a vault that was restored elsewhere names the place of the first one's.
fn new_place(app: &App, args: &Args, vault: &Path, id: VaultId, recorded: &str) -> Result<Source> {
    let anothers = |place: &Source| {
        let file = place.path();
        file.is_some_and(|file| app.may_be_anothers(vault, id, file))
    };
    let place = match (args.key, Source::parse(recorded)) {
        (None, Ok(place)) if place.path().is_some() => {
            if is_for_it(vault, &place) && !anothers(&place) {
                return Ok(place);
            }
            beside(vault, &place)
        }
        (key, _) => {
            let place = source(app, key, args.identity_file.as_deref(), vault);
            place.map_err(|error| match key {
                None => out_of_here(error).hint("keep the new key in a file: `--key file`"),
                Some(_) => error,
            })?
        }
    };
    if !anothers(&place) {
        return Ok(place);
    }
    if let Some(file) = &args.identity_file {
        let why = format!("`{}` may be another vault's key", file.display());
        return Err(
            Error::new(Kind::Usage, "the new key needs a place of its own")
                .because(why)
                .hint("name another one: `--identity-file PATH`"),
        );
    }
    let place = beside(vault, &place);
    if !anothers(&place) {
        return Ok(place);
    }
    let another = place.another().ok().flatten();
    another.ok_or_else(|| Error::new(Kind::Failed, "the system gives no random numbers"))
}

/// Whether a recorded place is the vault's own: in its folder, or a free one in a folder of the
/// person's.
fn is_for_it(vault: &Path, place: &Source) -> bool {
    let Some(file) = place.path() else {
        return false;
    };
    let folder = |path: &Path| path.parent().and_then(|folder| folder.canonicalize().ok());
    let Some(its) = folder(file) else {
        return false;
    };
    let is_free = || {
        let there = file.symlink_metadata();
        there.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    folder(vault).as_ref() == Some(&its) || is_free() && private_file::check_folder(&its).is_ok()
}

/// The default place for a key in such a file.
fn beside(vault: &Path, like: &Source) -> Source {
    match like {
        Source::PassphraseFile(_) => Source::PassphraseFile(vault.with_file_name("identity.age")),
        Source::IdentityFile(_)
        | Source::Keyring
        | Source::KeyringItem(_)
        | Source::Environment => Source::IdentityFile(vault.with_file_name("identity.txt")),
    }
}

/// The vault's new key.
struct Made {
    custody: Custody,
    /// Where it is, as the header says it.
    place: String,
}

/// Puts the new key in its place.
fn kept(
    app: &App,
    vault_id: VaultId,
    mut source: Source,
    identity: &x25519::Identity,
) -> Result<Made> {
    let prompt = |question: &str| app.ui.ask_secret(question);
    let keep = |recorded: &Source| {
        let ask = Ask {
            vault_id,
            recorded,
            identity: None,
            identity_file: None,
            passphrase_file: app.env.passphrase_file.as_deref(),
            prompt: app.ui.may_ask().then_some(&prompt as key::Prompt<'_>),
            state_dir: &app.paths.state,
        };
        key::keep(recorded, identity.clone(), &ask)
    };
    let mut made = keep(&source);
    if let Err(KeyError::Exists { .. }) = made
        && let Ok(Some(another)) = source.another()
    {
        // Whatever is in the keyring stays: an item is written once.
        made = keep(&another);
        source = another;
    }
    let custody = made.map_err(|error| no_place(app, &error))?;
    let place = source
        .to_text()
        .map_err(|error| app.no_key(&error.into()))?;
    Ok(Made { custody, place })
}

/// Why the new key can't be where it should.
fn no_place(app: &App, error: &KeyError) -> Error {
    out_of_here(app.no_key(error))
        .hint("name a place for the new key: `--key file --identity-file PATH`")
}

/// The ways out are neither the recovery that this is, nor the key that was lost.
fn out_of_here(mut error: Error) -> Error {
    let is_one = |hint: &String| !hint.contains("vault recover") && !hint.contains("IDENTITY_FILE");
    error.hints.retain(is_one);
    error
}

/// What a person has to know afterwards.
fn tell(app: &App, place: &str, old: Option<&Path>, left_out: &[LeftOut]) {
    app.ui
        .note(&format!("recovered: the vault's key is {place} now"));
    for LeftOut { recipient, why } in left_out {
        app.ui.warn(&format!(
            "`{}` was left out and does not open the vault any more ({why}); when that is mended, \
             say `oauthctl vault recipients add {}`",
            recipient.label, recipient.recipient
        ));
    }
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

/// Everybody who could open the vault but the lost master identity. The plugin of the key at hand
/// may be elsewhere by now.
fn others(standing: &Standing, recovery: &Opener<'_>) -> Vec<Recipient> {
    let mut others = standing.recipients().to_vec();
    others.retain(|one| one.label != Recipient::MASTER);
    for plugin in others.iter_mut().filter_map(|one| one.plugin.as_mut()) {
        if !plugin::is_program(plugin)
            && let Some(here) = recovery.program()
            && here.file_name() == plugin.file_name()
        {
            here.clone_into(plugin);
        }
    }
    others
}

fn unconfirmed() -> Error {
    Error::new(
        Kind::Stopped,
        "the recovery key does not say which vault it belongs to",
    )
    .because("anybody who knows a public key can make a vault for it")
    .hint("give the fingerprint that you wrote down: `--fingerprint …`")
}
