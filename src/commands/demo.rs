mod manuscript;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::app::{App, moment};
use crate::beside::{self, Told};
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::names::hex;
use crate::private_file;
use crate::sandbox::user_agent;
use crate::sandbox::{Endpoint, Options, Sandbox};

/// Show what this program does, in a few seconds
///
/// Runs connect, token, refresh, a manuscript at two desks, revoke and audit against a practice
/// provider on this machine, in a temporary profile. Prints each command as you would type it, and its real output. Leaves nothing
/// behind.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(app: &App, _: &Args) -> Result<()> {
    let stage = Stage::new(app)?;
    app.ui
        .note("this is real: a provider on this machine, your own commands, a temporary vault\n");
    stage.step(
        "a vault: one encrypted file, its key in a file for this demo (else in your keyring)",
    )?;
    stage.show(&["vault", "init", "--key", "file"])?;
    stage.step("a provider: where to sign in, as data")?;
    stage.show(&["provider", "add", "sandbox.toml"])?;
    stage.step("sign in; the demo plays your browser and consents")?;
    stage.connect()?;
    stage.show(&["list"])?;
    stage.step("a script asks for a token")?;
    stage.show(&["token", "sandbox"])?;
    stage.step("one that has to live for two hours: it is refreshed first")?;
    stage.show(&["token", "sandbox", "--min-ttl", "2h"])?;
    stage.herd()?;
    stage.manuscript()?;
    stage.step("end it: at the provider first, then here")?;
    stage.show(&["revoke", "sandbox"])?;
    let live = stage.sandbox.tokens();
    app.ui.note(&format!(
        "the provider's own view: {} access and {} refresh tokens are alive",
        live.access.len(),
        live.refresh.len()
    ));
    stage.step("who used what, in a log that can't be changed unnoticed")?;
    stage.show(&[
        "audit", "--action", "connect", "--action", "refresh", "--action", "revoke",
    ])?;
    stage.show(&["audit", "verify"])?;
    app.ui
        .note("\nnothing is left of this. Next: `oauthctl connect github`, or `oauthctl --help`");
    Ok(())
}

