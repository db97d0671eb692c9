//! The claims of an ID token that came straight from the token endpoint.
//!
//! The signature is not checked: TLS to the token endpoint stands in for it there (`OpenID` Connect
//! Core section 3.1.3.7 rule 6), so a token from anywhere else must never come here. It names an
//! account; it authenticates nobody.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use thiserror::Error;
use zeroize::Zeroizing;

use super::issuer;
use super::json::{Json, JsonError, Object};
use crate::moment::Timestamp;
use crate::names::ClientId;
use crate::secret::Secret;

/// How far the two clocks may be apart.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Signature algorithms of RFC 7518 and RFC 8037; `none` is not one.
const ALGORITHMS: [&str; 14] = [
    "EdDSA", "Ed25519", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512", "PS256", "PS384",
    "PS512", "RS256", "RS384", "RS512",
];

/// What the token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The definition's issuer; `{tenantid}` is filled from `tid`.
    pub issuer: &'a str,
    /// Other spellings of it, compared byte for byte too.
    pub issuer_aliases: &'a [String],
    /// The client that asked.
    pub client: &'a ClientId,
    /// The nonce that was sent; `None` at a refresh.
    pub nonce: Option<&'a Secret>,
    /// The wall clock.
    pub now: Timestamp,
}

/// What a token says about the account.
#[derive(Debug)]
pub struct Claims {
    /// `sub`: who, for this issuer and for ever.
    pub subject: String,
    /// All claims, for [`super::userinfo::identity`].
    pub members: Object,
}

/// Why an ID token is refused. Names claims, never their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdTokenError {
    /// Not three parts of base64url, of which two are JSON objects.
    #[error("it is not a signed token")]
    Shape,
    /// A part is not strict JSON.
    #[error("its {part} can't be read: {error}")]
    Json {
        /// Which part.
        part: &'static str,
        /// What is wrong.
        error: JsonError,
    },
    /// Unsigned, or by an algorithm that is not allowed.
    #[error("its algorithm is not allowed")]
    Algorithm,
    /// A claim is missing or has a wrong type.
    #[error("its claim `{0}` is missing or of a wrong type")]
    Claim(&'static str),
    /// `iss` is not the issuer.
    #[error("it is from another issuer")]
    Issuer,
    /// `aud` or `azp` names somebody else.
    #[error("it is for another client")]
    Audience,
    /// `nonce` is not the one that was sent.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// `exp` is over, or `iat` or `nbf` lie ahead; this clock may be wrong.
    #[error("its time is over or has not come")]
    Time,
}

/// Reads and checks an ID token (`OpenID` Connect Core section 3.1.3.7).
///
/// # Errors
///
/// [`IdTokenError`].
pub fn read(token: &Secret, expected: &Expected<'_>) -> Result<Claims, IdTokenError> {
    let mut parts = token.expose().split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(IdTokenError::Shape);
    };
    check_header(&object(header, "header")?)?;
    if signature.is_empty() || URL_SAFE_NO_PAD.decode(signature).is_err() {
        return Err(IdTokenError::Shape);
    }
    let claims = object(payload, "payload")?;
    check_issuer(&claims, expected)?;
    check_audience(&claims, expected.client)?;
    check_times(&claims, expected.now)?;
    if let Some(nonce) = expected.nonce {
        let said = text(&claims, "nonce")?.ok_or(IdTokenError::Nonce)?;
        if !nonce.matches(said) {
            return Err(IdTokenError::Nonce);
        }
    }
    let subject = text(&claims, "sub")?
        .filter(|subject| (1..=255).contains(&subject.len()))
        .ok_or(IdTokenError::Claim("sub"))?
        .to_owned();
    Ok(Claims {
        subject,
        members: claims,
    })
}

fn object(part: &str, name: &'static str) -> Result<Object, IdTokenError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map(Zeroizing::new)
        .map_err(|_| IdTokenError::Shape)?;
    Object::read(&bytes).map_err(|error| IdTokenError::Json { part: name, error })
}

fn check_header(header: &Object) -> Result<(), IdTokenError> {
    let algorithm = header.text("alg").ok().flatten();
    // RFC 7515 section 4.1.11: what is critical and unknown refuses the token
    if header.get("crit").is_some() || !algorithm.is_some_and(|alg| ALGORITHMS.contains(&alg)) {
        return Err(IdTokenError::Algorithm);
    }
    Ok(())
}

fn check_issuer(claims: &Object, expected: &Expected<'_>) -> Result<(), IdTokenError> {
    let said = text(claims, "iss")?.ok_or(IdTokenError::Claim("iss"))?;
    let wanted = issuer::for_tenant(expected.issuer, text(claims, "tid")?);
    let is_alias = expected.issuer_aliases.iter().any(|alias| alias == said);
    if wanted.as_deref() == Some(said) || is_alias {
        Ok(())
    } else {
        Err(IdTokenError::Issuer)
    }
}

