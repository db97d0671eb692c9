//! Signing in, with a real browser on pages that others wrote, and with a listener under siege.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use oauthctl::sandbox::user_agent;
use serde_json::Value;
use url::Url;

use crate::browser::{self, Screenshots};
use crate::chance::Chance;
use crate::peer::{NATIVE_CLIENT, Peer, Settings};
use crate::rig;
use crate::stage::Stage;
use crate::visitor::exchange;
use crate::world::{Connecting, PROVIDER, World, peer_definition};

/// Stands in for the desktop's launcher: keeps what it was given, and what it could see.
const LAUNCHER: &str = "#!/bin/sh\nenv > \"$HOME/tmp/seen\"\nprintf '%s\\n' \"$1\" > \
                        \"$HOME/tmp/opened.new\"\nmv \"$HOME/tmp/opened.new\" \"$HOME/tmp/opened\"\n";

#[test]
fn connect_ends_well_after_a_login_in_a_real_browser() {
    let (Some(peer), Some(script)) = (Peer::start(Settings::default()), rig::program("script"))
    else {
        return;
    };
    let mut world = World::new(&peer_definition(&peer, peer.issuer())).with_vault();
    let launcher = world.at("tmp/launcher");
    fs::write(&launcher, LAUNCHER).expect("a script");
    fs::set_permissions(&launcher, fs::Permissions::from_mode(0o700)).expect("a mode");
    for (name, value) in [
        ("BROWSER", launcher.to_str().expect("a path in UTF-8")),
        ("OAUTHCTL_PROFILE", "default"),
    ] {
        world.environment.push((name.to_owned(), value.to_owned()));
    }
    let mut connecting = Connecting::start(world.in_terminal(&script, &["connect", PROVIDER]));
    let url = connecting.url.clone().expect("a URL");
    let opened = read_soon(&world.at("tmp/opened"));
    assert_eq!(
        opened.trim(),
        url.as_str(),
        "the browser is given another URL"
    );
    let seen = fs::read_to_string(world.at("tmp/seen")).expect("an environment");
    assert!(!seen.contains("OAUTHCTL_"), "{seen}");

    let (_, callback) = listener_of(&url);
    let favicon = callback.join("/favicon.ico").expect("a URL");
    let icon = user_agent::visit(favicon.as_str()).expect("an answer");
    assert_eq!(icon.status, 404);
    assert!(world.must(&["list", "--json"]).is_empty());

    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let pictures = Screenshots::in_folder(folder);
    let Some(report) = browser::login(&url, "alice", &pictures) else {
        connecting.child.kill().expect("a signal");
        return;
    };
    assert_eq!(report.problems, [""; 0], "{report:?}");
    // away from the address that held the code
    assert_eq!((report.status, report.final_url.path()), (200, "/done"));
    assert_eq!(report.title, "Connected · oauthctl", "{report:?}");
    assert!(
        report.final_url.query().is_none(),
        "the address bar shows the code"
    );
    // what the page says is stored already
    assert_eq!(world.show().get("state"), Some(&Value::from("active")));
    let ended = connecting.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(world.show().get("account"), Some(&Value::from("alice")));
    let bearer = format!("Bearer {}", world.must(&["token", PROVIDER]));
    let me = exchange("GET", &peer.at("/me"), &[("Authorization", bearer)], None);
    assert!(me.body.contains("\"alice\""), "{me:?}");
    rig::say(&format!(
        "login in Chromium: {:?} asked for, pictures in {}",
        report.requests,
        folder.display()
    ));
}

#[test]
fn connect_discovers_an_issuer_and_keeps_the_person_signed_in() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = World::new(&peer_definition(&peer, peer.issuer())).with_vault();
    let connect = [
        "connect",
        peer.issuer(),
        "--client-id",
        NATIVE_CLIENT,
        "--name",
        "found",
        "--no-browser",
    ];
    let connecting = Connecting::start(world.command(&connect));
    let url = connecting.url.clone().expect("a URL");
    let redirect = crate::peer::login(&url, "bob");
    user_agent::visit(redirect.as_str()).expect("the callback page");
    let ended = connecting.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    let shown = world.must(&["show", "found/bob", "--json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown.get("refreshable"), Some(&true.into()), "{shown}");
    world.must(&["refresh", "found"]);
    assert_eq!(peer.count("refreshes"), 1);
}

/// RFC 9207: an answer that names another server, or none, is not taken.
#[test]
fn connect_refuses_an_answer_with_another_issuer_or_none() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = World::new(&peer_definition(&peer, peer.issuer())).with_vault();
    let connecting = world.start_connect(&[]);
    let url = connecting.url.clone().expect("a URL");
    let redirect = crate::peer::login(&url, "alice");
    for issuer in [None, Some("https://elsewhere.example")] {
        let mut forged = redirect.clone();
        let kept = redirect.query_pairs().filter(|(name, _)| name != "iss");
        forged.query_pairs_mut().clear().extend_pairs(kept);
        if let Some(issuer) = issuer {
            forged.query_pairs_mut().append_pair("iss", issuer);
        }
        let page = user_agent::visit(forged.as_str()).expect("an answer");
        assert!((400..500).contains(&page.status), "{issuer:?}: {page:?}");
        assert_eq!(
            peer.counts().get("grant_types"),
            Some(&serde_json::json!({}))
        );
    }
    // the control: the true answer still ends the wait
    let page = user_agent::visit(redirect.as_str()).expect("the callback page");
    assert_eq!((page.status, connecting.end().code), (200, 0));
}

