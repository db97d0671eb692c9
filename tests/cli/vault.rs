//! `vault init`, `status`, `recover`: where keys are, and what happens without them.

use std::fs;

use crate::world::{World, mode};

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
        .says(&["identity.txt", "hint:", "was not touched"]);
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

#[test]
fn vault_commands_without_a_vault_say_so() {
    let world = World::new();
    world
        .run(&["vault", "status"])
        .ended(4)
        .no_data()
        .says(&["there is no vault yet"]);
    let made = world.vault().exists();
    assert!(!made);
    world.run(&["vault", "check"]).ended(1).no_data();
    world
        .run(&["vault", "recover", "--with", "/nonexistent"])
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
