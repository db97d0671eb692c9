//! `vault init`, `status`, `recover`: where keys are, and what happens without them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oauthctl::{lock, private_file};

use crate::world::{Call, Output, World, identity_in, mode, new_identity, set_mode};

#[test]
fn vault_init_makes_a_vault_once() {
    let world = World::new();
    world
        .ok(&["vault", "init"])
        .no_data()
        .says(&["made a vault at", "there is no recovery key"]);
    world
        .run(&["vault", "init"])
        .ended(1)
        .no_data()
        .says(&["there is a vault already", "hint: use another `--profile`"]);
    assert_eq!(mode(&world.vault()), 0o600);
    let status = world
        .ok(&["vault", "status"])
        .says(&["warning: there is no recovery key"]);
    assert!(status.stdout.contains("trusted"), "{status:?}");
}

#[test]
fn vault_init_makes_an_identity_file_beside_the_vault() {
    let world = World::new();
    let call = world.call(&["vault", "init", "--key", "file"]);
    call.without("OAUTHCTL_IDENTITY_FILE").run().ended(0);
    let key = world.vault().with_file_name("identity.txt");
    assert_eq!(mode(&key), 0o600);
    let text = fs::read_to_string(&key).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY-1"))
        .unwrap();
    // it is used from then on, and nothing asks for another
    world
        .call(&["list"])
        .without("OAUTHCTL_IDENTITY_FILE")
        .run()
        .ended(0);
    fs::rename(&key, world.path("given/identity.txt")).unwrap();
    let lost = world.call(&["list"]).without("OAUTHCTL_IDENTITY_FILE");
    lost.run()
        .ended(6)
        .no_data()
        .says(&["identity.txt", "was not touched", "hint:"]);
    world.secret("the identity that was made", line);
    let found = world
        .call(&["list"])
        .env("OAUTHCTL_IDENTITY_FILE", world.path("given/identity.txt"));
    found.run().ended(0);
    // the identity itself, as a CI job has it
    let call = world.call(&["list"]).without("OAUTHCTL_IDENTITY_FILE");
    call.env("OAUTHCTL_IDENTITY", line).run().ended(0);
}

#[test]
fn vault_recover_opens_with_the_sheet_when_the_key_is_lost() {
    let world = World::new();
    let sheet = world.path("given/sheet.txt");
    world
        .call(&["vault", "init", "--recovery-file"])
        .arg(&sheet)
        .run()
        .ended(0);
    let text = fs::read_to_string(&sheet).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY-1"))
        .unwrap();
    world.secret("the recovery key", line);
    world.connect();
    let token = world.token("sandbox");
    fs::remove_file(world.key_file()).unwrap();
    world.run(&["token", "sandbox"]).ended(6).no_data();
    let new = world.path("given/new-key.txt");
    let recover = world.call(&["vault", "recover", "--with"]).arg(&sheet);
    let recover = recover
        .args(&["--key", "file", "--identity-file"])
        .arg(&new);
    recover
        .run()
        .ended(0)
        .says(&["recovered: the vault's key is the file"]);
    let line = fs::read_to_string(&new).unwrap();
    let line = line
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY-1"))
        .unwrap()
        .to_owned();
    world.secret("the new identity", &line);
    assert_eq!(world.token("sandbox"), token);
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["audit", "verify"]);
    assert_eq!(world.json(&["audit", "--action", "recover"]).len(), 1);
}

/// A vault with its key in a file beside it, and a recovery sheet.
fn with_sheet(world: &World) -> (PathBuf, PathBuf) {
    let sheet = world.path("given/sheet.txt");
    let init = in_given(world, &["vault", "init", "--key", "file"]);
    let key = world.path("given/identity.txt");
    init.arg("--recovery-file").arg(&sheet).run().ended(0);
    world.secret("the recovery key", &identity_in(&sheet));
    world.secret("the first identity", &identity_in(&key));
    (sheet, key)
}

/// A call for a vault in the folder that only tests write secrets to.
fn in_given<'a>(world: &'a World, args: &[&str]) -> Call<'a> {
    let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
    call.env("OAUTHCTL_VAULT", world.path("given/vault.db"))
}

