//! The file that an export is: how it is read and opened, and what is said where it is refused.

use std::collections::BTreeSet;
use std::path::Path;

use crate::app::{App, unopened};
use crate::commands::vault::foreign;
use crate::connection::portable::{self, Bundle, Leaving, PortableError};
use crate::error::{Error, Kind, Result};
use crate::key::Opener;
use crate::names::ConnectionName;
use crate::private_file;
use crate::ui::shell_word;
use crate::vault::Vault;

/// What to do with a file that an export may have left.
pub(super) const WHERE_THE_FILE_GOES: &str = "if that file was used, or is to be, don't refresh here: what it became comes home with \
     `oauthctl vault import FILE --with IDENTITY`";

/// A file that is there may be the only one that has the tokens of what left in it. What is `leaving`
/// just now is not in it yet.
pub(super) fn refuse_needed(vault: &Vault, path: &Path, leaving: Option<&Leaving>) -> Result<()> {
    if std::fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let whole_path = private_file::whole_path(path).display().to_string();
    let mut away = portable::away(vault, leaving).map_err(refused)?;
    away.retain(|(file, _)| *file == whole_path);
    let Some((_, first)) = away.first() else {
        return Ok(());
    };
    let names: Vec<_> = away.iter().map(|(_, name)| format!("`{name}`")).collect();
    let names = names.join(", ");
    let import = format!(
        "`oauthctl vault import {} --with IDENTITY`",
        shell_word(&path.display().to_string())
    );
    Err(
        Error::new(Kind::Stopped, "that file has what left in it")
            .because(format!("{names} left in `{}`", path.display()))
            .hint("name another file")
            .hint(format!(
                "or bring it home first: {import}; for one export with all of them then `oauthctl refresh \
                 {first}`, and export them together"
            )),
    )
}

/// The same where it left another vault, as far as that was noted.
pub(super) fn refuse_needed_by_others(app: &App, vault: &Path, path: &Path) -> Result<()> {
    if path.symlink_metadata().is_err() || !app.is_left_by_others(vault, path) {
        return Ok(());
    }
    Err(
        Error::new(Kind::Stopped, "that file has what left another vault in it")
            .because(format!(
                "an export of another vault went into `{}`",
                path.display()
            ))
            .hint("name another file")
            .hint("or remove that one first, if what is in it was taken in where it is used"),
    )
}

/// Notes which files have what left this vault in them, for the commands of other vaults.
pub(super) fn note_left(app: &App, vault: &Vault) {
    if let Ok(away) = portable::away(vault, None) {
        let files: BTreeSet<_> = away.into_iter().map(|(file, _)| file).collect();
        app.remember_left(vault, files);
    }
}

/// No export is larger.
const EXPORT_AT_MOST: u64 = 16 << 20;

/// Reads a file that was sealed; `-` is stdin.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    foreign::read(path, EXPORT_AT_MOST)
        .map_err(|error| Error::new(Kind::Failed, "could not read the export").caused_by(&error))
}

/// The error that a person sees.
pub(super) fn refused(error: PortableError) -> Error {
    match error {
        PortableError::Connection(error) => Error::from(error),
        PortableError::NotActive { ref name, state } => {
            not_active(Error::new(Kind::LoginRequired, error.to_string()), name, state)
        }
        PortableError::NotFromThere { ref name } => Error::new(Kind::Stopped, error.to_string())
            .because("anybody who knows a public key can seal a file that asks for it")
            .hint(format!("export it anew, to whom you mean: `oauthctl vault export --connection {name} --to RECIPIENT FILE`")),
        PortableError::Behind { .. } => Error::new(Kind::Stopped, error.to_string())
            .hint("take them in first: `oauthctl vault import FILE`"),
        PortableError::Exchanged { .. } => Error::new(Kind::Usage, error.to_string())
            .hint("connect it where it is used: `oauthctl connect PROVIDER --token-exchange SOURCE`"),
        PortableError::Rotates { .. } => Error::new(Kind::Stopped, "it can't be copied")
            .because(error.to_string())
            .hint("without `--copy` it moves; for jobs that run side by side make a connection of their own each: `oauthctl connect PROVIDER --client-credentials`"),
        PortableError::Form => Error::new(Kind::Failed, "could not read the export")
            .because(error.to_string()),
    }
}

fn not_active(error: Error, name: &ConnectionName, state: &str) -> Error {
    match state {
        "moved" => {
            error.hint("bring it back with `oauthctl vault import FILE --with IDENTITY`, the identity that it was exported to, or connect it again")
        }
        "suspect" => error
            .note("an export that was cut off may have written its tokens to a file")
            .hint(WHERE_THE_FILE_GOES)
            .hint(format!(
                "if there is none, or it was removed unused: `oauthctl refresh {name}`"
            )),
        "needs-login" => error.hint(format!(
            "sign in again with `oauthctl connect {}`",
            name.provider
        )),
        "revoking" => error.hint(format!("finish it with `oauthctl revoke {name}`")),
        _ => error.hint(format!("refresh it by name: `oauthctl refresh {name}`")),
    }
}

/// Opens an export; `way_out` is for one that is locked to another key.
pub(super) fn open(
    opener: &Opener<'_>,
    sealed: &[u8],
    path: &Path,
    way_out: &str,
) -> Result<Bundle> {
    let text = opener.open(sealed).map_err(|why| {
        unopened(
            why,
            &format!("could not open the export `{}`", path.display()),
            &opener.describe(),
            way_out,
        )
    })?;
    let text = zeroize::Zeroizing::new(text);
    if text.starts_with(b"SQLite format 3\0") {
        let message = format!("could not open the export `{}`", path.display());
        return Err(Error::new(Kind::Failed, message)
            .because("it is a backup of a whole vault")
            .hint("go back to it with `oauthctl vault restore FILE`"));
    }
    Bundle::read(&text).map_err(refused)
}
