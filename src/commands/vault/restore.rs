use std::path::PathBuf;

use crate::app::{App, RestoreOutcome, WantedRestore};
use crate::error::Result;
use crate::names::ConnectionName;
use crate::ui::counted;

/// Go back to a backup
///
/// Where no vault stands, the backup's becomes the vault. Where one stands, what it lacks comes back:
/// connections, client registrations and consents; what it has of its own is newer and stays, and so do
/// its key, its recovery keys and its audit log. A vault that changed since the backup wants `--force`.
/// So does one that is damaged or was set back: it goes aside, and the backup's becomes the vault.
///
/// Connections whose refresh tokens rotate come back `suspect`: theirs may have been used since, and
/// using one again can end the live grant, so they are refreshed only when you name them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl vault restore /media/stick/vault.age\n  \
    oauthctl vault restore /media/stick/vault.age --with recovery-sheet.txt")]
pub(in crate::commands) struct Args {
    /// What `oauthctl vault backup` wrote
    #[arg(value_name = "FILE", value_parser = super::file_name::named())]
    file: PathBuf,
    /// An identity that opens it: the recovery sheet, or a former identity of the vault
    #[arg(long = "with", value_name = "FILE")]
    with: Option<PathBuf>,
    /// The fingerprint of the vault in the backup, where the sheet doesn't say it
    #[arg(long, value_name = "FINGERPRINT")]
    fingerprint: Option<String>,
    /// The vault that stands is newer; or it is damaged or was set back, and shall go aside
    #[arg(long)]
    force: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let wanted = WantedRestore {
        file: &args.file,
        with: args.with.as_deref(),
        fingerprint: args.fingerprint.clone(),
        force: args.force,
    };
    match app.restore(&wanted)? {
        RestoreOutcome::Put {
            suspects,
            key,
            aside,
        } => {
            app.ui.note("restored: the vault is the backup's now");
            if let Some(aside) = aside {
                app.ui
                    .note(&format!("what stood there is `{}` now", aside.display()));
            }
            app.ui.note(&format!(
                "its key is {key}; where that is lost: `oauthctl vault recover --with FILE`"
            ));
            say_suspects(app, &suspects);
        }
        RestoreOutcome::Filled(restored) => {
            let (back, kept) = (restored.back.len(), restored.kept.len());
            app.ui.note(&format!(
                "restored {} and {}; {} of the vault's own {} as before",
                counted(back, "connection"),
                counted(restored.clients, "client registration"),
                counted(kept, "connection"),
                if kept == 1 { "is" } else { "are" }
            ));
            for name in &restored.back {
                app.ui.note(&format!("`{name}` is back"));
            }
            if back > 0 {
                app.ui.note(
                    "those whose refresh tokens rotate are suspect: refresh them by name, or \
                     connect them again",
                );
            }
        }
    }
    Ok(())
}

fn say_suspects(app: &App, suspects: &[ConnectionName]) {
    for name in suspects {
        app.ui.note(&format!(
            "`{name}` is suspect: refresh it by name, or connect it again"
        ));
    }
}
