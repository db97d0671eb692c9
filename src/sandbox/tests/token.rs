//! The token endpoint refuses whatever is wrong.

use super::lab::*;
use crate::sandbox::{CONFIDENTIAL_CLIENT, PUBLIC_CLIENT};

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

/// `client_id`, `client_secret`, `Authorization`, and the status of the answer.
type Credentials<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, u16);

#[test]
fn a_client_authenticates_in_exactly_one_right_way() {
    let lab = Lab::new(options());
    let (secret, basic) = (lab.practice.client_secret.expose().to_owned(), lab.basic());
    let wrong = "Basic c2FuZGJveC1jb25maWRlbnRpYWw6eA==";
    let own = Some(CONFIDENTIAL_CLIENT);
    let table: &[Credentials<'_>] = &[
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
