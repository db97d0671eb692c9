//! An empty world for the real binary: its own home, a cleared environment, no keyring, no network
//! but loopback, and a practice provider in this process.
//!
//! After every run everything is searched for secrets: what was said, and every file that the
//! program made. What may hold a secret lies in `given/`, which only tests write to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use age::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use oauthctl::app::moment;
use oauthctl::private_file;
use oauthctl::sandbox::user_agent::{self, Visit};
use oauthctl::sandbox::{Endpoint, Fault, Options, Sandbox, fingerprint};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::canary::{Canary, Class};
use crate::running::Running;
use crate::usual_signals::signals_as_usual;

/// What every sandbox is seeded with, so that its secrets are known here.
const SEED: &str = "hermetic";

/// No condition is waited for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// One empty world.
pub(crate) struct World {
    folder: TempDir,
    sandbox: RefCell<Option<Sandbox>>,
    secrets: RefCell<Secrets>,
}

/// What is looked for.
struct Secrets {
    canary: Canary,
    minted: BTreeMap<&'static str, u64>,
}

/// What a run said and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

/// A run to be.
pub(crate) struct Call<'a> {
    world: &'a World,
    args: Vec<OsString>,
    env: BTreeMap<String, Option<OsString>>,
    stdin: Vec<u8>,
    stays_open: bool,
    wrapper: Option<String>,
    folder: PathBuf,
}

