//! The consent page, as a browser and as an attacker.

use super::lab::*;
use crate::sandbox::Consent;
use crate::sandbox::call::{Answer, Body, Call};

/// The form of a consent page, filled in and sent by the browser that was shown it.
pub(super) fn filled(page: &Answer, decision: &str, scopes: &[&str]) -> Call {
    let Body::Html(html) = &page.body else {
        panic!("not a page: {page:?}")
    };
    let ticket = html.split("name=ticket value=\"").nth(1).unwrap();
    let ticket = ticket.split('"').next().unwrap();
    let boxes: Vec<String> = scopes
        .iter()
        .map(|scope| format!("scope_{scope}"))
        .collect();
    let mut form = vec![
        ("ticket", ticket),
        ("decision", decision),
        ("account", "writer"),
    ];
    form.extend(boxes.iter().map(|name| (name.as_str(), "on")));
    let mut call = post("/consent", &form);
    let cookie = header(page, "Set-Cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap();
    call.headers.push(("cookie".to_owned(), cookie.to_owned()));
    call.headers.push(("origin".to_owned(), ISSUER.to_owned()));
    call.headers
        .push(("sec-fetch-site".to_owned(), "same-origin".to_owned()));
    call
}

fn asked() -> (Lab, Answer) {
    let mut lab = Lab::new(options());
    lab.practice.options.consent = Consent::Page;
    let page = lab.get("/authorize", &authorization());
    assert_eq!(page.status, 200);
    (lab, page)
}

#[test]
fn a_person_allows_some_of_what_was_asked() {
    let (mut lab, page) = asked();
    let answer = lab.send(&filled(&page, "allow", &["read"]));
    let code = parameter(&answer, "code").unwrap();
    assert_eq!(
        text(&json(&lab.post("/token", &exchange(&code))), "scope"),
        "read"
    );
}

#[test]
fn a_person_who_denies_or_ticks_nothing_is_taken_at_their_word() {
    for (decision, scopes) in [("deny", &["read"][..]), ("allow", &[])] {
        let (mut lab, page) = asked();
        let answer = lab.send(&filled(&page, decision, scopes));
        assert_eq!(error(&answer), "access_denied");
        assert_eq!(parameter(&answer, "state").as_deref(), Some(STATE));
    }
}

#[test]
fn a_scope_that_was_not_asked_for_can_not_be_ticked_in() {
    let (mut lab, page) = asked();
    let answer = lab.send(&filled(&page, "allow", &["read", "admin"]));
    let code = parameter(&answer, "code").unwrap();
    assert_eq!(
        text(&json(&lab.post("/token", &exchange(&code))), "scope"),
        "read"
    );
}

#[test]
fn a_form_that_another_page_sends_is_refused() {
    let forgeries: [(&str, Forgery); 6] = [
        ("origin", |call| {
            change(call, "origin", Some("http://127.0.0.1:1"));
        }),
        ("null origin", |call| change(call, "origin", Some("null"))),
        ("site", |call| {
            change(call, "sec-fetch-site", Some("same-site"));
        }),
        ("no cookie", |call| change(call, "cookie", None)),
        ("another browser", |call| {
            let cookies = &mut call.headers.iter_mut().filter(|(name, _)| name == "cookie");
            cookies.for_each(|(_, cookie)| cookie.push('x'));
        }),
        ("another ticket", |call| {
            call.body = call
                .body
                .replace("ticket=sbx_ticket_", "ticket=sbx_ticket_x");
        }),
    ];
    for (what, forge) in forgeries {
        let (mut lab, page) = asked();
        let mut call = filled(&page, "allow", &["read"]);
        forge(&mut call);
        let answer = lab.send(&call);
        assert_eq!(
            (answer.status, error(&answer).as_str()),
            (400, "forged_form"),
            "{what}"
        );
        assert!(lab.practice.codes.is_empty(), "{what}");
        // the honest one still works
        assert_eq!(
            lab.send(&filled(&page, "allow", &["read"])).status,
            303,
            "{what}"
        );
    }
}

type Forgery = fn(&mut Call);

fn change(call: &mut Call, name: &str, value: Option<&str>) {
    call.headers.retain(|(known, _)| known != name);
    call.headers
        .extend(value.map(|value| (name.to_owned(), value.to_owned())));
}

#[test]
fn a_form_is_good_once_and_for_ten_minutes() {
    let (mut lab, page) = asked();
    assert_eq!(lab.send(&filled(&page, "allow", &["read"])).status, 303);
    assert_eq!(lab.send(&filled(&page, "allow", &["read"])).status, 400);
    let (mut lab, page) = asked();
    lab.wait(600);
    assert_eq!(lab.send(&filled(&page, "allow", &["read"])).status, 400);
}

#[test]
fn every_page_forbids_scripts_frames_and_being_kept() {
    let (mut lab, page) = asked();
    let pages = [
        page,
        lab.send(&get("/")),
        lab.send(&get("/device")),
        lab.send(&get("/authorize")),
    ];
    for page in pages {
        let policy = header(&page, "Content-Security-Policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(header(&page, "Cache-Control"), Some("no-store"));
        let Body::Html(html) = &page.body else {
            panic!("not a page")
        };
        assert!(
            !html.contains("<script") && !html.contains("//cdn"),
            "{html}"
        );
    }
}
