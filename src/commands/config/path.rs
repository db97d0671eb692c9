use crate::app::App;
use crate::commands::printed;
use crate::error::Result;

/// Print where the settings file is, or would be
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {}

pub(in crate::commands) fn run(app: &App, _: &Args) -> Result<()> {
    let path = app.config_file().display().to_string();
    if app.ui.json() {
        let document = crate::json::json!({"schema": 1, "path": path});
        return printed(app.ui.data(&document.to_string()));
    }
    printed(app.ui.data(&path))
}
