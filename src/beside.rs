//! Threads for work that goes on beside all else and that nobody waits for: most of it waits itself,
//! for the system or another program.

use std::any::Any;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::Duration;

/// Starts work on a thread of that name. What comes of it, it tells by a [`channel`].
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

/// A value on its way: once for all kinds of values, as with work.
type Parcel = Box<dyn Any + Send>;

/// A way for what a thread tells another, of any length.
#[must_use]
pub fn channel<T: Send + 'static>() -> (Teller<T>, Told<T>) {
    let (sender, receiver) = mpsc::channel();
    (Teller(sender, PhantomData), Told(receiver, PhantomData))
}

/// A way on which whoever tells waits until it is heard: nothing piles up.
#[must_use]
pub fn hand_over<T: Send + 'static>() -> (Hander<T>, Told<T>) {
    let (sender, receiver) = mpsc::sync_channel(0);
    (Hander(sender, PhantomData), Told(receiver, PhantomData))
}

/// The end of [`hand_over`] that tells.
pub struct Hander<T>(SyncSender<Parcel>, PhantomData<fn(T)>);

impl<T: Send + 'static> Hander<T> {
    /// Whether it was heard.
    #[must_use]
    pub fn tell(&self, value: T) -> bool {
        self.0.send(Box::new(value)).is_ok()
    }
}

impl<T> fmt::Debug for Hander<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hander")
    }
}

/// The end that tells.
pub struct Teller<T>(Sender<Parcel>, PhantomData<fn(T)>);

impl<T: Send + 'static> Teller<T> {
    /// Whether somebody may still hear it.
    #[must_use]
    pub fn tell(&self, value: T) -> bool {
        self.0.send(Box::new(value)).is_ok()
    }
}

impl<T> Clone for Teller<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> fmt::Debug for Teller<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Teller")
    }
}

/// The end that is told.
pub struct Told<T>(Receiver<Parcel>, PhantomData<fn() -> T>);

impl<T: 'static> Told<T> {
    /// What is told next, within that time.
    ///
    /// # Errors
    /// When nothing is, or nobody is there any more who could.
    pub fn within(&self, patience: Duration) -> Result<T, RecvTimeoutError> {
        let parcel = self.0.recv_timeout(patience)?;
        let value = parcel.downcast();
        value.map_or(Err(RecvTimeoutError::Disconnected), |value| Ok(*value))
    }
}

impl<T: 'static> Iterator for Told<T> {
    type Item = T;

    /// What is told next; `None` when nobody is there any more who could.
    fn next(&mut self) -> Option<T> {
        let parcel = self.0.recv().ok()?;
        parcel.downcast().ok().map(|value| *value)
    }
}
