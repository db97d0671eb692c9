//! What scripts and other programs get: `token` in their form, on a clipboard, and hooks.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use oauthctl::sandbox::Endpoint;
use rustix::process::Signal;

use crate::world::World;

/// A program of the person's in a folder of its own.
fn program(world: &World, name: &str, script: &str) -> PathBuf {
    let folder = world.path("work/bin");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn token_is_printed_as_kubectl_and_credential_programs_read_it() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let read = |format: &str| -> serde_json::Value {
        let output = world.ok(&["token", "sandbox", "--format", format]);
        serde_json::from_str(&output.stdout).unwrap()
    };
    let kubectl = read("kubectl");
    assert_eq!(kubectl["apiVersion"], "client.authentication.k8s.io/v1");
    assert_eq!(kubectl["kind"], "ExecCredential");
    assert_eq!(kubectl["status"]["token"], token.as_str());
    let expiry = world.shown("sandbox")["expires_at"].clone();
    assert!(expiry.is_string());
    assert_eq!(kubectl["status"]["expirationTimestamp"], expiry);
    // an older file of settings asks in the version before
    let asked = world.call(&["token", "sandbox", "--format", "kubectl"]);
    let older = r#"{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential"}"#;
    let older = asked.env("KUBERNETES_EXEC_INFO", older).run().ended(0);
    let older: serde_json::Value = serde_json::from_str(&older.stdout).unwrap();
    assert_eq!(older["apiVersion"], "client.authentication.k8s.io/v1beta1");
    let process = read("credential-process");
    assert_eq!(process["Version"], 1);
    assert_eq!(process["Token"], token.as_str());
    assert_eq!(process["Expiration"], expiry);
}

#[test]
fn token_for_a_mail_server_names_the_mailbox() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let asked = ["token", "sandbox", "--format", "xoauth2"];
    world
        .run(&asked)
        .ended(2)
        .no_data()
        .says(&["does not say which mailbox is meant", "--user ADDRESS"]);
    let call = world.call(&asked).args(&["--user", "ada@example.org"]);
    let output = call.run().ended(0);
    let decoded = base64_of(output.stdout.trim());
    let wanted = format!("user=ada@example.org\u{1}auth=Bearer {token}\u{1}\u{1}");
    assert_eq!(decoded, wanted);
    let call = world.call(&asked).args(&["--user", "ada\u{1}auth=x"]);
    call.run().ended(2).no_data();
    // an account that is an address needs no flag
    world
        .connect_with(&["sandbox", "--account", "bob@example.org"])
        .0
        .ended(0);
    let output = world.ok(&["token", "sandbox", "--format", "xoauth2"]);
    assert!(base64_of(output.stdout.trim()).starts_with("user=bob@example.org\u{1}"));
}

fn base64_of(text: &str) -> String {
    let value = |byte: u8| -> u32 {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let place = letters.iter().position(|letter| *letter == byte);
        u32::try_from(place.unwrap_or(0)).unwrap()
    };
    let mut bytes = Vec::new();
    for four in text.as_bytes().chunks(4) {
        let bits = four.iter().fold(0, |bits, byte| bits << 6 | value(*byte));
        let padding = four.len() - four.iter().take_while(|byte| **byte != b'=').count();
        bytes.extend(&bits.to_be_bytes()[1..4 - padding]);
    }
    String::from_utf8(bytes).unwrap()
}

/// A clipboard that is a file, under the name of a program that there is on desktops.
const WRITE: &str = "case \"$*\" in\n*-o*) cat \"$CLIPBOARD\" ;;\n*) cat > \"$CLIPBOARD.new\"; \
                     mv \"$CLIPBOARD.new\" \"$CLIPBOARD\" ;;\nesac";

