use clap::Subcommand;

use crate::app::App;
use crate::commands::audit::filter::Filter;
use crate::commands::printed;
use crate::error::Result;
use crate::ui::table;
use crate::vault::Logged;

mod export;
mod figures;
mod filter;
pub(in crate::commands) use filter::ACTIONS;
mod prune;
mod report;
mod report_page;
mod verify;

/// Show who did what with which connection, and verify, export, sum up or prune that log
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  \
    oauthctl audit --connection github --since 7d\n  \
    oauthctl audit --action hand_out --failed --json\n  \
    oauthctl audit export --format csv > audit.csv\n  \
    oauthctl audit report --html audit.html"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(verify::Args),
    Export(export::Args),
    Prune(prune::Args),
    Report(report::Args),
}

pub(super) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Some(Command::Verify(args)) => verify::run(app, &args),
        Some(Command::Export(args)) => export::run(app, &args),
        Some(Command::Prune(args)) => prune::run(app, &args),
        Some(Command::Report(args)) => report::run(app, &args),
        None => show(app, &args.filter),
    }
}

fn show(app: &App, filter: &Filter) -> Result<()> {
    let Some(vault) = app.open_vault()? else {
        app.say_no_vault();
        app.ui.note("there is no vault yet, so nothing is logged");
        return Ok(());
    };
    let events = filter.events(&vault)?;
    if events.is_empty() {
        filter.refuse_unknown(app, &vault)?;
    }
    if app.ui.json() {
        for logged in &events {
            printed(app.ui.data(&filter::document(logged).to_string()))?;
        }
        return Ok(());
    }
    let rows: Vec<_> = events.iter().map(row).collect();
    for line in table(
        &["TIME", "ACTION", "CONNECTION", "OUTCOME", "BY", "DETAIL"],
        &rows,
    ) {
        printed(app.ui.data(&line))?;
    }
    Ok(())
}

fn row(logged: &Logged) -> Vec<String> {
    let event = &logged.event;
    let by = event
        .caller
        .parent
        .as_deref()
        .map_or("-", |path| path.rsplit('/').next().unwrap_or(path));
    let code = event.error_code.as_ref().map(|code| format!("`{code}`"));
    let detail: Vec<_> = [code, event.detail.clone()].into_iter().flatten().collect();
    vec![
        event.at.to_string(),
        filter::action_word(event.action),
        event.connection.clone().unwrap_or_else(|| "-".to_owned()),
        filter::outcome_word(event.outcome),
        by.to_owned(),
        detail.join(" "),
    ]
}
