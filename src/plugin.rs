//! Age plugins: programs that use a key which this one can't, such as one in a hardware token.
//!
//! What is spoken is age's plugin protocol (`recipient-v1`, `identity-v1`) over the program's
//! standard input and output. The client in the `age` crate looks its programs up on `PATH` each
//! time; here the absolute path is recorded when the recipient is added, and that program is
//! started. It gets a file key of 16 random bytes and nothing else of the vault.

mod talk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use age::{DecryptError, EncryptError};
use age_core::format::{FileKey, Stanza};
use age_core::primitives::bech32_decode;
use age_core::secrecy::ExposeSecret;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

pub use talk::{Nobody, Person};

use crate::env;
use talk::Session;

/// The most that the stanzas of one recipient may hold, in bytes: a post-quantum one has about
/// 1,200.
const STANZAS_HOLD_AT_MOST: usize = 8 * 1024;
/// How many stanzas one recipient may have. Most have one, and one that stands for a group has more.
const STANZAS_AT_MOST: usize = 8;
/// What every plugin program's name begins with.
const PROGRAM: &str = "age-plugin-";

/// A plugin did not do what it was asked for. Comes as the inner error of an `io::Error`.
#[derive(Debug, Error)]
#[error("`{}`: {why}", program.display())]
pub struct Failed {
    program: PathBuf,
    why: String,
}

/// The plugin's own complaint inside an error of age's, where it is one.
#[must_use]
pub fn complaint(error: &io::Error) -> Option<String> {
    let inner = error.get_ref()?.downcast_ref::<Failed>()?;
    Some(inner.to_string())
}

/// The name of the plugin that an age recipient is for, as in `age1yubikey1…`; `None` for what is
/// no such recipient.
#[must_use]
pub fn of_recipient(text: &str) -> Option<String> {
    named(text, |prefix| prefix.strip_prefix("age1"))
}

/// The name of the plugin that an age identity is for, as in `AGE-PLUGIN-YUBIKEY-1…`; `None` for
/// what is no such identity.
#[must_use]
pub fn of_identity(text: &str) -> Option<String> {
    named(text, |prefix| {
        prefix.strip_prefix("age-plugin-")?.strip_suffix('-')
    })
}

/// The plugin's name in the prefix of a Bech32 text. The name becomes part of a program's: whatever
/// could be part of a path is refused (RUSTSEC-2024-0432).
fn named(text: &str, name: impl FnOnce(&str) -> Option<&str>) -> Option<String> {
    let keep = |prefix: &str| {
        let lower = prefix.to_ascii_lowercase();
        let name = name(&lower)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'_');
        (!name.is_empty() && name.bytes().all(plain)).then(|| name.to_owned())
    };
    let read = bech32_decode(text, |_| (), |_| Ok(()), |prefix, _| Ok(prefix));
    keep(read.ok()?.as_str())
}

/// Where a plugin's program is.
#[must_use]
pub fn find(plugin: &str) -> Option<PathBuf> {
    let name = format!("{PROGRAM}{plugin}{}", std::env::consts::EXE_SUFFIX);
    on_search_path(Path::new(&name))
}

/// The first program of that name in an absolute folder of the search path.
#[must_use]
pub fn on_search_path(name: &Path) -> Option<PathBuf> {
    let path = env::search_path()?;
    std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|program| is_program(program))
}

/// Whether there is a file that can be started.
#[must_use]
pub fn is_program(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let may_start = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_start = true;
    metadata.is_file() && may_start
}

/// Whom a plugin's program can lock something to.
pub struct Recipient<'a> {
    /// `age1NAME1…`.
    pub text: &'a str,
    /// The absolute path of the plugin's program.
    pub program: &'a Path,
    /// Who is there when it locks.
    pub person: &'a dyn Person,
}

