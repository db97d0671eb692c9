//! The composition root: where environment, paths, clocks, key custody and the vault come together.
//!
//! Everything below takes values; what reads the world is here. The vault is opened lazily, because
//! most of the cost of a command is what it opens.

mod caller;
mod clock;

use std::cell::OnceCell;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use clock::moment;
use directories::ProjectDirs;

use crate::config::{self, Config};
use crate::connection::World;
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::key::{self, Ask, Custody, KeyError, Patience, Source};
use crate::names::{ProfileName, VaultId};
use crate::provider::Providers;
use crate::secret::Secret;
use crate::ui::Ui;
use crate::vault::{
    self, Action, AnchorKeeper, AnchorState, Caller, Locked, NewVault, Outcome, Trust, Vault,
};

/// What the command line says for every command.
#[derive(Debug, Clone, Default)]
pub struct Globals {
    /// `--profile`.
    pub profile: Option<ProfileName>,
    /// `--vault`.
    pub vault: Option<PathBuf>,
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
    globals: Globals,
    caller: OnceCell<Caller>,
    providers: OnceCell<Providers>,
}

impl App {
    /// Looks at the world, opens nothing but `config.toml`.
    ///
    /// # Errors
    /// When there is no home folder, or `config.toml` is broken.
    pub fn new(ui: Ui, env: Env, globals: Globals) -> Result<Self> {
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
        let config = config::load(&paths.config.join("config.toml")).map_err(|error| {
            Error::new(Kind::Failed, "could not read the settings").caused_by(&error)
        })?;
        let (caller, providers) = (OnceCell::new(), OnceCell::new());
        Ok(Self {
            ui,
            env,
            paths,
            config,
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
        Ok(self
            .paths
            .data
            .join("profiles")
            .join(self.profile()?)
            .join("vault.db"))
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
            audit: self.config.audit,
            state: &self.paths.state,
        }
    }

    /// Who runs this program.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        self.caller.get_or_init(caller::caller)
    }

    /// Opens the vault, or says that there is none.
    ///
    /// # Errors
    /// When it can't be opened, or its key can't be had.
    pub fn open_vault(&self) -> Result<Option<Vault>> {
        let path = self.vault_path()?;
        let Some(locked) = Locked::open(&path)? else {
            return Ok(None);
        };
        let header = locked.header();
        let recorded =
            Source::parse(&header.key_source).map_err(|error| self.no_key(&error.into()))?;
        let prompt = |question: &str| self.ui.ask_secret(question);
        let ask = self.ask(header.vault_id, &recorded, &prompt);
        let custody = Arc::new(key::unlock(&ask).map_err(|error| self.no_key(&error))?);
        let pin = custody.read_pin().map_err(|error| self.no_key(&error))?;
        let locked = self.migrated(locked, &custody, pin.as_deref())?;
        let keeper = Box::new(Keeper(Arc::clone(&custody)));
        let mut vault = locked.unlock(custody.identity(), pin.as_deref(), Some(keeper))?;
        self.say_trust(&vault);
        if matches!(
            vault.anchor_state(),
            AnchorState::Missing | AnchorState::Torn
        ) && vault.trust() == Trust::Trusted
        {
            self.save_anchor(&mut vault);
        }
        Ok(Some(vault))
    }

    /// Brings a vault of an older program to the current schema.
    fn migrated(&self, locked: Locked, custody: &Custody, pin: Option<&str>) -> Result<Locked> {
        let (Some(pin), true) = (pin, locked.header().schema < vault::SCHEMA) else {
            return Ok(locked);
        };
        let path = locked.path().to_owned();
        drop(locked);
        let event = self.world().bare_event(Action::Migrate, Outcome::Done);
        let from = vault::migrate(&path, custody.identity(), pin, &event)?;
        self.ui.note(&format!(
            "brought the vault from schema {from} to {}",
            vault::SCHEMA
        ));
        Locked::open(&path)?
            .ok_or_else(|| Error::new(Kind::Failed, "the vault vanished while it was migrated"))
    }

