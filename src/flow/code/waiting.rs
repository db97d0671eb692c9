//! Waiting for the answer to an authorization request, wherever it comes from.
//!
//! The browser may come back to the loopback listener, or the person pastes the address that it
//! ended at. Both are judged alike, the first valid one wins, and nothing else ends the wait.

use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

use super::{Arrived, Login, LoginError};
use crate::exchange::{reply, unique};
use crate::flow::landing::Landing;
use crate::flow::listener::{Judgement, Listener, WaitError};
use crate::http::Http;
use crate::moment::Moment;
use crate::oauth::attempt::{Attempt, RANDOM_BYTES};
use crate::oauth::authorization::{AuthorizationUrl, authorization_url};
use crate::oauth::callback::{self, Expected, NotOurs, Verdict};
use crate::oauth::pushed;
use crate::oauth::request::RequestError;
use crate::provider::definition::{Definition, Redirect};
use crate::secret::Secret;

/// How the answer may come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To the loopback listener, or pasted.
    Loopback,
    /// Only pasted: nothing listens, and the browser ends at an address that can't be reached.
    Paste,
}

/// An authorization request that can be answered now.
#[derive(Debug)]
pub struct Prepared {
    listener: Option<Listener>,
    pub(super) attempt: Attempt,
    pub(super) redirect_uri: String,
    url: AuthorizationUrl,
}

/// Binds the listener, where one is wanted, and writes the authorization request.
///
/// # Errors
/// When the port can't be had, or there is no randomness.
pub fn prepare(login: Login<'_>, way: Way) -> Result<Prepared, LoginError> {
    let redirect = &login.definition.redirect;
    let listener = match way {
        Way::Loopback => Some(Listener::bind(redirect)?),
        Way::Paste => None,
    };
    let redirect_uri = listener
        .as_ref()
        .map_or_else(|| redirect.registered_uri(), Listener::redirect_uri);
    let mut random = [0_u8; RANDOM_BYTES];
    getrandom::fill(&mut random).map_err(|_| LoginError::NoRandomness)?;
    let attempt = Attempt::from_random(&random, login.scopes);
    zeroize::Zeroize::zeroize(&mut random);
    let url = url(login, &redirect_uri, &attempt)?;
    Ok(Prepared {
        listener,
        attempt,
        redirect_uri,
        url,
    })
}

fn url(
    login: Login<'_>,
    redirect_uri: &str,
    attempt: &Attempt,
) -> Result<AuthorizationUrl, LoginError> {
    let Login {
        definition,
        client,
        scopes,
        dpop,
    } = login;
    let url = authorization_url(definition, &client.id, redirect_uri, scopes, attempt);
    Ok(match dpop {
        Some(key) => {
            let point = key.public_point().map_err(RequestError::from)?;
            url.bound_to(&point.thumbprint())
        }
        None => url,
    })
}

impl Prepared {
    /// Hands the request to the provider first, where it takes that (RFC 9126): the address then
    /// carries only a reference, which is good for a short time and once.
    ///
    /// # Errors
    /// When the provider does not take it.
    pub async fn pushed(
        self,
        http: &Http,
        login: Login<'_>,
        now: fn() -> Moment,
    ) -> Result<Self, LoginError> {
        let Login {
            definition, client, ..
        } = login;
        let client = client.at(now().wall, unique()?);
        let Some(request) = pushed::request(definition, &client, &self.url)? else {
            return Ok(self);
        };
        let response = http.send(request).await?;
        let pushed = pushed::read(definition, &reply(&response)).map_err(LoginError::Pushed)?;
        let url = AuthorizationUrl::by_reference(definition, &client.id, &pushed.request_uri);
        Ok(Self { url, ..self })
    }

