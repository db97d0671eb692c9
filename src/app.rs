//! The composition root: where environment, paths, clocks, key custody and the vault come together.
//!
//! Everything below takes values; what reads the world is here. The vault is opened lazily, because
//! most of the cost of a command is what it opens.

mod caller;
pub mod choice;
mod clock;
mod events;
mod known;
mod looking;
mod machine;
mod making;
mod moving;
mod opening;
mod recovering;
mod rekeying;
mod restoring;
mod shut;
mod stray;
mod there;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use clock::moment;
use directories::ProjectDirs;
pub use events::{Event, Events};
pub use looking::Seen;
pub use moving::Moved;
pub use recovering::{Recovered, Wanted as WantedRecovery};
pub use rekeying::Rekeyed;
pub use restoring::{
    Expected, Outcome as RestoreOutcome, Put as RestorePut, Read as RestoreRead,
    Wanted as WantedRestore, other_pin, unopened,
};
pub use shut::unreadable;
pub use stray::{Left, Stray};

use crate::config::{self, Config, ConfigError};
use crate::connection::World;
use crate::env::{self, Env};
use crate::error::{Error, Kind, Result};
use crate::names::ProfileName;
use crate::provider::Providers;
use crate::ui::Ui;
use crate::vault::Caller;

/// The name of the settings file.
const SETTINGS: &str = "config.toml";

/// What the command line says for every command.
#[derive(Debug, Clone, Default)]
pub struct Globals {
    /// `--profile`.
    pub profile: Option<ProfileName>,
    /// `--vault`.
    pub vault: Option<PathBuf>,
}

/// What is done about `config.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settings {
    /// It is read, and a broken one is an error.
    Needed,
    /// It is read, and in place of a broken one the defaults hold.
    IfUsable,
    /// It is not read: a command that says where the file is works for a broken one too.
    Unread,
}

/// Where things are.
#[derive(Debug)]
pub struct Paths {
    /// `config.toml` and `providers/`.
    pub config: PathBuf,
    /// `profiles/NAME/vault.db`.
    pub data: PathBuf,
    /// Pins and anchors without a better place, and rescue files of last resort.
    pub state: PathBuf,
}

/// One run of the program.
#[derive(Debug)]
pub struct App {
    /// The printer.
    pub ui: Ui,
    /// What the environment says.
    pub env: Env,
    /// Where things are.
    pub paths: Paths,
    /// What the person settled once.
    pub config: Config,
    /// Why the settings can't be used, where the defaults hold for that.
    pub broken_settings: Option<ConfigError>,
    /// What happened in this run and was not told yet.
    pub events: Events,
    globals: Globals,
    caller: OnceCell<Caller>,
    providers: OnceCell<Providers>,
}

impl App {
    /// Looks at the world, opens nothing but `config.toml`.
    ///
    /// # Errors
    /// When there is no home folder, or `config.toml` is broken and needed.
    pub fn new(ui: Ui, env: Env, globals: Globals, settings: Settings) -> Result<Self> {
        let Some(folders) = ProjectDirs::from("", "", "oauthctl") else {
            return Err(Error::new(Kind::Failed, "could not find your home folder")
                .hint("set `HOME`, or name the vault with `--vault PATH`"));
        };
        let paths = Paths {
            config: folders.config_dir().to_owned(),
            data: folders.data_local_dir().to_owned(),
            state: folders
                .state_dir()
                .unwrap_or_else(|| folders.data_local_dir())
                .to_owned(),
        };
        let read = match settings {
            Settings::Unread => Ok(Config::default()),
            Settings::Needed | Settings::IfUsable => config::load(&paths.config.join(SETTINGS)),
        };
        let (config, broken_settings) = match read {
            Ok(config) => (config, None),
            Err(error) if settings == Settings::IfUsable => (Config::default(), Some(error)),
            Err(error) => {
                let file = paths.config.join(SETTINGS);
                return Err(Error::new(Kind::Failed, "could not read the settings")
                    .caused_by(&error)
                    .hint(format!("mend `{}`, or move it away", file.display())));
            }
        };
        let (caller, providers) = (OnceCell::new(), OnceCell::new());
        Ok(Self {
            ui,
            env,
            paths,
            config,
            broken_settings,
            events: Events::default(),
            globals,
            caller,
            providers,
        })
    }

