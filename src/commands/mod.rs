//! The command line: one file per command, the folder tree is the command tree.
//!
//! A command parses, asks and shows; the library decides.

use std::ffi::OsString;
use std::future::{Future, poll_fn};
use std::io;
use std::path::Path;
use std::pin::pin;
use std::process::ExitCode;
use std::task::Poll;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use crate::app::{App, Globals};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::harden;
use crate::http::{self, Http, Limits};
use crate::names::ProfileName;
use crate::stop::{self, Signal};
use crate::ui::{Color, Ui, Voice, shell_word};
use crate::vault::VaultError;

mod advice;
mod api;
mod audit;
mod client;
mod complete;
pub(crate) mod completions;
mod config;
mod connect;
mod consents;
mod demo;
mod discover;
mod doc;
mod doctor;
mod exec;
mod fresh_token;
mod git;
mod git_credential;
mod hooks;
mod list;
mod page;
mod provider;
mod refresh;
mod revoke;
mod sandbox;
mod scopes;
mod show;
mod state_json;
mod token;
mod vault;
mod wizard;

/// Owns your OAuth connections: connects accounts, hands scripts fresh tokens, revokes, audits.
#[derive(Debug, Parser)]
#[command(
    name = "oauthctl",
    version,
    max_term_width = 100,
    after_help = "Start with `oauthctl demo`, or connect an account: `oauthctl connect github`.\n\
                  stdout is data, stderr is talk. Exit codes: 0 done, 1 failed, 2 usage, 3 conflict, 4 login \
                  required, 5 temporary, 6 no key, 7 refused, 8 pending, 9 stopped by a guard."
)]
pub struct Cli {
    #[command(flatten)]
    globals: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Default, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch")]
struct GlobalArgs {
    /// Print JSON: documents on stdout, errors on stderr
    #[arg(long, global = true, help_heading = "Global options")]
    json: bool,
    /// Use this profile: a vault and key of its own
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        help_heading = "Global options"
    )]
    profile: Option<ProfileName>,
    /// Use this vault file
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        help_heading = "Global options"
    )]
    vault: Option<std::path::PathBuf>,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true, help_heading = "Global options")]
    verbose: bool,
    /// Never ask anything
    #[arg(long, global = true, help_heading = "Global options")]
    no_input: bool,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    color: ColorArg,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum ColorArg {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Connect(connect::Args),
    List(list::Args),
    Show(show::Args),
    Token(token::Args),
    Exec(exec::Args),
    Api(api::Args),
    Refresh(refresh::Args),
    Revoke(revoke::Args),
    Consents(consents::Args),
    Audit(audit::Args),
    Doc(doc::Args),
    Provider(provider::Args),
    Scopes(scopes::Args),
    Client(client::Args),
    GitCredential(git_credential::Args),
    Git(git::Args),
    Vault(vault::Args),
    Doctor(doctor::Args),
    Config(config::Args),
    Demo(demo::Args),
    Sandbox(sandbox::Args),
    Completions(completions::Args),
    Complete(complete::Args),
}

impl Command {
    /// Whether the settings decide anything for it.
    fn wants_settings(&self) -> bool {
        !matches!(self, Self::Config(args) if args.asks_for_the_path())
    }
}

/// Runs the program on this process's arguments and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    harden::process();
    run(&std::env::args_os().collect::<Vec<_>>())
}

