//! Pin and anchor as files, for a key that is not in a keyring.
//!
//! A keyring item is as private as the key itself; a file beside the key is not: whoever can write
//! the folder could put a pin of their own there. So the pin's file carries a MAC that only the
//! holder of the identity can make. The anchor is sealed by the vault and passes through as bytes.

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::KeyError;
use crate::names::{VaultId, hex};
use crate::private_file::{self, PrivateFileError, with_suffix};

/// No pin or anchor is larger.
const LIMIT: u64 = 64 * 1024;
const PIN_FORM: &str = "oauthctl pin 1";
const PIN_INFO: &[u8] = b"oauthctl key pin file v1";

/// Where the notes of one vault lie.
#[derive(Debug)]
pub(super) struct Notes {
    /// Where they are written, and read first: a path that lacks its `.pin` or `.anchor`.
    stem: PathBuf,
    /// Where they are read when the first place has none.
    also: Option<PathBuf>,
}

impl Notes {
    /// `<identity file>.<vault id>.pin` and `.anchor`.
    pub(super) fn beside(identity_file: &Path, vault_id: VaultId) -> Self {
        Self {
            stem: with_suffix(identity_file, &format!(".{vault_id}")),
            also: None,
        }
    }

    /// `<vault id>.pin` and `.anchor` in the state folder.
    pub(super) fn in_state(state_dir: &Path, vault_id: VaultId) -> Self {
        Self {
            stem: state_dir.join(vault_id.to_string()),
            also: None,
        }
    }

    /// Beside the file where its folder can be written, else in the state folder; what somebody
    /// else put beside the file is still read.
    pub(super) fn beside_or_in_state(file: &Path, state_dir: &Path, vault_id: VaultId) -> Self {
        let beside = Self::beside(file, vault_id);
        if can_write_beside(file) {
            return beside;
        }
        Self {
            also: Some(beside.stem),
            ..Self::in_state(state_dir, vault_id)
        }
    }

    pub(super) fn read_pin(
        &self,
        identity: &x25519::Identity,
        vault_id: VaultId,
    ) -> Result<Option<String>, KeyError> {
        let Some((path, content)) = self.read("pin")? else {
            return Ok(None);
        };
        match open_pin(&content, identity, vault_id) {
            Some(pin) => Ok(Some(pin)),
            None => Err(KeyError::PinForged { path }),
        }
    }

    pub(super) fn write_pin(
        &self,
        pin: &str,
        identity: &x25519::Identity,
        vault_id: VaultId,
    ) -> Result<(), KeyError> {
        let body = format!("{}{pin}\n", pin_head(vault_id));
        let mac = pin_mac(&body, identity, vault_id).finalize().into_bytes();
        self.write("pin", format!("{body}mac {}\n", hex(&mac)).as_bytes())
    }

    pub(super) fn read_anchor(&self) -> Result<Option<Vec<u8>>, KeyError> {
        Ok(self.read("anchor")?.map(|(_, content)| content))
    }

    pub(super) fn write_anchor(&self, anchor: &[u8]) -> Result<(), KeyError> {
        self.write("anchor", anchor)
    }

    /// Removes both from where they are written.
    pub(super) fn remove(&self) -> Result<(), KeyError> {
        for kind in ["pin", "anchor"] {
            remove_file(&with_suffix(&self.stem, &format!(".{kind}")))?;
        }
        Ok(())
    }

