use std::path::{Path, PathBuf};

use crate::app::App;
use crate::commands::printed;
use crate::commands::vault::age_file;
use crate::commands::vault::recipients::recipients;
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::vault::{self, Action, Outcome, Trust, Vault, VaultError};

/// Write the whole vault to one encrypted file
///
/// The file is an age file for the vault's own key and its recovery keys; what is in it is the vault
/// itself, and its records are sealed once more under the vault key. It is read back and checked
/// before this says that it is there.
///
/// It is of no use without one of those keys: keep one elsewhere (`oauthctl vault recipients add
/// --recovery-file FILE`). One that is made later doesn't open it: back up again then. `oauthctl vault
/// restore` goes back to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl vault backup /media/stick/vault.age")]
pub(in crate::commands) struct Args {
    /// The file to write
    #[arg(value_name = "FILE", value_parser = super::file_name::named())]
    file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let path = args.file.as_path();
    let Some((vault, custody)) = app.open_vault_and_key()? else {
        return Err(app.no_vault()?);
    };
    vault.refuse_doubtful()?;
    age_file::refuse_existing(app, &vault, path, args.force, None)?;
    let (turn, mut vault, custody) = if vault.trust() == Trust::ReadOnlyFile {
        // Whoever can write it elsewhere is not seen here; what is read is one state all the same.
        (None, vault, custody)
    } else {
        let (turn, vault, custody) = app.keep_alone(vault, custody)?;
        (Some(turn), vault, custody)
    };
    let alone = turn.as_ref().map(|_| vault.lock_exclusive(LOCK_WAIT));
    let alone = alone.transpose()?;
    app.refuse_pending_rescues(&vault)?;
    let image = vault.image()?;
    let pin = vault.fingerprint();
    if let Some(finding) = vault::check_image(&image, path, custody.identity(), &pin)?.first() {
        return Err(
            Error::new(Kind::Stopped, "a damaged vault is not backed up")
                .because(finding.to_string())
                .hint("see what is left with `oauthctl vault check`"),
        );
    }
    let recipients = recipients(&vault)?;
    // Plugins may take their time: whoever refreshes goes on meanwhile.
    drop(alone);
    let sealed = vault::seal_to(&recipients, &image, &app.ui)?;
    if custody.open(&sealed).as_deref() != Ok(image.as_slice()) {
        return Err(Error::new(
            Kind::Failed,
            "the backup does not open with the vault's key",
        ));
    }
    let alone = vault.lock_files(LOCK_WAIT)?;
    age_file::refuse_existing(app, &vault, path, args.force, None)?;
    age_file::write(path, args.force, &sealed, "backup")?;
    drop(alone);
    if turn.is_some() {
        let event = app.world().bare_event(Action::Backup, Outcome::Done);
        vault.mutate(|writer| -> std::result::Result<(), VaultError> { writer.log(&event) })?;
        app.save_anchor(&mut vault);
    } else {
        app.ui
            .warn("the vault can't be written here: its audit log does not tell of this backup");
    }
    say(app, path, &vault);
    if recipients.len() < 2 {
        app.ui.warn(&format!(
            "there is no recovery key: only the key in {} opens this backup",
            custody.describe()
        ));
        app.ui.hint(
            "make one, then back up again: `oauthctl vault recipients add --recovery-file FILE`",
        );
    }
    if !app.ui.json() {
        return Ok(());
    }
    let document = crate::json::json!({
        "schema": 1,
        "file": path.display().to_string(),
        "fingerprint": pin,
    });
    printed(app.ui.data(&document.to_string()))
}

fn say(app: &App, path: &Path, vault: &Vault) {
    app.ui
        .note(&format!("wrote and checked `{}`", path.display()));
    app.ui.note(
        "only the keys that open the vault now open it: keep one of them elsewhere, and not with \
         the backup",
    );
    let providers = app.providers();
    let mut own = providers.names().into_iter();
    let own = own.find_map(|name| Some(providers.user_file(&name)).filter(|file| file.exists()));
    if let Some(folder) = own.as_deref().and_then(Path::parent) {
        app.ui.note(&format!(
            "your own definitions are not in it: keep `{}` too",
            folder.display()
        ));
    }
    if vault.header().key_epoch > 1 {
        app.ui.note(&format!(
            "the vault was rekeyed: recovery sheets from before need its new fingerprint, {}",
            vault.fingerprint()
        ));
    }
}
