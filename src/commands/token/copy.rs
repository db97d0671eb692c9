//! A token on the clipboard, for a minute.

use std::io::{self, Read as _};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::app::App;
use crate::beside;
use crate::child::Child;
use crate::commands::hooks;
use crate::env::keep_own_from;
use crate::error::{Error, Kind, Result};
use crate::lock;
use crate::secret::Secret;
use crate::stop;

const MINUTE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);

/// Longer than this nobody waits for a clipboard's program.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a desktop's clipboard is written, read and emptied: program and arguments.
struct Clipboard {
    write: &'static [&'static str],
    read: &'static [&'static str],
}

const CLIPBOARDS: [Clipboard; 5] = [
    Clipboard {
        write: &["wl-copy", "--type", "text/plain"],
        read: &["wl-paste", "--no-newline"],
    },
    Clipboard {
        write: &["xclip", "-selection", "clipboard"],
        read: &["xclip", "-selection", "clipboard", "-o"],
    },
    Clipboard {
        write: &["xsel", "--clipboard", "--input"],
        read: &["xsel", "--clipboard", "--output"],
    },
    Clipboard {
        write: &["pbcopy"],
        read: &["pbpaste"],
    },
    Clipboard {
        write: &["clip.exe"],
        read: &["powershell.exe", "-NoProfile", "-Command", "Get-Clipboard"],
    },
];

/// Puts it there, waits a minute or for Ctrl-C, and takes it away, unless something else is there
/// by then.
pub(super) fn for_a_minute(app: &App, line: &Secret) -> Result<()> {
    // Before it is there: whoever ends this run means that it goes.
    let _listening = stop::listen().map_err(|error| {
        Error::new(Kind::Failed, "could not listen for signals").caused_by(&error)
    })?;
    let stopped = || stop::asked().is_some();
    let Some(clipboard) = CLIPBOARDS
        .iter()
        .find(|one| !stopped() && written(one.write, line.expose(), stopped))
    else {
        return Err(stop::asked().map_or_else(
            || {
                Error::new(Kind::Failed, "there is no clipboard to put the token on")
                    .hint("install `wl-clipboard`, `xclip` or `xsel`, and run this on the desktop")
            },
            Error::from,
        ));
    };
    app.ui
        .note("the token is on the clipboard for a minute; Ctrl-C takes it away now");
    // A signal that ends this ends the minute, too.
    let _ = hooks::run(app);
    let waited = lock::retry(MINUTE, GLANCE, || Ok::<_, Error>(false));
    // Whatever comes now, this is done to its end, which is near.
    match read(clipboard.read) {
        Ok(Some(now)) if now.trim_end() == line.expose() => {
            if written(clipboard.write, "", || false) {
                app.ui.note("it is gone from the clipboard");
            } else {
                app.ui.warn("it could not be taken from the clipboard");
            }
        }
        Ok(_) => app
            .ui
            .note("something else is on the clipboard now, and stays"),
        Err(error) => app.ui.warn(&format!(
            "the token may still be on the clipboard, which can't be read: {error}"
        )),
    }
    waited.map(drop)
}

fn command(words: &[&str]) -> Option<Command> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).stderr(Stdio::null());
    keep_own_from(&mut command);
    Some(command)
}

/// Whether the program took it. It may live on behind the scenes to offer it.
fn written(words: &[&str], text: &str, given_up: impl Fn() -> bool) -> bool {
    let Some(mut command) = command(words) else {
        return false;
    };
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let write = || {
        let mut child = Child::start(&mut command)?;
        child.tell(Zeroizing::new(text.to_owned()))?;
        child.ended_by(Instant::now() + PATIENCE, given_up)
    };
    write().is_ok_and(|status: Option<ExitStatus>| status.is_some_and(|it| it.success()))
}

/// The text that is there, if there is one.
fn read(words: &[&str]) -> io::Result<Option<Zeroizing<String>>> {
    let Some(mut command) = command(words) else {
        return Ok(None);
    };
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let end = Instant::now() + PATIENCE;
    let mut child = Child::start(&mut command)?;
    let (tell, told) = beside::channel();
    if let Some(stdout) = child.stdout() {
        beside::run("clipboard", move || {
            let mut text = Zeroizing::new(String::new());
            let read = stdout.take(65_536).read_to_string(&mut text);
            let _ = tell.tell(read.is_ok().then_some(text));
        })?;
    }
    let late = || io::Error::new(io::ErrorKind::TimedOut, "its program does not end");
    let status = child.ended_by(end, || false)?.ok_or_else(late)?;
    let left = end.saturating_duration_since(Instant::now());
    let text = told.within(left).map_err(|_| late())?;
    Ok(text.filter(|_| status.success()))
}
