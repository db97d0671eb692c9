//! `exec`: a command with tokens in its environment, and nowhere else.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use oauthctl::sandbox::Endpoint;
use rustix::process::Signal;

use crate::running::Running;
use crate::usual_signals::signals_as_usual;
use crate::world::{Call, World, mode};

/// Runs a line of shell under `exec`, with the tokens of these connections.
fn exec(world: &World, before: &[&str], line: &str) -> crate::world::Output {
    let mut args = vec!["exec"];
    args.extend(before);
    let line = format!("PATH=/usr/bin:/bin; {line}");
    args.extend(["--", "/bin/sh", "-c", &line]);
    world.run(&args)
}

#[test]
fn exec_puts_a_fresh_token_into_the_environment_and_prints_nothing() {
    let world = World::expired();
    let wanted = world.give("wanted", "");
    let line = format!("printf %s \"$SANDBOX_TOKEN\" > '{}'", wanted.display());
    exec(&world, &["sandbox"], &line)
        .ended(0)
        .silent()
        .no_data();
    assert_eq!(fs::read_to_string(&wanted).unwrap(), world.token("sandbox"));
    let line = format!("printf %s \"$MINE\" > '{}'", wanted.display());
    exec(&world, &["sandbox", "--env", "MINE"], &line)
        .ended(0)
        .silent();
    assert_eq!(fs::read_to_string(&wanted).unwrap(), world.token("sandbox"));
}

#[test]
fn exec_gives_the_command_none_of_our_variables() {
    let world = World::new();
    world.connect();
    let output = exec(&world, &["sandbox"], "env | grep -c ^OAUTHCTL_");
    assert_eq!(output.stdout, "0\n");
    // control: the shell's own count finds what is there
    let line = "OAUTHCTL_X=1 /usr/bin/env | grep -c ^OAUTHCTL_";
    assert_eq!(exec(&world, &["sandbox"], line).stdout, "1\n");
}

#[test]
fn exec_passes_exit_codes_and_signals_on() {
    let world = World::new();
    world.connect();
    exec(&world, &["sandbox"], "exit 0").ended(0);
    exec(&world, &["sandbox"], "exit 7").ended(7).silent();
    exec(&world, &["sandbox"], "kill -TERM $$").ended(-15);
    let file = world.path("given/fresh").display().to_string();
    let kept = ["sandbox", "--refresh-file", &file];
    exec(&world, &kept, "exit 7").ended(7).silent();
    exec(&world, &kept, "kill -KILL $$").ended(128 + 9).silent();
}

#[test]
fn exec_leaves_the_command_the_limit_of_core_files_that_there_was() {
    let world = World::new();
    world.connect();
    let path = world.path("given/fresh").display().to_string();
    for file in [&[][..], &["--refresh-file", &path]] {
        let show = ["--", "/bin/sh", "-c", "ulimit -Sc"];
        let args = [&["exec", "sandbox"], file, &show].concat();
        // as far as the hard limit lets this test raise it
        let call = world
            .call(&args)
            .through("ulimit -Sc \"$(ulimit -Hc)\"; exec \"$@\"");
        let allowed = Command::new("/bin/sh")
            .args(["-c", "ulimit -Hc"])
            .output()
            .unwrap();
        let allowed = String::from_utf8(allowed.stdout).unwrap();
        assert_eq!(call.run().ended(0).silent().stdout, allowed);
    }
}

#[test]
fn exec_says_125_for_its_own_failures() {
    let world = World::new();
    exec(&world, &["sandbox"], "exit 0")
        .ended(125)
        .says(&["error:", "sandbox"]);
    world.connect();
    world
        .run(&["exec", "sandbox", "--", "/nowhere/nothing"])
        .ended(125)
        .says(&["could not run `/nowhere/nothing`"]);
    let error = world
        .run(&[
            "exec",
            "sandbox",
            "--scope",
            "admin",
            "--json",
            "--",
            "/bin/true",
        ])
        .ended(125)
        .error();
    assert_eq!(error["exit_code"], 125);
    assert_eq!(error["kind"], "login_required");
    // what is not even a command line is usage, as everywhere
    world.run(&["exec", "sandbox"]).ended(2);
    world
        .run(&["exec", "sandbox", "sh", "-c", "exit 0"])
        .ended(2)
        .says(&["tip: the command stands after `--`: oauthctl exec sandbox -- sh …"])
        .silent_about("-- -c");
    let error = world
        .run(&[
            "exec", "sandbox", "--env", "X", "sh", "-c", "exit 0", "--json",
        ])
        .ended(2)
        .error();
    assert_eq!(
        error["hints"][0],
        "the command stands after `--`: oauthctl exec CONNECTION -- COMMAND …"
    );
    // where `--` stands, something else is wrong
    world
        .run(&["exec", "sandbox", "--evn", "X", "--", "true"])
        .ended(2)
        .silent_about("the command stands after");
}

