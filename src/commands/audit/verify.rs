use crate::app::App;
use crate::commands::printed;
use crate::error::{Error, Kind, Result};

/// Check that no event was edited, removed, inserted or moved
///
/// Cutting events off the end and setting back the whole vault are noticed against the anchor kept
/// beside the key. Without an anchor they are not; the summary says which holds. Whoever has the
/// vault's key can rewrite everything since the last anchor: write the head down elsewhere.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {}

pub(in crate::commands) fn run(app: &App, _: &Args) -> Result<()> {
    let vault = app.need_vault()?;
    let report = vault.verify_audit().map_err(|error| {
        Error::new(Kind::Stopped, "the audit log is not what was written")
            .caused_by(&error)
            .hint("save what authenticates with `oauthctl vault check --salvage FILE`")
    })?;
    if app.ui.json() {
        let document = crate::json::json!({
            "schema": 1,
            "events": report.count,
            "first": report.first,
            "from": report.from.map(|at| at.to_string()),
            "to": report.to.map(|at| at.to_string()),
            "head": report.head,
            "anchored": report.anchored,
            "pruned": report.checkpoint.map(|gone| crate::json::json!({
                "events": gone.count,
                "from": gone.from.to_string(),
                "to": gone.to.to_string(),
                "head": gone.hash,
            })),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    let range = match (report.from, report.to) {
        (Some(from), Some(to)) => format!(" from {from} to {to}"),
        _ => String::new(),
    };
    printed(app.ui.data(&format!(
        "{}{range}: all in place",
        counted(report.count, "event")
    )))?;
    if let Some(gone) = &report.checkpoint {
        printed(app.ui.data(&format!(
            "the first {} (until {}) were pruned and stand as a checkpoint",
            gone.count, gone.to
        )))?;
    }
    printed(app.ui.data(&format!("head {}", report.head)))?;
    if report.anchored {
        app.ui.note("compared with the anchor kept beside the key");
    } else {
        app.ui
            .warn("there is no anchor: events cut off the end would not be noticed");
    }
    Ok(())
}
use crate::ui::counted;
