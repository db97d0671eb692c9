//! Every way in, against a server that others wrote: device, client credentials, pushed requests,
//! bound tokens with a nonce, registration.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::thread;

use oauthctl::sandbox::user_agent;
use oauthctl::signing::SigningKey;
use serde_json::{Value, json};
use url::Url;

use crate::peer::{self, CONFIDENTIAL_CLIENT, Peer, SIGNING_CLIENT, Settings};
use crate::visitor::exchange;
use crate::world::{Ended, PROVIDER, World, peer_definition};

/// The definition with the endpoints of the other ways.
pub(crate) fn definition(peer: &Peer) -> String {
    let issuer = peer.issuer();
    let more = format!("[endpoints]\ndevice_authorization = \"{issuer}/device/auth\"");
    peer_definition(peer, issuer).replace("[endpoints]", &more)
}

/// The definition with pushed requests.
fn pushing(peer: &Peer) -> String {
    let more = format!(
        "[endpoints]\npushed_authorization_request = \"{}/request\"",
        peer.issuer()
    );
    definition(peer).replace("[endpoints]", &more)
}

/// Runs `connect --device`, and has `approve` enter the code at the page.
pub(crate) fn by_device(world: &World, more: &[&str], approve: impl FnOnce(&Url, &str)) -> Ended {
    let arguments = [&["connect", PROVIDER, "--device"], more].concat();
    let mut child = world.command(&arguments).spawn().expect("the program");
    let mut talk = BufReader::new(child.stderr.take().expect("a pipe"));
    let (mut seen, mut code) = (String::new(), None);
    let page: Url = loop {
        let mut line = String::new();
        assert!(talk.read_line(&mut line).expect("text") > 0, "{seen}");
        seen.push_str(&line);
        let line = line.trim();
        if let Some(page) = line
            .starts_with("http")
            .then(|| line.parse().ok())
            .flatten()
        {
            break page;
        }
        if seen.contains("one-time code") && !line.is_empty() && !line.contains(' ') {
            code = Some(line.to_owned());
        }
    };
    approve(&page, &code.expect("a code before the page"));
    let rest = thread::spawn(move || {
        let mut rest = String::new();
        talk.read_to_string(&mut rest).expect("text");
        rest
    });
    let status = child.wait().expect("an end");
    Ended {
        code: status.code().expect("no signal"),
        stdout: String::new(),
        stderr: seen + &rest.join().expect("the rest"),
    }
}

/// Stores a client's secret, which goes through standard input.
pub(crate) fn set_client(world: &World, id: &str, secret: &str) {
    let mut child = world
        .command(&["client", "set", PROVIDER, "--id", id])
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut input = child.stdin.take().expect("a pipe");
    write!(input, "{secret}").expect("a pipe");
    drop(input);
    assert!(child.wait().expect("an end").success());
}

/// Signs `alice` in at the peer with whatever URL `connect` prints.
fn connect(world: &World, arguments: &[&str]) -> Ended {
    let mut command = world.command(arguments);
    let mut child = command.spawn().expect("the program");
    let mut talk = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut seen = String::new();
    let url: Url = loop {
        let mut line = String::new();
        assert!(talk.read_line(&mut line).expect("text") > 0, "{seen}");
        seen.push_str(&line);
        if let Some(url) = line
            .starts_with("http")
            .then(|| line.trim().parse().ok())
            .flatten()
        {
            break url;
        }
    };
    let redirect = peer::login(&url, "alice");
    user_agent::visit(redirect.as_str()).expect("the callback page");
    talk.read_to_string(&mut seen).expect("text");
    let status = child.wait().expect("an end");
    Ended {
        code: status.code().expect("no signal"),
        stdout: url.to_string(),
        stderr: seen,
    }
}

#[test]
fn connect_device_signs_in_at_a_certified_server() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = World::new(&definition(&peer)).with_vault();
    let ended = by_device(&world, &[], |page, code| {
        peer::approve_device(page, code, "alice");
    });
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(world.show().get("account"), Some(&Value::from("alice")));
    assert_eq!(world.show().get("grant"), Some(&Value::from("device_code")));
    world.must(&["refresh", PROVIDER]);
    assert_eq!(peer.count("refreshes"), 1);
    world.must(&["revoke", PROVIDER]);
    world.verify();
}