impl World {
    /// Nothing: no key, no provider of one's own, no server.
    pub(crate) fn empty() -> Self {
        signals_as_usual();
        let folder = tempfile::Builder::new().prefix("cli-").tempdir().unwrap();
        for name in ["home", "work", "keys", "given", "tmp", "bin"] {
            private_file::ensure_folder(&folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            sandbox: RefCell::new(None),
            secrets: RefCell::new(Secrets {
                canary: Canary::new(),
                minted: BTreeMap::new(),
            }),
        }
    }

    /// A key in a file, and the provider `sandbox`, well-behaved.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// As [`World::new`], with a sandbox that behaves as told.
    pub(crate) fn with(change: impl FnOnce(&mut Options)) -> Self {
        let world = Self::empty();
        world.make_key();
        world.start_sandbox(change);
        world.define("sandbox", &world.provider_toml());
        world
    }

    /// A connection whose access token is over; what comes next lives an hour.
    pub(crate) fn expired() -> Self {
        let world = Self::with(|options| options.lifetimes = "3600,0,3600".parse().unwrap());
        world.connect();
        world.ok(&["refresh", "sandbox"]);
        world
    }

    /// Puts an age identity where `OAUTHCTL_IDENTITY_FILE` points.
    pub(crate) fn make_key(&self) {
        let identity = new_identity();
        self.secret("the identity", &identity);
        private_file::replace(&self.key_file(), format!("{identity}\n").as_bytes()).unwrap();
    }

    /// The identity file of [`World::make_key`].
    pub(crate) fn key_file(&self) -> PathBuf {
        self.path("keys/key.txt")
    }

    /// Starts a sandbox in place of the one before.
    pub(crate) fn start_sandbox(&self, change: impl FnOnce(&mut Options)) {
        let mut options = Options::new(moment().wall);
        options.seed = Some(SEED.to_owned());
        change(&mut options);
        let sandbox = Sandbox::start(options).unwrap();
        let secret = sandbox.client_secret();
        assert_eq!(
            secret.expose(),
            minted("sbx_secret", 1),
            "the seed no longer tells the sandbox's secrets"
        );
        self.secret("the client secret", secret.expose());
        *self.sandbox.borrow_mut() = Some(sandbox);
    }

    /// Stops the sandbox: nobody answers there from now on.
    pub(crate) fn stop_sandbox(&self) {
        self.learn_minted();
        drop(self.sandbox.borrow_mut().take());
    }

    /// Asks the sandbox something.
    pub(crate) fn sandbox<T>(&self, ask: impl FnOnce(&Sandbox) -> T) -> T {
        ask(self.sandbox.borrow().as_ref().expect("a sandbox"))
    }

    /// Lets these faults happen from now on, in place of those before. Requests count from the
    /// sandbox's start, so `*` is what is meant mostly.
    pub(crate) fn faults(&self, faults: &[&str]) {
        let faults: Vec<Fault> = faults.iter().map(|fault| fault.parse().unwrap()).collect();
        self.sandbox(|sandbox| sandbox.adjust(|options| options.faults = faults));
    }

    /// How many requests an endpoint got.
    pub(crate) fn count(&self, endpoint: Endpoint) -> u64 {
        self.sandbox(|sandbox| sandbox.count(endpoint))
    }

    /// The provider definition that points at the sandbox.
    pub(crate) fn provider_toml(&self) -> String {
        self.sandbox(|sandbox| sandbox.provider_toml("Practice"))
    }

    /// Writes a provider file of the user's.
    pub(crate) fn define(&self, name: &str, toml: &str) {
        let folder = self.path("home/config/oauthctl/providers");
        private_file::ensure_folder(&folder).unwrap();
        private_file::replace(&folder.join(format!("{name}.toml")), toml.as_bytes()).unwrap();
    }

    /// Waits for something that other processes bring about.
    pub(crate) fn until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            assert!(begun.elapsed() < PATIENCE, "it never happened that {what}");
            thread::yield_now();
        }
    }

    /// A path in this world.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// The vault of a profile.
    pub(crate) fn vault_of(&self, profile: &str) -> PathBuf {
        self.path(&format!("home/data/oauthctl/profiles/{profile}/vault.db"))
    }

    /// The vault that is used when nobody says otherwise.
    pub(crate) fn vault(&self) -> PathBuf {
        self.vault_of("default")
    }

    /// Writes a file that a test gives to the program, with mode 0600; it may hold a secret.
    pub(crate) fn give(&self, name: &str, content: &str) -> PathBuf {
        self.give_bytes(name, content.as_bytes())
    }

    /// [`World::give`], of what is no text.
    pub(crate) fn give_bytes(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path("given").join(name);
        private_file::replace(&path, content).unwrap();
        path
    }

    /// Looks for a secret of the test's own from now on.
    pub(crate) fn secret(&self, name: &str, secret: &str) {
        // what all identities begin with is no secret, and hints say it
        let secret = secret.strip_prefix("AGE-SECRET-KEY-1").unwrap_or(secret);
        let canary = &mut self.secrets.borrow_mut().canary;
        canary.learn(Class::Secret, name, secret);
    }

    /// Looks for an access token of the test's own; `token` may print it.
    pub(crate) fn access_token(&self, token: &str) {
        let canary = &mut self.secrets.borrow_mut().canary;
        canary.learn(Class::AccessToken, "a token", token);
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.call(args).run()
    }

    /// Runs the program, which must succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> Output {
        self.run(args).ended(0)
    }

    /// The token that `token CONNECTION` prints, which must succeed.
    pub(crate) fn token(&self, connection: &str) -> String {
        let token = self.ok(&["token", connection]).stdout;
        token.strip_suffix('\n').unwrap().to_owned()
    }

    /// What a command prints with `--json`: one document on each line.
    pub(crate) fn json(&self, args: &[&str]) -> Vec<Value> {
        let output = self.call(args).arg("--json").run().ended(0);
        output.documents()
    }

    /// What `show` says of a connection.
    pub(crate) fn shown(&self, connection: &str) -> Value {
        self.json(&["show", connection]).remove(0)
    }

    /// A run to be changed before it begins.
    pub(crate) fn call(&self, args: &[&str]) -> Call<'_> {
        Call {
            world: self,
            args: args.iter().map(OsString::from).collect(),
            env: BTreeMap::new(),
            stdin: Vec::new(),
            stays_open: false,
            wrapper: None,
            folder: self.path("work"),
        }
    }

    /// `connect sandbox`, consented to; it must succeed.
    pub(crate) fn connect(&self) -> Output {
        self.connect_with(&["sandbox"]).0.ended(0)
    }

    /// Connects another account of the sandbox's.
    pub(crate) fn connect_as(&self, account: &str) -> Output {
        self.sandbox(|sandbox| sandbox.sign_in_as(account.parse().unwrap()));
        self.connect()
    }

    /// `connect` with a browser that consents at once.
    pub(crate) fn connect_with(&self, args: &[&str]) -> (Output, Visit) {
        self.call(&["connect", "--no-browser"]).args(args).visited()
    }

    /// Everything that is wrong in this world: a secret where none may be, a file open to others.
    fn check(&self, args: &[OsString], output: &Output) {
        self.learn_minted();
        let secrets = self.secrets.borrow();
        let told = |place: &str, text: &str, but: Option<Class>| {
            let found = secrets.canary.find(text.as_bytes(), but);
            assert_eq!(found, None, "in {place} of {args:?}");
        };
        for arg in args {
            told("the arguments", &arg.to_string_lossy(), None);
        }
        told("stderr", &output.stderr, Some(Class::Passing));
        // handing access tokens out is what these are for
        let hands_out = args
            .iter()
            .any(|arg| arg == "token" || arg == "git-credential");
        // and telling the URL what `connect --start` is for
        let tells_url = args.iter().any(|arg| arg == "--start");
        let may_be_there = match (hands_out, tells_url) {
            (true, _) => Some(Class::AccessToken),
            (_, true) => Some(Class::Passing),
            _ => None,
        };
        told("stdout", &output.stdout, may_be_there);
        drop(secrets);
        self.check_files();
    }

    /// No file that the program made holds a secret.
    pub(crate) fn check_files(&self) {
        let secrets = self.secrets.borrow();
        for file in self.files() {
            // one that ended between listing and reading holds nothing
            let content = fs::read(&file).unwrap_or_default();
            let name = file.display().to_string();
            for place in [content.as_slice(), name.as_bytes()] {
                let found = secrets.canary.find(place, None);
                assert_eq!(found, None, "in the file `{name}`");
            }
        }
    }

    /// Every file but those that tests wrote secrets to, and the identities that a rekey makes
    /// beside the first one or a recovery sets aside there.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for folder in ["home", "work", "tmp", "keys"] {
            walk(&self.path(folder), &mut files);
        }
        let keys = self.key_file();
        let is_key = |file: &PathBuf| {
            let end = file.extension();
            let set_aside = end.is_some_and(|end| end.to_string_lossy().starts_with("old"));
            file.parent() == keys.parent() && (set_aside || end == keys.extension())
        };
        files.retain(|file| !is_key(file));
        files
    }

    /// What the sandbox has minted so far is secret, and every token that is good is known here.
    fn learn_minted(&self) {
        let sandbox = self.sandbox.borrow();
        let Some(sandbox) = sandbox.as_ref() else {
            return;
        };
        let mut secrets = self.secrets.borrow_mut();
        let made = [Endpoint::Token, Endpoint::Refresh, Endpoint::Poll]
            .map(|endpoint| sandbox.count(endpoint))
            .iter()
            .sum::<u64>();
        let codes = sandbox.count(Endpoint::Authorize);
        let devices = sandbox.count(Endpoint::Device);
        for (kind, count) in [
            ("sbx_at", made),
            ("sbx_rt", made),
            ("sbx_code", codes),
            ("sbx_device", devices),
        ] {
            let known = secrets.minted.entry(kind).or_default();
            let new = *known..count;
            *known = count.max(*known);
            for number in new {
                let secret = minted(kind, number + 1);
                let class = match kind {
                    "sbx_at" => Class::AccessToken,
                    _ => Class::Secret,
                };
                let name = format!("{kind} {}", number + 1);
                secrets.canary.learn(class, &name, &secret);
            }
        }
        let ours: Vec<_> = (1..=made)
            .flat_map(|number| ["sbx_at", "sbx_rt"].map(|kind| minted(kind, number)))
            .map(|token| fingerprint(&token))
            .collect();
        let live = sandbox.tokens();
        let mut live = live.access.iter().chain(&live.refresh);
        assert!(
            live.all(|token| ours.contains(token)),
            "the sandbox made a token that nobody looks for"
        );
    }
}

