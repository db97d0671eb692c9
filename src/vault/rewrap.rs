//! Locking the same vault key to other recipients: after the master identity was lost.
//!
//! This gives nobody less access than before: an old header and an old identity still give the
//! vault key. It is for a key that was lost, not for one that was stolen.

use super::error::VaultError;
use super::header::wrap_key;
use super::recipients::{Recipient, RecipientList};
use super::writer::Writer;

impl Writer<'_> {
    /// Where the master identity is kept, as the header says.
    #[must_use]
    pub fn key_source(&self) -> &str {
        &self.snapshot.header.key_source
    }

    /// Records where the master identity is kept now; the recipients stay as they are.
    ///
    /// # Errors
    /// When the vault can't be written.
    pub fn name_key_source(&mut self, key_source: String) -> Result<(), VaultError> {
        self.snapshot.header.key_source = key_source;
        self.snapshot.header.store(self.snapshot.connection)
    }

    /// Locks the vault key, which `identity` opens, to `recipients` only, and records where the
    /// master identity is kept now.
    ///
    /// # Errors
    /// [`VaultError::WrongKey`] when `identity` does not open the header, or a recipient is none.
    pub fn rewrap(
        &mut self,
        identity: &dyn age::Identity,
        recipients: Vec<Recipient>,
        key_source: String,
    ) -> Result<(), VaultError> {
        let key = self.snapshot.header.unwrap_key(identity)?;
        self.snapshot.header.age = wrap_key(&key, &recipients)?;
        self.snapshot.header.key_source = key_source;
        self.snapshot.header.store(self.snapshot.connection)?;
        self.set(RecipientList { recipients }).map(|_| ())
    }
}
