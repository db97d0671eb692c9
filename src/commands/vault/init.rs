use std::path::{Path, PathBuf};

use age::x25519;

use crate::app::{App, unreadable};
use crate::commands::vault::file_name;
use crate::commands::vault::sheet::Sheet;
use crate::commands::with_its_folder;
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::key::Source;
use crate::ui::shell_word;
use crate::vault::{Locked, Recipient};

/// What is said of a vault that only its own key opens.
pub(super) const NO_RECOVERY_KEY: &str =
    "there is no recovery key: whoever loses the vault's key loses the vault";

/// The way out of that.
pub(super) const ADD_ONE: &str = "make one: `oauthctl vault recipients add --recovery-file FILE`";

/// Make a vault and its key
///
/// `connect` makes one by itself; this one lets you choose where the key is kept, and makes a
/// recovery key: a second key that opens the vault when the first is lost.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl vault init --recovery-file ~/oauthctl-recovery.txt\n  \
    oauthctl vault init --key passphrase\n  \
    oauthctl vault init --key file --identity-file /etc/job/oauthctl.key")]
pub(in crate::commands) struct Args {
    /// Where the key is kept [default: what the environment names, else the keyring]
    #[arg(long, value_enum, value_name = "PLACE")]
    key: Option<Place>,
    /// The identity file for `--key file` and `--key passphrase` [default: beside the vault]
    #[arg(long, value_name = "PATH", value_parser = file_name::named(), requires = "key")]
    identity_file: Option<PathBuf>,
    /// Write a recovery key here; keep it away from this machine
    #[arg(long, value_name = "PATH", value_parser = file_name::named())]
    recovery_file: Option<PathBuf>,
    /// Protect the recovery key with a passphrase of its own, asked for or from
    /// `OAUTHCTL_PASSPHRASE_FILE`
    #[arg(long, requires = "recovery_file")]
    recovery_passphrase: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Place {
    /// The keyring of the operating system
    Keyring,
    /// An age identity file with mode 0600
    File,
    /// An age identity file protected by a passphrase
    Passphrase,
    /// The environment: `OAUTHCTL_IDENTITY`
    Environment,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let path = app.vault_path()?;
    let stands = || stands(args, &path);
    if std::fs::symlink_metadata(&path).is_ok() {
        return Err(stands());
    }
    if let Some(gone) = app.gone_vault()? {
        app.ui.warn(&gone.message);
        app.ui.note("this makes a new one, without what it held");
    }
    let source = source(app, args.key, args.identity_file.as_deref(), &path)?;
    let recovery = x25519::Identity::generate();
    let file = args.recovery_file.clone().or_else(|| asked_for(app));
    // On disk before the vault is: one whose recovery key could not be written would pretend to have
    // one.
    let mut begun = None;
    let made = app.create_vault(&source, || {
        begun = match file {
            Some(file) => written(app, args, file, &recovery)?,
            None => None,
        };
        let public = recovery.to_public().to_string();
        let recipient = Recipient::native(public, "recovery".to_owned());
        Ok(begun.iter().map(|_| recipient.clone()).collect())
    });
    match (made, begun) {
        (Ok(Some(vault)), Some(sheet)) => sheet.end(app, &vault),
        (Ok(None), Some(sheet)) => return Err(sheet.discard(false, stands())),
        (Ok(None), None) => return Err(stands()),
        (Ok(Some(_)), None) => {
            app.ui.note(NO_RECOVERY_KEY);
            app.ui.hint(ADD_ONE);
        }
        (Err(error), Some(sheet)) => {
            let standing = std::fs::symlink_metadata(&path).is_ok();
            return Err(sheet.discard(standing, error));
        }
        (Err(error), None) => return Err(error),
    }
    Ok(())
}

/// Why nothing is made where something stands.
fn stands(args: &Args, path: &Path) -> Error {
    if let Err(error) = Locked::open(path)
        && error.is_damage()
    {
        return unreadable(error, None);
    }
    let mut shown = Error::new(Kind::Failed, "there is a vault already")
        .because(format!("`{}` exists", path.display()));
    if let Some(file) = &args.recovery_file {
        let file = shell_word(&file.display().to_string());
        shown = shown.hint(format!(
            "a recovery key for it: `oauthctl vault recipients add --recovery-file {file}`"
        ));
    }
    shown.hint("use another `--profile` or `--vault` for a second one")
}

/// Writes the recovery key. Where a person chose the file when asked, and it can't be written, they
/// are asked for another, or none.
fn written(
    app: &App,
    args: &Args,
    mut file: PathBuf,
    recovery: &x25519::Identity,
) -> Result<Option<Sheet>> {
    loop {
        match Sheet::begin(app, &file, recovery, args.recovery_passphrase) {
            Ok(sheet) => return Ok(Some(sheet)),
            Err(error) if args.recovery_file.is_some() => return Err(error),
            Err(error) => app
                .ui
                .error(&error.message, &error.causes, &error.notes, &error.hints),
        }
        match asked_for(app) {
            Some(another) => file = another,
            None => return Ok(None),
        }
    }
}

/// Asks for the recovery key's file; none where none is wanted. What looks like no path may be the
/// passphrase of a person who expected to be asked for that, and must not become a file's name.
fn asked_for(app: &App) -> Option<PathBuf> {
    let answer = loop {
        let answer = app
            .ui
            .ask("write a recovery key to which file? (a path; empty for none) ")?;
        if answer.contains(['/', std::path::MAIN_SEPARATOR]) {
            break answer;
        }
        app.ui
            .note("that does not look like a file; `./NAME` is one in this folder");
    };
    // no shell has seen it
    Some(match (answer.strip_prefix("~/"), env::home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(answer),
    })
}

/// Where a new key is to be kept, as the flags say, else as suits this machine.
pub(super) fn source(
    app: &App,
    place: Option<Place>,
    file: Option<&Path>,
    vault: &Path,
) -> Result<Source> {
    // a typing error, or a stick that is not there, must not put the key elsewhere
    if let Some(file) = file
        && let Some(folder) = file.parent()
        && !folder.as_os_str().is_empty()
        && !folder.exists()
    {
        let message = format!("could not write the key `{}`", file.display());
        let shown = Error::new(Kind::Failed, message).because("its folder does not exist");
        return Err(with_its_folder(shown, file));
    }
    let beside = |name: &str| {
        file.map_or_else(
            || vault.with_file_name(name),
            |path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        )
    };
    Ok(match place {
        None => app.choose_source(|error| app.no_key(error))?,
        Some(Place::Keyring) => Source::Keyring,
        Some(Place::File) => Source::IdentityFile(beside("identity.txt")),
        Some(Place::Passphrase) => Source::PassphraseFile(beside("identity.age")),
        Some(Place::Environment) => Source::Environment,
    })
}