impl Call<'_> {
    pub(crate) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(OsString::from));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.insert(name.to_owned(), Some(value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.env.insert(name.to_owned(), None);
        self
    }

    /// Runs it in a folder of the world.
    pub(crate) fn within(mut self, relative: &str) -> Self {
        self.folder = self.world.path(relative);
        self
    }

    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.stdin = text.as_bytes().to_vec();
        self
    }

    /// Its stdin stays open for [`Running::say`].
    pub(crate) fn stays_open(mut self) -> Self {
        self.stays_open = true;
        self
    }

    /// Starts the program by this line of shell, which ends in `exec "$@"`.
    pub(crate) fn through(mut self, line: &str) -> Self {
        self.wrapper = Some(line.to_owned());
        self
    }

    pub(crate) fn run(self) -> Output {
        let (world, args) = (self.world, self.args.clone());
        let output = self.start().finish();
        world.check(&args, &output);
        output
    }

    /// Starts it and lets it run. Whoever finishes it sees no check; the next run makes one.
    pub(crate) fn start(self) -> Running {
        let stdin = (!self.stays_open).then(|| self.stdin.clone());
        Running::start(self.command(), stdin)
    }

    /// Runs `connect` and opens the address that it prints, as a browser that consents.
    pub(crate) fn visited(self) -> (Output, Visit) {
        let (world, args) = (self.world, self.args.clone());
        let mut running = self.start();
        let url = running.address();
        world.learn_from(&url);
        let visit = user_agent::visit(&url).unwrap();
        let output = running.finish();
        world.check(&args, &output);
        (output, visit)
    }

    pub(crate) fn command(&self) -> Command {
        let binary = env!("CARGO_BIN_EXE_oauthctl");
        let mut command = match &self.wrapper {
            None => Command::new(binary),
            Some(line) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", line, "sh", binary]);
                shell
            }
        };
        let path = |relative: &str| self.world.path(relative);
        command
            .args(&self.args)
            .env_clear()
            .env("HOME", path("home"))
            .env("XDG_CONFIG_HOME", path("home/config"))
            .env("XDG_DATA_HOME", path("home/data"))
            .env("XDG_STATE_HOME", path("home/state"))
            .env("XDG_CACHE_HOME", path("home/cache"))
            .env("TMPDIR", path("tmp"))
            .env("PATH", path("bin"))
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.world.key_file().exists() {
            command.env("OAUTHCTL_IDENTITY_FILE", self.world.key_file());
        }
        for (name, value) in &self.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }
}

