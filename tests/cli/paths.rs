//! Where things are, which word counts, and who may read what is made.

use std::fs;
use std::path::Path;

use crate::world::{World, mode, set_mode};

#[test]
fn vault_flag_beats_profile_flag_beats_environment_beats_config() {
    let world = World::new();
    let config = world.path("home/config/oauthctl/config.toml");
    fs::write(&config, "profile = \"from-config\"\n").unwrap();
    let by_flag = world.path("home/by-flag.db");
    let by_variable = world.path("home/by-variable.db");
    set_mode(&world.path("home"), 0o700);
    let place = |args: &[&str], variables: &[(&str, &Path)]| {
        let mut call = world.call(args).args(&["vault", "init"]);
        for (name, value) in variables {
            call = call.env(name, *value);
        }
        call.run().ended(0);
    };
    let work = Path::new("from-variable");
    let all = [
        ("OAUTHCTL_VAULT", by_variable.as_path()),
        ("OAUTHCTL_PROFILE", work),
    ];
    let flag = by_flag.to_str().unwrap();
    place(&["--vault", flag, "--profile", "from-flag"], &all);
    assert!(by_flag.exists());
    place(&["--profile", "from-flag"], &all);
    assert!(world.vault_of("from-flag").exists());
    place(&[], &all);
    assert!(by_variable.exists());
    place(&[], &[("OAUTHCTL_PROFILE", work)]);
    assert!(world.vault_of("from-variable").exists());
    place(&[], &[]);
    assert!(world.vault_of("from-config").exists());
    assert!(!world.vault().exists());
    fs::remove_file(&config).unwrap();
    place(&[], &[]);
    assert!(world.vault().exists());
    let bad = world.call(&["list"]).env("OAUTHCTL_PROFILE", "../up").run();
    bad.ended(2).says(&["`OAUTHCTL_PROFILE` is not usable"]);
}

#[test]
fn a_vault_that_was_named_and_is_not_there_is_told() {
    let world = World::new();
    let told = |path: &str, call: crate::world::Call<'_>| {
        call.run()
            .ended(0)
            .no_data()
            .says(&["there is no vault ", path]);
    };
    told("typo.db", world.call(&["--vault", "typo.db", "list"]));
    let by_variable = world.call(&["refresh", "--all"]);
    told("/no.db", by_variable.env("OAUTHCTL_VAULT", "/no.db"));
    told("nosuch", world.call(&["--profile", "nosuch", "audit"]));
    let list = world.ok(&["list"]);
    list.silent_about("there is no vault");
}

#[test]
fn profiles_share_nothing() {
    let world = World::new();
    world.connect();
    world
        .ok(&["--profile", "work", "list"])
        .no_data()
        .says(&["no connections yet"]);
    let (output, _) = world.connect_with(&["sandbox", "--profile", "work"]);
    output.ended(0);
    world.ok(&["--profile", "work", "revoke", "sandbox", "--local-only"]);
    world.token("sandbox");
    world
        .run(&["--profile", "work", "token", "sandbox"])
        .ended(4);
}

#[test]
fn nothing_is_read_from_the_working_directory() {
    let world = World::new();
    world.connect();
    let listed = world.ok(&["provider", "list"]).stdout;
    let evil = "display_name = \"Evil\"\n";
    for path in [
        "config.toml",
        "oauthctl.toml",
        ".oauthctl.toml",
        ".env",
        "sandbox.toml",
        "providers/evil.toml",
        "oauthctl/config.toml",
        "oauthctl/providers/evil.toml",
        ".oauthctl/config.toml",
        ".config/oauthctl/config.toml",
        ".config/oauthctl/providers/evil.toml",
        "vault.db",
        "identity.txt",
    ] {
        let path = world.path("work").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, evil).unwrap();
    }
    assert_eq!(world.ok(&["provider", "list"]).stdout, listed);
    world.run(&["provider", "show", "evil"]).ended(2);
    world.token("sandbox");
    // control: where it is looked for, the same file is heard
    fs::write(world.path("home/config/oauthctl/config.toml"), evil).unwrap();
    world.run(&["list"]).ended(1);
}

