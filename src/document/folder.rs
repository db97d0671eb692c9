//! The writer's folder: everything beneath one open directory, and never through a link.
//!
//! A file is replaced by exchanging it with a finished one, and only then looked at: an editor that
//! saved at the last moment loses nothing, because what came out of the exchange is compared with
//! what was meant to be replaced, and exchanged back when it is something else.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode as Bits, OFlags, RenameFlags, fstat, fsync, mkdirat, openat,
    renameat, renameat_with, statat, unlinkat,
};
use rustix::io::Errno;

use super::error::DocumentError;
use super::oid::Oid;
use crate::names::hex;

/// What tells a file that was not touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) modified: i64,
    pub(super) changed: i64,
    pub(super) inode: u64,
}

/// One name in a folder.
#[derive(Debug)]
pub(super) struct Name {
    /// Nothing where it is not UTF-8.
    pub(super) text: Option<String>,
    pub(super) kind: NameKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    File,
    Folder,
    Link,
    Other,
}

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder {
    root: OwnedFd,
    path: PathBuf,
}

/// What became of a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    Done,
    /// Something else stands there than what was to be replaced; it was left alone.
    Changed,
}

const OPEN_FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, DocumentError> {
        // the folder itself may be named through a link: it is the person who names it
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = openat(CWD, path, flags, Bits::empty()).map_err(|error| DocumentError::Io {
            action: "open",
            path: path.to_owned(),
            source: error.into(),
        })?;
        Ok(Self {
            root,
            path: path.to_owned(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn failed<'a>(
        &'a self,
        action: &'static str,
        path: &'a str,
    ) -> impl Fn(Errno) -> DocumentError + 'a {
        move |error| DocumentError::Io {
            action,
            path: self.path.join(path),
            source: error.into(),
        }
    }

    /// The folder that holds `path`, opened part by part, and the last part.
    fn parent<'a>(&self, path: &'a str, make: bool) -> Result<(OwnedFd, &'a str), Errno> {
        let mut folder = self.root.try_clone().map_err(|error| from_io(&error))?;
        let mut parts = path.split('/');
        let name = parts.next_back().unwrap_or(path);
        for part in parts {
            if make {
                match mkdirat(&folder, part, Bits::from_raw_mode(0o777)) {
                    Ok(()) => fsync(&folder)?,
                    Err(Errno::EXIST) => {}
                    Err(error) => return Err(error),
                }
            }
            folder = openat(&folder, part, OPEN_FOLDER, Bits::empty())?;
        }
        Ok((folder, name))
    }

    /// What stands in a folder (`""` is the whole); sorted by name.
    pub(super) fn list(&self, path: &str) -> Result<Vec<Name>, DocumentError> {
        let failed = self.failed("look into", path);
        let folder = if path.is_empty() {
            openat(&self.root, ".", OPEN_FOLDER, Bits::empty())
        } else {
            self.parent(path, false)
                .and_then(|(parent, name)| openat(&parent, name, OPEN_FOLDER, Bits::empty()))
        };
        let folder = folder.map_err(&failed)?;
        let mut names = Vec::new();
        for entry in Dir::read_from(&folder).map_err(&failed)? {
            let entry = entry.map_err(&failed)?;
            let raw = entry.file_name();
            if matches!(raw.to_bytes(), b"." | b"..") {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => {
                    let stat = statat(&folder, raw, AtFlags::SYMLINK_NOFOLLOW).map_err(&failed)?;
                    FileType::from_raw_mode(stat.st_mode)
                }
                known @ (FileType::RegularFile
                | FileType::Directory
                | FileType::Symlink
                | FileType::Fifo
                | FileType::Socket
                | FileType::CharacterDevice
                | FileType::BlockDevice) => known,
            };
            names.push(Name {
                text: raw.to_str().ok().map(str::to_owned),
                kind: match kind {
                    FileType::RegularFile => NameKind::File,
                    FileType::Directory => NameKind::Folder,
                    FileType::Symlink => NameKind::Link,
                    FileType::Fifo
                    | FileType::Socket
                    | FileType::CharacterDevice
                    | FileType::BlockDevice
                    | FileType::Unknown => NameKind::Other,
                },
            });
        }
        names.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        Ok(names)
    }

    /// A file's state; nothing where there is no such file.
    pub(super) fn stat(&self, path: &str) -> Result<Option<Stat>, DocumentError> {
        let found = self
            .parent(path, false)
            .and_then(|(parent, name)| statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW));
        match found {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                Ok(Some(state_of(&stat)))
            }
            Ok(_) | Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
            Err(error) => Err(self.failed("look at", path)(error)),
        }
    }

    /// A file's bytes; nothing where there is no such file.
    pub(super) fn read(&self, path: &str) -> Result<Option<(Vec<u8>, Stat)>, DocumentError> {
        let failed = self.failed("read", path);
        let opened = self.parent(path, false).and_then(|(parent, name)| {
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            openat(&parent, name, flags, Bits::empty())
        });
        let file = match opened {
            Ok(file) => file,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let stat = fstat(&file).map_err(&failed)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        File::from(file)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(from_io(&error)))?;
        Ok(Some((bytes, state_of(&stat))))
    }

    /// The name of what stands at a path.
    pub(super) fn oid(&self, path: &str) -> Result<Option<Oid>, DocumentError> {
        let read = self.read(path)?;
        Ok(read.map(|(bytes, _)| Oid::of_blob(&bytes)))
    }

    /// Puts `bytes` at `path`, where `before` stands (nothing: where nothing stands).
    pub(super) fn put(
        &self,
        path: &str,
        before: Option<Oid>,
        bytes: &[u8],
        executable: bool,
    ) -> Result<Placed, DocumentError> {
        let failed = self.failed("write", path);
        let (parent, name) = self.parent(path, true).map_err(&failed)?;
        let temporary = temporary_name().map_err(&failed)?;
        let old = statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW).ok();
        let mode = if executable { 0o777 } else { 0o666 };
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file =
            openat(&parent, &*temporary, flags, Bits::from_raw_mode(mode)).map_err(&failed)?;
        if let Some(old) = old {
            // not worth failing for: a file system may know no modes
            let _ = rustix::fs::fchmod(&file, Bits::from_raw_mode(old.st_mode));
        }
        let mut file = File::from(file);
        let written = file
            .write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(|error| from_io(&error));
        let placed = written.and_then(|()| match before {
            None => put_new(&parent, &temporary, name),
            Some(before) => exchange(&parent, &temporary, name, before),
        });
        if !matches!(placed, Ok(Placed::Done)) {
            // of no use to anybody; failing to remove it changes nothing
            let _ = unlinkat(&parent, &*temporary, AtFlags::empty());
        }
        let placed = placed.map_err(&failed)?;
        fsync(&parent).map_err(&failed)?;
        Ok(placed)
    }

    /// Takes away what stands at `path` if it is `before`, and the folders that are empty then.
    pub(super) fn remove(&self, path: &str, before: Oid) -> Result<Placed, DocumentError> {
        let failed = self.failed("remove", path);
        let (parent, name) = match self.parent(path, false) {
            Ok(found) => found,
            Err(Errno::NOENT | Errno::NOTDIR) => return Ok(Placed::Done),
            Err(error) => return Err(failed(error)),
        };
        let temporary = temporary_name().map_err(&failed)?;
        match renameat(&parent, name, &parent, &*temporary) {
            Ok(()) => {}
            Err(Errno::NOENT) => return Ok(Placed::Done),
            Err(error) => return Err(failed(error)),
        }
        if content(&parent, &temporary).map_err(&failed)? != Some(before) {
            put_new(&parent, &temporary, name).map_err(&failed)?;
            return Ok(Placed::Changed);
        }
        unlinkat(&parent, &*temporary, AtFlags::empty()).map_err(&failed)?;
        fsync(&parent).map_err(&failed)?;
        drop(parent);
        self.prune(path);
        Ok(Placed::Done)
    }

    /// Removes the folders above `path` that are empty; the first that isn't ends it.
    fn prune(&self, path: &str) {
        let mut path = path;
        while let Some((folder, _)) = path.rsplit_once('/') {
            let removed = self
                .parent(folder, false)
                .and_then(|(parent, name)| unlinkat(&parent, name, AtFlags::REMOVEDIR));
            if removed.is_err() {
                return;
            }
            path = folder;
        }
    }
}

