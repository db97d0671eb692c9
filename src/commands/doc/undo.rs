use super::desk;
use crate::app::App;
use crate::commands::printed;
use crate::document::journal::Deed;
use crate::error::Result;
use crate::escape;
use crate::json::json;

/// Take back what the last command did to the files here
///
/// Pull, restore and resolve can be taken back, one after the other. Files that you changed since
/// stay as they are. What was pulled comes again with the next pull.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(app: &App, _: &Args) -> Result<()> {
    let mut manuscript = desk::manuscript(app)?;
    let undone = manuscript.undo(&desk::on)?;
    if app.ui.json() {
        let document = json!({
            "schema": 1,
            "undone": undone.as_ref().map(|undone| word(undone.deed)),
            "files": undone.as_ref().map(|undone| &undone.files),
            "kept": undone.as_ref().map(|undone| &undone.kept),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    let Some(undone) = undone else {
        app.ui.note("there is nothing to take back");
        return Ok(());
    };
    for path in &undone.files {
        printed(app.ui.data(&format!("as before  {}", escape::line(path))))?;
    }
    for path in &undone.kept {
        printed(app.ui.data(&format!(
            "kept       {}  (you changed it since)",
            escape::line(path)
        )))?;
    }
    app.ui
        .note(&format!("the last {} was taken back", word(undone.deed)));
    Ok(())
}

fn word(deed: Deed) -> &'static str {
    match deed {
        Deed::Pull => "pull",
        Deed::Restore => "restore",
        Deed::Resolve => "resolve",
        Deed::Undo => "undo",
    }
}
