//! Rotation, reuse and grace.

use std::time::Duration;

use super::lab::*;
use crate::sandbox::practice::Manner;
use crate::sandbox::{PUBLIC_CLIENT, Rotation, fingerprint};

fn with_grace(seconds: u64) -> Lab {
    let mut lab = Lab::new(options());
    lab.practice.options.rotation = Rotation::Rotate {
        grace: Duration::from_secs(seconds),
    };
    lab
}

/// The fingerprints of the refresh tokens that are good.
fn live(lab: &Lab) -> Vec<String> {
    lab.practice.grants.live(lab.now).1
}

#[test]
fn a_refresh_rotates_the_refresh_token_and_reuse_ends_the_family() {
    for grace in [0, 5, 60] {
        let mut lab = with_grace(grace);
        let first = lab.tokens("profile");
        let old = text(&first, "refresh_token");
        let second = json(&lab.refresh(&old));
        let new = text(&second, "refresh_token");
        assert_ne!(old, new);
        assert_eq!(live(&lab), [fingerprint(&new)]);
        let access = text(&second, "access_token");
        assert!(lab.works(&access));

        lab.wait(grace);
        assert_eq!(error(&lab.refresh(&old)), "invalid_grant", "grace {grace}");
        assert!(live(&lab).is_empty());
        assert!(!lab.works(&access));
        assert_eq!(error(&lab.refresh(&new)), "invalid_grant");
    }
}

#[test]
fn a_lost_answer_can_be_fetched_again_within_the_grace_and_becomes_void() {
    for (grace, waited, expected) in [
        (0, 0, "invalid_grant"),
        (5, 4, "ok"),
        (5, 5, "invalid_grant"),
        (60, 59, "ok"),
        (60, 60, "invalid_grant"),
    ] {
        let mut lab = with_grace(grace);
        let old = text(&lab.tokens("profile"), "refresh_token");
        let lost = json(&lab.refresh(&old));
        lab.wait(waited);
        let again = lab.refresh(&old);
        assert_eq!(error(&again), expected, "{grace} s, after {waited} s");
        let lost_access = text(&lost, "access_token");
        assert!(!lab.works(&lost_access));
        if expected == "ok" {
            let again = json(&again);
            assert_eq!(live(&lab), [fingerprint(&text(&again, "refresh_token"))]);
            let access = text(&again, "access_token");
            assert!(lab.works(&access));
        } else {
            assert!(live(&lab).is_empty());
        }
    }
}

#[test]
fn grace_counts_from_the_first_use_and_ends_when_the_answer_was_not_lost() {
    let mut lab = with_grace(10);
    let old = text(&lab.tokens("profile"), "refresh_token");
    for _ in 0..2 {
        assert_eq!(lab.refresh(&old).status, 200);
        lab.wait(5);
    }
    assert_eq!(error(&lab.refresh(&old)), "invalid_grant");

    let mut lab = with_grace(60);
    let old = text(&lab.tokens("profile"), "refresh_token");
    let new = text(&json(&lab.refresh(&old)), "refresh_token");
    assert_eq!(lab.refresh(&new).status, 200);
    assert_eq!(error(&lab.refresh(&old)), "invalid_grant");
    assert!(live(&lab).is_empty());
}

#[test]
fn a_kept_refresh_token_works_again_and_again_and_is_not_repeated() {
    let mut lab = Lab::new(options());
    lab.practice.options.rotation = Rotation::Keep;
    let token = text(&lab.tokens("profile"), "refresh_token");
    for _ in 0..3 {
        let answer = json(&lab.refresh(&token));
        assert!(answer.get("refresh_token").is_none());
    }
    assert_eq!(live(&lab), [fingerprint(&token)]);
}

#[test]
fn a_refresh_ends_older_access_tokens_only_when_told_to() {
    for kill in [false, true] {
        let mut lab = Lab::new(options());
        lab.practice.options.kill_old_access = kill;
        let first = lab.tokens("profile");
        lab.refresh(&text(&first, "refresh_token"));
        let access = text(&first, "access_token");
        assert_eq!(lab.works(&access), !kill);
    }
}

#[test]
fn a_refresh_may_narrow_the_scope_of_its_access_token_and_never_widen_it() {
    let mut lab = Lab::new(options());
    let token = text(&lab.tokens("profile read"), "refresh_token");
    let ask = |lab: &mut Lab, token: &str, scope: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", PUBLIC_CLIENT),
            ("refresh_token", token),
            ("scope", scope),
        ];
        lab.post("/token", &form)
    };
    assert_eq!(error(&ask(&mut lab, &token, "read write")), "invalid_scope");
    assert_eq!(error(&ask(&mut lab, &token, "unknown")), "invalid_scope");
    let narrow = json(&ask(&mut lab, &token, "read")); // the refused ones did not spend it
    assert_eq!(text(&narrow, "scope"), "read");
    let next = json(&lab.refresh(&text(&narrow, "refresh_token")));
    assert_eq!(text(&next, "scope"), "profile read");
}

#[test]
fn an_answer_without_a_refresh_token_leaves_the_old_one_alive() {
    let mut lab = Lab::new(options());
    let token = text(&lab.tokens("profile"), "refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", PUBLIC_CLIENT),
        ("refresh_token", &token),
    ];
    let call = post("/token", &form);
    let answer = lab
        .practice
        .respond(&call, lab.now, Manner::WithoutRefreshToken);
    assert!(json(&answer).get("refresh_token").is_none());
    assert_eq!(live(&lab), [fingerprint(&token)]);
    assert_eq!(lab.refresh(&token).status, 200);
}

#[test]
fn lifetimes_are_used_one_after_the_other() {
    let mut lab = Lab::new(options());
    lab.practice.options.lifetimes = "0,3600".parse().unwrap();
    let first = lab.tokens("profile");
    assert_eq!(first["expires_in"], 0);
    let dead = text(&first, "access_token");
    assert!(!lab.works(&dead));
    let second = json(&lab.refresh(&text(&first, "refresh_token")));
    assert_eq!(second["expires_in"], 3600);
    let access = text(&second, "access_token");
    assert!(lab.works(&access));
    lab.wait(3600);
    assert!(!lab.works(&access));
    lab.practice.options.lifetimes = "never".parse().unwrap();
    assert!(lab.tokens("profile").get("expires_in").is_none());
}

#[test]
fn the_same_seed_and_the_same_requests_give_the_same_answers() {
    let run = |seed: Option<&str>| {
        let mut options = options();
        options.seed = seed.map(str::to_owned);
        let mut lab = Lab::new(options);
        let tokens = lab.tokens("profile");
        let next = json(&lab.refresh(&text(&tokens, "refresh_token")));
        (tokens.to_string(), next.to_string())
    };
    assert_eq!(run(Some("7")), run(Some("7")));
    assert_ne!(run(Some("7")), run(Some("8")));
    assert_ne!(run(None), run(None));
}
