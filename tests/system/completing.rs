//! Completion of names in the real shells: what a person sees after the tabulator.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::rig;
use crate::screen::Screen;
use crate::stage::Stage;
use crate::world::{PROVIDER, World};

/// A label that a shell would run, if it were ever given to one as it is.
const HOSTILE: &str = "$(touch pwned)`touch pwned`;touch pwned";

/// A vault with one connection, whose account is called that.
fn stage() -> Stage {
    Stage::connected_with("3600", &["--account", HOSTILE])
}

/// What stands on the line beside the command, and is no business of any other process.
const SECRET: &str = "hunter2";

/// A program before the real one on the `PATH`, which keeps what it was called with.
fn tattler(stage: &Stage) -> PathBuf {
    let bin = stage.world.at("tmp/bin");
    fs::create_dir_all(&bin).expect("a folder");
    let program = bin.join("oauthctl");
    let real = stage.world.binary.display();
    let log = bin.join("arguments");
    let script = format!(
        "#!/bin/sh\nprintf '<%s>' \"$@\" >>'{}'\nexec '{real}' \"$@\"\n",
        log.display()
    );
    fs::write(&program, script).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
    log
}

/// Ways in which it gets there.
fn beside() -> [String; 3] {
    [
        format!("export P={SECRET}; "),
        format!("P={SECRET} "),
        format!("echo {SECRET} | "),
    ]
}

fn nothing_was_told(log: &Path) {
    let told = fs::read_to_string(log).expect("the program was asked");
    assert!(told.contains("<complete>"), "{told}");
    assert!(!told.contains(SECRET), "{told}");
}

fn nothing_ran(stage: &Stage) {
    let found = Command::new("find")
        .arg(stage.world.path())
        .args(["-name", "*pwned*"])
        .output()
        .expect("find");
    assert!(found.stdout.is_empty(), "{found:?}");
}

