//! Giving the vault a new key and a new identity, and retiring the old one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::App;
use crate::app::opening::Keeper;
use crate::app::stray::NAMED;
use crate::connection::hold::LOCK_WAIT;
use crate::connection::naming::naming;
use crate::error::{Error, Kind, Result};
use crate::key::{self, Ask, Custody, KeyError, Source};
use crate::private_file::PrivateFileError;
use crate::vault::{
    Action, AnchorKeeper, NewKey, Outcome, Recipient, RetiredKey, Vault, VaultError,
};

/// What came of a rekey.
pub struct Rekeyed {
    /// The vault, open with its new key.
    pub vault: Vault,
    /// Where the new identity is, for people.
    pub place: String,
    /// Where the former one was, as the header had it.
    pub former: String,
    /// What was not swept out of the files, and why.
    pub unswept: std::result::Result<(), VaultError>,
}

impl Rekeyed {
    /// The file that the former identity is in.
    #[must_use]
    pub fn former_file(&self) -> Option<PathBuf> {
        let former = Source::parse(&self.former).ok()?;
        former.path().map(Path::to_owned)
    }
}

impl App {
    /// Makes a new identity at `place` (else at a new place of the recorded kind) and a new vault
    /// key, and seals everything anew; those of the other recipients that `keep` wants keep their
    /// access.
    ///
    /// # Errors
    /// When that can't be done; then the old identity opens the vault as before.
    pub fn rekey(
        &self,
        place: Option<Source>,
        what: Option<String>,
        keep: &dyn Fn(&Recipient) -> bool,
    ) -> Result<Rekeyed> {
        let (_turn, mut vault, old) = self.open_vault_alone()?;
        let alone = vault.lock_exclusive(LOCK_WAIT)?;
        self.refuse_pending_rescues(&vault)?;
        let standing = vault.standing()?;
        let former = standing.key_source().to_owned();
        let before = standing.master().unwrap_or_default().to_owned();
        let source = match place {
            Some(place) => place,
            None => self.another_place(&former)?,
        };
        // Plugins may take their time, and who chooses a passphrase: whoever refreshes goes on
        // meanwhile.
        drop(alone);
        let next = Arc::new(self.mint(&vault, &source)?);
        let now = source
            .to_text()
            .map_err(|error| self.no_key(&error.into()))?;
        let mut recipients = vec![Recipient::master(next.recipient().to_string())];
        let others = standing.recipients().iter();
        recipients.extend(
            others
                .filter(|one| one.label != Recipient::MASTER && keep(one))
                .cloned(),
        );
        let mut event = self.world().bare_event(Action::KeyChange, Outcome::Done);
        event.detail = what;
        let (place, key) = (next.describe(), next.recipient().to_string());
        let (path, id) = (vault.path().to_owned(), vault.id());
        let done = standing
            .fresh_key(recipients, &self.ui)
            .map_err(Error::from)
            .and_then(|fresh| {
                let alone = vault.lock_exclusive(LOCK_WAIT)?;
                self.refuse_pending_rescues(&vault)?;
                self.remember_either(&path, id, [&former, &now], &before)?;
                let new = NewKey {
                    fresh,
                    key_source: now.clone(),
                    event,
                    naming,
                    identity: old.identity(),
                };
                vault.rekey(new, Box::new(Witness(Keeper(next))))?;
                Ok(alone)
            });
        // The new identity stays: a commit that failed to sync may be found done by the next
        // process, and then it is the only key.
        let _alone = done.map_err(|error| {
            error.note(format!(
                "the new key stays in {place}; as long as the old one opens the vault, nothing \
                 uses it{NAMED}"
            ))
        })?;
        self.remember(&path, id, &now, &key);
        self.save_anchor(&mut vault);
        if (self.env.identity.is_some() || self.env.identity_file.is_some())
            && let Some(old) = Arc::into_inner(old)
        {
            // The notes of an identity that the environment gave; the next one that it gives would
            // take them for forged. Those that stay are told of by whoever finds them.
            let _ = old.forget();
        }
        let unswept = vault.sweep();
        Ok(Rekeyed {
            vault,
            place,
            former,
            unswept,
        })
    }

    /// Refuses while only a rescue file holds an answer: a copy of the vault would lack it, and a
    /// rekey would make it unreadable.
    ///
    /// # Errors
    /// When there is one, or nobody can tell.
    pub fn refuse_pending_rescues(&self, vault: &Vault) -> Result<()> {
        vault.remove_orphaned_rescues(&self.paths.state)?;
        let pending = vault.pending_rescues(&self.paths.state)?;
        match pending.first() {
            None => Ok(()),
            Some(file) => Err(Error::new(
                Kind::Stopped,
                "an answer of a provider is not in the vault yet",
            )
            .because(format!("`{}` holds it", file.display()))
            .hint("`oauthctl refresh --due` takes it into the vault; then say this again")),
        }
    }

