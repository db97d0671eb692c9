//! How far an unlocked vault is believed, and what is refused because of it.

use subtle::ConstantTimeEq;

use super::anchor::{self, Anchor, AnchorState, Machine, Trust};
use super::database::Medium;
use super::error::VaultError;
use super::keys::Keys;
use super::open::Vault;
use super::rekey::RetiredKey;

impl Vault {
    /// How far this vault is believed.
    #[must_use]
    pub fn trust(&self) -> Trust {
        match &self.against {
            _ if self.medium == Medium::ReadOnly => Trust::ReadOnlyFile,
            _ if !self.pinned => Trust::Unpinned,
            Some(against) => against.clone(),
            None => Trust::Trusted,
        }
    }

    /// What the anchor says against this vault, also where it can't be written.
    #[must_use]
    pub fn anchor_state(&self) -> &AnchorState {
        &self.anchor_state
    }

    /// Accepts that `fingerprint`, which a person compared, is this vault's. The caller keeps it as
    /// the pin.
    ///
    /// # Errors
    /// [`VaultError::PinMismatch`] when it is not.
    pub fn confirm(&mut self, fingerprint: &str) -> Result<(), VaultError> {
        if !fits(&self.keys, fingerprint) {
            return Err(VaultError::PinMismatch {
                found: self.keys.fingerprint(),
            });
        }
        self.pinned = true;
        Ok(())
    }

    /// Verifies the first snapshot and compares it with the anchor that was read before.
    pub(super) fn judge(
        &mut self,
        kept: Option<Result<Option<Vec<u8>>, String>>,
    ) -> Result<(), VaultError> {
        let (head, events, retiring) = self.read(|snapshot| {
            let retiring = snapshot.has::<RetiredKey>(RetiredKey::NAME);
            Ok::<_, VaultError>((snapshot.head.clone(), snapshot.audit.mark.count, retiring))
        })?;
        self.retiring = retiring;
        self.anchor_state = match kept {
            None => AnchorState::NotKept,
            Some(Err(why)) => AnchorState::Unreadable(why),
            Some(Ok(None)) => AnchorState::Missing,
            Some(Ok(Some(bytes))) => match Anchor::read(&self.keys, &bytes) {
                None => AnchorState::Torn,
                Some(anchor) => {
                    self.against = anchor.judge(&head, events, self.machine());
                    self.anchored = Some(anchor);
                    match self.against {
                        Some(_) => AnchorState::Differs,
                        None => AnchorState::Good,
                    }
                }
            },
        };
        Ok(())
    }

    /// The machine that this is. A file on a network share is used by several as one.
    pub(super) fn machine(&self) -> Option<Machine> {
        let keeper = self.anchor.as_deref()?;
        (self.medium != Medium::Network)
            .then(|| anchor::machine(keeper, &self.keys))
            .flatten()
    }

    pub(super) fn trust_again(&mut self) {
        self.against = None;
        self.anchored = None;
        self.anchor_state = AnchorState::Good;
    }

    /// Refuses a vault that can't be changed for now. Every change asks this; whoever is about to
    /// ask a person for something asks it first.
    ///
    /// # Errors
    /// Why it can't be changed.
    pub fn refuse_untrusted(&self) -> Result<(), VaultError> {
        self.refuse_log_writes()?;
        self.refuse_doubtful()
    }

    /// Refuses a vault that may not be the right one, or not its newest state, whether it can be
    /// written or not.
    ///
    /// # Errors
    /// What speaks against it.
    pub fn refuse_doubtful(&self) -> Result<(), VaultError> {
        match self.against.clone() {
            _ if !self.pinned => Err(VaultError::Unpinned),
            Some(Trust::RolledBack(why)) => Err(VaultError::RolledBack { why }),
            Some(Trust::CopiedInstance) => Err(VaultError::CopiedInstance),
            Some(Trust::Trusted | Trust::Unpinned | Trust::ReadOnlyFile) | None => Ok(()),
        }
    }

    /// What no write at all is allowed for.
    pub(super) fn refuse_log_writes(&self) -> Result<(), VaultError> {
        match self.trust() {
            Trust::ReadOnlyFile => Err(VaultError::ReadOnly {
                path: self.path.clone(),
            }),
            Trust::Unpinned => Err(VaultError::Unpinned),
            Trust::Trusted | Trust::RolledBack(_) | Trust::CopiedInstance => Ok(()),
        }
    }
}

/// Whether a pin is that of the vault key.
pub(super) fn fits(keys: &Keys, pin: &str) -> bool {
    pin.trim()
        .as_bytes()
        .ct_eq(keys.fingerprint().as_bytes())
        .into()
}
