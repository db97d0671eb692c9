//! Tokens that are bound to a key (RFC 9449), and authorization requests that are pushed
//! (RFC 9126).

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use oauthctl::sandbox::{CONFIDENTIAL_CLIENT, Endpoint, user_agent};

use crate::world::World;

/// A world whose provider binds tokens whenever it is asked for one.
fn binding(nonce: bool) -> World {
    let world = World::with(|options| {
        options.dpop_required = true;
        options.dpop_nonce = nonce;
        options.lifetimes = "3600".parse().unwrap();
    });
    let toml = world.provider_toml();
    world.define("sandbox", &toml.replace("\"offered\"", "\"required\""));
    world
}

/// The status of `GET path` at the sandbox with these header lines.
fn get(world: &World, path: &str, headers: &str) -> String {
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let authority = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    let headers = headers.trim_end().replace('\n', "\r\n");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{headers}\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn a_bound_token_is_handed_out_with_its_proof_and_never_as_a_bearer_token() {
    let world = binding(false);
    world.connect();
    assert_eq!(world.shown("sandbox")["connection"], "sandbox/writer");
    for format in ["plain", "header"] {
        world
            .run(&["token", "sandbox", "--format", format])
            .ended(1)
            .no_data()
            .says(&["are bound to a key", "--format dpop", "`oauthctl api`"]);
    }
    world
        .run(&["exec", "sandbox", "--", "/bin/true"])
        .ended(125);
    let url = world.sandbox(|sandbox| format!("{}/userinfo", sandbox.url()));
    let dpop = |url: &str| {
        let args = [
            "token", "sandbox", "--format", "dpop", "--method", "GET", "--url",
        ];
        world.call(&args).arg(url).run().ended(0).stdout
    };
    let headers = dpop(&url);
    assert!(
        headers.starts_with("Authorization: DPoP sbx_at_"),
        "{headers}"
    );
    assert_eq!(get(&world, "/userinfo", &headers), "200");
    // a proof is good once, for its own address, and the token is nothing without it
    assert_eq!(get(&world, "/userinfo", &headers), "401");
    let elsewhere = dpop(&url.replace("/userinfo", "/other"));
    assert_eq!(get(&world, "/userinfo", &elsewhere), "401");
    let alone = headers.lines().next().unwrap().replace("DPoP", "Bearer");
    assert_eq!(get(&world, "/userinfo", &alone), "401");
    let document = world.json(&["token", "sandbox"]).remove(0);
    assert_eq!(document["token_type"], "dpop");
}

#[test]
fn connect_refresh_api_and_revoke_prove_the_key_and_repeat_a_nonce_once() {
    for nonce in [false, true] {
        let world = binding(nonce);
        world.connect();
        let tries = if nonce { 2 } else { 1 };
        assert_eq!(world.count(Endpoint::Token), tries);
        world.ok(&["refresh", "sandbox"]);
        assert_eq!(world.count(Endpoint::Refresh), tries);
        world.ok(&["refresh", "--all"]);
        assert_eq!(world.count(Endpoint::Refresh), 2 * tries);
        let url = world.sandbox(|sandbox| format!("{}/userinfo", sandbox.url()));
        let answer = world.ok(&["api", "sandbox", &url]).stdout;
        assert!(answer.contains("writer"), "{answer}");
        world.ok(&["revoke", "sandbox"]);
    }
}

#[test]
fn connect_dpop_is_asked_for_where_it_is_offered_and_refused_where_it_is_not_known() {
    let world = World::new();
    let (output, visit) = world.connect_with(&["sandbox", "--dpop"]);
    output.ended(0);
    let bound = visit.hops[0]
        .query_pairs()
        .any(|(name, value)| name == "dpop_jkt" && value.len() == 43);
    assert!(bound, "the code is not bound");
    world.run(&["token", "sandbox"]).ended(1);
    // connecting again without it gives a bearer token
    world.connect();
    world.token("sandbox");
    world
        .run(&[
            "token",
            "sandbox",
            "--format",
            "dpop",
            "--method",
            "GET",
            "--url",
            "http://127.0.0.1/",
        ])
        .ended(2)
        .says(&["are bound to no key"]);
    let toml = world.provider_toml();
    world.define("sandbox", &toml.replace("dpop = \"offered\"", ""));
    world
        .run(&["connect", "sandbox", "--dpop"])
        .ended(2)
        .says(&["is not known to bind tokens"]);
}

#[test]
fn connect_in_two_steps_and_by_device_binds_the_tokens_too() {
    let world = World::with(|options| {
        options.dpop_required = true;
        options.dpop_nonce = true;
        options.device_interval = 1;
    });
    let toml = world.provider_toml();
    world.define("sandbox", &toml.replace("\"offered\"", "\"required\""));
    world.ok(&["connect", "sandbox", "--device", "--account", "device"]);
    let start = world
        .ok(&["connect", "sandbox", "--start", "--paste"])
        .stdout;
    let (url, id) = start.trim_end().split_once('\n').unwrap();
    world.learn_from(url);
    let end = user_agent::redirect(url).unwrap();
    world
        .call(&["connect", "--resume", id, "--paste"])
        .stdin(&format!("{end}\n"))
        .run()
        .ended(0);
    world
        .run(&["token", "sandbox"])
        .ended(1)
        .says(&["are bound to a key"]);
}

#[test]
fn connect_pushes_its_request_and_the_address_carries_only_a_reference() {
    for client in [None, Some(CONFIDENTIAL_CLIENT)] {
        let world = World::with(|options| options.par_required = true);
        if let Some(client) = client {
            let secret = world.sandbox(|sandbox| sandbox.client_secret().expose().to_owned());
            let args = ["client", "set", "sandbox", "--id", client];
            world.call(&args).stdin(&secret).run().ended(0);
        }
        // the control: without the endpoint the request is not pushed, and refused
        let (refused, _) = world.connect_with(&["sandbox"]);
        refused.ended(7).says(&["requests must be pushed first"]);
        let toml = world.provider_toml();
        let url = world.sandbox(|sandbox| sandbox.url().to_owned());
        let par = format!("[endpoints]\npushed_authorization_request = \"{url}/par\"");
        world.define("sandbox", &toml.replace("[endpoints]", &par));
        let (output, visit) = world.connect_with(&["sandbox", "--scope", "openid"]);
        output.ended(0);
        let names: Vec<_> = visit.hops[0]
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        assert_eq!(names, ["client_id", "request_uri"]);
        assert_eq!(world.count(Endpoint::Par), 1);
        // a reference is good once
        assert_eq!(
            user_agent::visit(visit.hops[0].as_str()).unwrap().status,
            400
        );
    }
}
