//! Which vault was at a path when it was opened last.
//!
//! A vault's own header says where its key is, and the pin lies beside that key. Whoever puts a whole
//! vault of their own in the place of ours, key and pin included, would name their own place in it.
//! So a note in the state folder says what was there: another vault, or another place of the key, is
//! read only until a person confirms it. Whoever can write to the state folder too is not kept out.

use std::path::{Path, PathBuf};

use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::key::{Custody, Source};
use crate::names::VaultId;
use crate::private_file::{self, PrivateFileError};
use crate::signing;
use crate::ui::shell_word;
use crate::vault::{Locked, Vault};

const FORM: &str = "oauthctl-known-vault 1";
/// How a line begins that says of a key that no header named yet what is made, and where.
const MADE: &str = "made ";
/// How a line begins that names a file with what left the vault in it.
const LEFT_IN: &str = "left-in ";
const AT_MOST: u64 = 65_536;

/// A key that was put somewhere before the vault named that place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it is, or would be.
    pub place: Source,
    /// The public key of an identity that was made for the vault; `None` for a copy of its key.
    pub fresh: Option<String>,
}

impl Made {
    fn parse(text: &str) -> Option<Self> {
        let words = text.split_once(' ');
        let (fresh, place) = match words.filter(|(first, _)| first.starts_with("age1")) {
            Some((fresh, place)) => (Some(fresh.to_owned()), place),
            None => (None, text),
        };
        let place = Source::parse(place).ok()?;
        Some(Self { place, fresh })
    }

    fn to_text(&self) -> Option<String> {
        let place = self.place.to_text().ok()?;
        Some(match &self.fresh {
            Some(fresh) => format!("{fresh} {place}"),
            None => place,
        })
    }
}

/// What is known of the vault at a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// It is the one that was here before, or its key was named by the person.
    Same,
    /// None was opened here before.
    First,
    /// Another one was here, or its key was elsewhere: what differs, for people.
    Other(String),
}

impl App {
    /// Compares a vault and the place of its key with what was at this path before.
    #[must_use]
    pub fn known(&self, locked: &Locked, custody: &Custody) -> Known {
        // A key that the person named says enough: no header chose it.
        if custody.was_named() {
            return Known::Same;
        }
        let path = locked.path();
        let header = locked.header();
        let id = header.vault_id.to_string();
        let source = escape::line(&header.key_source);
        // What can't be read says nothing, as before the first time.
        let Some((was, sources)) = self.noted(path) else {
            return Known::First;
        };
        // Two of them while a new key takes the place of the old one.
        let Some(before) = sources.first() else {
            return Known::First;
        };
        if was != id {
            Known::Other(format!(
                "the vault `{was}` was here before, and this is `{id}`"
            ))
        } else if sources.contains(&source) {
            Known::Same
        } else {
            let (before, now) = (place(before), place(&source));
            Known::Other(format!("its key was {before} before, and is {now} now"))
        }
    }

    /// Remembers which vault is at a path now, and the recorded place of its key; two places before a
    /// step after which it may be either. Where that can't be written, the next run knows no more than
    /// this one did.
    pub fn remember(&self, path: &Path, id: VaultId, sources: &[&str]) {
        let made = self.made_but(path, id, sources);
        if let Err(error) = self.note(path, id, sources, &made) {
            self.ui
                .detail(&format!("could not note which vault is here: {error}"));
        }
    }

    /// [`App::remember`] before such a step: with an old note that stays, the vault would be taken for
    /// another one afterwards.
    ///
    /// # Errors
    /// When there is an old note that can't be replaced.
    pub fn remember_either(&self, path: &Path, id: VaultId, sources: [&str; 2]) -> Result<()> {
        let made = self.made_but(path, id, &sources);
        self.must_note(path, id, &sources, &made)
    }

    /// Remembers what is made, and where, before that is done: cut off, it is found again. `source` is
    /// where the vault says that its key is. It is forgotten as soon as the vault says that it is at
    /// that place.
    ///
    /// # Errors
    /// As [`App::remember_either`].
    pub fn remember_made(&self, path: &Path, id: VaultId, source: &str, new: Made) -> Result<()> {
        // The vault's first item in the keyring may stand there.
        if new.place == Source::Keyring {
            return Ok(());
        }
        let mut made = self.made(path, id);
        made.retain(|one| one.place != new.place);
        made.push(new);
        let sources = self.sources(path, id, source);
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        self.must_note(path, id, &sources, &made)
    }

