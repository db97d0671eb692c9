//! How far something is, on a line of the terminal that is drawn again and again.

use std::cell::{Cell, RefCell};
use std::io::Write;

use crate::escape;

/// How many columns the bar itself takes.
const WIDTH: u64 = 30;
/// The longest line where nobody says how wide the terminal is.
const USUAL: usize = 79;

/// A progress bar. It clears its line when it is over.
#[derive(Debug)]
pub struct ProgressBar {
    drawn: bool,
    position: Cell<u64>,
    length: Cell<u64>,
    message: RefCell<String>,
}

impl ProgressBar {
    pub(super) fn new(length: u64, drawn: bool) -> Self {
        Self {
            drawn,
            position: Cell::new(0),
            length: Cell::new(length),
            message: RefCell::default(),
        }
    }

    /// Says what is done now.
    pub fn set_message(&self, message: &str) {
        self.message.replace(escape::line(message));
        self.draw();
    }

    /// Says how many steps are done, of how many.
    pub fn set(&self, position: u64, length: u64) {
        self.position.set(position);
        self.length.set(length);
    }

    /// One step more is done.
    pub fn step(&self) {
        self.position.set(self.position.get().saturating_add(1));
        self.draw();
    }

    fn draw(&self) {
        let (position, length) = (self.position.get(), self.length.get());
        let full = position.min(length) * WIDTH / length.max(1);
        let bar: String = (0..WIDTH)
            .map(|column| if column < full { '█' } else { '░' })
            .collect();
        let line = format!("{bar} {position}/{length} {}", self.message.borrow());
        // A line that wraps could not be cleared.
        let cut: String = line.chars().take(columns()).collect();
        self.show(&cut);
    }

    fn show(&self, line: &str) {
        if self.drawn {
            let mut terminal = anstream::stderr().lock();
            // Nobody is left to tell when stderr is gone.
            let _ = write!(terminal, "\r\u{1b}[2K{line}").and_then(|()| terminal.flush());
        }
    }
}

impl Drop for ProgressBar {
    fn drop(&mut self) {
        self.show("");
    }
}

#[cfg(unix)]
fn columns() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stderr());
    let columns = size.ok().map(|size| usize::from(size.ws_col));
    columns
        .filter(|columns| *columns > 1)
        .map_or(USUAL, |columns| columns - 1)
}

#[cfg(not(unix))]
const fn columns() -> usize {
    USUAL
}
