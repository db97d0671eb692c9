use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

mod remove;
mod set;
mod show;

/// Look after app registrations: client id and secret
///
/// A registration made at the provider gives a client id and, at most providers, a secret. The
/// secret is read from a prompt, from stdin or from a file, never from the command line.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Set(set::Args),
    Show(show::Args),
    Remove(remove::Args),
}

pub(super) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Command::Set(args) => set::run(app, &args),
        Command::Show(args) => show::run(app, &args),
        Command::Remove(args) => remove::run(app, &args),
    }
}