#[expect(clippy::disallowed_types, reason = "age's trait gives labels so")]
impl age::Recipient for Recipient<'_> {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, std::collections::HashSet<String>), EncryptError> {
        let mut stanzas = Vec::new();
        let mut labels = std::collections::HashSet::new();
        let mut session = Session::start(self.program, "recipient-v1", self.person)?;
        session.send("add-recipient", &[self.text], &[]);
        session.send("extension-labels", &[], &[]);
        session.send("wrap-file-key", &[], file_key.expose_secret());
        session.send("done", &[], &[]);
        session.listen(self.person, |session, mut command| {
            match command.tag.as_str() {
                "recipient-stanza" if command.args.len() > 1 && command.args.remove(0) == "0" => {
                    command.tag = command.args.remove(0);
                    stanzas.push(command);
                    session.ok(&[]);
                }
                "labels" => {
                    labels.extend(command.args);
                    session.ok(&[]);
                }
                _ => session.send("unsupported", &[], &[]),
            }
        })?;
        if stanzas.is_empty() {
            return Err(session.failed("it locked nothing").into());
        }
        if !are_sound(&stanzas) {
            return Err(session
                .failed("what it locked is no sound age stanza")
                .into());
        }
        Ok((stanzas, labels))
    }
}

/// Whether stanzas can stand in a header beside others: one that passes for another kind of key, or
/// fills the header, would lock everybody out. That age can read them again is seen to where they
/// are received: their words are age's.
fn are_sound(stanzas: &[Stanza]) -> bool {
    let size = |stanza: &Stanza| {
        let words = stanza.args.iter().map(|word| word.len() + 1);
        stanza.tag.len() + words.sum::<usize>() + stanza.body.len()
    };
    let is_native = |stanza: &Stanza| ["X25519", "scrypt"].contains(&stanza.tag.as_str());
    stanzas.len() <= STANZAS_AT_MOST
        && stanzas.iter().map(size).sum::<usize>() <= STANZAS_HOLD_AT_MOST
        && !stanzas.iter().any(is_native)
}

/// An identity that a plugin's program uses for us.
pub struct Identity<'a> {
    text: Zeroizing<String>,
    program: PathBuf,
    person: &'a dyn Person,
    /// What was unlocked last, by what it was locked in: nobody has to touch a token twice for the
    /// same file.
    last: Mutex<Option<Unlocked>>,
}

struct Unlocked {
    bodies: Vec<u8>,
    file_key: Zeroizing<[u8; 16]>,
}

impl<'a> Identity<'a> {
    /// The identity with that text, whose plugin's program is `program`.
    #[must_use]
    pub fn new(text: &str, program: PathBuf, person: &'a dyn Person) -> Self {
        Self {
            text: Zeroizing::new(text.to_owned()),
            program,
            person,
            last: Mutex::new(None),
        }
    }

    /// The absolute path of the plugin's program.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    fn unlock(&self, stanzas: &[&Stanza]) -> io::Result<Option<Zeroizing<[u8; 16]>>> {
        let mut session = Session::start(&self.program, "identity-v1", self.person)?;
        session.send("add-identity", &[self.text.as_str()], &[]);
        for stanza in stanzas {
            let mut words = vec!["0", stanza.tag.as_str()];
            words.extend(stanza.args.iter().map(String::as_str));
            session.send("recipient-stanza", &words, &stanza.body);
        }
        session.send("done", &[], &[]);
        let mut found = None;
        let ended = session.listen(self.person, |session, mut command| {
            let is_ours = command.args.first().is_some_and(|file| file == "0");
            match (command.tag.as_str(), command.body.first_chunk::<16>()) {
                ("file-key", Some(key)) if is_ours && command.body.len() == 16 => {
                    found = Some(Zeroizing::new(*key));
                    session.ok(&[]);
                }
                ("file-key", _) => session.send("fail", &[], &[]),
                _ => session.send("unsupported", &[], &[]),
            }
            command.body.zeroize();
        });
        // It may complain of other keys of its own that it tried first.
        match (found, ended) {
            (None, Err(error)) => Err(error),
            (found, _) => Ok(found),
        }
    }

    fn unlock_once(&self, stanzas: &[&Stanza]) -> io::Result<Option<FileKey>> {
        let bodies: Vec<u8> = stanzas
            .iter()
            .flat_map(|stanza| stanza.body.iter().copied())
            .collect();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|last| last.bodies != bodies) {
            let Some(file_key) = self.unlock(stanzas)? else {
                return Ok(None);
            };
            *last = Some(Unlocked { bodies, file_key });
        }
        let file_key = last.as_ref().map(|last| Box::new(*last.file_key));
        Ok(file_key.map(FileKey::new))
    }
}

impl age::Identity for Identity<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        let unlocked = self.unlock_once(&[stanza]);
        unlocked.map_err(DecryptError::from).transpose()
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        let all: Vec<&Stanza> = stanzas.iter().collect();
        let unlocked = self.unlock_once(&all);
        unlocked.map_err(DecryptError::from).transpose()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
