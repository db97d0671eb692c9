//! `--jq`: what an answer holds, through the program `jq`. There is no second language here that
//! would have to be learned, or that would differ from it in small things.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::env::keep_own_from;
use crate::error::{Error, Kind, Result};
use crate::escape;

/// The program's name, as it is looked for on `PATH`.
const PROGRAM: &str = "jq";
/// How it ends when the filter itself makes no sense.
const NO_FILTER: i32 = 3;

/// Refuses a filter that `jq` can't read, before anything is sent.
pub(super) fn check(filter: &str) -> Result<()> {
    filtered(filter, b"").map(drop)
}

/// What the filter makes of a JSON text, strings as they are and not quoted.
pub(super) fn filtered(filter: &str, json: &[u8]) -> Result<Vec<u8>> {
    let child = start(filter)?;
    let (written, output) = talk(child, json);
    let failed = |error: &std::io::Error| {
        Error::new(Kind::Failed, format!("could not run `{PROGRAM}`")).caused_by(error)
    };
    let output = output.map_err(|error| failed(&error))?;
    if output.status.success() {
        return match written {
            Err(error) => Err(failed(&error)),
            Ok(()) => Ok(output.stdout),
        };
    }
    let (kind, message) = if output.status.code() == Some(NO_FILTER) {
        (Kind::Usage, format!("`{PROGRAM}` can't read the filter"))
    } else {
        let message = format!("`{PROGRAM}` could not filter the answer");
        (Kind::Failed, message)
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let mut error = Error::new(kind, message);
    for line in said.lines().take(3) {
        error = error.because(escape::line(line));
    }
    Err(error)
}

fn start(filter: &str) -> Result<Child> {
    let mut command = Command::new(PROGRAM);
    // A filter may begin with a minus sign, which an option does too.
    command.args(["-r", &format!(" {filter}")]);
    keep_own_from(&mut command);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            Error::new(
                Kind::Failed,
                format!("`--jq` needs the program `{PROGRAM}`"),
            )
            .caused_by(&error)
            .hint("install it; it is in the package of the same name everywhere")
        })
}

/// Writes while it reads: neither waits for the other with a full pipe.
fn talk(
    mut child: Child,
    json: &[u8],
) -> (std::io::Result<()>, std::io::Result<std::process::Output>) {
    let stdin = child.stdin.take();
    thread::scope(|scope| {
        let writer = scope.spawn(move || match stdin {
            Some(mut stdin) => stdin.write_all(json),
            None => Ok(()),
        });
        let output = child.wait_with_output();
        let lost = || Err(std::io::Error::other("writing to it was cut off"));
        let written = writer.join().unwrap_or_else(|_| lost());
        // A filter such as `first(inputs)` may be done before it has read everything.
        let written = match written {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        };
        (written, output)
    })
}
