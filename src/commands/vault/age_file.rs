//! Age files that `vault backup` and `vault export` write: sealed, written whole, read back.

use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::app::App;
use crate::commands::vault::export_file::{refuse_needed, refuse_needed_by_others};
use crate::commands::with_its_folder;
use crate::connection::portable::Leaving;
use crate::error::{Error, Kind, Result};
use crate::key::Source;
use crate::plugin::{self, Nobody};
use crate::private_file::{self, PrivateFileError};
use crate::vault::{self, Header, Locked, Recipient, Vault, VaultError};

/// How much of a file is looked at for a key.
const START: usize = 4096;

/// An age file for those recipients; `what` is what it is called in errors.
pub(super) fn seal(content: &[u8], recipients: &[String], what: &str) -> Result<Vec<u8>> {
    let all: Vec<_> = recipients
        .iter()
        .map(|text| Recipient::native(text.clone(), String::new()))
        .collect();
    vault::seal_to(&all, content, &Nobody).map_err(|error| {
        if let VaultError::BadRecipient { text } = &error {
            if let Some(name) = plugin::of_recipient(text) {
                return of_a_plugin(text, &name, what);
            }
            return not_a_recipient(text);
        }
        Error::new(Kind::Failed, format!("could not encrypt the {what}")).caused_by(&error)
    })
}

/// Who takes the file in would need the plugin, too, and may be a job that nobody sits at.
fn of_a_plugin(text: &str, name: &str, what: &str) -> Error {
    let message = format!("an {what} can't be sealed for an age plugin");
    Error::new(Kind::Usage, message)
        .because(format!("`{text}` is one of `age-plugin-{name}`"))
        .hint("name an ordinary recipient: `age-keygen -o IDENTITY-FILE` makes an identity for it")
}

/// What was given for a recipient. A private key is not repeated.
pub(super) fn not_a_recipient(text: &str) -> Error {
    let is_private = text.trim_start().to_ascii_uppercase().starts_with("AGE-");
    let message = if is_private {
        "that is a private key, and not its recipient".to_owned()
    } else {
        format!("`{}` is not an age recipient", crate::escape::line(text))
    };
    let shown = Error::new(Kind::Usage, message);
    let shown = if text.starts_with("age1") {
        shown.because("a letter of it is wrong, or some are missing")
    } else {
        shown
    };
    shown.hint("one begins with `age1`; `age-keygen -y IDENTITY-FILE` prints it")
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

/// Refuses to write over a file unasked, and whatever is said over what can't be had again and what
/// is no file. Who waited since has to ask again, under [`Vault::lock_files`]; what is `leaving` then
/// may go into the file.
pub(in crate::commands) fn refuse_existing(
    app: &App,
    vault: &Vault,
    path: &Path,
    force: bool,
    leaving: Option<&Leaving>,
) -> Result<()> {
    refuse_odd(app, vault.path(), Some(vault.header()), path, force)?;
    if force {
        refuse_needed(vault, path, leaving)?;
        refuse_needed_by_others(app, vault.path(), path)?;
    }
    Ok(())
}

/// As [`refuse_existing`], for who opens no vault and so can't tell what left one that is here.
pub(in crate::commands) fn refuse_unopened(app: &App, path: &Path, force: bool) -> Result<()> {
    let own = app.vault_path()?;
    let locked = Locked::open(&own).ok().flatten();
    let header = locked.as_ref().map(Locked::header);
    refuse_odd(app, &own, header, path, force)?;
    refuse_needed_by_others(app, &own, path)
}

/// Refuses what a file is, and not what left in it.
pub(super) fn refuse_odd(
    app: &App,
    vault: &Path,
    header: Option<&Header>,
    path: &Path,
    force: bool,
) -> Result<()> {
    let there = path.symlink_metadata();
    let refused = |message: &str, why: &str, hint: &str| {
        Err(Error::new(Kind::Failed, message)
            .because(format!("`{}` {why}", path.display()))
            .hint(hint))
    };
    let another = "name another file";
    if let Some(why) = irreplaceable(app, vault, header, path) {
        return refused("that file is needed", why, another);
    }
    match there {
        Ok(there) if !force && !there.is_dir() => refused(
            "there is such a file already",
            "exists",
            "name another one, or say `--force` to replace it",
        ),
        Ok(there) if there.is_symlink() => refused(
            "a link is not replaced",
            "is a symbolic link",
            "name the file that it leads to",
        ),
        Ok(there) if !there.is_file() => {
            refused("only a file is replaced", "is no regular file", another)
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Why a file is not replaced: it is the vault's or a key's, or looks like one.
fn irreplaceable(
    app: &App,
    vault: &Path,
    header: Option<&Header>,
    path: &Path,
) -> Option<&'static str> {
    let file = place(path);
    let start = start_of(path);
    match file.strip_prefix(&place(vault)) {
        Some(rest) if rest.is_empty() || rest.starts_with('-') => return Some("is the vault's"),
        // a backup may be called after its vault
        Some(rest)
            if rest.starts_with('.') && start.as_ref().is_some_and(|start| !is_age(start)) =>
        {
            return Some("belongs to the vault");
        }
        _ => {}
    }
    if let Some(why) = beside_key(app, header, &file) {
        return Some(why);
    }
    if !app.others_with(vault, path).is_empty() {
        return Some("is another vault's key");
    }
    let start = start?;
    if start.starts_with(b"SQLite format 3\0") {
        return Some("is a database");
    }
    let key = b"AGE-SECRET-KEY-1";
    let holds_a_key = start.windows(key.len()).any(|part| part == key);
    holds_a_key.then_some("holds a key")
}

fn place(path: &Path) -> String {
    let whole = private_file::whole_path(path);
    whole.to_string_lossy().into_owned()
}

/// Why that file is the vault's key, or lies beside it.
fn beside_key(app: &App, header: Option<&Header>, file: &str) -> Option<&'static str> {
    let recorded = header.and_then(|header| Source::parse(&header.key_source).ok());
    let keys = [
        recorded.as_ref().and_then(Source::path),
        app.env.identity_file.as_deref(),
        app.env.passphrase_file.as_deref(),
    ];
    for key in keys.into_iter().flatten().map(place) {
        match (file.strip_prefix(&key), header) {
            (Some(""), _) => return Some("holds the vault's key, or opens it"),
            // its pin and its anchor
            (Some(rest), Some(header)) if rest.starts_with(&format!(".{}.", header.vault_id)) => {
                return Some("belongs to the vault's key");
            }
            _ => {}
        }
    }
    None
}

fn is_age(start: &[u8]) -> bool {
    start.starts_with(b"age-encryption.org/")
}

/// How a file begins, far enough to tell what it is.
fn start_of(path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    if !path.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let mut start = Zeroizing::new(Vec::with_capacity(START));
    let file = std::fs::File::open(path).ok()?;
    file.take(START as u64).read_to_end(&mut start).ok()?;
    Some(start)
}
