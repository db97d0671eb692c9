//! `vault restore`: what a backup holds comes back, and nothing newer is lost to it.

use std::fs;
use std::path::Path;

use crate::world::{Output, World, identity_in, new_identity, set_mode};

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

/// Each connection with its state and its token, and each consent with whose it is.
fn holdings(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for one in world.json(&["list"]) {
        let name = one["connection"].as_str().unwrap();
        let token = world.run(&["token", name]).stdout;
        all.push(format!("{name} {} {token}", one["state"]));
    }
    for one in world.json(&["consents"]) {
        let [name, subject, at] = ["connection", "subject", "at"].map(|key| &one[key]);
        all.push(format!("{name} {subject} {at}"));
    }
    all
}

/// Restores, and once more, which changes nothing.
fn restored(world: &World, file: &str) -> Output {
    let restore = ["vault", "restore", file, "--force"];
    let said = world.ok(&restore);
    let before = holdings(world);
    let again = world.json(&restore).remove(0);
    assert_eq!(again["back"], serde_json::json!([]));
    assert_eq!(holdings(world), before);
    world.ok(&["vault", "check"]);
    said
}

/// No two of them have one refresh token: where it is used twice, all that came of it ends.
fn refresh_each(world: &World) {
    for _ in 0..2 {
        for name in names(world) {
            world.ok(&["refresh", &name]);
        }
    }
}

/// The provider, where nobody can say which account it is.
fn tells_no_account(world: &World) {
    let toml = world.provider_toml();
    let (start, rest) = toml.split_once("[userinfo]").unwrap();
    let (_, end) = rest.split_once("[scopes]").unwrap();
    world.define("sandbox", &[start, "[scopes]", end].concat());
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
    let shown = world.shown("sandbox");
    assert_eq!(shown["state"], "suspect");
    // nor does it go on by itself
    assert_eq!(shown["refreshable"], false);
    let report = world.json(&["audit", "report"]).remove(0);
    assert_eq!(report["expiries"][0]["refreshable"], false, "{report}");
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
    restored(&world, &file)
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
    restored(&world, &file).says(&["what stood there is"]);
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
    restored(&world, &file);
    let shown = world.ok(&["client", "show", "sandbox"]);
    assert!(shown.stdout.contains("second"), "{shown:?}");
    world.ok(&["client", "remove", "sandbox", "--yes"]);
    restored(&world, &file);
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

fn plain(world: &World, args: &[&str]) -> Output {
    world.call(args).without("OAUTHCTL_IDENTITY_FILE").run()
}

/// A vault with its key beside it, a recovery sheet and a backup.
fn with_key_beside(world: &World) -> [String; 2] {
    let [sheet, file] =
        ["given/sheet", "work/b.age"].map(|name| world.path(name).display().to_string());
    let init = ["vault", "init", "--key", "file", "--recovery-file", &sheet];
    plain(world, &init).ended(0);
    plain(world, &["vault", "backup", &file]).ended(0);
    [sheet, file]
}

/// Everything in a folder.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn vault_recover_of_a_backup_in_another_profile_leaves_the_first_vault_its_key() {
    let world = World::new();
    let [sheet, file] = with_key_beside(&world);
    plain(&world, &["list"]).ended(0);
    let first = world.vault().parent().unwrap().to_owned();
    let key = fs::read(first.join("identity.txt")).unwrap();
    let before = contents(&first);
    let test = |args: &[&str]| plain(&world, &[&["--profile", "test"][..], args].concat());
    test(&["vault", "restore", &file, "--with", &sheet]).ended(0);
    let beside = first.with_file_name("test").join("identity.txt");
    let says = format!("the vault's key is the file `{}` now", beside.display());
    let recover = ["vault", "recover", "--with", &sheet];
    test(&recover).ended(0).says(&[&says]);
    // nothing of the first one's was touched, and both open
    assert_eq!(contents(&first), before);
    assert!(!first.join("identity.txt.old").exists());
    plain(&world, &["list"]).ended(0).silent_about("warning");
    test(&["list"]).ended(0).silent_about("warning");
    test(&["vault", "check"]).ended(0);
    // a place that is named is no other vault's either
    let named = first.join("identity.txt").display().to_string();
    let named = ["--key", "file", "--identity-file", &named];
    test(&[&recover[..], &named].concat())
        .ended(2)
        .says(&["may be another vault's key"]);
    // nor is one whose key is lost
    fs::remove_file(first.join("identity.txt")).unwrap();
    let beside = beside.with_file_name("identity-").display().to_string();
    test(&recover).ended(0).says(&[&beside]);
    assert!(!first.join("identity.txt").exists());
    oauthctl::private_file::replace(&first.join("identity.txt"), &key).unwrap();
    plain(&world, &["list"]).ended(0).silent_about("warning");
}

