use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

mod setup;

pub(super) use setup::known_hosts;

/// Make git use the connections
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Setup(setup::Args),
}

pub(super) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Command::Setup(args) => setup::run(app, &args),
    }
}
