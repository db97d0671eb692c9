//! The authorization code grant with PKCE through the loopback listener (RFC 8252 section 6).
//!
//! Nothing is stored here. The caller sends the person to the URL, waits, commits what must be
//! committed, redeems the code once, stores the tokens, and only then tells the browser's page how
//! it ended.

mod waiting;

use thiserror::Error;

pub use waiting::{Prepared, Way, prepare};

use crate::exchange::{Outgoing, reply, unique};
use crate::flow::browser::BrowserUrlError;
use crate::flow::listener::{BindError, WaitError};
use crate::http::{Http, SendError};
use crate::moment::Moment;
use crate::names::Scope;
use crate::oauth::Client;
use crate::oauth::attempt::{self, Attempt};
use crate::oauth::id_token::{self, IdTokenError};
use crate::oauth::json::Object;
use crate::oauth::request::RequestError;
use crate::oauth::token_answer::{self, Answer};
use crate::oauth::token_error::TokenError;
use crate::oauth::token_request::{Grant, token_request};
use crate::oauth::userinfo::{self, Identity, UserinfoError};
use crate::provider::definition::{Definition, Userinfo};
use crate::secret::Secret;
use crate::signing::SigningKey;
use crate::token::TokenSet;

/// Who signs in where, for what.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// The provider.
    pub definition: &'a Definition,
    /// The client registration.
    pub client: &'a Client,
    /// The scopes of the request, required ones included.
    pub scopes: &'a [Scope],
    /// The key that the tokens are to be bound to (RFC 9449).
    pub dpop: Option<&'a SigningKey>,
}

/// A code that was not redeemed yet.
#[derive(Debug)]
pub struct Arrived {
    code: Secret,
    attempt: Attempt,
    redirect_uri: String,
}

/// What a code bought.
#[derive(Debug)]
pub struct Redeemed {
    /// The tokens.
    pub set: TokenSet,
    /// Who granted them.
    pub identity: Identity,
    /// Why the provider did not say who it was, where it should have.
    pub nameless: Option<String>,
    /// The redirect URI that the grant is bound to, where there was one.
    pub redirect_uri: Option<String>,
}

