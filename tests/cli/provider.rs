//! `provider` and `client`: definitions and registrations.

use oauthctl::sandbox::PUBLIC_CLIENT;

use crate::world::{World, set_mode};

#[test]
fn provider_add_show_and_remove_a_definition() {
    let world = World::empty();
    world.start_sandbox(|_| {});
    let file = world.give("practice.toml", &world.provider_toml());
    let file = file.to_str().unwrap();
    world
        .ok(&["provider", "add", file])
        .no_data()
        .says(&["added `practice` as"]);
    let listed = world.ok(&["provider", "list"]).silent().stdout;
    assert!(listed.contains("practice"), "{listed}");
    let built_in: Vec<_> = listed
        .lines()
        .filter(|line| line.ends_with("built in"))
        .collect();
    assert_eq!(built_in.len(), 13, "{listed}");
    for line in built_in {
        let name = line.split(' ').next().unwrap();
        let shown = world.ok(&["provider", "show", name]).silent().stdout;
        assert!(shown.contains("to register"), "{shown}");
        let checked = world.ok(&["provider", "check", name]).silent().stdout;
        assert!(
            checked.starts_with(&format!("[ ok ] {name}\n")),
            "{checked}"
        );
    }
    let shown = world.ok(&["provider", "show", "practice"]).silent().stdout;
    assert!(shown.contains("/token"), "{shown}");
    world
        .run(&["provider", "add", file])
        .ended(1)
        .says(&["is defined already", "hint: say `--replace`"]);
    world.ok(&["provider", "add", file, "--replace"]);
    world.ok(&["provider", "add", file, "--name", "other"]);
    world.ok(&["provider", "remove", "other"]);
    world
        .run(&["provider", "remove", "other"])
        .ended(1)
        .says(&["no definition of yours", "hint:"]);
    world.ok(&["provider", "check"]);
    world.ok(&["provider", "check", "practice"]);
}

#[test]
fn provider_add_refuses_what_can_not_be_used_and_keeps_nothing_of_it() {
    let world = World::empty();
    for (name, text, says) in [
        ("broken.toml", "issuer = \n", "line 1"),
        ("plain.toml", "display_name = \"x\"\n", "plain.toml"),
        (
            "Name.toml",
            "",
            "could not name the provider after its file",
        ),
    ] {
        let file = world.give(name, text);
        let output = world.call(&["provider", "add"]).arg(file).run();
        assert!([1, 2].contains(&output.code), "{output:?}");
        output
            .no_data()
            .says(&["error:", says])
            .silent_about("provider check");
    }
    world
        .call(&["provider", "add"])
        .arg(world.path("none.toml"))
        .run()
        .ended(1)
        .no_data();
    let listed = world.ok(&["provider", "list"]).silent().stdout;
    assert!(!listed.contains("broken") && !listed.contains("plain"));
}

#[test]
fn provider_file_that_others_could_write_is_refused() {
    let world = World::new();
    let file = world.path("home/config/oauthctl/providers/sandbox.toml");
    for path in [&file, &file.parent().unwrap().to_owned()] {
        let was = crate::world::mode(path);
        set_mode(path, 0o777);
        world
            .run(&["connect", "sandbox", "--no-browser"])
            .ended(1)
            .no_data()
            .says(&[
                "could not use the provider's definition",
                "hint: a definition decides where your tokens are sent",
            ]);
        set_mode(path, was);
    }
    world.connect();
}

#[test]
fn client_set_show_and_remove_a_registration() {
    let world = World::new();
    let secret = "a-client-secret-of-some-length";
    world.secret("a client secret", secret);
    let set = world.call(&["client", "set", "github", "--id", "Iv1.abc"]);
    set.stdin(&format!("{secret}\n")).run().ended(0).no_data();
    let shown = world.ok(&["client", "show", "github"]).silent().stdout;
    assert!(shown.starts_with("Iv1.abc  with a secret, set "), "{shown}");
    let file = world.give("secret", secret);
    let call = world.call(&["client", "set", "google", "--id", "g", "--secret-file"]);
    call.arg(file).run().ended(0);
    // one that the provider insists on
    let call = world.call(&["client", "set", "github", "--id", "Iv1.abc"]);
    call.run()
        .ended(2)
        .says(&["wants a client secret", "hint:"]);
    world
        .run(&["client", "set", "nosuch", "--id", "x"])
        .ended(2);
    world
        .run(&["client", "set", "github"])
        .ended(2)
        .says(&["no client id was given"]);
    world
        .ok(&["client", "remove", "github"])
        .says(&["removed the client `Iv1.abc`"]);
    world
        .run(&["client", "show", "github"])
        .ended(1)
        .says(&["there is no client registration"]);
    world.run(&["client", "remove", "github"]).ended(1);
    let actions = world.json(&["audit", "--action", "client_set"]);
    assert_eq!(actions.len(), 2);
}

#[test]
fn client_remove_stops_while_connections_need_it() {
    let world = World::new();
    world.ok(&[
        "client",
        "set",
        "sandbox",
        "--id",
        PUBLIC_CLIENT,
        "--no-secret",
    ]);
    world.connect();
    world
        .run(&["client", "remove", "sandbox"])
        .ended(9)
        .no_data()
        .says(&[
            "connections still need this client registration",
            "`sandbox/writer`",
            "hint: revoke them first (with `--local-only` what moved away), or say `--yes`",
        ]);
    world.ok(&["client", "remove", "sandbox", "--yes"]);
}

#[test]
fn provider_remove_stops_while_there_are_connections_of_it() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world
        .run(&["provider", "remove", "sandbox"])
        .ended(9)
        .no_data()
        .says(&[
            "the definition of `sandbox` is in use: `sandbox/reader`, `sandbox/writer`",
            "hint: revoke them first (with `--local-only` what moved away), or say `--yes`",
        ]);
    world.ok(&["refresh", "--all"]);
    world.ok(&["provider", "remove", "sandbox", "--yes"]);
    let gone = "`sandbox/writer` can't be used: its provider `sandbox` is not defined any more";
    let ways = [
        gone,
        "hint: define it again with `oauthctl provider add FILE`",
        "hint: or erase the connection here only: `oauthctl revoke sandbox/writer --local-only`",
    ];
    world
        .run(&["refresh", "sandbox/writer"])
        .ended(1)
        .says(&ways);
    // of all, each failure names its own
    world
        .run(&["refresh", "--all"])
        .ended(1)
        .says(&["error: `sandbox/reader` can't be used", gone]);
    world
        .run(&["revoke", "sandbox/writer"])
        .ended(1)
        .says(&ways);
    world.ok(&["revoke", "sandbox/writer", "--local-only"]);
}
