//! Why a manuscript's command stopped. Whoever shows it adds the way out.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::oid::Oid;
use crate::lock::LockError;
use crate::private_file::PrivateFileError;

/// What went wrong.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The folder is not linked to a repository.
    #[error("`{}` is not linked to a repository", folder.display())]
    NotLinked {
        /// The folder.
        folder: PathBuf,
    },
    /// It is linked already.
    #[error("`{}` is linked to `{repository}` already", folder.display())]
    Linked {
        /// The folder.
        folder: PathBuf,
        /// The repository it is linked to.
        repository: String,
    },
    /// Its state was written by a newer program.
    #[error("`{}` was written by a newer oauthctl", path.display())]
    Newer {
        /// The state.
        path: PathBuf,
    },
    /// Its state can't be read.
    #[error("`{}` is damaged", path.display())]
    Damaged {
        /// The state.
        path: PathBuf,
    },
    /// A private file failed.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// Another command works in this folder.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The system refused.
    #[error("could not {action} `{}`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Somebody named a file that is none of the manuscript's.
    #[error("`{path}` is not a file of this manuscript: {why}")]
    NoSuchFile {
        /// As it was named.
        path: String,
        /// Why not.
        why: String,
    },
    /// A guard stopped it; nothing was changed.
    #[error("{0}")]
    Guard(Guard),
    /// What is stored and needed is not there any more.
    #[error("the earlier text of `{path}` is not at hand")]
    Missing {
        /// Whose.
        path: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The person wants to stop.
    #[error("stopped")]
    Stopped,
}

/// What a guard saw. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Guard {
    /// Too many files would be deleted.
    #[error("{gone} of {all} files would be deleted {at}")]
    Deletions {
        /// How many.
        gone: usize,
        /// Of how many.
        all: usize,
        /// `here` or the store's name.
        at: &'static str,
    },
    /// The folder has none of its files any more.
    #[error("the folder has none of its {all} files any more")]
    Vanished {
        /// How many it had.
        all: usize,
    },
    /// The repository is another one than was linked.
    #[error("`{name}` is another repository than the one that this folder is linked to")]
    OtherRepository {
        /// Its name.
        name: String,
    },
    /// Somebody rewrote what was saved there.
    #[error(
        "what was saved in `{name}` was rewritten there: the version that this folder is based on is not part of it any more"
    )]
    Rewritten {
        /// The repository.
        name: String,
        /// That version.
        base: Oid,
    },
    /// Two names are one on some disk.
    #[error("`{one}` and `{other}` would be one file on some computers")]
    Collision {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// A file with conflict markers.
    #[error("`{path}` has unfinished conflict markers in it")]
    Markers {
        /// Which.
        path: String,
    },
    /// A pointer of Git LFS.
    #[error("`{path}` is a pointer of Git LFS, not the file itself")]
    LargeFilePointer {
        /// Which.
        path: String,
    },
    /// A file with a secret.
    #[error("`{path}` seems to have a secret in it: {what}")]
    Secret {
        /// Which.
        path: String,
        /// What kind.
        what: String,
    },
    /// A file that the store would not take.
    #[error("`{path}` is larger than {} MB", limit / 1_000_000)]
    TooLarge {
        /// Which.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
}

/// What the store did not do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// No access token is to be had; whoever was asked for it knows why.
    #[error("there is no access token")]
    NoToken,
    /// The token was refused.
    #[error("the access token was refused")]
    TokenRefused,
    /// The token may not do that.
    #[error("access was denied: {why}")]
    Forbidden {
        /// What the store said, safe to show after escaping.
        why: String,
    },
    /// There is no such thing, or the token may not see it.
    #[error("`{what}` was not found, or this account may not see it")]
    NotFound {
        /// What.
        what: String,
    },
    /// There is no such version in the repository.
    #[error("there is no version `{name}`")]
    NoVersion {
        /// How it was called.
        name: String,
    },
    /// Another version has that name.
    #[error("another version is called `{name}` already")]
    Taken {
        /// The name.
        name: String,
    },
    /// Nothing was sent, or nothing came back to a harmless question.
    #[error("{why}")]
    Unreachable {
        /// Why.
        why: String,
    },
    /// The request may have been carried out.
    #[error("no answer came: {why}")]
    Unknown {
        /// Why.
        why: String,
    },
    /// A rate limit.
    #[error("too many requests were made")]
    Limited {
        /// How long to wait.
        wait: Duration,
    },
    /// Somebody else saved meanwhile, again and again.
    #[error("somebody else keeps saving at the same time")]
    Busy,
    /// The request is too large for the store in this form.
    #[error("it is too large to be sent")]
    TooLarge,
    /// An answer that makes no sense.
    #[error("the answer makes no sense: {0}")]
    BadAnswer(&'static str),
    /// The store refused for a reason of its own.
    #[error("it was refused ({status}): {why}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the store said.
        why: String,
    },
    /// The person wants to stop.
    #[error("stopped")]
    Stopped,
}
