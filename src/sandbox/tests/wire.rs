//! The whole server through its socket, with faults.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::lab::{REDIRECT, authorization, encoded, exchange, options, set};
use crate::sandbox::user_agent::{self, VisitError};
use crate::sandbox::{Endpoint, Options, PUBLIC_CLIENT, Sandbox, StartError, fingerprint, run};

fn start(faults: &[&str]) -> Sandbox {
    let mut options = options();
    options.faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    Sandbox::start(options).unwrap()
}

/// Sends a request and reads until the end; the answer may be cut short or missing.
pub(super) fn raw(sandbox: &Sandbox, request: &str) -> String {
    let authority = sandbox.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
        .write_all(request.replace("HOST", authority).as_bytes())
        .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

pub(super) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")
}

pub(super) fn post(path: &str, form: &[(&str, &str)]) -> String {
    let body = encoded(form);
    format!(
        "POST {path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(super) fn code(sandbox: &Sandbox, scope: &str) -> String {
    let mut asked = authorization();
    set(&mut asked, "scope", Some(scope));
    let answer = raw(sandbox, &get(&format!("/authorize?{}", encoded(&asked))));
    let code = answer.split("?code=").nth(1).expect(&answer);
    code.split('&').next().unwrap().to_owned()
}

fn token(sandbox: &Sandbox) -> String {
    let code = code(sandbox, "profile read");
    raw(sandbox, &post("/token", &exchange(&code)))
}

pub(super) fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect(answer).1
}

fn member(answer: &str, name: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(body(answer)).expect(answer);
    value[name].as_str().expect(answer).to_owned()
}

#[test]
fn a_visit_consents_and_lands_on_the_redirect_uri() {
    let sandbox = start(&[]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let redirect = format!("http://{}/callback", listener.local_addr().unwrap());
    let client = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = [0; 4096];
        let length = stream.read(&mut seen).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhome")
            .unwrap();
        String::from_utf8_lossy(&seen[..length]).into_owned()
    });
    let mut asked = authorization();
    set(&mut asked, "redirect_uri", Some(&redirect));
    let visit = user_agent::visit(&format!("{}/authorize?{}", sandbox.url(), encoded(&asked)));
    let visit = visit.unwrap();
    assert_eq!((visit.status, visit.body.as_str()), (200, "home"));
    assert_eq!(visit.hops.len(), 2);
    assert!(!format!("{visit:?}").contains("sbx_code"), "{visit:?}");
    let seen = client.join().unwrap();
    assert!(seen.contains("GET /callback?code=sbx_code_"), "{seen}");
    assert!(
        seen.contains("Sec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1"),
        "{seen}"
    );
    assert!(seen.contains("Sec-Fetch-Site: same-site\r\n"), "{seen}");
}

#[test]
fn a_visit_never_leaves_this_machine() {
    for url in [
        "https://127.0.0.1/",
        "http://example.org/?secret",
        "file:///etc",
        "x",
    ] {
        let error = user_agent::visit(url).unwrap_err();
        assert!(matches!(error, VisitError::Elsewhere(_)), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[test]
fn a_visit_gives_up_on_a_loop() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: b\r\n\r\n");
        }
    });
    let error = user_agent::visit(&url).unwrap_err();
    assert!(matches!(error, VisitError::TooManyRedirects), "{error}");
}

