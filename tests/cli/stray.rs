//! A key that was made for the vault by a run that was cut off, and that the vault never named.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::plugin::{RECIPIENT, go, held_up, hold, install, with_path};
use crate::world::{Output, World, identity_in, new_identity, set_mode};

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
fn vault_rekey_that_was_killed_leaves_a_key_that_doctor_names() {
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
    rekey.signal(rustix::process::Signal::KILL);
    go(&folder);
    rekey.finish();
    nothing_goes(&world);
    let said = doctor(&world);
    for part in ["what was left of a new key is in", "a run was cut off"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains(&format!("`rm {}`", made.display())), "{said}");
    fs::remove_file(&made).unwrap();
    assert!(!doctor(&world).contains("cut off"));
    for check in [["vault", "check"], ["audit", "verify"]] {
        plain(&world, &check).ended(0);
    }
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
    nothing_goes(&world);
    assert!(made.exists() && !doctor(&world).contains("cut off"));
}

const MOVE: [&str; 5] = ["vault", "move-key", "--to", "file", "--identity-file"];
const REKEY: [&str; 5] = ["vault", "rekey", "--key", "file", "--identity-file"];

fn to<'a>(words: &[&'a str], file: &'a Path) -> Vec<&'a str> {
    [words, &[file.to_str().unwrap()]].concat()
}

/// A world in which a run was cut off when it had made a key at `given/one.txt`.
fn left_by(words: &[&str]) -> (World, PathBuf) {
    let (world, folder) = with_plugin();
    let one = world.path("given/one.txt");
    if words == MOVE {
        cut_off(&world, &to(words, &one));
    } else {
        hold(&folder);
        let rekey = world.call(&to(words, &one));
        let rekey = held_up(&world, &folder, rekey.without("OAUTHCTL_IDENTITY_FILE"));
        rekey.signal(rustix::process::Signal::KILL);
        go(&folder);
        rekey.finish();
        world.secret("a key that nothing uses", &identity_in(&one));
    }
    assert!(one.exists(), "the control");
    (world, one)
}

/// Opens the vault twice, and no key goes.
fn nothing_goes(world: &World) {
    let before = keys(world);
    for _ in 0..2 {
        plain(world, &["list"]).ended(0);
    }
    assert_eq!(keys(world), before);
}

/// Every file that an identity is in, and which.
fn keys(world: &World) -> Vec<(PathBuf, String)> {
    let folders = [world.path("given"), world.path("keys"), world.path("home")];
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| files_below(folder))
        .collect();
    files.sort();
    let lines = files.into_iter().filter_map(|file| {
        let text = fs::read_to_string(&file).ok()?;
        let line = text
            .lines()
            .find(|line| line.starts_with("AGE-SECRET-KEY-1"));
        Some((file.clone(), line?.to_owned()))
    });
    lines.collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn doctor(world: &World) -> String {
    plain(world, &["doctor"]).stdout
}

#[test]
fn vault_move_key_that_was_cut_off_leaves_a_copy_that_doctor_and_the_next_one_name() {
    let world = World::new();
    world.connect();
    let [one, two] = ["given/one.txt", "given/two.txt"].map(|name| world.path(name));
    cut_off(&world, &to(&MOVE, &one));
    assert_eq!(identity_in(&one), identity_in(world.key_file()));
    nothing_goes(&world);
    let said = doctor(&world);
    assert!(said.contains("a copy of the key in use is in"), "{said}");
    assert!(said.contains(&format!("`rm {}`", one.display())), "{said}");
    // What leads to the very file is no copy.
    fs::remove_file(&one).unwrap();
    std::os::unix::fs::symlink(world.key_file(), &one).unwrap();
    assert!(!doctor(&world).contains("cut off"));
    fs::remove_file(&one).unwrap();
    fs::hard_link(world.key_file(), &one).unwrap();
    assert!(!doctor(&world).contains("cut off"));
    fs::remove_file(&one).unwrap();
    fs::copy(world.key_file(), &one).unwrap();
    let named = format!("a copy is in the file `{}` too", one.display());
    plain(&world, &to(&MOVE, &two)).ended(0).says(&[&named]);
    nothing_goes(&world);
    assert!(one.exists() && two.exists() && world.key_file().exists());
    fs::remove_file(&one).unwrap();
    assert!(!doctor(&world).contains("cut off"));
}

