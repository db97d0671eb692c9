//! `vault restore` and `vault move-key` that are cut off, or that the disk does not take: the old state
//! or the new one, never neither.

use std::fs;
use std::path::{Path, PathBuf};

use crate::chance::Chance;
use crate::rekeying::{ERRORS, is_whole, key_source};
use crate::rig;
use crate::stage::Stage;
use crate::trace::{self, Call};
use crate::world::{PROVIDER, World};

/// The system calls that change files.
pub(crate) const CALLS: &str = "write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,\
                     unlinkat,ftruncate,openat,fcntl,mkdir,rmdir";

/// Kill, and each error once and from then on, at every call; a sample of them without `--full`.
pub(crate) fn trials(chance: &mut Chance, calls: Vec<Call>) -> (usize, Vec<(Call, String, bool)>) {
    let mut trials = Vec::new();
    for call in calls {
        trials.push((call.clone(), "signal=KILL".to_owned(), false));
        // an openat that fails is a file that is not there, which is not what a disk does
        if !matches!(call.name.as_str(), "openat" | "fcntl") {
            for error in ERRORS {
                for later in [false, true] {
                    trials.push((call.clone(), format!("error={error}"), later));
                }
            }
        }
    }
    let all = trials.len();
    while trials.len() > rig::trials(40, usize::MAX) {
        trials.swap_remove(chance.below(trials.len()));
    }
    (all, trials)
}

pub(crate) fn cut(
    world: &World,
    strace: &Path,
    trial: &(Call, String, bool),
    command: &[&str],
) -> bool {
    let (call, fault, later) = trial;
    let mut traced = if *later {
        call.on_with(world, strace, fault, command)
    } else {
        call.with(world, strace, fault, command)
    };
    traced.output().expect("strace").status.success()
}

fn remove_vault(world: &World) {
    for end in ["db", "db-wal", "db-shm", "db-journal"] {
        let _ = fs::remove_file(world.vault().with_extension(end));
    }
}

/// The one connection's state; `None` where there is no connection or no vault.
pub(crate) fn state(world: &World) -> Option<String> {
    let listed = world.run(&["list", "--json"]);
    assert_eq!(listed.code, 0, "the vault does not open: {listed:?}");
    let line = listed.stdout.lines().next()?;
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    value["state"].as_str().map(str::to_owned)
}

#[test]
fn vault_restore_cut_off_anywhere_leaves_no_vault_or_the_whole_one_with_its_tokens_guarded() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off a restore");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let file = world.at("backup.age");
    let file = file.to_str().expect("UTF-8");
    world.must(&["vault", "backup", file]);
    // the control: as it was, unguarded
    assert_eq!(state(world).as_deref(), Some("active"));
    let restore = ["vault", "restore", file];
    remove_vault(world);
    let (all, trials) = trials(&mut chance, trace::calls(world, &strace, CALLS, &restore));
    let (mut none, mut whole) = (0, 0);
    for trial in trials {
        remove_vault(world);
        let done = cut(world, &strace, &trial, &restore);
        if world.vault().exists() {
            is_whole(world, &token).unwrap_or_else(|why| panic!("{trial:?}: {why}"));
            assert_eq!(state(world).as_deref(), Some("suspect"), "{trial:?}");
            whole += 1;
        } else {
            assert!(!done, "{trial:?}");
            none += 1;
            let again = world.run(&restore);
            assert_eq!(again.code, 0, "{trial:?}: {again:?}");
            is_whole(world, &token).unwrap_or_else(|why| panic!("again, {trial:?}: {why}"));
        }
    }
    assert!(none > 0 && whole > 0, "{none}, {whole}");
    rig::say(&format!(
        "restore cut off in {all} ways: {none} times no vault, {whole} times the whole one, guarded"
    ));
}

/// A folder's files, and where they are put back.
fn files_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_of(&path));
        } else {
            let content = fs::read(&path).expect("a file");
            files.push((path, content));
        }
    }
    files
}

fn put_back(world: &World, files: &[(PathBuf, Vec<u8>)]) {
    for folder in ["data", "state"] {
        for (path, _) in files_of(&world.at(folder)) {
            fs::remove_file(path).expect("removed");
        }
    }
    for (path, content) in files {
        oauthctl::private_file::replace(path, content).expect("put back");
    }
}

