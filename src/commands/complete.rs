//! What the completion scripts ask while somebody types: names that only the vault and the
//! definitions know. It asks nobody anything and says nothing when there is nothing to say.

use std::collections::BTreeSet;

use clap::{Arg, Command, CommandFactory};

use crate::app::choice::Setting;
use crate::app::{App, Globals};
use crate::commands::audit::ACTIONS;
use crate::commands::git::known_hosts;
use crate::commands::vault::recipients::recipients;
use crate::commands::{Cli, printed};
use crate::config::Hooks;
use crate::connection::select;
use crate::error::Result;
use crate::names::{ConnectionName, ProviderName};
use crate::vault::Recipient;

/// Print what the last word may become, one per line
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub(super) struct Args {
    /// The words so far, without the program's name
    #[arg(last = true)]
    words: Vec<String>,
}

impl Args {
    /// The vault that is meant: the one that the words choose, where they choose one. `None` where
    /// there can't be one of that name.
    pub(super) fn vault(&self, mut globals: Globals) -> Option<Globals> {
        let (_, before) = self.words.split_last()?;
        let mut words = before.iter().take_while(|word| *word != "--");
        while let Some(word) = words.next() {
            let (option, value) = match word.split_once('=') {
                Some((option, value)) => (option, Some(value)),
                None => (word.as_str(), None),
            };
            if !matches!(option, "--profile" | "--vault") {
                continue;
            }
            let Some(value) = value.or_else(|| words.next().map(String::as_str)) else {
                // it is what is being typed
                break;
            };
            if option == "--vault" {
                globals.vault = Some(value.into());
            } else {
                globals.profile = Some(value.parse().ok()?);
            }
        }
        Some(globals)
    }
}

/// What a word can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Connection,
    Provider,
    Scope,
    Feature,
    Recipient,
    Setting,
    /// One that can be written to the settings file.
    OwnSetting,
    Action,
    Profile,
    GitHost,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let Some((last, before)) = args.words.split_last() else {
        return Ok(());
    };
    let mut tree = Cli::command();
    tree.build();
    let place = Place::after(&tree, before, last);
    let mut found = BTreeSet::new();
    for wanted in place.wanted {
        names(app, wanted, place.about.as_deref(), &mut found);
    }
    for name in found {
        let whole = format!("{}{name}", place.prefix);
        // A shell gets no word that would end its line.
        if whole.starts_with(last.as_str()) && !whole.contains(char::is_control) {
            printed(app.ui.data(&whole))?;
        }
    }
    Ok(())
}

/// Where in a command line a word stands.
struct Place {
    wanted: Vec<Wanted>,
    /// The first word that is no option: the provider or connection that it is all about.
    about: Option<String>,
    /// What of the word is fixed: `--scope=`, or the values before a comma.
    prefix: String,
}

impl Place {
    fn after(tree: &Command, before: &[String], last: &str) -> Self {
        let mut command = tree;
        let (mut position, mut about) = (1, None);
        let mut open: Option<&Arg> = None;
        for word in before {
            if open.take().is_some() {
                continue;
            }
            if let Some(option) = word.strip_prefix('-') {
                open = option_named(tree, command, option).filter(|_| !word.contains('='));
            } else if let Some(sub) = command.find_subcommand(word) {
                command = sub;
            } else {
                about.get_or_insert_with(|| word.clone());
                position += 1;
            }
        }
        let (arg, fixed) = match (open, last.split_once('=')) {
            (Some(arg), _) => (Some(arg), 0),
            (None, Some((option, _))) if option.starts_with("--") => {
                let option = option.trim_start_matches('-');
                (
                    option_named(tree, command, option),
                    last.len().min(option.len() + 3),
                )
            }
            (None, _) if last.starts_with('-') => (None, 0),
            (None, _) if runs_another(command) && before.iter().any(|word| word == "--") => {
                (None, 0)
            }
            (None, _) => (positional(command, position), 0),
        };
        let comma = arg
            .and_then(Arg::get_value_delimiter)
            .and_then(|delimiter| last.rfind(delimiter));
        let fixed = fixed.max(comma.map_or(0, |at| at + 1));
        Self {
            wanted: arg.map(|arg| wanted(command, arg)).unwrap_or_default(),
            about,
            prefix: last.get(..fixed).unwrap_or_default().to_owned(),
        }
    }
}

/// The option of that name, long or short, where it takes a value.
fn option_named<'c>(tree: &'c Command, command: &'c Command, name: &str) -> Option<&'c Arg> {
    let name = name.trim_start_matches('-');
    let is_named = |arg: &&Arg| {
        let short = arg.get_short().map(String::from);
        arg.get_long() == Some(name) || short.as_deref() == Some(name)
    };
    let mut all = command.get_opts().chain(tree.get_opts());
    all.find(is_named)
        .filter(|arg| arg.get_action().takes_values())
}

/// Whether what is behind `--` is another command's line.
fn runs_another(command: &Command) -> bool {
    command.get_positionals().any(Arg::is_last_set)
}

/// The positional at that place; one that can be given several times has all later places.
fn positional(command: &Command, position: usize) -> Option<&Arg> {
    let all = command.get_positionals().filter(|arg| !arg.is_last_set());
    let all: Vec<&Arg> = all.collect();
    let several = |arg: &&&Arg| arg.get_num_args().is_some_and(|it| it.max_values() > 1);
    all.get(position - 1)
        .or_else(|| all.last().filter(several))
        .copied()
}