impl World {
    /// An authorization URL tells a challenge and a state, neither of which may be kept.
    pub(crate) fn learn_from(&self, url: &str) {
        let url = url::Url::parse(url).unwrap();
        let mut secrets = self.secrets.borrow_mut();
        for (name, value) in url.query_pairs() {
            match name.as_ref() {
                "code_challenge" => secrets.canary.learn_challenge(&value),
                "state" | "nonce" => secrets.canary.learn(Class::Passing, &name, &value),
                "client_secret" | "code_verifier" | "code" => panic!("the URL tells the {name}"),
                _ => {}
            }
        }
    }
}

impl Output {
    pub(crate) fn new(stdout: String, stderr: String, status: ExitStatus) -> Self {
        let code = status.code();
        let code = code.unwrap_or_else(|| -status.signal().unwrap_or_default());
        Self {
            stdout,
            stderr,
            code,
        }
    }

    /// The exit code must be this.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// stderr must hold all of these, in this order.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        let mut rest = self.stderr.as_str();
        for part in parts {
            let (_, after) = rest
                .split_once(part)
                .unwrap_or_else(|| panic!("`{part}` is missing: {self:#?}"));
            rest = after;
        }
        self
    }

    /// stdout must be empty.
    #[track_caller]
    pub(crate) fn no_data(self) -> Self {
        assert_eq!(self.stdout, "", "{self:#?}");
        self
    }

    /// stderr must not hold this.
    #[track_caller]
    pub(crate) fn silent_about(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "{self:#?}");
        self
    }

    /// stderr must be empty.
    #[track_caller]
    pub(crate) fn silent(self) -> Self {
        assert_eq!(self.stderr, "", "{self:#?}");
        self
    }

    /// stdout as JSON, one document on each line.
    pub(crate) fn documents(&self) -> Vec<Value> {
        let lines = self.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The error document on stderr.
    pub(crate) fn error(&self) -> Value {
        let line = self.stderr.lines().last().unwrap_or_default();
        let mut document: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no document: {self:#?}"));
        document["error"].take()
    }
}

/// A definition as it would be for another sandbox.
pub(crate) fn moved(toml: &str, from: &str, to: &Sandbox) -> String {
    let authority = |url: &str| url.trim_start_matches("http://").to_owned();
    toml.replace(&authority(from), &authority(to.url()))
}

/// The identity in a key file or on a recovery sheet.
pub(crate) fn identity_in(file: impl AsRef<Path>) -> String {
    let text = fs::read_to_string(file).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY-1"));
    line.unwrap().to_owned()
}

/// A new age identity, in its one line.
pub(crate) fn new_identity() -> String {
    let identity = age::x25519::Identity::generate();
    identity.to_string().expose_secret().to_owned()
}

/// The `number`th secret of a kind that a sandbox with our seed makes.
pub(crate) fn minted(kind: &str, number: u64) -> String {
    let key = Sha256::digest(format!("sandbox seed\0{SEED}"));
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(kind.as_bytes());
    mac.update(&[0]);
    mac.update(&number.to_be_bytes());
    format!(
        "{kind}_{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), files);
        } else {
            files.push(entry.path());
        }
    }
}

