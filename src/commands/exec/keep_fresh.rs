//! A long-running command beside a token file that stays fresh.
//!
//! One thread minds the command: it passes signals on and waits for the end. This one minds the
//! token, because the vault and what it is opened with belong to it. No signal that programs send each
//! other ends this process before the command has ended, whose answer to it counts. All are passed on but
//! those that tell of a fault, those about a pipe or file of this process, and real-time ones.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

#[cfg(unix)]
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpgid, getpgrp, getpid, kill_process, waitid,
};

use crate::app::{App, moment};
use crate::beside::{self, Told};
use crate::commands::exec::{ended, not_started};
use crate::commands::{fresh_token, hooks};
use crate::connection::fresh::{HandOut, Want};
use crate::error::{Error, Kind, Result};
use crate::harden;
use crate::key::Custody;
use crate::names::ConnectionRef;
use crate::private_file::{self, PrivateFileError};
use crate::stop;
#[cfg(unix)]
use crate::stop::{Came, Incoming};
use crate::token::Remaining;
use crate::vault::Header;

/// How long the file may be looked at without a change where nobody knows when a token ends.
const LOOK_AGAIN: Duration = Duration::from_secs(300);

/// How soon a refresh that failed is tried again; the connection's own back-off comes on top.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// How soon after a refresh that a signal cut short, which the command may have survived.
const GO_ON: Duration = Duration::from_secs(1);

/// Where the key is missing.
const NOT_ASKED: &str = "; nobody is asked for the vault's key while the command runs, so it is \
                         not renewed before that key is there without asking";

/// The file that is kept fresh.
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    /// What the vault said of itself when it was opened, and the key that opened it.
    pub(super) opened: (Header, Arc<Custody>),
    pub(super) want: &'a Want,
}

pub(super) fn run(
    app: &App,
    command: Command,
    program: &OsStr,
    file: &File<'_>,
    first: &HandOut,
) -> Result<()> {
    let path = file.path;
    let failed = |error: io::Error| not_started(program, &error);
    // Before there is anything that a signal could leave behind.
    #[cfg(unix)]
    let mut incoming = Incoming::take().map_err(failed)?;
    #[cfg(unix)]
    let watched = move |child: &mut Child| watch(child, &mut incoming);
    #[cfg(not(unix))]
    let watched = Child::wait;
    let _listening = stop::listen().map_err(failed)?;
    write(path, first, private_file::create_whole)?;
    stop::leave_to_another(true);
    let ending = mind(command, path, watched);
    let status = ending.map(|ending| keep(app, file, first, &ending));
    // It is gone, unless nobody minded a command or the next token came just then.
    let _ = fs::remove_file(path);
    ended(status.map_err(failed)??)
}

/// Renews the token whenever it is time, until the command has ended.
fn keep(
    app: &App,
    file: &File<'_>,
    first: &HandOut,
    ending: &Told<Result<ExitStatus>>,
) -> Result<ExitStatus> {
    let asked = ConnectionRef::Exact(first.name.clone());
    let mut patience = until_stale(first, file.want);
    let mut told = None;
    loop {
        if let Some(status) = ended_within(patience, ending) {
            return status;
        }
        // What came before was for the command.
        stop::forget();
        let token = renew(app, file, &asked);
        // An answer may have been long in coming, and nobody reads the file any more.
        if let Some(status) = ended_within(Duration::ZERO, ending) {
            return status;
        }
        let written = token.and_then(|token| {
            write(file.path, &token, private_file::replace)?;
            Ok(token)
        });
        patience = match written {
            Ok(token) => {
                told = None;
                until_stale(&token, file.want)
            }
            Err(error) if matches!(error.kind, Kind::Interrupted | Kind::Terminated) => GO_ON,
            Err(error) => {
                // Once, until it is something else: the terminal is the command's.
                if told.replace(error.kind) != Some(error.kind) {
                    warn(app, file, &error);
                }
                error.retry_after.unwrap_or(TRY_AGAIN).max(TRY_AGAIN)
            }
        };
        // A signal that ends this was for the command.
        let _ = hooks::run(app);
    }
}

