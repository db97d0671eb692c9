//! The system keyring, always under a deadline.
//!
//! The stores wait for ever: for a prompt up to a year, for a hung daemon as long as it hangs, and
//! none can be interrupted. So one thread owns the connection, opened once and kept, and callers
//! wait for its answer no longer than their patience. A thread that is late is abandoned: it may
//! still finish what it began, but nobody asks it again.

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "keyring/secret_service.rs"]
mod platform;

#[cfg(any(target_os = "macos", windows))]
#[path = "keyring/native.rs"]
mod platform;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::{KeyError, Patience};
use crate::beside::{self, Teller, Told};
use crate::names::hex;

/// The service of every item of ours.
pub(super) const SERVICE: &str = "oauthctl";

/// The content of an item.
pub(super) type Item = Zeroizing<Vec<u8>>;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A keyring that answers in time or not at all.
pub(super) struct Keyring {
    worker: Teller<Job>,
    patience: Patience,
    abandoned: AtomicBool,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

/// Whether a keyring is here, unlocked (or unlockable within the patience) and keeps what it is
/// given: writes an item of its own, reads it through a second connection, and removes it again.
///
/// # Errors
/// What the keyring answered. Nothing of any vault is touched. An item `probe:…` can stay behind
/// only when the process or the keyring dies in between.
pub fn probe_keyring(patience: Patience) -> Result<(), KeyError> {
    let mut name = [0_u8; 8];
    getrandom::fill(&mut name).map_err(|error| failed(&error.to_string()))?;
    let user = format!("probe:{}", hex(&name));
    Keyring::start(patience)?.call(move |keyring| {
        keyring.set(&user, b"probe")?;
        let read = Connection::new(patience).get(&user);
        keyring.delete(&user)?;
        if read?.is_some_and(|content| *content == b"probe") {
            Ok(())
        } else {
            Err(KeyError::NotKept {
                place: "the system keyring".to_owned(),
            })
        }
    })
}

/// Whether a keyring answers and is unlocked; nothing is written, unlocked or asked.
///
/// # Errors
/// What the keyring answered, or that it did not within 5 s.
pub fn look_at_keyring() -> Result<(), KeyError> {
    let keyring = Keyring::start(Patience::Unattended)?;
    keyring.get("probe:none").map(drop)
}

impl Keyring {
    /// Starts the thread; nothing is connected before the first call.
    pub(super) fn start(patience: Patience) -> Result<Self, KeyError> {
        let (worker, jobs) = beside::channel::<Job>();
        let started = beside::run("keyring", move || {
            let mut connection = Connection::new(patience);
            for job in jobs {
                job(&mut connection);
            }
        });
        started.map_err(|error| failed(&error.to_string()))?;
        Ok(Self {
            worker,
            patience,
            abandoned: AtomicBool::new(false),
        })
    }

    /// The item of that user, if there is one.
    pub(super) fn get(&self, user: &str) -> Result<Option<Item>, KeyError> {
        let user = user.to_owned();
        self.call(move |keyring| keyring.get(&user))
    }

    /// Writes the item of that user, new or over the old content.
    pub(super) fn set(&self, user: &str, content: &[u8]) -> Result<(), KeyError> {
        let (user, content) = (user.to_owned(), Zeroizing::new(content.to_vec()));
        self.call(move |keyring| keyring.set(&user, &content))
    }

    /// Writes an item that must not exist, and reads it back through a second connection.
    pub(super) fn set_new(&self, user: &str, content: &[u8]) -> Result<(), KeyError> {
        let (user, content) = (user.to_owned(), Zeroizing::new(content.to_vec()));
        let patience = self.patience;
        let place = "the system keyring".to_owned();
        self.call(move |keyring| {
            if keyring.get(&user)?.is_some() {
                return Err(KeyError::Exists { place });
            }
            keyring.set(&user, &content)?;
            match Connection::new(patience).get(&user)? {
                Some(kept) if *kept == *content => Ok(()),
                _ => Err(KeyError::NotKept { place }),
            }
        })
    }

