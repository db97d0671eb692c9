//! Clients that prove themselves by signing (RFC 7523), and jobs that another issuer vouches for
//! (RFC 8693).

use std::time::Duration;

use ring::hmac;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};

use super::call::{Answer, Call, Parameters, Refusal};
use super::client::{Client, authenticate};
use super::jws::Unverified;
use super::practice::Practice;
use super::token::issue;
use crate::json::json;
use crate::secret::Secret;

const BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// How far a client's clock may be off, and how long a statement may live, in seconds.
const SKEW: i64 = 60;
const LONGEST: i64 = 300;

/// The parameters by which a client authenticates, in whichever way.
pub(super) const PARAMETERS: [&str; 4] = [
    "client_id",
    "client_secret",
    "client_assertion_type",
    "client_assertion",
];

/// Who sends this form, by whichever way.
pub(super) fn identify(
    practice: &mut Practice,
    call: &Call,
    form: &Parameters,
    now: Duration,
) -> Result<Client, Refusal> {
    let Some(assertion) = form.get("client_assertion") else {
        let client = authenticate(&practice.clients, call, form)?;
        if client.key.is_some() {
            return Err(refuse("this client signs"));
        }
        return Ok(client.clone());
    };
    if form.get("client_assertion_type") != Some(BEARER) {
        return Err(refuse("client_assertion_type is not the JWT bearer's"));
    }
    if form.get("client_secret").is_some() || call.header("authorization")?.is_some() {
        return Err(refuse("the client authenticates twice"));
    }
    let said = Unverified::read(assertion).ok_or_else(|| refuse("this is no JWT"))?;
    let subject = said.claim("sub").unwrap_or_default().to_owned();
    let client = practice
        .clients
        .iter()
        .find(|client| client.id == subject)
        .cloned()
        .ok_or_else(|| refuse("no such client"))?;
    if said.claim("iss") != Some(&subject) || form.get("client_id").is_some_and(|id| id != subject)
    {
        return Err(refuse("iss, sub and client_id are not one"));
    }
    verify(practice, &client, &said)?;
    check_times(practice, &said, now)?;
    let audience = said.claim("aud").unwrap_or_default();
    let token_endpoint = format!("{}/token", practice.issuer);
    if ![practice.issuer.as_str(), &token_endpoint].contains(&audience) {
        return Err(refuse("this statement is for another server"));
    }
    let unique = said.claim("jti").ok_or_else(|| refuse("jti is missing"))?;
    if !practice
        .seen
        .insert(format!("assertion {subject} {unique}"))
    {
        return Err(refuse("this statement was used before"));
    }
    Ok(client)
}

fn verify(practice: &Practice, client: &Client, said: &Unverified) -> Result<(), Refusal> {
    let wrong = || refuse("the signature is wrong");
    let algorithm = said.header.get("alg").and_then(|alg| alg.as_str());
    match (&client.key, algorithm) {
        (Some(key), Some("ES256")) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
            .verify(said.signed.as_bytes(), &said.signature)
            .map_err(|_| wrong()),
        (None, Some("HS256")) if client.id == super::CONFIDENTIAL_CLIENT => {
            let secret = practice.client_secret.expose().as_bytes();
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            hmac::verify(&key, said.signed.as_bytes(), &said.signature).map_err(|_| wrong())
        }
        _ => Err(refuse("this client does not sign so")),
    }
}

fn check_times(practice: &Practice, said: &Unverified, now: Duration) -> Result<(), Refusal> {
    let wall = practice.wall(now).unix_seconds();
    let (Some(issued), Some(expires)) = (said.seconds("iat"), said.seconds("exp")) else {
        return Err(refuse("iat and exp are needed"));
    };
    let good = issued <= wall + SKEW && expires > wall && expires - issued <= LONGEST;
    if good {
        Ok(())
    } else {
        Err(refuse("this statement is not good at this time"))
    }
}

fn refuse(why: &str) -> Refusal {
    Refusal {
        status: 401,
        ..Refusal::new("invalid_client", why)
    }
}

/// The token that a job is given by whoever runs it; good for five minutes.
pub(super) fn job_token(practice: &Practice, now: Duration) -> Secret {
    let wall = practice.wall(now).unix_seconds();
    Secret::new(practice.signer.sign(&json!({
        "iss": format!("{}/jobs", practice.issuer),
        "sub": "repo:writer/novel:ref:refs/heads/main",
        "aud": practice.issuer,
        "iat": wall,
        "exp": wall + LONGEST,
    })))
}

/// RFC 8693 section 2.1, for the tokens of [`job_token`].
pub(super) fn exchange(
    practice: &mut Practice,
    client: &Client,
    form: &Parameters,
    key: Option<String>,
    now: Duration,
) -> Result<Answer, Refusal> {
    let refuse = |why: &str| Refusal::new("invalid_request", why);
    if form.need("subject_token_type")? != JWT {
        return Err(refuse("the only subject_token_type is the JWT's"));
    }
    let said = Unverified::read(form.need("subject_token")?)
        .ok_or_else(|| refuse("subject_token is no JWT"))?;
    let verified = said.header.get("alg").and_then(|alg| alg.as_str()) == Some("EdDSA")
        && UnparsedPublicKey::new(&ED25519, practice.signer.public())
            .verify(said.signed.as_bytes(), &said.signature)
            .is_ok();
    let issuer = format!("{}/jobs", practice.issuer);
    let wall = practice.wall(now).unix_seconds();
    let good = verified
        && said.claim("iss") == Some(&issuer)
        && said.claim("aud") == Some(&practice.issuer)
        && said.seconds("exp").is_some_and(|expires| expires > wall);
    if !good {
        return Err(Refusal::invalid_grant("this job's token is not good"));
    }
    let mut answer = issue(practice, client, form, key, now)?;
    if let super::call::Body::Json(serde_json::Value::Object(members)) = &mut answer.body {
        members.insert(
            "issued_token_type".to_owned(),
            json!("urn:ietf:params:oauth:token-type:access_token"),
        );
    }
    Ok(answer)
}
