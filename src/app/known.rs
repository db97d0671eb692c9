//! Which vault was at a path when it was opened last.
//!
//! A vault's own header says where its key is, and the pin lies beside that key. Whoever puts a whole
//! vault of their own in the place of ours, key and pin included, would name their own place in it.
//! So a note in the state folder says what was there: another vault, or another place of the key, is
//! read only until a person confirms it. Whoever can write to the state folder too is not kept out.

mod note;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::App;
use crate::connection::hold::LOCK_WAIT;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::key::{Custody, Source};
use crate::lock::{self, LockError};
use crate::names::VaultId;
use crate::private_file;
use crate::signing;
use crate::ui::shell_word;
use crate::vault::{Locked, Vault};

pub(super) use note::Made;
use note::Note;

/// In the place of a public key that nobody has at hand.
pub(super) const UNKNOWN: &str = "";

/// What is known of the vault at a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// It is the one that was here before, or its key was named by the person.
    Same,
    /// It is that one, and the note is to be brought up to date that a run left which was cut off.
    Unsettled,
    /// None was opened here before.
    First,
    /// Another one was here, or its key was elsewhere: what differs, for people.
    Other(String),
}

impl App {
    /// Compares a vault and the place of its key with what was at this path before.
    #[must_use]
    pub fn known(&self, locked: &Locked, custody: &Custody) -> Known {
        let path = locked.path();
        let header = locked.header();
        let id = header.vault_id;
        let source = escape::line(&header.key_source);
        // What can't be read says nothing, as before the first time.
        let note = self.read_note(path);
        // A key that the person named says enough: no header chose it.
        let Some(note) = note.filter(|note| !custody.was_named() || note.is_of(id, &source)) else {
            return if custody.was_named() {
                Known::Same
            } else {
                Known::First
            };
        };
        let (was, sources) = (note.id, &note.sources);
        // Two of them while a new key takes the place of the old one.
        let Some(before) = sources.first() else {
            return Known::First;
        };
        if was != id {
            Known::Other(format!(
                "the vault `{was}` was here before, and this is `{id}`"
            ))
        } else if !sources.contains(&source) {
            let (before, now) = (place(before), place(&source));
            Known::Other(format!("its key was {before} before, and is {now} now"))
        } else if note.is_settled(&header.key_source, || custody.recipient().to_string()) {
            Known::Same
        } else {
            Known::Unsettled
        }
    }

    /// Remembers which vault is at a path now, the recorded place of its key and its public key. Where
    /// that can't be written, the next run knows no more than this one did.
    pub fn remember(&self, path: &Path, id: VaultId, source: &str, key: &str) {
        self.remember_within(LOCK_WAIT, path, id, source, key);
    }

    fn remember_within(
        &self,
        patience: Duration,
        path: &Path,
        id: VaultId,
        source: &str,
        key: &str,
    ) {
        let settled = &mut |note: &mut Note| note.settle(source, key);
        if let Err(error) = self.change_note(patience, path, id, settled) {
            self.ui
                .detail(&format!("could not note which vault is here: {error}"));
        }
    }

    /// [`App::remember`] before a step after which the key may be at either place: with an old note
    /// that stays, the vault would be taken for another one afterwards. `key` is the one of before.
    ///
    /// # Errors
    /// When there is an old note that can't be replaced.
    pub fn remember_either(
        &self,
        path: &Path,
        id: VaultId,
        sources: [&str; 2],
        key: &str,
    ) -> Result<()> {
        let lines = sources.map(escape::line);
        self.must_change_note(path, id, &mut |note| {
            note.sources = lines.to_vec();
            note.forget_named(sources[0], key);
        })
    }

    /// Notes where the key of an opened vault is: the first time here, and where a run that was cut
    /// off left two places, or what it made is named by now. Whoever changes that at the moment notes
    /// it.
    pub(super) fn note_opened(&self, vault: &Vault) {
        let Ok(_turn) = vault.lock_recipients(Duration::ZERO) else {
            return;
        };
        if let Ok(standing) = vault.standing() {
            let (source, key) = (standing.key_source(), standing.master().unwrap_or_default());
            self.remember_within(Duration::ZERO, vault.path(), vault.id(), source, key);
        }
    }

    /// Remembers what is made, and where, before that is done: cut off, it is found again. `source` is
    /// where the vault says that its key is. It is forgotten as soon as the vault says that it is at
    /// that place.
    ///
    /// # Errors
    /// As [`App::remember_either`].
    pub fn remember_made(&self, path: &Path, id: VaultId, source: &str, new: &Made) -> Result<()> {
        self.must_change_note(path, id, &mut |note| {
            note.has_source(source);
            note.made.retain(|one| one.place != new.place);
            note.made.push(new.clone());
        })
    }

