//! Introspection (RFC 7662), for clients with a secret and about their own tokens.

use std::time::Duration;

use serde_json::Value;

use super::call::{Answer, Call, Refusal};
use super::client::authenticate;
use super::id_token::subject;
use super::mint::Hash;
use super::practice::Practice;
use super::revoke::check_hint;
use super::token::joined;
use crate::json::json;
use crate::names::AccountLabel;

/// `POST /introspect`.
pub(super) fn introspect(
    practice: &Practice,
    call: &Call,
    now: Duration,
) -> Result<Answer, Refusal> {
    let form = call.form(&["token", "token_type_hint", "client_id", "client_secret"])?;
    let client = authenticate(&practice.clients, call, &form)?;
    if client.secret.is_none() {
        return Err(Refusal {
            status: 401,
            ..Refusal::new(
                "invalid_client",
                "introspection needs a client with a secret",
            )
        });
    }
    let token = form.need("token")?;
    check_hint(form.get("token_type_hint"))?;
    let told = access(practice, token, &client.id, now)
        .or_else(|| refresh(practice, token, &client.id))
        .unwrap_or_else(|| json!({"active": false}));
    let mut answer = Answer::json(200, told);
    answer.note.presented = Some(Hash::of(token));
    Ok(answer)
}

fn access(practice: &Practice, token: &str, client: &str, now: Duration) -> Option<Value> {
    let good = practice
        .grants
        .access(token, now)
        .filter(|good| good.family.client == client)?;
    let seconds = |at| practice.wall(at).unix_seconds();
    Some(json!({
        "active": true,
        "client_id": client,
        "iss": practice.issuer,
        "token_type": "Bearer",
        "scope": joined(good.scopes),
        "sub": good.family.account.as_ref().map(subject),
        "username": good.family.account.as_ref().map(AccountLabel::as_str),
        "iat": seconds(good.issued),
        "exp": good.expires.map(seconds),
    }))
}

fn refresh(practice: &Practice, token: &str, client: &str) -> Option<Value> {
    let family = practice
        .grants
        .refresh_family(token)
        .filter(|family| family.client == client)?;
    Some(json!({
        "active": true,
        "client_id": client,
        "iss": practice.issuer,
        "token_type": "refresh_token",
        "scope": joined(&family.scopes),
        "sub": family.account.as_ref().map(subject),
        "username": family.account.as_ref().map(AccountLabel::as_str),
    }))
}
