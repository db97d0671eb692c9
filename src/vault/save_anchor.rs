//! Writing the anchor, and taking a rolled-back vault for the right one.

use std::time::Duration;

use super::anchor::{Anchor, AnchorKeeper, AnchorState};
use super::error::{VaultError, random};
use super::locks;
use super::open::Vault;
use super::writer::Writer;

/// How long writing the anchor waits for others that write it.
const PATIENCE: Duration = Duration::from_secs(10);

impl Vault {
    /// Brings the anchor up to this process's last mutation, or makes it where it is missing or
    /// torn. Call it once per command, after everything else: a keyring takes milliseconds. An
    /// anchor that is already further is left alone.
    ///
    /// # Errors
    /// When its keeper fails; the vault itself is all right then.
    pub fn save_anchor(&mut self) -> Result<(), VaultError> {
        let missing = matches!(self.anchor_state, AnchorState::Missing | AnchorState::Torn);
        if self.anchor.is_none() || !(missing || self.committed.is_some()) {
            return Ok(());
        }
        if self.refuse_log_writes().is_err() {
            // What may not be written yet is not anchored yet either.
            return Ok(());
        }
        let head = match self.committed.take() {
            Some(head) => head,
            None => self.read(|snapshot| Ok::<_, VaultError>(snapshot.head.clone()))?,
        };
        let ours = Anchor::of(&head);
        let saved = self.write_anchor(&ours);
        if saved.is_err() {
            self.committed = Some(head);
        } else {
            self.anchor_state = AnchorState::Good;
        }
        saved
    }

    fn write_anchor(&self, ours: &Anchor) -> Result<(), VaultError> {
        let Some(keeper) = &self.anchor else {
            return Ok(());
        };
        let _lock = locks::anchor(&self.path, PATIENCE)?;
        let kept = keeper.read().map_err(|why| VaultError::Anchor {
            action: "read",
            why,
        })?;
        let kept = kept.and_then(|bytes| Anchor::read(&self.keys, &bytes));
        if kept.is_some_and(|kept| kept.generation >= ours.generation) {
            return Ok(());
        }
        let its = kept.and_then(|kept| kept.machine);
        let ours = Anchor {
            machine: self.machine().or(its),
            ..*ours
        };
        keeper
            .write(&ours.write(&self.keys))
            .map_err(|why| VaultError::Anchor {
                action: "written",
                why,
            })
    }

    /// What [`Self::save_anchor`] would write, for a vault that is not in its place yet: until it is,
    /// the anchor is that of what stands there.
    pub(super) fn unsaved_anchor(&mut self) -> Option<(Box<dyn AnchorKeeper>, Vec<u8>)> {
        let head = self.committed.take()?;
        let anchor = Anchor {
            machine: self.machine(),
            ..Anchor::of(&head)
        };
        let keeper = self.anchor.take()?;
        Some((keeper, anchor.write(&self.keys)))
    }

    /// Goes on with a vault that is behind its anchor, a fork of it, or a copy: with a generation
    /// above both and a new instance id, so that the other state is never taken for this one. In
    /// `f` the caller logs the event and marks what must not be used unattended any more. The anchor
    /// is still the other's afterwards: see [`Self::save_anchor`].
    ///
    /// # Errors
    /// What `f` returns, or that the vault can't be written.
    pub fn accept_rollback<T, E: From<VaultError>>(
        &mut self,
        f: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.refuse_log_writes()?;
        let kept = match &self.anchor {
            Some(keeper) => keeper.read().map_err(|why| VaultError::Anchor {
                action: "read",
                why,
            })?,
            None => None,
        };
        let anchored = kept.and_then(|bytes| Anchor::read(&self.keys, &bytes));
        let floor = anchored.map_or(0, |anchor| anchor.generation);
        let instance = random()?;
        let value = self.change(|writer| {
            writer.generation = writer.generation.max(floor.saturating_add(1));
            writer.snapshot.head.head.instance = instance;
            f(writer)
        })?;
        self.trust_again();
        Ok(value)
    }
}
