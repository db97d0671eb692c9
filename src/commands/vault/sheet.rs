//! The recovery sheet: a stock age identity file whose comments carry what a person needs to know.
//!
//! The key is on disk before any vault is locked to it. What is only known afterwards is added at
//! the end, where a cut takes nothing away. Under a passphrase the sheet is an age file, as
//! `age -p` makes them, and is replaced whole.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519;
use zeroize::Zeroizing;

use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::secret::Secret;
use crate::vault::Vault;
use crate::{key, private_file};

/// Room for all of it: a text that grows leaves copies of the key behind.
const SHEET_AT_MOST: usize = 1024;

/// A sheet whose vault is not locked to it yet.
pub(super) struct Sheet {
    path: PathBuf,
    kept: Kept,
}

enum Kept {
    /// Open at its end.
    Plain(File),
    /// What it says, and what it is under.
    Protected {
        text: Zeroizing<String>,
        passphrase: Secret,
    },
}

impl Sheet {
    /// Writes the key to a new file, durably; under a passphrase when it has to be `protected`.
    ///
    /// # Errors
    /// When that can't be done; then there is no file either.
    pub(super) fn begin(
        app: &App,
        path: &Path,
        recovery: &x25519::Identity,
        protected: bool,
    ) -> Result<Self> {
        let mut text = Zeroizing::new(String::with_capacity(SHEET_AT_MOST));
        // Writing to a text can't fail.
        let _ = write!(
            text,
            "# oauthctl recovery key\n\
             # Use it with: oauthctl vault recover --with THIS-FILE\n\
             # public key: {}\n\
             {}\n",
            recovery.to_public(),
            recovery.to_string().expose_secret(),
        );
        let failed = |error: &(dyn std::error::Error + 'static)| {
            Error::new(
                Kind::Failed,
                format!("could not write the recovery key `{}`", path.display()),
            )
            .caused_by(error)
            .hint("nothing was changed; name another file")
        };
        let kept = if protected {
            let passphrase = app.new_passphrase(path)?;
            let sealed = key::protect(&text, &passphrase).map_err(|error| failed(&error))?;
            private_file::create_whole(path, &sealed).map_err(|error| failed(&error))?;
            Kept::Protected { text, passphrase }
        } else {
            let mut file = private_file::create_new(path).map_err(|error| failed(&error))?;
            let written = file
                .write_all(text.as_bytes())
                .and_then(|()| file.sync_all());
            if let Err(error) = written {
                // Nothing opens with it.
                let _ = fs::remove_file(path);
                return Err(failed(&error));
            }
            private_file::sync_parent(path).map_err(|error| failed(&error))?;
            Kept::Plain(file)
        };
        let path = path.to_owned();
        Ok(Self { path, kept })
    }

    /// Adds which vault it is, and the fingerprint by which that vault is known. A sheet without
    /// them opens the vault all the same, with the fingerprint from elsewhere.
    pub(super) fn end(mut self, app: &App, vault: &Vault) {
        if let Err(why) = self.add(vault) {
            app.ui.warn(&format!(
                "the recovery key works, but its file lacks the vault's fingerprint ({why}); note \
                 it yourself: {}",
                vault.fingerprint()
            ));
        }
        app.ui.note(&format!(
            "wrote a recovery key to `{}`: print it or put it on another medium, then remove it \
             here",
            self.path.display()
        ));
    }

    fn add(&mut self, vault: &Vault) -> std::result::Result<(), String> {
        let (id, fingerprint) = (vault.id(), vault.fingerprint());
        let more = format!("# vault: {id}\n{}{fingerprint}\n", key::FINGERPRINT);
        match &mut self.kept {
            Kept::Plain(file) => file
                .write_all(more.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| error.to_string()),
            Kept::Protected { text, passphrase } => {
                text.push_str(&more);
                let sealed = key::protect(text, passphrase).map_err(|error| error.to_string())?;
                private_file::replace(&self.path, &sealed).map_err(|error| error.to_string())
            }
        }
    }
}
