//! What is typed at a terminal: whom the keys of `exec --refresh-file` reach, and `vault init` asks.

use std::process::Command;

use crate::screen::Screen;
use crate::stage::Stage;
use crate::world::{PROVIDER, World};

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

#[test]
fn vault_init_asks_again_for_a_recovery_key_that_could_not_be_written() {
    let world = World::new("");
    let Some(screen) = Screen::start(&world, &[]) else {
        return;
    };
    screen.enter("oauthctl vault init --key file");
    screen.until("to which file?");
    screen.enter("/nowhere/at/all");
    screen.until("could not write the recovery key");
    // no shell has seen the name
    screen.enter("~/sheet.txt");
    screen.until("wrote a recovery key to");
    screen.clear();
    screen.enter("ls ~/sheet.txt && oauthctl vault status");
    screen.until("(recovery)");
}
