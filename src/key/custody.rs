//! The identity of one vault, in hand, with the two notes that lie beside it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use age::secrecy::ExposeSecret;
use age::x25519;

use super::identity::{self, Protection};
use super::keyring::{Asked, Item, Keyring, SERVICE};
use super::notes::{self, Notes};
use super::opener::{self, Unopened};
use super::{Ask, KeyError, Source};
use crate::names::VaultId;
use crate::secret::Secret;

const FILE_VARIABLE: &str = "OAUTHCTL_IDENTITY_FILE";
const VARIABLE: &str = "OAUTHCTL_IDENTITY";

/// A vault's master identity and the place where its pin and anchor are kept.
pub struct Custody {
    vault_id: VaultId,
    identity: x25519::Identity,
    home: Home,
    /// Made by this process: only then may [`Custody::forget`] remove it.
    minted: bool,
    /// The environment named it, whatever the vault's header says.
    named: bool,
}

enum Home {
    Keyring {
        keyring: Keyring,
        ahead: Ahead,
        /// The item that the identity is in; the notes' names begin with it.
        user: String,
    },
    File {
        path: PathBuf,
        notes: Notes,
    },
    Variable {
        notes: Notes,
    },
}

/// Notes in the keyring that were asked for together with the identity, each good for one read:
/// they come while the vault's header is decrypted.
#[derive(Default)]
struct Ahead {
    pin: Once,
    anchor: Once,
}

#[derive(Default)]
struct Once(Mutex<Option<Asked<Option<Item>>>>);

impl Once {
    fn of(asked: Asked<Option<Item>>) -> Self {
        Self(Mutex::new(Some(asked)))
    }

    /// What was asked for ahead, the first time; afterwards the keyring is asked again.
    fn read(&self, keyring: &Keyring, user: &str) -> Result<Option<Item>, KeyError> {
        match self.take() {
            Some(asked) => keyring.wait(&asked),
            None => keyring.get(user),
        }
    }

    fn take(&self) -> Option<Asked<Option<Item>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Custody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Custody({})", self.describe())
    }
}

/// Fetches the identity: from the overrides, else from where the vault says that it is. Writes
/// nothing.
///
/// # Errors
/// Why there is no key; nothing else is tried then.
pub fn unlock(ask: &Ask) -> Result<Custody, KeyError> {
    if let Some(custody) = overridden(ask)? {
        return Ok(custody);
    }
    match ask.recorded {
        Source::Keyring => from_keyring(user(ask.vault_id), ask),
        Source::KeyringItem(mark) => from_keyring(marked_user(ask.vault_id, mark), ask),
        Source::IdentityFile(path) => from_file(path, Protection::Plain, ask),
        Source::PassphraseFile(path) => from_file(path, Protection::Passphrase, ask),
        Source::Environment => Err(KeyError::NotSet),
    }
}

/// Makes the identity of a new vault at `source`, once: nothing is replaced. A file that exists and
/// the environment's identity are taken as they are. `ask.recorded` is not looked at.
///
/// # Errors
/// When something is in the way, or the new identity can't be read back. What was written before
/// such an error stays, since an error is no reason to delete a key; no vault refers to it.
pub fn create(source: &Source, ask: &Ask) -> Result<Custody, KeyError> {
    let (path, protection) = match source {
        Source::Environment => return overridden(ask)?.ok_or(KeyError::NotSet),
        Source::Keyring | Source::KeyringItem(_) => return mint(source, ask),
        Source::IdentityFile(path) => (path, Protection::Plain),
        Source::PassphraseFile(path) => (path, Protection::Passphrase),
    };
    if path.symlink_metadata().is_err() {
        let made = mint(source, ask);
        if !made.as_ref().is_err_and(KeyError::is_taken) {
            return made;
        }
        // another process was faster
    }
    source.to_text()?;
    refuse_override(Some(path), ask)?;
    from_file(path, protection, ask)
}

fn mint(source: &Source, ask: &Ask) -> Result<Custody, KeyError> {
    keep(source, fresh(), ask)
}

/// An identity that nothing was ever sealed for.
#[must_use]
pub fn fresh() -> x25519::Identity {
    x25519::Identity::generate()
}

