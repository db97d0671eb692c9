//! Opening the vault, with its key.

use std::io;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::app::App;
use crate::app::known::Known;
use crate::app::machine;
use crate::app::shut::{shut, unreadable};
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::key::{self, Ask, Custody, KeyError, Opener, Source, Unopened, Way};
use crate::lock::Guard;
use crate::names::VaultId;
use crate::plugin::Person;
use crate::secret::Secret;
use crate::ui::Ui;
use crate::vault::{
    self, Action, AnchorKeeper, AnchorState, Header, Locked, Outcome, Standing, Trust, Vault,
    VaultError,
};

/// The way out where the notes beside the key were left behind.
const MOVED_KEY: &str = "if you moved the key's file, move its `.pin` and `.anchor` along, or confirm \
     the fingerprint that `oauthctl vault status` says";

impl App {
    /// Opens the vault, or says that there is none.
    ///
    /// # Errors
    /// When it can't be opened, or its key can't be had.
    pub fn open_vault(&self) -> Result<Option<Vault>> {
        Ok(self.open_vault_and_key()?.map(|(vault, _)| vault))
    }

    /// Opens the vault and keeps its key at hand, for a command that locks the vault anew.
    ///
    /// # Errors
    /// As [`App::open_vault`].
    pub fn open_vault_and_key(&self) -> Result<Option<(Vault, Arc<Custody>)>> {
        match self.open_with(|locked| Ok(Arc::new(self.key_of(locked, self.ui.may_ask())?)))? {
            None => self.gone_vault()?.map_or(Ok(None), Err),
            standing => Ok(standing),
        }
    }

    /// Opens the vault for a change of who can open it, and keeps everybody out who would also.
    ///
    /// # Errors
    /// As [`App::open_vault`]; where there is no vault, it can't be trusted, or is not had in time.
    pub fn open_vault_alone(&self) -> Result<(Guard, Vault, Arc<Custody>)> {
        let (vault, key) = self.open_for_change()?;
        self.keep_alone(vault, key)
    }

    fn open_for_change(&self) -> Result<(Vault, Arc<Custody>)> {
        let Some((vault, key)) = self.open_vault_and_key()? else {
            return Err(self.no_vault()?);
        };
        vault.refuse_untrusted()?;
        Ok((vault, key))
    }

    /// Keeps everybody out who would change who can open that vault; opens it anew where somebody
    /// just did.
    ///
    /// # Errors
    /// As [`App::open_vault_alone`].
    pub fn keep_alone(
        &self,
        vault: Vault,
        key: Arc<Custody>,
    ) -> Result<(Guard, Vault, Arc<Custody>)> {
        let alone = vault.lock_recipients(LOCK_WAIT)?;
        // Whoever was waited for may have given the vault another key.
        let is_current = |now: Standing| now.header() == vault.header();
        if vault.standing().is_ok_and(is_current) {
            return Ok((alone, vault, key));
        }
        drop(vault);
        let (vault, key) = self.open_for_change()?;
        Ok((alone, vault, key))
    }

    /// Opens the vault anew with the key that opened it before. Where another key is needed by now,
    /// nobody is asked for it: whoever gave the first one may be gone.
    ///
    /// # Errors
    /// As [`App::open_vault`], and login required where there is none any more.
    pub fn open_vault_again(&self, before: &Header, custody: &Arc<Custody>) -> Result<Vault> {
        let opened = self.open_with(|locked| {
            let now = locked.header();
            let same = now.vault_id == before.vault_id && now.key_source == before.key_source;
            if same && custody.open(&now.age).map(Zeroizing::new).is_ok() {
                return Ok(Arc::clone(custody));
            }
            Ok(Arc::new(self.key_of(locked, false)?))
        })?;
        match opened {
            Some((vault, _)) => Ok(vault),
            None => Err(self.no_vault()?),
        }
    }