/// `aud` is or holds the client; with several, or where there is an `azp`, that is the client.
fn check_audience(claims: &Object, client: &ClientId) -> Result<(), IdTokenError> {
    const CLAIM: IdTokenError = IdTokenError::Claim("aud");
    let audience = match claims.text("aud") {
        Ok(Some(one)) => vec![one],
        _ => claims.texts("aud").ok().flatten().ok_or(CLAIM)?,
    };
    let party = text(claims, "azp")?;
    let is_named = audience.contains(&client.as_str());
    let is_party = match party {
        Some(party) => party == client.as_str(),
        None => audience.len() == 1,
    };
    if is_named && is_party {
        Ok(())
    } else {
        Err(IdTokenError::Audience)
    }
}

fn check_times(claims: &Object, now: Timestamp) -> Result<(), IdTokenError> {
    let latest = now.plus(TOLERANCE).unix_seconds();
    let earliest = now.minus(TOLERANCE).unix_seconds();
    let ends = seconds(claims, "exp")?.ok_or(IdTokenError::Claim("exp"))?;
    let issued = seconds(claims, "iat")?.ok_or(IdTokenError::Claim("iat"))?;
    let begins = seconds(claims, "nbf")?.unwrap_or(issued);
    if ends > earliest && issued <= latest && begins <= latest {
        Ok(())
    } else {
        Err(IdTokenError::Time)
    }
}

/// A `NumericDate` (RFC 7519 section 2), fractions cut off.
fn seconds(claims: &Object, name: &'static str) -> Result<Option<i64>, IdTokenError> {
    let wrong = IdTokenError::Claim(name);
    match claims.get(name) {
        None => Ok(None),
        Some(Json::Integer(number)) => i64::try_from(*number).map(Some).map_err(|_| wrong),
        Some(Json::Float(number)) => Duration::try_from_secs_f64(*number)
            .ok()
            .and_then(|since| i64::try_from(since.as_secs()).ok())
            .map(Some)
            .ok_or(wrong),
        Some(_) => Err(wrong),
    }
}