    /// A request that was begun earlier, by another process. The listener takes the port of its
    /// redirect URI; where that has none, its answer can only be pasted.
    ///
    /// # Errors
    /// When the port can't be had.
    pub fn again(
        login: Login<'_>,
        attempt: &Attempt,
        redirect_uri: &str,
        way: Way,
    ) -> Result<Self, LoginError> {
        let port = url::Url::parse(redirect_uri)
            .ok()
            .and_then(|uri| uri.port());
        let listener = match (way, port) {
            (Way::Loopback, Some(_)) => Some(Listener::bind(&Redirect {
                port,
                ..login.definition.redirect.clone()
            })?),
            (Way::Loopback, None) | (Way::Paste, _) => None,
        };
        let url = url(login, redirect_uri, attempt)?;
        Ok(Self {
            listener,
            attempt: attempt.clone(),
            redirect_uri: redirect_uri.to_owned(),
            url,
        })
    }

    /// What another process needs to wait for the answer: the one-time secrets and the redirect
    /// URI. The port is let go.
    #[must_use]
    pub fn parts(self) -> (Attempt, String) {
        (self.attempt, self.redirect_uri)
    }

    /// Where the person has to go.
    #[must_use]
    pub const fn url(&self) -> &AuthorizationUrl {
        &self.url
    }

    /// Waits for the one valid answer. `paste` gives the next pasted address, or nothing when no
    /// more will come; it is told why the one before was no answer.
    ///
    /// There is a page to be told how it ended where the browser came back by itself.
    ///
    /// # Errors
    /// When none came within `patience`, or it was a refusal.
    pub async fn wait(
        self,
        definition: &Definition,
        patience: Duration,
        paste: impl AsyncFnMut(Option<NotOurs>) -> Option<Secret>,
    ) -> Result<(Arrived, Option<Landing>), LoginError> {
        let Self {
            listener,
            attempt,
            redirect_uri,
            ..
        } = self;
        let expected = Expected {
            state: attempt.state(),
            issuer: definition.issuer.as_deref(),
            iss: definition.iss_parameter,
        };
        let has_listener = listener.is_some();
        let (answer, landing) = tokio::select! {
            heard = listen(listener, &expected, patience) => {
                let (answer, landing) = heard?;
                (answer, Some(landing))
            }
            pasted = async {
                match pasted(paste, &redirect_uri, &expected).await {
                    None if has_listener => pending().await,
                    pasted => pasted,
                }
            } => (pasted.ok_or(LoginError::NothingPasted)?, None),
        };
        match answer {
            Ok(code) => {
                let arrived = Arrived {
                    code,
                    attempt,
                    redirect_uri,
                };
                Ok((arrived, landing))
            }
            Err(denied) => {
                if let Some(landing) = landing {
                    landing.fail().await;
                }
                Err(denied)
            }
        }
    }
}

/// A code, or the provider's no.
type Said = Result<Secret, LoginError>;

async fn listen(
    listener: Option<Listener>,
    expected: &Expected<'_>,
    patience: Duration,
) -> Result<(Said, Landing), WaitError> {
    let Some(listener) = listener else {
        sleep(patience).await;
        return Err(WaitError::TimedOut(patience));
    };
    let judge = |query: &str| match said(callback::judge(query, expected)) {
        Ok(said) => Judgement::Accept(said),
        Err(_) => Judgement::Ignore,
    };
    listener.wait(judge, patience).await
}

/// Reads what is pasted until it is an answer; nothing when no more will come.
async fn pasted(
    mut paste: impl AsyncFnMut(Option<NotOurs>) -> Option<Secret>,
    redirect_uri: &str,
    expected: &Expected<'_>,
) -> Option<Said> {
    let mut wrong = None;
    loop {
        let text = paste(wrong).await?;
        match said(callback::judge_pasted(
            text.expose(),
            redirect_uri,
            expected,
        )) {
            Ok(said) => return Some(said),
            Err(why) => wrong = Some(why),
        }
    }
}

fn said(verdict: Verdict) -> Result<Said, NotOurs> {
    match verdict {
        Verdict::Code(code) => Ok(Ok(code)),
        Verdict::Denied { error, description } => {
            Ok(Err(LoginError::Denied { error, description }))
        }
        Verdict::NotOurs(why) => Err(why),
    }
}