#[test]
fn a_copy_that_a_move_left_stays_when_the_vault_was_recovered_with_it() {
    let world = World::new();
    world.connect();
    let one = world.path("given/one.txt");
    cut_off(&world, &to(&MOVE, &one));
    let status = world.json(&["vault", "status"]);
    let fingerprint = status[0]["fingerprint"].as_str().unwrap();
    fs::remove_file(world.key_file()).unwrap();
    let recover = ["--fingerprint", fingerprint, "vault", "recover", "--with"];
    let recover = [&to(&recover[2..], &one)[..], &recover[..2]].concat();
    plain(&world, &recover).ended(0);
    nothing_goes(&world);
    assert!(one.exists(), "older backups need it");
}

#[test]
fn a_key_that_a_link_leads_to_stays_where_making_one_there_failed() {
    for words in [MOVE, REKEY] {
        let world = World::new();
        world.connect();
        let (keys, etc) = (world.path("given/keys"), world.path("given/etc"));
        fs::create_dir_all(&keys).unwrap();
        set_mode(&keys, 0o700);
        plain(&world, &to(&MOVE, &keys.join("k.txt"))).ended(0);
        fs::remove_file(world.key_file()).unwrap();
        fs::write(&etc, "no folder").unwrap();
        let failed = plain(&world, &to(&words, &etc.join("k.txt")));
        assert_ne!(failed.code, 0, "{failed:?}");
        fs::remove_file(&etc).unwrap();
        fs::rename(&keys, &etc).unwrap();
        std::os::unix::fs::symlink(&etc, &keys).unwrap();
        assert!(!doctor(&world).contains("cut off"));
        nothing_goes(&world);
        assert!(etc.join("k.txt").exists());
    }
}

#[test]
fn a_former_key_that_lies_where_another_was_made_stays() {
    for words in [MOVE, REKEY] {
        let (world, one) = left_by(&words);
        fs::remove_file(&one).unwrap();
        let former = world.key_file();
        // The key is moved there before it is the former one, and again afterwards.
        fs::copy(&former, &one).unwrap();
        nothing_goes(&world);
        plain(&world, &["vault", "rekey"]).ended(0);
        fs::rename(&former, &one).unwrap();
        world.secret("the former key", &identity_in(&one));
        nothing_goes(&world);
        assert!(one.exists(), "{words:?}: older backups need it");
        let named = doctor(&world).contains("a copy of a former key is in");
        assert_eq!(
            named,
            words == MOVE,
            "{words:?}: the very key that was copied there"
        );
    }
}

#[test]
fn nothing_is_named_where_nothing_is_left() {
    let (world, one) = left_by(&REKEY);
    assert!(doctor(&world).contains("cut off"), "the control");
    fs::remove_file(&one).unwrap();
    nothing_goes(&world);
    assert!(!doctor(&world).contains("cut off"));
}

#[test]
fn a_file_that_took_the_place_of_a_key_that_was_cut_off_stays() {
    for words in [MOVE, REKEY] {
        let (world, one) = left_by(&words);
        let identity = new_identity();
        world.secret("a key of somebody's", &identity);
        fs::write(&one, format!("{identity}\n")).unwrap();
        nothing_goes(&world);
        assert!(!doctor(&world).contains("cut off"), "{words:?}");
        fs::remove_file(&one).unwrap();
        // What was moved there later is the key by now.
        plain(&world, &to(&MOVE, &one)).ended(0);
        fs::remove_file(world.key_file()).unwrap();
        nothing_goes(&world);
        assert!(!doctor(&world).contains("cut off"), "{words:?}");
    }
}

