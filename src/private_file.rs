//! Files and folders that only their owner may read: made private from the first instant, never
//! loosened, refused when somebody else could have written them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::names::hex;

/// What went wrong with a private file; each names its path.
#[derive(Debug, Error)]
pub enum PrivateFileError {
    /// The system refused.
    #[error("could not {action} `{}`", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It may be in its place, whole, and may not.
    #[error("could not make sure of `{}`", path.display())]
    Unsure {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others may read or write it.
    #[error("`{}` can be read or written by others (mode {mode:04o})", path.display())]
    Loose {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Somebody else owns it.
    #[error("`{}` belongs to another user", path.display())]
    Foreign {
        /// The file or folder.
        path: PathBuf,
    },
    /// It is a symbolic link.
    #[error("`{}` is a symbolic link", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// It is neither a regular file nor a folder, as wanted.
    #[error("`{}` is not a regular {wanted}", path.display())]
    WrongType {
        /// What stands there.
        path: PathBuf,
        /// `file` or `folder`.
        wanted: &'static str,
    },
    /// It is larger than anything that belongs there.
    #[error("`{}` is larger than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
}

impl PrivateFileError {
    /// Whether the cause is that nothing stands at that path.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

/// Whether the system has no room left.
#[must_use]
pub fn is_no_room(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

fn io_error<'a>(
    action: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> PrivateFileError + 'a {
    move |source| PrivateFileError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}

/// Makes a folder and its missing parents, each with mode 0700 from the start, and checks the last
/// one as [`check_folder`] does.
///
/// # Errors
/// When the folder can't be made or is not private.
pub fn ensure_folder(path: &Path) -> Result<(), PrivateFileError> {
    if !path.is_dir() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(io_error("create", path))?;
    }
    check_folder(path)
}

/// Refuses a folder that another user owns, or that others may write to.
///
/// # Errors
/// The reason, with the path.
pub fn check_folder(path: &Path) -> Result<(), PrivateFileError> {
    let metadata = fs::metadata(path).map_err(io_error("look at", path))?;
    if !metadata.is_dir() {
        return Err(PrivateFileError::WrongType {
            path: path.to_owned(),
            wanted: "folder",
        });
    }
    check_owner_and_mode(path, &metadata, 0o022)
}

/// Refuses a folder above which somebody else could put another one in its place: each folder on
/// the way must belong to this user or to root, and others may write to it only where it is sticky,
/// as `/tmp` is. A group that is the user's own, as many systems make one for each user, may.
///
/// # Errors
/// The reason, with the path of the folder that is open.
pub fn check_way(folder: &Path) -> Result<(), PrivateFileError> {
    check_resolved_way(&fs::canonicalize(folder).map_err(io_error("look at", folder))?)
}

/// [`check_way`] of a folder whose links are resolved.
///
/// # Errors
/// The same.
#[cfg(unix)]
pub fn check_resolved_way(folder: &Path) -> Result<(), PrivateFileError> {
    use std::os::unix::fs::MetadataExt;

    const STICKY: u32 = 0o1000;
    let own = rustix::process::geteuid().as_raw();
    for above in folder.ancestors().skip(1) {
        let metadata = fs::metadata(above).map_err(io_error("look at", above))?;
        let path = above.to_owned();
        if metadata.uid() != own && metadata.uid() != 0 {
            return Err(PrivateFileError::Foreign { path });
        }
        let mode = metadata.mode() & 0o7777;
        let by_group = mode & 0o020 != 0 && metadata.gid() != own && metadata.gid() != 0;
        if mode & STICKY == 0 && (mode & 0o002 != 0 || by_group) {
            return Err(PrivateFileError::Loose { path, mode });
        }
    }
    Ok(())
}

/// [`check_way`] where the system has no such modes.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn check_resolved_way(_: &Path) -> Result<(), PrivateFileError> {
    Ok(())
}

/// Refuses a file that is a link, that another user owns, or that others may read or write.
/// A missing file is an error for which [`PrivateFileError::is_not_found`] holds.
///
/// # Errors
/// The reason, with the path.
pub fn check_file(path: &Path) -> Result<(), PrivateFileError> {
    let metadata = fs::symlink_metadata(path).map_err(io_error("look at", path))?;
    if metadata.is_symlink() {
        return Err(PrivateFileError::Symlink {
            path: path.to_owned(),
        });
    }
    if !metadata.is_file() {
        return Err(PrivateFileError::WrongType {
            path: path.to_owned(),
            wanted: "file",
        });
    }
    check_owner_and_mode(path, &metadata, 0o077)
}

#[cfg(unix)]
fn check_owner_and_mode(
    path: &Path,
    metadata: &fs::Metadata,
    forbidden: u32,
) -> Result<(), PrivateFileError> {
    use std::os::unix::fs::MetadataExt;

    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(PrivateFileError::Foreign {
            path: path.to_owned(),
        });
    }
    let mode = metadata.mode() & 0o7777;
    if mode & forbidden != 0 {
        return Err(PrivateFileError::Loose {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner_and_mode(_: &Path, _: &fs::Metadata, _: u32) -> Result<(), PrivateFileError> {
    Ok(())
}

/// Creates a new file with mode 0600; fails when anything, even a dangling link, stands there.
///
/// # Errors
/// When it exists or can't be made.
pub fn create_new(path: &Path) -> Result<File, PrivateFileError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(io_error("create", path))
}

/// Opens a file for locking or rewriting, making it with mode 0600 when it is missing. Links are
/// not followed.
///
/// # Errors
/// When it can't be opened or is not private.
pub fn open_or_create(path: &Path) -> Result<File, PrivateFileError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(no_follow());
    }
    let file = options.open(path).map_err(io_error("open", path))?;
    check_file(path)?;
    Ok(file)
}

#[cfg(unix)]
fn no_follow() -> i32 {
    // `O_NOFOLLOW` is a small positive flag on every system that this builds for.
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

/// Reads a private file whole. No link is followed, nothing is waited for, and the checks look at
/// what was opened, not at what stood there before.
///
/// # Errors
/// When it is missing, a link, not a regular file, somebody else's, open to others, or larger than
/// `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, PrivateFileError> {
    read_whole(open_checked(path, 0o077)?, path, limit)
}

/// Reads a file whole, whoever may read it (definitions and settings hold no secret).
///
/// # Errors
/// When it is missing or larger than `limit` bytes.
pub fn read_any(path: &Path, limit: u64) -> Result<Vec<u8>, PrivateFileError> {
    let file = File::open(path).map_err(io_error("open", path))?;
    read_whole(file, path, limit)
}

fn read_whole(file: File, path: &Path, limit: u64) -> Result<Vec<u8>, PrivateFileError> {
    // most are smaller: read at once, and no secret is left behind where the space was too small
    let mut bytes = Vec::with_capacity(1024);
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(io_error("read", path))?;
    if bytes.len() as u64 > limit {
        return Err(PrivateFileError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

/// Reads a file whole that others may read but must not be able to write: definitions and settings
/// hold no secret, but decide where secrets go. Opened and checked as by [`read`].
///
/// # Errors
/// When it is missing, a link, not a regular file, somebody else's, writable by others, or larger
/// than `limit` bytes.
pub fn read_trusted(path: &Path, limit: u64) -> Result<Vec<u8>, PrivateFileError> {
    read_whole(open_checked(path, 0o022)?, path, limit)
}

fn open_checked(path: &Path, forbidden: u32) -> Result<File, PrivateFileError> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Without `O_NONBLOCK`, opening a named pipe waits for somebody to write to it.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if is_link {
        return Err(PrivateFileError::Symlink {
            path: path.to_owned(),
        });
    }
    let file = options.open(path).map_err(io_error("open", path))?;
    let metadata = file.metadata().map_err(io_error("look at", path))?;
    if !metadata.is_file() {
        return Err(PrivateFileError::WrongType {
            path: path.to_owned(),
            wanted: "file",
        });
    }
    check_owner_and_mode(path, &metadata, forbidden)?;
    Ok(file)
}

/// Replaces a file by a new one with mode 0600: written beside it, fsynced, renamed over it, and
/// the folder fsynced. After a crash either the old or the new content is there, whole.
///
/// # Errors
/// When any step fails; the old file then stands as it was, except for [`PrivateFileError::Unsure`].
pub fn replace(path: &Path, content: &[u8]) -> Result<(), PrivateFileError> {
    put(path, content, |temporary| fs::rename(temporary, path))
}

/// Makes a new file with mode 0600 that is never there half: after a crash it stands whole, or not
/// at all. Fails when anything, even a dangling link, stands there.
///
/// # Errors
/// When something stands there or any step fails.
pub fn create_whole(path: &Path, content: &[u8]) -> Result<(), PrivateFileError> {
    put(path, content, |temporary| rename_to_free(temporary, path))
}

/// As [`replace`], and reads the new file back before it takes the old one's place. Its mode is not
/// looked at: there are disks that keep none.
///
/// # Errors
/// When any step fails, or the disk gives back something else; the old file then stands as it was,
/// except for [`PrivateFileError::Unsure`].
pub fn replace_checked(path: &Path, content: &[u8]) -> Result<(), PrivateFileError> {
    put(path, content, |temporary| {
        reads_back(temporary, content)?;
        fs::rename(temporary, path)
    })
}

/// As [`create_whole`], and reads the file back before it appears.
///
/// # Errors
/// When something stands there, any step fails, or the disk gives back something else; there is no
/// new file then, except for [`PrivateFileError::Unsure`].
pub fn create_checked(path: &Path, content: &[u8]) -> Result<(), PrivateFileError> {
    put(path, content, |temporary| {
        reads_back(temporary, content)?;
        rename_to_free(temporary, path)
    })
}

fn reads_back(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::read(path)? == content {
        return Ok(());
    }
    let why = "it does not read as it was written: its disk may be failing";
    Err(io::Error::new(io::ErrorKind::InvalidData, why))
}

/// Gives a file that stands in the way another name beside its own, and says which: `NAME.old`, or
/// `NAME.old-2` and so on. Nothing is replaced.
///
/// # Errors
/// When it can't be renamed; it then stands where it stood.
pub fn set_aside(path: &Path) -> Result<PathBuf, PrivateFileError> {
    let aside = to_aside(path, path)?;
    sync_parent(path)?;
    Ok(aside)
}

/// Puts the file `new`, of the same file system, in the place of the one at `path`, and says where
/// that is now, as [`set_aside`]. It is one step where the system can exchange two names. Where it
/// can't, whoever is cut off between two steps leaves nothing at `path`, and the old file under its
/// new name. Whoever is cut off before leaves the old file where it stood, and maybe the new one under
/// a name of what is set aside.
///
/// # Errors
/// When that can't be done; the old file then stands where it stood. [`PrivateFileError::Unsure`]
/// when it was done and may be undone by a crash.
pub fn swap(new: &Path, path: &Path) -> Result<PathBuf, PrivateFileError> {
    // First the new one has the old one's name to be, so that one step does both.
    let aside = to_aside(new, path)?;
    let exchanged = match exchange(&aside, path) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            fs::rename(&aside, new).map_err(io_error("rename", &aside))?;
            return swap_in_two_steps(new, path);
        }
        exchanged => exchanged,
    };
    if let Err(error) = exchanged {
        let _ = fs::rename(&aside, new);
        return Err(io_error("rename", path)(error));
    }
    synced(path)?;
    Ok(aside)
}

fn swap_in_two_steps(new: &Path, path: &Path) -> Result<PathBuf, PrivateFileError> {
    let aside = set_aside(path)?;
    if let Err(error) = fs::rename(new, path) {
        let _ = fs::rename(&aside, path);
        return Err(io_error("rename", new)(error));
    }
    synced(path)?;
    Ok(aside)
}

fn synced(path: &Path) -> Result<(), PrivateFileError> {
    sync(folder(path)).map_err(|source| PrivateFileError::Unsure {
        path: path.to_owned(),
        source,
    })
}

/// [`io::ErrorKind::Unsupported`] where the system or the file system can't.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(io::ErrorKind::Unsupported.into()),
        renamed => Ok(renamed?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives `from` the first free name of what is set aside at `path`.
fn to_aside(from: &Path, path: &Path) -> Result<PathBuf, PrivateFileError> {
    for number in 1..1000 {
        let suffix = match number {
            1 => ".old".to_owned(),
            _ => format!(".old-{number}"),
        };
        let aside = with_suffix(path, &suffix);
        match rename_to_free(from, &aside) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io_error("rename", from)(error)),
            Ok(()) => return Ok(aside),
        }
    }
    Err(io_error("rename", from)(
        io::ErrorKind::AlreadyExists.into(),
    ))
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // a file system that can't
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => link_to_free(from, to),
        renamed => Ok(renamed?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    link_to_free(from, to)
}

/// A link replaces nothing, but a crash may leave the file under both names.
fn link_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        // a file system that has none
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported
            ) =>
        {
            claim_free(from, to)
        }
        Err(error) => Err(error),
    }
}