    /// Forgets a place again where nothing was made.
    pub fn forget_made(&self, path: &Path, id: VaultId, source: &str, place: &Source) {
        let mut made = self.made(path, id);
        made.retain(|one| one.place != *place);
        let sources = self.sources(path, id, source);
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        // A note that stays says less than what is looked at then.
        let _ = self.note(path, id, &sources, &made);
    }

    /// The noted places of the vault's key, else the one that the vault says.
    fn sources(&self, path: &Path, id: VaultId, source: &str) -> Vec<String> {
        let noted = self.noted(&private_file::whole_path(path));
        let own = noted.filter(|(was, _)| *was == id.to_string());
        own.map_or_else(|| vec![source.to_owned()], |(_, sources)| sources)
    }

    /// What was made for the vault at `path` at places that it did not name when that was noted.
    #[must_use]
    pub fn made(&self, path: &Path, id: VaultId) -> Vec<Made> {
        let path = private_file::whole_path(path);
        let Some(note) = self
            .read_note(&path)
            .filter(|note| note.id == id.to_string())
        else {
            return Vec::new();
        };
        let made = note.made.iter();
        made.filter_map(|text| Made::parse(text)).collect()
    }

    fn made_but(&self, path: &Path, id: VaultId, sources: &[&str]) -> Vec<Made> {
        let mut made = self.made(path, id);
        made.retain(|one| one.place.to_text().ok().as_deref() != sources.first().copied());
        made
    }

    fn must_note(&self, path: &Path, id: VaultId, sources: &[&str], made: &[Made]) -> Result<()> {
        let noted = self.note(path, id, sources, made);
        if noted.is_err()
            && self
                .note_of(&private_file::whole_path(path))
                .symlink_metadata()
                .is_err()
        {
            return Ok(());
        }
        noted.map_err(|error| {
            Error::new(Kind::Failed, "could not note where the new key is").caused_by(&error)
        })
    }

    /// Remembers in which files there is what left a vault, for the commands of others.
    pub fn remember_left(&self, vault: &Vault, files: impl IntoIterator<Item = String>) {
        let id = vault.id().to_string();
        let mut note = self.read_note(vault.path()).unwrap_or_else(|| Note {
            path: line(vault.path()),
            id: id.clone(),
            sources: vec![escape::line(&vault.header().key_source)],
            made: Vec::new(),
            left_in: Vec::new(),
        });
        if note.id != id {
            return;
        }
        note.left_in = files.into_iter().map(|file| escape::line(&file)).collect();
        if let Err(error) = self.write_note(vault.path(), &note) {
            self.ui
                .detail(&format!("could not note what left the vault: {error}"));
        }
    }

    /// Whether a file has what left another vault that stands in it, as it was noted.
    #[must_use]
    pub fn is_left_by_others(&self, path: &Path, file: &Path) -> bool {
        let wanted = line(&private_file::whole_path(file));
        let others = self.others(path);
        others
            .iter()
            .any(|(_, note)| note.left_in.contains(&wanted))
    }

    /// Where the key of the vault is that was at a path, as it was noted.
    #[must_use]
    pub fn noted_key(&self, path: &Path) -> Option<(VaultId, Source)> {
        let (id, sources) = self.noted(&private_file::whole_path(path))?;
        Some((id.parse().ok()?, Source::parse(sources.first()?).ok()?))
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
        let is_there = |source: &String| {
            let source = Source::parse(source).ok();
            let kept = source.as_ref().and_then(Source::path);
            kept.is_some_and(|kept| private_file::is_same(kept, place))
        };
        let others = self.others(path).into_iter();
        let with = others.filter(|(_, note)| note.sources.iter().any(is_there));
        with.map(|(id, _)| id).collect()
    }

    /// Whether this very vault stands elsewhere too, as it was noted: what is kept under its id
    /// alone, in the keyring or the state folder, is both's.
    #[must_use]
    pub fn stands_elsewhere(&self, path: &Path, id: VaultId) -> bool {
        self.others(path).iter().any(|(other, _)| *other == id)
    }

