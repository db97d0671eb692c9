//! From what a lower layer reports to what a person reads: the kind, and the way out.

use crate::connection::ConnectionError;
use crate::connection::replaced::Away;
use crate::connection::state::LoginReason;
use crate::error::{Error, FREE_SOME_SPACE, Kind};
use crate::flow::code::LoginError;
use crate::http::SendError;
use crate::lock::LockError;
use crate::names::ConnectionName;
use crate::oauth::token_error::TokenError;
use crate::private_file::PrivateFileError;
use crate::provider::ProviderError;
use crate::stop::{self, Signal};
use crate::ui::{shell_word, span};
use crate::vault::VaultError;

/// The way out where locks can't be taken.
const NO_LOCK: &str = "the vault's folder must be yours to write to, on a file system that has locks; a vault elsewhere is `--vault PATH`";

/// The way out where the key at hand is not the vault's.
pub(crate) const ANOTHER_KEY: &str =
    "if that key is lost, or a recovery was cut off: `oauthctl vault recover --with FILE`";

/// How what left in exports is ended from here.
pub(crate) fn way_home(away: &Away, name: &ConnectionName) -> String {
    const ONLY_THERE: &str = "in the provider's settings only, as it can't be told";
    if !away.is_tellable() {
        return ONLY_THERE.to_owned();
    }
    let (mut way, mut untellable) = (String::new(), String::new());
    for left in away.all() {
        if left.is_tellable {
            let file = left
                .file
                .as_ref()
                .map_or_else(|| "FILE".to_owned(), |file| shell_word(file));
            way.extend(["`oauthctl vault import ", &file, " --with IDENTITY`, "]);
        } else {
            untellable.extend(["; what is in ", &left.words(), " ends ", ONLY_THERE]);
        }
    }
    let name = shell_word(&name.to_string());
    format!("{way}then `oauthctl revoke {name}`{untellable}")
}

/// The way out of a vault that is damaged.
pub(crate) const BACK_TO_A_BACKUP: &str = "go back to a backup: `oauthctl vault restore BACKUP --force`; what stands here goes aside, and newer tokens that can still be read in it are kept";

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        use VaultError as V;
        let shown = |kind| Self::new(kind, "could not use the vault").caused_by(&error);
        match &error {
            V::HardLinked { .. }
            | V::Unsafe(
                PrivateFileError::Loose { .. }
                | PrivateFileError::Foreign { .. }
                | PrivateFileError::Symlink { .. }
                | PrivateFileError::TooLarge { .. },
            ) => shown(Kind::Stopped)
                .hint("a vault is a file of your own with mode 0600 in a folder that only you write to")
                .hint("mend it with `chmod 600 FILE` and `chmod 700 FOLDER`, then look who could write it"),
            V::Unsafe(PrivateFileError::WrongType { .. }) => {
                shown(Kind::Stopped).hint("name another file with `--vault PATH`")
            }
            V::NotAVault { .. } => shown(Kind::Failed)
                .hint("name another file with `--vault PATH`")
                .hint("if it was your vault, go back to a backup: `oauthctl vault restore BACKUP --force`; what stands here goes aside"),
            V::Newer { .. } => {
                shown(Kind::Failed).hint("update oauthctl; the vault was left untouched")
            }
            V::WrongKey => shown(Kind::NoKey)
                .hint("the key in `OAUTHCTL_IDENTITY_FILE`, `OAUTHCTL_IDENTITY` or the recorded place belongs to another vault, or is an older one of this vault")
                .hint(ANOTHER_KEY),
            V::PinMismatch { .. } => shown(Kind::Stopped)
                .hint("somebody who knows your public key may have put a vault of their own here; restore the file from a backup")
                .hint("connect nothing with this vault: new tokens would be readable to whoever made it"),
            V::Tampered { .. } | V::UnknownRecord { .. } | V::Audit(_) => shown(Kind::Stopped)
                .hint("see what is left with `oauthctl vault check`, and save it with `oauthctl vault check --salvage FILE`")
                .hint(BACK_TO_A_BACKUP),
            V::RolledBack { .. } | V::CopiedInstance => shown(Kind::Stopped)
                .hint("if you restored this file yourself, say `oauthctl vault accept-rollback`"),
            // how without a sheet is said as soon as the vault is opened
            V::Unpinned => shown(Kind::Stopped).hint(
                "confirm the fingerprint that your recovery sheet says: `oauthctl vault check --confirm FINGERPRINT`",
            ),
            V::Lock(LockError::Stopped { .. }) => stopped(),
            // A lock that can't be taken at all will not be there in a moment either.
            V::Lock(LockError::File(_) | LockError::Unlockable { .. }) => {
                shown(Kind::Failed).hint(NO_LOCK)
            }
            V::Busy | V::Lock(LockError::TimedOut { .. }) | V::KeyChanged | V::Conflict => {
                shown(Kind::Temporary).hint("try again in a moment")
            }
            V::NoSpace { .. } => shown(Kind::Failed).hint(FREE_SOME_SPACE),
            V::UnmergedLog { .. } => {
                shown(Kind::Failed).hint("open it once where it can be written")
            }
            V::Plugin { .. } | V::NotLocked { .. } => shown(Kind::NoKey).hint(
                "install it where `oauthctl vault recipients list --json` says that it was, or take \
                 its key away: `oauthctl vault recipients remove LABEL`",
            ),
            V::Recipients => shown(Kind::Usage).hint(
                "some hardware keys refuse to share a file with ordinary age keys: use another kind",
            ),
            V::NeedsMigration { .. }
            | V::Unsafe(PrivateFileError::Io { .. } | PrivateFileError::Unsure { .. })
            | V::AlreadyExists { .. }
            | V::BadRecipient { .. }
            | V::ReadOnly { .. }
            | V::Exists
            | V::Anchor { .. }
            | V::Io { .. }
            | V::NoRandomness(_)
            | V::Sqlite { .. } => shown(Kind::Failed),
        }
    }
}

