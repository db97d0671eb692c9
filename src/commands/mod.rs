//! The command line: one file per command, the folder tree is the command tree.
//!
//! A command parses, asks and shows; the library decides.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::{App, Globals, Settings};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::harden;
use crate::http::{Http, Limits};
use crate::names::ProfileName;
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
mod line;
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
mod waiting;
mod wizard;

use line::{parse, show_clap, with_a_better_tip};
use waiting::block_on;

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
        value_name = "PROFILE",
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
    fn wants_settings(&self) -> Settings {
        if matches!(self, Self::Config(args) if args.asks_for_the_path()) {
            Settings::Unread
        } else if matches!(self, Self::Doctor(_)) {
            Settings::IfUsable
        } else {
            Settings::Needed
        }
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
    match App::new(ui, env, globals, cli.command.wants_settings()) {
        Ok(app) => {
            let code = exit_code(&app.ui, dispatch(&app, cli.command));
            ExitCode::from(tell_hooks(&app, code))
        }
        Err(error) => ExitCode::from(exit_code(&Ui::new(voice).repeating(&given), Err(error))),
    }
}

/// Reports what failed.
fn exit_code(ui: &Ui, ended: Result<()>) -> u8 {
    ended.map_or_else(
        |error| {
            report(ui, &error);
            error.exit_code()
        },
        |()| 0,
    )
}

/// Tells the person's programs what happened. Whoever reads from here waits no longer for them: all
/// is said.
fn tell_hooks(app: &App, code: u8) -> u8 {
    if app.events.is_empty() {
        return code;
    }
    Ui::no_more_data();
    let told = exit_code(&app.ui, hooks::run(app));
    if code == 0 { told } else { code }
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
    let document = crate::json::json!({
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