fn text<'a>(claims: &'a Object, name: &'static str) -> Result<Option<&'a str>, IdTokenError> {
    claims.text(name).map_err(|_| IdTokenError::Claim(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_000_000;
    const GOOD: &str = r#"{"iss":"https://as.example","sub":"u","aud":"me","exp":1795000600,"iat":1795000000,"nonce":"n"}"#;

    fn token(header: &str, payload: &str) -> Secret {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        Secret::new(format!("{}.{}.c2ln", part(header), part(payload)))
    }

    fn judged(token: &Secret, issuer: &str, nonce: Option<&str>) -> Result<Claims, IdTokenError> {
        let nonce = nonce.map(|n| Secret::new(n.to_owned()));
        read(
            token,
            &Expected {
                issuer,
                issuer_aliases: &["other-spelling.example".to_owned()],
                client: &"me".parse().unwrap(),
                nonce: nonce.as_ref(),
                now: Timestamp::from_unix_millis(NOW * 1000),
            },
        )
    }

    fn payload(text: &str) -> Result<String, IdTokenError> {
        let token = token(r#"{"alg":"RS256"}"#, text);
        judged(&token, "https://as.example", Some("n")).map(|claims| claims.subject)
    }

    #[test]
    fn every_claim_is_checked() {
        use IdTokenError::{Audience, Claim, Issuer, Nonce, Time};
        assert_eq!(payload(GOOD).as_deref(), Ok("u"));
        for (from, to, wanted) in [
            ("https://as.example", "https://as.example/", Issuer),
            ("https://as.example", "as.example", Issuer),
            (
                "https://as.example",
                "https://other-spelling.example",
                Issuer,
            ),
            ("https://as.example", "other-spelling.example/", Issuer),
            (r#""iss":"https://as.example","#, "", Claim("iss")),
            (r#""iss":"https://as.example""#, r#""iss":7"#, Claim("iss")),
            (r#""sub":"u","#, "", Claim("sub")),
            (r#""sub":"u""#, r#""sub":"""#, Claim("sub")),
            (r#""sub":"u""#, r#""sub":7"#, Claim("sub")),
            (r#""aud":"me","#, "", Claim("aud")),
            (r#""aud":"me""#, r#""aud":7"#, Claim("aud")),
            (r#""aud":"me""#, r#""aud":["me",7]"#, Claim("aud")),
            (r#""aud":"me""#, r#""aud":"you""#, Audience),
            (r#""aud":"me""#, r#""aud":[]"#, Audience),
            (r#""aud":"me""#, r#""aud":["you"]"#, Audience),
            (r#""aud":"me""#, r#""aud":["me","you"]"#, Audience),
            (
                r#""aud":"me""#,
                r#""aud":["me","you"],"azp":"you""#,
                Audience,
            ),
            (r#""aud":"me""#, r#""aud":"me","azp":"you""#, Audience),
            (r#""exp":1795000600,"#, "", Claim("exp")),
            (r#""exp":1795000600"#, r#""exp":"1795000600""#, Claim("exp")),
            (r#""exp":1795000600"#, r#""exp":1794999700"#, Time),
            (r#""exp":1795000600"#, r#""exp":-1"#, Time),
            (r#""iat":1795000000,"#, "", Claim("iat")),
            (r#""iat":1795000000"#, r#""iat":1795000301"#, Time),
            (
                r#""iat":1795000000"#,
                r#""iat":1795000000,"nbf":1795000301"#,
                Time,
            ),
            (r#","nonce":"n""#, "", Nonce),
            (r#""nonce":"n""#, r#""nonce":"m""#, Nonce),
            (r#""nonce":"n""#, r#""nonce":7"#, Claim("nonce")),
        ] {
            let changed = GOOD.replacen(from, to, 1);
            assert_ne!(changed, GOOD, "{from} is not in the token");
            assert_eq!(payload(&changed), Err(wanted), "{changed}");
        }
    }

    #[test]
    fn what_the_rules_allow_is_accepted() {
        for (from, to) in [
            (r#""https://as.example""#, r#""other-spelling.example""#),
            (r#""aud":"me""#, r#""aud":["me"]"#),
            (r#""aud":"me""#, r#""aud":["you","me"],"azp":"me""#),
            (r#""exp":1795000600"#, r#""exp":1794999701"#),
            (r#""exp":1795000600"#, r#""exp":1795000600.5"#),
            (r#""iat":1795000000"#, r#""iat":1795000300"#),
            (r#""iat":1795000000"#, r#""iat":1"#),
        ] {
            let changed = GOOD.replacen(from, to, 1);
            assert_eq!(payload(&changed).as_deref(), Ok("u"), "{changed}");
        }
        let token = token(r#"{"alg":"ES256"}"#, GOOD);
        assert!(judged(&token, "https://as.example", None).is_ok());
    }

    #[test]
    fn only_signed_tokens_of_known_algorithms_are_read() {
        for (header, accepted) in [
            (r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#, true),
            (r#"{"alg":"EdDSA"}"#, true),
            (r#"{"alg":"none"}"#, false),
            (r#"{"alg":"None"}"#, false),
            (r#"{"alg":"rs256"}"#, false),
            (r#"{"alg":["RS256"]}"#, false),
            (r#"{"alg":"RS256","crit":["b64"]}"#, false),
            ("{}", false),
        ] {
            let got = judged(&token(header, GOOD), "https://as.example", None);
            assert_eq!(got.is_ok(), accepted, "{header}");
        }
        let good = token(r#"{"alg":"RS256"}"#, GOOD).expose().to_owned();
        for bad in [
            String::new(),
            "a.b".to_owned(),
            format!("{good}.x"),
            good.replace(".c2ln", "."),
            good.replace(".c2ln", ".c2ln="),
            good.replace(".c2ln", ".c2l"),
            format!(" {good}"),
        ] {
            let got = judged(&Secret::new(bad.clone()), "https://as.example", None);
            assert!(got.is_err(), "{bad}");
        }
        let doubled = GOOD.replace(r#""sub":"u""#, r#""sub":"u","sub":"u""#);
        assert!(matches!(payload(&doubled), Err(IdTokenError::Json { .. })));
    }

    #[test]
    fn a_templated_issuer_is_filled_from_the_tenant() {
        let issuer = "https://login.example/{tenantid}/v2.0";
        let of = |iss: &str, tid: &str| {
            let text = GOOD.replace(
                "https://as.example\"",
                &format!("{iss}\",\"tid\":\"{tid}\""),
            );
            judged(&token(r#"{"alg":"RS256"}"#, &text), issuer, None).map(|_| ())
        };
        assert_eq!(of("https://login.example/t-1/v2.0", "t-1"), Ok(()));
        for (iss, tid) in [
            ("https://login.example/t-2/v2.0", "t-1"),
            ("https://login.example/{tenantid}/v2.0", "{tenantid}"),
            ("https://login.example/a/b/v2.0", "a/b"),
        ] {
            assert_eq!(of(iss, tid), Err(IdTokenError::Issuer), "{iss}");
        }
    }

    #[test]
    fn errors_and_debug_show_no_claim() {
        let canary = GOOD.replace("\"u\"", "\"canary\"").replace("me", "canary");
        let error = payload(&canary).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
        let token = token(r#"{"alg":"RS256"}"#, &GOOD.replace("\"n\"", "\"canary\""));
        let claims = judged(&token, "https://as.example", None).unwrap();
        assert!(!format!("{claims:?}").contains("canary"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(header in ".*", payload in ".*") {
            let _ = judged(&token(&header, &payload), "https://as.example", None);
            let _ = judged(&Secret::new(payload), "https://as.example", None);
        }
    }
}
