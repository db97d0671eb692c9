//! `doctor`: says what is wrong and the way out, changes nothing, contacts nobody unasked.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::Value;

use crate::world::{Output, World, set_mode};

/// The checks of a document, as `topic subject level text`.
fn checks(output: &Output) -> Vec<(String, String, String, String, usize)> {
    let document = output.documents().remove(0);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = document["checks"].as_array().unwrap().iter();
    checks
        .map(|check| {
            (
                text(&check["check"]),
                text(&check["subject"]),
                text(&check["level"]),
                text(&check["text"]),
                check["hints"].as_array().unwrap().len(),
            )
        })
        .collect()
}

/// The level of the first check of a topic whose text holds `part`.
#[track_caller]
fn level(output: &Output, topic: &str, part: &str) -> String {
    let all = checks(output);
    let found = all
        .iter()
        .find(|check| check.0 == topic && check.3.contains(part));
    found
        .unwrap_or_else(|| panic!("no `{topic}` with `{part}`: {all:#?}"))
        .2
        .clone()
}

#[test]
fn doctor_in_an_empty_world_fails_at_nothing_and_makes_nothing() {
    let world = World::empty();
    let output = world
        .call(&["doctor"])
        .env("BROWSER", "none")
        .run()
        .ended(0)
        .silent();
    for part in [
        "[warn] keyring: ",
        "[skip] vault: there is none yet",
        "[ ok ] permissions: ",
        "[skip] room: ",
        "[ ok ] proxy: none is set",
        "[warn] browser: ",
        "[skip] client: no provider is in use",
        "[skip] network: nobody was contacted",
        "hint: ",
    ] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert!(!world.path("home/data").exists() && !world.path("home/config").exists());
}

#[test]
fn doctor_waits_for_a_keyring_that_hangs_no_longer_than_its_deadline() {
    let world = World::empty();
    let socket = world.path("tmp/bus");
    // takes connections, and never says a word
    let _bus = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    let call = world
        .call(&["doctor"])
        .env("DBUS_SESSION_BUS_ADDRESS", address);
    let begun = std::time::Instant::now();
    let output = call.run().ended(0);
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    let said = output
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(said.contains("the system keyring did not answer"), "{said}");
}

#[test]
fn doctor_names_what_a_killed_program_left_half_written() {
    let world = World::new();
    world.connect();
    world.ok(&["doctor"]).silent_about("was left by");
    let folder = world.vault().parent().unwrap().to_owned();
    fs::write(folder.join("identity.txt.0123456789abcdef.tmp"), "half").unwrap();
    // not ours
    fs::write(folder.join("notes.tmp"), "x").unwrap();
    let output = world.ok(&["doctor"]);
    let said = output
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(said.contains("[warn] files: `"), "{said}");
    assert!(
        said.contains("identity.txt.0123456789abcdef.tmp` was left by a program that was killed")
    );
    assert!(
        said.contains("`rm ") && !said.contains("notes.tmp"),
        "{said}"
    );
}

#[test]
fn doctor_changes_no_byte_and_asks_the_provider_nothing() {
    let world = World::new();
    world.connect();
    let content = |world: &World| {
        let files = world.files().into_iter();
        let kept = files.filter(|file| !file.to_string_lossy().ends_with("-shm"));
        let read = kept.map(|file| (file.clone(), fs::read(file).unwrap()));
        read.collect::<BTreeMap<_, _>>()
    };
    let (before, asked) = (
        content(&world),
        world.sandbox(|sandbox| sandbox.log().len()),
    );
    let events = world.json(&["audit"]).len();
    let output = world.call(&["doctor", "--json"]).run().ended(0);
    assert_eq!(
        level(&output, "vault", "every record and event is sound"),
        "ok"
    );
    assert_eq!(level(&output, "trust", "anchor"), "ok");
    assert_eq!(level(&output, "recovery", "loses the vault"), "warn");
    assert_eq!(level(&output, "client", "without a secret"), "ok");
    assert_eq!(level(&output, "connection", "refreshed when used"), "ok");
    assert_eq!(world.sandbox(|sandbox| sandbox.log().len()), asked);
    assert_eq!(world.json(&["audit"]).len(), events);
    assert_eq!(content(&world), before);
}