impl From<Signal> for Error {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Interrupt => Self::new(Kind::Interrupted, "interrupted"),
            Signal::Terminate => Self::new(Kind::Terminated, "terminated"),
        }
    }
}

/// What stopped a wait is the signal, whatever was waited for.
fn stopped() -> Error {
    stop::asked().unwrap_or(Signal::Interrupt).into()
}

impl From<ProviderError> for Error {
    fn from(error: ProviderError) -> Self {
        let kind = if matches!(error, ProviderError::Unknown { .. }) {
            Kind::Usage
        } else {
            Kind::Failed
        };
        let shown = Self::new(kind, "could not use the provider's definition").caused_by(&error);
        match error {
            ProviderError::Unknown { .. } => shown
                .hint("see `oauthctl provider list`, or define it with `oauthctl provider add FILE`"),
            ProviderError::Unreadable(_) => shown
                .hint("a definition decides where your tokens are sent: only you may write it or its folder"),
            ProviderError::Invalid { .. } => {
                shown.hint("mend the file, and test it with `oauthctl provider check NAME`")
            }
        }
    }
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        if let ConnectionError::Vault(error) = error {
            error.into()
        } else if let ConnectionError::Provider(error) = error {
            error.into()
        } else {
            life_of_a_token(&error)
        }
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm per variant, none of them long"
)]
fn life_of_a_token(error: &ConnectionError) -> Error {
    use ConnectionError as C;
    let top = |kind| Error::new(kind, error.to_string());
    match error {
        C::NotFound { asked, near } if near.is_empty() => top(Kind::LoginRequired)
            .hint(format!(
                "make one with `oauthctl connect {}`",
                asked.provider()
            ))
            .hint("see `oauthctl list`"),
        C::NotFound { near, .. } => {
            let names: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
            top(Kind::LoginRequired)
                .hint(format!("near it: {}", names.join(", ")))
                .hint("see `oauthctl list`")
        }
        C::Ambiguous { asked, choices } => {
            let names: Vec<_> = choices.iter().map(|name| format!("`{name}`")).collect();
            top(Kind::Usage)
                .hint(format!("say which: {}", names.join(", ")))
                .hint(format!(
                    "or choose one for good: `oauthctl config set account.{} ACCOUNT`",
                    asked.provider()
                ))
        }
        C::LoginRequired {
            name,
            reason,
            came_in_file,
            option,
        } => {
            let mut shown = top(Kind::LoginRequired);
            shown.hints = if *came_in_file {
                in_a_file(name, option, reason)
            } else {
                vec![sign_in_again(name, option)]
            };
            match reason {
                LoginReason::LostAnswer { .. } => shown.hint(
                    "nothing was deleted; the old grant can be ended in the provider's settings",
                ),
                LoginReason::Ended { .. } | LoginReason::NoRefreshToken => shown,
            }
        }
        C::Revoking { name } => top(Kind::LoginRequired).hint(format!(
            "finish it with `oauthctl revoke {name}`, then connect again"
        )),
        C::Moved { .. } => top(Kind::LoginRequired)
            .hint("bring it back with `oauthctl vault import FILE --with IDENTITY`, the identity that it was exported to, or connect it again"),
        C::Suspect { name, option } => top(Kind::Stopped)
            .note("using an old refresh token again can end the live grant")
            .hint(format!(
                "if this vault is the only one in use, say `oauthctl refresh {name}`"
            ))
            .hint(sign_in_again(name, option)),
        C::ScopeMissing { name, missing } => {
            top(Kind::LoginRequired).hint(format!(
                "ask for more: `oauthctl connect {} --add {}`",
                shell_word(&name.to_string()),
                shell_word(&missing.join(","))
            ))
        }
        C::Bound { name } => top(Kind::Failed)
            .hint(format!(
                "both headers for one request: `oauthctl token {name} --format dpop --method GET --url URL`"
            ))
            .hint("`oauthctl api` sends the proof by itself"),
        C::LockTimeout { .. } => {
            top(Kind::Temporary).hint("try again when the other process is done")
        }
        C::NoLock { source, .. } => top(Kind::Failed).caused_by(source).hint(NO_LOCK),
        C::Stopped => stopped(),
        C::BackingOff { name, wait, .. } => {
            top(Kind::Temporary).retry_after(Some(*wait)).hint(format!(
                "try again in {}, or at once with `oauthctl refresh {name}`",
                span(*wait)
            ))
        }
        C::DefinitionMoved { of, .. } => top(Kind::LoginRequired).hint(format!(
            "if you changed it on purpose, sign in again with `oauthctl connect {}`",
            shell_word(&of.to_string())
        )),
        C::NoDefinition { name } => top(Kind::Failed)
            .hint("define it again with `oauthctl provider add FILE`")
            .hint(format!(
                "or erase the connection here only: `oauthctl revoke {} --local-only`",
                shell_word(&name.to_string())
            )),
        C::NoClient { provider } => top(Kind::LoginRequired).hint(format!(
            "register an app there, then say `oauthctl client set {provider} --id ID`; \
                 `oauthctl provider show {provider}` names the page and the redirect URI"
        )),
        C::NoSecret {
            provider,
            client_id,
        } => top(Kind::Failed).hint(format!(
            "store it with `oauthctl client set {provider} --id {client_id}`"
        )),
        C::SecretElsewhere {
            provider,
            client_id,
        } => top(Kind::Stopped).hint(format!(
            "if you changed the definition on purpose, store the secret anew: `oauthctl client \
             set {provider} --id {client_id}`"
        )),
        C::NoKey {
            provider,
            client_id,
        } => top(Kind::Failed).hint(format!(
            "store it with `oauthctl client set {provider} --id {client_id} --key-file PATH`"
        )),
        C::NoSubjectToken { source, .. } => top(Kind::Failed).caused_by(source),
        C::InvalidClient { provider, .. } => top(Kind::Failed)
            .note("the connection is kept; only the app registration is wrong")
            .hint(format!(
                "check the client id and secret, then `oauthctl client set {provider}`"
            )),
        C::Refused { .. } => top(Kind::Refused),
        C::Temporary { retry_after, .. } => with_wait(top(Kind::Temporary), *retry_after),
        C::Network { source, .. } => top(Kind::Temporary).caused_by(source),
        C::NotRevoked {
            name, retry_after, ..
        } => with_wait(top(Kind::Failed), *retry_after)
            .note("it is kept here, is never handed out, and will be tried again")
            .hint(format!(
                "try again with `oauthctl revoke {name}` or `oauthctl refresh --due`"
            ))
            .hint(format!(
                "or erase it here only: `oauthctl revoke {name} --local-only`"
            )),
        C::LivesOn {
            name, away, page, ..
        } => {
            let way = page.as_ref().map_or_else(
                || "end it in the provider's settings".to_owned(),
                |page| format!("end it at {page}"),
            );
            let shown = top(Kind::Failed)
                .because(format!(
                    "it was moved to another vault in {away}, which may still use it; that stays noted here"
                ))
                .hint(way);
            let shown = if away.is_tellable() {
                shown.hint(format!(
                    "or revoke it where it is, or bring it home first: {}",
                    way_home(away, name)
                ))
            } else {
                shown
            };
            let name = shell_word(&name.to_string());
            shown.hint(format!(
                "once it is over, `oauthctl revoke {name} --local-only` forgets it here"
            ))
        }
        C::Rescued { source, next, .. } => {
            top(Kind::Failed).caused_by(source.as_ref()).hint(format!(
                "make room or mend the vault's folder; the next `oauthctl {next}` takes them over"
            ))
        }
        C::Lost { source, .. } => top(Kind::Failed)
            .caused_by(source.as_ref())
            .hint("make room or mend the vault's folder, then connect again"),
        C::NotLogged { why } => top(Kind::Temporary).because(why.clone()),
        C::NoRefreshToken { name, option, left } => top(Kind::LoginRequired)
            .note(format!("its access token ends in {}", span(*left)))
            .hint(sign_in_again(name, option)),
        C::Taken { name } => top(Kind::Stopped)
            .note("the token was not stored")
            .hint(format!(
                "keep both: `oauthctl connect {} --with-token --account LABEL`",
                name.provider
            ))
            .hint(format!(
                "or end that one first: `oauthctl revoke {name}`, with `--local-only` if it moved away"
            )),
        C::NoName { name } => top(Kind::Stopped).hint(format!(
            "choose another label: `oauthctl connect {} --account LABEL`",
            name.provider
        )),
        C::NoStart => top(Kind::LoginRequired)
            .because("an id is good for ten minutes and for one answer")
            .hint("begin again: `oauthctl connect PROVIDER --start`"),
        C::StartTaken => top(Kind::Temporary).hint("wait until it is done"),
        C::Vault(_) | C::Provider(_) => top(Kind::Failed),
        C::Form(_) => top(Kind::Stopped),
        C::Request(source) => top(Kind::Failed).caused_by(source),
    }
}

