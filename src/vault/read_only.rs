//! A vault that can't be written is read through a copy in memory.
//!
//! SQLite can't open a write-ahead-log database without writing beside it. The copy gets the bytes
//! that say "no log" instead; that is right only while no log holds anything, so a log that is not
//! empty is refused. Whether the copy is whole is proved by the head's MAC, as for every read.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use rusqlite::Connection;

use super::error::{VaultError, io_at, sqlite_at};

/// The bytes of the file header that say how it is written and read: 1 rollback, 2 log.
const FORMAT_BYTES: std::ops::Range<u64> = 18..20;

/// A database in memory with the file's content.
pub(super) fn copy_in_memory(path: &Path, mut file: &File) -> Result<Connection, VaultError> {
    refuse_log(path)?;
    let length = file.metadata().map_err(io_at("look at", path))?.len();
    file.seek(SeekFrom::Start(0)).map_err(io_at("read", path))?;
    let mut connection = Connection::open_in_memory().map_err(sqlite_at(path))?;
    let patched = WithoutLog {
        source: file,
        position: 0,
    };
    let size = usize::try_from(length).unwrap_or(usize::MAX);
    connection
        .deserialize_read_exact("main", patched, size, true)
        .map_err(sqlite_at(path))?;
    // A log that came while the file was read may have changed it under the reader.
    refuse_log(path)?;
    Ok(connection)
}

fn refuse_log(path: &Path) -> Result<(), VaultError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    match fs::metadata(Path::new(&log)) {
        Ok(found) if found.len() > 0 => Err(VaultError::UnmergedLog {
            path: path.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Reads a database file as one that has no log.
struct WithoutLog<'a> {
    source: &'a File,
    position: u64,
}

impl Read for WithoutLog<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        for (offset, byte) in (self.position..).zip(buffer.iter_mut().take(length)) {
            if FORMAT_BYTES.contains(&offset) {
                *byte = 1;
            }
        }
        self.position += length as u64;
        Ok(length)
    }
}