#[test]
fn exec_of_two_connections_needs_two_variables() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    let both = ["sandbox/writer", "sandbox/reader"];
    exec(&world, &both, "exit 0")
        .ended(2)
        .says(&["`SANDBOX_TOKEN`", "hint:", "--env"]);
    let (one, two) = (world.give("one", ""), world.give("two", ""));
    let line = format!(
        "printf %s \"$ONE\" > '{}'; printf %s \"$TWO\" > '{}'",
        one.display(),
        two.display()
    );
    exec(
        &world,
        &[&both[..], &["--env", "ONE", "--env", "TWO"]].concat(),
        &line,
    )
    .ended(0);
    assert_eq!(
        fs::read_to_string(one).unwrap(),
        world.token("sandbox/writer")
    );
    assert_eq!(
        fs::read_to_string(two).unwrap(),
        world.token("sandbox/reader")
    );
    let before = world.json(&["audit"]).len();
    exec(&world, &[&both[..], &["--env", "ONE"]].concat(), "exit 0")
        .ended(2)
        .says(&["2 connections and 1 `--env`"]);
    let twice = ["--env", "ONE", "--env", "ONE"];
    exec(&world, &[&both[..], &twice].concat(), "exit 0")
        .ended(2)
        .says(&["two tokens would go into the variable `ONE`"]);
    let file = world.path("given/fresh").display().to_string();
    exec(
        &world,
        &[&both[..], &["--refresh-file", &file]].concat(),
        "exit 0",
    )
    .ended(2)
    .says(&["`--refresh-file` keeps one connection's token fresh"]);
    assert_eq!(
        world.json(&["audit"]).len(),
        before,
        "no token was handed out"
    );
    for bad in [
        "1X",
        "A-B",
        "OAUTHCTL_X",
        "A=B",
        "",
        "LD_PRELOAD",
        "DYLD_X",
        "PATH",
    ] {
        let flag = format!("--env={bad}");
        exec(&world, &["sandbox/writer", &flag], "exit 0").ended(2);
    }
}

#[test]
fn exec_refresh_file_is_private_and_follows_the_token() {
    let world = World::with(|options| options.lifetimes = "4,4,3600".parse().unwrap());
    world.connect();
    let file = world.path("given/fresh");
    let seen = world.path("given/seen");
    // The command ends once the file has changed twice: no clock is read here.
    let line = format!(
        "f='{f}'; [ \"$(cat $f)\" = \"$SANDBOX_TOKEN\" ] || exit 3; \
         stat -c %a $f > '{s}'; \
         n=0; old=$(cat $f); while [ $n -lt 2 ]; do new=$(cat $f); \
         if [ \"$new\" != \"$old\" ]; then n=$((n+1)); old=$new; fi; done; \
         printf %s \"$new\" >> '{s}'",
        f = file.display(),
        s = seen.display()
    );
    let path = file.display().to_string();
    exec(&world, &["sandbox", "--refresh-file", &path], &line)
        .ended(0)
        .silent();
    let told = fs::read_to_string(&seen).unwrap();
    assert_eq!(told, format!("600\n{}", world.token("sandbox")));
    assert!(!file.exists(), "the token outlives the command");
    assert_eq!(mode(&world.path("given")), 0o700);
}

#[test]
fn exec_refresh_file_passes_a_termination_on() {
    let world = World::new();
    world.connect();
    let file = world.path("given/fresh").display().to_string();
    let told = world.path("given/told");
    let line = format!(
        "trap 'echo ended > {t}; exit 5' TERM; kill -TERM $PPID; while :; do :; done",
        t = told.display()
    );
    exec(&world, &["sandbox", "--refresh-file", &file], &line)
        .ended(5)
        .silent();
    assert_eq!(fs::read_to_string(told).unwrap(), "ended\n");
}

