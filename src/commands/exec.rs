mod keep_fresh;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::app::App;
use crate::commands::token::duration;
use crate::commands::{fresh_token, hooks};
use crate::connection::fresh::{HandOut, Want};
use crate::env::keep_own_from;
use crate::error::{Error, Kind, Result};
use crate::harden;
use crate::names::{ConnectionRef, Scope, VariableName};
use crate::ui::{counted, shell_word};

/// What `env`, `timeout` and `docker run` exit with when they themselves fail, so that it is not
/// taken for the command's own code.
const OWN_FAILURE: u8 = 125;

/// Run a command with fresh tokens in its environment
///
/// Nothing is printed, and no token stands on a command line. The command's exit code and signals
/// are its own; when oauthctl itself fails, the exit code is 125. The variable is the one that
/// programs for this provider read, such as `GITHUB_TOKEN`, else `PROVIDER_TOKEN`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl exec github -- gh repo list\n  \
    oauthctl exec google --env ACCESS_TOKEN -- ./backup.sh\n  \
    oauthctl exec google --refresh-file /run/user/1000/token -- ./sync-all-night")]
pub(super) struct Args {
    /// The connections: `PROVIDER` or `PROVIDER/ACCOUNT`
    #[arg(value_name = "CONNECTION", required = true)]
    connections: Vec<ConnectionRef>,
    /// The variable for the token; given several times, one for each connection in their order
    #[arg(long = "env", value_name = "NAME")]
    names: Vec<VariableName>,
    /// How long the tokens must still live, such as 90s, 10m or 1h
    #[arg(long, value_name = "TIME", value_parser = duration)]
    min_ttl: Option<Duration>,
    /// Fail unless this scope is granted (can be given several times)
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// Keep the token in this new file, mode 0600, fresh for as long as the command runs
    #[arg(long, value_name = "PATH")]
    refresh_file: Option<PathBuf>,
    /// The command and its arguments, after `--`
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    start(app, args).map_err(|error| {
        if error.exit_code.is_some() || error.kind == Kind::Usage {
            error
        } else {
            error.exits_with(OWN_FAILURE)
        }
    })
}

fn start(app: &App, args: &Args) -> Result<()> {
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Error::new(Kind::Usage, "there is no command to run"));
    };
    if args.refresh_file.is_some() && args.connections.len() != 1 {
        return Err(Error::new(
            Kind::Usage,
            "`--refresh-file` keeps one connection's token fresh",
        )
        .hint("name one connection"));
    }
    refuse_names(args)?;
    if let Some(path) = &args.refresh_file {
        refuse_standing(path)?;
    }
    let want = Want {
        min_ttl: args.min_ttl,
        scopes: args.scopes.clone(),
        ..Want::default()
    };
    let Some(first) = args.connections.first() else {
        return Err(Error::new(Kind::Usage, "there is no connection to use"));
    };
    let (mut vault, custody) = fresh_token::vault(app, first)?;
    let mut tokens = Vec::with_capacity(args.connections.len());
    for asked in &args.connections {
        tokens.push(fresh_token::hand_out(app, &mut vault, asked, &want)?);
    }
    let opened = (vault.header().clone(), custody);
    drop(vault);
    let names = variables(app, args, &tokens)?;
    refuse_twice(&names)?;
    let mut command = Command::new(program);
    command.args(arguments);
    keep_own_from(&mut command);
    for (name, token) in names.iter().zip(&tokens) {
        command.env(name.as_str(), token.set.access_token.expose());
    }
    // Afterwards this process may be that command.
    hooks::run(app)?;
    harden::soften();
    match (&args.refresh_file, tokens.first()) {
        (Some(path), Some(first)) => {
            let file = keep_fresh::File {
                path,
                opened,
                want: &want,
            };
            keep_fresh::run(app, command, program, &file, first)
        }
        _ => replace_this_process(command, program),
    }
}

/// What stands there may be anything, and would be replaced and removed in the end.
fn refuse_standing(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let shown = path.display().to_string();
    Err(Error::new(
        Kind::Refused,
        format!("`{shown}` exists, and is not replaced by a token"),
    )
    .hint("name a file that is not there yet")
    .hint(format!(
        "if it was left by an `exec` that was killed: `rm {}`",
        shell_word(&shown)
    )))
}

/// Variables that were named, but not one for each connection, or twice the same.
fn refuse_names(args: &Args) -> Result<()> {
    let (connections, names) = (args.connections.len(), args.names.len());
    if names != 0 && names != connections {
        let message = format!("{} and {names} `--env`", counted(connections, "connection"));
        return Err(Error::new(Kind::Usage, message)
            .hint("give `--env NAME` once for each connection, in their order, or not at all"));
    }
    refuse_twice(&args.names)
}

fn refuse_twice(names: &[VariableName]) -> Result<()> {
    for (place, name) in names.iter().enumerate() {
        if names.iter().take(place).any(|earlier| earlier == name) {
            let message = format!("two tokens would go into the variable `{name}`");
            return Err(Error::new(Kind::Usage, message)
                .hint("name each with `--env NAME`, once for each connection, in their order"));
        }
    }
    Ok(())
}

/// One variable for each connection.
fn variables(app: &App, args: &Args, tokens: &[HandOut]) -> Result<Vec<VariableName>> {
    if !args.names.is_empty() {
        return Ok(args.names.clone());
    }
    let name = |token: &HandOut| Ok(app.world().definition_of(&token.name)?.token_variable());
    tokens.iter().map(name).collect()
}

/// The command takes this process's place, so that its signals, its terminal and its exit code are
/// its own, and nothing of ours stays in memory.
#[cfg(unix)]
fn replace_this_process(mut command: Command, program: &OsString) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    let failed = command.exec();
    Err(not_started(program, &failed))
}

#[cfg(not(unix))]
fn replace_this_process(mut command: Command, program: &OsString) -> Result<()> {
    let status = command
        .status()
        .map_err(|error| not_started(program, &error))?;
    ended(status)
}

fn not_started(program: &OsStr, error: &io::Error) -> Error {
    let program = program.to_string_lossy();
    Error::new(Kind::Failed, format!("could not run `{program}`")).caused_by(error)
}

/// A command's end as this process's own: its code, or 128 and the signal as shells say it.
fn ended(status: std::process::ExitStatus) -> Result<()> {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status
        .code()
        .or_else(|| signal.map(|signal| 128 + signal))
        .unwrap_or(1);
    if code == 0 {
        return Ok(());
    }
    // The command has said for itself what went wrong.
    let code = u8::try_from(code).unwrap_or(1);
    Err(Error::new(Kind::Failed, "").exits_with(code))
}