    /// Says what speaks against an opened vault; what it stops, the vault itself refuses.
    fn say_trust(&self, vault: &Vault) {
        match vault.trust() {
            Trust::Trusted => {}
            Trust::Unpinned => self.ui.warn(
                "nothing beside the key says that this is its vault; it is read only until you \
                 confirm the fingerprint that your recovery sheet says: `oauthctl vault check \
                 --confirm FINGERPRINT`",
            ),
            Trust::RolledBack(why) => self.ui.warn(&format!(
                "the vault was rolled back: {why}; nothing is refreshed or changed until you say \
                 `oauthctl vault accept-rollback`"
            )),
            Trust::CopiedInstance => self.ui.warn(
                "the vault is a copy; nothing is refreshed or changed until you say \
                 `oauthctl vault accept-rollback`",
            ),
            Trust::ReadOnlyFile => self.ui.detail("the vault can't be written here"),
        }
        match vault.anchor_state() {
            AnchorState::Torn => self.ui.warn(
                "the note of the vault's state beside its key is damaged; it is written anew",
            ),
            AnchorState::Unreadable(why) => {
                self.ui.warn(&format!(
                    "the note of the vault's state beside its key can't be read: {why}"
                ));
            }
            AnchorState::Missing => self.ui.warn(
                "there is no note of the vault's state beside its key: a rolled-back file would \
                 go unnoticed this time; it is written anew",
            ),
            AnchorState::NotKept | AnchorState::Good | AnchorState::Differs => {}
        }
    }

    /// The folder of the user's provider definitions.
    #[must_use]
    pub fn providers_folder(&self) -> PathBuf {
        self.paths.config.join("providers")
    }

    /// Opens the vault for a command that makes no sense without one.
    ///
    /// # Errors
    /// As [`App::open_vault`], and login required where there is none.
    pub fn need_vault(&self) -> Result<Vault> {
        match self.open_vault()? {
            Some(vault) => Ok(vault),
            None => Err(Error::new(Kind::LoginRequired, "there is no vault yet")
                .because(format!("`{}` does not exist", self.vault_path()?.display()))
                .hint("make a connection with `oauthctl connect PROVIDER`")),
        }
    }

    /// Opens the vault, making one where there is none, unless `may_be_made` objects. The key is had
    /// before anything else happens, so that no consent is asked in vain.
    ///
    /// # Errors
    /// When no key can be had, the vault can't be made, or `may_be_made` objects.
    pub fn open_or_create_vault(&self, may_be_made: impl FnOnce() -> Result<()>) -> Result<Vault> {
        if let Some(vault) = self.open_vault()? {
            return Ok(vault);
        }
        may_be_made()?;
        self.create_vault(&self.choose_source()?, Vec::new())
    }

    /// Makes a vault whose key comes from `source`, readable also with `recovery` identities.
    ///
    /// # Errors
    /// When the key can't be made or kept, or the vault can't be made.
    pub fn create_vault(&self, source: &Source, recovery: Vec<vault::Recipient>) -> Result<Vault> {
        let path = self.vault_path()?;
        let vault_id = VaultId(random()?);
        let prompt = |question: &str| self.ui.ask_secret(question);
        let ask = self.ask(vault_id, source, &prompt);
        let custody = Arc::new(key::create(source, &ask).map_err(|error| self.no_key(&error))?);
        let mut recipients = vec![vault::Recipient {
            recipient: custody.recipient().to_string(),
            label: "master".to_owned(),
        }];
        recipients.extend(recovery);
        let new = NewVault {
            vault_id,
            recipients,
            key_source: source.to_text().map_err(|error| {
                Error::new(Kind::Failed, "could not record where the key is").caused_by(&error)
            })?,
            event: self.world().bare_event(Action::VaultInit, Outcome::Done),
        };
        let keeper = Box::new(Keeper(Arc::clone(&custody)));
        let made = vault::create(&path, &new, custody.identity(), Some(keeper));
        let vault = match made {
            Ok(vault) => vault,
            Err(error) => {
                // Where no vault stands the key opens nothing, and one that stays is harmless. Where
                // one stands it may be this key's: made up to a late failure, or by another process
                // that took the same key.
                if std::fs::symlink_metadata(&path).is_err()
                    && let Some(custody) = Arc::into_inner(custody)
                {
                    let _ = custody.forget();
                }
                return Err(Error::from(error));
            }
        };
        self.ui.note(&format!(
            "made a vault at `{}`, its key is {}",
            path.display(),
            custody.describe()
        ));
        Ok(vault)
    }

    /// Where a new vault's key is to be kept when nobody said so: what the environment names, else
    /// the keyring, else what the person chooses.
    ///
    /// # Errors
    /// When no key can be had.
    pub fn choose_source(&self) -> Result<Source> {
        if let Some(path) = &self.env.identity_file {
            return Ok(Source::IdentityFile(absolute(path)));
        }
        if self.env.identity.is_some() {
            return Ok(Source::Environment);
        }
        let patience = if self.ui.may_ask() {
            Patience::Attended
        } else {
            Patience::Unattended
        };
        let Err(error) = key::probe_keyring(patience) else {
            return Ok(Source::Keyring);
        };
        let path = self.vault_path()?;
        let file = path.with_file_name("identity.age");
        if !self.ui.may_ask() {
            return Err(self.no_key(&error));
        }
        self.ui
            .warn(&format!("the system keyring can't be used: {error}"));
        let question = format!(
            "keep the vault's key in a passphrase-protected file at `{}` instead?",
            file.display()
        );
        if self.ui.confirm(&question) {
            Ok(Source::PassphraseFile(file))
        } else {
            Err(self.no_key(&error))
        }
    }

