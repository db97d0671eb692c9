//! A token on the clipboard, for a minute.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::app::App;
use crate::env::keep_own_from;
use crate::error::{Error, Kind, Result};
use crate::lock;
use crate::secret::Secret;
use crate::stop;

const MINUTE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(50);

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
    let Some(clipboard) = CLIPBOARDS
        .iter()
        .find(|one| written(one.write, line.expose()))
    else {
        return Err(
            Error::new(Kind::Failed, "there is no clipboard to put the token on")
                .hint("install `wl-clipboard`, `xclip` or `xsel`, and run this on the desktop"),
        );
    };
    app.ui
        .note("the token is on the clipboard for a minute; Ctrl-C takes it away now");
    let waited = lock::retry(MINUTE, GLANCE, || Ok::<_, Error>(false));
    let now = read(clipboard.read);
    let is_ours = now.is_some_and(|now| now.trim_end() == line.expose());
    if !is_ours {
        app.ui
            .note("something else is on the clipboard now, and stays");
    } else if written(clipboard.write, "") {
        app.ui.note("it is gone from the clipboard");
    } else {
        app.ui.warn("it could not be taken from the clipboard");
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
fn written(words: &[&str], text: &str) -> bool {
    let Some(mut command) = command(words) else {
        return false;
    };
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    let handed_over = child
        .stdin
        .take()
        .is_some_and(|mut stdin| stdin.write_all(text.as_bytes()).is_ok());
    child.wait().is_ok_and(|status| status.success()) && handed_over
}

fn read(words: &[&str]) -> Option<Zeroizing<String>> {
    let mut command = command(words)?;
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut text = Zeroizing::new(String::new());
    let read = child.stdout.take()?.take(65_536).read_to_string(&mut text);
    let ended = child.wait();
    (read.is_ok() && ended.is_ok_and(|status| status.success())).then_some(text)
}
