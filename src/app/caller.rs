//! Who runs this program.

use crate::vault::Caller;

/// This process, as the audit log names it.
pub(super) fn caller() -> Caller {
    #[expect(
        clippy::disallowed_methods,
        reason = "this function owns the working folder"
    )]
    let cwd = std::env::current_dir()
        .ok()
        .map(|path| path.display().to_string());
    Caller {
        pid: std::process::id(),
        uid: uid(),
        parent: parent(),
        cwd,
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have no user ids")]
fn uid() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

/// The program that started us, as far as the system tells.
#[cfg(target_os = "linux")]
fn parent() -> Option<String> {
    let pid = rustix::process::getppid()?.as_raw_nonzero();
    if let Ok(path) = std::fs::read_link(format!("/proc/{pid}/exe")) {
        return Some(path.display().to_string());
    }
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(name.trim().to_owned())
}

#[cfg(not(unix))]
fn uid() -> Option<u32> {
    None
}

#[cfg(not(target_os = "linux"))]
fn parent() -> Option<String> {
    None
}
