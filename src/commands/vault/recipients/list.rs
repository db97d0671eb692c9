use crate::app::App;
use crate::commands::printed;
use crate::commands::vault::recipients::recipients;
use crate::error::Result;
use crate::ui::table;
use crate::vault::Recipient;

/// List who can open the vault
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(app: &App, _: &Args) -> Result<()> {
    let vault = app.need_vault()?;
    show(app, &recipients(&vault)?)
}

/// The list as data: one line for each.
pub(super) fn show(app: &App, recipients: &[Recipient]) -> Result<()> {
    if app.ui.json() {
        for one in recipients {
            let document = crate::json::json!({
                "schema": 1,
                "recipient": one.recipient,
                "label": one.label,
                "plugin": one.plugin.as_ref().map(|path| path.display().to_string()),
            });
            printed(app.ui.data(&document.to_string()))?;
        }
        return Ok(());
    }
    let rows: Vec<_> = recipients
        .iter()
        .map(|one| vec![one.label.clone(), one.recipient.clone()])
        .collect();
    for line in table(&["LABEL", "RECIPIENT"], &rows) {
        printed(app.ui.data(&line))?;
    }
    Ok(())
}
