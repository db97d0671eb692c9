//! The macOS Keychain and the Windows Credential Manager. Built, but not verified on a machine.

use std::sync::Arc;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
use keyring_core::{CredentialStore, Error};
#[cfg(windows)]
use windows_native_keyring_store::store::Store;

use super::{KeyError, Patience, SERVICE, failed};
use crate::escape;

/// The login keychain, or the credentials of the Windows user.
pub(super) fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(Store::new()?)
}

/// A connection for reading.
pub(super) struct Session(Arc<CredentialStore>);

impl Session {
    /// Opens the store.
    pub(super) fn open(user: &str) -> Result<Self, KeyError> {
        open().map(Self).map_err(|error| explain(&error, user))
    }

    /// The item of that user.
    pub(super) fn get(&self, user: &str, _: Patience) -> Result<Option<Vec<u8>>, KeyError> {
        let read = self
            .0
            .build(SERVICE, user, None)
            .and_then(|entry| entry.get_secret());
        match read {
            Ok(content) => Ok(Some(content)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error, user)),
        }
    }

    /// Neither system tells whether reading an item would ask; the deadline has to do.
    pub(super) fn refuse_if_locked(&self, _: &str) -> Result<(), KeyError> {
        Ok(())
    }
}

/// What an error of the store means.
pub(super) fn explain(error: &Error, user: &str) -> KeyError {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => {
            explain_code(&format!("{cause:?}"), escape::line(&cause.to_string()))
        }
        Error::Ambiguous(_) => KeyError::Ambiguous {
            user: user.to_owned(),
        },
        _ => failed("it answered in a way that can't be understood"),
    }
}

/// `OSStatus` values by their numbers (`SecBase.h`), since their texts are translated.
fn explain_code(debug: &str, said: String) -> KeyError {
    let is = |codes: &[&str]| codes.iter().any(|code| debug.contains(code));
    if is(&["-25308", "-128"]) {
        // errSecInteractionNotAllowed, errSecUserCanceled
        KeyError::Locked { said }
    } else if is(&["-25293", "-25244", "-34018"]) {
        // errSecAuthFailed, errSecInvalidOwnerEdit, errSecMissingEntitlement
        KeyError::Denied { said }
    } else if is(&[
        "-25291",
        "-25294",
        "-25295",
        "-25307",
        "PlatformError(1312)",
    ]) {
        // errSecNotAvailable, -NoSuchKeychain, -InvalidKeychain, -NoDefaultKeychain;
        // ERROR_NO_SUCH_LOGON_SESSION
        KeyError::Absent { said }
    } else {
        KeyError::Failed { said }
    }
}
