//! A rekey and a move of the key that are killed, with a real keyring: the vault opens, and its key is
//! where it says and nowhere else when what `doctor` names was removed. The scenarios run inside a
//! session of their own, see [`crate::keyring`]. The keyring itself may die of a client that is killed
//! while it opens a session (gnome-keyring aborts when that client is gone); it is started again then,
//! as a desktop does, and what was asked of it meanwhile is asked again.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::chance::Chance;
use crate::custody::stage;
use crate::keyring::within;
use crate::rekeying::{is_whole, key_source};
use crate::restoring::CALLS;
use crate::rig;
use crate::trace::{self, Call};
use crate::world::{PROVIDER, World};

const REKEY: [&str; 2] = ["vault", "rekey"];
const TO_KEYRING: [&str; 4] = ["vault", "move-key", "--to", "keyring"];

#[test]
fn vault_rekey_in_a_keyring_killed_anywhere_leaves_no_key_but_what_doctor_names() {
    within("kept", "killed_rekey");
}

#[test]
fn vault_move_key_to_and_from_a_keyring_killed_anywhere_leaves_no_key_but_what_doctor_names() {
    within("kept", "killed_moves");
}

/// What [`crate::keyring`] runs in its sessions.
pub(crate) const SCENARIOS: &[(&str, fn())] = &[("killed_rekey", rekey), ("killed_moves", moves)];

fn rekey() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("kill rekey in a keyring");
    let stage = stage();
    let world = &stage.world;
    world.connect();
    let token = world.must(&["token", PROVIDER]);
    let calls = calls(&mut chance, world, &strace, &REKEY);
    let (mut left, mut new) = (0, 0);
    for call in &calls {
        steadily(|| world.must(&["list"]));
        let before = key_source(world);
        kill(world, &strace, call, &REKEY);
        left += usize::from(steadily(in_keyring) > 1);
        new += usize::from(key_source(world) != before);
        steadily(|| is_whole(world, &token).unwrap_or_else(|why| panic!("{call:?}: {why}")));
        steadily(|| remove_what_doctor_names(world));
        steadily(|| is_in_one_place(world, call));
    }
    assert!(left > 0, "nothing was ever left");
    rig::say(&format!(
        "rekey in a keyring killed {} times: a key more was left {left} times, {new} times the new one \
         was in use; the keyring was started {} times",
        calls.len(),
        starts()
    ));
}

fn moves() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("kill moves to and from a keyring");
    let stage = stage();
    let world = &stage.world;
    world.connect();
    let token = world.must(&["token", PROVIDER]);
    let first = away(world, 0);
    let there = calls(&mut chance, world, &strace, &words(&first));
    let back = calls(&mut chance, world, &strace, &TO_KEYRING);
    fs::remove_file(PathBuf::from(first[5].clone())).expect("removed");
    let (mut left, all) = (0, there.len() + back.len());
    let mut look = |world: &World, call: &Call| {
        left += usize::from(steadily(in_keyring) + files(world.path()).len() > 1);
        steadily(|| is_whole(world, &token).unwrap_or_else(|why| panic!("{call:?}: {why}")));
    };
    for (number, call) in there.iter().enumerate() {
        let away = away(world, number + 1);
        kill(world, &strace, call, &words(&away));
        look(world, call);
        steadily(|| remove_what_doctor_names(world));
        steadily(|| is_in_one_place(world, call));
        come_back(world, &away, call);
    }
    for (number, call) in back.iter().enumerate() {
        let away = away(world, number + 1);
        steadily(|| {
            if key_source(world).contains("keyring") {
                world.must(&words(&away));
            }
            world.must(&["list"]);
        });
        kill(world, &strace, call, &TO_KEYRING);
        look(world, call);
        if key_source(world).contains("keyring") {
            // a person is told to
            fs::remove_file(&away[5]).expect("removed");
        }
        steadily(|| remove_what_doctor_names(world));
        steadily(|| is_in_one_place(world, call));
        come_back(world, &away, call);
    }
    assert!(left > 0, "nothing was ever left");
    rig::say(&format!(
        "moves to and from a keyring killed {all} times: the key was in two places {left} times; the \
         keyring was started {} times",
        starts()
    ));
}

/// The move to a file, whose path is the last word.
fn away(world: &World, number: usize) -> Vec<String> {
    let file = world.at(&format!("key-{number}.txt"));
    let mut words: Vec<String> = ["vault", "move-key", "--to", "file", "--identity-file"]
        .map(str::to_owned)
        .into();
    words.push(file.to_str().expect("UTF-8").to_owned());
    words
}

