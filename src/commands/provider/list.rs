use crate::app::App;
use crate::commands::printed;
use crate::error::Result;
use crate::provider::definition::Origin;
use crate::ui::table;

/// List the providers that can be connected
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {}

pub(in crate::commands) fn run(app: &App, _: &Args) -> Result<()> {
    let mut rows = Vec::new();
    for listed in app.providers().list()? {
        let (called, origin, error) = match &listed.definition {
            Ok(definition) => {
                let origin = match definition.origin {
                    Origin::BuiltIn => "built in",
                    Origin::UserFile(_) => "your file",
                };
                (definition.display_name.clone(), origin, None)
            }
            Err(error) => ("-".to_owned(), "broken", Some(error.to_string())),
        };
        if app.ui.json() {
            let document = crate::json::json!({
                "schema": 1,
                "provider": listed.name,
                "display_name": listed.definition.as_ref().ok().map(|d| d.display_name.clone()),
                "origin": origin.replace(' ', "_"),
                "error": error,
            });
            printed(app.ui.data(&document.to_string()))?;
            continue;
        }
        if let Some(error) = error {
            app.ui.warn(&error);
        }
        rows.push(vec![listed.name, called, origin.to_owned()]);
    }
    if !app.ui.json() {
        for line in table(&["PROVIDER", "NAME", "DEFINED"], &rows) {
            printed(app.ui.data(&line))?;
        }
    }
    Ok(())
}
