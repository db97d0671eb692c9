//! Everything that is wrong is refused, and with the right error.

use std::time::Duration;

use super::lab::*;
use crate::sandbox::call::Answer;
use crate::sandbox::{CONFIDENTIAL_CLIENT, Consent, Lifetimes, PUBLIC_CLIENT};

#[test]
fn an_authorization_request_with_one_thing_wrong_is_refused() {
    let long = "x".repeat(513);
    let table: &[(&str, Option<&str>, &str, bool)] = &[
        // parameter, value, error, whether the client may be told
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
        ("state", Some(&long), "invalid_request", true),
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
    for (name, value, expected, told) in table {
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

/// One character short of a challenge.
const VERIFIER_LIKE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c";

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
fn a_code_exchange_with_one_thing_wrong_is_refused() {
    let other = "x".repeat(43);
    let table: &[(&str, Option<&str>, &str)] = &[
        ("grant_type", None, "invalid_request"),
        ("grant_type", Some("password"), "unsupported_grant_type"),
        ("client_id", None, "invalid_client"),
        ("client_id", Some("nobody"), "invalid_client"),
        ("client_id", Some(CONFIDENTIAL_CLIENT), "invalid_client"),
        ("client_secret", Some("x"), "invalid_client"),
        ("code", None, "invalid_request"),
        ("code", Some(""), "invalid_request"),
        ("code", Some("sbx_code_x"), "invalid_grant"),
        ("redirect_uri", None, "invalid_request"),
        (
            "redirect_uri",
            Some("http://127.0.0.1:5001/callback"),
            "invalid_grant",
        ),
        ("code_verifier", None, "invalid_request"),
        ("code_verifier", Some(&other), "invalid_grant"),
        ("code_verifier", Some(CHALLENGE), "invalid_grant"),
        ("scope", Some("read"), "invalid_request"),
        ("state", Some(STATE), "invalid_request"),
        ("audience", Some("x"), "invalid_request"),
    ];
    for (name, value, expected) in table {
        let mut lab = Lab::new(options());
        let code = lab.code("read");
        let mut form = exchange(&code);
        set(&mut form, name, *value);
        let answer = lab.post("/token", &form);
        assert_eq!(error(&answer), *expected, "{name}={value:?}");
        assert!(
            lab.practice.grants.live(lab.now).0.is_empty(),
            "{name}={value:?}"
        );
    }
    let mut lab = Lab::new(options());
    let code = lab.code("read");
    assert_eq!(lab.post("/token", &exchange(&code)).status, 200); // nothing wrong
}

#[test]
fn every_token_parameter_given_twice_is_refused() {
    let mut lab = Lab::new(options());
    let code = lab.code("read");
    for (name, value) in exchange(&code) {
        let mut form = exchange(&code);
        form.push((name, value));
        assert_eq!(
            error(&lab.post("/token", &form)),
            "invalid_request",
            "{name}"
        );
    }
}

#[test]
fn a_token_request_must_be_a_form_post_without_a_query() {
    let mut lab = Lab::new(options());
    let code = lab.code("read");
    let good = post("/token", &exchange(&code));
    let mut json = post("/token", &exchange(&code));
    json.headers[0].1 = "application/json".to_owned();
    let mut query = post("/token", &exchange(&code));
    query.query = Some("x=1".to_owned());
    let mut typed_twice = post("/token", &exchange(&code));
    typed_twice.headers.push(typed_twice.headers[0].clone());
    for bad in [json, query, typed_twice] {
        assert_eq!(error(&lab.send(&bad)), "invalid_request");
    }
    let mut get = post("/token", &exchange(&code));
    get.method = "GET".to_owned();
    assert_eq!(lab.send(&get).status, 405);
    assert_eq!(lab.send(&good).status, 200);
}

#[test]
fn a_code_is_good_for_less_than_a_minute() {
    for (waited, expected) in [(59, "ok"), (60, "invalid_grant")] {
        let mut lab = Lab::new(options());
        let code = lab.code("read");
        lab.wait(waited);
        assert_eq!(
            error(&lab.post("/token", &exchange(&code))),
            expected,
            "{waited}"
        );
    }
}

#[test]
fn a_code_that_is_used_twice_ends_the_tokens_that_it_brought() {
    let mut lab = Lab::new(options());
    let code = lab.code("profile");
    let tokens = json(&lab.post("/token", &exchange(&code)));
    let (access, refresh) = (
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
    );
    assert!(lab.works(&access));
    lab.wait(3600 * 24);
    assert_eq!(
        error(&lab.post("/token", &exchange(&code))),
        "invalid_grant"
    );
    assert_eq!(error(&lab.refresh(&refresh)), "invalid_grant");
    assert!(!lab.works(&access));
}

#[test]
fn a_code_that_was_tried_with_a_wrong_verifier_is_spent() {
    let mut lab = Lab::new(options());
    let code = lab.code("read");
    let mut wrong = exchange(&code);
    set(&mut wrong, "code_verifier", Some(CHALLENGE));
    assert_eq!(error(&lab.post("/token", &wrong)), "invalid_grant");
    assert_eq!(
        error(&lab.post("/token", &exchange(&code))),
        "invalid_grant"
    );
}

#[test]
fn a_client_authenticates_in_exactly_one_right_way() {
    let lab = Lab::new(options());
    let (secret, basic) = (lab.practice.client_secret.expose().to_owned(), lab.basic());
    let wrong = "Basic c2FuZGJveC1jb25maWRlbnRpYWw6eA==";
    let own = Some(CONFIDENTIAL_CLIENT);
    let table: &[(Option<&str>, Option<&str>, Option<&str>, u16)] = &[
        // client_id, client_secret, Authorization, status
        (None, None, Some(&basic), 200),
        (own, Some(&secret), None, 200),
        (own, None, Some(&basic), 401),
        (own, Some(&secret), Some(&basic), 401),
        (None, Some(&secret), Some(&basic), 401),
        (None, None, Some(wrong), 401),
        (None, None, Some("Basic !"), 401),
        (None, None, Some("Bearer x"), 401),
        (None, None, None, 401),
        (own, None, None, 401),
        (own, Some("x"), None, 401),
        (None, Some(&secret), None, 401),
        (Some(PUBLIC_CLIENT), Some(&secret), None, 401),
    ];
    for (id, given, header_value, status) in table {
        let mut lab = Lab::new(options());
        let mut form = vec![("grant_type", "client_credentials"), ("scope", "read")];
        form.extend(id.map(|id| ("client_id", id)));
        form.extend(given.map(|given| ("client_secret", given)));
        let mut call = post("/token", &form);
        let headers = header_value.map(|value| ("authorization".to_owned(), value.to_owned()));
        call.headers.extend(headers);
        let answer = lab.send(&call);
        let row = (id, given.is_some(), header_value.is_some());
        assert_eq!(answer.status, *status, "{row:?}");
        if *status == 401 {
            assert_eq!(error(&answer), "invalid_client", "{row:?}");
            let challenge = header(&answer, "WWW-Authenticate");
            assert_eq!(challenge.is_some(), header_value.is_some(), "{row:?}");
        }
    }
}

#[test]
fn client_credentials_are_for_clients_with_a_secret_and_bring_no_refresh_token() {
    let mut lab = Lab::new(options());
    let form = [("grant_type", "client_credentials"), ("scope", "read")];
    let mut call = post("/token", &form);
    call.headers.push(("authorization".to_owned(), lab.basic()));
    assert!(json(&lab.send(&call)).get("refresh_token").is_none());

    let public = [&form[..], &[("client_id", PUBLIC_CLIENT)]].concat();
    assert_eq!(error(&lab.post("/token", &public)), "unauthorized_client");
    let personal = [("grant_type", "client_credentials"), ("scope", "profile")];
    let mut call = post("/token", &personal);
    call.headers.push(("authorization".to_owned(), lab.basic()));
    assert_eq!(error(&lab.send(&call)), "invalid_scope");
}

#[test]
fn another_clients_code_and_tokens_are_refused() {
    let mut lab = Lab::new(options());
    let code = lab.code("read");
    let mut form = exchange(&code);
    set(&mut form, "client_id", None);
    let mut call = post("/token", &form);
    call.headers.push(("authorization".to_owned(), lab.basic()));
    assert_eq!(error(&lab.send(&call)), "invalid_grant");

    let tokens = json(&lab.post("/token", &exchange(&code))); // and it was not spent
    let refresh = text(&tokens, "refresh_token");
    for (path, name) in [("/token", "refresh_token"), ("/revoke", "token")] {
        let mut form = vec![(name, refresh.as_str())];
        if path == "/token" {
            form.push(("grant_type", "refresh_token"));
        }
        let mut call = post(path, &form);
        call.headers.push(("authorization".to_owned(), lab.basic()));
        assert_eq!(error(&lab.send(&call)), "invalid_grant", "{path}");
    }
    assert_eq!(lab.refresh(&refresh).status, 200);
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

#[test]
fn userinfo_tells_what_the_scopes_allow_and_nothing_to_others() {
    let mut lab = Lab::new(options());
    lab.practice.options.lifetimes = "60".parse::<Lifetimes>().unwrap();
    let tokens = lab.tokens("profile");
    let access = text(&tokens, "access_token");
    let ask = |lab: &mut Lab, token: &str| -> Answer {
        let mut call = get("/userinfo");
        call.headers
            .push(("authorization".to_owned(), format!("Bearer {token}")));
        lab.send(&call)
    };
    let told = json(&ask(&mut lab, &access));
    assert_eq!(text(&told, "preferred_username"), "writer");
    assert!(told.get("email").is_none());
    assert_eq!(error(&ask(&mut lab, "sbx_at_x")), "invalid_token");
    assert_eq!(lab.send(&get("/userinfo")).status, 401);
    let query = lab.get("/userinfo", &[("access_token", &access)]);
    assert_eq!(error(&query), "invalid_request");

    let narrow = text(&lab.tokens("read"), "access_token");
    let answer = ask(&mut lab, &narrow);
    assert_eq!(
        (answer.status, error(&answer).as_str()),
        (403, "insufficient_scope")
    );
    lab.wait(60);
    assert_eq!(ask(&mut lab, &access).status, 401);
}

#[test]
fn revoking_a_refresh_token_ends_the_family_and_an_access_token_only_itself() {
    let revoke = |lab: &mut Lab, token: &str| {
        lab.post("/revoke", &[("client_id", PUBLIC_CLIENT), ("token", token)])
    };
    let mut lab = Lab::new(options());
    let tokens = lab.tokens("profile");
    let (access, refresh) = (
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
    );
    assert_eq!(revoke(&mut lab, &access).status, 200);
    assert!(!lab.works(&access));
    let next = json(&lab.refresh(&refresh));
    let access = text(&next, "access_token");
    assert!(lab.works(&access));
    let refresh = text(&next, "refresh_token");
    assert_eq!(revoke(&mut lab, &refresh).status, 200);
    assert!(!lab.works(&access));
    assert_eq!(error(&lab.refresh(&refresh)), "invalid_grant");
    assert_eq!(revoke(&mut lab, "never seen").status, 200); // RFC 7009 section 2.2
    let hint = [
        ("client_id", PUBLIC_CLIENT),
        ("token", "x"),
        ("token_type_hint", "pat"),
    ];
    assert_eq!(error(&lab.post("/revoke", &hint)), "unsupported_token_type");
    assert_eq!(
        error(&lab.post("/revoke", &[("token", "x")])),
        "invalid_client"
    );
}

#[test]
fn introspection_is_for_clients_with_a_secret_and_their_own_tokens() {
    let mut lab = Lab::new(options());
    let form = [("grant_type", "client_credentials"), ("scope", "read")];
    let mut call = post("/token", &form);
    call.headers.push(("authorization".to_owned(), lab.basic()));
    let own = text(&json(&lab.send(&call)), "access_token");
    let foreign = text(&lab.tokens("read"), "access_token");
    for (token, active) in [
        (own.as_str(), true),
        (foreign.as_str(), false),
        ("x", false),
    ] {
        let mut call = post("/introspect", &[("token", token)]);
        call.headers.push(("authorization".to_owned(), lab.basic()));
        assert_eq!(json(&lab.send(&call))["active"], active);
    }
    let public = [("token", own.as_str()), ("client_id", PUBLIC_CLIENT)];
    assert_eq!(error(&lab.post("/introspect", &public)), "invalid_client");
}

#[test]
fn an_id_token_names_issuer_client_person_and_nonce() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut lab = Lab::new(options());
    let mut asked = authorization();
    set(&mut asked, "scope", Some("openid email"));
    set(&mut asked, "nonce", Some("a nonce that has 22 bytes"));
    let code = parameter(&lab.get("/authorize", &asked), "code").unwrap();
    let tokens = json(&lab.post("/token", &exchange(&code)));
    let id_token = text(&tokens, "id_token");
    let claims = URL_SAFE_NO_PAD
        .decode(id_token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(text(&claims, "iss"), ISSUER);
    assert_eq!(text(&claims, "aud"), PUBLIC_CLIENT);
    assert_eq!(text(&claims, "nonce"), "a nonce that has 22 bytes");
    assert_eq!(text(&claims, "email"), "writer@sandbox.invalid");
    let start = lab
        .practice
        .options
        .now
        .plus(Duration::from_secs(1000))
        .unix_seconds();
    assert_eq!(claims["iat"], start);
    assert!(lab.tokens("read").get("id_token").is_none());
}

#[test]
fn registration_gives_a_client_of_its_own_and_refuses_what_is_not_loopback() {
    let register = |lab: &mut Lab, body: &str| {
        let mut call = post("/register", &[]);
        call.headers[0].1 = "application/json".to_owned();
        call.body = body.to_owned();
        lab.send(&call)
    };
    let mut lab = Lab::new(options());
    let good = r#"{"redirect_uris":["http://127.0.0.1/x"],"token_endpoint_auth_method":"none"}"#;
    let answer = register(&mut lab, good);
    assert_eq!(answer.status, 201);
    let id = text(&json(&answer), "client_id");
    assert!(json(&answer).get("client_secret").is_none());
    let mut asked = authorization();
    set(&mut asked, "client_id", Some(&id));
    assert_eq!(lab.get("/authorize", &asked).status, 400);
    set(&mut asked, "redirect_uri", Some("http://127.0.0.1:7/x"));
    assert!(parameter(&lab.get("/authorize", &asked), "code").is_some());

    for (bad, expected) in [
        (r#"{"redirect_uris":[]}"#, "invalid_redirect_uri"),
        (
            r#"{"redirect_uris":["https://x.example/x"]}"#,
            "invalid_redirect_uri",
        ),
        ("{}", "invalid_client_metadata"),
        (
            r#"{"redirect_uris":["http://127.0.0.1/x"],"x":1}"#,
            "invalid_client_metadata",
        ),
        (
            r#"{"redirect_uris":["http://127.0.0.1/x"],"grant_types":["implicit"]}"#,
            "invalid_client_metadata",
        ),
    ] {
        assert_eq!(error(&register(&mut lab, bad)), expected, "{bad}");
    }
}

#[test]
fn metadata_names_the_issuer_and_endpoints_that_answer() {
    let mut lab = Lab::new(options());
    for path in ["openid-configuration", "oauth-authorization-server"] {
        let said = json(&lab.send(&get(&format!("/.well-known/{path}"))));
        assert_eq!(text(&said, "issuer"), ISSUER);
        for (name, value) in said.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let path = value.as_str().unwrap().strip_prefix(ISSUER).unwrap();
                assert_ne!(lab.send(&get(path)).status, 404, "{name}");
            }
        }
    }
    assert_eq!(lab.send(&get("/nothing")).status, 404);
}
