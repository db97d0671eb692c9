//! The two heads: sealed rows that say what the rest of the vault must look like.
//!
//! The **vault head** changes with every mutation and binds the directory, the header and the
//! audit log as they were then. The **audit head** changes with every event, hand-outs included,
//! so that a hand-out never raises the generation. The vault head's [`Mark`] keeps the log from
//! being cut below the last mutation even without an anchor.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::{VaultError, sqlite, tampered};
use super::keys::{Hash, Keys};
use super::{fields, seal};

/// A place in the audit log: how many events there were, and the chain's MAC over the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) count: u64,
    pub(super) hash: Hash,
}

/// What a mutation seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Raised by every mutation.
    pub(super) generation: u64,
    /// Names this copy of the vault; a restored or accepted one gets a new name.
    pub(super) instance: [u8; 16],
    pub(super) directory_mac: Hash,
    pub(super) header_hash: Hash,
    /// The version of the recipient list's row.
    pub(super) recipients: u64,
    pub(super) schema: u32,
    pub(super) key_epoch: u64,
    /// The audit log as it was when this head was sealed.
    pub(super) mark: Mark,
}

/// What every event seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuditHead {
    /// The last event, counted from the first one ever.
    pub(super) mark: Mark,
    /// The lowest sequence number in the table: 1, or the checkpoint's.
    pub(super) first: u64,
    /// The boot during which the last event was logged.
    pub(super) boot: Option<String>,
}

/// A head and the hash of its sealed form.
#[derive(Debug, Clone)]
pub(super) struct SealedHead {
    pub(super) head: Head,
    pub(super) hash: Hash,
}

impl Head {
    pub(super) fn load(connection: &Connection, keys: &Keys) -> Result<SealedHead, VaultError> {
        let sealed = load(connection, VAULT)?;
        let head = open(keys, VAULT, &sealed)
            .and_then(|text| Self::read(&text))
            .ok_or_else(|| tampered("the vault's head does not authenticate"))?;
        let hash = Sha256::digest(&sealed).into();
        Ok(SealedHead { head, hash })
    }

    pub(super) fn store(
        self,
        connection: &Connection,
        keys: &Keys,
    ) -> Result<SealedHead, VaultError> {
        let text = fields::join(&[
            &self.generation.to_be_bytes(),
            &self.instance,
            &self.directory_mac,
            &self.header_hash,
            &self.recipients.to_be_bytes(),
            &u64::from(self.schema).to_be_bytes(),
            &self.key_epoch.to_be_bytes(),
            &self.mark.count.to_be_bytes(),
            &self.mark.hash,
        ]);
        let hash = store(connection, keys, VAULT, &text)?;
        Ok(SealedHead { head: self, hash })
    }

    fn read(text: &[u8]) -> Option<Self> {
        let [
            generation,
            instance,
            directory_mac,
            header_hash,
            recipients,
            schema,
            key_epoch,
            count,
            hash,
        ] = fields::split(text)?;
        Some(Self {
            generation: fields::number(generation)?,
            instance: instance.try_into().ok()?,
            directory_mac: directory_mac.try_into().ok()?,
            header_hash: header_hash.try_into().ok()?,
            recipients: fields::number(recipients)?,
            schema: fields::number(schema)?.try_into().ok()?,
            key_epoch: fields::number(key_epoch)?,
            mark: Mark {
                count: fields::number(count)?,
                hash: hash.try_into().ok()?,
            },
        })
    }
}

impl AuditHead {
    pub(super) fn load(connection: &Connection, keys: &Keys) -> Result<Self, VaultError> {
        let sealed = load(connection, AUDIT)?;
        open(keys, AUDIT, &sealed)
            .and_then(|text| Self::read(&text))
            .ok_or_else(|| tampered("the audit log's head does not authenticate"))
    }

    pub(super) fn store(&self, connection: &Connection, keys: &Keys) -> Result<(), VaultError> {
        let text = fields::join(&[
            &self.mark.count.to_be_bytes(),
            &self.mark.hash,
            &self.first.to_be_bytes(),
            self.boot.as_deref().unwrap_or_default().as_bytes(),
        ]);
        store(connection, keys, AUDIT, &text).map(|_| ())
    }

    fn read(text: &[u8]) -> Option<Self> {
        let [count, hash, first, boot] = fields::split(text)?;
        let boot = std::str::from_utf8(boot).ok()?;
        Some(Self {
            mark: Mark {
                count: fields::number(count)?,
                hash: hash.try_into().ok()?,
            },
            first: fields::number(first)?,
            boot: (!boot.is_empty()).then(|| boot.to_owned()),
        })
    }
}

/// Row numbers in table `head`.
const VAULT: i64 = 1;
const AUDIT: i64 = 2;

fn load(connection: &Connection, which: i64) -> Result<Vec<u8>, VaultError> {
    connection
        .prepare_cached("SELECT sealed FROM head WHERE which = ?1")
        .and_then(|mut statement| statement.query_row([which], |row| row.get(0)).optional())
        .map_err(sqlite(connection))?
        .ok_or_else(|| tampered("a head is missing"))
}

fn open(keys: &Keys, which: i64, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let place: [&[u8]; 3] = [&keys.vault.0, b"head", &which.to_be_bytes()];
    seal::open(&keys.head, &place, sealed)
}

fn store(
    connection: &Connection,
    keys: &Keys,
    which: i64,
    text: &[u8],
) -> Result<Hash, VaultError> {
    let place: [&[u8]; 3] = [&keys.vault.0, b"head", &which.to_be_bytes()];
    let sealed = seal::seal(&keys.head, &place, text)?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO head (which, sealed) VALUES (?1, ?2)")
        .and_then(|mut statement| statement.execute(params![which, sealed]))
        .map_err(sqlite(connection))?;
    Ok(Sha256::digest(&sealed).into())
}
