//! Settings, and which account a provider's name alone means.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use oauthctl::private_file;

use crate::world::World;

fn two_accounts() -> World {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    for folder in ["work/desk", "work/desk/inner", "work/desktop"] {
        private_file::ensure_folder(&world.path(folder)).unwrap();
    }
    world
}

/// Which account `show sandbox` is about, in a folder.
fn meant(world: &World, folder: &str, variable: Option<&str>) -> String {
    let mut call = world.call(&["show", "sandbox", "--json"]).within(folder);
    if let Some(account) = variable {
        call = call.env("OAUTHCTL_SANDBOX_ACCOUNT", account);
    }
    let shown = call.run().ended(0).documents().remove(0);
    shown["connection"].as_str().unwrap().to_owned()
}

#[test]
fn config_chooses_the_account_by_environment_folder_rule_and_file_in_this_order() {
    let world = two_accounts();
    world.run(&["show", "sandbox"]).ended(2).says(&[
        "ambiguous",
        "hint: or choose one for good: `oauthctl config set account.sandbox ACCOUNT`",
    ]);
    world.ok(&["config", "set", "account.sandbox", "writer"]);
    let desk = world.path("work/desk").to_str().unwrap().to_owned();
    world.ok(&[
        "config",
        "set",
        "account.sandbox",
        "sandbox/reader",
        "--folder",
        &desk,
    ]);
    assert_eq!(meant(&world, "work", None), "sandbox/writer");
    assert_eq!(meant(&world, "work/desk", None), "sandbox/reader");
    assert_eq!(meant(&world, "work/desk/inner", None), "sandbox/reader");
    // a folder that only begins alike
    assert_eq!(meant(&world, "work/desktop", None), "sandbox/writer");
    assert_eq!(meant(&world, "work/desk", Some("writer")), "sandbox/writer");
    let inner = world.path("work/desk/inner").to_str().unwrap().to_owned();
    world.ok(&[
        "config",
        "set",
        "account.sandbox",
        "writer",
        "--folder",
        &inner,
    ]);
    assert_eq!(meant(&world, "work/desk/inner", None), "sandbox/writer");

    let why = world
        .call(&["config", "get", "account.sandbox", "--json"])
        .within("work/desk")
        .run()
        .ended(0)
        .documents()
        .remove(0);
    assert_eq!(why["value"], "reader");
    assert_eq!(why["decided_by"], "folder");
    let table = world
        .call(&["config", "get", "account.sandbox", "--explain"])
        .within("work/desk")
        .env("OAUTHCTL_SANDBOX_ACCOUNT", "writer")
        .run()
        .ended(0)
        .stdout;
    assert!(table.contains("*  environment  writer"), "{table}");

    // a whole name on the command line beats everything, and what is chosen need not be there
    let call = world.call(&["show", "sandbox/reader"]);
    call.env("OAUTHCTL_SANDBOX_ACCOUNT", "writer")
        .run()
        .ended(0);
    let call = world.call(&["token", "sandbox"]);
    call.env("OAUTHCTL_SANDBOX_ACCOUNT", "nobody")
        .run()
        .ended(4);
    let call = world.call(&["token", "sandbox"]);
    call.env("OAUTHCTL_SANDBOX_ACCOUNT", "a/b").run().ended(2);

    for folder in [&desk, &inner] {
        world.ok(&["config", "unset", "account.sandbox", "--folder", folder]);
    }
    assert_eq!(meant(&world, "work/desk/inner", None), "sandbox/writer");
}

#[test]
fn config_set_and_unset_keep_comments_and_refuse_what_can_not_be() {
    let world = World::empty();
    let path = world.ok(&["config", "path"]).stdout;
    let path = path.trim_end();
    world
        .run(&["config", "get", "account.github"])
        .ended(1)
        .no_data();
    world.ok(&["config", "set", "audit", "required"]);
    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mine = "# mine\naudit = \"required\" # the law\n\n# also mine\nprofile = \"work\"\n";
    private_file::replace(path.as_ref(), mine.as_bytes()).unwrap();
    world.ok(&["config", "set", "profile", "home"]);
    let now = fs::read_to_string(path).unwrap();
    assert_eq!(now, mine.replace("\"work\"", "\"home\""));
    for (args, code) in [
        (["config", "set", "audit", "sometimes"], 1),
        (["config", "set", "profile", "../x"], 1),
        (["config", "set", "account.github", "a/b"], 1),
        (["config", "set", "vault", "/x"], 2),
        (["config", "set", "colour", "red"], 2),
    ] {
        world.run(&args).ended(code).no_data();
        assert_eq!(fs::read_to_string(path).unwrap(), now, "{args:?}");
    }
    assert_eq!(world.ok(&["config", "get", "profile"]).stdout, "home\n");
    let other = world.ok(&["config", "get", "profile", "--profile", "third"]);
    assert_eq!(other.stdout, "third\n");
    world.ok(&["config", "unset", "profile"]);
    assert_eq!(world.ok(&["config", "get", "profile"]).stdout, "default\n");
    assert!(fs::read_to_string(path).unwrap().contains("# the law"));
}

