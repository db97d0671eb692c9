//! Files that the command line names: what can't be meant is refused, and what a file turns out to
//! be is said.

use std::fs;

use crate::world::{World, identity_in};

/// The recipient of a world's key.
fn recipient(world: &World) -> String {
    let identity: age::x25519::Identity = identity_in(world.key_file()).parse().unwrap();
    identity.to_public().to_string()
}

#[test]
fn a_file_to_write_or_restore_is_not_called_dash() {
    let world = World::new();
    world.connect();
    let to = recipient(&world);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    for args in [
        &["vault", "backup", "-"][..],
        &[&export[..], &["-"]].concat(),
        &["vault", "export", "--update", "-"],
        &["vault", "restore", "-"],
        &["vault", "check", "--salvage", "-"],
        &["vault", "recipients", "add", "--recovery-file", "-"],
        &["--profile", "new", "vault", "init", "--recovery-file", "-"],
        &["vault", "move-key", "--to", "file", "--identity-file", "-"],
    ] {
        let output = world.run(args).ended(2).no_data();
        output.says(&["name a file; `./-` is one of that name"]);
    }
    world
        .run(&["vault", "backup", "."])
        .ended(1)
        .silent_about("--force")
        .says(&["only a file is replaced", "hint: name another file"]);
    assert!(!world.path("work/-").exists());
    world.ok(&["vault", "backup", "./-"]);
    assert!(world.path("work/-").exists(), "control");
    assert_eq!(world.shown("sandbox")["state"], "active");
}

#[test]
fn vault_import_reads_stdin_for_a_dash_and_knows_a_backup() {
    let world = World::new();
    world.connect();
    let to = recipient(&world);
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    world.ok(&[&export[..], &["job.age"]].concat());
    let import = ["vault", "import", "-"];
    let call = world.call(&import).through("exec \"$@\" < job.age");
    call.run().ended(0).says(&["took in `sandbox/writer`"]);
    world.ok(&["vault", "backup", "vault.age"]);
    world
        .run(&["vault", "import", "vault.age"])
        .ended(1)
        .says(&[
            "error: could not open the export `vault.age`",
            "caused by: it is a backup of a whole vault",
            "hint: go back to it with `oauthctl vault restore FILE`",
        ]);
}

#[test]
fn a_key_file_that_is_named_needs_its_folder() {
    let world = World::new();
    let key = world.path("given/stick/key.txt").display().to_string();
    let folder = world.path("given/stick").display().to_string();
    let says = [
        "error: could not write the key `",
        "its folder does not exist",
        &format!("hint: make its folder first: `mkdir -p {folder}`"),
    ];
    let place = ["file", "--identity-file", &key];
    let plain = |args: &[&str]| world.call(args).without("OAUTHCTL_IDENTITY_FILE").run();
    plain(&[&["vault", "init", "--key"][..], &place].concat())
        .ended(1)
        .says(&says);
    assert!(!world.vault().exists());
    world.ok(&["vault", "init"]);
    let to = [&["vault", "move-key", "--to"][..], &place].concat();
    world.run(&to).ended(1).says(&says);
    let rekey = [&["vault", "rekey", "--key"][..], &place].concat();
    world.run(&rekey).ended(1).says(&says);
    assert!(!world.path("given/stick").exists());
    // what is no key is not told to be put into a file
    let bad = world.give("bad.txt", "none").display().to_string();
    let init = ["vault", "init", "--key", "file", "--identity-file", &bad];
    plain(&[&["--profile", "bad"][..], &init].concat())
        .ended(6)
        .silent_about("in a file instead")
        .says(&["is no usable age identity", "hint: an identity file holds"]);
    // control: the default place is made as before
    let init = ["--profile", "new", "vault", "init", "--key", "file"];
    plain(&init).ended(0);
    let made = world.vault_of("new").with_file_name("identity.txt");
    world.secret("the identity that was made", &identity_in(&made));
    fs::remove_file(made).unwrap();
}

#[test]
fn a_wrong_passphrase_file_is_named() {
    let world = World::new();
    let right = world.give("right", "correct horse");
    let wrong = world.give("wrong", "battery staple");
    let with = |args: &[&str], file: &std::path::Path| {
        let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.env("OAUTHCTL_PASSPHRASE_FILE", file).run()
    };
    with(&["vault", "init", "--key", "passphrase"], &right).ended(0);
    with(&["list"], &wrong).ended(6).says(&[
        &format!(
            "the passphrase in `{}`, which `OAUTHCTL_PASSPHRASE_FILE` names, does not open `",
            wrong.display()
        ),
        "identity.age`",
        "hint: name the file with its passphrase, or unset the variable to be asked",
    ]);
}
