//! A key that was made for the vault by a run that was cut off, and that the vault never named.

use std::fs;
use std::path::{Path, PathBuf};

use crate::plugin::{RECIPIENT, go, held_up, hold, install, with_path};
use crate::world::{Output, World, identity_in, new_identity, set_mode};

const WHAT: &str = "removed what was left of a new key";

/// A vault whose recipients include a plugin, which a rekey waits for when its key is made.
fn with_plugin() -> (World, PathBuf) {
    let world = World::new();
    world.connect();
    let folder = install(&world, "work/bin");
    let add = ["vault", "recipients", "add", RECIPIENT, "--label", "stick"];
    with_path(&world, &folder, &add).ended(0);
    (world, folder)
}

fn plain(world: &World, args: &[&str]) -> Output {
    world
        .call(args)
        .without("OAUTHCTL_IDENTITY_FILE")
        .start()
        .finish()
}

/// What lies in the folder of the key beside it and has its name, but for its own notes.
fn left(world: &World) -> Vec<String> {
    let key = world.key_file();
    let own = key.file_name().unwrap().to_string_lossy().into_owned();
    let start = own.trim_end_matches(".txt");
    let entries = fs::read_dir(key.parent().unwrap()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names
        .filter(|name| name.starts_with(start) && !name.starts_with(&own))
        .collect()
}

/// Runs what makes a key and then can't go on.
fn cut_off(world: &World, args: &[&str]) {
    let lock = PathBuf::from(format!("{}.locks/vault", world.vault().display()));
    set_mode(&lock, 0o666);
    plain(world, args).ended(1);
    set_mode(&lock, 0o600);
}

fn keep_secret(world: &World, file: &Path) {
    world.secret("a key that nothing uses", &identity_in(file));
}

#[test]
fn vault_rekey_that_was_killed_leaves_no_key_after_the_next_command() {
    let (world, folder) = with_plugin();
    hold(&folder);
    let rekey = world
        .call(&["vault", "rekey"])
        .without("OAUTHCTL_IDENTITY_FILE");
    let rekey = held_up(&world, &folder, rekey);
    let made = left(&world);
    assert_eq!(made.len(), 1, "the control: {made:?}");
    let made = world.key_file().with_file_name(&made[0]);
    keep_secret(&world, &made);
    // Whoever is making it goes on with it.
    plain(&world, &["list"]).ended(0).silent_about("removed");
    assert!(made.exists());
    rekey.signal(rustix::process::Signal::KILL);
    go(&folder);
    rekey.finish();
    fs::write(format!("{}.0123456789abcdef.tmp", made.display()), "half").unwrap();
    let doctor = plain(&world, &["doctor"]);
    assert!(doctor.stdout.contains("a run was cut off"), "{doctor:?}");
    plain(&world, &["list"]).ended(0).says(&[WHAT]);
    assert_eq!(left(&world), Vec::<String>::new());
    let list = plain(&world, &["list"]).ended(0);
    list.silent_about("removed").silent_about("warning");
    let doctor = plain(&world, &["doctor"]);
    assert!(!doctor.stdout.contains("cut off"), "{doctor:?}");
    for check in [["vault", "check"], ["audit", "verify"]] {
        plain(&world, &check).ended(0);
    }
    let log = plain(&world, &["audit", "--action", "key_change"]).ended(0);
    assert_eq!(log.stdout.matches("removed what").count(), 1, "{log:?}");
    // and the next one, which nobody kills
    hold(&folder);
    let rekey = world
        .call(&["vault", "rekey"])
        .without("OAUTHCTL_IDENTITY_FILE");
    let rekey = held_up(&world, &folder, rekey);
    let made = world.key_file().with_file_name(&left(&world)[0]);
    keep_secret(&world, &made);
    go(&folder);
    rekey.finish().ended(0);
    plain(&world, &["list"]).ended(0).silent_about("removed");
    assert!(made.exists());
}

#[test]
fn vault_move_key_that_was_cut_off_leaves_no_copy_after_the_next_command() {
    let world = World::new();
    world.connect();
    let one = world.path("given/one.txt");
    let move_key = ["vault", "move-key", "--to", "file", "--identity-file"];
    let to = [&move_key[..], &[one.to_str().unwrap()]].concat();
    cut_off(&world, &to);
    assert_eq!(identity_in(&one), identity_in(world.key_file()));
    plain(&world, &["list"]).ended(0).says(&[WHAT]);
    assert!(!one.exists());
    // The same again, when the key is nowhere else any more.
    cut_off(&world, &to);
    let away = world.path("given/away.txt");
    fs::rename(world.key_file(), &away).unwrap();
    let list = world.call(&["list"]).env("OAUTHCTL_IDENTITY_FILE", &away);
    list.run().ended(0).silent_about("removed");
    let doctor = world.call(&["doctor"]).env("OAUTHCTL_IDENTITY_FILE", &away);
    let doctor = doctor.run();
    assert!(doctor.stdout.contains("if it stays"), "{doctor:?}");
    assert!(one.exists(), "it may be the only one");
    fs::rename(&away, world.key_file()).unwrap();
    plain(&world, &["list"]).ended(0).says(&[WHAT]);
    assert!(!one.exists());
}

#[test]
fn a_file_that_took_the_place_of_a_key_that_was_cut_off_stays() {
    let world = World::new();
    world.connect();
    let one = world.path("given/one.txt");
    let move_key = ["vault", "move-key", "--to", "file", "--identity-file"];
    let to = [&move_key[..], &[one.to_str().unwrap()]].concat();
    cut_off(&world, &to);
    let identity = new_identity();
    world.secret("a key of somebody's", &identity);
    fs::write(&one, format!("{identity}\n")).unwrap();
    plain(&world, &["list"]).ended(0).silent_about("removed");
    assert!(one.exists());
    fs::remove_file(&one).unwrap();
    // What was moved there later is the key by now.
    plain(&world, &to).ended(0);
    fs::remove_file(world.key_file()).unwrap();
    plain(&world, &["list"]).ended(0).silent_about("removed");
    plain(&world, &["list"]).ended(0);
    assert!(one.exists());
}
