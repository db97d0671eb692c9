//! Who can open the header. age files don't name their recipients, so the list is a record of its
//! own, and locking the vault anew locks it to that list only.

use serde::{Deserialize, Serialize};

use super::directory::Directory;
use super::keys::Keys;
use super::record::{Kind, Stored};

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
}

impl Recipient {
    /// The label of the master identity's own recipient.
    pub const MASTER: &str = "master";
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
