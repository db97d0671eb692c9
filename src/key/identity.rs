//! Age identity files: read with suspicion, written once.
//!
//! Age's own error texts are never shown: they wrap values in invisible Unicode isolates.

use std::io::{Read, Write};
use std::iter;
use std::path::Path;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::secrecy::{ExposeSecret, SecretString};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use zeroize::Zeroizing;

use super::{Ask, KeyError};
use crate::names::VaultId;
use crate::private_file;
use crate::secret::Secret;

/// No identity file is larger.
const FILE_LIMIT: u64 = 64 * 1024;
/// No passphrase is longer, in bytes.
const PASSPHRASE_LIMIT: u64 = 4096;
/// About a second of scrypt and 256 MiB; age's automatic choice picked 20 where 18 took 1.2 s.
pub(super) const WORK_FACTOR: u8 = 18;
/// The most scrypt work that a file can make this program do: 1 GiB.
const WORK_FACTOR_LIMIT: u8 = 20;

/// How an identity file has to be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    Plain,
    Passphrase,
    /// Whichever the file shows: for one that was named by hand.
    Either,
}

/// The one X25519 identity in the text of an identity file; `place` says where it stood.
pub(super) fn from_text(text: &str, place: &str) -> Result<x25519::Identity, KeyError> {
    let bad = |why| KeyError::BadIdentity {
        place: place.to_owned(),
        why,
    };
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    let line = lines.next().ok_or_else(|| bad("it holds no identity"))?;
    let identity = line
        .parse::<x25519::Identity>()
        .map_err(|_| bad(what_else(line)))?;
    if lines.next().is_some() {
        return Err(bad("it holds more than one identity"));
    }
    Ok(identity)
}

/// Names what a line is that is no identity. Never quotes it: it may be a mistyped key.
fn what_else(line: &str) -> &'static str {
    if line.starts_with("AGE-PLUGIN-") {
        "it is for an age plugin, which can't be used here yet"
    } else if line.starts_with("AGE-SECRET-KEY-PQ-") {
        "it is a post-quantum identity, which can't be used here yet"
    } else if line.starts_with("age1") {
        "it holds a public key (`age1…`), not an identity"
    } else if line.starts_with("-----BEGIN") {
        "it is a key of another program"
    } else {
        "it is damaged, or something else"
    }
}

/// Reads an identity file; asks for its passphrase when it has one.
pub(super) fn from_file(
    path: &Path,
    protection: Protection,
    ask: &Ask,
) -> Result<x25519::Identity, KeyError> {
    let place = format!("`{}`", path.display());
    let bad = |why| KeyError::BadIdentity {
        place: place.clone(),
        why,
    };
    let content = Zeroizing::new(private_file::read(path, FILE_LIMIT)?);
    let protected = is_age_file(&content);
    let plain = match (protected, protection) {
        (true, Protection::Plain) => return Err(bad("it is encrypted, which was not recorded")),
        (false, Protection::Passphrase) => return Err(bad("it is not encrypted any more")),
        (true, _) => decrypt(&content, &passphrase_for(path, ask)?, path)?,
        (false, _) => content,
    };
    let text = str::from_utf8(&plain).map_err(|_| bad("it is not text"))?;
    from_text(text, &place)
}

fn is_age_file(content: &[u8]) -> bool {
    content.starts_with(b"age-encryption.org/")
        || content
            .trim_ascii_start()
            .starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

fn decrypt(
    content: &[u8],
    passphrase: &Secret,
    path: &Path,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bad = |why| KeyError::BadIdentity {
        place: format!("`{}`", path.display()),
        why,
    };
    let decryptor = Decryptor::new(ArmoredReader::new(content))
        .map_err(|_| bad("its age header is damaged"))?;
    if !decryptor.is_scrypt() {
        return Err(bad("it is encrypted to a key, not with a passphrase"));
    }
    let mut opener = scrypt::Identity::new(SecretString::from(passphrase.expose()));
    opener.set_max_work_factor(WORK_FACTOR_LIMIT);
    let reader = decryptor.decrypt(iter::once(&opener as &dyn age::Identity));
    let reader = reader.map_err(|error| match error {
        DecryptError::ExcessiveWork { required, .. } => KeyError::WorkFactor {
            path: path.to_owned(),
            factor: required,
            limit: WORK_FACTOR_LIMIT,
        },
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            KeyError::WrongPassphrase {
                path: path.to_owned(),
            }
        }
        DecryptError::InvalidHeader
        | DecryptError::InvalidMac
        | DecryptError::Io(_)
        | DecryptError::NoMatchingKeys
        | DecryptError::UnknownFormat
        | _ => bad("its age header is damaged"),
    })?;
    let mut plain = Zeroizing::new(Vec::with_capacity(content.len()));
    reader
        .take(FILE_LIMIT)
        .read_to_end(&mut plain)
        .map_err(|_| bad("its content is damaged"))?;
    Ok(plain)
}

