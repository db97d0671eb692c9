//! One conversation with a plugin's program. Its words are untrusted: each line and the whole of
//! them are bounded, and what it says to people is escaped by who shows it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use age_core::format::{Stanza, is_arbitrary_string};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::Failed;
use crate::env::keep_own_from;
use crate::escape;
use crate::lock;
use crate::secret::Secret;

/// All that a plugin may say in one conversation, in bytes.
const SAYS_AT_MOST: u64 = 256 * 1024;
/// How many commands it may give. A plugin that does not read the answers must not be able to fill its
/// pipe with them, where this program would wait for it for ever.
const COMMANDS_AT_MOST: usize = 1000;
/// How wide the lines of a body are; a shorter one ends it.
const WIDTH: usize = 64;
/// How long a plugin that is done may take to let go of its token.
const PATIENCE: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(10);
/// How long a plugin may take where nobody is there, and where somebody has to find and touch a token.
const UNATTENDED: Duration = Duration::from_secs(30);
const ATTENDED: Duration = Duration::from_secs(10 * 60);

/// Who sits before a plugin.
pub trait Person {
    /// Shows what the plugin says: `touch your key`.
    fn say(&self, text: &str);

    /// Asks without echo, for a PIN; `None` where nobody can be asked.
    fn ask(&self, question: &str) -> Option<Secret>;

    /// Whether somebody is there to be waited for.
    fn is_there(&self) -> bool;
}

/// Nobody.
pub(super) struct Nobody;

impl Person for Nobody {
    fn say(&self, _: &str) {}

    fn ask(&self, _: &str) -> Option<Secret> {
        None
    }

    fn is_there(&self) -> bool {
        false
    }
}

/// A running plugin.
pub(super) struct Session {
    program: PathBuf,
    child: Arc<Mutex<Child>>,
    /// The end of this tells the watch that nothing has to be ended any more.
    _watched: Sender<()>,
    input: io::Take<BufReader<ChildStdout>>,
    /// Gone when the plugin has been told everything.
    output: Option<ChildStdin>,
}