/// The permission bits of a file or folder.
pub(crate) fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Sets the permission bits of a file or folder.
pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The control of the check after every run: it fails for a leak in each place.
#[test]
fn every_run_is_searched_for_secrets_in_all_places() {
    let leaks = |plant: &dyn Fn(&World, &str) -> Output| {
        let world = World::empty();
        let secret = "a-secret-of-this-test-and-of-no-other";
        world.secret("the secret", secret);
        let output = plant(&world, secret);
        let checked = std::panic::AssertUnwindSafe(|| world.check(&[], &output));
        std::panic::catch_unwind(checked).is_err()
    };
    let output = |stdout: &str, stderr: &str| Output {
        stdout: stdout.to_owned(),
        stderr: stderr.to_owned(),
        code: 0,
    };
    assert!(!leaks(&|_, _| output("all", "well")));
    assert!(leaks(&|_, secret| output(&format!("x {secret}"), "")));
    assert!(leaks(&|_, secret| output("", &format!("{secret} x"))));
    for folder in ["home", "work", "tmp", "keys"] {
        assert!(leaks(&|world, secret| {
            fs::write(world.path(folder).join("leak"), secret).unwrap();
            output("", "")
        }));
        assert!(leaks(&|world, secret| {
            fs::write(world.path(folder).join(secret), "").unwrap();
            output("", "")
        }));
    }
    let argument = std::panic::AssertUnwindSafe(|| {
        let world = World::empty();
        world.secret("the secret", "a-secret-in-the-arguments");
        world.run(&["list", "a-secret-in-the-arguments"])
    });
    assert!(std::panic::catch_unwind(argument).is_err());
}