#[test]
fn doctor_names_every_fault_with_its_exit_code_and_a_way_out() {
    let world = World::new();
    world.connect();
    let failing = |call: crate::world::Call<'_>, code: i32, topic: &str, part: &str| {
        let output = call.arg("--json").run().ended(code);
        assert_eq!(level(&output, topic, part), "fail");
        for check in checks(&output) {
            let needs_hint = ["warn", "fail"].contains(&check.2.as_str());
            assert!(!needs_hint || check.4 > 0, "no way out: {check:?}");
        }
    };
    let doctor = || world.call(&["doctor"]);
    // others may read the vault
    let folder = world.vault().parent().unwrap().to_owned();
    set_mode(&folder, 0o777);
    failing(
        doctor(),
        9,
        "permissions",
        "can be read or written by others",
    );
    set_mode(&folder, 0o700);
    // another key
    let other = world.give("other.txt", &format!("{}\n", crate::world::new_identity()));
    failing(
        doctor().env("OAUTHCTL_IDENTITY_FILE", other),
        6,
        "vault",
        "",
    );
    failing(
        doctor().env("OAUTHCTL_IDENTITY_FILE", world.path("none")),
        6,
        "vault",
        "",
    );
    // the way to the network
    failing(
        doctor().env("HTTPS_PROXY", "socks5://h:1"),
        1,
        "proxy",
        "SOCKS",
    );
    failing(
        doctor().env("SSL_CERT_FILE", world.path("none")),
        1,
        "tls",
        "SSL_CERT_FILE",
    );
    // a port that a provider insists on
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let fixed = format!("extends = \"notion\"\n[redirect]\nport = {port}\n");
    world.define("notion", &fixed);
    failing(
        world.call(&["doctor", "notion"]),
        1,
        "ports",
        "in use by another program",
    );
    drop(listener);
    // a definition that can't be read
    world.define("notion", "extends = \"nothing\"\n");
    failing(world.call(&["doctor", "notion"]), 1, "provider", "");
    // a grant that ended
    world.faults(&["refresh:*=invalid-grant"]);
    world.run(&["refresh", "sandbox"]).ended(4);
    failing(doctor(), 4, "connection", "the provider ended it");
}

#[test]
fn doctor_tells_of_a_damaged_vault_and_looks_at_the_rest() {
    let world = World::new();
    world.connect();
    for number in 0..9 {
        let id = format!("client-{number}");
        world.ok(&["client", "set", "sandbox", "--id", &id]);
    }
    // what stands in the log would be read in place of the pages
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(raw);
    let sound = fs::read(world.vault()).unwrap();
    let pages = sound.len() / 4096;
    let mut failed = 0;
    for page in 0..pages {
        let mut damaged = sound.clone();
        damaged[page * 4096..(page + 1) * 4096].fill(0x55);
        fs::write(world.vault(), &damaged).unwrap();
        let output = world.call(&["doctor", "--json"]).run();
        let all = checks(&output);
        // some pages hold nothing
        if output.code != 0 {
            failed += 1;
            let of_vault = all.iter().filter(|it| it.0 == "vault").collect::<Vec<_>>();
            let [(_, _, level, text, hints)] = of_vault[..] else {
                panic!("page {page}: {all:#?}");
            };
            assert_eq!(level, "fail", "page {page}: {text}");
            assert!(*hints > 0, "page {page}: {text}");
        }
        for topic in ["permissions", "room", "clock", "tls", "ports", "network"] {
            assert!(all.iter().any(|it| it.0 == topic), "page {page}: {topic}");
        }
    }
    assert!(failed > pages / 2, "{failed} of {pages}");
}

#[test]
fn doctor_tells_of_broken_settings_and_looks_at_the_rest() {
    let world = World::new();
    world.connect();
    let file = world.path("home/config/oauthctl/config.toml");
    fs::write(&file, "profile = 7\n").unwrap();
    let output = world.call(&["doctor", "--json"]).run().ended(1);
    assert_eq!(level(&output, "settings", "config.toml` line 1"), "fail");
    assert_eq!(level(&output, "vault", "sound"), "ok");
    assert_eq!(level(&output, "connection", ""), "ok");
    world.run(&["list"]).ended(1);
}

