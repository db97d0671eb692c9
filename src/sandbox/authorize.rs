//! The authorization endpoint (RFC 6749 section 4.1.1, RFC 7636, RFC 9207).
//!
//! As long as client and redirect URI are not known to be good, errors are shown and not sent:
//! a redirect would carry them to whoever asked (RFC 6749 section 4.1.2.1).

use std::collections::BTreeSet;
use std::time::Duration;

use url::form_urlencoded;

use super::call::{Answer, Call, Parameters, Refusal};
use super::client::Client;
use super::code::Code;
use super::consent::Granted;
use super::options::Consent;
use super::page;
use super::practice::{Practice, SCOPES};
use super::{pushed, resource};
use crate::names::AccountLabel;

/// An authorization request that is right in every way.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: BTreeSet<String>,
    pub(super) state: String,
    pub(super) nonce: Option<String>,
    pub(super) challenge: String,
    /// The thumbprint of the key that the code is bound to (RFC 9449 section 10).
    pub(super) key: Option<String>,
    /// The resource that the token is for (RFC 8707).
    pub(super) resource: Option<String>,
    pub(super) account: AccountLabel,
}

/// A state or nonce has at least 128 bits (RFC 6749 section 10.10), in base64url.
const UNGUESSABLE: usize = 22;

/// What never belongs into a URL that a browser keeps in its history.
const SECRETS: [&str; 6] = [
    "client_secret",
    "code_verifier",
    "access_token",
    "refresh_token",
    "client_assertion",
    "code",
];

/// `GET /authorize`.
pub(super) fn authorize(practice: &mut Practice, call: &Call, now: Duration) -> Answer {
    if call.method != "GET" {
        return Answer::empty(405).with("Allow", "GET");
    }
    let referred = Parameters::read(call.query.as_deref().unwrap_or_default())
        .is_ok_and(|given| given.get("request_uri").is_some());
    if referred {
        return by_reference(practice, call, now);
    }
    let known = Parameters::read(call.query.as_deref().unwrap_or_default()).and_then(|given| {
        let (_, redirect_uri) = addressee(&practice.clients, &given)?;
        Ok((given, redirect_uri))
    });
    let (parameters, redirect_uri) = match known {
        Ok(known) => known,
        Err(refusal) => return page::problem(&refusal.why).noted(refusal.code),
    };
    let asked = match read(practice, &parameters).and_then(|asked| plain(practice, asked)) {
        Ok(asked) => asked,
        Err(refusal) => {
            let state = parameters.get("state");
            return refused(&practice.issuer, &redirect_uri, state, &refusal);
        }
    };
    consent(practice, asked, now)
}

/// A request that was pushed before (RFC 9126 section 4).
fn by_reference(practice: &mut Practice, call: &Call, now: Duration) -> Answer {
    let asked = Parameters::read(call.query.as_deref().unwrap_or_default())
        .and_then(|given| pushed::take(practice, &given, now));
    match asked {
        Ok(asked) => consent(practice, asked, now),
        Err(refusal) => page::problem(&refusal.why).noted(refusal.code),
    }
}

/// Judges a pushed request as one that a browser brings.
pub(super) fn pushed(practice: &Practice, form: &Parameters) -> Result<Asked, Refusal> {
    let secrets = ["client_secret", "client_assertion"];
    let visible = secrets
        .iter()
        .fold(form.clone(), |form, secret| form.without(secret));
    read(practice, &visible)
}

fn plain(practice: &Practice, asked: Asked) -> Result<Asked, Refusal> {
    if practice.options.par_required {
        return Err(Refusal::invalid_request("requests must be pushed first"));
    }
    Ok(asked)
}

fn consent(practice: &mut Practice, asked: Asked, now: Duration) -> Answer {
    match practice.options.consent {
        Consent::Automatic => {
            let mut scopes = asked.scopes.clone();
            practice.options.withhold(&mut scopes);
            let account = asked.account.clone();
            finish(practice, &asked, Some((account, scopes)), now)
        }
        Consent::Denied => finish(practice, &asked, None, now),
        Consent::Page => super::consent::ask(practice, asked, now),
    }
}

/// Answers the client: with a code, or with `access_denied`.
pub(super) fn finish(
    practice: &mut Practice,
    asked: &Asked,
    granted: Option<Granted>,
    now: Duration,
) -> Answer {
    let Some((account, scopes)) = granted.filter(|(_, scopes)| !scopes.is_empty()) else {
        let denied = Refusal::new("access_denied", "the request was denied");
        return refused(
            &practice.issuer,
            &asked.redirect_uri,
            Some(&asked.state),
            &denied,
        );
    };
    let code = Code::issue(practice, asked, account, scopes, now);
    let parameters = [
        ("code", code.as_str()),
        ("state", &asked.state),
        ("iss", &practice.issuer),
    ];
    Answer::see_other(with_query(&asked.redirect_uri, &parameters)).noted("ok")
}