    pub(super) fn open_with(
        &self,
        key: impl FnOnce(&Locked) -> Result<Arc<Custody>>,
    ) -> Result<Option<(Vault, Arc<Custody>)>> {
        let path = self.vault_path()?;
        let Some(locked) = Locked::open(&path)? else {
            return Ok(None);
        };
        let custody = key(&locked)?;
        let (pin, known) = self.pin(&locked, &custody)?;
        let locked = self.migrated(locked, &custody, pin.as_deref())?;
        let keeper = Box::new(Keeper(Arc::clone(&custody)));
        let mut vault = locked
            .unlock(custody.identity(), pin.as_deref(), Some(keeper))
            .map_err(|error| shut(error, &custody))?;
        self.say_trust(&vault, &custody);
        let is_trusted = vault.trust() == Trust::Trusted;
        if matches!(
            vault.anchor_state(),
            AnchorState::Missing | AnchorState::Torn
        ) && is_trusted
        {
            self.save_anchor(&mut vault);
        }
        self.retire_former_key(&mut vault);
        if matches!(known, Known::First | Known::Unsettled) && is_trusted {
            self.note_opened(&vault);
        }
        Ok(Some((vault, custody)))
    }

    /// What confirms the vault: the pin beside its key, unless another vault, or one with its key
    /// elsewhere, was here before; and what was.
    ///
    /// # Errors
    /// When the pin can't be read.
    pub fn pin(&self, locked: &Locked, custody: &Custody) -> Result<(Option<String>, Known)> {
        let pin = custody.read_pin().map_err(|error| {
            if is_another_key(&error, locked, custody) {
                shut(VaultError::WrongKey, custody)
            } else {
                self.no_key(&error)
            }
        })?;
        let known = self.known(locked, custody);
        if let Known::Other(what) = &known {
            let words = format!("this is not the vault that was here: {what}");
            self.ui.warn(&words);
            return Ok((None, known));
        }
        Ok((pin, known))
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
    fn say_trust(&self, vault: &Vault, custody: &Custody) {
        match vault.trust() {
            Trust::Trusted => {}
            Trust::Unpinned => {
                self.ui.warn(
                    "nothing beside the key says that this is its vault; it is read only until \
                     you confirm the fingerprint that your recovery sheet says: `oauthctl vault \
                     check --confirm FINGERPRINT`",
                );
                if self.may_have_moved_key(vault, custody) {
                    self.ui.hint(MOVED_KEY);
                }
            }
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
        // What can't be written is not written anew.
        let is_kept = vault.trust() == Trust::Trusted;
        match vault.anchor_state() {
            AnchorState::Torn | AnchorState::Missing if !is_kept => self
                .ui
                .detail("no note of the vault's state beside its key tells of a rolled-back file"),
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

    /// Whether nothing that was noted speaks against a key that its owner moved: where another vault
    /// was before, nobody is led to confirm this one by what it says of itself.
    fn may_have_moved_key(&self, vault: &Vault, custody: &Custody) -> bool {
        let noted = self.noted_key(vault.path());
        noted.is_none_or(|(id, source)| {
            let source = source.to_text();
            let is_there = source.is_ok_and(|text| text == vault.header().key_source);
            id == vault.id() && (is_there || custody.was_named())
        })
    }

    /// Opens the vault for a command that makes no sense without one.
    ///
    /// # Errors
    /// As [`App::open_vault`], and login required where there is none.
    pub fn need_vault(&self) -> Result<Vault> {
        match self.open_vault()? {
            Some(vault) => Ok(vault),
            None => Err(self.no_vault()?),
        }
    }

    /// Says that there is no vault where one was named: what is empty then may be a typing error.
    pub fn say_no_vault(&self) {
        if let Some(absent) = self.absent_vault() {
            self.ui.note(&absent);
        }
    }

    /// Which vault is absent, where it is another one than the one that is used by default.
    #[must_use]
    pub fn absent_vault(&self) -> Option<String> {
        if self.chosen_vault().is_ok_and(|flags| flags.is_empty()) {
            return None;
        }
        let path = self.vault_path().ok()?;
        let profile = self.profile().ok();
        let profile = profile.filter(|name| self.vault_of(name) == path);
        let of = profile.map(|name| format!(" of the profile `{name}`"));
        let of = of.unwrap_or_default();
        Some(format!("there is no vault{of} at `{}`", path.display()))
    }

    /// What to say where there is no vault and one is needed.
    ///
    /// # Errors
    /// When nobody can say where it would be.
    pub fn no_vault(&self) -> Result<Error> {
        if let Some(gone) = self.gone_vault()? {
            return Ok(gone);
        }
        Ok(Error::new(Kind::LoginRequired, "there is no vault yet")
            .because(format!("`{}` does not exist", self.vault_path()?.display()))
            .hint("make a connection with `oauthctl connect PROVIDER`"))
    }

    /// The vault before it is unlocked, and its key: for commands that look at a vault which may
    /// be damaged.
    ///
    /// # Errors
    /// When there is no vault, or its key can't be had.
    pub fn need_locked_vault(&self) -> Result<(Locked, Custody)> {
        let path = self.vault_path()?;
        let locked = Locked::open(&path).map_err(|error| unreadable(error, None))?;
        let Some(locked) = locked else {
            let none = || {
                Error::new(Kind::Failed, "there is no vault")
                    .because(format!("`{}` does not exist", path.display()))
            };
            return Err(self.gone_vault()?.unwrap_or_else(none));
        };
        let custody = self.key_of(&locked, self.ui.may_ask())?;
        Ok((locked, custody))
    }

    /// The key of a vault, from where its header or the environment says that it is.
    pub(super) fn key_of(&self, locked: &Locked, may_ask: bool) -> Result<Custody> {
        let header = locked.header();
        let recorded =
            Source::parse(&header.key_source).map_err(|error| self.no_key(&error.into()))?;
        let prompt = |question: &str| self.ui.ask_secret(question);
        let mut ask = self.ask(header.vault_id, &recorded, &prompt);
        ask.prompt = ask.prompt.filter(|_| may_ask);
        key::unlock(&ask).map_err(|error| {
            let mut shown = self.no_key(&error);
            if matches!(&error, KeyError::File(file) if file.is_not_found()) {
                let moved = "if it was moved, set `OAUTHCTL_IDENTITY_FILE` to its path";
                shown.hints.insert(0, moved.to_owned());
            }
            shown
        })
    }

    /// Remembers the vault's newest state beside the key, so that a rolled-back file is noticed.
    pub fn save_anchor(&self, vault: &mut Vault) {
        if let Err(error) = vault.save_anchor() {
            self.ui.warn(&format!(
                "could not note the vault's state beside its key: {error}"
            ));
        }
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
        let stands = self.vault_path().is_ok_and(|vault| vault.exists());
        self.no_key_but(error, |way| match way {
            // What does not exist yet can't be recovered, but made otherwise.
            Way::Recover | Way::Again if !stands && error.is_of_a_file() => None,
            Way::Recover | Way::Again if !stands => Some(
                "keep the key in a file instead: `oauthctl vault init --key file`, or behind a \
                 passphrase: `--key passphrase`"
                    .to_owned(),
            ),
            Way::Recover | Way::Again | Way::KeyFile | Way::Words(_) => Some(way.to_string()),
        })
    }

    /// [`App::no_key`] with the ways out as `told` tells them.
    pub(super) fn no_key_but(
        &self,
        error: &KeyError,
        told: impl Fn(Way) -> Option<String>,
    ) -> Error {
        let kind = if matches!(error, KeyError::PinForged { .. }) {
            Kind::Stopped
        } else if matches!(
            error,
            KeyError::Overridden { .. } | KeyError::BadPassphrase { .. }
        ) {
            Kind::Usage
        } else if error.is_unwritten() {
            Kind::Failed
        } else {
            Kind::NoKey
        };
        let message = if let KeyError::BadPassphrase { .. } = error {
            "could not take the passphrase"
        } else if error.is_unwritten() {
            "could not write the key of the vault"
        } else {
            "could not get the key of the vault"
        };
        let mut shown = Error::new(kind, message).caused_by(error);
        shown
            .hints
            .extend(error.way_out().into_iter().filter_map(told));
        match self.vault_path().ok().filter(|vault| vault.exists()) {
            Some(vault) => shown.note(format!("the vault `{}` was not touched", vault.display())),
            None => shown,
        }
    }

    /// As [`App::no_key`], for a key or a passphrase that is not the vault's own: nobody is led away
    /// from the file that they named.
    fn not_of_the_vault(&self, error: &KeyError, message: String) -> Error {
        let mut shown = self.no_key_but(error, |way| match way {
            Way::Recover => None,
            Way::Again => Some("try again".to_owned()),
            Way::KeyFile | Way::Words(_) => Some(way.to_string()),
        });
        shown.message = message;
        shown
    }

    /// What a person named to open a vault or a backup with.
    ///
    /// # Errors
    /// Why it can't be used.
    pub fn opener(&self, file: &Path, vault_id: VaultId) -> Result<Opener<'_>> {
        let found = self.asking(vault_id, |ask| key::opener(file, ask, &self.ui));
        found.map_err(|error| {
            self.not_of_the_vault(
                &error,
                format!("could not use the key in `{}`", file.display()),
            )
        })
    }

    /// The key that the environment names, for what no vault stands for yet.
    ///
    /// # Errors
    /// When it names none, or that can't be used.
    pub fn named_key(&self) -> Result<Arc<Custody>> {
        let found = self.asking(VaultId([0; 16]), key::unlock);
        found.map(Arc::new).map_err(|error| self.no_key(&error))
    }

    /// A new passphrase for the file at `path`, which a person types twice.
    ///
    /// # Errors
    /// When nobody can be asked, or no usable one was given.
    pub fn new_passphrase(&self, path: &Path) -> Result<Secret> {
        let found = self.asking(VaultId([0; 16]), |ask| key::new_passphrase(path, ask));
        found.map_err(|error| {
            let message = format!("could not get a passphrase for `{}`", path.display());
            self.not_of_the_vault(&error, message)
        })
    }

    /// What a key is looked for with where no vault says where it is.
    fn asking<T>(
        &self,
        vault_id: VaultId,
        look: impl FnOnce(&Ask<'_>) -> std::result::Result<T, KeyError>,
    ) -> std::result::Result<T, KeyError> {
        let prompt = |question: &str| self.ui.ask_secret(question);
        let ask = self.ask(vault_id, &Source::Environment, &prompt);
        look(&ask)
    }

    pub(super) fn ask<'a>(
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
            person: Some(&self.ui),
            state_dir: &self.paths.state,
        }
    }
}

/// Whether a pin does not fit because the key is not this vault's: such a key opens nothing, and can't
/// tell who wrote the pin. A header that can't be read is not another key's.
pub(super) fn is_another_key(error: &KeyError, locked: &Locked, custody: &Custody) -> bool {
    let opened = || custody.open(&locked.header().age).map(Zeroizing::new);
    matches!(error, KeyError::PinForged { .. }) && opened().err() == Some(Unopened::OtherKey)
}

impl Person for Ui {
    fn say(&self, text: &str) {
        self.note(text);
    }

    fn ask(&self, question: &str) -> Option<Secret> {
        self.ask_secret(question).ok()
    }

    fn is_there(&self) -> bool {
        self.may_ask()
    }
}

/// Lets the vault keep its anchor beside the key without knowing where that is.
pub(super) struct Keeper(pub(super) Arc<Custody>);

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

    fn machine(&self) -> Option<Vec<u8>> {
        machine::id()
    }
}
