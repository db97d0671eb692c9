//! The token endpoint (RFC 6749 sections 3.2, 4.1.3, 4.4 and 6; RFC 8628 section 3.4).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::assertion::{self, PARAMETERS, identify};
use super::authorize;
use super::call::{Answer, Call, Parameters, Refusal};
use super::client::Client;
use super::code::{self, Redeemed};
use super::device;
use super::dpop;
use super::grants::{Issued, Issuing};
use super::mint::Hash;
use super::practice::{Manner, Practice};
use super::resource;
use crate::json::json;

pub(super) const CODE: &str = "authorization_code";
pub(super) const REFRESH: &str = "refresh_token";
pub(super) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(super) const CLIENT: &str = "client_credentials";
pub(super) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// `POST /token`.
pub(super) fn token(
    practice: &mut Practice,
    call: &Call,
    now: Duration,
    manner: Manner,
) -> Result<Answer, Refusal> {
    let grant_type = grant_type(call);
    let known: &[&str] = match grant_type.as_deref() {
        Some(EXCHANGE) => &["subject_token", "subject_token_type", "scope", "audience"],
        Some(CODE) => &["code", "redirect_uri", "code_verifier"],
        Some(REFRESH) => &["refresh_token", "scope"],
        Some(DEVICE) => &["device_code"],
        Some(CLIENT) => &["scope", "audience"],
        // the parameters of a grant that nobody knows are not judged
        _ => return Err(unsupported(call)),
    };
    let form = call.form(&[known, &["grant_type", "resource"], &PARAMETERS].concat())?;
    let client = identify(practice, call, &form, now)?;
    let key = dpop::proved(practice, call, None, now)?;
    let with_refresh = manner == Manner::Usual;
    match grant_type.as_deref() {
        Some(CODE) => by_code(practice, &client, &form, with_refresh, key, now),
        Some(REFRESH) => by_refresh(practice, &client, &form, with_refresh, key, now),
        Some(DEVICE) => device::poll(practice, &client, &form, with_refresh, key, now),
        Some(EXCHANGE) => assertion::exchange(practice, &client, &form, key, now),
        _ => by_client(practice, &client, &form, key, now),
    }
}

/// The grant type of a request, before anything else about it is judged.
pub(super) fn grant_type(call: &Call) -> Option<String> {
    form_urlencoded::parse(call.body.as_bytes())
        .find(|(name, _)| name == "grant_type")
        .map(|(_, value)| value.into_owned())
}

/// The grant type of a request, if it is one of ours.
pub(super) fn known_grant(call: &Call) -> Option<&'static str> {
    let grant = (call.path == "/token")
        .then(|| grant_type(call))
        .flatten()?;
    [CODE, REFRESH, DEVICE, CLIENT, EXCHANGE]
        .into_iter()
        .find(|known| *known == grant)
}

fn unsupported(call: &Call) -> Refusal {
    match call.form(&[]) {
        Err(refusal) if refusal.status == 405 => refusal,
        _ if grant_type(call).is_none() => {
            Refusal::invalid_request("the parameter grant_type is missing")
        }
        _ => Refusal::new("unsupported_grant_type", "this grant type is not offered"),
    }
}

fn by_code(
    practice: &mut Practice,
    client: &Client,
    form: &Parameters,
    with_refresh: bool,
    key: Option<String>,
    now: Duration,
) -> Result<Answer, Refusal> {
    let code = form.need("code")?;
    let redeemed = code::redeem(
        practice,
        &client.id,
        code,
        form.need("redirect_uri")?,
        form.need("code_verifier")?,
        resource::wanted(&practice.issuer, form)?.as_deref(),
        with_refresh,
        key,
        now,
    );
    let presented = Hash::of(code);
    let Redeemed {
        issued,
        account,
        nonce,
    } = redeemed.map_err(|refusal| refusal.about(presented))?;
    let id_token = issued.scopes.contains("openid").then(|| {
        let claims = practice.claims(&client.id, &account, &issued, nonce.as_deref(), now);
        practice.signer.sign(&claims)
    });
    Ok(granted(issued, id_token, Some(presented)))
}

fn by_refresh(
    practice: &mut Practice,
    client: &Client,
    form: &Parameters,
    with_refresh: bool,
    key: Option<String>,
    now: Duration,
) -> Result<Answer, Refusal> {
    let token = form.need("refresh_token")?;
    let wanted = match form.get("scope") {
        Some(text) => Some(authorize::scopes(Some(text))?),
        None => None,
    };
    let mut issuing = Issuing {
        mint: &mut practice.mint,
        options: &practice.options,
        now,
        with_refresh,
        key,
    };
    let presented = Hash::of(token);
    let issued = practice
        .grants
        .refresh(&mut issuing, &client.id, token, wanted)
        .map_err(|refusal| refusal.about(presented))?;
    Ok(granted(issued, None, Some(presented)))
}

/// RFC 6749 section 4.4: for clients with a secret, and without a refresh token.
fn by_client(
    practice: &mut Practice,
    client: &Client,
    form: &Parameters,
    key: Option<String>,
    now: Duration,
) -> Result<Answer, Refusal> {
    if client.secret.is_none() && client.key.is_none() {
        return Err(Refusal::new(
            "unauthorized_client",
            "this grant needs a client with a secret or key",
        ));
    }
    issue(practice, client, form, key, now)
}

/// An access token for no person.
pub(super) fn issue(
    practice: &mut Practice,
    client: &Client,
    form: &Parameters,
    key: Option<String>,
    now: Duration,
) -> Result<Answer, Refusal> {
    let scopes = authorize::scopes(form.get("scope"))?;
    let personal = ["openid", "profile", "email", "offline_access"];
    if scopes
        .iter()
        .any(|scope| personal.contains(&scope.as_str()))
    {
        return Err(Refusal::new(
            "invalid_scope",
            "a client of its own has no person to tell about",
        ));
    }
    let mut issuing = Issuing {
        mint: &mut practice.mint,
        options: &practice.options,
        now,
        with_refresh: false,
        key,
    };
    let (_, issued) = practice.grants.open(&mut issuing, &client.id, None, scopes);
    Ok(granted(issued, None, None))
}

/// RFC 6749 section 5.1.
pub(super) fn granted(issued: Issued, id_token: Option<String>, presented: Option<Hash>) -> Answer {
    let (access, refresh) = (
        Hash::of(&issued.access),
        issued.refresh.as_deref().map(Hash::of),
    );
    let mut body = Map::new();
    body.insert("access_token".to_owned(), json!(issued.access));
    body.insert(
        "token_type".to_owned(),
        json!(if issued.bound { "DPoP" } else { "Bearer" }),
    );
    body.insert("scope".to_owned(), json!(joined(&issued.scopes)));
    let optional = [
        ("expires_in", issued.expires_in.map(Value::from)),
        ("refresh_token", issued.refresh.map(Value::from)),
        ("id_token", id_token.map(Value::from)),
    ];
    for (name, value) in optional {
        body.extend(value.map(|value| (name.to_owned(), value)));
    }
    let mut answer = Answer::json(200, Value::Object(body)).with("Pragma", "no-cache");
    answer.note.presented = presented;
    answer.note.issued_access = Some(access);
    answer.note.issued_refresh = refresh;
    answer
}

pub(super) fn joined(scopes: &BTreeSet<String>) -> String {
    scopes
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}
