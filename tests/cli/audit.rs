//! `audit`: who did what, in a form that people and programs read.

use serde_json::Value;

use crate::world::World;

fn busy() -> World {
    let world = World::new();
    world.connect();
    world.token("sandbox");
    world.faults(&["refresh:1=500"]);
    world.run(&["refresh", "sandbox"]).ended(5);
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["revoke", "sandbox"]);
    world
}

fn actions(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect()
}

#[test]
fn audit_lists_every_action_in_its_order() {
    let world = busy();
    let events = world.json(&["audit"]);
    assert_eq!(
        actions(&events),
        [
            "vault_init",
            "connect",
            "hand_out",
            "refresh",
            "refresh",
            "revoke"
        ]
    );
    let numbers: Vec<_> = events
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    assert_eq!(events[3]["outcome"], "failed");
    let caller = &events[2]["caller"];
    assert_eq!(
        caller["cwd"],
        world.path("work").canonicalize().unwrap().to_str().unwrap()
    );
    assert!(caller["pid"].as_u64().unwrap() > 0);
    let table = world.ok(&["audit"]).silent().stdout;
    assert_eq!(table.lines().count(), 7);
    assert!(table.starts_with("TIME"));
}

#[test]
fn audit_filters_by_connection_action_time_and_failure() {
    let world = busy();
    let found = |args: &[&str]| {
        let events = world.json(&[&["audit"], args].concat());
        events.len()
    };
    assert_eq!(found(&["--connection", "sandbox"]), 5);
    assert_eq!(found(&["--connection", "sandbox/writer"]), 5);
    assert_eq!(found(&["--connection", "sandbox/nobody"]), 0);
    assert_eq!(found(&["--action", "refresh"]), 2);
    assert_eq!(found(&["--action", "refresh", "--failed"]), 1);
    assert_eq!(found(&["--since", "1h"]), 6);
    assert_eq!(found(&["--until", "1h"]), 0);
    assert_eq!(
        found(&["--since", "2001-01-01", "--until", "2001-01-02T00:00:00Z"]),
        0
    );
    world
        .run(&["audit", "--action", "meddle"])
        .ended(2)
        .says(&["try one of connect, refresh"]);
    world
        .run(&["audit", "--since", "yesterday"])
        .ended(2)
        .says(&["is not a date"]);
}

#[test]
fn audit_verify_says_that_all_is_in_place() {
    let world = busy();
    let output = world.ok(&["audit", "verify"]);
    assert!(output.stdout.starts_with("6 events from "), "{output:?}");
    assert!(
        output.stdout.contains(": all in place\nhead "),
        "{output:?}"
    );
    output.says(&["compared with the anchor"]);
}

#[test]
fn audit_export_writes_csv_and_json() {
    let world = busy();
    let csv = world
        .ok(&["audit", "export", "--format", "csv"])
        .silent()
        .stdout;
    assert_eq!(csv.lines().count(), 7);
    assert!(csv.starts_with("seq,time,action,"));
    let json = world.ok(&["audit", "export"]).silent();
    assert_eq!(json.documents().len(), 6);
    let some = world
        .ok(&["audit", "export", "--format", "csv", "--action", "revoke"])
        .stdout;
    assert_eq!(some.lines().count(), 2);
}

#[test]
fn audit_prune_leaves_a_checkpoint_that_verifies() {
    let world = busy();
    world
        .run(&["audit", "prune", "--before", "2001-01-01"])
        .ended(7)
        .says(&["nothing was dropped"]);
    world
        .ok(&["audit", "prune", "--yes"])
        .says(&["nothing is that old"]);
    world
        .ok(&["audit", "prune", "--before", "0s", "--yes"])
        .says(&["6 events until", "checkpoint"]);
    let output = world.ok(&["audit", "verify"]);
    assert!(output.stdout.contains("the first 6 (until "), "{output:?}");
    assert_eq!(actions(&world.json(&["audit"])), ["prune"]);
}

#[test]
fn audit_without_a_vault_has_nothing_to_say() {
    let world = World::new();
    world.ok(&["audit"]).no_data().says(&["nothing is logged"]);
    world
        .run(&["audit", "verify"])
        .ended(4)
        .says(&["there is no vault yet"]);
}
