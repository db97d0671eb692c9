//! Pushed authorization requests (RFC 9126): judged when they come, good once, for a minute.

use std::time::Duration;

use super::assertion::{PARAMETERS, identify};
use super::authorize::{self, Asked};
use super::call::{Answer, Call, Parameters, Refusal};
use super::mint::Hash;
use super::practice::Practice;
use crate::json::json;

const LIFETIME: Duration = Duration::from_secs(60);

const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// A request that waits for its browser.
pub(super) struct Waiting {
    asked: Asked,
    pushed: Duration,
}

/// `POST /par`.
pub(super) fn push(practice: &mut Practice, call: &Call, now: Duration) -> Result<Answer, Refusal> {
    let known = [
        "response_type",
        "response_mode",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "dpop_jkt",
        "login_hint",
        "resource",
        "prompt",
    ];
    let form = call.form(&[&known[..], &PARAMETERS].concat())?;
    let client = identify(practice, call, &named_once(&form, call)?, now)?;
    if form.need("client_id")? != client.id {
        return Err(Refusal::invalid_request("client_id is another client's"));
    }
    let asked = authorize::pushed(practice, &form)?;
    let reference = practice.mint.secret("sbx_par");
    let waiting = Waiting { asked, pushed: now };
    practice.pushed.insert(Hash::of(&reference), waiting);
    Ok(Answer::json(
        201,
        json!({"request_uri": format!("{PREFIX}{reference}"), "expires_in": LIFETIME.as_secs()}),
    ))
}

/// The form as client authentication is to see it: a client that authenticates by header names
/// itself in the request too, which here is no second authentication.
fn named_once(form: &Parameters, call: &Call) -> Result<Parameters, Refusal> {
    Ok(if call.header("authorization")?.is_some() {
        form.without("client_id")
    } else {
        form.clone()
    })
}

/// Takes a request out, for the browser that brought its reference.
pub(super) fn take(
    practice: &mut Practice,
    parameters: &Parameters,
    now: Duration,
) -> Result<Asked, Refusal> {
    let unknown = || Refusal::new("invalid_request_uri", "this request_uri is not good");
    let reference = parameters
        .need("request_uri")?
        .strip_prefix(PREFIX)
        .ok_or_else(unknown)?;
    let waiting = practice
        .pushed
        .remove(&Hash::of(reference))
        .ok_or_else(unknown)?;
    let fresh = now.saturating_sub(waiting.pushed) < LIFETIME;
    let own = parameters.need("client_id")? == waiting.asked.client;
    if fresh && own && parameters.len() == 2 {
        Ok(waiting.asked)
    } else {
        Err(unknown())
    }
}
