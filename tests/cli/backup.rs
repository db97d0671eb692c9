//! `vault backup`: one age file that is the whole vault.

use std::fs;
use std::io::Read;
use std::time::Duration;

use oauthctl::lock;

use crate::world::{World, identity_in, mode};

/// What stock `age -d` gives of a file; here by the library, in the system tests by the program.
fn opened(world: &World, file: &str) -> Vec<u8> {
    let identity = fs::read_to_string(world.key_file()).unwrap();
    let identity: age::x25519::Identity = identity.trim().parse().unwrap();
    let sealed = fs::read(file).unwrap();
    let decryptor = age::Decryptor::new_buffered(sealed.as_slice()).unwrap();
    let one = std::iter::once(&identity as &dyn age::Identity);
    let mut image = Vec::new();
    decryptor
        .decrypt(one)
        .unwrap()
        .read_to_end(&mut image)
        .unwrap();
    image
}

#[test]
fn vault_backup_is_the_whole_vault_and_goes_back_in_its_place() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let file = world.path("work/backup.age").display().to_string();
    world.ok(&["vault", "backup", &file]).no_data().says(&[
        "wrote and checked",
        "keep one of them elsewhere",
        "your own definitions are not in it: keep `",
    ]);
    assert_eq!(mode(file.as_ref()), 0o600);
    assert_eq!(world.json(&["audit", "--action", "backup"]).len(), 1);
    let image = opened(&world, &file);
    // what came after it is gone with the vault
    world.connect_as("second");
    let vault = world.vault();
    fs::remove_file(&vault).unwrap();
    for end in ["db-wal", "db-shm"] {
        let _ = fs::remove_file(vault.with_extension(end));
    }
    oauthctl::private_file::replace(&vault, &image).unwrap();
    world
        .run(&["refresh", "sandbox"])
        .ended(9)
        .says(&["accept-rollback"]);
    world.ok(&["vault", "accept-rollback", "--yes"]);
    world.ok(&["vault", "check"]);
    world.ok(&["audit", "verify"]);
    assert_eq!(world.json(&["list"]).len(), 1);
    assert_eq!(world.shown("sandbox")["state"], "suspect");
    assert_eq!(world.sandbox(|sandbox| sandbox.tokens().access.len()), 2);
    drop(token);
}

#[test]
fn vault_backup_replaces_nothing_unasked_and_leaves_no_half_file() {
    let world = World::new();
    world.connect();
    for _ in 0..20 {
        // larger than what SQLite needs beside it
        world.token("sandbox");
    }
    let there = world.give("there", "x").display().to_string();
    world
        .run(&["vault", "backup", &there])
        .ended(1)
        .no_data()
        .says(&["there is such a file already", "--force"]);
    assert_eq!(fs::read_to_string(&there).unwrap(), "x");
    world.ok(&["vault", "backup", &there, "--force"]);
    assert!(opened(&world, &there).starts_with(b"SQLite format 3\0"));
    let nowhere = world.path("work/no/such/folder/b").display().to_string();
    world
        .run(&["vault", "backup", &nowhere])
        .ended(1)
        .no_data()
        .says(&[
            "could not write the backup",
            &format!("caused by: could not create `{nowhere}`"),
            "hint: make its folder first: `mkdir -p ",
        ]);
    // a limit on the size of files stands for the full disk
    let small = world.path("work/small").display().to_string();
    let call = world.call(&["vault", "backup", &small]);
    let blocks = fs::metadata(&there).unwrap().len() / 512;
    call.through(&format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""))
        .run()
        .ended(1)
        .says(&["could not write the backup"]);
    let left: Vec<_> = world.files();
    let half = left
        .iter()
        .filter(|path| path.to_string_lossy().contains("small"));
    assert_eq!(half.count(), 0, "{left:?}");
    world.ok(&["vault", "backup", &small]);
}

