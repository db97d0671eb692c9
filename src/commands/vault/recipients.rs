use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::vault::{Recipient, RecipientList, Vault};

mod add;
mod list;
mod remove;

/// See and change who can open the vault
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Args),
    Add(add::Args),
    Remove(remove::Args),
}

pub(in crate::commands) fn run(app: &App, args: Args) -> Result<()> {
    match args.command {
        Command::List(args) => list::run(app, &args),
        Command::Add(args) => add::run(app, &args),
        Command::Remove(args) => remove::run(app, &args),
    }
}

/// Everybody whom the vault is locked to, in the order in which they were added.
pub(in crate::commands) fn recipients(vault: &Vault) -> Result<Vec<Recipient>> {
    let list = vault.read(|snapshot| snapshot.find::<RecipientList>(RecipientList::NAME))?;
    Ok(list.map(|row| row.value.recipients).unwrap_or_default())
}
