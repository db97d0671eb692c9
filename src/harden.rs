//! What keeps this process's memory to itself.
//!
//! Not dumpable: no core file, no `ptrace` and no `/proc/PID/environ` for other processes of the
//! same user. It can't keep out root, or who was there before.

/// Makes the process undumpable. Failure is not an error: the program works the same, only less
/// guarded, and a container may forbid it.
#[cfg(target_os = "linux")]
pub fn process() {
    use rustix::process::{
        DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
    };

    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // The soft limit only: a browser or a command that is started from here may raise it again.
    let Rlimit { maximum, .. } = getrlimit(Resource::Core);
    let current = Some(0);
    let _ = setrlimit(Resource::Core, Rlimit { current, maximum });
}

/// Makes the process undumpable where the system has a way.
#[cfg(not(target_os = "linux"))]
pub fn process() {}
