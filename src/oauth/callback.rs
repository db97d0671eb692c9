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

impl NotOurs {
    /// The reason in words, about a text that a person pasted.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooLong => "it is too long",
            Self::Undecodable => "it is cut off or was changed on the way",
            Self::Duplicate => "it says the same thing twice",
            Self::NoState | Self::NeitherOrBoth => {
                "it holds no answer; copy the whole address that the browser ended at"
            }
            Self::WrongState => "it answers another attempt; use the address printed above",
            Self::NoIssuer | Self::WrongIssuer => "it comes from another provider",
            Self::Unasked => "it holds what was never asked for",
            Self::BadCode => "its code is not usable",
            Self::OtherAddress => {
                "it is not the address that the browser ends at, which begins with the redirect URI"
            }
        }
    }
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
    match (iss, expected.issuer) {
        (Some(iss), Some(issuer)) if issuer::matches(issuer, iss) => Ok(()),
        (Some(_), Some(_)) => Err(NotOurs::WrongIssuer),
        // also a server that began to send `iss` before anybody wrote its issuer down
        (_, _) if expected.iss == IssParameter::Optional => Ok(()),
        (Some(_), None) => Err(NotOurs::WrongIssuer),
        (None, _) => Err(NotOurs::NoIssuer),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STATE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const ISSUER: &str = "https://as.example/tenant";

    fn verdict(query: &str, issuer: Option<&str>, iss: IssParameter) -> Verdict {
        let state = Secret::new(STATE.to_owned());
        judge(
            query,
            &Expected {
                state: &state,
                issuer,
                iss,
            },
        )
    }

    /// One word per verdict.
    fn shown(verdict: &Verdict) -> String {
        match verdict {
            Verdict::Code(code) => format!("code {}", code.expose()),
            Verdict::Denied { error, description } => {
                format!("denied {error} {}", description.as_deref().unwrap_or("-"))
            }
            Verdict::NotOurs(reason) => format!("{reason:?}"),
        }
    }

    fn plain(query: &str) -> String {
        shown(&verdict(query, Some(ISSUER), IssParameter::Optional))
    }

    #[test]
    fn each_fault_has_its_verdict() {
        for (query, wanted) in [
            ("state=S&code=c", "code c"),
            ("code=4%2F0A+b%20c&state=S", "code 4/0A b c"),
            ("&state=S&&code=c&", "code c"),
            ("state=S&code=c&scope=a+b&authuser=0", "code c"),
            ("st%61te=S&code=c", "code c"),
            ("state=S&error=access_denied", "denied access_denied -"),
            (
                "state=S&error=x&error_description=a%1B%5B2J%E2%80%AE",
                "denied x a\\u{1b}[2J\\u{202e}",
            ),
            ("state=S&error=x&error_uri=https%3A%2F%2Fevil", "denied x -"),
            ("", "NoState"),
            ("code=c", "NoState"),
            ("error=access_denied", "NoState"),
            ("state=&code=c", "WrongState"),
            ("state=wrong&code=c", "WrongState"),
            ("state=wrong&error=access_denied", "WrongState"),
            ("state=Sx&code=c", "WrongState"),
            ("STATE=S&code=c", "NoState"),
            ("state=S", "NeitherOrBoth"),
            ("state=S&code=c&error=x", "NeitherOrBoth"),
            ("state=S&error=", "NeitherOrBoth"),
            ("state=S&code=", "BadCode"),
            ("state=S&code=a%0D%0Ab", "BadCode"),
            ("state=S&code=a%00", "BadCode"),
            ("state=S&code=%C3%A9", "BadCode"),
            ("state=S&code=a%7F", "BadCode"),
            ("state=S&code=%FF", "Undecodable"),
            ("state=S&code=%C0%AF", "Undecodable"),
            ("state=S&code=%ED%A0%80", "Undecodable"),
            ("state=S&code=c&x=%", "Undecodable"),
            ("state=S&code=c&x=%4", "Undecodable"),
            ("state=S&code=c&x=%4G", "Undecodable"),
            ("state=S&code=c&x=%+4", "Undecodable"),
            ("state=S&code=a b", "Undecodable"),
            ("state=S&code=\u{e9}", "Undecodable"),
            ("state=S&code=a\n", "Undecodable"),
        ] {
            assert_eq!(
                plain(&query.replace("=S", &format!("={STATE}"))),
                wanted,
                "{query}"
            );
        }
        let swapped = STATE.to_ascii_uppercase();
        assert_eq!(plain(&format!("state={swapped}&code=c")), "WrongState");
    }

    #[test]
    fn every_parameter_that_comes_twice_refuses_the_answer() {
        let whole = format!("state={STATE}&code=c&iss=https://as.example/tenant&scope=a&x=1&flag");
        assert_eq!(plain(&whole), "code c");
        for part in whole.split('&') {
            assert_eq!(plain(&format!("{whole}&{part}")), "Duplicate", "{part}");
        }
        assert_eq!(plain(&format!("{whole}&st%61te={STATE}")), "Duplicate");
        let error = format!("state={STATE}&error=x&error_description=d&error_uri=u");
        assert_eq!(plain(&error), "denied x d");
        for part in error.split('&') {
            assert_eq!(plain(&format!("{error}&{part}")), "Duplicate", "{part}");
        }
    }

    #[test]
    fn answers_of_flows_that_were_not_asked_for_are_refused() {
        for name in UNASKED {
            let query = format!("state={STATE}&code=c&{name}=t");
            assert_eq!(plain(&query), "Unasked", "{name}");
        }
    }

    #[test]
    fn of_two_faults_the_earlier_check_decides() {
        let faults = [
            ("x=%zz".to_owned(), "Undecodable"),
            ("a=1&a=1".to_owned(), "Duplicate"),
            ("state=wrong".to_owned(), "WrongState"),
            ("iss=https://evil.example".to_owned(), "WrongIssuer"),
            ("token=t".to_owned(), "Unasked"),
            ("error=x".to_owned(), "NeitherOrBoth"),
        ];
        for (early, (first, wanted)) in faults.iter().enumerate() {
            for (second, _) in faults.iter().skip(early + 1) {
                let state = if first.starts_with("state") || second.starts_with("state") {
                    String::new()
                } else {
                    format!("state={STATE}&")
                };
                for query in [
                    format!("{state}code=c&{first}&{second}"),
                    format!("{state}code=c&{second}&{first}"),
                ] {
                    assert_eq!(plain(&query), *wanted, "{query}");
                }
            }
        }
    }

    #[test]
    fn the_issuer_is_compared_byte_for_byte_for_codes_and_errors() {
        let near_misses = [
            "https://as.example/tenant/",
            "https://as.example/Tenant",
            "https://as.example:443/tenant",
            "HTTPS://as.example/tenant",
            "https://AS.example/tenant",
            "https://as.example/tenan",
            "https://as.example/tenant%20",
            "https://as.example/%74enant",
            "http://as.example/tenant",
            "https://as.example//tenant",
            "https://as.example/./tenant",
            "https://as.example/tenant?",
            "https://as.example/tenant#",
            "https://as.example.evil.example/tenant",
            "https://as.example@evil.example/tenant",
            "as.example/tenant",
            " https://as.example/tenant",
            "https://as.example/tenant\u{0}",
            "https://as.ex\u{430}mple/tenant",
            "",
        ];
        for (answer, accepted) in [
            ("code=c", "code c"),
            ("error=x&error_description=d", "denied x d"),
        ] {
            let base = format!("{answer}&state={STATE}");
            let with = |iss: &str| {
                let iss: String = url::form_urlencoded::byte_serialize(iss.as_bytes()).collect();
                format!("{base}&iss={iss}")
            };
            for rule in [IssParameter::Optional, IssParameter::Required] {
                let judged = |query: &str| shown(&verdict(query, Some(ISSUER), rule));
                assert_eq!(judged(&with(ISSUER)), accepted);
                for near in near_misses {
                    assert_eq!(judged(&with(near)), "WrongIssuer", "{near:?}");
                }
            }
            let absent = |rule| shown(&verdict(&base, Some(ISSUER), rule));
            assert_eq!(absent(IssParameter::Required), "NoIssuer");
            assert_eq!(absent(IssParameter::Optional), accepted);
            let unknown = |query: &str, rule| shown(&verdict(query, None, rule));
            assert_eq!(unknown(&with(ISSUER), IssParameter::Optional), accepted);
            assert_eq!(
                unknown(&with(ISSUER), IssParameter::Required),
                "WrongIssuer"
            );
            assert_eq!(unknown(&base, IssParameter::Required), "NoIssuer");
        }
    }

    #[test]
    fn a_query_of_more_than_16_kib_is_not_read() {
        let query = |length: usize| {
            let start = format!("state={STATE}&code=");
            format!("{start}{}", "c".repeat(length - start.len()))
        };
        assert!(plain(&query(QUERY_MAX)).starts_with("code "));
        assert_eq!(plain(&query(QUERY_MAX + 1)), "TooLong");
    }

    #[test]
    fn a_pasted_redirect_url_is_judged_by_its_query() {
        let state = Secret::new(STATE.to_owned());
        let expected = Expected {
            state: &state,
            issuer: None,
            iss: IssParameter::Optional,
        };
        let redirect = "http://127.0.0.1:5000/callback";
        for (pasted, wanted) in [
            (format!(" {redirect}?state={STATE}&code=c\n"), "code c"),
            (format!("{redirect}?state={STATE}&code=c#_=_"), "code c"),
            (format!("{redirect}?state=x&code=c"), "WrongState"),
            (format!("{redirect}/?state={STATE}&code=c"), "OtherAddress"),
            (
                format!("http://127.0.0.1:5001/callback?state={STATE}&code=c"),
                "OtherAddress",
            ),
            (format!("state={STATE}&code=c"), "OtherAddress"),
            (redirect.to_owned(), "OtherAddress"),
            (String::new(), "OtherAddress"),
        ] {
            let verdict = judge_pasted(&pasted, redirect, &expected);
            assert_eq!(shown(&verdict), wanted, "{pasted}");
        }
    }

    #[test]
    fn debug_of_a_verdict_hides_the_code() {
        let query = format!("state={STATE}&code=canary");
        let verdict = verdict(&query, None, IssParameter::Optional);
        assert!(!format!("{verdict:?}").contains("canary"));
    }

    fn query() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just(format!("state={STATE}")),
            Just(format!("state={STATE}")),
            Just("code=c".to_owned()),
            Just("code=%41%0a".to_owned()),
            Just("error=access_denied".to_owned()),
            Just(format!("iss={ISSUER}")),
            Just("iss=https://evil.example".to_owned()),
            Just("token=t".to_owned()),
            "[a-z%=+&0-9]{0,12}",
        ];
        proptest::collection::vec(part, 0..6).prop_map(|parts| parts.join("&"))
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in ".*") {
            let _ = plain(&text);
        }

        #[test]
        fn what_is_accepted_has_the_state_one_answer_and_the_issuer(text in query()) {
            let judged = verdict(&text, Some(ISSUER), IssParameter::Required);
            if !matches!(judged, Verdict::NotOurs(_)) {
                // an independent and lenient reader
                let pairs: Vec<(String, String)> =
                    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
                let all = |name: &str| -> Vec<&str> {
                    pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
                };
                prop_assert_eq!(all("state"), [STATE]);
                prop_assert_eq!(all("iss"), [ISSUER]);
                prop_assert_eq!(all("code").len() + all("error").len(), 1);
                prop_assert!(all("token").is_empty());
                if let Verdict::Code(code) = judged {
                    prop_assert!(code.expose().bytes().all(|b| (0x20..=0x7e).contains(&b)));
                }
            }
        }
    }
}