/// Puts an identity at `source`, where none may stand. As [`create`] otherwise.
///
/// # Errors
/// As [`create`]; and for the environment, which can't be written.
pub fn keep(source: &Source, identity: x25519::Identity, ask: &Ask) -> Result<Custody, KeyError> {
    source.to_text()?;
    refuse_override(source.path(), ask)?;
    match source {
        Source::Environment => Err(KeyError::NotSet),
        Source::Keyring => keep_in_keyring(user(ask.vault_id), identity, ask),
        Source::KeyringItem(mark) => {
            keep_in_keyring(marked_user(ask.vault_id, mark), identity, ask)
        }
        Source::IdentityFile(path) => keep_in_file(path, Protection::Plain, identity, ask),
        Source::PassphraseFile(path) => keep_in_file(path, Protection::Passphrase, identity, ask),
    }
}

impl Custody {
    /// The identity of a file that a person named.
    pub(super) fn named(identity: x25519::Identity, path: &Path, ask: &Ask) -> Self {
        Self {
            vault_id: ask.vault_id,
            identity,
            home: Home::File {
                path: path.to_owned(),
                notes: Notes::beside_or_in_state(path, ask.state_dir, ask.vault_id),
            },
            minted: false,
            named: true,
        }
    }

    /// The age identity that opens the vault's header.
    #[must_use]
    pub fn identity(&self) -> &x25519::Identity {
        &self.identity
    }

    /// Its public half, to which the header is encrypted.
    #[must_use]
    pub fn recipient(&self) -> x25519::Recipient {
        self.identity.to_public()
    }

    /// The same identity with the notes of another vault: for one whose id was not known when the
    /// identity was fetched. What is in a keyring belongs to its own vault and stays.
    #[must_use]
    pub fn of_vault(self, vault_id: VaultId, state: &Path) -> Self {
        let home = match self.home {
            Home::File { path, .. } => {
                let notes = Notes::beside_or_in_state(&path, state, vault_id);
                Home::File { path, notes }
            }
            Home::Variable { .. } => Home::Variable {
                notes: Notes::in_state(state, vault_id),
            },
            home @ Home::Keyring { .. } => home,
        };
        Self {
            vault_id,
            home,
            ..self
        }
    }

    /// Whether the person named the key, so that no vault's header chose it.
    #[must_use]
    pub const fn was_named(&self) -> bool {
        self.named
    }

