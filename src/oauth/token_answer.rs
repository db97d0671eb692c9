//! The token answer (RFC 6749 sections 5.1 and 5.2), read strictly.
//!
//! A token is thrown away only when using it could do harm: what a definition declares as usual
//! there is read, everything else that is wrong refuses the whole answer.

use std::time::Duration;

use super::Reply;
use super::json::{Json, Object};
use super::token_error::{Fault, Said, TokenError};
use crate::moment::Moment;
use crate::names::Scope;
use crate::provider::definition::{Definition, MissingExpiry, ScopeRules, ScopeSeparator};
use crate::secret::Secret;
use crate::token::{Lifetime, TokenSet};

/// The longest token that is accepted.
const TOKEN_MAX: usize = 64 * 1024;

/// Ten years with every leap day: the longest lifetime that is believed. Tokens that live "ten
/// years" by the calendar are issued.
const LIFETIME_MAX: u64 = 10 * 366 * 24 * 60 * 60;

/// Tokens, and what else came with them.
#[derive(Debug)]
pub struct Answer {
    /// The tokens. Without a refresh token in the answer there is none here:
    /// [`Answer::following`] keeps the old one.
    pub set: TokenSet,
    /// The ID token (`OpenID` Connect Core section 3.1.3.3), unread.
    pub id_token: Option<Secret>,
    /// The whole answer without its tokens, for providers that name the account there.
    pub members: Object,
}

impl Answer {
    /// This answer as the one after `previous`, of the same grant: the old refresh token stays
    /// where no new one came (RFC 6749 section 6).
    ///
    /// # Errors
    ///
    /// When the token type changed: the new token would be presented wrongly.
    pub fn following(mut self, previous: &TokenSet) -> Result<Self, TokenError> {
        if self.set.token_type != previous.token_type {
            return Err(TokenError::Malformed {
                status: 200,
                fault: Fault::TokenTypeChanged,
            });
        }
        if self.set.refresh_token.is_none() {
            self.set.refresh_token.clone_from(&previous.refresh_token);
        }
        Ok(self)
    }
}

/// Reads the answer to a token request that was started at `started`. `requested` is what the
/// answer means when it names no scopes: those of the request, or for a refresh those granted
/// before (RFC 6749 sections 5.1 and 6).
///
/// # Errors
///
/// [`TokenError`], by what is to be done.
pub fn read(
    definition: &Definition,
    requested: &[Scope],
    started: &Moment,
    reply: &Reply<'_>,
) -> Result<Answer, TokenError> {
    if !reply.is_success() {
        return Err(read_error(definition, reply));
    }
    if reply.is_html() {
        // a portal or a maintenance page
        return Err(TokenError::temporary(reply, None));
    }
    // some servers answer 201; the RFC says 200
    if !matches!(reply.status, 200 | 201) {
        return Err(TokenError::malformed(reply, Fault::Status));
    }
    if !reply.is_json() {
        return Err(TokenError::malformed(reply, Fault::ContentType));
    }
    let object = reply
        .object()
        .map_err(|error| TokenError::malformed(reply, error))?;
    if let Some(said) = Said::in_object(&object) {
        return Err(TokenError::by_code(
            said,
            &definition.refresh.ended_errors,
            reply,
        ));
    }
    read_tokens(definition, requested, started, object)
        .map_err(|fault| TokenError::malformed(reply, fault))
}

/// A status outside 200 to 299.
fn read_error(definition: &Definition, reply: &Reply<'_>) -> TokenError {
    let said = if reply.is_json() {
        reply.object().ok().and_then(|o| Said::in_object(&o))
    } else {
        None
    };
    let is_definite = (400..500).contains(&reply.status) && reply.status != 429;
    match said {
        Some(said) if is_definite => {
            TokenError::by_code(said, &definition.refresh.ended_errors, reply)
        }
        Some(said) => TokenError::Temporary {
            status: reply.status,
            retry_after: reply.retry_after,
            // on a server error the code proves nothing
            code: (reply.status == 429).then_some(said.code),
        },
        None if reply.is_passing() || reply.is_html() => TokenError::temporary(reply, None),
        None => TokenError::malformed(reply, Fault::Status),
    }
}