fn wanted(command: &Command, arg: &Arg) -> Vec<Wanted> {
    let names = arg.get_value_names().unwrap_or_default();
    // of those that there are; elsewhere a new one is named
    if names.iter().any(|name| name == "LABEL|RECIPIENT") {
        return vec![Wanted::Recipient];
    }
    let kinds = names.iter().flat_map(|name| name.split('|'));
    kinds
        .filter_map(|kind| match kind {
            "CONNECTION" => Some(Wanted::Connection),
            "PROVIDER" => Some(Wanted::Provider),
            "SCOPE" => Some(Wanted::Scope),
            "FEATURE" => Some(Wanted::Feature),
            "KEY" if command.get_name() == "get" => Some(Wanted::Setting),
            "KEY" => Some(Wanted::OwnSetting),
            "ACTION" => Some(Wanted::Action),
            "PROFILE" => Some(Wanted::Profile),
            "HOST" => Some(Wanted::GitHost),
            _ => None,
        })
        .collect()
}

/// Adds the names of that kind. What can't be had is not there.
fn names(app: &App, wanted: Wanted, about: Option<&str>, found: &mut BTreeSet<String>) {
    match wanted {
        Wanted::Provider => {
            found.extend(app.providers().names().iter().map(ToString::to_string));
        }
        Wanted::Connection => {
            for name in connections(app) {
                found.insert(name.provider.to_string());
                found.insert(name.to_string());
            }
        }
        Wanted::Setting | Wanted::OwnSetting => {
            found.extend(["audit", "profile"].map(str::to_owned));
            if wanted == Wanted::Setting {
                found.insert(Setting::Vault.to_string());
                found.extend(Hooks::NAMES.map(|name| Setting::Hook(name).to_string()));
            }
            let providers = connections(app).into_iter().map(|name| name.provider);
            found.extend(providers.map(|name| Setting::Account(name).to_string()));
        }
        Wanted::Profile => found.extend(app.profiles().map(|name| name.to_string())),
        Wanted::GitHost => found.extend(known_hosts(app).unwrap_or_default()),
        Wanted::Action => found.extend(ACTIONS.split(", ").map(str::to_owned)),
        Wanted::Recipient => {
            let Ok(Some(vault)) = app.open_vault() else {
                return;
            };
            let labels = recipients(&vault).unwrap_or_default().into_iter();
            let labels = labels.map(|one| one.label);
            found.extend(labels.filter(|label| label != Recipient::MASTER));
        }
        Wanted::Scope | Wanted::Feature => {
            let provider = about.and_then(|about| about.split('/').next());
            let provider = provider.and_then(|name| name.parse::<ProviderName>().ok());
            let definition = provider.and_then(|name| app.providers().get(&name).ok());
            for row in definition.iter().flat_map(|one| &one.catalogue) {
                found.insert(if wanted == Wanted::Scope {
                    row.name.to_string()
                } else {
                    row.feature.clone()
                });
            }
        }
    }
}

fn connections(app: &App) -> Vec<ConnectionName> {
    let Ok(Some(vault)) = app.open_vault() else {
        return Vec::new();
    };
    let found = vault.read(select::all).unwrap_or_default().into_iter();
    found.map(|one| one.connection.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: &[&str]) -> Place {
        let mut tree = Cli::command();
        tree.build();
        let words: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        let (last, before) = words.split_last().unwrap();
        Place::after(&tree, before, last)
    }

    #[test]
    fn what_a_word_can_be_is_told_from_the_words_before_it() {
        use Wanted::{
            Action, Connection, Feature, GitHost, OwnSetting, Profile, Provider, Recipient, Scope,
            Setting,
        };
        for (line, wanted) in [
            (&["token", ""][..], &[Connection][..]),
            (&["--profile", "x", "token", "git"], &[Connection]),
            (&["--profile", ""], &[Profile]),
            (&["token", "x", "--profile=w"], &[Profile]),
            (&["git", "setup", ""], &[GitHost]),
            (&["token", "--min-ttl", "1h", ""], &[Connection]),
            (&["token", "--min-ttl", ""], &[]),
            (&["token", "--min-ttl=1h", ""], &[Connection]),
            (&["token", "github", "--scope", ""], &[Scope]),
            (&["token", "github", "--scope=re"], &[Scope]),
            (&["refresh", "a", "b", ""], &[Connection]),
            (&["scopes", ""], &[Provider, Connection]),
            (&["connect", "--feature", "calendar,"], &[Feature]),
            (&["client", "set", ""], &[Provider]),
            (&["exec", "github", "--", ""], &[]),
            (&["exec", "github", ""], &[Connection]),
            (&["api", "github", ""], &[]),
            (&["token", "github", ""], &[]),
            (&["vault", "export", "--connection", ""], &[Connection]),
            (&["audit", "--connection", ""], &[Connection]),
            (&["audit", "--action", ""], &[Action]),
            (&["vault", "recipients", "remove", ""], &[Recipient]),
            (&["vault", "recipients", "add", ""], &[]),
            (&["config", "get", ""], &[Setting]),
            (&["config", "set", ""], &[OwnSetting]),
            (&["config", "unset", ""], &[OwnSetting]),
            (&["tok"], &[]),
            (&["token", "--"], &[]),
        ] {
            let found = place(line);
            let mut wanted = wanted.to_vec();
            let mut got = found.wanted.clone();
            wanted.sort_by_key(|one| *one as u8);
            got.sort_by_key(|one| *one as u8);
            assert_eq!(got, wanted, "{line:?}");
        }
        assert_eq!(place(&["token", "github", "--scope=re"]).prefix, "--scope=");
        let several = place(&["connect", "google", "--feature", "calendar,dr"]);
        assert_eq!(several.prefix, "calendar,");
        assert_eq!(several.about.as_deref(), Some("google"));
    }
}
