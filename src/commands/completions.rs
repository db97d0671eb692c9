use clap::CommandFactory;
use clap_complete::Shell;

use crate::app::App;
use crate::commands::{Cli, printed};
use crate::error::Result;

/// Print the completion script of a shell
///
/// For bash: `oauthctl completions bash > ~/.local/share/bash-completion/completions/oauthctl`.
/// For zsh: into a file `_oauthctl` in a folder of your `fpath`. For fish: into
/// `~/.config/fish/completions/oauthctl.fish`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    printed(app.ui.data(script(args.shell).trim_end()))
}

/// The completion script of one shell.
pub(crate) fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "oauthctl", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
