//! Where the token that a job exchanges comes from: it is read anew each time, and never stored.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

use crate::env;
use crate::private_file;
use crate::secret::Secret;

/// The largest token that is read.
const LARGEST: u64 = 64 * 1024;

/// A file or a variable that holds a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// A file, by its absolute path.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
}

/// The text is neither `file:PATH` nor `env:NAME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("say `file:/PATH`, with the whole path, or `env:NAME` with no variable of oauthctl's own")]
pub struct TokenSourceError;

/// There is no token to exchange.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place} holds no token: {why}")]
pub struct NoToken {
    place: String,
    why: String,
}

impl FromStr for TokenSource {
    type Err = TokenSourceError;

    fn from_str(text: &str) -> Result<Self, TokenSourceError> {
        match text.split_once(':') {
            Some(("file", path)) if PathBuf::from(path).is_absolute() => {
                Ok(Self::File(PathBuf::from(path)))
            }
            // Our own variables hold the vault's key and clients' secrets.
            Some(("env", name))
                if !name.is_empty()
                    && !name.contains(['=', '\0'])
                    && !name.starts_with(env::PREFIX) =>
            {
                Ok(Self::Variable(name.to_owned()))
            }
            _ => Err(TokenSourceError),
        }
    }
}

impl fmt::Display for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Variable(name) => write!(f, "env:{name}"),
        }
    }
}

impl TokenSource {
    /// The token.
    ///
    /// # Errors
    /// When there is none, or it is no token.
    pub fn read(&self) -> Result<Secret, NoToken> {
        let none = |why: String| NoToken {
            place: format!("`{}`", crate::escape::line(&self.to_string())),
            why,
        };
        let token = match self {
            Self::File(path) => {
                let bytes = private_file::read_any(path, LARGEST)
                    .map_err(|error| none(error.to_string()))?;
                Secret::new(String::from_utf8_lossy(&bytes).trim().to_owned())
            }
            Self::Variable(name) => {
                env::secret(name).ok_or_else(|| none("it is not set".to_owned()))?
            }
        };
        let text = token.expose();
        if !text.is_empty() && text.bytes().all(|b| (0x21..=0x7E).contains(&b)) {
            Ok(token)
        } else {
            Err(none("what is there is no token".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_a_whole_path_or_a_variable_and_reads_as_it_was_written() {
        for good in ["file:/run/token", "env:ID_TOKEN"] {
            assert_eq!(good.parse::<TokenSource>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "token",
            "file:",
            "file:token",
            "env:",
            "env:A=B",
            "env:OAUTHCTL_IDENTITY",
            "x:/y",
        ] {
            assert_eq!(bad.parse::<TokenSource>(), Err(TokenSourceError), "{bad}");
        }
    }
}