fn recovered(world: &World, sheet: &Path) -> Output {
    let recover = in_given(world, &["vault", "recover", "--with"]);
    recover.arg(sheet).run()
}

#[test]
fn vault_recover_makes_a_new_key_and_keeps_the_old_one_beside_it() {
    let world = World::new();
    let (sheet, key) = with_sheet(&world);
    let first = identity_in(&key);
    let output = recovered(&world, &sheet).ended(0);
    output.says(&["recovered", "its former key is still `", "/identity.txt`"]);
    assert_eq!(identity_in(&key), first);
    let second = new_keys(&world, &[&key]).remove(0);
    let made = identity_in(&second);
    world.secret("the second identity", &made);
    assert_ne!(first, made);
    let list = in_given(&world, &["list"]);
    list.run().ended(0).silent_about("warning");
    // the old one opens it no more
    let old = in_given(&world, &["list"]).env("OAUTHCTL_IDENTITY_FILE", &key);
    old.run().ended(6).no_data();
    // and none takes another's place
    recovered(&world, &sheet).ended(0);
    let third = new_keys(&world, &[&key, &second]).remove(0);
    world.secret("the third identity", &identity_in(&third));
    assert_eq!(identity_in(&second), made);
    let named = in_given(&world, &["vault", "recover", "--key", "file", "--with"]).arg(&sheet);
    let named = named.arg("--identity-file").arg(&key);
    named.run().ended(2).says(&["needs a place of its own"]);
    assert_eq!(identity_in(&key), first);
}

/// The keys beside one that are not these.
fn new_keys(world: &World, but: &[&PathBuf]) -> Vec<PathBuf> {
    let entries = fs::read_dir(world.path("given")).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let is_key = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.starts_with("identity") && name.ends_with(".txt")
    };
    files
        .filter(|file| is_key(file) && !but.contains(&file))
        .collect()
}

#[test]
fn vault_recover_that_fails_leaves_the_key_that_opens_the_vault() {
    let world = World::new();
    let (sheet, key) = with_sheet(&world);
    let first = identity_in(&key);
    let lock = world.path("given/vault.db.locks/vault");
    set_mode(&lock, 0o666);
    recovered(&world, &sheet)
        .ended(1)
        .says(&["the new key stays in the file `", "nothing uses it"])
        .silent_about("recovered");
    set_mode(&lock, 0o600);
    assert_eq!(identity_in(&key), first);
    let unused = new_keys(&world, &[&key]).remove(0);
    world.secret("the second identity", &identity_in(&unused));
    let list = in_given(&world, &["list"]);
    list.run().ended(0).silent_about("warning");
    // again, with success
    recovered(&world, &sheet).ended(0);
    let third = new_keys(&world, &[&key, &unused]).remove(0);
    world.secret("the third identity", &identity_in(&third));
    let list = in_given(&world, &["list"]);
    list.run().ended(0).silent_about("warning");
}

#[test]
fn vault_recover_gets_past_a_damaged_key_file() {
    let world = World::new();
    let (sheet, key) = with_sheet(&world);
    fs::write(&key, "this was a key once\n").unwrap();
    let list = ["list"];
    let shut = in_given(&world, &list);
    shut.run().ended(6).says(&["vault recover"]);
    recovered(&world, &sheet).ended(0);
    let second = new_keys(&world, &[&key]).remove(0);
    world.secret("the second identity", &identity_in(&second));
    let open = in_given(&world, &list);
    open.run().ended(0).silent_about("warning");
    assert_eq!(fs::read_to_string(&key).unwrap(), "this was a key once\n");
}

#[test]
fn vault_commands_without_a_vault_say_so() {
    let world = World::new();
    world
        .run(&["vault", "status"])
        .ended(4)
        .no_data()
        .says(&["there is no vault yet", "`oauthctl vault init`"]);
    let made = world.vault().exists();
    assert!(!made);
    world.run(&["vault", "check"]).ended(1).no_data();
    world
        .call(&["vault", "recover", "--with"])
        .arg(world.path("none"))
        .run()
        .ended(1)
        .no_data();
    world.run(&["show", "sandbox"]).ended(4).no_data();
    for nothing_to_do in [
        &["refresh", "--all"][..],
        &["refresh", "--due"],
        &["revoke", "--all", "--yes"],
    ] {
        let output = world.ok(nothing_to_do).no_data();
        output.says(&["nothing to re", "there is no vault yet"]);
    }
    world.run(&["refresh", "sandbox"]).ended(4).no_data();
    world.run(&["revoke", "sandbox"]).ended(4).no_data();
    assert!(!world.vault().exists());
}