/// Everything that the demo makes, and takes with it.
struct Stage<'a> {
    app: &'a App,
    folder: PathBuf,
    program: PathBuf,
    sandbox: Sandbox,
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // A folder that can't be removed holds practice tokens of a provider that is gone.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl<'a> Stage<'a> {
    fn new(app: &'a App) -> Result<Self> {
        let failed = |what: &str, error: &(dyn std::error::Error + 'static)| {
            Error::new(Kind::Failed, format!("could not {what}")).caused_by(error)
        };
        let mut name = [0_u8; 8];
        getrandom::fill(&mut name).map_err(|error| failed("name a folder", &error))?;
        let folder = std::env::temp_dir().join(format!("oauthctl-demo-{}", hex(&name)));
        private_file::ensure_folder(&folder).map_err(|error| failed("make a folder", &error))?;
        let program = std::env::current_exe().map_err(|error| failed("find myself", &error))?;
        let mut options = Options::new(moment().wall);
        // One for connecting, one that is over at once, so that the herd finds it expired.
        options.lifetimes = "3600,0,3600"
            .parse()
            .map_err(|error: crate::sandbox::LifetimesError| failed("set the lifetimes", &error))?;
        let sandbox =
            Sandbox::start(options).map_err(|error| failed("start a provider", &error))?;
        let stage = Self {
            app,
            folder,
            program,
            sandbox,
        };
        let definition = stage.sandbox.provider_toml("Sandbox");
        private_file::replace(&stage.folder.join("sandbox.toml"), definition.as_bytes())
            .map_err(|error| failed("write the definition", &error))?;
        Ok(stage)
    }

    fn step(&self, text: &str) -> Result<()> {
        self.say("")?;
        self.app.ui.heading(&format!("# {text}"));
        Ok(())
    }

    fn say(&self, line: &str) -> Result<()> {
        super::printed(self.app.ui.data(line))
    }

    /// Runs a command in the demo's own world, with its output as it comes.
    fn show(&self, arguments: &[&str]) -> Result<()> {
        self.show_in("", arguments)
    }

    /// The same, in a folder of the demo's; a person would be there already.
    fn show_in(&self, place: &str, arguments: &[&str]) -> Result<()> {
        let mut child = self.start(place, arguments)?;
        for line in lines(&mut child) {
            self.say(&line)?;
        }
        ended(arguments, &mut child)
    }

    fn start(&self, place: &str, arguments: &[&str]) -> Result<Child> {
        let place_shown = if place.is_empty() {
            String::new()
        } else {
            format!("{place} ")
        };
        self.say(&format!("{place_shown}$ oauthctl {}", arguments.join(" ")))?;
        self.spawn(place, arguments)
    }

    fn spawn(&self, place: &str, arguments: &[&str]) -> Result<Child> {
        let mut command = Command::new(&self.program);
        env::keep_own_from(&mut command);
        let at = |name: &str| self.folder.join(name);
        command
            .args(arguments)
            .current_dir(at(place))
            .env("HOME", &self.folder)
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_STATE_HOME", at("state"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().map_err(|error| {
            Error::new(Kind::Failed, "could not run oauthctl in the demo").caused_by(&error)
        })
    }

    fn connect(&self) -> Result<()> {
        let arguments = ["connect", "sandbox", "--scope", "repo", "--no-browser"];
        let mut child = self.start("", &arguments)?;
        for line in lines(&mut child) {
            self.say(&line)?;
            if line.trim().starts_with("http://") {
                let visit = user_agent::visit(line.trim()).map_err(|error| {
                    Error::new(Kind::Failed, "the demo's browser failed").caused_by(&error)
                })?;
                let title = visit
                    .body
                    .split("<title>")
                    .nth(1)
                    .and_then(|rest| rest.split('<').next());
                self.app.ui.note(&format!(
                    "  (the browser shows: {})",
                    title.unwrap_or("nothing")
                ));
            }
        }
        ended(&arguments, &mut child)
    }

    /// Many processes, one expired token, one refresh.
    fn herd(&self) -> Result<()> {
        const PROCESSES: usize = 20;
        self.step(
            "that token is over already; twenty scripts ask for a new one at the same moment",
        )?;
        let before = self.sandbox.count(Endpoint::Refresh);
        self.say("$ for i in $(seq 20); do oauthctl token sandbox & done; wait")?;
        let children: Vec<Child> = (0..PROCESSES)
            .map(|_| self.spawn("", &["token", "sandbox"]))
            .collect::<Result<_>>()?;
        let mut tokens: Vec<String> = Vec::new();
        for mut child in children {
            tokens.extend(lines(&mut child));
            ended(&["token", "sandbox"], &mut child)?;
        }
        let asked = tokens.len();
        tokens.sort_unstable();
        tokens.dedup();
        let refreshes = self.sandbox.count(Endpoint::Refresh) - before;
        self.say(&format!(
            "{asked} processes got {} token(s); the provider was asked {refreshes} time(s)",
            tokens.len()
        ))
    }
}

fn ended(arguments: &[&str], child: &mut Child) -> Result<()> {
    let status = child.wait().map_err(|error| {
        Error::new(Kind::Failed, "could not wait for a command of the demo").caused_by(&error)
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Error::new(
        Kind::Failed,
        format!("`oauthctl {}` ended with {status}", arguments.join(" ")),
    ))
}

/// What a child prints on stdout and stderr, line by line as it comes.
fn lines(child: &mut Child) -> Told<String> {
    let (teller, told) = beside::channel();
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child
            .stdout
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    for stream in streams.into_iter().flatten() {
        let teller = teller.clone();
        // Without a thread there is nothing to show, and the wait for a line ends.
        let _ = beside::run("output", move || {
            for line in BufReader::new(stream)
                .lines()
                .map_while(std::result::Result::ok)
            {
                if !teller.tell(line) {
                    return;
                }
            }
        });
    }
    told
}
