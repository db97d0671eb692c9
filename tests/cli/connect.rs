//! `connect`: what is asked, what is stored, under which name, and what is said.

use std::time::{Duration, Instant};

use oauthctl::sandbox::user_agent::Visit;
use oauthctl::sandbox::{
    CONFIDENTIAL_CLIENT, Consent, Endpoint, PUBLIC_CLIENT, Sandbox, user_agent,
};
use serde_json::{Value, json};

use crate::world::{Output, World};

/// What the page in the browser is called.
fn title(visit: &Visit) -> &str {
    let (_, rest) = visit.body.split_once("<title>").unwrap();
    rest.split_once(" · oauthctl</title>").unwrap().0
}

fn connections(world: &World) -> Vec<String> {
    let listed = world.json(&["list"]);
    let names = listed.iter().map(|one| one["connection"].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[test]
fn connect_stores_an_account_and_the_page_and_the_terminal_say_so() {
    let world = World::new();
    let (output, visit) = world.connect_with(&["sandbox"]);
    let output = output.ended(0).no_data().says(&[
        "made a vault at",
        "to sign in to Practice, open this address",
        "/authorize?",
        "waiting for the answer, at most 5m",
        "connected `sandbox/writer`",
        "granted: profile read",
    ]);
    assert!(
        !output.stderr.contains('\u{1b}'),
        "colour without a terminal"
    );
    assert_eq!((visit.status, title(&visit)), (200, "Connected"));
    let last = visit.hops.last().unwrap();
    assert_eq!(last.query(), None, "the code stays in the address bar");
    assert_eq!(connections(&world), ["sandbox/writer"]);
    let events = world.json(&["audit", "--action", "connect"]);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["outcome"], "done");
    assert_eq!(events[0]["connection"], "sandbox/writer");
    assert_eq!(events[0]["scopes"], json!(["profile", "read"]));
}

#[test]
fn connect_asks_with_pkce_state_and_the_loopback_address() {
    let world = World::new();
    let (output, visit) = world.connect_with(&["sandbox", "--scope", "write"]);
    output.ended(0);
    let query: Vec<(String, String)> = visit.hops[0].query_pairs().into_owned().collect();
    let asked = |name: &str| {
        let mut values = query.iter().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice");
        value
    };
    assert_eq!(asked("response_type"), Some("code"));
    assert_eq!(asked("client_id"), Some(PUBLIC_CLIENT));
    assert_eq!(asked("code_challenge_method"), Some("S256"));
    assert_eq!(asked("code_challenge").unwrap().len(), 43);
    assert!(asked("state").unwrap().len() >= 43);
    assert_eq!(asked("scope"), Some("write profile"));
    let redirect = asked("redirect_uri").unwrap();
    assert!(redirect.starts_with("http://127.0.0.1:"), "{redirect}");
    let landing = visit.hops.iter().find(|hop| hop.path() == "/callback");
    assert!(landing.unwrap().as_str().starts_with(redirect));
}

#[test]
fn connect_with_openid_checks_the_nonce_of_the_id_token() {
    let world = World::new();
    let (output, visit) = world.connect_with(&["sandbox", "--scope", "openid"]);
    output.ended(0).says(&["connected `sandbox/writer`"]);
    let mut query = visit.hops[0].query_pairs();
    let nonce = query.find(|(name, _)| name == "nonce").unwrap().1;
    assert!(nonce.len() >= 22, "too short to be unguessable");

    // control: an ID token with another nonce is refused, and the tokens with it
    let mut running = world
        .call(&[
            "connect",
            "sandbox",
            "--no-browser",
            "--scope",
            "openid",
            "--account",
            "forged",
        ])
        .start();
    let url = running.address();
    world.learn_from(&url);
    let other = url.replace(&*nonce_of(&url), "another-nonce-of-22-or-more");
    let visit = user_agent::visit(&other).unwrap();
    running
        .finish()
        .ended(1)
        .says(&["error: could not connect `sandbox`", "another sign-in"]);
    assert_eq!(title(&visit), "Not connected");
    assert_eq!(connections(&world), ["sandbox/writer"]);
}

fn nonce_of(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    let nonce = url.query_pairs().find(|(name, _)| name == "nonce");
    nonce.unwrap().1.into_owned()
}

#[test]
fn connect_keeps_several_accounts_of_a_provider() {
    let world = World::new();
    world.connect();
    world
        .connect_as("reader")
        .says(&["connected `sandbox/reader`"]);
    assert_eq!(connections(&world), ["sandbox/reader", "sandbox/writer"]);
    assert_ne!(world.token("sandbox/reader"), world.token("sandbox/writer"));
}

#[test]
fn connect_again_updates_the_same_account() {
    let world = World::new();
    world.connect();
    let before = (world.shown("sandbox"), world.token("sandbox"));
    world.connect().says(&["updated `sandbox/writer`"]);
    let after = (world.shown("sandbox"), world.token("sandbox"));
    assert_eq!(connections(&world), ["sandbox/writer"]);
    assert_ne!(before.1, after.1);
    assert_eq!(before.0["created_at"], after.0["created_at"]);
    assert_eq!(before.0["subject"], after.0["subject"]);
}

#[test]
fn connect_again_updates_the_same_account_although_the_provider_calls_it_otherwise() {
    let world = World::new();
    world.connect();
    let renamed = world.provider_toml().replace("/preferred_username", "/sub");
    world.define("sandbox", &renamed);
    world.connect().says(&["updated `sandbox/writer`"]);
    assert_eq!(connections(&world), ["sandbox/writer"]);
    // `--account` renames it
    let (output, _) = world.connect_with(&["sandbox", "--account", "desk"]);
    output
        .ended(0)
        .says(&["renamed `sandbox/writer` to `sandbox/desk`"]);
    assert_eq!(connections(&world), ["sandbox/desk"]);
}

#[test]
fn connect_account_says_what_it_renames_and_which_scopes_are_gone() {
    let world = World::new();
    world
        .connect_with(&["sandbox", "--scope", "read", "--scope", "write"])
        .0
        .ended(0)
        .silent_about("not granted any more");
    let (output, _) = world.connect_with(&["sandbox", "--account", "second", "--scope", "read"]);
    output.ended(0).says(&[
        "renamed `sandbox/writer` to `sandbox/second`",
        "not granted any more: write",
    ]);
}

#[test]
fn connect_never_writes_another_account_over_a_connection() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--account", "mine"]);
    output.ended(0);
    let token = world.token("sandbox/mine");
    world.sandbox(|sandbox| sandbox.sign_in_as("reader".parse().unwrap()));
    let (output, visit) = world.connect_with(&["sandbox", "--account", "mine"]);
    output.ended(9).says(&[
        "error: you signed in to another account than the one that `sandbox/mine` is",
        "`sandbox/mine` is as it was; this one is stored as `sandbox/reader`",
        "hint: if you don't want it: `oauthctl revoke sandbox/reader`",
    ]);
    // nobody is told to end what was there before
    let (output, _) = world.connect_with(&["sandbox", "--account", "mine"]);
    output
        .ended(9)
        .says(&[
            "this one is stored as `sandbox/reader`",
            "hint: sign the browser in",
        ])
        .silent_about("if you don't want it");
    // what the provider granted is not thrown away
    assert_eq!(title(&visit), "Connected");
    assert_eq!(world.token("sandbox/mine"), token);
    // control: under a label of its own it is what was asked for
    let (output, _) = world.connect_with(&["sandbox", "--account", "other"]);
    output.ended(0);
    assert_eq!(connections(&world), ["sandbox/mine", "sandbox/other"]);
}

