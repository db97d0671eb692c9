//! The `oauthctl` program. Everything is in the library; `main` returns the exit code, so that
//! destructors run and wipe secrets.

use std::process::ExitCode;

/// musl's own allocator costs a token a quarter of its time.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    oauthctl::commands::main()
}
