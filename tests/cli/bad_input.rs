//! What people and other programs get wrong: a clear error, and nothing is touched.

use std::fs;
use std::os::unix::fs::symlink;

use crate::world::{World, mode, new_identity, set_mode};

#[test]
fn connect_to_an_unknown_provider_offers_names_near_it() {
    let world = World::new();
    for (typed, near) in [
        ("gihub", "`github`"),
        ("gogle", "`google`"),
        ("sandbx", "`sandbox`"),
    ] {
        world.run(&["connect", typed]).ended(2).no_data().says(&[
            &format!("no provider is called `{typed}`; near it: {near}"),
            "hint: see `oauthctl provider list`",
        ]);
    }
    let output = world
        .run(&["connect", "xyzzy"])
        .ended(2)
        .says(&["no provider is called `xyzzy`"]);
    assert!(!output.stderr.contains("near it"));
    for name in ["GitHub", "", "../x", "a/b", "a b", "-"] {
        world
            .run(&["provider", "show", "--", name])
            .ended(2)
            .no_data();
    }
}

#[test]
fn connect_to_a_host_offers_the_provider_near_it_and_its_address() {
    let world = World::new();
    for (typed, hints) in [
        (
            "github.com",
            &[
                "hint: near it: `github`",
                "`oauthctl connect https://github.com`",
            ][..],
        ),
        (
            "login.example.org",
            &[
                "hint: an address has `https://` before it: `oauthctl connect https://login.example.org`",
            ],
        ),
        (
            "login.example.org/realms/x",
            &["`oauthctl connect https://login.example.org/realms/x`"],
        ),
    ] {
        world
            .run(&["connect", typed])
            .ended(2)
            .no_data()
            .says(&["is not a provider name"])
            .says(hints);
    }
    let other = world.run(&["connect", "a b"]).ended(2);
    assert!(!other.stderr.contains("hint:"), "{}", other.stderr);
}

#[test]
fn connect_and_client_set_tell_where_a_secret_goes_that_stands_on_the_command_line() {
    let world = World::new();
    for line in [
        &["client", "set", "sandbox", "--id", "x", "--secret", "y"][..],
        &["client", "set", "sandbox", "--secret=y"],
        &["connect", "sandbox", "--client-secret", "y"],
    ] {
        let output = world.run(line).ended(2).no_data();
        let output = output.says(&[
            "tip: no secret stands on a command line",
            "--secret-file PATH",
        ]);
        assert_eq!(
            output.stderr.matches("tip:").count(),
            1,
            "{}",
            output.stderr
        );
    }
    let error = world.run(&["connect", "sandbox", "--client-secret", "y", "--json"]);
    let error = error.ended(2).error();
    let hint = error["hints"][0].as_str().unwrap();
    assert!(
        hint.starts_with("no secret stands on a command line"),
        "{hint}"
    );
    // the practice provider takes none
    let practice = world.run(&["sandbox", "--secret", "y"]).ended(2).no_data();
    practice.silent_about("client set");
    // any other slip of the finger is told as ever
    world
        .run(&["connect", "sandbox", "--devic"])
        .ended(2)
        .says(&["'--device'"]);
}

#[test]
fn a_malformed_provider_file_is_named_with_its_line() {
    let world = World::new();
    let good = world.provider_toml();
    world.define("broken", "display_name = \"Broken\"\nissuer = \"https://\n");
    world.run(&["connect", "broken"]).ended(1).no_data().says(&[
        "error: could not use the provider's definition",
        "providers/broken.toml` line 2",
        "hint: mend the file, and test it with `oauthctl provider check",
    ]);
    let line = good
        .lines()
        .position(|line| line.starts_with("[client]"))
        .unwrap()
        + 2;
    world.define(
        "typo",
        &good.replace("[client]\n", "[client]\npublicid = \"x\"\n"),
    );
    world
        .run(&["connect", "typo"])
        .ended(1)
        .says(&[&format!("providers/typo.toml` line {line}"), "publicid"]);
    // the others still work
    world
        .ok(&["provider", "list"])
        .says(&["warning:", "broken.toml"]);
    world.connect();
    world.run(&["provider", "check"]).ended(1);
}

