//! Opening the SQLite file so that nobody can talk it into something.
//!
//! What stands at the path is looked at before SQLite touches it: owner, mode, links, the file's
//! first 100 bytes. A file that is not a vault, or is a newer one, is not changed in any way.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{VaultError, io_at, sqlite, sqlite_at, tampered};
use super::schema::{APPLICATION, SCHEMA};
use crate::private_file::{self, PrivateFileError};

/// How long a mutation or a reader waits for SQLite's locks.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// SQLite before 3.51.3 can corrupt a write-ahead log that two connections reset.
const OLDEST_SQLITE: i32 = 3_051_003;

/// What the file lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// A local disk: write-ahead log.
    Local,
    /// A network file system, which lacks the shared memory that the log needs: rollback journal.
    Network,
    /// The folder or the file can't be written: a copy in memory.
    ReadOnly,
}

/// An open database file, not yet unlocked.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) connection: Connection,
    /// The file, with its folder's links resolved.
    pub(super) path: PathBuf,
    pub(super) medium: Medium,
}

/// The path with the links of its folder resolved; `None` while there is no folder. Absolute, so
/// that no name can be taken for a `file:` URI.
pub(super) fn resolve(path: &Path) -> Result<Option<PathBuf>, VaultError> {
    let name = path.file_name().ok_or_else(|| VaultError::NotAVault {
        path: path.to_owned(),
    })?;
    let folder = private_file::folder(path);
    match fs::canonicalize(folder) {
        Ok(folder) => Ok(Some(folder.join(name))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_at("resolve", folder)(error)),
    }
}

/// Opens an existing vault file; `None` where nothing stands.
pub(super) fn open(path: &Path) -> Result<Option<Database>, VaultError> {
    let Some(path) = resolve(path)? else {
        return Ok(None);
    };
    match private_file::check_file(&path) {
        Err(error) if error.is_not_found() => return Ok(None),
        // What others may read and is none of ours is not to be made private, but left alone.
        Err(PrivateFileError::Loose { .. }) if !begins_like_a_vault(&path) => {
            return Err(VaultError::NotAVault { path });
        }
        checked => checked?,
    }
    if let Some(folder) = path.parent() {
        private_file::check_folder(folder)?;
        private_file::check_resolved_way(folder)?;
    }
    let file = File::open(&path).map_err(io_at("open", &path))?;
    let medium = medium(&path, &file)?;
    open_on(path, &file, medium).map(Some)
}

/// [`open`], with what the file lies on already known.
pub(super) fn open_on(path: PathBuf, file: &File, medium: Medium) -> Result<Database, VaultError> {
    let logged = check_start(&path, file)?;
    let connection = if medium == Medium::ReadOnly {
        super::read_only::copy_in_memory(&path, file)?
    } else {
        connect(&path)?
    };
    configure(&connection)?;
    match medium {
        Medium::Local if !logged => set_journal(&connection, "wal")?,
        Medium::Network if logged => {
            // Without shared memory the log can only be read by a connection that is alone.
            set_pragma(&connection, "locking_mode", "exclusive")?;
            set_journal(&connection, "delete")?;
            set_pragma(&connection, "locking_mode", "normal")?;
        }
        Medium::Local | Medium::Network | Medium::ReadOnly => {}
    }
    Ok(Database {
        connection,
        path,
        medium,
    })
}

/// Opens a file that exists, whatever is in it.
pub(super) fn connect(path: &Path) -> Result<Connection, VaultError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(tampered("this build has an SQLite that loses data"));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    Connection::open_with_flags(path, flags).map_err(sqlite_at(path))
}

/// The settings of every connection.
pub(super) fn configure(connection: &Connection) -> Result<(), VaultError> {
    let refused = [
        DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA,
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
        DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE,
        DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE,
    ];
    let wanted = [
        DbConfig::SQLITE_DBCONFIG_DEFENSIVE,
        // Closing after a hand-out would otherwise sync as much as a mutation does.
        DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
    ];
    connection
        .busy_timeout(PATIENCE)
        .map_err(sqlite(connection))?;
    for (settings, value) in [(&refused[..], false), (&wanted[..], true)] {
        for setting in settings {
            connection
                .set_db_config(*setting, value)
                .map_err(sqlite(connection))?;
        }
    }
    connection
        .execute_batch(
            "PRAGMA secure_delete = ON; PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 0;",
        )
        .map_err(sqlite(connection))?;
    if cfg!(target_os = "macos") {
        connection
            .execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;")
            .map_err(sqlite(connection))?;
    }
    Ok(())
}

