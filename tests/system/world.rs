//! An empty world for the real binary: a home of its own, a cleared environment, the vault's key in
//! a file, and a provider's definition.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, JoinHandle};

use oauthctl::sandbox::user_agent;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::peer::{NATIVE_CLIENT, Peer};
use crate::rig;
use crate::usual_signals::signals_as_usual;

/// What the provider is called in a world.
pub(crate) const PROVIDER: &str = "practice";

/// A world; everything in it goes with it.
#[derive(Debug)]
pub(crate) struct World {
    folder: TempDir,
    /// Which build of the program is tried.
    pub(crate) binary: PathBuf,
    /// More of the environment, over what every world has.
    pub(crate) environment: Vec<(String, String)>,
    /// The folder in it where the program is started.
    pub(crate) place: String,
}

/// How a command ended, and all it said.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code, or 128 and the signal that ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    /// A world without a vault, in which [`PROVIDER`] is defined.
    pub(crate) fn new(definition: &str) -> World {
        signals_as_usual();
        let world = World {
            folder: tempfile::tempdir().expect("a folder"),
            binary: rig::binary(),
            environment: Vec::new(),
            place: String::new(),
        };
        for folder in ["config/oauthctl/providers", "data", "state", "tmp"] {
            let mut made = fs::DirBuilder::new();
            std::os::unix::fs::DirBuilderExt::mode(made.recursive(true), 0o700);
            made.create(world.at(folder)).expect("a folder");
        }
        world.define(definition);
        world
    }

    /// Writes [`PROVIDER`]'s definition.
    pub(crate) fn define(&self, definition: &str) {
        let name = format!("config/oauthctl/providers/{PROVIDER}.toml");
        fs::write(self.at(&name), definition).expect("a definition");
    }

    /// Makes the vault, with its key in a file beside it.
    pub(crate) fn with_vault(self) -> World {
        let made = self.run(&["vault", "init", "--key", "file"]);
        assert_eq!(made.code, 0, "{made:?}");
        self
    }

    /// A path in this world.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The vault's file.
    pub(crate) fn vault(&self) -> PathBuf {
        self.at("data/oauthctl/profiles/default/vault.db")
    }

    /// The folder that holds all of it.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program with these arguments, not started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_under(self.binary.as_os_str(), &[], arguments)
    }

    /// The program as another one starts it: `wrapper` with `before`, then the program.
    pub(crate) fn wrapped(&self, wrapper: &Path, before: &[&str], arguments: &[&str]) -> Command {
        let binary = self.binary.to_str().expect("a path in UTF-8");
        let all: Vec<&str> = before.iter().copied().chain([binary]).collect();
        self.command_under(wrapper.as_os_str(), &all, arguments)
    }

    /// The program in a terminal of its own, which shows up on standard output.
    pub(crate) fn in_terminal(&self, script: &Path, arguments: &[&str]) -> Command {
        let binary = self.binary.to_str().expect("a path in UTF-8");
        let line = [&[binary], arguments].concat().join(" ");
        let mut command =
            self.command_under(script.as_os_str(), &["-qefc", &line, "/dev/null"], &[]);
        command.stderr(Stdio::null()).env("TERM", "dumb");
        command
    }

    fn command_under(&self, program: &OsStr, before: &[&str], arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(before)
            .args(arguments)
            .current_dir(self.at(&self.place))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("XDG_CONFIG_HOME", self.at("config"))
            .env("XDG_DATA_HOME", self.at("data"))
            .env("XDG_STATE_HOME", self.at("state"))
            .env("TMPDIR", self.at("tmp"))
            .env("NO_COLOR", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().expect("the program");
        Ended::from(output)
    }

    /// Runs the program, which must succeed; gives its standard output without the last line feed.
    pub(crate) fn must(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, 0, "oauthctl {}: {ended:?}", arguments.join(" "));
        ended.stdout.trim_end().to_owned()
    }

    /// What `show --json` says about [`PROVIDER`]'s only connection.
    pub(crate) fn show(&self) -> Value {
        serde_json::from_str(&self.must(&["show", PROVIDER, "--json"])).expect("JSON")
    }

    /// Starts `connect` and waits until it names its URL.
    pub(crate) fn start_connect(&self, more: &[&str]) -> Connecting {
        let arguments = [&["connect", PROVIDER, "--no-browser"], more].concat();
        Connecting::start(self.command(&arguments))
    }

    /// Connects `account` at oidc-provider: login and consent on its own pages.
    pub(crate) fn connect_at_peer(&self, account: &str) {
        let connecting = self.start_connect(&[]);
        let url = connecting.url.clone().expect("a URL");
        let redirect = crate::peer::login(&url, account);
        let page = user_agent::visit(redirect.as_str()).expect("the callback page");
        let ended = connecting.end();
        assert_eq!((page.status, ended.code), (200, 0), "{ended:?}");
    }

    /// Connects at a sandbox that consents by itself.
    pub(crate) fn connect(&self) {
        let connecting = self.start_connect(&[]);
        let url = connecting.url.clone().expect("a URL");
        let page = user_agent::visit(url.as_str()).expect("the callback page");
        let ended = connecting.end();
        assert_eq!((page.status, ended.code), (200, 0), "{ended:?}");
    }

    /// The vault opens, every record and the whole log authenticate.
    pub(crate) fn verify(&self) {
        self.must(&["audit", "verify"]);
        self.must(&["list"]);
        self.must(&["vault", "check"]);
    }
}

