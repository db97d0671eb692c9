//! The `oauthctl` program. Everything is in the library; `main` returns the exit code, so that
//! destructors run and wipe secrets.

use std::process::ExitCode;

fn main() -> ExitCode {
    oauthctl::commands::main()
}
