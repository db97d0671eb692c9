//! The system ring: the real binary against programs that somebody else wrote. `.ci/run` installs
//! them; where one is missing a test says so and passes, except where `CI` is set.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test crate: helper functions may panic, print and read the environment"
)]

mod backup;
mod browser;
mod chance;
mod ci;
mod completing;
mod custody;
mod disk;
mod ending;
mod exporting;
mod git;
mod github;
mod github_api;
mod github_git;
mod github_schema;
mod github_talk;
mod glewlwyd;
mod herd;
mod jq;
mod keyring;
mod keys;
mod kill;
mod leaks;
mod login;
mod mail;
mod manuscript;
mod peer;
mod persons;
mod recovering;
mod rekeying;
mod relay;
mod report;
mod restoring;
mod rig;
mod screen;
mod seams;
mod stage;
mod stray;
mod threads;
mod trace;
#[path = "../cli/usual_signals.rs"]
mod usual_signals;
mod visitor;
mod ways;
mod world;