/// The passphrase of an existing file: from its own file, else from a person.
fn passphrase_for(path: &Path, ask: &Ask) -> Result<Secret, KeyError> {
    if let Some(file) = ask.passphrase_file {
        return passphrase_from_file(file);
    }
    let prompt = ask.prompt.ok_or_else(|| KeyError::NoTerminal {
        path: path.to_owned(),
    })?;
    prompt(&format!("Passphrase for {}: ", path.display())).map_err(KeyError::Prompt)
}

/// The passphrase for a file that is to be made: a person types it twice.
pub(super) fn new_passphrase(path: &Path, ask: &Ask) -> Result<Secret, KeyError> {
    let passphrase = passphrase_for(path, ask)?;
    if let (None, Some(prompt)) = (ask.passphrase_file, ask.prompt) {
        let again = prompt("The same again: ").map_err(KeyError::Prompt)?;
        if !passphrase.matches(again.expose()) {
            return Err(KeyError::BadPassphrase {
                why: "the two are not the same",
            });
        }
    }
    if passphrase.expose().is_empty() {
        return Err(KeyError::BadPassphrase { why: "it is empty" });
    }
    Ok(passphrase)
}

fn passphrase_from_file(path: &Path) -> Result<Secret, KeyError> {
    let content = Zeroizing::new(private_file::read(path, PASSPHRASE_LIMIT)?);
    let text = str::from_utf8(&content).map_err(|_| KeyError::BadPassphrase {
        why: "its file is not text",
    })?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains('\n') {
        return Err(KeyError::BadPassphrase {
            why: "its file has more than one line",
        });
    }
    if line.is_empty() {
        return Err(KeyError::BadPassphrase {
            why: "its file is empty",
        });
    }
    Ok(Secret::new(line.to_owned()))
}

/// Writes a new identity file, with a passphrase when one is given, and reads it back. Nothing may
/// stand at `path`.
pub(super) fn to_new_file(
    path: &Path,
    identity: &x25519::Identity,
    passphrase: Option<&Secret>,
    vault_id: VaultId,
) -> Result<(), KeyError> {
    let plain = file_text(identity, vault_id);
    let content = match passphrase {
        None => plain,
        Some(passphrase) => encrypt(&plain, passphrase, WORK_FACTOR)?,
    };
    if let Some(parent) = path.parent() {
        private_file::ensure_folder(parent)?;
    }
    let mut file = private_file::create_new(path)?;
    let io = |source| private_file::PrivateFileError::Io {
        action: "write",
        path: path.to_owned(),
        source,
    };
    file.write_all(&content)
        .and_then(|()| file.sync_all())
        .map_err(io)?;
    private_file::sync_parent(path)?;
    if *Zeroizing::new(private_file::read(path, FILE_LIMIT)?) == *content {
        Ok(())
    } else {
        Err(KeyError::NotKept {
            place: format!("`{}`", path.display()),
        })
    }
}

fn file_text(identity: &x25519::Identity, vault_id: VaultId) -> Zeroizing<Vec<u8>> {
    let secret = identity.to_string();
    let text = format!(
        "# the master key of oauthctl vault {vault_id}: whoever has it can open that vault\n\
         # public key: {}\n{}\n",
        identity.to_public(),
        secret.expose_secret(),
    );
    Zeroizing::new(text.into_bytes())
}

/// An armored age file with one scrypt stanza. Age's writers fail only where the buffer does,
/// which it can't.
fn encrypt(plain: &[u8], passphrase: &Secret, factor: u8) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.expose()));
    recipient.set_work_factor(factor);
    let failed = |_| KeyError::BadPassphrase {
        why: "age could not encrypt with it",
    };
    let encryptor = Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
        .map_err(|_| KeyError::BadPassphrase {
            why: "age could not encrypt with it",
        })?;
    let mut sealed = Vec::new();
    ArmoredWriter::wrap_output(&mut sealed, Format::AsciiArmor)
        .and_then(|armor| encryptor.wrap_output(armor))
        .and_then(|mut writer| writer.write_all(plain).and_then(|()| writer.finish()))
        .and_then(ArmoredWriter::finish)
        .map_err(failed)?;
    Ok(Zeroizing::new(sealed))
}
