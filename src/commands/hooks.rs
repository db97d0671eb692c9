//! Programs of the person's that are told what happened to a connection.
//!
//! They are started without a shell, with the event as one line of JSON on stdin. No token is in it.
//! What becomes of them decides nothing here, and nobody waits for an answer longer because of them:
//! what happens is noted, and they run when the command has said what it has to say.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::app::{App, Event as Noted, moment};
use crate::child::Child;
use crate::env::{self, HOOK, PROFILE, keep_own_from};
use crate::error::{Error, Kind, Result};
use crate::json::json;
use crate::names::ConnectionName;
use crate::plugin::{is_program, on_search_path};
use crate::stop;
use crate::ui::counted;

/// Longer than this nobody waits for them, however many there are.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same, where this run was told to stop already.
const IN_A_HURRY: Duration = Duration::from_secs(1);
const GLANCE: Duration = Duration::from_millis(5);

/// How many run side by side.
const AT_ONCE: usize = 16;

/// What happened.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event<'a> {
    /// New tokens are stored.
    Refresh,
    /// A person must sign in again.
    LoginRequired(&'a Error),
    /// A refresh failed for another reason.
    Error(&'a Error),
}

impl<'a> Event<'a> {
    pub(super) fn of(error: &'a Error) -> Self {
        if error.kind == Kind::LoginRequired {
            Self::LoginRequired(error)
        } else {
            Self::Error(error)
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::LoginRequired(_) => "login_required",
            Self::Error(_) => "error",
        }
    }
}

/// Notes what happened, where there is a program for it. What a hook does is no event, or it would
/// call itself for ever.
pub(super) fn note(app: &App, name: &ConnectionName, event: Event<'_>) {
    if app.env.hook || words(app, event.word()).is_empty() {
        return;
    }
    let error = match event {
        Event::Refresh => None,
        Event::LoginRequired(error) | Event::Error(error) => Some(error),
    };
    // A vault that was named by its path belongs to none.
    let chosen = app.vault_variable().ok();
    let profile = chosen.filter(|(variable, _)| *variable == PROFILE);
    let profile = profile.map(|(_, name)| name.to_string_lossy().into_owned());
    let document = json!({
        "schema": 1,
        "event": event.word(),
        "connection": name.to_string(),
        "profile": profile,
        "vault": app.vault_path().ok().map(|path| path.display().to_string()),
        "time": moment().wall.to_string(),
        "error": error.map(|error| json!({
            "kind": error.kind.name(),
            "message": error.whole(),
            "exit_code": error.kind.exit_code(),
        })),
    });
    app.events.push(Noted {
        word: event.word(),
        document: document.to_string(),
    });
}

fn words<'a>(app: &'a App, word: &str) -> &'a [String] {
    let hooks = &app.config.hooks;
    match word {
        "refresh" => &hooks.on_refresh,
        "login_required" => &hooks.on_login_required,
        _ => &hooks.on_error,
    }
}

/// Runs the programs for what was noted, side by side, and waits for them.
///
/// # Errors
/// When a signal ends the wait.
pub(super) fn run(app: &App) -> Result<()> {
    let events = app.events.take();
    if events.is_empty() {
        return Ok(());
    }
    // Groups of their own hear nothing of a Ctrl-C: whoever ends this run means them, too.
    let _listening = stop::listen();
    let told_before = stop::asked().is_some();
    let patience = if told_before { IN_A_HURRY } else { PATIENCE };
    let end = Instant::now() + patience;
    let mut waiting = events.iter();
    let mut running: Vec<(&Noted, Child)> = Vec::new();
    let signal = loop {
        for event in waiting.by_ref().take(AT_ONCE - running.len()) {
            match start(app, event) {
                Ok(child) => running.push((event, child)),
                Err(error) => failed(app, event, &error.to_string()),
            }
        }
        running.retain_mut(|(event, child)| goes_on(app, event, child));
        if running.is_empty() && waiting.len() == 0 {
            return Ok(());
        }
        let signal = stop::asked().filter(|_| !told_before);
        if signal.is_some() || Instant::now() >= end {
            break signal;
        }
        thread::park_timeout(GLANCE);
    };
    let why = if signal.is_some() || told_before {
        "it was stopped with this command".to_owned()
    } else {
        format!(
            "it did not end within {} s and was stopped",
            patience.as_secs()
        )
    };
    for (event, child) in running {
        drop(child);
        failed(app, event, &why);
    }
    if waiting.len() > 0 {
        let left = counted(waiting.len(), "event");
        app.ui
            .warn(&format!("there was no time to tell hooks of {left} more"));
    }
    signal.map_or(Ok(()), |signal| Err(signal.into()))
}

fn start(app: &App, event: &Noted) -> std::io::Result<Child> {
    let Some((program, arguments)) = words(app, event.word).split_first() else {
        return Err(std::io::ErrorKind::NotFound.into());
    };
    let mut command = Command::new(found(program));
    command.args(arguments);
    keep_own_from(&mut command);
    // One that calls this program back means the vault that it is told about.
    if let Ok((variable, vault)) = app.vault_variable() {
        command.env(variable, vault);
    }
    command
        .env(HOOK, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = Child::start(&mut command)?;
    child.tell(format!("{}\n", event.document).into())?;
    Ok(child)
}

/// The program, with `~` filled in where there is a home.
fn found(program: &str) -> PathBuf {
    let at_home = program.strip_prefix("~/").zip(env::home());
    at_home.map_or_else(|| PathBuf::from(program), |(rest, home)| home.join(rest))
}

/// What events have a program that is nowhere, and that program.
pub(super) fn without_a_program(app: &App) -> impl Iterator<Item = (&'static str, &str)> {
    let events = ["refresh", "login_required", "error"].into_iter();
    let all = events.filter_map(|word| Some((word, words(app, word).first()?.as_str())));
    all.filter(|(_, program)| !is_there(&found(program)))
}

fn is_there(program: &Path) -> bool {
    if program.is_absolute() {
        is_program(program)
    } else {
        on_search_path(program).is_some()
    }
}

/// Whether it has not ended yet.
fn goes_on(app: &App, event: &Noted, child: &mut Child) -> bool {
    match child.ended() {
        Ok(None) => return true,
        Ok(Some(status)) if status.success() => {}
        Ok(Some(status)) => failed(app, event, &status.to_string()),
        Err(error) => failed(app, event, &error.to_string()),
    }
    false
}

fn failed(app: &App, event: &Noted, why: &str) {
    let word = event.word;
    let program = words(app, word).first().map_or("", String::as_str);
    app.ui
        .warn(&format!("the hook `on_{word}` (`{program}`) failed: {why}"));
}
