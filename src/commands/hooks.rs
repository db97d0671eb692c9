//! Programs of the person's that are told what happened to a connection.
//!
//! They are started without a shell, with the event as one line of JSON on stdin and none of our
//! variables. No token is in it. What becomes of them decides nothing here.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::app::{App, moment};
use crate::env::keep_own_from;
use crate::error::{Error, Kind};
use crate::lock;
use crate::names::ConnectionName;

/// Longer than this nobody waits for one.
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(5);

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

/// Runs the program for an event, where there is one.
pub(super) fn run(app: &App, name: &ConnectionName, event: Event<'_>) {
    let hooks = &app.config.hooks;
    let (words, error) = match event {
        Event::Refresh => (&hooks.on_refresh, None),
        Event::LoginRequired(error) => (&hooks.on_login_required, Some(error)),
        Event::Error(error) => (&hooks.on_error, Some(error)),
    };
    let Some((program, arguments)) = words.split_first() else {
        return;
    };
    let document = json!({
        "schema": 1,
        "event": event.word(),
        "connection": name.to_string(),
        "time": moment().wall.to_string(),
        "error": error.map(|error| json!({
            "kind": error.kind.name(),
            "message": error.whole(),
            "exit_code": error.kind.exit_code(),
        })),
    });
    let mut command = Command::new(program);
    command.args(arguments);
    keep_own_from(&mut command);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = command
        .spawn()
        .and_then(|child| tell(child, &document.to_string()));
    let why = match ended {
        Ok(None) => return,
        Ok(Some(why)) => why,
        Err(error) => error.to_string(),
    };
    app.ui.warn(&format!(
        "the hook `on_{}` (`{program}`) failed: {why}",
        event.word()
    ));
}

/// Hands the event over and waits until the program ends; why it failed.
fn tell(mut child: Child, document: &str) -> std::io::Result<Option<String>> {
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read is none the worse for it.
        let _ = writeln!(stdin, "{document}");
    }
    let mut status = None;
    let ended = lock::retry(PATIENCE, GLANCE, || {
        status = child.try_wait()?;
        Ok::<_, std::io::Error>(status.is_some())
    })?;
    if !ended {
        child.kill()?;
        child.wait()?;
        return Ok(Some(
            "it did not end within 10 s and was stopped".to_owned(),
        ));
    }
    let failed = status.filter(|status| !status.success());
    Ok(failed.map(|status| status.to_string()))
}