fn run(arguments: &[OsString]) -> ExitCode {
    let json = arguments.iter().any(|argument| argument == "--json");
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(error) => return show_clap(&with_a_better_tip(error, arguments), json),
    };
    let env = Env::read();
    let voice = cli.globals.voice(&env);
    let given = cli.globals.given();
    let ui = Ui::new(voice).repeating(&given);
    let mut globals = Globals {
        profile: cli.globals.profile,
        vault: cli.globals.vault,
    };
    if let Command::Complete(args) = &cli.command {
        match args.vault(globals) {
            Some(meant) => globals = meant,
            None => return ExitCode::SUCCESS,
        }
    }
    let (ui, ended) = match App::new(ui, env, globals, cli.command.wants_settings()) {
        Ok(app) => {
            let ended = dispatch(&app, cli.command);
            (app.ui, ended)
        }
        Err(error) => (Ui::new(voice).repeating(&given), Err(error)),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&ui, &error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// `token` is what scripts call, and building the whole tree costs a sixth of its time: it has a
/// small tree of its own, and none where only the connection is said. Whatever that one doesn't take,
/// help and errors included, goes to the whole tree.
fn parse(arguments: &[OsString]) -> std::result::Result<Cli, clap::Error> {
    if let [_, command, connection] = arguments
        && command == "token"
        && let Some(Ok(connection)) = connection.to_str().map(str::parse)
    {
        return Ok(Cli {
            globals: GlobalArgs::default(),
            command: Command::Token(token::Args::of(connection)),
        });
    }
    if arguments.get(1).is_some_and(|first| first == "token")
        && let Ok(HotCli { globals, command }) = HotCli::try_parse_from(arguments)
    {
        let HotCommand::Token(args) = command;
        return Ok(Cli {
            globals,
            command: Command::Token(args),
        });
    }
    Cli::try_parse_from(arguments)
}

#[derive(Debug, Parser)]
#[command(name = "oauthctl")]
struct HotCli {
    #[command(flatten)]
    globals: GlobalArgs,
    #[command(subcommand)]
    command: HotCommand,
}

#[derive(Debug, Subcommand)]
enum HotCommand {
    Token(token::Args),
}

impl GlobalArgs {
    /// The flags that choose the vault, as they were given.
    fn given(&self) -> Vec<(&'static str, String)> {
        let profile = self
            .profile
            .as_ref()
            .map(|name| ("--profile", name.to_string()));
        let vault = self
            .vault
            .as_ref()
            .map(|path| ("--vault", path.display().to_string()));
        profile.into_iter().chain(vault).collect()
    }

    fn voice(&self, env: &Env) -> Voice {
        let color = match self.color {
            ColorArg::Auto if env.no_color => Color::Never,
            ColorArg::Auto => Color::Auto,
            ColorArg::Always => Color::Always,
            ColorArg::Never => Color::Never,
        };
        Voice {
            json: self.json,
            quiet: self.quiet,
            verbose: self.verbose,
            no_input: self.no_input || env.no_input || env.ci,
            color,
        }
    }
}

fn dispatch(app: &App, command: Command) -> Result<()> {
    if let Command::Token(args) = &command {
        return token::run(app, args);
    }
    dispatch_others(app, command)
}

/// Apart from `token`, which would pay for the 64 KiB of stack that all of these want together.
#[inline(never)]
fn dispatch_others(app: &App, command: Command) -> Result<()> {
    match command {
        Command::Connect(args) => connect::run(app, &args),
        Command::List(args) => list::run(app, &args),
        Command::Show(args) => show::run(app, &args),
        Command::Token(args) => token::run(app, &args),
        Command::Exec(args) => exec::run(app, &args),
        Command::Api(args) => api::run(app, &args),
        Command::Refresh(args) => refresh::run(app, &args),
        Command::Revoke(args) => revoke::run(app, &args),
        Command::Consents(args) => consents::run(app, &args),
        Command::Audit(args) => audit::run(app, args),
        Command::Doc(args) => doc::run(app, args),
        Command::Provider(args) => provider::run(app, args),
        Command::Scopes(args) => scopes::run(app, &args),
        Command::Client(args) => client::run(app, args),
        Command::GitCredential(args) => git_credential::run(app, &args),
        Command::Git(args) => git::run(app, args),
        Command::Vault(args) => vault::run(app, args),
        Command::Doctor(args) => doctor::run(app, &args),
        Command::Config(args) => config::run(app, &args),
        Command::Demo(args) => demo::run(app, &args),
        Command::Sandbox(args) => sandbox::run(app, &args),
        Command::Completions(args) => completions::run(app, &args),
        Command::Complete(args) => complete::run(app, &args),
    }
}

/// An option of the command that `exec` shall run is none of ours; clap would put `--` before it and
/// not before the command.
fn with_a_better_tip(mut error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let words: Vec<_> = arguments
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let is_lost = error.kind() == ErrorKind::UnknownArgument && !words.iter().any(|it| it == "--");
    if !is_lost || !error.to_string().contains("Usage: oauthctl exec ") {
        return error;
    }
    let behind = words.iter().position(|word| word == "exec");
    let behind = behind
        .and_then(|at| words.get(at + 1..))
        .unwrap_or_default();
    let (connection, command) = match behind {
        [one, other, ..] if !one.starts_with('-') && !other.starts_with('-') => (&**one, &**other),
        _ => ("CONNECTION", "COMMAND"),
    };
    let tip = format!("the command stands after `--`: oauthctl exec {connection} -- {command} …");
    let tip = ContextValue::StyledStrs(vec![escape::line(&tip).into()]);
    error.insert(ContextKind::Suggested, tip);
    error
}

fn show_clap(error: &clap::Error, json: bool) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        // Nobody is left to tell when stdout is gone.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if json {
        // clap's first line says what is wrong, the rest is for people.
        let text = error.to_string();
        let message = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        let error = Error::new(Kind::Usage, message);
        let mut lines = text.lines();
        let tip = lines.find_map(|line| line.trim_start().strip_prefix("tip: "));
        let voice = Voice {
            json,
            ..Voice::default()
        };
        report(&Ui::new(voice), &tip.into_iter().fold(error, Error::hint));
    } else {
        // clap quotes what was typed, or what a script made of something that it read.
        let text = error.render().to_string();
        if escape::block(&text) == text {
            let _ = error.print();
        } else {
            Ui::new(Voice::default()).instruct(text.trim_end());
        }
    }
    ExitCode::from(Kind::Usage.exit_code())
}

