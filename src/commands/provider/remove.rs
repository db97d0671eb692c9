use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::names::ProviderName;
use crate::provider::{Providers, remove_user_file};

/// Remove a definition of yours
///
/// A built-in definition of the same name holds again. Connections made with it stay, but can't be
/// refreshed or revoked until it is defined again.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The provider
    #[arg(value_name = "PROVIDER")]
    provider: ProviderName,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let name = &args.provider;
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