#[test]
fn token_copy_puts_it_on_the_clipboard_and_takes_it_away() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    program(&world, "xclip", WRITE);
    let clipboard = world.path("given/clipboard");
    let path = format!("{}:/usr/bin:/bin", world.path("work/bin").display());
    let copy = || {
        let call = world.call(&["token", "sandbox", "--copy"]);
        let call = call.env("PATH", &path).env("CLIPBOARD", &clipboard);
        let mut running = call.start();
        running.line(|line| line.contains("on the clipboard for a minute").then_some(()));
        assert_eq!(fs::read_to_string(&clipboard).unwrap(), token);
        running
    };
    let running = copy();
    running.signal(Signal::INT);
    let output = running.finish().ended(0).no_data();
    output.says(&["it is gone from the clipboard"]);
    assert_eq!(fs::read_to_string(&clipboard).unwrap(), "");
    // whatever ends it takes it away first
    let running = copy();
    running.signal(Signal::USR1);
    running.finish().ended(0);
    assert_eq!(fs::read_to_string(&clipboard).unwrap(), "");
    // what somebody copied since is theirs
    let running = copy();
    fs::write(&clipboard, "mine").unwrap();
    running.signal(Signal::INT);
    running
        .finish()
        .ended(0)
        .says(&["something else is on the clipboard"]);
    assert_eq!(fs::read_to_string(&clipboard).unwrap(), "mine");
    let call = world.call(&["token", "sandbox", "--copy"]);
    call.env("PATH", world.path("none"))
        .run()
        .ended(1)
        .no_data()
        .says(&["there is no clipboard", "hint: install"]);
}

#[test]
fn token_copy_waits_for_no_clipboard_that_hangs() {
    let world = World::new();
    world.connect();
    let clipboard = world.path("given/clipboard");
    let path = format!("{}:/usr/bin:/bin", world.path("work/bin").display());
    let copy = || {
        let call = world.call(&["token", "sandbox", "--copy"]);
        call.env("PATH", &path).env("CLIPBOARD", &clipboard).start()
    };
    // it hangs when it is written to, together with what it started
    let hangs = "/bin/sleep 1000 & echo \"$! $$\" > \"$CLIPBOARD.new\"\n\
                 mv \"$CLIPBOARD.new\" \"$CLIPBOARD\"; wait";
    program(&world, "xclip", hangs);
    let running = copy();
    world.until("the clipboard is written to", |_| clipboard.exists());
    running.signal(Signal::INT);
    running.finish().ended(130).no_data();
    let pids = fs::read_to_string(&clipboard).unwrap();
    for pid in pids.split_whitespace() {
        world.until("it is ended", |_| has_ended(pid));
    }
    // it hangs when it is read
    program(
        &world,
        "xclip",
        &WRITE.replace("cat \"$CLIPBOARD\"", "exec sleep 1000"),
    );
    let mut running = copy();
    running.line(|line| line.contains("on the clipboard for a minute").then_some(()));
    running.signal(Signal::INT);
    running
        .finish()
        .ended(0)
        .says(&["may still be on the clipboard"]);
}

/// Whether a process is no more, or only waits to be noticed.
fn has_ended(pid: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status"));
    status.map_or(true, |status| status.contains("State:\tZ"))
}

/// Settings with one hook that keeps what it is told.
pub(crate) fn with_hook(world: &World, event: &str, script: &str) {
    let hook = program(world, "hook", script);
    let folder = world.path("home/config/oauthctl");
    fs::create_dir_all(&folder).unwrap();
    let told = world.path("given/told");
    let text = format!(
        "[hooks]\n{event} = [\"{}\", \"{}\", \"a b; c\"]\n",
        hook.display(),
        told.display()
    );
    fs::write(folder.join("config.toml"), text).unwrap();
}

pub(crate) const KEEP: &str = "PATH=/usr/bin:/bin\ncat >> \"$1\"\nprintf '%s\\n' \"$2\" >> \"$1\"\n\
                    env | grep OAUTHCTL_ >> \"$1\"\ntrue";

