use std::path::PathBuf;

use crate::app::App;
use crate::app::choice::{Setting, decisive};
use crate::commands::config::{change, place};
use crate::error::Result;

/// Change a setting in the file; comments and order stay as they are
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// `audit`, `profile` or `account.PROVIDER`
    #[arg(value_name = "KEY")]
    key: Setting,
    /// `required` or `best-effort`, a profile's name, an account's label
    #[arg(value_name = "VALUE")]
    value: String,
    /// For `account.PROVIDER`: only in this folder and below
    #[arg(long, value_name = "PATH")]
    folder: Option<PathBuf>,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let place = place(app, &args.key, args.folder.as_ref())?;
    // an account is what stands behind the provider, as `list` writes it
    let value = match &args.key {
        Setting::Account(provider) => {
            let whole = args.value.strip_prefix(provider.as_str());
            whole
                .and_then(|rest| rest.strip_prefix('/'))
                .unwrap_or(&args.value)
        }
        Setting::Audit | Setting::Profile | Setting::Vault | Setting::Hook(_) => &args.value,
    };
    change(app, &args.key, &place, Some(value))?;
    app.ui.note(&format!(
        "set `{}` in `{}`",
        args.key,
        app.config_file().display()
    ));
    if let Setting::Account(provider) = &args.key
        && !app.providers().names().contains(provider)
    {
        app.ui.warn(&format!(
            "no provider is called `{provider}` (yet); see `oauthctl provider list`"
        ));
    }
    // what stands above the file hides what was just written there
    if args.folder.is_none()
        && let Some(layer) = decisive(&app.layers(&args.key)?)
        && ["flag", "environment", "folder"].contains(&layer.name)
    {
        app.ui.warn(&format!(
            "here and now the {} decides instead: `{}`",
            layer.name, layer.place
        ));
    }
    Ok(())
}