/// Types in a shell that has the completion script, and looks. Behind `wrappers` the shell knows that
/// a command comes.
fn in_shell(name: &str, start: &str, wrappers: &[&str]) {
    if rig::program(name).is_none() {
        return;
    }
    let stage = stage();
    let log = tattler(&stage);
    let Some(screen) = Screen::start(&stage.world, &[]) else {
        return;
    };
    screen.enter(start);
    screen.until("rea0dy");
    // the part that all names have in common, and no more
    screen.complete("oauthctl token pra");
    screen.until(&format!("oauthctl token {PROVIDER}"));
    let before = beside();
    for before in before
        .iter()
        .map(String::as_str)
        .chain(wrappers.iter().copied())
    {
        screen.clear();
        screen.complete(&format!("{before}oauthctl token pra"));
        screen.until(&format!("{before}oauthctl token {PROVIDER}"));
    }
    nothing_was_told(&log);
    screen.clear();
    // behind `--` stands another command
    screen.complete(&format!("oauthctl exec {PROVIDER} -- oauthc"));
    screen.until(&format!("oauthctl exec {PROVIDER} -- oauthctl"));
    screen.clear();
    screen.complete("oauthctl provider show git");
    screen.complete("hu");
    screen.until("oauthctl provider show github");
    screen.clear();
    screen.complete("oauthctl exec github pra");
    screen.until(&format!("oauthctl exec github {PROVIDER}"));
    screen.clear();
    // the only file that such a name is the beginning of is offered before anything is typed
    screen.enter("mkdir only; cd only; touch hosts.yml");
    screen.complete("oauthctl vault import ");
    screen.until("oauthctl vault import hosts.yml");
    screen.clear();
    screen.enter("cd ..");
    // a file name with a space in it is one word
    screen.enter("mkdir spaced; cd spaced; touch 'b file'");
    screen.complete("oauthctl api github --input b");
    screen.until("--input b\\ file");
    screen.clear();
    screen.enter("cd ..");
    screen.complete("oauthctl connect google --feature cal");
    screen.until("--feature calendar");
    screen.clear();
    screen.complete("oauthctl connect google --scope open");
    screen.until("--scope openid");
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
fn bash_completes_the_names_of_connections_providers_features_and_scopes() {
    in_shell(
        "bash",
        "oauthctl completions bash > c.bash; PS1='% ' exec bash --norc --rcfile c.bash -i -c '. ./c.bash; echo rea$((0))dy; exec bash --rcfile c.bash -i'",
        &[],
    );
}

#[test]
fn zsh_completes_the_names_of_connections_providers_features_and_scopes() {
    in_shell(
        "zsh",
        "mkdir -p z; oauthctl completions zsh > z/_oauthctl; echo 'fpath=($PWD/z $fpath); autoload -U compinit; compinit -u; PS1=\"% \"; echo rea$((0))dy' > z/.zshrc; ZDOTDIR=$PWD/z exec zsh -i",
        &["sudo ", "sudo -u x ", "env P=hunter2 "],
    );
}

/// What fish would complete the line with.
fn asked(world: &World, fish: &Path, script: &Path, line: &str) -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let variables: Vec<_> = world
        .wrapped(fish, &[], &[])
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    let ended = Command::new(fish)
        .env_clear()
        .envs(variables)
        .env("PATH", format!("{}:{path}", world.at("tmp/bin").display()))
        .current_dir(world.path())
        .args(["--no-config", "-C"])
        .arg(format!("source {}", script.display()))
        .args(["-c", "complete -C $argv[1]", line])
        .output()
        .expect("fish");
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

#[test]
fn fish_completes_the_names_of_connections_providers_and_features() {
    let Some(fish) = rig::program("fish") else {
        return;
    };
    let stage = stage();
    let world = &stage.world;
    let add = ["--recovery-file", "sheet", "--label", "stick"];
    world.must(&[&["vault", "recipients", "add"], &add[..]].concat());
    let script = world.at("oauthctl.fish");
    fs::write(&script, world.must(&["completions", "fish"])).expect("written");
    let log = tattler(&stage);
    let ask = |line: &str| asked(world, &fish, &script, line);
    let connections = ask("oauthctl token pra");
    assert!(
        connections.lines().any(|line| line == PROVIDER),
        "{connections}"
    );
    assert!(connections.contains(HOSTILE), "{connections}");
    for before in beside() {
        let connections = ask(&format!("{before}oauthctl token pra"));
        assert!(connections.contains(HOSTILE), "{before}: {connections}");
    }
    nothing_was_told(&log);
    assert!(ask("oauthctl provider show gith").contains("github"));
    assert!(ask("oauthctl connect google --feature cal").contains("calendar"));
    for (line, wanted, unwanted) in [
        ("oauthctl connect google --feature ", "calendar", "github"),
        ("oauthctl connect google --add ", "calendar", "github"),
        ("oauthctl connect google --scope ", "openid", "github"),
        (
            "oauthctl connect google --feature=",
            "--feature=calendar",
            "--feature=--",
        ),
        ("oauthctl vault export --connection ", PROVIDER, "github"),
        ("oauthctl audit --connection ", PROVIDER, "github"),
        ("oauthctl vault recipients remove ", "stick", "help"),
        ("oauthctl audit --action ", "hand_out", "oauthctl.fish"),
        ("oauthctl completions ", "zsh", "oauthctl.fish"),
        ("oauthctl exec github ", PROVIDER, "oauthctl"),
        ("oauthctl config get ", "profile", "oauthctl.fish"),
        ("oauthctl --profile ", "default", "oauthctl.fish"),
        ("oauthctl git setup ", "github.com", "oauthctl.fish"),
    ] {
        let names = ask(line);
        assert!(names.lines().any(|name| name == wanted), "{line}: {names}");
        assert!(!names.contains(unwanted), "{line}: {names}");
    }
    assert!(
        ask("oauthctl tok").contains("token"),
        "the words of the program stay"
    );
    // the control: nothing of it is in the script itself
    assert!(!fs::read_to_string(&script).expect("text").contains("touch"));
    nothing_ran(&stage);
}