#[test]
fn vault_backup_of_a_damaged_vault_is_refused() {
    let world = World::new();
    world.connect();
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("UPDATE audit SET sealed = zeroblob(90) WHERE seq = 1")
        .unwrap();
    drop(raw);
    let file = world.path("work/backup.age").display().to_string();
    world
        .run(&["vault", "backup", &file])
        .ended(9)
        .says(&["a damaged vault is not backed up"]);
    assert!(!world.path("work/backup.age").exists());
}

#[test]
fn vault_backup_and_export_replace_no_vault_key_link_or_device_whatever_is_said() {
    let world = World::new();
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE").run();
    let key = world.path("given/key.txt").display().to_string();
    plain(&["vault", "init", "--key", "file", "--identity-file", &key]).ended(0);
    world.secret("the identity", &identity_in(&key));
    let sheet = world.path("given/sheet").display().to_string();
    plain(&["vault", "recipients", "add", "--recovery-file", &sheet]).ended(0);
    world.secret("the recovery key", &identity_in(&sheet));
    let folder = world.vault().parent().unwrap().to_owned();
    fs::write(folder.join("vault.db.old"), "what was set aside").unwrap();
    let link = world.path("work/link");
    let target = world.give("target", "x");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let notes = fs::read_dir(world.path("given")).unwrap();
    let notes = notes.map(|note| note.unwrap().path().display().to_string());
    let notes = notes.filter(|note| note.starts_with(&format!("{key}.")));
    let needed = ["vault.db", "vault.db-wal", "vault.db.old"].map(|name| folder.join(name));
    let mut refused: Vec<_> = notes.collect();
    assert_eq!(refused.len(), 2);
    refused.extend(needed.map(|path| path.display().to_string()));
    let odd = [&key, &sheet, "/dev/null", link.to_str().unwrap()];
    refused.extend(odd.map(str::to_owned));
    let to = age::x25519::Identity::generate().to_public().to_string();
    for file in &refused {
        let before = fs::symlink_metadata(file).map(|there| (there.file_type(), there.len()));
        let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
        for command in [&["vault", "backup"][..], &export] {
            let ended = plain(&[command, &[file, "--force"]].concat());
            ended
                .ended(1)
                .no_data()
                .says(&[&format!("`{file}` "), "hint: name "]);
        }
        let after = fs::symlink_metadata(file).map(|there| (there.file_type(), there.len()));
        let [before, after] = [before, after].map(|it| it.map_err(|error| error.kind()));
        assert!(format!("{before:?}") == format!("{after:?}"), "{file}");
    }
    assert_eq!(fs::read_to_string(target).unwrap(), "x");
    plain(&["list"]).ended(0).silent_about("warning");
    // the control: what is neither is replaced, even beside the vault
    let backup = folder.join("vault.db.age").display().to_string();
    plain(&["vault", "backup", &backup]).ended(0);
    plain(&["vault", "backup", &backup, "--force"]).ended(0);
}

#[test]
fn vault_backup_that_waits_for_a_rekey_is_one_of_the_new_vault() {
    let world = World::new();
    world.connect();
    let locks = world.vault().with_extension("db.locks");
    let key = world.path("given/new.txt").display().to_string();
    let rekey = ["vault", "rekey", "--key", "file", "--identity-file", &key];
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE");
    let move_key = ["vault", "move-key", "--to", "file", "--identity-file"];
    let first = world.path("given/first.txt").display().to_string();
    world.ok(&[&move_key[..], &[&first]].concat());
    let turn = lock::exclusive(&locks.join("vault"), Duration::from_secs(9)).unwrap();
    let rekey = plain(&rekey).start();
    rekey.until_it_waits_or_ends();
    let file = world.path("work/backup.age").display().to_string();
    let backup = plain(&["vault", "backup", &file]).start();
    backup.until_it_waits_or_ends();
    drop(turn);
    rekey.finish().ended(0);
    backup.finish().ended(0);
    for identity in [&key, &first] {
        world.secret("a key", &identity_in(identity));
    }
    plain(&["vault", "restore", &file]).run().ended(0);
}