#[test]
fn vault_restore_with_the_key_of_a_vault_that_stands_elsewhere_leaves_its_notes() {
    let world = World::new();
    let [_, file] = with_key_beside(&world);
    let first = world.vault().parent().unwrap().to_owned();
    let before = contents(&first);
    let key = first.join("identity.txt").display().to_string();
    let restore = ["--profile", "test", "vault", "restore", &file];
    plain(&world, &[&restore[..], &["--with", &key]].concat()).ended(0);
    assert_eq!(contents(&first), before);
    plain(&world, &["list"]).ended(0).silent_about("warning");
    // nor does a new key there take away what the first one needs
    let test = |args: &[&str]| plain(&world, &[&["--profile", "test"][..], args].concat());
    test(&["vault", "accept-rollback", "--yes"]).ended(0);
    test(&["vault", "rekey", "--key", "file"]).ended(0);
    test(&["list"]).ended(0);
    let names = |files: Vec<(String, Vec<u8>)>| -> Vec<String> {
        files.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(names(contents(&first)), names(before));
    plain(&world, &["vault", "accept-rollback", "--yes"]).ended(0);
    plain(&world, &["list"]).ended(0).silent_about("warning");
}

#[test]
fn vault_restore_with_a_key_in_the_environment_leaves_the_notes_of_the_first_vault() {
    let world = World::new();
    let identity = new_identity();
    let given = |args: &[&str]| {
        let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.env("OAUTHCTL_IDENTITY", &identity).run()
    };
    given(&["vault", "init", "--key", "environment"]).ended(0);
    let file = world.path("work/b.age").display().to_string();
    given(&["vault", "backup", &file]).ended(0);
    let pin = given(&["--json", "vault", "status"]).documents();
    let pin = pin[0]["fingerprint"].as_str().unwrap();
    let restore = ["--profile", "test", "vault", "restore", &file];
    given(&[&restore[..], &["--fingerprint", pin]].concat()).ended(0);
    given(&["list"]).ended(0).silent_about("warning");
    given(&["--profile", "test", "list"])
        .ended(0)
        .says(&["warning: the vault"]);
}

#[test]
fn vault_recover_puts_the_key_beside_the_vault_where_the_recorded_folder_is_not_there() {
    let world = World::new();
    let [sheet, file] = with_key_beside(&world);
    let profiles = world.vault().parent().unwrap().parent().unwrap().to_owned();
    fs::rename(&profiles, world.path("given/old home")).unwrap();
    // this machine knows nothing
    fs::remove_dir_all(world.path("home/state")).unwrap();
    let new = |args: &[&str]| plain(&world, &[&["--profile", "new"][..], args].concat());
    new(&["vault", "restore", &file, "--with", &sheet]).ended(0);
    let beside = profiles.join("new/identity.txt").display().to_string();
    new(&["vault", "recover", "--with", &sheet])
        .ended(0)
        .says(&[&beside]);
    assert!(!profiles.join("default").exists());
    new(&["list"]).ended(0).silent_about("warning");
    // in the place of the vault that is gone it is the recorded place again
    plain(&world, &["vault", "restore", &file, "--with", &sheet]).ended(0);
    plain(&world, &["vault", "recover", "--with", &sheet])
        .ended(0)
        .says(&["default/identity.txt"]);
    plain(&world, &["list"]).ended(0).silent_about("warning");
}

#[test]
fn vault_recover_without_a_keyring_names_another_place_for_the_key() {
    let world = World::new();
    let sheet = world.path("given/sheet").display().to_string();
    let init = [
        "vault",
        "init",
        "--key",
        "environment",
        "--recovery-file",
        &sheet,
    ];
    let init = world.call(&init).without("OAUTHCTL_IDENTITY_FILE");
    let identity = new_identity();
    init.env("OAUTHCTL_IDENTITY", identity).run().ended(0);
    let recover = ["vault", "recover", "--with", &sheet];
    plain(&world, &recover)
        .ended(6)
        .says(&["hint: keep the new key in a file: `--key file`"])
        .silent_about("vault recover")
        .silent_about("OAUTHCTL_IDENTITY_FILE");
    plain(&world, &[&recover[..], &["--key", "file"]].concat()).ended(0);
    plain(&world, &["list"]).ended(0);
}

#[test]
fn a_vault_that_is_gone_is_not_taken_for_one_that_never_was() {
    let world = World::new();
    let [sheet, file] = with_key_beside(&world);
    let vault = world.vault();
    let gone = |args: &[&str]| {
        plain(&world, args).ended(9).no_data().says(&[
            "the vault that was here is gone",
            "hint: bring it back from a backup: `oauthctl vault restore FILE`",
            "`oauthctl vault init`",
        ]);
        assert!(!vault.exists());
    };
    let every = [
        &["list"][..],
        &["token", "sandbox"],
        &["refresh", "--all"],
        &["audit"],
        &["connect", "sandbox", "--no-browser"],
        &["vault", "check"],
        &["vault", "status"],
        &["vault", "recover", "--with", &sheet],
    ];
    remove_vault(&world);
    for args in every {
        gone(args);
    }
    let doctor = plain(&world, &["doctor"]);
    let says = "the vault that was here is gone";
    assert!(doctor.stdout.contains(says), "{doctor:?}");
    plain(&world, &["vault", "restore", &file]).ended(0);
    plain(&world, &["list"]).ended(0);
    // the note in the state folder says it, and so do those beside the key
    let [state, key] = [
        world.path("home/state"),
        vault.with_file_name("identity.txt"),
    ];
    remove_vault(&world);
    let away = world.path("given/state");
    fs::rename(&state, &away).unwrap();
    gone(&["list"]);
    // a pin is written before its vault stands: alone it says nothing
    let folder = contents(key.parent().unwrap());
    let anchor = folder.iter().find(|(name, _)| name.ends_with(".anchor"));
    fs::remove_file(&anchor.unwrap().0).unwrap();
    assert!(folder.iter().any(|(name, _)| name.contains(".pin")));
    plain(&world, &["list"]).ended(0);
    fs::rename(&away, &state).unwrap();
    for entry in fs::read_dir(key.parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::remove_file(path).unwrap();
        }
    }
    gone(&["list"]);
    // a new one is made when a person says so, and a profile that never was is as ever
    plain(&world, &["--profile", "other", "list"]).ended(0);
    plain(&world, &["vault", "init", "--key", "file"])
        .ended(0)
        .says(&["the vault that was here is gone"]);
    plain(&world, &["list"]).ended(0).silent_about("warning");
}

