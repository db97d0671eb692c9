//! The other ways in: an answer that is pasted, a code on another device, two steps, no person.

use oauthctl::sandbox::user_agent;

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
