//! Faults: what goes wrong with which request.
//!
//! A fault is written `ENDPOINT:WHICH=KIND`, as in `token:2=500`, `refresh:1-3=drop-after`,
//! `metadata:*=html`, `refresh:1=429/30`. Requests are counted from 1, by endpoint. A fault
//! happens before the server acts (nothing changed) or after (tokens were rotated, the answer is
//! bad or lost); the second is the one that costs careless clients their login.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::area::{AREAS, Area};
use super::github::Trouble;
use crate::escape;

/// What a request was for, as faults and the log name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    /// The authorization endpoint.
    Authorize,
    /// The token endpoint with any grant that has no name of its own here.
    Token,
    /// The token endpoint with `grant_type=refresh_token`.
    Refresh,
    /// The token endpoint with the device grant.
    Poll,
    /// The device authorization endpoint (RFC 8628 section 3.1).
    Device,
    /// Pushed authorization requests (RFC 9126).
    Par,
    /// The revocation endpoint (RFC 7009).
    Revoke,
    /// The introspection endpoint (RFC 7662).
    Introspect,
    /// The userinfo endpoint.
    Userinfo,
    /// Discovery documents and keys.
    Metadata,
    /// Dynamic registration (RFC 7591).
    Register,
    /// Metadata of a resource (RFC 9728).
    Resource,
    /// The resource itself.
    Api,
    /// The pages for people.
    Page,
    /// Something of the practice GitHub's.
    GitHub(Area),
    /// Anything else.
    Other,
}

const ENDPOINTS: [(Endpoint, &str); 15] = [
    (Endpoint::Authorize, "authorize"),
    (Endpoint::Token, "token"),
    (Endpoint::Refresh, "refresh"),
    (Endpoint::Poll, "poll"),
    (Endpoint::Device, "device"),
    (Endpoint::Par, "par"),
    (Endpoint::Revoke, "revoke"),
    (Endpoint::Introspect, "introspect"),
    (Endpoint::Userinfo, "userinfo"),
    (Endpoint::Metadata, "metadata"),
    (Endpoint::Register, "register"),
    (Endpoint::Resource, "resource"),
    (Endpoint::Api, "api"),
    (Endpoint::Page, "page"),
    (Endpoint::Other, "other"),
];

impl Endpoint {
    /// The name in faults and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        if let Self::GitHub(area) = self {
            return area.name();
        }
        ENDPOINTS
            .iter()
            .find(|(endpoint, _)| *endpoint == self)
            .map_or("other", |(_, name)| name)
    }

    /// The endpoint with this name.
    fn named(name: &str) -> Option<Self> {
        let area = AREAS.iter().find(|(_, known)| *known == name);
        let area = area.map(|(area, _)| Self::GitHub(*area));
        let known = ENDPOINTS.iter().find(|(_, known)| *known == name);
        area.or(known.map(|(endpoint, _)| *endpoint))
    }

    /// This endpoint, and the kinds of requests that it belongs to.
    pub(super) fn and_kinds(self) -> impl Iterator<Item = Self> {
        let kinds = match self {
            Self::GitHub(area) if area.is_write() => [Some(Area::Write), Some(Area::Any)],
            Self::GitHub(_) => [Some(Area::Read), Some(Area::Any)],
            Self::Authorize
            | Self::Token
            | Self::Refresh
            | Self::Poll
            | Self::Device
            | Self::Par
            | Self::Resource
            | Self::Api
            | Self::Revoke
            | Self::Introspect
            | Self::Userinfo
            | Self::Metadata
            | Self::Register
            | Self::Page
            | Self::Other => [None, None],
        };
        let kinds = kinds.into_iter().flatten().map(Self::GitHub);
        std::iter::once(self).chain(kinds)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    endpoint: Endpoint,
    first: u64,
    last: u64,
    kind: Kind,
}

