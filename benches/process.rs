//! What a person waits for: whole processes, next to something on the same machine.
//!
//! `cargo bench --bench process` prints medians and ratios. Both programs of a pair run in turn, so
//! that a machine which speeds up or slows down does so for both. Where `secret-tool` and a private
//! keyring can be had, `tests/system/with-secret-service` runs this with `KEYRING=1` for the
//! keyring's row. `STATIC=PATH` names the program that `.ci/package` made, for a row of its own.
//!
//! Hello world, linked with glibc, runs CPUID 80 times, which a hypervisor answers: in 15 µs on one
//! machine, in 1 µs on another. So the ratios to it are worth as much as the times beside them.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark measures with the clock, prints, and may panic"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use oauthctl::app::moment;
use oauthctl::names::AccountLabel;
use oauthctl::sandbox::{Endpoint, Options, Sandbox, user_agent};

const PROGRAM: &str = env!("CARGO_BIN_EXE_oauthctl");
const PAIRS: usize = 200;

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let keyring = std::env::var_os("KEYRING").is_some();
    let world = World::new(folder.path(), keyring);
    let hello = hello_world(folder.path());
    cached(&world, &hello, keyring);
    if !keyring {
        refresh(&world, &hello);
        herd(&world);
        many(&world);
    }
}

/// A profile against a sandbox.
struct World<'a> {
    folder: &'a Path,
    sandbox: Sandbox,
}

impl<'a> World<'a> {
    fn new(folder: &'a Path, keyring: bool) -> Self {
        let mut options = Options::new(moment().wall);
        options.accounts = (0..1000).map(|n| label(&format!("writer-{n}"))).collect();
        let sandbox = Sandbox::start(options).expect("a sandbox");
        let world = Self { folder, sandbox };
        let definition = folder.join("sandbox.toml");
        fs::write(&definition, world.sandbox.provider_toml("Sandbox")).expect("a definition");
        world.run(&[
            "vault",
            "init",
            "--key",
            if keyring { "keyring" } else { "file" },
        ]);
        world.run(&["provider", "add", "sandbox.toml"]);
        world.connect("writer-0");
        world
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(PROGRAM), arguments)
    }

    fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder)
            .env("HOME", self.folder)
            .env("XDG_CONFIG_HOME", self.folder.join("config"))
            .env("XDG_DATA_HOME", self.folder.join("data"))
            .env("XDG_STATE_HOME", self.folder.join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) {
        let status = self.command(arguments).status().expect("a process");
        assert!(status.success(), "{arguments:?}");
    }

    fn lifetimes(&self, text: &str) {
        let lifetimes = text.parse().expect("lifetimes");
        self.sandbox.adjust(|options| options.lifetimes = lifetimes);
    }

    fn connect(&self, account: &str) {
        self.sandbox.sign_in_as(label(account));
        let mut child = self
            .command(&["connect", "sandbox", "--no-browser"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stderr.take().expect("its stderr")).lines();
        for line in lines
            .map_while(Result::ok)
            .filter(|line| line.starts_with("http://"))
        {
            user_agent::visit(&line).expect("a visit");
        }
        assert!(child.wait().expect("its end").success());
    }
}

fn label(text: &str) -> AccountLabel {
    text.parse().expect("a label")
}

/// The smallest program there is, built as ours is by default.
fn hello_world(folder: &Path) -> PathBuf {
    let source = folder.join("hello.rs");
    let program = folder.join("hello");
    fs::write(&source, "fn main() { println!(\"hello\"); }").expect("a source");
    let built = Command::new("rustc")
        .args(["-O", "-o"])
        .args([&program, &source])
        .status()
        .expect("rustc");
    assert!(built.success());
    program
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    let status = command.status().expect("a process");
    let took = started.elapsed();
    assert!(status.success());
    took
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times
        .get(times.len() / 2)
        .map_or(0.0, Duration::as_secs_f64)
        * 1000.0
}

/// Runs both in turn and prints their medians.
fn compare(
    what: &str,
    mut ours: impl FnMut() -> Command,
    other: &str,
    mut theirs: impl FnMut() -> Command,
) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    timed(&mut ours());
    timed(&mut theirs());
    for _ in 0..PAIRS {
        a.push(timed(&mut ours()));
        b.push(timed(&mut theirs()));
    }
    let (a, b) = (median(a), median(b));
    println!("{what}: {a:.2} ms, {other}: {b:.2} ms, ratio {:.2}", a / b);
}

fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdout(Stdio::null());
    command
}

fn cached(world: &World<'_>, hello: &Path, keyring: bool) {
    let token = || world.command(&["token", "sandbox"]);
    let kind = if keyring {
        "key from the keyring"
    } else {
        "key from a file"
    };
    compare(
        &format!("token, cached, {kind}"),
        token,
        "hello world",
        || quiet(hello),
    );
    if let Some(program) = std::env::var_os("STATIC") {
        compare(
            &format!("token of the static program, cached, {kind}"),
            || world.command_of(Path::new(&program), &["token", "sandbox"]),
            "hello world",
            || quiet(hello),
        );
    }
    if keyring {
        let mut store = Command::new("secret-tool")
            .args(["store", "--label", "x", "bench", "x"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("secret-tool");
        store
            .stdin
            .take()
            .expect("its stdin")
            .write_all(b"x")
            .expect("a secret");
        assert!(store.wait().expect("its end").success());
        let lookup = || {
            let mut command = quiet(Path::new("secret-tool"));
            command.args(["lookup", "bench", "x"]);
            command
        };
        compare(
            "token, cached, key from the keyring",
            token,
            "secret-tool lookup",
            lookup,
        );
    }
}

fn refresh(world: &World<'_>, hello: &Path) {
    // The sandbox answers in a fraction of a millisecond.
    let token = || world.command(&["token", "sandbox", "--min-ttl", "2h"]);
    compare("token, refreshed", token, "hello world", || quiet(hello));
}

fn herd(world: &World<'_>) {
    let mut times = Vec::new();
    for _ in 0..5 {
        // A set that is over at once, then the herd finds it.
        world.lifetimes("0");
        world.run(&["refresh", "sandbox"]);
        world.lifetimes("3600");
        world
            .sandbox
            .adjust(|options| options.token_delay = Duration::from_millis(50));
        let before = world.sandbox.count(Endpoint::Refresh);
        let started = Instant::now();
        let children: Vec<_> = (0..100)
            .map(|_| {
                world
                    .command(&["token", "sandbox"])
                    .spawn()
                    .expect("a process")
            })
            .collect();
        for mut child in children {
            assert!(child.wait().expect("its end").success());
        }
        times.push(started.elapsed());
        assert_eq!(world.sandbox.count(Endpoint::Refresh) - before, 1);
        world
            .sandbox
            .adjust(|options| options.token_delay = Duration::ZERO);
    }
    println!(
        "100 processes, one expired token, 50 ms server, 1 refresh: {:.0} ms",
        median(times)
    );
}

fn many(world: &World<'_>) {
    for n in 1..1000 {
        world.connect(&format!("writer-{n}"));
    }
    world
        .sandbox
        .adjust(|options| options.token_delay = Duration::from_millis(50));
    let times = (0..3)
        .map(|_| timed(&mut world.command(&["refresh", "--all"])))
        .collect();
    println!(
        "1,000 connections `refresh --all`, 50 ms server: {:.0} ms",
        median(times)
    );
}
