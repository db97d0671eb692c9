//! Recovery keys of other kinds: one that an age plugin has, and one under a passphrase of its own.

use std::fs;
use std::path::{Path, PathBuf};

use oauthctl::sandbox::Endpoint;

use crate::running::Running;
use crate::world::{Call, Output, World, identity_in, new_identity, set_mode};

pub(crate) const RECIPIENT: &str = "age1toy1pzry9x8guq22xa";
const IDENTITY: &str = "AGE-PLUGIN-TOY-1PZRY9X8G7GW3G7";

/// Puts the plugin of the fixtures into a folder, and says which.
pub(crate) fn install(world: &World, folder: &str) -> PathBuf {
    let folder = world.path(folder);
    fs::create_dir_all(&folder).unwrap();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/age-plugin-toy");
    fs::copy(fixture, folder.join("age-plugin-toy")).unwrap();
    folder
}

pub(crate) fn with_path(world: &World, folder: &Path, args: &[&str]) -> Output {
    let path = format!("{}:/usr/bin:/bin", folder.display());
    world.call(args).env("PATH", path).run()
}

/// Has the plugin wait from now on until [`go`].
pub(crate) fn hold(folder: &Path) {
    fs::write(folder.join("age-plugin-toy.mode"), "waits").unwrap();
    fs::write(folder.join("age-plugin-toy.log"), "").unwrap();
    let _ = fs::remove_file(folder.join("age-plugin-toy.go"));
}

pub(crate) fn go(folder: &Path) {
    fs::write(folder.join("age-plugin-toy.go"), "").unwrap();
}

/// Starts what a plugin holds up, and waits until it does.
pub(crate) fn held_up(world: &World, folder: &Path, call: Call<'_>) -> Running {
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let running = call.env("PATH", path).start();
    world.until("the plugin was started", |_| {
        let log = fs::read_to_string(folder.join("age-plugin-toy.log"));
        log.is_ok_and(|log| log.contains("recipient-v1"))
    });
    running
}

fn add_sheet(world: &World, call: Call<'_>, name: &str) -> (Running, String) {
    let sheet = world.path(&format!("given/{name}")).display().to_string();
    let add = call.args(&["vault", "recipients", "add", "--label", name]);
    let add = add.args(&["--recovery-file", &sheet]);
    (add.start(), sheet)
}

fn labels(call: Call<'_>) -> Vec<String> {
    let list = call.args(&["--json", "vault", "recipients", "list"]);
    let list = list.run().ended(0).documents();
    let label = |one: &serde_json::Value| one["label"].as_str().unwrap().to_owned();
    list.iter().map(label).collect()
}

/// The key where a rekey or a recovery put it.
fn with_new_key<'a>(world: &'a World, args: &[&str]) -> Call<'a> {
    world.call(args).without("OAUTHCTL_IDENTITY_FILE")
}

#[test]
fn vault_recipients_that_are_added_at_once_all_open_the_vault() {
    let world = World::new();
    world.connect();
    let folder = install(&world, "work/bin");
    hold(&folder);
    let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
    let slow = held_up(&world, &folder, world.call(&add));
    let (quick, sheet) = add_sheet(&world, world.call(&[]), "sheet");
    quick.until_it_waits_or_ends();
    go(&folder);
    slow.finish().ended(0);
    quick.finish().ended(0);
    world.secret("the recovery key", &identity_in(&sheet));
    assert_eq!(labels(world.call(&[])), ["master", "stick", "sheet"]);
    let recover = ["vault", "recover", "--with", &sheet, "--key", "file"];
    with_new_key(&world, &recover).run().ended(0);
    assert_eq!(
        labels(with_new_key(&world, &[])),
        ["master", "stick", "sheet"]
    );
}

