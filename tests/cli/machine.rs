//! Ways in without a person: the client itself, by secret or by key, and a job that another issuer
//! vouches for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauthctl::sandbox::{CONFIDENTIAL_CLIENT, Endpoint, PUBLIC_CLIENT, SIGNING_CLIENT};
use oauthctl::signing::SigningKey;

use crate::world::{World, identity_in};

/// A world whose definition has the confidential client, with its secret stored.
fn with_secret(lifetimes: &str) -> World {
    let world = World::with(|options| options.lifetimes = lifetimes.parse().unwrap());
    let secret = world.sandbox(|sandbox| sandbox.client_secret().expose().to_owned());
    world
        .call(&["client", "set", "sandbox", "--id", CONFIDENTIAL_CLIENT])
        .stdin(&secret)
        .run()
        .ended(0);
    world
}

/// A world whose provider wants signatures, with the client's key stored.
fn with_key(lifetimes: &str) -> World {
    let key = SigningKey::generate().unwrap();
    let point = key.public_point().unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let raw = [vec![4], decode(&point.x), decode(&point.y)].concat();
    let world = World::with(|options| {
        options.client_key = Some(raw);
        options.lifetimes = lifetimes.parse().unwrap();
    });
    let toml = world.provider_toml();
    world.define("sandbox", &toml.replace("\"basic\"", "\"private_key_jwt\""));
    let body = key.pem().expose().lines().nth(1).unwrap().to_owned();
    world.secret("the client's key", &body);
    let path = world.give("key.pem", key.pem().expose());
    world
        .call(&["client", "set", "sandbox", "--id", SIGNING_CLIENT])
        .args(&["--key-id", "first"])
        .arg("--key-file")
        .arg(path)
        .run()
        .ended(0);
    world
}

const CREDENTIALS: [&str; 5] = [
    "connect",
    "sandbox",
    "--client-credentials",
    "--scope",
    "read",
];

#[test]
fn connect_of_a_client_that_acts_for_itself_says_how_it_is_had_again() {
    let world = with_secret("3600");
    world.ok(&CREDENTIALS);
    let again = ["connect", "sandbox/sandbox-confidential"];
    let way = "`oauthctl connect sandbox/sandbox-confidential --client-credentials --scope SCOPE`";
    world.run(&again).ended(2).says(&[way]);
    let option = ["--client-credentials", "--scope", "read"];
    world.ok(&[&again[..], &option].concat());
    assert_eq!(world.json(&["list"]).len(), 1);
}

#[test]
fn connect_client_credentials_signs_the_client_in_and_token_asks_anew_when_it_is_over() {
    let world = with_secret("0,3600");
    world
        .ok(&CREDENTIALS)
        .no_data()
        .says(&["connected `sandbox/sandbox-confidential`", "granted: read"]);
    let shown = world.shown("sandbox");
    assert_eq!(shown["grant"], "client_credentials");
    assert_eq!(shown["refreshable"], true);
    assert_eq!(world.count(Endpoint::Authorize), 0);
    // however many ask, one asks the provider
    let asking: Vec<_> = (0..8)
        .map(|_| world.call(&["token", "sandbox"]).start())
        .collect();
    let mut tokens: Vec<_> = asking
        .into_iter()
        .map(|one| one.finish().ended(0).stdout)
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "each got another token");
    assert_eq!(world.count(Endpoint::Token), 2);
    world.ok(&["refresh", "sandbox"]);
    assert_eq!(world.count(Endpoint::Token), 3);
    world.ok(&["revoke", "sandbox"]);
}

#[test]
fn connect_client_credentials_without_a_secret_says_how_to_store_one() {
    let world = World::new();
    let mut args = CREDENTIALS.to_vec();
    args.extend(["--client-id", PUBLIC_CLIENT]);
    world.run(&args).ended(4).says(&[
        "has nothing to prove itself with",
        "client set sandbox --id sandbox-public",
    ]);
    assert_eq!(world.count(Endpoint::Token), 0);
}