/// A loop of shell that goes on until the file holds another token than `$old`.
const UNTIL_IT_CHANGES: &str =
    "while new=$(cat \"$f\"); [ \"$new\" = \"$old\" ]; do :; done; old=$new";

#[test]
fn exec_refresh_file_passes_a_termination_on_after_a_refresh_too() {
    let world = World::with(|options| options.lifetimes = "4,3600".parse().unwrap());
    world.connect();
    let file = world.path("given/fresh");
    let path = file.display().to_string();
    let line = format!(
        "f='{path}'; old=$SANDBOX_TOKEN; trap 'exit 5' TERM; {UNTIL_IT_CHANGES}; \
         kill -TERM $PPID; while :; do :; done"
    );
    exec(&world, &["sandbox", "--refresh-file", &path], &line)
        .ended(5)
        .silent();
    assert!(!file.exists(), "the token outlives the command");
}

#[test]
fn exec_refresh_file_renews_on_after_an_interrupt_that_the_command_survived() {
    let world = World::with(|options| options.lifetimes = "4,4,3600".parse().unwrap());
    world.connect();
    let path = world.path("given/fresh").display().to_string();
    // the first refresh is there before the interrupt, the second one comes after it
    let line = format!(
        "f='{path}'; old=$SANDBOX_TOKEN; trap heard=6 INT; {UNTIL_IT_CHANGES}; \
         kill -INT $PPID; {UNTIL_IT_CHANGES}; exit $heard"
    );
    exec(&world, &["sandbox", "--refresh-file", &path], &line)
        .ended(6)
        .silent();
    assert_eq!(world.count(Endpoint::Refresh), 2);
}

#[test]
fn exec_refresh_file_gives_no_answer_up_for_interrupts_that_the_command_survives() {
    let world = World::with(|options| options.lifetimes = "4,3600".parse().unwrap());
    world.connect();
    world.faults(&["refresh:*=slow=1500"]);
    let path = world.path("given/fresh").display().to_string();
    let line = format!(
        "PATH=/usr/bin:/bin; f='{path}'; old=$SANDBOX_TOKEN; trap : INT; {UNTIL_IT_CHANGES}; exit 6"
    );
    let args = ["exec", "sandbox", "--refresh-file", &path];
    let running = world.call(&[&args[..], &["--", "/bin/sh", "-c", &line]].concat());
    let running = running.start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == 1
    });
    for _ in 0..3 {
        running.signal(Signal::INT);
        running.until_heard();
        std::thread::sleep(Duration::from_millis(100));
    }
    running.finish().ended(6).silent();
    assert_eq!(world.count(Endpoint::Refresh), 1);
    assert_eq!(world.shown("sandbox")["state"], "active");
}

#[test]
fn exec_refresh_file_that_was_started_to_outlive_its_terminal_does_with_its_command() {
    let world = World::new();
    world.connect();
    let path = world.path("given/fresh").display().to_string();
    let line = "PATH=/usr/bin:/bin; kill -HUP $PPID; kill -HUP $$; exit 6";
    let args = ["exec", "sandbox", "--refresh-file", &path];
    let call = world.call(&[&args[..], &["--", "/bin/sh", "-c", line]].concat());
    call.through("trap '' HUP; exec \"$@\"")
        .run()
        .ended(6)
        .silent();
    // control: otherwise the command is told of it
    let heard = "trap 'exit 7' HUP; kill -HUP $PPID; while :; do :; done";
    exec(&world, &args[1..], heard).ended(7).silent();
}

#[test]
fn exec_refresh_file_passes_every_signal_on_that_can_be_caught() {
    let world = World::new();
    world.connect();
    let file = world.path("given/fresh");
    let path = file.display().to_string();
    // the last one reaches nobody, and ends nobody
    let line = "for s in ABRT USR1 USR2 ALRM URG XCPU VTALRM PROF WINCH IO CONT; do \
                trap \"heard=$s\" $s; kill -$s $PPID; while [ \"$heard\" != $s ]; do :; done; \
                done; kill -40 $PPID; exit 5";
    exec(&world, &["sandbox", "--refresh-file", &path], line)
        .ended(5)
        .silent();
    assert!(!file.exists(), "the token outlives the command");
}