#[test]
fn connect_client_credentials_works_with_a_secret_and_with_a_key() {
    let key = SigningKey::generate().expect("a key");
    let point = key.public_point().expect("a point");
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": point.x, "y": point.y, "kid": "one"});
    let Some(peer) = Peer::start_with(Settings::default(), Some(&jwk.to_string())) else {
        return;
    };
    let world = World::new(&definition(&peer)).with_vault();
    set_client(&world, CONFIDENTIAL_CLIENT, peer.secret());
    world.must(&["connect", PROVIDER, "--client-credentials"]);
    let token = world.must(&["token", PROVIDER]);
    world.must(&["refresh", PROVIDER]);
    assert_ne!(
        world.must(&["token", PROVIDER]),
        token,
        "not asked for anew"
    );
    world.must(&["revoke", PROVIDER]);

    world.define(&definition(&peer).replace("\"basic\"", "\"private_key_jwt\""));
    let file = world.at("key.pem");
    fs::write(&file, key.pem().expose()).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
    let file = file.to_str().expect("UTF-8");
    world.must(&[
        "client",
        "set",
        PROVIDER,
        "--id",
        SIGNING_CLIENT,
        "--key-file",
        file,
        "--key-id",
        "one",
    ]);
    world.must(&["connect", PROVIDER, "--client-credentials"]);
    world.must(&["refresh", PROVIDER]);
    world.must(&["revoke", PROVIDER]);
    let errors = peer.counts();
    assert_eq!(errors.get("errors"), Some(&json!({})), "{errors}");
}

#[test]
fn connect_pushes_its_request_where_the_server_insists() {
    let settings = Settings {
        par: true,
        ..Settings::default()
    };
    let Some(peer) = Peer::start(settings) else {
        return;
    };
    let world = World::new(&pushing(&peer)).with_vault();
    let ended = connect(&world, &["connect", PROVIDER, "--no-browser"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(!ended.stdout.contains("state"), "the request is in the URL");
    world.must(&["refresh", PROVIDER]);
    world.must(&["revoke", PROVIDER]);
}

#[test]
fn tokens_are_bound_to_a_key_at_a_server_that_wants_a_nonce() {
    let settings = Settings {
        dpop_nonce: true,
        ..Settings::default()
    };
    let Some(peer) = Peer::start(settings) else {
        return;
    };
    let me = peer.at("/me").to_string();
    let host = me.trim_start_matches("http://").trim_end_matches("/me");
    let toml = pushing(&peer)
        + &format!("\n[token]\ndpop = \"required\"\n\n[api]\nhosts = [\"{host}\"]\n");
    let world = World::new(&toml).with_vault();
    let ended = connect(&world, &["connect", PROVIDER, "--no-browser"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(world.show().get("account"), Some(&Value::from("alice")));
    world.must(&["refresh", PROVIDER]);
    assert_eq!(peer.count("refreshes"), 1);
    assert_eq!(world.run(&["token", PROVIDER]).code, 1);
    let answer = world.must(&["api", PROVIDER, &me]);
    assert!(answer.contains("\"alice\""), "{answer}");
    // a proof without the server's nonce is refused, and one with it is taken
    let proof = |more: &[&str]| {
        let arguments = [
            "token", PROVIDER, "--format", "dpop", "--method", "GET", "--url", &me,
        ];
        let printed = world.must(&[&arguments[..], more].concat());
        let headers: Vec<(String, String)> = printed
            .lines()
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let pairs: Vec<(&str, String)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        exchange("GET", &peer.at("/me"), &pairs, None)
    };
    let refused = proof(&[]);
    assert_eq!(refused.status, 401, "{refused:?}");
    let nonce = refused.header("dpop-nonce").to_owned();
    assert_eq!(proof(&["--nonce", &nonce]).status, 200);
    world.must(&["revoke", PROVIDER]);
    world.verify();
}

#[test]
fn connect_registers_a_client_with_a_server_that_offers_it() {
    let settings = Settings {
        registration: true,
        ..Settings::default()
    };
    let Some(peer) = Peer::start(settings) else {
        return;
    };
    let world = World::new(&definition(&peer)).with_vault();
    let arguments = ["connect", peer.issuer(), "--name", "found", "--no-browser"];
    let ended = connect(&world, &arguments);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stderr.contains("registered a client"), "{ended:?}");
    world.must(&["refresh", "found"]);
    world.must(&["revoke", "found"]);
}

#[test]
fn connect_in_two_steps_ends_at_a_certified_server() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = World::new(&definition(&peer)).with_vault();
    let started = world.must(&["connect", PROVIDER, "--start", "--paste", "--json"]);
    let started: Value = serde_json::from_str(&started).expect("JSON");
    let text = |name: &str| started.get(name).and_then(Value::as_str).expect("a text");
    let redirect = peer::login(&text("url").parse().expect("a URL"), "alice");
    let resume = ["connect", "--resume", text("id"), "--paste"];
    let mut child = world
        .command(&resume)
        .stdin(Stdio::piped())
        .spawn()
        .expect("the program");
    writeln!(child.stdin.take().expect("a pipe"), "{redirect}").expect("a pipe");
    let ended = Ended::from(child.wait_with_output().expect("an end"));
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(!world.must(&["token", PROVIDER]).is_empty());
}
