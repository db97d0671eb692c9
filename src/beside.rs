//! Threads for work that goes on beside all else and that nobody waits for: most of it waits itself,
//! for the system or another program.

use std::io;
use std::thread;

/// Starts work on a thread of that name. What comes of it, it tells by a channel.
///
/// # Errors
/// When the system refuses the thread.
pub fn run(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    start(name, Box::new(work))
}

/// Once for all kinds of work: what the standard library does around each would be kilobytes for each.
fn start(name: &str, work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    let thread = thread::Builder::new().name(name.to_owned());
    thread.spawn(work).map(drop)
}
