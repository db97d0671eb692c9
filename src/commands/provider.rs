use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

mod add;
mod check;
mod list;
mod remove;
mod show;

/// Look after provider definitions
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Args),
    Show(show::Args),
    Add(add::Args),
    Remove(remove::Args),
    Check(check::Args),
}

pub(super) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Command::List(args) => list::run(app, &args),
        Command::Show(args) => show::run(app, &args),
        Command::Add(args) => add::run(app, &args),
        Command::Remove(args) => remove::run(app, &args),
        Command::Check(args) => check::run(app, &args),
    }
}