    /// Forgets a place again where nothing was made.
    pub fn forget_made(&self, path: &Path, id: VaultId, source: &str, place: &Source) {
        // A note that stays says less than what is looked at then.
        let _ = self.change_note(LOCK_WAIT, path, id, &mut |note| {
            note.has_source(source);
            note.made.retain(|one| one.place != *place);
        });
    }

    /// What was made for the vault at `path` at places that it did not name when that was noted.
    #[must_use]
    pub fn made(&self, path: &Path, id: VaultId) -> Vec<Made> {
        let note = self.read_note(&private_file::whole_path(path));
        let own = note.filter(|note| note.id == id);
        own.map_or_else(Vec::new, |note| note.made)
    }

    /// Remembers in which files there is what left a vault, for the commands of others.
    pub fn remember_left(&self, vault: &Vault, files: impl IntoIterator<Item = String>) {
        let noted = self.read_note(vault.path());
        if noted.is_some_and(|note| note.id != vault.id()) {
            return;
        }
        let files: Vec<String> = files.into_iter().map(|file| escape::line(&file)).collect();
        let noted = self.change_note(LOCK_WAIT, vault.path(), vault.id(), &mut |note| {
            note.has_source(&vault.header().key_source);
            note.left_in.clone_from(&files);
        });
        if let Err(error) = noted {
            self.ui
                .detail(&format!("could not note what left the vault: {error}"));
        }
    }

    /// Whether a file has what left another vault that stands in it, as it was noted.
    #[must_use]
    pub fn is_left_by_others(&self, path: &Path, file: &Path) -> bool {
        let wanted = line(&private_file::whole_path(file));
        let others = self.others(path);
        others.iter().any(|note| note.left_in.contains(&wanted))
    }

    /// Where the key of the vault is that was at a path, as it was noted.
    #[must_use]
    pub fn noted_key(&self, path: &Path) -> Option<(VaultId, Source)> {
        let note = self.read_note(&private_file::whole_path(path))?;
        Some((note.id, Source::parse(note.sources.first()?).ok()?))
    }

    /// Whether what is at `place`, or would be, can be the key of another vault than the one at
    /// `path`: as it was noted here, as it lies beside a vault file, or as notes beside it say. A
    /// vault that was restored elsewhere has the same id and names the same place as the first.
    #[must_use]
    pub fn may_be_anothers(&self, path: &Path, id: VaultId, place: &Path) -> bool {
        let beside = place.with_file_name("vault.db");
        let is_beside = beside.symlink_metadata().is_ok()
            && private_file::whole_path(&beside) != private_file::whole_path(path);
        is_beside || !self.others_with(path, place).is_empty() || has_notes_of_others(place, id)
    }

    /// The ids of the other vaults that stand, as they were noted, and whose key is at `place`.
    #[must_use]
    pub fn others_with(&self, path: &Path, place: &Path) -> Vec<VaultId> {
        let others = self.others(path).into_iter();
        let with = others.filter(|note| note.has_key_in(place));
        with.map(|note| note.id).collect()
    }

    /// Whether this very vault stands elsewhere too, as it was noted: what is kept under its id
    /// alone, in the keyring or the state folder, is both's.
    #[must_use]
    pub fn stands_elsewhere(&self, path: &Path, id: VaultId) -> bool {
        self.others(path).iter().any(|other| other.id == id)
    }

    /// The other vaults that stand, and what is noted of them.
    fn others(&self, path: &Path) -> Vec<Note> {
        let own = line(&private_file::whole_path(path));
        let folder = std::fs::read_dir(self.paths.state.join("vaults"));
        let files = folder.into_iter().flatten().flatten();
        let noted = files.filter_map(|file| note::read(&file.path()));
        let stand = noted.filter(|note| note.path != own && Path::new(&note.path).exists());
        stand.collect()
    }

    /// What to say where no vault stands and one was: where that was noted, or an anchor lies
    /// there of no vault. An empty answer would be taken for a vault that never was.
    ///
    /// # Errors
    /// When nobody can say where the vault would be.
    pub fn gone_vault(&self) -> Result<Option<Error>> {
        let path = self.vault_path()?;
        let stands = path.symlink_metadata().is_ok();
        if stands
            || self.read_note(&private_file::whole_path(&path)).is_none()
                && !has_notes_of_none(&path)
        {
            return Ok(None);
        }
        let mut gone = Error::new(Kind::Stopped, "the vault that was here is gone")
            .because(format!("`{}` does not exist any more", path.display()));
        if let Some(aside) = set_aside(&path) {
            let [aside, path] = [&aside, &path].map(|file| shell_word(&file.to_string_lossy()));
            gone = gone.hint(format!(
                "what was set aside there last may be it: `mv {aside} {path}`"
            ));
        }
        Ok(Some(
            gone.hint("bring it back from a backup: `oauthctl vault restore FILE`")
                .hint(
                    "or start anew, without what it held: `oauthctl vault init`; a key that still \
                     lies there stays in use",
                ),
        ))
    }

