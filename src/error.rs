//! An error is data until it is printed: a kind that decides the exit code, what failed, what
//! caused it, and the way out.

mod documents;
mod words;

pub(crate) use words::{ANOTHER_KEY, BACK_TO_A_BACKUP, way_home};

use std::error::Error as StdError;
use std::io;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::private_file::is_no_room;

/// The way out where the disk is full.
const FREE_SOME_SPACE: &str = "free some space and try again";

/// What kind of failure it was. Each kind is one exit code, and exit codes are an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Anything that no other kind names.
    Failed,
    /// The command line makes no sense.
    Usage,
    /// Two versions of a text, and a person must decide.
    Conflict,
    /// No connection, it ended, or a scope is missing: a person has to sign in.
    LoginRequired,
    /// The network, a server in trouble, a rate limit: the same call may work later.
    Temporary,
    /// The master key can't be had: keyring locked or absent, wrong passphrase.
    NoKey,
    /// The provider or the person said no.
    Refused,
    /// The first step of two is done, the second is not.
    Pending,
    /// A safety guard stopped it: tampering, roll-back, another account.
    Stopped,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Kind {
    /// The process exit code.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Conflict => 3,
            Self::LoginRequired => 4,
            Self::Temporary => 5,
            Self::NoKey => 6,
            Self::Refused => 7,
            Self::Pending => 8,
            Self::Stopped => 9,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The name in `--json` errors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Conflict => "conflict",
            Self::LoginRequired => "login_required",
            Self::Temporary => "temporary",
            Self::NoKey => "no_key",
            Self::Refused => "refused",
            Self::Pending => "pending",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// Whether nothing failed, and somebody said to stop.
    #[must_use]
    pub const fn is_a_signal(self) -> bool {
        matches!(self, Self::Interrupted | Self::Terminated)
    }

    /// Of many connections' failures, the one that decides the exit code: the first of no key,
    /// login required, refused, temporary, failed; a guard's stop comes before all.
    #[must_use]
    pub fn most_pressing(kinds: impl IntoIterator<Item = Self>) -> Option<Self> {
        let rank = |kind: &Self| match kind {
            Self::Interrupted | Self::Terminated => 0,
            Self::Stopped => 1,
            Self::NoKey => 2,
            Self::LoginRequired => 3,
            Self::Refused => 4,
            Self::Temporary => 5,
            Self::Failed => 6,
            Self::Pending => 7,
            Self::Usage | Self::Conflict => 8,
        };
        kinds.into_iter().min_by_key(rank)
    }
}

/// A failure on its way to the person: a pointer, since every `?` on the way hands it on.
#[derive(Debug)]
pub struct Error(Box<Telling>);

/// What is told of a failure.
#[derive(Debug)]
pub struct Telling {
    /// Decides the exit code.
    pub kind: Kind,
    /// What could not be done: lower case, no full stop, literals in backticks.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What a person should know beside it: what was kept, what was left alone.
    pub notes: Vec<String>,
    /// Ways out.
    pub hints: Vec<String>,
    /// When the same call may work again.
    pub retry_after: Option<Duration>,
    /// The exit code where it is not the kind's: `exec` passes its command's on.
    pub exit_code: Option<u8>,
}

impl Deref for Error {
    type Target = Telling;

    fn deref(&self) -> &Telling {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Telling {
        &mut self.0
    }
}

impl Error {
    /// A failure of `kind`.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Telling {
            kind,
            message: message.into(),
            causes: Vec::new(),
            notes: Vec::new(),
            hints: Vec::new(),
            retry_after: None,
            exit_code: None,
        }))
    }

    /// Adds one cause in words.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Adds what is no cause, and good to know.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds an error and everything beneath it as causes. A full disk has its way out wherever it is
    /// met.
    #[must_use]
    pub fn caused_by(mut self, cause: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(cause);
        while let Some(error) = next {
            let text = error.to_string();
            // Some libraries repeat their source in their own text.
            if self.causes.last().is_none_or(|last| !last.ends_with(&text)) {
                self.causes.push(text);
            }
            if let Some(io) = error.downcast_ref::<io::Error>()
                && is_no_room(io.kind())
            {
                self = self.hint(FREE_SOME_SPACE);
            }
            next = error.source();
        }
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// What could not be done and why, in one line for a program.
    #[must_use]
    pub fn whole(&self) -> String {
        let mut whole = self.message.clone();
        for cause in &self.causes {
            whole = format!("{whole}: {cause}");
        }
        whole
    }

    /// The process exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.exit_code.unwrap_or_else(|| self.kind.exit_code())
    }

    /// Ends the process with this code instead of the kind's.
    #[must_use]
    pub fn exits_with(mut self, code: u8) -> Self {
        self.exit_code = Some(code);
        self
    }

    /// Says when the same call may work again.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }
}

/// What commands return.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_failures_no_key_decides_before_login_before_refused_before_temporary() {
        use Kind::{Failed, LoginRequired, NoKey, Refused, Temporary};
        let most = |kinds: &[Kind]| Kind::most_pressing(kinds.iter().copied());
        assert_eq!(
            most(&[Failed, Temporary, Refused, LoginRequired, NoKey]),
            Some(NoKey)
        );
        assert_eq!(
            most(&[Failed, Temporary, Refused, LoginRequired]),
            Some(LoginRequired)
        );
        assert_eq!(most(&[Failed, Temporary, Refused]), Some(Refused));
        assert_eq!(most(&[Failed, Temporary]), Some(Temporary));
        assert_eq!(most(&[]), None);
    }

    #[test]
    fn causes_are_listed_once_each() {
        let inner = io::Error::other("disk on fire");
        let outer = crate::private_file::PrivateFileError::Io {
            action: "read",
            path: "x".into(),
            source: inner,
        };
        let error = Error::new(Kind::Failed, "could not start").caused_by(&outer);
        assert_eq!(error.causes, ["could not read `x`", "disk on fire"]);
        assert!(error.hints.is_empty());
    }

    #[test]
    fn a_full_disk_has_its_way_out_whatever_could_not_be_written() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            let full = crate::private_file::PrivateFileError::Io {
                action: "write",
                path: "x".into(),
                source: kind.into(),
            };
            let settings = crate::config::ConfigError::from(full);
            let error = Error::new(Kind::Failed, "could not save").caused_by(&settings);
            assert_eq!(error.hints, [FREE_SOME_SPACE], "{kind}");
        }
    }
}