impl Fault {
    /// What goes wrong with the `number`th request (from 1) to `endpoint`, if this fault is meant.
    #[must_use]
    pub fn strikes(&self, endpoint: Endpoint, number: u64) -> Option<&Kind> {
        (self.endpoint == endpoint && (self.first..=self.last).contains(&number))
            .then_some(&self.kind)
    }
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `500`, `503/30`: a status, perhaps with `Retry-After` in seconds; nothing happened.
    Status(u16, Option<u64>),
    /// `500-after`: a status, although the server has acted.
    StatusAfter(u16),
    /// `html`: 200 with a web page, as captive portals send; nothing happened.
    Html,
    /// `proxy403`: 403 with a web page, as filtering proxies send; nothing happened.
    Proxy403,
    /// `invalid-grant`: the grant is refused although it is good; nothing happened.
    InvalidGrant,
    /// `drop-before`: the connection closes without an answer; nothing happened.
    DropBefore,
    /// `drop-after`: the connection closes without an answer, although the server has acted.
    DropAfter,
    /// `truncate`: the server acts, and half of the body comes.
    Truncate,
    /// `endless`: the server acts, and the body never ends.
    Endless,
    /// `stall`: the server acts, and nothing comes until the client gives up.
    Stall,
    /// `slow=MS`: the server acts, and the answer comes this much later.
    Slow(Duration),
    /// `duplicate-keys`: the server acts, and the answer names `access_token` twice.
    DuplicateKeys,
    /// `wrong-type`: the server acts, and `expires_in` holds the access token, so that a parser's
    /// own error text would quote it.
    WrongType,
    /// `plain`: the server acts, and the answer says that it is `text/plain`.
    Plain,
    /// `string-expiry`: the server acts, and `expires_in` is a text: `"3600"`.
    StringExpiry,
    /// `no-refresh-token`: the answer has no refresh token; one that was sent stays as it is.
    NoRefreshToken,
    /// `refused=CODE` or `refused=CODE:WORDS`: status 400 with this OAuth error and description;
    /// nothing happened.
    Refused(String, String),
    /// Something befalls the practice GitHub: `stale`, `commit`, `force-push`, `rename`, `forbidden`,
    /// `secondary`, `secondary/30`, `secondary429/30`, `primary/60`.
    Trouble(Trouble),
}

/// Why a text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` is not a fault: {why}", escape::line(given))]
pub struct FaultError {
    given: String,
    why: &'static str,
}

impl fmt::Display for Kind {
    /// As it is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a test names every kind in NAMED"
        )]
        match self {
            Self::Status(status, None) => write!(f, "{status}"),
            Self::Status(status, Some(seconds)) => write!(f, "{status}/{seconds}"),
            Self::StatusAfter(status) => write!(f, "{status}-after"),
            Self::Slow(duration) => write!(f, "slow={}", duration.as_millis()),
            Self::Trouble(trouble) => trouble.fmt(f),
            Self::Refused(code, words) if words.is_empty() => write!(f, "refused={code}"),
            Self::Refused(code, words) => write!(f, "refused={code}:{words}"),
            named => {
                let known = NAMED.iter().find(|(_, kind)| kind == named);
                f.write_str(known.map_or("", |(name, _)| name))
            }
        }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let refuse = |why| FaultError {
            given: text.to_owned(),
            why,
        };
        let (target, kind) = text
            .split_once('=')
            .ok_or_else(|| refuse("it is not written `ENDPOINT:WHICH=KIND`"))?;
        let (name, which) = target.split_once(':').unwrap_or((target, "*"));
        let endpoint = Endpoint::named(name).ok_or_else(|| refuse("no such endpoint"))?;
        let (first, last) = range(which)
            .ok_or_else(|| refuse("which request: a number from 1, `FROM-TO` or `*`"))?;
        let kind = kind_of(kind).ok_or_else(|| refuse("no such kind of fault"))?;
        if !fits(&kind, endpoint) {
            return Err(refuse("that can't happen to this endpoint"));
        }
        Ok(Self {
            endpoint,
            first,
            last,
            kind,
        })
    }
}

