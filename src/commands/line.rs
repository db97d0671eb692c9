//! The command line: read, and refused with a way out.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use super::{Cli, Command, GlobalArgs, exit_code, printed, report, token};
use crate::error::{Error, Kind};
use crate::escape;
use crate::ui::{Ui, Voice};

/// `token` is what scripts call, and building the whole tree costs a sixth of its time: it has a
/// small tree of its own, and none where only the connection is said. Whatever that one doesn't take,
/// help and errors included, goes to the whole tree.
pub(super) fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
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

/// Where clap's own tip leads nowhere. An option of the command that `exec` shall run is none of ours;
/// clap would put `--` before it and not before the command.
pub(super) fn with_a_better_tip(mut error: clap::Error, arguments: &[OsString]) -> clap::Error {
    leave_out_the_hidden(&mut error);
    keep_secrets_off_the_line(&mut error);
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

/// An option that would hold a client's secret is none that looks like it.
fn keep_secrets_off_the_line(error: &mut clap::Error) {
    let given = error.get(ContextKind::InvalidArg);
    let is_secret = matches!(given, Some(ContextValue::String(it)) if it.contains("secret"));
    // The practice provider makes up the secrets of its clients.
    let is_practice = || error.to_string().contains("Usage: oauthctl sandbox ");
    if error.kind() == ErrorKind::UnknownArgument && is_secret && !is_practice() {
        let tip = "no secret stands on a command line: `oauthctl client set PROVIDER --id ID` takes it \
                   from stdin, or from a file with `--secret-file PATH`";
        error.remove(ContextKind::SuggestedArg);
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
}

/// What only completion scripts call is no command that somebody meant.
fn leave_out_the_hidden(error: &mut clap::Error) {
    let similar = ContextKind::SuggestedSubcommand;
    let Some(ContextValue::Strings(names)) = error.get(similar) else {
        return;
    };
    let names = names.iter().filter(|name| *name != "complete");
    let names: Vec<_> = names.cloned().collect();
    error.insert(similar, ContextValue::Strings(names));
}

pub(super) fn show_clap(error: &clap::Error, json: bool) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        let shown = error.print();
        let voice = Voice {
            json,
            ..Voice::default()
        };
        return ExitCode::from(exit_code(&Ui::new(voice), printed(shown)));
    }
    if json {
        // clap's first line says what is wrong, and those below it what it is about; the rest is for
        // people.
        let text = error.to_string();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let mut message = first.trim_start_matches("error: ").to_owned();
        if message.ends_with(':') {
            let about = text
                .lines()
                .skip(1)
                .map_while(|line| line.strip_prefix("  "));
            let about: Vec<_> = about.map(str::trim).collect();
            message = format!("{message} {}", about.join(", "));
        }
        let error = Error::new(Kind::Usage, message);
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