#[test]
fn vault_restore_of_the_newest_backup_needs_no_force() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    let says = "restored 0 connections";
    world.ok(&["vault", "restore", &file]).says(&[says]);
    // nor does what was only logged since
    world.ok(&["token", "sandbox"]);
    let _ = backup(&world, "another.age");
    world.ok(&["vault", "restore", &file]).says(&[says]);
    world.ok(&["refresh", "sandbox"]);
    let newer = world.run(&["vault", "restore", &file]).ended(9);
    newer.says(&["the vault is newer than the backup", "--force"]);
}

#[test]
fn vault_restore_sets_a_vault_aside_that_is_damaged_wherever_the_damage_is() {
    let world = World::new();
    for account in 'a'..='p' {
        world.connect_as(&account.to_string());
    }
    let token = world.token("sandbox/a");
    let file = backup(&world, "vault.age");
    world.ok(&["token", "sandbox/a"]);
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    let emptied: (i64, i64, i64) = raw
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert_eq!(emptied.0, 0);
    drop(raw);
    let before = copy_of(&world);
    let sound = fs::read(world.vault()).unwrap();
    assert_eq!(sound.len() % 4096, 0);
    let mut wrong = 0;
    for page in 0..sound.len() / 4096 {
        remove_vault(&world);
        for (path, content) in &before {
            oauthctl::private_file::replace(path, content).unwrap();
        }
        let _ = fs::remove_file(world.vault().with_extension("db-shm"));
        let mut damaged = sound.clone();
        let mut noise = page as u64 + 1;
        for byte in &mut damaged[page * 4096..][..4096] {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *byte = (noise >> 56) as u8;
        }
        oauthctl::private_file::replace(&world.vault(), &damaged).unwrap();
        if world.run(&["vault", "check"]).code == 0 {
            // a free page, which nobody reads
            continue;
        }
        wrong += 1;
        let refused = world.run(&["vault", "restore", &file]);
        assert_ne!(refused.code, 0, "page {page}: {refused:?}");
        assert!(
            refused.stderr.contains("`--force` sets"),
            "page {page}: {refused:?}"
        );
        assert_eq!(fs::read(world.vault()).unwrap(), damaged, "page {page}");
        let restored = world.run(&["vault", "restore", &file, "--force"]);
        assert_eq!(restored.code, 0, "page {page}: {restored:?}");
        assert!(
            restored.stderr.contains("what stood there is"),
            "page {page}: {restored:?}"
        );
        world.ok(&["vault", "check"]);
        assert_eq!(world.token("sandbox/a"), token, "page {page}");
    }
    assert!(wrong > 12, "{wrong} of {}", sound.len() / 4096);
}

#[test]
fn vault_restore_sets_a_vault_aside_whose_log_was_lost() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    let old = copy_of(&world);
    world.ok(&["refresh", "sandbox"]);
    for (path, content) in old {
        if path.extension().is_some_and(|end| end == "db") {
            remove_vault(&world);
            oauthctl::private_file::replace(&path, &content).unwrap();
        }
    }
    let trust = world.json(&["vault", "status"])[0]["trust"].to_string();
    assert!(trust.contains("rolled back"), "{trust}");
    world.run(&["vault", "restore", &file]).ended(9).says(&[
        "rolled back",
        "accept-rollback",
        "`--force` sets",
    ]);
    restored(&world, &file).says(&["restored", "what stood there is"]);
    assert_eq!(world.json(&["vault", "status"])[0]["trust"], "trusted");
    world.ok(&["vault", "check"]);
}

/// Writes zeros over the record that was made last.
fn damage_last(world: &World) {
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    let zeros = "UPDATE body SET sealed = zeroblob(90) WHERE id = (SELECT max(id) FROM body)";
    assert_eq!(raw.execute(zeros, []).unwrap(), 1);
}

