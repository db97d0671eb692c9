//! Going back to a backup.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::App;
use crate::app::known::UNKNOWN;
use crate::app::opening::Keeper;
use crate::app::shut::unreadable;
use crate::app::there::{There, Unsound, is_still_there};
use crate::connection::hold::LOCK_WAIT;
use crate::connection::remaining::Remaining;
use crate::connection::restore::{self, Restored};
use crate::connection::rollback::{self, Accepted, SetBack};
use crate::error::{Error, Kind, Result};
use crate::key::{self, Custody, Opener, Source, Unopened};
use crate::names::{ConnectionName, VaultId};
use crate::private_file;
use crate::vault::{self, Action, AnchorKeeper, Draft, Keys, Locked, Vault, VaultError};

/// No backup is larger.
const AT_MOST: u64 = 4 << 30;

/// What a person says about a restoration.
pub struct Wanted<'a> {
    /// The backup.
    pub file: &'a Path,
    /// An identity that opens it.
    pub with: Option<&'a Path>,
    /// The fingerprint of the vault in it.
    pub fingerprint: Option<String>,
    /// A vault that stands there is newer, or damaged.
    pub force: bool,
}

/// What came of it.
pub enum Outcome {
    /// The backup's is the vault now.
    Put(Put),
    /// The vault that stands got what it lacked.
    Filled(Restored),
}

/// A backup that became the vault.
pub struct Put {
    /// Connections whose refresh tokens may have been spent since.
    pub suspects: Vec<ConnectionName>,
    /// Connections that have what was newer in the vault that stood there.
    pub newer: Vec<ConnectionName>,
    /// Connections that are as in the vault that stood there, while the backup has another consent of
    /// them.
    pub other_consents: Vec<ConnectionName>,
    /// How much could be read of the vault that stood there.
    pub read: Read,
    /// Where its key is, for people.
    pub key: String,
    /// The same, as its header has it.
    pub key_source: String,
    /// What stood there, under its new name.
    pub aside: Option<PathBuf>,
}

/// How much could be read of a vault in whose place a backup was put.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// All of it, or there was none.
    All,
    /// Not every record.
    Some,
    /// Nothing.
    Nothing,
}

/// How often it is looked anew at what stands there, where that was another thing meanwhile.
const LOOKS: usize = 3;

/// What says which key opens the backup.
#[derive(Clone, Copy)]
enum Named<'a> {
    /// The person, as an identity file or a recovery sheet.
    Sheet(&'a Path),
    /// The environment, as a file.
    File(&'a Path),
    /// The environment, as the identity itself.
    Text,
    /// Nobody: it is the key of the vault that was here.
    Nobody,
}

/// A backup that is open, sound, and the person's own.
struct Opened<'a> {
    opener: Opener<'a>,
    image: Vec<u8>,
    id: VaultId,
    /// Where its key is, as the backup has it.
    recorded: String,
    pin: String,
    /// Had before anything is locked: a plugin takes its time.
    keys: Keys,
}

impl App {
    /// Brings back a backup: into the vault that stands, or as a vault where there is none.
    ///
    /// # Errors
    /// When it can't be opened or confirmed, or what stands is newer and `force` was not said; then
    /// nothing was changed.
    pub fn restore(&self, wanted: &Wanted<'_>) -> Result<Outcome> {
        let sealed = private_file::read_any(wanted.file, AT_MOST).map_err(|error| {
            Error::new(Kind::Failed, "could not read the backup").caused_by(&error)
        })?;
        let mut opened = None;
        for _ in 0..LOOKS {
            let unsound = match self.there()? {
                There::Sound(vault, custody) => {
                    return self.fill(wanted, &sealed, opened, *vault, custody);
                }
                There::Unsound(unsound) if wanted.force => Some(unsound),
                There::Unsound(unsound) => {
                    return Err(Error::from(unsound.why)
                        .hint("`--force` sets this vault aside and puts the backup in its place"));
                }
                There::Nothing => None,
            };
            let backup = match opened.take() {
                Some(backup) => backup,
                None => self.open_backup(wanted, &sealed)?,
            };
            // A person, a passphrase or a plugin took its time: what is decided on is what stands
            // there now that nobody else changes it.
            let draft = Draft::new(&backup.image, &self.vault_path()?)?;
            if is_still_there(draft.place(), unsound.as_ref())? {
                return self.put(wanted, &backup, unsound.as_ref(), draft);
            }
            opened = Some(backup);
        }
        Err(VaultError::Busy.into())
    }

