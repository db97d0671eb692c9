//! What the commands say that need no chapter of their own: `list`, `show`, `demo`, `sandbox`.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use oauthctl::sandbox::user_agent;
use rustix::process::Signal;

use crate::world::World;

/// Dates, ports and folders replaced, so that the text is the same every time.
fn settled(world: &World, text: &str) -> String {
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let text = text.replace(&url, "http://SANDBOX");
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let trimmed = word.trim_end();
        match oauthctl::moment::Timestamp::parse(trimmed) {
            Some(_) => word.replace(trimmed, "TIME"),
            None => word.to_owned(),
        }
    });
    words.collect()
}

#[test]
fn list_is_a_table_on_stdout_and_nothing_else() {
    let world = World::with(|options| options.lifetimes = "never".parse().unwrap());
    world.connect();
    world.connect_as("reader");
    world.faults(&["revoke:*=500"]);
    world.run(&["revoke", "sandbox/reader"]).ended(1);
    let listed = world.ok(&["list"]).silent();
    insta::assert_snapshot!(listed.stdout, @r"
    CONNECTION      STATE     EXPIRES   SCOPES
    sandbox/reader  revoking  -         profile read
    sandbox/writer  active    not said  profile read
    ");
}

#[test]
fn show_tells_everything_but_secrets() {
    let world = World::with(|options| options.lifetimes = "never".parse().unwrap());
    world.connect();
    let shown = world.ok(&["show", "sandbox"]).silent();
    insta::assert_snapshot!(settled(&world, &shown.stdout), @r"
    connection            sandbox/writer
    state                 active
    access token expires  not said
    refresh token         yes
    granted scopes        profile read
    requested scopes      read profile
    came by               authorization code
    client id             sandbox-public
    token endpoint        http://SANDBOX/token
    account id            person-b93006774cbdd4b2
    connected             TIME
    ");
}

#[test]
fn errors_are_a_message_its_causes_and_ways_out() {
    let world = World::new();
    world.connect();
    world.faults(&["refresh:*=503/30"]);
    let failed = world.run(&["refresh", "sandbox"]).ended(5).no_data();
    insta::assert_snapshot!(failed.stderr, @r"
    error: could not refresh `sandbox/writer` now: the provider can't answer now (HTTP 503)
    hint: the server asks to wait 30s
    ");
    let missing = world.run(&["token", "sandbox/nobody"]).ended(4).no_data();
    insta::assert_snapshot!(missing.stderr, @r"
    error: there is no connection `sandbox/nobody`
    hint: make one with `oauthctl connect sandbox`
    hint: see `oauthctl list`
    ");
    // colour is for terminals, and for who asks for it
    let colour = world.run(&["--color", "always", "token", "sandbox/nobody"]);
    assert!(colour.ended(4).stderr.starts_with('\u{1b}'));
    let call = world.call(&["--color", "always", "token", "sandbox"]);
    let output = call.env("NO_COLOR", "1").run().ended(0).silent();
    assert!(!output.stdout.contains('\u{1b}'));
}

#[test]
fn quiet_silences_notes_and_no_warning() {
    let world = World::with(|options| {
        options.withheld = ["write".parse().unwrap()].into();
    });
    let (output, _) = world.connect_with(&["sandbox", "--quiet", "--scope", "write"]);
    let output = output.ended(0).says(&["/authorize", "warning: "]);
    assert!(!output.stderr.contains("connected"), "{output:?}");
    world.ok(&["refresh", "sandbox", "--quiet"]).silent();
    world
        .run(&["token", "sandbox/nobody", "--quiet"])
        .ended(4)
        .says(&["error: "]);
}

#[test]
fn demo_runs_with_nothing_and_leaves_nothing() {
    let world = World::empty();
    let output = world.ok(&["demo"]).says(&[
        "0 access and 0 refresh tokens are alive",
        "nothing is left of this",
    ]);
    assert!(
        output.stdout.contains("$ oauthctl connect sandbox"),
        "{output:?}"
    );
    assert!(
        output
            .stdout
            .contains("20 processes got 1 token(s); the provider was asked 1 time(s)")
    );
    for part in [
        "merged     chapter1.md  (your changes and theirs are in it)",
        "The sea was restless and the boats lay still. Nobody spoke of the storm that was coming.",
    ] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert_eq!(world.files(), Vec::<std::path::PathBuf>::new());
    assert_eq!(fs::read_dir(world.path("tmp")).unwrap().count(), 0);
}

#[test]
fn sandbox_serves_until_it_is_stopped_and_can_be_connected_to() {
    let world = World::empty();
    world.make_key();
    let call = world.call(&[
        "sandbox",
        "--port",
        "0",
        "--auto-consent",
        "--account",
        "tester",
    ]);
    let mut served = call.start();
    let url = served.line(|line| {
        let (_, rest) = line.split_once("oauthctl connect ")?;
        Some(rest.split(' ').next().unwrap().to_owned())
    });
    let args = [
        &url,
        "--name",
        "found",
        "--client-id",
        "sandbox-public",
        "--scope",
        "profile",
    ];
    let (output, _) = world.connect_with(&args);
    output.ended(0).says(&["connected `found/tester`"]);
    world.token("found");
    let log = user_agent::visit(&format!("{url}/_sandbox/log"))
        .unwrap()
        .body;
    assert!(
        log.contains("authorize") && !log.contains("sbx_at_"),
        "{log}"
    );
    served.signal(Signal::TERM);
    assert_eq!(served.finish().ended(143).stdout, format!("{url}\n"));

    world
        .run(&["sandbox", "--fault", "token:1=flood"])
        .ended(2)
        .says(&["is not a fault"]);
    let file = world.ok(&["sandbox", "--port", "0", "--print-provider"]);
    assert!(file.stdout.contains("[endpoints]"));
}

#[test]
fn sandbox_has_a_practice_github_and_exports_its_repositories_at_the_end() {
    let world = World::empty();
    world.make_key();
    let folder = world.path("repositories");
    let call = world.call(&[
        "sandbox",
        "--port",
        "0",
        "--auto-consent",
        "--write-limit",
        "1",
    ]);
    let mut served = call.arg("--export").arg(&folder).start();
    let url = served.line(|line| {
        let (_, rest) = line.split_once("oauthctl connect ")?;
        Some(rest.split(' ').next().unwrap().to_owned())
    });
    let args = [
        "--name",
        "found",
        "--client-id",
        "sandbox-public",
        "--scope",
        "profile",
        "--scope",
        "repo",
    ];
    let (output, _) = world.connect_with(&[&[url.as_str()], args.as_slice()].concat());
    output.ended(0);
    let token = world.token("found");
    let create = |name: &str| {
        let authority = url.strip_prefix("http://").unwrap();
        let body = format!("{{\"name\":\"{name}\",\"private\":true,\"auto_init\":true}}");
        let request = format!(
            "POST /github/user/repos HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
             User-Agent: test\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(authority).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(create("novel").starts_with("HTTP/1.1 201 "));
    let limited = create("another");
    assert!(limited.starts_with("HTTP/1.1 403 ") && limited.contains("Retry-After: "));
    served.signal(Signal::INT);
    let place = folder.join("writer/novel.git");
    let wrote = format!("wrote `{}`", place.display());
    served.finish().ended(130).says(&[&wrote]);
    let head = fs::read_to_string(place.join("HEAD")).unwrap();
    assert_eq!(head, "ref: refs/heads/main\n");
}

#[test]
fn connect_twice_at_the_same_time_makes_one_connection() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let mut running: Vec<_> = (0..3)
        .map(|_| world.call(&["connect", "sandbox", "--no-browser"]).start())
        .collect();
    let browsers: Vec<_> = running
        .iter_mut()
        .map(|one| {
            let url = one.address();
            world.learn_from(&url);
            std::thread::spawn(move || user_agent::visit(&url).unwrap().status)
        })
        .collect();
    for one in running {
        one.finish().ended(0).no_data();
    }
    for browser in browsers {
        assert_eq!(browser.join().unwrap(), 200);
    }
    assert_eq!(world.json(&["list"]).len(), 1);
    world.ok(&["vault", "check"]);
    world.ok(&["refresh", "sandbox"]);
}

/// What the search after every run looks at. Without a log beside the vault it would not show much.
#[test]
fn token_leaves_its_hand_outs_in_the_write_ahead_log_and_nothing_readable() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let log = world.vault().with_extension("db-wal");
    assert!(world.files().contains(&log));
    let size = fs::metadata(&log).unwrap().len();
    assert!(size > 4096, "{size} bytes");
    // control: a leak there would be found
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend(token.as_bytes());
    fs::write(&log, bytes).unwrap();
    let searched = std::panic::AssertUnwindSafe(|| world.check_files());
    assert!(std::panic::catch_unwind(searched).is_err());
}

#[test]
fn complete_looks_into_the_vault_that_the_words_choose() {
    let world = World::new();
    world.connect();
    world.sandbox(|sandbox| sandbox.sign_in_as("reader".parse().unwrap()));
    world
        .connect_with(&["sandbox", "--profile", "work"])
        .0
        .ended(0);
    let offered = |words: &[&str]| {
        let output = world.call(&["complete", "--"]).args(words).run();
        let output = output.ended(0).silent();
        let lines: Vec<String> = output.stdout.lines().map(str::to_owned).collect();
        lines
    };
    let vault = world.vault_of("work").display().to_string();
    let (own, work) = (["sandbox", "sandbox/writer"], ["sandbox", "sandbox/reader"]);
    assert_eq!(offered(&["token", ""]), own);
    assert_eq!(offered(&["--profile", "work", "token", ""]), work);
    assert_eq!(offered(&["token", "--profile=work", ""]), work);
    assert_eq!(offered(&["token", "--vault", &vault, ""]), work);
    // what can't be one has no connections; a word that is still typed chooses nothing yet
    assert!(offered(&["--profile", "a/b", "token", ""]).is_empty());
    assert!(offered(&["--profile", "none", "token", ""]).is_empty());
    assert_eq!(offered(&["token", "--profile", "wo"]), ["work"]);
}

#[test]
fn sandbox_on_a_port_that_is_taken_says_how_to_take_another() {
    let world = World::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    world
        .run(&["sandbox", "--port", &port])
        .ended(1)
        .no_data()
        .says(&[
            &format!("can't listen on 127.0.0.1:{port}"),
            &format!("hint: see who has it: `ss -ltnp sport = :{port}`"),
            "hint: or take one that is free: `oauthctl sandbox --port 0`",
        ]);
}
