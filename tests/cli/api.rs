//! `api`: where a token goes, and where never.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use oauthctl::sandbox::{Endpoint, Options, Sandbox};
use serde_json::json;

use crate::exec::behind_a_passphrase;
use crate::world::{Output, World, moved};

/// An API that answers by path and remembers what it was asked.
struct Api {
    authority: String,
    asked: Arc<Mutex<Vec<String>>>,
    /// A file that is gone once it is asked something.
    doomed: Arc<Mutex<Option<PathBuf>>>,
}

impl Api {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let doomed = Arc::new(Mutex::new(None::<PathBuf>));
        let (keep, own) = (Arc::clone(&asked), authority.clone());
        let removed = Arc::clone(&doomed);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if let Some(path) = removed.lock().unwrap().take() {
                    std::fs::remove_file(path).unwrap();
                }
                serve(&mut stream.unwrap(), &own, &keep);
            }
        });
        Self {
            authority,
            asked,
            doomed,
        }
    }

    fn remove(&self, path: &Path) {
        *self.doomed.lock().unwrap() = Some(path.to_owned());
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).unwrap();
        read.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .split_once("content-length: ")
                .and_then(|(_, rest)| rest.lines().next().unwrap().parse::<usize>().ok());
            if count == 0 || body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
    }
}

fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes());
}

fn serve(stream: &mut TcpStream, own: &str, asked: &Mutex<Vec<String>>) {
    let text = read_request(stream);
    let target = text.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(text);
    let (status, headers, body) = match target.split('?').next().unwrap() {
        "/pages" | "/v2/pages" if target.ends_with("page=3") => ("200 OK", String::new(), "[3]"),
        "/pages" | "/v2/pages" => {
            let next = if target.ends_with("page=2") { 3 } else { 2 };
            (
                "200 OK",
                format!("Link: <pages?page={next}>; rel=\"next\"\r\n"),
                "[page]",
            )
        }
        "/away" => (
            "302 Found",
            "Location: http://127.0.0.1:9/stolen\r\n".to_owned(),
            "",
        ),
        "/old" => ("302 Found", "Location: /v2/pages?page=1\r\n".to_owned(), ""),
        "/moved" => ("301 Moved", format!("Location: http://{own}/here\r\n"), ""),
        "/fragment" => ("302 Found", "Location: /here#part\r\n".to_owned(), ""),
        "/on" => (
            "200 OK",
            "Link: <http://127.0.0.1:9/on?page=2>; rel=next\r\n".to_owned(),
            "[1]",
        ),
        "/circle" => {
            let other = if target.ends_with("page=2") { 1 } else { 2 };
            let next = format!("Link: <circle?page={other}>; rel=next\r\n");
            ("200 OK", next, "[page]")
        }
        "/used-up" => (
            "403 Forbidden",
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-RateLimit-Remaining: 0\r\n\
             X-RateLimit-Reset: 784111867\r\n"
                .to_owned(),
            "slow",
        ),
        "/loop" => ("302 Found", "Location: /loop\r\n".to_owned(), ""),
        "/refused" => ("401 Unauthorized", String::new(), "{\"message\":\"bad\"}"),
        "/forbidden" => ("403 Forbidden", String::new(), "no"),
        "/limited" => ("429 Too Many", "Retry-After: 90\r\n".to_owned(), "slow"),
        "/missing" => ("404 Not Found", String::new(), "{\"message\":\"gone\"}"),
        "/broken" => ("502 Bad Gateway", String::new(), "<html>"),
        _ => ("200 OK", "X-Seen: yes\r\n".to_owned(), "{\"ok\":true}"),
    };
    answer(stream, status, &headers, body);
}

/// A connection, and an API that its definition lists.
fn world() -> (World, Api) {
    let (world, api) = (World::new(), Api::start());
    list_host(&world, &api.authority);
    world.connect();
    (world, api)
}

fn list_host(world: &World, authority: &str) {
    let own = world.provider_toml();
    let own = own.split("[api]").next().unwrap();
    world.define(
        "sandbox",
        &format!("{own}\n[api]\nhosts = [\"{authority}\"]\n"),
    );
}

fn call(world: &World, url: &str, more: &[&str]) -> Output {
    let mut args = vec!["api", "sandbox", url];
    args.extend(more);
    world.run(&args)
}

