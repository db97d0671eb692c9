//! The device grant: its errors and its clock.

use super::lab::*;
use crate::sandbox::call::Answer;
use crate::sandbox::{Consent, PUBLIC_CLIENT};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

fn begin(lab: &mut Lab) -> serde_json::Value {
    let form = [("client_id", PUBLIC_CLIENT), ("scope", "profile read")];
    let answer = lab.post("/device_authorization", &form);
    assert_eq!(answer.status, 200, "{answer:?}");
    json(&answer)
}

fn poll(lab: &mut Lab, code: &str) -> Answer {
    let form = [
        ("grant_type", GRANT),
        ("client_id", PUBLIC_CLIENT),
        ("device_code", code),
    ];
    lab.post("/token", &form)
}

#[test]
fn a_patient_device_gets_its_tokens_and_only_once() {
    let mut lab = Lab::new(options());
    let begun = begin(&mut lab);
    assert_eq!(begun["interval"], 5);
    assert_eq!(text(&begun, "verification_uri"), format!("{ISSUER}/device"));
    let code = text(&begun, "device_code");
    lab.wait(5);
    assert_eq!(error(&poll(&mut lab, &code)), "authorization_pending");
    lab.wait(5);
    let tokens = json(&poll(&mut lab, &code));
    let access = text(&tokens, "access_token");
    assert!(lab.works(&access));
    lab.wait(5);
    assert_eq!(error(&poll(&mut lab, &code)), "invalid_grant");
    assert!(!lab.works(&access));
}

#[test]
fn a_poll_that_comes_too_early_slows_the_device_down_for_good() {
    let mut lab = Lab::new(options());
    lab.practice.options.device_pending_polls = 100;
    let code = text(&begin(&mut lab), "device_code");
    for (waited, expected) in [
        (4, "slow_down"),  // the first poll waits too; from here on 10 s
        (9, "slow_down"),  // 15 s
        (14, "slow_down"), // 20 s
        (20, "authorization_pending"),
        (19, "slow_down"), // 25 s
        (25, "authorization_pending"),
    ] {
        lab.wait(waited);
        assert_eq!(error(&poll(&mut lab, &code)), expected, "after {waited} s");
    }
}

#[test]
fn an_interval_of_zero_lets_a_test_poll_at_once() {
    let mut lab = Lab::new(options());
    lab.practice.options.device_interval = 0;
    lab.practice.options.device_pending_polls = 0;
    let code = text(&begin(&mut lab), "device_code");
    assert_eq!(poll(&mut lab, &code).status, 200);
}

#[test]
fn a_device_that_waits_too_long_or_is_denied_or_unknown_is_told_so() {
    let mut lab = Lab::new(options());
    let code = text(&begin(&mut lab), "device_code");
    lab.wait(600);
    assert_eq!(error(&poll(&mut lab, &code)), "expired_token");

    lab.practice.options.consent = Consent::Denied;
    let code = text(&begin(&mut lab), "device_code");
    lab.wait(5);
    assert_eq!(error(&poll(&mut lab, &code)), "access_denied");
    assert_eq!(error(&poll(&mut lab, "sbx_device_x")), "invalid_grant");

    let unknown = [("client_id", "nobody"), ("scope", "read")];
    assert_eq!(
        error(&lab.post("/device_authorization", &unknown)),
        "invalid_client"
    );
    let wide = [("client_id", PUBLIC_CLIENT), ("scope", "everything")];
    assert_eq!(
        error(&lab.post("/device_authorization", &wide)),
        "invalid_scope"
    );
}

#[test]
fn a_person_can_let_a_device_in_on_the_page() {
    for (decision, expected) in [("allow", "ok"), ("deny", "access_denied")] {
        let mut lab = Lab::new(options());
        lab.practice.options.consent = Consent::Page;
        let begun = begin(&mut lab);
        let code = text(&begun, "device_code");
        lab.wait(5);
        assert_eq!(error(&poll(&mut lab, &code)), "authorization_pending");

        let typed = text(&begun, "user_code").to_ascii_lowercase();
        let page = lab.get("/device", &[("user_code", &typed)]);
        let form = super::pages::filled(&page, decision, &["read"]);
        assert_eq!(lab.send(&form).status, 200);
        lab.wait(5);
        let answer = poll(&mut lab, &code);
        assert_eq!(error(&answer), expected);
        if expected == "ok" {
            assert_eq!(text(&json(&answer), "scope"), "read");
        }
    }
    let mut lab = Lab::new(options());
    assert_eq!(
        lab.get("/device", &[("user_code", "BCDF-GHJK")]).status,
        400
    );
}