pub(super) fn set_journal(connection: &Connection, mode: &str) -> Result<(), VaultError> {
    if set_pragma(connection, "journal_mode", mode)? == mode {
        Ok(())
    } else {
        Err(VaultError::Busy)
    }
}

pub(super) fn set_pragma(
    connection: &Connection,
    name: &str,
    value: &str,
) -> Result<String, VaultError> {
    connection
        .pragma_update_and_check(None, name, value, |row| row.get(0))
        .map_err(sqlite(connection))
}

/// Whether a regular file begins like one; one that can't be read may.
fn begins_like_a_vault(path: &Path) -> bool {
    let file = File::open(path);
    let checked = file.map(|file| check_start(path, &file));
    !matches!(checked, Ok(Err(VaultError::NotAVault { .. })))
}

/// Reads SQLite's file header (file format, section 1.3); says whether it uses a write-ahead log.
fn check_start(path: &Path, mut file: &File) -> Result<bool, VaultError> {
    let not_a_vault = || VaultError::NotAVault {
        path: path.to_owned(),
    };
    let mut start = [0; 100];
    match file.read_exact(&mut start) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            return Err(not_a_vault());
        }
        read => read.map_err(io_at("read", path))?,
    }
    let number = |at: usize| {
        start
            .get(at..)
            .and_then(|rest| rest.first_chunk::<4>())
            .map_or(0, |bytes| i32::from_be_bytes(*bytes))
    };
    let (version, application) = (number(60), number(68));
    if !start.starts_with(b"SQLite format 3\0") || application != APPLICATION {
        return Err(not_a_vault());
    }
    check_schema(u32::try_from(version).unwrap_or(u32::MAX))?;
    Ok(start.get(18) == Some(&2))
}

/// Refuses a schema that a newer program made.
pub(super) fn check_schema(found: u32) -> Result<(), VaultError> {
    if found > SCHEMA {
        return Err(VaultError::Newer {
            found,
            known: SCHEMA,
        });
    }
    Ok(())
}

#[cfg(unix)]
fn medium(path: &Path, file: &File) -> Result<Medium, VaultError> {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::Access;

    let metadata = file.metadata().map_err(io_at("look at", path))?;
    if metadata.nlink() > 1 {
        return Err(VaultError::HardLinked {
            path: path.to_owned(),
        });
    }
    let folder = path.parent().unwrap_or(path);
    for place in [path, folder] {
        match rustix::fs::access(place, Access::WRITE_OK) {
            Ok(()) => {}
            Err(rustix::io::Errno::ROFS | rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => {
                return Ok(Medium::ReadOnly);
            }
            Err(error) => return Err(io_at("look at", place)(error.into())),
        }
    }
    Ok(if is_network(file) {
        Medium::Network
    } else {
        Medium::Local
    })
}

#[cfg(not(unix))]
fn medium(path: &Path, file: &File) -> Result<Medium, VaultError> {
    let metadata = file.metadata().map_err(io_at("look at", path))?;
    Ok(if metadata.permissions().readonly() {
        Medium::ReadOnly
    } else {
        Medium::Local
    })
}

/// Whether the file lies on a file system that other machines may write (statfs(2) types).
#[cfg(target_os = "linux")]
fn is_network(file: &File) -> bool {
    const NETWORK: [u32; 12] = [
        0x6969,      // NFS
        0x517B,      // SMB
        0xFF53_4D42, // CIFS
        0xFE53_4D42, // SMB2
        0x0102_1997, // 9p
        0x6573_5546, // FUSE: sshfs and its like; a local one loses nothing by the journal
        0x5346_414F, // AFS
        0x00C3_6400, // Ceph
        0x7375_7245, // Coda
        0x0BD0_0BD0, // Lustre
        0x0116_1970, // GFS2
        0x7461_636F, // OCFS2
    ];
    rustix::fs::fstatfs(file).is_ok_and(|found| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the type is a 32-bit magic number in a field whose width varies"
        )]
        let kind = found.f_type as u32;
        NETWORK.contains(&kind)
    })
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_network(_: &File) -> bool {
    false
}
