//! The token answer (RFC 6749 sections 5.1 and 5.2), read strictly.
//!
//! A token is thrown away only when using it could do harm: what a definition declares as usual
//! there is read, everything else that is wrong refuses the whole answer. A refresh may have spent
//! the token before it, so there what only describes good tokens refuses nothing.

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
    read_as(
        definition,
        requested,
        started,
        For::Grant { bound: false },
        reply,
    )
}

/// As [`read`]; where the request proved a key, the token must be bound to it (RFC 9449 section 5),
/// and nowhere else can it be.
///
/// # Errors
///
/// [`TokenError`], by what is to be done.
pub fn read_bound(
    definition: &Definition,
    requested: &[Scope],
    started: &Moment,
    bound: bool,
    reply: &Reply<'_>,
) -> Result<Answer, TokenError> {
    read_as(definition, requested, started, For::Grant { bound }, reply)
}

/// As [`read_bound`], for a refresh. The refresh token that was sent may be spent by now, so an
/// answer with good tokens is kept even where what describes them can't be read: then the lifetime
/// is unknown, and the scopes are those granted before.
///
/// # Errors
///
/// [`TokenError`], by what is to be done.
pub fn read_refreshed(
    definition: &Definition,
    granted: &[Scope],
    started: &Moment,
    bound: bool,
    reply: &Reply<'_>,
) -> Result<Answer, TokenError> {
    read_as(definition, granted, started, For::Refresh { bound }, reply)
}

/// What was asked for.
#[derive(Debug, Clone, Copy)]
enum For {
    /// The first tokens of a grant: nothing is lost when a doubtful answer is refused.
    Grant { bound: bool },
    /// Tokens in place of those that we hold.
    Refresh { bound: bool },
}

impl For {
    /// Whether the request proved a key.
    const fn bound(self) -> bool {
        match self {
            Self::Grant { bound } | Self::Refresh { bound } => bound,
        }
    }

    /// What describes the tokens: `otherwise` where it is wrong and the tokens are worth more.
    fn described<T>(self, read: Result<T, Fault>, otherwise: T) -> Result<T, Fault> {
        match self {
            Self::Grant { .. } => read,
            Self::Refresh { .. } => Ok(read.unwrap_or(otherwise)),
        }
    }
}

fn read_as(
    definition: &Definition,
    requested: &[Scope],
    started: &Moment,
    wanted: For,
    reply: &Reply<'_>,
) -> Result<Answer, TokenError> {
    if !reply.is_success() {
        return Err(read_error(definition, reply));
    }
    if reply.is_html() {
        // a portal or a maintenance page
        return Err(TokenError::temporary(reply, None));
    }
    if let For::Grant { .. } = wanted {
        // some servers answer 201; the RFC says 200
        if !matches!(reply.status, 200 | 201) {
            return Err(TokenError::malformed(reply, Fault::Status));
        }
        if !reply.is_json() {
            return Err(TokenError::malformed(reply, Fault::ContentType));
        }
    }
    let object = reply
        .object()
        .map_err(|error| TokenError::malformed(reply, error))?;
    if let Some(said) = Said::in_object(&object) {
        return Err(TokenError::by_code(said, definition, reply));
    }
    read_tokens(definition, requested, started, wanted, object)
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
        Some(said) if is_definite => TokenError::by_code(said, definition, reply),
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
    wanted: For,
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
        token_type: token_type(source, rules.ok_member, wanted)?,
        refresh_token: wanted.described(token(source, "refresh_token"), None)?,
        obtained: started.clone(),
        lifetime: wanted.described(lifetime(source, rules.missing_expiry), Lifetime::Unknown)?,
        granted: wanted
            .described(granted(source, &definition.scopes), None)?
            .unwrap_or_else(|| requested.to_vec()),
    };
    let id_token = wanted.described(token(source, "id_token"), None)?;
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