fn sign_in_again(name: &ConnectionName, option: &str) -> String {
    let name = shell_word(&name.to_string());
    format!("sign in again with `oauthctl connect {name}{option}`")
}

/// Who uses a connection that came in a file can't sign in, where that is a job.
fn in_a_file(name: &ConnectionName, option: &str, reason: &LoginReason) -> Vec<String> {
    let own = shell_word(&name.to_string());
    let anew = format!(
        "connect at home, `oauthctl connect {own}{option}`, and export anew: `oauthctl vault export`"
    );
    if *reason == LoginReason::NoRefreshToken {
        return vec![anew];
    }
    vec![
        "it came in a file: either that was not put back after a job had renewed it, or two jobs \
         use it"
            .to_owned(),
        anew,
        format!(
            "jobs that run side by side need a connection each: `oauthctl connect {} \
             --client-credentials`",
            name.provider
        ),
    ]
}

fn with_wait(error: Error, wait: Option<std::time::Duration>) -> Error {
    let error = error.retry_after(wait);
    match wait {
        Some(wait) => error.hint(format!("the server asks to wait {}", span(wait))),
        None => error,
    }
}

impl From<LoginError> for Error {
    fn from(error: LoginError) -> Self {
        let kind = match &error {
            LoginError::Denied { .. } => Kind::Refused,
            LoginError::Wait(_) | LoginError::CodeExpired | LoginError::Send(_) => Kind::Temporary,
            LoginError::Token(error) | LoginError::Device(error) | LoginError::Pushed(error) => {
                token_kind(error)
            }
            LoginError::Bind(_)
            | LoginError::NoDevice
            | LoginError::Page(_)
            | LoginError::NothingPasted
            | LoginError::Request(_)
            | LoginError::IdToken(_)
            | LoginError::NoIdToken
            | LoginError::NoRandomness => Kind::Failed,
        };
        let wait = if let LoginError::Token(TokenError::Temporary { retry_after, .. }) = &error {
            *retry_after
        } else {
            None
        };
        let shown = Self::new(kind, error.to_string());
        let cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
        let shown = match cause {
            Some(cause) => causes(shown, cause),
            None => shown,
        };
        with_wait(shown, wait)
    }
}

fn causes(mut shown: Error, cause: &dyn std::error::Error) -> Error {
    let mut next = Some(cause);
    while let Some(error) = next {
        shown = shown.because(error.to_string());
        next = error.source();
    }
    shown
}

fn token_kind(error: &TokenError) -> Kind {
    match error {
        TokenError::Ended { .. } | TokenError::Refused { .. } => Kind::Refused,
        TokenError::InvalidClient { .. } => Kind::Failed,
        TokenError::Temporary { .. } | TokenError::Malformed { .. } => Kind::Temporary,
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        Self::new(Kind::Temporary, error.to_string())
    }
}