impl Session {
    pub(super) fn start(program: &Path, machine: &str, person: &dyn Person) -> io::Result<Self> {
        let failed = |error: &dyn std::fmt::Display| failure(program, &error.to_string());
        let mut command = Command::new(program);
        command.arg(format!("--age-plugin={machine}"));
        keep_own_from(&mut command);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(&error))?;
        let pipes = child.stdout.take().zip(child.stdin.take());
        let (input, output) = pipes.ok_or_else(|| failed(&"it has no input or output"))?;
        let child = Arc::new(Mutex::new(child));
        let limit = if person.is_there() {
            ATTENDED
        } else {
            UNATTENDED
        };
        let watched = watch(&child, limit).map_err(|error| failed(&error))?;
        Ok(Self {
            program: program.to_owned(),
            child,
            _watched: watched,
            input: BufReader::new(input).take(SAYS_AT_MOST),
            output: Some(output),
        })
    }

    pub(super) fn failed(&self, why: &str) -> io::Error {
        failure(&self.program, why)
    }

    pub(super) fn ok(&mut self, body: &[u8]) -> io::Result<()> {
        self.send("ok", &[], body)
    }

    pub(super) fn send(&mut self, tag: &str, words: &[&str], body: &[u8]) -> io::Result<()> {
        let mut text = Zeroizing::new(format!("-> {tag}"));
        for word in words {
            text.push(' ');
            text.push_str(word);
        }
        text.push('\n');
        let encoded = Zeroizing::new(BASE64_STANDARD_NO_PAD.encode(body));
        let mut rest = encoded.as_str();
        // A body ends with a line that is not full, which may be an empty one.
        while let Some((line, after)) = rest.split_at_checked(WIDTH) {
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text.push_str(rest);
        text.push('\n');
        let Some(output) = &mut self.output else {
            return Ok(());
        };
        let sent = output.write_all(text.as_bytes());
        sent.and_then(|()| output.flush())
            .map_err(|error| self.failed(&error.to_string()))
    }

    /// Answers what the plugin says until it is done: its messages and questions here, and
    /// everything else by `answer`. What it complained of is the error.
    pub(super) fn listen(
        &mut self,
        person: &dyn Person,
        mut answer: impl FnMut(&mut Self, Stanza) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut complaint: Option<String> = None;
        for _ in 0..COMMANDS_AT_MOST {
            let command = self.receive()?;
            let text = String::from_utf8_lossy(&command.body);
            match command.tag.as_str() {
                "done" => {
                    self.end();
                    return complaint.map_or(Ok(()), |complaint| Err(self.failed(&complaint)));
                }
                "msg" => {
                    person.say(&text);
                    self.ok(&[])?;
                }
                "error" => {
                    complaint = Some(text.into_owned());
                    self.ok(&[])?;
                }
                "request-secret" | "request-public" => {
                    match person.ask(&format!("{}: ", escape::line(&text))) {
                        Some(said) => self.ok(said.expose().as_bytes())?,
                        None => self.send("fail", &[], &[])?,
                    }
                }
                "confirm" => match person.ask(&format!("{} [y/n] ", escape::line(&text))) {
                    Some(said) if said.expose().trim().eq_ignore_ascii_case("y") => {
                        self.send("ok", &["yes"], &[])?;
                    }
                    Some(_) if command.args.len() > 1 => self.send("ok", &["no"], &[])?,
                    Some(_) | None => self.send("fail", &[], &[])?,
                },
                _ => answer(self, command)?,
            }
        }
        Err(self.failed("it said too much before it was done"))
    }

    /// Waits until a plugin that is done has ended.
    fn end(&mut self) {
        drop(self.output.take());
        // One that stays is killed.
        let _ = lock::retry(PATIENCE, GLANCE, || {
            Ok::<_, io::Error>(locked(&self.child).try_wait()?.is_some())
        });
    }

    fn receive(&mut self) -> io::Result<Stanza> {
        let head = self.line()?;
        let Some(words) = head.strip_prefix("-> ") else {
            return Err(self.failed("it answered something that is no age stanza"));
        };
        if words.split(' ').any(|word| !is_arbitrary_string(&word)) {
            return Err(self.failed("it answered something that is no age stanza"));
        }
        let mut words = words.split(' ');
        let tag = words.next().unwrap_or_default().to_owned();
        let args = words.map(str::to_owned).collect();
        let mut encoded = Zeroizing::new(String::new());
        loop {
            let line = self.line()?;
            encoded.push_str(&line);
            if line.len() != WIDTH {
                break;
            }
        }
        let body = BASE64_STANDARD_NO_PAD
            .decode(encoded.as_bytes())
            .map_err(|_| self.failed("it answered something that is no base64"))?;
        Ok(Stanza { tag, args, body })
    }

    fn line(&mut self) -> io::Result<Zeroizing<String>> {
        let mut line = Zeroizing::new(String::new());
        let read = self.input.read_line(&mut line);
        read.map_err(|error| self.failed(&error.to_string()))?;
        if line.pop() == Some('\n') {
            return Ok(line);
        }
        Err(self.failed("it ended, said too much or took too long before it was done"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A plugin that is done ends by itself; one that is not must not stay.
        let mut child = locked(&self.child);
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn locked(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends a plugin that takes longer: whoever reads from it then reads its end.
fn watch(child: &Arc<Mutex<Child>>, limit: Duration) -> io::Result<Sender<()>> {
    let (watched, over) = mpsc::channel();
    let child = Arc::clone(child);
    thread::Builder::new().spawn(move || {
        if over.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            let _ = locked(&child).kill();
        }
    })?;
    Ok(watched)
}

fn failure(program: &Path, why: &str) -> io::Error {
    io::Error::other(Failed {
        program: program.to_owned(),
        why: escape::line(why),
    })
}
