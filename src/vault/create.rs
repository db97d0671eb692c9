//! Making a vault. It is built under another name and then renamed, so that a vault file is never
//! half made.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::anchor::AnchorKeeper;
use super::database;
use super::error::{VaultError, io_at, random, sqlite, tampered};
use super::event::Event;
use super::head::{AuditHead, Head, SealedHead};
use super::header::{Header, wrap_key};
use super::keys::{Keys, new_vault_key};
use super::locked::Locked;
use super::open::Vault;
use super::recipients::{Recipient, RecipientList, Whom};
use super::schema::{APPLICATION, SCHEMA, TABLES};
use super::snapshot::Snapshot;
use super::wal::{FULL, set_synchronous};
use super::writer::Writer;
use super::{audit, locks};
use crate::names::VaultId;
use crate::plugin::Nobody;
use crate::private_file::{self, with_suffix};

/// How long making a vault waits for others that use one at that place.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a new vault is made from.
#[derive(Debug, Clone)]
pub struct NewVault {
    /// Its id, chosen by the caller so that the key can be stored under it before.
    pub vault_id: VaultId,
    /// Who can open it; the master identity's own recipient first.
    pub recipients: Vec<Recipient>,
    /// Where the master identity is kept, in words of the caller's.
    pub key_source: String,
    /// The first event of the audit log.
    pub event: Event,
}

/// Makes a vault at `path`, with its folder where that is missing, and opens it.
/// [`Vault::fingerprint`] is given to the keeper as the pin before the vault stands at `path`.
///
/// # Errors
/// [`VaultError::AlreadyExists`] when anything stands there; nothing is changed then.
pub fn create(
    path: &Path,
    new: &NewVault,
    identity: &dyn age::Identity,
    anchor: Option<Box<dyn AnchorKeeper>>,
) -> Result<Vault, VaultError> {
    private_file::ensure_folder(private_file::folder(path))?;
    private_file::check_way(private_file::folder(path))?;
    let path = database::resolve(path)?.ok_or_else(|| VaultError::NotAVault {
        path: path.to_owned(),
    })?;
    // Held until there is an anchor: whoever waits to make one too opens this one then.
    let _lock = locks::vault_exclusive(&path, PATIENCE)?;
    if fs::symlink_metadata(&path).is_ok() {
        return Err(VaultError::AlreadyExists { path });
    }
    let (draft, pin) = build(&path, new)?;
    // Whoever is cut off between these two leaves a pin of no vault, and not a vault without a pin.
    if let Some(anchor) = &anchor {
        anchor.keep_pin(&pin).map_err(|why| VaultError::Anchor {
            action: "written",
            why,
        })?;
    }
    fs::rename(&draft, &path).map_err(io_at("rename", &draft))?;
    private_file::sync_parent(&path)?;
    let locked = Locked::open(&path)?.ok_or_else(|| tampered("the new vault vanished"))?;
    let mut vault = locked.unlock(identity, Some(&pin), anchor)?;
    vault.save_anchor()?;
    Ok(vault)
}

/// Builds the vault beside its place; returns the draft's path and the fingerprint.
fn build(path: &Path, new: &NewVault) -> Result<(PathBuf, String), VaultError> {
    let vault_key = new_vault_key()?;
    let header = Header {
        vault_id: new.vault_id,
        schema: SCHEMA,
        key_epoch: 1,
        key_source: new.key_source.clone(),
        age: wrap_key(&vault_key, &new.recipients, Whom::All, &Nobody)?.0,
    };
    let keys = Keys::derive(new.vault_id, &vault_key);
    let draft = with_suffix(path, ".new");
    for leftover in [&draft, &with_suffix(&draft, "-journal")] {
        match fs::remove_file(leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io_at("remove", leftover)(error));
            }
            _ => {}
        }
    }
    drop(private_file::create_new(&draft)?);
    let connection = database::connect(&draft)?;
    database::configure(&connection)?;
    set_synchronous(&connection, FULL)?;
    fill(&connection, &keys, &header, new)?;
    connection
        .close()
        .map_err(|(connection, error)| sqlite(&connection)(error))?;
    Ok((draft, keys.fingerprint()))
}

fn fill(
    connection: &Connection,
    keys: &Keys,
    header: &Header,
    new: &NewVault,
) -> Result<SealedHead, VaultError> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
        .map_err(sqlite(connection))?;
    connection
        .execute_batch(TABLES)
        .and_then(|()| connection.pragma_update(None, "application_id", APPLICATION))
        .and_then(|()| connection.pragma_update(None, "user_version", SCHEMA))
        .map_err(sqlite(connection))?;
    header.store(connection)?;
    let directory = super::directory::Directory::load(connection).map_err(sqlite(connection))?;
    let head = Head {
        generation: 0,
        instance: random()?,
        directory_mac: directory.mac(keys),
        header_hash: header.hash(),
        recipients: 0,
        schema: SCHEMA,
        key_epoch: header.key_epoch,
        mark: audit::NOTHING,
    };
    head.store(connection, keys)?;
    let audit = AuditHead {
        mark: audit::NOTHING,
        first: 1,
        boot: None,
    };
    audit.store(connection, keys)?;
    let mut writer = Writer::new(Snapshot::load(connection, keys, header.key_epoch, None)?);
    writer.insert(RecipientList {
        recipients: new.recipients.clone(),
    })?;
    writer.log(&new.event)?;
    let (head, _) = writer.finish()?;
    transaction.commit().map_err(sqlite(connection))?;
    Ok(head)
}
