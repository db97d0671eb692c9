//! The device grant, run against the world (RFC 8628).
//!
//! Nothing is stored here, and no page is opened: the code is for a person who asked for it just
//! now. Whoever waits paces the requests; each one is sent once.

use std::time::Duration;

use crate::exchange::{Outgoing, reply, unique};
use crate::flow::browser::BrowserUrl;
use crate::flow::code::{self, Login, LoginError, Redeemed};
use crate::http::Http;
use crate::moment::Moment;
use crate::oauth::device::{self, Meanwhile, Offer, Pace};
use crate::oauth::token_answer;
use crate::oauth::token_request::{Grant, token_request};
use crate::token::TokenSet;

/// A person has something to do.
#[derive(Debug)]
pub struct Asked {
    offer: Offer,
    pace: Pace,
    page: BrowserUrl,
    complete: Option<BrowserUrl>,
}

/// What came of one request for tokens.
#[derive(Debug)]
pub enum Polled {
    /// The person consented.
    Redeemed(Box<Redeemed>),
    /// Not yet.
    Pending,
}

/// Asks for a pair of codes. `login` has the definition as the device flow sees it.
///
/// # Errors
/// When the provider gives none, or names a page that may not be opened.
pub async fn ask(http: &Http, login: Login<'_>, now: fn() -> Moment) -> Result<Asked, LoginError> {
    let client = login.client.at(now().wall, unique()?);
    let request =
        device::request(login.definition, &client, login.scopes)?.ok_or(LoginError::NoDevice)?;
    let response = http.send(request).await?;
    let offer = device::read(login.definition, &reply(&response)).map_err(LoginError::Device)?;
    let page = offer.verification_uri.parse()?;
    let complete = match &offer.verification_uri_complete {
        Some(uri) => Some(uri.parse()?),
        None => None,
    };
    Ok(Asked {
        pace: Pace::of(&offer),
        offer,
        page,
        complete,
    })
}

impl Asked {
    /// What the person types.
    #[must_use]
    pub fn user_code(&self) -> &str {
        &self.offer.user_code
    }

    /// Where they type it.
    #[must_use]
    pub fn page(&self) -> &str {
        self.page.as_str()
    }

    /// The page with the code in it, where the provider gives one.
    #[must_use]
    pub fn complete(&self) -> Option<&str> {
        self.complete.as_ref().map(BrowserUrl::as_str)
    }

    /// How long the code lives.
    #[must_use]
    pub const fn lifetime(&self) -> Duration {
        self.offer.lifetime
    }

    /// How long to wait before the next request.
    #[must_use]
    pub fn wait(&self) -> Duration {
        self.pace.wait()
    }

    /// Whether this machine's clock seems to run faster than the server's.
    #[must_use]
    pub const fn clocks_differ(&self) -> bool {
        self.pace.clocks_differ()
    }

    /// Asks for the tokens, once. `secure` is handed them as soon as they are here.
    ///
    /// # Errors
    /// When there will be none.
    pub async fn poll(
        &mut self,
        http: &Http,
        login: Login<'_>,
        now: fn() -> Moment,
        secure: impl FnOnce(&TokenSet),
    ) -> Result<Polled, LoginError> {
        let Login {
            definition,
            client,
            scopes,
            dpop,
        } = login;
        let client = client.at(now().wall, unique()?);
        let grant = Grant::DeviceCode {
            device_code: &self.offer.device_code,
        };
        let outgoing = Outgoing::new(dpop, now, || {
            token_request(definition, &client, &definition.token_endpoint, &grant)
        })?;
        let started = now();
        let Ok(response) = outgoing.send(http).await else {
            self.pace.heard(Meanwhile::Trouble);
            return Ok(Polled::Pending);
        };
        let bound = dpop.is_some();
        let read = token_answer::read_bound(definition, scopes, &started, bound, &reply(&response));
        let answer = match read {
            Ok(answer) => answer,
            Err(error) => {
                let meanwhile = device::meanwhile(&error);
                self.pace.heard(meanwhile);
                return match meanwhile {
                    Meanwhile::Pending | Meanwhile::SlowDown | Meanwhile::Trouble => {
                        Ok(Polled::Pending)
                    }
                    Meanwhile::Expired => Err(LoginError::CodeExpired),
                    Meanwhile::Over => Err(LoginError::Device(error)),
                };
            }
        };
        let claims = code::check_id_token(login, &answer, None, &started)?;
        secure(&answer.set);
        let redeemed = code::identified(http, login, now, answer, claims.as_ref(), None).await;
        Ok(Polled::Redeemed(Box::new(redeemed)))
    }
}
