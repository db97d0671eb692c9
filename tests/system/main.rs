//! The system ring: the real binary against programs that somebody else wrote. `.ci/run` installs
//! them; where one is missing a test says so and passes, except where `CI` is set.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test crate: helper functions may panic and read the environment"
)]

mod browser;
mod peer;
mod rig;
mod seams;
mod visitor;