fn refused(issuer: &str, redirect_uri: &str, state: Option<&str>, refusal: &Refusal) -> Answer {
    let mut parameters = vec![
        ("error", refusal.code),
        ("error_description", &refusal.why),
        ("iss", issuer),
    ];
    parameters.extend(state.map(|state| ("state", state)));
    Answer::see_other(with_query(redirect_uri, &parameters)).noted(refusal.code)
}

fn with_query(uri: &str, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    format!("{uri}?{query}")
}

/// The client and where its answer goes.
fn addressee<'a>(
    clients: &'a [Client],
    parameters: &Parameters,
) -> Result<(&'a Client, String), Refusal> {
    let id = parameters.need("client_id")?;
    let client = clients
        .iter()
        .find(|client| client.id == id)
        .ok_or_else(|| Refusal::invalid_request("no client has this client_id"))?;
    let redirect_uri = parameters.need("redirect_uri")?;
    if client.allows(redirect_uri) {
        Ok((client, redirect_uri.to_owned()))
    } else {
        Err(Refusal::invalid_request(
            "this redirect_uri is not registered for this client; only its port is free",
        ))
    }
}

fn read(practice: &Practice, parameters: &Parameters) -> Result<Asked, Refusal> {
    if let Some(secret) = SECRETS.iter().find(|name| parameters.get(name).is_some()) {
        return Err(Refusal::invalid_request(format!(
            "{secret} does not belong into this URL"
        )));
    }
    if parameters.need("response_type")? != "code" {
        return Err(Refusal::new(
            "unsupported_response_type",
            "the only response_type is code",
        ));
    }
    if parameters
        .get("response_mode")
        .is_some_and(|mode| mode != "query")
    {
        return Err(Refusal::invalid_request("the only response_mode is query"));
    }
    let state = unguessable(parameters.need("state")?, "state")?;
    let challenge = challenge(parameters)?;
    let scopes = scopes(parameters.get("scope"))?;
    let nonce = match parameters.get("nonce") {
        Some(nonce) => Some(unguessable(nonce, "nonce")?),
        None if scopes.contains("openid") => {
            return Err(Refusal::invalid_request("openid needs a nonce"));
        }
        None => None,
    };
    let (client, redirect_uri) = addressee(&practice.clients, parameters)?;
    Ok(Asked {
        client: client.id.clone(),
        redirect_uri,
        scopes,
        state,
        nonce,
        challenge,
        key: parameters.get("dpop_jkt").map(str::to_owned),
        resource: resource::wanted(&practice.issuer, parameters)?,
        account: account(practice, parameters.get("login_hint"))?,
    })
}

fn unguessable(value: &str, name: &str) -> Result<String, Refusal> {
    let right = (UNGUESSABLE..=512).contains(&value.len())
        && value.bytes().all(|b| (0x20..=0x7E).contains(&b));
    if right {
        Ok(value.to_owned())
    } else {
        Err(Refusal::invalid_request(format!(
            "{name} must have 22 to 512 printable ASCII characters"
        )))
    }
}

/// RFC 7636 section 4.3, with S256 and nothing else.
fn challenge(parameters: &Parameters) -> Result<String, Refusal> {
    let challenge = parameters.need("code_challenge")?;
    if parameters.need("code_challenge_method")? != "S256" {
        return Err(Refusal::invalid_request(
            "the only code_challenge_method is S256",
        ));
    }
    let right = challenge.len() == 43
        && challenge
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if right {
        Ok(challenge.to_owned())
    } else {
        Err(Refusal::invalid_request(
            "code_challenge is not 43 characters of base64url",
        ))
    }
}

/// The scopes of a request: at least one, each known, none twice, one space between them.
pub(super) fn scopes(text: Option<&str>) -> Result<BTreeSet<String>, Refusal> {
    let refuse = |why: String| Refusal::new("invalid_scope", why);
    let text = text.filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| refuse("ask for at least one scope".to_owned()))?;
    let mut scopes = BTreeSet::new();
    for scope in text.split(' ') {
        if !SCOPES.iter().any(|(known, _)| *known == scope) {
            return Err(refuse(format!("there is no scope {scope:?}")));
        }
        if !scopes.insert(scope.to_owned()) {
            return Err(refuse(format!("the scope {scope} is repeated")));
        }
    }
    Ok(scopes)
}

fn account(practice: &Practice, hint: Option<&str>) -> Result<AccountLabel, Refusal> {
    let Some(hint) = hint else {
        return Ok(practice.account.clone());
    };
    practice
        .options
        .accounts
        .iter()
        .find(|account| account.as_str() == hint)
        .cloned()
        .ok_or_else(|| Refusal::invalid_request("login_hint names nobody here"))
}
