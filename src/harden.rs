//! What keeps this process's memory to itself.
//!
//! Not dumpable: no core file, no `ptrace` and no `/proc/PID/environ` for other processes of the
//! same user. It can't keep out root, or who was there before.

#[cfg(target_os = "linux")]
use std::sync::OnceLock;

#[cfg(target_os = "linux")]
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

/// Makes the process undumpable. Failure is not an error: the program works the same, only less
/// guarded, and a container may forbid it.
#[cfg(target_os = "linux")]
pub fn process() {
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // The soft limit only: a browser or a hook that is started from here may raise it again.
    let before = getrlimit(Resource::Core);
    let current = Some(0);
    let maximum = before.maximum;
    let _ = setrlimit(Resource::Core, Rlimit { current, maximum });
    let _ = CORES.set(before);
}

/// How large a core file might have been before.
#[cfg(target_os = "linux")]
static CORES: OnceLock<Rlimit> = OnceLock::new();

/// Gives back what a command that is started from here would otherwise find changed: it may leave
/// core files as far as whoever started this process lets it. This process still can't be dumped.
#[cfg(target_os = "linux")]
pub fn soften() {
    if let Some(before) = CORES.get() {
        let _ = setrlimit(Resource::Core, *before);
    }
}

/// Gives nothing back: nothing was taken.
#[cfg(not(target_os = "linux"))]
pub fn soften() {}

/// Makes the process undumpable where the system has a way.
#[cfg(not(target_os = "linux"))]
pub fn process() {}