#[test]
fn hooks_are_told_of_a_refresh_and_get_neither_a_token_nor_our_variables() {
    let world = World::new();
    world.connect();
    with_hook(&world, "on_refresh", KEEP);
    world.ok(&["refresh", "sandbox"]);
    // a token that is good is no event
    world.token("sandbox");
    let told = fs::read_to_string(world.path("given/told")).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    let event: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(event["schema"], 1);
    assert_eq!(event["event"], "refresh");
    assert_eq!(event["connection"], "sandbox/writer");
    assert!(event["error"].is_null());
    let mut rest = lines[1..].to_vec();
    rest.sort_unstable();
    assert_eq!(
        rest,
        ["OAUTHCTL_HOOK=1", "OAUTHCTL_PROFILE=default", "a b; c"],
        "no shell, and none of our variables but those for hooks: {told}"
    );
}

#[test]
fn hooks_are_told_when_a_login_is_needed_and_of_other_failures() {
    let world = World::new();
    world.connect();
    with_hook(&world, "on_error", KEEP);
    world.faults(&["refresh:1=503/30"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    let told = fs::read_to_string(world.path("given/told")).unwrap();
    let event: serde_json::Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    assert_eq!(event["event"], "error");
    assert_eq!(event["error"]["exit_code"], 5);
    let world = World::new();
    world.connect();
    with_hook(&world, "on_login_required", KEEP);
    world.faults(&["refresh:1=invalid-grant"]);
    world.run(&["refresh", "sandbox"]).ended(4);
    let told = fs::read_to_string(world.path("given/told")).unwrap();
    assert!(told.contains("\"login_required\""), "{told}");
    assert_eq!(
        told.matches("login_required").count(),
        2,
        "the event and the kind: {told}"
    );
    // it needed one already: that is no news
    world.run(&["token", "sandbox", "--min-ttl", "2h"]).ended(4);
    let again = fs::read_to_string(world.path("given/told")).unwrap();
    assert_eq!(told, again);
}

#[test]
fn refresh_tells_a_hook_a_program_and_the_log_why_the_provider_was_not_reached() {
    let world = World::new();
    world.connect();
    world.connect_as("editor");
    with_hook(&world, "on_error", KEEP);
    world.stop_sandbox();
    let output = world.run(&["refresh", "--all", "--json"]).ended(5);
    let error = output.documents().remove(0)["error"].to_string();
    assert!(error.contains("now: can't reach `127.0.0.1:"), "{error}");
    let told = fs::read_to_string(world.path("given/told")).unwrap();
    let event: serde_json::Value = serde_json::from_str(told.lines().next().unwrap()).unwrap();
    let message = event["error"]["message"].as_str().unwrap();
    assert!(message.contains("now: can't reach `127.0.0.1:"), "{told}");
    let logged = world.ok(&["audit", "--failed"]).stdout;
    assert!(logged.contains("now: can't reach `127.0.0.1:"), "{logged}");
}

#[test]
fn hooks_that_fail_or_are_not_there_stop_nothing() {
    let world = World::new();
    world.connect();
    with_hook(&world, "on_refresh", "exit 3");
    world
        .ok(&["refresh", "sandbox"])
        .says(&["warning: the hook `on_refresh`", "exit status: 3"]);
    fs::remove_file(world.path("work/bin/hook")).unwrap();
    world
        .ok(&["refresh", "sandbox"])
        .says(&["warning: the hook `on_refresh`"]);
}

/// A hook that tells its number, hangs with what it started, and lets itself be ended.
const HANG: &str = "PATH=/usr/bin:/bin\nsleep 1000 &\necho \"$! $$\" >> \"$1\"\nwait";

#[test]
fn hooks_that_hang_keep_no_token_back_and_are_ended_with_what_they_started() {
    let world = World::expired();
    let told = world.path("given/told");
    with_hook(&world, "on_refresh", HANG);
    let running = world.call(&["token", "sandbox"]).start();
    running.until_all_is_said();
    assert!(running.lives(), "the hook is not waited for");
    let output = running.finish().ended(0);
    let output = output.says(&["warning: the hook `on_refresh`", "did not end within 10 s"]);
    assert_eq!(output.stdout.trim(), world.token("sandbox"));
    let pids = fs::read_to_string(told).unwrap();
    assert_eq!(pids.split_whitespace().count(), 2);
    for pid in pids.split_whitespace() {
        world.until("it is ended", |_| has_ended(pid));
    }
}

#[test]
fn hooks_run_side_by_side_and_end_with_the_command_at_a_signal() {
    let world = World::new();
    world.connect();
    for number in 0..4 {
        world.connect_as(&format!("author-{number}"));
    }
    let told = world.path("given/told");
    with_hook(&world, "on_refresh", HANG);
    let running = world.call(&["refresh", "--all"]).start();
    world.until("all of them run", |_| {
        fs::read_to_string(&told).is_ok_and(|told| told.lines().count() == 5)
    });
    running.signal(Signal::INT);
    running.finish().ended(130);
    let pids = fs::read_to_string(&told).unwrap();
    for pid in pids.split_whitespace() {
        world.until("it is ended", |_| has_ended(pid));
    }
}

#[test]
fn hooks_that_call_the_program_call_no_hook() {
    let world = World::new();
    world.connect();
    let binary = env!("CARGO_BIN_EXE_oauthctl");
    let key = world.key_file().display().to_string();
    // also through `exec`, which takes our variables from its command
    let script = format!(
        "echo told >> \"$1\"\nexport OAUTHCTL_IDENTITY_FILE='{key}'\n'{binary}' refresh sandbox\n\
         '{binary}' exec sandbox -- /bin/sh -c \"OAUTHCTL_IDENTITY_FILE='{key}' '{binary}' refresh sandbox\"\n\
         echo done >> \"$1\""
    );
    with_hook(&world, "on_refresh", &script);
    world.ok(&["refresh", "sandbox"]);
    let told = fs::read_to_string(world.path("given/told")).unwrap();
    assert_eq!(told, "told\ndone\n");
    assert_eq!(world.count(Endpoint::Refresh), 3);
}

#[test]
fn hooks_know_which_vault_they_are_about_and_use_it_again() {
    let world = World::new();
    world.faults(&["refresh:*=503/30"]);
    let told = || {
        let path = world.path("given/told");
        let told = fs::read_to_string(&path).unwrap();
        fs::remove_file(path).unwrap();
        let mut lines = told.lines();
        let event: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        (event, lines.map(str::to_owned).collect::<Vec<_>>())
    };
    let other = world.path("given/other.db").display().to_string();
    let of_profile = ["--profile", "work"];
    let of_path = ["--vault", &other];
    for (chosen, variable, profile) in [
        (
            of_profile,
            "OAUTHCTL_PROFILE=work".to_owned(),
            "work".into(),
        ),
        (
            of_path,
            format!("OAUTHCTL_VAULT={other}"),
            serde_json::Value::Null,
        ),
    ] {
        world
            .connect_with(&[&["sandbox"], &chosen[..]].concat())
            .0
            .ended(0);
        with_hook(&world, "on_error", KEEP);
        world
            .run(&[&["refresh", "sandbox"], &chosen[..]].concat())
            .ended(5);
        let (event, variables) = told();
        assert_eq!(event["profile"], profile);
        let vault = world
            .json(&[&["vault", "status"], &chosen[..]].concat())
            .remove(0);
        assert_eq!(event["vault"], vault["path"]);
        assert!(variables.contains(&variable), "{variables:?}");
        let ours = variables.iter().filter(|one| one.starts_with("OAUTHCTL_"));
        assert_eq!(ours.count(), 2, "{variables:?}");
    }
}

#[test]
fn hooks_may_lie_below_home() {
    let world = World::new();
    world.connect();
    with_hook(&world, "on_refresh", "echo told > \"$1\"");
    let hook = world.path("work/bin/hook");
    fs::rename(&hook, world.path("home/told")).unwrap();
    let file = world.path("home/config/oauthctl/config.toml");
    let text = fs::read_to_string(&file).unwrap();
    let hook = hook.display().to_string();
    fs::write(&file, text.replace(&hook, "~/told")).unwrap();
    world.ok(&["refresh", "sandbox"]);
    assert!(world.path("given/told").exists());
}