/// `bearer` in any case; a missing one means it too, for nothing else is ever asked for.
/// Servers with an `ok` member say here whose token it is instead (`user`, `bot`): all are bearer
/// tokens. A refresh is asked for nothing else than before, so an empty one, or `N_A`, which is for
/// what is no access token (RFC 8693 section 2.2.1), says nothing there.
fn token_type(source: &Object, names_the_owner: bool, wanted: For) -> Result<String, Fault> {
    const NAME: &str = "token_type";
    let said = source.text(NAME).map_err(|_| Fault::Wrong(NAME))?;
    let said = said.unwrap_or("bearer").to_ascii_lowercase();
    match said.as_str() {
        "dpop" if wanted.bound() => Ok(said),
        _ if wanted.bound() => Err(Fault::Wrong(NAME)),
        "bearer" => Ok(said),
        "" | "n_a" if matches!(wanted, For::Refresh { .. }) => Ok("bearer".to_owned()),
        "user" | "bot" if names_the_owner => Ok("bearer".to_owned()),
        _ => Err(Fault::Wrong(NAME)),
    }
}

fn lifetime(source: &Object, missing: MissingExpiry) -> Result<Lifetime, Fault> {
    Ok(match (seconds(source, "expires_in")?, missing) {
        (Some(seconds), _) => Lifetime::Limited(Duration::from_secs(seconds)),
        (None, MissingExpiry::Forever) => Lifetime::Forever,
        (None, MissingExpiry::Unknown) => Lifetime::Unknown,
    })
}

