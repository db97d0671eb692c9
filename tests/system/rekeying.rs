//! A rekey that is cut off, or that the disk does not take: either the old identity opens the vault
//! or the new one, never neither, and nothing in it is lost.

use std::fs;
use std::path::{Path, PathBuf};

use crate::chance::Chance;
use crate::rig;
use crate::stage::Stage;
use crate::trace;
use crate::world::{PROVIDER, World};

/// The system calls that change files.
const CALLS: &str = "write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,\
                     unlinkat,ftruncate,openat,fcntl";
const REKEY: [&str; 2] = ["vault", "rekey"];
pub(crate) const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EROFS"];

/// Which key the vault names, as the header has it.
pub(crate) fn key_source(world: &World) -> String {
    let vault = rusqlite::Connection::open(world.vault()).expect("a database");
    vault
        .query_row("SELECT key_source FROM header", [], |row| row.get(0))
        .expect("a header")
}

/// The vault opens with what its header names, gives the token, is sound, and can be changed.
pub(crate) fn is_whole(world: &World, token: &str) -> Result<(), String> {
    let got = world.run(&["token", PROVIDER]);
    if got.code != 0 || got.stdout.trim() != token || got.stderr.contains("read only") {
        return Err(format!("{got:?}"));
    }
    for command in [&["vault", "check"][..], &["audit", "verify"]] {
        let ended = world.run(command);
        if ended.code != 0 {
            return Err(format!("{command:?}: {ended:?}"));
        }
    }
    let client = world.run(&["vault", "recipients", "list"]);
    if client.code == 0 {
        Ok(())
    } else {
        Err(format!("{client:?}"))
    }
}

/// What lies beside the vault and has that in its name.
fn beside(world: &World, part: &str) -> Vec<PathBuf> {
    let folder = world.vault();
    let entries = fs::read_dir(folder.parent().unwrap_or(Path::new("."))).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains(part))
        .collect()
}

/// In how many files beside the vault an identity is.
fn keys(world: &World) -> usize {
    let texts = beside(world, "identity").into_iter().map(fs::read);
    texts
        .filter(|text| {
            let text = text.as_ref().expect("a file");
            String::from_utf8_lossy(text).contains("AGE-SECRET-KEY-")
        })
        .count()
}

#[test]
fn vault_rekey_killed_at_every_system_call_leaves_the_old_key_or_the_new_one() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("kill rekey by system call");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let calls = trace::calls(world, &strace, CALLS, &REKEY);
    let all = calls.len();
    let mut chosen = calls;
    while chosen.len() > rig::trials(40, usize::MAX) {
        chosen.swap_remove(chance.below(chosen.len()));
    }
    let (mut old, mut new) = (0, 0);
    let mut used = keys(world);
    for call in chosen {
        is_whole(world, &token).expect("before");
        let before = key_source(world);
        let mut command = call.with(world, &strace, "signal=KILL", &REKEY);
        let killed = command.output().expect("strace").status.code().is_none();
        is_whole(world, &token).unwrap_or_else(|why| panic!("{call:?} of {all}: {why}"));
        let after = key_source(world);
        match (killed, after == before) {
            (true, true) => old += 1,
            (true, false) => {
                new += 1;
                assert!(beside(world, "before-rekey").is_empty(), "{call:?}");
            }
            (false, _) => {}
        }
        // Each that was in use stays, since older backups may need it; all else is named.
        crate::stray::remove_what_doctor_names(world);
        used += usize::from(after != before);
        assert_eq!(keys(world), used, "{call:?}");
    }
    assert!(old > 0 && new > 0, "killed before: {old}, after: {new}");
    rig::say(&format!(
        "kill rekey at each of {all} calls: {old} times the old key, {new} times the new one"
    ));
}

#[test]
fn vault_rekey_that_the_disk_does_not_take_leaves_the_old_key_or_the_new_one() {
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let mut chance = Chance::new("errno in a rekey");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let names = "write,pwrite64,fsync,fdatasync,rename,unlink,ftruncate";
    let mut trials = Vec::new();
    for call in trace::calls(world, &strace, names, &REKEY) {
        for error in ERRORS {
            trials.extend([false, true].map(|later| (call.clone(), error, later)));
        }
    }
    let all = trials.len();
    while trials.len() > rig::trials(40, usize::MAX) {
        trials.swap_remove(chance.below(trials.len()));
    }
    let (mut old, mut new) = (0, 0);
    for (call, error, later) in trials {
        let before = key_source(world);
        let fault = format!("error={error}");
        let mut command = if later {
            call.on_with(world, &strace, &fault, &REKEY)
        } else {
            call.with(world, &strace, &fault, &REKEY)
        };
        let ended = command.output().expect("strace");
        is_whole(world, &token)
            .unwrap_or_else(|why| panic!("{call:?} {fault} {later}: {ended:?}: {why}"));
        let is_new = key_source(world) != before;
        if ended.status.success() {
            assert!(is_new, "{call:?} {fault} {later}: {ended:?}");
        }
        *(if is_new { &mut new } else { &mut old }) += 1;
    }
    assert!(old > 0 && new > 0, "old: {old}, new: {new}");
    rig::say(&format!(
        "errno in a rekey, {all} faults: {old} times the old key, {new} times the new one"
    ));
}

/// The control: `is_whole` sees a vault whose key is gone, and one whose header is another's.
#[test]
fn a_vault_without_the_key_that_it_names_is_not_whole() {
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let key = world.vault().with_file_name("identity.txt");
    let text = fs::read(&key).expect("a key");
    world.must(&REKEY);
    is_whole(world, &token).expect("rekeyed");
    let source = key_source(world);
    let url = source.rsplit(' ').next().expect("a URL");
    let new = url::Url::parse(url).expect("a URL").to_file_path();
    // the old identity in the new one's place
    fs::write(new.expect("a path"), text).expect("written");
    assert!(is_whole(world, &token).is_err());
}
