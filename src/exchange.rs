//! An HTTP response as the protocol core reads it, and a request for tokens on its way out.

use crate::http::{Http, Response, SendError};
use crate::moment::Moment;
use crate::oauth::request::{HttpRequest, RequestError};
use crate::oauth::{Reply, dpop};
use crate::secret::Secret;
use crate::signing::SigningKey;

/// A response as the protocol core reads it.
#[must_use]
pub fn reply(response: &Response) -> Reply<'_> {
    Reply {
        status: response.status,
        content_type: response.content_type.as_deref(),
        retry_after: response.retry_after,
        body: &response.body,
    }
}

/// A request that may have to prove who sends it.
///
/// A server that wants a nonce in the proof refuses the first request and does nothing; then, and
/// only then, a second one is sent. It is written beforehand, because what a client signs is good
/// for one request.
#[derive(Debug)]
pub struct Outgoing {
    request: HttpRequest,
    bound: Option<Bound>,
}

#[derive(Debug)]
struct Bound {
    again: HttpRequest,
    key: SigningKey,
    token: Option<Secret>,
    now: fn() -> Moment,
}

impl Outgoing {
    /// What `write` writes, with a proof by `key` where there is one.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn new(
        key: Option<&SigningKey>,
        now: fn() -> Moment,
        write: impl Fn() -> Result<HttpRequest, RequestError>,
    ) -> Result<Self, RequestError> {
        let request = write()?;
        match key {
            None => Ok(Self {
                request,
                bound: None,
            }),
            Some(key) => Self::bound(request, write()?, key, None, now),
        }
    }

    /// A request to a resource, with a token that is bound to `key`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn to_resource(
        key: &SigningKey,
        token: &Secret,
        now: fn() -> Moment,
        request: HttpRequest,
    ) -> Result<Self, RequestError> {
        let again = request.clone();
        Self::bound(request, again, key, Some(token.clone()), now)
    }

    fn bound(
        mut request: HttpRequest,
        again: HttpRequest,
        key: &SigningKey,
        token: Option<Secret>,
        now: fn() -> Moment,
    ) -> Result<Self, RequestError> {
        let wall = now().wall;
        dpop::prove(&mut request, key, wall, unique()?, None, token.as_ref())?;
        let bound = Bound {
            again,
            key: key.clone(),
            token,
            now,
        };
        Ok(Self {
            request,
            bound: Some(bound),
        })
    }

    /// Sends it, and where a nonce is asked for once more.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn send(self, http: &Http) -> Result<Response, SendError> {
        let response = http.send(self.request).await?;
        let Some(Bound {
            mut again,
            key,
            token,
            now,
        }) = self.bound
        else {
            return Ok(response);
        };
        let Some(nonce) = dpop::wanted_nonce(&reply(&response), &response.headers) else {
            return Ok(response);
        };
        let (wall, token) = (now().wall, token.as_ref());
        let proved = unique()
            .and_then(|unique| dpop::prove(&mut again, &key, wall, unique, Some(&nonce), token));
        match proved {
            Ok(()) => http.send(again).await,
            // the refusal is what is left to tell
            Err(_) => Ok(response),
        }
    }
}

/// Random bytes that name one statement.
///
/// # Errors
/// When the system gives no random numbers.
pub fn unique() -> Result<[u8; 16], RequestError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| RequestError::NoRandomness)?;
    Ok(bytes)
}