fn report(ui: &Ui, error: &Error) {
    if error.message.is_empty() {
        return;
    }
    if !ui.json() {
        ui.error(&error.message, &error.causes, &error.notes, &error.hints);
        return;
    }
    let shown = |texts: &[String]| {
        texts
            .iter()
            .map(|text| escape::block(&ui.as_typed(text)))
            .collect::<Vec<_>>()
    };
    let document = serde_json::json!({
        "schema": 1,
        "error": {
            "kind": error.kind.name(),
            "message": escape::block(&error.message),
            "causes": shown(&error.causes),
            "notes": shown(&error.notes),
            "hints": shown(&error.hints),
            "exit_code": error.exit_code(),
            "retry_after_seconds": error.retry_after.map(|wait| wait.as_secs()),
        }
    });
    ui.error_document(&document.to_string());
}

/// Runs network work on one thread until it ends or a signal comes.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let not_started = |error: io::Error| {
        Error::new(Kind::Failed, "could not start the network").caused_by(&error)
    };
    let _listening = stop::listen().map_err(not_started)?;
    let ended = http::block_on(async {
        let mut work = pin!(work);
        let mut signals = Signals::listen();
        let signal = tokio::select! {
            biased; // the signals first, so that they are listened to before anything is done
            signal = signals.first() => signal,
            done = &mut work => return told_to_stop(done),
        };
        if !stop::must_wait() {
            return Err(signal.into());
        }
        // What a server answers now exists nowhere else. Nothing new is begun, and every request
        // has its limit, so this ends. Whoever insists is obeyed.
        let signal = tokio::select! {
            biased;
            signal = signals.next() => signal,
            done = &mut work => return told_to_stop(done),
        };
        stop::insist();
        // What has arrived by now is stored.
        tokio::select! {
            biased;
            done = &mut work => told_to_stop(done),
            () = std::future::ready(()) => Err(signal.into()),
        }
    });
    ended.map_err(not_started)?
}

