//! Proof that whoever presents a token holds a key (RFC 9449).
//!
//! A proof is for one request: its method, its address without query, its moment. A server may
//! want a nonce of its own in it; it says so in a refusal that did nothing, so that one more try is
//! safe (section 8).

use http::HeaderValue;
use http::header::{AUTHORIZATION, HeaderMap, WWW_AUTHENTICATE};
use zeroize::Zeroizing;

use super::request::{HttpRequest, RequestError};
use super::{Reply, jws};
use crate::json::json;
use crate::moment::Timestamp;
use crate::names::hex;
use crate::secret::Secret;
use crate::signing::{self, SigningKey};

/// The header that carries a proof.
const HEADER: &str = "dpop";

/// The header in which a server gives a nonce.
const NONCE_HEADER: &str = "dpop-nonce";

/// The error that asks for a nonce.
const USE_NONCE: &str = "use_dpop_nonce";

/// The longest nonce that is repeated.
const NONCE_MAX: usize = 1024;

/// What a proof is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The request's method.
    pub method: &'a str,
    /// The request's URL; its query and fragment are left out.
    pub url: &'a str,
    /// When it is made.
    pub now: Timestamp,
    /// Random, so that no proof is used twice.
    pub unique: [u8; 16],
    /// The nonce that the server gave.
    pub nonce: Option<&'a str>,
    /// The access token that goes with it, at a resource.
    pub token: Option<&'a Secret>,
}

/// A proof (RFC 9449 section 4.2).
///
/// # Errors
/// When the key can't sign.
pub fn proof(key: &SigningKey, about: &About<'_>) -> Result<Secret, RequestError> {
    let point = key.public_point()?;
    let header = json!({
        "typ": "dpop+jwt",
        "alg": "ES256",
        "jwk": {"kty": "EC", "crv": "P-256", "x": point.x, "y": point.y},
    });
    let url = about.url.split(['?', '#']).next().unwrap_or_default();
    let mut claims = json!({
        "jti": hex(&about.unique),
        "htm": about.method,
        "htu": url,
        "iat": about.now.unix_seconds(),
    });
    if let Some(members) = claims.as_object_mut() {
        let nonce = about.nonce.map(|nonce| ("nonce".to_owned(), json!(nonce)));
        let hash = about.token.map(|token| signing::sha256(token.expose()));
        members.extend(nonce);
        members.extend(hash.map(|hash| ("ath".to_owned(), json!(hash))));
    }
    Ok(jws::compact(&header, &claims, |message| key.sign(message))?)
}

/// Puts a proof for itself into a request: to a token endpoint, or with `token` to a resource, which
/// is then presented as bound (section 7.1).
///
/// # Errors
/// When the key can't sign.
pub fn prove(
    request: &mut HttpRequest,
    key: &SigningKey,
    now: Timestamp,
    unique: [u8; 16],
    nonce: Option<&str>,
    token: Option<&Secret>,
) -> Result<(), RequestError> {
    let url = request.uri().to_string();
    let about = About {
        method: request.method().as_str(),
        url: &url,
        now,
        unique,
        nonce,
        token,
    };
    let proof = proof(key, &about)?;
    let mut value = HeaderValue::from_str(proof.expose())
        .map_err(|_| RequestError::Header("the proof of possession"))?;
    value.set_sensitive(true);
    request.headers_mut().insert(HEADER, value);
    if let Some(token) = token {
        let text = Zeroizing::new(format!("DPoP {}", token.expose()));
        let mut value =
            HeaderValue::from_str(&text).map_err(|_| RequestError::Header("the access token"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    Ok(())
}

/// The nonce that a refusal asks for: the server did nothing but give it. A token endpoint says so
/// in its body (section 8), a resource in its challenge (section 9).
#[must_use]
pub fn wanted_nonce(reply: &Reply<'_>, headers: &HeaderMap) -> Option<String> {
    if !matches!(reply.status, 400 | 401) {
        return None;
    }
    let in_body = || {
        let object = reply.object().ok()?;
        Some(object.get("error")?.as_text() == Some(USE_NONCE))
    };
    let in_challenge = headers.get_all(WWW_AUTHENTICATE).iter().any(|challenge| {
        challenge
            .to_str()
            .is_ok_and(|text| text.starts_with("DPoP ") && text.contains(USE_NONCE))
    });
    if !in_challenge && in_body() != Some(true) {
        return None;
    }
    let nonce = headers.get(NONCE_HEADER)?.to_str().ok()?;
    // RFC 9449 section 8.1
    let usable = (1..=NONCE_MAX).contains(&nonce.len())
        && nonce
            .bytes()
            .all(|b| matches!(b, 0x21 | 0x23..=0x5B | 0x5D..=0x7E));
    usable.then(|| nonce.to_owned())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_proof_names_its_request_without_query_and_nothing_secret() {
        let key = SigningKey::generate().unwrap();
        let token = Secret::new("canary".to_owned());
        let proof = proof(
            &key,
            &About {
                method: "GET",
                url: "https://api.example/x?secret=canary#canary",
                now: Timestamp::from_unix_millis(7000),
                unique: [1; 16],
                nonce: Some("n"),
                token: Some(&token),
            },
        )
        .unwrap();
        let parts: Vec<Value> = proof
            .expose()
            .split('.')
            .take(2)
            .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
            .collect();
        assert_eq!(parts[0]["typ"], "dpop+jwt");
        assert_eq!(parts[0]["jwk"].as_object().unwrap().len(), 4);
        assert_eq!(parts[1]["htu"], "https://api.example/x");
        assert_eq!(parts[1]["htm"], "GET");
        assert_eq!(parts[1]["iat"], 7);
        assert_eq!(parts[1]["nonce"], "n");
        assert_eq!(parts[1]["ath"], signing::sha256("canary"));
        assert!(!parts.iter().any(|part| part.to_string().contains("canary")));
    }

    #[test]
    fn a_nonce_is_taken_only_from_a_refusal_that_asks_for_it() {
        let asked = r#"{"error":"use_dpop_nonce"}"#;
        for (status, body, nonce, wanted) in [
            (400, asked, Some("abc"), Some("abc")),
            (401, asked, Some("abc"), Some("abc")),
            (200, asked, Some("abc"), None),
            (500, asked, Some("abc"), None),
            (400, r#"{"error":"invalid_grant"}"#, Some("abc"), None),
            (400, "x", Some("abc"), None),
            (400, asked, None, None),
            (400, asked, Some(""), None),
            (400, asked, Some("a b"), None),
            (400, asked, Some("a\"b"), None),
        ] {
            let reply = Reply {
                status,
                content_type: Some("application/json"),
                retry_after: None,
                body: body.as_bytes(),
            };
            let mut headers = HeaderMap::new();
            if let Some(nonce) = nonce {
                headers.insert("dpop-nonce", nonce.parse().unwrap());
            }
            assert_eq!(
                wanted_nonce(&reply, &headers).as_deref(),
                wanted,
                "{status} {body}"
            );
        }
    }
}
