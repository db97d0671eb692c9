use clap::Subcommand;

use crate::app::App;
use crate::error::Result;

mod desk;
mod diff;
mod diff_page;
mod find;
mod init;
mod log;
mod open;
mod pull;
mod push;
mod resolve;
mod restore;
mod shown;
mod status;
mod undo;
mod version;
mod walk;
mod watch;

/// Keep a manuscript in a repository, with every version of it
///
/// A folder of texts is linked to a repository once. `push` saves what is new here, `pull` brings
/// what was saved elsewhere; where both changed one text, both changes are in it afterwards, or you
/// are asked.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Push(push::Args),
    Pull(pull::Args),
    Status(status::Args),
    Diff(diff::Args),
    Resolve(resolve::Args),
    Log(log::Args),
    Restore(restore::Args),
    Find(find::Args),
    Version(version::Args),
    Open(open::Args),
    Watch(watch::Args),
    Undo(undo::Args),
}

pub(super) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Command::Init(args) => init::run(app, &args),
        Command::Push(args) => push::run(app, &args),
        Command::Pull(args) => pull::run(app, &args),
        Command::Status(args) => status::run(app, &args),
        Command::Diff(args) => diff::run(app, &args),
        Command::Resolve(args) => resolve::run(app, &args),
        Command::Log(args) => log::run(app, &args),
        Command::Restore(args) => restore::run(app, &args),
        Command::Find(args) => find::run(app, &args),
        Command::Version(args) => version::run(app, &args),
        Command::Open(args) => open::run(app, &args),
        Command::Watch(args) => watch::run(app, &args),
        Command::Undo(args) => undo::run(app, &args),
    }
}