    /// What an age file for this identity holds.
    ///
    /// # Errors
    /// Why it can't be opened.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
        opener::open(&self.identity, sealed)
    }

    /// Where the key is, for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.home {
            Home::Keyring { user, .. } => {
                format!("the system keyring (service `{SERVICE}`, user `{user}`)")
            }
            Home::File { path, .. } => format!("the file `{}`", path.display()),
            Home::Variable { .. } => format!("`{VARIABLE}`"),
        }
    }

    /// Looks whether the identity is still where it was put. Nobody is asked for a passphrase: a file
    /// under one need only be there.
    ///
    /// # Errors
    /// When it is gone, or another one is there; what a keyring or the system said.
    pub fn must_stand(&self) -> Result<(), KeyError> {
        let there = match &self.home {
            Home::Keyring { keyring, user, .. } => keyring.get(user)?.unwrap_or_default(),
            Home::File { path, .. } => identity::content_of(path)?,
            Home::Variable { .. } => return Ok(()),
        };
        if identity::holds(&there, &self.identity) {
            Ok(())
        } else {
            Err(KeyError::NotKept {
                place: self.describe(),
            })
        }
    }

    /// The vault key's fingerprint that was kept beside the identity.
    ///
    /// # Errors
    /// [`KeyError::PinForged`] when the file was not written with this identity for this vault;
    /// what a keyring or the system said.
    pub fn read_pin(&self) -> Result<Option<String>, KeyError> {
        match &self.home {
            Home::Keyring {
                keyring,
                ahead,
                user,
            } => {
                let pin = ahead.pin.read(keyring, &pin_user(user))?;
                Ok(pin.map(|pin| String::from_utf8_lossy(&pin).into_owned()))
            }
            Home::File { notes, .. } | Home::Variable { notes } => {
                notes.read_pin(&self.identity, self.vault_id)
            }
        }
    }

    /// Keeps the vault key's fingerprint, one line of text.
    ///
    /// # Errors
    /// What a keyring or the system said; the old pin then stands.
    pub fn write_pin(&self, pin: &str) -> Result<(), KeyError> {
        match &self.home {
            Home::Keyring {
                keyring,
                ahead,
                user,
            } => {
                ahead.pin.take();
                keyring.set(&pin_user(user), pin.as_bytes())
            }
            Home::File { notes, .. } | Home::Variable { notes } => {
                notes.write_pin(pin, &self.identity, self.vault_id)
            }
        }
    }

    /// The vault's anchor, as [`Custody::write_anchor`] was given it. It is not checked here.
    ///
    /// # Errors
    /// What a keyring or the system said.
    pub fn read_anchor(&self) -> Result<Option<Vec<u8>>, KeyError> {
        match &self.home {
            Home::Keyring {
                keyring,
                ahead,
                user,
            } => {
                let anchor = ahead.anchor.read(keyring, &anchor_user(user))?;
                Ok(anchor.map(|anchor| anchor.to_vec()))
            }
            Home::File { notes, .. } | Home::Variable { notes } => notes.read_anchor(),
        }
    }

    /// Keeps the vault's anchor.
    ///
    /// # Errors
    /// What a keyring or the system said; the old anchor then stands.
    pub fn write_anchor(&self, anchor: &[u8]) -> Result<(), KeyError> {
        match &self.home {
            Home::Keyring {
                keyring,
                ahead,
                user,
            } => {
                ahead.anchor.take();
                keyring.set(&anchor_user(user), anchor)
            }
            Home::File { notes, .. } | Home::Variable { notes } => notes.write_anchor(anchor),
        }
    }

    /// Undoes a [`create`] whose vault was never made: removes pin and anchor, and the identity if
    /// this very custody made it. For nothing else: an identity whose vault exists is the vault.
    ///
    /// # Errors
    /// What a keyring or the system said; part of it may then be left.
    pub fn forget(self) -> Result<(), KeyError> {
        match &self.home {
            Home::Keyring { keyring, user, .. } => {
                keyring.delete(&pin_user(user))?;
                keyring.delete(&anchor_user(user))?;
                if self.minted {
                    keyring.delete(user)?;
                }
            }
            Home::File { path, notes } => {
                notes.remove()?;
                if self.minted {
                    notes::remove_file(path)?;
                }
            }
            Home::Variable { notes } => notes.remove()?,
        }
        Ok(())
    }
}

fn user(vault_id: VaultId) -> String {
    format!("vault:{vault_id}")
}

fn marked_user(vault_id: VaultId, mark: &str) -> String {
    format!("vault:{vault_id}:{mark}")
}

fn pin_user(user: &str) -> String {
    format!("{user}:pin")
}

fn anchor_user(user: &str) -> String {
    format!("{user}:anchor")
}

/// The user of the item that a vault's identity is in, where that is in the keyring.
#[must_use]
pub fn item(source: &Source, vault_id: VaultId) -> Option<String> {
    match source {
        Source::Keyring => Some(user(vault_id)),
        Source::KeyringItem(mark) => Some(marked_user(vault_id, mark)),
        Source::IdentityFile(_) | Source::PassphraseFile(_) | Source::Environment => None,
    }
}

/// Retires the identity that another one took the place of, after the vault was opened with that
/// one: its notes go, and with them an item of the keyring, which is this vault's alone. An identity
/// file stays, because other vaults and older backups may need it.
///
/// # Errors
/// What a keyring or the system said; part of it may then be left.
pub fn retire(source: &Source, ask: &Ask) -> Result<(), KeyError> {
    if let Some(path) = source.path() {
        return Notes::beside(path, ask.vault_id).remove();
    }
    let Some(user) = item(source, ask.vault_id) else {
        return Ok(());
    };
    let keyring = Keyring::start(ask.patience())?;
    for item in [pin_user(&user), anchor_user(&user), user] {
        keyring.delete(&item)?;
    }
    Ok(())
}