#[test]
fn api_sends_the_token_in_a_header_and_prints_the_body_alone() {
    let (world, api) = world();
    let output = call(&world, &api.url("/user"), &[]).ended(0).silent();
    assert_eq!(output.stdout, "{\"ok\":true}");
    let asked = api.asked();
    assert!(asked[0].starts_with("GET /user HTTP/1.1\r\n"));
    let header = format!("authorization: Bearer {}\r\n", world.token("sandbox"));
    assert!(asked[0].contains(&header), "{}", asked[0]);
    let output = call(&world, &api.url("/user"), &["--include"]).ended(0);
    assert!(output.stdout.starts_with("HTTP 200\n"), "{output:?}");
    assert!(output.stdout.contains("x-seen: yes\n"), "{output:?}");
    assert!(output.stdout.ends_with("\n\n{\"ok\":true}"), "{output:?}");
}

#[test]
fn api_goes_to_no_host_that_the_definition_does_not_list() {
    let (world, api) = world();
    let port = api.authority.rsplit_once(':').unwrap().1;
    for elsewhere in [
        "https://evil.test/".to_owned(),
        format!("http://localhost:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://127.0.0.2:{port}/"),
        "http://127.0.0.1/".to_owned(),
        format!("https://{}.evil.test/", api.authority.replace(':', "-")),
    ] {
        call(&world, &elsewhere, &[])
            .ended(7)
            .no_data()
            .says(&["error:", "hint:"]);
    }
    for bad in [
        "http://example.org/".to_owned(),
        format!("http://user@{}/", api.authority),
        "ftp://127.0.0.1/".to_owned(),
        "/user".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        call(&world, &bad, &[]).ended(2).no_data();
    }
    assert_eq!(api.asked().len(), 0);
    // nor because an answer says so, which is shown instead
    let shown = call(&world, &api.url("/away"), &["--include"])
        .ended(1)
        .says(&["302", "redirects to `http://127.0.0.1:9`", "--include"]);
    assert!(shown.stdout.contains("http://127.0.0.1:9/stolen"));
    assert_eq!(api.asked().len(), 1);
}

