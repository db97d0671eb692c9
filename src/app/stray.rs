//! Keys that a run put somewhere and that the vault never named there, because it was cut off.
//!
//! A key is written before the commit that says where it is, and whoever is killed in between leaves
//! it. So what is made, and where, is noted first ([`App::make_noted`]), and a person is told where it
//! is. No command removes it: nobody can know whether a vault or a backup that was set aside needs it.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use crate::app::App;
use crate::app::known::Made;
use crate::error::Result;
use crate::key::{self, Ask, Custody, KeyError, Source};
use crate::lock::LockError;
use crate::names::VaultId;
use crate::private_file;
use crate::vault::{Vault, VaultError};

/// How a new key that a failed run leaves is found again, told after where it is.
pub(super) const NAMED: &str = "; `oauthctl doctor` names it as long as it is there";

/// Which key a run left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// A new one.
    New,
    /// A copy of the one in use.
    Copy,
    /// A copy of one that was in use then.
    FormerCopy,
}

/// What a run left that was cut off.
pub struct Stray {
    /// Where it is.
    pub place: Source,
    /// Which key.
    pub what: Left,
    /// Whether it was seen there; else nobody could look.
    pub is_seen: bool,
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
        let (path, id, source) = (vault.path(), vault.id(), &vault.header().key_source);
        let made = Made {
            place: place.clone(),
            key: identity.to_public().to_string(),
            is_copy: copied.is_some(),
        };
        self.remember_made(path, id, source, &made)?;
        let kept = key::keep(place, identity, ask);
        let is_none = || match place.path() {
            Some(file) => {
                let there = file.symlink_metadata();
                there.is_err_and(|error| error.kind() == ErrorKind::NotFound)
            }
            None => self
                .found_at(id, place)
                .is_err_and(|error| error.is_of_none()),
        };
        if kept.is_err() && is_none() {
            self.forget_made(path, id, source, place);
        }
        Ok(kept)
    }

    /// What was left of what was noted, and is not where the key is: as the vault says, or the
    /// environment. Nothing while somebody changes that, since what is being made is in use next.
    #[must_use]
    pub fn strays(&self, vault: &Vault) -> Vec<Stray> {
        if self.made(vault.path(), vault.id()).is_empty() {
            return Vec::new();
        }
        match vault.lock_recipients(Duration::ZERO) {
            Err(VaultError::Lock(LockError::TimedOut { .. })) => Vec::new(),
            // Where nobody can take it, nobody makes a key.
            Ok(_) | Err(_) => self.strays_in_turn(vault),
        }
    }

    /// [`App::strays`] for who has that turn.
    pub(super) fn strays_in_turn(&self, vault: &Vault) -> Vec<Stray> {
        let Ok(standing) = vault.standing() else {
            return Vec::new();
        };
        let master = standing.master().unwrap_or_default();
        let used = Source::parse(standing.key_source()).ok();
        let (path, id) = (vault.path(), vault.id());
        let has = |place: &Source, wanted: &str| {
            let found = self.found_at(id, place);
            found.map(|there| there.recipient().to_string() == wanted)
        };
        // What only the environment has may go with it.
        let is_kept = || {
            self.env.identity.is_none() && self.env.identity_file.is_none()
                || used
                    .as_ref()
                    .is_some_and(|used| has(used, master).unwrap_or(false))
        };
        let stray = |made: Made| {
            let place = made.place;
            let is_seen = match has(&place, &made.key) {
                Ok(is_it) => is_it.then_some(true),
                Err(error) => (!error.is_of_none()).then_some(false),
            }?;
            let is_in_use = made.key == master;
            let is_needed = self.is_used(used.as_ref(), &place)
                || self.is_of_others(path, id, &place)
                || is_in_use && !is_kept();
            let what = match (made.is_copy, is_in_use) {
                (true, true) => Left::Copy,
                (true, false) => Left::FormerCopy,
                (false, _) => Left::New,
            };
            (!is_needed).then_some(Stray {
                place,
                what,
                is_seen,
            })
        };
        let made = self.made(path, id).into_iter();
        made.filter_map(stray).collect()
    }

    /// Whether a place is the one that the vault names or the environment does, over whatever links.
    fn is_used(&self, recorded: Option<&Source>, place: &Source) -> bool {
        let named = recorded.and_then(Source::path);
        let mut used = [named, self.env.identity_file.as_deref()]
            .into_iter()
            .flatten();
        match place.path() {
            Some(file) => used.any(|one| private_file::is_same(one, file)),
            None => recorded == Some(place),
        }
    }

    /// Whether what is at a place may be another vault's, or that of this one's copy elsewhere.
    fn is_of_others(&self, path: &Path, id: VaultId, place: &Source) -> bool {
        match place.path() {
            Some(file) => self.may_be_anothers(path, id, file),
            None => self.stands_elsewhere(path, id),
        }
    }

    /// The identity at a place, as it is had without asking anybody.
    fn found_at(
        &self,
        vault_id: VaultId,
        place: &Source,
    ) -> std::result::Result<Custody, KeyError> {
        let prompt = |_: &str| Err(ErrorKind::Unsupported.into());
        key::unlock(&Ask {
            identity: None,
            identity_file: None,
            passphrase_file: None,
            prompt: None,
            ..self.ask(vault_id, place, &prompt)
        })
    }
}
