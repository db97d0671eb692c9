//! The key's custody against gnome-keyring, on a D-Bus session of its own for each test.
//!
//! A test starts this very binary again inside `with-secret-service`, where [`inside`] runs the
//! scenario that the environment names; another process is one more start of it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use age::secrecy::ExposeSecret;
use oauthctl::key::{self, Ask, Custody, KeyError, Patience, Prompt, Source, create, unlock};
use oauthctl::names::VaultId;

const SCENARIO: &str = "TEST_KEYRING_SCENARIO";
const VAULT: VaultId = VaultId([0xab; 16]);
/// The module's own deadline without a terminal is 5 s; no answer may take 5 s more.
const LATEST: Duration = Duration::from_secs(10);

const SCENARIOS: &[(&str, fn())] = &[
    ("round_trip", round_trip),
    ("read_back", read_back),
    ("probe", probe),
    ("locked_later", locked_later),
    ("locked_at_start", locked_at_start),
    ("no_collection", no_collection),
    ("no_keyring", no_keyring),
    ("stalled_keyring", stalled_keyring),
    ("stalled_bus", stalled_bus),
    ("two_items", two_items),
    ("no_item", no_item),
    ("junk_item", junk_item),
    ("next_item", next_item),
];

#[test]
fn a_rekey_makes_an_item_of_its_own_and_retiring_removes_the_former_one_only() {
    within("unlocked", "next_item");
}

#[test]
fn a_key_made_in_the_keyring_is_read_by_another_process() {
    within("unlocked", "round_trip");
}

#[test]
fn probing_the_keyring_leaves_nothing_behind() {
    within("unlocked", "probe");
}

#[test]
fn a_keyring_that_was_locked_later_is_locked_and_loses_nothing() {
    within("unlocked", "locked_later");
}

#[test]
fn a_keyring_that_is_locked_from_the_start_is_locked_not_empty() {
    within("locked", "locked_at_start");
}

#[test]
fn a_keyring_without_a_collection_has_no_entry_and_takes_none() {
    within("empty", "no_collection");
}

#[test]
fn a_bus_without_a_keyring_is_absent() {
    within("absent", "no_keyring");
}

#[test]
fn a_session_without_a_bus_is_absent() {
    within("no-bus", "no_keyring");
}

#[test]
fn a_stalled_keyring_is_given_up_in_time_and_nothing_is_changed() {
    within("unlocked", "stalled_keyring");
}

#[test]
fn a_stalled_bus_is_given_up_in_time() {
    within("unlocked", "stalled_bus");
}

#[test]
fn two_matching_items_are_ambiguous() {
    within("unlocked", "two_items");
}

#[test]
fn a_missing_item_is_no_entry_and_stays_missing() {
    within("unlocked", "no_item");
}

#[test]
fn an_item_that_is_no_identity_is_refused_and_not_quoted() {
    within("unlocked", "junk_item");
}

/// Runs the scenario that the environment names; without one there is nothing to do.
#[test]
fn inside() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the outer test tells the inner one what to do"
    )]
    let Ok(name) = std::env::var(SCENARIO) else {
        return;
    };
    let others = crate::custody::SCENARIOS.iter();
    let others = others.chain(crate::stray::SCENARIOS);
    let mut scenarios = SCENARIOS.iter().chain(others);
    let (_, scenario) = scenarios.find(|(known, _)| *known == name).unwrap();
    scenario();
}

fn round_trip() {
    let made = create(&Source::Keyring, &ask(None)).unwrap();
    made.write_pin("f1:n9").unwrap();
    made.write_anchor(b"\x00anchor\xff").unwrap();
    let items = items();
    assert_eq!(items.matches("/login/").count(), 3, "{items}");
    let stored = run(
        "secret-tool",
        &["lookup", "service", "oauthctl", "username", &user()],
    );
    assert_eq!(stored, secret_of(&made), "stock tools can read the key");

    let again = create(&Source::Keyring, &ask(None)).err().unwrap();
    assert!(matches!(again, KeyError::Exists { .. }), "{again}");
    let other = itself("read_back");
    assert!(
        other.contains(&format!("recipient {}", made.recipient())),
        "{other}"
    );
    assert_eq!(items, self::items(), "nothing was added or replaced");

    made.write_pin("f2").unwrap();
    assert_eq!(
        made.read_pin().unwrap().unwrap(),
        "f2",
        "the pin may change"
    );
    made.forget().unwrap();
    assert_eq!(self::items().matches("/login/").count(), 0);
}

/// In another process than [`round_trip`].
fn read_back() {
    let custody = unlock(&ask(None)).unwrap();
    assert_eq!(custody.read_pin().unwrap().unwrap(), "f1:n9");
    assert_eq!(custody.read_anchor().unwrap().unwrap(), b"\x00anchor\xff");
    println!("recipient {}", custody.recipient());
}