fn add_client(world: &World, id: &str) {
    world.ok(&["client", "set", "sandbox", "--id", id, "--no-secret"]);
}

#[test]
fn vault_restore_keeps_the_newer_tokens_of_the_damaged_vault_that_it_sets_aside() {
    let world = World::new();
    world.connect_as("first");
    world.connect_as("erased");
    let file = backup(&world, "vault.age");
    world.ok(&["refresh", "sandbox/first"]);
    world.connect_as("later");
    add_client(&world, "damaged");
    damage_last(&world);
    // what is not damaged goes on
    world.ok(&["refresh", "sandbox/first"]);
    let [first, later] = ["first", "later"].map(|name| world.token(&format!("sandbox/{name}")));
    let says = "`--force` sets this vault aside";
    world
        .run(&["vault", "restore", &file])
        .ended(9)
        .says(&[says]);
    restored(&world, &file)
        .says(&[
            "`sandbox/first` is as it was there, which is newer",
            "`sandbox/later` is as it was there, which is newer",
            "`sandbox/first` is suspect",
        ])
        .silent_about("`sandbox/erased` is as it was");
    for (name, token) in [("first", first), ("later", later)] {
        let name = format!("sandbox/{name}");
        assert_eq!(world.token(&name), token);
        assert_eq!(world.shown(&name)["state"], "suspect");
        // the provider takes its refresh token: it is not a spent one
        world.ok(&["refresh", &name]);
        assert_eq!(world.shown(&name)["state"], "active");
    }
    world.ok(&["vault", "check"]);
    world.ok(&["audit", "verify"]);
}

#[test]
fn vault_restore_keeps_the_newer_tokens_of_a_vault_that_was_set_back() {
    let world = World::new();
    world.connect_as("first");
    let file = backup(&world, "vault.age");
    world.ok(&["refresh", "sandbox/first"]);
    let token = world.token("sandbox/first");
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("PRAGMA journal_mode = delete").unwrap();
    drop(raw);
    let middle = copy_of(&world);
    world.ok(&["refresh", "sandbox/first"]);
    let (vault, content) = middle
        .iter()
        .find(|(path, _)| *path == world.vault())
        .unwrap();
    remove_vault(&world);
    oauthctl::private_file::replace(vault, content).unwrap();
    restored(&world, &file).says(&["`sandbox/first` is as it was there, which is newer"]);
    assert_eq!(world.token("sandbox/first"), token);
    assert_eq!(world.json(&["vault", "status"])[0]["trust"], "trusted");
}

#[test]
fn vault_restore_brings_nothing_back_that_a_vault_which_was_set_back_still_had() {
    let world = World::new();
    world.connect_as("first");
    world.connect_as("second");
    let before = copy_of(&world);
    world.ok(&["revoke", "sandbox/second", "--yes", "--local-only"]);
    world.ok(&["refresh", "sandbox/first"]);
    let token = world.token("sandbox/first");
    let file = backup(&world, "vault.age");
    let (vault, content) = before
        .iter()
        .find(|(path, _)| *path == world.vault())
        .unwrap();
    remove_vault(&world);
    oauthctl::private_file::replace(vault, content).unwrap();
    restored(&world, &file).silent_about("which is newer");
    assert_eq!(names(&world), ["sandbox/first"]);
    assert_eq!(world.token("sandbox/first"), token);
}

#[test]
fn vault_restore_says_where_nothing_could_be_read_in_what_it_sets_aside() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    remove_vault(&world);
    oauthctl::private_file::replace(&world.vault(), b"no vault").unwrap();
    restored(&world, &file).says(&["nothing could be read in it"]);
    let aside = world.vault().with_extension("db.old");
    assert_eq!(fs::read(aside).unwrap(), b"no vault");
}

#[test]
fn vault_restore_says_where_only_a_part_could_be_read_in_what_it_sets_aside() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    world.ok(&["refresh", "sandbox"]);
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute("UPDATE body SET sealed = zeroblob(90)", [])
        .unwrap();
    drop(raw);
    world
        .ok(&["vault", "restore", &file, "--force"])
        .says(&[
            "not all of it could be read: tokens that were newer there may be missing",
            "`sandbox/writer` is suspect",
        ])
        .silent_about("nothing could be read");
    // one of which all can be read, and that was set back only
    let world = World::new();
    world.connect();
    let before = vault_file(&world);
    world.ok(&["refresh", "sandbox"]);
    let file = backup(&world, "later.age");
    put_back(&world, &before);
    world
        .ok(&["vault", "restore", &file, "--force"])
        .says(&["what stood there is"])
        .silent_about("could be read");
}

