//! The authorization endpoint refuses whatever is wrong, and tells the client only when it is safe.

use super::lab::*;
use crate::sandbox::Consent;

/// One parameter: its name, its value, the error, and whether the client is told.
type Row = (&'static str, Option<&'static str>, &'static str, bool);

const WRONG: &[Row] = &[
    ("client_id", None, "invalid_request", false),
    ("client_id", Some("nobody"), "invalid_request", false),
    ("redirect_uri", None, "invalid_request", false),
    (
        "redirect_uri",
        Some("http://127.0.0.1:5000/"),
        "invalid_request",
        false,
    ),
    (
        "redirect_uri",
        Some("https://evil.example/callback"),
        "invalid_request",
        false,
    ),
    (
        "redirect_uri",
        Some("http://127.0.0.1:5000/callback?x=1"),
        "invalid_request",
        false,
    ),
    ("response_type", None, "invalid_request", true),
    (
        "response_type",
        Some("token"),
        "unsupported_response_type",
        true,
    ),
    (
        "response_type",
        Some("code token"),
        "unsupported_response_type",
        true,
    ),
    ("response_mode", Some("form_post"), "invalid_request", true),
    ("state", None, "invalid_request", true),
    ("state", Some(""), "invalid_request", true),
    ("state", Some("short"), "invalid_request", true),
    ("state", Some(LONG), "invalid_request", true),
    ("code_challenge", None, "invalid_request", true),
    (
        "code_challenge",
        Some(VERIFIER_LIKE),
        "invalid_request",
        true,
    ),
    ("code_challenge_method", None, "invalid_request", true),
    (
        "code_challenge_method",
        Some("plain"),
        "invalid_request",
        true,
    ),
    ("scope", None, "invalid_scope", true),
    ("scope", Some("everything"), "invalid_scope", true),
    ("scope", Some("read  write"), "invalid_scope", true),
    ("scope", Some("read read"), "invalid_scope", true),
    ("scope", Some("openid"), "invalid_request", true),
    ("nonce", Some("short"), "invalid_request", true),
    ("login_hint", Some("nobody"), "invalid_request", true),
    ("client_secret", Some("x"), "invalid_request", true),
    ("code_verifier", Some(VERIFIER), "invalid_request", true),
    ("access_token", Some("x"), "invalid_request", true),
];

/// One character short of a challenge.
const VERIFIER_LIKE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c";

/// More than anybody needs.
const LONG: &str = match std::str::from_utf8(&[b'x'; 513]) {
    Ok(text) => text,
    Err(_) => "",
};

#[test]
fn an_authorization_request_with_one_thing_wrong_is_refused() {
    for (name, value, expected, told) in WRONG {
        let mut lab = Lab::new(options());
        let mut asked = authorization();
        set(&mut asked, name, *value);
        let answer = lab.get("/authorize", &asked);
        assert_eq!(error(&answer), *expected, "{name}={value:?}");
        assert_eq!(
            answer.status,
            if *told { 303 } else { 400 },
            "{name}={value:?}"
        );
        assert_eq!(parameter(&answer, "code"), None, "{name}={value:?}");
        if *told {
            assert_eq!(parameter(&answer, "iss").as_deref(), Some(ISSUER));
            let state = asked.iter().find(|(known, _)| *known == "state");
            let state = state.map(|(_, state)| (*state).to_owned());
            assert_eq!(parameter(&answer, "state"), state);
        }
    }
}

#[test]
fn the_same_request_with_nothing_wrong_gets_a_code() {
    let mut lab = Lab::new(options());
    let mut asked = authorization();
    set(&mut asked, "access_type", Some("offline")); // unknown ones are ignored (RFC 6749 3.1)
    let answer = lab.get("/authorize", &asked);
    assert_eq!(answer.status, 303);
    assert!(
        header(&answer, "Location")
            .unwrap()
            .starts_with("http://127.0.0.1:5000/callback?")
    );
    assert_eq!(parameter(&answer, "state").as_deref(), Some(STATE));
    assert_eq!(parameter(&answer, "iss").as_deref(), Some(ISSUER));
    assert!(parameter(&answer, "code").unwrap().starts_with("sbx_code_"));
}

#[test]
fn every_authorization_parameter_given_twice_is_refused() {
    for (name, value) in authorization() {
        let mut asked = authorization();
        asked.push((name, value));
        let answer = Lab::new(options()).get("/authorize", &asked);
        assert_eq!(
            (answer.status, error(&answer).as_str()),
            (400, "invalid_request"),
            "{name}"
        );
    }
}

#[test]
fn denied_and_withheld_consent_reach_the_client_as_such() {
    let mut lab = Lab::new(options());
    lab.practice.options.withheld = ["write".parse().unwrap()].into();
    assert_eq!(text(&lab.tokens("read write"), "scope"), "read");
    let mut asked = authorization();
    set(&mut asked, "scope", Some("write"));
    assert_eq!(error(&lab.get("/authorize", &asked)), "access_denied");
    lab.practice.options.consent = Consent::Denied;
    assert_eq!(
        error(&lab.get("/authorize", &authorization())),
        "access_denied"
    );
}
