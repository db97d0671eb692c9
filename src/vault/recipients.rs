//! Who can open the header. age files don't name their recipients, so the list is a record of its
//! own, and locking the vault anew locks it to that list only.

use std::io::Write;
use std::path::PathBuf;

use age::EncryptError;
use serde::{Deserialize, Serialize};

use super::directory::Directory;
use super::error::VaultError;
use super::keys::Keys;
use super::record::{Kind, Stored};
use crate::plugin;

/// The name of the one record of its kind.
const NAME: &str = "recipients";

/// One age recipient of the vault key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The age recipient: `age1…`.
    pub recipient: String,
    /// What it is for, in the user's words.
    pub label: String,
    /// The absolute path of the age plugin that locks to it; `None` for an X25519 recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<PathBuf>,
}

impl Recipient {
    /// The label of the master identity's own recipient.
    pub const MASTER: &str = "master";

    /// An X25519 recipient.
    #[must_use]
    pub const fn native(recipient: String, label: String) -> Self {
        Self {
            recipient,
            label,
            plugin: None,
        }
    }

    /// The master identity's own.
    #[must_use]
    pub fn master(recipient: String) -> Self {
        Self::native(recipient, Self::MASTER.to_owned())
    }

    fn parsed(&self) -> Result<Box<dyn age::Recipient + '_>, VaultError> {
        if let Some(program) = &self.plugin {
            return Ok(Box::new(plugin::Recipient {
                text: &self.recipient,
                program,
            }));
        }
        let bad = |_| VaultError::BadRecipient {
            text: self.recipient.clone(),
        };
        let native: age::x25519::Recipient = self.recipient.parse().map_err(bad)?;
        Ok(Box::new(native))
    }
}

/// An age file (binary, not armored) for those recipients. Their plugins are run.
///
/// # Errors
/// [`VaultError::BadRecipient`], [`VaultError::Plugin`], or [`VaultError::Recipients`] where they
/// can't share a file.
pub fn seal_to(recipients: &[Recipient], content: &[u8]) -> Result<Vec<u8>, VaultError> {
    let parsed: Vec<_> = recipients
        .iter()
        .map(Recipient::parsed)
        .collect::<Result<_, _>>()?;
    let encryptor = age::Encryptor::with_recipients(parsed.iter().map(AsRef::as_ref));
    let encryptor = encryptor.map_err(|error| {
        let said = match &error {
            EncryptError::Io(inner) => plugin::complaint(inner),
            EncryptError::IncompatibleRecipients { .. } | _ => None,
        };
        said.map_or(VaultError::Recipients, |said| VaultError::Plugin { said })
    })?;
    let mut sealed = Vec::with_capacity(content.len());
    encryptor
        .wrap_output(&mut sealed)
        .and_then(|mut writer| {
            writer.write_all(content)?;
            writer.finish()
        })
        .map_err(|_| VaultError::Recipients)?;
    Ok(sealed)
}

/// All recipients of the vault key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientList {
    /// In the order in which they were added; the master identity's own is the first.
    pub recipients: Vec<Recipient>,
}

impl Stored for RecipientList {
    const KIND: Kind = Kind::Recipients;

    fn name(&self) -> String {
        NAME.to_owned()
    }

    fn group(&self) -> String {
        String::new()
    }
}

impl RecipientList {
    /// The name to [`super::Snapshot::find`] it by.
    pub const NAME: &str = NAME;
}

/// The version of the list's row; 0 when there is none.
pub(super) fn version(directory: &Directory, keys: &Keys) -> u64 {
    directory
        .named(keys, Kind::Recipients, NAME)
        .map_or(0, |entry| entry.version)
}
