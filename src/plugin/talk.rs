//! One conversation with a plugin's program. Its words are untrusted: each line and the whole of
//! them are bounded, and what it says to people is escaped by who shows it.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use age_core::format::{Stanza, is_arbitrary_string};
use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::Failed;
use crate::beside::{self, Hander, Teller, Told};
use crate::child::Child;
use crate::env::keep_own_from;
use crate::escape;
use crate::lock;
use crate::secret::Secret;

/// All that a plugin may say in one conversation, in bytes.
const SAYS_AT_MOST: usize = 256 * 1024;
/// How many commands it may give: what a plugin that does not read is answered is kept for it.
const COMMANDS_AT_MOST: usize = 1000;
/// How wide the lines of a body are; a shorter one ends it.
const WIDTH: usize = 64;
/// How much is read at once.
const CHUNK: usize = 4 * 1024;
/// How long a plugin that is done may take to let go of its token.
const PATIENCE: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(10);
/// How often whoever waits for a plugin looks whether it is there still.
const LOOK_UP: Duration = Duration::from_millis(250);
/// How long a plugin may take where nobody is there, and where somebody has to find and touch a token.
const UNATTENDED: Duration = Duration::from_secs(if cfg!(test) { 5 } else { 30 });
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
pub struct Nobody;

impl Person for Nobody {
    fn say(&self, _: &str) {}

    fn ask(&self, _: &str) -> Option<Secret> {
        None
    }

    fn is_there(&self) -> bool {
        false
    }
}

/// Some of what is said, of which no copy stays in memory.
type Bytes = Zeroizing<Vec<u8>>;

/// A running plugin.
///
/// It is waited for in bounds even where ending it ends nothing: what it started may hold its pipes
/// open for as long as it likes. So threads of their own read and write, which may wait for ever,
/// and what they bring is waited for until a deadline.
pub(super) struct Session {
    program: PathBuf,
    child: Child,
    /// Whether it was seen to end.
    has_ended: bool,
    limit: Duration,
    deadline: Instant,
    input: Told<Bytes>,
    /// How much came of it so far.
    heard: usize,
    chunk: Bytes,
    /// How much of the chunk is used up.
    used: usize,
    /// Gone when the plugin has been told everything.
    output: Option<Teller<Bytes>>,
}

impl Session {
    pub(super) fn start(program: &Path, machine: &str, person: &dyn Person) -> io::Result<Self> {
        let failed = |error: &dyn std::fmt::Display| failure(program, &error.to_string());
        let mut command = Command::new(program);
        command.arg(format!("--age-plugin={machine}"));
        keep_own_from(&mut command);
        // Where somebody is there, a plugin may ask at the terminal by itself, which only a program
        // in its foreground can do. Else it leads a group, to be ended with all that it started.
        let is_there = person.is_there();
        let start = if is_there {
            Child::start_at_terminal
        } else {
            Child::start
        };
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = start(&mut command).map_err(|error| failed(&error))?;
        let pipes = child.stdout().zip(child.stdin());
        let (from, to) = pipes.ok_or_else(|| failed(&"it has no input or output"))?;
        // One chunk at a time: a flood fills the pipe and not the memory.
        let (said, input) = beside::hand_over();
        let (output, told) = beside::channel();
        let limit = if is_there { ATTENDED } else { UNATTENDED };
        let session = Self {
            program: program.to_owned(),
            child,
            has_ended: false,
            limit,
            deadline: Instant::now() + limit,
            input,
            heard: 0,
            chunk: Bytes::default(),
            used: 0,
            output: Some(output),
        };
        let listener = beside::run("plugin output", move || read_all(from, &said));
        let teller =
            listener.and_then(|()| beside::run("plugin input", move || write_all(to, told)));
        teller.map_err(|error| failed(&error))?;
        Ok(session)
    }

    pub(super) fn failed(&self, why: &str) -> io::Error {
        failure(&self.program, why)
    }

    pub(super) fn ok(&mut self, body: &[u8]) {
        self.send("ok", &[], body);
    }

    /// Tells the plugin something. Whether it reads that shows in what it says.
    pub(super) fn send(&mut self, tag: &str, words: &[&str], body: &[u8]) {
        let encoded = Zeroizing::new(BASE64_STANDARD_NO_PAD.encode(body));
        let head = words
            .iter()
            .fold(tag.len(), |sum, word| sum + 1 + word.len());
        let lines = encoded.len() / WIDTH + 1;
        // Room for all of it: one that grows leaves copies behind.
        let room = "-> \n".len() + head + encoded.len() + lines;
        let mut text = Bytes::new(Vec::with_capacity(room));
        text.extend_from_slice(b"-> ");
        text.extend_from_slice(tag.as_bytes());
        for word in words {
            text.push(b' ');
            text.extend_from_slice(word.as_bytes());
        }
        text.push(b'\n');
        let mut rest = encoded.as_bytes();
        // A body ends with a line that is not full, which may be an empty one.
        while let Some((line, after)) = rest.split_at_checked(WIDTH) {
            text.extend_from_slice(line);
            text.push(b'\n');
            rest = after;
        }
        text.extend_from_slice(rest);
        text.push(b'\n');
        if let Some(output) = &self.output {
            // Nobody takes it where the plugin ended, and then its end is read.
            let _ = output.tell(text);
        }
    }

