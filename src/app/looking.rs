//! A look at the vault and its key that changes nothing: no question, no migration, no anchor, no
//! event.

use std::path::{Path, PathBuf};

use crate::app::known::Known;
use crate::app::opening::is_another_key;
use crate::app::shut::shut;
use crate::app::{App, absolute, machine};
use crate::error::{Error, Kind, Result};
use crate::key::{self, KeyError, Source};
use crate::private_file::{self, PrivateFileError};
use crate::provider::LARGEST_FILE;
use crate::vault::{AnchorKeeper, Finding, Locked, SCHEMA, Vault, VaultError};

/// How far the look got.
#[derive(Debug)]
pub enum Seen {
    /// There is no vault.
    Nothing,
    /// The file can't be read as a vault.
    Unreadable(VaultError),
    /// Its key can't be had without asking.
    NoKey(Source, KeyError),
    /// It was made by an older program.
    Older(Source, VaultError),
    /// The key does not open it, or it can't be looked at.
    Shut(Source, Error),
    /// It is open, and this is wrong with it.
    Open(Source, Box<Vault>, Vec<Finding>),
}

/// The notes beside the key, to be read only.
struct Onlooker(key::Custody);

impl AnchorKeeper for Onlooker {
    fn read(&self) -> std::result::Result<Option<Vec<u8>>, String> {
        self.0.read_anchor().map_err(|error| error.to_string())
    }

    fn write(&self, _: &[u8]) -> std::result::Result<(), String> {
        Err("this look changes nothing".to_owned())
    }

    fn keep_pin(&self, _: &str) -> std::result::Result<(), String> {
        Err("this look changes nothing".to_owned())
    }

    fn machine(&self) -> Option<Vec<u8>> {
        machine::id()
    }
}

impl App {
    /// Looks at the vault and its key. A keyring gets 5 s, and nobody is asked.
    ///
    /// # Errors
    /// When nobody can say where the vault would be.
    pub fn look_at_vault(&self) -> Result<Seen> {
        let path = self.vault_path()?;
        let locked = match Locked::open(&path) {
            Ok(Some(locked)) => locked,
            Ok(None) => return Ok(Seen::Nothing),
            Err(error) => return Ok(Seen::Unreadable(error)),
        };
        let source = Source::parse(&locked.header().key_source).map_err(|error| {
            Error::new(Kind::Failed, "could not read the vault's header").caused_by(&error)
        })?;
        let mut ask = self.ask(locked.header().vault_id, &source, &|_| {
            Err(std::io::Error::other("nobody is asked"))
        });
        ask.prompt = None;
        let custody = match key::unlock(&ask) {
            Ok(custody) => custody,
            Err(error) => return Ok(Seen::NoKey(source, error)),
        };
        let pin = match custody.read_pin() {
            Ok(pin) => pin,
            Err(error) if is_another_key(&error, &locked, &custody) => {
                return Ok(Seen::Shut(source, shut(VaultError::WrongKey, &custody)));
            }
            Err(error) => return Ok(Seen::NoKey(source, error)),
        };
        let pin = match self.known(&locked, &custody) {
            Known::Other(_) => None,
            Known::Same | Known::Unsettled | Known::First => pin,
        };
        if locked.header().schema < SCHEMA {
            let (found, known) = (locked.header().schema, SCHEMA);
            let error = VaultError::NeedsMigration { found, known };
            return Ok(Seen::Older(source, error));
        }
        let identity = custody.identity().clone();
        let findings = match locked.check(&identity, pin.as_deref()) {
            Ok(findings) => findings,
            Err(error) => return Ok(Seen::Shut(source, shut(error, &custody))),
        };
        let keeper = Box::new(Onlooker(custody));
        Ok(
            match locked.unlock(&identity, pin.as_deref(), Some(keeper)) {
                Ok(vault) => Seen::Open(source, Box::new(vault), findings),
                Err(error) => Seen::Shut(source, error.into()),
            },
        )
    }

    /// Everything of ours on disk that others may reach; each once.
    ///
    /// # Errors
    /// When nobody can say where the vault would be.
    pub fn open_to_others(&self) -> Result<Vec<PrivateFileError>> {
        let vault = self.vault_path()?;
        let near = |suffix: &str| private_file::with_suffix(&vault, suffix);
        let mut wrong = Vec::new();
        let mut look = |outcome: std::result::Result<(), PrivateFileError>| match outcome {
            Err(error) if !error.is_not_found() => wrong.push(error),
            Ok(()) | Err(_) => {}
        };
        look(private_file::check_folder(&self.paths.config));
        look(private_file::check_folder(&self.providers_folder()));
        for file in files_of(&self.providers_folder()) {
            look(private_file::read_trusted(&file, LARGEST_FILE).map(drop));
        }
        if let Some(folder) = vault.parent() {
            look(private_file::check_folder(folder));
            if vault.exists() {
                look(private_file::check_way(folder));
            }
        }
        for file in [vault.clone(), near("-wal"), near("-shm"), near("-journal")] {
            look(private_file::check_file(&file));
        }
        look(private_file::check_folder(&self.paths.state));
        let named = [&self.env.identity_file, &self.env.passphrase_file];
        for file in named.into_iter().flatten() {
            look(private_file::check_file(&absolute(file)));
        }
        Ok(wrong)
    }
}

impl App {
    /// Files beside the vault, its key and our notes that were being written when the program was
    /// killed: of no use, and they may hold a key.
    ///
    /// # Errors
    /// When nobody can say where the vault would be.
    pub fn half_written(&self, key: Option<&Path>) -> Result<Vec<PathBuf>> {
        let vault = self.vault_path()?;
        let mut folders = vec![vault.parent(), key.and_then(Path::parent)];
        folders.extend([Some(self.paths.state.as_path()), Some(&self.paths.config)]);
        let mut found: Vec<PathBuf> = folders
            .into_iter()
            .flatten()
            .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten())
            .map(|entry| entry.path())
            .filter(|path| private_file::is_half_written(path))
            .collect();
        if let Some((id, _)) = self.noted_key(&vault) {
            let made = self.made(&vault, id);
            let files = made.iter().filter_map(|one| one.place.path());
            found.extend(files.flat_map(private_file::half_written_of));
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort_unstable();
    files
}
