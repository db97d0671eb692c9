//! Opening the vault with a recovery key, and giving it a new master identity.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::app::stray::NAMED;
use crate::app::{App, Expected, other_pin};
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::key::{Ask, Custody, KeyError, Opener, Source, Way};
use crate::names::VaultId;
use crate::ui::shell_word;
use crate::vault::{
    Action, LeftOut, Locked, Outcome, Recipient, Rewrapped, Standing, Vault, VaultError, Whom,
};
use crate::{escape, plugin, private_file};

/// What a person says about a recovery.
pub struct Wanted<'a> {
    /// An identity that opens the vault.
    pub with: &'a Path,
    /// The vault's fingerprint, where that identity's file doesn't say it.
    pub fingerprint: Option<&'a str>,
    /// Where the new key shall be kept.
    pub place: Option<Source>,
    /// That very place, and no other one like it.
    pub is_named: bool,
}

/// What came of it.
pub struct Recovered {
    /// Where the new key is.
    pub place: Source,
    /// The same for people.
    pub described: String,
    /// The vault's, as before.
    pub fingerprint: String,
    /// The file that the former key is in, where one is there.
    pub former: Option<PathBuf>,
    /// Whom the vault is not locked to any more, because that failed.
    pub left_out: Vec<LeftOut>,
    /// What was not swept out of the vault's log, and why.
    pub unswept: std::result::Result<(), VaultError>,
}

impl App {
    /// Opens the vault with a recovery key, and gives it a new identity. The former one, wherever it
    /// is, stays where it is.
    ///
    /// # Errors
    /// When that can't be done; then what opened the vault before opens it as before.
    pub fn recover(&self, wanted: &Wanted<'_>) -> Result<Recovered> {
        let (locked, recovery) = self.opened_for_recovery(wanted)?;
        let given = wanted.fingerprint.or(recovery.fingerprint());
        let fingerprint = given.ok_or_else(unconfirmed)?.to_owned();
        let expected = match wanted.fingerprint {
            Some(_) => Expected::Given,
            None => Expected::Sheet(wanted.with),
        };
        let id = locked.header().vault_id;
        let mut vault = locked
            .unlock(recovery.identity(), Some(&fingerprint), None)
            .map_err(|error| {
                if matches!(error, VaultError::WrongKey) {
                    other_sheet(wanted.with, &recovery, id)
                } else {
                    other_pin(error, &expected)
                }
            })?;
        let _turn = vault.lock_recipients(LOCK_WAIT)?;
        let standing = vault.standing()?;
        let former = standing.key_source().to_owned();
        let before = standing.master().unwrap_or_default().to_owned();
        let place = self.place_of_new_key(wanted, vault.path(), vault.id(), &former)?;
        // Whoever has to choose a passphrase may take their time, and so may plugins: others go on
        // meanwhile.
        let (place, made) = self.new_key(&vault, place, wanted.is_named)?;
        let described = made.describe();
        let stays = |error: Error| {
            error.note(format!(
                "the new key stays in {described}; as long as the vault names another one, nothing \
                 uses it{NAMED}"
            ))
        };
        let mut recipients = vec![Recipient::master(made.recipient().to_string())];
        recipients.extend(others(&standing, &recovery));
        let identity = recovery.identity();
        // A recovery doesn't fail because another key's plugin does.
        let (rewrapped, left_out) = standing
            .rewrap(identity, recipients, Whom::WhoCan, &self.ui)
            .map_err(|error| stays(error.into()))?;
        let unswept = self
            .name_new_key(
                &mut vault,
                rewrapped,
                made,
                [&former, &text(&place)?],
                &before,
            )
            .map_err(stays)?;
        let left = self.strays_in_turn(&vault);
        let is_left = |file: &PathBuf| left.iter().any(|one| one.place.path() == Some(file));
        Ok(Recovered {
            former: still_at(&former, &place).filter(|file| !is_left(file)),
            place,
            described,
            fingerprint,
            left_out,
            unswept,
        })
    }

