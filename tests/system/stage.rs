//! A world and the strict practice provider in this very process, whose log and live tokens say
//! what the provider did and still honours.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use oauthctl::moment::Timestamp;
use oauthctl::sandbox::{Entry, Options, Sandbox, fingerprint, user_agent};
use serde_json::Value;

use crate::world::{Connecting, Ended, PROVIDER, World};

/// What every failed judgement says.
pub(crate) type Verdict<T> = Result<T, String>;

/// The words for the one window in which an answer can be lost.
pub(crate) const LOST: &str = "the answer to a refresh was lost";

/// A provider and a world.
pub(crate) struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) world: World,
}

impl Stage {
    /// A world without a vault, and a provider whose access tokens live for that many seconds.
    pub(crate) fn new(lifetimes: &str) -> Stage {
        let sandbox = start(lifetimes);
        let world = World::new(&sandbox.provider_toml("Practice"));
        Stage { sandbox, world }
    }

    /// A vault, and one connection in it.
    pub(crate) fn connected(lifetimes: &str) -> Stage {
        let stage = Stage::new(lifetimes).with_vault();
        stage.world.connect();
        stage
    }

    /// The same with a vault.
    pub(crate) fn with_vault(self) -> Stage {
        let Stage { sandbox, world } = self;
        let world = world.with_vault();
        Stage { sandbox, world }
    }

    /// A vault, and one connection in it, asked for with these arguments.
    pub(crate) fn connected_with(lifetimes: &str, arguments: &[&str]) -> Stage {
        let stage = Stage::new(lifetimes).with_vault();
        let connecting = stage.world.start_connect(arguments);
        let url = connecting.url.clone().expect("a URL");
        user_agent::visit(url.as_str()).expect("the callback page");
        let ended = connecting.end();
        assert_eq!(ended.code, 0, "{ended:?}");
        stage
    }

    /// The requests to an endpoint on which the provider acted, from an index of its log on.
    pub(crate) fn acted(&self, endpoint: &str, from: usize) -> Vec<Entry> {
        let log = self.sandbox.log().into_iter().skip(from);
        log.filter(|entry| entry.endpoint == endpoint && entry.acted && entry.status == 200)
            .collect()
    }

    /// The connection as `list --json` shows it.
    pub(crate) fn listed(&self) -> Verdict<Option<Value>> {
        let listed = well(self.world.run(&["list", "--json"]))?;
        let mut lines = listed.stdout.lines();
        let first = lines.next().map(serde_json::from_str);
        match (first, lines.next()) {
            (None, _) => Ok(None),
            (Some(Ok(value)), None) => Ok(Some(value)),
            _ => Err(format!("not one connection: {listed:?}")),
        }
    }

    /// The vault opens, and everything in it authenticates.
    pub(crate) fn opens(&self) -> Verdict<()> {
        well(self.world.run(&["list"]))?;
        if self.world.vault().exists() {
            let verified = well(self.world.run(&["audit", "verify"]))?;
            well(self.world.run(&["vault", "check"]))?;
            let alarming = ["rolled back", "is a copy", "read only", "damaged"];
            if alarming.iter().any(|word| verified.stderr.contains(word)) {
                return Err(format!("the vault is not trusted: {verified:?}"));
            }
        }
        Ok(())
    }

    /// `token` prints the newest token that the provider issued, and its family lives; or it says
    /// in words that an answer got lost, and the provider did act `since` that index of its log.
    pub(crate) fn token_works_or_is_lost(&self, since: usize) -> Verdict<Kept> {
        self.opens()?;
        let ended = self.world.run(&["token", PROVIDER]);
        if ended.code == 0 {
            self.is_newest(ended.stdout.trim())?;
            self.is_tidy()?;
            return Ok(Kept::Works);
        }
        if ended.code == 4 && ended.stderr.contains(LOST) {
            // looked at only now: a killed process's request may still have been on its way
            let rotated = !self.acted("refresh", since).is_empty();
            return if rotated {
                Ok(Kept::LostInWords)
            } else {
                Err(format!(
                    "said to be lost, but nothing was issued: {ended:?}"
                ))
            };
        }
        Err(format!("a connection is lost: {ended:?}"))
    }

