//! Providers that nobody defined: found by their issuer or by a resource, registered with, and
//! refused where their metadata is hostile.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use oauthctl::sandbox::{Endpoint, PUBLIC_CLIENT, user_agent};
use rustix::process::Signal;

use crate::world::World;

/// A world without definitions, and a sandbox.
fn undefined() -> World {
    let world = World::empty();
    world.make_key();
    world.start_sandbox(|_| {});
    world
}

#[test]
fn connect_finds_the_server_that_guards_a_resource_and_registers_with_it() {
    let world = undefined();
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let resource = format!("{url}/mcp");
    let args = [resource.as_str(), "--name", "tool", "--scope", "read"];
    let (output, visit) = world.connect_with(&args);
    output.ended(0).says(&[
        &format!("`{resource}` is guarded by `{url}`"),
        "discovered `tool`",
        "registered a client with tool: `sbx_client_",
        "connected `tool/",
    ]);
    // the request was pushed, so that the address tells nothing
    assert_eq!(world.count(Endpoint::Par), 1);
    assert_eq!(visit.hops[0].query_pairs().count(), 2);
    assert_eq!(world.count(Endpoint::Register), 1);
    let answer = world.ok(&["api", "tool", &resource]).stdout;
    assert!(answer.contains("hello"), "{answer}");
    world.ok(&["refresh", "tool"]);
    // the client is kept: connecting again registers no other
    let (again, _) = world.connect_with(&["tool", "--scope", "read"]);
    again.ended(0);
    assert_eq!(world.count(Endpoint::Register), 1);
    let client = world.json(&["client", "show", "tool"]).remove(0);
    assert_eq!(client["has_secret"], false);
}

#[test]
fn a_connect_to_a_url_that_ends_unfinished_leaves_what_another_one_defined() {
    for (code, signal) in [(5, None), (143, Some(Signal::TERM))] {
        let world = undefined();
        let url = world.sandbox(|sandbox| sandbox.url().to_owned());
        let args = [&url, "--name", "dd", "--client-id", PUBLIC_CLIENT];
        let file = world.path("home/config/oauthctl/providers/dd.toml");
        let call = world.call(&["connect", "--no-browser", "--timeout", "4s"]);
        let mut first = call.args(&args).start();
        first.address();
        assert!(!file.exists(), "it is defined before anything was granted");
        world.connect_with(&args).0.ended(0);
        if let Some(signal) = signal {
            first.signal(signal);
        }
        first.finish().ended(code);
        assert!(file.exists());
        world.token("dd");
    }
}

#[test]
fn connect_keeps_the_definition_that_another_one_made_while_it_waited() {
    let world = undefined();
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let args = [&url, "--name", "dd", "--client-id", PUBLIC_CLIENT];
    let file = world.path("home/config/oauthctl/providers/dd.toml");
    let mut first = world.call(&["connect", "--no-browser"]).args(&args).start();
    let address = first.address();
    world.define("dd", "extends = \"github\"\n");
    let defined = std::fs::read(&file).unwrap();
    let tokens = world.count(Endpoint::Token);
    user_agent::visit(&address).unwrap();
    let says = "`dd` was defined otherwise meanwhile";
    first.finish().ended(9).says(&[says, "--name NAME"]);
    assert_eq!(
        world.count(Endpoint::Token),
        tokens,
        "the code was redeemed"
    );
    assert_eq!(std::fs::read(&file).unwrap(), defined);
}

#[test]
fn a_connect_to_a_url_without_a_place_for_the_key_does_not_say_that_it_is_defined() {
    let world = World::empty();
    world.start_sandbox(|_| {});
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let args = [
        "connect",
        &url,
        "--name",
        "dd",
        "--client-id",
        PUBLIC_CLIENT,
    ];
    let output = world.run(&args).ended(6).says(&["discovered `dd`"]);
    output.silent_about("dd.toml");
    assert!(
        !world
            .path("home/config/oauthctl/providers/dd.toml")
            .exists()
    );
}

#[test]
fn connect_finds_a_resource_by_its_challenge() {
    let world = undefined();
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    // the known place has nothing there, the challenge leads to it
    world.faults(&["resource:1-2=404"]);
    let resource = format!("{url}/mcp");
    let (output, _) = world.connect_with(&[&resource, "--name", "tool", "--scope", "read"]);
    output.ended(0).says(&["is guarded by", "connected `tool/"]);
}

#[test]
fn a_provider_that_refuses_to_register_says_how_to_bring_a_client() {
    let world = undefined();
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let args = ["connect", &url, "--name", "found", "--no-browser"];
    world.faults(&["register:*=500"]);
    world.run(&args).ended(5).says(&[
        "could not register a client with `found`",
        "client set found --id ID",
    ]);
    assert!(world.json(&["list"]).is_empty());
}

/// Answers every request on a port of its own with the same; joining gives how many there were.
fn always(head: &str, body: &str) -> (String, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let url = format!("http://{authority}");
    let body = body.replace("SELF", &url);
    let head = head.replace("SELF", &url);
    let answer = format!(
        "HTTP/1.1 {head}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let serving = thread::spawn(move || {
        let mut count = 0;
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 8192];
            let read = stream.read(&mut request).unwrap_or_default();
            if request[..read].starts_with(b"QUIT") {
                return count;
            }
            count += 1;
            // whoever has seen enough goes
            let _ = stream.write_all(answer.as_bytes());
        }
        count
    });
    (url, serving)
}

fn quit(url: &str) {
    let authority = url.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(authority).unwrap();
    stream.write_all(b"QUIT").unwrap();
}

const METADATA: &str = r#"{"issuer":"SELF","authorization_endpoint":"SELF/a",
    "token_endpoint":"SELF/t","response_types_supported":["code"],
    "code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none"]}"#;