    /// Remembers the vault's newest state beside the key, so that a rolled-back file is noticed.
    pub fn save_anchor(&self, vault: &mut Vault) {
        if let Err(error) = vault.save_anchor() {
            self.ui.warn(&format!(
                "could not note the vault's state beside its key: {error}"
            ));
        }
    }

    /// The vault before it is unlocked, and its key: for commands that look at a vault which may
    /// be damaged.
    ///
    /// # Errors
    /// When there is no vault, or its key can't be had.
    pub fn need_locked_vault(&self) -> Result<(Locked, Custody)> {
        let path = self.vault_path()?;
        let Some(locked) = Locked::open(&path)? else {
            return Err(Error::new(Kind::Failed, "there is no vault")
                .because(format!("`{}` does not exist", path.display())));
        };
        let recorded = Source::parse(&locked.header().key_source)
            .map_err(|error| self.no_key(&error.into()))?;
        let prompt = |question: &str| self.ui.ask_secret(question);
        let custody = key::unlock(&self.ask(locked.header().vault_id, &recorded, &prompt))
            .map_err(|error| self.no_key(&error))?;
        Ok((locked, custody))
    }

    /// Notes the vault's state beside a key that was just made for it.
    ///
    /// # Errors
    /// When the vault can't be opened with that key.
    pub fn anchor_beside(&self, custody: Custody, fingerprint: &str) -> Result<()> {
        let Some(locked) = Locked::open(&self.vault_path()?)? else {
            return Ok(());
        };
        let custody = Arc::new(custody);
        let keeper = Box::new(Keeper(Arc::clone(&custody)));
        let mut vault = locked.unlock(custody.identity(), Some(fingerprint), Some(keeper))?;
        self.save_anchor(&mut vault);
        Ok(())
    }

    /// Turns a key failure into the error a person sees: what was tried, what it said, ways out.
    #[must_use]
    pub fn no_key(&self, error: &KeyError) -> Error {
        let kind = if matches!(error, KeyError::PinForged { .. }) {
            Kind::Stopped
        } else if matches!(
            error,
            KeyError::Overridden { .. } | KeyError::BadPassphrase { .. }
        ) {
            Kind::Usage
        } else {
            Kind::NoKey
        };
        let mut shown = Error::new(kind, "could not get the key of the vault").caused_by(error);
        let vault = self.vault_path().ok().filter(|vault| vault.exists());
        if let Some(vault) = &vault {
            shown = shown.because(format!("the vault `{}` is untouched", vault.display()));
        }
        for way in error.way_out() {
            // What does not exist yet can't be recovered, but made otherwise.
            let way = if vault.is_none() && way.contains("vault recover") {
                "keep the key in a file instead: `oauthctl vault init --key file`".to_owned()
            } else {
                way
            };
            shown = shown.hint(way);
        }
        shown
    }

    fn ask<'a>(
        &'a self,
        vault_id: VaultId,
        recorded: &'a Source,
        prompt: &'a dyn Fn(&str) -> io::Result<Secret>,
    ) -> Ask<'a> {
        Ask {
            vault_id,
            recorded,
            identity: self.env.identity.as_ref(),
            identity_file: self.env.identity_file.as_deref(),
            passphrase_file: self.env.passphrase_file.as_deref(),
            prompt: self.ui.may_ask().then_some(prompt),
            state_dir: &self.paths.state,
        }
    }
}

/// Lets the vault keep its anchor beside the key without knowing where that is.
struct Keeper(Arc<Custody>);

impl AnchorKeeper for Keeper {
    fn read(&self) -> std::result::Result<Option<Vec<u8>>, String> {
        self.0.read_anchor().map_err(|error| error.to_string())
    }

    fn write(&self, anchor: &[u8]) -> std::result::Result<(), String> {
        self.0
            .write_anchor(anchor)
            .map_err(|error| error.to_string())
    }

    fn keep_pin(&self, fingerprint: &str) -> std::result::Result<(), String> {
        self.0
            .write_pin(fingerprint)
            .map_err(|error| error.to_string())
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// 16 random bytes.
fn random() -> Result<[u8; 16]> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(Kind::Failed, "the system gives no random numbers"))?;
    Ok(bytes)
}
