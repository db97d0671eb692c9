//! Keys that a run made for the vault and that the vault never named, because it was cut off.
//!
//! A key is made before the commit that says where it is, and whoever is killed in between leaves it.
//! So its place is noted before it is made ([`App::remember_made`]), and what is there goes when the
//! vault was opened with the key that it does name. What may be the only key stays: one that the
//! vault is locked to and that was not had from its own place, and whatever can't be looked at.

use std::time::Duration;

use crate::app::App;
use crate::key::{self, Ask, Custody, KeyError, Source};
use crate::names::VaultId;
use crate::private_file::whole_path;
use crate::vault::{Action, Outcome, Standing, Vault, VaultError};

/// What becomes of a key that a failed run leaves, told after where it is.
pub(super) const GOES: &str = "; the next command removes it where that is safe";

impl App {
    /// Removes them, where `key` just opened the vault and nobody is making one. What stays is noted
    /// still.
    pub(super) fn remove_strays(&self, vault: &mut Vault, key: &Custody) {
        let made = || self.made(vault.path(), vault.id());
        if made().is_empty() || vault.refuse_untrusted().is_err() {
            return;
        }
        let Ok(_turn) = vault.lock_recipients(Duration::ZERO) else {
            return;
        };
        // Whoever had it before may have noted another one, and named it.
        let made = made();
        if let Err(why) = self.remove_made(vault, key, made) {
            self.ui.detail(&format!(
                "could not remove what was left of a new key: {why}"
            ));
        }
    }

    fn remove_made(
        &self,
        vault: &mut Vault,
        key: &Custody,
        made: Vec<Source>,
    ) -> Result<(), VaultError> {
        let standing = vault.standing()?;
        if standing.header() != vault.header() {
            return Ok(());
        }
        let (path, id) = (vault.path().to_owned(), vault.id());
        let made = made.into_iter().filter(|place| !is_of(&standing, place));
        let (strays, mut stay): (Vec<_>, Vec<_>) =
            made.partition(|place| self.is_stray(vault, &standing, key, place));
        if !strays.is_empty() {
            let places: Vec<String> = strays.iter().map(ToString::to_string).collect();
            let what = format!("removed what was left of a new key: {}", places.join(", "));
            let mut event = self.world().bare_event(Action::KeyChange, Outcome::Done);
            event.detail = Some(what.clone());
            // Behind this commit, none that was lost half-way can come back and name one of them.
            vault.mutate(|writer| writer.log(&event))?;
            self.save_anchor(vault);
            self.ui.note(&what);
        }
        for place in strays {
            if self.asking_nobody(id, &place, key::discard).is_err() {
                stay.push(place);
            }
        }
        // Where that can't be written, the next run looks again.
        let _ = self.note(&path, id, &[standing.key_source()], &stay);
        Ok(())
    }

    /// The noted places of keys that the vault doesn't name, and where something is or may be.
    #[must_use]
    pub fn strays(&self, vault: &Vault) -> Vec<Source> {
        let mut made = self.made(vault.path(), vault.id());
        made.retain(|place| {
            let there = self.asking_nobody(vault.id(), place, key::unlock);
            let is_named = place
                .to_text()
                .is_ok_and(|it| it == vault.header().key_source);
            !is_named && !there.is_err_and(|error| error.is_of_none())
        });
        made
    }

    fn is_stray(&self, vault: &Vault, standing: &Standing, key: &Custody, place: &Source) -> bool {
        let (path, id) = (vault.path(), vault.id());
        let is_anothers = match place.path() {
            Some(file) => {
                let named = self.env.identity_file.as_deref().map(whole_path);
                named == Some(whole_path(file)) || self.may_be_anothers(path, id, file)
            }
            None => self.stands_elsewhere(path, id),
        };
        if is_anothers {
            return false;
        }
        let there = match self.asking_nobody(id, place, key::unlock) {
            Ok(there) => there.recipient().to_string(),
            Err(error) => return error.is_of_none(),
        };
        if place.path().is_some_and(|file| !key::is_made_for(file, id)) {
            return false;
        }
        let mut openers = standing.recipients().iter();
        if there == key.recipient().to_string() {
            self.is_at_its_place(standing, key)
        } else {
            openers.all(|one| one.recipient != there)
        }
    }

    /// Whether a key is also where the vault says that it is.
    fn is_at_its_place(&self, standing: &Standing, key: &Custody) -> bool {
        let recorded = Source::parse(standing.key_source());
        let is_there = |place: Source| {
            let there = self.asking_nobody(standing.header().vault_id, &place, key::unlock);
            there.is_ok_and(|it| it.recipient().to_string() == key.recipient().to_string())
        };
        !key.was_named() || recorded.is_ok_and(is_there)
    }

    fn asking_nobody<T>(
        &self,
        vault_id: VaultId,
        place: &Source,
        act: impl FnOnce(&Ask<'_>) -> Result<T, KeyError>,
    ) -> Result<T, KeyError> {
        let prompt = |_: &str| Err(std::io::ErrorKind::Unsupported.into());
        let ask = Ask {
            identity: None,
            identity_file: None,
            passphrase_file: None,
            prompt: None,
            ..self.ask(vault_id, place, &prompt)
        };
        act(&ask)
    }
}

fn is_of(standing: &Standing, place: &Source) -> bool {
    place.to_text().is_ok_and(|it| it == standing.key_source())
}
