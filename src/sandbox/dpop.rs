//! Proofs of possession (RFC 9449), checked as strictly as the RFC allows.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::call::{Call, Refusal};
use super::jws::Unverified;
use super::practice::Practice;

/// How far a client's clock may be off, in seconds.
const SKEW: i64 = 60;

/// The thumbprint of the key that a request proves to have; nothing where it proves none. `token`
/// is the access token that goes with it.
pub(super) fn proved(
    practice: &mut Practice,
    call: &Call,
    token: Option<&str>,
    now: Duration,
) -> Result<Option<String>, Refusal> {
    let Some(text) = call.header("dpop")? else {
        return if practice.options.dpop_required {
            Err(refuse("this server wants a proof"))
        } else {
            Ok(None)
        };
    };
    let said = Unverified::read(text).ok_or_else(|| refuse("this is no JWT"))?;
    let header = |name: &str| said.header.get(name).and_then(Value::as_str);
    if header("typ") != Some("dpop+jwt") || header("alg") != Some("ES256") {
        return Err(refuse("typ is dpop+jwt and alg ES256"));
    }
    let thumbprint = verified(&said).ok_or_else(|| refuse("the signature is wrong"))?;
    let url = format!("{}{}", practice.issuer, call.path);
    if said.claim("htm") != Some(&call.method) || said.claim("htu") != Some(&url) {
        return Err(refuse("this proof is for another request"));
    }
    let wall = practice.wall(now).unix_seconds();
    if said
        .seconds("iat")
        .is_none_or(|at| (at - wall).abs() > SKEW)
    {
        return Err(refuse("this proof was made at another time"));
    }
    let hash = token.map(|token| URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
    if said.claim("ath") != hash.as_deref() {
        return Err(refuse("ath does not fit the token"));
    }
    if practice.options.dpop_nonce && said.claim("nonce") != Some(&practice.nonce) {
        return Err(Refusal {
            nonce: Some(practice.nonce.clone()),
            ..Refusal::new("use_dpop_nonce", "the proof needs this server's nonce")
        });
    }
    let unique = said.claim("jti").ok_or_else(|| refuse("jti is missing"))?;
    if !practice.seen.insert(format!("proof {thumbprint} {unique}")) {
        return Err(refuse("this proof was used before"));
    }
    Ok(Some(thumbprint))
}

/// The key's thumbprint (RFC 7638), if it made the signature. The key has exactly its public parts.
fn verified(said: &Unverified) -> Option<String> {
    let key = said.header.get("jwk")?.as_object()?;
    let member = |name: &str| key.get(name)?.as_str();
    if key.len() != 4 || member("kty")? != "EC" || member("crv")? != "P-256" {
        return None;
    }
    let (x, y) = (member("x")?, member("y")?);
    let mut point = vec![4];
    for coordinate in [x, y] {
        let bytes = URL_SAFE_NO_PAD.decode(coordinate).ok()?;
        point.extend((bytes.len() == 32).then_some(bytes)?);
    }
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(said.signed.as_bytes(), &said.signature)
        .ok()?;
    let canonical = format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}");
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))
}

fn refuse(why: &str) -> Refusal {
    Refusal::new("invalid_dpop_proof", why)
}
