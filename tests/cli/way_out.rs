//! The ways out of a vault that does not open, or has one key only: they lead there.

use std::fs;
use std::path::PathBuf;

use oauthctl::private_file;

use crate::world::{Output, World, identity_in, new_identity};

/// A run without a key in the environment.
fn plain(world: &World, args: &[&str]) -> Output {
    world.call(args).without("OAUTHCTL_IDENTITY_FILE").run()
}

/// A recovery sheet of the vault that these flags choose, made by `vault init`.
fn init_with_sheet(world: &World, flags: &[&str], name: &str) -> String {
    let sheet = world.path(&format!("given/{name}"));
    let file = sheet.display().to_string();
    let key = world.path(&format!("given/{name}.key"));
    let place = ["--identity-file", key.to_str().unwrap()];
    let init = ["vault", "init", "--key", "file", "--recovery-file", &file];
    plain(world, &[flags, &init[..], &place[..]].concat()).ended(0);
    world.secret("a recovery key", &identity_in(&sheet));
    world.secret("a key", &identity_in(&key));
    file
}

#[test]
fn vault_init_and_status_and_the_recovery_sheet_name_the_vault_that_was_chosen() {
    let world = World::new();
    let hint = "hint: make one: `oauthctl --profile q2 vault recipients add --recovery-file FILE`";
    world
        .ok(&["--profile", "q2", "vault", "init"])
        .says(&[hint]);
    world
        .ok(&["--profile", "q2", "vault", "status"])
        .says(&[hint]);
    let path = world.path("work/a b.db").display().to_string();
    world
        .ok(&["--vault", &path, "vault", "init"])
        .says(&[&format!("`oauthctl --vault '{path}' vault recipients add")]);
    world
        .ok(&["vault", "init"])
        .says(&["`oauthctl vault recipients add --recovery-file FILE`"]);
    for (flags, says) in [
        (
            vec!["--profile", "q2"],
            "oauthctl --profile q2 vault".to_owned(),
        ),
        (
            vec!["--vault", &path],
            format!("oauthctl --vault '{path}' vault"),
        ),
        (vec![], "oauthctl vault".to_owned()),
    ] {
        let sheet = world.path("given/sheet");
        let add = ["vault", "recipients", "add", "--recovery-file"];
        let add = [&flags[..], &add, &[sheet.to_str().unwrap()]].concat();
        world.ok(&add);
        world.secret("a recovery key", &identity_in(&sheet));
        let text = fs::read_to_string(&sheet).unwrap();
        let says = format!("# Use it with: {says} recover --with THIS-FILE\n");
        assert!(text.contains(&says), "{says}");
        fs::remove_file(&sheet).unwrap();
    }
}

