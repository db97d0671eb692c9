//! The other ways in: an answer that is pasted, a code on another device, two steps, no person.

use oauthctl::sandbox::{Consent, Endpoint, user_agent};
use serde_json::Value;

use crate::world::World;

/// Where a browser that can't reach the redirect URI ends: the address that a person copies.
fn ends_at(url: &str) -> String {
    // nothing listens there, so the visit fails; the sandbox sent the browser on all the same
    let answer = user_agent::redirect(url).unwrap();
    answer.to_string()
}

#[test]
fn connect_paste_takes_the_address_that_the_browser_ends_at() {
    let world = World::new();
    let mut running = world
        .call(&["connect", "sandbox", "--paste"])
        .stays_open()
        .start();
    let url = running.address();
    world.learn_from(&url);
    let end = ends_at(&url);
    assert!(end.starts_with("http://127.0.0.1/callback?"), "{end}");
    running.say("what is this\n");
    running.say(&format!("{}\n", end.replace("code=", "code=x&code=")));
    running.say(&format!("{end}\n"));
    let output = running.finish().ended(0).no_data().says(&[
        "open this address in any browser",
        "paste that address here, it is not shown",
        "warning: what was pasted is not the answer: it is not the address",
        "warning: what was pasted is not the answer: it says the same thing twice",
        "connected `sandbox/writer`",
    ]);
    assert!(!output.stderr.contains(&end), "the code is shown");
    world.token("sandbox");
}

#[test]
fn connect_paste_ends_when_the_input_does_and_nothing_is_stored() {
    let world = World::new();
    world
        .call(&["connect", "sandbox", "--paste"])
        .stdin("http://127.0.0.1/callback?code=x\n")
        .run()
        .ended(1)
        .says(&[
            "not the answer: it holds no answer",
            "error: could not connect `sandbox`",
            "the input ended before the address of the answer came",
        ]);
    assert!(world.json(&["list"]).is_empty());
}

#[test]
fn connect_qr_draws_the_address() {
    let world = World::new();
    let (output, _) = world.connect_with(&["sandbox", "--qr"]);
    let output = output.ended(0);
    let drawn = output
        .stderr
        .lines()
        .filter(|line| line.contains('\u{2588}'));
    assert!(drawn.count() > 20, "{}", output.stderr);
}

#[test]
fn connect_reads_no_stdin_that_is_not_a_terminal() {
    let world = World::new();
    let mut running = world
        .call(&["connect", "sandbox", "--no-browser"])
        .stdin("not for connect\n")
        .start();
    let url = running.address();
    world.learn_from(&url);
    user_agent::visit(&url).unwrap();
    let output = running.finish().ended(0);
    assert!(!output.stderr.contains("pasted"), "{}", output.stderr);
}

/// A sandbox whose device grant is quick, and approved at the second poll.
fn with_devices() -> World {
    World::with(|options| options.device_interval = 1)
}

#[test]
fn connect_device_shows_code_and_page_and_takes_the_tokens_when_the_person_consented() {
    let world = with_devices();
    let output = world.ok(&["connect", "sandbox", "--device", "--qr"]);
    let output = output.no_data().says(&[
        "copy your one-time code for Practice",
        "then enter it on any device at",
        "/device\n",
        "\u{2588}",
        "enter only a code that you asked for yourself",
        "connected `sandbox/writer`",
    ]);
    assert!(!output.stderr.contains("sbx_device"), "the device code");
    assert_eq!(world.count(Endpoint::Poll), 2);
    assert_eq!(world.shown("sandbox")["grant"], "device_code");
    world.token("sandbox");
    // and it refreshes like any other
    world.ok(&["refresh", "sandbox"]);
}

#[test]
fn connect_device_goes_on_asking_while_the_server_is_in_trouble() {
    let world = with_devices();
    world.faults(&["poll:1=503", "poll:2=drop-before"]);
    world.ok(&["connect", "sandbox", "--device"]);
    assert_eq!(world.count(Endpoint::Poll), 4);
}

#[test]
fn connect_device_that_is_denied_is_refused_and_leaves_nothing() {
    let world = World::with(|options| {
        options.device_interval = 1;
        options.consent = Consent::Denied;
    });
    world
        .run(&["connect", "sandbox", "--device"])
        .ended(7)
        .says(&["could not connect `sandbox`", "access_denied"]);
    assert!(world.json(&["list"]).is_empty());
    world.sandbox(|sandbox| sandbox.adjust(|options| options.consent = Consent::Page));
    world
        .run(&["connect", "sandbox", "--device", "--timeout", "2s"])
        .ended(5)
        .says(&[
            "waiting for you to consent there, at most 2s",
            "nobody entered the code in time",
            "start again",
        ]);
    // what was asked in vain left no trace that the next connect would report
    world.sandbox(|sandbox| sandbox.adjust(|options| options.consent = Consent::Automatic));
    let output = world.ok(&["connect", "sandbox", "--device"]);
    assert!(!output.stderr.contains("cut off"), "{}", output.stderr);
}

#[test]
fn connect_device_of_a_provider_without_it_is_usage() {
    let world = World::new();
    let toml = world.provider_toml();
    let toml: Vec<_> = toml
        .lines()
        .filter(|line| !line.starts_with("device_authorization"))
        .collect();
    world.define("sandbox", &toml.join("\n"));
    world
        .run(&["connect", "sandbox", "--device"])
        .ended(2)
        .says(&["no device flow", "--paste"]);
}

