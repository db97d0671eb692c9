use std::io::Write;
use std::path::{Path, PathBuf};

use age::x25519;

use crate::app::App;
use crate::commands::vault::recipients::recipients;
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::private_file::{self, with_suffix};
use crate::vault::{self, Action, Outcome, Recipient, VaultError};

/// No backup is larger.
const AT_MOST: u64 = 4 << 30;

/// Write the whole vault to one encrypted file
///
/// The file is an age file for the vault's own key and its recovery keys; what is in it is the vault
/// itself, and its records are sealed once more under the vault key. It is read back and checked
/// before this says that it is there.
///
/// It is of no use without one of those keys: keep one elsewhere (`oauthctl vault recipients add
/// --recovery-file FILE`). `oauthctl vault restore` goes back to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl vault backup /media/stick/vault.age")]
pub(in crate::commands) struct Args {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let path = args.file.as_path();
    let Some((mut vault, custody)) = app.open_vault_and_key()? else {
        return Err(app.no_vault()?);
    };
    vault.refuse_untrusted()?;
    if !args.force && std::fs::symlink_metadata(path).is_ok() {
        return Err(Error::new(Kind::Failed, "there is such a file already")
            .because(format!("`{}` exists", path.display()))
            .hint("name another one, or say `--force` to replace it"));
    }
    let alone = vault.lock_exclusive(LOCK_WAIT)?;
    app.refuse_pending_rescues(&vault)?;
    let image = vault.image()?;
    let pin = vault.fingerprint();
    if let Some(finding) = vault::check_image(&image, path, custody.identity(), &pin)?.first() {
        return Err(
            Error::new(Kind::Stopped, "a damaged vault is not backed up")
                .because(format!("{finding:?}"))
                .hint("see what is left with `oauthctl vault check`"),
        );
    }
    let sealed = seal(&image, &recipients(&vault)?)?;
    write(path, args.force, &sealed, |kept| {
        custody.open(kept).as_deref() == Ok(image.as_slice())
    })?;
    drop(alone);
    let event = app.world().bare_event(Action::Backup, Outcome::Done);
    vault.mutate(|writer| -> std::result::Result<(), VaultError> { writer.log(&event) })?;
    app.save_anchor(&mut vault);
    say(app, path);
    Ok(())
}

/// Writes the file and reads it back. One that is to be replaced stays until the new one is known to
/// be good.
fn write(path: &Path, force: bool, sealed: &[u8], is_good: impl Fn(&[u8]) -> bool) -> Result<()> {
    let failed = |error: &(dyn std::error::Error + 'static)| {
        Error::new(
            Kind::Failed,
            format!("could not write the backup `{}`", path.display()),
        )
        .caused_by(error)
    };
    let place = if force {
        with_suffix(path, ".new")
    } else {
        path.to_owned()
    };
    let written = if force {
        private_file::replace(&place, sealed)
    } else {
        private_file::create_whole(&place, sealed)
    };
    written.map_err(|error| failed(&error))?;
    let kept = private_file::read(&place, AT_MOST);
    if !kept.as_ref().is_ok_and(|kept| is_good(kept)) {
        // What can't be read back is no backup, and must not pass for one.
        let _ = std::fs::remove_file(&place);
        return Err(Error::new(
            Kind::Failed,
            format!(
                "the backup `{}` does not read as it was written",
                path.display()
            ),
        )
        .hint("its disk may be failing: write it to another one"));
    }
    if force {
        std::fs::rename(&place, path).map_err(|error| failed(&error))?;
        private_file::sync_parent(path).map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn say(app: &App, path: &Path) {
    app.ui
        .note(&format!("wrote and checked `{}`", path.display()));
    app.ui.note(
        "only the vault's key and its recovery keys open it: keep one of them elsewhere, and not \
         with the backup",
    );
}

/// An age file for everybody who can open the vault.
fn seal(image: &[u8], recipients: &[Recipient]) -> Result<Vec<u8>> {
    let failed = || Error::new(Kind::Failed, "could not encrypt the backup");
    let parsed: Vec<x25519::Recipient> = recipients
        .iter()
        .map(|one| one.recipient.parse().map_err(|_| failed()))
        .collect::<Result<_>>()?;
    let all = parsed.iter().map(|one| one as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(all).map_err(|_| failed())?;
    let mut sealed = Vec::with_capacity(image.len());
    encryptor
        .wrap_output(&mut sealed)
        .and_then(|mut writer| {
            writer.write_all(image)?;
            writer.finish()
        })
        .map_err(|_| failed())?;
    Ok(sealed)
}
