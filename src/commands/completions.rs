use clap_complete::Shell;

use crate::app::App;
use crate::commands::printed;
use crate::error::Result;
use crate::generate;

/// Print the completion script of a shell
///
/// For bash: `oauthctl completions bash > ~/.local/share/bash-completion/completions/oauthctl`
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    printed(app.ui.data(generate::completions(args.shell).trim_end()))
}
