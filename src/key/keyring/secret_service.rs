//! The Secret Service on D-Bus: `gnome-keyring`, `KWallet`, `KeePassXC`.
//!
//! The store unlocks whatever it meets, which opens a dialog on somebody's desktop, and looks twice
//! at what it reads. So reading, which every token costs, is done here with one session and two
//! calls an item; the store is for writing, after a look at the lock. Secrets travel encrypted
//! (Diffie-Hellman), as they do for `secret-tool`, so that the bus daemon's memory holds none.

use std::sync::Arc;

use dbus_secret_service::{EncryptionType, Error as ServiceError, SecretService};
use dbus_secret_service_keyring_store::Store;
use keyring_core::{CredentialStore, Error};

use super::{KeyError, Patience, SERVICE, failed};
use crate::escape;

/// For answers whose own text could quote what was read.
const NOT_UNDERSTOOD: &str = "it answered in a way that can't be understood";

/// Connects to the session's bus and its keyring, for writing.
pub(super) fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(Store::new()?)
}

/// A connection for reading.
pub(super) struct Session(SecretService);

impl Session {
    /// Connects to the session's bus and its keyring.
    pub(super) fn open(user: &str) -> Result<Self, KeyError> {
        SecretService::connect(EncryptionType::Dh)
            .map(Self)
            .map_err(|error| explain_service(&error, user))
    }

    /// The item of that user. A locked one is unlocked, with a dialog, only where somebody is there
    /// to see it.
    pub(super) fn get(&self, user: &str, patience: Patience) -> Result<Option<Vec<u8>>, KeyError> {
        let explain = |error| explain_service(&error, user);
        let attributes = [("service", SERVICE), ("username", user)];
        let found = self.0.search_items(attributes.into()).map_err(explain)?;
        let item = match (found.unlocked.as_slice(), found.locked.as_slice()) {
            ([item], []) => item,
            ([], [item]) => {
                if patience == Patience::Unattended {
                    return Err(locked("its item is locked"));
                }
                item.unlock().map_err(explain)?;
                item
            }
            ([], []) => {
                // Some services hide the items of a locked collection.
                self.refuse_if_locked(user)?;
                return Ok(None);
            }
            _ => {
                return Err(KeyError::Ambiguous {
                    user: user.to_owned(),
                });
            }
        };
        item.get_secret().map(Some).map_err(explain)
    }

    /// Fails when reading or making the item of that user would have to unlock something.
    pub(super) fn refuse_if_locked(&self, user: &str) -> Result<(), KeyError> {
        let explain = |error| explain_service(&error, user);
        let attributes = [("service", SERVICE), ("username", user)];
        let found = self.0.search_items(attributes.into()).map_err(explain)?;
        if !found.locked.is_empty() {
            return Err(locked("its item is locked"));
        }
        if !found.unlocked.is_empty() {
            return Ok(());
        }
        match self
            .0
            .get_default_collection()
            .and_then(|collection| collection.is_locked())
        {
            Ok(true) => Err(locked("its default collection is locked")),
            Ok(false) | Err(ServiceError::NoResult) => Ok(()),
            Err(error) => Err(explain_service(&error, user)),
        }
    }
}

fn locked(said: &str) -> KeyError {
    KeyError::Locked {
        said: said.to_owned(),
    }
}

/// What an error of the store means.
pub(super) fn explain(error: &Error, user: &str) -> KeyError {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => {
            match cause.downcast_ref::<ServiceError>() {
                Some(cause) => explain_service(cause, user),
                None => failed(&escape::line(&cause.to_string())),
            }
        }
        Error::Ambiguous(_) => KeyError::Ambiguous {
            user: user.to_owned(),
        },
        Error::NoEntry
        | Error::BadEncoding(_)
        | Error::BadDataFormat(..)
        | Error::BadStoreFormat(_)
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NoDefaultStore
        | Error::NotSupportedByStore(_)
        | _ => failed(NOT_UNDERSTOOD),
    }
}

