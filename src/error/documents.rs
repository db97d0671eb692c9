//! What a manuscript's command failed of, and the way out.

use crate::document::error::{DocumentError, Guard, StoreError};
use crate::error::{Error, Kind};

impl From<DocumentError> for Error {
    fn from(error: DocumentError) -> Self {
        Self::from(&error)
    }
}

impl From<&DocumentError> for Error {
    fn from(error: &DocumentError) -> Self {
        use DocumentError as D;
        let shown = |kind| Self::new(kind, error.to_string());
        match error {
            D::NotLinked { .. } => shown(Kind::Usage)
                .hint("link it with `oauthctl doc init --repo OWNER/NAME`, or push a file with `--repo OWNER/NAME`"),
            D::Linked { .. } | D::NoSuchFile { .. } => shown(Kind::Usage),
            D::Newer { .. } => shown(Kind::Failed).hint("update oauthctl; nothing was touched"),
            D::Damaged { .. } => shown(Kind::Failed)
                .hint("move the folder `.oauthctl` away and link the folder anew with `oauthctl doc init`: no text of yours is in danger"),
            D::File(source) => Self::new(Kind::Failed, "could not use the folder").caused_by(source),
            D::Lock(source) => Self::new(Kind::Temporary, "another command works in this folder")
                .caused_by(source)
                .hint("try again in a moment"),
            D::Io { source, .. } => shown(Kind::Failed).caused_by(source),
            D::Guard(guard) => guarded(guard),
            D::Missing { .. } => shown(Kind::Failed).hint("get it with `oauthctl doc pull`"),
            D::Store(store) => stored(store),
            D::Stopped => Self::new(Kind::Interrupted, "interrupted"),
        }
    }
}

fn guarded(guard: &Guard) -> Error {
    let error = Error::new(Kind::Stopped, guard.to_string()).note("nothing was changed");
    match guard {
        Guard::Deletions { gone, .. } => {
            error.hint(format!("if that is meant, say `--allow-deletes {gone}`"))
        }
        Guard::Vanished { all } => error
            .hint("is the disk there that they lie on?")
            .hint(format!("if they are meant to go, say `--allow-deletes {all}`")),
        Guard::OtherRepository { .. } => error
            .hint("if that is meant, move the folder `.oauthctl` away and link the folder anew with `oauthctl doc init`"),
        Guard::Rewritten { base, .. } => error
            .hint("take over what is there now: `oauthctl doc pull --accept-rewrite`; what is replaced here is kept, and `oauthctl doc undo` brings it back")
            .hint(format!("texts of that version: `oauthctl doc restore FILE@{base}`")),
        Guard::Collision { .. } => error.hint("give one of them another name"),
        Guard::Markers { .. } => {
            error.hint("finish that text first: remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`")
        }
        Guard::LargeFilePointer { .. } => error
            .hint("files in Git LFS can't be kept this way; keep that one with git alone"),
        Guard::Secret { .. } => {
            error.hint("take it out, or say `--allow-secrets` if everybody who can read the repository may have it")
        }
        Guard::TooLarge { .. } => error.hint("keep it somewhere else"),
    }
}

fn stored(store: &StoreError) -> Error {
    use StoreError as S;
    let shown = |kind| Error::new(kind, store.to_string());
    match store {
        S::NoToken | S::TokenRefused => shown(Kind::LoginRequired),
        S::Forbidden { .. } => shown(Kind::Refused)
            .hint("the account may look at the repository without being allowed to write to it, or the organisation has to allow this program"),
        S::NoVersion { .. } => shown(Kind::Usage)
            .hint("see which there are: `oauthctl doc log`; names are in `oauthctl doc version`"),
        S::NotFound { .. } => shown(Kind::Refused)
            .hint("has it another name now, or does another account own it?"),
        S::Taken { .. } => shown(Kind::Failed)
            .hint("give it another name; `oauthctl doc version` lists those that are taken"),
        S::Unreachable { why } => Error::new(Kind::Temporary, "the store can't be reached now")
            .because(why.clone())
            .hint("everything is safe here; try again later"),
        S::Unknown { why } => Error::new(Kind::Temporary, "no answer came")
            .because(why.clone())
            .hint("say it again: the next run finds out what became of it"),
        S::Limited { wait } => shown(Kind::Temporary)
            .retry_after(Some(*wait))
            .hint(format!("try again in {}", crate::ui::span(*wait))),
        S::Busy => shown(Kind::Temporary).hint("try again in a moment"),
        S::TooLarge | S::BadAnswer(_) | S::Refused { .. } => shown(Kind::Failed),
        S::Stopped => Error::new(Kind::Interrupted, "interrupted"),
    }
}