    /// The other vaults that stand, and what is noted of them.
    fn others(&self, path: &Path) -> Vec<(VaultId, Note)> {
        let own = line(&private_file::whole_path(path));
        let folder = std::fs::read_dir(self.paths.state.join("vaults"));
        let files = folder.into_iter().flatten().flatten();
        let noted = files.filter_map(|file| read(&file.path()));
        let stand = noted.filter(|note| note.path != own && Path::new(&note.path).exists());
        stand
            .filter_map(|note| Some((note.id.parse().ok()?, note)))
            .collect()
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
            || self.noted(&private_file::whole_path(&path)).is_none() && !has_notes_of_none(&path)
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

    /// The vault's id and the places of its key, as they were noted of a resolved path.
    fn noted(&self, path: &Path) -> Option<(String, Vec<String>)> {
        self.read_note(path).map(|note| (note.id, note.sources))
    }

    fn read_note(&self, path: &Path) -> Option<Note> {
        read(&self.note_of(path)).filter(|note| note.path == line(path))
    }

    /// Writes the note; see [`Note`].
    ///
    /// # Errors
    /// When it can't be written; the old one then stands.
    pub(super) fn note(
        &self,
        path: &Path,
        id: VaultId,
        sources: &[&str],
        made: &[Made],
    ) -> std::result::Result<(), PrivateFileError> {
        let path = private_file::whole_path(path);
        let id = id.to_string();
        let before = self.read_note(&path).filter(|note| note.id == id);
        let note = Note {
            path: line(&path),
            id,
            sources: sources.iter().map(|source| escape::line(source)).collect(),
            made: made.iter().filter_map(Made::to_text).collect(),
            left_in: before.map(|note| note.left_in).unwrap_or_default(),
        };
        self.write_note(&path, &note)
    }

    fn write_note(&self, path: &Path, note: &Note) -> std::result::Result<(), PrivateFileError> {
        let file = self.note_of(path);
        private_file::ensure_folder(&self.paths.state)?;
        private_file::ensure_folder(file.parent().unwrap_or(&file))?;
        private_file::replace(&file, note.to_text().as_bytes())
    }

    fn note_of(&self, path: &Path) -> PathBuf {
        let name = signing::sha256(&path.to_string_lossy());
        self.paths.state.join("vaults").join(name)
    }
}

/// What is noted of a vault.
struct Note {
    /// As [`line`] says it.
    path: String,
    id: String,
    /// The places of its key.
    sources: Vec<String>,
    /// See [`App::made`].
    made: Vec<String>,
    /// See [`App::remember_left`].
    left_in: Vec<String>,
}

impl Note {
    fn to_text(&self) -> String {
        let Self { path, id, .. } = self;
        let mut note = format!("{FORM}\n{path}\n{id}\n");
        let sources = self.sources.iter().map(|line| ("", line));
        let made = self.made.iter().map(|line| (MADE, line));
        let left_in = self.left_in.iter().map(|line| (LEFT_IN, line));
        for (what, line) in sources.chain(made).chain(left_in) {
            // What is longer can't be read: the places of the key come first.
            if (note.len() + what.len() + line.len()) as u64 >= AT_MOST {
                break;
            }
            note.extend([what, line, "\n"]);
        }
        note
    }
}

fn read(note: &Path) -> Option<Note> {
    let note = private_file::read(note, AT_MOST).ok()?;
    let note = String::from_utf8_lossy(&note);
    let mut lines = note.lines().map(str::to_owned);
    if lines.next()? != FORM {
        return None;
    }
    let (path, id) = (lines.next()?, lines.next()?);
    let mut note = Note {
        path,
        id,
        sources: Vec::new(),
        made: Vec::new(),
        left_in: Vec::new(),
    };
    for line in lines {
        if let Some(place) = line.strip_prefix(MADE) {
            note.made.push(place.to_owned());
        } else if let Some(file) = line.strip_prefix(LEFT_IN) {
            note.left_in.push(file.to_owned());
        } else {
            note.sources.push(line);
        }
    }
    Some(note)
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
