//! What can be wrong with a vault; callers branch on the variants.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};
use thiserror::Error;

use super::verify::AuditFault;
use crate::lock::LockError;
use crate::private_file::{PrivateFileError, is_no_room};

/// Why the vault did not do what was asked.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The file or its folder is a link, somebody else's, or open to others.
    #[error(transparent)]
    Unsafe(#[from] PrivateFileError),
    /// The file has a second name (a hard link), so that two journals could exist for it.
    #[error("`{}` has more than one hard link", path.display())]
    HardLinked {
        /// The vault file.
        path: PathBuf,
    },
    /// There is a file, but it is not a vault.
    #[error("`{}` is not a vault", path.display())]
    NotAVault {
        /// The file.
        path: PathBuf,
    },
    /// A vault stands there already.
    #[error("`{}` exists already", path.display())]
    AlreadyExists {
        /// The vault file.
        path: PathBuf,
    },
    /// A newer program wrote it; it was left untouched.
    #[error("the vault has schema {found}, this program knows schemas up to {known}")]
    Newer {
        /// The vault's schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// An older program wrote it; it has to be migrated before it is used.
    #[error("the vault has schema {found} and must be migrated to {known}")]
    NeedsMigration {
        /// The vault's schema.
        found: u32,
        /// The schema that this program uses.
        known: u32,
    },
    /// The identity does not open the header.
    #[error("the key does not open this vault")]
    WrongKey,
    /// A recipient is not one that a vault can be locked to.
    #[error("`{}` is not an age recipient", crate::escape::line(text))]
    BadRecipient {
        /// What was given.
        text: String,
    },
    /// An age plugin did not do what it was asked for.
    #[error("an age plugin failed: {said}")]
    Plugin {
        /// Which one, and what it said.
        said: String,
    },
    /// Nothing could be locked to a recipient.
    #[error(
        "nothing could be locked to `{}`: {said}",
        crate::escape::line(recipient)
    )]
    NotLocked {
        /// The age recipient.
        recipient: String,
        /// Why, such as what its plugin said.
        said: String,
    },
    /// age refuses to lock one file to all of them.
    #[error("those keys can't open the same file")]
    Recipients,
    /// The key opens the header, but the vault key in it is not the pinned one: somebody replaced
    /// the header.
    #[error("this vault is not the one that is pinned next to its key")]
    PinMismatch {
        /// The fingerprint of the vault key that is in it.
        found: String,
    },
    /// The vault key was changed by another process since this one opened the vault.
    #[error("the vault was re-keyed meanwhile")]
    KeyChanged,
    /// Something does not authenticate.
    #[error("the vault was tampered with or is damaged: {what}")]
    Tampered {
        /// What does not authenticate.
        what: String,
    },
    /// The audit log is not whole.
    #[error(transparent)]
    Audit(#[from] AuditFault),
    /// An authentic record has a form that this program doesn't know.
    #[error("record {id} of the vault has a form that this program does not know")]
    UnknownRecord {
        /// The row.
        id: i64,
    },
    /// The vault is older than its anchor, or a fork of it; writing is refused until a person
    /// accepts that.
    #[error("the vault was rolled back: {why}")]
    RolledBack {
        /// What differs.
        why: String,
    },
    /// No pin confirms that this is the right vault; writing is refused.
    #[error("the vault's fingerprint is not confirmed")]
    Unpinned,
    /// The vault is a copy of one that went on elsewhere; writing is refused.
    #[error("the vault is a copy of one on another machine, or of one that this machine knows")]
    CopiedInstance,
    /// The folder or the file system can't be written.
    #[error("`{}` is read-only", path.display())]
    ReadOnly {
        /// The vault file.
        path: PathBuf,
    },
    /// A vault that can't be written has unread changes in its write-ahead log.
    #[error("`{}` is read-only and has a write-ahead log that was not merged", path.display())]
    UnmergedLog {
        /// The vault file.
        path: PathBuf,
    },
    /// Another process kept the vault's write lock.
    #[error("the vault is busy")]
    Busy,
    /// The disk or quota is full.
    #[error("no space left for `{}`", path.display())]
    NoSpace {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The row changed since it was read.
    #[error("the record changed meanwhile")]
    Conflict,
    /// A record of that kind and name exists.
    #[error("a record with this name exists already")]
    Exists,
    /// A lock beside the vault was not taken.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The anchor can't be read or written.
    #[error("the vault's anchor could not be {action}: {why}")]
    Anchor {
        /// `read` or `written`.
        action: &'static str,
        /// What its keeper said.
        why: String,
    },
    /// The system refused.
    #[error("could not {action} `{}`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness(#[source] getrandom::Error),
    /// SQLite refused for another reason.
    #[error("SQLite could not use `{}`", path.display())]
    Sqlite {
        /// The vault file.
        path: PathBuf,
        /// What SQLite said; statements of ours carry no values in their text.
        source: rusqlite::Error,
    },
}

impl VaultError {
    /// Whether what stands there is no vault, not the one that is meant, or not as it was written.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::NotAVault { .. }
                | Self::PinMismatch { .. }
                | Self::Tampered { .. }
                | Self::UnknownRecord { .. }
                | Self::Audit(_)
        )
    }
}