#[test]
fn vault_restore_of_what_is_no_backup_says_so_and_nothing_of_the_vault() {
    let world = World::new();
    world.connect();
    let key = identity_in(world.key_file());
    let key: age::x25519::Identity = key.parse().unwrap();
    let sealed = age::encrypt(&key.to_public(), b"hello").unwrap();
    let hello = world.path("work/hello.age");
    oauthctl::private_file::replace(&hello, &sealed).unwrap();
    let hello = hello.display().to_string();
    let restore = |args: &[&str]| {
        world
            .run(&[&["vault", "restore", &hello][..], args].concat())
            .ended(1)
            .says(&["this is no backup", "is no vault", "vault import"])
            .silent_about("vault check");
    };
    restore(&[]);
    restore(&["--force"]);
    remove_vault(&world);
    restore(&[]);
    assert!(!world.vault().exists());
    let sheet = world
        .give("sheet.txt", "# a recovery sheet\n")
        .display()
        .to_string();
    world.run(&["vault", "restore", &sheet]).ended(1).says(&[
        "it is no age file",
        "name what `oauthctl vault backup` wrote",
        "--with SHEET",
    ]);
}

#[test]
fn a_vault_that_is_gone_is_told_of_with_what_was_set_aside() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let vault = world.vault();
    world.ok(&["token", "sandbox"]);
    let raw = rusqlite::Connection::open(&vault).unwrap();
    raw.execute_batch("PRAGMA journal_mode = delete").unwrap();
    drop(raw);
    let aside = vault.with_extension("db.old");
    fs::rename(&vault, &aside).unwrap();
    let command = format!("mv {} {}", aside.display(), vault.display());
    world
        .run(&["token", "sandbox"])
        .ended(9)
        .says(&["the vault that was here is gone", &command]);
    fs::rename(&aside, &vault).unwrap();
    assert_eq!(world.token("sandbox"), token);
}

#[test]
fn vault_restore_opens_what_it_sets_aside_with_the_key_that_came_after_the_backup() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    let former = world.key_file().display().to_string();
    let pin = world.json(&["vault", "status"])[0]["fingerprint"].clone();
    let pin = pin.as_str().unwrap();
    let new = world.path("given/new.txt").display().to_string();
    let rekey = ["vault", "rekey", "--key", "file", "--identity-file", &new];
    world.ok(&rekey);
    world.secret("the new key", &identity_in(&new));
    plain(&world, &["refresh", "sandbox"]).ended(0);
    let token = plain(&world, &["token", "sandbox"]).ended(0).stdout;
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("UPDATE head SET sealed = zeroblob(90)")
        .unwrap();
    drop(raw);
    let restore = ["vault", "restore", &file, "--with", &former, "--force"];
    plain(&world, &[&restore[..], &["--fingerprint", pin]].concat())
        .ended(0)
        .says(&["which is newer", "is suspect"]);
    assert_eq!(plain(&world, &["token", "sandbox"]).ended(0).stdout, token);
    plain(&world, &["vault", "check"]).ended(0);
}

#[test]
fn vault_restore_sets_no_vault_aside_that_others_have_open() {
    let world = World::new();
    world.connect();
    let file = backup(&world, "vault.age");
    add_client(&world, "damaged");
    damage_last(&world);
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    let count = "SELECT count(*) FROM body";
    let read = || {
        raw.query_row(count, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    read();
    let restore = ["vault", "restore", &file, "--force"];
    world.run(&restore).ended(5).says(&["the vault is busy"]);
    world.run(&["vault", "check"]).ended(9);
    assert!(!world.vault().with_extension("db.old").exists());
    let status = world.run(&["token", "sandbox"]).ended(0);
    status.silent_about("accept-rollback");
    read();
    drop(raw);
    world.ok(&restore);
    world.ok(&["vault", "check"]);
}

fn remove_anchors(world: &World) {
    for file in fs::read_dir(world.path("keys")).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|end| end == "anchor") {
            fs::remove_file(file).unwrap();
        }
    }
}

/// A connection that was restored from an old backup and then connected anew, and a backup of the
/// vault that was lost, in which the consent before had been refreshed often.
fn connected_anew(world: &World, with_anchor: bool) -> String {
    world.connect();
    let first = backup(world, "first.age");
    for _ in 0..4 {
        world.ok(&["refresh", "sandbox"]);
    }
    let second = backup(world, "second.age");
    remove_vault(world);
    if !with_anchor {
        remove_anchors(world);
    }
    world.ok(&["vault", "restore", &first]);
    world.run(&["refresh", "sandbox"]).ended(4);
    world.connect();
    assert_eq!(world.shown("sandbox")["state"], "active");
    second
}

#[test]
fn vault_restore_leaves_what_was_connected_anew_since() {
    for with_anchor in [true, false] {
        let world = World::new();
        let second = connected_anew(&world, with_anchor);
        let token = world.token("sandbox");
        // Done twice it does the same as once: what it made suspect stays as well.
        for _ in 0..2 {
            restored(&world, &second)
                .says(&["`sandbox/writer` stays as it was: the backup has another consent of it"]);
            assert_eq!(world.token("sandbox"), token, "{with_anchor}");
        }
        // Where nothing says how far the vault was, it may have been set back itself.
        let state = if with_anchor { "active" } else { "suspect" };
        assert_eq!(world.shown("sandbox")["state"], state);
        world.ok(&["refresh", "sandbox"]);
    }
}