#[test]
fn doctor_fails_where_no_file_can_be_written() {
    let world = World::new();
    world.connect();
    let output = world.call(&["doctor", "--json"]).run().ended(0);
    assert_eq!(level(&output, "room", ""), "ok");
    // as on a full disk
    let full = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    let call = world.call(&["doctor", "--json"]).through(full);
    let output = call.run().ended(1);
    assert_eq!(level(&output, "room", "could not write to"), "fail");
    assert_eq!(level(&output, "room", "too large"), "fail");
    // where there is no vault yet, too
    let world = World::empty();
    fs::create_dir_all(world.path("home/data/oauthctl")).unwrap();
    let call = world.call(&["doctor", "--json"]).through(full);
    let output = call.run().ended(1);
    assert_eq!(level(&output, "room", "data/oauthctl"), "fail");
    let left = fs::read_dir(world.path("home/data/oauthctl")).unwrap();
    assert_eq!(left.count(), 0);
}

#[test]
fn doctor_without_the_definition_of_a_connection_fails_and_blames_no_typing() {
    let world = World::new();
    world.connect();
    fs::remove_file(world.path("home/config/oauthctl/providers/sandbox.toml")).unwrap();
    let output = world.call(&["doctor", "--json"]).run().ended(1);
    assert_eq!(level(&output, "provider", ""), "fail");
    world.run(&["doctor", "nosuch"]).ended(2);
}

#[test]
fn doctor_finds_a_client_without_its_secret() {
    let world = World::new();
    world.connect();
    let definition = world
        .provider_toml()
        .replace("secret = \"optional\"", "secret = \"required\"");
    world.define("sandbox", &definition);
    let output = world.run(&["doctor", "--json"]).ended(1);
    assert_eq!(level(&output, "client", "has no secret here"), "fail");
}

#[test]
fn doctor_online_compares_the_clock_with_the_servers_date() {
    let world = World::new();
    world.connect();
    let output = world.call(&["doctor", "--online", "--json"]).run().ended(0);
    assert_eq!(level(&output, "network", "answers"), "ok");
    assert_eq!(level(&output, "clock", "fits its own"), "ok");
    // a server of last year
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        let answer =
            "HTTP/1.1 404 x\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer.as_bytes()).unwrap();
        request[..read].to_vec()
    });
    let toml = format!(
        "[endpoints]\nauthorization = \"http://{address}/a\"\ntoken = \"http://{address}/t\"\n\
         [authorization]\npkce = \"S256\"\n[client]\nauthentication = \"post\"\nsecret = \"optional\"\n"
    );
    world.define("old", &toml);
    let output = world.run(&["doctor", "old", "--online", "--json"]).ended(1);
    assert_eq!(level(&output, "clock", "ahead of its own"), "fail");
    // and nobody at all
    let output = world.run(&["doctor", "old", "--online", "--json"]).ended(5);
    assert_eq!(level(&output, "network", "can't reach"), "fail");
}