/// Work that ended after a signal came ends the process as the signal would have; a failure is told
/// all the same, unless it is the signal's own doing.
fn told_to_stop<T>(done: Result<T>) -> Result<T> {
    let Some(signal) = stop::asked() else {
        return done;
    };
    let stopped = Error::from(signal);
    Err(match done {
        Ok(_) => stopped,
        Err(error) if error.kind == stopped.kind => stopped,
        Err(error) => error.exits_with(stopped.kind.exit_code()),
    })
}

/// The signals that stop work, as they come.
#[cfg(unix)]
struct Signals(
    Option<[tokio::signal::unix::Signal; 2]>,
    Vec<tokio::signal::unix::Signal>,
);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let both = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        );
        // Whoever was started to outlive its terminal hears nothing of its end.
        let mut others = vec![SignalKind::quit()];
        if !stop::hang_up_is_ignored() {
            others.push(SignalKind::hangup());
        }
        let others = others.into_iter().filter_map(|kind| signal(kind).ok());
        match both {
            (Ok(interrupt), Ok(terminate)) => Self(Some([interrupt, terminate]), others.collect()),
            _ => Self(None, Vec::new()),
        }
    }

    /// Ends when a signal comes, or came before anybody listened here.
    async fn first(&mut self) -> Signal {
        match stop::asked() {
            Some(signal) => signal,
            None => self.next().await,
        }
    }

    async fn next(&mut self) -> Signal {
        match &mut self.0 {
            Some([interrupt, terminate]) => {
                let others = &mut self.1;
                let other = poll_fn(|context| {
                    let came = others
                        .iter_mut()
                        .any(|one| one.poll_recv(context).is_ready());
                    if came { Poll::Ready(()) } else { Poll::Pending }
                });
                tokio::select! {
                    _ = interrupt.recv() => Signal::Interrupt,
                    _ = terminate.recv() => Signal::Terminate,
                    () = other => Signal::Terminate,
                }
            }
            None => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn first(&mut self) -> Signal {
        self.next().await
    }

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}

/// What is done is done, although what it replaced could not be taken off the disk yet.
fn warn_of_old_pages(app: &App, emptied: &std::result::Result<(), VaultError>) {
    if emptied.is_err() {
        app.ui.warn(
            "what was there before stays in the vault's log as long as another program reads the \
             vault; it goes with the next change after that",
        );
    }
}

/// The way out where a file could not be written for lack of its folder.
fn with_its_folder(error: Error, path: &Path) -> Error {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
            let folder = shell_word(&folder.display().to_string());
            error.hint(format!("make its folder first: `mkdir -p {folder}`"))
        }
        _ => error,
    }
}

/// The HTTP client; made only where something is sent.
fn network() -> Http {
    Http::new(Limits::default())
}

/// Turns a broken stdout into an error: what was to be printed did not arrive.
fn printed(result: io::Result<()>) -> Result<()> {
    result.map_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            // Whoever reads has seen enough, as `head` does: nothing to tell anybody.
            return Error::new(Kind::Failed, "");
        }
        Error::new(Kind::Failed, "could not write to stdout").caused_by(&error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_alone_means_the_same_without_a_tree_of_commands() {
        for name in ["github", "github/me@example.org", "my-server/a"] {
            let arguments = ["oauthctl", "token", name].map(OsString::from);
            let plain = parse(&arguments).expect("no tree");
            let whole = Cli::try_parse_from(&arguments).expect("the whole tree");
            assert_eq!(format!("{plain:?}"), format!("{whole:?}"));
            let small = HotCli::try_parse_from(&arguments).expect("the small tree");
            let HotCommand::Token(small) = small.command;
            assert_eq!(
                format!("{:?}", plain.command),
                format!("{:?}", Command::Token(small))
            );
        }
        for other in ["--help", "-h", "help", "-", "--", "", "a b", "-x/y"] {
            let arguments = ["oauthctl", "token", other].map(OsString::from);
            let whole = Cli::try_parse_from(&arguments).map_err(|error| error.to_string());
            let parsed = parse(&arguments).map_err(|error| error.to_string());
            assert_eq!(format!("{parsed:?}"), format!("{whole:?}"), "{other}");
        }
    }
}
