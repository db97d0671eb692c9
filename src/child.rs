//! A program that was started and is waited for in bounds.
//!
//! The hard idea: what a program started may live on after it, hold its pipes open and be as stuck
//! as it was. So a program leads a process group of its own and the whole group is ended, and pipes
//! are used by threads of their own, which may wait for ever.

use std::io::{self, Write};
use std::process::{self, ChildStdin, ChildStdout, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::beside;

/// How often whoever waits for a program looks up.
const GLANCE: Duration = Duration::from_millis(5);

/// A program under way. One that is dropped before it was seen to end is ended.
#[derive(Debug)]
pub struct Child {
    process: process::Child,
    /// Whether it leads a process group of its own.
    #[cfg(unix)]
    leads: bool,
    /// Whether it was seen to end, and its number may be another program's by now.
    has_ended: bool,
}

impl Child {
    /// Starts a program that is to be ended with all that it started.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Self::of(command, true)
    }

    /// Starts a program that may use the terminal, which only those in its foreground can do. It
    /// alone is ended.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start_at_terminal(command: &mut Command) -> io::Result<Self> {
        Self::of(command, false)
    }

    #[cfg_attr(not(unix), expect(unused_variables, reason = "there are no groups"))]
    fn of(command: &mut Command, leads: bool) -> io::Result<Self> {
        Ok(Self {
            process: command.spawn()?,
            #[cfg(unix)]
            leads,
            has_ended: false,
        })
    }

    /// Its standard input, where that is a pipe and was not taken.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.process.stdin.take()
    }

    /// Its standard output, where that is a pipe and was not taken.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.process.stdout.take()
    }

    /// Tells it this and no more. One that does not read is none the worse for it.
    ///
    /// # Errors
    /// When there can't be another thread.
    pub fn tell(&mut self, text: Zeroizing<String>) -> io::Result<()> {
        let Some(mut stdin) = self.stdin() else {
            return Ok(());
        };
        let write = move || {
            let _ = stdin.write_all(text.as_bytes());
        };
        beside::run("input", write)
    }

    /// How it ended, where it has.
    ///
    /// # Errors
    /// When the system can't tell.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = self.process.try_wait()?;
        self.has_ended = status.is_some();
        Ok(status)
    }

    /// How it ended, where it does before a moment comes or the wait is given up.
    ///
    /// # Errors
    /// When the system can't tell.
    pub fn ended_by(
        &mut self,
        end: Instant,
        given_up: impl Fn() -> bool,
    ) -> io::Result<Option<ExitStatus>> {
        loop {
            let status = self.ended()?;
            if status.is_some() || Instant::now() >= end || given_up() {
                return Ok(status);
            }
            thread::park_timeout(GLANCE);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        #[cfg(unix)]
        if self.leads {
            use rustix::process::{Pid, Signal, kill_process_group};
            let _ = kill_process_group(Pid::from_child(&self.process), Signal::KILL);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
