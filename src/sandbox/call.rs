//! One request, read whole, and one answer, before either touches a socket.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded;

use super::area::Area;
use super::mint::Hash;
use crate::json::json;

/// A request.
#[derive(Default)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    /// Names in lower case, in the order they came.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// The body where it is not text: what git sends.
    pub(super) bytes: Vec<u8>,
    /// What a request to the practice GitHub is for, once somebody has looked.
    pub(super) purpose: OnceCell<(Area, String)>,
}

impl Call {
    /// The value of a header that may come once.
    pub(super) fn header(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (Some(_), Some(_)) => Err(Refusal::invalid_request(format!(
                "the header {name} is repeated"
            ))),
            (value, _) => Ok(value.map(|(_, value)| value.as_str())),
        }
    }

    /// The parameters of a form body, each of them `known`, once and not empty. Nothing may be in
    /// the query, where proxies log it.
    pub(super) fn form(&self, known: &[&str]) -> Result<Parameters, Refusal> {
        if self.method != "POST" {
            return Err(Refusal {
                status: 405,
                ..Refusal::invalid_request("only POST is answered here")
            });
        }
        if self.query.is_some() {
            return Err(Refusal::invalid_request("parameters belong in the body"));
        }
        let kind = self.header("content-type")?.unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Refusal::invalid_request(
                "the body is not application/x-www-form-urlencoded",
            ));
        }
        let parameters = Parameters::read(&self.body)?;
        for (name, value) in &parameters.0 {
            if !known.contains(&name.as_str()) {
                return Err(Refusal::invalid_request(format!(
                    "the parameter {name:?} is unknown here"
                )));
            }
            if value.is_empty() {
                return Err(Refusal::invalid_request(format!(
                    "the parameter {name} is empty"
                )));
            }
        }
        Ok(parameters)
    }

    /// The value of one cookie.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key == "cookie")
            .flat_map(|(_, value)| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

/// Parameters, none of them repeated (RFC 6749 sections 3.1 and 3.2).
#[derive(Debug, Default, Clone)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if name.contains('\u{FFFD}') || value.contains('\u{FFFD}') {
                return Err(Refusal::invalid_request("a parameter is not UTF-8"));
            }
            let name = name.into_owned();
            if parameters.contains_key(&name) {
                return Err(Refusal::invalid_request(format!(
                    "the parameter {name:?} is repeated"
                )));
            }
            parameters.insert(name, value.into_owned());
        }
        Ok(Self(parameters))
    }

    /// The value, where there is one.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// All but one.
    pub(super) fn without(&self, name: &str) -> Self {
        let mut others = self.clone();
        others.0.remove(name);
        others
    }

    /// The value, which must be there.
    pub(super) fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Refusal::invalid_request(format!("the parameter {name} is missing")))
    }
}

/// An OAuth error: a code from RFC 6749 section 5.2 or a sibling, and words for a person.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) why: String,
    pub(super) challenge: Option<&'static str>,
    /// The code or token that was presented, for the log.
    pub(super) presented: Option<Hash>,
    /// The nonce that the next proof needs (RFC 9449 section 8).
    pub(super) nonce: Option<String>,
}

impl Refusal {
    /// Status 400 with this code.
    pub(super) fn new(code: &'static str, why: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            why: why.into(),
            challenge: None,
            presented: None,
            nonce: None,
        }
    }

    /// With the code or token that it is about.
    pub(super) fn about(mut self, presented: Hash) -> Self {
        self.presented = Some(presented);
        self
    }

    pub(super) fn invalid_request(why: impl Into<String>) -> Self {
        Self::new("invalid_request", why)
    }

    pub(super) fn invalid_grant(why: impl Into<String>) -> Self {
        Self::new("invalid_grant", why)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let body = json!({"error": refusal.code, "error_description": refusal.why});
        let mut answer = Self::json(refusal.status, body);
        refusal.code.clone_into(&mut answer.note.outcome);
        answer.note.presented = refusal.presented;
        if let Some(nonce) = refusal.nonce {
            answer = answer.with("DPoP-Nonce", nonce);
        }
        if let Some(challenge) = refusal.challenge {
            answer = answer.with("WWW-Authenticate", challenge);
        }
        answer
    }
}

/// What a body holds.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Html(String),
    /// Any other type.
    Text(&'static str, String),
    /// Any other type, not text.
    Bytes(&'static str, Vec<u8>),
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) note: Note,
}

/// What the log says of an answer.
#[derive(Debug, Default)]
pub(super) struct Note {
    pub(super) outcome: String,
    pub(super) presented: Option<Hash>,
    pub(super) issued_access: Option<Hash>,
    pub(super) issued_refresh: Option<Hash>,
}

impl Answer {
    fn new(status: u16, body: Body) -> Self {
        let mut answer = Self::bare(status, body);
        let header = ("Cache-Control", "no-store".to_owned());
        answer.headers.insert(0, header);
        answer
    }

    /// One that says nothing about being kept.
    pub(super) fn bare(status: u16, body: Body) -> Self {
        Self {
            status,
            headers: vec![("X-Content-Type-Options", "nosniff".to_owned())],
            body,
            note: Note {
                outcome: if status < 400 { "ok" } else { "refused" }.to_owned(),
                ..Note::default()
            },
        }
    }

    /// A status and nothing else.
    pub(super) fn empty(status: u16) -> Self {
        Self::new(status, Body::Empty)
    }

    /// A JSON document.
    pub(super) fn json(status: u16, value: Value) -> Self {
        Self::new(status, Body::Json(value))
    }

    /// A web page.
    pub(super) fn html(status: u16, page: String) -> Self {
        Self::new(status, Body::Html(page))
    }

    /// A redirect that never repeats a POST body (RFC 9700 section 4.12).
    pub(super) fn see_other(location: String) -> Self {
        Self::empty(303).with("Location", location)
    }

    /// With one more header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With another outcome in the log.
    pub(super) fn noted(mut self, outcome: &str) -> Self {
        outcome.clone_into(&mut self.note.outcome);
        self
    }
}
