use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

mod accept_rollback;
pub(super) mod age_file;
mod backup;
mod check;
mod export;
mod export_file;
mod file_name;
mod foreign;
mod import;
mod init;
mod move_key;
pub(super) mod recipients;
mod recover;
mod rekey;
mod restore;
mod salvage;
mod sheet;
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
    Check(check::Args),
    Recover(recover::Args),
    Rekey(rekey::Args),
    Recipients(recipients::Args),
    MoveKey(move_key::Args),
    Export(export::Args),
    Import(import::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    AcceptRollback(accept_rollback::Args),
}

pub(super) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Command::Init(args) => init::run(app, &args),
        Command::Status(args) => status::run(app, &args),
        Command::Check(args) => check::run(app, &args),
        Command::Recover(args) => recover::run(app, &args),
        Command::Rekey(args) => rekey::run(app, &args),
        Command::Recipients(args) => recipients::run(app, args),
        Command::MoveKey(args) => move_key::run(app, &args),
        Command::Export(args) => export::run(app, &args),
        Command::Import(args) => import::run(app, &args),
        Command::Backup(args) => backup::run(app, &args),
        Command::Restore(args) => restore::run(app, &args),
        Command::AcceptRollback(args) => accept_rollback::run(app, &args),
    }
}
