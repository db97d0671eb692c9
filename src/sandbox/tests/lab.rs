//! A server without a socket, with a clock that tests move.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::moment::Timestamp;
use crate::sandbox::call::{Answer, Body, Call};
use crate::sandbox::practice::{Manner, Practice};
use crate::sandbox::{CONFIDENTIAL_CLIENT, Options, PUBLIC_CLIENT};

pub(super) const ISSUER: &str = "http://127.0.0.1:9";
pub(super) const REDIRECT: &str = "http://127.0.0.1:5000/callback";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const STATE: &str = "af0ifjsldkj3t7Xb9Q2mNs";

pub(super) type Pairs<'a> = Vec<(&'a str, &'a str)>;

pub(super) struct Lab {
    pub(super) practice: Practice,
    pub(super) now: Duration,
}

pub(super) fn options() -> Options {
    Options {
        seed: Some("lab".to_owned()),
        ..Options::new(Timestamp::parse("2026-11-20T19:00:00Z").unwrap())
    }
}

impl Lab {
    pub(super) fn new(options: Options) -> Self {
        Self {
            practice: Practice::new(ISSUER.to_owned(), options).unwrap(),
            now: Duration::from_secs(1000),
        }
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    pub(super) fn send(&mut self, call: &Call) -> Answer {
        self.practice.respond(call, self.now, Manner::Usual)
    }

    pub(super) fn get(&mut self, path: &str, query: &[(&str, &str)]) -> Answer {
        self.send(&Call {
            query: Some(encoded(query)),
            ..get(path)
        })
    }

    pub(super) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.send(&post(path, form))
    }

    /// A good authorization request by the public client; the code.
    pub(super) fn code(&mut self, scope: &str) -> String {
        let mut asked = authorization();
        set(&mut asked, "scope", Some(scope));
        parameter(&self.get("/authorize", &asked), "code").expect("a code")
    }

    /// A token answer for the public client.
    pub(super) fn tokens(&mut self, scope: &str) -> Value {
        let code = self.code(scope);
        let answer = self.post("/token", &exchange(&code));
        assert_eq!(answer.status, 200, "{answer:?}");
        json(&answer)
    }

    pub(super) fn refresh(&mut self, token: &str) -> Answer {
        self.post(
            "/token",
            &[
                ("grant_type", "refresh_token"),
                ("client_id", PUBLIC_CLIENT),
                ("refresh_token", token),
            ],
        )
    }

    pub(super) fn basic(&self) -> String {
        let secret = self.practice.client_secret.expose();
        format!(
            "Basic {}",
            STANDARD.encode(format!("{CONFIDENTIAL_CLIENT}:{secret}"))
        )
    }

    /// Whether an access token works at userinfo.
    pub(super) fn works(&mut self, access: &str) -> bool {
        let mut call = get("/userinfo");
        call.headers
            .push(("authorization".to_owned(), format!("Bearer {access}")));
        let answer = self.send(&call);
        assert!([200, 401].contains(&answer.status), "{answer:?}");
        answer.status == 200
    }
}

pub(super) fn get(path: &str) -> Call {
    Call {
        method: "GET".to_owned(),
        path: path.to_owned(),
        ..Call::default()
    }
}

pub(super) fn post(path: &str, form: &[(&str, &str)]) -> Call {
    let kind = "application/x-www-form-urlencoded";
    Call {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: encoded(form),
        ..Call::default()
    }
}

/// A good authorization request.
pub(super) fn authorization() -> Pairs<'static> {
    vec![
        ("response_type", "code"),
        ("client_id", PUBLIC_CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", "profile read"),
        ("state", STATE),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

/// A good token request for `code`.
pub(super) fn exchange(code: &str) -> Pairs<'_> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", PUBLIC_CLIENT),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

/// Replaces, adds or removes a parameter.
pub(super) fn set<'a>(pairs: &mut Pairs<'a>, name: &'a str, value: Option<&'a str>) {
    pairs.retain(|(known, _)| *known != name);
    pairs.extend(value.map(|value| (name, value)));
}

pub(super) fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

pub(super) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let found = answer.headers.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.as_str())
}

/// A parameter of the redirect.
pub(super) fn parameter(answer: &Answer, name: &str) -> Option<String> {
    let url = Url::parse(header(answer, "Location")?).unwrap();
    let found = url.query_pairs().find(|(known, _)| known == name);
    found.map(|(_, value)| value.into_owned())
}

pub(super) fn json(answer: &Answer) -> Value {
    let Body::Json(value) = &answer.body else {
        panic!("not JSON: {answer:?}")
    };
    value.clone()
}

pub(super) fn text(value: &Value, name: &str) -> String {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name}: {value}"))
        .to_owned()
}

/// The OAuth error of an answer; `ok` where there is none.
pub(super) fn error(answer: &Answer) -> String {
    if answer.status >= 400 && matches!(answer.body, Body::Json(_)) {
        return text(&json(answer), "error");
    }
    parameter(answer, "error").unwrap_or_else(|| answer.note.outcome.clone())
}
