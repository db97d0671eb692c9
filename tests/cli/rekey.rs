//! `vault rekey` and `vault recipients remove`: a new key, and who it leaves outside.

use std::fs;
use std::path::PathBuf;

use crate::world::{Output, World, identity_in, mode};

/// Where a rekey put the new identity: beside the old one, under another name.
fn new_key(world: &World, but: &[PathBuf]) -> PathBuf {
    let folder = world.key_file().parent().unwrap().to_owned();
    let mut keys: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            text.contains("# the master key of oauthctl vault") && !but.contains(path)
        })
        .collect();
    assert_eq!(keys.len(), 1, "{keys:?}");
    let key = keys.remove(0);
    let text = fs::read_to_string(&key).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    world.secret("the new identity", line);
    key
}

fn with_key(world: &World, key: &PathBuf, args: &[&str]) -> Output {
    world
        .call(args)
        .env("OAUTHCTL_IDENTITY_FILE", key)
        .start()
        .finish()
}

#[test]
fn vault_rekey_makes_a_new_identity_and_the_old_one_opens_nothing() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let status = world.json(&["vault", "status"]).remove(0);
    world.ok(&["vault", "rekey"]).no_data().says(&[
        "rekeyed: the vault's key is the file",
        "its fingerprint is ",
        "warning: `OAUTHCTL_IDENTITY_FILE` names the old key",
        "oauthctl revoke --all",
    ]);
    world.run(&["token", "sandbox"]).ended(6).no_data();
    let key = new_key(&world, &[world.key_file()]);
    assert_eq!(mode(&key), 0o600);
    let shown = with_key(&world, &key, &["token", "sandbox"]).ended(0);
    assert_eq!(shown.stdout.trim(), token);
    // what the vault recorded, without any override
    let call = world
        .call(&["refresh", "sandbox"])
        .without("OAUTHCTL_IDENTITY_FILE");
    call.run().ended(0);
    with_key(&world, &key, &["audit", "verify"]).ended(0);
    with_key(&world, &key, &["vault", "check"]).ended(0);
    let events = with_key(&world, &key, &["--json", "audit", "--action", "key_change"]).ended(0);
    let events = events.documents();
    assert_eq!(events.len(), 1);
    let detail = events[0]["detail"].as_str().unwrap();
    assert!(detail.contains("under the new key it ends in"), "{detail}");
    let after = with_key(&world, &key, &["--json", "vault", "status"])
        .documents()
        .remove(0);
    assert_ne!(after["fingerprint"], status["fingerprint"]);
    // the former key's notes were retired by the commands since
    let vault_id = status["vault_id"].as_str().unwrap();
    let old = world.key_file().display().to_string();
    assert!(!PathBuf::from(format!("{old}.{vault_id}.pin")).exists());
    assert!(PathBuf::from(format!("{}.{vault_id}.pin", key.display())).exists());
    assert!(world.key_file().exists(), "other vaults may need it");
}

#[test]
fn vault_rekey_twice_names_the_second_key_like_the_first() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    world.ok(&["vault", "rekey"]);
    let first = new_key(&world, &[world.key_file()]);
    with_key(&world, &first, &["vault", "rekey"]).ended(0);
    let second = new_key(&world, &[world.key_file(), first.clone()]);
    let length = |path: &PathBuf| path.file_name().unwrap().len();
    assert_eq!(length(&first), length(&second));
    with_key(&world, &second, &["list"]).ended(0);
    with_key(&world, &first, &["list"]).ended(6);
}

#[test]
fn vault_rekey_puts_the_key_where_it_is_told_and_not_over_anything() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let there = world.give("there", "x").display().to_string();
    world
        .run(&["vault", "rekey", "--key", "file", "--identity-file", &there])
        .ended(2)
        .says(&["a new key needs a place of its own"]);
    world
        .run(&["vault", "rekey", "--key", "environment"])
        .ended(2);
    assert_eq!(fs::read_to_string(&there).unwrap(), "x");
    world.ok(&["list"]);
    let new = world.path("given/new.txt").display().to_string();
    world.ok(&["vault", "rekey", "--key", "file", "--identity-file", &new]);
    let key = PathBuf::from(&new);
    let text = fs::read_to_string(&key).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    world.secret("the new identity", line);
    with_key(&world, &key, &["list"]).ended(0);
}