    fn fill(
        &self,
        wanted: &Wanted<'_>,
        sealed: &[u8],
        backup: Option<Opened<'_>>,
        mut vault: Vault,
        custody: Arc<Custody>,
    ) -> Result<Outcome> {
        vault.refuse_untrusted()?;
        self.refuse_pending_rescues(&vault)?;
        let (opener, known) = match (backup, wanted.with) {
            (Some(backup), _) => (backup.opener, Some((backup.image, backup.keys))),
            (None, Some(_)) => (self.backup_opener(wanted)?, None),
            (None, None) => (Opener::from(custody), None),
        };
        let (image, keys) = match known {
            Some((image, keys)) => (image, Some(keys)),
            None => (unseal(sealed, &opener)?, None),
        };
        let backup = open_image(&image, wanted.file)?;
        if backup.header().vault_id != vault.id() {
            return Err(
                Error::new(Kind::Stopped, "this is a backup of another vault")
                    .because(format!(
                        "it is of `{}`, and here stands `{}`",
                        backup.header().vault_id,
                        vault.id()
                    ))
                    .hint("restore it elsewhere: `--profile NAME` or `--vault PATH`"),
            );
        }
        let keys = if let Some(keys) = keys {
            keys
        } else {
            let here = || (vault.fingerprint(), Expected::Here);
            let (pin, expected) = pin(wanted, &opener).unwrap_or_else(here);
            sound_keys(&backup, &opener, &pin, &expected)?
        };
        let backup = backup.unlock_with(keys, true, None)?;
        // All that took its time is done.
        let _alone = vault.lock_exclusive(LOCK_WAIT)?;
        self.refuse_pending_rescues(&vault)?;
        let (then, now) = (generation(&backup)?, generation(&vault)?);
        if then < now && !wanted.force && !vault.has_records_of(&backup)? {
            return Err(
                Error::new(Kind::Stopped, "the vault is newer than the backup")
                    .because(format!(
                        "the backup was made at change {then}, and the vault is at change {now}"
                    ))
                    .hint(
                        "`--force` brings back what the vault lacks and later tokens of the same \
                     consents; all else that it has of its own stays as it is",
                    ),
            );
        }
        let restored = restore::restore(&mut vault, &backup, self.world())?;
        self.save_anchor(&mut vault);
        Ok(Outcome::Filled(restored))
    }

    /// The backup, opened and checked.
    fn open_backup<'a>(&'a self, wanted: &Wanted<'a>, sealed: &[u8]) -> Result<Opened<'a>> {
        let opener = self.backup_opener(wanted)?;
        let image = unseal(sealed, &opener)?;
        let locked = open_image(&image, wanted.file)?;
        let header = locked.header().clone();
        let opener = opener.of_vault(header.vault_id, &self.paths.state);
        let kept = match opener.custody() {
            Some(custody) => custody.read_pin().map_err(|error| self.no_key(&error))?,
            None => None,
        };
        let kept = kept.map(|kept| (kept, Expected::Noted));
        let (pin, expected) = pin(wanted, &opener).or(kept).ok_or_else(unconfirmed)?;
        let keys = sound_keys(&locked, &opener, &pin, &expected)?;
        Ok(Opened {
            keys,
            opener,
            image,
            id: header.vault_id,
            recorded: header.key_source,
            pin,
        })
    }

