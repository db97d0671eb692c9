//! `git-credential`: whom a token is told to, and whom never.

use std::collections::BTreeSet;

use oauthctl::sandbox::{Endpoint, Options, Sandbox};

use crate::world::{Output, World, moved};

/// A sandbox whose definition answers for a host of its own.
fn world() -> World {
    let world = World::new();
    define(&world, "\"git.example\", \"127.0.0.1:8418\"");
    world.connect();
    world
}

fn define(world: &World, hosts: &str) {
    let own = world.provider_toml();
    let (rest, _) = own.split_once("\n[git]\n").unwrap();
    let git = format!("[git]\nhosts = [{hosts}]\nusername = \"token\"\n");
    world.define("sandbox", &format!("{rest}\n{git}"));
}

fn ask(world: &World, operation: &str, request: &str) -> Output {
    world
        .call(&["git-credential", operation])
        .stdin(request)
        .run()
}

fn get(world: &World, request: &str) -> Output {
    ask(world, "get", request).ended(0)
}

#[test]
fn git_credential_get_tells_the_token_and_when_it_ends_for_its_own_host() {
    let world = world();
    let token = world.token("sandbox");
    let output = get(&world, "protocol=https\nhost=git.example\n\n").silent();
    let lines: Vec<_> = output.stdout.lines().collect();
    assert_eq!(
        lines[..3],
        ["protocol=https", "host=git.example", "username=token"]
    );
    let expiry = lines[3].strip_prefix("password_expiry_utc=").unwrap();
    let shown = world.shown("sandbox")["expires_at"]
        .as_str()
        .unwrap()
        .to_owned();
    let expiry: i64 = expiry.parse().unwrap();
    let at = oauthctl::moment::Timestamp::from_unix_millis(expiry * 1000);
    assert!(
        shown.starts_with(at.to_string().trim_end_matches('Z')),
        "{shown} {at}"
    );
    assert_eq!(lines[4..], [format!("password={token}")]);
    // the account's own name is kept when git names it
    let named = get(
        &world,
        "protocol=https\nhost=git.example\nusername=writer\n\n",
    );
    assert!(named.stdout.contains("\nusername=writer\n"));
    let plain = get(&world, "protocol=http\nhost=127.0.0.1:8418\n\n");
    assert!(plain.stdout.contains("password="));
}

#[test]
fn git_credential_get_refreshes_an_expired_token_first() {
    let world = World::expired();
    define(&world, "\"git.example\"");
    let before = world.count(Endpoint::Refresh);
    let output = get(&world, "protocol=https\nhost=git.example\n");
    assert_eq!(world.count(Endpoint::Refresh), before + 1);
    assert!(
        output
            .stdout
            .ends_with(&format!("password={}\n", world.token("sandbox")))
    );
}

/// Hosts that a careless comparison, or another parser, could take for the world's own.
const LOOK_ALIKES: &[&str] = &[
    "git.example.evil.test",
    "evil.test",
    "git.exampl",
    "git.examplee",
    "xgit.example",
    "git-example",
    "gitxexample",
    "a.git.example",
    ".git.example",
    "git.example.",
    "git..example",
    "git.example:443",
    "git.example:8443",
    "git.example:",
    "git.example:0",
    "git.example%00",
    "git.example%2eevil.test",
    "git.example/evil.test",
    "git.example@evil.test",
    "evil.test@git.example",
    "user:pw@git.example",
    "git.example?x",
    "git.example#x",
    "git.example\\evil.test",
    "[git.example]",
    "git\u{2024}example",
    "g\u{456}t.example",
    "git.\u{435}xample",
    "git.example\u{200b}",
    "\u{feff}git.example",
    "git.example ",
    " git.example",
    "git.example\t",
    "127.0.0.1",
    "127.0.0.1:84180",
    "127.0.0.1:841",
    "localhost:8418",
    "127.1:8418",
    "0x7f.0.0.1:8418",
    "127.0.0.2:8418",
    "[::1]:8418",
    "*.example",
    "*",
    "",
    "git.example,evil.test",
    "git.example;evil.test",
    "git.example&evil.test",
    "example",
    "www.git.example",
    "git.EXAMPLE.evil.test",
];

#[test]
fn git_credential_is_silent_for_every_host_that_only_looks_like_its_own() {
    let world = world();
    world.stop_sandbox();
    let mut hosts: Vec<String> = LOOK_ALIKES.iter().map(ToString::to_string).collect();
    for letter in 'a'..='z' {
        hosts.push(format!("git.example{letter}"));
        hosts.push(format!("{letter}git.example"));
        hosts.push(format!("git.{letter}example"));
    }
    assert!(hosts.len() >= 120, "{}", hosts.len());
    for host in hosts {
        for protocol in ["https", "http"] {
            let request = format!("protocol={protocol}\nhost={host}\n\n");
            get(&world, &request).silent().no_data();
        }
    }
    // control: upper case is the same host
    assert!(
        !get(&world, "protocol=https\nhost=GIT.Example\n")
            .stdout
            .is_empty()
    );
}

