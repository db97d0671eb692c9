//! A process of the program that is observed while it runs. Everything has a deadline, and what
//! is dropped is killed.

use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::world::Output;

/// No test waits longer for anything.
const DEADLINE: Duration = Duration::from_secs(60);

/// A process under way.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: JoinHandle<String>,
    lines: Receiver<String>,
    stderr: String,
    until: Instant,
}

impl Running {
    /// Starts it, gives it all of `stdin` or keeps that open, and reads along.
    pub(crate) fn start(mut command: Command, stdin: Option<Vec<u8>>) -> Self {
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take();
        if let Some(text) = stdin {
            let mut input = input.take().unwrap();
            // it may end before it has read all of it
            thread::spawn(move || input.write_all(&text).is_ok());
        }
        let mut output = child.stdout.take().unwrap();
        let stdout = thread::spawn(move || {
            let mut bytes = Vec::new();
            output.read_to_end(&mut bytes).unwrap();
            String::from_utf8(bytes).expect("stdout is UTF-8")
        });
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            let mut line = String::new();
            while errors.read_line(&mut line).expect("stderr is UTF-8") > 0 {
                if sender.send(std::mem::take(&mut line)).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            stdin: input,
            stdout,
            lines,
            stderr: String::new(),
            until: Instant::now() + DEADLINE,
        }
    }

    /// The next line of stderr in which something is found.
    pub(crate) fn line<T>(&mut self, look: impl Fn(&str) -> Option<T>) -> T {
        loop {
            let Some(line) = self.next_line() else {
                panic!("it ended and said: {}", self.stderr);
            };
            if let Some(found) = look(&line) {
                return found;
            }
        }
    }

    /// The address that it asks the person to open.
    pub(crate) fn address(&mut self) -> String {
        self.line(|line| line.starts_with("http").then(|| line.trim().to_owned()))
    }

    /// Waits until no signal that was sent to it is pending any more.
    pub(crate) fn until_heard(&self) {
        self.until_status("it hears of the signal", |status| {
            let pending = |name: &str| {
                let line = status.lines().find(|line| line.starts_with(name)).unwrap();
                line.split_whitespace()
                    .nth(1)
                    .unwrap()
                    .contains(|c| c != '0')
            };
            !pending("ShdPnd:") && !pending("SigPnd:")
        });
    }

    /// Waits until it has a second thread, which is the one that waits for a lock.
    pub(crate) fn until_it_waits(&self) {
        self.until_status("it waits for a lock", |status| {
            let threads = status
                .lines()
                .find(|line| line.starts_with("Threads:"))
                .unwrap();
            threads.split_whitespace().nth(1).unwrap() != "1"
        });
    }

    /// Waits until it waits for a lock, or has ended.
    pub(crate) fn until_it_waits_or_ends(&self) {
        self.until_status("it waits or ends", |status| {
            let is = |part: &str| status.lines().any(|line| line.starts_with(part));
            is("State:\tZ") || !is("Threads:\t1")
        });
    }

    /// Waits until its stdout is closed.
    pub(crate) fn until_all_is_said(&self) {
        self.until("all is said", || self.stdout.is_finished());
    }

    /// Whether it has not ended.
    pub(crate) fn lives(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        status.is_ok_and(|status| !status.contains("State:\tZ"))
    }

    /// Waits until it is stopped, as a job of a terminal is.
    pub(crate) fn until_it_stops(&self) {
        self.until_status("it stops", |status| status.contains("State:\tT"));
    }

    fn until_status(&self, what: &str, done: impl Fn(&str) -> bool) {
        let path = format!("/proc/{}/status", self.child.id());
        self.until(what, || done(&std::fs::read_to_string(&path).unwrap()));
    }

    /// Waits until something has happened that takes its time.
    pub(crate) fn until(&self, what: &str, done: impl Fn() -> bool) {
        while !done() {
            assert!(Instant::now() < self.until, "it never happened that {what}");
            thread::park_timeout(Duration::from_millis(1));
        }
    }

    /// Writes to its stdin, which was left open.
    pub(crate) fn say(&mut self, text: &str) {
        let input = self.stdin.as_mut().expect("an open stdin");
        input.write_all(text.as_bytes()).unwrap();
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Output {
        drop(self.stdin.take());
        while self.next_line().is_some() {}
        let status = self.child.wait().unwrap();
        let stdout = std::mem::replace(&mut self.stdout, thread::spawn(String::new));
        let stderr = std::mem::take(&mut self.stderr);
        Output::new(stdout.join().unwrap(), stderr, status)
    }

    fn next_line(&mut self) -> Option<String> {
        let left = self.until.saturating_duration_since(Instant::now());
        let line = match self.lines.recv_timeout(left) {
            Ok(line) => line,
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return None,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                panic!("it hangs, and said so far: {}", self.stderr)
            }
        };
        self.stderr.push_str(&line);
        Some(line)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
