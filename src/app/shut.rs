//! Why a vault can't be opened or looked at, with the way out.

use crate::error::{ANOTHER_KEY, BACK_TO_A_BACKUP, Error};
use crate::key::Custody;
use crate::vault::VaultError;

/// Why a vault can't be opened with a key. A key that is not its own is named.
pub(super) fn shut(error: VaultError, custody: &Custody) -> Error {
    let is_other = matches!(error, VaultError::WrongKey);
    let mut shown = Error::from(error);
    if !is_other {
        return shown;
    }
    shown.hints = vec![ANOTHER_KEY.to_owned()];
    let own = if custody.was_named() {
        "`OAUTHCTL_IDENTITY_FILE` or `OAUTHCTL_IDENTITY` names that key: name this vault's"
    } else {
        "put this vault's own key back there, if you have it"
    };
    shown.hints.insert(0, own.to_owned());
    shown.because(format!(
        "the key in {} belongs to another vault, or is an older one of this vault",
        custody.describe()
    ))
}

/// Why nothing in a vault can be looked at, without the advice to look at it.
#[must_use]
pub fn unreadable(error: VaultError, custody: Option<&Custody>) -> Error {
    let has_its_own = matches!(
        error,
        VaultError::NotAVault { .. } | VaultError::PinMismatch { .. }
    );
    let is_damaged = error.is_damage() && !has_its_own;
    let mut shown = match custody {
        Some(custody) => shut(error, custody),
        None => Error::from(error),
    };
    if is_damaged {
        shown.hints = vec![BACK_TO_A_BACKUP.to_owned()];
    }
    shown
}
