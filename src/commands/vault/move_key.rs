use std::path::PathBuf;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::app::App;
use crate::commands::vault::file_name;
use crate::commands::vault::init::{Place, source};
use crate::commands::vault::rekey::warn_of_variables;
use crate::commands::{printed, warn_of_old_pages};
use crate::error::Result;
use crate::key::Source;

/// Keep the vault's key in another place
///
/// The key stays the same, so recovery keys and backups stay good. It is written to the new place and
/// read back before the vault names that place, in one step; the keyring's old item is removed when the
/// vault was opened with the new one. A copy that a move left which was cut off stays, and
/// `oauthctl doctor` names it. After a theft this is not enough: `oauthctl vault rekey`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl vault move-key --to keyring\n  \
    oauthctl vault move-key --to passphrase --dry-run\n  \
    oauthctl vault move-key --to file --identity-file /etc/job/oauthctl.key")]
pub(in crate::commands) struct Args {
    /// Where the key shall be kept
    #[arg(long, value_parser = place(), value_name = "PLACE")]
    to: Place,
    /// The identity file for `--to file` and `--to passphrase` [default: beside the vault]
    #[arg(long, value_name = "PATH", value_parser = file_name::named())]
    identity_file: Option<PathBuf>,
    /// Look whether it can be done, say what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Every place but the environment, where nobody can write a key.
fn place() -> impl TypedValueParser<Value = Place> {
    let all = Place::value_variants().iter();
    let writable = all.filter(|place| !matches!(place, Place::Environment));
    let values = writable.filter_map(ValueEnum::to_possible_value);
    PossibleValuesParser::new(values).try_map(|name| Place::from_str(&name, false))
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let path = app.vault_path()?;
    let to = source(app, Some(args.to), args.identity_file.as_deref(), &path)?;
    // An item of the keyring is written once: a former one may be there still.
    let to = match to.another() {
        Ok(Some(another)) if to == Source::Keyring => another,
        _ => to,
    };
    let moved = app.move_key(&to, args.dry_run)?;
    if args.dry_run {
        app.ui.note(&format!(
            "the key would move from {} to {}; nothing was changed",
            moved.from, moved.to
        ));
        return document(app, &moved.from, &to, true);
    }
    warn_of_old_pages(app, &moved.unswept);
    app.ui
        .note(&format!("moved: the vault's key is {} now", moved.to));
    if let Some(file) = moved.from.path().filter(|file| file.exists()) {
        app.ui.note(&format!(
            "it is still in `{}` too: remove that file when no other vault needs it",
            file.display()
        ));
    }
    for copy in &moved.copies {
        let is = if copy.is_seen { "is" } else { "may be" };
        app.ui.note(&format!(
            "a copy {is} in {} too, of a move that was cut off: `oauthctl doctor` says how to remove it",
            copy.place
        ));
    }
    warn_of_variables(app, "is set, and is asked before the new place: unset it");
    document(app, &moved.from, &to, false)
}

fn document(app: &App, from: &Source, to: &Source, dry_run: bool) -> Result<()> {
    if !app.ui.json() {
        return Ok(());
    }
    let file = |place: &Source| place.path().map(|path| path.display().to_string());
    let document = crate::json::json!({
        "schema": 1,
        "from": from.kind(),
        "from_file": file(from),
        "to": to.kind(),
        "to_file": file(to),
        "dry_run": dry_run,
    });
    printed(app.ui.data(&document.to_string()))
}
