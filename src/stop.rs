//! Being told to stop: Ctrl-C, SIGTERM, a terminal that is closed (SIGHUP) or quits (SIGQUIT), and
//! whatever else ends a program that does not know it, such as SIGUSR1.
//!
//! The hard idea: a signal may not undo what a server has done already. While a request that spends
//! something is in the air (a refresh token, a code) the process hears of the signal, begins
//! nothing new, and ends only when the answer is stored. At all other times the signal has its
//! usual effect at once: what is on disk is right at every moment.
//!
//! Signals come to the process and not to a value that is handed around, so this is state of the
//! process as well.

use std::ffi::c_int;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

#[cfg(unix)]
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCHLD, SIGCONT, SIGHUP, SIGIO, SIGPROF, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU,
    SIGURG, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU,
};
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
    /// SIGTERM, or another that ends a program.
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

static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
static CONSENTS: AtomicUsize = AtomicUsize::new(0);
static REVOCATIONS: AtomicUsize = AtomicUsize::new(0);

static INSISTED: AtomicBool = AtomicBool::new(false);

static ARE_ANOTHERS: AtomicBool = AtomicBool::new(false);

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
        for signal in heard() {
            let number = usize::try_from(signal).unwrap_or(usize::MAX);
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

/// The signals that stop the program.
#[must_use]
pub fn heard() -> Vec<c_int> {
    let mut signals = vec![SIGINT, SIGTERM];
    #[cfg(unix)]
    {
        signals.extend([
            SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU,
        ]);
        leave_ignored(&mut signals);
    }
    signals
}

/// Takes out what this program was started to ignore, as by `nohup` or by a shell for what runs in
/// its background. That stays so, here and in every program that is started from here.
#[cfg(target_os = "linux")]
fn leave_ignored(signals: &mut Vec<c_int>) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let mask = ignored.unwrap_or(0);
    signals.retain(|signal| mask.checked_shr(signal.unsigned_abs() - 1).unwrap_or(0) & 1 == 0);
}

/// Nothing says here without `unsafe` what this program was started to ignore. The end of a terminal
/// is the likeliest, so that signal keeps whatever effect it has.
#[cfg(all(unix, not(target_os = "linux")))]
fn leave_ignored(signals: &mut Vec<c_int>) {
    signals.retain(|signal| *signal != SIGHUP);
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

/// From now on signals are meant for a command that runs beside this process, or they are not any
/// more.
pub fn leave_to_another(are_anothers: bool) {
    ARE_ANOTHERS.store(are_anothers, Ordering::SeqCst);
}

/// Whether signals are meant for a command that runs beside this process.
#[must_use]
pub fn are_anothers() -> bool {
    ARE_ANOTHERS.load(Ordering::SeqCst)
}

/// What is passed on to a command. SIGPIPE and SIGXFSZ are not: they tell who writes of that very
/// write. (The first is ignored from before `main` on, and programs that are started get it back as
/// it is by default: the standard library does both, so that nobody knows here how it was before.)
#[cfg(unix)]
const FOR_OTHERS: [c_int; 18] = [
    SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM, SIGCONT, SIGTSTP,
    SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO,
];

/// The signals that can be sent to nobody without `unsafe`. They are caught, so that they don't end
/// this process either. The C library keeps the first ones to itself.
#[cfg(target_os = "linux")]
const REAL_TIME: std::ops::RangeInclusive<c_int> =
    (if cfg!(target_env = "musl") { 35 } else { 34 })..=64;
#[cfg(all(unix, not(target_os = "linux")))]
const REAL_TIME: [c_int; 0] = [];

/// The signals that come, for whoever passes them on to a command, and what tells of that command's
/// end. While this lives they do nothing else.
#[cfg(unix)]
#[derive(Debug)]
pub struct Incoming(SignalsInfo<WithRawSiginfo>);

/// A signal to pass on.
#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// Its number.
    pub number: c_int,
    /// Whether the terminal sent it, for a key or for its new size: then all who are in its
    /// foreground have it, or all of a group that may not use it now.
    pub by_terminal: bool,
}

#[cfg(unix)]
impl Incoming {
    /// Takes them from now on, except those that are ignored.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn take() -> io::Result<Self> {
        let mut numbers: Vec<_> = FOR_OTHERS.into_iter().chain(REAL_TIME).collect();
        leave_ignored(&mut numbers);
        // That one is needed, and whoever ignored it would wait for no end.
        numbers.push(SIGCHLD);
        SignalsInfo::new(numbers).map(Self)
    }

    /// Waits until something comes. Nothing to pass on means that a child may have ended or stopped.
    pub fn wait(&mut self) -> impl Iterator<Item = Came> {
        let came = self.0.wait().filter(|info| info.si_signo != SIGCHLD);
        came.map(|info| Came {
            number: info.si_signo,
            by_terminal: matches!(
                info.si_signo,
                SIGINT | SIGQUIT | SIGTSTP | SIGTTIN | SIGTTOU | SIGWINCH
            ) && by_the_system(info.si_code),
        })
    }
}

/// Whether no process sent a signal: `kill` and its like have codes up to 0.
#[cfg(target_os = "linux")]
const fn by_the_system(code: c_int) -> bool {
    code > 0
}

/// Whether no process sent a signal. The code doesn't say so here; what a terminal sends, it sends
/// to those in its foreground.
#[cfg(all(unix, not(target_os = "linux")))]
fn by_the_system(_: c_int) -> bool {
    let terminal = std::fs::File::open("/dev/tty");
    let foreground = terminal.and_then(|terminal| Ok(rustix::termios::tcgetpgrp(terminal)?));
    foreground.is_ok_and(|group| group == rustix::process::getpgrp())
}

/// What is lost with an answer that nobody waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stake {
    /// A connection: its refresh token may be spent, and the next one is in the answer.
    Connection,
    /// A sign-in: its code may be spent, and the grant is used by nobody.
    Consent,
    /// Whether access has ended. That can be asked again.
    Revocation,
}

impl Stake {
    const fn in_the_air(self) -> &'static AtomicUsize {
        match self {
            Self::Connection => &CONNECTIONS,
            Self::Consent => &CONSENTS,
            Self::Revocation => &REVOCATIONS,
        }
    }
}

/// A request that spends something has left, or is about to; what it brings must be stored.
#[derive(Debug)]
pub struct InTheAir(Stake);

impl InTheAir {
    /// From just before the request leaves until its answer is stored.
    #[must_use]
    pub fn with(stake: Stake) -> Self {
        stake.in_the_air().fetch_add(1, Ordering::SeqCst);
        Self(stake)
    }
}

impl Drop for InTheAir {
    fn drop(&mut self) {
        self.0.in_the_air().fetch_sub(1, Ordering::SeqCst);
    }
}

/// What hangs on the answers that are waited for and must be stored: the most precious of it.
#[must_use]
pub fn at_stake() -> Option<Stake> {
    let all = [Stake::Connection, Stake::Consent, Stake::Revocation];
    let is_in_the_air = |stake: &Stake| stake.in_the_air().load(Ordering::SeqCst) > 0;
    all.into_iter().find(is_in_the_air)
}

/// Whether an answer is waited for that must be stored.
#[must_use]
pub fn must_wait() -> bool {
    at_stake().is_some()
}