/// What the environment gives, the file before the text.
fn overridden(ask: &Ask) -> Result<Option<Custody>, KeyError> {
    let vault_id = ask.vault_id;
    if let Some(path) = ask.identity_file {
        let identity = identity::from_file(path, Protection::Either, ask)?;
        return Ok(Some(Custody::named(identity, path, ask)));
    }
    let Some(secret) = ask.identity else {
        return Ok(None);
    };
    let identity = identity::from_text(secret.expose(), &format!("`{VARIABLE}`"))?;
    let home = Home::Variable {
        notes: Notes::in_state(ask.state_dir, vault_id),
    };
    Ok(Some(Custody {
        vault_id,
        identity,
        home,
        minted: false,
        named: true,
    }))
}

/// A vault made with one key while the environment names another could not be opened again.
fn refuse_override(path: Option<&Path>, ask: &Ask) -> Result<(), KeyError> {
    if ask.identity_file.is_some() && ask.identity_file != path {
        Err(KeyError::Overridden {
            variable: FILE_VARIABLE,
        })
    } else if ask.identity_file.is_none() && ask.identity.is_some() {
        Err(KeyError::Overridden { variable: VARIABLE })
    } else {
        Ok(())
    }
}

fn from_keyring(user: String, ask: &Ask) -> Result<Custody, KeyError> {
    let vault_id = ask.vault_id;
    let keyring = Keyring::start(ask.patience())?;
    let identity = keyring.ask(&user)?;
    let ahead = Ahead {
        pin: Once::of(keyring.ask(&pin_user(&user))?),
        anchor: Once::of(keyring.ask(&anchor_user(&user))?),
    };
    let item = keyring
        .wait(&identity)?
        .ok_or(KeyError::NoEntry { vault_id })?;
    let place = format!("the keyring item `{user}`");
    let text = str::from_utf8(&item).map_err(|_| KeyError::BadIdentity {
        place: place.clone(),
        why: "it is not text",
    })?;
    let identity = identity::from_text(text, &place)?;
    Ok(Custody {
        vault_id,
        identity,
        home: Home::Keyring {
            keyring,
            ahead,
            user,
        },
        minted: false,
        named: false,
    })
}

fn from_file(path: &Path, protection: Protection, ask: &Ask) -> Result<Custody, KeyError> {
    let identity = identity::from_file(path, protection, ask)?;
    let notes = Notes::beside(path, ask.vault_id);
    let home = Home::File {
        path: path.to_owned(),
        notes,
    };
    Ok(Custody {
        vault_id: ask.vault_id,
        identity,
        home,
        minted: false,
        named: false,
    })
}

fn keep_in_keyring(
    user: String,
    identity: x25519::Identity,
    ask: &Ask,
) -> Result<Custody, KeyError> {
    let vault_id = ask.vault_id;
    let keyring = Keyring::start(ask.patience())?;
    keyring.set_new(&user, identity.to_string().expose_secret().as_bytes())?;
    Ok(Custody {
        vault_id,
        identity,
        home: Home::Keyring {
            keyring,
            ahead: Ahead::default(),
            user,
        },
        minted: true,
        named: false,
    })
}