/// git takes these apart before it asks a helper, and its own trials of credentials (t0300) hold most
/// of them; whoever sends one is not git.
const URLS: [&str; 12] = [
    "https://git.example",
    "https://git.example/a",
    "https://evil.test",
    "https://one.example?%0ahost=git.example/",
    "https://git.example?foo.git",
    "https://git.example#foo.git",
    "https://git.example%23%3f%2f/foo.git",
    "https://evil.test%0d@git.example/",
    "https://user:pass@git.example",
    "cert:///path/to/cert.pem",
    "//git.example",
    "https:",
];

/// Requests that break the format, in each of the places where they can.
fn broken_requests() -> Vec<String> {
    let whole = [
        "protocol=https",
        "host=git.example",
        "path=a/b",
        "username=writer",
    ];
    let mut broken = Vec::new();
    for (place, line) in whole.iter().enumerate() {
        for poison in [
            "\r",
            "\0",
            "\rhost=evil.test",
            "\r\n",
            "\r\r",
            "\0\n",
            "%0a\r",
            "\u{1}\0",
            "\0\0",
            "\r\0",
            "\rprotocol=https",
        ] {
            for at in [0, line.len() / 2, line.len()] {
                let mut lines: Vec<String> = whole.iter().map(ToString::to_string).collect();
                lines[place].insert_str(at, poison);
                broken.push(lines.join("\n") + "\n\n");
            }
        }
        for twice in whole {
            let mut lines = whole.to_vec();
            lines.insert(place, twice);
            broken.push(lines.join("\n") + "\n\n");
        }
        for junk in ["no sign", "x", " ", "\u{202e}"] {
            let mut lines = whole.to_vec();
            lines.insert(place, junk);
            broken.push(lines.join("\n") + "\n\n");
        }
        for other in [
            "", "ssh", "ftp", "http", "file", "HTTPS", "https:", "https ", "cert", "git", "httpss",
            " https", "https://", "sftp",
        ] {
            let protocol = format!("protocol={other}");
            let mut lines = whole.to_vec();
            lines[0] = &protocol;
            lines.rotate_left(place);
            broken.push(lines.join("\n") + "\n\n");
        }
        for url in URLS {
            let url = format!("url={url}");
            let mut lines = whole.to_vec();
            lines.insert(place, &url);
            broken.push(lines.join("\n") + "\n\n");
        }
        let long = format!("path={}", "a".repeat(70_000));
        let mut lines = vec!["protocol=https", "host=git.example"];
        lines.insert(place % 3, &long);
        broken.push(lines.join("\n"));
    }
    let whole = "protocol=https\nhost=git.example";
    broken.extend(
        (0..whole.len())
            .filter_map(|end| whole.get(..end))
            .map(str::to_owned),
    );
    broken.push("a=b\n".repeat(300_000) + "protocol=https\nhost=git.example\n");
    broken
}

#[test]
fn git_credential_answers_no_broken_request() {
    let world = world();
    world.stop_sandbox();
    let broken = broken_requests();
    let different: BTreeSet<&String> = broken.iter().collect();
    assert!(different.len() >= 300, "{}", different.len());
    for request in broken {
        get(&world, &request).silent().no_data();
    }
    // control: the same request, whole
    let whole = "protocol=https\nhost=git.example\npath=a/b\nusername=writer\n\n";
    assert!(!get(&world, whole).stdout.is_empty());
}

#[test]
fn git_credential_store_keeps_nothing_and_erase_never_ends_a_connection() {
    let world = world();
    let token = world.token("sandbox");
    let request = format!("protocol=https\nhost=git.example\nusername=token\npassword={token}\n\n");
    ask(&world, "store", &request).ended(0).silent().no_data();
    ask(&world, "approve-in-some-future", &request)
        .ended(0)
        .silent()
        .no_data();
    // somebody else's password is none of ours
    let other = "protocol=https\nhost=git.example\nusername=token\npassword=other\n\n";
    ask(&world, "erase", other).ended(0).silent().no_data();
    assert_eq!(world.count(Endpoint::Refresh), 0);
    assert_eq!(world.token("sandbox"), token);
    for _ in 0..100 {
        ask(&world, "erase", &request).ended(0).silent().no_data();
    }
    assert_eq!(
        world.count(Endpoint::Refresh),
        1,
        "refused once, renewed once"
    );
    assert_ne!(world.token("sandbox"), token);
    assert_eq!(world.shown("sandbox")["state"], "active");
}