#[test]
fn vault_restore_takes_the_consent_that_came_last_out_of_what_it_sets_aside() {
    let world = World::new();
    let second = connected_anew(&world, true);
    let token = world.token("sandbox");
    add_client(&world, "damaged");
    damage_last(&world);
    restored(&world, &second)
        .says(&["`sandbox/writer` stays as it was: the backup has another consent of it"]);
    assert_eq!(world.token("sandbox"), token);
    world.ok(&["refresh", "sandbox"]);
}

#[test]
fn vault_restore_takes_whatever_became_of_a_connection_out_of_what_it_sets_aside() {
    let world = World::new();
    world.connect();
    world.connect_as("work");
    // Away when the backup was made, and home again with the very tokens.
    let identity: age::x25519::Identity = identity_in(world.key_file()).parse().unwrap();
    let to = identity.to_public().to_string();
    let export = [
        "vault",
        "export",
        "--connection",
        "sandbox/writer",
        "--to",
        &to,
    ];
    world.ok(&[&export[..], &["away.age"]].concat());
    let file = backup(&world, "vault.age");
    world.ok(&["vault", "import", "away.age"]);
    fs::remove_file(world.path("work/away.age")).unwrap();
    let token = world.token("sandbox/writer");
    // Another account under the label of one that is gone.
    world.ok(&["revoke", "sandbox/work", "--yes"]);
    world.sandbox(|sandbox| sandbox.sign_in_as("other".parse().unwrap()));
    let again = world.connect_with(&["sandbox", "--account", "work"]);
    again.0.ended(0);
    let other = world.token("sandbox/work");
    add_client(&world, "damaged");
    damage_last(&world);
    restored(&world, &file);
    assert_eq!(world.token("sandbox/writer"), token);
    assert_eq!(world.shown("sandbox/writer")["state"], "suspect");
    assert_eq!(world.token("sandbox/work"), other);
    world.ok(&["refresh", "sandbox/writer"]);
    world.ok(&["refresh", "sandbox/work"]);
}

/// The file in which the vault is, with all of its log.
fn vault_file(world: &World) -> Vec<u8> {
    let raw = rusqlite::Connection::open(world.vault()).unwrap();
    raw.execute_batch("PRAGMA journal_mode = delete").unwrap();
    drop(raw);
    fs::read(world.vault()).unwrap()
}

fn put_back(world: &World, vault: &[u8]) {
    remove_vault(world);
    oauthctl::private_file::replace(&world.vault(), vault).unwrap();
}

fn damage(world: &World) {
    add_client(world, "damaged");
    damage_last(world);
}

#[test]
fn vault_restore_of_the_wrong_backup_is_mended_by_that_of_the_right_one() {
    for is_damaged in [false, true] {
        let world = World::new();
        world.connect();
        let wrong = backup(&world, "wrong.age");
        for _ in 0..4 {
            world.ok(&["refresh", "sandbox"]);
        }
        let right = backup(&world, "right.age");
        let live = world.token("sandbox");
        remove_vault(&world);
        world.ok(&["vault", "restore", &wrong]);
        if is_damaged {
            damage(&world);
        }
        // what the wrong one brought was written later, and is older
        restored(&world, &right)
            .says(&["`sandbox/writer` is suspect"])
            .silent_about("which is newer");
        assert_eq!(world.token("sandbox"), live, "{is_damaged}");
        world.ok(&["refresh", "sandbox"]);
    }
}

#[test]
fn vault_restore_brings_newer_tokens_over_what_was_accepted_before() {
    let world = World::new();
    world.connect();
    let old = vault_file(&world);
    for _ in 0..4 {
        world.ok(&["refresh", "sandbox"]);
    }
    let file = backup(&world, "vault.age");
    let live = world.token("sandbox");
    put_back(&world, &old);
    world.ok(&["vault", "accept-rollback", "--yes"]);
    let accepted = vault_file(&world);
    add_client(&world, "more");
    put_back(&world, &accepted);
    world.run(&["vault", "restore", &file]).ended(9);
    restored(&world, &file);
    assert_eq!(world.token("sandbox"), live);
    world.ok(&["refresh", "sandbox"]);
}

/// A connection that was restored without an anchor from an old backup and then connected anew, and a
/// backup of the vault that was lost, in which it had been connected anew as well: that consent has
/// the higher number, and came first.
fn connected_anew_twice(world: &World) -> String {
    world.connect();
    let first = backup(world, "first.age");
    for _ in 0..4 {
        world.ok(&["refresh", "sandbox"]);
    }
    world.connect();
    let second = backup(world, "second.age");
    remove_vault(world);
    remove_anchors(world);
    world.ok(&["vault", "restore", &first]);
    world.connect();
    second
}

#[test]
fn vault_restore_displaces_no_consent_however_often_it_is_done() {
    for is_damaged in [false, true] {
        let world = World::new();
        let second = connected_anew_twice(&world);
        let token = world.token("sandbox");
        if is_damaged {
            damage(&world);
        }
        let restore = ["vault", "restore", &second, "--force"];
        for _ in 0..2 {
            let document = world.json(&restore).remove(0);
            assert_eq!(document["other_consents"][0], "sandbox/writer");
            assert_eq!(document["kept"][0], "sandbox/writer");
            assert_eq!(world.token("sandbox"), token, "{is_damaged}");
        }
        world.ok(&["refresh", "sandbox"]);
    }
}

