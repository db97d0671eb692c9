use crate::app::App;
use crate::connection::select;
use crate::error::{Error, Kind, Result};
use crate::names::{ConnectionName, ProviderName};
use crate::provider::{Providers, remove_user_file};

/// Remove a definition of yours
///
/// A built-in definition of the same name holds again. Connections made with it stay, but can't be
/// refreshed or revoked until it is defined again: while there are any, this needs `--yes`.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The provider
    #[arg(value_name = "PROVIDER")]
    provider: ProviderName,
    /// Remove it although there are connections of it
    #[arg(short, long)]
    yes: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let name = &args.provider;
    if !args.yes && app.providers().user_file(name).exists() {
        refuse_in_use(app, name)?;
    }
    if remove_user_file(&app.providers_folder(), name)? {
        app.ui.note(&format!("removed your definition of `{name}`"));
        return Ok(());
    }
    let error = Error::new(
        Kind::Failed,
        format!("there is no definition of yours called `{name}`"),
    );
    Err(if Providers::is_shipped(name) {
        error.because("it is built in and can be overridden, not removed")
    } else {
        error.hint("see `oauthctl provider list`")
    })
}

/// Nobody can end the connections of a provider that is not defined.
fn refuse_in_use(app: &App, name: &ProviderName) -> Result<()> {
    if Providers::is_shipped(name) {
        return Ok(());
    }
    let Some(vault) = app.open_vault()? else {
        return Ok(());
    };
    let names = vault.read(select::all)?.into_iter();
    let names: Vec<ConnectionName> = names.map(|found| found.connection.name).collect();
    let of_it = names.iter().filter(|one| one.provider == *name);
    let listed: Vec<_> = of_it.map(|one| format!("`{one}`")).collect();
    if listed.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Kind::Stopped,
        format!(
            "the definition of `{name}` is in use: {}",
            listed.join(", ")
        ),
    )
    .because("without it they can't be refreshed or revoked")
    .hint("revoke them first (with `--local-only` what moved away), or say `--yes`"))
}