fn range(text: &str) -> Option<(u64, u64)> {
    if text == "*" {
        return Some((1, u64::MAX));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (1 <= first && first <= last).then_some((first, last))
}

/// The kinds that are only a word.
const NAMED: [(&str, Kind); 13] = [
    ("html", Kind::Html),
    ("proxy403", Kind::Proxy403),
    ("invalid-grant", Kind::InvalidGrant),
    ("drop-before", Kind::DropBefore),
    ("drop-after", Kind::DropAfter),
    ("truncate", Kind::Truncate),
    ("endless", Kind::Endless),
    ("stall", Kind::Stall),
    ("duplicate-keys", Kind::DuplicateKeys),
    ("wrong-type", Kind::WrongType),
    ("plain", Kind::Plain),
    ("string-expiry", Kind::StringExpiry),
    ("no-refresh-token", Kind::NoRefreshToken),
];

fn kind_of(text: &str) -> Option<Kind> {
    let named = NAMED.iter().find(|(name, _)| *name == text);
    named
        .map(|(_, kind)| kind.clone())
        .or_else(|| measured_kind(text))
}

fn measured_kind(text: &str) -> Option<Kind> {
    if let Some(millis) = text.strip_prefix("slow=") {
        return millis
            .parse()
            .ok()
            .map(|ms| Kind::Slow(Duration::from_millis(ms)));
    }
    if let Some(said) = text.strip_prefix("refused=") {
        let (code, words) = said.split_once(':').unwrap_or((said, ""));
        let usable = !code.is_empty() && code.bytes().all(|b| b.is_ascii_graphic());
        return usable.then(|| Kind::Refused(code.to_owned(), words.to_owned()));
    }
    if let Ok(trouble) = text.parse() {
        return Some(Kind::Trouble(trouble));
    }
    if let Some(code) = text.strip_suffix("-after") {
        return status(code).map(Kind::StatusAfter);
    }
    match text.split_once('/') {
        Some((code, seconds)) => Some(Kind::Status(status(code)?, Some(seconds.parse().ok()?))),
        None => status(text).map(|code| Kind::Status(code, None)),
    }
}

fn status(text: &str) -> Option<u16> {
    text.parse().ok().filter(|code| (400..=599).contains(code))
}

fn fits(kind: &Kind, endpoint: Endpoint) -> bool {
    let gives_tokens = matches!(
        endpoint,
        Endpoint::Token | Endpoint::Refresh | Endpoint::Poll
    );
    let changes_tokens = matches!(
        kind,
        Kind::InvalidGrant
            | Kind::DuplicateKeys
            | Kind::WrongType
            | Kind::StringExpiry
            | Kind::NoRefreshToken
    );
    let on_github = matches!(endpoint, Endpoint::GitHub(_));
    let refuses = gives_tokens || matches!(endpoint, Endpoint::Device | Endpoint::Par);
    (gives_tokens || !changes_tokens)
        && (refuses || !matches!(kind, Kind::Refused(..)))
        && (on_github || !matches!(kind, Kind::Trouble(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_as_they_are_written() {
        let fault: Fault = "token:2=500".parse().unwrap();
        assert_eq!(fault.strikes(Endpoint::Token, 1), None);
        assert_eq!(
            fault.strikes(Endpoint::Token, 2),
            Some(&Kind::Status(500, None))
        );
        assert_eq!(fault.strikes(Endpoint::Refresh, 2), None);

        let fault: Fault = "refresh:2-3=429/30".parse().unwrap();
        let struck: Vec<_> = (1..=4)
            .map(|n| fault.strikes(Endpoint::Refresh, n).is_some())
            .collect();
        assert_eq!(struck, [false, true, true, false]);

        for (text, kind) in [
            ("revoke:*=503-after", Kind::StatusAfter(503)),
            ("metadata=html", Kind::Html),
            ("userinfo:1=slow=20", Kind::Slow(Duration::from_millis(20))),
            ("poll:1=no-refresh-token", Kind::NoRefreshToken),
            ("github-ref:1-3=stale", Kind::Trouble(Trouble::Stale)),
            (
                "github-write:2=secondary429/30",
                Kind::Trouble(Trouble::Secondary(429, Some(Duration::from_secs(30)))),
            ),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap().kind, kind, "{text}");
        }
    }

    #[test]
    fn every_kind_is_written_as_it_is_read() {
        let measured = [
            "500",
            "503/30",
            "500-after",
            "slow=20",
            "refused=invalid_client",
            "refused=invalid_client:AADSTS7000218: a secret",
        ];
        for word in NAMED.iter().map(|(name, _)| *name).chain(measured) {
            let fault: Fault = format!("token:1={word}").parse().unwrap();
            assert_eq!(fault.kind.to_string(), word);
        }
        for (endpoint, name) in ENDPOINTS {
            assert_eq!(endpoint.to_string(), name);
        }
        for (area, name) in AREAS {
            assert_eq!(Endpoint::named(name), Some(Endpoint::GitHub(area)));
            assert_eq!(area.name(), name);
        }
        let troubles = [
            "stale",
            "commit",
            "force-push",
            "rename",
            "forbidden",
            "secondary",
        ];
        for word in troubles.into_iter().chain(["secondary/9", "primary/60"]) {
            let fault: Fault = format!("github-any:1={word}").parse().unwrap();
            assert_eq!(fault.kind.to_string(), word);
        }
    }

    #[test]
    fn a_fault_that_makes_no_sense_is_refused() {
        for bad in [
            "",
            "token",
            "token:2",
            "token:2=",
            "token:2=200",
            "token:2=99",
            "token:0=500",
            "token:3-2=500",
            "token:x=500",
            "tokens:1=500",
            "token:1=slow=x",
            "token:1=500/x",
            "authorize:1=no-refresh-token",
            "revoke:1=invalid-grant",
            "authorize:1=refused=invalid_request",
            "token:1=refused=",
            "token:1=refused=:words",
            "token:1=stale",
            "github-ref:1=invalid-grant",
            "github-ref:1=primary",
        ] {
            assert!(bad.parse::<Fault>().is_err(), "{bad:?}");
        }
    }
}
