use std::path::PathBuf;

use serde_json::Value;

use crate::app::{App, RestoreOutcome, RestorePut as Put, RestoreRead as Read, WantedRestore};
use crate::commands::printed;
use crate::commands::vault::status;
use crate::connection::restore::Restored;
use crate::error::Result;
use crate::json::json;
use crate::names::ConnectionName;
use crate::ui::{counted, shell_word};

/// Go back to a backup
///
/// Where no vault stands, the backup's becomes the vault. Where one stands, what it lacks comes back:
/// connections, client registrations and consents; what it has of its own stays, and so do its key, its
/// recovery keys and its audit log. A vault that changed since the backup wants `--force`. So does one
/// that is damaged or was set back: it goes aside, and the backup's becomes the vault, with what can
/// still be read in what goes aside.
///
/// Of a connection that both have, an account whatever it is called, the later tokens of the same consent
/// go on. Where the backup has another consent of it, the vault's own stays as long as it doesn't wait for
/// you to sign in, and you are told.
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
    let outcome = app.restore(&wanted)?;
    match &outcome {
        RestoreOutcome::Put(put) => say_put(app, put),
        RestoreOutcome::Filled(restored) => say_filled(app, restored),
    }
    if !app.ui.json() {
        return Ok(());
    }
    printed(app.ui.data(&document(&outcome).to_string()))
}

fn document(outcome: &RestoreOutcome) -> Value {
    match outcome {
        RestoreOutcome::Put(put) => {
            let (key_source, key_file) = status::place(&put.key_source);
            json!({
                "schema": 1,
                "outcome": "put",
                "back": null,
                "kept": names([&put.newer[..], &put.other_consents].concat().as_slice()),
                "other_consents": names(&put.other_consents),
                "suspect": names(&put.suspects),
                "clients": null,
                "key_source": key_source,
                "key_file": key_file,
                "aside": put.aside.as_ref().map(|aside| aside.display().to_string()),
            })
        }
        RestoreOutcome::Filled(restored) => json!({
            "schema": 1,
            "outcome": "filled",
            "back": names(&restored.back),
            "kept": names(&restored.kept),
            "other_consents": names(&restored.other_consents),
            "suspect": names(&restored.suspects),
            "clients": restored.clients,
            "key_source": null,
            "key_file": null,
            "aside": null,
        }),
    }
}

/// As they stand in documents.
pub(super) fn names(names: &[ConnectionName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn say_filled(app: &App, restored: &Restored) {
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
    say_other_consents(app, &restored.other_consents);
    say_suspects(app, &restored.suspects);
}

fn say_put(app: &App, put: &Put) {
    app.ui.note("restored: the vault is the backup's now");
    if let Some(aside) = &put.aside {
        app.ui
            .note(&format!("what stood there is `{}` now", aside.display()));
    }
    for name in &put.newer {
        app.ui
            .note(&format!("`{name}` is as it was there, which is newer"));
    }
    match put.read {
        Read::All => {}
        Read::Some => app.ui.warn(
            "not all of it could be read: tokens that were newer there may be missing, and of those \
             that the backup has a refresh may be refused; then connect again",
        ),
        Read::Nothing => app
            .ui
            .warn("nothing could be read in it: tokens that were newer there are not in the vault"),
    }
    app.ui.note(&format!(
        "its key is {}; where that is lost: `oauthctl vault recover --with FILE`",
        put.key
    ));
    say_other_consents(app, &put.other_consents);
    say_suspects(app, &put.suspects);
}

fn say_other_consents(app: &App, names: &[ConnectionName]) {
    for name in names {
        app.ui.note(&format!(
            "`{name}` stays as it was: the backup has another consent of it; to have that one, say \
             `oauthctl revoke {} --local-only`, then restore again with `--force`",
            shell_word(&name.to_string())
        ));
    }
}

pub(super) fn say_suspects(app: &App, suspects: &[ConnectionName]) {
    for name in suspects {
        app.ui.note(&format!(
            "`{name}` is suspect: refresh it by name, or connect it again"
        ));
    }
}