    /// Removes the item of that user; it may be gone already.
    pub(super) fn delete(&self, user: &str) -> Result<(), KeyError> {
        let user = user.to_owned();
        self.call(move |keyring| keyring.delete(&user))
    }

    /// Asks for an item without waiting: it is fetched while this process does something else.
    pub(super) fn ask(&self, user: &str) -> Result<Asked<Option<Item>>, KeyError> {
        let user = user.to_owned();
        self.begin(move |keyring| keyring.get(&user))
    }

    fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, KeyError> + Send + 'static,
    ) -> Result<T, KeyError> {
        self.wait(&self.begin(job)?)
    }

    fn begin<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, KeyError> + Send + 'static,
    ) -> Result<Asked<T>, KeyError> {
        if self.abandoned.load(Ordering::Relaxed) {
            return Err(KeyError::TimedOut {
                said: "an earlier call is still waiting".to_owned(),
            });
        }
        let (answer, answers) = beside::channel();
        let is_asked = self.worker.tell(Box::new(move |connection| {
            // Nobody listens any more when the caller's patience ended.
            let _ = answer.tell(job(connection));
        }));
        if is_asked {
            Ok(Asked(answers))
        } else {
            Err(ended())
        }
    }

    /// Waits for what was asked, no longer than the patience.
    pub(super) fn wait<T: 'static>(&self, asked: &Asked<T>) -> Result<T, KeyError> {
        let deadline = self.patience.deadline();
        asked
            .0
            .within(deadline)
            .unwrap_or_else(|error| match error {
                RecvTimeoutError::Disconnected => Err(ended()),
                RecvTimeoutError::Timeout => {
                    self.abandoned.store(true, Ordering::Relaxed);
                    Err(KeyError::TimedOut {
                        said: format!("waited {} s", deadline.as_secs()),
                    })
                }
            })
    }
}

/// Something that was asked of the keyring.
pub(super) struct Asked<T>(Told<Result<T, KeyError>>);

fn ended() -> KeyError {
    failed("its thread ended")
}

fn failed(said: &str) -> KeyError {
    KeyError::Failed {
        said: said.to_owned(),
    }
}

/// What is open to the keyring, each opened by its first use. Lives on the worker thread.
struct Connection {
    patience: Patience,
    reading: Option<platform::Session>,
    writing: Option<Arc<CredentialStore>>,
    /// The lock was looked at: no call of this session will open a dialog.
    seen_unlocked: bool,
}

impl Connection {
    fn new(patience: Patience) -> Self {
        Self {
            patience,
            reading: None,
            writing: None,
            seen_unlocked: false,
        }
    }

    fn get(&mut self, user: &str) -> Result<Option<Item>, KeyError> {
        let patience = self.patience;
        let content = self.session(user)?.get(user, patience)?;
        Ok(content.map(Zeroizing::new))
    }

    fn set(&mut self, user: &str, content: &[u8]) -> Result<(), KeyError> {
        let set = self.entry(user)?.set_secret(content);
        set.map_err(|error| platform::explain(&error, user))
    }

    fn delete(&mut self, user: &str) -> Result<(), KeyError> {
        match self.entry(user)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(platform::explain(&error, user)),
        }
    }

    fn entry(&mut self, user: &str) -> Result<Entry, KeyError> {
        if self.patience == Patience::Unattended && !self.seen_unlocked {
            self.session(user)?.refuse_if_locked(user)?;
            self.seen_unlocked = true;
        }
        let explain = |error| platform::explain(&error, user);
        let store = match &self.writing {
            Some(store) => store,
            None => self.writing.insert(platform::open().map_err(explain)?),
        };
        store.build(SERVICE, user, None).map_err(explain)
    }

    fn session(&mut self, user: &str) -> Result<&platform::Session, KeyError> {
        match &mut self.reading {
            Some(session) => Ok(session),
            none => Ok(none.insert(platform::Session::open(user)?)),
        }
    }
}