#[test]
fn vault_recipients_add_makes_a_recovery_key_that_opens_the_vault_when_its_key_is_lost() {
    let world = World::new();
    world.connect();
    let token = world.token("sandbox");
    let before = world.json(&["vault", "recipients", "list"]);
    assert_eq!(before.len(), 1);
    assert_eq!(before[0]["label"], "master");
    let sheet = world.path("given/sheet");
    let path = sheet.display().to_string();
    let made = world
        .call(&["vault", "recipients", "add", "--recovery-file", &path])
        .start()
        .finish()
        .ended(0);
    assert!(made.stdout.contains("recovery"), "{made:?}");
    let text = fs::read_to_string(&sheet).unwrap();
    let line = text.lines().find(|line| line.starts_with("AGE-")).unwrap();
    world.secret("the recovery key", line);
    assert_eq!(mode(&sheet), 0o600);
    assert_eq!(world.json(&["vault", "recipients", "list"]).len(), 2);
    assert_eq!(
        world
            .json(&["audit", "--action", "recipients_change"])
            .len(),
        1
    );
    world.ok(&["vault", "check"]);
    // what is named twice is there once
    let other = new_identity().parse::<age::x25519::Identity>().unwrap();
    let other = other.to_public().to_string();
    for _ in 0..2 {
        world.ok(&["vault", "recipients", "add", &other, "--label", "at work"]);
        assert_eq!(world.json(&["vault", "recipients", "list"]).len(), 3);
    }
    fs::remove_file(world.key_file()).unwrap();
    world
        .ok(&["vault", "recover", "--with", &path, "--key", "file"])
        .says(&["recovered"]);
    assert_eq!(world.token("sandbox"), token);
    assert_eq!(world.json(&["vault", "recipients", "list"]).len(), 3);
}

#[test]
fn vault_recipients_add_refuses_what_is_no_recipient() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    // In capitals it is the same key, and no second one.
    let own = world.json(&["vault", "recipients", "list"])[0]["recipient"].clone();
    let loud = own.as_str().unwrap().to_ascii_uppercase();
    world
        .ok(&["vault", "recipients", "add", &loud])
        .says(&["can open the vault already"]);
    for bad in ["age1nonsense", "AGE-SECRET-KEY-1", "", "ssh-ed25519 AAAA"] {
        world
            .run(&["vault", "recipients", "add", bad])
            .ended(2)
            .no_data();
    }
    world.run(&["vault", "recipients", "add"]).ended(2);
    let other = new_identity().parse::<age::x25519::Identity>().unwrap();
    let other = other.to_public().to_string();
    world
        .run(&["vault", "recipients", "add", &other, "--label", "master"])
        .ended(2);
    let there = world.give("there", "x").display().to_string();
    world
        .run(&["vault", "recipients", "add", "--recovery-file", &there])
        .ended(1)
        .says(&["could not write the recovery key"]);
    assert_eq!(world.json(&["vault", "recipients", "list"]).len(), 1);
}

