//! Age files that `vault backup` and `vault export` write: sealed, written whole, read back.

use std::path::Path;

use crate::commands::with_its_folder;
use crate::error::{Error, Kind, Result};
use crate::plugin::Nobody;
use crate::private_file::{self, PrivateFileError};
use crate::vault::{self, Recipient, VaultError};

/// An age file for those recipients; `what` is what it is called in errors.
pub(super) fn seal(content: &[u8], recipients: &[String], what: &str) -> Result<Vec<u8>> {
    let all: Vec<_> = recipients
        .iter()
        .map(|text| Recipient::native(text.clone(), String::new()))
        .collect();
    vault::seal_to(&all, content, &Nobody).map_err(|error| {
        if let VaultError::BadRecipient { text } = &error {
            return not_a_recipient(text);
        }
        Error::new(Kind::Failed, format!("could not encrypt the {what}")).caused_by(&error)
    })
}

/// What was given for a recipient. A private key is not repeated.
pub(super) fn not_a_recipient(text: &str) -> Error {
    let is_private = text.trim_start().to_ascii_uppercase().starts_with("AGE-");
    let message = if is_private {
        "that is a private key, and not its recipient".to_owned()
    } else {
        format!("`{}` is not an age recipient", crate::escape::line(text))
    };
    Error::new(Kind::Usage, message)
        .hint("one begins with `age1`; `age-keygen -y IDENTITY-FILE` prints it")
}

/// Writes the file and reads it back. One that is to be replaced stays until the new one is known to
/// be good.
pub(super) fn write(path: &Path, force: bool, sealed: &[u8], what: &str) -> Result<()> {
    put(path, force, sealed).map_err(|error| not_written(path, what, &error))
}

/// As [`write`], for who has to know whether the file may be there all the same.
pub(super) fn put(
    path: &Path,
    force: bool,
    sealed: &[u8],
) -> std::result::Result<(), PrivateFileError> {
    if force {
        private_file::replace_checked(path, sealed)
    } else {
        private_file::create_checked(path, sealed)
    }
}

/// What [`put`] could not do.
pub(super) fn not_written(path: &Path, what: &str, error: &PrivateFileError) -> Error {
    let message = format!("could not write the {what} `{}`", path.display());
    with_its_folder(Error::new(Kind::Failed, message).caused_by(error), path)
}

/// Refuses to write over a file.
pub(super) fn refuse_existing(path: &Path, force: bool) -> Result<()> {
    if force || std::fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    Err(Error::new(Kind::Failed, "there is such a file already")
        .because(format!("`{}` exists", path.display()))
        .hint("name another one, or say `--force` to replace it"))
}
