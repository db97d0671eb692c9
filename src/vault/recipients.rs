//! Who can open the header. age files don't name their recipients, so the list is a record of its
//! own, and locking the vault anew locks it to that list only.

use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;

use age::EncryptError;
use age_core::format::{FileKey, Stanza};
use serde::{Deserialize, Serialize};

use super::directory::Directory;
use super::error::VaultError;
use super::keys::Keys;
use super::record::{Kind, Stored};
use crate::plugin::{self, Person};

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

    fn parsed<'a>(
        &'a self,
        person: &'a dyn Person,
    ) -> Result<Box<dyn age::Recipient + 'a>, VaultError> {
        if let Some(program) = &self.plugin {
            return Ok(Box::new(plugin::Recipient {
                text: &self.recipient,
                program,
                person,
            }));
        }
        let bad = |_| VaultError::BadRecipient {
            text: self.recipient.clone(),
        };
        let native: age::x25519::Recipient = self.recipient.parse().map_err(bad)?;
        Ok(Box::new(native))
    }
}

/// An age file (binary, not armored) for those recipients. Their plugins are run, each once, and
/// speak with `person`: nothing that others wait for may be held meanwhile.
///
/// # Errors
/// [`VaultError::BadRecipient`], [`VaultError::NotLocked`], or [`VaultError::Recipients`] where they
/// can't share a file.
pub fn seal_to(
    recipients: &[Recipient],
    content: &[u8],
    person: &dyn Person,
) -> Result<Vec<u8>, VaultError> {
    seal(recipients, content, Whom::All, person).map(|(sealed, _)| sealed)
}

/// Somebody to whom nothing can be locked, and why.
pub struct LeftOut {
    /// Who.
    pub recipient: Recipient,
    /// Why.
    pub why: VaultError,
}

/// Whom a key is to be locked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// All of them, or it fails.
    All,
    /// Those to whom it can be locked.
    WhoCan,
}

/// [`seal_to`], which says who was left out.
pub(super) fn seal(
    recipients: &[Recipient],
    content: &[u8],
    whom: Whom,
    person: &dyn Person,
) -> Result<(Vec<u8>, Vec<LeftOut>), VaultError> {
    let parts: Vec<_> = recipients
        .iter()
        .map(|recipient| Part {
            recipient,
            person,
            is_needed: whom == Whom::All,
            failure: RefCell::new(None),
        })
        .collect();
    let parsed = parts.iter().map(|part| part as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(parsed);
    let mut left_out = parts.into_iter().filter_map(|part| {
        let recipient = part.recipient.clone();
        let why = part.failure.into_inner()?;
        Some(LeftOut { recipient, why })
    });
    let Ok(encryptor) = encryptor else {
        let first = left_out.next();
        return Err(first.map_or(VaultError::Recipients, |one| one.why));
    };
    let mut sealed = Vec::with_capacity(content.len());
    encryptor
        .wrap_output(&mut sealed)
        .and_then(|mut writer| {
            writer.write_all(content)?;
            writer.finish()
        })
        .map_err(|_| VaultError::Recipients)?;
    Ok((sealed, left_out.collect()))
}

/// One recipient of an age file that is being made.
struct Part<'a> {
    recipient: &'a Recipient,
    person: &'a dyn Person,
    /// Whether there is no file without it.
    is_needed: bool,
    failure: RefCell<Option<VaultError>>,
}

#[expect(clippy::disallowed_types, reason = "age's trait gives labels so")]
type Wrapped = (Vec<Stanza>, std::collections::HashSet<String>);

impl Part<'_> {
    fn wrap(&self, file_key: &FileKey) -> Result<Wrapped, VaultError> {
        let parsed = self.recipient.parsed(self.person)?;
        let wrapped = parsed.wrap_file_key(file_key).map_err(|error| {
            let said = match &error {
                EncryptError::Io(inner) => plugin::complaint(inner),
                EncryptError::IncompatibleRecipients { .. } | _ => None,
            };
            said.map_or(VaultError::Recipients, |said| VaultError::NotLocked {
                recipient: self.recipient.recipient.clone(),
                said,
            })
        })?;
        // A label keeps others away, and the vault's own key has none.
        if self.is_needed || wrapped.1.is_empty() {
            Ok(wrapped)
        } else {
            Err(VaultError::Recipients)
        }
    }
}

impl age::Recipient for Part<'_> {
    fn wrap_file_key(&self, file_key: &FileKey) -> Result<Wrapped, EncryptError> {
        self.wrap(file_key).or_else(|why| {
            self.failure.replace(Some(why));
            if self.is_needed {
                // What counts is the failure.
                Err(EncryptError::MissingRecipients)
            } else {
                Ok(Wrapped::default())
            }
        })
    }
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
