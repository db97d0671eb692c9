//! One trial for each person who connects: from `connect` to a printed token, on a screen.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use oauthctl::sandbox::{Options, Sandbox, user_agent};

use crate::browser::{self, Screenshots};
use crate::peer::{self, CONFIDENTIAL_CLIENT, Peer, Settings};
use crate::rig;
use crate::screen::Screen;
use crate::ways::{definition, set_client};
use crate::world::{PROVIDER, World};

/// What is typed has no `chars=` in it, so that nothing but the answer has.
fn prints_a_token(screen: &Screen) {
    screen.enter("echo cha''rs=$(oauthctl token practice | wc -c)=");
    let text = screen.until("chars=");
    let (_, after) = text.rsplit_once("chars=").expect("an answer");
    let count = after.split('=').next().expect("a part");
    let count: usize = count.trim().parse().expect("a count");
    assert!(count > 20, "no token: {text}");
}

fn world(peer: &Peer) -> World {
    World::new(&definition(peer)).with_vault()
}

#[test]
fn somebody_at_a_laptop_signs_in_with_the_browser_that_opens() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = world(&peer);
    let launcher = world.at("tmp/launcher");
    let opened = world.at("tmp/opened");
    let script = format!("#!/bin/sh\nprintf '%s' \"$1\" > '{}'\n", opened.display());
    fs::write(&launcher, script).expect("a script");
    fs::set_permissions(&launcher, fs::Permissions::from_mode(0o700)).expect("a mode");
    let environment = [
        ("BROWSER", launcher.to_str().expect("UTF-8")),
        ("DISPLAY", ":0"),
    ];
    let Some(screen) = Screen::start(&world, &environment) else {
        return;
    };
    screen.enter("oauthctl connect practice");
    let url = screen.word("if nothing happens, go to", "http");
    screen.until("paste here the address");
    assert_eq!(fs::read_to_string(&opened).expect("a URL"), url);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let pictures = Screenshots::in_folder(folder);
    let Some(report) = browser::login(&url.parse().expect("a URL"), "alice", &pictures) else {
        return;
    };
    assert_eq!(report.title, "Connected · oauthctl");
    screen.until("connected `practice/alice`");
    prints_a_token(&screen);
    screen.keep("laptop");
}

#[test]
fn somebody_without_an_app_registration_is_led_through_it() {
    let sandbox = Sandbox::start(Options::new(oauthctl::app::moment().wall)).expect("a sandbox");
    let registration = "public_id = \"\"\nregistration_page = \"https://practice.example/apps\"\n\
        registration_steps = [\"Redirect URI: {redirect_uri}\", \"Save, and copy id and secret\"]";
    let definition = sandbox.provider_toml("Practice");
    let (before, after) = definition.split_once("public_id = \"").expect("an id");
    let (_, after) = after.split_once('\n').expect("lines");
    let definition = format!("{before}{registration}\n{after}")
        .replace("\nsecret = \"optional\"", "\nsecret = \"required\"");
    let world = World::new(&definition).with_vault();
    let Some(screen) = Screen::start(&world, &[("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")])
    else {
        return;
    };
    screen.enter("oauthctl connect practice");
    let text = screen.until("client id:");
    for said in [
        "Practice wants an app registration",
        "open          https://practice.example/apps",
        "redirect URI  http://127.0.0.1/callback",
        "1. Redirect URI: http://127.0.0.1/callback",
        "2. Save, and copy id and secret",
    ] {
        assert!(text.contains(said), "{said} is missing: {text}");
    }
    screen.enter("Ünlike-an-id");
    screen.until("that can't be a client id");
    screen.enter(oauthctl::sandbox::CONFIDENTIAL_CLIENT);
    screen.until("client secret (not shown):");
    screen.enter("");
    screen.until("Practice wants a secret");
    let secret = sandbox.client_secret();
    screen.enter(secret.expose());
    let url = screen.word("open this address", "http");
    let text = screen.text();
    assert!(
        !text.contains(secret.expose()),
        "the secret is shown: {text}"
    );
    assert!(text.contains("stored the client"), "{text}");
    screen.until("paste here the address");
    screen.keep("wizard");
    let visit = user_agent::visit(&url).expect("a visit");
    assert_ne!(visit.hops.len(), 0);
    screen.until("connected `practice/writer`");
    prints_a_token(&screen);

    // whoever says nothing gets the way out, and no second vault or client
    let other = World::new(&definition).with_vault();
    let Some(screen) = Screen::start(&other, &[]) else {
        return;
    };
    screen.enter("oauthctl connect practice; echo ended=$?");
    screen.until("client id:");
    screen.enter("");
    let text = screen.until("ended=2");
    assert!(
        text.contains("oauthctl client set practice --id ID"),
        "{text}"
    );
    screen.enter("clear; oauthctl connect practice --no-input; echo again=$?");
    let text = screen.until("again=4");
    assert!(!text.contains("client id:"), "{text}");
}