    /// Answers what the plugin says until it is done: its messages and questions here, and
    /// everything else by `answer`. What it complained of is the error.
    pub(super) fn listen(
        &mut self,
        person: &dyn Person,
        mut answer: impl FnMut(&mut Self, Stanza),
    ) -> io::Result<()> {
        let mut complaint: Option<String> = None;
        for _ in 0..COMMANDS_AT_MOST {
            let command = self.receive()?;
            // Not of a file key, of which it would be a copy.
            let text = || String::from_utf8_lossy(&command.body);
            match command.tag.as_str() {
                "done" => {
                    self.end();
                    return complaint.map_or(Ok(()), |complaint| Err(self.failed(&complaint)));
                }
                "msg" => {
                    person.say(&text());
                    self.ok(&[]);
                }
                "error" => {
                    complaint = Some(text().into_owned());
                    self.ok(&[]);
                }
                "request-secret" | "request-public" => {
                    match person.ask(&format!("{}: ", escape::line(&text()))) {
                        Some(said) => self.ok(said.expose().as_bytes()),
                        None => self.send("fail", &[], &[]),
                    }
                }
                "confirm" => match person.ask(&format!("{} [y/n] ", escape::line(&text()))) {
                    Some(said) if said.expose().trim().eq_ignore_ascii_case("y") => {
                        self.send("ok", &["yes"], &[]);
                    }
                    Some(_) if command.args.len() > 1 => self.send("ok", &["no"], &[]),
                    Some(_) | None => self.send("fail", &[], &[]),
                },
                _ => answer(self, command),
            }
        }
        Err(self.failed("it said too much before it was done"))
    }

    /// Waits until a plugin that is done has ended.
    fn end(&mut self) {
        drop(self.output.take());
        // One that stays is killed.
        let _ = lock::retry(PATIENCE, GLANCE, || {
            self.child.ended().map(|ended| ended.is_some())
        });
    }

    fn receive(&mut self) -> io::Result<Stanza> {
        let head = self.line()?;
        let head = String::from_utf8_lossy(&head);
        let Some(words) = head.strip_prefix("-> ") else {
            return Err(self.failed("it answered something that is no age stanza"));
        };
        if words.split(' ').any(|word| !is_arbitrary_string(&word)) {
            return Err(self.failed("it answered something that is no age stanza"));
        }
        let mut words = words.split(' ');
        let tag = words.next().unwrap_or_default().to_owned();
        let args = words.map(str::to_owned).collect();
        let mut encoded = Bytes::new(Vec::with_capacity(WIDTH));
        loop {
            let line = self.line()?;
            encoded.extend_from_slice(&line);
            if line.len() != WIDTH {
                break;
            }
        }
        let body = BASE64_STANDARD_NO_PAD
            .decode(encoded.as_slice())
            .map_err(|_| self.failed("it answered something that is no base64"))?;
        Ok(Stanza { tag, args, body })
    }

    fn line(&mut self) -> io::Result<Bytes> {
        let mut line = Bytes::new(Vec::with_capacity(WIDTH));
        loop {
            let rest = self.chunk.get(self.used..).unwrap_or_default();
            let length = rest.iter().position(|byte| *byte == b'\n');
            line.extend_from_slice(rest.get(..length.unwrap_or(rest.len())).unwrap_or_default());
            if let Some(length) = length {
                self.used += length + 1;
                return Ok(line);
            }
            self.chunk = self.more()?;
            self.used = 0;
        }
    }

    /// The next that the plugin says. One that ended says nothing more, whoever holds its output.
    fn more(&mut self) -> io::Result<Bytes> {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            match self.input.within(left.min(LOOK_UP)) {
                Ok(chunk) => {
                    self.heard += chunk.len();
                    if self.heard > SAYS_AT_MOST {
                        return Err(self.failed("it said too much before it was done"));
                    }
                    return Ok(chunk);
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => {
                    let limit = self.limit.as_secs();
                    return Err(self.failed(&format!("it was not done after {limit} s")));
                }
                // What it said last is read in the turn after this.
                Err(RecvTimeoutError::Timeout) if !self.has_ended => {
                    self.has_ended = matches!(self.child.ended(), Ok(Some(_)));
                }
                Err(_) => return Err(self.failed("it ended before it was done")),
            }
        }
    }
}

/// Brings what a plugin says, until it ends or nobody listens any more.
fn read_all(mut from: ChildStdout, said: &Hander<Bytes>) {
    loop {
        let mut chunk = Bytes::new(vec![0; CHUNK]);
        match from.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => return,
            Ok(length) => chunk.truncate(length),
        }
        if !said.tell(chunk) {
            return;
        }
    }
}

/// Tells a plugin everything, then closes its input.
fn write_all(mut to: ChildStdin, told: Told<Bytes>) {
    for text in told {
        if to.write_all(&text).is_err() {
            return;
        }
    }
}

fn failure(program: &Path, why: &str) -> io::Error {
    io::Error::other(Failed {
        program: program.to_owned(),
        why: escape::line(why),
    })
}