#[test]
fn a_recipient_that_is_added_during_a_rekey_or_a_recovery_opens_the_vault_afterwards() {
    for what in ["rekey", "recover", "remove"] {
        let world = World::new();
        world.connect();
        let key = world.path("given/own.txt").display().to_string();
        world.ok(&["vault", "move-key", "--to", "file", "--identity-file", &key]);
        let call = |args: &[&str]| with_new_key(&world, args);
        let folder = install(&world, "work/bin");
        let [old, gone] = ["old", "gone"].map(|name| {
            let (adding, sheet) = add_sheet(&world, call(&[]), name);
            adding.finish().ended(0);
            world.secret(name, &identity_in(&sheet));
            sheet
        });
        let path = format!("{}:/usr/bin:/bin", folder.display());
        let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
        call(&add).env("PATH", path).run().ended(0);
        hold(&folder);
        let slow = match what {
            "rekey" => call(&["vault", "rekey"]),
            "remove" => call(&["vault", "recipients", "remove", "gone"]),
            _ => call(&["vault", "recover", "--with", &old]),
        };
        let slow = held_up(&world, &folder, slow);
        let (quick, sheet) = add_sheet(&world, call(&[]), "sheet");
        quick.until_it_waits_or_ends();
        go(&folder);
        slow.finish().ended(0);
        quick.finish().ended(0);
        world.secret("the new recovery key", &identity_in(&sheet));
        let mut all = vec!["master", "old", "gone", "stick", "sheet"];
        all.retain(|label| what != "remove" || *label != "gone");
        assert_eq!(labels(call(&[])), all, "{what}");
        call(&["vault", "recover", "--with", &sheet]).run().ended(0);
        if what == "remove" {
            call(&["vault", "recover", "--with", &gone]).run().ended(6);
        }
    }
}

#[test]
fn a_slow_plugin_holds_up_neither_token_nor_refresh() {
    let world = World::new();
    world.connect();
    let folder = install(&world, "work/bin");
    let backup = world.path("work/vault.age").display().to_string();
    let key = world.path("given/new.txt").display().to_string();
    for args in [
        &["vault", "recipients", "add", RECIPIENT, "--label", "stick"][..],
        &["vault", "backup", &backup],
        &["vault", "rekey", "--key", "file", "--identity-file", &key],
    ] {
        hold(&folder);
        let handed_out = world.json(&["audit", "--action", "hand_out"]).len();
        let slow = held_up(&world, &folder, world.call(args));
        let before = world.count(Endpoint::Refresh);
        world.ok(&["token", "sandbox"]).silent_about("warning");
        world.ok(&["refresh", "sandbox"]);
        assert_eq!(world.count(Endpoint::Refresh), before + 1);
        let log = world.json(&["audit", "--action", "hand_out"]);
        assert_eq!(log.len(), handed_out + 1, "{log:?}");
        go(&folder);
        slow.finish().ended(0);
        let starts = fs::read_to_string(folder.join("age-plugin-toy.log")).unwrap();
        assert_eq!(starts.lines().count(), 1, "it is asked once: {starts}");
    }
    for check in [["vault", "check"], ["audit", "verify"]] {
        with_new_key(&world, &check).run().ended(0);
    }
}

#[test]
fn vault_recover_that_has_no_place_for_its_key_says_where_it_could_be_and_leaves_nobody_out() {
    let world = World::new();
    world.connect();
    let folder = install(&world, "work/bin");
    let (first, sheet) = add_sheet(&world, world.call(&[]), "sheet");
    first.finish().ended(0);
    world.secret("the recovery key", &identity_in(&sheet));
    let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
    with_path(&world, &folder, &add).ended(0);
    fs::write(folder.join("age-plugin-toy.mode"), "dies").unwrap();
    let nowhere = world.path("given/no/new.txt").display().to_string();
    fs::write(world.path("given/no"), "a file").unwrap();
    let recover = ["vault", "recover", "--with", &sheet, "--key", "file"];
    let recover = [&recover[..], &["--identity-file", &nowhere]].concat();
    with_new_key(&world, &recover)
        .run()
        .ended(1)
        .says(&["was not touched", "--key file --identity-file PATH"])
        .silent_about("stick")
        .silent_about("vault recover");
    assert_eq!(labels(world.call(&[])), ["master", "sheet", "stick"]);
}

