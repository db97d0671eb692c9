//! Keys that a run put somewhere and that the vault never named there, because it was cut off.
//!
//! A key is written before the commit that says where it is, and whoever is killed in between leaves
//! it. So what is made, and where, is noted first ([`App::make_noted`]). Only a fresh identity is
//! removed, when the vault was opened with another one: nothing was ever sealed for it. A copy of the
//! vault's key stays, since somebody may have come to need it; a person is told where it is.

use std::time::Duration;

use crate::app::App;
use crate::app::known::Made;
use crate::error::Result;
use crate::key::{self, Ask, Custody, KeyError, Source};
use crate::names::VaultId;
use crate::private_file;
use crate::vault::{Action, Outcome, Recipient, Standing, Vault, VaultError};

/// What becomes of a new key that a failed run leaves, told after where it is.
pub(super) const GOES: &str = "; the next command removes it where that is safe";

/// What a run left that was cut off.
pub struct Stray {
    /// Where it is.
    pub place: Source,
    /// Whether it is a copy of the key in use, and not a new one.
    pub is_copy: bool,
    /// Whether it was seen there; else nobody could look.
    pub is_seen: bool,
}

/// What becomes of what was noted.
#[derive(PartialEq, Eq)]
enum Fate {
    /// It is removed.
    Goes,
    /// It is noted still.
    Stays,
    /// It is not there, or is the vault's by now.
    Forgotten,
}

impl App {
    /// Puts an identity, else a new one, where none may stand, and notes that before.
    ///
    /// # Errors
    /// When it can't be noted; inside, when it can't be put there.
    pub(super) fn make_noted(
        &self,
        vault: &Vault,
        copied: Option<&Custody>,
        place: &Source,
        ask: &Ask<'_>,
    ) -> Result<std::result::Result<Custody, KeyError>> {
        let identity = copied.map_or_else(key::fresh, |one| one.identity().clone());
        let fresh = copied.is_none().then(|| identity.to_public().to_string());
        let (path, id, source) = (vault.path(), vault.id(), &vault.header().key_source);
        let made = Made {
            place: place.clone(),
            fresh,
        };
        self.remember_made(path, id, source, made)?;
        let kept = key::keep(place, identity, ask);
        let is_none = || match place.path() {
            Some(file) => file.symlink_metadata().is_err(),
            None => self
                .asking_nobody(id, place, key::unlock)
                .is_err_and(|error| error.is_of_none()),
        };
        if kept.is_err() && is_none() {
            self.forget_made(path, id, source, place);
        }
        Ok(kept)
    }

    /// Removes new keys, where `key` just opened the vault and nobody is making one. What stays is
    /// noted still.
    pub(super) fn remove_strays(&self, vault: &mut Vault, key: &Custody) {
        let made = || self.made(vault.path(), vault.id());
        if made().iter().all(|one| one.fresh.is_none()) || vault.refuse_untrusted().is_err() {
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
        made: Vec<Made>,
    ) -> std::result::Result<(), VaultError> {
        let standing = vault.standing()?;
        if standing.header() != vault.header() {
            return Ok(());
        }
        let (path, id) = (vault.path().to_owned(), vault.id());
        let (mut strays, mut stay) = (Vec::new(), Vec::new());
        for one in made {
            match self.fate(vault, &standing, key, &one) {
                Fate::Goes => strays.push(one),
                Fate::Stays => stay.push(one),
                Fate::Forgotten => {}
            }
        }
        if !strays.is_empty() {
            let places: Vec<String> = strays.iter().map(|one| one.place.to_string()).collect();
            let what = format!("removed what was left of a new key: {}", places.join(", "));
            let mut event = self.world().bare_event(Action::KeyChange, Outcome::Done);
            event.detail = Some(what.clone());
            // Behind this commit, none that was lost half-way can come back and name one of them.
            vault.mutate(|writer| writer.log(&event))?;
            self.save_anchor(vault);
            self.ui.note(&what);
        }
        for one in strays {
            if self.asking_nobody(id, &one.place, key::discard).is_err() {
                stay.push(one);
            }
        }
        // Where that can't be written, the next run looks again.
        let _ = self.note(&path, id, &[standing.key_source()], &stay);
        Ok(())
    }

    fn fate(&self, vault: &Vault, standing: &Standing, key: &Custody, made: &Made) -> Fate {
        let (path, id, place) = (vault.path(), vault.id(), &made.place);
        if place.to_text().is_ok_and(|it| it == standing.key_source()) {
            return Fate::Forgotten;
        }
        let Some(fresh) = &made.fresh else {
            return Fate::Stays;
        };
        let mut openers = standing.recipients().iter();
        if *fresh == key.recipient().to_string() || openers.any(|one| one.recipient == *fresh) {
            return Fate::Forgotten;
        }
        let is_anothers = match place.path() {
            Some(file) => self.may_be_anothers(path, id, file),
            None => self.stands_elsewhere(path, id),
        };
        if is_anothers || self.is_used(standing.key_source(), place) {
            return Fate::Stays;
        }
        match self.asking_nobody(id, place, key::unlock) {
            Ok(there) if there.recipient().to_string() == *fresh => Fate::Goes,
            Err(error) if !error.is_of_none() => Fate::Stays,
            Err(_) if is_begun(place) => Fate::Goes,
            Ok(_) | Err(_) => Fate::Forgotten,
        }
    }

    /// What was left of what was noted, and is not where the key is: `recorded`, or as the environment
    /// says.
    #[must_use]
    pub fn strays(&self, vault: &Vault, recorded: &str) -> Vec<Stray> {
        let Ok(standing) = vault.standing() else {
            return Vec::new();
        };
        let mut openers = standing.recipients().iter();
        let master = openers.find(|one| one.label == Recipient::MASTER);
        let master = master.map(|one| one.recipient.clone());
        let stray = |made: Made| {
            let is_copy = made.fresh.is_none();
            let wanted = made.fresh.or_else(|| master.clone());
            let place = made.place;
            let is_seen = match self.asking_nobody(vault.id(), &place, key::unlock) {
                Ok(there) => (Some(there.recipient().to_string()) == wanted).then_some(true),
                Err(error) => (!error.is_of_none()).then_some(false),
            }?;
            (!self.is_used(recorded, &place)).then_some(Stray {
                place,
                is_copy,
                is_seen,
            })
        };
        let made = self.made(vault.path(), vault.id()).into_iter();
        made.filter_map(stray).collect()
    }

    /// Whether a place is the one that the vault names or the environment does, over whatever links.
    fn is_used(&self, recorded: &str, place: &Source) -> bool {
        let recorded = Source::parse(recorded).ok();
        let named = recorded.as_ref().and_then(Source::path);
        let mut used = [named, self.env.identity_file.as_deref()]
            .into_iter()
            .flatten();
        match place.path() {
            Some(file) => used.any(|one| private_file::is_same(one, file)),
            None => recorded.as_ref() == Some(place),
        }
    }

    fn asking_nobody<T>(
        &self,
        vault_id: VaultId,
        place: &Source,
        act: impl FnOnce(&Ask<'_>) -> std::result::Result<T, KeyError>,
    ) -> std::result::Result<T, KeyError> {
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

/// Whether a key's file was being written.
fn is_begun(place: &Source) -> bool {
    let file = place.path();
    file.is_some_and(|file| !private_file::half_written_of(file).is_empty())
}
