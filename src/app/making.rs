//! Making a vault: where its key is kept, and the first thing that is written.

use std::sync::Arc;

use crate::app::opening::Keeper;
use crate::app::{App, absolute};
use crate::error::{Error, Kind, Result};
use crate::key::{self, KeyError, Patience, Source};
use crate::names::VaultId;
use crate::vault::{self, Action, NewVault, Outcome, Vault, VaultError};

impl App {
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
        let source = self.choose_source(|error| self.no_key(error))?;
        let Some(vault) = self.create_vault(&source, || Ok(Vec::new()))? else {
            return self.need_vault();
        };
        if self.ui.may_ask() {
            self.ui.note(
                "there is no recovery key yet; make one with `oauthctl vault recipients add \
                 --recovery-file FILE`",
            );
        }
        Ok(vault)
    }

    /// Makes a vault whose key comes from `source`, readable also for those that `recovery` makes
    /// when that key is there: whoever is asked for its passphrase and leaves has made nothing else.
    /// `None` where another process made one meanwhile, which is left as it is.
    ///
    /// # Errors
    /// When the key or `recovery`'s can't be made or kept, or the vault can't be made.
    pub fn create_vault(
        &self,
        source: &Source,
        recovery: impl FnOnce() -> Result<Vec<vault::Recipient>>,
    ) -> Result<Option<Vault>> {
        let path = self.vault_path()?;
        let vault_id = VaultId(random()?);
        let prompt = |question: &str| self.ui.ask_secret(question);
        let ask = self.ask(vault_id, source, &prompt);
        let custody = key::create(source, &ask).map_err(|error| self.no_key(&error))?;
        let mut recipients = vec![vault::Recipient::master(custody.recipient().to_string())];
        match recovery() {
            Ok(more) => recipients.extend(more),
            Err(error) => {
                // A vault that another process made meanwhile may have taken the same key.
                if std::fs::symlink_metadata(&path).is_err() {
                    let _ = custody.forget();
                }
                return Err(error);
            }
        }
        let custody = Arc::new(custody);
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
            Err(VaultError::AlreadyExists { .. }) => {
                // A file may be that vault's key by now; the rest is under an id of its own.
                if source.path().is_none()
                    && let Some(custody) = Arc::into_inner(custody)
                {
                    let _ = custody.forget();
                }
                return Ok(None);
            }
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
        self.note_opened(&vault);
        self.ui.note(&format!(
            "made a vault at `{}`, its key is {}",
            path.display(),
            custody.describe()
        ));
        Ok(Some(vault))
    }

    /// Where a new vault's key is to be kept when nobody said so: what the environment names, else
    /// the keyring, else what the person chooses. `told` says why none can be had.
    ///
    /// # Errors
    /// When no key can be had.
    pub fn choose_source(&self, told: impl Fn(&KeyError) -> Error) -> Result<Source> {
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
            return Err(told(&error));
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
            Err(told(&error))
        }
    }
}

/// 16 random bytes.
fn random() -> Result<[u8; 16]> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(Kind::Failed, "the system gives no random numbers"))?;
    Ok(bytes)
}
