//! How access ends at oidc-provider: by a wish, by a thief, or not yet.

use serde_json::Value;

use crate::peer::{NATIVE_CLIENT, Peer, Settings};
use crate::relay::Relay;
use crate::visitor::exchange;
use crate::world::{PROVIDER, World, peer_definition};

#[test]
fn revoke_ends_it_at_the_server_as_introspection_says() {
    let Some((peer, relay, world)) = connected() else {
        return;
    };
    let access = world.must(&["token", PROVIDER]);
    let refresh = relay.newest("refresh_token");
    for token in [&access, &refresh] {
        assert!(is_active(&peer, token), "the control");
    }
    let ended = world.run(&["revoke", PROVIDER]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended.stderr.contains("revoked at the provider"),
        "{ended:?}"
    );
    for token in [&access, &refresh] {
        assert!(!is_active(&peer, token), "it still works");
    }
    assert_eq!(world.must(&["list", "--json"]), "");
    assert_eq!(world.run(&["token", PROVIDER]).code, 4);
    world.verify();
}

#[test]
fn revoke_that_nobody_confirms_is_kept_and_said_and_tried_again() {
    let Some((peer, relay, world)) = connected() else {
        return;
    };
    let refresh = relay.newest("refresh_token");
    // a closed port in place of the server
    let definition = peer_definition(&peer, relay.url());
    let closed = definition.replace(
        &format!("{}/token/revocation", relay.url()),
        "http://127.0.0.1:1/token/revocation",
    );
    world.define(&closed);
    let moved = world.run(&["revoke", PROVIDER]);
    assert_ne!(
        moved.code, 0,
        "another endpoint than the grant's: {moved:?}"
    );
    assert!(is_active(&peer, &refresh));
    assert_eq!(
        state(&world),
        "revoking",
        "nothing was sent, but it is handed out no more"
    );
    world.define(&definition);
    drop(peer);
    let ended = world.run(&["revoke", PROVIDER]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("NOT revoked"), "{ended:?}");
    assert_eq!(state(&world), "revoking");
    assert_eq!(world.run(&["token", PROVIDER]).code, 4);
    world.verify();
}

#[test]
fn refresh_after_a_thief_used_an_old_token_needs_a_login_says_so_and_deletes_nothing() {
    let Some((peer, relay, world)) = connected() else {
        return;
    };
    let first = relay.newest("refresh_token");
    world.must(&["refresh", PROVIDER]);
    let body = format!("client_id={NATIVE_CLIENT}&grant_type=refresh_token&refresh_token={first}");
    let stolen = exchange("POST", &peer.at("/token"), &[], Some(&body));
    assert_eq!(
        (stolen.status, peer.count("reuses")),
        (400, 1),
        "{stolen:?}"
    );
    for command in ["refresh", "token"] {
        let ended = world.run(&[command, PROVIDER]);
        assert_eq!(ended.code, 4, "{ended:?}");
        for words in [
            "needs a new login",
            "invalid_grant",
            "oauthctl connect practice",
        ] {
            assert!(ended.stderr.contains(words), "{words}: {ended:?}");
        }
    }
    let shown = world.show();
    assert!(state(&world).starts_with("needs"), "{shown}");
    assert_eq!(
        shown.get("refreshable"),
        Some(&Value::from(true)),
        "{shown}"
    );
    assert_eq!(peer.count("refresh_failures"), 2, "asked again in vain");
    world.verify();
    world.connect_at_peer("alice");
    world.must(&["refresh", PROVIDER]);
    assert_eq!(world.must(&["list", "--json"]).lines().count(), 1);
}

/// A connection of alice's whose traffic is seen.
fn connected() -> Option<(Peer, Relay, World)> {
    let peer = Peer::start(Settings::default())?;
    let relay = Relay::before(&peer.at("/"));
    let world = World::new(&peer_definition(&peer, relay.url())).with_vault();
    world.connect_at_peer("alice");
    Some((peer, relay, world))
}

fn state(world: &World) -> String {
    let shown = world.show();
    let state = shown.get("state").and_then(Value::as_str);
    state.expect("a state").to_owned()
}

/// What the server says about a token of the public client (RFC 7662).
fn is_active(peer: &Peer, token: &str) -> bool {
    let body = format!("client_id={NATIVE_CLIENT}&token={token}");
    let answer = exchange("POST", &peer.at("/token/introspection"), &[], Some(&body));
    let json: Value = serde_json::from_str(&answer.body).expect("JSON");
    let active = json.get("active").and_then(Value::as_bool);
    active.unwrap_or_else(|| panic!("no answer: {answer:?}"))
}
