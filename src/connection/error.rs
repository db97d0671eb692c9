//! What can go wrong in the life of a token; each variant exists because a caller acts on it.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::connection::exchange_source::NoToken;
use crate::connection::replaced::Away;
use crate::connection::state::{Connection, LoginReason, Trouble};
use crate::connection::stored::FormError;
use crate::http::SendError;
use crate::names::{ConnectionName, ConnectionRef, ProviderName};
use crate::oauth::request::RequestError;
use crate::provider::ProviderError;
use crate::vault::VaultError;

/// Why a connection could not do what was asked.
#[derive(Debug, Error)]
pub enum ConnectionError {
    /// Nothing is stored under that name.
    #[error("there is no connection `{asked}`")]
    NotFound {
        /// What was asked for.
        asked: ConnectionRef,
        /// Connections whose names look like it.
        near: Vec<ConnectionName>,
    },
    /// Several accounts fit.
    #[error("`{asked}` is ambiguous")]
    Ambiguous {
        /// What was asked for.
        asked: ConnectionRef,
        /// The connections that fit.
        choices: Vec<ConnectionName>,
    },
    /// A person has to sign in again.
    #[error("`{name}` needs a new login: {}", reason.words())]
    LoginRequired {
        /// The connection.
        name: ConnectionName,
        /// Why.
        reason: LoginReason,
        /// It came here in an exported file.
        came_in_file: bool,
        /// With which option of `connect` it is had again, after a space.
        option: &'static str,
    },
    /// It is being revoked.
    #[error("`{name}` is being revoked")]
    Revoking {
        /// The connection.
        name: ConnectionName,
    },
    /// It lives in another vault now.
    #[error("`{name}` was moved to another vault")]
    Moved {
        /// The connection.
        name: ConnectionName,
    },
    /// Restored or rolled back: refreshing might end the live grant.
    #[error("`{name}` may have been refreshed elsewhere since this vault was saved")]
    Suspect {
        /// The connection.
        name: ConnectionName,
        /// With which option of `connect` it is had again, after a space.
        option: &'static str,
    },
    /// A scope that the caller insists on is not granted.
    #[error("`{name}` was not granted {}", quoted(missing))]
    ScopeMissing {
        /// The connection.
        name: ConnectionName,
        /// The scopes.
        missing: Vec<String>,
    },
    /// Its tokens are bound to a key, and the caller can't prove that it has it.
    #[error("the tokens of `{name}` are bound to a key and are of no use without its proof")]
    Bound {
        /// The connection.
        name: ConnectionName,
    },
    /// Somebody else works on the connection and did not finish in time.
    #[error("`{name}` is being refreshed or revoked by another process")]
    LockTimeout {
        /// The connection.
        name: ConnectionName,
    },
    /// The provider was in trouble a moment ago and is left alone for now.
    #[error("`{name}` is not refreshed for now: {}", trouble.words())]
    BackingOff {
        /// The connection.
        name: ConnectionName,
        /// What happened.
        trouble: Trouble,
        /// How long it is still left alone.
        wait: Duration,
    },
    /// A signal came before anything was sent.
    #[error("stopped before anything was sent")]
    Stopped,
    /// The locks beside the vault can't be taken, so nothing was sent.
    #[error("could not lock `{name}`, so nothing was sent")]
    NoLock {
        /// The connection.
        name: ConnectionName,
        /// What the system said.
        source: VaultError,
    },
    /// The definition's endpoints are not those the grant was made with.
    #[error("the definition of `{}` now names another {what}; nothing was sent there", of.provider())]
    DefinitionMoved {
        /// The connection, where it is one's.
        of: ConnectionRef,
        /// Which endpoint.
        what: &'static str,
    },
    /// The definition that it was made with is gone.
    #[error("`{name}` can't be used: its provider `{}` is not defined any more", name.provider)]
    NoDefinition {
        /// The connection.
        name: ConnectionName,
    },
    /// There is no client registration to use.
    #[error("there is no client registration for `{provider}`")]
    NoClient {
        /// The provider.
        provider: ProviderName,
    },
    /// The client registration lacks the secret that the provider wants.
    #[error(
        "the client `{client_id}` of `{provider}` has no secret here, and the provider wants one"
    )]
    NoSecret {
        /// The provider.
        provider: ProviderName,
        /// The client id.
        client_id: String,
    },
    /// The client's secret was stored for another token endpoint than the definition names now.
    #[error(
        "the secret of the client `{client_id}` was stored for another token endpoint than the \
         definition of `{provider}` names now; nothing was sent there"
    )]
    SecretElsewhere {
        /// The provider.
        provider: ProviderName,
        /// The client id.
        client_id: String,
    },
    /// The client registration lacks the key that the provider wants signatures of.
    #[error(
        "the client `{client_id}` of `{provider}` has no key here, and the provider wants signatures"
    )]
    NoKey {
        /// The provider.
        provider: ProviderName,
        /// The client id.
        client_id: String,
    },
    /// The token that is to be exchanged can't be read.
    #[error("could not read the token that `{name}` is exchanged for")]
    NoSubjectToken {
        /// The connection.
        name: ConnectionName,
        /// Why not.
        source: NoToken,
    },
    /// The provider refused the client, not the grant.
    #[error("`{provider}` refused the client registration (`{code}`{})", said(description.as_deref()))]
    InvalidClient {
        /// The provider.
        provider: ProviderName,
        /// Its error code.
        code: String,
        /// Its words, escaped.
        description: Option<String>,
    },
    /// The provider said no.
    #[error("`{provider}` refused (`{code}`{})", said(description.as_deref()))]
    Refused {
        /// The provider.
        provider: ProviderName,
        /// Its error code.
        code: String,
        /// Its words, escaped.
        description: Option<String>,
    },
    /// It may work later.
    #[error("could not {what} now: {why}")]
    Temporary {
        /// What was tried, such as "refresh `github/octocat`".
        what: String,
        /// What happened.
        why: String,
        /// When to try again, where the server said so.
        retry_after: Option<Duration>,
    },
    /// The request never reached the provider, or its answer never came back.
    #[error("could not {what} now")]
    Network {
        /// What was tried.
        what: String,
        /// What happened.
        source: SendError,
    },
    /// The provider did not confirm a revocation; it is kept and tried again.
    #[error("`{name}` is NOT revoked at the provider: {why}")]
    NotRevoked {
        /// The connection.
        name: ConnectionName,
        /// What happened.
        why: String,
        /// When to try again, where the server said so.
        retry_after: Option<Duration>,
    },
    /// What was here is over, if anything was; what an export has is not.
    #[error("{}`{name}` is NOT revoked at the provider", if *all { "" } else { "an export of " })]
    LivesOn {
        /// The connection.
        name: ConnectionName,
        /// Nothing of it was here.
        all: bool,
        /// The exports.
        away: Away,
        /// Where a person can end it by hand.
        page: Option<String>,
    },
    /// New tokens could not be stored and lie in a rescue file now.
    #[error("new tokens of `{name}` could not be stored; they are safe, encrypted, in `{}`", path.display())]
    Rescued {
        /// The connection.
        name: String,
        /// Which command takes them over: `refresh` or `connect`.
        next: &'static str,
        /// The rescue file.
        path: PathBuf,
        /// Why the vault didn't take them.
        source: Box<ConnectionError>,
    },
    /// New tokens could be stored nowhere.
    #[error("new tokens of `{name}` could not be stored anywhere and are lost")]
    Lost {
        /// The connection.
        name: String,
        /// Why the vault didn't take them.
        source: Box<ConnectionError>,
    },
    /// The hand-out could not be logged and the settings insist on it.
    #[error("the hand-out could not be logged, and the settings say `audit = \"required\"`")]
    NotLogged {
        /// Why not.
        why: String,
    },
    /// Its access token ends some day, and nothing renews it.
    #[error("`{name}` can't be refreshed: the provider gave no refresh token")]
    NoRefreshToken {
        /// The connection.
        name: ConnectionName,
        /// With which option of `connect` it is had again, after a space.
        option: &'static str,
        /// How long the access token lives.
        left: Duration,
    },
    /// A token that was brought may not take the place of what stands under that name.
    #[error("`{name}` is connected already")]
    Taken {
        /// The connection.
        name: ConnectionName,
    },
    /// All names like that one are in use.
    #[error("no name like `{name}` is free")]
    NoName {
        /// The name.
        name: ConnectionName,
    },
    /// No authorization request with that id waits for an answer.
    #[error("no connect with this id is pending")]
    NoStart,
    /// Another process waits for its answer.
    #[error("another process waits for the answer to this connect")]
    StartTaken,
    /// The request can't be written.
    #[error("could not write the request")]
    Request(#[from] RequestError),
    /// The vault refused.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A record says something this program never writes.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The provider's definition can't be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl ConnectionError {
    /// A person has to sign in again to that connection.
    pub(super) fn login_required(connection: &Connection, reason: LoginReason) -> Self {
        Self::LoginRequired {
            name: connection.name.clone(),
            reason,
            came_in_file: connection.sealed_for.is_some(),
            option: connection.grant.option(),
        }
    }
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn said(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(": {text}"))
}