fn probe() {
    let before = items();
    key::probe_keyring(Patience::Unattended).unwrap();
    assert_eq!(before, items());
}

fn locked_later() {
    create(&Source::Keyring, &ask(None)).unwrap();
    let before = items();
    lock();
    let quiet = refused(unlock(&ask(None)));
    assert!(
        matches!(&quiet, KeyError::Locked { said } if said == "its item is locked"),
        "{quiet}"
    );
    let error = refused(create(&Source::Keyring, &ask(None)));
    assert!(matches!(error, KeyError::Locked { .. }), "{error}");
    // The control: with a person there, the keyring is asked to open its dialog (which can't be
    // shown here), so without one it was not.
    let attended = refused(unlock(&ask(Some(&|_| Err(io::Error::other("not asked"))))));
    assert!(
        matches!(&attended, KeyError::Locked { said } if said.contains("dialog")),
        "{attended}"
    );
    assert_eq!(before, items());
}

fn locked_at_start() {
    let before = items();
    every_answer_is(|error| matches!(error, KeyError::Locked { .. }));
    assert_eq!(before, items());
}

fn no_collection() {
    let error = refused(unlock(&ask(None)));
    assert!(matches!(error, KeyError::NoEntry { .. }), "{error}");
    let ways: String = error.way_out().iter().map(ToString::to_string).collect();
    assert!(ways.contains("don't make a new key"));
    let error = refused(create(&Source::Keyring, &ask(None)));
    assert!(matches!(error, KeyError::Absent { .. }), "{error}");
    let error = key::probe_keyring(Patience::Unattended).unwrap_err();
    assert!(matches!(error, KeyError::Absent { .. }), "{error}");
}

fn no_keyring() {
    every_answer_is(|error| matches!(error, KeyError::Absent { .. }) && error.way_out().len() == 3);
}

fn stalled_keyring() {
    let made = create(&Source::Keyring, &ask(None)).unwrap();
    let (secret, before) = (secret_of(&made), items());
    signal("STOP", "KEYRING_PID");
    every_answer_is(|error| matches!(error, KeyError::TimedOut { .. }));
    in_time(|| {
        let error = made.read_pin().unwrap_err();
        assert!(matches!(error, KeyError::TimedOut { .. }), "{error}");
    });
    in_time(|| {
        let error = made.write_anchor(b"late").unwrap_err();
        assert!(matches!(error, KeyError::TimedOut { .. }), "{error}");
    });
    signal("CONT", "KEYRING_PID");
    assert_eq!(secret_of(&unlock(&ask(None)).unwrap()), secret);
    let after = items();
    // The late write of an anchor may still arrive; nothing else may.
    let arrived = after.matches("/login/").count() - before.matches("/login/").count();
    assert!(arrived <= 1, "{before} {after}");
}

fn stalled_bus() {
    create(&Source::Keyring, &ask(None)).unwrap();
    let before = items();
    signal("STOP", "BUS_PID");
    every_answer_is(|error| matches!(error, KeyError::TimedOut { .. }));
    signal("CONT", "BUS_PID");
    assert_eq!(before, items());
}

fn two_items() {
    create(&Source::Keyring, &ask(None)).unwrap();
    unlock(&ask(None)).expect("the control");
    store_by_hand("AGE-SECRET-KEY-1OTHER", &["from", "elsewhere"]);
    let before = items();
    let error = refused(unlock(&ask(None)));
    assert!(matches!(error, KeyError::Ambiguous { .. }), "{error}");
    let error = refused(create(&Source::Keyring, &ask(None)));
    assert!(matches!(error, KeyError::Ambiguous { .. }), "{error}");
    assert_eq!(before, items());
}

fn no_item() {
    let before = items();
    let error = refused(unlock(&ask(None)));
    assert!(matches!(error, KeyError::NoEntry { .. }), "{error}");
    let attended = refused(unlock(&ask(Some(&|_| Err(io::Error::other("not asked"))))));
    assert!(matches!(attended, KeyError::NoEntry { .. }), "{attended}");
    assert_eq!(before, items());
}