#[test]
fn connect_numbers_accounts_that_the_provider_labels_alike() {
    let world = World::new();
    let toml = world.provider_toml();
    // everybody's label is the same here: what does not name a person
    world.define("sandbox", &toml.replace("/preferred_username", "/missing"));
    world.connect();
    world.connect_as("reader");
    let names = connections(&world);
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn connect_warns_of_withheld_scopes_and_fails_with_strict() {
    let world = World::with(|options| {
        options.withheld = ["write".parse().unwrap()].into();
    });
    let (output, _) = world.connect_with(&["sandbox", "--scope", "write", "--scope", "read"]);
    output
        .ended(0)
        .says(&["warning: `sandbox/writer` was not granted `write`"]);
    let (output, _) = world.connect_with(&["sandbox", "--scope", "write", "--strict"]);
    output.ended(4).says(&[
        "error: `sandbox/writer` was not granted `write`",
        "the connection is stored with what was granted",
        "hint:",
    ]);
    // control: without anything withheld `--strict` is content
    world.sandbox(|sandbox| sandbox.adjust(|options| options.withheld.clear()));
    let (output, _) = world.connect_with(&["sandbox", "--scope", "write", "--strict"]);
    output.ended(0);
}

#[test]
fn connect_reports_a_denied_consent_as_refused() {
    let world = World::with(|options| options.consent = Consent::Denied);
    let (output, visit) = world.connect_with(&["sandbox"]);
    output
        .ended(7)
        .no_data()
        .says(&["error: could not connect `sandbox`", "`access_denied`"]);
    assert_eq!(title(&visit), "Not connected");
    assert_eq!(connections(&world), Vec::<String>::new());
}

#[test]
fn connect_gives_up_after_its_timeout_with_the_temporary_exit_code() {
    let world = World::new();
    let begun = Instant::now();
    world
        .run(&["connect", "sandbox", "--no-browser", "--timeout", "1s"])
        .ended(5)
        .no_data()
        .says(&["the login was not finished", "hint:", "redirect URI"]);
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn connect_ignores_wrong_answers_and_takes_the_right_one() {
    let world = World::new();
    let mut running = world.call(&["connect", "sandbox", "--no-browser"]).start();
    let url = running.address();
    world.learn_from(&url);
    let query: Vec<(String, String)> = url::Url::parse(&url)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect();
    let redirect = &query
        .iter()
        .find(|(name, _)| name == "redirect_uri")
        .unwrap()
        .1;
    for forged in [
        "?code=forged&state=forged",
        "?error=access_denied&state=forged",
        "?error=access_denied",
        "",
    ] {
        let visit = user_agent::visit(&format!("{redirect}{forged}")).unwrap();
        assert!(
            (400..500).contains(&visit.status),
            "{forged}: {}",
            visit.status
        );
    }
    let visit = user_agent::visit(&url).unwrap();
    running
        .finish()
        .ended(0)
        .says(&["connected `sandbox/writer`"]);
    assert_eq!(title(&visit), "Connected");
    assert_eq!(world.count(Endpoint::Token), 1);
    world.ok(&["list"]);
}

#[test]
fn connect_stores_nothing_when_the_token_endpoint_fails() {
    let faults = [
        "500",
        "503/30",
        "html",
        "proxy403",
        "drop-after",
        "truncate",
        "wrong-type",
    ];
    let world = World::new();
    for fault in faults {
        world.faults(&[&format!("token:*={fault}")]);
        let (output, visit) = world.connect_with(&["sandbox"]);
        output
            .ended(5)
            .no_data()
            .says(&["error: could not connect `sandbox`", "could not get tokens"]);
        assert_eq!(title(&visit), "Not connected", "{fault}");
    }
    world.faults(&["token:*=invalid-grant"]);
    world.connect_with(&["sandbox"]).0.ended(7);
    assert_eq!(connections(&world), Vec::<String>::new());
    let failed = world.json(&["audit", "--action", "connect", "--failed"]);
    assert_eq!(failed.len(), faults.len() + 1);
    world.faults(&[]);
    world.connect();
}

#[test]
fn connect_names_the_account_default_when_the_provider_can_not_say_who_it_is() {
    let world = World::new();
    world.faults(&["userinfo:*=500"]);
    world.connect().says(&[
        "warning: the account could not be named",
        "connected `sandbox/default`",
    ]);
}

#[test]
fn connect_says_which_consent_was_cut_off_by_a_kill() {
    let world = World::new();
    world.faults(&["token:1=stall"]);
    let mut running = world.call(&["connect", "sandbox", "--no-browser"]).start();
    let url = running.address();
    world.learn_from(&url);
    let browser = std::thread::spawn(move || user_agent::visit(&url).map(|_| ()));
    world.until("the code is redeemed", |world| {
        world.count(Endpoint::Token) == 1
    });
    running.signal(rustix::process::Signal::KILL);
    assert_eq!(running.finish().code, -9);
    drop(browser.join());
    world
        .ok(&["list"])
        .says(&["a connect to `sandbox`", "is not finished"]);
    world.connect().says(&[
        "warning: a connect to `sandbox`",
        "was cut off",
        "connected",
    ]);
    // it is reported once
    let again = world.connect();
    assert!(!again.stderr.contains("cut off"), "{again:?}");
}

#[test]
fn connect_with_token_of_a_provider_that_can_not_answer_is_temporary_not_refused() {
    let world = World::new();
    world.faults(&["userinfo:*=503/7"]);
    world
        .call(&["connect", "sandbox", "--with-token"])
        .stdin("a-token-that-nobody-refused")
        .run()
        .ended(5)
        .no_data()
        .says(&["could not ask `sandbox` whose token this is"]);
}

#[test]
fn connect_with_token_stores_a_token_from_stdin() {
    let world = World::new();
    world.connect();
    let personal = world.token("sandbox");
    world.ok(&["revoke", "sandbox", "--local-only"]);
    let supplied = |args: &[&str], token: &str| {
        let call = world.call(&["connect", "sandbox", "--with-token"]);
        call.args(args).stdin(token).run()
    };
    supplied(&[], &format!("{personal}\n"))
        .ended(0)
        .no_data()
        .says(&["connected `sandbox/writer`"]);
    assert_eq!(world.token("sandbox"), personal);
    let shown = world.shown("sandbox");
    assert_eq!(shown["grant"], "supplied");
    assert_eq!(shown["refreshable"], false);
    assert_eq!(shown["expires_at"], Value::Null);

    supplied(&["--scope", "everything"], &personal)
        .ended(0)
        .says(&["scopes as you say, not checked: everything"])
        .silent_about("granted");
    let events = world.json(&["audit", "--action", "connect"]);
    let unchecked = |event: &&Value| event["detail"].to_string().contains("unchecked");
    assert_eq!(events.iter().filter(unchecked).count(), 2);

    let bad = "not-a-token-of-this-server-0123456789";
    world.access_token(bad);
    supplied(&[], bad)
        .ended(7)
        .says(&["`sandbox` did not accept the token"]);
    for nothing in [
        "",
        " \n",
        "two words that are no token",
        "nul\0in-it",
        "esc\u{1b}ape",
    ] {
        supplied(&[], nothing)
            .ended(2)
            .says(&["stdin holds no token", "hint:"]);
    }
}

#[test]
fn connect_uses_the_registered_client_and_its_secret() {
    let world = World::new();
    let secret = world.sandbox(|sandbox| sandbox.client_secret().expose().to_owned());
    let set = |secret: &str| {
        let call = world.call(&["client", "set", "sandbox", "--id", CONFIDENTIAL_CLIENT]);
        call.stdin(secret).run()
    };
    set(&secret)
        .ended(0)
        .no_data()
        .says(&["stored the client `sandbox-confidential`"]);
    world.connect();
    assert_eq!(world.shown("sandbox")["client_id"], CONFIDENTIAL_CLIENT);
    world.ok(&["refresh", "sandbox"]);

    let wrong = "a-wrong-secret-0123456789";
    world.secret("a wrong secret", wrong);
    set(wrong).ended(0);
    world.run(&["refresh", "sandbox"]).ended(1).says(&[
        "refused the client registration (`invalid_client`",
        "the connection is kept",
        "hint: check the client id and secret",
    ]);
    world
        .connect_with(&["sandbox"])
        .0
        .ended(1)
        .says(&["invalid_client"]);
    // the environment may replace the secret, for the same client
    let call = world.call(&["refresh", "sandbox"]);
    call.env("OAUTHCTL_SANDBOX_CLIENT_SECRET", &secret)
        .run()
        .ended(0);
    let call = world.call(&["refresh", "sandbox"]);
    call.env("OAUTHCTL_SANDBOX_CLIENT_SECRET", &secret)
        .env("OAUTHCTL_SANDBOX_CLIENT_ID", "somebody-else")
        .run()
        .ended(1);
}

#[test]
fn connect_without_a_client_says_how_to_register_one() {
    let world = World::new();
    let toml = world.provider_toml();
    let line = format!("public_id = \"{PUBLIC_CLIENT}\"\n");
    assert!(toml.contains(&line));
    world.define("sandbox", &toml.replace(&line, ""));
    world
        .run(&["connect", "sandbox", "--no-browser"])
        .ended(4)
        .no_data()
        .says(&[
            "there is no client registration for `sandbox`",
            "hint: ",
            "oauthctl client set sandbox --id ID",
        ]);
    let (output, _) = world.connect_with(&["sandbox", "--client-id", PUBLIC_CLIENT]);
    output.ended(0);
}

#[test]
fn connect_discovers_a_provider_and_pins_what_it_said() {
    let world = World::empty();
    world.make_key();
    world.start_sandbox(|_| {});
    let issuer = world.sandbox(|sandbox| sandbox.url().to_owned());
    let args = [
        issuer.as_str(),
        "--name",
        "found",
        "--client-id",
        PUBLIC_CLIENT,
        "--scope",
        "profile",
    ];
    let (output, _) = world.connect_with(&args);
    output.ended(0).says(&[
        "discovered `found`",
        "`found` is defined in",
        "connected `found/writer`",
    ]);
    assert!(world.token("found").starts_with("sbx_at_"));
    world.ok(&["refresh", "found"]);

    // the second time it is only compared
    let file = world.path("home/config/oauthctl/providers/found.toml");
    let pinned = std::fs::read_to_string(&file).unwrap();
    let (output, _) = world.connect_with(&args);
    let output = output.ended(0).says(&["updated `found/writer`"]);
    assert!(!output.stderr.contains("discovered"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), pinned);

    // another definition than the pinned one is refused
    let changed = pinned.replace("/token\"", "/other-token\"");
    assert_ne!(changed, pinned);
    world.define("found", &changed);
    let call = world.call(&["connect", "--no-browser"]).args(&args);
    call.run().ended(9).says(&[
        "is not what it was at first use",
        "hint:",
        "oauthctl provider remove found",
    ]);
    // and what was granted is not sent to another endpoint
    let refreshes = world.count(Endpoint::Refresh);
    world
        .run(&["refresh", "found"])
        .ended(4)
        .says(&["now names another token endpoint"]);
    assert_eq!(world.count(Endpoint::Refresh), refreshes);
    // removing it is the way out
    world.ok(&["provider", "remove", "found", "--yes"]);
    world.connect_with(&args).0.ended(0);
}

#[test]
fn connect_refuses_an_issuer_that_can_not_be_discovered() {
    let world = World::new();
    let issuer = world.sandbox(|sandbox| sandbox.url().to_owned());
    let discover = |issuer: &str| {
        world.run(&[
            "connect",
            issuer,
            "--name",
            "found",
            "--client-id",
            "x",
            "--no-browser",
        ])
    };
    world.faults(&["metadata:*=500"]);
    discover(&issuer)
        .ended(5)
        .says(&["could not discover the provider"]);
    world.faults(&["metadata:*=html"]);
    discover(&issuer)
        .ended(1)
        .says(&["could not discover the provider", "hint:"]);
    world.faults(&[]);
    // metadata of another issuer (RFC 8414 section 3.3)
    discover(&issuer.replace("127.0.0.1", "localhost")).ended(1);
    discover("http://example.org").ended(2).no_data();
    let built_in = [
        "connect",
        &issuer,
        "--name",
        "github",
        "--client-id",
        "x",
        "--no-browser",
    ];
    world
        .run(&built_in)
        .ended(2)
        .says(&["`github` is a built-in provider"]);
    assert!(!world.vault().exists(), "a vault was made for nothing");
}

#[test]
fn connect_prints_its_result_as_json() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--json"]);
    let output: Output = output.ended(0);
    let document = &output.documents()[0];
    assert_eq!(document["connection"], "sandbox/writer");
    assert_eq!(document["updated"], false);
    assert_eq!(document["missing_scopes"], json!([]));
}

#[test]
fn connect_opens_no_browser_without_a_terminal() {
    let world = World::new();
    let mark = world.path("work/browser-was-here");
    let browser = world.path("bin/browser");
    std::fs::write(&browser, format!("#!/bin/sh\n: > '{}'\n", mark.display())).unwrap();
    crate::world::set_mode(&browser, 0o700);
    let call = world.call(&["connect", "sandbox", "--verbose"]);
    let call = call.env("BROWSER", &browser).env("DISPLAY", ":0");
    let (output, _) = call.visited();
    output
        .ended(0)
        .says(&["no browser was opened: there is no terminal"]);
    assert!(!mark.exists());
}

#[test]
fn connect_to_a_url_that_comes_to_nothing_leaves_no_definition() {
    let world = World::new();
    let url = world.sandbox(|sandbox| sandbox.url().to_owned());
    let found = world.path("home/config/oauthctl/providers/found.toml");
    let connect = [
        "connect",
        &url,
        "--name",
        "found",
        "--no-browser",
        "--timeout",
        "1s",
    ];
    // no client to be had, and then nobody who consents
    world.faults(&["register:*=500"]);
    world.run(&connect).ended(5);
    assert!(!found.exists());
    world.faults(&[]);
    let with_client = [&connect[..], &["--client-id", PUBLIC_CLIENT]].concat();
    world.run(&with_client).ended(5);
    assert!(!found.exists());
    // control: what is connected keeps it
    let (output, _) = world.connect_with(&[&url, "--name", "found", "--client-id", PUBLIC_CLIENT]);
    output.ended(0);
    assert!(found.exists());
    // and a later failure takes nothing away
    world.run(&with_client).ended(5);
    assert!(found.exists());
}

#[test]
fn connect_shows_and_logs_no_secret_that_an_error_quotes() {
    let world = World::new();
    let secret = world.sandbox(Sandbox::client_secret);
    let secret = secret.expose().to_owned();
    world.secret("the client's secret", &secret);
    let file = world.give("secret", &secret);
    world.ok(&[
        "client",
        "set",
        "sandbox",
        "--id",
        CONFIDENTIAL_CLIENT,
        "--secret-file",
        file.to_str().unwrap(),
    ]);
    world.faults(&[&format!("token:*=refused=invalid_client:{secret} is wrong")]);
    let (output, _) = world.connect_with(&["sandbox"]);
    output.says(&["(removed) is wrong"]);
}
