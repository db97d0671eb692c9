//! Being told to stop: Ctrl-C, SIGTERM, and a terminal that is closed (SIGHUP) or quits (SIGQUIT).
//!
//! The hard idea: a signal may not undo what a server has done already. While a request that spends
//! something is in the air (a refresh token, a code) the process hears of the signal, begins
//! nothing new, and ends only when the answer is stored. At all other times the signal has its
//! usual effect at once: what is on disk is right at every moment.
//!
//! Signals come to the process and not to a value that is handed around, so this is state of the
//! process as well.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

#[cfg(unix)]
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGQUIT};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
#[cfg(unix)]
use signal_hook::iterator::SignalsInfo;
#[cfg(unix)]
use signal_hook::iterator::exfiltrator::WithRawSiginfo;

/// Which signal came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM, SIGHUP or SIGQUIT.
    Terminate,
}

struct Flags {
    /// The number of the signal that came, or 0.
    came: Arc<AtomicUsize>,
    /// Whether the signals do what they do by default: end the process there and then.
    by_default: Arc<AtomicBool>,
}

static FLAGS: OnceLock<Flags> = OnceLock::new();

/// How many [`Listening`] there are.
static LISTENERS: AtomicUsize = AtomicUsize::new(0);

static IN_THE_AIR: AtomicUsize = AtomicUsize::new(0);

static INSISTED: AtomicBool = AtomicBool::new(false);

/// While one of these lives, signals are heard and don't end the process by themselves.
#[derive(Debug)]
pub struct Listening(());

/// Listens from now on.
///
/// # Errors
/// When the system refuses.
pub fn listen() -> io::Result<Listening> {
    if FLAGS.get().is_none() {
        let flags = Flags {
            came: Arc::new(AtomicUsize::new(0)),
            by_default: Arc::new(AtomicBool::new(false)),
        };
        for (signal, number) in signals() {
            flag::register_conditional_default(signal, Arc::clone(&flags.by_default))?;
            flag::register_usize(signal, Arc::clone(&flags.came), number)?;
        }
        let _ = FLAGS.set(flags);
    }
    if let Some(flags) = FLAGS.get() {
        flags.by_default.store(false, Ordering::SeqCst);
    }
    LISTENERS.fetch_add(1, Ordering::SeqCst);
    Ok(Listening(()))
}

/// The signals that stop the program, with their numbers.
fn signals() -> Vec<(std::ffi::c_int, usize)> {
    let mut signals = vec![(SIGINT, 2), (SIGTERM, 15)];
    #[cfg(unix)]
    {
        signals.push((SIGQUIT, 3));
        if !hang_up_is_ignored() {
            signals.push((SIGHUP, 1));
        }
    }
    signals
}

/// Whether the program was started to outlive its terminal, as by `nohup`.
#[cfg(target_os = "linux")]
#[must_use]
pub fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}

/// Whether the program was started to outlive its terminal. Nothing says so here without `unsafe`, so
/// that signal keeps whatever effect it has.
#[cfg(all(unix, not(target_os = "linux")))]
#[must_use]
pub const fn hang_up_is_ignored() -> bool {
    true
}

impl Drop for Listening {
    fn drop(&mut self) {
        let is_last = LISTENERS.fetch_sub(1, Ordering::SeqCst) == 1;
        if is_last && let Some(flags) = FLAGS.get() {
            flags.by_default.store(true, Ordering::SeqCst);
        }
    }
}

/// The signal that came while somebody listened.
#[must_use]
pub fn asked() -> Option<Signal> {
    match FLAGS.get()?.came.load(Ordering::SeqCst) {
        0 => None,
        2 => Some(Signal::Interrupt),
        _ => Some(Signal::Terminate),
    }
}

/// Forgets the signals that came: somebody else was meant, and has been told.
pub fn forget() {
    if let Some(flags) = FLAGS.get() {
        flags.came.store(0, Ordering::SeqCst);
    }
    INSISTED.store(false, Ordering::SeqCst);
}

/// A second signal came: what has arrived is stored, what has not is waited for no longer.
pub fn insist() {
    INSISTED.store(true, Ordering::SeqCst);
}

/// Whether [`insist`] was called.
#[must_use]
pub fn insisted() -> bool {
    INSISTED.load(Ordering::SeqCst)
}

/// The signals that stop a program, for whoever passes them on to a command, and what tells of that
/// command's end. While this lives they do nothing else.
#[cfg(unix)]
#[derive(Debug)]
pub struct Incoming(SignalsInfo<WithRawSiginfo>);

/// A signal to pass on.
#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// Its number.
    pub number: std::ffi::c_int,
    /// Whether a key of the terminal made it: then all who are in its foreground have it.
    pub by_key: bool,
}

#[cfg(unix)]
impl Incoming {
    /// Takes them from now on.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn take() -> io::Result<Self> {
        let numbers = signals().into_iter().map(|(signal, _)| signal);
        SignalsInfo::new(numbers.chain([SIGCHLD])).map(Self)
    }

    /// Waits until something comes. Nothing to pass on means that a child may have ended.
    pub fn wait(&mut self) -> impl Iterator<Item = Came> {
        let came = self.0.wait().filter(|info| info.si_signo != SIGCHLD);
        came.map(|info| Came {
            number: info.si_signo,
            by_key: matches!(info.si_signo, SIGINT | SIGQUIT) && by_the_system(info.si_code),
        })
    }
}

/// Whether no process sent a signal: `kill` and its like have codes up to 0.
#[cfg(target_os = "linux")]
const fn by_the_system(code: std::ffi::c_int) -> bool {
    code > 0
}

/// Whether no process sent a signal. The code doesn't say so here; what a terminal sends, it sends
/// to those in its foreground.
#[cfg(all(unix, not(target_os = "linux")))]
fn by_the_system(_: std::ffi::c_int) -> bool {
    let terminal = std::fs::File::open("/dev/tty");
    let foreground = terminal.and_then(|terminal| Ok(rustix::termios::tcgetpgrp(terminal)?));
    foreground.is_ok_and(|group| group == rustix::process::getpgrp())
}

/// A request that spends something has left, or is about to; what it brings must be stored.
#[derive(Debug)]
pub struct InTheAir(());

impl InTheAir {
    /// From just before the request leaves until its answer is stored.
    #[must_use]
    pub fn new() -> Self {
        IN_THE_AIR.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Default for InTheAir {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for InTheAir {
    fn drop(&mut self) {
        IN_THE_AIR.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether an answer is waited for that must be stored.
#[must_use]
pub fn must_wait() -> bool {
    IN_THE_AIR.load(Ordering::SeqCst) > 0
}
