//! Where the master key comes from, as the vault's header records it.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;
use url::Url;

use crate::escape;
use crate::names::hex;

/// The first word of a recorded source: the version of its form.
const VERSION: &str = "1";

/// The place of a vault's master identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An item of the system keyring.
    Keyring,
    /// Another item of the system keyring, which a rekey made; its mark is 8 hex digits.
    KeyringItem(String),
    /// An age identity file, absolute path.
    IdentityFile(PathBuf),
    /// An age identity file that is protected by a passphrase (scrypt), absolute path.
    PassphraseFile(PathBuf),
    /// Nothing is kept: `OAUTHCTL_IDENTITY_FILE` or `OAUTHCTL_IDENTITY` gives it each time.
    Environment,
}

/// Why a source can't be recorded or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SourceError {
    /// A relative path means something else in another folder.
    #[error("`{}` is not an absolute path without `..`", path.display())]
    NotAbsolute {
        /// The path.
        path: PathBuf,
    },
    /// The header holds something that this version doesn't know.
    #[error(
        "the vault's key source `{}` is not known to this version",
        escape::line(said)
    )]
    Unknown {
        /// What the header says.
        said: String,
    },
}

impl Source {
    /// The kind in one word, as `vault init --key` takes it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Keyring | Self::KeyringItem(_) => "keyring",
            Self::IdentityFile(_) => "file",
            Self::PassphraseFile(_) => "passphrase",
            Self::Environment => "environment",
        }
    }

    /// The file that the key is in.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::IdentityFile(path) | Self::PassphraseFile(path) => Some(path),
            Self::Keyring | Self::KeyringItem(_) | Self::Environment => None,
        }
    }

    /// The text for the vault's header: version, kind, and for files a `file:` URL.
    ///
    /// # Errors
    /// [`SourceError::NotAbsolute`] when the path would not come back as it went in.
    pub fn to_text(&self) -> Result<String, SourceError> {
        let (kind, path) = match self {
            Self::Keyring => return Ok(format!("{VERSION} keyring")),
            Self::KeyringItem(mark) => return Ok(format!("{VERSION} keyring-item {mark}")),
            Self::Environment => return Ok(format!("{VERSION} environment")),
            Self::IdentityFile(path) => ("identity-file", path),
            Self::PassphraseFile(path) => ("passphrase-file", path),
        };
        let not_absolute = || SourceError::NotAbsolute { path: path.clone() };
        let url = Url::from_file_path(path).map_err(|()| not_absolute())?;
        let text = format!("{VERSION} {kind} {url}");
        if Self::parse(&text)? == *self {
            Ok(text)
        } else {
            Err(not_absolute())
        }
    }

    /// A place of the same kind that no key was ever kept at: for the key that takes the place of
    /// this one. `None` for the environment, which nobody can write.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn another(&self) -> Result<Option<Self>, getrandom::Error> {
        let mut mark = [0_u8; 4];
        getrandom::fill(&mut mark)?;
        let mark = hex(&mark);
        Ok(match self {
            Self::Keyring | Self::KeyringItem(_) => Some(Self::KeyringItem(mark)),
            Self::IdentityFile(path) => Some(Self::IdentityFile(another_file(path, &mark))),
            Self::PassphraseFile(path) => Some(Self::PassphraseFile(another_file(path, &mark))),
            Self::Environment => None,
        })
    }

    /// Reads what [`Source::to_text`] wrote.
    ///
    /// # Errors
    /// [`SourceError::Unknown`] for every other text.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let unknown = || SourceError::Unknown {
            said: text.to_owned(),
        };
        let file = |url: &str| {
            let url = Url::parse(url).ok().filter(|url| url.scheme() == "file");
            url.and_then(|url| url.to_file_path().ok())
                .ok_or_else(unknown)
        };
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            [VERSION, "keyring"] => Ok(Self::Keyring),
            [VERSION, "keyring-item", mark] if is_mark(mark) => {
                Ok(Self::KeyringItem((*mark).to_owned()))
            }
            [VERSION, "environment"] => Ok(Self::Environment),
            [VERSION, "identity-file", url] => file(url).map(Self::IdentityFile),
            [VERSION, "passphrase-file", url] => file(url).map(Self::PassphraseFile),
            _ => Err(unknown()),
        }
    }
}

fn is_mark(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `identity.txt` becomes `identity-MARK.txt`, and that one `identity-OTHER.txt`.
fn another_file(path: &Path, mark: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default();
    let mut name = match stem.to_str().and_then(|stem| stem.rsplit_once('-')) {
        Some((name, old)) if is_mark(old) => OsString::from(name),
        _ => stem.to_owned(),
    };
    name.push("-");
    name.push(mark);
    if let Some(end) = path.extension() {
        name.push(".");
        name.push(end);
    }
    path.with_file_name(name)
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyring | Self::KeyringItem(_) => f.write_str("the system keyring"),
            Self::IdentityFile(path) => write!(f, "the file `{}`", path.display()),
            Self::PassphraseFile(path) => {
                write!(f, "the passphrase-protected file `{}`", path.display())
            }
            Self::Environment => f.write_str("the environment"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_source_comes_back_as_it_went_in() {
        let odd = PathBuf::from("/home/zoë/my keys/100% \"sure\"\n/k?#.txt");
        for source in [
            Source::Keyring,
            Source::KeyringItem("0a1b2c3d".to_owned()),
            Source::Environment,
            Source::IdentityFile("/k".into()),
            Source::IdentityFile(odd.clone()),
            Source::PassphraseFile(odd),
        ] {
            let text = source.to_text().unwrap();
            assert_eq!(Source::parse(&text).unwrap(), source, "{text}");
            assert!(!text.contains('\n'), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_utf_8_is_recorded_too() {
        use std::os::unix::ffi::OsStringExt;
        let path = OsString::from_vec(b"/k\xff\xfe.txt".to_vec());
        let source = Source::IdentityFile(path.into());
        assert_eq!(Source::parse(&source.to_text().unwrap()).unwrap(), source);
    }

    #[test]
    fn relative_paths_are_refused() {
        for path in ["k", "./k", "../k", "", "/a/../k"] {
            let refused = Source::IdentityFile(path.into()).to_text();
            assert!(
                matches!(refused, Err(SourceError::NotAbsolute { .. })),
                "{path}"
            );
        }
    }

    #[test]
    fn an_unknown_source_is_refused() {
        for text in [
            "",
            "keyring",
            "2 keyring",
            "1 kwallet",
            "1  keyring",
            "1 keyring ",
            "1 keyring x",
            "1 keyring-item",
            "1 keyring-item pin",
            "1 keyring-item 0a1b2c3d 1",
            "1 keyring-item 0a1b2c3d:pin",
            "1 identity-file",
            "1 identity-file /k",
            "1 identity-file https://x/k",
            "1 identity-file file:///k x",
            "1 identity-file file://host/k",
            "1\nkeyring",
        ] {
            let refused = Source::parse(text);
            assert!(
                matches!(refused, Err(SourceError::Unknown { .. })),
                "{text:?} {refused:?}"
            );
        }
    }
}