#[test]
fn vault_recipients_remove_leaves_that_key_outside_and_the_others_inside() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let mut lines = Vec::new();
    for label in ["lost", "kept"] {
        let sheet = world.path(&format!("given/{label}")).display().to_string();
        let add = [
            "vault",
            "recipients",
            "add",
            "--label",
            label,
            "--recovery-file",
            &sheet,
        ];
        world.call(&add).start().finish().ended(0);
        let text = fs::read_to_string(&sheet).unwrap();
        let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
        world.secret(label, line);
        lines.push(line.to_owned());
    }
    world
        .run(&["vault", "recipients", "remove", "nobody"])
        .ended(2);
    world
        .run(&["vault", "recipients", "remove", "master"])
        .ended(2);
    // the control: until now it opens the vault
    let opens = |line: &str| {
        let call = world.call(&["list"]).without("OAUTHCTL_IDENTITY_FILE");
        call.env("OAUTHCTL_IDENTITY", line).run().code
    };
    assert_eq!(opens(&lines[0]), 0);
    let removed = world.ok(&["vault", "recipients", "remove", "lost"]);
    assert!(!removed.stdout.contains("lost"), "{removed:?}");
    let removed = removed.silent_about("no recovery key is left");
    let removed = removed.says(&["removed `lost`"]);
    let key = new_key(&world, &[world.key_file()]);
    assert_eq!(opens(&lines[0]), 6);
    assert_eq!(opens(&lines[1]), 0);
    let list = with_key(&world, &key, &["--json", "vault", "recipients", "list"]);
    assert_eq!(list.documents().len(), 2);
    // the sheet that stays says the old fingerprint
    let sheet = world.path("given/kept").display().to_string();
    let recover = ["vault", "recover", "--with", &sheet, "--key", "file"];
    world.run(&recover).ended(9).says(&[
        &format!("the fingerprint in `{sheet}` is not this vault's"),
        "older recovery sheets keep the old one",
        "--fingerprint ",
    ]);
    let status = with_key(&world, &key, &["--json", "vault", "status"])
        .documents()
        .remove(0);
    let fingerprint = status["fingerprint"].as_str().unwrap();
    assert!(removed.stderr.contains(fingerprint), "{removed:?}");
    let recover = [&recover[..], &["--fingerprint", fingerprint]].concat();
    world.run(&recover).ended(0);
    let call = world
        .call(&["token", "sandbox"])
        .without("OAUTHCTL_IDENTITY_FILE");
    assert_eq!(call.run().ended(0).stdout.trim(), token);
    // nobody is left to open it when its own key is lost
    let call = world.call(&["vault", "recipients", "remove", "kept"]);
    call.without("OAUTHCTL_IDENTITY_FILE")
        .run()
        .ended(0)
        .says(&[
            "removed `kept`",
            "warning: no recovery key is left",
            "oauthctl vault recipients add --recovery-file FILE",
        ]);
}

#[test]
fn vault_restore_of_a_backup_from_before_a_rekey_says_whose_fingerprint_it_compares() {
    let world = World::new();
    world.connect();
    let backup = world.path("work/before.age").display().to_string();
    world.ok(&["vault", "backup", &backup]);
    let status = world.json(&["vault", "status"]).remove(0);
    let before = status["fingerprint"].as_str().unwrap().to_owned();
    world.ok(&["vault", "rekey"]);
    let key = new_key(&world, &[world.key_file()]);
    let old = world.key_file().display().to_string();
    let restore = ["vault", "restore", &backup, "--with", &old];
    with_key(&world, &key, &restore).ended(9).says(&[
        "the fingerprint of the vault that stands here is not the backup's",
        &format!("the backup's is {before}"),
        "a backup or a sheet from before has the one from before",
        &format!("say `--fingerprint {before}`"),
    ]);
    let named = [&restore[..], &["--fingerprint", &before, "--force"]].concat();
    with_key(&world, &key, &named).ended(0);
}