#[test]
fn relative_xdg_folders_are_ignored() {
    let world = World::new();
    world.connect();
    let call = world.call(&["list"]).env("XDG_DATA_HOME", "data");
    call.run().ended(0).says(&["no connections yet"]);
    assert_eq!(fs::read_dir(world.path("work")).unwrap().count(), 0);
}

#[test]
fn every_file_is_private_whatever_the_umask_says() {
    for umask in ["000", "022", "077"] {
        let world = World::new();
        let through = format!("umask {umask}; exec \"$@\"");
        let run = |args: &[&str]| world.call(args).through(&through);
        let (output, _) = run(&["connect", "sandbox", "--no-browser"]).visited();
        output.ended(0);
        run(&["token", "sandbox"]).run().ended(0);
        run(&["refresh", "sandbox"]).run().ended(0);
        run(&["client", "set", "sandbox", "--id", "x", "--no-secret"])
            .run()
            .ended(0);
        let toml = world.give("copy.toml", &world.provider_toml());
        run(&["provider", "add"]).arg(toml).run().ended(0);
        let sheet = world.path("given/sheet.txt");
        let init = run(&["--profile", "other", "vault", "init", "--recovery-file"]);
        init.arg(&sheet).run().ended(0);
        assert_eq!(mode(&sheet), 0o600);
        let salvaged = world.path("given/salvaged.age");
        run(&["vault", "check", "--salvage"])
            .arg(&salvaged)
            .run()
            .ended(0);
        assert_eq!(mode(&salvaged), 0o600);
        let files = world.files();
        assert!(files.len() > 5, "{files:?}");
        for file in &files {
            assert_eq!(mode(file), 0o600, "umask {umask}: {}", file.display());
            let folder = file.parent().unwrap();
            assert_eq!(mode(folder), 0o700, "umask {umask}: {}", folder.display());
        }
    }
}

#[test]
fn a_missing_home_is_said_and_nothing_is_made_elsewhere() {
    let world = World::empty();
    let call = world.call(&["list"]).env("HOME", "");
    let call = [
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "XDG_CACHE_HOME",
    ]
    .iter()
    .fold(call, |call, name| call.without(name));
    let output = call.run();
    assert!([0, 1].contains(&output.code), "{output:?}");
    assert_eq!(fs::read_dir(world.path("work")).unwrap().count(), 0);
}

#[test]
fn a_folder_above_the_vault_that_others_may_write_to_is_refused() {
    let world = World::new();
    world.connect();
    let above = world.path("home/data");
    let vault = world.vault().display().to_string();
    for (mode, code) in [
        (0o700, 0),
        (0o755, 0),
        (0o1777, 0),
        (0o757, 9),
        (0o777, 9),
        (0o702, 9),
    ] {
        set_mode(&above, mode);
        for args in [&["token", "sandbox"][..], &["--vault", &vault, "list"]] {
            let output = world.run(args).ended(code);
            if code == 9 {
                let path = above.display().to_string();
                output
                    .no_data()
                    .says(&[&path, &format!("(mode {mode:04o})"), "hint:", "chmod"]);
            }
        }
    }
    // nor is one made there
    set_mode(&above, 0o777);
    let made = world.run(&["--profile", "new", "vault", "init"]);
    made.ended(9);
    assert!(!world.vault_of("new").exists());
}

#[test]
fn hints_repeat_the_flags_that_choose_the_vault() {
    let world = World::new();
    world
        .run(&["--profile", "work", "token", "sandbox"])
        .ended(4)
        .says(&["hint:", "`oauthctl --profile work connect sandbox`"]);
    let odd = world.path("home/it's").join("a b.db").display().to_string();
    let quoted = odd.replace('\'', "'\\''");
    let error = world
        .run(&["--vault", &odd, "token", "sandbox", "--json"])
        .ended(4)
        .error();
    let hint = error["hints"][0].as_str().unwrap();
    assert!(
        hint.contains(&format!("`oauthctl --vault '{quoted}' connect sandbox`")),
        "{hint}"
    );
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .says(&["`oauthctl connect sandbox`"]);
}
