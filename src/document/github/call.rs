//! One request and what its answer means: rate limits are waited for, a refused token is renewed
//! once, a harmless question is asked again, and a write never is.

use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderValue, Method};
use serde_json::Value;

use super::GitHub;
use crate::document::error::StoreError;
use crate::escape;
use crate::http::{LineError, Response, SendError};

/// What is asked.
pub(super) struct Question<'q> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) accept: &'static str,
    /// The version that is known already.
    pub(super) unless: Option<String>,
    pub(super) body: Option<&'q Value>,
    /// Whether it changes something: then it is sent once.
    pub(super) writes: bool,
}

pub(super) const JSON: &str = "application/vnd.github+json";
const AGAIN: u32 = 3;
/// Without a hint, a secondary limit takes a minute at least.
const SECONDARY: Duration = Duration::from_secs(60);

impl<'q> Question<'q> {
    pub(super) fn get(url: String) -> Self {
        Self {
            method: Method::GET,
            url,
            accept: JSON,
            unless: None,
            body: None,
            writes: false,
        }
    }

    pub(super) fn send(method: Method, url: String, body: &'q Value) -> Self {
        Self {
            method,
            body: Some(body),
            writes: true,
            ..Self::get(url)
        }
    }
}

impl GitHub<'_> {
    /// Below the repository, which is called by its number.
    pub(super) fn url(&self, rest: &str) -> String {
        let root = self.place.rest.as_str().trim_end_matches('/');
        format!("{root}/repositories/{}{rest}", self.repository)
    }

    /// The answer, whatever its status, once limits and tokens are settled.
    pub(super) fn ask(&self, question: &Question<'_>) -> Result<Response, StoreError> {
        let (mut renewed, mut failures, mut limited) = (false, 0, 0);
        loop {
            if question.writes {
                self.pace_writes()?;
            }
            let token = self.token(false)?;
            let request = request(question, token.expose())?;
            let response = match self.line.send(request) {
                Ok(response) => response,
                Err(LineError::Stopped) => return Err(StoreError::Stopped),
                Err(LineError::Send(SendError::NotSent { host, why })) => {
                    let why = format!("can't reach `{host}`: {why}");
                    return Err(StoreError::Unreachable { why });
                }
                Err(LineError::Send(error)) => {
                    let why = error.to_string();
                    if question.writes {
                        return Err(StoreError::Unknown { why });
                    }
                    failures += 1;
                    if failures == AGAIN {
                        return Err(StoreError::Unreachable { why });
                    }
                    self.pause(self.pace)?;
                    continue;
                }
            };
            if let Some(wait) = limit(&response, limited) {
                limited += 1;
                self.wait(wait)?;
                continue;
            }
            match response.status {
                401 if !renewed => {
                    renewed = true;
                    self.token(true)?;
                }
                401 => return Err(StoreError::TokenRefused),
                500..=599 => {
                    let why = format!("it answered {}", response.status);
                    if question.writes {
                        return Err(StoreError::Unknown { why });
                    }
                    failures += 1;
                    if failures == AGAIN {
                        return Err(StoreError::Unreachable { why });
                    }
                    self.pause(self.pace * failures)?;
                }
                _ => return Ok(response),
            }
        }
    }

    /// The answer as JSON, which must be one of success.
    pub(super) fn ask_json(&self, question: &Question<'_>) -> Result<Value, StoreError> {
        let response = self.ask(question)?;
        if !(200..300).contains(&response.status) {
            return Err(refusal(&response));
        }
        serde_json::from_slice(&response.body).map_err(|_| garbled(question, "it is not JSON"))
    }

    fn token(&self, other: bool) -> Result<crate::secret::Secret, StoreError> {
        let mut kept = self.state.token.borrow_mut();
        if kept.is_none() || other {
            *kept = (self.tokens)(other);
        }
        let token = kept.as_ref().ok_or(StoreError::NoToken)?;
        Ok(crate::secret::Secret::new(token.expose().to_owned()))
    }

    /// One write after the other, and not too fast.
    fn pace_writes(&self) -> Result<(), StoreError> {
        let writes = self.state.writes.get();
        self.state.writes.set(writes.saturating_add(1));
        if writes > 0 {
            self.pause(self.pace)?;
        }
        Ok(())
    }

    pub(in crate::document) fn pause(&self, time: Duration) -> Result<(), StoreError> {
        self.line.pause(time).map_err(|_| StoreError::Stopped)
    }

    /// Waits for a rate limit, where that is not too long.
    pub(super) fn wait(&self, wait: Duration) -> Result<(), StoreError> {
        if wait > self.patience {
            return Err(StoreError::Limited { wait });
        }
        let second = Duration::from_secs(1);
        let mut left = wait;
        while !left.is_zero() {
            (self.waiting)("too many requests", left);
            let step = left.min(second);
            self.pause(step)?;
            left -= step;
        }
        Ok(())
    }
}

fn garbled(question: &Question<'_>, why: &'static str) -> StoreError {
    if question.writes {
        let why = why.to_owned();
        return StoreError::Unknown { why };
    }
    StoreError::BadAnswer(why)
}

fn request(question: &Question<'_>, token: &str) -> Result<http::Request<Vec<u8>>, StoreError> {
    let bad = |_| StoreError::BadAnswer("a request can't be made of it");
    let mut bearer =
        HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| StoreError::TokenRefused)?;
    bearer.set_sensitive(true);
    let body = match question.body {
        None => Vec::new(),
        Some(body) => serde_json::to_vec(body).unwrap_or_default(),
    };
    let mut request = http::Request::builder()
        .method(question.method.clone())
        .uri(&question.url)
        .header(ACCEPT, question.accept)
        .header("x-github-api-version", "2022-11-28")
        .header(AUTHORIZATION, bearer);
    if question.body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    if let Some(known) = &question.unless {
        request = request.header(IF_NONE_MATCH, format!("\"{known}\""));
    }
    request.body(body).map_err(bad)
}

/// How long to wait, if this is a rate limit and not a refusal.
fn limit(response: &Response, times: u32) -> Option<Duration> {
    let header = |name: &str| response.headers.get(name)?.to_str().ok();
    let used_up = header("x-ratelimit-remaining") == Some("0");
    let in_graphql = response.status == 200 && used_up && says(response, "RATE_LIMITED");
    if !matches!(response.status, 403 | 429) && !in_graphql {
        return None;
    }
    if let Some(wait) = response.retry_after {
        return Some(wait);
    }
    if used_up {
        let wait = response.limit_resets_in();
        return Some(wait.unwrap_or(Duration::from_secs(61)));
    }
    if response.status == 429 || says(response, "secondary rate limit") {
        return Some(SECONDARY * 2_u32.saturating_pow(times));
    }
    None
}

fn says(response: &Response, words: &str) -> bool {
    let body = response.body.get(..response.body.len().min(4096));
    body.is_some_and(|body| String::from_utf8_lossy(body).contains(words))
}

/// What an answer that is none of success says.
pub(super) fn refusal(response: &Response) -> StoreError {
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    let why = body
        .as_ref()
        .and_then(|body| body.get("message")?.as_str())
        .map_or_else(|| "it says no more".to_owned(), escape::line);
    match response.status {
        403 => StoreError::Forbidden { why },
        404 | 410 => StoreError::NotFound {
            what: "the repository".to_owned(),
        },
        status => StoreError::Refused { status, why },
    }
}
