//! A long-running command beside a token file that stays fresh.
//!
//! One thread minds the command: it passes signals on and waits for the end. This one minds the
//! token, because the vault and what it is opened with belong to it.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::exec::{ended, not_started};
use crate::commands::fresh_token;
use crate::connection::fresh::{HandOut, Want};
use crate::error::{Error, Kind, Result};
use crate::names::ConnectionRef;
use crate::private_file;
use crate::token::Remaining;

/// How long the file may be looked at without a change where nobody knows when a token ends.
const LOOK_AGAIN: Duration = Duration::from_secs(300);

/// How soon a refresh that failed is tried again; the connection's own back-off comes on top.
const TRY_AGAIN: Duration = Duration::from_secs(30);

pub(super) fn run(
    app: &App,
    command: Command,
    program: &OsString,
    path: &Path,
    first: &HandOut,
    want: &Want,
) -> Result<()> {
    write(path, first)?;
    let ending = mind(command).map_err(|error| {
        let _ = fs::remove_file(path);
        not_started(program, &error)
    })?;
    let asked = ConnectionRef::Exact(first.name.clone());
    let mut patience = until_stale(first, want);
    let status = loop {
        match ending.recv_timeout(patience) {
            Ok(status) => break status,
            Err(RecvTimeoutError::Disconnected) => {
                break Err(std::io::Error::other("nobody minds the command any more"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        patience = match fresh_token::vault(app, &asked)
            .and_then(|(mut vault, _)| fresh_token::hand_out(app, &mut vault, &asked, want))
            .and_then(|token| write(path, &token).map(|()| token))
        {
            Ok(token) => until_stale(&token, want),
            // The command was told of the signal too, and its end is what counts.
            Err(error) if matches!(error.kind, Kind::Interrupted | Kind::Terminated) => TRY_AGAIN,
            Err(error) => {
                app.ui.warn(&format!(
                    "the token in `{}` was not renewed: {}",
                    path.display(),
                    error.causes.first().unwrap_or(&error.message)
                ));
                error.retry_after.unwrap_or(TRY_AGAIN).max(TRY_AGAIN)
            }
        };
    };
    let _ = fs::remove_file(path);
    let status = status.map_err(|error| {
        Error::new(Kind::Failed, "could not wait for the command").caused_by(&error)
    })?;
    ended(status)
}

/// The token alone, without a line feed, in place of what was there.
fn write(path: &Path, token: &HandOut) -> Result<()> {
    private_file::replace(path, token.set.access_token.expose().as_bytes()).map_err(|error| {
        Error::new(Kind::Failed, "could not write the token file").caused_by(&error)
    })
}

/// How long the token stays good enough: what comes next is fetched a little before its end.
fn until_stale(token: &HandOut, want: &Want) -> Duration {
    match token.set.remaining(&moment()) {
        Remaining::Time(left) => {
            let spare = want
                .min_ttl
                .unwrap_or(Duration::from_secs(60))
                .min(left / 2);
            left.saturating_sub(spare)
                .clamp(Duration::from_secs(1), LOOK_AGAIN)
        }
        Remaining::Unlimited => LOOK_AGAIN,
        Remaining::Expired | Remaining::ClockUnsure => TRY_AGAIN,
    }
}

/// Starts the command and tells how it ended.
#[cfg(unix)]
fn mind(mut command: Command) -> std::io::Result<Receiver<std::io::Result<ExitStatus>>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (started, start) = mpsc::channel();
    let (tell, ending) = mpsc::channel();
    std::thread::spawn(move || {
        let minded = crate::http::block_on(async {
            // Listened to before the command exists, so that none of its signals is missed.
            let mut died = signal(SignalKind::child())?;
            let mut passed_on = Signals::listen()?;
            let mut child = command.spawn()?;
            let _ = started.send(Ok(()));
            loop {
                if let Some(status) = child.try_wait()? {
                    return Ok(status);
                }
                tokio::select! {
                    _ = died.recv() => {}
                    one = passed_on.next() => pass_on(&child, one),
                }
            }
        });
        let minded = minded.and_then(|ended: std::io::Result<ExitStatus>| ended);
        match minded {
            // Either the start failed and somebody waits to hear it, or nobody waits there.
            Err(error)
                if started
                    .send(Err(std::io::Error::from(error.kind())))
                    .is_ok() =>
            {
                let _ = tell.send(Err(error));
            }
            minded => {
                let _ = tell.send(minded);
            }
        }
    });
    match start.recv() {
        Ok(Ok(())) => Ok(ending),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(std::io::Error::other("the command was not started")),
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// The next signal, and whether a terminal sends it to the command as well.
    async fn next(&mut self) -> (rustix::process::Signal, bool) {
        use rustix::process::Signal;
        tokio::select! {
            _ = self.interrupt.recv() => (Signal::INT, true),
            _ = self.quit.recv() => (Signal::QUIT, true),
            _ = self.terminate.recv() => (Signal::TERM, false),
            _ = self.hangup.recv() => (Signal::HUP, false),
        }
    }
}

#[cfg(unix)]
fn pass_on(child: &std::process::Child, (signal, by_terminal): (rustix::process::Signal, bool)) {
    use std::io::IsTerminal as _;
    if by_terminal && std::io::stdin().is_terminal() {
        return;
    }
    let process = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(process) = process {
        // One that ended just now is heard of next.
        let _ = rustix::process::kill_process(process, signal);
    }
}

#[cfg(not(unix))]
fn mind(mut command: Command) -> std::io::Result<Receiver<std::io::Result<ExitStatus>>> {
    let mut child = command.spawn()?;
    let (tell, ending) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = tell.send(child.wait());
    });
    Ok(ending)
}