#[test]
fn doctor_report_tells_neither_account_nor_client_nor_place() {
    let world = World::new();
    world.connect_as("somebody@private.example");
    // one that nobody is connected to, and that can't be read
    world.define("secretcorp", "nonsense = 1\n");
    let shown = world.shown("sandbox");
    let told = |text: &str| {
        let client = shown["client_id"].as_str().unwrap();
        let folder = world.path("").canonicalize().unwrap();
        let private = [
            "somebody",
            "private.example",
            client.get(..4).unwrap(),
            folder.to_str().unwrap(),
            "sandbox",
            "secretcorp",
            "127.0.0.1:",
            "pa55word",
            "proxy.internal",
        ];
        private
            .into_iter()
            .filter(|word| text.contains(word))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // the control: without `--report` it tells
    let open = world.ok(&["doctor", "--online"]).stdout;
    assert!(told(&open).len() > 3, "{open}");
    let proxy = "http://me:pa55word@proxy.internal:3128";
    let report = |world: &World| {
        let call = world.call(&["doctor", "--online", "--report"]);
        call.env("HTTPS_PROXY", proxy).run()
    };
    let sound = report(&world).ended(0);
    assert_eq!(
        told(&sound.stdout),
        Vec::<String>::new(),
        "{}",
        sound.stdout
    );
    assert!(sound.stdout.starts_with("oauthctl "), "{}", sound.stdout);
    world.faults(&["refresh:*=invalid-grant"]);
    world.run(&["refresh", "sandbox"]).ended(4);
    set_mode(&world.vault(), 0o644);
    let broken = report(&world);
    assert_eq!(
        told(&broken.stdout),
        Vec::<String>::new(),
        "{}",
        broken.stdout
    );
    set_mode(&world.vault(), 0o600);
    let ended = report(&world).ended(4);
    assert_eq!(
        told(&ended.stdout),
        Vec::<String>::new(),
        "{}",
        ended.stdout
    );
    world.stop_sandbox();
    let gone = report(&world).ended(4);
    assert_eq!(told(&gone.stdout), Vec::<String>::new(), "{}", gone.stdout);
}

#[test]
fn doctor_report_does_not_tell_what_a_key_file_is_called() {
    let world = World::new();
    world.connect();
    let key = world.path("keys/k-7d2004c8 of mine.txt");
    let key = key.to_str().unwrap();
    world.ok(&["vault", "move-key", "--to", "file", "--identity-file", key]);
    let report = world
        .call(&["doctor", "--report"])
        .without("OAUTHCTL_IDENTITY_FILE")
        .run()
        .stdout;
    for part in ["7d2004c8", "mine.txt"] {
        assert!(!report.contains(part), "{report}");
    }
    assert!(report.contains("KEY-FILE"), "{report}");
}

#[test]
fn doctor_names_the_program_of_a_hook_that_is_not_there() {
    let world = World::new();
    let config = world.path("home/config/oauthctl/config.toml");
    let hooks = |text: &str| {
        fs::create_dir_all(config.parent().unwrap()).unwrap();
        fs::write(&config, format!("[hooks]\n{text}\n")).unwrap();
        set_mode(&config, 0o600);
    };
    let all = |output: &Output| {
        let all = checks(output).into_iter();
        let all = all.filter(|check| check.0 == "hook");
        all.map(|check| check.3).collect::<Vec<_>>()
    };
    fs::create_dir_all(world.path("bin")).unwrap();
    fs::copy("/bin/sh", world.path("bin/told")).unwrap();
    hooks("on_refresh = [\"told\"]\non_error = [\"/bin/sh\", \"-c\", \"true\"]");
    let output = world.call(&["doctor", "--json"]).run();
    assert_eq!(all(&output), Vec::<String>::new());
    hooks(
        "on_refresh = [\"nobody-has-this\"]\non_error = [\"/nowhere/x\"]\non_login_required = [\"~/y\"]",
    );
    let output = world.call(&["doctor", "--json"]).run();
    assert_eq!(
        level(&output, "hook", "`on_refresh` names `nobody-has-this`"),
        "warn"
    );
    assert_eq!(
        level(&output, "hook", "`on_error` names `/nowhere/x`"),
        "warn"
    );
    assert_eq!(
        level(&output, "hook", "`on_login_required` names `~/y`"),
        "warn"
    );
    // a file that can't be started is no program
    let at_home = world.path("home/y");
    fs::write(&at_home, "#!/bin/sh\n").unwrap();
    set_mode(&at_home, 0o600);
    assert_eq!(all(&world.call(&["doctor", "--json"]).run()).len(), 3);
    set_mode(&at_home, 0o700);
    assert_eq!(all(&world.call(&["doctor", "--json"]).run()).len(), 2);
}

#[test]
fn doctor_report_takes_no_ending_of_a_word_for_the_name_of_a_provider() {
    let world = World::new();
    world.define("s", &world.provider_toml());
    world.define("t", &world.provider_toml());
    let output = world.ok(&["doctor", "s", "t", "--report"]);
    let said = output.stdout.split_whitespace().collect::<Vec<_>>();
    let said = said.join(" ");
    assert!(said.contains("PROVIDER-"), "{said}");
    assert!(!said.contains("'PROVIDER-"), "{said}");
}
