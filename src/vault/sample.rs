//! A vault and a record to try things on.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::*;
use crate::moment::{BootTime, Timestamp};
use crate::names::VaultId;

/// A record with a name, a group and a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) text: String,
}

impl Stored for Note {
    const KIND: Kind = Kind::Connection;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn group(&self) -> String {
        self.group.clone()
    }
}

pub(super) fn note(name: &str, text: &str) -> Note {
    Note {
        group: name.split('/').next().unwrap().to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

pub(super) fn event(action: Action, boot: &str) -> Event {
    Event {
        at: Timestamp::from_unix_millis(1_795_000_000_000),
        boot: Some(BootTime {
            id: boot.to_owned(),
            millis: 1,
        }),
        action,
        connection: Some("github/octocat".to_owned()),
        scopes: vec!["repo".to_owned()],
        outcome: Outcome::Done,
        error_code: None,
        detail: None,
        token: None,
        caller: Caller::default(),
    }
}

/// An anchor in memory, and the machine that it is on.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(
    pub(super) Arc<Mutex<Option<Vec<u8>>>>,
    pub(super) Option<&'static str>,
);

impl AnchorKeeper for Kept {
    fn read(&self) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn write(&self, anchor: &[u8]) -> Result<(), String> {
        *self.0.lock().unwrap() = Some(anchor.to_owned());
        Ok(())
    }

    fn machine(&self) -> Option<Vec<u8>> {
        Some(self.1?.as_bytes().to_vec())
    }
}

/// A folder with a vault in it, its identity, pin and anchor.
pub(super) struct World {
    pub(super) folder: tempfile::TempDir,
    pub(super) path: PathBuf,
    pub(super) identity: age::x25519::Identity,
    pub(super) pin: String,
    pub(super) kept: Kept,
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let identity = age::x25519::Identity::generate();
        let kept = Kept::default();
        let vault = make(&path, &identity, &kept);
        let pin = vault.fingerprint();
        drop(vault);
        Self {
            folder,
            path,
            identity,
            pin,
            kept,
        }
    }

    pub(super) fn open(&self) -> Vault {
        self.try_open().unwrap()
    }

    pub(super) fn try_open(&self) -> Result<Vault, VaultError> {
        self.unlock(Some(&self.pin), Some(Box::new(self.kept.clone())))
    }

    pub(super) fn unlock(
        &self,
        pin: Option<&str>,
        anchor: Option<Box<dyn AnchorKeeper>>,
    ) -> Result<Vault, VaultError> {
        let locked = Locked::open(&self.path)?.expect("there is a vault");
        locked.unlock(&self.identity, pin, anchor)
    }

    /// Stores a note in a process of its own, so to say.
    pub(super) fn store(&self, name: &str, text: &str) {
        let mut vault = self.open();
        vault
            .mutate(|writer| {
                match writer.find::<Note>(name)? {
                    Some(row) => writer.update(&row, note(name, text))?,
                    None => writer.insert(note(name, text))?,
                };
                writer.log(&event(Action::Connect, "b"))
            })
            .unwrap();
        vault.save_anchor().unwrap();
        vault.checkpoint_truncate().unwrap();
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, VaultError> {
        text(&self.try_open()?, name)
    }

    /// The database as an attacker with a text editor for SQLite sees it.
    pub(super) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(&self.path).unwrap()
    }
}

pub(super) fn text(vault: &Vault, name: &str) -> Result<Option<String>, VaultError> {
    vault.read(|snapshot| Ok(snapshot.find::<Note>(name)?.map(|row| row.value.text)))
}

pub(super) fn make(path: &Path, identity: &age::x25519::Identity, kept: &Kept) -> Vault {
    let new = NewVault {
        vault_id: VaultId([7; 16]),
        recipients: vec![Recipient::master(identity.to_public().to_string())],
        key_source: "keyring".to_owned(),
        event: event(Action::VaultInit, "b"),
    };
    create(path, &new, identity, Some(Box::new(kept.clone()))).unwrap()
}

/// Replaces a file's content without syncing it.
pub(super) fn overwrite(path: &Path, content: &[u8]) {
    use std::io::Write;

    let mut file = crate::private_file::open_or_create(path).unwrap();
    file.set_len(0).unwrap();
    file.write_all(content).unwrap();
}

/// How many trials a long test makes: `sample`, or what `VAULT_TRIALS` says.
pub(super) fn trials(sample: usize) -> usize {
    #[expect(clippy::disallowed_methods, reason = "only tests have this variable")]
    let wanted = std::env::var("VAULT_TRIALS");
    wanted.map_or(sample, |wanted| wanted.parse().unwrap())
}

/// Numbers that are the same in every run (xorshift).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end
    }
}