#[test]
fn config_toml_with_unknown_keys_or_broken_is_refused_with_its_line() {
    let world = World::new();
    let config = world.path("home/config/oauthctl/config.toml");
    for (text, line, word) in [
        ("audit = \"required\"\n\nadit = 1\n", 3, "adit"),
        ("# one\nprofile = \n", 2, ""),
        ("audit = \"sometimes\"\n", 1, "sometimes"),
        ("profile = \"../up\"\n", 1, "profile"),
    ] {
        fs::write(&config, text).unwrap();
        world.run(&["list"]).ended(1).no_data().says(&[
            "error: could not read the settings",
            &format!("config.toml` line {line}: "),
            word,
        ]);
    }
    fs::write(&config, b"profile = \"\xff\"").unwrap();
    world.run(&["list"]).ended(1).says(&["not UTF-8"]);
    fs::remove_file(&config).unwrap();
    world.ok(&["list"]);
}

#[test]
fn a_vault_of_a_newer_program_is_left_untouched() {
    let world = World::new();
    world.connect();
    let database = rusqlite::Connection::open(world.vault()).unwrap();
    database
        .execute_batch("UPDATE header SET schema = 99; PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
    drop(database);
    let bytes = fs::read(world.vault()).unwrap();
    for args in [
        ["token", "sandbox"].as_slice(),
        &["list"],
        &["refresh", "--all"],
        &["vault", "status"],
        &["connect", "sandbox", "--no-browser"],
    ] {
        world.run(args).ended(1).no_data().says(&[
            "schema 99",
            "hint: update oauthctl; the vault was left untouched",
        ]);
    }
    assert_eq!(fs::read(world.vault()).unwrap(), bytes);
}

#[test]
fn a_file_that_is_no_vault_is_refused_and_kept() {
    let world = World::new();
    let path = world.give("notes.db", "these are my notes\n");
    let flag = path.to_str().unwrap();
    for args in [
        ["--vault", flag, "list"].as_slice(),
        &["--vault", flag, "connect", "sandbox", "--no-browser"],
    ] {
        world
            .run(args)
            .ended(1)
            .no_data()
            .says(&["is not a vault", "hint: name another file"]);
    }
    world
        .run(&["--vault", flag, "vault", "init"])
        .ended(1)
        .says(&["is not a vault", "hint: name another file"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "these are my notes\n");
    let other = world.give("other.db", "");
    drop(
        rusqlite::Connection::open(&other)
            .unwrap()
            .execute_batch("CREATE TABLE t (x)"),
    );
    world
        .run(&["--vault", other.to_str().unwrap(), "list"])
        .ended(1)
        .says(&["is not a vault"]);
}

#[test]
fn a_vault_that_is_a_link_or_open_to_others_is_refused() {
    let world = World::new();
    world.connect();
    let vault = world.vault();
    let refused = |says: &str| {
        for args in [
            ["token", "sandbox"],
            ["refresh", "sandbox"],
            ["vault", "status"],
        ] {
            world.run(&args).ended(9).no_data().says(&[says, "hint:"]);
        }
    };
    let elsewhere = world.path("given/vault.db");
    fs::rename(&vault, &elsewhere).unwrap();
    symlink(&elsewhere, &vault).unwrap();
    refused("is a symbolic link");
    fs::remove_file(&vault).unwrap();
    fs::rename(&elsewhere, &vault).unwrap();
    world.token("sandbox");

    fs::hard_link(&vault, &elsewhere).unwrap();
    refused("has more than one hard link");
    fs::remove_file(&elsewhere).unwrap();
    world.token("sandbox");

    for bits in [0o604, 0o640, 0o666] {
        set_mode(&vault, bits);
        refused("can be read or written by others");
    }
    set_mode(&vault, 0o600);
    world.token("sandbox");

    let folder = vault.parent().unwrap();
    for bits in [0o770, 0o707, 0o777] {
        set_mode(folder, bits);
        refused("can be read or written by others");
    }
    set_mode(folder, 0o700);
    world.token("sandbox");
    assert_eq!(mode(&vault), 0o600);
}

#[test]
fn an_identity_file_that_others_can_read_is_refused() {
    let world = World::new();
    world.connect();
    let key = world.key_file();
    for bits in [0o604, 0o640, 0o644] {
        set_mode(&key, bits);
        world.run(&["token", "sandbox"]).ended(6).no_data().says(&[
            "can be read or written by others",
            "hint: make it private: `chmod 600 '",
        ]);
    }
    set_mode(&key, 0o600);
    world.token("sandbox");

    let real = world.path("given/key.txt");
    fs::rename(&key, &real).unwrap();
    symlink(&real, &key).unwrap();
    world
        .run(&["token", "sandbox"])
        .ended(6)
        .no_data()
        .says(&["is a symbolic link", "hint:"]);
    fs::remove_file(&key).unwrap();
    fs::rename(&real, &key).unwrap();
    world.token("sandbox");
}

#[test]
fn an_identity_of_another_vault_or_none_at_all_is_refused() {
    let world = World::new();
    world.connect();
    let with = |text: &str| {
        let key = world.give("other-key.txt", text);
        let call = world
            .call(&["token", "sandbox"])
            .env("OAUTHCTL_IDENTITY_FILE", key);
        call.run()
    };
    let other = new_identity();
    world.secret("another identity", &other);
    with(&format!("{other}\n")).ended(6).no_data().says(&[
        "the key does not open this vault",
        "belongs to another vault",
    ]);
    with("nonsense").ended(6).says(&["no usable age identity"]);
    with("").ended(6).says(&["it holds no identity"]);
    with("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
        .ended(6)
        .says(&["public key"]);
    // a mistyped key is not quoted
    let mistyped = format!("{other}Q");
    with(&mistyped).ended(6).says(&["it is damaged"]);
    let call = world
        .call(&["token", "sandbox"])
        .without("OAUTHCTL_IDENTITY_FILE");
    call.env("OAUTHCTL_IDENTITY", &other).run().ended(6);
    assert!(world.token("sandbox").starts_with("sbx_at_"));
}

#[test]
fn an_identity_file_that_is_named_from_the_folder_it_is_in_is_the_same() {
    let world = World::new();
    let file = world.path("work/job.txt");
    oauthctl::private_file::replace(&file, new_identity().as_bytes()).unwrap();
    for (profile, args) in [
        ("one", &["vault", "init"][..]),
        ("two", &["vault", "init", "--key", "environment"]),
        (
            "three",
            &[
                "vault",
                "init",
                "--key",
                "file",
                "--identity-file",
                "./job.txt",
            ],
        ),
    ] {
        let with = |args: &[&str], file: &str| {
            let call = world.call(&[&["--profile", profile], args].concat());
            let call = call.within("work").env("OAUTHCTL_IDENTITY_FILE", file);
            call.run().ended(0).silent_about("could not")
        };
        with(args, "job.txt");
        with(&["vault", "check"], "./job.txt");
        with(&["vault", "check"], "../work/job.txt");
    }
}

#[test]
fn a_wrong_passphrase_is_refused_and_the_right_one_opens() {
    let world = World::new();
    let right = world.give("passphrase", "correct horse battery staple\n");
    let wrong = world.give("wrong-passphrase", "incorrect horse battery staple\n");
    world.secret("the passphrase", "correct horse battery staple");
    world.secret("a wrong passphrase", "incorrect horse battery staple");
    let with = |file: &std::path::Path, args: &[&str]| {
        let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.env("OAUTHCTL_PASSPHRASE_FILE", file)
    };
    with(&right, &["vault", "init", "--key", "passphrase"])
        .run()
        .ended(0);
    with(&right, &["list"]).run().ended(0);
    with(&wrong, &["list"]).run().ended(6).no_data().says(&[
        "wrong-passphrase`, which",
        "does not open",
        "hint:",
    ]);
    let asked = world.call(&["list"]).without("OAUTHCTL_IDENTITY_FILE");
    asked
        .run()
        .ended(6)
        .says(&["nobody may be asked for it", "OAUTHCTL_PASSPHRASE_FILE"]);
    set_mode(&right, 0o644);
    with(&right, &["list"])
        .run()
        .ended(6)
        .says(&["can be read or written by others"]);
    assert_eq!(mode(&world.vault().with_file_name("identity.age")), 0o600);
}

#[test]
fn names_that_could_steer_a_terminal_are_shown_harmless() {
    let world = World::new();
    world.connect();
    for evil in ["x\u{1b}[31m", "x\u{9b}31m", "x\u{202e}y", "x\ny", "x\u{7}"] {
        for args in [
            ["token", evil].as_slice(),
            &["show", &format!("sandbox/{evil}")],
            &["connect", "sandbox", "--no-browser", "--account", evil],
            &["connect", "sandbox", "--no-browser", "--scope", evil],
            &["--profile", evil, "list"],
        ] {
            let output = world.run(args);
            assert_eq!(output.code, 2, "{args:?} {output:?}");
            let raw = output
                .stderr
                .contains(|c: char| c.is_control() && c != '\n');
            assert!(!raw && !output.stderr.contains('\u{202e}'), "{output:?}");
        }
    }
    // an account's label comes from the server
    let evil = "\u{1b}]0;owned\u{7}/me";
    world.sandbox(|sandbox| sandbox.sign_in_as(oauthctl::names::AccountLabel::from_provider(evil)));
    world.connect();
    let listed = world.ok(&["list"]).stdout;
    assert!(!listed.contains('\u{1b}'), "{listed:?}");
}

#[test]
fn a_passphrase_file_that_is_not_there_is_named_and_no_recovery_is_spoken_of() {
    let world = World::empty();
    let passphrase = world.give("passphrase", "correct horse battery\n");
    world.secret("the passphrase", "correct horse battery");
    world
        .call(&["vault", "init", "--key", "passphrase"])
        .env("OAUTHCTL_PASSPHRASE_FILE", &passphrase)
        .run()
        .ended(0);
    world
        .call(&["vault", "status"])
        .env("OAUTHCTL_PASSPHRASE_FILE", "/nowhere/passphrase")
        .run()
        .ended(6)
        .says(&[
            "`OAUTHCTL_PASSPHRASE_FILE` names",
            "/nowhere/passphrase",
            "hint: name the file that holds the passphrase",
        ])
        .silent_about("recover");
}

#[test]
fn a_wrong_identity_in_the_environment_is_another_key_and_no_tampering() {
    let world = World::new();
    let given = |identity: &str, args: &[&str]| {
        let call = world.call(args).without("OAUTHCTL_IDENTITY_FILE");
        call.env("OAUTHCTL_IDENTITY", identity).run()
    };
    let [own, other] = [(); 2].map(|()| new_identity());
    for secret in [&own, &other] {
        world.secret("an identity", secret);
    }
    given(&own, &["vault", "init", "--key", "environment"]).ended(0);
    for args in [&["list"][..], &["vault", "check"]] {
        given(&other, args)
            .ended(6)
            .says(&["the key does not open this vault"])
            .silent_about("pin");
    }
    let doctor = given(&other, &["doctor"]);
    assert!(
        doctor.stdout.contains("the key does not open this vault"),
        "{doctor:?}"
    );
    // with the vault's own key the pin is checked as ever
    let pins = world.files();
    let pin = pins
        .iter()
        .find(|path| path.extension().is_some_and(|end| end == "pin"));
    let pin = pin.unwrap();
    let mut text = fs::read(pin).unwrap();
    *text.iter_mut().rev().nth(1).unwrap() ^= 1;
    oauthctl::private_file::replace(pin, &text).unwrap();
    given(&own, &["list"])
        .ended(9)
        .says(&["was not written with this vault's key"]);
}

#[test]
fn a_vault_that_gets_no_passphrase_leaves_no_recovery_key_behind() {
    let world = World::new();
    let sheet = world.give("sheet", "there before").display().to_string();
    let init = ["vault", "init", "--recovery-file", &sheet, "--key"];
    let init = |key: &str| {
        let call = world.call(&init).arg(key);
        call.without("OAUTHCTL_IDENTITY_FILE").run()
    };
    // the vault's passphrase is asked for before the sheet is written
    init("passphrase")
        .ended(6)
        .says(&["nobody may be asked for it"]);
    // and a sheet that can't be written leaves no key
    init("file")
        .ended(1)
        .says(&["could not write the recovery key"]);
    let left = world.files();
    let left: Vec<_> = left
        .iter()
        .filter(|path| path.to_string_lossy().contains("identity"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    fs::remove_file(&sheet).unwrap();
    init("file").ended(0);
}

#[test]
fn a_recovery_key_that_can_not_be_written_makes_no_vault() {
    let world = World::new();
    let line = "ulimit -f 0; trap '' XFSZ; exec \"$@\"";
    let sheet = world.path("given/sheet").display().to_string();
    world
        .call(&["vault", "init", "--recovery-file", &sheet])
        .through(line)
        .run()
        .ended(1)
        .says(&[
            "could not write the recovery key",
            "hint: nothing was changed",
        ]);
    assert!(!world.vault().exists());
    assert!(!world.path("given/sheet").exists());
    // control: with room both are made
    let made = world
        .call(&["vault", "init", "--recovery-file", &sheet])
        .start();
    made.finish().ended(0);
    assert!(world.vault().exists() && world.path("given/sheet").exists());
}

#[test]
fn a_usage_error_with_json_names_what_is_missing() {
    let world = World::empty();
    let error = world.run(&["token", "--json"]).ended(2).error();
    let message = error["message"].as_str().unwrap();
    assert!(
        message.ends_with("were not provided: <CONNECTION>"),
        "{message}"
    );
}

#[test]
fn a_typo_is_not_taken_for_a_command_that_only_shells_call() {
    let world = World::empty();
    let output = world.run(&["conect"]).ended(2).says(&["'connect'"]);
    assert!(!output.stderr.contains("'complete'"), "{output:?}");
    let script = world.ok(&["completions", "bash"]).stdout;
    assert!(!script.contains(" complete help"), "it is offered");
}

#[test]
fn help_that_could_not_be_written_is_no_success() {
    let world = World::empty();
    let call = world.call(&["--help"]).through("exec \"$@\" >/dev/full");
    call.run().ended(1).says(&["could not write to stdout"]);
}

#[test]
fn vault_that_is_something_else_is_not_to_be_made_private() {
    let world = World::new();
    let text = world.path("work/README.md");
    fs::write(&text, "# a text\n".repeat(40)).unwrap();
    set_mode(&text, 0o644);
    for path in [text, world.path("work")] {
        let call = world.call(&["list", "--vault"]).arg(&path);
        let output = call
            .run()
            .no_data()
            .says(&["hint: name another file with `--vault PATH`"]);
        assert_ne!(output.code, 0);
        output.silent_about("chmod");
    }
}

#[test]
fn token_of_a_profile_without_a_vault_names_the_profile() {
    let world = World::new();
    world.connect();
    let call = world
        .call(&["token", "sandbox"])
        .env("OAUTHCTL_PROFILE", "nosuch");
    call.run()
        .ended(4)
        .no_data()
        .says(&["there is no vault of the profile `nosuch` at `"]);
    // control: the usual one is not named
    let world = World::new();
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .says(&["there is no vault yet"]);
}

#[test]
fn settings_that_make_no_sense_say_where_and_what_to_do() {
    let world = World::new();
    let file = world.path("home/config/oauthctl/config.toml");
    oauthctl::private_file::replace(&file, b"audit = \"required\"\nnosuch = 1\n").unwrap();
    let mend = format!("hint: mend `{}`, or move it away", file.display());
    world
        .run(&["list"])
        .ended(1)
        .says(&["line 2", "nosuch", &mend]);
}