#[expect(clippy::too_many_lines, reason = "most of it is a table")]
#[test]
fn hostile_metadata_is_refused_before_anything_is_asked_of_a_person() {
    let huge = METADATA.replacen('{', &format!("{{\"x\":\"{}\",", "x".repeat(1024 * 1024)), 1);
    let elsewhere = "302 Found\r\nLocation: SELF/.well-known/other";
    for (head, body, code, says) in [
        (
            "200 OK",
            METADATA.replace("\"SELF\"", "\"https://honest.example\""),
            1,
            "another issuer",
        ),
        (
            "200 OK",
            METADATA.replace("SELF/t", "http://evil.example/t"),
            1,
            "no usable `token_endpoint`",
        ),
        (
            "200 OK",
            METADATA.replace("SELF/a", "javascript:alert(1)"),
            1,
            "no usable `authorization_endpoint`",
        ),
        (
            "200 OK",
            METADATA.replace("SELF/a", "file:///etc/passwd"),
            1,
            "no usable `authorization_endpoint`",
        ),
        (
            "200 OK",
            METADATA.replace("SELF/a", "https://u:p@evil.example/"),
            1,
            "no usable `authorization_endpoint`",
        ),
        (
            "200 OK",
            METADATA.replace("S256", "plain"),
            1,
            "PKCE with S256",
        ),
        (
            "200 OK",
            METADATA.replace("\"none\"", "\"tls_client_auth\""),
            1,
            "in no way that is known here",
        ),
        (
            "200 OK",
            METADATA.replacen('{', "{\"issuer\":\"SELF\",", 1),
            1,
            "can't be used",
        ),
        ("200 OK", huge, 5, "larger than"),
        (
            elsewhere,
            METADATA.to_owned(),
            1,
            "has no metadata (HTTP 302)",
        ),
        ("200 OK", "<html>\u{1b}[2J".to_owned(), 1, "can't be used"),
    ] {
        let world = World::empty();
        world.make_key();
        let (url, serving) = always(head, &body);
        let output = world
            .run(&[
                "connect",
                &url,
                "--name",
                "found",
                "--client-id",
                "x",
                "--no-browser",
            ])
            .ended(code)
            .no_data()
            .says(&["could not discover the provider", says]);
        assert!(!output.stderr.contains('\u{1b}'), "{}", output.stderr);
        quit(&url);
        assert!(serving.join().unwrap() > 0);
        assert!(!world.vault().exists(), "a vault was made for nothing");
        let file = world.path("home/config/oauthctl/providers/found.toml");
        assert!(!file.exists(), "{says}: it was pinned");
    }
    // the control: what is changed above is all that is wrong with it
    let world = World::empty();
    world.make_key();
    let (url, serving) = always("200 OK", METADATA);
    let args = [
        "connect",
        &url,
        "--name",
        "found",
        "--client-id",
        "x",
        "--no-browser",
        "--timeout",
        "1s",
    ];
    world
        .run(&args)
        .ended(5)
        .says(&["discovered `found`", "no answer came"]);
    quit(&url);
    serving.join().unwrap();
}

#[test]
fn a_servers_words_reach_the_terminal_escaped_and_cut() {
    let world = World::new();
    let hostile = [
        "\\u001b[2J\\u001b]0;owned\\u0007",
        "\\u202egnp.exe\\u2066",
        "\\u009b31m",
        "line\\r\\nhint: run `rm -rf`\\n",
        "\\u200b\\ufeff",
    ]
    .join(" ");
    let long = "x".repeat(100_000);
    for (words, code) in [
        (hostile.as_str(), 7),
        (&long, 7),
        (&"y".repeat(1024 * 1024), 5),
    ] {
        let body = format!(r#"{{"error":"access_denied","error_description":"{words}"}}"#);
        let (url, serving) = always("400 Bad Request", &body);
        let toml = world.provider_toml();
        let device = world.sandbox(|sandbox| format!("{}/device_authorization", sandbox.url()));
        world.define("sandbox", &toml.replace(&device, &format!("{url}/device")));
        let output = world.run(&["connect", "sandbox", "--device"]).ended(code);
        let printable = |c: char| matches!(c, '\n' | '…') || (!c.is_control() && c.is_ascii());
        assert!(output.stderr.chars().all(printable), "{}", output.stderr);
        assert!(output.stderr.len() < 2000, "{} bytes", output.stderr.len());
        let lines = output
            .stderr
            .lines()
            .filter(|line| line.starts_with("hint:"));
        assert_eq!(
            lines.count(),
            0,
            "the server gives hints: {}",
            output.stderr
        );
        quit(&url);
        serving.join().unwrap();
        world.define("sandbox", &toml);
    }
}

#[test]
fn a_page_for_the_code_that_may_not_be_opened_is_refused() {
    let world = World::new();
    for page in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://evil.example/device",
        "https://u:p@evil.example/",
        "https:\\\\\\\\evil.example",
        "--help",
    ] {
        let body = format!(
            r#"{{"device_code":"d","user_code":"ABCD","verification_uri":"{page}","expires_in":60}}"#
        );
        let (url, serving) = always("200 OK", &body);
        let toml = world.provider_toml();
        let device = world.sandbox(|sandbox| format!("{}/device_authorization", sandbox.url()));
        world.define("sandbox", &toml.replace(&device, &format!("{url}/device")));
        world
            .run(&["connect", "sandbox", "--device"])
            .ended(1)
            .says(&[
                "a page for the code that may not be opened",
                "is not opened",
            ]);
        quit(&url);
        serving.join().unwrap();
        world.define("sandbox", &toml);
    }
}
