//! The header: what is readable without a key, and the age file that holds the vault key.
//!
//! age proves nothing about who wrote a file: anybody who knows the public recipient can make a
//! header around a vault key of their own. That is why an opened header is believed only when the
//! vault key in it has the pinned fingerprint, and why the sealed head binds the rest of it.

use std::io::Read;

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::error::{VaultError, sqlite, tampered};
use super::keys::{Hash, Key};
use super::recipients::{LeftOut, Recipient, Whom, seal};
use super::{fields, number};
use crate::names::VaultId;
use crate::plugin::{self, Person};

/// The largest age file that is tried: about 300 recipients.
const AGE_AT_MOST: usize = 64 * 1024;

/// What a vault says about itself before it is unlocked. The sealed head covers all of it, so it
/// is true once the vault was unlocked, and a hint until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Names the vault for ever.
    pub vault_id: VaultId,
    /// The version of the tables.
    pub schema: u32,
    /// How many vault keys there were before this one.
    pub key_epoch: u64,
    /// Where the master identity is kept, in words of the caller's; opaque here.
    pub key_source: String,
    /// The age file around the vault key (binary, not armored).
    pub age: Vec<u8>,
}

impl Header {
    pub(super) fn load(connection: &Connection) -> Result<Self, VaultError> {
        let sql = "SELECT vault_id, schema, key_epoch, key_source, age FROM header WHERE one = 1";
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let read = |row: &rusqlite::Row<'_>| {
                    Ok(Self {
                        vault_id: VaultId(row.get(0)?),
                        schema: row.get(1)?,
                        key_epoch: number::from_row(row, 2)?,
                        key_source: row.get(3)?,
                        age: row.get(4)?,
                    })
                };
                statement.query_row([], read).optional()
            })
            .map_err(sqlite(connection))?
            .ok_or_else(|| tampered("the header is missing"))
    }

    pub(super) fn store(&self, connection: &Connection) -> Result<(), VaultError> {
        let sql = "INSERT OR REPLACE INTO header
             (one, vault_id, schema, key_epoch, key_source, age) VALUES (1, ?1, ?2, ?3, ?4, ?5)";
        connection
            .execute(
                sql,
                params![
                    self.vault_id.0,
                    self.schema,
                    number::to_sql(self.key_epoch),
                    self.key_source,
                    self.age
                ],
            )
            .map(|_| ())
            .map_err(sqlite(connection))
    }

    /// The hash that the vault head seals.
    pub(super) fn hash(&self) -> Hash {
        Sha256::digest(fields::join(&[
            &self.vault_id.0,
            &self.schema.to_be_bytes(),
            &self.key_epoch.to_be_bytes(),
            self.key_source.as_bytes(),
            &self.age,
        ]))
        .into()
    }

    /// Opens the age file.
    pub(super) fn unwrap_key(&self, identity: &dyn age::Identity) -> Result<Key, VaultError> {
        // age's own texts hold invisible characters; which stage failed is all that counts.
        let damaged = || tampered("the age header can't be read");
        if self.age.len() > AGE_AT_MOST {
            return Err(damaged());
        }
        let decryptor = age::Decryptor::new_buffered(self.age.as_slice()).map_err(|_| damaged())?;
        let reader = match decryptor.decrypt(std::iter::once(identity)) {
            Ok(reader) => reader,
            Err(age::DecryptError::NoMatchingKeys) => return Err(VaultError::WrongKey),
            Err(age::DecryptError::Io(error)) => {
                let said = plugin::complaint(&error).ok_or_else(damaged)?;
                return Err(VaultError::Plugin { said });
            }
            Err(_) => return Err(damaged()),
        };
        let mut text = Zeroizing::new([0_u8; 33]);
        let mut length = 0;
        let mut reader = reader.take(33);
        while let Some(room) = text.get_mut(length..).filter(|room| !room.is_empty()) {
            match reader.read(room).map_err(|_| damaged())? {
                0 => break,
                more => length += more,
            }
        }
        let (key, _) = text.split_first_chunk::<32>().ok_or_else(damaged)?;
        if length == 32 {
            Ok(Key::new(*key))
        } else {
            Err(damaged())
        }
    }
}

/// Locks a vault key to those of a list, whose plugins run, and says who was left out.
pub(super) fn wrap_key(
    key: &Key,
    recipients: &[Recipient],
    whom: Whom,
    person: &dyn Person,
) -> Result<(Vec<u8>, Vec<LeftOut>), VaultError> {
    let (sealed, left_out) = seal(recipients, key.expose(), whom, person)?;
    match recipients.last() {
        Some(last) if sealed.len() > AGE_AT_MOST => Err(VaultError::NotLocked {
            recipient: last.recipient.clone(),
            said: "there are too many who can open the vault".to_owned(),
        }),
        _ => Ok((sealed, left_out)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugin::Nobody;

    fn wrap_key(key: &Key, recipients: &[String]) -> Result<Vec<u8>, VaultError> {
        let all: Vec<_> = recipients
            .iter()
            .map(|one| Recipient::master(one.clone()))
            .collect();
        super::wrap_key(key, &all, Whom::All, &Nobody).map(|(sealed, _)| sealed)
    }

    fn header(age: Vec<u8>) -> Header {
        Header {
            vault_id: VaultId([1; 16]),
            schema: 1,
            key_epoch: 0,
            key_source: "keyring".to_owned(),
            age,
        }
    }

    #[test]
    fn every_recipient_opens_the_header_and_nobody_else_does() {
        let [one, two, other] = [(); 3].map(|()| age::x25519::Identity::generate());
        let list = [&one, &two].map(|identity| identity.to_public().to_string());
        let wrapped = header(wrap_key(&Key::new([9; 32]), &list).unwrap());
        for identity in [&one, &two] {
            assert_eq!(wrapped.unwrap_key(identity).unwrap().expose(), &[9; 32]);
        }
        assert!(matches!(
            wrapped.unwrap_key(&other),
            Err(VaultError::WrongKey)
        ));
    }

    #[test]
    fn a_damaged_header_is_never_a_wrong_key_that_could_be_replaced() {
        let identity = age::x25519::Identity::generate();
        let list = [identity.to_public().to_string()];
        let wrapped = wrap_key(&Key::new([9; 32]), &list).unwrap();
        let cut = header(wrapped[..wrapped.len() - 1].to_vec());
        assert!(matches!(
            cut.unwrap_key(&identity),
            Err(VaultError::Tampered { .. })
        ));
        let long = age::encrypt(&identity.to_public(), &[9; 33]).unwrap();
        assert!(matches!(
            header(long).unwrap_key(&identity),
            Err(VaultError::Tampered { .. })
        ));
        assert!(matches!(
            wrap_key(&Key::new([9; 32]), &["age1nonsense".to_owned()]),
            Err(VaultError::BadRecipient { .. })
        ));
        assert!(wrap_key(&Key::new([9; 32]), &[]).is_err());
    }

    #[test]
    fn a_header_that_would_be_too_long_to_be_read_is_not_made_and_says_for_whom() {
        let mut many = vec![age::x25519::Identity::generate().to_public().to_string(); 600];
        let fits = header(wrap_key(&Key::new([9; 32]), &many).unwrap());
        assert!(fits.age.len() < AGE_AT_MOST);
        let last = age::x25519::Identity::generate().to_public().to_string();
        many.resize(700, last.clone());
        let refused = wrap_key(&Key::new([9; 32]), &many);
        assert!(
            matches!(&refused, Err(VaultError::NotLocked { recipient, .. }) if *recipient == last)
        );
    }
}