/// How the command ended, where it did so by then.
fn ended_within(
    patience: Duration,
    ending: &Told<Result<ExitStatus>>,
) -> Option<Result<ExitStatus>> {
    match ending.within(patience) {
        Ok(status) => Some(status),
        Err(RecvTimeoutError::Disconnected) => {
            Some(Err(not_awaited().because("nobody minds it any more")))
        }
        Err(RecvTimeoutError::Timeout) => None,
    }
}

fn warn(app: &App, file: &File<'_>, error: &Error) {
    app.ui.warn(&format!(
        "the token in `{}` was not renewed: {}{}",
        file.path.display(),
        error.causes.first().unwrap_or(&error.message),
        if error.kind == Kind::NoKey {
            NOT_ASKED
        } else {
            ""
        }
    ));
}

/// The next token. Nobody is asked anything: the terminal is the command's.
fn renew(app: &App, file: &File<'_>, asked: &ConnectionRef) -> Result<HandOut> {
    let (header, custody) = &file.opened;
    let mut vault = app.open_vault_again(header, custody)?;
    fresh_token::hand_out(app, &mut vault, asked, file.want)
}

/// The token alone, without a line feed.
fn write(
    path: &Path,
    token: &HandOut,
    place: impl FnOnce(&Path, &[u8]) -> std::result::Result<(), PrivateFileError>,
) -> Result<()> {
    place(path, token.set.access_token.expose().as_bytes()).map_err(|error| {
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

/// Starts the command and tells how it ended, when the file is gone that was there for it. The thread
/// that minds it comes first: where there is none, there is no command that nobody minds.
fn mind(
    command: Command,
    path: &Path,
    watched: impl FnOnce(&mut Child) -> io::Result<ExitStatus> + Send + 'static,
) -> io::Result<Told<Result<ExitStatus>>> {
    let path = path.to_owned();
    let (tell, ending) = beside::channel();
    beside::run("command", move || {
        let status = run_to_its_end(command, watched);
        stop::leave_to_another(false);
        let _ = fs::remove_file(path);
        let _ = tell.tell(status);
    })?;
    Ok(ending)
}

fn run_to_its_end(
    mut command: Command,
    watched: impl FnOnce(&mut Child) -> io::Result<ExitStatus>,
) -> Result<ExitStatus> {
    let child = command.spawn();
    harden::process();
    let mut child = child.map_err(|error| not_started(command.get_program(), &error))?;
    watched(&mut child).map_err(|error| not_awaited().caused_by(&error))
}

fn not_awaited() -> Error {
    Error::new(Kind::Failed, "could not wait for the command")
}

/// Passes signals on until the command ends. Its number is nobody else's as long as its end was not
/// asked for.
#[cfg(unix)]
fn watch(child: &mut Child, incoming: &mut Incoming) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        stop_with(child);
        for came in incoming.wait() {
            pass_on(child, came);
        }
    }
}

/// Stops here too when the command was stopped as a job of the terminal's, so that the shell has its
/// terminal back. Whoever continues this process continues the command with it.
#[cfg(unix)]
fn stop_with(child: &Child) {
    let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG;
    let stopped = waitid(WaitId::Pid(Pid::from_child(child)), options);
    let by = stopped.ok().flatten().and_then(|it| it.stopping_signal());
    let by = by.and_then(Signal::from_named_raw);
    if by.is_some_and(|by| [Signal::TSTP, Signal::TTIN, Signal::TTOU].contains(&by)) {
        let _ = kill_process(getpid(), Signal::STOP);
    }
}

#[cfg(unix)]
fn pass_on(child: &Child, came: Came) {
    let pid = Pid::from_child(child);
    let Some(signal) = Signal::from_named_raw(came.number) else {
        return;
    };
    // All of this group have it already.
    if came.by_terminal && getpgid(Some(pid)) == Ok(getpgrp()) {
        // What was written here comes up again and again until this process stops.
        if [Signal::TTIN, Signal::TTOU].contains(&signal) {
            let _ = kill_process(getpid(), Signal::STOP);
        }
        return;
    }
    // One that ended just now is heard of next.
    let _ = kill_process(pid, signal);
}