fn temporary_name() -> Result<String, Errno> {
    let mut suffix = [0_u8; 8];
    getrandom::fill(&mut suffix).map_err(|_| Errno::IO)?;
    Ok(format!(".oauthctl-{}.tmp", hex(&suffix)))
}

/// Whether a name is one of [`temporary_name`]'s: left by a crash.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(".oauthctl-") && name.strip_suffix(".tmp").is_some()
}

fn put_new(parent: &OwnedFd, temporary: &str, name: &str) -> Result<Placed, Errno> {
    match renameat_with(parent, temporary, parent, name, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(Placed::Done),
        Err(Errno::EXIST) => Ok(Placed::Changed),
        // a file system that can't: a link replaces nothing either
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            match rustix::fs::linkat(parent, temporary, parent, name, AtFlags::empty()) {
                Ok(()) => unlinkat(parent, temporary, AtFlags::empty()).map(|()| Placed::Done),
                Err(Errno::EXIST) => Ok(Placed::Changed),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

fn exchange(parent: &OwnedFd, temporary: &str, name: &str, before: Oid) -> Result<Placed, Errno> {
    if content(parent, name)? != Some(before) {
        return Ok(Placed::Changed);
    }
    let swap = || renameat_with(parent, temporary, parent, name, RenameFlags::EXCHANGE);
    match swap() {
        Ok(()) => {}
        // a file system that can't
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            renameat(parent, temporary, parent, name)?;
            return Ok(Placed::Done);
        }
        Err(Errno::NOENT) => return Ok(Placed::Changed),
        Err(error) => return Err(error),
    }
    if content(parent, temporary)? != Some(before) {
        swap()?;
        return Ok(Placed::Changed);
    }
    unlinkat(parent, temporary, AtFlags::empty())?;
    Ok(Placed::Done)
}

fn content(parent: &OwnedFd, name: &str) -> Result<Option<Oid>, Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match openat(parent, name, flags, Bits::empty()) {
        Ok(file) => file,
        Err(Errno::NOENT | Errno::LOOP) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    File::from(file)
        .read_to_end(&mut bytes)
        .map_err(|error| from_io(&error))?;
    Ok(Some(Oid::of_blob(&bytes)))
}

fn from_io(error: &io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

fn state_of(stat: &rustix::fs::Stat) -> Stat {
    let nanos = |seconds: i64, nanos: u64| {
        let nanos = i64::try_from(nanos).unwrap_or_default();
        seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
    };
    Stat {
        size: u64::try_from(stat.st_size).unwrap_or_default(),
        modified: nanos(stat.st_mtime, stat.st_mtime_nsec),
        changed: nanos(stat.st_ctime, stat.st_ctime_nsec),
        inode: stat.st_ino,
    }
}