#[test]
fn vault_restore_brings_another_consent_back_once_the_vaults_own_is_forgotten() {
    for moved in [false, true] {
        let world = World::new();
        let second = connected_anew_twice(&world);
        if moved {
            let identity: age::x25519::Identity = identity_in(world.key_file()).parse().unwrap();
            let to = identity.to_public().to_string();
            let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
            world.ok(&[&export[..], &["away.age"]].concat());
        }
        let restore = ["vault", "restore", &second, "--force"];
        world.ok(&restore).says(&[
            "the backup has another consent of it; to have that one, say `oauthctl revoke \
             sandbox/writer --local-only`, then restore again with `--force`",
        ]);
        world.run(&["revoke", "sandbox/writer", "--local-only"]);
        assert!(names(&world).is_empty());
        world.ok(&restore).says(&["`sandbox/writer` is back"]);
        world.ok(&["refresh", "sandbox"]);
    }
}

#[test]
fn vault_restore_brings_back_what_came_home_over_what_had_moved_away() {
    for is_damaged in [false, true] {
        let world = World::new();
        world.connect();
        let identity: age::x25519::Identity = identity_in(world.key_file()).parse().unwrap();
        let to = identity.to_public().to_string();
        let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
        world.ok(&[&export[..], &["away.age"]].concat());
        let away = backup(&world, "away-then.age");
        world.ok(&["vault", "import", "away.age"]);
        fs::remove_file(world.path("work/away.age")).unwrap();
        for _ in 0..3 {
            world.ok(&["refresh", "sandbox"]);
        }
        let home = backup(&world, "home.age");
        let live = world.token("sandbox");
        remove_vault(&world);
        world.ok(&["vault", "restore", &away]);
        assert_eq!(world.shown("sandbox")["state"], "moved");
        if is_damaged {
            damage(&world);
        }
        restored(&world, &home);
        assert_eq!(world.token("sandbox"), live, "{is_damaged}");
        world.ok(&["refresh", "sandbox"]);
    }
}

#[test]
fn vault_restore_knows_an_account_again_that_has_another_name_since() {
    for is_damaged in [false, true] {
        let world = World::new();
        world.connect();
        let file = backup(&world, "vault.age");
        let renamed = world.connect_with(&["sandbox", "--account", "second"]);
        renamed.0.ended(0).says(&["renamed"]);
        let token = world.token("sandbox");
        if is_damaged {
            damage(&world);
        }
        // the backup's consent is older: there is nothing to tell
        restored(&world, &file).silent_about("another consent");
        assert_eq!(names(&world), ["sandbox/second"], "{is_damaged}");
        assert_eq!(world.token("sandbox"), token);
        world.ok(&["revoke", "sandbox/second"]);
        let tokens = world.sandbox(oauthctl::sandbox::Sandbox::tokens);
        assert!(tokens.refresh.is_empty(), "{is_damaged}: {tokens:?}");
    }
}

#[test]
fn vault_restore_gives_later_tokens_the_name_that_an_account_has_since() {
    for is_damaged in [false, true] {
        let world = World::new();
        world.connect();
        world.connect_as("other");
        let file = backup(&world, "vault.age");
        world.sandbox(|sandbox| sandbox.sign_in_as("writer".parse().unwrap()));
        let renamed = world.connect_with(&["sandbox", "--account", "second"]);
        renamed.0.ended(0).says(&["renamed"]);
        // another account has the name that it had
        world.sandbox(|sandbox| sandbox.sign_in_as("other".parse().unwrap()));
        let renamed = world.connect_with(&["sandbox", "--account", "writer"]);
        renamed.0.ended(0).says(&["renamed"]);
        let [second, writer] = ["second", "writer"].map(|it| world.token(&format!("sandbox/{it}")));
        if is_damaged {
            damage(&world);
        }
        restored(&world, &file);
        assert_eq!(names(&world), ["sandbox/second", "sandbox/writer"]);
        assert_eq!(world.token("sandbox/second"), second, "{is_damaged}");
        assert_eq!(world.token("sandbox/writer"), writer, "{is_damaged}");
    }
}

#[test]
fn vault_restore_brings_nothing_back_that_lives_on_beside_what_took_its_place() {
    for is_damaged in [false, true] {
        let world = World::new();
        tells_no_account(&world);
        world.connect();
        let file = backup(&world, "vault.age");
        let name = names(&world).remove(0);
        let (_, label) = name.split_once('/').unwrap();
        world.define("sandbox", &world.provider_toml());
        for label in [label, "second"] {
            let again = world.connect_with(&["sandbox", "--account", label]);
            again.0.ended(0);
        }
        assert_eq!(names(&world), ["sandbox/second"]);
        if is_damaged {
            damage(&world);
        }
        restored(&world, &file);
        assert_eq!(names(&world), ["sandbox/second"], "{is_damaged}");
        world.ok(&["revoke", "sandbox"]);
        let live = world.sandbox(|sandbox| sandbox.tokens().refresh.len());
        assert_eq!(live, 0, "{is_damaged}");
        // what is not beside anything any more comes back
        restored(&world, &file);
        assert_eq!(names(&world), [name]);
    }
}