/// `Tampered`, in words.
pub(super) fn tampered(what: impl Into<String>) -> VaultError {
    VaultError::Tampered { what: what.into() }
}

/// Makes a `map_err` argument for a connection's file; see [`sqlite_at`].
pub(super) fn sqlite(connection: &Connection) -> impl Fn(rusqlite::Error) -> VaultError + '_ {
    |source| sqlite_at(Path::new(connection.path().unwrap_or_default()))(source)
}

/// Makes a `map_err` argument that sorts SQLite's errors into those a caller branches on.
pub(super) fn sqlite_at(path: &Path) -> impl Fn(rusqlite::Error) -> VaultError + '_ {
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => VaultError::Busy,
        Some(ErrorCode::DiskFull) => VaultError::NoSpace {
            path: path.to_owned(),
        },
        // Another file was put in its place since it was opened.
        Some(ErrorCode::ReadOnly) if is_moved(&source) => VaultError::Busy,
        Some(ErrorCode::ReadOnly) => VaultError::ReadOnly {
            path: path.to_owned(),
        },
        Some(ErrorCode::DatabaseCorrupt) => tampered("the database file is malformed"),
        Some(ErrorCode::NotADatabase) => VaultError::NotAVault {
            path: path.to_owned(),
        },
        // A column of another type, a missing table or column, a statement that no longer fits:
        // the schema or the cells are not what this program wrote.
        Some(ErrorCode::Unknown | ErrorCode::TypeMismatch | ErrorCode::ConstraintViolation) => {
            tampered("the database has another shape than it was given")
        }
        _ if is_shape(&source) => tampered("the database has another shape than it was given"),
        _ => VaultError::Sqlite {
            path: path.to_owned(),
            source,
        },
    }
}

fn is_moved(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code == Some(rusqlite::ffi::SQLITE_READONLY_DBMOVED)
}

fn is_shape(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::QueryReturnedNoRows
            | rusqlite::Error::SqlInputError { .. }
            | rusqlite::Error::Utf8Error(..)
    )
}

/// Makes a `map_err` argument for files.
pub(super) fn io_at<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl Fn(io::Error) -> VaultError + 'a {
    move |source| {
        let (kind, path) = (source.kind(), path.to_owned());
        if is_no_room(kind) {
            VaultError::NoSpace { path }
        } else if kind == io::ErrorKind::ReadOnlyFilesystem {
            VaultError::ReadOnly { path }
        } else {
            VaultError::Io {
                action,
                path,
                source,
            }
        }
    }
}

/// Random bytes from the system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(VaultError::NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_another_took_the_place_of_is_written_no_more_and_is_busy() {
        let root = tempfile::tempdir().unwrap();
        let [path, other] = ["a.db", "b.db"].map(|name| root.path().join(name));
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE t (x)").unwrap();
        std::fs::copy(&path, &other).unwrap();
        std::fs::rename(&other, &path).unwrap();
        for sql in ["INSERT INTO t VALUES (1)", "PRAGMA journal_mode = wal"] {
            let error = connection.execute_batch(sql).unwrap_err();
            assert!(matches!(sqlite_at(&path)(error), VaultError::Busy), "{sql}");
        }
    }
}