fn words(owned: &[String]) -> Vec<&str> {
    owned.iter().map(String::as_str).collect()
}

fn come_back(world: &World, away: &[String], call: &Call) {
    if !key_source(world).contains("keyring") {
        steadily(|| {
            if !key_source(world).contains("keyring") {
                world.must(&TO_KEYRING);
            }
        });
        fs::remove_file(&away[5]).expect("removed");
        steadily(|| remove_what_doctor_names(world));
    }
    steadily(|| is_in_one_place(world, call));
}

/// Does what can be done again, and again where the keyring died meanwhile: with it unlocked.
fn steadily<T>(act: impl Fn() -> T) -> T {
    for _ in 0..20 {
        until_it_is_unlocked();
        let before = starts();
        let done = panic::catch_unwind(AssertUnwindSafe(&act));
        until_it_is_unlocked();
        if starts() == before {
            return done.unwrap_or_else(|panicked| panic::resume_unwind(panicked));
        }
    }
    panic!("the keyring dies whatever is done");
}

fn until_it_is_unlocked() {
    let property = "/org/freedesktop/secrets/aliases/default \
                    org.freedesktop.DBus.Properties.Get \
                    string:org.freedesktop.Secret.Collection string:Locked";
    for _ in 0..1000 {
        let mut ask = Command::new("dbus-send");
        ask.args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
        ]);
        let answer = ask.args(property.split_whitespace()).output();
        let answer = answer.expect("dbus-send").stdout;
        if String::from_utf8_lossy(&answer).contains("boolean false") {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the keyring does not come back");
}

/// How often the keyring was started.
fn starts() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the session says where that is")]
    let folder = std::env::var_os("KEYRING_WORK").expect("KEYRING_WORK");
    let starts = fs::read_to_string(Path::new(&folder).join("starts"));
    starts.expect("starts").lines().count()
}

/// System calls of a run that ends well, on its main thread and on that of the keyring; a sample of
/// them without `--full`.
fn calls(chance: &mut Chance, world: &World, strace: &Path, words: &[&str]) -> Vec<Call> {
    let mut calls = trace::calls(world, strace, CALLS, words);
    calls.extend((1..=60).map(|number| Call {
        name: "sendmsg".to_owned(),
        number,
    }));
    while calls.len() > rig::trials(24, usize::MAX) {
        calls.swap_remove(chance.below(calls.len()));
    }
    calls
}

fn kill(world: &World, strace: &Path, call: &Call, words: &[&str]) {
    let mut command = call.with(world, strace, "signal=KILL", words);
    command.output().expect("strace");
}

/// Does what a person is told to about what was left.
pub(crate) fn remove_what_doctor_names(world: &World) {
    world.must(&["list"]);
    let said = world.run(&["--json", "doctor"]).stdout;
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let checks = said["checks"].as_array().expect("checks").iter();
    for check in checks.filter(|check| check["check"] == "files") {
        for hint in check["hints"].as_array().into_iter().flatten() {
            let hint = hint.as_str().expect("text");
            if let Some((_, file)) = hint.split_once("`rm ") {
                fs::remove_file(file.trim_end_matches('`')).expect("removed");
            } else if let Some((_, users)) = hint.split_once("users ") {
                // The key, the pin and the anchor: not each was written when it was killed.
                for user in users.split('`').skip(1).step_by(2) {
                    let clear = ["clear", "service", "oauthctl", "username", user];
                    let cleared = Command::new("secret-tool").args(clear).status();
                    cleared.expect("secret-tool");
                }
            }
        }
    }
}

/// After one more command, the key is where the vault says, once.
fn is_in_one_place(world: &World, call: &Call) {
    world.must(&["list"]);
    let source = key_source(world);
    let (items, files) = (in_keyring(), files(world.path()));
    if source.contains("keyring") {
        assert_eq!((items, files), (1, Vec::new()), "{call:?}: {source}");
    } else {
        assert_eq!((items, files.len()), (0, 1), "{call:?}: {source} {files:?}");
        assert!(source.ends_with(files[0].to_str().expect("UTF-8")));
    }
}

/// How many identities a stock tool finds there.
fn in_keyring() -> usize {
    let search = ["search", "--all", "service", "oauthctl"];
    let found = Command::new("secret-tool").args(search).output();
    let found = found.expect("secret-tool");
    String::from_utf8_lossy(&found.stdout)
        .matches("AGE-SECRET-KEY-")
        .count()
}

/// The files below a folder that an identity is in.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = fs::read(&path)
            && String::from_utf8_lossy(&bytes).contains("AGE-SECRET-KEY-")
        {
            found.push(path);
        }
    }
    found
}
