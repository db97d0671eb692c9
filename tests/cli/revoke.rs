//! `revoke`: told to the provider, erased here, and nothing said that is not so.

use oauthctl::sandbox::Endpoint;

use crate::world::World;

fn live(world: &World) -> usize {
    world.sandbox(|sandbox| {
        let tokens = sandbox.tokens();
        tokens.access.len() + tokens.refresh.len()
    })
}

#[test]
fn revoke_ends_access_at_the_provider_and_erases_it_here() {
    let world = World::new();
    world.connect();
    assert_eq!(live(&world), 2);
    world
        .ok(&["revoke", "sandbox"])
        .no_data()
        .says(&["sandbox/writer: revoked at the provider and erased here"]);
    assert_eq!(live(&world), 0);
    assert!(world.json(&["list"]).is_empty());
    world.run(&["token", "sandbox"]).ended(4).no_data();
    let events = world.json(&["audit", "--action", "revoke"]);
    assert_eq!(events[0]["detail"], "revoked at the provider");
    // the refresh token goes first
    let requests = world.sandbox(oauthctl::sandbox::Sandbox::log);
    let told: Vec<_> = requests
        .iter()
        .filter(|request| request.endpoint == "revoke")
        .collect();
    assert_eq!(told.len(), 2);
    let issued = requests
        .iter()
        .find_map(|request| request.issued_refresh.clone());
    assert_eq!(told[0].presented, issued);
}

#[test]
fn revoke_local_only_leaves_the_grant_alive_and_says_so() {
    let world = World::new();
    world.connect();
    world
        .ok(&["revoke", "sandbox", "--local-only"])
        .no_data()
        .says(&["erased here only; it is NOT revoked at the provider"]);
    assert_eq!(live(&world), 2);
    assert_eq!(world.count(Endpoint::Revoke), 0);
    assert!(world.json(&["list"]).is_empty());
}

#[test]
fn revoke_that_fails_is_kept_not_handed_out_and_tried_again() {
    for fault in [
        "500",
        "503/30",
        "429/7",
        "drop-before",
        "drop-after",
        "html",
        "proxy403",
    ] {
        let world = World::new();
        world.connect();
        world.faults(&[&format!("revoke:*={fault}")]);
        world.run(&["revoke", "sandbox"]).ended(1).no_data().says(&[
            "error: `sandbox/writer` is NOT revoked at the provider",
            "it is kept here, is never handed out, and will be tried again",
            "hint: try again with `oauthctl revoke sandbox/writer` or `oauthctl refresh --due`",
            "oauthctl revoke sandbox/writer --local-only",
        ]);
        assert_eq!(world.shown("sandbox")["state"], "revoking", "{fault}");
        assert!(world.ok(&["list"]).stdout.contains("revoking"));
        world
            .run(&["token", "sandbox"])
            .ended(4)
            .no_data()
            .says(&["is being revoked"]);
        world.run(&["refresh", "sandbox"]).ended(4).no_data();
        world.run(&["revoke", "sandbox"]).ended(1);
        world.faults(&[]);
        world.ok(&["revoke", "sandbox"]).says(&["erased here"]);
        assert_eq!(live(&world), 0, "{fault}");
    }
}

#[test]
fn revoke_tells_in_json_when_to_try_again() {
    let world = World::new();
    world.connect();
    world.faults(&["revoke:*=503/30"]);
    let output = world.run(&["revoke", "sandbox", "--json"]).ended(1);
    assert_eq!(output.documents()[0]["outcome"], "not_confirmed");
    assert_eq!(output.documents()[0]["erased_here"], false);
    assert_eq!(output.error()["retry_after_seconds"], 30);
}

#[test]
fn refresh_due_leaves_a_provider_alone_that_asked_to_wait_with_a_revocation() {
    let world = World::new();
    world.connect();
    world.faults(&["revoke:*=503/30"]);
    world.run(&["revoke", "sandbox"]).ended(1);
    let told = world.count(Endpoint::Revoke);
    world.faults(&[]);
    world
        .ok(&["refresh", "--due"])
        .says(&["`sandbox/writer` is revoked in ", "at the earliest"]);
    assert_eq!(world.count(Endpoint::Revoke), told);
    // a person may try
    world.ok(&["revoke", "sandbox"]);
    assert_eq!(live(&world), 0);
}

#[test]
fn refresh_due_finishes_a_revocation() {
    let world = World::new();
    world.connect();
    world.faults(&["revoke:1=500"]);
    world.run(&["revoke", "sandbox"]).ended(1);
    world
        .ok(&["refresh", "--due"])
        .says(&["sandbox/writer: revoked"]);
    assert_eq!(live(&world), 0);
    assert!(world.json(&["list"]).is_empty());
}

#[test]
fn revoke_all_wants_a_yes_and_revokes_every_account() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.run(&["revoke", "--all"]).ended(2).no_data().says(&[
        "`--all` needs a yes",
        "hint: say `oauthctl revoke --all --yes`",
    ]);
    assert_eq!(live(&world), 4);
    world.ok(&["revoke", "--all", "--yes"]);
    assert_eq!(live(&world), 0);
    world.ok(&["revoke", "--all", "--yes"]).no_data();
}

#[test]
fn revoke_of_many_says_how_many_are_left() {
    let world = World::new();
    world.connect();
    world.connect_as("reader");
    world.faults(&["revoke:*=500"]);
    world.run(&["revoke", "--all", "--yes"]).ended(1).says(&[
        "`sandbox/reader` is NOT revoked",
        "`sandbox/writer` is NOT revoked",
        "2 of 2",
    ]);
}

#[test]
fn revoke_where_the_provider_has_no_way_says_that_it_is_not_revoked() {
    let world = World::new();
    let toml = world.provider_toml();
    let (before, rest) = toml.split_once("[revocation]").unwrap();
    let (_, after) = rest.split_once("[api]").unwrap();
    let none = "[revocation]\nkind = \"none\"\npage = \"https://example.org/apps\"\n";
    let toml = format!("{before}{none}\n[api]{after}");
    world.define("sandbox", &toml);
    world.connect();
    world.run(&["revoke", "sandbox"]).ended(1).no_data().says(&[
        "`sandbox/writer` is NOT revoked at the provider",
        "hint: end it at https://example.org/apps",
    ]);
    assert_eq!(live(&world), 2);
    assert!(world.json(&["list"]).is_empty());
}

#[test]
fn revoke_of_a_grant_that_is_gone_already_is_done() {
    let world = World::new();
    world.connect();
    // a provider that knows nothing of it any more: RFC 7009 section 2.2 has it answer 200
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    world.stop_sandbox();
    world.start_sandbox(|options| options.port = port);
    assert_eq!(live(&world), 0);
    world.ok(&["revoke", "sandbox"]).says(&["erased here"]);
    assert_eq!(world.count(Endpoint::Revoke), 2);
    assert!(world.json(&["list"]).is_empty());
    world.run(&["revoke", "sandbox/nobody"]).ended(4).no_data();
    world.run(&["revoke"]).ended(2);
}

#[test]
fn revoke_waits_for_a_refresh_under_way_and_ends_what_it_got() {
    let world = World::new();
    world.connect();
    world.faults(&["refresh:1=slow=700"]);
    let refreshing = world.call(&["refresh", "sandbox"]).start();
    world.until("the server is asked", |world| {
        world.count(Endpoint::Refresh) == 1
    });
    world
        .ok(&["revoke", "sandbox"])
        .says(&["revoked at the provider"]);
    refreshing.finish().ended(0);
    assert_eq!(live(&world), 0);
    assert!(world.json(&["list"]).is_empty());
}
