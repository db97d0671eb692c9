//! Which vault was at a path when it was opened last.
//!
//! A vault's own header says where its key is, and the pin lies beside that key. Whoever puts a whole
//! vault of their own in the place of ours, key and pin included, would name their own place in it.
//! So a note in the state folder says what was there: another vault, or another place of the key, is
//! read only until a person confirms it. Whoever can write to the state folder too is not kept out.

use std::path::{Path, PathBuf};

use crate::app::App;
use crate::escape;
use crate::key::{Custody, Source};
use crate::names::VaultId;
use crate::private_file;
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
        // What can't be read says nothing, as before the first time.
        let Ok(note) = private_file::read(&self.note_of(path), AT_MOST) else {
            return Known::First;
        };
        let note = String::from_utf8_lossy(&note);
        let mut lines = note.lines();
        if lines.next() != Some(FORM) || lines.next() != Some(line(path).as_str()) {
            return Known::First;
        }
        let header = locked.header();
        let id = header.vault_id.to_string();
        let source = escape::line(&header.key_source);
        match (lines.next(), lines.next()) {
            (Some(was), _) if was != id => Known::Other(format!(
                "the vault `{was}` was here before, and this is `{id}`"
            )),
            (Some(_), Some(was)) if was != source => Known::Other(format!(
                "its key was {} before, and is {} now",
                place(was),
                place(&source)
            )),
            (Some(_), Some(_)) => Known::Same,
            _ => Known::First,
        }
    }

    /// Remembers which vault is at a path now, and the recorded place of its key. Where that can't be
    /// written, the next run knows no more than this one did.
    pub fn remember(&self, path: &Path, id: VaultId, source: &str) {
        let source = escape::line(source);
        let note = format!("{FORM}\n{}\n{id}\n{source}\n", line(path));
        let file = self.note_of(path);
        let folder = file.parent().unwrap_or(&file);
        let kept = private_file::ensure_folder(&self.paths.state)
            .and_then(|()| private_file::ensure_folder(folder))
            .and_then(|()| private_file::replace(&file, note.as_bytes()));
        if let Err(error) = kept {
            self.ui
                .detail(&format!("could not note which vault is here: {error}"));
        }
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
        Ok(Source::Keyring) => "in the system keyring".to_owned(),
        Ok(Source::IdentityFile(path) | Source::PassphraseFile(path)) => {
            format!("in the file `{}`", path.display())
        }
        Ok(Source::Environment) => "in the environment".to_owned(),
        Err(_) => format!("`{source}`"),
    }
}