fn read_tokens(
    definition: &Definition,
    requested: &[Scope],
    started: &Moment,
    mut object: Object,
) -> Result<Answer, Fault> {
    let rules = &definition.answers;
    if object.get("error").is_some_and(|e| e.as_text() != Some("")) {
        return Err(Fault::Wrong("error"));
    }
    if rules.ok_member && !matches!(object.get("ok"), Some(Json::Bool(true))) {
        return Err(Fault::Wrong("ok"));
    }
    let nested = match &rules.nested_in {
        Some(name) if object.get("access_token").is_none() => match object.take(name) {
            Some(Json::Object(inner)) => Some(inner),
            _ => return Err(Fault::Missing("access_token")),
        },
        _ => None,
    };
    let source = nested.as_ref().unwrap_or(&object);
    let set = TokenSet {
        access_token: token(source, "access_token")?.ok_or(Fault::Missing("access_token"))?,
        token_type: token_type(source, rules.ok_member)?,
        refresh_token: token(source, "refresh_token")?,
        obtained: started.clone(),
        lifetime: lifetime(source, rules.missing_expiry)?,
        granted: granted(source, &definition.scopes)?.unwrap_or_else(|| requested.to_vec()),
    };
    let id_token = token(source, "id_token")?;
    let mut members = match nested {
        Some(mut inner) => {
            strip(&mut inner);
            let name = rules.nested_in.clone().unwrap_or_default();
            object.put(name, Json::Object(inner));
            object
        }
        None => object,
    };
    strip(&mut members);
    Ok(Answer {
        set,
        id_token,
        members,
    })
}

fn strip(object: &mut Object) {
    for name in ["access_token", "refresh_token", "id_token"] {
        object.take(name);
    }
}

/// A token: 1 to 64 KiB of `VSCHAR` (RFC 6749 appendix A.12 and A.17).
fn token(source: &Object, name: &'static str) -> Result<Option<Secret>, Fault> {
    let Some(text) = source.text(name).map_err(|_| Fault::Wrong(name))? else {
        return Ok(None);
    };
    let usable =
        (1..=TOKEN_MAX).contains(&text.len()) && text.bytes().all(|b| (0x20..=0x7E).contains(&b));
    if usable {
        Ok(Some(Secret::new(text.to_owned())))
    } else {
        Err(Fault::Wrong(name))
    }
}

/// `bearer` in any case; a missing one means it too, for nothing else is ever asked for. Servers
/// with an `ok` member say here whose token it is instead (`user`, `bot`): all are bearer tokens.
fn token_type(source: &Object, names_the_owner: bool) -> Result<String, Fault> {
    const NAME: &str = "token_type";
    let said = source.text(NAME).map_err(|_| Fault::Wrong(NAME))?;
    let said = said.unwrap_or("bearer").to_ascii_lowercase();
    match said.as_str() {
        "bearer" => Ok(said),
        "user" | "bot" if names_the_owner => Ok("bearer".to_owned()),
        _ => Err(Fault::Wrong(NAME)),
    }
}

/// `expires_in`: a number of seconds, tolerated as a decimal string, fractions cut off.
fn lifetime(source: &Object, missing: MissingExpiry) -> Result<Lifetime, Fault> {
    const NAME: &str = "expires_in";
    let seconds = match source.get(NAME) {
        None => {
            return Ok(match missing {
                MissingExpiry::Forever => Lifetime::Forever,
                MissingExpiry::Unknown => Lifetime::Unknown,
            });
        }
        Some(Json::Integer(number)) => u64::try_from(*number).ok(),
        Some(Json::Float(number)) => Duration::try_from_secs_f64(*number)
            .ok()
            .map(|lifetime| lifetime.as_secs()),
        Some(Json::Text(text)) => digits(text),
        Some(Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_)) => None,
    };
    seconds
        .filter(|seconds| *seconds <= LIFETIME_MAX)
        .map(|seconds| Lifetime::Limited(Duration::from_secs(seconds)))
        .ok_or(Fault::Wrong(NAME))
}

fn digits(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn granted(source: &Object, rules: &ScopeRules) -> Result<Option<Vec<Scope>>, Fault> {
    const WRONG: Fault = Fault::Wrong("scope");
    let Some(text) = source.text(&rules.answer_member).map_err(|_| WRONG)? else {
        return Ok(None);
    };
    let separator = match rules.answer_separator {
        ScopeSeparator::Space => ' ',
        ScopeSeparator::Comma => ',',
    };
    let mut scopes = Vec::new();
    for part in text.split(separator).map(|part| part.trim_matches(' ')) {
        if part.is_empty() {
            continue;
        }
        let scope: Scope = part.parse().map_err(|_| WRONG)?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(Some(scopes))
}
