//! The recovery sheet: a stock age identity file whose comments carry what a person needs to know.
//!
//! The key is on disk before any vault is locked to it, and the file says so. When the vault is
//! locked to it, the sheet takes that file's place, whole. Under a passphrase it is an age file, as
//! `age -p` makes them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519;
use zeroize::Zeroizing;

use crate::app::App;
use crate::error::{Error, Kind, Result};
use crate::key::KeyError;
use crate::secret::Secret;
use crate::ui::shell_word;
use crate::vault::{Vault, VaultError};
use crate::{escape, key, private_file};

/// Room for the key and its public half: a text that grows leaves copies of the key behind.
const KEY_AT_MOST: usize = 512;
/// What its file begins with before.
const NOT_YET: &str = "# a key for oauthctl, NOT IN USE YET: it opens the vault only if\n\
                       # `oauthctl vault recipients list` names its public key\n";

/// A sheet whose vault is not locked to it yet.
pub(super) struct Sheet {
    path: PathBuf,
    /// The key, with its public half before it.
    key: Zeroizing<String>,
    /// What a sheet in use begins with.
    head: String,
    /// What it is under.
    passphrase: Option<Secret>,
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
        let failed = |error: &(dyn std::error::Error + 'static)| {
            Error::new(
                Kind::Failed,
                format!("could not write the recovery key `{}`", path.display()),
            )
            .caused_by(error)
            .hint("nothing was changed; name another file")
        };
        let mut key = Zeroizing::new(String::with_capacity(KEY_AT_MOST));
        // Writing to a text can't fail.
        let _ = write!(
            key,
            "# public key: {}\n{}\n",
            recovery.to_public(),
            recovery.to_string().expose_secret(),
        );
        let passphrase = protected.then(|| app.new_passphrase(path)).transpose()?;
        let sheet = Self {
            path: path.to_owned(),
            key,
            head: in_use(app),
            passphrase,
        };
        let content = sheet.content(NOT_YET, "").map_err(|error| failed(&error))?;
        private_file::create_whole(path, &content).map_err(|error| failed(&error))?;
        Ok(sheet)
    }

    fn content(&self, head: &str, tail: &str) -> std::result::Result<Zeroizing<Vec<u8>>, KeyError> {
        let room = head.len() + self.key.len() + tail.len();
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.push_str(head);
        text.push_str(&self.key);
        text.push_str(tail);
        match &self.passphrase {
            Some(passphrase) => key::protect(&text, passphrase),
            None => Ok(Zeroizing::new(text.as_bytes().to_vec())),
        }
    }

    /// Says what the key is for, which vault it is, and the fingerprint by which that vault is
    /// known. A sheet without them opens the vault all the same, with the fingerprint from elsewhere.
    pub(super) fn end(self, app: &App, vault: &Vault) {
        if let Err(why) = self.finish(vault) {
            app.ui.warn(&format!(
                "the recovery key works, but its file says that it is not in use yet and lacks the \
                 vault's fingerprint ({why}); note it yourself: {}",
                vault.fingerprint()
            ));
        }
        app.ui.note(&format!(
            "wrote a recovery key to `{}`: print it or put it on another medium, then remove it \
             here",
            self.path.display()
        ));
    }

    fn finish(&self, vault: &Vault) -> std::result::Result<(), String> {
        let (id, fingerprint) = (vault.id(), vault.fingerprint());
        let tail = format!("{}{id}\n{}{fingerprint}\n", key::SHEET_OF, key::FINGERPRINT);
        let content = self.content(&self.head, &tail);
        let content = content.map_err(|error| error.to_string())?;
        private_file::replace(&self.path, &content).map_err(|error| error.to_string())
    }

    /// The vault was not locked to it. A commit that failed may be found done by the next process.
    pub(super) fn give_up(self, error: VaultError) -> Error {
        let may_be_done = matches!(
            error,
            VaultError::Sqlite { .. } | VaultError::Io { .. } | VaultError::NoSpace { .. }
        );
        self.discard(may_be_done, Error::from(error))
    }

    /// Removes the file, except where a vault may be locked to it: then it is the only copy of a key
    /// that opens that vault.
    pub(super) fn discard(self, may_open: bool, error: Error) -> Error {
        let path = self.path.display();
        if may_open || fs::remove_file(&self.path).is_err() {
            error.note(format!(
                "the key in `{path}` opens the vault only if `oauthctl vault recipients list` \
                 names it"
            ))
        } else {
            error.note(format!("the recovery key `{path}` was removed again"))
        }
    }
}

/// What a sheet in use begins with: how it is used, with the flags that choose this vault.
fn in_use(app: &App) -> String {
    let mut flags = String::new();
    for (flag, value) in app.chosen_vault().unwrap_or_default() {
        flags.extend([" ", flag, " ", &escape::line(&shell_word(&value))]);
    }
    format!(
        "# oauthctl recovery key\n\
         # Use it with: oauthctl{flags} vault recover --with THIS-FILE\n"
    )
}