/// A damaged vault with the live tokens, and a backup with spent ones.
fn with_damage(world: &World) -> (String, String) {
    let file = world.at("backup.age").to_str().expect("UTF-8").to_owned();
    world.must(&["vault", "backup", &file]);
    world.must(&["refresh", PROVIDER]);
    world.must(&["client", "set", PROVIDER, "--id", "other", "--no-secret"]);
    let raw = rusqlite::Connection::open(world.vault()).expect("a database");
    let damage = "UPDATE body SET sealed = zeroblob(90) WHERE id = (SELECT max(id) FROM body)";
    assert_eq!(raw.execute(damage, []).expect("damaged"), 1);
    drop(raw);
    (world.must(&["token", PROVIDER]), file)
}

#[derive(Debug, PartialEq, Eq)]
enum Stands {
    Old,
    New,
    Neither,
}

/// What stands after a forced restore was cut off: the damaged vault as it was, or the new one, guarded;
/// both with the live token.
fn stands(world: &World, token: &str) -> Result<Stands, String> {
    if !world.vault().exists() {
        return Ok(Stands::Neither);
    }
    let got = world.run(&["token", PROVIDER]);
    if got.code != 0 || got.stdout.trim() != token || got.stderr.contains("read only") {
        return Err(format!("{got:?}"));
    }
    let is_trusted = !got.stderr.contains("accept-rollback");
    if world.run(&["vault", "check"]).code == 9 {
        // it is no copy of itself
        let is_old = is_trusted.then_some(Stands::Old);
        return is_old.ok_or(format!("{got:?}"));
    }
    if !is_trusted {
        // cut off before that was noted beside the key
        world.must(&["vault", "accept-rollback", "--yes"]);
    }
    is_whole(world, token)?;
    let state = state(world);
    let is_guarded = state.as_deref() == Some("suspect");
    is_guarded
        .then_some(Stands::New)
        .ok_or(format!("it is {state:?}"))
}

#[test]
fn vault_restore_force_cut_off_anywhere_leaves_the_damaged_vault_or_the_new_one() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off a forced restore");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let (token, file) = with_damage(world);
    let damaged = [files_of(&world.at("data")), files_of(&world.at("state"))].concat();
    let restore = ["vault", "restore", &file, "--force"];
    let calls = trace::calls(world, &strace, CALLS, &restore);
    assert_eq!(stands(world, &token), Ok(Stands::New));
    let (all, mut trials) = trials(&mut chance, calls.clone());
    // what the sample must not leave out: the step itself, and what is around it
    for call in calls.iter().filter(|call| call.name == "renameat2") {
        trials.push((call.clone(), "signal=KILL".to_owned(), false));
        trials.push((call.clone(), "error=ENOSPC".to_owned(), true));
    }
    let (mut old, mut new) = (0, 0);
    for trial in trials {
        put_back(world, &damaged);
        let done = cut(world, &strace, &trial, &restore);
        let found = stands(world, &token).unwrap_or_else(|why| panic!("{trial:?}: {why}"));
        assert_ne!(found, Stands::Neither, "{trial:?}");
        if found == Stands::Old {
            assert!(!done, "{trial:?}");
            old += 1;
            let again = world.run(&restore);
            assert_eq!(again.code, 0, "{trial:?}: {again:?}");
            assert_eq!(stands(world, &token), Ok(Stands::New), "again, {trial:?}");
        } else {
            new += 1;
        }
    }
    assert!(old > 0 && new > 0, "{old}, {new}");
    rig::say(&format!(
        "restore --force cut off in {all} ways: {old} times the damaged vault, {new} times the new one"
    ));
}

