//! Completion of names in the real shells: what a person sees after the tabulator.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::rig;
use crate::screen::Screen;
use crate::stage::Stage;
use crate::world::PROVIDER;

/// A label that a shell would run, if it were ever given to one as it is.
const HOSTILE: &str = "$(touch pwned)`touch pwned`;touch pwned";

/// A vault with one connection, whose account is called that.
fn stage() -> Stage {
    Stage::connected_with("3600", &["--account", HOSTILE])
}

fn nothing_ran(stage: &Stage) {
    let found = Command::new("find")
        .arg(stage.world.path())
        .args(["-name", "*pwned*"])
        .output()
        .expect("find");
    assert!(found.stdout.is_empty(), "{found:?}");
}

/// Types in a shell that has the completion script, and looks.
fn in_shell(name: &str, start: &str) {
    if rig::program(name).is_none() {
        return;
    }
    let stage = stage();
    let Some(screen) = Screen::start(&stage.world, &[]) else {
        return;
    };
    screen.enter(start);
    screen.until("rea0dy");
    // the part that all names have in common, and no more
    screen.complete("oauthctl token pra");
    screen.until(&format!("oauthctl token {PROVIDER}"));
    screen.clear();
    screen.complete("oauthctl provider show git");
    screen.complete("hu");
    screen.until("oauthctl provider show github");
    screen.clear();
    screen.complete("oauthctl connect google --feature cal");
    screen.until("--feature calendar");
    screen.clear();
    screen.complete(&format!("oauthctl show {PROVIDER}/\\$"));
    screen.until("touch");
    nothing_ran(&stage);
    screen.enter("");
    screen.enter("echo still $((40 + 2)) here");
    screen.until("still 42 here");
    screen.keep(&format!("completing-{name}"));
    nothing_ran(&stage);
}

#[test]
fn bash_completes_the_names_of_connections_providers_and_features() {
    in_shell(
        "bash",
        "oauthctl completions bash > c.bash; PS1='% ' exec bash --norc --rcfile c.bash -i -c '. ./c.bash; echo rea$((0))dy; exec bash --rcfile c.bash -i'",
    );
}

#[test]
fn zsh_completes_the_names_of_connections_providers_and_features() {
    in_shell(
        "zsh",
        "mkdir -p z; oauthctl completions zsh > z/_oauthctl; echo 'fpath=($PWD/z $fpath); autoload -U compinit; compinit -u; PS1=\"% \"; echo rea$((0))dy' > z/.zshrc; ZDOTDIR=$PWD/z exec zsh -i",
    );
}

#[test]
fn fish_completes_the_names_of_connections_providers_and_features() {
    let Some(fish) = rig::program("fish") else {
        return;
    };
    let stage = stage();
    let world = &stage.world;
    let script = world.at("oauthctl.fish");
    fs::write(&script, world.must(&["completions", "fish"])).expect("written");
    let bin = world.at("tmp/bin");
    fs::create_dir_all(&bin).expect("a folder");
    std::os::unix::fs::symlink(&world.binary, bin.join("oauthctl")).expect("a link");
    let ask = |line: &str| -> String {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = world.wrapped(Path::new(&fish), &[], &[]);
        let variables: Vec<_> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        command = Command::new(&fish);
        let ended = command
            .env_clear()
            .envs(variables)
            .env("PATH", format!("{}:{path}", bin.display()))
            .current_dir(world.path())
            .args(["--no-config", "-C"])
            .arg(format!("source {}", script.display()))
            .args(["-c", "complete -C $argv[1]", line])
            .output()
            .expect("fish");
        String::from_utf8_lossy(&ended.stdout).into_owned()
    };
    let connections = ask("oauthctl token pra");
    assert!(
        connections.lines().any(|line| line == PROVIDER),
        "{connections}"
    );
    assert!(connections.contains(HOSTILE), "{connections}");
    assert!(ask("oauthctl provider show gith").contains("github"));
    assert!(ask("oauthctl connect google --feature cal").contains("calendar"));
    assert!(
        ask("oauthctl tok").contains("token"),
        "the words of the program stay"
    );
    // the control: nothing of it is in the script itself
    assert!(!fs::read_to_string(&script).expect("text").contains("touch"));
    nothing_ran(&stage);
}