    /// Where no vault stands, or one that is not sound and goes aside.
    fn put(
        &self,
        wanted: &Wanted<'_>,
        backup: &Opened<'_>,
        unsound: Option<&Unsound>,
        draft: Draft,
    ) -> Result<Outcome> {
        let path = draft.place().to_owned();
        let remaining = match unsound {
            Some(unsound) => unsound.remaining(&path, backup.id, &backup.keys)?,
            None => None,
        };
        let remaining = remaining.filter(|(remaining, _)| !remaining.is_empty());
        let read = match (unsound, &remaining) {
            (None, _) | (_, Some((_, true))) => Read::All,
            (_, Some((_, false))) => Read::Some,
            (_, None) => Read::Nothing,
        };
        let remaining = remaining.map(|(remaining, _)| remaining);
        let source = self.where_its_key_is(self.named(wanted), backup)?;
        let own = self.keeps_notes(wanted, backup, &source);
        if let Some(own) = own {
            own.write_pin(&backup.pin)
                .map_err(|error| self.no_key(&error))?;
        }
        let keeper = own.map(|own| Box::new(Keeper(Arc::clone(own))) as Box<dyn AnchorKeeper>);
        let keys = backup.keys.clone();
        let mut vault = draft.open()?.unlock_with(keys, true, keeper)?;
        let place = source
            .to_text()
            .map_err(|error| self.no_key(&error.into()))?;
        let accepted = self.make_ready(&mut vault, remaining.as_ref(), &path, &place)?;
        if let Some((noted, before)) = self.noted_key(&path)
            && noted == backup.id
            && let Ok(before) = before.to_text()
            && before != place
        {
            self.remember_either(&path, noted, [&before, &place], UNKNOWN)?;
        }
        let placed = draft.put(vault, unsound.is_some())?;
        if let Err(error) = placed.anchored {
            self.ui.warn(&format!(
                "could not note the vault's state beside its key: {error}"
            ));
        }
        self.remember(&path, backup.id, &place, UNKNOWN);
        Ok(Outcome::Put(Put {
            suspects: accepted.suspects,
            newer: accepted.newer,
            other_consents: accepted.other_consents,
            read,
            key: source.to_string(),
            key_source: place,
            aside: placed.aside,
        }))
    }

    /// Makes the newest state of all out of the backup's, with what remains of the vault in whose
    /// place it is put.
    fn make_ready(
        &self,
        vault: &mut Vault,
        remaining: Option<&Remaining>,
        path: &Path,
        place: &str,
    ) -> Result<Accepted> {
        let generation = generation(vault)?;
        let stood = match remaining {
            Some(_) => "with what is newer in the vault that stood there",
            None => "where no vault stood",
        };
        let detail = format!("from a backup of change {generation}, {stood}");
        let set_back = SetBack {
            action: Action::Restore,
            detail: Some(&detail),
            generation,
            remaining,
            rescues: &[path.parent().unwrap_or(path)],
        };
        let accepted = rollback::accept(vault, self.world(), set_back)?;
        if place != vault.header().key_source {
            vault.mutate(|writer| writer.name_key_source(place.to_owned()))?;
        }
        Ok(accepted)
    }