#[test]
fn git_credential_asks_which_of_several_accounts() {
    let world = world();
    world.connect_as("reader");
    ask(&world, "get", "protocol=https\nhost=git.example\n\n")
        .ended(4)
        .no_data()
        .says(&[
            "sandbox/reader",
            "sandbox/writer",
            "hint: choose one: `oauthctl config set account.sandbox ACCOUNT`, for a folder",
            "hint: or for git alone: `git config --global credential.https://git.example.username",
        ]);
    define(&world, "\"127.0.0.1:1\"");
    ask(&world, "get", "protocol=http\nhost=127.0.0.1:1\n\n")
        .ended(4)
        .says(&["`git config --global credential.http://127.0.0.1:1.username ACCOUNT`"]);
    define(&world, "\"git.example\"");
    let named = get(
        &world,
        "protocol=https\nhost=git.example\nusername=reader\n\n",
    );
    assert!(named.stdout.contains(&world.token("sandbox/reader")));
    get(
        &world,
        "protocol=https\nhost=git.example\nusername=nobody\n\n",
    )
    .says(&["is connected, but git or a rule asks for another account"])
    .no_data();
    // Hosts don't tell large letters from small ones in names.
    let named = get(
        &world,
        "protocol=https\nhost=git.example\nusername=Reader\n\n",
    );
    assert!(named.stdout.contains("username=Reader\n"));
    assert!(named.stdout.contains(&world.token("sandbox/reader")));
}

#[test]
fn git_credential_gives_nothing_for_a_definition_that_came_later() {
    let world = world();
    let request = "protocol=https\nhost=git.example\n\n";
    assert!(get(&world, request).stdout.contains("password="));
    let token = world.token("sandbox");
    let elsewhere = Sandbox::start(Options::new(oauthctl::app::moment().wall)).unwrap();
    let ours = world.sandbox(|sandbox| sandbox.url().to_owned());
    let own = world.provider_toml();
    let (rest, _) = own.split_once("\n[git]\n").unwrap();
    let git = "[git]\nhosts = [\"git.example\"]\nusername = \"token\"\n";
    let replaced = format!("{}\n{git}", moved(rest, &ours, &elsewhere));
    world.define("sandbox", &replaced);
    get(&world, request)
        .says(&["now names another", "oauthctl doctor"])
        .no_data();
    let refused = format!("protocol=https\nhost=git.example\npassword={token}\n\n");
    ask(&world, "erase", &refused).ended(0).silent();
    assert_eq!(elsewhere.count(Endpoint::Refresh), 0);
    assert_eq!(world.count(Endpoint::Refresh), 0);
}

#[test]
fn git_setup_of_a_host_that_nobody_answers_for_says_which_are_near() {
    World::empty()
        .run(&["git", "setup", "gihub.com"])
        .ended(2)
        .says(&[
            "no provider answers for the host `gihub.com`",
            "hint: near it: `github.com`",
        ]);
}

#[test]
fn git_credential_get_says_the_way_out_for_its_own_host_without_a_connection() {
    let world = World::new();
    define(&world, "\"git.example\"");
    let says = "no connection answers for `git.example` yet: `oauthctl connect sandbox`";
    let request = "protocol=https\nhost=git.example\n\n";
    let refused = "protocol=https\nhost=git.example\npassword=x\n\n";
    let tells = || {
        let output = get(&world, request).no_data().says(&[says]);
        assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
        get(&world, "protocol=https\nhost=evil.test\n\n").silent();
        ask(&world, "erase", refused).ended(0).silent();
    };
    tells();
    world.ok(&["vault", "init"]);
    tells();
    world.connect();
    get(&world, request).silent();
}

#[test]
fn git_setup_warns_where_no_connection_answers_yet() {
    let world = World::new();
    define(&world, "\"git.example\"");
    let git = world.path("bin/git");
    std::fs::write(&git, "#!/bin/sh\nexit 0\n").unwrap();
    crate::world::set_mode(&git, 0o755);
    let says = "no connection answers for `git.example` yet: `oauthctl connect sandbox`";
    world
        .ok(&["git", "setup", "git.example"])
        .says(&["from now on", says]);
    world.connect();
    world
        .ok(&["git", "setup", "git.example"])
        .silent_about("no connection");
}

#[test]
fn git_credential_that_needs_a_passphrase_names_no_terminal() {
    let world = World::new();
    define(&world, "\"git.example\"");
    let passphrase = world.give("passphrase", "correct horse");
    let key = world.path("given/key.age");
    let init = ["vault", "init", "--key", "passphrase", "--identity-file"];
    let init = world
        .call(&init)
        .arg(&key)
        .without("OAUTHCTL_IDENTITY_FILE");
    let init = init.env("OAUTHCTL_PASSPHRASE_FILE", &passphrase);
    init.run().ended(0);
    let shut = |args: &[&str], stdin: &str| {
        let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.stdin(stdin).run().ended(6)
    };
    // the control
    shut(&["list"], "").says(&["or run this on a terminal"]);
    shut(
        &["git-credential", "get"],
        "protocol=https\nhost=git.example\n\n",
    )
    .silent_about("terminal")
    .says(&["OAUTHCTL_PASSPHRASE_FILE"]);
}