#[test]
fn a_key_or_passphrase_that_is_not_the_vaults_own_is_named_in_the_error() {
    let world = World::new();
    world.connect();
    let led = |output: Output, says: &[&str]| {
        output
            .says(says)
            .silent_about("could not get the key of the vault")
            .silent_about("vault recover")
            .silent_about("vault init")
    };
    let own = world.call(&["vault", "export", "--connection", "sandbox"]);
    let to = age::x25519::Identity::generate().to_public().to_string();
    let file = world.path("work/x.age").display().to_string();
    own.args(&["--to", &to, &file]).run().ended(0);
    let import = world.run(&["vault", "import", &file, "--with", "nope"]);
    led(
        import.ended(6),
        &["could not use the key in `nope`", "could not open `nope`"],
    );

    let sheet = world.path("given/rec.txt").display().to_string();
    let add = ["vault", "recipients", "add", "--recovery-file", &sheet];
    let add = || world.call(&add).arg("--passphrase");
    let unasked = led(
        add().run().ended(6),
        &[
            "could not get a passphrase for `",
            "nobody may be asked for it",
        ],
    );
    assert!(unasked.stderr.contains("OAUTHCTL_PASSPHRASE_FILE"));
    let passphrase = |text: &str| world.give("passphrase", text);
    let with =
        |call: Call<'_>, text: &str| call.env("OAUTHCTL_PASSPHRASE_FILE", passphrase(text)).run();
    let empty = with(add(), "\n").ended(2);
    led(empty, &["could not get a passphrase for `", "is empty"]);

    with(add(), "right\n").ended(0);
    let backup = world.path("work/backup.age").display().to_string();
    world.ok(&["vault", "backup", &backup]);
    let restore = ["vault", "restore", &backup, "--with", &sheet];
    let elsewhere = world.call(&["--profile", "other"]).args(&restore);
    led(
        with(elsewhere, "wrong\n").ended(6),
        &[
            "could not use the key in `",
            "does not open",
            "hint: name the file with its passphrase",
        ],
    );
    let init = world.call(&["--profile", "new", "vault", "init", "--key", "passphrase"]);
    let init = init.without("OAUTHCTL_IDENTITY_FILE");
    with(init, "\n")
        .ended(2)
        .says(&["could not take the passphrase"]);
}

#[test]
fn vault_recipients_add_gives_each_key_a_label_of_its_own() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    for number in 1..=3 {
        let sheet = world.path(&format!("given/{number}.txt"));
        let add = world.call(&["vault", "recipients", "add", "--recovery-file"]);
        add.arg(sheet).run().ended(0);
    }
    let listed = world.json(&["vault", "recipients", "list"]);
    let labels: Vec<_> = listed.iter().map(|one| one["label"].clone()).collect();
    assert_eq!(labels, ["master", "recovery", "recovery-2", "recovery-3"]);
    world.ok(&["vault", "recipients", "remove", "recovery-2"]);
}

/// What happens when several processes are about to make the vault.
fn at_once(world: &World, args: &[&str]) -> Vec<Output> {
    let locks = world.vault().with_extension("db.locks");
    private_file::ensure_folder(world.vault().parent().unwrap()).unwrap();
    private_file::ensure_folder(&locks).unwrap();
    let turn = lock::exclusive(&locks.join("vault"), Duration::from_secs(9)).unwrap();
    let call = || world.call(args).without("OAUTHCTL_IDENTITY_FILE");
    let identity = identity_in(world.key_file());
    let start = |_| call().env("OAUTHCTL_IDENTITY", &identity).start();
    let all: Vec<_> = (0..3).map(start).collect();
    for one in &all {
        one.until_it_waits_or_ends();
    }
    drop(turn);
    all.into_iter()
        .map(crate::running::Running::finish)
        .collect()
}

#[test]
fn vault_init_that_another_process_was_faster_with_says_that_there_is_one() {
    let world = World::new();
    let ended = at_once(&world, &["vault", "init"]);
    let mut codes: Vec<_> = ended.iter().map(|one| one.code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 1, 1], "{ended:?}");
    for one in ended.into_iter().filter(|one| one.code == 1) {
        one.says(&["there is a vault already", "--profile"]);
    }
}

#[test]
fn vault_import_and_client_set_that_find_the_vault_made_meanwhile_use_it() {
    let desk = World::new();
    desk.connect();
    let identity: age::x25519::Identity = identity_in(desk.key_file()).parse().unwrap();
    let to = identity.to_public().to_string();
    let file = desk.path("work/x.age").display().to_string();
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    desk.ok(&[&export[..], &[&file]].concat());
    fs::remove_dir_all(desk.vault().parent().unwrap()).unwrap();
    fs::remove_dir_all(desk.path("home/state")).unwrap();
    for one in at_once(&desk, &["vault", "import", &file]) {
        one.ended(0).silent_about("warning");
    }
    let world = World::new();
    for one in at_once(&world, &["client", "set", "sandbox", "--id", "mine"]) {
        one.ended(0).silent_about("warning");
    }
}
