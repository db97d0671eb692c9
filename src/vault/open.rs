//! An open vault: the transactions, and when they are refused.
//!
//! A mutation is durable when it returns; a hand-out is committed without waiting for the disk and
//! changes nothing but the audit log.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::anchor::{Anchor, AnchorKeeper, AnchorState, Trust};
use super::database::{Medium, PATIENCE};
use super::directory::Directory;
use super::error::{VaultError, sqlite};
use super::head::SealedHead;
use super::header::Header;
use super::keys::{Hash, Keys};
use super::snapshot::Snapshot;
use super::wal::{FULL, NORMAL, set_synchronous};
use super::writer::{HandOut, Writer};
use crate::names::VaultId;
use crate::secret::Secret;

/// How long a hand-out waits for the write lock.
const HAND_OUT_PATIENCE: Duration = Duration::from_secs(2);

/// A state that was verified. As long as the head is still the same, so is the directory that it
/// seals, whatever the file says.
pub(super) struct Seen {
    pub(super) generation: u64,
    pub(super) hash: Hash,
    pub(super) directory: Arc<Directory>,
}

/// An unlocked vault.
pub struct Vault {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) medium: Medium,
    pub(super) header: Header,
    pub(super) keys: Keys,
    pub(super) pinned: bool,
    /// What the anchor says against this vault.
    pub(super) against: Option<Trust>,
    pub(super) anchor: Option<Box<dyn AnchorKeeper>>,
    pub(super) anchor_state: AnchorState,
    /// The anchor as it was when the vault was unlocked.
    pub(super) anchored: Option<Anchor>,
    /// The newest state that this process saw.
    pub(super) seen: RefCell<Option<Seen>>,
    /// Whether a former master identity waits to be retired.
    pub(super) retiring: bool,
    /// The head of this process's last mutation.
    pub(super) committed: Option<SealedHead>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// The vault's id.
    #[must_use]
    pub fn id(&self) -> VaultId {
        self.header.vault_id
    }

    /// Lets go of the vault where the process ends next: its keys are wiped, and its files are left
    /// to the system, which closes them at once where SQLite would free page by page.
    pub fn leave(self) {
        std::mem::forget(self.connection);
    }

    /// What the vault says about itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The vault file, with its folder's links resolved.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The pin that belongs beside the identity: 32 hex digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.keys.fingerprint()
    }

    /// How the audit log names a token: 16 hex digits of a keyed hash.
    #[must_use]
    pub fn token_mark(&self, token: &Secret) -> String {
        self.keys.token_mark(token)
    }

    /// Reads one state of the vault.
    ///
    /// # Errors
    /// What `f` returns, or that the state does not authenticate.
    pub fn read<T, E: From<VaultError>>(
        &self,
        f: impl FnOnce(&Snapshot<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.begin(TransactionBehavior::Deferred)?;
        let snapshot = self.snapshot(&transaction)?;
        f(&snapshot)
    }

    /// Changes the vault: all that `f` does, or nothing when it fails. Durable when this returns.
    ///
    /// # Errors
    /// What `f` returns; that the vault is not trusted enough to be changed; that it can't be
    /// written.
    pub fn mutate<T, E: From<VaultError>>(
        &mut self,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.refuse_untrusted()?;
        self.change(f)
    }

    /// [`Self::mutate`], whatever the anchor says.
    pub(super) fn change<T, E: From<VaultError>>(
        &mut self,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.prepare_change()?;
        let transaction = self.begin(TransactionBehavior::Immediate)?;
        let mut writer = Writer::new(self.snapshot(&transaction)?);
        let value = f(&mut writer)?;
        let (head, directory) = writer.finish()?;
        transaction.commit().map_err(sqlite(&self.connection))?;
        self.note_change(head, directory);
        Ok(value)
    }

    fn prepare_change(&self) -> Result<(), VaultError> {
        if self.committed.is_none() {
            self.merge_log()?;
        }
        set_synchronous(&self.connection, FULL)
    }

    fn note_change(&mut self, head: SealedHead, directory: Arc<Directory>) {
        self.seen.replace(Some(Seen {
            generation: head.head.generation,
            hash: head.hash,
            directory,
        }));
        self.committed = Some(head);
        self.trim_log();
    }

    /// Reads the newest state and appends to the audit log, committed when this returns but not yet
    /// durable, except on a network file system. Waits at most 2 s for other writers.
    ///
    /// # Errors
    /// What `f` returns; [`VaultError::Busy`]; [`VaultError::ReadOnly`] and
    /// [`VaultError::Unpinned`], with which [`Self::read`] still works.
    pub fn hand_out<T, E: From<VaultError>>(
        &mut self,
        f: impl FnOnce(&mut HandOut<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.refuse_log_writes()?;
        let level = match self.medium {
            Medium::Local => NORMAL,
            Medium::Network | Medium::ReadOnly => FULL,
        };
        set_synchronous(&self.connection, level)?;
        self.set_patience(HAND_OUT_PATIENCE)?;
        let outcome = self.hand_out_now(f);
        self.set_patience(PATIENCE)?;
        outcome
    }

    fn hand_out_now<T, E: From<VaultError>>(
        &self,
        f: impl FnOnce(&mut HandOut<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.begin(TransactionBehavior::Immediate)?;
        let mut hand_out = HandOut::new(self.snapshot(&transaction)?);
        let value = f(&mut hand_out)?;
        hand_out.finish()?;
        transaction.commit().map_err(sqlite(&self.connection))?;
        self.trim_log();
        Ok(value)
    }

    pub(super) fn begin(
        &self,
        behavior: TransactionBehavior,
    ) -> Result<Transaction<'_>, VaultError> {
        if !self.connection.is_autocommit() {
            // Begun from within another one: SQLite's own error would look like a damaged schema.
            return Err(VaultError::Sqlite {
                path: self.path.clone(),
                source: rusqlite::Error::InvalidQuery,
            });
        }
        Transaction::new_unchecked(&self.connection, behavior).map_err(sqlite(&self.connection))
    }

    /// The verified state inside a transaction, never older than one this process saw before.
    pub(super) fn snapshot(
        &self,
        transaction: &Transaction<'_>,
    ) -> Result<Snapshot<'_>, VaultError> {
        debug_assert!(!transaction.is_autocommit());
        let seen = self.seen.take();
        let known = seen.as_ref().map(|seen| (seen.hash, &seen.directory));
        let loaded = Snapshot::load(&self.connection, &self.keys, self.header.key_epoch, known);
        let seen_before = seen.as_ref().map(|seen| (seen.generation, seen.hash));
        self.seen.replace(seen);
        let snapshot = loaded?;
        let now = (snapshot.head.head.generation, snapshot.head.hash);
        if let Some(before) = seen_before
            && (now.0 < before.0 || (now.0 == before.0 && now.1 != before.1))
        {
            return Err(VaultError::RolledBack {
                why: "it was replaced by an older state while it was open".to_owned(),
            });
        }
        self.seen.replace(Some(Seen {
            generation: now.0,
            hash: now.1,
            directory: Arc::clone(&snapshot.directory),
        }));
        Ok(snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Note, World, event, note, text};
    use super::super::{Action, VaultError};
    use super::super::{AnchorState, Locked, Trust};
    use super::*;

    #[test]
    fn what_is_stored_is_found_by_name_group_kind_and_row() {
        let world = World::new();
        world.store("github/a", "one");
        world.store("github/b", "two");
        world.store("google/a", "three");
        let vault = world.open();
        assert_eq!(vault.trust(), Trust::Trusted);
        assert_eq!(*vault.anchor_state(), AnchorState::Good);
        vault
            .read(|snapshot| {
                let row = snapshot.find::<Note>("github/b")?.unwrap();
                assert_eq!(row.value, note("github/b", "two"));
                assert_eq!(snapshot.get::<Note>(row.id)?.unwrap().version, row.version);
                assert_eq!(snapshot.group::<Note>("github")?.len(), 2);
                assert_eq!(snapshot.all::<Note>()?.len(), 3);
                assert!(snapshot.find::<Note>("github/c")?.is_none());
                assert_eq!(snapshot.events().count(), 4);
                Ok::<_, VaultError>(())
            })
            .unwrap();
    }

    #[test]
    fn a_mutation_is_whole_or_not_at_all() {
        let world = World::new();
        world.store("github/a", "one");
        let mut vault = world.open();
        let failed = vault.mutate(|writer| {
            let row = writer.find::<Note>("github/a")?.unwrap();
            writer.update(&row, note("github/a", "two"))?;
            writer.log(&event(Action::Refresh, "b"))?;
            Err::<(), _>(VaultError::Busy)
        });
        assert!(failed.is_err());
        assert_eq!(text(&vault, "github/a").unwrap().unwrap(), "one");
        assert_eq!(
            vault
                .read(|s| Ok::<_, VaultError>(s.events().count()))
                .unwrap(),
            2
        );
    }

    #[test]
    fn a_row_that_moved_is_a_conflict_and_a_name_is_used_once() {
        let world = World::new();
        world.store("github/a", "one");
        let mut vault = world.open();
        let row = vault.read(|s| s.find::<Note>("github/a")).unwrap().unwrap();
        world.store("github/a", "two");
        assert!(matches!(
            vault.mutate(|writer| writer.update(&row, note("github/a", "three"))),
            Err(VaultError::Conflict)
        ));
        assert!(matches!(
            vault.mutate(|writer| writer.delete(&row)),
            Err(VaultError::Conflict)
        ));
        assert!(matches!(
            vault.mutate(|writer| writer.insert(note("github/a", "x"))),
            Err(VaultError::Exists)
        ));
        let row = vault.read(|s| s.find::<Note>("github/a")).unwrap().unwrap();
        vault.mutate(|writer| writer.delete(&row)).unwrap();
        assert!(text(&vault, "github/a").unwrap().is_none());
    }

    #[test]
    fn a_hand_out_is_logged_without_raising_the_generation() {
        let world = World::new();
        world.store("github/a", "one");
        let mut vault = world.open();
        let before = vault.read(|s| Ok::<_, VaultError>(s.generation())).unwrap();
        let text = vault
            .hand_out(|hand_out| {
                hand_out.log(&event(Action::HandOut, "b"))?;
                Ok::<_, VaultError>(hand_out.find::<Note>("github/a")?.unwrap().value.text)
            })
            .unwrap();
        assert_eq!(text, "one");
        let (generation, events) = world
            .open()
            .read(|s| Ok::<_, VaultError>((s.generation(), s.events().count())))
            .unwrap();
        assert_eq!((generation, events), (before, 3));
    }

    #[test]
    fn another_boot_is_noted_before_its_first_event() {
        let world = World::new();
        let mut vault = world.open();
        for boot in ["b", "c", "c"] {
            vault
                .hand_out(|hand_out| hand_out.log(&event(Action::HandOut, boot)))
                .unwrap();
        }
        let actions: Vec<Action> = vault
            .read(|s| {
                s.events()
                    .map(|e| e.map(|e| e.event.action))
                    .collect::<Result<_, VaultError>>()
            })
            .unwrap();
        let hand_out = Action::HandOut;
        assert_eq!(
            actions,
            [
                Action::VaultInit,
                hand_out,
                Action::TailMayBeLost,
                hand_out,
                hand_out
            ]
        );
    }

    #[test]
    fn a_wrong_key_opens_nothing_and_changes_nothing() {
        let world = World::new();
        let before = std::fs::read(&world.path).unwrap();
        let locked = Locked::open(&world.path).unwrap().unwrap();
        assert_eq!(locked.header().key_source, "keyring");
        let other = age::x25519::Identity::generate();
        assert!(matches!(
            locked.unlock(&other, None, None),
            Err(VaultError::WrongKey)
        ));
        assert_eq!(std::fs::read(&world.path).unwrap(), before);
    }

    #[test]
    fn without_a_pin_the_vault_is_read_only_until_its_fingerprint_is_confirmed() {
        let world = World::new();
        world.store("github/a", "one");
        let mut vault = world.unlock(None, None).unwrap();
        assert_eq!(vault.trust(), Trust::Unpinned);
        assert_eq!(text(&vault, "github/a").unwrap().unwrap(), "one");
        let insert = |vault: &mut Vault| vault.mutate(|w| w.insert(note("github/b", "two")));
        assert!(matches!(insert(&mut vault), Err(VaultError::Unpinned)));
        assert!(vault.confirm("00000000000000000000000000000000").is_err());
        let fingerprint = vault.fingerprint();
        vault.confirm(&fingerprint).unwrap();
        insert(&mut vault).unwrap();
    }
}
