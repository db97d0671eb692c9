//! No secret is anywhere but in the vault, and there only encrypted: every output, every file and
//! the process list of a whole life of a connection are searched.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use oauthctl::sandbox::user_agent;

use crate::peer::{CONFIDENTIAL_CLIENT, Peer, Settings};
use crate::relay::Relay;
use crate::rig;
use crate::world::{Connecting, Ended, PROVIDER, World, peer_definition};

/// Whatever a connection can be asked; `P` is the provider.
const LIFE: &[&str] = &[
    "list",
    "list --json",
    "show P",
    "show P --json",
    "token P",
    "token P --format header",
    "token P --json",
    "refresh P",
    "refresh --all --json",
    "refresh --due",
    "client show P",
    "client show P --json",
    "provider list",
    "provider show P",
    "provider show P --json",
    "provider check P",
    "vault status",
    "vault status --json",
    "vault check",
    "audit",
    "audit --json",
    "audit verify",
    "audit export --format csv",
    "token P --min-ttl 2h",
];

/// Everything that was said, by whom.
#[derive(Default)]
struct Heard {
    texts: Vec<(String, Vec<u8>)>,
    samples: usize,
}

#[test]
fn no_secret_is_in_any_output_file_or_process_list() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let relay = Relay::before(&peer.at("/"));
    let mut world = World::new(&peer_definition(&peer, relay.url()));
    for (name, value) in [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")] {
        world.environment.push((name.to_owned(), value.to_owned()));
    }
    let mut heard = Heard::default();
    heard.run(&world, &["vault", "init", "--key", "file"]);
    heard.give(
        &world,
        &["client", "set", PROVIDER, "--id", CONFIDENTIAL_CLIENT],
        peer.secret(),
    );
    let code = heard.connect(&world, "alice");
    for words in LIFE {
        heard.line(&world, words);
    }
    heard.files(&world);
    // what goes wrong must not talk either
    post_old_token(&peer, &relay);
    heard.line(&world, "refresh P");
    heard.line(&world, "token P --min-ttl 2h");
    heard.line(&world, "show P --json");
    heard.files(&world);
    let again = heard.connect(&world, "alice");
    heard.line(&world, "revoke P --json");
    heard.line(&world, "audit --json");
    heard.files(&world);

    let secrets = all_secrets(&peer, &relay, &world, [code, again]);
    let found = heard.search(&secrets);
    assert_eq!(found, [""; 0]);
    assert!(heard.samples > 50, "{} looks at processes", heard.samples);

    rig::say(&format!(
        "leaks: {} secrets searched in {} texts and files, {} looks at processes: none found",
        secrets.len(),
        heard.texts.len(),
        heard.samples
    ));
    what_is_planted_is_found(&mut heard, &world, &secrets);
}

/// The control: each way of looking finds what is there to be found.
fn what_is_planted_is_found(heard: &mut Heard, world: &World, secrets: &[(String, String)]) {
    let planted = secrets.iter().rfind(|(kind, _)| kind == "refresh_token");
    let planted = planted.expect("a refresh token").1.clone();
    fs::write(world.at("state/planted"), format!("x{planted}y")).expect("a file");
    heard.files(world);
    let encoded = STANDARD_NO_PAD.encode(&planted);
    fs::write(world.at("state/planted"), encoded).expect("a file");
    heard.files(world);
    let in_place =
        |found: &[String], place: &str| found.iter().filter(|line| line.contains(place)).count();
    let mut found = Vec::new();
    // A process may be over before anybody looked at it; one of many is seen.
    for _ in 0..100 {
        let mut talker = Command::new("cat");
        talker.args(["-", planted.as_str()]).env("SECRET", &planted);
        heard.watch(
            "talker",
            talker
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
            "x",
        );
        found = heard.search(secrets);
        if in_place(&found, "cmdline of talker") > 0 && in_place(&found, "environ of talker") > 0 {
            break;
        }
    }
    assert!(in_place(&found, "state/planted") >= 2, "{found:?}");
    assert!(
        in_place(&found, "cmdline of talker") > 0 && in_place(&found, "environ of talker") > 0,
        "{found:?}"
    );
}

/// What must not be seen; every kind of it is there.
fn all_secrets(
    peer: &Peer,
    relay: &Relay,
    world: &World,
    codes: [String; 2],
) -> Vec<(String, String)> {
    let mut secrets = relay.secrets();
    secrets.extend(codes.map(|code| ("code".to_owned(), code)));
    secrets.push(("the client's secret".to_owned(), peer.secret().to_owned()));
    let identity = fs::read_to_string(world.vault().with_file_name("identity.txt"));
    let identity = identity.expect("the key file");
    let key = identity
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY"));
    secrets.push(("the vault's key".to_owned(), key.expect("a key").to_owned()));
    for name in [
        "code",
        "code_verifier",
        "refresh_token",
        "access_token",
        "client_secret",
    ] {
        assert!(
            secrets.iter().any(|(found, _)| found == name),
            "no {name} was seen"
        );
    }
    secrets
}

/// Somebody else uses a token that was rotated away: the provider ends the grant.
fn post_old_token(peer: &Peer, relay: &Relay) {
    let secrets = relay.secrets();
    let old = secrets.iter().find(|(name, _)| name == "refresh_token");
    let login = secrets.iter().find(|(name, _)| name == "basic login");
    let basic = format!("Basic {}", login.expect("a login").1);
    let body = format!(
        "grant_type=refresh_token&refresh_token={}",
        old.expect("a token").1
    );
    let headers = [("Authorization", basic)];
    let answer = crate::visitor::exchange("POST", &peer.at("/token"), &headers, Some(&body));
    assert_eq!(
        (answer.status, peer.count("reuses")),
        (400, 1),
        "{answer:?}"
    );
}