/// What `--start` printed.
fn started(world: &World, args: &[&str]) -> Value {
    let call = world.call(&["connect", "sandbox", "--start", "--json"]);
    let document = call.args(args).run().ended(0).documents().remove(0);
    world.learn_from(document["url"].as_str().unwrap());
    document
}

#[test]
fn connect_start_gives_an_id_and_resume_takes_the_answer_of_the_browser() {
    let world = World::new();
    let document = started(&world, &["--scope", "openid"]);
    let id = document["id"].as_str().unwrap();
    assert_eq!(id.len(), 32);
    let members: Vec<_> = document.as_object().unwrap().keys().collect();
    let expected = [
        "expires_at",
        "id",
        "provider",
        "redirect_uri",
        "schema",
        "url",
    ];
    assert_eq!(members, expected);
    assert_eq!(document["schema"], 1);
    assert!(world.json(&["list"]).is_empty());
    let url = document["url"].as_str().unwrap();
    let resumed = world
        .call(&["connect", "--resume", id, "--json", "--verbose"])
        .start();
    let redirect = document["redirect_uri"].as_str().unwrap();
    let port = url::Url::parse(redirect).unwrap().port().unwrap();
    world.until("the second step listens", |_| {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    assert_eq!(user_agent::visit(url).unwrap().status, 200);
    let connected = resumed.finish().ended(0).documents().remove(0);
    assert_eq!(connected["connection"], "sandbox/writer");
    world.token("sandbox");
    // an id is good for one answer
    world
        .run(&["connect", "--resume", id])
        .ended(4)
        .says(&["no connect with this id is pending", "--start"]);
}

#[test]
fn connect_resume_is_pending_until_the_answer_is_pasted_and_the_id_dies_after_ten_minutes() {
    let world = World::new();
    let document = started(&world, &["--paste", "--account", "mine"]);
    let id = document["id"].as_str().unwrap();
    let error = world
        .call(&["connect", "--resume", id, "--paste", "--json"])
        .stdin("not an address\n")
        .run()
        .ended(8)
        .no_data()
        .error();
    assert_eq!(
        (&error["kind"], &error["exit_code"]),
        (&"pending".into(), &8.into())
    );
    world
        .run(&["connect", "--resume", id, "--timeout", "1s"])
        .ended(8)
        .says(&[
            "no answer came while this waited",
            "sign in while this runs",
            &format!("`oauthctl connect --resume {id} --paste`"),
        ])
        .silent_about("nobody has signed in");
    let end = ends_at(document["url"].as_str().unwrap());
    let output = world
        .call(&["connect", "--resume", id, "--paste"])
        .stdin(&format!("{end}\n"))
        .run()
        .ended(0)
        .says(&["connected `sandbox/mine`"]);
    assert!(!output.stderr.contains(&end));
    world
        .call(&["connect", "--resume", id, "--paste"])
        .stdin(&format!("{end}\n"))
        .run()
        .ended(4);
    world.run(&["connect", "--resume", "0123"]).ended(4);
}

#[test]
fn connect_resume_sends_no_code_to_an_endpoint_that_the_start_did_not_know() {
    let world = World::new();
    let document = started(&world, &["--paste"]);
    let id = document["id"].as_str().unwrap();
    let end = ends_at(document["url"].as_str().unwrap());
    let good = world.provider_toml();
    world.define("sandbox", &good.replace("/token\"", "/elsewhere\""));
    world
        .call(&["connect", "--resume", id, "--paste"])
        .stdin(&format!("{end}\n"))
        .run()
        .ended(4)
        .says(&["now names another token endpoint; nothing was sent there"]);
    assert_eq!(world.count(Endpoint::Token), 0);
    // the control: where it names the same one again the answer is taken
    world.define("sandbox", &good);
    world
        .call(&["connect", "--resume", id, "--paste"])
        .stdin(&format!("{end}\n"))
        .run()
        .ended(0);
}

#[test]
fn connect_resume_takes_no_second_waiter_beside_the_first() {
    let world = World::new();
    let document = started(&world, &["--paste"]);
    let id = document["id"].as_str().unwrap().to_owned();
    let mut first = world
        .call(&["connect", "--resume", &id, "--paste"])
        .stays_open()
        .start();
    first.say("hello\n");
    first.line(|line| line.contains("not the answer").then_some(()));
    world
        .run(&["connect", "--resume", &id, "--paste"])
        .ended(5)
        .says(&["another process waits"]);
    first.say(&format!("{}\n", ends_at(document["url"].as_str().unwrap())));
    first.finish().ended(0);
}

#[test]
fn connect_start_says_that_resume_runs_while_one_signs_in() {
    let world = World::new();
    let output = world.run(&["connect", "sandbox", "--start"]).ended(0);
    let mut lines = output.stdout.lines();
    let (url, id) = (lines.next().unwrap(), lines.next().unwrap());
    world.learn_from(url);
    output.clone().says(&[
        &format!("say `oauthctl connect --resume {id}` first, which waits for the answer"),
        &format!("`oauthctl connect --resume {id} --paste`"),
    ]);
}