/// Where names can't be exchanged it takes two steps: the control for what is looked at above, and what
/// a person is told who was cut off between them.
#[test]
fn vault_restore_force_without_an_exchange_of_names_names_what_was_set_aside() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let (token, file) = with_damage(world);
    let damaged = [files_of(&world.at("data")), files_of(&world.at("state"))].concat();
    let restore = ["vault", "restore", &file, "--force"];
    let without = |more: &[&str]| {
        let inject = ["-f", "-qq", "-e", "signal=none", "-o", "/dev/null"];
        let cannot = ["-e", "inject=renameat2:error=EINVAL"];
        let mut traced = world.wrapped(&strace, &[&inject[..], &cannot, more].concat(), &restore);
        traced.output().expect("strace").status.success()
    };
    assert!(without(&[]));
    assert_eq!(stands(world, &token), Ok(Stands::New));
    let mut neither = 0;
    for number in 1..20 {
        put_back(world, &damaged);
        let kill = format!("inject=rename:signal=KILL:when={number}");
        if without(&["-e", &kill]) {
            break;
        }
        if stands(world, &token).expect("judged") != Stands::Neither {
            continue;
        }
        neither += 1;
        let gone = world.run(&["token", PROVIDER]);
        let (_, command) = gone.stderr.split_once("`mv ").expect("a command");
        let (paths, _) = command.split_once('`').expect("a command");
        let (from, to) = paths.split_once(' ').expect("two paths");
        fs::rename(from, to).expect("renamed");
        assert_eq!(stands(world, &token), Ok(Stands::Old), "{gone:?}");
    }
    assert_eq!(neither, 1);
}

#[test]
fn vault_restore_into_a_vault_cut_off_anywhere_leaves_it_as_it_was_or_filled() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off a restore into a vault");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let file = world.at("backup.age");
    let file = file.to_str().expect("UTF-8");
    world.must(&["vault", "backup", file]);
    let restore = ["vault", "restore", file, "--force"];
    let erase = ["revoke", PROVIDER, "--local-only", "--yes"];
    world.must(&erase);
    let (all, trials) = trials(&mut chance, trace::calls(world, &strace, CALLS, &restore));
    let (mut before, mut filled) = (0, 0);
    for trial in trials {
        if state(world).is_some() {
            world.must(&erase);
        }
        let done = cut(world, &strace, &trial, &restore);
        let found = state(world);
        if found.is_none() {
            assert!(!done, "{trial:?}");
            before += 1;
            let again = world.run(&restore);
            assert_eq!(again.code, 0, "{trial:?}: {again:?}");
        } else {
            filled += 1;
        }
        assert_eq!(state(world).as_deref(), Some("suspect"), "{trial:?}");
        is_whole(world, &token).unwrap_or_else(|why| panic!("{trial:?}: {why}"));
    }
    assert!(before > 0 && filled > 0, "{before}, {filled}");
    rig::say(&format!(
        "restore into a vault cut off in {all} ways: {before} times as before, {filled} times filled"
    ));
}

#[test]
fn vault_move_key_cut_off_anywhere_leaves_the_old_place_or_the_new_one() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("cut off a move of the key");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let place = |number: usize| world.at(&format!("key-{number}.txt"));
    let first = place(0);
    let command = |path: &Path| {
        let path = path.to_str().expect("UTF-8").to_owned();
        ["vault", "move-key", "--to", "file", "--identity-file"]
            .map(str::to_owned)
            .into_iter()
            .chain([path])
            .collect::<Vec<_>>()
    };
    let words = command(&first);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (all, trials) = trials(&mut chance, trace::calls(world, &strace, CALLS, &words));
    let (mut old, mut new) = (0, 0);
    for (number, trial) in trials.into_iter().enumerate() {
        let before = key_source(world);
        let words = command(&place(number + 1));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = cut(world, &strace, &trial, &words);
        is_whole(world, &token).unwrap_or_else(|why| panic!("{trial:?}: {why}"));
        let is_new = key_source(world) != before;
        assert!(is_new || !done, "{trial:?}");
        if !is_new {
            // A copy that was left there is taken.
            let again = world.run(&words);
            assert_eq!(again.code, 0, "{trial:?}: {again:?}");
        }
        // nothing needs the place where it was
        let url = before.rsplit(' ').next().expect("a URL");
        let path = url::Url::parse(url).expect("a URL").to_file_path();
        fs::remove_file(path.expect("a path")).expect("removed");
        is_whole(world, &token).unwrap_or_else(|why| panic!("{trial:?}: {why}"));
        *(if is_new { &mut new } else { &mut old }) += 1;
    }
    assert!(old > 0 && new > 0, "old: {old}, new: {new}");
    rig::say(&format!(
        "move-key cut off in {all} ways: {old} times the old place, {new} times the new one"
    ));
}
