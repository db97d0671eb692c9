//! Many processes ask for one expired token.

use oauthctl::sandbox::Endpoint;

use crate::refresh::full;
use crate::world::{Output, World};

const PROCESSES: usize = 100;

#[test]
fn token_of_a_hundred_processes_costs_one_refresh() {
    let world = World::with(|options| {
        // each round expires what the one before got
        let lifetimes = "3600,0,".repeat(30);
        options.lifetimes = lifetimes.trim_end_matches(',').parse().unwrap();
    });
    world.connect();
    for round in 1..=if full() { 20 } else { 5 } {
        world.ok(&["refresh", "sandbox"]);
        world.sandbox(|sandbox| {
            sandbox.adjust(|options| options.token_delay = std::time::Duration::from_millis(200));
        });
        let before = world.count(Endpoint::Refresh);
        let herd: Vec<_> = (0..PROCESSES)
            .map(|_| world.call(&["token", "sandbox"]).start())
            .collect();
        let mut tokens: Vec<_> = herd
            .into_iter()
            .map(|one| served(&one.finish().ended(0)))
            .collect();
        assert_eq!(world.count(Endpoint::Refresh) - before, 1, "round {round}");
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "round {round}");
        assert_eq!(world.token("sandbox"), tokens[0].trim());
    }
    world.ok(&["audit", "verify"]);
}

/// What one got. A hand-out waits two seconds for its turn to be logged and no longer: where the
/// machine is so busy that this isn't enough, that is said, and nothing else.
fn served(one: &Output) -> String {
    let unlogged = "warning: this hand-out is not in the audit log: the vault is busy\n";
    assert!(one.stderr.is_empty() || one.stderr == unlogged, "{one:#?}");
    one.stdout.clone()
}