#[test]
fn connect_succeeds_after_thousands_of_junk_requests_and_beside_half_open_connections() {
    const HANDS: usize = 8;
    let junk = rig::trials(2_000, 10_000);
    let lines = rig::trials(100, 200);
    let stage = Stage::new("3600");
    let world = stage.world.with_vault();
    let connecting = world.start_connect(&[]);
    let url = connecting.url.clone().expect("a URL");
    let (address, callback) = listener_of(&url);
    let seed = Chance::new("junk for the listener").next();
    let half_open: Vec<_> = (0..lines)
        .filter_map(|number| {
            let mut stream = TcpStream::connect(address).ok()?;
            let begun = ["", "GET /call", "GET /callback HTTP/1.1\r\nHost: "][number % 3];
            // it may be closed already, where there are too many
            let _ = stream.write_all(begun.as_bytes());
            Some(stream)
        })
        .collect();
    let start = Instant::now();
    thread::scope(|scope| {
        for hand in 0..HANDS {
            let callback = &callback;
            scope.spawn(move || {
                let mut chance = Chance::seeded(seed + hand as u64);
                for _ in 0..junk / HANDS {
                    throw(address, &junk_request(&mut chance, callback));
                }
            });
        }
    });
    let took = start.elapsed();
    let start = Instant::now();
    let page = user_agent::visit(url.as_str()).expect("the callback page");
    assert_eq!(page.status, 200, "{page:?}");
    let answered = start.elapsed();
    let ended = connecting.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    drop(half_open);
    assert_eq!(stage.sandbox.tokens().refresh.len(), 1);
    rig::say(&format!(
        "listener: {junk} junk requests in {took:?}, {lines} half-open connections, then the \
         login in {answered:?}"
    ));
}

/// Anything but the one valid answer.
fn junk_request(chance: &mut Chance, callback: &Url) -> Vec<u8> {
    let host = &callback[url::Position::BeforeHost..url::Position::AfterPort];
    let path = callback.path();
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
    let text = match chance.below(14) {
        0 => {
            return (0..chance.below(200))
                .map(|_| chance.next().to_le_bytes()[0])
                .collect();
        }
        1 => get("/favicon.ico", ""),
        2 => get("/", ""),
        3 => get(&format!("{path}?code=forged&state={:x}", chance.next()), ""),
        4 => get(&format!("{path}?error=access_denied&state=forged"), ""),
        5 => get(&format!("{path}?error=access_denied"), ""),
        6 => get(path, "").replacen("GET", "HEAD", 1),
        7 => get(path, "Content-Length: 5\r\n").replacen("GET", "POST", 1) + "a=b&c",
        8 => get(path, "").replacen(host, "rebound.example", 1),
        9 => get(&format!("/{}", "a".repeat(chance.below(20_000))), ""),
        10 => get(
            path,
            &format!("X: {}\r\n", "b".repeat(chance.below(100_000))),
        ),
        11 => get(path, &"Y: z\r\n".repeat(chance.below(2_000))),
        12 => get(path, "Content-Length: 99999999999\r\n"),
        _ => "GET".to_owned(),
    };
    text.into_bytes()
}

/// Sends and doesn't care: the other side may refuse at any byte.
fn throw(address: SocketAddr, bytes: &[u8]) {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let _ = stream.set_write_timeout(Some(Duration::from_secs(5)));
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "junk was taken");
}

/// Where `connect` listens.
fn listener_of(url: &Url) -> (SocketAddr, Url) {
    let callback = url.query_pairs().find(|(name, _)| name == "redirect_uri");
    let callback: Url = callback.expect("a redirect URI").1.parse().expect("a URL");
    let addresses = callback.socket_addrs(|| None).expect("an address");
    (*addresses.first().expect("an address"), callback)
}

/// Reads a file that another process is about to make.
fn read_soon(path: &Path) -> String {
    let late = Instant::now() + Duration::from_secs(20);
    loop {
        match fs::read_to_string(path) {
            Ok(text) => return text,
            Err(error) => assert!(Instant::now() < late, "{error}"),
        }
        thread::yield_now();
    }
}