#[test]
fn somebody_over_ssh_pastes_where_the_browser_at_home_ended() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = world(&peer);
    let environment = [("SSH_CONNECTION", "192.0.2.1 5 192.0.2.2 22")];
    let Some(screen) = Screen::start(&world, &environment) else {
        return;
    };
    screen.enter("oauthctl connect practice");
    screen.until("no browser is opened: this is an SSH session");
    let url = screen.word("open this address", "http");
    screen.until("paste here the address");
    let redirect = peer::login(&url.parse().expect("a URL"), "alice");
    // first the wrong thing
    screen.paste(&url);
    screen.until("what was pasted is not the answer");
    screen.paste(redirect.as_str());
    let text = screen.until("connected `practice/alice`");
    let code = redirect
        .query_pairs()
        .find(|(name, _)| name == "code")
        .expect("a code")
        .1
        .into_owned();
    assert!(!text.contains(&code), "the code is on the screen: {text}");
    // and the terminal shows again what is typed
    screen.enter("echo 'seen again'");
    assert!(screen.until("seen again").contains("echo 'seen again'"));
    prints_a_token(&screen);
    screen.keep("ssh");
}

#[test]
fn an_interrupted_wait_leaves_the_terminal_as_it_was() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = world(&peer);
    let Some(screen) = Screen::start(&world, &[]) else {
        return;
    };
    screen.enter("stty -a > before; oauthctl connect practice; echo ended=$?; stty -a > after");
    screen.until("paste here the address");
    screen.interrupt();
    screen.until("ended=130");
    screen.enter("cmp before after && echo as it was");
    screen.until("\nas it was");
}

#[test]
fn somebody_without_a_display_enters_a_code_on_another_device() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = world(&peer);
    let Some(screen) = Screen::start(&world, &[]) else {
        return;
    };
    screen.enter("oauthctl connect practice --device --qr");
    let page = screen.word("then enter it on any device at", "http");
    screen.until("Ctrl-C stops");
    let code = screen.word("one-time code for practice:", "");
    peer::approve_device(&page.parse().expect("a URL"), &code, "alice");
    screen.until("connected `practice/alice`");
    prints_a_token(&screen);
    screen.keep("device");
}

#[test]
fn a_program_that_can_not_wait_connects_in_two_steps() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let world = world(&peer);
    let Some(screen) = Screen::start(&world, &[("OAUTHCTL_NO_INPUT", "1")]) else {
        return;
    };
    screen.enter("oauthctl connect practice --start --paste --json > start.json; echo begun=$?");
    screen.until("begun=0");
    let started = fs::read_to_string(world.at("start.json")).expect("a file");
    let started: serde_json::Value = serde_json::from_str(&started).expect("JSON");
    let text = |name: &str| started[name].as_str().expect("a text").to_owned();
    screen.enter(&format!(
        "oauthctl connect --resume {} --paste --json < /dev/null; echo waits=$?",
        text("id")
    ));
    screen.until("waits=8");
    let redirect = peer::login(&text("url").parse().expect("a URL"), "alice");
    fs::write(world.at("answer"), redirect.as_str()).expect("a file");
    screen.enter(&format!(
        "oauthctl connect --resume {} --paste < answer; echo done=$?",
        text("id")
    ));
    screen.until("done=0");
    prints_a_token(&screen);
    screen.keep("program");
}

#[test]
fn a_job_signs_in_as_its_client_and_by_its_own_token() {
    let Some(peer) = Peer::start(Settings::default()) else {
        return;
    };
    let job = world(&peer);
    set_client(&job, CONFIDENTIAL_CLIENT, peer.secret());
    let Some(screen) = Screen::start(&job, &[("CI", "true")]) else {
        return;
    };
    screen.enter("oauthctl connect practice --client-credentials; echo first=$?");
    screen.until("first=0");
    prints_a_token(&screen);
    screen.keep("client");
    drop(screen);

    let sandbox = Sandbox::start(Options::new(oauthctl::app::moment().wall)).expect("a sandbox");
    let job = World::new(&sandbox.provider_toml("Practice")).with_vault();
    let token = sandbox.job_token();
    let environment = [("CI", "true"), ("ID_TOKEN", token.expose())];
    let Some(screen) = Screen::start(&job, &environment) else {
        return;
    };
    screen.enter(&format!(
        "oauthctl connect {PROVIDER} --token-exchange env:ID_TOKEN --scope read; echo second=$?"
    ));
    screen.until("second=0");
    prints_a_token(&screen);
    screen.keep("exchange");
    rig::say("screens are in the target's temporary folder, under `screens`");
}