#[test]
fn exec_refresh_file_stops_and_goes_on_as_one_job_with_its_command() {
    let world = World::new();
    world.connect();
    let path = world.path("given/fresh").display().to_string();
    let told = world.path("given/told");
    let line = format!(
        "trap 'exit 5' TERM; echo $$ > '{t}.new'; /bin/mv '{t}.new' '{t}'; while :; do :; done",
        t = told.display()
    );
    let args = ["exec", "sandbox", "--refresh-file", &path];
    let mut command = world
        .call(&[&args[..], &["--", "/bin/sh", "-c", &line]].concat())
        .command();
    // a job of its own, as a shell starts it
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let running = Running::start(command, None);
    world.until("the command runs", |_| told.exists());
    let child = fs::read_to_string(&told).unwrap();
    let stopped = || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.trim())).unwrap();
        status.contains("State:\tT")
    };
    running.signal(Signal::TSTP);
    world.until("the command stops", |_| stopped());
    running.until_it_stops();
    running.signal(Signal::CONT);
    world.until("the command goes on", |_| !stopped());
    running.signal(Signal::TERM);
    running.finish().ended(5).silent();
}

/// Starts a command with a token that is kept fresh, which ends when there is a file `end`.
fn until_told<'w>(world: &'w World, path: &str) -> Call<'w> {
    let end = world.path("given/end");
    let line = format!(
        "PATH=/usr/bin:/bin; until [ -e '{}' ]; do sleep 0.05; done",
        end.display()
    );
    let args = ["exec", "sandbox", "--refresh-file", path];
    world.call(&[&args[..], &["--", "/bin/sh", "-c", &line]].concat())
}

#[test]
fn exec_refresh_file_takes_the_file_away_with_the_command_and_waits_for_an_answer_after_that() {
    let world = World::with(|options| options.lifetimes = "4,3600".parse().unwrap());
    world.connect();
    world.faults(&["refresh:*=slow=4000"]);
    let file = world.path("given/fresh");
    let running = until_told(&world, &file.display().to_string()).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == 1
    });
    assert!(file.exists());
    world.give("end", "");
    world.until("the file is gone", |_| !file.exists());
    assert!(running.lives(), "the answer is not waited for");
    running.finish().ended(0).silent();
    assert!(!file.exists());
    assert_eq!(world.shown("sandbox")["state"], "active");
}

#[test]
fn exec_refresh_file_says_once_that_a_server_is_in_trouble() {
    let world = World::with(|options| options.lifetimes = "3".parse().unwrap());
    world.connect();
    world.faults(&["refresh:*=503/1"]);
    let path = world.path("given/fresh").display().to_string();
    let mut running = until_told(&world, &path).start();
    running.line(|line| line.contains("was not renewed").then_some(()));
    let asked = world.count(Endpoint::Refresh);
    // which takes half a minute: the server is left alone
    running.until("it is asked again", || {
        world.count(Endpoint::Refresh) > asked
    });
    world.give("end", "");
    let output = running.finish().ended(0);
    let said = output.stderr.matches("was not renewed").count();
    assert_eq!(said, 1, "{output:?}");
}

#[test]
fn exec_leaves_ignored_what_its_caller_had_ignored() {
    signals_as_usual();
    let line = "trap '' INT QUIT TERM USR1 TSTP; exec \"$@\"";
    let show = ["/bin/grep", "SigIgn:", "/proc/self/status"];
    let ignored = |output: &str| {
        let mask = output.trim().strip_prefix("SigIgn:").unwrap().trim();
        u64::from_str_radix(mask, 16).unwrap()
    };
    let before = Command::new("/bin/sh")
        .args(["-c", line, "sh"])
        .args(show)
        .output()
        .unwrap();
    // The standard library gives SIGPIPE to programs as it is by default, and the C library ignores
    // what it keeps to itself.
    let known = 0x7fff_ffff & !(1 << (Signal::PIPE.as_raw() - 1));
    let before = ignored(&String::from_utf8(before.stdout).unwrap()) & known;
    assert_ne!(before & (1 << (Signal::INT.as_raw() - 1)), 0);
    for keeps in [false, true] {
        // the network is needed first, which listens for signals as well
        let world = World::expired();
        let path = world.path("given/fresh").display().to_string();
        let file: &[&str] = if keeps {
            &["--refresh-file", &path]
        } else {
            &[]
        };
        let args = [&["exec", "sandbox"], file, &["--"], &show].concat();
        let output = world.call(&args).through(line).run().ended(0).silent();
        assert_eq!(ignored(&output.stdout) & known, before, "{keeps}");
    }
}