/// Why a login gave no tokens.
#[derive(Debug, Error)]
pub enum LoginError {
    /// The redirect URI's port can't be had.
    #[error("could not listen for the browser's answer")]
    Bind(#[from] BindError),
    /// No valid answer came.
    #[error("the login was not finished")]
    Wait(#[from] WaitError),
    /// Whoever pastes has nothing more to say.
    #[error("the input ended before the address of the answer came")]
    NothingPasted,
    /// The person or the provider said no.
    #[error("the provider answered `{error}`{}", description.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Denied {
        /// The error code, safe to show.
        error: String,
        /// The server's words, safe to show.
        description: Option<String>,
    },
    /// The request can't be written.
    #[error("could not write the token request")]
    Request(#[from] RequestError),
    /// The token endpoint could not be reached, or its answer didn't come back.
    #[error("could not get tokens")]
    Send(#[from] SendError),
    /// The token endpoint gave no tokens.
    #[error("could not get tokens")]
    Token(#[from] TokenError),
    /// The authorization request was not taken.
    #[error("the provider did not take the authorization request")]
    Pushed(#[source] TokenError),
    /// The provider has no device endpoint.
    #[error("this provider has no device flow")]
    NoDevice,
    /// The device endpoint refused.
    #[error("the device flow gave no tokens")]
    Device(#[source] TokenError),
    /// The page for the device code may not be opened.
    #[error("the provider names a page for the code that may not be opened")]
    Page(#[from] BrowserUrlError),
    /// Nobody entered the device code in time.
    #[error("nobody entered the code in time")]
    CodeExpired,
    /// The ID token is not about this login.
    #[error("the provider's ID token was refused, and the tokens with it")]
    IdToken(#[from] IdTokenError),
    /// `openid` was asked for and no ID token came.
    #[error("the provider sent no ID token although `openid` was asked for")]
    NoIdToken,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl LoginError {
    /// Whether the code may have been redeemed all the same: the provider then holds a grant whose
    /// tokens never arrived or were thrown away.
    #[must_use]
    pub fn may_have_granted(&self) -> bool {
        match self {
            Self::Send(error) => error.may_have_been_seen(),
            Self::Token(error) | Self::Device(error) => error.maybe_rotated(),
            Self::IdToken(_) | Self::NoIdToken => true,
            Self::Bind(_)
            | Self::Pushed(_)
            | Self::NoDevice
            | Self::Page(_)
            | Self::CodeExpired
            | Self::Wait(_)
            | Self::NothingPasted
            | Self::Denied { .. }
            | Self::Request(_)
            | Self::NoRandomness => false,
        }
    }
}

/// Redeems the code, once, and asks who granted it. `secure` is handed the tokens as soon as they
/// are here, and the redirect URI they are bound to: asking who granted them may take long.
///
/// # Errors
/// When no tokens came, or they belong to another login.
pub async fn redeem(
    http: &Http,
    login: Login<'_>,
    arrived: Arrived,
    now: fn() -> Moment,
    secure: impl FnOnce(&TokenSet, &str),
) -> Result<Redeemed, LoginError> {
    let Login {
        definition,
        client,
        scopes,
        dpop,
    } = login;
    let Arrived {
        code,
        attempt,
        redirect_uri,
    } = arrived;
    let grant = Grant::AuthorizationCode {
        code: &code,
        verifier: attempt.verifier(),
        redirect_uri: &redirect_uri,
    };
    let client = client.at(now().wall, unique()?);
    let outgoing = Outgoing::new(dpop, now, || {
        token_request(definition, &client, &definition.token_endpoint, &grant)
    })?;
    let started = now();
    let response = outgoing.send(http).await?;
    let bound = dpop.is_some();
    let answer = token_answer::read_bound(definition, scopes, &started, bound, &reply(&response))?;
    let claims = check_id_token(login, &answer, Some(&attempt), &started)?;
    secure(&answer.set, &redirect_uri);
    Ok(identified(
        http,
        login,
        now,
        answer,
        claims.as_ref(),
        Some(redirect_uri),
    )
    .await)
}

/// Tokens with the name of who granted them. They are good whoever that is, so that a failure to
/// learn it is only told.
pub(super) async fn identified(
    http: &Http,
    login: Login<'_>,
    now: fn() -> Moment,
    answer: Answer,
    claims: Option<&Object>,
    redirect_uri: Option<String>,
) -> Redeemed {
    let told = [Some(&answer.members), claims];
    let definition = login.definition;
    let bound = login.dpop.map(|key| (key, now));
    let (identity, nameless) = match who(http, definition, &answer.set, bound, told).await {
        Ok(identity) => {
            let is_nameless = identity.subject.is_none() && definition.userinfo.is_some();
            let why = is_nameless.then(|| "the provider's answer has no account id".to_owned());
            (identity, why)
        }
        Err(error) => (Identity::default(), Some(error.to_string())),
    };
    Redeemed {
        set: answer.set,
        identity,
        nameless,
        redirect_uri,
    }
}

/// `OpenID` Connect Core section 3.1.3.7, before any token is used. Only an authorization request
/// has a nonce to be repeated.
pub(super) fn check_id_token(
    login: Login<'_>,
    answer: &Answer,
    attempt: Option<&Attempt>,
    now: &Moment,
) -> Result<Option<Object>, LoginError> {
    if !attempt::is_openid(login.scopes) {
        return Ok(None);
    }
    let nonce = attempt.and_then(Attempt::nonce);
    let Some(token) = &answer.id_token else {
        return Err(LoginError::NoIdToken);
    };
    let Some(issuer) = login.definition.issuer.as_deref() else {
        return Err(IdTokenError::Issuer.into());
    };
    let expected = id_token::Expected {
        issuer,
        issuer_aliases: &login.definition.issuer_aliases,
        client: &login.client.id,
        nonce,
        now: now.wall,
    };
    Ok(Some(id_token::read(token, &expected)?.members))
}

/// Why nobody could be named.
#[derive(Debug, Error)]
pub enum WhoError {
    /// The request can't be written.
    #[error("could not ask the provider who this is")]
    Request(#[from] RequestError),
    /// The provider could not be reached.
    #[error("could not ask the provider who this is: {0}")]
    Send(#[from] SendError),
    /// The provider doesn't say.
    #[error(transparent)]
    Userinfo(#[from] UserinfoError),
}

/// Asks the provider whose token this is.
///
/// # Errors
/// When it can't be asked or doesn't say.
pub async fn supplied(
    http: &Http,
    definition: &Definition,
    set: &TokenSet,
) -> Result<Identity, WhoError> {
    who(http, definition, set, None, [None; 2]).await
}

/// The key that a token is bound to, and the clock for its proofs.
type Binding<'a> = Option<(&'a SigningKey, fn() -> Moment)>;

/// What the tokens came with: the members of the token answer, and the claims of the ID token.
type Told<'a> = [Option<&'a Object>; 2];

/// Asks the definition's source, and where that one doesn't tell this token, its fallback.
async fn who(
    http: &Http,
    definition: &Definition,
    set: &TokenSet,
    bound: Binding<'_>,
    told: Told<'_>,
) -> Result<Identity, WhoError> {
    let Some(source) = &definition.userinfo else {
        return Ok(Identity::default());
    };
    let said = ask(http, definition, source, set, bound, told).await?;
    match &source.fallback {
        Some(fallback) if userinfo::calls_for_fallback(&said) => {
            Ok(ask(http, definition, fallback, set, bound, told).await??)
        }
        _ => Ok(said?),
    }
}

/// Asks one source; where it names nobody, what came with the tokens may do.
async fn ask(
    http: &Http,
    definition: &Definition,
    source: &Userinfo,
    set: &TokenSet,
    bound: Binding<'_>,
    [members, claims]: Told<'_>,
) -> Result<Result<Identity, UserinfoError>, WhoError> {
    let Some(request) = userinfo::request(definition, source, set)? else {
        let identity = members.map(|members| userinfo::identity(source, members));
        return Ok(Ok(identity.unwrap_or_default()));
    };
    let claimed = claims
        .map(|claims| userinfo::identity(source, claims))
        .filter(|identity| identity.subject.is_some());
    let outcome = match bound {
        Some((key, now)) => {
            let token = &set.access_token;
            Outgoing::to_resource(key, token, now, request)?
                .send(http)
                .await
        }
        None => http.send(request).await,
    };
    let response = match (outcome, claimed.clone()) {
        (Ok(response), _) => response,
        (Err(_), Some(claimed)) => return Ok(Ok(claimed)),
        (Err(error), None) => return Err(error.into()),
    };
    let said = userinfo::read(definition, source, &reply(&response));
    let is_named = matches!(&said, Ok(identity) if identity.subject.is_some());
    Ok(match claimed {
        Some(claimed) if !is_named => Ok(claimed),
        _ => said,
    })
}

#[cfg(test)]
mod tests;
