use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;

use crate::app::App;
use crate::app::choice::Setting;
use crate::config::edit::{self, Place};
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::lock::{self, LockError};
use crate::names::ProviderName;
use crate::private_file;

/// How long another `config set` may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where hooks stand.
const HOOKS_ARE: &str = "write it into the file that `oauthctl config path` names: an array of arguments, under `[hooks]`";

mod get;
mod list;
mod path;
mod set;
mod unset;

/// Settings: audit, profile, and which account a provider's name means, in which folder
///
/// `account.PROVIDER` is the account that `PROVIDER` alone means; with `--folder` only there and
/// below. A flag beats the environment, the environment a folder rule, a folder rule the file's
/// setting for everywhere. Nothing is switched from one command to the next.
///
/// Hooks are programs of yours that are told what happened. They stand in the file only, below a line
/// `[hooks]`, each as an array of arguments that no shell reads: `on_login_required` (a person must
/// sign in again), `on_refresh` (new tokens are stored) and `on_error` (a refresh failed otherwise),
/// such as `on_refresh = ["~/bin/refreshed"]`. Each gets the event as one line of JSON on stdin,
/// without a token, once the answer is out, and 10 seconds at most.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl config set account.github octocat\n  \
    oauthctl config set account.github work --folder ~/work\n  \
    oauthctl config get account.github --explain\n  \
    oauthctl config set audit required")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

impl Args {
    /// Whether it says where the file is, and nothing of what is in it.
    pub(super) const fn asks_for_the_path(&self) -> bool {
        matches!(self.command, Command::Path(_))
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Get(get::Args),
    Set(set::Args),
    Unset(unset::Args),
    List(list::Args),
    Path(path::Args),
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    match &args.command {
        Command::Get(args) => get::run(app, args),
        Command::Set(args) => set::run(app, args),
        Command::Unset(args) => unset::run(app, args),
        Command::List(args) => list::run(app, args),
        Command::Path(args) => path::run(app, args),
    }
}

/// Where in the file a setting stands.
fn place(app: &App, setting: &Setting, folder: Option<&PathBuf>) -> Result<Place> {
    let unfit = |message: String, hint: &str| Err(Error::new(Kind::Usage, message).hint(hint));
    match (setting, folder) {
        (Setting::Audit, None) => Ok(Place::Audit),
        (Setting::Profile, None) => Ok(Place::Profile),
        (Setting::Vault, _) => unfit(
            "`vault` is not a setting of the file".to_owned(),
            "say `--vault PATH`, set `OAUTHCTL_VAULT`, or choose a profile",
        ),
        (Setting::Hook(_), _) => unfit("a hook is not set from here".to_owned(), HOOKS_ARE),
        (Setting::Account(provider), None) => Ok(Place::Account(provider.clone())),
        (Setting::Account(provider), Some(folder)) => {
            let folder = written(app, provider, folder)?;
            Ok(Place::InFolder(provider.clone(), folder))
        }
        (Setting::Audit | Setting::Profile, Some(_)) => unfit(
            format!("`{setting}` is the same in all folders"),
            "leave `--folder` out",
        ),
    }
}

/// A folder as its rule in the file spells it, or else as it will.
fn written(app: &App, provider: &ProviderName, folder: &Path) -> Result<String> {
    let home = env::home();
    let folder = match folder.strip_prefix("~") {
        Ok(rest) => home.as_ref().map(|home| home.join(rest)),
        Err(_) => std::path::absolute(folder).ok(),
    };
    let Some(folder) = folder else {
        return Err(Error::new(
            Kind::Failed,
            "could not find the current folder",
        ));
    };
    let folder = real(&folder);
    let known = app.config.folders.iter().find(|rule| {
        let there = rule.folder(home.as_deref()).map(|it| real(&it));
        rule.connection.provider == *provider && there.as_deref() == Some(folder.as_path())
    });
    if let Some(rule) = known {
        return Ok(rule.path.clone());
    }
    let at_home = home.map(|home| real(&home));
    let below = at_home.and_then(|home| folder.strip_prefix(home).map(Path::to_path_buf).ok());
    let written = match below {
        Some(below) if below.as_os_str().is_empty() => Some("~".to_owned()),
        Some(below) => below.to_str().map(|below| format!("~/{below}")),
        None => folder.to_str().map(str::to_owned),
    };
    written.ok_or_else(|| {
        let why = format!("the path `{}` is not UTF-8", folder.display());
        Error::new(Kind::Usage, "could not write a rule for the folder").because(why)
    })
}

/// A folder without links and `..`, which an absolute path may still have. As far as it exists, it is
/// what the system calls it; below that, `..` goes back by name.
fn real(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut real, part| {
        if part == Component::ParentDir {
            real.pop();
            return real;
        }
        real.push(part);
        real.canonicalize().unwrap_or(real)
    })
}

/// Changes the file; says whether anything changed.
fn change(app: &App, setting: &Setting, place: &Place, value: Option<&str>) -> Result<bool> {
    let file = app.config_file();
    // Two that change the file at once would each undo the other's change.
    let lock = app.paths.state.join("config.lock");
    let _changing = private_file::ensure_folder(&app.paths.state)
        .map_err(LockError::from)
        .and_then(|()| lock::exclusive(&lock, PATIENCE))
        .map_err(|error| {
            let (kind, message) = match error {
                LockError::File(_) | LockError::Unlockable { .. } => (
                    Kind::Failed,
                    "could not keep others from changing the settings",
                ),
                LockError::TimedOut { .. } | LockError::Stopped { .. } => (
                    Kind::Temporary,
                    "could not wait for another change of the settings",
                ),
            };
            Error::new(kind, message).caused_by(&error)
        })?;
    edit::change(&file, place, value).map_err(|error| {
        let message = match value {
            Some(_) => format!("could not set `{setting}`"),
            None => format!("could not remove `{setting}`"),
        };
        Error::new(Kind::Failed, message)
            .caused_by(&error)
            .note("the file is as it was")
    })
}
