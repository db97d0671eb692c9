//! One line on a terminal that says how far something is, drawn anew in its place.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};

/// How many cells the bar has.
const CELLS: u64 = 30;

/// The narrowest terminal that has one.
const ROOM: usize = 60;

/// What is taken where the terminal doesn't say how wide it is.
const COLUMNS: usize = 80;

/// Such a line; nothing is drawn where there is no terminal. It goes when this is dropped.
#[derive(Debug)]
pub struct Progress {
    drawn: bool,
    at: Cell<u64>,
    of: Cell<u64>,
    words: RefCell<String>,
}

impl Progress {
    pub(super) fn new(of: u64, drawn: bool) -> Self {
        Self {
            drawn,
            at: Cell::new(0),
            of: Cell::new(of),
            words: RefCell::default(),
        }
    }

    /// One more of them is done.
    pub fn step(&self) {
        self.is_at(self.at.get().saturating_add(1), self.of.get());
    }

    /// So many of that many are done.
    pub fn is_at(&self, at: u64, of: u64) {
        self.at.set(at);
        self.of.set(of);
        self.draw();
    }

    /// What is being done, in words that a terminal may see.
    pub fn say(&self, words: impl Into<String>) {
        *self.words.borrow_mut() = words.into();
        self.draw();
    }

    fn draw(&self) {
        if self.drawn {
            let line = line(
                self.at.get(),
                self.of.get(),
                &self.words.borrow(),
                columns(),
            );
            put(&line);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            put("");
        }
    }
}

/// Takes the place of what stands on the line.
fn put(line: &str) {
    let mut stderr = io::stderr().lock();
    // nobody is left to tell when stderr is gone
    let _ = write!(stderr, "\r\u{1b}[K{line}").and_then(|()| stderr.flush());
}

/// A line that does not wrap, without the bar where there is no room for it. Whatever is not ASCII may
/// be two columns wide.
fn line(at: u64, of: u64, words: &str, columns: usize) -> String {
    let cells = if columns < ROOM { 0 } else { CELLS };
    let full = at.saturating_mul(cells).checked_div(of).unwrap_or(0);
    let bar = (0..cells).map(|cell| if cell < full { '█' } else { '░' });
    let mut line: String = bar.chain(format!(" {at}/{of} ").chars()).collect();
    let mut left = columns.saturating_sub(line.chars().count() + 1);
    for character in words.chars() {
        let width = if character.is_ascii() { 1 } else { 2 };
        let Some(rest) = left.checked_sub(width) else {
            break;
        };
        left = rest;
        line.push(character);
    }
    line
}

fn columns() -> usize {
    size().map_or(COLUMNS, |(columns, _)| columns)
}

/// How many lines the terminal has, where it says so.
pub(super) fn rows() -> Option<usize> {
    size().map(|(_, rows)| rows)
}

#[cfg(unix)]
fn size() -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok()?;
    let size = (usize::from(size.ws_col), usize::from(size.ws_row));
    (size.0 > 0 && size.1 > 0).then_some(size)
}

#[cfg(not(unix))]
fn size() -> Option<(usize, usize)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_and_the_line_never_wraps() {
        assert_eq!(line(0, 0, "", 80), format!("{} 0/0 ", "░".repeat(30)));
        let half = line(5, 10, "sandbox/writer", 80);
        assert_eq!(
            half,
            format!("{}{} 5/10 sandbox/writer", "█".repeat(15), "░".repeat(15))
        );
        assert!(line(11, 10, "", 80).starts_with(&"█".repeat(30)));
        assert_eq!(line(1, 10, "sandbox/writer", 20), " 1/10 sandbox/write");
        for columns in [20, 40, 59, 60, 61, 100] {
            let line = line(1, 10, &"Ω a".repeat(40), columns);
            let bar = if columns < 60 { 0 } else { 30 };
            let words = line.chars().skip(bar);
            let width: usize = words.map(|one| if one.is_ascii() { 1 } else { 2 }).sum();
            assert!(bar + width < columns, "{columns}: {line}");
        }
    }
}
