//! A backup: the whole database, which is ciphertext already, as one image.
//!
//! The image is read by SQLite as one state, so nobody has to stop for it, and is checked as a vault
//! before anybody relies on it.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use rusqlite::Connection;

use super::check::Finding;
use super::database::{self, Database, Medium};
use super::error::{VaultError, io_at, sqlite_at};
use super::locked::Locked;
use super::open::Vault;
use super::read_only::copy_in_memory;

/// The bytes of SQLite's file header that say how the file is written and read; 1 is without a log.
const FORMAT_BYTES: std::ops::Range<usize> = 18..20;

impl Vault {
    /// The vault as a file that needs none beside it.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn image(&self) -> Result<Vec<u8>, VaultError> {
        let mut source = if self.medium == Medium::ReadOnly {
            let file = File::open(&self.path).map_err(io_at("open", &self.path))?;
            copy_in_memory(&self.path, &file)?
        } else {
            database::connect(&self.path)?
        };
        database::configure(&source)?;
        let image = source
            .serialize("main")
            .map_err(|error| sqlite_at(&self.path)(error))?;
        let mut image = image.to_vec();
        // Its log stays behind, and holds nothing that is not in the image.
        for byte in image.get_mut(FORMAT_BYTES).unwrap_or_default() {
            *byte = 1;
        }
        Ok(image)
    }

    /// Whether it holds what another state of it holds, in the same versions: all that was done in
    /// between, such as the backup itself, is in the audit log only.
    ///
    /// # Errors
    /// When either can't be read.
    pub fn has_records_of(&self, other: &Self) -> Result<bool, VaultError> {
        let records = |vault: &Self| {
            vault.read(|snapshot| {
                let head = &snapshot.head.head;
                Ok::<_, VaultError>((head.key_epoch, head.directory_mac))
            })
        };
        Ok(records(self)? == records(other)?)
    }
}

/// Reads an image whole, as `vault check` reads a vault, and lists what is wrong with it; `path` is
/// what it is called in errors.
///
/// # Errors
/// When it is no vault, or not one that the identity opens and the pin belongs to.
pub fn check_image(
    image: &[u8],
    path: &Path,
    identity: &dyn age::Identity,
    pin: &str,
) -> Result<Vec<Finding>, VaultError> {
    open_image(image, path)?.check(identity, Some(pin))
}

/// Opens an image where it is, read only; `path` is what it is called in errors.
///
/// # Errors
/// When it is no vault, or a newer one.
pub fn open_image(image: &[u8], path: &Path) -> Result<Locked, VaultError> {
    let mut connection = Connection::open_in_memory().map_err(sqlite_at(path))?;
    if !image.starts_with(b"SQLite format 3\0") {
        return Err(VaultError::NotAVault {
            path: path.to_owned(),
        });
    }
    connection
        .deserialize_read_exact("main", Cursor::new(image), image.len(), true)
        .map_err(sqlite_at(path))?;
    database::configure(&connection)?;
    Locked::new(Database {
        connection,
        path: path.to_owned(),
        medium: Medium::ReadOnly,
    })
}
