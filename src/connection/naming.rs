//! What the vault's records are looked up by, for who seals all of them anew.

use crate::connection::records::{StoredClient, StoredConsent, StoredPending};
use crate::connection::replaced::StoredReplaced;
use crate::connection::start::StoredStart;
use crate::connection::stored::StoredConnection;
use crate::vault::{Kind, RecipientList, RetiredKey, RowId, VaultError, name_in};

/// The group and the name of the record of that kind that a text is.
///
/// # Errors
/// When it has a form that this program doesn't know.
pub fn naming(row: RowId, kind: Kind, text: &[u8]) -> Result<(String, String), VaultError> {
    match kind {
        Kind::Client => name_in::<StoredClient>(row, text),
        Kind::Connection => name_in::<StoredConnection>(row, text),
        Kind::Consent => name_in::<StoredConsent>(row, text),
        // Two forms of one kind; each refuses the other's fields.
        Kind::Pending => {
            name_in::<StoredPending>(row, text).or_else(|_| name_in::<StoredStart>(row, text))
        }
        Kind::Recipients => name_in::<RecipientList>(row, text),
        Kind::Replaced => name_in::<StoredReplaced>(row, text),
        Kind::Retired => name_in::<RetiredKey>(row, text),
    }
}