fn junk_item() {
    store_by_hand("AGE-SECRET-KEY-1CANARY", &[]);
    let error = refused(unlock(&ask(None)));
    assert!(matches!(error, KeyError::BadIdentity { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("CANARY"));
}

/// Unlocking, creating and probing each fail in that way, each in time.
fn every_answer_is(wanted: fn(&KeyError) -> bool) {
    in_time(|| {
        let error = refused(unlock(&ask(None)));
        assert!(wanted(&error), "unlock: {error}");
    });
    in_time(|| {
        let error = refused(create(&Source::Keyring, &ask(None)));
        assert!(wanted(&error), "create: {error}");
    });
    in_time(|| {
        let error = key::probe_keyring(Patience::Unattended).unwrap_err();
        assert!(wanted(&error), "probe: {error}");
    });
}

fn in_time(call: impl FnOnce()) {
    let start = Instant::now();
    call();
    assert!(start.elapsed() < LATEST, "{:?}", start.elapsed());
}

fn ask(prompt: Option<Prompt<'_>>) -> Ask<'_> {
    Ask {
        vault_id: VAULT,
        recorded: &Source::Keyring,
        identity: None,
        identity_file: None,
        passphrase_file: None,
        prompt,
        person: None,
        state_dir: Path::new("/nonexistent"),
    }
}

fn user() -> String {
    format!("vault:{VAULT}")
}

fn secret_of(custody: &Custody) -> String {
    custody.identity().to_string().expose_secret().to_owned()
}

fn refused(result: Result<Custody, KeyError>) -> KeyError {
    result.expect_err("it was refused")
}

/// The paths of all items in the default collection, as the bus shows them, locked or not.
pub(crate) fn items() -> String {
    let reply = run(
        "dbus-send",
        &[
            "--session",
            "--print-reply=literal",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets/aliases/default",
            "org.freedesktop.DBus.Properties.Get",
            "string:org.freedesktop.Secret.Collection",
            "string:Items",
        ],
    );
    assert!(reply.contains("array"), "{reply}");
    reply
}

pub(crate) fn lock() {
    let reply = run(
        "dbus-send",
        &[
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/aliases/default",
        ],
    );
    assert!(reply.contains("aliases/default"), "{reply}");
}

/// An item that another program made, with attributes of its own.
fn store_by_hand(content: &str, more: &[&str]) {
    let user = user();
    let attributes = [
        "store",
        "--label=x",
        "service",
        "oauthctl",
        "username",
        &user,
    ];
    let mut child = Command::new("secret-tool")
        .args(attributes)
        .args(more)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    io::Write::write_all(&mut child.stdin.take().unwrap(), content.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Sends a signal to a daemon that the wrapper started.
fn signal(name: &str, pid_variable: &str) {
    run("sh", &["-c", &format!("kill -{name} \"${pid_variable}\"")]);
}

fn run(program: &str, arguments: &[&str]) -> String {
    output(Command::new(program).args(arguments))
}

/// This binary once more, in the same world, for another scenario.
fn itself(scenario: &str) -> String {
    output(&mut start_of(
        scenario,
        Command::new(std::env::current_exe().unwrap()),
    ))
}

fn start_of(scenario: &str, mut command: Command) -> Command {
    command
        .args(["--exact", "keyring::inside", "--nocapture"])
        .env(SCENARIO, scenario);
    command
}

/// Runs a scenario in a session of its own.
pub(crate) fn within(mode: &str, scenario: &str) {
    let needed = [
        "gnome-keyring-daemon",
        "dbus-run-session",
        "dbus-send",
        "secret-tool",
    ];
    if let Some(missing) = needed.into_iter().find(|program| !is_installed(program)) {
        #[expect(clippy::disallowed_methods, reason = "whether skipping is allowed")]
        let ci = std::env::var_os("CI").is_some();
        assert!(!ci, "`{missing}` is not installed");
        eprintln!("\n*** SKIPPED: `{missing}` is not installed: {scenario} was not tried ***\n");
        return;
    }
    let mut command = Command::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/system/with-secret-service"
    ));
    command.arg(mode).arg(std::env::current_exe().unwrap());
    let said = output(&mut start_of(scenario, command));
    assert!(said.contains("1 passed"), "{said}");
}

fn is_installed(program: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output();
    found.unwrap().status.success()
}

/// What the command printed; it must succeed.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{text}\n{talk}",
        output.status
    );
    text
}

fn next_item() {
    let former = create(&Source::Keyring, &ask(None)).unwrap();
    former.write_pin("old").unwrap();
    let source = Source::Keyring.another().unwrap().unwrap();
    let next = Ask {
        recorded: &source,
        ..ask(None)
    };
    let made = create(&source, &next).unwrap();
    made.write_pin("new").unwrap();
    made.write_anchor(b"anchor").unwrap();
    assert_ne!(secret_of(&former), secret_of(&made));
    // both are there until the former one is retired
    let found = unlock(&ask(None)).unwrap();
    assert_eq!(secret_of(&found), secret_of(&former));
    assert_eq!(items().matches("/login/").count(), 5, "{}", items());
    key::retire(&Source::Keyring, &ask(None)).unwrap();
    let gone = refused(unlock(&ask(None)));
    assert!(matches!(gone, KeyError::NoEntry { .. }), "{gone}");
    let found = unlock(&next).unwrap();
    assert_eq!(secret_of(&found), secret_of(&made));
    assert_eq!(found.read_pin().unwrap().unwrap(), "new");
    assert_eq!(found.read_anchor().unwrap().unwrap(), b"anchor");
    assert_eq!(items().matches("/login/").count(), 3, "{}", items());
}