#[test]
fn vault_recover_with_the_sheet_of_another_vault_names_the_file_and_whose_it_is() {
    let world = World::new();
    let own = init_with_sheet(&world, &[], "own");
    let other = init_with_sheet(&world, &["--profile", "other"], "other");
    let id = |flags: &[&str]| {
        let status = [flags, &["vault", "status", "--json"]].concat();
        let status = plain(&world, &status).ended(0);
        status.documents()[0]["vault_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ids = [id(&["--profile", "other"]), id(&[])];
    let refused = plain(&world, &["vault", "recover", "--with", &other]).ended(6);
    refused
        .says(&[
            &format!("the key in `{other}` does not open this vault"),
            &format!(
                "it is of the vault `{}`, and this one is `{}`",
                ids[0], ids[1]
            ),
        ])
        .silent_about("OAUTHCTL_IDENTITY");
    // its own, which it is not locked to any more
    plain(&world, &["vault", "recipients", "remove", "recovery"]).ended(0);
    for file in new_keys(&world) {
        world.secret("a later key", &identity_in(file));
    }
    plain(&world, &["vault", "recover", "--with", &own])
        .ended(6)
        .says(&[&format!("the key in `{own}`"), "not locked to it any more"])
        .silent_about("OAUTHCTL_IDENTITY");
}

/// The keys that a rekey left in the folder that tests may write secrets to.
fn new_keys(world: &World) -> Vec<PathBuf> {
    let entries = fs::read_dir(world.path("given")).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let is_key = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.contains("AGE-SECRET-KEY-1")
    };
    files.filter(is_key).collect()
}

#[test]
fn a_key_that_does_not_open_the_vault_is_named() {
    let world = World::new();
    init_with_sheet(&world, &[], "own");
    let key = world.path("given/own.key");
    let older = fs::read(&key).unwrap();
    plain(&world, &["vault", "rekey"]).ended(0);
    for file in new_keys(&world) {
        world.secret("a later key", &identity_in(file));
    }
    let status = plain(&world, &["vault", "status", "--json"]).ended(0);
    let now = status.documents()[0]["key_file"]
        .as_str()
        .unwrap()
        .to_owned();
    private_file::replace(now.as_ref(), &older).unwrap();
    let says = format!("the key in the file `{now}` belongs to another vault, or is an older one");
    for args in [
        &["list"][..],
        &["vault", "check"],
        &["vault", "backup", "x"],
    ] {
        plain(&world, args)
            .ended(6)
            .says(&[&says, "`oauthctl vault recover --with FILE`"])
            .silent_about("OAUTHCTL_IDENTITY");
    }
    let patient = plain(&world, &["doctor"]).ended(6);
    assert!(in_a_line(&patient).contains(&says), "{patient:?}");
    let named = world.call(&["list"]).env("OAUTHCTL_IDENTITY_FILE", &key);
    named.run().ended(6).says(&[
        &format!("the key in the file `{}` belongs", key.display()),
        "hint: `OAUTHCTL_IDENTITY_FILE` or `OAUTHCTL_IDENTITY` names that key",
    ]);
}

/// What was said, however it was wrapped.
fn in_a_line(output: &Output) -> String {
    let said = [&output.stdout, " ", &output.stderr].concat();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_wrong_key_is_named_by_every_command_that_was_given_it() {
    let world = World::new();
    world.connect();
    world.ok(&["vault", "backup", "backup.age"]);
    let other = new_identity();
    world.secret("another identity", &other);
    let key = world.give("other-key.txt", &other);
    let says = format!("the key in the file `{}` belongs to another", key.display());
    let fingerprint = "0123456789abcdef0123456789abcdef";
    for args in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["vault", "check"],
        &["vault", "check", "--confirm", fingerprint],
        &["vault", "restore", "backup.age"],
        &["vault", "restore", "backup.age", "--force"],
    ] {
        let call = world.call(args).env("OAUTHCTL_IDENTITY_FILE", &key);
        let output = call.run().ended(6);
        let text = in_a_line(&output);
        assert!(text.contains(&says), "{args:?}: {text}");
        assert!(text.contains("names that key: name this vault's"), "{text}");
        assert!(!text.contains("or the recorded place"), "{text}");
    }
}

#[test]
fn vault_backup_without_a_recovery_key_says_what_alone_opens_it() {
    let world = World::new();
    world.connect();
    let [early, late] = ["early", "late"].map(|name| world.path(&format!("work/{name}.age")));
    let [early, late] = [early, late].map(|file| file.display().to_string());
    world.ok(&["vault", "backup", &early]).says(&[
        &format!(
            "warning: there is no recovery key: only the key in the file `{}` opens this backup",
            world.key_file().display()
        ),
        "then back up again: `oauthctl vault recipients add --recovery-file FILE`",
    ]);
    let sheet = world.path("given/sheet");
    world
        .ok(&[
            "vault",
            "recipients",
            "add",
            "--recovery-file",
            sheet.to_str().unwrap(),
        ])
        .says(&["backups from before don't open with that key: `oauthctl vault backup`"]);
    world.secret("the recovery key", &identity_in(&sheet));
    world
        .ok(&["vault", "backup", &late])
        .silent_about("there is no recovery key");
    let restore = |file: &str| {
        let args = [
            "--profile",
            "new",
            "vault",
            "restore",
            file,
            "--with",
            sheet.to_str().unwrap(),
        ];
        plain(&world, &args)
    };
    restore(&early).ended(6);
    restore(&late).ended(0);
}

#[test]
fn a_vault_that_was_emptied_or_written_over_is_led_back_to_a_backup() {
    let world = World::new();
    let sheet = init_with_sheet(&world, &[], "own");
    let backup = world.path("work/b.age").display().to_string();
    plain(&world, &["vault", "backup", &backup]).ended(0);
    for content in ["", "hello\n"] {
        private_file::replace(&world.vault(), content.as_bytes()).unwrap();
        for args in [
            &["list"][..],
            &["connect", "sandbox", "--no-browser"],
            &["vault", "check"],
            &["vault", "recover", "--with", &sheet],
            &["vault", "init"],
        ] {
            plain(&world, args).ended(1).no_data().says(&[
                "is not a vault",
                "go back to a backup: `oauthctl vault restore BACKUP --force`",
            ]);
        }
        let doctor = plain(&world, &["doctor"]);
        let way = "oauthctl vault restore BACKUP --force";
        assert!(doctor.stdout.contains(way), "{doctor:?}");
    }
    plain(
        &world,
        &["vault", "restore", &backup, "--force", "--with", &sheet],
    )
    .ended(0);
    plain(&world, &["list"]).ended(0);
}

#[test]
fn vault_init_with_a_recovery_file_says_how_the_vault_that_stands_gets_one() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let sheet = world.path("given/a sheet").display().to_string();
    world
        .run(&["vault", "init", "--recovery-file", &sheet])
        .ended(1)
        .says(&[
            "there is a vault already",
            &format!("hint: a recovery key for it: `oauthctl vault recipients add --recovery-file '{sheet}'`"),
        ]);
}