    fn read(&self, kind: &str) -> Result<Option<(PathBuf, Vec<u8>)>, KeyError> {
        for stem in iter::once(&self.stem).chain(&self.also) {
            let path = with_suffix(stem, &format!(".{kind}"));
            match private_file::read(&path, LIMIT) {
                Ok(content) => return Ok(Some((path, content))),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    fn write(&self, kind: &str, content: &[u8]) -> Result<(), KeyError> {
        if let Some(parent) = self.stem.parent().filter(|parent| !parent.exists()) {
            private_file::ensure_folder(parent)?;
        }
        Ok(private_file::replace(
            &with_suffix(&self.stem, &format!(".{kind}")),
            content,
        )?)
    }
}

#[cfg(unix)]
fn can_write_beside(file: &Path) -> bool {
    use rustix::fs::{Access, access};
    let folder = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    access(
        folder.unwrap_or(Path::new(".")),
        Access::WRITE_OK | Access::EXEC_OK,
    )
    .is_ok()
}

#[cfg(not(unix))]
fn can_write_beside(_: &Path) -> bool {
    true
}

/// Removes a file; it may be gone already.
pub(super) fn remove_file(path: &Path) -> Result<(), KeyError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => {
            let path = path.to_owned();
            Err(PrivateFileError::Io {
                action: "remove",
                path,
                source,
            }
            .into())
        }
    }
}

fn pin_head(vault_id: VaultId) -> String {
    format!("{PIN_FORM}\nvault {vault_id}\npin ")
}

/// The pin, if the whole file is what [`Notes::write_pin`] makes of it with this identity.
fn open_pin(content: &[u8], identity: &x25519::Identity, vault_id: VaultId) -> Option<String> {
    let text = str::from_utf8(content).ok()?;
    let body_length = text.rfind("mac ")?;
    let (body, mac) = text.split_at_checked(body_length)?;
    let mac = mac.strip_prefix("mac ")?.strip_suffix('\n')?;
    pin_mac(body, identity, vault_id)
        .verify_slice(&unhex(mac)?)
        .ok()?;
    let pin = body.strip_prefix(&pin_head(vault_id))?;
    pin.strip_suffix('\n').map(str::to_owned)
}

fn pin_mac(body: &str, identity: &x25519::Identity, vault_id: VaultId) -> Hmac<Sha256> {
    let secret = identity.to_string();
    // One block of SHA-256: the length that HMAC takes as it is.
    let mut key = Zeroizing::new([0_u8; 64]);
    let derived = Hkdf::<Sha256>::new(Some(&vault_id.0), secret.expose_secret().as_bytes())
        .expand(PIN_INFO, key.as_mut());
    debug_assert!(derived.is_ok(), "HKDF-SHA256 gives up to 8160 bytes");
    let mut mac = Hmac::<Sha256>::new(key.as_slice().into());
    mac.update(body.as_bytes());
    mac
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() {
        return None;
    }
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAULT: VaultId = VaultId([1; 16]);
    const OTHER: VaultId = VaultId([2; 16]);

    fn world() -> (tempfile::TempDir, Notes, x25519::Identity) {
        let folder = tempfile::tempdir().unwrap();
        let notes = Notes::beside(&folder.path().join("key.txt"), VAULT);
        (folder, notes, x25519::Identity::generate())
    }

    fn pin_file(notes: &Notes) -> PathBuf {
        with_suffix(&notes.stem, ".pin")
    }

    #[test]
    fn a_pin_comes_back_and_a_missing_one_is_none() {
        let (folder, notes, identity) = world();
        assert_eq!(notes.read_pin(&identity, VAULT).unwrap(), None);
        notes.write_pin("ab:cd", &identity, VAULT).unwrap();
        assert_eq!(notes.read_pin(&identity, VAULT).unwrap().unwrap(), "ab:cd");
        let name = format!("key.txt.{VAULT}.pin");
        assert!(folder.path().join(name).exists());
        notes.remove().unwrap();
        assert_eq!(notes.read_pin(&identity, VAULT).unwrap(), None);
    }

    #[test]
    fn a_pin_written_without_the_key_is_forged() {
        let (_folder, notes, identity) = world();
        let attacker = x25519::Identity::generate();
        notes.write_pin("theirs", &attacker, VAULT).unwrap();
        let read = notes.read_pin(&identity, VAULT);
        assert!(matches!(read, Err(KeyError::PinForged { .. })), "{read:?}");
        assert_eq!(
            notes.read_pin(&attacker, VAULT).unwrap().unwrap(),
            "theirs",
            "the control"
        );
    }

    #[test]
    fn the_pin_of_another_vault_is_forged_here() {
        let (folder, notes, identity) = world();
        let other = Notes::beside(&folder.path().join("key.txt"), OTHER);
        other.write_pin("other", &identity, OTHER).unwrap();
        assert_eq!(notes.read_pin(&identity, VAULT).unwrap(), None);
        let moved = fs::read(pin_file(&other)).unwrap();
        private_file::replace(&pin_file(&notes), &moved).unwrap();
        let read = notes.read_pin(&identity, VAULT);
        assert!(matches!(read, Err(KeyError::PinForged { .. })), "{read:?}");
    }

    #[test]
    fn every_torn_or_changed_pin_is_forged() {
        let (_folder, notes, identity) = world();
        notes.write_pin("f00d", &identity, VAULT).unwrap();
        let whole = fs::read(pin_file(&notes)).unwrap();
        for length in 0..whole.len() {
            assert_eq!(
                open_pin(&whole[..length], &identity, VAULT),
                None,
                "cut at {length}"
            );
        }
        for position in 0..whole.len() {
            let mut changed = whole.clone();
            changed[position] ^= 0x01;
            assert_eq!(
                open_pin(&changed, &identity, VAULT),
                None,
                "changed at {position}"
            );
        }
        assert_eq!(
            open_pin(&whole, &identity, VAULT).unwrap(),
            "f00d",
            "the control"
        );
    }

    #[test]
    fn anchors_pass_through_as_they_are() {
        let (_folder, notes, _) = world();
        assert_eq!(notes.read_anchor().unwrap(), None);
        notes.write_anchor(b"\x00\xff\r\n").unwrap();
        assert_eq!(notes.read_anchor().unwrap().unwrap(), b"\x00\xff\r\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_pin_that_others_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, notes, identity) = world();
        notes.write_pin("f00d", &identity, VAULT).unwrap();
        let loose = fs::Permissions::from_mode(0o620);
        fs::set_permissions(pin_file(&notes), loose).unwrap();
        let read = notes.read_pin(&identity, VAULT);
        assert!(
            matches!(read, Err(KeyError::File(PrivateFileError::Loose { .. }))),
            "{read:?}"
        );
    }

    #[test]
    fn notes_that_stand_beside_an_unwritable_key_are_read_and_never_written() {
        let (folder, beside, identity) = world();
        beside.write_pin("beside", &identity, VAULT).unwrap();
        let state = folder.path().join("state");
        let notes = Notes {
            also: Some(beside.stem.clone()),
            ..Notes::in_state(&state, VAULT)
        };
        assert_eq!(notes.read_pin(&identity, VAULT).unwrap().unwrap(), "beside");
        notes.write_pin("newer", &identity, VAULT).unwrap();
        assert_eq!(notes.read_pin(&identity, VAULT).unwrap().unwrap(), "newer");
        assert_eq!(
            beside.read_pin(&identity, VAULT).unwrap().unwrap(),
            "beside"
        );
    }
}
