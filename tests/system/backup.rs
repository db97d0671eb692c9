//! `vault backup` and stock `age`: what it writes is whole or not there, whatever happens.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::chance::Chance;
use crate::rig;
use crate::stage::Stage;
use crate::trace;
use crate::world::{PROVIDER, World};

/// The system calls that change files.
const CALLS: &str = "write,writev,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,\
                     unlinkat,ftruncate,openat";
const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EROFS"];

/// What stock `age` gives of a backup.
fn opened(world: &World, age: &Path, file: &Path) -> Result<Vec<u8>, String> {
    let key = world.vault().with_file_name("identity.txt");
    let output = Command::new(age)
        .args(["-d", "-i"])
        .args([&key, file])
        .output()
        .expect("age");
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[test]
fn vault_backup_of_a_vault_that_can_not_be_written_is_whole_and_says_that_it_is_not_logged() {
    let Some(unshare) = rig::unshare() else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let folder = world.vault().parent().expect("a folder").to_owned();
    let read_only = format!(
        "mount --bind '{0}' '{0}' && mount -o remount,ro,bind '{0}' && exec \"$@\"",
        folder.display()
    );
    // leaves nothing in the log
    world.must(&[
        "vault",
        "move-key",
        "--to",
        "file",
        "--identity-file",
        "key.txt",
    ]);
    let events = || world.must(&["audit", "--json"]).lines().count();
    let before = events();
    let backup = ["vault", "backup", "backup.age"];
    let inside = ["-rm", "sh", "-c", &read_only, "sh"];
    let ended = world.wrapped(&unshare, &inside, &backup).output();
    let ended = ended.expect("unshare");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    assert!(said.contains("does not tell of this backup"), "{said}");
    assert_eq!(events(), before);
    fs::remove_dir_all(folder.join("vault.db.locks")).expect("locks");
    for end in ["db", "db-wal", "db-shm"] {
        let _ = fs::remove_file(world.vault().with_extension(end));
    }
    world.must(&["vault", "restore", "backup.age"]);
    world.must(&["vault", "check"]);
}

#[test]
fn vault_backup_and_export_write_where_nothing_is_renamed_to_a_free_name_only_and_no_link_is_made()
{
    let Some(strace) = rig::program("strace") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let lacking = [
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "inject=renameat2:error=EINVAL",
        "-e",
        "inject=link,linkat:error=EPERM",
    ];
    let list = world.must(&["vault", "recipients", "list"]);
    let to = list.split_whitespace().last().expect("a recipient");
    let export = ["vault", "export", "--connection", PROVIDER, "--to", to];
    for command in [&["vault", "backup"][..], &export] {
        let name = format!("{}.age", command[1]);
        let words = [command, &[&name]].concat();
        let ended = world.wrapped(&strace, &lacking, &words).output();
        let ended = ended.expect("strace");
        assert!(ended.status.success(), "{ended:?}");
        assert!(fs::metadata(world.at(&name)).expect("a file").len() > 100);
        // and what is there is not replaced
        let again = world.wrapped(&strace, &lacking, &words).output();
        assert!(!again.expect("strace").status.success());
    }
    world.must(&["vault", "import", "export.age"]);
}

#[test]
fn a_vault_that_is_used_on_another_machine_with_its_key_is_a_copy_until_it_is_accepted() {
    let Some(unshare) = rig::unshare() else {
        return;
    };
    let id = fs::read_to_string("/etc/machine-id").unwrap_or_default();
    if id.trim().is_empty() {
        rig::say("SKIPPED: this machine has no id");
        return;
    }
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let on = |id: &str, arguments: &[&str]| {
        let file = world.at("machine-id");
        fs::write(&file, id).expect("written");
        let other = format!(
            "mount --bind '{}' /etc/machine-id && exec \"$@\"",
            file.display()
        );
        let inside = ["-rm", "sh", "-c", &other, "sh"];
        let ended = world.wrapped(&unshare, &inside, arguments).output();
        let ended = ended.expect("unshare");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        (ended.status.code(), said)
    };
    let [refresh, hand_out] = [["refresh", PROVIDER], ["token", PROVIDER]];
    let other = "0123456789abcdef0123456789abcdef\n";
    let (code, said) = on(other, &refresh);
    assert_eq!(code, Some(9), "{said}");
    assert!(said.contains("the vault is a copy"), "{said}");
    let (code, said) = on(other, &hand_out);
    assert!(
        code == Some(0) && said.contains("the vault is a copy"),
        "{said}"
    );
    // who has none yet, and the one it came from, go on
    for same in ["", "uninitialized\n", &id] {
        let (code, said) = on(same, &refresh);
        assert!(
            code == Some(0) && !said.contains("copy"),
            "{same:?}: {said}"
        );
    }
    assert_ne!(world.must(&["token", PROVIDER]), token);
    let (code, said) = on(other, &["vault", "accept-rollback", "--yes"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = on(other, &refresh);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(world.run(&refresh).code, 9);
}

#[test]
fn stock_age_opens_a_backup_and_the_vault_in_it_goes_on() {
    let Some(age) = rig::program("age") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let token = world.must(&["token", PROVIDER]);
    let file = world.at("backup.age");
    world.must(&["vault", "backup", file.to_str().expect("UTF-8")]);
    let image = opened(world, &age, &file).expect("a backup");
    // the control: a damaged one is refused
    let mut damaged = fs::read(&file).expect("a backup");
    if let Some(last) = damaged.last_mut() {
        *last ^= 1;
    }
    let other = world.at("damaged.age");
    fs::write(&other, damaged).expect("written");
    assert!(opened(world, &age, &other).is_err());
    for end in ["db-wal", "db-shm"] {
        let _ = fs::remove_file(world.vault().with_extension(end));
    }
    oauthctl::private_file::replace(&world.vault(), &image).expect("put back");
    world.must(&["vault", "accept-rollback", "--yes"]);
    world.must(&["vault", "check"]);
    world.must(&["audit", "verify"]);
    assert_eq!(world.must(&["token", PROVIDER]), token);
}

#[test]
fn vault_backup_cut_off_anywhere_leaves_no_file_or_a_whole_one() {
    let (Some(strace), Some(age)) = (rig::program("strace"), rig::program("age")) else {
        return;
    };
    let mut chance = Chance::new("cut off a backup");
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let file = world.at("backup.age");
    let backup = ["vault", "backup", file.to_str().expect("UTF-8"), "--force"];
    world.must(&backup);
    let mut trials = Vec::new();
    for call in trace::calls(world, &strace, CALLS, &backup) {
        trials.push((call.clone(), "signal=KILL".to_owned()));
        if call.name != "openat" {
            trials.extend(ERRORS.map(|error| (call.clone(), format!("error={error}"))));
        }
    }
    let all = trials.len();
    while trials.len() > rig::trials(40, usize::MAX) {
        trials.swap_remove(chance.below(trials.len()));
    }
    let (mut there, mut absent, mut kept) = (0, 0, 0);
    for (number, (call, fault)) in trials.into_iter().enumerate() {
        // every other time over an older one
        let older = fs::read(&file).ok().filter(|_| number % 2 == 0);
        if older.is_none() {
            let _ = fs::remove_file(&file);
        }
        let ended = call.with(world, &strace, &fault, &backup).output();
        let ended = ended.expect("strace");
        let now = fs::read(&file).ok();
        if now.is_some() {
            let image = opened(world, &age, &file)
                .unwrap_or_else(|why| panic!("{call:?} {fault}: {ended:?}: {why}"));
            assert!(image.starts_with(b"SQLite format 3\0"));
        }
        assert!(
            now.is_some() || older.is_none(),
            "{call:?} {fault}: {ended:?}"
        );
        assert!(now.is_some() || !ended.status.success(), "{call:?} {fault}");
        match now {
            None => absent += 1,
            now if now == older => kept += 1,
            Some(_) => there += 1,
        }
        world.must(&["vault", "check"]);
    }
    assert!(there > 0 && absent + kept > 0, "{there}, {absent}, {kept}");
    rig::say(&format!(
        "backup cut off in {all} ways: {there} times whole, {absent} times none, {kept} times the older one"
    ));
}

#[test]
fn stock_age_opens_a_backup_with_an_age_plugin_that_the_vault_is_locked_to() {
    let Some(age) = rig::program("age") else {
        return;
    };
    let stage = Stage::connected("3600");
    let world = &stage.world;
    let programs = world.at("programs");
    fs::create_dir(&programs).expect("a folder");
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/age-plugin-toy");
    fs::copy(fixture, programs.join("age-plugin-toy")).expect("the plugin");
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let added = world
        .command(&["vault", "recipients", "add", "age1toy1pzry9x8guq22xa"])
        .env("PATH", &path)
        .output()
        .expect("the program");
    assert!(added.status.success(), "{added:?}");
    let file = world.at("backup.age");
    world.must(&["vault", "backup", file.to_str().expect("UTF-8")]);
    let identity = world.at("toy.txt");
    fs::write(&identity, "AGE-PLUGIN-TOY-1PZRY9X8G7GW3G7\n").expect("written");
    let open = |path: &str| {
        let mut command = Command::new(&age);
        command.args(["-d", "-i"]).args([&identity, &file]);
        command.env("PATH", path).output().expect("age")
    };
    let opened = open(&path);
    assert!(opened.status.success(), "{opened:?}");
    assert!(opened.stdout.starts_with(b"SQLite format 3\0"));
    // the control: it is the plugin that opens it
    assert!(!open("/usr/bin:/bin").status.success());
}