#[test]
fn a_recovery_sheet_of_a_vault_that_was_not_locked_to_it_does_not_stay() {
    let world = World::new();
    world.connect();
    let (first, sheet) = add_sheet(&world, world.call(&[]), "sheet");
    first.finish().ended(0);
    world.secret("the recovery key", &identity_in(&sheet));
    let text = fs::read_to_string(&sheet).unwrap();
    assert!(text.starts_with("# oauthctl recovery key"), "{text}");
    assert!(text.contains(&fingerprint(&world)), "{text}");
    let lock = format!("{}.locks/vault", world.vault().display());
    set_mode(lock.as_ref(), 0o666);
    let (other, sheet) = add_sheet(&world, world.call(&[]), "other");
    other.finish().ended(1).says(&["was removed again"]);
    assert!(fs::symlink_metadata(&sheet).is_err());
    set_mode(lock.as_ref(), 0o600);
    assert_eq!(labels(world.call(&[])), ["master", "sheet"]);
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
    let locked = log.lines().filter(|line| line.contains("recipient-v1"));
    assert_eq!(locked.count(), 1, "once: {log}");
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
    assert!(fs::symlink_metadata(&other).is_err(), "no sheet stays");
    // A recovery goes on without it, and says so.
    let key = world.path("given/new.txt").display().to_string();
    let recover = ["vault", "recover", "--with", &sheet, "--key", "file"];
    let recover = [&recover[..], &["--identity-file", &key]].concat();
    let call = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    call.run()
        .ended(0)
        .says(&["`stick` was left out and does not open the vault any more"]);
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
        .says(&["`stick` was left out", "it ended"]);
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
        .says(&["`age1x` is not an age recipient", "a letter of it is wrong"]);
}

/// Begins to restore where no vault stands, has one appear there while the backup is being opened, and
/// goes on.
fn restored_meanwhile(appears: impl FnOnce(&World, &Path)) -> (World, Output) {
    let world = World::new();
    world.connect();
    let folder = install(&world, "work/bin");
    let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
    with_path(&world, &folder, &add).ended(0);
    let backup = world.path("work/vault.age").display().to_string();
    with_path(&world, &folder, &["vault", "backup", &backup]).ended(0);
    let pin = fingerprint(&world);
    let stick = world.give("stick.txt", &format!("# a stick\n{IDENTITY}\n"));
    let stick = stick.display().to_string();
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("PRAGMA journal_mode = delete").unwrap();
    drop(raw);
    let away = world.path("work/away.db");
    fs::rename(world.vault(), &away).unwrap();
    hold(&folder);
    let restore = ["vault", "restore", &backup, "--with", &stick];
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let call = world.call(&[&restore[..], &["--fingerprint", &pin]].concat());
    let running = call.env("PATH", path).start();
    world.until("the plugin was started", |_| {
        let log = fs::read_to_string(folder.join("age-plugin-toy.log"));
        log.is_ok_and(|log| log.contains("identity-v1"))
    });
    appears(&world, &away);
    go(&folder);
    let ended = running.finish();
    assert!(!world.vault().with_extension("db.old").exists());
    // for the file and for the header in it, and never while others are locked out
    let log = fs::read_to_string(folder.join("age-plugin-toy.log")).unwrap();
    assert_eq!(log.matches("identity-v1").count(), 2, "{log}");
    (world, ended)
}

#[test]
fn vault_restore_leaves_a_vault_that_appears_meanwhile() {
    let (world, ended) = restored_meanwhile(|world, _| {
        world.ok(&["vault", "init"]);
    });
    ended.ended(9).says(&["this is a backup of another vault"]);
    assert!(world.json(&["list"]).is_empty());
    world.ok(&["vault", "check"]);
}

#[test]
fn vault_restore_fills_its_own_vault_that_appears_meanwhile() {
    let (world, ended) = restored_meanwhile(|world, away| {
        fs::rename(away, world.vault()).unwrap();
    });
    ended.ended(0).says(&["restored 0 connections"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
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
    world
        .run(&add)
        .ended(6)
        .says(&["nobody may be asked for it"]);
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
