//! A hundred processes, one expired token: the provider is asked once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::peer::{Peer, Settings};
use crate::rig;
use crate::world::{Ended, PROVIDER, World, peer_definition};

const HERD: usize = 100;
/// Short enough to expire within a trial; the latency lets the whole herd arrive meanwhile.
const SHORT: Settings = Settings {
    access_token_ttl: 3,
    token_latency: 200,
    registration: false,
    dpop_nonce: false,
    par: false,
};

#[test]
fn token_asked_by_a_hundred_processes_refreshes_once() {
    let Some(peer) = Peer::start(SHORT) else {
        return;
    };
    let world = World::new(&peer_definition(&peer, peer.issuer())).with_vault();
    world.connect_at_peer("alice");
    let rounds = rig::trials(3, 20);
    let (mut good, mut slow, mut times) = (0, 0, Vec::new());
    while good < rounds {
        until_expired(&world);
        peer.reset_counts();
        let start = Instant::now();
        let herd = herd(&world);
        let took = start.elapsed();
        assert_eq!(failed(&herd), [], "round {good}");
        assert_eq!(
            (peer.count("refresh_failures"), peer.count("revoked")),
            (0, 0)
        );
        // On a machine so busy that the new token expires before the last one asked, asking again
        // is right, and the round says nothing.
        if took >= Duration::from_secs(2) && peer.count("refreshes") > 1 {
            slow += 1;
            assert!(
                slow <= rounds,
                "this machine is too slow for {HERD} processes"
            );
            continue;
        }
        let tokens: BTreeSet<_> = herd.iter().map(|one| &one.stdout).collect();
        assert_eq!(
            (tokens.len(), peer.count("refreshes")),
            (1, 1),
            "round {good}"
        );
        good += 1;
        times.push(took);
    }
    assert_eq!(peer.count("revoked"), 0);
    world.verify();
    times.sort();
    rig::say(&format!(
        "herd of {HERD}: 1 refresh in each of {good} rounds ({slow} void), median {:?}, worst {:?}",
        times[times.len() / 2],
        times[times.len() - 1],
    ));
}

/// The control: without the lock the same server sees more than one, and ends the grant.
#[test]
fn token_asked_by_many_processes_without_the_lock_refreshes_more_than_once() {
    let (Some(peer), Some(binary)) = (Peer::start(SHORT), rig::binary_with_seams()) else {
        return;
    };
    let mut world = World::new(&peer_definition(&peer, peer.issuer())).with_vault();
    world.connect_at_peer("alice");
    until_expired(&world);
    peer.reset_counts();
    world.binary = binary;
    let no_lock = ("OAUTHCTL_TEST_NO_LOCK".to_owned(), "1".to_owned());
    world.environment.push(no_lock);
    let herd = herd(&world);
    let (refreshes, refused) = (peer.count("refreshes"), peer.count("refresh_failures"));
    assert!(refreshes + refused > 1, "{refreshes} and {refused}");
    assert!(peer.count("reuses") > 0, "{}", peer.counts());
    assert!(peer.count("revoked") > 0, "{}", peer.counts());
    assert!(herd.iter().any(|one| one.code != 0), "nobody was hurt");
    rig::say(&format!(
        "herd without the lock: {refreshes} refreshes and {refused} refusals, {} of {HERD} failed",
        failed(&herd).len()
    ));
}

fn herd(world: &World) -> Vec<Ended> {
    let children: Vec<_> = (0..HERD)
        .map(|_| world.command(&["token", PROVIDER]).spawn())
        .collect();
    children
        .into_iter()
        .map(|child| {
            let child = child.expect("the program");
            Ended::from(child.wait_with_output().expect("an end"))
        })
        .collect()
}

fn failed(herd: &[Ended]) -> Vec<(i32, &str)> {
    let failed = herd.iter().filter(|one| one.code != 0);
    failed.map(|one| (one.code, one.stderr.as_str())).collect()
}

/// Looks until the program itself says that the token is over. (`expires_in_seconds` is 0 in the
/// last second already, when the token is still good.)
fn until_expired(world: &World) {
    let late = Instant::now() + Duration::from_secs(20);
    loop {
        let shown = world.must(&["show", PROVIDER]);
        if shown.contains("refreshed when used") {
            return;
        }
        assert!(Instant::now() < late, "it never expires: {shown}");
    }
}
