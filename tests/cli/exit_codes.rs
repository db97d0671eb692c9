//! Exit codes are an API: one test for each, on the command line's own terms.

use oauthctl::sandbox::Consent;
use rustix::process::Signal;

use crate::world::World;

#[test]
fn exit_code_0_is_done_or_nothing_to_do() {
    let world = World::empty();
    world.ok(&["--version"]).silent();
    world.ok(&["--help"]).silent();
    world.ok(&["list"]).no_data().says(&["no connections yet"]);
    world.ok(&["provider", "list"]).silent();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = world.ok(&["completions", shell]).silent();
        assert!(output.stdout.contains("oauthctl"));
    }
    assert!(!world.path("home/data").exists(), "reading made files");
}

#[test]
fn exit_code_1_is_failed() {
    let world = World::new();
    world
        .run(&["provider", "remove", "github"])
        .ended(1)
        .says(&["it is built in"]);
}

#[test]
fn exit_code_2_is_usage() {
    let world = World::empty();
    for args in [
        ["frobnicate"].as_slice(),
        &["token"],
        &["token", "github", "--frobnicate"],
        &["--color", "sometimes", "list"],
        &["connect", "nosuch"],
        &[],
    ] {
        world.run(args).ended(2).no_data();
    }
}

#[test]
fn exit_code_3_is_a_conflict_that_a_person_must_decide() {
    let world = World::with_novel();
    world.git(&[("a.md", Some(b"one\n"))]);
    let desk = world.desk("a");
    world.git(&[("a.md", Some(b"two\n"))]);
    desk.write("a.md", "three\n");
    let error = desk.call(&["pull", "--json"]).run().ended(3).error();
    assert_eq!(
        (&error["kind"], &error["exit_code"]),
        (&"conflict".into(), &3.into())
    );
}

#[test]
fn exit_code_4_is_login_required() {
    let world = World::new();
    let error = world
        .run(&["token", "sandbox", "--json"])
        .ended(4)
        .no_data()
        .error();
    assert_eq!(
        (&error["kind"], &error["exit_code"]),
        (&"login_required".into(), &4.into())
    );
}

#[test]
fn exit_code_5_is_temporary_and_says_when_to_try_again() {
    let world = World::new();
    world.connect();
    world.faults(&["refresh:*=429/17"]);
    let error = world
        .run(&["refresh", "sandbox", "--json"])
        .ended(5)
        .error();
    assert_eq!(
        (&error["kind"], &error["exit_code"]),
        (&"temporary".into(), &5.into())
    );
    assert_eq!(error["retry_after_seconds"], 17);
    world
        .run(&["refresh", "sandbox"])
        .ended(5)
        .says(&["hint: the server asks to wait 17s"]);
}

#[test]
fn exit_code_6_is_no_key() {
    let world = World::new();
    world.connect();
    for lost in [None, Some(world.path("none/key.txt"))] {
        let call = world
            .call(&["token", "sandbox"])
            .without("OAUTHCTL_IDENTITY_FILE");
        let call = match &lost {
            Some(path) => call.env("OAUTHCTL_IDENTITY_FILE", path),
            None => call
                .without("XDG_DATA_HOME")
                .env("XDG_DATA_HOME", world.path("home/data")),
        };
        match lost {
            // the recorded place still has it
            None => call.run().ended(0),
            Some(_) => call.run().ended(6).no_data().says(&[
                "error: could not get the key of the vault",
                "caused by:",
                "was not touched",
                "hint:",
            ]),
        };
    }
}

#[test]
fn exit_code_6_without_keyring_and_terminal_comes_before_any_consent() {
    let world = World::empty();
    world.start_sandbox(|_| {});
    world.define("sandbox", &world.provider_toml());
    let begun = std::time::Instant::now();
    let output = world.run(&["connect", "sandbox", "--no-browser"]);
    let output = output.ended(6).no_data();
    assert!(begun.elapsed() < std::time::Duration::from_secs(6));
    assert!(!output.stderr.contains("/authorize"), "a consent was asked");
    assert!(output.stderr.matches("hint:").count() >= 3, "{output:?}");
    assert!(!world.vault().exists());
}

#[test]
fn exit_code_7_is_refused() {
    let world = World::with(|options| options.consent = Consent::Denied);
    world.connect_with(&["sandbox"]).0.ended(7);
}

#[test]
fn exit_code_8_is_pending() {
    let world = World::new();
    let start = ["connect", "sandbox", "--start", "--paste"];
    let id = world.ok(&start).stdout.lines().nth(1).unwrap().to_owned();
    let error = world
        .run(&["connect", "--resume", &id, "--paste", "--json"])
        .ended(8)
        .error();
    assert_eq!(
        (&error["kind"], &error["exit_code"]),
        (&"pending".into(), &8.into())
    );
}

#[test]
fn exit_code_9_is_stopped_by_a_guard() {
    let world = World::new();
    world.connect();
    crate::world::set_mode(&world.vault(), 0o644);
    let error = world
        .run(&["token", "sandbox", "--json"])
        .ended(9)
        .no_data()
        .error();
    assert_eq!(
        (&error["kind"], &error["exit_code"]),
        (&"stopped".into(), &9.into())
    );
    crate::world::set_mode(&world.vault(), 0o600);
    world.token("sandbox");
}

#[test]
fn exit_code_130_is_interrupted_and_143_terminated() {
    let world = World::new();
    for (signal, code, word) in [
        (Signal::INT, 130, "interrupted"),
        (Signal::TERM, 143, "terminated"),
    ] {
        let mut running = world.call(&["connect", "sandbox", "--no-browser"]).start();
        // whoever can see the address can stop the wait
        running.address();
        running.signal(signal);
        running
            .finish()
            .ended(code)
            .no_data()
            .says(&["error: ", word]);
    }
    world.ok(&["list"]).no_data();
    world.connect();
}

#[test]
fn exit_codes_are_listed_in_the_help() {
    let world = World::empty();
    let help = world.ok(&["--help"]).stdout.replace('\n', " ");
    let codes = "0 done, 1 failed, 2 usage, 3 conflict, 4 login required, 5 temporary, 6 no key, 7 refused, 8 pending, 9 stopped by a guard";
    let squeezed = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(squeezed.contains(codes), "{help}");
}
