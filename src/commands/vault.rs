use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

mod accept_rollback;
mod init;
mod status;

/// Look after the vault and its key
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Status(status::Args),
    AcceptRollback(accept_rollback::Args),
}

pub(super) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Command::Init(args) => init::run(app, &args),
        Command::Status(args) => status::run(app, &args),
        Command::AcceptRollback(args) => accept_rollback::run(app, &args),
    }
}
