//! Recovery keys of other kinds: one that an age plugin has, and one under a passphrase of its own.

use std::fs;
use std::path::PathBuf;

use crate::world::{Output, World, identity_in, new_identity};

const RECIPIENT: &str = "age1toy1pzry9x8guq22xa";
const IDENTITY: &str = "AGE-PLUGIN-TOY-1PZRY9X8G7GW3G7";

/// Puts the plugin of the fixtures into a folder, and says which.
fn install(world: &World, folder: &str) -> PathBuf {
    let folder = world.path(folder);
    fs::create_dir_all(&folder).unwrap();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/age-plugin-toy");
    fs::copy(fixture, folder.join("age-plugin-toy")).unwrap();
    folder
}

fn with_path(world: &World, folder: &std::path::Path, args: &[&str]) -> Output {
    let path = format!("{}:/usr/bin:/bin", folder.display());
    world.call(args).env("PATH", path).run()
}

fn fingerprint(world: &World) -> String {
    let status = world.json(&["vault", "status"]).remove(0);
    status["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn vault_recipients_of_an_age_plugin_recover_the_vault_and_open_its_backup() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let folder = install(&world, "work/bin");
    let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
    world.run(&add).ended(1).says(&["age-plugin-toy", "PATH"]);
    with_path(&world, &folder, &add)
        .ended(0)
        .silent_about("warning");
    // Its place is recorded: the search path decides nothing afterwards.
    let list = world.json(&["vault", "recipients", "list"]);
    let program = folder.join("age-plugin-toy").display().to_string();
    assert_eq!(list[1]["plugin"], program.as_str());
    assert!(list[0]["plugin"].is_null());
    let backup = world.path("work/vault.age").display().to_string();
    world.ok(&["vault", "backup", &backup]);
    let pin = fingerprint(&world);

    let stick = world.give("stick.txt", &format!("# a stick\n{IDENTITY}\n"));
    let stick = stick.display().to_string();
    let restore = [
        "vault",
        "restore",
        &backup,
        "--with",
        &stick,
        "--fingerprint",
        &pin,
    ];
    fs::remove_file(world.vault()).unwrap();
    world.run(&restore).ended(6).says(&["age-plugin-toy"]);
    assert!(!world.vault().exists());
    with_path(&world, &folder, &restore).ended(0);
    assert_eq!(world.token("sandbox"), token);

    // Its key is lost, and the plugin is elsewhere by now.
    let moved = install(&world, "work/elsewhere");
    fs::remove_dir_all(&folder).unwrap();
    fs::remove_file(world.key_file()).unwrap();
    let recover = ["vault", "recover", "--with", &stick];
    with_path(&world, &moved, &recover)
        .ended(9)
        .says(&["--fingerprint"]);
    let key = world.path("given/new.txt").display().to_string();
    let recover = [&recover[..], &["--fingerprint", &pin, "--key", "file"]].concat();
    let recover = [&recover[..], &["--identity-file", &key]].concat();
    let path = format!("{}:/usr/bin:/bin", moved.display());
    let call = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    call.env("PATH", path).run().ended(0);
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE").run();
    assert_eq!(plain(&["token", "sandbox"]).ended(0).stdout.trim(), token);
    let list = plain(&["--json", "vault", "recipients", "list"]).documents();
    let program = moved.join("age-plugin-toy").display().to_string();
    assert_eq!(list[1]["plugin"], program.as_str());
    // Nothing of ours reaches the plugin's environment.
    let log = fs::read_to_string(moved.join("age-plugin-toy.log")).unwrap();
    let opened = log.lines().filter(|line| line.contains("identity-v1"));
    assert_eq!(opened.count(), 1, "a person touches it once: {log}");
    assert!(log.lines().all(|line| line.ends_with(" 0")), "{log}");
}

#[test]
fn a_plugin_that_is_gone_keeps_nobody_from_the_vault() {
    let world = World::new();
    let folder = install(&world, "work/bin");
    world.connect();
    let sheet = world.path("given/sheet").display().to_string();
    world.ok(&["vault", "recipients", "add", "--recovery-file", &sheet]);
    world.secret("the recovery key", &identity_in(&sheet));
    let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
    with_path(&world, &folder, &add).ended(0);
    fs::remove_dir_all(&folder).unwrap();
    world.token("sandbox");
    world.ok(&["refresh", "sandbox"]);
    let other = world.path("given/other").display().to_string();
    let add = ["vault", "recipients", "add", "--recovery-file", &other];
    world
        .run(&[&add[..], &["--label", "b"]].concat())
        .ended(6)
        .says(&["age-plugin-toy", "vault recipients remove"]);
    world.secret("the other recovery key", &identity_in(&other));
    // A recovery goes on without it, and says so.
    let key = world.path("given/new.txt").display().to_string();
    let recover = ["vault", "recover", "--with", &sheet, "--key", "file"];
    let recover = [&recover[..], &["--identity-file", &key]].concat();
    let call = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    call.run()
        .ended(0)
        .says(&["`stick` does not open the vault any more"]);
    let call = world.call(&["--json", "vault", "recipients", "list"]);
    let list = call.without("OAUTHCTL_IDENTITY_FILE").run().documents();
    let labels: Vec<_> = list.iter().map(|one| one["label"].clone()).collect();
    assert_eq!(labels, ["master", "recovery"]);
}

#[test]
fn a_plugin_that_refuses_locks_nothing() {
    let world = World::new();
    let folder = install(&world, "work/bin");
    world.connect();
    for (mode, said) in [
        ("complains", "the token is not plugged in"),
        ("dies", "it ended"),
    ] {
        fs::write(folder.join("age-plugin-toy.mode"), mode).unwrap();
        let add = ["vault", "recipients", "add", RECIPIENT];
        with_path(&world, &folder, &add).ended(1).says(&[said]);
    }
    assert_eq!(world.json(&["vault", "recipients", "list"]).len(), 1);
    // Keys that want to be alone don't lock a vault that another key has to open.
    fs::write(folder.join("age-plugin-toy.mode"), "labels").unwrap();
    let add = ["vault", "recipients", "add", RECIPIENT];
    with_path(&world, &folder, &add)
        .ended(2)
        .says(&["can't open the same file"]);
    // What could not be read again is locked to nobody.
    for mode in ["spaces", "natives", "fat"] {
        fs::write(folder.join("age-plugin-toy.mode"), mode).unwrap();
        with_path(&world, &folder, &add)
            .ended(1)
            .says(&["age stanza"]);
    }
    assert_eq!(world.json(&["vault", "recipients", "list"]).len(), 1);
    world.ok(&["vault", "check"]);
}

#[test]
fn a_recovery_goes_on_without_another_keys_plugin_that_fails() {
    let world = World::new();
    let folder = install(&world, "work/bin");
    world.connect();
    let token = world.token("sandbox");
    let sheet = world.path("given/sheet").display().to_string();
    world.ok(&["vault", "recipients", "add", "--recovery-file", &sheet]);
    world.secret("the recovery key", &identity_in(&sheet));
    let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
    with_path(&world, &folder, &add).ended(0);
    fs::write(folder.join("age-plugin-toy.mode"), "dies").unwrap();
    let key = world.path("given/new.txt").display().to_string();
    let recover = ["vault", "recover", "--with", &sheet, "--key", "file"];
    let recover = [&recover[..], &["--identity-file", &key]].concat();
    let call = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    call.env("PATH", "/usr/bin:/bin")
        .run()
        .ended(0)
        .says(&["`stick` does not open", "it ended"]);
    let call = world.call(&["token", "sandbox"]);
    let again = call.without("OAUTHCTL_IDENTITY_FILE").run().ended(0);
    assert_eq!(again.stdout.trim(), token);
}

#[test]
fn a_private_key_in_the_place_of_a_recipient_is_not_repeated() {
    let world = World::new();
    world.connect();
    let line = &new_identity();
    for args in [
        &["vault", "recipients", "add", line][..],
        &[
            "vault",
            "export",
            "--connection",
            "sandbox",
            "--to",
            line,
            "x",
        ],
    ] {
        world
            .run(args)
            .ended(2)
            .says(&["that is a private key", "age-keygen -y"])
            .silent_about(line);
    }
    world
        .run(&["vault", "recipients", "add", "age1x"])
        .ended(2)
        .says(&["`age1x` is not an age recipient"]);
}

#[test]
fn a_recovery_sheet_under_a_passphrase_opens_vault_and_backup() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let passphrase = world.give("passphrase", "correct horse");
    let sheet = world.path("given/sheet.age").display().to_string();
    let add = ["vault", "recipients", "add", "--recovery-file", &sheet];
    let add = [&add[..], &["--passphrase"]].concat();
    world.run(&add).ended(6).says(&["no terminal to ask on"]);
    assert!(fs::symlink_metadata(&sheet).is_err());
    let with = |args: &[&str]| {
        let call = world.call(args);
        call.env("OAUTHCTL_PASSPHRASE_FILE", &passphrase).run()
    };
    with(&add).ended(0);
    let text = fs::read_to_string(&sheet).unwrap();
    assert!(
        text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"),
        "{text}"
    );
    let backup = world.path("work/vault.age").display().to_string();
    world.ok(&["vault", "backup", &backup]);
    fs::remove_file(world.vault()).unwrap();
    world
        .run(&["vault", "restore", &backup, "--with", &sheet])
        .ended(6);
    // The fingerprint is in it.
    with(&["vault", "restore", &backup, "--with", &sheet]).ended(0);
    assert_eq!(world.token("sandbox"), token);
    fs::remove_file(world.key_file()).unwrap();
    let key = world.path("given/new.txt").display().to_string();
    let recover = ["vault", "recover", "--with", &sheet, "--key", "file"];
    let recover = [&recover[..], &["--identity-file", &key]].concat();
    let call = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    call.env("OAUTHCTL_PASSPHRASE_FILE", &passphrase)
        .run()
        .ended(0);
    let call = world.call(&["token", "sandbox"]);
    let again = call.without("OAUTHCTL_IDENTITY_FILE").run().ended(0);
    assert_eq!(again.stdout.trim(), token);
}