#[test]
fn a_key_that_is_being_made_is_not_named_and_one_that_was_removed_meanwhile_is_not_taken() {
    let (world, folder) = with_plugin();
    hold(&folder);
    let rekey = world.call(&["vault", "rekey"]);
    let rekey = held_up(&world, &folder, rekey.without("OAUTHCTL_IDENTITY_FILE"));
    let made = world.key_file().with_file_name(&left(&world)[0]);
    keep_secret(&world, &made);
    let said = doctor(&world);
    assert!(!said.contains("new key"), "{said}");
    fs::remove_file(&made).unwrap();
    go(&folder);
    let failed = rekey.finish().ended(1);
    failed.says(&["error: ", "as long as the old one opens the vault"]);
    plain(&world, &["vault", "check"]).ended(0);

    // A move waits for whoever refreshes, when it has made its copy.
    let one = world.path("given/one.txt");
    let refreshing = File::open(format!("{}.locks/vault", world.vault().display())).unwrap();
    refreshing.lock_shared().unwrap();
    let moving = world.call(&to(&MOVE, &one));
    let moving = moving.without("OAUTHCTL_IDENTITY_FILE").start();
    world.until("the copy is there", |_| one.exists());
    let said = doctor(&world);
    assert!(!said.contains("copy of the key"), "{said}");
    fs::remove_file(&one).unwrap();
    refreshing.unlock().unwrap();
    let failed = moving.finish().ended(6);
    failed.says(&["error: ", "as long as the vault names another place"]);
    plain(&world, &["vault", "check"]).ended(0);
}

#[test]
fn a_key_that_another_profile_has_by_now_is_not_named() {
    let (world, one) = left_by(&REKEY);
    assert!(doctor(&world).contains("cut off"), "the control");
    let path = one.to_str().unwrap();
    let init = ["--profile", "two", "vault", "init", "--key", "file"];
    let init = [&init[..], &["--identity-file", path]].concat();
    plain(&world, &init).ended(0);
    let said = doctor(&world);
    assert!(!said.contains("cut off"), "{said}");
}

#[test]
fn the_only_copy_of_a_key_that_the_environment_gives_is_not_named() {
    let world = World::new();
    world.connect();
    let one = world.path("given/one.txt");
    cut_off(&world, &to(&MOVE, &one));
    assert!(doctor(&world).contains("cut off"), "the control");
    fs::remove_file(world.key_file()).unwrap();
    let doctor = world.call(&["doctor"]).without("OAUTHCTL_IDENTITY_FILE");
    let said = doctor.env("OAUTHCTL_IDENTITY", identity_in(&one)).run();
    let said = said.silent_about("cut off");
    assert!(said.stdout.contains("vault"), "{said:?}");
}

#[test]
fn a_recovery_that_was_killed_leaves_a_key_that_doctor_names_after_the_next_one() {
    let (world, folder) = with_plugin();
    let sheet = world.path("given/sheet.txt");
    let add = [
        "vault",
        "recipients",
        "add",
        "--label",
        "sheet",
        "--recovery-file",
    ];
    with_path(&world, &folder, &to(&add, &sheet)).ended(0);
    world.secret("the recovery key", &identity_in(&sheet));
    let place = world.key_file();
    fs::remove_file(&place).unwrap();
    let recover = to(&["vault", "recover", "--with"], &sheet);
    hold(&folder);
    let call = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    let killed = held_up(&world, &folder, call);
    killed.signal(rustix::process::Signal::KILL);
    go(&folder);
    killed.finish();
    assert!(place.exists(), "the control");
    keep_secret(&world, &place);
    let hint = "a recovery was cut off: `oauthctl vault recover --with FILE`";
    plain(&world, &["list"]).ended(6).says(&[hint]);
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let again = world.call(&recover).without("OAUTHCTL_IDENTITY_FILE");
    let again = again.env("PATH", path).run().ended(0);
    again.silent_about("its former key");
    let mut new = keys(&world).into_iter();
    let new = new.find(|(file, _)| *file != place && *file != sheet);
    world.secret("the new key", &new.unwrap().1);
    let said = doctor(&world);
    assert!(
        said.contains(&format!("`rm {}`", place.display())),
        "{said}"
    );
    fs::remove_file(&place).unwrap();
    assert!(!doctor(&world).contains("cut off"));
    plain(&world, &["vault", "check"]).ended(0);
}

