//! The real binary with a real keyring: the key goes there and comes from there, and where it can't,
//! nobody is asked for a consent in vain. The scenarios run inside a session of their own, see
//! [`crate::keyring`].

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::keyring::{items, lock, within};
use crate::rig;
use crate::stage::Stage;
use crate::world::{Ended, PROVIDER};

/// What is promised where nobody can be asked.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn connect_keeps_a_new_vaults_key_in_the_keyring_and_token_finds_it_there() {
    within("unlocked", "binary_unlocked");
}

#[test]
fn vault_move_key_leaves_the_keyring_empty_and_comes_back_and_restore_finds_the_key_there() {
    within("unlocked", "binary_moving");
}

#[test]
fn token_and_connect_end_soon_where_the_keyring_was_locked_later() {
    within("unlocked", "binary_locked_later");
}

#[test]
fn connect_asks_no_consent_where_the_keyring_is_locked() {
    within("locked", "binary_locked");
}

#[test]
fn connect_asks_no_consent_where_the_keyring_has_no_collection() {
    within("empty", "binary_without_a_keyring");
}

#[test]
fn connect_asks_no_consent_where_there_is_no_keyring() {
    within("absent", "binary_without_a_keyring");
}

#[test]
fn connect_asks_no_consent_where_there_is_not_even_a_bus() {
    within("no-bus", "binary_without_a_keyring");
}

/// What [`crate::keyring`] runs in its sessions.
pub(crate) const SCENARIOS: &[(&str, fn())] = &[
    ("binary_unlocked", unlocked),
    ("binary_moving", moving),
    ("binary_locked_later", locked_later),
    ("binary_locked", || without_a_key(Some(items()))),
    // there is nobody who could count
    ("binary_without_a_keyring", || without_a_key(None)),
];

fn unlocked() {
    let stage = stage();
    stage.world.connect();
    // the identity, the pin, the anchor
    assert_eq!(items().matches("/login/").count(), 3, "{}", items());
    let status = stage.world.must(&["vault", "status"]);
    assert!(status.contains("keyring"), "{status}");
    let search = ["search", "--all", "service", "oauthctl"];
    let found = Command::new("secret-tool").args(search).output();
    let found = found.expect("secret-tool");
    let key = String::from_utf8_lossy(&found.stdout).into_owned();
    assert!(
        key.contains("AGE-SECRET-KEY-"),
        "a stock tool finds the key"
    );
    // another process, and one more
    let token = stage.world.must(&["token", PROVIDER]);
    assert_eq!(stage.is_newest(&token), Ok(()));
    stage.world.must(&["refresh", PROVIDER]);
    assert_eq!(
        stage.is_newest(&stage.world.must(&["token", PROVIDER])),
        Ok(())
    );
    stage.world.verify();
    assert_eq!(items().matches("/login/").count(), 3, "{}", items());
    let folder = stage.world.vault();
    for entry in fs::read_dir(folder.parent().expect("a folder")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            let bytes = fs::read(&path).expect("a file");
            let text = String::from_utf8_lossy(&bytes);
            assert!(
                !text.contains("AGE-SECRET-KEY-"),
                "the key is in {}",
                path.display()
            );
        }
    }
}

fn moving() {
    let stage = stage();
    let world = &stage.world;
    world.connect();
    let token = world.must(&["token", PROVIDER]);
    let count = || items().matches("/login/").count();
    assert_eq!(count(), 3, "the control");
    for more in [&[][..], &["--dry-run"]] {
        let again = world.run(&[&["vault", "move-key", "--to", "keyring"], more].concat());
        assert_eq!(again.code, 2, "{}", again.stderr);
        assert!(again.stderr.contains("the key is there already"));
    }
    assert_eq!(count(), 3, "{}", items());
    world.must(&["vault", "move-key", "--to", "file"]);
    // the next command retires what is left
    assert_eq!(world.must(&["token", PROVIDER]), token);
    assert_eq!(count(), 0, "{}", items());
    world.must(&["vault", "move-key", "--to", "keyring"]);
    fs::remove_file(world.vault().with_file_name("identity.txt")).expect("removed");
    assert_eq!(world.must(&["token", PROVIDER]), token);
    assert_eq!(count(), 3, "{}", items());
    world.must(&["refresh", PROVIDER]);
    world.verify();
    let file = world.at("backup.age");
    let file = file.to_str().expect("UTF-8");
    world.must(&["vault", "backup", file]);
    for end in ["db", "db-wal", "db-shm"] {
        let _ = fs::remove_file(world.vault().with_extension(end));
    }
    world.must(&["vault", "restore", file]);
    world.verify();
    assert!(world.must(&["vault", "status"]).contains("trusted"));
    assert_eq!(count(), 3, "{}", items());
}

fn locked_later() {
    let stage = stage();
    stage.world.connect();
    let (items_before, asked) = (items(), stage.sandbox.log().len());
    lock();
    for arguments in [
        ["token", PROVIDER],
        ["refresh", PROVIDER],
        ["connect", PROVIDER],
    ] {
        let (ended, took) = timed(&stage, &arguments);
        has_no_key(&ended, took);
    }
    assert_eq!(stage.sandbox.log().len(), asked);
    assert_eq!(items(), items_before);
}

fn without_a_key(before: Option<String>) {
    let stage = stage();
    let (ended, took) = timed(&stage, &["connect", PROVIDER]);
    has_no_key(&ended, took);
    assert!(ended.stderr.matches("hint:").count() >= 3, "{ended:?}");
    let vault = stage.world.vault();
    assert!(!vault.exists(), "a vault without a key was made");
    assert_eq!(stage.sandbox.log(), []);
    if let Some(before) = before {
        assert_eq!(items(), before);
    }
    rig::say(&format!("connect without a key: exit 6 after {took:?}"));
}

/// Exit 6 in time, before anything was asked or sent.
fn has_no_key(ended: &Ended, took: Duration) {
    assert_eq!(ended.code, 6, "{ended:?}");
    assert!(took < SOON, "{took:?}");
    assert!(!ended.stderr.contains("http"), "a URL was named: {ended:?}");
    assert!(ended.stderr.contains("hint:"), "{ended:?}");
    assert!(ended.stdout.is_empty(), "{ended:?}");
}

fn timed(stage: &Stage, arguments: &[&str]) -> (Ended, Duration) {
    let start = Instant::now();
    let ended = stage.world.run(arguments);
    (ended, start.elapsed())
}

/// A world in this session.
pub(crate) fn stage() -> Stage {
    let mut stage = Stage::new("3600");
    for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
        if let Ok(value) = std::env::var(name) {
            stage.world.environment.push((name.to_owned(), value));
        }
    }
    stage
}