/// The new name is taken by an empty file first, which a crash may leave: no more can be had there.
fn claim_free(from: &Path, to: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).open(to)?;
    fs::rename(from, to).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

/// Writes a small file into a folder and removes it: whether there may be files in it, and is room.
///
/// # Errors
/// What stands against it.
pub fn try_folder(folder: &Path) -> Result<(), PrivateFileError> {
    let path = folder.join("try");
    let tried = put(&path, &[b'.'; 4096], |temporary| fs::remove_file(temporary));
    tried.map_err(|error| {
        if let PrivateFileError::Io { source, .. } = error {
            return io_error("write to", folder)(source);
        }
        error
    })
}

/// How a file ends that is being written, behind 16 random hex digits.
const HALF: &str = ".tmp";

/// Whether a file has the name of one that is being written here, or was when the program was killed.
#[must_use]
pub fn is_half_written(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(HALF);
    let random = name
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, random)| random);
    random.is_some_and(|random| {
        random.len() == 16
            && random
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Files that were being written at `path`, or at a name beside it that begins with its own and a
/// dot, when the program was killed.
#[must_use]
pub fn half_written_of(path: &Path) -> Vec<PathBuf> {
    let start = with_suffix(path, ".").into_os_string();
    let entries = fs::read_dir(folder(path)).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| {
        let path_bytes = path.as_os_str().as_encoded_bytes();
        is_half_written(path) && path_bytes.starts_with(start.as_encoded_bytes())
    });
    found
}

fn put(
    path: &Path,
    content: &[u8],
    place: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), PrivateFileError> {
    let mut suffix = [0_u8; 8];
    getrandom::fill(&mut suffix)
        .map_err(|error| io_error("name a temporary file for", path)(io::Error::from(error)))?;
    let temporary = with_suffix(path, &format!(".{}{HALF}", hex(&suffix)));
    let mut file = create_new(&temporary).map_err(|error| match error {
        // nobody has named the temporary one
        PrivateFileError::Io { action, source, .. } => io_error(action, path)(source),
        other @ (PrivateFileError::Unsure { .. }
        | PrivateFileError::Loose { .. }
        | PrivateFileError::Foreign { .. }
        | PrivateFileError::Symlink { .. }
        | PrivateFileError::WrongType { .. }
        | PrivateFileError::TooLarge { .. }) => other,
    })?;
    let written = file
        .write_all(content)
        .and_then(|()| file.sync_all())
        .and_then(|()| place(&temporary));
    if let Err(source) = written {
        let path = path.to_owned();
        // A file system elsewhere may rename, and lose the answer.
        let placed = fs::symlink_metadata(&temporary).is_err() || holds(&path, content);
        // The temporary file is of no use to anybody; failing to remove it changes nothing.
        let _ = fs::remove_file(&temporary);
        return Err(if placed {
            PrivateFileError::Unsure { path, source }
        } else {
            io_error("write", &path)(source)
        });
    }
    synced(path)
}

/// Whether a file stands there with that content. A pipe would be waited for.
fn holds(path: &Path, content: &[u8]) -> bool {
    let found = fs::symlink_metadata(path);
    let same = found.is_ok_and(|it| it.is_file() && it.len() == content.len() as u64);
    same && fs::read(path).is_ok_and(|there| there == content)
}

/// `path` with `suffix` behind its file name: what lies beside a file and belongs to it.
#[must_use]
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the entry of `path` in its folder durable.
///
/// # Errors
/// When the folder can't be opened or fsynced.
pub fn sync_parent(path: &Path) -> Result<(), PrivateFileError> {
    sync(folder(path)).map_err(io_error("sync", folder(path)))
}

/// The folder that a path names; the working folder where it names none.
#[must_use]
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The whole path of a file that may not be there yet, with the links of its folder resolved where
/// that is there.
#[must_use]
pub fn whole_path(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (whole.parent().map(Path::canonicalize), whole.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => whole,
    }
}

/// Whether two paths lead to one file, over whatever links.
#[must_use]
pub fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    whole_path(one) == whole_path(other)
}

fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(()); // a folder can't be opened for syncing there; NTFS journals its entries
    }
    File::open(folder).and_then(|folder| folder.sync_all())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_whole_file_is_private_and_replaces_nothing() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("f");
        create_whole(&file, b"one").unwrap();
        assert!(create_whole(&file, b"two").is_err());
        assert!(link_to_free(&file, &file).is_err());
        let other = root.path().join("other");
        create_whole(&other, b"other").unwrap();
        assert!(claim_free(&other, &file).is_err());
        claim_free(&other, &root.path().join("free")).unwrap();
        fs::remove_file(root.path().join("free")).unwrap();
        assert_eq!(
            (mode(&file), read(&file, 10).unwrap()),
            (0o600, b"one".to_vec())
        );
        let dangling = root.path().join("dangling");
        symlink(root.path().join("nowhere"), &dangling).unwrap();
        assert!(create_whole(&dangling, b"two").is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_swap_leaves_both_files_under_their_new_names() {
        let root = tempfile::tempdir().unwrap();
        let [file, new] = ["f", "new"].map(|name| root.path().join(name));
        for (number, way) in [swap, swap_in_two_steps].into_iter().enumerate() {
            replace(&file, b"old").unwrap();
            replace(&new, b"new").unwrap();
            let aside = way(&new, &file).unwrap();
            let name = ["f.old", "f.old-2"].map(|name| root.path().join(name));
            assert_eq!(aside, name[number]);
            assert_eq!(fs::read(&file).unwrap(), b"new");
            assert_eq!(fs::read(&aside).unwrap(), b"old");
            assert_eq!(fs::read_dir(root.path()).unwrap().count(), number + 2);
        }
        // nothing to put there: what stands there stays
        assert!(swap(&new, &file).is_err());
        assert!(swap_in_two_steps(&new, &file).is_err());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 3);
    }

    #[test]
    fn what_is_made_here_is_private_from_the_start() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        ensure_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        let file = folder.join("f");
        replace(&file, b"one").unwrap();
        replace(&file, b"two").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(read(&file, 10).unwrap(), b"two");
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "no temporary file is left"
        );
    }

    #[test]
    fn links_loose_modes_and_large_files_are_refused() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("f");
        replace(&file, b"secret").unwrap();
        let link = root.path().join("l");
        symlink(&file, &link).unwrap();
        assert!(matches!(
            read(&link, 10),
            Err(PrivateFileError::Symlink { .. })
        ));
        assert!(open_or_create(&link).is_err());
        assert!(create_new(&link).is_err());
        assert!(matches!(
            read(&file, 3),
            Err(PrivateFileError::TooLarge { .. })
        ));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(
            read(&file, 10),
            Err(PrivateFileError::Loose { mode: 0o640, .. })
        ));
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o720)).unwrap();
        assert!(matches!(
            check_folder(root.path()),
            Err(PrivateFileError::Loose { .. })
        ));
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o700)).unwrap();
    }
}
