//! The authorization response: is it ours, and what does it say?
//!
//! Anybody can send a request to a loopback port, so nothing about one is believed before its
//! state is right, and only then (RFC 9700 section 4.7) can it end the wait, even as a refusal.
//! The order is fixed: size, decoding, duplicates, state, issuer, then error or code.

use std::collections::BTreeMap;

use super::issuer;
use crate::escape;
use crate::provider::definition::IssParameter;
use crate::secret::Secret;

/// The longest query that is read.
pub const QUERY_MAX: usize = 16 * 1024;

/// What a pending attempt expects.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The state that was sent.
    pub state: &'a Secret,
    /// The issuer of the definition that the attempt began with.
    pub issuer: Option<&'a str>,
    /// Whether that server announces `iss` (RFC 9207 section 3).
    pub iss: IssParameter,
}

/// What a query amounts to.
#[derive(Debug)]
pub enum Verdict {
    /// The authorization code.
    Code(Secret),
    /// The server answered this attempt with an error; both texts are safe to show.
    Denied {
        /// RFC 6749 section 4.1.2.1: `access_denied`.
        error: String,
        /// The server's words.
        description: Option<String>,
    },
    /// Nothing to act on: keep waiting.
    NotOurs(NotOurs),
}

/// Why a query is not an answer to this attempt. Quotes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotOurs {
    /// Longer than [`QUERY_MAX`].
    TooLong,
    /// Broken percent-encoding, or not UTF-8.
    Undecodable,
    /// A parameter came twice (RFC 6749 section 3.1).
    Duplicate,
    /// No state.
    NoState,
    /// Another state.
    WrongState,
    /// The server announces `iss` and it is missing (RFC 9207 section 2.4).
    NoIssuer,
    /// Another issuer (RFC 9207 section 2.4).
    WrongIssuer,
    /// It carries a token or another response mode's answer, which was never asked for.
    Unasked,
    /// Neither a code nor an error, or both.
    NeitherOrBoth,
    /// The code is empty or not `VSCHAR` (RFC 6749 appendix A.11).
    BadCode,
    /// A pasted text that does not begin with the redirect URI.
    OtherAddress,
}

/// Parameters of flows that are never asked for.
const UNASKED: [&str; 4] = ["access_token", "id_token", "token", "response"];

/// Judges the query of a request to the redirect URI, without its `?`.
#[must_use]
pub fn judge(query: &str, expected: &Expected<'_>) -> Verdict {
    match answer(query, expected) {
        Ok(verdict) => verdict,
        Err(reason) => Verdict::NotOurs(reason),
    }
}

/// Judges a redirect URL that a person pasted; `redirect_uri` is the one that was sent.
#[must_use]
pub fn judge_pasted(pasted: &str, redirect_uri: &str, expected: &Expected<'_>) -> Verdict {
    let query = pasted
        .trim()
        .strip_prefix(redirect_uri)
        .and_then(|rest| rest.strip_prefix('?'))
        // some servers append an empty fragment, against `#_=_` tricks
        .map(|rest| rest.split_once('#').map_or(rest, |(query, _)| query));
    query.map_or(Verdict::NotOurs(NotOurs::OtherAddress), |query| {
        judge(query, expected)
    })
}

fn answer(query: &str, expected: &Expected<'_>) -> Result<Verdict, NotOurs> {
    let parameters = parameters(query)?;
    let get = |name: &str| parameters.get(name).map(Secret::expose);

    let state = get("state").ok_or(NotOurs::NoState)?;
    if !expected.state.matches(state) {
        return Err(NotOurs::WrongState);
    }
    check_issuer(get("iss"), expected)?;
    if UNASKED.iter().any(|name| parameters.contains_key(*name)) {
        return Err(NotOurs::Unasked);
    }
    match (get("code"), get("error")) {
        (Some(code), None) => {
            let usable = !code.is_empty() && code.bytes().all(|b| (0x20..=0x7E).contains(&b));
            if !usable {
                return Err(NotOurs::BadCode);
            }
            Ok(Verdict::Code(Secret::new(code.to_owned())))
        }
        (None, Some(error)) if !error.is_empty() => Ok(Verdict::Denied {
            error: escape::line(error),
            description: get("error_description").map(escape::line),
        }),
        _ => Err(NotOurs::NeitherOrBoth),
    }
}

/// RFC 9207 section 2.4, byte for byte after form-decoding, for errors as for codes.
fn check_issuer(iss: Option<&str>, expected: &Expected<'_>) -> Result<(), NotOurs> {
    match (iss, expected.issuer, expected.iss) {
        (Some(iss), Some(issuer), _) if issuer::matches(issuer, iss) => Ok(()),
        (None, _, IssParameter::Optional) => Ok(()),
        (None, _, IssParameter::Required) => Err(NotOurs::NoIssuer),
        // a server that has begun to send `iss` before anybody wrote its issuer down
        (Some(_), None, IssParameter::Optional) => Ok(()),
        (Some(_), _, _) => Err(NotOurs::WrongIssuer),
    }
}

fn parameters(query: &str) -> Result<BTreeMap<String, Secret>, NotOurs> {
    if query.len() > QUERY_MAX {
        return Err(NotOurs::TooLong);
    }
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect::<Option<_>>()
        .ok_or(NotOurs::Undecodable)?;
    let mut parameters = BTreeMap::new();
    for (name, value) in pairs {
        if parameters.insert(name, Secret::new(value)).is_some() {
            return Err(NotOurs::Duplicate);
        }
    }
    Ok(parameters)
}

/// Strict `application/x-www-form-urlencoded`: `None` for a `%` without two hex digits, for bytes
/// that no URL may hold, and for what is not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            0x21..=0x7E => byte,
            _ => return None,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