#[test]
fn exec_refresh_file_replaces_and_removes_nothing_that_stands_there() {
    let world = World::expired();
    let before = world.count(Endpoint::Refresh);
    let mine = world.give("my notes", "mine");
    let path = mine.display().to_string();
    exec(&world, &["sandbox", "--refresh-file", &path], "exit 0")
        .ended(125)
        .no_data()
        .says(&["is not replaced", "hint:", "killed", "rm '"]);
    assert_eq!(fs::read_to_string(&mine).unwrap(), "mine");
    let link = world.path("given/link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    let path = link.display().to_string();
    exec(&world, &["sandbox", "--refresh-file", &path], "exit 0").ended(125);
    assert!(link.symlink_metadata().is_ok());
    assert_eq!(world.count(Endpoint::Refresh), before);
}

#[test]
fn exec_asks_for_the_passphrase_once_however_often_it_renews() {
    let world = World::with(|options| options.lifetimes = "4,4,3600".parse().unwrap());
    world.connect();
    let passphrase = behind_a_passphrase(&world);
    let file = world.path("given/fresh").display().to_string();
    // whoever typed it is gone as soon as the command runs
    let line = format!(
        "PATH=/usr/bin:/bin; rm '{}'; f='{file}'; old=$SANDBOX_TOKEN; {UNTIL_IT_CHANGES}",
        passphrase.display()
    );
    let shell = ["--", "/bin/sh", "-c", &line];
    let call = world.call(&[&["exec", "sandbox", "--refresh-file", &file], &shell[..]].concat());
    call.without("OAUTHCTL_IDENTITY_FILE")
        .env("OAUTHCTL_PASSPHRASE_FILE", &passphrase)
        .run()
        .ended(0)
        .silent();
}

#[test]
fn exec_refresh_file_says_once_that_nobody_is_asked_for_another_key() {
    let world = World::with(|options| options.lifetimes = "3".parse().unwrap());
    world.connect();
    let passphrase = behind_a_passphrase(&world);
    let (file, end) = (world.path("given/fresh"), world.path("given/end"));
    let line = format!(
        "PATH=/usr/bin:/bin; rm '{}'; until [ -e '{}' ]; do sleep 0.05; done",
        passphrase.display(),
        end.display()
    );
    let path = file.display().to_string();
    let args = ["exec", "sandbox", "--refresh-file", &path, "--"];
    let mut running = world
        .call(&[&args[..], &["/bin/sh", "-c", &line]].concat())
        .without("OAUTHCTL_IDENTITY_FILE")
        .env("OAUTHCTL_PASSPHRASE_FILE", &passphrase)
        .start();
    world.until("the command runs", |_| !passphrase.exists());
    let again = world.give("passphrase again", "correct horse");
    world
        .call(&["vault", "rekey"])
        .without("OAUTHCTL_IDENTITY_FILE")
        .env("OAUTHCTL_PASSPHRASE_FILE", &again)
        .run()
        .ended(0);
    running.line(|line| line.contains("nobody is asked").then_some(()));
    world.give("end", "");
    running.finish().ended(0);
}

/// Moves the key of the vault behind a passphrase, which stands in the file that is returned.
pub(crate) fn behind_a_passphrase(world: &World) -> PathBuf {
    let passphrase = world.give("passphrase", "correct horse");
    let key = world.path("given/key.age").display().to_string();
    let to = ["vault", "move-key", "--to", "passphrase"];
    world
        .call(&[&to[..], &["--identity-file", &key]].concat())
        .env("OAUTHCTL_PASSPHRASE_FILE", &passphrase)
        .run()
        .ended(0);
    passphrase
}