    fn opened_for_recovery(&self, wanted: &Wanted<'_>) -> Result<(Locked, Opener<'_>)> {
        let path = self.vault_path()?;
        let Some(locked) = Locked::open(&path)? else {
            let none = || {
                Error::new(Kind::Failed, "there is no vault to recover")
                    .because(format!("`{}` does not exist", path.display()))
                    .hint(format!(
                        "first go back to a backup of it: `oauthctl vault restore BACKUP --with {}`",
                        shell_word(&wanted.with.display().to_string())
                    ))
            };
            return Err(self.gone_vault()?.unwrap_or_else(none));
        };
        let recovery = self.opener(wanted.with, locked.header().vault_id)?;
        Ok((locked, recovery))
    }

    /// Says in the vault where its key is now, and locks it to that one; `before` is the public key of
    /// the former one.
    fn name_new_key(
        &self,
        vault: &mut Vault,
        rewrapped: Rewrapped,
        made: Custody,
        [former, place]: [&str; 2],
        before: &str,
    ) -> Result<std::result::Result<(), VaultError>> {
        let (path, id, fingerprint) = (vault.path().to_owned(), vault.id(), vault.fingerprint());
        made.write_pin(&fingerprint)
            .map_err(|error| self.no_place(&error))?;
        let _alone = vault.lock_exclusive(LOCK_WAIT)?;
        made.must_stand().map_err(|error| self.no_place(&error))?;
        self.remember_either(&path, id, [former, place], before)?;
        let event = self.world().bare_event(Action::Recover, Outcome::Done);
        vault.mutate(|writer| {
            writer.rewrap(rewrapped, place.to_owned())?;
            writer.log(&event)
        })?;
        let unswept = vault.checkpoint_truncate();
        self.remember(&path, id, place, &made.recipient().to_string());
        self.anchor_beside(made, &fingerprint)?;
        Ok(unswept)
    }

    /// Where the new key goes: where the person says, else to the recorded place of a file, else
    /// beside the vault. What stands there stays: it may open another vault, such as the first one of
    /// a vault that was restored elsewhere, or this one, until the new key does.
    fn place_of_new_key(
        &self,
        wanted: &Wanted<'_>,
        vault: &Path,
        id: VaultId,
        recorded: &str,
    ) -> Result<Source> {
        let first = match (&wanted.place, Source::parse(recorded)) {
            (Some(place), _) => place.clone(),
            (None, Ok(recorded)) if recorded.path().is_some() => {
                if is_for_it(vault, &recorded) {
                    recorded
                } else {
                    beside(vault, &recorded)
                }
            }
            (None, _) => self.choose_source(|error| {
                self.no_new_key(error)
                    .hint("keep the new key in a file: `--key file`")
            })?,
        };
        // An item of the keyring is written once: what a run left that was cut off stays.
        if let Source::Keyring = first {
            return another(&first);
        }
        let anothers = |place: &Source| {
            place
                .path()
                .is_some_and(|file| self.may_be_anothers(vault, id, file))
        };
        let is_free = |place: &Source| !place.path().is_some_and(stands) && !anothers(place);
        if is_free(&first) {
            return Ok(first);
        }
        if let (true, Some(file)) = (wanted.is_named, first.path()) {
            let why = if anothers(&first) {
                "may be another vault's key"
            } else {
                "exists"
            };
            return Err(
                Error::new(Kind::Usage, "the new key needs a place of its own")
                    .because(format!("`{}` {why}", file.display()))
                    .hint("name another one: `--identity-file PATH`"),
            );
        }
        let like = if anothers(&first) {
            beside(vault, &first)
        } else {
            first
        };
        if is_free(&like) {
            return Ok(like);
        }
        another(&like)
    }

    /// Makes the new key; where something got in its way meanwhile, or is in the keyring, at another
    /// place of that kind.
    fn new_key(
        &self,
        vault: &Vault,
        mut place: Source,
        is_named: bool,
    ) -> Result<(Source, Custody)> {
        let prompt = |question: &str| self.ui.ask_secret(question);
        let mint = |place: &Source| {
            let ask = Ask {
                identity: None,
                identity_file: None,
                ..self.ask(vault.id(), place, &prompt)
            };
            self.make_noted(vault, None, place, &ask)
        };
        let mut made = mint(&place)?;
        if !is_named
            && made.as_ref().is_err_and(KeyError::is_taken)
            && let Ok(Some(another)) = place.another()
        {
            made = mint(&another)?;
            place = another;
        }
        let made = made.map_err(|error| self.no_place(&error))?;
        Ok((place, made))
    }

