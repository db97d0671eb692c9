//! Lines that come while something else is waited for, and are never shown.
//!
//! A pasted redirect URL holds an authorization code, so the terminal's echo is off while this
//! lives, and what was not read by then is thrown away: it would land in the shell. The terminal's
//! own lines end at 4 KiB, and such a URL can be longer, so lines are put together here.

use zeroize::Zeroizing;

use crate::secret::Secret;

/// The longest line that is put together.
const LONGEST: usize = 32 * 1024;

#[cfg(not(unix))]
pub use self::plain::HiddenLines;
#[cfg(unix)]
pub use self::unix::HiddenLines;

/// The bytes of a line so far.
#[derive(Default)]
struct Line(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line(redacted)")
    }
}

impl Line {
    /// Takes one byte in; gives the line that it ends.
    fn push(&mut self, byte: u8) -> Option<Secret> {
        match byte {
            b'\n' | b'\r' => return self.take(),
            // backspace, and what takes a line back
            0x08 | 0x7F => {
                self.0.pop();
            }
            0x15 => self.0.clear(),
            _ => self.0.push(byte),
        }
        if self.0.len() >= LONGEST {
            self.take()
        } else {
            None
        }
    }

    /// The line, if there is anything in it.
    fn take(&mut self) -> Option<Secret> {
        let bytes = std::mem::take(&mut self.0);
        let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
        // terminals wrap these around what is pasted, when a program before asked for it
        let line = Zeroizing::new(text.replace("\u{1b}[200~", "").replace("\u{1b}[201~", ""));
        (!line.trim().is_empty()).then(|| Secret::new(line.trim().to_owned()))
    }
}

#[cfg(unix)]
mod unix {
    use std::io::{self, IsTerminal, Stdin};
    use std::os::fd::AsFd;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec};
    use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex, Termios};
    use tokio::time::sleep;
    use zeroize::Zeroizing;

    use super::Line;
    use crate::secret::Secret;

    /// How often input is looked for. A terminal can't be given to the runtime without `unsafe`,
    /// and nobody notices a twentieth of a second after a paste.
    const GLANCE: Duration = Duration::from_millis(50);

    /// Lines of stdin; on a terminal its echo is off while this lives.
    pub struct HiddenLines {
        stdin: Stdin,
        /// The terminal's settings from before.
        before: Option<Termios>,
        line: Line,
        /// Read and not yet made into lines, the last byte first.
        unread: Zeroizing<Vec<u8>>,
        ended: bool,
    }

    impl std::fmt::Debug for HiddenLines {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("HiddenLines(redacted)")
        }
    }

    impl HiddenLines {
        /// Of the terminal, if we are in its foreground: a job in the background that asks for
        /// input is stopped by the system.
        pub(in crate::ui) fn of_terminal() -> Option<Self> {
            let stdin = io::stdin();
            let foreground = termios::tcgetpgrp(stdin.as_fd()).ok()?;
            if foreground != rustix::process::getpgrp() {
                return None;
            }
            let before = termios::tcgetattr(stdin.as_fd()).ok()?;
            let mut quiet = before.clone();
            quiet.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON;
            quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
            quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
            termios::tcsetattr(stdin.as_fd(), OptionalActions::Now, &quiet).ok()?;
            Some(Self::new(stdin, Some(before)))
        }

        /// Of whatever stdin is. A terminal that could not be quieted gives nothing.
        pub(in crate::ui) fn of_stdin() -> Self {
            let stdin = io::stdin();
            let ended = stdin.is_terminal();
            let mut lines = Self::new(stdin, None);
            lines.ended = ended;
            lines
        }

        fn new(stdin: Stdin, before: Option<Termios>) -> Self {
            Self {
                stdin,
                before,
                line: Line::default(),
                unread: Zeroizing::default(),
                ended: false,
            }
        }

        /// The next line that is not empty; nothing at the end of the input. Dropping the future
        /// loses nothing.
        pub async fn next(&mut self) -> Option<Secret> {
            loop {
                while let Some(byte) = self.unread.pop() {
                    if let Some(line) = self.line.push(byte) {
                        return Some(line);
                    }
                }
                if self.ended {
                    return self.line.take();
                }
                if self.has_input() {
                    self.read();
                } else {
                    sleep(GLANCE).await;
                }
            }
        }

        /// Whether reading would not wait: there is input, or it has ended.
        fn has_input(&self) -> bool {
            let at_once = Timespec::default();
            let mut watched = [PollFd::new(&self.stdin, PollFlags::IN)];
            rustix::event::poll(&mut watched, Some(&at_once)).is_ok_and(|ready| ready > 0)
        }

        fn read(&mut self) {
            let mut chunk = Zeroizing::new([0_u8; 4096]);
            match rustix::io::read(self.stdin.as_fd(), chunk.as_mut_slice()) {
                Ok(count) if count > 0 => {
                    let read = chunk.get(..count).unwrap_or_default();
                    self.unread.extend(read.iter().rev());
                }
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                Ok(_) | Err(_) => self.ended = true,
            }
        }
    }

    impl Drop for HiddenLines {
        fn drop(&mut self) {
            if let Some(before) = &self.before {
                // The terminal may have gone; then there is nothing to restore.
                let _ = termios::tcsetattr(self.stdin.as_fd(), OptionalActions::Flush, before);
            }
        }
    }
}

#[cfg(not(unix))]
mod plain {
    use std::io::{self, BufRead as _};
    use std::thread;

    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::Line;
    use crate::secret::Secret;

    /// Lines of stdin, read by a thread that ends with the process.
    #[derive(Debug)]
    pub struct HiddenLines(UnboundedReceiver<Secret>);

    impl HiddenLines {
        /// A console's echo can't be turned off here, so nothing is read by the way.
        pub(in crate::ui) fn of_terminal() -> Option<Self> {
            None
        }

        /// Of whatever stdin is.
        pub(in crate::ui) fn of_stdin() -> Self {
            let (sender, lines) = unbounded_channel();
            thread::spawn(move || {
                for text in io::stdin().lock().lines().map_while(Result::ok) {
                    let mut line = Line::default();
                    for byte in text.bytes() {
                        let _cut = line.push(byte);
                    }
                    if line.take().is_some_and(|line| sender.send(line).is_err()) {
                        return;
                    }
                }
            });
            Self(lines)
        }

        /// The next line that is not empty; nothing at the end of the input.
        pub async fn next(&mut self) -> Option<Secret> {
            self.0.recv().await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_lines_with_what_was_taken_back_left_out() {
        for (typed, lines) in [
            ("a\nb\r", vec!["a", "b"]),
            ("ax\u{7f}b\n", vec!["ab"]),
            ("wrong\u{15}right\n", vec!["right"]),
            ("\u{1b}[200~http://x/\u{1b}[201~\n", vec!["http://x/"]),
            (" \n\n  a b \n", vec!["a b"]),
        ] {
            let mut line = Line::default();
            let got: Vec<_> = typed.bytes().filter_map(|byte| line.push(byte)).collect();
            let got: Vec<_> = got.iter().map(Secret::expose).collect();
            assert_eq!(got, lines, "{typed:?}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_cut_into_bounded_ones() {
        let mut line = Line::default();
        let typed = "x".repeat(LONGEST * 2 + 5);
        let cut: Vec<_> = typed.bytes().filter_map(|byte| line.push(byte)).collect();
        assert_eq!(cut.len(), 2);
        assert!(cut.iter().all(|cut| cut.expose().len() == LONGEST));
    }
}
