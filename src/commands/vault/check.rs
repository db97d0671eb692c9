use std::path::PathBuf;

use crate::app::{App, Expected, other_pin, unreadable};
use crate::commands::printed;
use crate::commands::vault::file_name;
use crate::commands::vault::salvage;
use crate::error::{BACK_TO_A_BACKUP, Error, Kind, Result};
use crate::ui::counted;
use crate::vault::Locked;

/// Look at every record, event and page of the vault
///
/// Finding something ends with exit code 9, with `--salvage` too. That writes every record that still
/// authenticates into one age file, encrypted to the vault's own key; stock `age -d` opens it.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// Save what still authenticates into this new file
    #[arg(long, value_name = "FILE", value_parser = file_name::named())]
    salvage: Option<PathBuf>,
    /// Confirm that this is the fingerprint of your vault, as your recovery sheet says
    #[arg(long, value_name = "FINGERPRINT", conflicts_with = "salvage")]
    confirm: Option<String>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    if let Some(fingerprint) = &args.confirm {
        return confirm(app, fingerprint);
    }
    let (locked, custody) = app.need_locked_vault()?;
    let (pin, _) = app.pin(&locked, &custody)?;
    if let Some(file) = &args.salvage {
        salvage::run(app, &locked, &custody, pin.as_deref(), file)?;
    }
    let findings = locked
        .check(custody.identity(), pin.as_deref())
        .map_err(|error| unreadable(error, Some(&custody)))?;
    let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
    list(app, &locked, &words)?;
    if words.is_empty() {
        return Ok(());
    }
    let message = format!("{} wrong with the vault", counted(words.len(), "thing"));
    let mut shown = Error::new(Kind::Stopped, message);
    if args.salvage.is_none() {
        shown = shown.hint("save what still authenticates: `oauthctl vault check --salvage FILE`");
    }
    Err(shown.hint(BACK_TO_A_BACKUP))
}

fn list(app: &App, locked: &Locked, words: &[String]) -> Result<()> {
    if app.ui.json() {
        let document = crate::json::json!({
            "schema": 1,
            "path": locked.path().display().to_string(),
            "sound": words.is_empty(),
            "findings": words,
        });
        return printed(app.ui.data(&document.to_string()));
    }
    if words.is_empty() {
        let sound = "[ ok ] every record, event and page is what was written";
        return printed(app.ui.data(sound));
    }
    for line in words {
        printed(app.ui.data(&format!("[fail] {line}")))?;
    }
    Ok(())
}

fn confirm(app: &App, fingerprint: &str) -> Result<()> {
    let (locked, custody) = app.need_locked_vault()?;
    let (pin, _) = app.pin(&locked, &custody)?;
    if pin.as_deref() == Some(fingerprint) {
        app.ui.note("that fingerprint was confirmed before");
        return show(app, fingerprint, false);
    }
    let path = locked.path().to_owned();
    let header = locked.header();
    let (id, source) = (header.vault_id, header.key_source.clone());
    let mut vault = locked
        .unlock(custody.identity(), pin.as_deref(), None)
        .map_err(|error| unreadable(error, Some(&custody)))?;
    vault.confirm(fingerprint).map_err(|error| {
        let mut shown = other_pin(error, &Expected::Given);
        for hint in &mut shown.hints {
            *hint = hint.replace("`--fingerprint ", "`--confirm ");
        }
        shown
    })?;
    custody
        .write_pin(fingerprint)
        .map_err(|error| app.no_key(&error))?;
    app.remember(&path, id, &source, &custody.recipient().to_string());
    app.ui.note("confirmed; the vault can be changed now");
    show(app, fingerprint, true)
}

fn show(app: &App, fingerprint: &str, is_new: bool) -> Result<()> {
    if !app.ui.json() {
        return Ok(());
    }
    let document = crate::json::json!({
        "schema": 1,
        "fingerprint": fingerprint,
        "confirmed_now": is_new,
    });
    printed(app.ui.data(&document.to_string()))
}
