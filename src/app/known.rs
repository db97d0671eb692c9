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
use crate::vault::Locked;

const FORM: &str = "oauthctl-known-vault 1";
const AT_MOST: u64 = 65_536;

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
        if let Err(error) = self.note(path, id, sources) {
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
        let noted = self.note(path, id, &sources);
        if noted.is_err() && self.note_of(path).symlink_metadata().is_err() {
            return Ok(());
        }
        noted.map_err(|error| {
            Error::new(Kind::Failed, "could not note where the new key is")
                .caused_by(&error)
                .note("the old key opens the vault as before")
        })
    }

    /// Where the key of the vault is that was at a path, as it was noted.
    #[must_use]
    pub fn noted_key(&self, path: &Path) -> Option<(VaultId, Source)> {
        let (id, sources) = self.noted(path)?;
        Some((id.parse().ok()?, Source::parse(sources.first()?).ok()?))
    }

    /// The vault's id and the places of its key, as they were noted.
    fn noted(&self, path: &Path) -> Option<(String, Vec<String>)> {
        let note = private_file::read(&self.note_of(path), AT_MOST).ok()?;
        let note = String::from_utf8_lossy(&note);
        let mut lines = note.lines();
        if lines.next() != Some(FORM) || lines.next() != Some(line(path).as_str()) {
            return None;
        }
        let id = lines.next()?.to_owned();
        Some((id, lines.map(str::to_owned).collect()))
    }

    fn note(
        &self,
        path: &Path,
        id: VaultId,
        sources: &[&str],
    ) -> std::result::Result<(), PrivateFileError> {
        let mut note = format!("{FORM}\n{}\n{id}\n", line(path));
        for source in sources {
            note.extend([&*escape::line(source), "\n"]);
        }
        let file = self.note_of(path);
        private_file::ensure_folder(&self.paths.state)?;
        private_file::ensure_folder(file.parent().unwrap_or(&file))?;
        private_file::replace(&file, note.as_bytes())
    }

    fn note_of(&self, path: &Path) -> PathBuf {
        let name = signing::sha256(&path.to_string_lossy());
        self.paths.state.join("vaults").join(name)
    }
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
