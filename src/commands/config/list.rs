use crate::app::App;
use crate::app::choice::{Setting, decisive};
use crate::commands::config::get;
use crate::commands::printed;
use crate::config::Hooks;
use crate::error::Result;
use crate::ordered;
use crate::ui;

/// List the settings as they hold here and now, and what decides each
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {}

pub(in crate::commands) fn run(app: &App, _: &Args) -> Result<()> {
    let of_folders = app.config.folders.iter();
    let of_folders = of_folders.map(|rule| &rule.connection.provider);
    let providers = ordered::set(app.config.accounts.keys().chain(of_folders));
    let accounts = providers.into_iter().cloned().map(Setting::Account);
    let hooks = Hooks::NAMES.into_iter();
    let hooks = hooks.filter(|name| !app.config.hooks.of(name).is_empty());
    let hooks = hooks.map(Setting::Hook);
    let mut rows = Vec::new();
    for key in [Setting::Audit, Setting::Profile, Setting::Vault]
        .into_iter()
        .chain(accounts)
        .chain(hooks)
    {
        let layers = app.layers(&key)?;
        if app.ui.json() {
            printed(app.ui.data(&get::document(&key, &layers).to_string()))?;
            continue;
        }
        let (value, name) = match decisive(&layers) {
            Some(layer) => (layer.value.clone().unwrap_or_default(), layer.name),
            None => ("-".to_owned(), "-"),
        };
        rows.push(vec![key.to_string(), value, name.to_owned()]);
    }
    if app.ui.json() {
        return Ok(());
    }
    for line in ui::table(&["KEY", "VALUE", "DECIDED BY"], &rows) {
        printed(app.ui.data(&line))?;
    }
    Ok(())
}
