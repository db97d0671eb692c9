//! The system has no thread or process to give.

use std::fs;

use crate::rig;
use crate::stage::Stage;
use crate::trace;
use crate::world::{Ended, PROVIDER};

/// What threads and processes are made by.
const CALLS: &str = "clone,clone3,fork,vfork";

#[test]
fn exec_refresh_file_starts_no_command_that_it_cannot_mind() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let stage = Stage::connected("3600");
    let [token, ran] = ["token", "ran"].map(|name| stage.world.at(name));
    let file = token.to_str().expect("a path in UTF-8");
    let command = format!(": > {}", ran.display());
    let before = ["exec", PROVIDER, "--refresh-file", file];
    let exec = [&before[..], &["--", "sh", "-c", &command]].concat();
    let calls = trace::calls(&stage.world, &strace, CALLS, &exec);
    assert!(fs::remove_file(&ran).is_ok(), "the control");
    let mut failed = 0;
    for call in calls {
        // strace ends when the last of what it follows has ended
        let mut command = call.with(&stage.world, &strace, "error=EAGAIN", &exec);
        let ended = Ended::from(command.output().expect("strace"));
        let has_run = fs::remove_file(&ran).is_ok();
        let what = format!("{call:?}: {ended:?}");
        assert_eq!(ended.code, if has_run { 0 } else { 125 }, "{what}");
        assert!(!token.exists(), "{what}");
        failed += usize::from(!has_run);
    }
    assert!(failed > 0, "nothing ever failed");
}
