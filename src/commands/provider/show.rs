use crate::app::App;
use crate::commands::printed;
use crate::error::Result;
use crate::names::ProviderName;
use crate::ordered;
use crate::provider::describe::describe;

/// Show what a definition says: endpoints, redirect URI, how tokens live and end
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The provider
    #[arg(value_name = "PROVIDER")]
    provider: ProviderName,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let definition = app.providers().get(&args.provider)?;
    let rows = describe(&definition);
    if app.ui.json() {
        let members = rows.iter();
        let members = ordered::map(members.map(|row| (member(row.label), row.value.clone())));
        let document = crate::json::json!({ "schema": 1, "provider": members });
        return printed(app.ui.data(&document.to_string()));
    }
    let width = rows.iter().map(|row| row.label.len()).max().unwrap_or(0);
    for row in rows {
        let value = row.value.replace('\n', &format!("\n{:width$}  ", ""));
        printed(app.ui.data(&format!("{:width$}  {value}", row.label)))?;
    }
    Ok(())
}

/// The name of a row's member: snake case, as all are.
fn member(label: &str) -> String {
    label.to_ascii_lowercase().replace(' ', "_")
}