#[test]
fn config_path_is_told_for_a_file_that_can_not_be_read() {
    let world = World::empty();
    let path = world.ok(&["config", "path"]).stdout;
    let path = std::path::Path::new(path.trim_end()).to_owned();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "adit = 1\n").unwrap();
    let again = world.ok(&["config", "path"]).stdout;
    assert_eq!(again.trim_end(), path.to_str().unwrap());
    // control: whatever the settings decide does not go on without them
    world.run(&["config", "list"]).ended(1).says(&["line 1"]);
    world.run(&["list"]).ended(1).says(&["line 1"]);
}

#[test]
fn config_set_of_many_at_once_loses_none() {
    let world = World::empty();
    let names: Vec<String> = (0..12).map(|n| format!("account.provider-{n}")).collect();
    let started: Vec<_> = names
        .iter()
        .map(|name| world.call(&["config", "set", name, "me"]).start())
        .collect();
    for running in started {
        running.finish().ended(0);
    }
    for name in &names {
        assert_eq!(world.ok(&["config", "get", name]).stdout, "me\n", "{name}");
    }
}

#[test]
fn config_account_that_is_not_connected_is_named_where_it_decides() {
    let world = two_accounts();
    world.ok(&["config", "set", "account.sandbox", "nobody"]);
    let commands: [&[&str]; 5] = [
        &["token", "sandbox"],
        &["show", "sandbox"],
        &["refresh", "sandbox"],
        &["revoke", "sandbox"],
        &["connect", "sandbox", "--add", "write"],
    ];
    for command in commands {
        world.run(command).ended(4).no_data().says(&[
            "there is no connection `sandbox/nobody`",
            "caused by: that is what `sandbox` means by `",
            "oauthctl config get account.sandbox --explain`",
        ]);
    }
}

#[test]
fn config_set_where_nothing_can_be_written_fails_and_is_not_temporary() {
    let world = World::empty();
    let call = world.call(&["config", "set", "audit", "required"]);
    call.env("XDG_STATE_HOME", "/proc/none")
        .run()
        .ended(1)
        .says(&["settings", "/proc/none/oauthctl"]);
}

#[test]
fn config_set_of_an_account_warns_of_a_provider_that_nobody_knows() {
    let world = World::empty();
    let says = "no provider is called `nope`";
    world
        .ok(&["config", "set", "account.nope", "x"])
        .says(&[says]);
    let known = world.ok(&["config", "set", "account.github", "x"]);
    known.silent_about("no provider is called");
}

#[test]
fn config_set_folder_writes_no_way_back_even_where_nothing_is_yet() {
    let world = World::empty();
    private_file::ensure_folder(&world.path("work/desk")).unwrap();
    for folder in ["./../other", "../none/../other", "../work/desk/../../other"] {
        let args = ["config", "set", "account.sandbox", "me", "--folder", folder];
        world.call(&args).within("work").run().ended(0);
    }
    let file = world.path("home/config/oauthctl/config.toml");
    let text = fs::read_to_string(file).unwrap();
    let other = world.path("").canonicalize().unwrap().join("other");
    let path = format!("path = \"{}\"\n", other.display());
    assert_eq!(text.matches(&path).count(), 1, "{text}");
    assert_eq!(text.matches("path").count(), 1, "{text}");
}

#[test]
fn config_list_and_get_tell_of_hooks_and_set_says_where_they_stand() {
    let world = World::new();
    world.ok(&["config", "list"]).silent_about("hooks");
    let unset = world.run(&["config", "get", "hooks.on_error"]).ended(1);
    unset
        .says(&["`hooks.on_error` is not set", "under `[hooks]`"])
        .silent_about("config set");
    let folder = world.path("home/config/oauthctl");
    private_file::ensure_folder(&folder).unwrap();
    let text = "[hooks]\non_refresh = [\"notify-send\", \"a b\"]\n";
    fs::write(folder.join("config.toml"), text).unwrap();
    let list = world.ok(&["config", "list"]).stdout;
    let row = list.lines().find(|line| line.contains("hooks.on_refresh"));
    let row = row.unwrap_or_default();
    assert!(
        row.contains("notify-send 'a b'") && row.ends_with("file"),
        "{list}"
    );
    assert!(!list.contains("on_error"), "{list}");
    let got = world.json(&["config", "get", "hooks.on_refresh"]).remove(0);
    assert_eq!(got["value"], "notify-send 'a b'", "{got}");
    world
        .run(&["config", "set", "hooks.on_refresh", "x"])
        .ended(2)
        .says(&["an array of arguments", "under `[hooks]`"]);
    world.run(&["config", "get", "hooks.on_eror"]).ended(2);
    let set = fs::read_to_string(folder.join("config.toml")).unwrap();
    assert_eq!(set, text);
}
