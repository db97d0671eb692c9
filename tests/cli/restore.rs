//! `vault restore`: what a backup holds comes back, and nothing newer is lost to it.

use std::fs;

use crate::world::{Output, World, new_identity, set_mode};

fn backup(world: &World, name: &str) -> String {
    let file = world.path(&format!("work/{name}")).display().to_string();
    world.ok(&["vault", "backup", &file]);
    file
}

fn remove_vault(world: &World) {
    let vault = world.vault();
    fs::remove_file(&vault).unwrap();
    for end in ["db-wal", "db-shm"] {
        let _ = fs::remove_file(vault.with_extension(end));
    }
}

fn names(world: &World) -> Vec<String> {
    let list = world.json(&["list"]);
    list.iter()
        .map(|one| one["connection"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn vault_restore_puts_the_backup_where_the_vault_was_lost() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let file = backup(&world, "vault.age");
    remove_vault(&world);
    world
        .ok(&["vault", "restore", &file])
        .no_data()
        .says(&["restored: the vault is the backup's now", "is suspect"]);
    world.ok(&["vault", "check"]);
    world.ok(&["audit", "verify"]);
    assert_eq!(world.shown("sandbox")["state"], "suspect");
    assert_eq!(world.token("sandbox"), token);
    let events = world.json(&["audit", "--action", "restore"]);
    assert_eq!(events.len(), 1);
    let status = world.json(&["vault", "status"]).remove(0);
    assert_eq!(status["trust"], "trusted", "{status}");
    assert_eq!(status["anchor"], "good", "{status}");
    let left = world.files();
    let left: Vec<_> = left
        .iter()
        .filter(|path| path.to_string_lossy().contains("restoring"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    // a person who names it may
    world.ok(&["refresh", "sandbox"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
}

#[test]
fn vault_restore_into_a_newer_vault_brings_back_what_it_lacks_and_keeps_the_rest() {
    let world = World::new();
    world.connect_as("first");
    world.connect_as("second");
    let file = backup(&world, "vault.age");
    let gone = names(&world);
    world.ok(&["revoke", "sandbox/second", "--yes", "--local-only"]);
    world.ok(&["refresh", "sandbox/first"]);
    let newer = world.token("sandbox/first");
    world.connect_as("third");
    let before = world.json(&["vault", "status"]).remove(0);
    world
        .run(&["vault", "restore", &file])
        .ended(9)
        .says(&["the vault is newer than the backup", "--force"]);
    assert_eq!(names(&world).len(), 2, "nothing was changed");
    world
        .ok(&["vault", "restore", &file, "--force"])
        .no_data()
        .says(&[
            "restored 1 connection and 0 client registrations; 1 connection of the vault's own is as before",
            "`sandbox/second` is back",
        ]);
    assert_eq!(names(&world).len(), 3);
    assert!(gone.iter().all(|name| names(&world).contains(name)));
    assert_eq!(world.shown("sandbox/second")["state"], "suspect");
    assert_eq!(world.shown("sandbox/first")["state"], "active");
    assert_eq!(world.token("sandbox/first"), newer, "the newer token stays");
    let after = world.json(&["vault", "status"]).remove(0);
    let change = |status: &serde_json::Value| status["generation"].as_u64().unwrap();
    assert!(change(&after) > change(&before));
    world.ok(&["vault", "check"]);
    world.ok(&["audit", "verify"]);
}

#[test]
fn vault_restore_on_a_new_machine_takes_the_recovery_sheet() {
    let world = World::new();
    let sheet = world.path("given/sheet").display().to_string();
    world.connect();
    let token = world.token("sandbox");
    world.ok(&["vault", "recipients", "add", "--recovery-file", &sheet]);
    let text = fs::read_to_string(&sheet).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    world.secret("the recovery key", line);
    let file = backup(&world, "vault.age");
    let sealed = fs::read(&file).unwrap();

    let other = World::empty();
    other.secret("the recovery key", line);
    other.access_token(&token);
    other.define("sandbox", &world.provider_toml());
    let file = other.path("work/vault.age");
    oauthctl::private_file::replace(&file, &sealed).unwrap();
    let file = file.display().to_string();
    let sheet = other.give("sheet", &text).display().to_string();
    let bare = other.give("bare", line).display().to_string();
    let plain = |args: &[&str]| -> Output {
        let call = other.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.without("OAUTHCTL_IDENTITY").run()
    };
    plain(&["vault", "restore", &file])
        .ended(6)
        .says(&["nothing says which key opens the backup", "--with FILE"]);
    plain(&["vault", "restore", &file, "--with", &bare])
        .ended(9)
        .says(&["nothing says that the backup is of your vault"]);
    let wrong = other.give("wrong", &new_identity()).display().to_string();
    plain(&["vault", "restore", &file, "--with", &wrong]).ended(6);
    plain(&["vault", "restore", &file, "--with", &sheet])
        .ended(0)
        .says(&["oauthctl vault recover --with FILE"]);
    let key = other.path("given/new.txt").display().to_string();
    let place = ["--key", "file", "--identity-file", &key];
    plain(&[&["vault", "recover", "--with", &sheet][..], &place].concat()).ended(0);
    let text = fs::read_to_string(&key).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    other.secret("the new key", line);
    let shown = plain(&["token", "sandbox"]).ended(0);
    assert_eq!(shown.stdout.trim(), token);
}

#[test]
fn vault_restore_refuses_what_is_damaged_and_what_is_another_vaults() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let damaged = world.path("work/damaged.age");
    oauthctl::private_file::replace(&damaged, &bytes).unwrap();
    let damaged = damaged.display().to_string();
    world
        .run(&["vault", "restore", &damaged, "--force"])
        .ended(1);
    let junk = world.give("junk", "no backup").display().to_string();
    world.run(&["vault", "restore", &junk, "--force"]).ended(1);
    world.run(&["vault", "restore", "/no/such/file"]).ended(1);
    // the same key, another vault
    world.ok(&["--profile", "other", "vault", "init"]);
    world
        .run(&["--profile", "other", "vault", "restore", &file, "--force"])
        .ended(9)
        .says(&["this is a backup of another vault"]);
    world.ok(&["vault", "check"]);
}

#[test]
fn vault_restore_sets_a_damaged_vault_aside_when_told_to() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let file = backup(&world, "vault.age");
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("UPDATE head SET sealed = zeroblob(90)")
        .unwrap();
    drop(raw);
    world.run(&["list"]).ended(9);
    world
        .run(&["vault", "restore", &file])
        .ended(9)
        .says(&["`--force` sets this vault aside"]);
    world
        .ok(&["vault", "restore", &file, "--force"])
        .says(&["what stood there is"]);
    assert_eq!(world.token("sandbox"), token);
    world.ok(&["vault", "check"]);
    let aside = world.vault().with_extension("db.old");
    assert!(aside.exists(), "{:?}", world.files());
}

#[test]
fn vault_restore_leaves_the_registration_that_new_connections_use() {
    let world = World::new();
    let set = |id: &str| {
        world.ok(&["client", "set", "sandbox", "--id", id, "--no-secret"]);
    };
    set("first");
    let file = backup(&world, "vault.age");
    world.ok(&["client", "remove", "sandbox", "--yes"]);
    set("second");
    world.ok(&["vault", "restore", &file, "--force"]);
    let shown = world.ok(&["client", "show", "sandbox"]);
    assert!(shown.stdout.contains("second"), "{shown:?}");
    world.ok(&["client", "remove", "sandbox", "--yes"]);
    world.ok(&["vault", "restore", &file, "--force"]);
    let shown = world.ok(&["client", "show", "sandbox"]);
    assert!(shown.stdout.contains("first"), "the control: {shown:?}");
}

/// Everything that the vault and its notes are, to be put back later.
fn copy_of(world: &World) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let files = world.files();
    let ours = files.into_iter().filter(|path| {
        let text = path.to_string_lossy();
        ["vault.db", ".pin", ".anchor"]
            .iter()
            .any(|part| text.contains(part))
    });
    ours.map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn vault_restore_of_what_is_newer_than_the_vault_brings_the_newer_tokens() {
    let world = World::new();
    world.connect();
    let before = copy_of(&world);
    assert!(before.len() > 2, "{before:?}");
    world.ok(&["refresh", "sandbox"]);
    let newest = world.token("sandbox");
    let file = backup(&world, "vault.age");
    // The whole machine is set back, its notes too: nothing tells it so.
    remove_vault(&world);
    for (path, content) in before {
        oauthctl::private_file::replace(&path, &content).unwrap();
    }
    assert_eq!(world.json(&["vault", "status"])[0]["trust"], "trusted");
    assert_ne!(world.token("sandbox"), newest, "the control");
    world.ok(&["vault", "restore", &file]);
    assert_eq!(world.token("sandbox"), newest);
    assert_eq!(world.shown("sandbox")["state"], "suspect");
    let refreshed = world.ok(&["refresh", "sandbox"]);
    refreshed.silent_about("login");
    world.ok(&["audit", "verify"]);
}

#[test]
fn vault_restore_after_the_key_was_moved_leaves_a_vault_that_opens() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let file = backup(&world, "vault.age");
    let moved = world.path("given/moved.txt").display().to_string();
    let to = [
        "vault",
        "move-key",
        "--to",
        "file",
        "--identity-file",
        &moved,
    ];
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE").run();
    plain(&to).ended(0);
    fs::remove_file(world.key_file()).unwrap();
    remove_vault(&world);
    plain(&["vault", "restore", &file]).ended(0);
    assert_eq!(plain(&["token", "sandbox"]).ended(0).stdout.trim(), token);
    plain(&["vault", "check"]).ended(0);
}

#[test]
fn vault_restore_sets_no_vault_aside_that_is_only_in_the_wrong_mode() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    let before = fs::read(world.vault()).unwrap();
    set_mode(&world.vault(), 0o640);
    world
        .run(&["vault", "restore", &file, "--force"])
        .ended(9)
        .says(&["chmod 600"]);
    set_mode(&world.vault(), 0o600);
    assert_eq!(fs::read(world.vault()).unwrap(), before);
    world.ok(&["token", "sandbox"]);
}