/// A number of seconds, tolerated as a decimal string, fractions cut off; at most ten years.
pub(super) fn seconds(source: &Object, name: &'static str) -> Result<Option<u64>, Fault> {
    let seconds = match source.get(name) {
        None => return Ok(None),
        Some(Json::Integer(number)) => u64::try_from(*number).ok(),
        Some(Json::Float(number)) => Duration::try_from_secs_f64(*number)
            .ok()
            .map(|lifetime| lifetime.as_secs()),
        Some(Json::Text(text)) => digits(text),
        Some(Json::Null | Json::Bool(_) | Json::List(_) | Json::Object(_)) => None,
    };
    seconds
        .filter(|seconds| *seconds <= LIFETIME_MAX)
        .map(Some)
        .ok_or(Fault::Wrong(name))
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
    // no scope holds a space (RFC 6749 section 3.3), so one separates whatever was announced
    let separators: &[char] = match rules.answer_separator {
        ScopeSeparator::Space => &[' '],
        ScopeSeparator::Comma => &[',', ' '],
    };
    let mut scopes = Vec::new();
    for part in text.split(separators) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixture;
    use super::*;

    const JSON: &str = "application/json; charset=utf-8";

    fn answer(
        definition: &Definition,
        status: u16,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<Answer, TokenError> {
        let reply = Reply {
            status,
            content_type,
            retry_after: Some(Duration::from_secs(9)),
            body,
        };
        let requested = fixture::scopes(&["asked", "for"]);
        read(definition, &requested, &fixture::started(), &reply)
    }

    /// One line per outcome: `AT TYPE RT LIFETIME SCOPES` or the error in short.
    fn shown(outcome: Result<Answer, TokenError>) -> String {
        let shown = match outcome {
            Ok(Answer { set, .. }) => {
                let lifetime = match set.lifetime {
                    Lifetime::Limited(lifetime) => lifetime.as_secs().to_string(),
                    Lifetime::Forever => "forever".to_owned(),
                    Lifetime::Unknown => "unknown".to_owned(),
                };
                let scopes: Vec<_> = set.granted.iter().map(Scope::as_str).collect();
                format!(
                    "{} {} {} {lifetime} {}",
                    set.access_token.expose(),
                    set.token_type,
                    set.refresh_token.as_ref().map_or("-", Secret::expose),
                    scopes.join("|")
                )
            }
            Err(TokenError::Ended { code, .. }) => format!("ended {code}"),
            Err(TokenError::InvalidClient { code, .. }) => format!("client {code}"),
            Err(TokenError::Refused { code, .. }) => format!("refused {code}"),
            Err(TokenError::Temporary {
                retry_after, code, ..
            }) => {
                assert_eq!(retry_after, Some(Duration::from_secs(9)));
                format!("temporary {}", code.unwrap_or_default())
            }
            Err(TokenError::Malformed { fault, .. }) => match fault {
                Fault::Json(_) => "malformed json".to_owned(),
                Fault::Missing(field) => format!("missing {field}"),
                Fault::Wrong(field) => format!("wrong {field}"),
                Fault::Status | Fault::ContentType | Fault::TokenTypeChanged => {
                    format!("{fault:?}")
                }
            },
        };
        shown.trim_end().to_owned()
    }

    #[test]
    fn a_refresh_keeps_good_tokens_whatever_is_said_about_them() {
        let tokens = r#""access_token":"at","refresh_token":"rt","token_type":"bearer""#;
        for (side, kept) in [
            (r#""scope":["a"]"#, "at bearer rt unknown asked|for"),
            (r#""expires_in":-1,"scope":"a""#, "at bearer rt unknown a"),
            (
                r#""expires_in":"1.5","scope":"a""#,
                "at bearer rt unknown a",
            ),
            (r#""id_token":7,"expires_in":5"#, "at bearer rt 5 asked|for"),
        ] {
            let body = format!("{{{tokens},{side}}}");
            let reply = Reply {
                status: 200,
                content_type: Some(JSON),
                retry_after: None,
                body: body.as_bytes(),
            };
            let (definition, before) = (fixture::google(), fixture::scopes(&["asked", "for"]));
            let started = fixture::started();
            let refreshed = read_refreshed(&definition, &before, &started, false, &reply);
            assert_eq!(shown(refreshed), kept, "{side}");
            // control: the first answer of a grant is refused for it
            let first = shown(read(&definition, &before, &started, &reply));
            assert!(first.starts_with("wrong "), "{side}: {first}");
        }
    }

    #[test]
    fn a_refresh_keeps_a_good_access_token_whatever_comes_around_it() {
        let good = r#"{"access_token":"at","token_type":"bearer"}"#;
        let (json, text) = (Some(JSON), Some("text/plain"));
        for (status, kind, body, kept, first) in [
            (202, json, good, "at bearer - unknown asked", "Status"),
            (200, text, good, "at bearer - unknown asked", "ContentType"),
            (200, None, good, "at bearer - unknown asked", "ContentType"),
            (
                200,
                json,
                r#"{"access_token":"at","token_type":"N_A"}"#,
                "at bearer - unknown asked",
                "wrong token_type",
            ),
            (
                200,
                json,
                r#"{"access_token":"at","token_type":"bearer","refresh_token":[]}"#,
                "at bearer - unknown asked",
                "wrong refresh_token",
            ),
            (
                200,
                json,
                r#"{"access_token":"at","token_type":""}"#,
                "at bearer - unknown asked",
                "wrong token_type",
            ),
            (
                200,
                json,
                r#"{"access_token":"at","refresh_token":""}"#,
                "at bearer - unknown asked",
                "wrong refresh_token",
            ),
            // and these nothing good
            (
                200,
                json,
                r#"{"access_token":"at","token_type":"mac"}"#,
                "wrong token_type",
                "wrong token_type",
            ),
            (200, text, "at=1", "malformed json", "ContentType"),
        ] {
            let reply = Reply {
                status,
                content_type: kind,
                retry_after: None,
                body: body.as_bytes(),
            };
            let (definition, before) = (fixture::google(), fixture::scopes(&["asked"]));
            let started = fixture::started();
            let refreshed = read_refreshed(&definition, &before, &started, false, &reply);
            assert_eq!(shown(refreshed), kept, "{status} {kind:?} {body}");
            let granted = read(&definition, &before, &started, &reply);
            assert_eq!(shown(granted), first, "{status} {kind:?} {body}");
        }
    }

    /// Checks lines of `status | body | what it amounts to`.
    fn check(definition: &Definition, table: &str) {
        for line in table.lines().filter(|line| !line.is_empty()) {
            let (status, rest) = line.split_once(" | ").unwrap();
            let (body, wanted) = rest.rsplit_once(" | ").unwrap_or(("", rest));
            let status = status.parse().unwrap();
            let got = shown(answer(definition, status, Some(JSON), body.as_bytes()));
            assert_eq!(got, wanted, "{} {line}", definition.name);
        }
    }

    const ANSWERS: &str = r#"
200 | {"access_token":"a","token_type":"Bearer"} | a bearer - unknown asked|for
200 | {"access_token":"a","token_type":"bEaReR","expires_in":3600} | a bearer - 3600 asked|for
200 | {"access_token":"a","token_type":"bearer","expires_in":"3600"} | a bearer - 3600 asked|for
200 | {"access_token":"a","expires_in":0} | a bearer - 0 asked|for
200 | {"access_token":"a","expires_in":3600.9} | a bearer - 3600 asked|for
200 | {"access_token":"a","expires_in":36e2} | a bearer - 3600 asked|for
200 | {"access_token":"a","expires_in":315705599} | a bearer - 315705599 asked|for
200 | {"access_token":"a","expires_in":316224001} | wrong expires_in
200 | {"access_token":"a","expires_in":18446744073709551615} | wrong expires_in
200 | {"access_token":"a","expires_in":18446744073709551616} | wrong expires_in
200 | {"access_token":"a","expires_in":"99999999999999999999"} | wrong expires_in
200 | {"access_token":"a","expires_in":-1} | wrong expires_in
200 | {"access_token":"a","expires_in":"-1"} | wrong expires_in
200 | {"access_token":"a","expires_in":"+1"} | wrong expires_in
200 | {"access_token":"a","expires_in":"1 "} | wrong expires_in
200 | {"access_token":"a","expires_in":""} | wrong expires_in
200 | {"access_token":"a","expires_in":"1.5"} | wrong expires_in
200 | {"access_token":"a","expires_in":true} | wrong expires_in
200 | {"access_token":"a","expires_in":[1]} | wrong expires_in
200 | {"access_token":"a","expires_in":null} | a bearer - unknown asked|for
200 | {"access_token":"a","token_type":null} | a bearer - unknown asked|for
200 | {"access_token":"a","token_type":"mac"} | wrong token_type
200 | {"access_token":"a","token_type":"DPoP"} | wrong token_type
200 | {"access_token":"a","token_type":"N_A"} | wrong token_type
200 | {"access_token":"a","token_type":"user"} | wrong token_type
200 | {"access_token":"a","token_type":""} | wrong token_type
200 | {"access_token":"a","token_type":1} | wrong token_type
200 | {"access_token":"a","refresh_token":"r"} | a bearer r unknown asked|for
200 | {"access_token":"a","refresh_token":null} | a bearer - unknown asked|for
200 | {"access_token":"a","refresh_token":""} | wrong refresh_token
200 | {"access_token":"a","refresh_token":{"x":1}} | wrong refresh_token
200 | {"access_token":"a","refresh_token":"r\r\nx"} | wrong refresh_token
200 | {"access_token":"a","id_token":7} | wrong id_token
200 | {"access_token":"a","scope":"x y"} | a bearer - unknown x|y
200 | {"access_token":"a","scope":" x  y x "} | a bearer - unknown x|y
200 | {"access_token":"a","scope":"x,y"} | a bearer - unknown x,y
200 | {"access_token":"a","scope":""} | a bearer - unknown
200 | {"access_token":"a","scope":null} | a bearer - unknown asked|for
200 | {"access_token":"a","scope":["x"]} | wrong scope
200 | {"access_token":"a","scope":"x\u001b[2J"} | wrong scope
200 | {"access_token":"a","extra":{"deep":[1,{"x":null}]}} | a bearer - unknown asked|for
201 | {"access_token":"a"} | a bearer - unknown asked|for
202 | {"access_token":"a"} | Status
204 |  | Status
206 | {"access_token":"a"} | Status
200 | {} | missing access_token
200 | {"access_token":null} | missing access_token
200 | {"Access_Token":"a"} | missing access_token
200 | {"access_token":""} | wrong access_token
200 | {"access_token":"a\nb"} | wrong access_token
200 | {"access_token":"a\u0000"} | wrong access_token
200 | {"access_token":"é"} | wrong access_token
200 | {"access_token":"a\u007f"} | wrong access_token
200 | {"access_token":["a"]} | wrong access_token
200 | {"access_token":1} | wrong access_token
200 | {"access_token":false} | wrong access_token
200 | {"access_token":"a","access_token":"b"} | malformed json
200 | {"access_token":"a","x":1,"x":1} | malformed json
200 | {"access_token":"a","x":{"y":1,"y":1}} | malformed json
200 | {"access_token":"a"}{"access_token":"b"} | malformed json
200 | {"access_token":"a"}x | malformed json
200 | [{"access_token":"a"}] | malformed json
200 | "a" | malformed json
200 |  | malformed json
200 | access_token=a&token_type=bearer | malformed json
200 | {"access_token":"a",} | malformed json
200 | {"access_token":"\ud800"} | malformed json
"#;

    #[test]
    fn token_answers_are_read_or_refused() {
        check(&fixture::plain(), ANSWERS);
        let spaced = b"\x20\r\n{\"access_token\":\"a\"}\n";
        assert!(answer(&fixture::plain(), 200, Some(JSON), spaced).is_ok());
        let marked = b"\xef\xbb\xbf{\"access_token\":\"a\"}";
        assert!(answer(&fixture::plain(), 200, Some(JSON), marked).is_err());
    }

    const ERRORS: &str = r#"
400 | {"error":"invalid_grant"} | ended invalid_grant
401 | {"error":"invalid_grant"} | ended invalid_grant
403 | {"error":"invalid_grant"} | ended invalid_grant
200 | {"error":"invalid_grant"} | ended invalid_grant
200 | {"access_token":"a","error":"invalid_grant"} | ended invalid_grant
400 | {"error":"bad_refresh_token"} | refused bad_refresh_token
400 | {"error":"Invalid_Grant"} | refused Invalid_Grant
401 | {"error":"invalid_client"} | client invalid_client
400 | {"error":"unauthorized_client"} | client unauthorized_client
400 | {"error":"incorrect_client_credentials"} | refused incorrect_client_credentials
400 | {"error":"invalid_scope","error_description":7} | refused invalid_scope
403 | {"error":"access_denied"} | refused access_denied
428 | {"error":"authorization_pending"} | refused authorization_pending
400 | {"error":"slow_down"} | temporary slow_down
400 | {"error":"temporarily_unavailable"} | temporary temporarily_unavailable
200 | {"error":"slow_down"} | temporary slow_down
429 | {"error":"invalid_grant"} | temporary invalid_grant
429 |  | temporary
500 | {"error":"invalid_grant"} | temporary
502 | <html> | temporary
503 | {"error":"invalid_client"} | temporary
504 |  | temporary
403 |  | temporary
407 |  | temporary
408 |  | temporary
301 |  | temporary
302 | {"access_token":"a"} | temporary
307 | {"error":"invalid_grant"} | temporary
400 |  | Status
400 | {"message":"no"} | Status
404 | {"message":"Not Found"} | Status
401 | {"error":{"code":1}} | Status
400 | {"error":"invalid_grant","error":"invalid_grant"} | Status
400 | {"error":""} | Status
200 | {"access_token":"a","error":""} | a bearer - unknown asked|for
200 | {"access_token":"a","error":null} | a bearer - unknown asked|for
200 | {"access_token":"a","error":{"code":1}} | wrong error
200 | {"access_token":"a","error":false} | wrong error
400 | {"error":"x\u001b]0;t\u0007"} | refused x\u{1b}]0;t\u{7}
"#;

    #[test]
    fn errors_are_sorted_by_what_is_to_be_done() {
        check(&fixture::plain(), ERRORS);
    }

    const COMMAS_AND_ERRORS_IN_200: &str = r#"
200 | {"access_token":"gho","token_type":"bearer","scope":"repo,gist"} | gho bearer - forever repo|gist
200 | {"access_token":"gho","token_type":"bearer","scope":"repo, gist,"} | gho bearer - forever repo|gist
200 | {"access_token":"ghu","scope":"","expires_in":28800,"refresh_token":"ghr"} | ghu bearer ghr 28800
200 | {"error":"bad_refresh_token","error_description":"gone"} | ended bad_refresh_token
200 | {"error":"bad_verification_code"} | refused bad_verification_code
200 | {"error":"incorrect_client_credentials"} | client incorrect_client_credentials
"#;

    const OK_MEMBER_AND_NESTED_TOKENS: &str = r#"
200 | {"ok":true,"authed_user":{"id":"U","access_token":"xoxp","scope":"a,b","token_type":"user"}} | xoxp bearer - forever a|b
200 | {"ok":true,"access_token":"xoxe","token_type":"bot","expires_in":43200} | xoxe bearer - 43200 asked|for
200 | {"ok":false,"error":"invalid_refresh_token"} | ended invalid_refresh_token
200 | {"ok":false,"error":"internal"} | refused internal
200 | {"ok":false,"access_token":"x"} | wrong ok
200 | {"ok":"true","access_token":"x"} | wrong ok
200 | {"access_token":"x"} | wrong ok
200 | {"ok":true} | missing access_token
200 | {"ok":true,"authed_user":"x"} | missing access_token
200 | {"ok":true,"authed_user":{"id":"U"}} | missing access_token
200 | {"ok":true,"authed_user":{"access_token":"a","access_token":"b"}} | malformed json
"#;

    #[test]
    fn what_is_usual_at_a_provider_is_read_there() {
        check(&fixture::github(), COMMAS_AND_ERRORS_IN_200);
        check(&fixture::slack(), OK_MEMBER_AND_NESTED_TOKENS);
        let mut plural = fixture::plain();
        plural.scopes.answer_member = "scopes".to_owned();
        check(
            &plural,
            r#"200 | {"access_token":"a","scopes":"x y","scope":7} | a bearer - unknown x|y"#,
        );
    }

    #[test]
    fn a_token_answer_is_application_json_and_nothing_else() {
        let body = br#"{"access_token":"a"}"#;
        let plain = fixture::plain();
        for (content_type, wanted) in [
            (Some("application/json"), "a bearer - unknown asked|for"),
            (
                Some("Application/JSON;charset=UTF-8"),
                "a bearer - unknown asked|for",
            ),
            (
                Some(" application/json ; x=y"),
                "a bearer - unknown asked|for",
            ),
            (Some("text/plain"), "ContentType"),
            (Some("application/x-www-form-urlencoded"), "ContentType"),
            (Some("application/jsonp"), "ContentType"),
            (Some("application/problem+json"), "ContentType"),
            (Some(""), "ContentType"),
            (None, "ContentType"),
            (Some("text/html; charset=utf-8"), "temporary"),
        ] {
            let got = shown(answer(&plain, 200, content_type, body));
            assert_eq!(got, wanted, "{content_type:?}");
        }
        let ended = br#"{"error":"invalid_grant"}"#;
        assert_eq!(
            shown(answer(&plain, 400, Some("text/html"), ended)),
            "temporary"
        );
        assert_eq!(
            shown(answer(&plain, 400, Some("text/plain"), ended)),
            "Status"
        );
    }

    #[test]
    fn tokens_are_limited_to_64_kib() {
        for (length, accepted) in [(TOKEN_MAX, true), (TOKEN_MAX + 1, false)] {
            let body = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(length));
            let got = answer(&fixture::plain(), 200, Some(JSON), body.as_bytes());
            assert_eq!(got.is_ok(), accepted, "{length}");
        }
    }

    #[test]
    fn no_error_shows_a_value_whatever_field_it_stands_in() {
        let names = [
            "access_token",
            "refresh_token",
            "id_token",
            "token_type",
            "expires_in",
            "scope",
            "error",
            "ok",
            "authed_user",
            "canary-key",
        ];
        let values = [
            r#""canary\n""#,
            r#"["canary"]"#,
            r#"{"canary":"canary"}"#,
            r#"{"canary":1,"canary":1}"#,
            r#""canary"#,
            "canary",
        ];
        let mut refused = 0;
        for definition in [fixture::plain(), fixture::slack(), fixture::notion()] {
            for name in names {
                for value in values {
                    for status in [200, 201, 302, 400, 401, 403, 429, 500] {
                        let body = format!(r#"{{"access_token":"a-canary","{name}":{value}}}"#);
                        let got = answer(&definition, status, Some(JSON), body.as_bytes());
                        if let Err(error) = got {
                            refused += 1;
                            let text = format!("{error} {error:?}");
                            // the server's own `error` text is the one thing that is shown
                            let is_said = name == "error" && value == values[0];
                            assert!(is_said || !text.contains("canary"), "{body}: {text}");
                        }
                    }
                }
            }
        }
        assert!(refused > 1000, "only {refused} answers were refused");
    }

    #[test]
    fn debug_of_an_answer_is_redacted_and_its_members_hold_no_token() {
        let body = br#"{"access_token":"canary","refresh_token":"canary","id_token":"canary",
            "workspace_id":"w","owner":{"user":{"id":"u"}}}"#;
        let got = answer(&fixture::notion(), 200, Some(JSON), body).unwrap();
        assert!(!format!("{got:?}").contains("canary"));
        assert_eq!(
            got.id_token.map(|t| t.expose().to_owned()).as_deref(),
            Some("canary")
        );
        assert_eq!(got.members.at("/owner/user/id").as_deref(), Some("u"));
        for name in ["/access_token", "/refresh_token", "/id_token"] {
            assert_eq!(got.members.at(name), None);
        }
        let nested =
            br#"{"ok":true,"team":{"id":"T"},"authed_user":{"id":"U","access_token":"canary"}}"#;
        let got = answer(&fixture::slack(), 200, Some(JSON), nested).unwrap();
        assert_eq!(got.members.at("/authed_user/id").as_deref(), Some("U"));
        assert_eq!(got.members.at("/authed_user/access_token"), None);
    }

    #[test]
    fn only_unclear_answers_may_have_rotated_the_refresh_token() {
        for (status, content_type, body, maybe) in [
            (200, JSON, "{}", true),
            (200, JSON, "{", true),
            (204, JSON, "", true),
            (200, "text/html", "<p>", true),
            (200, "text/plain", "x", true),
            (200, JSON, r#"{"error":"invalid_request"}"#, false),
            (200, JSON, r#"{"error":"slow_down"}"#, false),
            (302, JSON, "", false),
            (400, JSON, r#"{"error":"invalid_grant"}"#, false),
            (400, JSON, "x", false),
            (401, JSON, r#"{"error":"invalid_client"}"#, false),
            (403, "text/html", "<p>", false),
            (429, JSON, "", false),
            (500, JSON, r#"{"error":"server_error"}"#, true),
            (502, "text/html", "<p>", true),
            (503, JSON, "", false),
            (504, JSON, "", true),
        ] {
            let error = answer(
                &fixture::plain(),
                status,
                Some(content_type),
                body.as_bytes(),
            );
            assert_eq!(error.unwrap_err().maybe_rotated(), maybe, "{status} {body}");
        }
    }

    #[test]
    fn a_refresh_without_a_new_refresh_token_keeps_the_old_one() {
        let read =
            |body: &str| answer(&fixture::plain(), 200, Some(JSON), body.as_bytes()).unwrap();
        let old = read(r#"{"access_token":"a1","refresh_token":"r1"}"#).set;
        let kept = read(r#"{"access_token":"a2"}"#)
            .following(&old)
            .unwrap()
            .set;
        assert_eq!(kept.refresh_token.unwrap().expose(), "r1");
        let new = read(r#"{"access_token":"a2","refresh_token":"r2"}"#);
        let new = new.following(&old).unwrap().set;
        assert_eq!(new.refresh_token.unwrap().expose(), "r2");
        let mut other = old.clone();
        other.token_type = "dpop".to_owned();
        let error = read(r#"{"access_token":"a2"}"#)
            .following(&other)
            .unwrap_err();
        assert!(error.maybe_rotated());
    }

    fn member() -> impl Strategy<Value = String> {
        let name = prop_oneof![
            Just("access_token"),
            Just("refresh_token"),
            Just("token_type"),
            Just("expires_in"),
            Just("scope"),
            Just("error"),
            Just("error_description"),
            Just("ok"),
            Just("x"),
        ];
        let value = prop_oneof![
            Just(r#""bearer""#.to_owned()),
            Just("true".to_owned()),
            Just("null".to_owned()),
            any::<i64>().prop_map(|n| n.to_string()),
            any::<f64>()
                .prop_filter("JSON has none", |n| n.is_finite())
                .prop_map(|n| n.to_string()),
            any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
            "[a-z0-9 ]{1,9}".prop_map(|text| format!("\"{text}\"")),
        ];
        (name, value).prop_map(|(name, value)| format!("\"{name}\":{value}"))
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_a_panic(status in 100_u16..600, body: Vec<u8>) {
            let _ = answer(&fixture::slack(), status, Some(JSON), &body);
        }

        #[test]
        fn what_is_accepted_is_usable(members in proptest::collection::vec(member(), 0..6)) {
            let body = format!("{{\"access_token\":\"a\",{}}}", members.join(","));
            if let Ok(got) = answer(&fixture::plain(), 200, Some(JSON), body.as_bytes()) {
                let tokens = [Some(&got.set.access_token), got.set.refresh_token.as_ref()];
                for token in tokens.into_iter().flatten() {
                    prop_assert!(!token.expose().is_empty());
                    prop_assert!(token.expose().bytes().all(|b| (0x20..=0x7e).contains(&b)));
                }
                prop_assert_eq!(got.set.token_type, "bearer");
                if let Lifetime::Limited(lifetime) = got.set.lifetime {
                    prop_assert!(lifetime.as_secs() <= LIFETIME_MAX);
                }
            }
        }
    }
}