#[test]
fn vault_rekey_that_has_no_room_for_the_new_key_says_so() {
    let world = World::new();
    world.connect();
    let place = world.path("work/none/key.txt").display().to_string();
    // a limit on the size of files stands for the full disk, and a folder that is none for what else
    let rekey = ["vault", "rekey", "--key", "file", "--identity-file", &place];
    fs::write(world.path("work/none"), "x").unwrap();
    world.run(&rekey).ended(1).says(&[
        "could not write the vault's new key",
        "caused by:",
        "was not touched",
    ]);
    world.token("sandbox");
    // no key is missing where a vault can't be made
    let vault = world.path("work/none/deep/vault.db").display().to_string();
    let init = ["--vault", &vault, "vault", "init", "--key", "file"];
    let call = world.call(&init).without("OAUTHCTL_IDENTITY_FILE");
    call.run()
        .ended(1)
        .says(&["could not write the key of the vault", "could not create `"]);
}

#[test]
fn vault_recover_into_the_place_of_the_former_key_is_not_retired() {
    let world = World::new();
    let sheet = world.path("given/sheet").display().to_string();
    world
        .call(&["vault", "init", "--recovery-file", &sheet])
        .start()
        .finish()
        .ended(0);
    let text = fs::read_to_string(&sheet).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    world.secret("the recovery key", line);
    world.connect();
    let new = world.path("given/new.txt").display().to_string();
    let rekeyed = world.ok(&["vault", "rekey", "--key", "file", "--identity-file", &new]);
    let fingerprint = rekeyed.stderr.split("sheets: ").nth(1).unwrap();
    let fingerprint = fingerprint.lines().next().unwrap();
    fs::remove_file(&new).unwrap();
    // the former key waits to be retired, and its place is in use again
    fs::remove_file(world.key_file()).unwrap();
    let old = world.key_file().display().to_string();
    let recover = [
        "vault",
        "recover",
        "--with",
        &sheet,
        "--fingerprint",
        fingerprint,
    ];
    let place = ["--key", "file", "--identity-file", &old];
    world.ok(&[&recover[..], &place].concat());
    world.ok(&["list"]).silent();
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["vault", "check"]);
    let status = world.json(&["vault", "status"]).remove(0);
    assert_eq!(status["trust"], "trusted", "{status}");
}

#[test]
fn vault_rekey_is_not_taken_for_another_vault_in_the_place_of_ours() {
    let world = World::new();
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE").run();
    let sheet = world.path("given/sheet.txt");
    let key = world.path("given/identity.txt");
    let init = world.call(&["vault", "init", "--key", "file", "--recovery-file"]);
    let init = init.arg(&sheet).arg("--identity-file").arg(&key);
    init.without("OAUTHCTL_IDENTITY_FILE").run().ended(0);
    plain(&["list"]).ended(0);
    plain(&["vault", "rekey"]).ended(0);
    let status = plain(&["vault", "status"]).ended(0);
    status.clone().silent_about("not the vault");
    assert!(status.stdout.contains("trusted"), "{status:?}");
    // nor is a recovery, whose new key is elsewhere
    let fingerprint = plain(&["vault", "status", "--json"]).documents();
    let fingerprint = fingerprint[0]["fingerprint"].as_str().unwrap().to_owned();
    let recover = world.call(&[
        "vault",
        "recover",
        "--fingerprint",
        &fingerprint,
        "--key",
        "file",
    ]);
    let recover = recover
        .arg("--identity-file")
        .arg(world.path("given/third.txt"));
    let recover = recover.arg("--with").arg(&sheet);
    recover.without("OAUTHCTL_IDENTITY_FILE").run().ended(0);
    let status = plain(&["vault", "status"]).ended(0);
    status.clone().silent_about("not the vault");
    assert!(status.stdout.contains("trusted"), "{status:?}");
}

#[test]
fn vault_recipients_remove_with_the_key_in_the_environment_says_how_to_go_on() {
    let world = World::new();
    let identity = identity_in(world.key_file());
    let given = |args: &[&str]| {
        let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.env("OAUTHCTL_IDENTITY", &identity).run()
    };
    given(&["vault", "init", "--key", "environment"]).ended(0);
    let other = age::x25519::Identity::generate().to_public().to_string();
    given(&["vault", "recipients", "add", &other, "--label", "gone"]).ended(0);
    let remove = ["vault", "recipients", "remove", "gone"];
    let hint = "`oauthctl vault move-key --to file --identity-file PATH`";
    given(&remove)
        .ended(2)
        .says(&[hint])
        .silent_about("--key file");
    // which is the way
    let key = world.path("given/key.txt").display().to_string();
    given(&["vault", "move-key", "--to", "file", "--identity-file", &key]).ended(0);
    given(&remove).ended(0);
}
