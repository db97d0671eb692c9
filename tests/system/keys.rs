//! `exec --refresh-file` at a terminal: whom its keys reach, and how often.

use std::process::Command;

use crate::screen::Screen;
use crate::stage::Stage;
use crate::world::PROVIDER;

#[test]
fn exec_refresh_file_lets_ctrl_c_reach_the_command_once_and_passes_a_kill_on() {
    for stdin in ["/dev/tty", "/dev/null"] {
        let stage = Stage::connected("3600");
        let Some(screen) = Screen::start(&stage.world, &[]) else {
            return;
        };
        // what is typed is on the screen too, so it holds none of the words that are waited for
        screen.enter(&format!(
            "oauthctl exec {PROVIDER} --refresh-file t -- sh -c 'n=0; w=heard; \
             trap \"n=\\$((n+1)); echo \\$w \\$n\" INT; trap \"echo \\$w all: \\$n; exit\" TERM; \
             echo pid$((0)) $PPID now; while :; do sleep 0.1 & wait; done' < {stdin}"
        ));
        let shell = screen.word("pid0", "");
        let parent: u32 = shell.parse().expect("a process id");
        screen.interrupt();
        screen.until("heard 1");
        kill("-INT", parent);
        screen.until("heard 2");
        kill("-TERM", parent);
        screen.until("heard all: 2");
        screen.until("$");
    }
}

fn kill(signal: &str, process: u32) {
    let process = process.to_string();
    let ended = Command::new("kill").args([signal, &process]).status();
    assert!(ended.expect("kill").success());
}