    /// What is noted of the vault at a resolved path.
    fn read_note(&self, path: &Path) -> Option<Note> {
        note::read(&self.note_of(path)).filter(|note| note.path == line(path))
    }

    /// Writes the note of a vault anew; what was noted of another one at that path is forgotten.
    ///
    /// # Errors
    /// When it can't be written; the old one then stands.
    fn change_note(
        &self,
        patience: Duration,
        path: &Path,
        id: VaultId,
        change: &mut dyn FnMut(&mut Note),
    ) -> std::result::Result<(), LockError> {
        let path = private_file::whole_path(path);
        let file = self.note_of(&path);
        private_file::ensure_folder(&self.paths.state)?;
        private_file::ensure_folder(file.parent().unwrap_or(&file))?;
        let _turn = lock::exclusive(&file.with_extension("lock"), patience)?;
        let own = self.read_note(&path).filter(|note| note.id == id);
        let mut note = own.unwrap_or_else(|| Note::new(line(&path), id));
        change(&mut note);
        Ok(private_file::replace(&file, note.to_text().as_bytes())?)
    }

    /// [`App::change_note`], which may fail only where no old note stays.
    fn must_change_note(
        &self,
        path: &Path,
        id: VaultId,
        change: &mut dyn FnMut(&mut Note),
    ) -> Result<()> {
        let changed = self.change_note(LOCK_WAIT, path, id, change);
        let file = self.note_of(&private_file::whole_path(path));
        if changed.is_err() && file.symlink_metadata().is_err() {
            return Ok(());
        }
        changed.map_err(|error| {
            Error::new(Kind::Failed, "could not note where the new key is").caused_by(&error)
        })
    }

    fn note_of(&self, path: &Path) -> PathBuf {
        let name = signing::sha256(&path.to_string_lossy());
        self.paths.state.join("vaults").join(name)
    }
}

/// Whether pins or anchors of other vaults lie beside a key's place.
fn has_notes_of_others(place: &Path, id: VaultId) -> bool {
    let key = place.file_name().unwrap_or_default().to_string_lossy();
    let names = beside(place);
    let mut notes = names.iter().filter_map(|name| note_name(name));
    notes.any(|(of, whose)| of == key && whose != id)
}

/// Whether an anchor lies in the default place beside a vault that is not there, and no other vault
/// does that it may be of. A pin alone says less: it is written before its vault stands.
fn has_notes_of_none(vault: &Path) -> bool {
    let names = beside(vault);
    let ends = |name: &str, end: &str| Path::new(name).extension().is_some_and(|its| its == end);
    let is_anchor = |name: &String| {
        let of = note_name(name).filter(|_| ends(name, "anchor"));
        of.is_some_and(|(key, _)| key.starts_with("identity"))
    };
    names.iter().any(is_anchor) && !names.iter().any(|name| ends(name, "db"))
}

/// What stood in a vault's place before and has the name that it was given then, the last of them.
fn set_aside(vault: &Path) -> Option<PathBuf> {
    let start = format!("{}.old", vault.file_name()?.to_string_lossy());
    let mut names = beside(vault);
    names.retain(|name| {
        let number = name.strip_prefix(&start);
        number.is_some_and(|number| {
            let number = number.strip_prefix('-').unwrap_or(number);
            number.bytes().all(|byte| byte.is_ascii_digit())
        })
    });
    let last = names
        .into_iter()
        .max_by_key(|name| (name.len(), name.clone()))?;
    Some(vault.with_file_name(last))
}

/// The names of what lies in the folder of a file.
fn beside(file: &Path) -> Vec<String> {
    let entries = file.parent().map(std::fs::read_dir);
    let entries = entries.into_iter().flatten().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.collect()
}

/// The key's file and the vault that a pin or an anchor is of.
fn note_name(name: &str) -> Option<(&str, VaultId)> {
    let name = name.strip_suffix(".pin").or(name.strip_suffix(".anchor"))?;
    let (key, id) = name.rsplit_once('.')?;
    Some((key, id.parse().ok()?))
}

fn line(path: &Path) -> String {
    escape::line(&path.to_string_lossy())
}

fn place(source: &str) -> String {
    match Source::parse(source) {
        Ok(Source::Keyring | Source::KeyringItem(_)) => "in the system keyring".to_owned(),
        Ok(Source::IdentityFile(path) | Source::PassphraseFile(path)) => {
            format!("in the file `{}`", path.display())
        }
        Ok(Source::Environment) => "in the environment".to_owned(),
        Err(_) => format!("`{source}`"),
    }
}