    fn another_place(&self, recorded: &str) -> Result<Source> {
        let recorded = Source::parse(recorded).map_err(|error| self.no_key(&error.into()))?;
        let another = recorded
            .another()
            .map_err(|_| Error::new(Kind::Failed, "the system gives no random numbers"))?;
        another.ok_or_else(|| {
            Error::new(Kind::Usage, "the environment keeps the vault's key, and it can't be written")
                .hint("name a place for the new key: `--key file --identity-file PATH`; then give what is in that file to whoever sets the environment")
        })
    }

    /// Makes the identity and reads it back. What the environment names is the old one.
    fn mint(&self, vault: &Vault, source: &Source) -> Result<Custody> {
        if let Some(path) = source.path()
            && std::fs::symlink_metadata(path).is_ok()
        {
            return Err(
                Error::new(Kind::Usage, "a new key needs a place of its own")
                    .because(format!("`{}` exists", path.display()))
                    .hint("name another one: `--identity-file PATH`"),
            );
        }
        let prompt = |question: &str| self.ui.ask_secret(question);
        let ask = Ask {
            identity: None,
            identity_file: None,
            ..self.ask(vault.id(), source, &prompt)
        };
        self.make_noted(vault, None, source, &ask)?
            .map_err(|error| {
                let mut shown = self.no_key(&error);
                if let KeyError::File(PrivateFileError::Io { .. }) = error {
                    shown.kind = Kind::Failed;
                    "could not write the vault's new key".clone_into(&mut shown.message);
                }
                shown
            })
    }

    /// Removes what a rekey left of the former identity, once the vault was opened with the new one.
    pub(super) fn retire_former_key(&self, vault: &mut Vault) {
        if !vault.has_retired_key() || vault.refuse_untrusted().is_err() {
            return;
        }
        if let Err(why) = self.retire(vault) {
            self.ui
                .warn(&format!("could not retire the vault's former key: {why}"));
        }
    }

    fn retire(&self, vault: &mut Vault) -> std::result::Result<(), String> {
        let found = vault.read(|snapshot| snapshot.find::<RetiredKey>(RetiredKey::NAME));
        let Some(row) = found.map_err(|error| error.to_string())? else {
            return Ok(());
        };
        let source = Source::parse(&row.value.key_source).map_err(|error| error.to_string())?;
        // A recovery since then may have put the new key into the former one's place; and a vault that
        // was restored elsewhere leaves the first one what was both's.
        let is_in_use = row.value.key_source == vault.header().key_source
            || self.stands_elsewhere(vault.path(), vault.id());
        if !is_in_use {
            let prompt = |_: &str| Err(std::io::ErrorKind::Unsupported.into());
            let ask = self.ask(vault.id(), &source, &prompt);
            key::retire(&source, &ask).map_err(|error| error.to_string())?;
        }
        if !vault.is_swept() {
            // A rekey that was cut off left more than its key.
            vault.sweep().map_err(|error| error.to_string())?;
        }
        let gone = vault.mutate(|writer| writer.delete(&row));
        match gone {
            // Another process was faster.
            Ok(()) | Err(VaultError::Conflict) => {}
            Err(error) => return Err(error.to_string()),
        }
        self.save_anchor(vault);
        Ok(())
    }
}

/// A keeper that looks after what it keeps: a vault whose new key was removed meanwhile could not be
/// opened any more, and one whose pin was not kept could not be changed.
struct Witness(Keeper);

impl AnchorKeeper for Witness {
    fn read(&self) -> std::result::Result<Option<Vec<u8>>, String> {
        self.0.read()
    }

    fn write(&self, anchor: &[u8]) -> std::result::Result<(), String> {
        self.0.write(anchor)
    }

    fn machine(&self) -> Option<Vec<u8>> {
        self.0.machine()
    }

    fn keep_pin(&self, fingerprint: &str) -> std::result::Result<(), String> {
        self.0.keep_pin(fingerprint)?;
        let key = self.0.0.must_stand();
        key.map_err(|error| error.to_string())?;
        match self.0.0.read_pin() {
            Ok(Some(kept)) if kept == fingerprint => Ok(()),
            Ok(_) => Err("what was written did not come back".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}