#[test]
fn a_herd_is_served_side_by_side_and_only_one_of_it_rotates_the_token() {
    let sandbox = start(&[]);
    sandbox.adjust(|options| options.token_delay = Duration::from_millis(50));
    let old = member(&token(&sandbox), "refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", PUBLIC_CLIENT),
        ("refresh_token", &old),
    ];
    let request = post("/token", &form);
    let answers: Vec<String> = thread::scope(|scope| {
        let herd: Vec<_> = (0..50)
            .map(|_| scope.spawn(|| raw(&sandbox, &request)))
            .collect();
        herd.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let served = answers
        .iter()
        .filter(|answer| answer.starts_with("HTTP/1.1 200 "));
    assert_eq!(served.count(), 1);
    assert_eq!(sandbox.count(Endpoint::Refresh), 50);
    assert!(sandbox.tokens().refresh.is_empty()); // reuse has ended the family
}

#[test]
fn tokens_and_requests_are_told_by_fingerprint_and_never_in_clear() {
    let sandbox = start(&[]);
    let answer = token(&sandbox);
    let (access, refresh) = (
        member(&answer, "access_token"),
        member(&answer, "refresh_token"),
    );
    let live = sandbox.tokens();
    assert_eq!(live.access, [fingerprint(&access)]);
    assert_eq!(live.refresh, [fingerprint(&refresh)]);

    let (log, tokens) = (
        raw(&sandbox, &get("/_sandbox/log")),
        raw(&sandbox, &get("/_sandbox/tokens")),
    );
    let requests: serde_json::Value = serde_json::from_str(body(&log)).unwrap();
    assert_eq!(requests["counts"]["token"], 1);
    assert_eq!(
        requests["requests"][1]["issued_refresh"],
        fingerprint(&refresh)
    );
    assert_eq!(requests["requests"][1]["grant"], "authorization_code");
    assert!(tokens.contains(&fingerprint(&access)));
    for secret in [access.as_str(), refresh.as_str(), "sbx_code_", REDIRECT] {
        assert!(
            !log.contains(secret) && !tokens.contains(secret),
            "{secret}"
        );
    }
    assert_eq!(sandbox.log().len(), 2);
    assert_eq!(sandbox.count(Endpoint::Authorize), 1);
}

#[test]
fn faults_that_come_before_the_act_change_nothing() {
    for (kind, wanted) in [
        ("500", "HTTP/1.1 500 "),
        ("503/7", "Retry-After: 7\r\n"),
        ("429/30", "HTTP/1.1 429 "),
        ("html", "Content-Type: text/html"),
        ("proxy403", "HTTP/1.1 403 "),
        ("invalid-grant", "\"error\":\"invalid_grant\""),
        ("drop-before", ""),
    ] {
        let sandbox = start(&[&format!("token:1={kind}")]);
        let code = code(&sandbox, "profile read");
        let answer = raw(&sandbox, &post("/token", &exchange(&code)));
        assert!(answer.contains(wanted), "{kind}: {answer}");
        assert_eq!(answer.is_empty(), wanted.is_empty(), "{kind}: {answer}");
        assert!(sandbox.tokens().access.is_empty(), "{kind}");
        let entry = sandbox.log().pop().unwrap();
        assert_eq!((entry.acted, entry.fault.as_deref()), (false, Some(kind)));
        // the second request is not meant
        let answer = raw(&sandbox, &post("/token", &exchange(&code)));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{kind}: {answer}");
    }
}

#[test]
fn faults_that_come_after_the_act_have_rotated_the_token() {
    for kind in ["drop-after", "truncate", "500-after"] {
        let sandbox = start(&[&format!("refresh:1={kind}")]);
        let old = member(&token(&sandbox), "refresh_token");
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", PUBLIC_CLIENT),
            ("refresh_token", &old),
        ];
        let answer = raw(&sandbox, &post("/token", &form));
        assert!(!answer.contains("\"token_type\""), "{kind}: {answer}");
        if kind == "truncate" {
            assert!(
                answer.starts_with("HTTP/1.1 200 ") && answer.contains("{\"acc"),
                "{answer}"
            );
        }
        let entry = sandbox.log().pop().unwrap();
        assert!(entry.acted, "{kind}");
        let live = sandbox.tokens().refresh;
        assert_eq!(live, [entry.issued_refresh.unwrap()], "{kind}");
        assert_ne!(live, [fingerprint(&old)], "{kind}");
    }
}

#[test]
fn faults_that_spoil_the_answer_spoil_what_they_say() {
    for (kind, wanted) in [
        (
            "duplicate-keys",
            "{\"access_token\":\"another\",\"access_token\":\"sbx_at_",
        ),
        ("wrong-type", "\"expires_in\":\"sbx_at_"),
        ("string-expiry", "\"expires_in\":\"3600\""),
        ("plain", "Content-Type: text/plain"),
    ] {
        let answer = token(&start(&[&format!("token:1={kind}")]));
        assert!(answer.contains(wanted), "{kind}: {answer}");
    }
    let answer = token(&start(&["token:1=no-refresh-token"]));
    assert!(
        !answer.contains("refresh_token") && answer.contains("sbx_at_"),
        "{answer}"
    );
    let control = token(&start(&[]));
    assert!(
        control.contains("\"expires_in\":3600") && control.contains("sbx_rt_"),
        "{control}"
    );
}

