//! Age files that `vault backup` and `vault export` write: sealed, written whole, read back.

use std::io::Write;
use std::path::Path;

use age::x25519;

use crate::error::{Error, Kind, Result};
use crate::private_file::{self, with_suffix};

/// No file of ours is larger.
pub(super) const AT_MOST: u64 = 4 << 30;

/// An age file for those recipients; `what` is what it is called in errors.
pub(super) fn seal(content: &[u8], recipients: &[String], what: &str) -> Result<Vec<u8>> {
    let failed = || Error::new(Kind::Failed, format!("could not encrypt the {what}"));
    let mut parsed: Vec<x25519::Recipient> = Vec::with_capacity(recipients.len());
    for text in recipients {
        let recipient = text.parse().map_err(|_| {
            Error::new(
                Kind::Usage,
                format!("`{}` is not an age recipient", crate::escape::line(text)),
            )
            .hint("one begins with `age1`; `age-keygen -y IDENTITY-FILE` prints it")
        })?;
        parsed.push(recipient);
    }
    let all = parsed.iter().map(|one| one as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(all).map_err(|_| failed())?;
    let mut sealed = Vec::with_capacity(content.len());
    encryptor
        .wrap_output(&mut sealed)
        .and_then(|mut writer| {
            writer.write_all(content)?;
            writer.finish()
        })
        .map_err(|_| failed())?;
    Ok(sealed)
}

/// Writes the file and reads it back. One that is to be replaced stays until the new one is known to
/// be good.
pub(super) fn write(path: &Path, force: bool, sealed: &[u8], what: &str) -> Result<()> {
    let failed = |error: &(dyn std::error::Error + 'static)| {
        Error::new(
            Kind::Failed,
            format!("could not write the {what} `{}`", path.display()),
        )
        .caused_by(error)
    };
    let place = if force {
        with_suffix(path, ".new")
    } else {
        path.to_owned()
    };
    let written = if force {
        private_file::replace(&place, sealed)
    } else {
        private_file::create_whole(&place, sealed)
    };
    written.map_err(|error| failed(&error))?;
    let kept = private_file::read(&place, AT_MOST);
    if !kept.is_ok_and(|kept| kept == sealed) {
        // What can't be read back must not pass for it.
        let _ = std::fs::remove_file(&place);
        return Err(Error::new(
            Kind::Failed,
            format!(
                "the {what} `{}` does not read as it was written",
                path.display()
            ),
        )
        .hint("its disk may be failing: write it to another one"));
    }
    if force {
        std::fs::rename(&place, path).map_err(|error| failed(&error))?;
        private_file::sync_parent(path).map_err(|error| failed(&error))?;
    }
    Ok(())
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