    /// No room that was taken for an answer stays taken.
    fn is_tidy(&self) -> Verdict<()> {
        let folder = self.world.vault().parent().map(fs::read_dir);
        let left = folder
            .ok_or("no folder")?
            .map_err(|error| error.to_string())?;
        let names = left.flatten().map(|entry| entry.file_name());
        match names
            .into_iter()
            .find(|name| name.to_string_lossy().starts_with("rescue-"))
        {
            Some(name) => Err(format!("`{}` is left", name.display())),
            None => Ok(()),
        }
    }

    /// A printed token is the last one that was issued, and can be refreshed again.
    pub(crate) fn is_newest(&self, token: &str) -> Verdict<()> {
        let log = self.sandbox.log();
        let last = log.iter().rev().find(|entry| entry.issued_access.is_some());
        let last = last.ok_or("nothing was ever issued")?;
        if last.issued_access.as_deref() != Some(&fingerprint(token)) {
            return Err("not the newest token".to_owned());
        }
        let alive = self.sandbox.tokens().refresh;
        match &last.issued_refresh {
            Some(refresh) if alive.contains(refresh) => Ok(()),
            _ => Err("the provider doesn't honour its refresh token".to_owned()),
        }
    }
}

/// What became of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It works.
    Works,
    /// It needs a new login, and says why.
    LostInWords,
}

/// A provider on loopback, with the time of this machine.
pub(crate) fn start(lifetimes: &str) -> Sandbox {
    let age = SystemTime::UNIX_EPOCH.elapsed().expect("a clock");
    let millis = i64::try_from(age.as_millis()).expect("less than centuries");
    let mut options = Options::new(Timestamp::from_unix_millis(millis));
    options.lifetimes = lifetimes.parse().expect("lifetimes");
    Sandbox::start(options).expect("a sandbox")
}

/// A command that ended with 0.
pub(crate) fn well(ended: Ended) -> Verdict<Ended> {
    if ended.code == 0 {
        Ok(ended)
    } else {
        Err(format!("it failed: {ended:?}"))
    }
}

/// How long a command takes when nothing happens to it: the median of a few, each made possible
/// by `prepare`.
pub(crate) fn length(mut prepare: impl FnMut(), mut run: impl FnMut()) -> Duration {
    let mut lengths = [Duration::ZERO; 9];
    for length in &mut lengths {
        prepare();
        let start = Instant::now();
        run();
        *length = start.elapsed();
    }
    lengths.sort_unstable();
    let [.., median, _, _, _, _] = lengths;
    median
}

/// Starts a command and kills it at that moment; whether it was still there to be killed.
pub(crate) fn kill_after(mut command: Command, moment: Duration) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    kill(command.spawn().expect("the program"), moment)
}

/// Starts `connect`, consents as soon as it names its URL, and kills it at that moment.
pub(crate) fn kill_connect_after(mut command: Command, moment: Duration) -> bool {
    command.stdout(Stdio::null());
    let mut child = command.spawn().expect("the program");
    let stderr = child.stderr.take();
    let visitor = thread::spawn(move || {
        if let Some(url) = Connecting::url_of(stderr.expect("a pipe")) {
            // whether the page comes is up to the moment
            let _ = user_agent::visit(url.as_str());
        }
    });
    let killed = kill(child, moment);
    visitor.join().expect("the visitor");
    killed
}

fn kill(mut child: Child, moment: Duration) -> bool {
    // nothing ever arrives: this is the moment itself, not a wait for something
    let (_sender, receiver) = mpsc::channel::<()>();
    let _ = receiver.recv_timeout(moment);
    child.kill().expect("a signal");
    let status = child.wait().expect("an end");
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}
