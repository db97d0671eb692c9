use std::path::PathBuf;

use crate::app::App;
use crate::app::choice::Setting;
use crate::commands::config::{change, place};
use crate::error::Result;

/// Take a setting out of the file, so that what is below it decides
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// `audit`, `profile` or `account.PROVIDER`
    #[arg(value_name = "KEY")]
    key: Setting,
    /// For `account.PROVIDER`: the rule of this folder
    #[arg(long, value_name = "PATH")]
    folder: Option<PathBuf>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let place = place(app, &args.key, args.folder.as_ref())?;
    let file = app.config_file();
    let done = if change(app, &args.key, &place, None)? {
        format!("took `{}` out of `{}`", args.key, file.display())
    } else {
        format!("`{}` was not in `{}`", args.key, file.display())
    };
    app.ui.note(&done);
    Ok(())
}
