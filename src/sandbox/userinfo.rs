//! Userinfo (`OpenID` Connect Core section 5.3) and bearer tokens (RFC 6750).

use std::time::Duration;

use serde_json::Value;

use super::call::{Answer, Call, Refusal};
use super::dpop;
use super::grants::Good;
use super::id_token::person;
use super::mint::Hash;
use super::practice::Practice;

/// `GET` or `POST /userinfo`.
pub(super) fn userinfo(
    practice: &mut Practice,
    call: &Call,
    now: Duration,
) -> Result<Answer, Refusal> {
    if !["GET", "POST"].contains(&call.method.as_str()) {
        return Ok(Answer::empty(405).with("Allow", "GET, POST"));
    }
    let (good, presented) = bearer(practice, call, now)?;
    let told = ["openid", "profile"]
        .iter()
        .any(|scope| good.scopes.contains(*scope));
    let Some(account) = good.family.account.as_ref().filter(|_| told) else {
        return Err(Refusal {
            status: 403,
            challenge: Some("Bearer error=\"insufficient_scope\", scope=\"profile\""),
            ..Refusal::new("insufficient_scope", "userinfo needs openid or profile")
        });
    };
    let members = person(account, |scope| good.scopes.contains(scope));
    let mut answer = Answer::json(200, Value::Object(members));
    answer.note.presented = Some(presented);
    Ok(answer)
}

/// The access token of a request: in the header and nowhere else (RFC 6750 section 2.1; its
/// sections 2.2 and 2.3 are what RFC 9700 section 4.3.2 warns of).
pub(super) fn bearer<'a>(
    practice: &'a mut Practice,
    call: &Call,
    now: Duration,
) -> Result<(Good<'a>, Hash), Refusal> {
    let refuse = |why: &str| Refusal {
        status: 401,
        challenge: Some("Bearer error=\"invalid_token\""),
        ..Refusal::new("invalid_token", why)
    };
    let elsewhere = [call.query.as_deref(), Some(call.body.as_str())]
        .into_iter()
        .flatten()
        .any(|text| text.contains("access_token="));
    if elsewhere {
        return Err(Refusal::invalid_request(
            "the access token belongs into the Authorization header only",
        ));
    }
    let (scheme, token) = call
        .header("authorization")?
        .and_then(|header| header.split_once(' '))
        .ok_or_else(|| refuse("there is no access token"))?;
    let presented = Hash::of(token);
    let unknown = || refuse("this access token is unknown or has ended").about(presented);
    let good = practice.grants.access(token, now).ok_or_else(unknown)?;
    // RFC 9449 section 7.1: a bound token is none for bearers
    match good.family.key.clone() {
        Some(key) if scheme.eq_ignore_ascii_case("dpop") => {
            let challenge = |refusal: Refusal| Refusal {
                status: 401,
                challenge: Some(match refusal.code {
                    "use_dpop_nonce" => "DPoP error=\"use_dpop_nonce\"",
                    _ => "DPoP error=\"invalid_dpop_proof\"",
                }),
                ..refusal
            };
            let proved = dpop::proved(practice, call, Some(token), now).map_err(challenge)?;
            if proved != Some(key) {
                return Err(refuse("the proof is by another key").about(presented));
            }
        }
        None if scheme.eq_ignore_ascii_case("bearer") => {}
        _ => return Err(refuse("this token is not presented so").about(presented)),
    }
    let good = practice.grants.access(token, now).ok_or_else(unknown)?;
    Ok((good, presented))
}
