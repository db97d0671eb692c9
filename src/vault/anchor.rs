//! The anchor: what a vault looked like after its last durable change, kept elsewhere.
//!
//! A file alone can't know that it was replaced by its own past. The anchor can, as long as it is
//! not set back too. Readers read it before they open their snapshot and writers write it after
//! their commit, so an honest anchor is never ahead of the vault; a crash leaves it behind, which
//! says nothing bad.

use std::fmt::Write as _;

use subtle::ConstantTimeEq;

use super::head::{Mark, SealedHead};
use super::keys::{Hash, Keys, mac};
use crate::names::hex;

/// Keeps one anchor per vault: in the keyring, or in a file beside the identity.
pub trait AnchorKeeper: Send {
    /// The anchor as it was written, or `None` when there is none.
    ///
    /// # Errors
    /// What the keeper says, in words.
    fn read(&self) -> Result<Option<Vec<u8>>, String>;
    /// Replaces the anchor (printable ASCII, under 400 bytes).
    ///
    /// # Errors
    /// What the keeper says, in words.
    fn write(&self, anchor: &[u8]) -> Result<(), String>;
    /// Keeps the fingerprint of a vault that is being made, as its pin, before the vault stands in
    /// its place: a vault without a pin would be read only. Keepers of anchors alone do nothing.
    ///
    /// # Errors
    /// What the keeper says, in words; then there is no vault.
    fn keep_pin(&self, _fingerprint: &str) -> Result<(), String> {
        Ok(())
    }
    /// What names this machine, if anything does. It is asked for where an anchor is judged or
    /// written, and goes into it as a keyed hash only.
    fn machine(&self) -> Option<Vec<u8>> {
        None
    }
}

/// A machine, as an anchor has it.
pub(super) type Machine = [u8; 16];

/// What an anchor has where nothing names the machine.
const NO_MACHINE: &str = "-";

/// How far an unlocked vault is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// Nothing speaks against it.
    Trusted,
    /// No pin says which vault belongs to this key: read only until the fingerprint is confirmed.
    Unpinned,
    /// It is older than its anchor or a fork of it, in words: tokens are still handed out, changes
    /// are refused.
    RolledBack(String),
    /// The anchor knows another instance of it, or is another machine's: it was copied or restored
    /// elsewhere.
    CopiedInstance,
    /// It can't be written here.
    ReadOnlyFile,
}

/// What reading the anchor gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnchorState {
    /// The caller keeps none.
    NotKept,
    /// There is one, and the vault fits to it.
    Good,
    /// There is one, and [`Trust`] says what differs.
    Differs,
    /// There is none yet, or somebody removed it: roll-back goes unnoticed this time.
    Missing,
    /// It is damaged or belongs to another vault: roll-back goes unnoticed this time.
    Torn,
    /// Its keeper failed, in words: roll-back goes unnoticed this time.
    Unreadable(String),
}

/// The content of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) generation: u64,
    pub(super) instance: [u8; 16],
    /// The hash of the sealed vault head.
    pub(super) head: Hash,
    pub(super) mark: Mark,
    /// Where it was written.
    pub(super) machine: Option<Machine>,
}

/// The mark of the machine that its keeper is on: its id itself is shown to nobody, as
/// machine-id(5) asks for.
pub(super) fn machine(keeper: &dyn AnchorKeeper, keys: &Keys) -> Option<Machine> {
    let id = keeper.machine()?;
    mac(&keys.anchor, &[&id]).first_chunk().copied()
}

impl Anchor {
    pub(super) fn of(sealed: &SealedHead) -> Self {
        Self {
            generation: sealed.head.generation,
            instance: sealed.head.instance,
            head: sealed.hash,
            mark: sealed.head.mark,
            machine: None,
        }
    }

    /// One line of ASCII, so that every keyring can hold it.
    pub(super) fn write(&self, keys: &Keys) -> Vec<u8> {
        let mut text = format!("oauthctl-anchor-1 {} {}", keys.vault, self.generation);
        // Writing to a string can't fail.
        let _ = write!(
            text,
            " {} {} {} {} {}",
            hex(&self.instance),
            hex(&self.head),
            self.mark.count,
            hex(&self.mark.hash),
            self.machine
                .map_or(NO_MACHINE.to_owned(), |machine| hex(&machine))
        );
        let mac = hex(&mac(&keys.anchor, &[text.as_bytes()]));
        text.push(' ');
        text.push_str(&mac);
        text.into_bytes()
    }

    /// Reads what [`Self::write`] made with the same keys; `None` for anything else.
    pub(super) fn read(keys: &Keys, bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.trim_end();
        let (body, found) = text.rsplit_once(' ')?;
        let wanted = hex(&mac(&keys.anchor, &[body.as_bytes()]));
        if !bool::from(wanted.as_bytes().ct_eq(found.as_bytes())) {
            return None;
        }
        let mut words = body.split(' ').skip(2);
        Some(Self {
            generation: words.next()?.parse().ok()?,
            instance: unhex(words.next()?)?,
            head: unhex(words.next()?)?,
            mark: Mark {
                count: words.next()?.parse().ok()?,
                hash: unhex(words.next()?)?,
            },
            // anchors of older programs end before it
            machine: words.next().and_then(unhex),
        })
    }

    /// What speaks against a vault with that head and so many events on this machine, given this
    /// anchor. A machine that nothing names may be the same one.
    pub(super) fn judge(
        &self,
        sealed: &SealedHead,
        events: u64,
        here: Option<Machine>,
    ) -> Option<Trust> {
        let head = &sealed.head;
        let machines = self.machine.zip(here);
        if head.instance != self.instance || machines.is_some_and(|(its, here)| its != here) {
            return Some(Trust::CopiedInstance);
        }
        if head.generation < self.generation {
            return Some(Trust::RolledBack(format!(
                "it is at generation {}, its anchor at {}",
                head.generation, self.generation
            )));
        }
        if head.generation == self.generation && sealed.hash != self.head {
            return Some(Trust::RolledBack(format!(
                "its generation {} is not the one of its anchor",
                head.generation
            )));
        }
        if events < self.mark.count {
            return Some(Trust::RolledBack(format!(
                "its audit log has {events} events, its anchor {}",
                self.mark.count
            )));
        }
        None
    }
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != N * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::keys::Key;
    use super::*;
    use crate::names::VaultId;

    #[test]
    fn an_anchor_reads_back_with_its_own_keys_only() {
        let keys = Keys::derive(VaultId([1; 16]), &Key::new([2; 32]));
        let others = Keys::derive(VaultId([1; 16]), &Key::new([3; 32]));
        let anchor = Anchor {
            generation: 7,
            instance: [4; 16],
            head: [5; 32],
            mark: Mark {
                count: 9,
                hash: [6; 32],
            },
            machine: Some([7; 16]),
        };
        let nowhere = Anchor {
            machine: None,
            ..anchor
        };
        assert_eq!(Anchor::read(&keys, &nowhere.write(&keys)), Some(nowhere));
        let written = anchor.write(&keys);
        assert!(written.len() < 400 && written.is_ascii());
        assert_eq!(Anchor::read(&keys, &written), Some(anchor));
        assert_eq!(Anchor::read(&others, &written), None);
        for cut in 0..written.len() {
            assert_eq!(Anchor::read(&keys, &written[..cut]), None, "cut at {cut}");
        }
        let raised = String::from_utf8(written).unwrap().replace(" 7 ", " 6 ");
        assert_eq!(Anchor::read(&keys, raised.as_bytes()), None);
    }
}