    /// Why the new key can't be where it should.
    fn no_place(&self, error: &KeyError) -> Error {
        self.no_new_key(error)
            .hint("name a place for the new key: `--key file --identity-file PATH`")
    }

    /// The ways out are neither the recovery that this is, nor the key that was lost.
    fn no_new_key(&self, error: &KeyError) -> Error {
        self.no_key_but(error, |way| {
            matches!(way, Way::Words(_)).then(|| way.to_string())
        })
    }
}

/// As a header says it; such a place was written to.
fn text(place: &Source) -> Result<String> {
    place.to_text().map_err(|error| {
        Error::new(Kind::Failed, "could not record where the key is").caused_by(&error)
    })
}

/// Whether a recorded place is the vault's own: in its folder, or a free one in a folder of the
/// person's.
fn is_for_it(vault: &Path, place: &Source) -> bool {
    let Some(file) = place.path() else {
        return false;
    };
    let folder = |path: &Path| path.parent().and_then(|folder| folder.canonicalize().ok());
    let Some(its) = folder(file) else {
        return false;
    };
    let is_free = || {
        let there = file.symlink_metadata();
        there.is_err_and(|error| error.kind() == ErrorKind::NotFound)
    };
    folder(vault).as_ref() == Some(&its) || is_free() && private_file::check_folder(&its).is_ok()
}

fn another(place: &Source) -> Result<Source> {
    let another = place.another().ok().flatten();
    another.ok_or_else(|| Error::new(Kind::Failed, "the system gives no random numbers"))
}

/// The default place for a key in such a file.
fn beside(vault: &Path, like: &Source) -> Source {
    match like {
        Source::PassphraseFile(_) => Source::PassphraseFile(vault.with_file_name("identity.age")),
        Source::IdentityFile(_)
        | Source::Keyring
        | Source::KeyringItem(_)
        | Source::Environment => Source::IdentityFile(vault.with_file_name("identity.txt")),
    }
}

fn stands(file: &Path) -> bool {
    file.symlink_metadata().is_ok()
}

/// The file of a former key that another one did not take the place of.
fn still_at(former: &str, now: &Source) -> Option<PathBuf> {
    let former = Source::parse(former).ok().filter(|former| former != now)?;
    let file = former.path().filter(|file| stands(file))?;
    Some(file.to_owned())
}

/// Everybody who could open the vault but the lost master identity. The plugin of the key at hand
/// may be elsewhere by now.
fn others(standing: &Standing, recovery: &Opener<'_>) -> Vec<Recipient> {
    let mut others = standing.recipients().to_vec();
    others.retain(|one| one.label != Recipient::MASTER);
    for plugin in others.iter_mut().filter_map(|one| one.plugin.as_mut()) {
        if !plugin::is_program(plugin)
            && let Some(here) = recovery.program()
            && here.file_name() == plugin.file_name()
        {
            here.clone_into(plugin);
        }
    }
    others
}

/// Why a recovery key does not open the vault, as far as its own sheet says.
fn other_sheet(file: &Path, recovery: &Opener<'_>, id: VaultId) -> Error {
    let message = format!("the key in `{}` does not open this vault", file.display());
    let shown = Error::new(Kind::NoKey, message);
    match recovery.vault() {
        Some(of) if of == id.to_string() => shown
            .because("it was a key of this vault, which is not locked to it any more")
            .hint("name another recovery sheet of this vault: `--with FILE`"),
        Some(of) => shown
            .because(format!(
                "it says that it is of the vault `{}`, and this one is `{id}`",
                escape::line(of)
            ))
            .hint("name the sheet of this vault, or choose that vault: `--profile NAME` or `--vault PATH`"),
        None => shown.hint("name the recovery sheet of this vault: `--with FILE`"),
    }
}

fn unconfirmed() -> Error {
    Error::new(
        Kind::Stopped,
        "the recovery key does not say which vault it belongs to",
    )
    .because("anybody who knows a public key can make a vault for it")
    .hint("give the fingerprint that you wrote down: `--fingerprint …`")
}
