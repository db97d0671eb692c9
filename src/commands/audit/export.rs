use crate::app::App;
use crate::commands::audit::filter::{self, Filter};
use crate::commands::printed;
use crate::error::Result;
use crate::vault::Logged;

/// Export events as JSON lines or CSV
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    #[command(flatten)]
    filter: Filter,
    /// The form
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One JSON object per line
    Json,
    /// RFC 4180, with a heading
    Csv,
}

const HEADING: &str = "seq,time,action,connection,outcome,error_code,scopes,detail,token,\
                       caller_pid,caller_uid,caller_parent,caller_cwd";

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let vault = app.need_vault()?;
    let events = args.filter.events(&vault)?;
    if events.is_empty() {
        args.filter.refuse_unknown(app, &vault)?;
    }
    if args.format == Format::Csv && !app.ui.json() {
        printed(app.ui.data(HEADING))?;
        for logged in &events {
            printed(app.ui.data(&csv(logged)))?;
        }
        return Ok(());
    }
    for logged in &events {
        printed(app.ui.data(&filter::document(logged).to_string()))?;
    }
    Ok(())
}

fn csv(logged: &Logged) -> String {
    let event = &logged.event;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let cells = [
        logged.seq.to_string(),
        event.at.to_string(),
        filter::action_word(event.action),
        text(&event.connection),
        filter::outcome_word(event.outcome),
        text(&event.error_code),
        event.scopes.join(" "),
        text(&event.detail),
        text(&event.token),
        event.caller.pid.to_string(),
        event
            .caller
            .uid
            .map(|uid| uid.to_string())
            .unwrap_or_default(),
        text(&event.caller.parent),
        text(&event.caller.cwd),
    ];
    cells.map(|cell| quote(&cell)).join(",")
}

/// RFC 4180 section 2; a cell that a spreadsheet would run as a formula is defused.
fn quote(cell: &str) -> String {
    let cell = match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{cell}"),
        _ => cell.to_owned(),
    };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        assert_eq!(quote("plain"), "plain");
        assert_eq!(quote("a,b"), "\"a,b\"");
        assert_eq!(quote("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(quote("=cmd()"), "'=cmd()");
    }
}