/// A `connect` that waits for the browser.
#[derive(Debug)]
pub(crate) struct Connecting {
    pub(crate) child: Child,
    /// What it asks the person to open; `None` when it ended before.
    pub(crate) url: Option<Url>,
    before: String,
    rest: JoinHandle<String>,
}

impl Connecting {
    /// Starts a command that prints an authorization URL on a line of its own.
    pub(crate) fn start(mut command: Command) -> Connecting {
        Connecting::watch(command.spawn().expect("the program"))
    }

    /// Waits until a started command prints its URL, or ends. One without a standard error of its
    /// own is in a terminal, and talks on standard output.
    pub(crate) fn watch(mut child: Child) -> Connecting {
        let talk: Box<dyn Read + Send> = match child.stderr.take() {
            Some(pipe) => Box::new(pipe),
            None => Box::new(child.stdout.take().expect("a pipe")),
        };
        let mut stderr = BufReader::new(talk);
        let mut before = String::new();
        let url = read_url(&mut stderr, &mut before);
        // read on, so that nothing blocks on a full pipe
        let rest = thread::spawn(move || {
            let mut rest = Vec::new();
            // what a killed process said is cut off somewhere
            let _ = stderr.read_to_end(&mut rest);
            String::from_utf8_lossy(&rest).into_owned()
        });
        Connecting {
            child,
            url,
            before,
            rest,
        }
    }

    /// The URL that a `connect` names on its standard error.
    pub(crate) fn url_of(stderr: impl Read) -> Option<Url> {
        read_url(&mut BufReader::new(stderr), &mut String::new())
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        let mut stdout = String::new();
        if let Some(mut pipe) = self.child.stdout.take() {
            pipe.read_to_string(&mut stdout).expect("text");
        }
        let status = self.child.wait().expect("an end");
        Ended {
            code: status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap_or_default()),
            stdout,
            stderr: self.before + &self.rest.join().expect("the rest"),
        }
    }
}

fn read_url(stderr: &mut impl BufRead, seen: &mut String) -> Option<Url> {
    loop {
        let mut line = String::new();
        // a killed process may leave half a character
        if stderr.read_line(&mut line).unwrap_or_default() == 0 {
            return None;
        }
        seen.push_str(&line);
        let url = line.split_whitespace().find_map(authorization_url);
        if url.is_some() {
            return url;
        }
    }
}

fn authorization_url(word: &str) -> Option<Url> {
    let url = word
        .starts_with("http")
        .then(|| Url::parse(word).ok())
        .flatten()?;
    url.query_pairs()
        .any(|(name, _)| name == "state" || name == "request_uri")
        .then_some(url)
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            code: output
                .status
                .code()
                .unwrap_or_else(|| 128 + output.status.signal().unwrap_or_default()),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The definition of oidc-provider with its public client. What the program itself sends goes to
/// `server`, which is the issuer, or a relay before it.
pub(crate) fn peer_definition(peer: &Peer, server: &str) -> String {
    let issuer = peer.issuer();
    format!(
        r#"issuer = "{issuer}"

[endpoints]
authorization = "{issuer}/auth"
token = "{server}/token"
introspection = "{server}/token/introspection"

[authorization]
pkce = "S256"
iss = "required"

[authorization.parameters]
prompt = "consent"

[client]
public_id = "{NATIVE_CLIENT}"
authentication = "basic"
secret = "optional"

[redirect]
host = "127.0.0.1"
port = "any"
path = "/callback"

[refresh]
rotation = "replace_and_kill"
lost_answer = "try_once"

[userinfo]
endpoint = "{server}/me"
id = ["/sub"]
label = ["/preferred_username", "/sub"]

[scopes]
default = ["openid", "profile", "offline_access"]
required = ["openid"]

[revocation]
kind = "rfc7009"
endpoint = "{server}/token/revocation"
client = "authenticated"
tokens = "both"
"#
    )
}
