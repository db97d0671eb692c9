//! Kernel locks on files that are never unlinked.
//!
//! The kernel frees such a lock when its holder dies, however it dies, so nobody has to guess
//! whether a holder is still alive. Waiting happens in a blocked system call on a thread of its
//! own, with a deadline: the lock is had as soon as it is free, nothing waits for ever, and a signal
//! ends the wait.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::beside;
use crate::private_file::{self, PrivateFileError};
use crate::stop;

/// How often whoever waits looks up to see whether a signal came.
const LOOK_UP: Duration = Duration::from_millis(50);

/// Why a lock was not taken.
#[derive(Debug, Error)]
pub enum LockError {
    /// Somebody else held it all the time.
    #[error("`{}` was held by another process for {} s", path.display(), waited.as_secs())]
    TimedOut {
        /// The lock file.
        path: PathBuf,
        /// How long this process waited.
        waited: Duration,
    },
    /// A signal came while it was waited for.
    #[error("stopped while waiting for `{}`", path.display())]
    Stopped {
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file can't be made or is not private.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The system can't lock this file.
    #[error("could not lock `{}`", path.display())]
    Unlockable {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A held lock; dropping it, or dying, frees it.
#[derive(Debug)]
#[must_use = "the lock is free again as soon as this is dropped"]
pub struct Guard(#[expect(dead_code, reason = "held for its lock, which closing it frees")] File);

/// Takes `path`'s lock together with other shared holders, waiting at most `patience`.
///
/// # Errors
/// When an exclusive holder kept it, or it can't be taken at all.
pub fn shared(path: &Path, patience: Duration) -> Result<Guard, LockError> {
    take(path, patience, File::try_lock_shared, File::lock_shared)
}

/// Takes `path`'s lock alone, waiting at most `patience`.
///
/// # Errors
/// When another holder kept it, or it can't be taken at all.
pub fn exclusive(path: &Path, patience: Duration) -> Result<Guard, LockError> {
    take(path, patience, File::try_lock, File::lock)
}

/// Tries until `attempt` says that it is done, for about `patience`, with a pause in between during
/// which nothing is held. Says whether it was done; a signal ends the trying.
///
/// # Errors
/// The first error of `attempt`.
pub fn retry<E>(
    patience: Duration,
    pause: Duration,
    mut attempt: impl FnMut() -> Result<bool, E>,
) -> Result<bool, E> {
    let started = Instant::now();
    loop {
        if attempt()? {
            return Ok(true);
        }
        if started.elapsed() >= patience || stop::asked().is_some() {
            return Ok(false);
        }
        thread::park_timeout(pause);
    }
}

fn take(
    path: &Path,
    patience: Duration,
    attempt: fn(&File) -> Result<(), TryLockError>,
    wait: fn(&File) -> io::Result<()>,
) -> Result<Guard, LockError> {
    let unlockable = |source| LockError::Unlockable {
        path: path.to_owned(),
        source,
    };
    let file = private_file::open_or_create(path)?;
    match attempt(&file) {
        Ok(()) => return Ok(Guard(file)),
        Err(TryLockError::Error(error)) => return Err(unlockable(error)),
        Err(TryLockError::WouldBlock) => {}
    }
    let (teller, told) = beside::channel();
    let started = beside::run("lock", move || {
        let outcome = uninterrupted(&file, wait).map(|()| file);
        // Nobody listens any more after the deadline; dropping the file then frees the lock.
        let _ = teller.tell(outcome);
    });
    started.map_err(unlockable)?;
    let path = path.to_owned();
    let deadline = Instant::now() + patience;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match told.within(left.min(LOOK_UP)) {
            Ok(Ok(file)) => return Ok(Guard(file)),
            Ok(Err(source)) => return Err(LockError::Unlockable { path, source }),
            Err(RecvTimeoutError::Timeout) if stop::asked().is_some() && !stop::must_wait() => {
                return Err(LockError::Stopped { path });
            }
            Err(RecvTimeoutError::Timeout) if left > LOOK_UP => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let waited = patience;
                return Err(LockError::TimedOut { path, waited });
            }
        }
    }
}

/// A signal that this process handles must not look like a lock that can't be taken.
fn uninterrupted(file: &File, wait: fn(&File) -> io::Result<()>) -> io::Result<()> {
    loop {
        match wait(file) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(30);
    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn shared_holders_keep_an_exclusive_one_out_and_a_dropped_guard_lets_it_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let one = shared(&path, SOON).unwrap();
        let two = shared(&path, SOON).unwrap();
        assert!(matches!(
            exclusive(&path, SOON),
            Err(LockError::TimedOut { .. })
        ));
        drop((one, two));
        let alone = exclusive(&path, LONG).unwrap();
        assert!(shared(&path, SOON).is_err());
        drop(alone);
        drop(shared(&path, LONG).unwrap());
        assert!(path.exists(), "a lock file is never unlinked");
    }

    #[test]
    fn a_waiter_gets_the_lock_when_its_holder_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = exclusive(&path, SOON).unwrap();
        let waiter = thread::spawn({
            let path = path.clone();
            move || exclusive(&path, LONG).is_ok()
        });
        drop(held);
        assert!(waiter.join().unwrap());
    }

    #[test]
    fn a_lock_file_that_others_may_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        drop(private_file::create_new(&target).unwrap());
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&target, &link).unwrap();
            assert!(matches!(exclusive(&link, SOON), Err(LockError::File(_))));
        }
    }
}
