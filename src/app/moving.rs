//! Keeping the master identity elsewhere.

use crate::app::App;
use crate::app::stray::{Left, NAMED, Stray};
use crate::connection::hold::LOCK_WAIT;
use crate::error::{self, Error, Kind};
use crate::key::{self, Ask, Custody, Source, Way};
use crate::vault::{Action, Outcome, RetiredKey, Standing, Vault, VaultError, Writer};

/// What a move of the key does, or would do.
pub struct Moved {
    /// Where it was.
    pub from: Source,
    /// Where it is, for people.
    pub to: String,
    /// Copies that moves left which were cut off.
    pub copies: Vec<Stray>,
    /// What was not swept out of the vault's log, and why.
    pub unswept: Result<(), VaultError>,
}

impl App {
    /// Keeps the same identity at `to`, and says so in the vault. A keyring's item that was there
    /// before is retired at the next opening. `only_look` changes nothing.
    ///
    /// # Errors
    /// When that can't be done; then the old place stands.
    pub fn move_key(&self, to: &Source, only_look: bool) -> error::Result<Moved> {
        let Some((mut vault, old)) = self.open_vault_and_key()? else {
            return Err(self.no_vault()?);
        };
        vault.refuse_untrusted()?;
        let recorded = vault.header().key_source.clone();
        let from = Source::parse(&recorded).map_err(|error| self.no_key(&error.into()))?;
        let prompt = |question: &str| self.ui.ask_secret(question);
        let ask = Ask {
            identity: None,
            identity_file: None,
            ..self.ask(vault.id(), to, &prompt)
        };
        let there = self.refuse_in_the_way(&from, to, &old, &ask)?;
        let mut moved = Moved {
            from: from.clone(),
            to: to.to_string(),
            copies: Vec::new(),
            unswept: Ok(()),
        };
        if only_look {
            return Ok(moved);
        }
        let _turn = vault.lock_recipients(LOCK_WAIT)?;
        let standing = vault.standing()?;
        if standing.key_source() != recorded {
            return Err(VaultError::Conflict.into());
        }
        let kept = if let Some(there) = there {
            there
        } else {
            self.make_noted(&vault, Some(&old), to, &ask)?
                .map_err(|error| self.no_key(&error))?
        };
        moved.to = kept.describe();
        self.name_place(&mut vault, &standing, kept, &from, to, &mut moved)
            .map_err(|error| {
                error.note(format!(
                    "the key is {} too; as long as the vault names another place, nothing uses that \
                     one{NAMED}",
                    moved.to
                ))
            })?;
        let strays = self.strays_in_turn(&vault).into_iter();
        moved.copies = strays.filter(|one| one.what != Left::New).collect();
        Ok(moved)
    }

    fn name_place(
        &self,
        vault: &mut Vault,
        standing: &Standing,
        kept: Custody,
        from: &Source,
        to: &Source,
        moved: &mut Moved,
    ) -> error::Result<()> {
        // Only now: whoever chooses a passphrase may take their time.
        let _alone = vault.lock_exclusive(LOCK_WAIT)?;
        let recorded = standing.key_source();
        let text = to.to_text().map_err(|error| self.no_key(&error.into()))?;
        kept.write_pin(&vault.fingerprint())
            .and_then(|()| kept.must_stand())
            .map_err(|error| self.no_key(&error))?;
        let (path, id) = (vault.path().to_owned(), vault.id());
        let key = kept.recipient().to_string();
        self.remember_either(&path, id, [recorded, &text], &key)?;
        let mut event = self.world().bare_event(Action::KeyChange, Outcome::Done);
        event.detail = Some(format!("moved from {} to {}", moved.from, moved.to));
        vault.mutate(|writer| {
            record_move(writer, standing, from, text.clone())?;
            writer.log(&event)
        })?;
        self.remember(&path, id, &text, &key);
        moved.unswept = vault.checkpoint_truncate();
        let fingerprint = vault.fingerprint();
        self.anchor_beside(kept, &fingerprint)
    }

    /// Refuses the same place again, one where something else stands, and a keyring that can't be
    /// used. What was left there by a move that was cut off, or before it was moved away, is taken.
    fn refuse_in_the_way(
        &self,
        from: &Source,
        to: &Source,
        old: &Custody,
        ask: &Ask<'_>,
    ) -> error::Result<Option<Custody>> {
        // the keyring gets a new item each time; from elsewhere the key may come back to it
        let is_in_keyring = to.path().is_none() && from.kind() == to.kind() && !old.was_named();
        if from == to || is_in_keyring {
            return Err(Error::new(Kind::Usage, "the key is there already")
                .because(format!("it is in {from}")));
        }
        if let Some(path) = to.path()
            && std::fs::symlink_metadata(path).is_ok()
        {
            let there = key::unlock(ask).ok();
            let same =
                there.filter(|there| there.recipient().to_string() == old.recipient().to_string());
            return same.map(Some).ok_or_else(|| {
                Error::new(Kind::Usage, "the key needs a place of its own")
                    .because(format!("`{}` exists, and is not this key", path.display()))
                    .hint("name another one: `--identity-file PATH`")
            });
        }
        if to.path().is_none() {
            key::probe_keyring(ask.patience()).map_err(|error| {
                // the key is at hand: only the keyring is to be mended
                let mut shown = self.no_key_but(&error, |way| match way {
                    Way::Words(words) => Some(words),
                    Way::Recover | Way::Again | Way::KeyFile => None,
                });
                shown.message = "could not use the new place of the key".into();
                shown
            })?;
        }
        Ok(None)
    }
}

/// The same recipients, another place. An item of the keyring that is left is retired later; a file
/// stays with its notes, because it holds the same key and whoever names it goes on with it.
fn record_move(
    writer: &mut Writer<'_>,
    before: &Standing,
    from: &Source,
    to: String,
) -> Result<(), VaultError> {
    writer.move_key(before, to)?;
    if from.path().is_some() {
        return Ok(());
    }
    let key_source = before.key_source().to_owned();
    writer.set(RetiredKey { key_source }).map(|_| ())
}