fn keep_in_file(
    path: &Path,
    protection: Protection,
    identity: x25519::Identity,
    ask: &Ask,
) -> Result<Custody, KeyError> {
    let passphrase: Option<Secret> = match protection {
        Protection::Passphrase => Some(identity::new_passphrase(path, ask)?),
        Protection::Plain | Protection::Either => None,
    };
    identity::to_new_file(path, &identity, passphrase.as_ref(), ask.vault_id)?;
    let notes = Notes::beside(path, ask.vault_id);
    // What a former key of the vault left here would make it look like a copy of itself.
    notes.remove()?;
    let home = Home::File {
        path: path.to_owned(),
        notes,
    };
    Ok(Custody {
        vault_id: ask.vault_id,
        identity,
        home,
        minted: true,
        named: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAULT: VaultId = VaultId([3; 16]);

    struct World {
        folder: tempfile::TempDir,
        state: PathBuf,
    }

    impl World {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let state = folder.path().join("state");
            Self { folder, state }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn ask<'a>(&'a self, recorded: &'a Source) -> Ask<'a> {
            Ask {
                vault_id: VAULT,
                recorded,
                identity: None,
                identity_file: None,
                passphrase_file: None,
                prompt: None,
                person: None,
                state_dir: &self.state,
            }
        }

        fn files(&self) -> Vec<String> {
            let mut names: Vec<String> = walk(self.folder.path());
            names.sort();
            names
        }
    }

    fn walk(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| {
                if path.is_dir() {
                    walk(&path)
                } else {
                    vec![path.display().to_string()]
                }
            })
            .collect()
    }

    fn secret_of(custody: &Custody) -> String {
        custody.identity().to_string().expose_secret().to_owned()
    }

    fn refused(result: Result<Custody, KeyError>) -> KeyError {
        result.err().unwrap()
    }

    #[test]
    fn a_key_file_is_made_once_and_opened_again_with_its_notes() {
        let world = World::new();
        let source = Source::IdentityFile(world.path("keys/key.txt"));
        let made = create(&source, &world.ask(&source)).unwrap();
        made.write_pin("pin").unwrap();
        made.write_anchor(b"anchor").unwrap();
        let opened = unlock(&world.ask(&source)).unwrap();
        assert_eq!(secret_of(&opened), secret_of(&made));
        assert_eq!(opened.recipient().to_string(), made.recipient().to_string());
        assert_eq!(opened.read_pin().unwrap().unwrap(), "pin");
        assert_eq!(opened.read_anchor().unwrap().unwrap(), b"anchor");
        assert!(opened.describe().contains("keys/key.txt"));
        let again = create(&source, &world.ask(&source)).unwrap();
        assert_eq!(
            secret_of(&again),
            secret_of(&made),
            "an existing file is used, not replaced"
        );
        again.forget().unwrap();
        assert!(
            world.path("keys/key.txt").exists(),
            "what it did not make it does not remove"
        );
    }

    #[test]
    fn a_new_key_has_no_notes_of_a_former_one() {
        let world = World::new();
        let source = Source::IdentityFile(world.path("key.txt"));
        let made = create(&source, &world.ask(&source)).unwrap();
        made.write_anchor(b"anchor").unwrap();
        std::fs::remove_file(world.path("key.txt")).unwrap();
        let made = mint(&source, &world.ask(&source)).unwrap();
        assert_eq!(made.read_anchor().unwrap(), None);
    }

    #[test]
    fn forget_takes_back_what_create_made() {
        let world = World::new();
        let source = Source::IdentityFile(world.path("key.txt"));
        let made = create(&source, &world.ask(&source)).unwrap();
        made.write_pin("pin").unwrap();
        made.write_anchor(b"anchor").unwrap();
        assert_eq!(world.files().len(), 3);
        made.forget().unwrap();
        assert!(world.files().is_empty(), "{:?}", world.files());
    }

    #[test]
    fn unlock_never_makes_anything() {
        let world = World::new();
        for source in [
            Source::IdentityFile(world.path("none.txt")),
            Source::PassphraseFile(world.path("none.age")),
        ] {
            let error = refused(unlock(&world.ask(&source)));
            assert!(
                matches!(&error, KeyError::File(e) if e.is_not_found()),
                "{error}"
            );
        }
        let error = refused(unlock(&world.ask(&Source::Environment)));
        assert!(matches!(error, KeyError::NotSet), "{error}");
        assert!(world.files().is_empty());
    }

    #[test]
    fn the_identity_file_beats_the_identity_and_both_beat_what_is_recorded() {
        let world = World::new();
        let recorded = Source::IdentityFile(world.path("recorded.txt"));
        let first = create(&recorded, &world.ask(&recorded)).unwrap();
        let other = Source::IdentityFile(world.path("given.txt"));
        let second = create(&other, &world.ask(&other)).unwrap();
        let third = Secret::new(
            x25519::Identity::generate()
                .to_string()
                .expose_secret()
                .into(),
        );
        let given = world.path("given.txt");

        let mut ask = world.ask(&recorded);
        assert_eq!(secret_of(&unlock(&ask).unwrap()), secret_of(&first));
        ask.identity = Some(&third);
        let custody = unlock(&ask).unwrap();
        assert_eq!(secret_of(&custody), third.expose());
        custody.write_pin("in state").unwrap();
        assert!(world.path(&format!("state/{VAULT}.pin")).exists());
        ask.identity_file = Some(&given);
        let custody = unlock(&ask).unwrap();
        assert_eq!(secret_of(&custody), secret_of(&second));
        assert_eq!(
            custody.read_pin().unwrap(),
            None,
            "each key has notes of its own"
        );
        custody.write_pin("beside").unwrap();
        assert!(world.path(&format!("given.txt.{VAULT}.pin")).exists());
    }

    #[test]
    fn a_broken_override_is_an_error_not_a_fallback() {
        let world = World::new();
        let recorded = Source::IdentityFile(world.path("recorded.txt"));
        create(&recorded, &world.ask(&recorded)).unwrap();
        let (missing, nonsense) = (
            world.path("missing"),
            Secret::new("AGE-SECRET-KEY-1X".into()),
        );
        let mut ask = world.ask(&recorded);
        ask.identity = Some(&nonsense);
        assert!(matches!(
            refused(unlock(&ask)),
            KeyError::BadIdentity { .. }
        ));
        ask.identity_file = Some(&missing);
        assert!(matches!(refused(unlock(&ask)), KeyError::File(_)));
    }

    #[test]
    fn a_new_key_beside_an_override_is_refused() {
        let world = World::new();
        let source = Source::IdentityFile(world.path("key.txt"));
        let (other, given) = (world.path("other.txt"), world.path("key.txt"));
        let text = Secret::new(
            x25519::Identity::generate()
                .to_string()
                .expose_secret()
                .into(),
        );
        let mut ask = world.ask(&source);
        ask.identity = Some(&text);
        assert!(matches!(
            refused(create(&source, &ask)),
            KeyError::Overridden { .. }
        ));
        assert!(matches!(
            refused(create(&Source::Keyring, &ask)),
            KeyError::Overridden { .. }
        ));
        let custody = create(&Source::Environment, &ask).unwrap();
        assert_eq!(secret_of(&custody), text.expose());
        ask.identity = None;
        ask.identity_file = Some(&other);
        assert!(matches!(
            refused(create(&source, &ask)),
            KeyError::Overridden { .. }
        ));
        assert!(world.files().is_empty());
        ask.identity_file = Some(&given);
        create(&source, &ask).unwrap();
        assert_eq!(world.files().len(), 1);
    }

    #[test]
    fn a_protected_key_is_not_made_without_a_usable_passphrase() {
        let world = World::new();
        let source = Source::PassphraseFile(world.path("key.age"));
        let mut ask = world.ask(&source);
        assert!(matches!(
            refused(create(&source, &ask)),
            KeyError::NoTerminal { .. }
        ));
        let count = std::cell::Cell::new(0);
        let differ = |_: &str| {
            count.set(count.get() + 1);
            Ok(Secret::new(format!("answer {}", count.get())))
        };
        ask.prompt = Some(&differ);
        assert!(matches!(
            refused(create(&source, &ask)),
            KeyError::BadPassphrase { .. }
        ));
        let empty = |_: &str| Ok(Secret::new(String::new()));
        ask.prompt = Some(&empty);
        assert!(matches!(
            refused(create(&source, &ask)),
            KeyError::BadPassphrase { .. }
        ));
        assert!(world.files().is_empty());
    }

    #[test]
    fn a_source_that_could_not_be_recorded_makes_no_key() {
        let world = World::new();
        let source = Source::IdentityFile("key.txt".into());
        assert!(matches!(
            refused(create(&source, &world.ask(&source))),
            KeyError::Source(_)
        ));
    }

    #[test]
    fn debug_of_a_custody_shows_no_key() {
        let world = World::new();
        let source = Source::IdentityFile(world.path("key.txt"));
        let made = create(&source, &world.ask(&source)).unwrap();
        let shown = format!("{made:?} {}", made.describe());
        assert!(!shown.contains("AGE-SECRET-KEY"), "{shown}");
    }
}