#[test]
fn a_key_that_the_vault_names_is_not_named_as_left_when_another_takes_its_place() {
    let (world, one) = left_by(&REKEY);
    let settled = killed_behind_its_commit(&world, &MOVE, &one);
    plain(&world, &["list"]).ended(0).silent_about("warning");
    assert_eq!(fs::read_to_string(note(&world)).unwrap(), settled);
}

/// Makes a key or copies it as `words` say, and leaves the note of it as it stands where that is killed
/// right behind its commit. Returns how the note would be.
fn killed_behind_its_commit(world: &World, words: &[&str], one: &Path) -> String {
    let read = || fs::read_to_string(note(world)).unwrap();
    let killed = read();
    let left = killed.lines().last().unwrap();
    assert!(left.starts_with("made "), "the control: {killed}");
    fs::remove_file(one).unwrap();
    plain(world, &to(words, one)).ended(0);
    let key: age::x25519::Identity = identity_in(one).parse().unwrap();
    world.secret("the key", &identity_in(one));
    let settled = read();
    let now = settled.lines().last().unwrap();
    let key = key.to_public().to_string();
    let killed = killed.replace(left.split(' ').nth(2).unwrap(), &key);
    fs::write(note(world), format!("{killed}{now}\n")).unwrap();
    settled
}

/// What is noted of the one vault.
fn note(world: &World) -> PathBuf {
    let files = files_below(&world.path("home")).into_iter();
    let is_note = |file: &PathBuf| {
        file.parent()
            .is_some_and(|folder| folder.ends_with("vaults"))
    };
    let mut notes = files.filter(|file| is_note(file) && file.extension().is_none());
    notes.next().expect("a note")
}

#[test]
fn two_that_change_what_is_noted_of_a_vault_take_turns() {
    let world = World::new();
    world.connect();
    let one = world.path("given/one.txt");
    plain(&world, &["list"]).ended(0);
    let other = File::open(note(&world).with_extension("lock")).unwrap();
    other.lock().unwrap();
    let moving = world
        .call(&to(&MOVE, &one))
        .without("OAUTHCTL_IDENTITY_FILE");
    let moving = moving.start();
    moving.until_it_waits_or_ends();
    assert!(!one.exists(), "it is noted before it is made");
    other.unlock().unwrap();
    moving.finish().ended(0);
    assert!(one.exists());
}

#[test]
fn a_copy_that_a_move_left_is_named_after_a_rekey_too() {
    let world = World::new();
    world.connect();
    let one = world.path("given/one.txt");
    cut_off(&world, &to(&MOVE, &one));
    plain(&world, &["vault", "rekey"]).ended(0);
    let said = doctor(&world);
    assert!(said.contains("a copy of a former key is in"), "{said}");
    assert!(said.contains(&format!("`rm {}`", one.display())), "{said}");
}

#[test]
fn a_key_that_the_vault_named_is_not_named_as_left_after_the_next_rekey() {
    let (world, one) = left_by(&REKEY);
    killed_behind_its_commit(&world, &REKEY, &one);
    // The environment names the key from then on.
    let given = world.call(&["list"]).env("OAUTHCTL_IDENTITY_FILE", &one);
    given.run().ended(0);
    let two = world.path("given/two.txt");
    plain(&world, &to(&REKEY, &two)).ended(0);
    world.secret("the next key", &identity_in(&two));
    let said = doctor(&world);
    assert!(!said.contains("cut off"), "older backups need it: {said}");
}

#[test]
fn who_opens_a_vault_for_the_first_time_notes_what_holds_then() {
    let world = World::new();
    world.connect();
    plain(&world, &["list"]).ended(0);
    fs::remove_file(note(&world)).unwrap();
    let turn = format!("{}.locks/recipients", world.vault().display());
    let turn = File::open(turn).unwrap();
    turn.lock().unwrap();
    plain(&world, &["list"]).ended(0).silent_about("warning");
    let notes = files_below(&world.path("home")).into_iter();
    let mut notes = notes.filter(|file| file.parent().is_some_and(|it| it.ends_with("vaults")));
    assert!(
        notes.all(|file| file.extension().is_some()),
        "who has the turn notes it"
    );
    turn.unlock().unwrap();
    plain(&world, &["list"]).ended(0);
    note(&world);
}