impl Heard {
    /// Runs a line of words, where `P` is the provider.
    fn line(&mut self, world: &World, words: &str) {
        let arguments: Vec<_> = words
            .split(' ')
            .map(|word| if word == "P" { PROVIDER } else { word })
            .collect();
        self.run(world, &arguments);
    }

    fn run(&mut self, world: &World, arguments: &[&str]) {
        self.give(world, arguments, "");
    }

    fn give(&mut self, world: &World, arguments: &[&str], stdin: &str) {
        let verbose = [&["--verbose"], arguments].concat();
        let mut command = world.command(&verbose);
        self.watch(&arguments.join(" "), command.stdin(Stdio::piped()), stdin);
    }

    /// Connects, and gives the code that went through the browser.
    fn connect(&mut self, world: &World, account: &str) -> String {
        let arguments = ["--verbose", "connect", PROVIDER, "--no-browser"];
        let child = world.command(&arguments).spawn().expect("the program");
        let mut redirect = None;
        let ended = self.sampled("connect", child, |child| {
            let connecting = Connecting::watch(child);
            let url = connecting.url.clone().expect("a URL");
            let to = crate::peer::login(&url, account);
            let page = user_agent::visit(to.as_str()).expect("the callback page");
            connected(&page.body);
            redirect = Some(to);
            connecting.end()
        });
        assert_eq!(ended.code, 0, "{ended:?}");
        self.hear("connect", ended);
        let redirect = redirect.expect("a redirect");
        let code = redirect.query_pairs().find(|(name, _)| name == "code");
        code.expect("a code").1.into_owned()
    }

    fn watch(&mut self, name: &str, command: &mut Command, stdin: &str) {
        let mut child = command.spawn().expect("a program");
        let mut pipe = child.stdin.take().expect("a pipe");
        let ended = self.sampled(name, child, |child| {
            pipe.write_all(stdin.as_bytes()).expect("a listener");
            drop(pipe);
            Ended::from(child.wait_with_output().expect("an end"))
        });
        assert_ne!(ended.code, 2, "{name} is no command: {ended:?}");
        self.hear(name, ended);
    }

    fn hear(&mut self, name: &str, ended: Ended) {
        self.texts
            .push((format!("stdout of {name}"), ended.stdout.into_bytes()));
        self.texts
            .push((format!("stderr of {name}"), ended.stderr.into_bytes()));
    }

    /// Looks at what everybody may see of a process, again and again until it ends.
    fn sampled(&mut self, name: &str, child: Child, until: impl FnOnce(Child) -> Ended) -> Ended {
        let over = AtomicBool::new(false);
        let folder = format!("/proc/{}", child.id());
        let look =
            || ["cmdline", "environ"].map(|what| (what, fs::read(Path::new(&folder).join(what))));
        // one look at least, however short it lives
        let first = look();
        let (ended, seen) = thread::scope(|scope| {
            let looking = scope.spawn(|| {
                let mut seen: Vec<_> = first.into();
                while !over.load(Ordering::Relaxed) {
                    seen.extend(look());
                    thread::park_timeout(Duration::from_millis(1));
                }
                seen
            });
            let ended = until(child);
            over.store(true, Ordering::Relaxed);
            (ended, looking.join().expect("the looks"))
        });
        self.samples += seen.len();
        let seen: BTreeSet<_> = seen
            .into_iter()
            .filter_map(|(what, read)| Some((what, read.ok()?)))
            .collect();
        let named = seen.into_iter();
        self.texts
            .extend(named.map(|(what, bytes)| (format!("{what} of {name}"), bytes)));
        ended
    }

    /// Keeps every file of a world as it is now.
    fn files(&mut self, world: &World) {
        let mut folders = vec![world.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).expect("a file");
                    self.texts.push((path.display().to_string(), bytes));
                }
            }
        }
    }

    /// Where a secret stands, in any of its spellings, and has no business to.
    fn search(&self, secrets: &[(String, String)]) -> Vec<String> {
        let mut found = Vec::new();
        for (kind, secret) in secrets {
            let hex = oauthctl::names::hex(secret.as_bytes());
            let spellings = [
                secret.clone(),
                hex,
                STANDARD_NO_PAD.encode(secret),
                URL_SAFE_NO_PAD.encode(secret),
            ];
            for (place, text) in &self.texts {
                let asked_for = kind == "access_token" && place.starts_with("stdout of token");
                let its_own = kind == "the vault's key" && place.ends_with("/identity.txt");
                let is_there = || {
                    spellings
                        .iter()
                        .any(|spelling| holds(text, spelling.as_bytes()))
                };
                if !asked_for && !its_own && is_there() {
                    found.push(format!("{kind} in {place}"));
                }
            }
        }
        found
    }
}

fn connected(page: &str) {
    assert!(page.contains("<title>Connected"), "{page}");
}

fn holds(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else {
        return false;
    };
    let starts = text.iter().enumerate().filter(|(_, byte)| *byte == first);
    starts
        .into_iter()
        .any(|(at, _)| text.get(at..).is_some_and(|rest| rest.starts_with(wanted)))
}