    /// The key that keeps the notes of the vault. They belong beside its own key, and not beside a
    /// recovery key; nor in the place of those of the vault that the backup is of, where that stands
    /// elsewhere.
    fn keeps_notes<'b>(
        &self,
        wanted: &Wanted<'_>,
        backup: &'b Opened<'_>,
        source: &Source,
    ) -> Option<&'b Arc<Custody>> {
        let own = backup.opener.custody()?;
        let path = self.vault_path().ok()?;
        let (key, is_own) = match self.named(wanted) {
            Named::Sheet(file) => (Some(file), Some(file) == source.path()),
            Named::File(file) => (Some(file), true),
            Named::Text => (None, true),
            Named::Nobody => (source.path(), true),
        };
        let shared = match key {
            Some(file) => self.others_with(&path, file).contains(&backup.id),
            None => self.stands_elsewhere(&path, backup.id),
        };
        (is_own && !shared).then_some(own)
    }

    /// Where the key of the vault in a backup is: where this machine noted it last, when that is what
    /// opened the backup, else where the backup says. The key may have been moved since.
    fn where_its_key_is(&self, named: Named<'_>, backup: &Opened<'_>) -> Result<Source> {
        match (named, self.noted_key(&self.vault_path()?)) {
            (Named::Nobody, Some((noted, source))) if noted == backup.id => Ok(source),
            _ => Source::parse(&backup.recorded).map_err(|error| self.no_key(&error.into())),
        }
    }

    fn named<'a>(&'a self, wanted: &Wanted<'a>) -> Named<'a> {
        match (wanted.with, &self.env.identity_file, &self.env.identity) {
            (Some(file), ..) => Named::Sheet(file),
            (None, Some(file), _) => Named::File(file),
            (None, None, Some(_)) => Named::Text,
            (None, None, None) => Named::Nobody,
        }
    }

    /// What opens a backup: the identity that was named, the environment's, else the one of the vault
    /// that was here.
    fn backup_opener<'a>(&'a self, wanted: &Wanted<'a>) -> Result<Opener<'a>> {
        let named = self.named(wanted);
        if let Named::Sheet(file) = named {
            return self.opener(file, VaultId([0; 16]));
        }
        let noted = self.noted_key(&self.vault_path()?);
        if matches!(named, Named::Nobody) && noted.is_none() {
            return Err(
                Error::new(Kind::NoKey, "nothing says which key opens the backup")
                    .hint("name an identity or the recovery sheet of that vault: `--with FILE`"),
            );
        }
        let (id, source) = noted.unwrap_or((VaultId([0; 16]), Source::Environment));
        let prompt = |question: &str| self.ui.ask_secret(question);
        let opened = key::unlock(&self.ask(id, &source, &prompt));
        let custody = opened.map_err(|error| self.no_key(&error))?;
        Ok(Opener::from(Arc::new(custody)))
    }
}

/// The vault in an image. An age file keeps what it holds from being changed: one that holds no vault
/// was never a backup.
fn open_image(image: &[u8], file: &Path) -> Result<Locked> {
    vault::open_image(image, file).map_err(|error| {
        if !error.is_damage() {
            return Error::from(error);
        }
        Error::new(Kind::Failed, "this is no backup")
            .because(format!("what is in `{}` is no vault", file.display()))
            .hint("name what `oauthctl vault backup` wrote; an export comes back with `oauthctl vault import FILE`")
    })
}

/// The keys of the vault in a backup, all of which is what was written.
fn sound_keys(
    backup: &Locked,
    opener: &Opener<'_>,
    pin: &str,
    expected: &Expected<'_>,
) -> Result<Keys> {
    let damaged = |what: &dyn fmt::Display| {
        Error::new(Kind::Stopped, "the backup is damaged")
            .because(what.to_string())
            .hint("take another one; nothing was changed")
    };
    let checked = backup.keys(opener.identity(), Some(pin)).and_then(|keys| {
        let findings = backup.check_with(&keys)?;
        Ok((keys, findings))
    });
    match checked {
        Ok((keys, findings)) => findings
            .first()
            .map_or(Ok(keys), |found| Err(damaged(found))),
        Err(VaultError::PinMismatch { found }) => Err(other_backup(&found, expected)),
        Err(error) if error.is_damage() => Err(damaged(&error)),
        Err(error) => Err(unreadable(error, opener.custody().map(AsRef::as_ref))),
    }
}