#[test]
fn connect_client_credentials_of_a_refused_client_speaks_of_no_code_and_logs_why() {
    let world = with_secret("3600");
    world.faults(&["token:*=refused=invalid_client"]);
    let failed = world.run(&CREDENTIALS).ended(1);
    let failed = failed.silent_about("authorization code");
    failed.says(&[
        "caused by: could not get tokens",
        "doesn't accept the client: `invalid_client`",
    ]);
    let logged = world.ok(&["audit", "--failed"]).stdout;
    let why = "could not get tokens: the provider doesn't accept the client";
    assert!(logged.contains(why), "{logged}");
}

#[test]
fn a_refused_client_keeps_its_connection_and_the_next_try_may_go_well() {
    let world = with_secret("0,3600");
    world.ok(&CREDENTIALS);
    world.faults(&["token:*=invalid-grant"]);
    world.run(&["token", "sandbox"]).ended(7);
    assert_eq!(world.shown("sandbox")["state"], "active");
    world.faults(&[]);
    world.token("sandbox");
}

#[test]
fn connect_sends_no_credentials_to_a_token_endpoint_that_the_connection_was_not_made_with() {
    let world = with_secret("0,3600");
    world.ok(&CREDENTIALS);
    let toml = world.provider_toml();
    world.define("sandbox", &toml.replace("/token\"", "/elsewhere\""));
    let before = world.sandbox(|sandbox| sandbox.log().len());
    world
        .run(&["token", "sandbox"])
        .ended(4)
        .says(&["names another token endpoint; nothing was sent"]);
    assert_eq!(world.sandbox(|sandbox| sandbox.log().len()), before);
}

#[test]
fn a_client_with_a_key_signs_each_request_anew_and_sends_no_secret() {
    let world = with_key("0,3600");
    world.ok(&CREDENTIALS);
    world.token("sandbox");
    world.ok(&["refresh", "sandbox"]);
    assert_eq!(world.count(Endpoint::Token), 3);
    world.ok(&["revoke", "sandbox"]);
    // and it signs a person in, refreshes and revokes both of the person's tokens
    world.connect();
    world.ok(&["refresh", "sandbox"]);
    world.ok(&["revoke", "sandbox"]);
    let refused = |entry: &oauthctl::sandbox::Entry| entry.status >= 400;
    assert!(!world.sandbox(|sandbox| sandbox.log().iter().any(refused)));
}

#[test]
fn a_key_that_is_none_is_refused_and_stored_nowhere() {
    let world = World::new();
    let path = world.give(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    );
    world
        .call(&["client", "set", "sandbox", "--id", "x", "--key-file"])
        .arg(path)
        .run()
        .ended(2)
        .says(&[
            "could not use the client's key",
            "neither an EC key",
            "pkcs8",
        ]);
    world.run(&["client", "show", "sandbox"]).ended(1);
}

#[test]
fn a_client_that_signs_with_its_secret_never_sends_it() {
    let world = with_secret("0,3600");
    let toml = world.provider_toml();
    world.define(
        "sandbox",
        &toml.replace("\"basic\"", "\"client_secret_jwt\""),
    );
    world.ok(&CREDENTIALS);
    world.token("sandbox");
    let tried = world.sandbox(oauthctl::sandbox::Sandbox::log);
    assert!(tried.iter().all(|entry| entry.status < 400), "{tried:?}");
    // the control: a wrong secret signs what nobody takes
    world
        .call(&["token", "sandbox", "--min-ttl", "2h"])
        .env("OAUTHCTL_SANDBOX_CLIENT_ID", CONFIDENTIAL_CLIENT)
        .env("OAUTHCTL_SANDBOX_CLIENT_SECRET", "another-secret")
        .run()
        .ended(1)
        .says(&["refused the client registration"]);
}

