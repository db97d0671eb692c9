//! The recovery sheet: a stock age identity file whose comments carry what a person needs to know.
//!
//! The key is on disk before any vault is locked to it. What is only known afterwards is added at
//! the end, where a cut takes nothing away.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use age::secrecy::ExposeSecret;
use age::x25519;
use zeroize::Zeroizing;

use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::private_file;
use crate::vault::Vault;

/// Writes the key to a new file, durably.
///
/// # Errors
/// When that can't be done; then there is no file either.
pub(super) fn begin(path: &Path, recovery: &x25519::Identity) -> Result<File> {
    let failed = |error: &(dyn std::error::Error + 'static)| {
        Error::new(
            Kind::Failed,
            format!("could not write the recovery key `{}`", path.display()),
        )
        .caused_by(error)
        .hint("nothing was changed; name another file")
    };
    let mut sheet = private_file::create_new(path).map_err(|error| failed(&error))?;
    let text = Zeroizing::new(format!(
        "# oauthctl recovery key\n\
         # Use it with: oauthctl vault recover --with THIS-FILE\n\
         # public key: {}\n\
         {}\n",
        recovery.to_public(),
        recovery.to_string().expose_secret(),
    ));
    let written = sheet
        .write_all(text.as_bytes())
        .and_then(|()| sheet.sync_all());
    if let Err(error) = written {
        // Nothing opens with it.
        let _ = fs::remove_file(path);
        return Err(failed(&error));
    }
    private_file::sync_parent(path).map_err(|error| failed(&error))?;
    Ok(sheet)
}

/// Adds which vault it is, and the fingerprint by which that vault is known. A sheet without them
/// opens the vault all the same, with the fingerprint from elsewhere.
pub(super) fn end(app: &App, sheet: &mut File, vault: &Vault) {
    if let Err(error) = add(sheet, vault) {
        app.ui.warn(&format!(
            "the recovery key works, but its file lacks the vault's fingerprint ({error}); note it \
             yourself: {}",
            vault.fingerprint()
        ));
    }
}

fn add(sheet: &mut File, vault: &Vault) -> io::Result<()> {
    let text = format!(
        "# vault: {}\n# fingerprint: {}\n",
        vault.id(),
        vault.fingerprint()
    );
    sheet.write_all(text.as_bytes())?;
    sheet.sync_all()
}