/// Where the fingerprint that is expected comes from.
#[derive(Clone, Copy)]
pub enum Expected<'a> {
    /// A person gave it.
    Given,
    /// It stands on a recovery sheet.
    Sheet(&'a Path),
    /// It was noted when the vault was here last.
    Noted,
    /// It is that of the vault that stands here.
    Here,
}

impl fmt::Display for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("the fingerprint that was given"),
            Self::Sheet(file) => write!(f, "the fingerprint in `{}`", file.display()),
            Self::Noted => f.write_str("the fingerprint that is noted beside the key"),
            Self::Here => f.write_str("the fingerprint of the vault that stands here"),
        }
    }
}

/// Where the backup is of a vault with another fingerprint: what can be done.
fn other_backup(found: &str, expected: &Expected<'_>) -> Error {
    Error::new(Kind::Stopped, format!("{expected} is not the backup's"))
        .because(format!("the backup's is {found}"))
        .hint(
            "`vault rekey` and `vault recipients remove` change it: a backup or a sheet from before \
             has the one from before",
        )
        .hint(format!(
            "if that is on a sheet of yours, or was printed to you, say `--fingerprint {found}`; if \
             not, somebody else may have made this backup"
        ))
}

/// Where the fingerprint that a person gave, or that stands on their sheet, is not the vault's: what
/// can be done.
#[must_use]
pub fn other_pin(error: VaultError, expected: &Expected<'_>) -> Error {
    let VaultError::PinMismatch { found } = error else {
        return Error::from(error);
    };
    let shown = Error::new(Kind::Stopped, format!("{expected} is not this vault's"));
    shown
        .because(format!("its own is {found}"))
        .hint(
            "`vault rekey` and `vault recipients remove` change it and print it, and older recovery \
             sheets keep the old one",
        )
        .hint(format!(
            "if one of them printed that one to you, say `--fingerprint {found}`; if none did, \
             somebody else may have made this vault"
        ))
}

fn generation(vault: &Vault) -> Result<u64> {
    Ok(vault.read(|snapshot| Ok::<_, VaultError>(snapshot.generation()))?)
}

/// The fingerprint that a person gave, or that stands on the recovery sheet.
fn pin<'a>(wanted: &Wanted<'a>, opener: &Opener<'_>) -> Option<(String, Expected<'a>)> {
    let given = wanted.fingerprint.clone();
    given.map(|given| (given, Expected::Given)).or_else(|| {
        let (stands, file) = opener.fingerprint().zip(wanted.with)?;
        Some((stands.to_owned(), Expected::Sheet(file)))
    })
}

fn unconfirmed() -> Error {
    Error::new(
        Kind::Stopped,
        "nothing says that the backup is of your vault",
    )
    .because("anybody who knows a public key can make a vault for it")
    .hint("give the fingerprint that you wrote down: `--fingerprint …`")
}

fn unseal(sealed: &[u8], opener: &Opener<'_>) -> Result<Vec<u8>> {
    opener.open(sealed).map_err(|why| {
        let is_age = why != Unopened::NotAge;
        let shown = unopened(
            why,
            "could not open the backup",
            &opener.describe(),
            "name an identity or the recovery sheet of that vault: `--with FILE`",
        );
        if is_age {
            return shown;
        }
        shown.hint("name what `oauthctl vault backup` wrote; a recovery sheet goes with it: `oauthctl vault restore BACKUP --with SHEET`")
    })
}

/// Why an age file can't be opened, and where it is for another key, the way out.
#[must_use]
pub fn unopened(why: Unopened, message: &str, key: &str, way_out: &str) -> Error {
    let failed = |kind| Error::new(kind, message);
    match why {
        Unopened::NotAge => failed(Kind::Failed).because("it is no age file"),
        Unopened::Damaged => failed(Kind::Failed).because("it is damaged or cut off"),
        Unopened::OtherKey => failed(Kind::NoKey)
            .because(format!("it is not locked to {key}"))
            .hint(way_out),
        Unopened::Plugin(said) => failed(Kind::NoKey).because(said),
    }
}