fn explain_service(error: &ServiceError, user: &str) -> KeyError {
    match error {
        ServiceError::Locked => locked("it stayed locked"),
        ServiceError::Prompt => locked("its unlock dialog was dismissed, or could not be shown"),
        ServiceError::NoResult => absent("it has no default collection"),
        ServiceError::Unavailable => absent("no Secret Service runs on this session's D-Bus"),
        ServiceError::Dbus(error) => {
            let name = error.name().unwrap_or_default();
            let text = error.message().unwrap_or_default();
            explain_bus(name, text, user)
        }
        ServiceError::Crypto(_)
        | ServiceError::Path(_)
        | ServiceError::Parse
        | ServiceError::UnsupportedSecretFormat
        | _ => failed(NOT_UNDERSTOOD),
    }
}

/// D-Bus errors are told apart by name, as the D-Bus specification has them; texts are for people.
fn explain_bus(name: &str, text: &str, user: &str) -> KeyError {
    let said = escape::line(if text.is_empty() { name } else { text });
    match name.rsplit('.').next().unwrap_or_default() {
        "IsLocked" => KeyError::Locked { said },
        "AccessDenied" | "AuthFailed" | "InteractiveAuthorizationRequired" => {
            KeyError::Denied { said }
        }
        "NoReply" | "Timeout" | "TimedOut" => KeyError::TimedOut { said },
        "ServiceUnknown" | "NameHasNoOwner" => {
            absent("no Secret Service runs on this session's D-Bus (`org.freedesktop.secrets`)")
        }
        "NoServer" | "FileNotFound" | "BadAddress" | "NotSupported" | "Disconnected" => {
            absent("no D-Bus session can be reached (`DBUS_SESSION_BUS_ADDRESS`)")
        }
        _ if name.contains(".Spawn.") => KeyError::Absent { said },
        _ => KeyError::Failed {
            said: format!("{said} ({}, item `{user}`)", escape::line(name)),
        },
    }
}

fn absent(said: &str) -> KeyError {
    KeyError::Absent {
        said: said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The part of the message that only this kind has.
    const ABSENT: &str = "there is no";
    const LOCKED: &str = "is locked";
    const DENIED: &str = "refused";
    const TIMED_OUT: &str = "did not answer";
    const FAILED: &str = "failed";

    #[test]
    fn bus_errors_are_told_apart_by_name() {
        for (name, wanted) in [
            ("org.freedesktop.DBus.Error.ServiceUnknown", ABSENT),
            ("org.freedesktop.DBus.Error.NameHasNoOwner", ABSENT),
            ("org.freedesktop.DBus.Error.NoServer", ABSENT),
            ("org.freedesktop.DBus.Error.FileNotFound", ABSENT),
            ("org.freedesktop.DBus.Error.NotSupported", ABSENT),
            ("org.freedesktop.DBus.Error.Spawn.ExecFailed", ABSENT),
            ("org.freedesktop.DBus.Error.Disconnected", ABSENT),
            ("org.freedesktop.DBus.Error.NoReply", TIMED_OUT),
            ("org.freedesktop.DBus.Error.TimedOut", TIMED_OUT),
            ("org.freedesktop.DBus.Error.AccessDenied", DENIED),
            ("org.freedesktop.Secret.Error.IsLocked", LOCKED),
            ("org.freedesktop.Secret.Error.NoSession", FAILED),
            ("", FAILED),
        ] {
            let error = explain_bus(name, "a \u{1b}[2J text", "vault:x");
            let said = error.to_string();
            assert!(said.contains(wanted), "{name}: {said}");
            assert!(!said.contains('\u{1b}'), "{said}");
        }
    }

    #[test]
    fn a_dismissed_prompt_is_locked_and_a_missing_collection_absent() {
        for (cause, wanted) in [
            (ServiceError::Prompt, LOCKED),
            (ServiceError::Locked, LOCKED),
            (ServiceError::NoResult, ABSENT),
            (ServiceError::Unavailable, ABSENT),
            (ServiceError::Parse, FAILED),
        ] {
            let error = Error::NoStorageAccess(Box::new(cause));
            let said = explain(&error, "vault:x").to_string();
            assert!(said.contains(wanted), "{said}");
        }
    }
}