    /// The vault file: `--vault`, `OAUTHCTL_VAULT`, else the profile's.
    ///
    /// # Errors
    /// When the profile in the environment is not a name.
    pub fn vault_path(&self) -> Result<PathBuf> {
        if let Some(path) = self.globals.vault.as_ref() {
            return Ok(absolute(path));
        }
        if self.globals.profile.is_none()
            && let Some(path) = &self.env.vault
        {
            return Ok(absolute(path));
        }
        Ok(self.vault_of(&self.profile()?))
    }

    fn vault_of(&self, profile: &str) -> PathBuf {
        self.profiles_folder().join(profile).join("vault.db")
    }

    fn profiles_folder(&self) -> PathBuf {
        self.paths.data.join("profiles")
    }

    /// The profiles that have a vault, in no order; none where their folder can't be read.
    pub fn profiles(&self) -> impl Iterator<Item = ProfileName> {
        let all = std::fs::read_dir(self.profiles_folder());
        let all = all.into_iter().flatten().flatten();
        all.filter(|entry| entry.path().join("vault.db").exists())
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
    }

    /// The settings file, whether it is there or not.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.paths.config.join(SETTINGS)
    }

    fn profile(&self) -> Result<String> {
        if let Some(profile) = &self.globals.profile {
            return Ok(profile.to_string());
        }
        if let Some(name) = &self.env.profile {
            let profile: ProfileName = name.parse().map_err(|error: crate::names::NameError| {
                Error::new(Kind::Usage, "`OAUTHCTL_PROFILE` is not usable").caused_by(&error)
            })?;
            return Ok(profile.to_string());
        }
        Ok(self
            .config
            .profile
            .as_ref()
            .map_or_else(|| "default".to_owned(), ToString::to_string))
    }

    /// The flags that choose the vault of this run, for a command that somebody else runs later;
    /// none where it is the one that is used by default.
    ///
    /// # Errors
    /// When the profile in the environment is not a name, or a path is not UTF-8.
    pub fn chosen_vault(&self) -> Result<Vec<(&'static str, String)>> {
        let named = self.globals.vault.as_ref().or(self.env.vault.as_ref());
        if self.globals.profile.is_none()
            && let Some(path) = named
        {
            let path = absolute(path);
            let text = path.to_str().ok_or_else(|| {
                Error::new(Kind::Failed, "could not name the vault in a command")
                    .because(format!("the path `{}` is not UTF-8", path.display()))
            })?;
            return Ok(vec![("--vault", text.to_owned())]);
        }
        let profile = self.profile()?;
        if profile == "default" {
            return Ok(Vec::new());
        }
        Ok(vec![("--profile", profile)])
    }

    /// The variable that chooses the vault of this run for a program that may call this one back,
    /// and its value: a path or a profile's name.
    ///
    /// # Errors
    /// When the profile in the environment is not a name.
    pub fn vault_variable(&self) -> Result<(&'static str, OsString)> {
        let by_flag = self.globals.vault.as_ref();
        let named = by_flag.or(match self.globals.profile {
            None => self.env.vault.as_ref(),
            Some(_) => None,
        });
        match named {
            Some(path) => Ok((env::VAULT, absolute(path).into_os_string())),
            None => Ok((env::PROFILE, self.profile()?.into())),
        }
    }

    /// The provider definitions.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        self.providers
            .get_or_init(|| Providers::load(&self.providers_folder()))
    }

    /// What the life of a token needs to know about the world.
    #[must_use]
    pub fn world(&self) -> World<'_> {
        World {
            now: moment,
            caller: self.caller(),
            providers: self.providers(),
            audit: self.config.audit.unwrap_or_default(),
            state: &self.paths.state,
        }
    }

    /// Who runs this program.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        self.caller.get_or_init(caller::caller)
    }

    /// The current folder.
    ///
    /// # Errors
    /// When it is gone.
    pub fn here(&self) -> Result<PathBuf> {
        std::path::absolute(".").map_err(|error| {
            Error::new(Kind::Failed, "could not find the current folder").caused_by(&error)
        })
    }

    /// The folder of the user's provider definitions.
    #[must_use]
    pub fn providers_folder(&self) -> PathBuf {
        self.paths.config.join("providers")
    }
}

/// `path` from the root on; as it is where the current folder is gone.
#[must_use]
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