#[test]
fn vault_recover_without_a_vault_leads_to_a_backup() {
    let world = World::empty();
    let sheet = world.path("given/a sheet").display().to_string();
    plain(&world, &["vault", "recover", "--with", &sheet])
        .ended(1)
        .says(&[
            "there is no vault to recover",
            &format!("`oauthctl vault restore BACKUP --with '{sheet}'`"),
        ]);
}

#[test]
fn vault_rekey_into_a_place_that_is_taken_names_the_option() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let there = world.give("there", "x").display().to_string();
    let rekey = ["vault", "rekey", "--key", "file", "--identity-file", &there];
    world.run(&rekey).ended(2).says(&[
        "a new key needs a place of its own",
        "hint: name another one: `--identity-file PATH`",
    ]);
}

#[test]
fn vault_recover_says_which_passphrase_the_new_key_is_under() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let sheet = world.path("given/sheet").display().to_string();
    let words = "correct horse battery";
    let passphrase = world.give("passphrase", &format!("{words}\n"));
    world.secret("the passphrase", words);
    let run = |args: &[&str]| {
        let call = world
            .call(args)
            .env("OAUTHCTL_PASSPHRASE_FILE", &passphrase);
        call.run().ended(0)
    };
    run(&[
        "vault",
        "recipients",
        "add",
        "--passphrase",
        "--recovery-file",
        &sheet,
    ]);
    let key = world.path("given/new.age").display().to_string();
    let place = ["--key", "passphrase", "--identity-file", &key];
    run(&[&["vault", "recover", "--with", &sheet][..], &place].concat()).says(&[&format!(
        "its passphrase is the one in `{}`, which `OAUTHCTL_PASSPHRASE_FILE` names",
        passphrase.display()
    )]);
}

#[test]
fn vault_restore_with_the_backup_itself_asks_for_no_passphrase() {
    let world = World::new();
    world.ok(&["vault", "init"]);
    let file = world.path("work/b.age").display().to_string();
    world.ok(&["vault", "backup", &file]);
    world
        .run(&["vault", "restore", &file, "--with", &file])
        .ended(6)
        .says(&["it is encrypted to a key, not with a passphrase"])
        .silent_about("needs a passphrase");
}