#[test]
fn connect_token_exchange_reads_the_jobs_token_anew_each_time() {
    let world = World::with(|options| options.lifetimes = "0,0,3600".parse().unwrap());
    let job = |world: &World| {
        let token = world.sandbox(|sandbox| sandbox.job_token().expose().to_owned());
        world.secret("the job's token", &token);
        token
    };
    let path = world.give("job", &job(&world));
    let source = format!("file:{}", path.display());
    let connect = [
        "connect",
        "sandbox",
        "--token-exchange",
        source.as_str(),
        "--scope",
        "read",
        "--account",
        "ci",
    ];
    world.ok(&connect).says(&["connected `sandbox/ci`"]);
    assert_eq!(world.shown("sandbox")["grant"], "token_exchange");
    // the file's token is over by now, and a new one lies there
    world.sandbox(|sandbox| sandbox.advance(std::time::Duration::from_secs(301)));
    world
        .run(&["token", "sandbox"])
        .ended(7)
        .says(&["job's token is not good"]);
    assert_eq!(world.shown("sandbox")["state"], "active");
    world.give("job", &job(&world));
    world.token("sandbox");
    std::fs::remove_file(&path).unwrap();
    world
        .run(&["refresh", "sandbox"])
        .ended(1)
        .says(&["could not read the token that `sandbox/ci` is exchanged for"]);
}

#[test]
fn connect_token_exchange_takes_the_jobs_token_from_a_variable() {
    let world = World::new();
    let token = world.sandbox(|sandbox| sandbox.job_token().expose().to_owned());
    world.secret("the job's token", &token);
    let args = [
        "connect",
        "sandbox",
        "--token-exchange",
        "env:ID_TOKEN",
        "--scope",
        "read",
    ];
    world
        .call(&args)
        .env("CI", "true")
        .env("ID_TOKEN", token)
        .run()
        .ended(0);
    world.token("sandbox");
    world
        .run(&args)
        .ended(1)
        .says(&["`env:ID_TOKEN` holds no token: it is not set"]);
}

#[test]
fn connect_client_credentials_without_a_scope_where_one_is_wanted_says_so() {
    let world = with_secret("3600");
    world.faults(&["token:*=refused=invalid_scope"]);
    let bare = world.run(&CREDENTIALS[..3]).ended(7);
    bare.silent_about("a scope that was asked for").says(&[
        "hint: the provider wants a scope, and none was asked for",
        "`--scope`",
    ]);
    world
        .run(&CREDENTIALS)
        .ended(7)
        .says(&["a scope that was asked for is not known there"])
        .silent_about("none was asked for");
}

#[test]
fn a_job_whose_file_was_renewed_by_another_job_hears_what_to_do_with_the_file() {
    let desk = World::new();
    desk.connect();
    let job = World::empty();
    job.make_key();
    job.define("sandbox", &desk.provider_toml());
    job.access_token(&desk.token("sandbox"));
    let identity: age::x25519::Identity = identity_in(job.key_file()).parse().unwrap();
    let to = identity.to_public().to_string();
    let file = desk.path("work/job.age").display().to_string();
    let export = ["vault", "export", "--connection", "sandbox", "--to", &to];
    desk.ok(&[&export[..], &[&file]].concat());
    let own = job.path("work/job.age");
    oauthctl::private_file::replace(&own, &std::fs::read(&file).unwrap()).unwrap();
    job.ok(&["vault", "import", own.to_str().unwrap()]);
    desk.faults(&["refresh:*=invalid-grant"]);
    for again in [["refresh", "sandbox"], ["token", "sandbox"]] {
        job.run(&again)
            .ended(4)
            .says(&[
                "not put back after a job had renewed it",
                "connect at home, `oauthctl connect sandbox/writer`, and export anew",
                "`oauthctl connect sandbox --client-credentials`",
            ])
            .silent_about("sign in again");
    }
    let doctor = job.run(&["doctor"]);
    assert!(doctor.stdout.contains("connect at home"), "{doctor:?}");
}
