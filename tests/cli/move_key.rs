//! `vault move-key`: the same key in another place.

use std::fs;

use crate::world::{World, mode};

#[test]
fn vault_move_key_to_a_file_and_behind_a_passphrase_and_back() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let sheet = world.path("given/sheet").display().to_string();
    world.ok(&["vault", "recipients", "add", "--recovery-file", &sheet]);
    let recovery = fs::read_to_string(&sheet).unwrap();
    let line = recovery.lines().find(|line| line.starts_with("AGE-"));
    world.secret("the recovery key", line.unwrap());
    let before = world.json(&["vault", "status"]).remove(0);
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE").run();
    let one = world.path("given/one.txt").display().to_string();
    let to_file = ["vault", "move-key", "--to", "file", "--identity-file", &one];
    world
        .ok(&[&to_file[..], &["--dry-run"]].concat())
        .says(&["would move", "nothing was changed"]);
    assert!(fs::symlink_metadata(&one).is_err());
    let unchanged = world.json(&["vault", "status"]).remove(0);
    assert_eq!(unchanged, before);
    world.ok(&to_file).says(&[
        "moved: the vault's key is",
        "`OAUTHCTL_IDENTITY_FILE` is set",
    ]);
    assert_eq!(mode(one.as_ref()), 0o600);
    assert_eq!(plain(&["token", "sandbox"]).ended(0).stdout.trim(), token);
    // the variable still names the same key
    world.ok(&["token", "sandbox"]).silent_about("read only");
    world.ok(&["token", "sandbox"]).silent_about("read only");
    fs::remove_file(world.key_file()).unwrap();
    plain(&["refresh", "sandbox"]).ended(0);
    let passphrase = world
        .give("passphrase", "correct horse")
        .display()
        .to_string();
    let two = world.path("given/two.age").display().to_string();
    let to = [
        "vault",
        "move-key",
        "--to",
        "passphrase",
        "--identity-file",
        &two,
    ];
    let call = world.call(&to).without("OAUTHCTL_IDENTITY_FILE");
    call.env("OAUTHCTL_PASSPHRASE_FILE", &passphrase)
        .run()
        .ended(0);
    let text = fs::read_to_string(&two).unwrap_or_default();
    assert!(!text.contains("AGE-SECRET-KEY"));
    fs::remove_file(&one).unwrap();
    let with = |args: &[&str]| {
        let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.env("OAUTHCTL_PASSPHRASE_FILE", &passphrase).run()
    };
    with(&["vault", "check"]).ended(0);
    with(&["audit", "verify"]).ended(0);
    let status = with(&["--json", "vault", "status"])
        .ended(0)
        .documents()
        .remove(0);
    assert_eq!(status["trust"], "trusted");
    assert_eq!(status["fingerprint"], before["fingerprint"]);
    assert_eq!(
        status["recipients"], before["recipients"],
        "the same can open it"
    );
    assert_eq!(status["key_source"], "passphrase");
}

#[test]
fn vault_move_key_refuses_a_place_that_is_taken_and_one_that_is_not_there() {
    let world = World::new();
    world.connect();
    let before = world.json(&["vault", "status"]).remove(0);
    let there = world.give("there", "x").display().to_string();
    world
        .run(&[
            "vault",
            "move-key",
            "--to",
            "file",
            "--identity-file",
            &there,
        ])
        .ended(2)
        .says(&["a place of its own"]);
    assert_eq!(fs::read_to_string(&there).unwrap(), "x");
    let same = world.key_file().display().to_string();
    world
        .run(&[
            "vault",
            "move-key",
            "--to",
            "file",
            "--identity-file",
            &same,
        ])
        .ended(2)
        .says(&["the key is there already"]);
    world
        .run(&["vault", "move-key", "--to", "environment"])
        .ended(2)
        .says(&["possible values: keyring, file, passphrase]"]);
    // no keyring here
    world
        .run(&["vault", "move-key", "--to", "keyring"])
        .ended(6)
        .silent_about("vault recover")
        .silent_about("OAUTHCTL_IDENTITY_FILE")
        .says(&[
            "error: could not use the new place of the key",
            "was not touched",
            "hint: start a keyring",
        ]);
    world
        .run(&["vault", "move-key", "--to", "keyring", "--dry-run"])
        .ended(6);
    assert_eq!(world.json(&["vault", "status"]).remove(0), before);
}

#[test]
fn vault_move_key_takes_the_same_key_that_was_left_there() {
    let world = World::new();
    world.connect();
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE").run();
    let one = world.path("given/one.txt").display().to_string();
    let two = world.path("given/two.txt").display().to_string();
    let to = |file: &str| {
        let args = ["vault", "move-key", "--to", "file", "--identity-file", file];
        plain(&args)
    };
    to(&one).ended(0);
    to(&two).ended(0);
    // There and back: the file that stayed is the same key.
    to(&one).ended(0);
    fs::remove_file(&two).unwrap();
    plain(&["token", "sandbox"]).ended(0);
    let other = World::empty();
    other.make_key();
    let foreign = fs::read(other.key_file()).unwrap();
    let taken = world.give("taken.txt", str::from_utf8(&foreign).unwrap());
    to(&taken.display().to_string())
        .ended(2)
        .says(&["is not this key"]);
    plain(&["token", "sandbox"]).ended(0);
}

#[test]
fn vault_move_key_names_no_file_that_is_not_there() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let copy = world.path("given/copy.txt");
    fs::rename(world.key_file(), &copy).unwrap();
    let status = world.call(&["--json", "vault", "status"]);
    let status = status
        .env("OAUTHCTL_IDENTITY_FILE", &copy)
        .run()
        .documents();
    let fingerprint = status[0]["fingerprint"].as_str().unwrap();
    let confirm = world.call(&["vault", "check", "--confirm", fingerprint]);
    confirm.env("OAUTHCTL_IDENTITY_FILE", &copy).run().ended(0);
    let new = world.path("given/new.txt");
    let call = world.call(&["vault", "move-key", "--to", "file", "--identity-file"]);
    let call = call.arg(&new).env("OAUTHCTL_IDENTITY_FILE", &copy);
    call.run()
        .ended(0)
        .says(&["moved"])
        .silent_about("it is still in");
}