#[test]
fn vault_restore_brings_back_an_account_whose_name_another_has_since() {
    for is_damaged in [false, true] {
        let world = World::new();
        world.connect();
        world.connect_as("other");
        let file = backup(&world, "vault.age");
        let other = world.token("sandbox/other");
        world.run(&["revoke", "sandbox/other", "--local-only"]);
        world.sandbox(|sandbox| sandbox.sign_in_as("writer".parse().unwrap()));
        let renamed = world.connect_with(&["sandbox", "--account", "other"]);
        renamed.0.ended(0).says(&["renamed"]);
        let writer = world.token("sandbox/other");
        if is_damaged {
            damage(&world);
        }
        let restore = ["vault", "restore", &file, "--force"];
        let document = world.json(&restore).remove(0);
        if !is_damaged {
            assert_eq!(document["back"][0], "sandbox/other (2)");
        }
        assert_eq!(document["kept"], serde_json::json!(["sandbox/other"]));
        let [others, writers] = ["sandbox/other (2)", "sandbox/other"];
        assert_eq!(world.token(others), other);
        assert_eq!(world.token(writers), writer);
        world.ok(&restore);
        assert_eq!(names(&world).len(), 2, "{is_damaged}");
        // Each ends with its own earlier consents, and with no other's.
        let live = || world.sandbox(|sandbox| sandbox.tokens().refresh.len());
        assert_eq!(live(), 3);
        world.ok(&["revoke", others]);
        assert_eq!(live(), 2, "{is_damaged}");
        world.ok(&["revoke", writers]);
        assert_eq!(live(), 0, "{is_damaged}");
    }
}

/// Another account gets the name that one of a backup had, which has left the vault.
fn name_of_another(
    has_subject: bool,
    is_in_backup: bool,
    is_damaged: bool,
) -> (World, String, [String; 2]) {
    let world = World::new();
    if !has_subject {
        tells_no_account(&world);
    }
    world.connect_as("other");
    world.define("sandbox", &world.provider_toml());
    let first = names(&world).remove(0);
    let token = world.token("sandbox");
    if is_in_backup {
        world.connect_as("third");
    }
    let file = backup(&world, "vault.age");
    world.run(&["revoke", &first, "--local-only"]);
    world.sandbox(|sandbox| sandbox.sign_in_as("third".parse().unwrap()));
    let (_, label) = first.split_once('/').unwrap();
    let (output, _) = world.connect_with(&["sandbox", "--account", label]);
    output.ended(0);
    assert_eq!(names(&world), [first]);
    let tokens = [token, world.token("sandbox")];
    if is_damaged {
        damage(&world);
    }
    (world, file, tokens)
}

fn tokens(world: &World) -> Vec<String> {
    let all = names(world);
    all.iter().map(|name| world.token(name)).collect()
}

#[test]
fn vault_restore_done_twice_does_the_same_as_once() {
    for case in 0..8 {
        let [has_subject, is_in_backup, is_damaged] = [1, 2, 4].map(|bit| case & bit != 0);
        let of = format!("subject {has_subject}, in backup {is_in_backup}, damaged {is_damaged}");
        let (world, file, [first, third]) = name_of_another(has_subject, is_in_backup, is_damaged);
        let said = restored(&world, &file);
        let now = tokens(&world);
        if has_subject || is_in_backup {
            // What was there keeps its name.
            assert_eq!(now, [third, first], "{of}: {said:?}");
        } else {
            // It may be the same account: nobody can tell.
            said.says(&["stays as it was: the backup has another consent of it"]);
            assert_eq!(now, [third], "{of}");
        }
        // nor does it matter which path it takes, and what came back goes on
        refresh_each(&world);
        let (called, now) = (names(&world), tokens(&world));
        for is_damaged in [true, false] {
            if is_damaged {
                damage(&world);
            }
            restored(&world, &file);
            assert_eq!(names(&world), called, "{of}");
            assert_eq!(tokens(&world), now, "{of}");
        }
        refresh_each(&world);
    }
}

#[test]
fn vault_restore_gives_consents_the_name_under_which_their_account_is_back() {
    for case in 0..4 {
        let [has_subject, is_damaged] = [1, 2].map(|bit| case & bit != 0);
        let (world, file, [first, _]) = name_of_another(has_subject, true, is_damaged);
        restored(&world, &file);
        for name in names(&world) {
            let whose = &world.shown(&name)["subject"];
            let consents = world.json(&["consents", &name]);
            assert!(!consents.is_empty(), "{name} {is_damaged}");
            for consent in consents {
                assert_eq!(consent["subject"], *whose, "{name} {is_damaged}");
            }
        }
        assert!(tokens(&world).contains(&first));
    }
}