#[test]
fn api_writes_fields_where_the_method_wants_them() {
    let (world, api) = world();
    call(
        &world,
        &api.url("/a?x=1"),
        &["-X", "get", "-f", "q=a b", "-F", "n=5"],
    )
    .ended(0);
    call(
        &world,
        &api.url("/b"),
        &["-f", "name=Ünï", "-F", "draft=true"],
    )
    .ended(0);
    let input = world.give("body", "raw bytes");
    let path = input.display().to_string();
    let put = [
        "-X",
        "PUT",
        "--input",
        &path,
        "-H",
        "Content-Type: text/plain",
    ];
    call(&world, &api.url("/c"), &put).ended(0);
    world
        .call(&["api", "sandbox", &api.url("/d"), "--input", "-"])
        .stdin("{\"from\":\"stdin\"}")
        .run()
        .ended(0);
    let asked = api.asked();
    assert!(
        asked[0].starts_with("GET /a?x=1&q=a+b&n=5 HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked[1].starts_with("POST /b HTTP/1.1\r\n"));
    let body: serde_json::Value =
        serde_json::from_str(asked[1].split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body, json!({"name": "Ünï", "draft": true}));
    assert!(asked[1].contains("content-type: application/json\r\n"));
    assert!(asked[2].starts_with("PUT /c HTTP/1.1\r\n"));
    assert!(asked[2].contains("content-type: text/plain\r\n"));
    assert!(asked[2].ends_with("\r\n\r\nraw bytes"));
    assert!(asked[3].starts_with("POST /d ") && asked[3].ends_with("{\"from\":\"stdin\"}"));
    for bad in [
        &["-H", "Authorization: Bearer x"][..],
        &["-H", "Host: evil.test"],
        &["-f", "no sign"],
        &["-F", "a=not json"],
        &["-X", "CONNECT"],
    ] {
        call(&world, &api.url("/e"), bad).ended(2).no_data();
    }
    call(&world, &api.url("/e"), &["--input", "/nowhere"])
        .ended(1)
        .says(&["/nowhere"]);
    assert_eq!(api.asked().len(), 4);
}

#[test]
fn api_follows_pages_and_redirects_of_the_same_place() {
    let (world, api) = world();
    let output = call(&world, &api.url("/pages?page=1"), &["--paginate"]).ended(0);
    assert_eq!(output.stdout, "[page][page][3]");
    let output = call(
        &world,
        &api.url("/pages?page=1"),
        &["--paginate", "--include"],
    )
    .ended(0);
    let starts = output.stdout.lines().filter(|line| *line == "HTTP 200");
    assert_eq!(starts.count(), 3, "{output:?}");
    let output = call(&world, &api.url("/pages?page=1"), &[]).ended(0);
    assert_eq!(output.stdout, "[page]");
    assert_eq!(
        call(&world, &api.url("/moved"), &[]).ended(0).stdout,
        "{\"ok\":true}"
    );
    let output = call(&world, &api.url("/fragment"), &[]).ended(0);
    assert_eq!(output.stdout, "{\"ok\":true}");
    // What is not all of it does not look as if it were.
    let output = call(&world, &api.url("/on?page=1"), &["--paginate"]).ended(1);
    let output = output.says(&["more pages", "at `http://127.0.0.1:9`", "1 page printed"]);
    assert_eq!(output.stdout, "[1]");
    let output = call(&world, &api.url("/circle?page=1"), &["--paginate"]).ended(1);
    let output = output.says(&["in a circle", "2 pages printed"]);
    assert_eq!(output.stdout, "[page][page]");
    call(&world, &api.url("/loop"), &[])
        .ended(1)
        .no_data()
        .says(&["without end"]);
    // what changes something is sent once, and what came is shown
    let before = api.asked().len();
    call(&world, &api.url("/moved"), &["-X", "POST"]).ended(1);
    assert_eq!(api.asked().len(), before + 1);
}

#[test]
fn api_refreshes_once_when_the_token_is_refused_and_says_how_it_ended() {
    let (world, api) = world();
    let output = call(&world, &api.url("/refused"), &[]).ended(4);
    assert_eq!(output.stdout, "{\"message\":\"bad\"}");
    assert_eq!(world.count(Endpoint::Refresh), 1);
    let asked = api.asked();
    assert_eq!(asked.len(), 2);
    assert_ne!(asked[0], asked[1], "the second time with the next token");
    call(&world, &api.url("/forbidden"), &[]).ended(7);
    call(&world, &api.url("/missing"), &[])
        .ended(1)
        .says(&["404"]);
    call(&world, &api.url("/broken"), &[]).ended(5);
    let limited = call(&world, &api.url("/limited"), &["--json"])
        .ended(5)
        .error();
    assert_eq!(limited["retry_after_seconds"], 90);
    let used_up = call(&world, &api.url("/used-up"), &["--json"]).ended(5);
    assert_eq!(used_up.error()["retry_after_seconds"], 91);
    call(&world, &api.url("/user"), &["--timeout", "0"]).ended(2);
    assert_eq!(world.count(Endpoint::Refresh), 1);
}

#[test]
fn api_paginate_goes_on_from_where_a_redirect_ended() {
    let (world, api) = world();
    let output = call(&world, &api.url("/old"), &["--paginate"]).ended(0);
    assert_eq!(output.stdout, "[page][page][3]");
    let asked = api.asked();
    let last = asked.last().unwrap();
    assert!(last.starts_with("GET /v2/pages?page=3 "), "{last}");
}

#[test]
fn api_paginate_repeats_nothing_that_changes_something() {
    let (world, api) = world();
    for more in [
        &["-X", "POST"][..],
        &["-f", "a=b"],
        &["-X", "DELETE"],
        &["-X", "PUT", "-F", "a=1"],
    ] {
        let more = [more, &["--paginate"]].concat();
        call(&world, &api.url("/pages?page=1"), &more)
            .ended(2)
            .no_data()
            .says(&["--paginate", "hint:", "GET and HEAD"]);
    }
    assert!(api.asked().is_empty());
    let with_field = ["--paginate", "-X", "GET", "-f", "page=1"];
    let output = call(&world, &api.url("/pages"), &with_field).ended(0);
    assert_eq!(output.stdout, "[page][page][3]");
}

#[test]
fn api_of_many_whose_token_is_refused_costs_one_refresh() {
    const MANY: usize = 5;
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    list_host(&world, &authority);
    world.connect();
    let refused = world.token("sandbox");
    let old = format!("Bearer {refused}\r\n");
    thread::spawn(move || {
        // All of them hold the refused token, and each hears so when the one before has another.
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if read_request(&mut stream).contains(&old) {
                held.push(stream);
                if held.len() < MANY {
                    continue;
                }
            } else {
                answer(&mut stream, "200 OK", "", "fine");
            }
            if let Some(mut next) = held.pop() {
                answer(&mut next, "401 Unauthorized", "", "no");
            }
        }
    });
    let url = format!("http://{authority}/");
    let calls: Vec<_> = (0..MANY)
        .map(|_| world.call(&["api", "sandbox", &url]).start())
        .collect();
    for one in calls {
        assert_eq!(one.finish().ended(0).stdout, "fine");
    }
    assert_eq!(world.count(Endpoint::Refresh), 1);
    assert_ne!(world.token("sandbox"), refused);
}

#[test]
fn api_sends_no_token_to_the_hosts_of_a_definition_that_came_later() {
    let (world, api) = world();
    let own = world.provider_toml();
    let own = own.split("[api]").next().unwrap();
    let elsewhere = Sandbox::start(Options::new(oauthctl::app::moment().wall)).unwrap();
    let ours = world.sandbox(|sandbox| sandbox.url().to_owned());
    let replaced = format!(
        "{}\n[api]\nhosts = [\"{}\"]\n",
        moved(own, &ours, &elsewhere),
        api.authority
    );
    world.define("sandbox", &replaced);
    call(&world, &api.url("/user"), &[])
        .ended(4)
        .no_data()
        .says(&["names another", "hint:"]);
    assert!(api.asked().is_empty());
}

#[test]
fn api_asks_for_the_passphrase_once_when_the_token_is_refused() {
    let (world, api) = world();
    let passphrase = behind_a_passphrase(&world);
    api.remove(&passphrase);
    let url = api.url("/refused");
    world
        .call(&["api", "sandbox", &url])
        .without("OAUTHCTL_IDENTITY_FILE")
        .env("OAUTHCTL_PASSPHRASE_FILE", &passphrase)
        .run()
        .ended(4)
        .says(&["401"]);
    assert!(!passphrase.exists());
    assert_eq!(api.asked().len(), 2, "the second time with the next token");
    assert_eq!(world.count(Endpoint::Refresh), 1);
}

/// A program of that name in a folder of its own, and the search path that has it.
fn program(world: &World, name: &str, script: &str) -> String {
    let folder = world.path("work/bin");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    crate::world::set_mode(&file, 0o755);
    format!("{}:/usr/bin:/bin", folder.display())
}

#[test]
fn api_jq_gives_the_answer_to_jq_and_prints_what_that_makes_of_it() {
    let (world, api) = world();
    // What it is given: its arguments, whether a variable of ours is among them, and its input.
    let told = "printf '%s|' \"$@\" $(env | grep -c '^OAUTHCTL_'); cat";
    let path = program(&world, "jq", told);
    let with = |filter: &str, url: &str, more: &[&str]| {
        let args = [&["api", "sandbox", url, "--jq", filter][..], more].concat();
        world.call(&args).env("PATH", &path).run()
    };
    let output = with("-(.a)", &api.url("/user"), &[]).ended(0).silent();
    assert_eq!(output.stdout, "-r| -(.a)|0|{\"ok\":true}");
    // Each page is filtered by itself.
    let output = with(".", &api.url("/pages"), &["--paginate"]).ended(0);
    assert_eq!(output.stdout.matches("-r| .|0|[").count(), 3, "{output:?}");
    // What is no success is shown as it came.
    let output = with(".", &api.url("/missing"), &[]).ended(1);
    assert_eq!(output.stdout, "{\"message\":\"gone\"}");
    with(".", &api.url("/user"), &["--include"]).ended(2);
}

#[test]
fn api_jq_that_fails_is_heard_of_before_anything_is_sent() {
    let (world, api) = world();
    let before = api.asked().len();
    let run = |path: &str| {
        let url = api.url("/user");
        let args = ["api", "sandbox", &url, "--jq", ".["];
        world.call(&args).env("PATH", path).run()
    };
    let script = "echo 'jq: error: syntax error \u{1b}[31m' >&2; exit 3";
    run(&program(&world, "jq", script))
        .ended(2)
        .says(&["can't read the filter", "syntax error"])
        .silent_about("\u{1b}");
    let empty = world.path("work");
    run(&empty.display().to_string())
        .ended(1)
        .says(&["`--jq` needs the program `jq`", "install it"]);
    assert_eq!(api.asked().len(), before);
    // One that fails at the answer says so, whatever it read.
    let script = "[ \"$(cat)\" = '' ] && exit 0; echo 'jq: error: no' >&2; exit 5";
    run(&program(&world, "jq", script))
        .ended(1)
        .says(&["could not filter the answer"]);
}