#[test]
fn an_endless_body_goes_on_until_the_client_leaves_or_the_sandbox_stops() {
    let sandbox = start(&["metadata:1=endless", "metadata:2=stall"]);
    let authority = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    let open = |request: &str| {
        let mut stream = TcpStream::connect(&authority).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let request = get(request).replace("HOST", &authority);
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let mut endless = open("/jwks");
    let mut much = vec![0; 4 * 1024 * 1024];
    endless.read_exact(&mut much).unwrap();
    assert!(much.starts_with(b"HTTP/1.1 200 OK\r\n") && much.ends_with(b"  "));
    let mut stalled = open("/jwks");
    let (sender, receiver) = mpsc::channel();
    let waiting = thread::spawn(move || {
        let mut nothing = Vec::new();
        let _ = stalled.read_to_end(&mut nothing);
        sender.send(nothing).unwrap();
    });
    while sandbox.count(Endpoint::Metadata) < 2 {
        thread::yield_now();
    }
    assert!(receiver.try_recv().is_err()); // nothing has come
    sandbox.stop();
    assert!(receiver.recv().unwrap().is_empty());
    waiting.join().unwrap();
}

#[test]
fn a_slow_answer_is_late_by_what_was_asked() {
    let sandbox = start(&["metadata:1=slow=50"]);
    let begun = Instant::now();
    assert!(raw(&sandbox, &get("/jwks")).starts_with("HTTP/1.1 200 "));
    assert!(begun.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_request_for_another_host_is_misdirected() {
    let sandbox = start(&[]);
    for host in ["evil.example", "127.0.0.1", "localhost:1"] {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = raw(&sandbox, &request);
        assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
    }
    let nameless = raw(&sandbox, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert!(nameless.starts_with("HTTP/1.1 421 "), "{nameless}");
}

#[test]
fn a_body_that_is_too_large_is_refused() {
    let sandbox = start(&[]);
    let form = [("grant_type", "x".repeat(100_000))];
    let form: Vec<_> = form
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let answer = raw(&sandbox, &post("/token", &form));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn time_can_be_skipped_and_behaviour_changed_while_it_runs() {
    let sandbox = start(&[]);
    let _ = token(&sandbox);
    assert_eq!(sandbox.tokens().access.len(), 1);
    sandbox.advance(Duration::from_secs(3600));
    assert!(sandbox.tokens().access.is_empty());
    sandbox.adjust(|options| options.faults = vec!["token:*=500".parse().unwrap()]);
    assert!(token(&sandbox).starts_with("HTTP/1.1 500 "));
    sandbox.sign_in_as("editor".parse().unwrap());
    sandbox.adjust(|options| options.faults.clear());
    let access = member(&token(&sandbox), "access_token");
    let request = get("/userinfo").replace(
        "\r\n\r\n",
        &format!("\r\nAuthorization: Bearer {access}\r\n\r\n"),
    );
    assert_eq!(
        member(&raw(&sandbox, &request), "preferred_username"),
        "editor"
    );
}

#[test]
fn stopping_closes_connections_that_say_nothing_and_frees_the_port() {
    let sandbox = start(&[]);
    let authority = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    let mut silent = TcpStream::connect(&authority).unwrap();
    let port = silent.peer_addr().unwrap().port();
    let taken = Sandbox::start(Options { port, ..options() });
    assert!(matches!(taken, Err(StartError::Listen { .. })));
    sandbox.stop();
    assert_eq!(silent.read(&mut [0; 1]).unwrap_or(0), 0);
    assert!(TcpStream::connect(&authority).is_err());
}

#[test]
fn run_serves_until_it_is_told_to_stop() {
    let (sender, receiver) = mpsc::channel();
    let mut url = String::new();
    let ready = |sandbox: &Sandbox| {
        url = sandbox.url().to_owned();
        assert_eq!(user_agent::visit(&url).unwrap().status, 200);
        sender.send(()).unwrap();
    };
    run(options(), ready, &receiver).unwrap();
    assert!(user_agent::visit(&url).is_err());
}

#[test]
fn the_provider_file_is_toml_and_points_here() {
    let sandbox = start(&[]);
    let text = sandbox.provider_toml("A \"quoted\" name\n");
    let file: toml::Table = toml::from_str(&text).unwrap();
    assert_eq!(file["display_name"].as_str(), Some("A \"quoted\" name\n"));
    assert_eq!(file["issuer"].as_str(), Some(sandbox.url()));
    assert_eq!(
        file["refresh"]["rotation"].as_str(),
        Some("replace_and_kill")
    );
}
