use std::fs;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use super::*;
use crate::secret::Secret;

const RECIPIENT: &str = "age1toy1pzry9x8guq22xa";
const IDENTITY: &str = "AGE-PLUGIN-TOY-1PZRY9X8G7GW3G7";

/// The plugin of the fixtures in a folder of its own, in one of its moods.
fn plugin(mode: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("age-plugin-toy");
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/age-plugin-toy");
    fs::copy(fixture, &program).unwrap();
    let word = folder.path().join("age-plugin-toy.mode");
    crate::private_file::replace(&word, mode.as_bytes()).unwrap();
    (folder, program)
}

fn lock(program: &Path) -> Result<Vec<u8>, EncryptError> {
    lock_before(program, &Nobody)
}

fn lock_before(program: &Path, person: &dyn Person) -> Result<Vec<u8>, EncryptError> {
    let recipient = Recipient {
        text: RECIPIENT,
        program,
        person,
    };
    let all = std::iter::once(&recipient as &dyn age::Recipient);
    let mut sealed = Vec::new();
    let mut writer = age::Encryptor::with_recipients(all)?.wrap_output(&mut sealed)?;
    writer.write_all(b"content")?;
    writer.finish()?;
    Ok(sealed)
}

fn unlock(identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, DecryptError> {
    let one = std::iter::once(identity as &dyn age::Identity);
    let mut open = Vec::new();
    age::Decryptor::new_buffered(sealed)?
        .decrypt(one)?
        .read_to_end(&mut open)?;
    Ok(open)
}

fn why(error: &io::Error) -> String {
    complaint(error).unwrap_or_else(|| panic!("{error}"))
}

struct Typist(&'static str);

impl Person for Typist {
    fn say(&self, text: &str) {
        assert_eq!(text, "touch the token");
    }

    fn ask(&self, question: &str) -> Option<Secret> {
        assert_eq!(question, "PIN: ");
        Some(Secret::new(self.0.to_owned()))
    }

    fn is_there(&self) -> bool {
        true
    }
}

#[test]
fn a_plugin_is_named_by_whole_bech32_texts_and_never_by_a_path() {
    assert_eq!(of_recipient(RECIPIENT).as_deref(), Some("toy"));
    assert_eq!(of_identity(IDENTITY).as_deref(), Some("toy"));
    let native = age::x25519::Identity::generate();
    assert_eq!(of_recipient(&native.to_public().to_string()), None);
    for (text, what) in [
        ("age1toy1pzry9x8guq22xb", "a wrong checksum"),
        ("age1../../x1pzry9x8gvh9lll", "a path"),
        ("age1a.b1pzry9x8gad6hg7", "a dot"),
        ("age11pzry9x8g2rf537", "no name"),
        (IDENTITY, "an identity"),
        ("", "nothing"),
    ] {
        assert_eq!(of_recipient(text), None, "{what}");
    }
    for (text, what) in [
        ("AGE-PLUGIN-../X-1PZRY9X8G60ENYS", "a path"),
        ("AGE-PLUGIN-1PZRYSKYGRP", "no name"),
        (RECIPIENT, "a recipient"),
    ] {
        assert_eq!(of_identity(text), None, "{what}");
    }
}

#[test]
fn what_a_plugin_locks_it_unlocks_once_for_the_same_file() {
    let (folder, program) = plugin("");
    let sealed = lock(&program).unwrap();
    let identity = Identity::new(IDENTITY, program, &Nobody);
    for _ in 0..3 {
        assert_eq!(unlock(&identity, &sealed).unwrap(), b"content");
    }
    let log = fs::read_to_string(folder.path().join("age-plugin-toy.log")).unwrap();
    let starts: Vec<_> = log.lines().collect();
    assert_eq!(
        starts,
        ["--age-plugin=recipient-v1 0", "--age-plugin=identity-v1 0"]
    );
}

#[test]
fn a_plugin_asks_a_person_and_takes_no_other_answer() {
    let (_folder, program) = plugin("");
    let sealed = lock(&program).unwrap();
    let (_folder, program) = plugin("asks");
    let right = Identity::new(IDENTITY, program.clone(), &Typist("1234"));
    assert_eq!(unlock(&right, &sealed).unwrap(), b"content");
    for person in [&Typist("4321") as &dyn Person, &Nobody] {
        // It unlocks nothing then, as for a file that is not for it.
        let wrong = Identity::new(IDENTITY, program.clone(), person);
        let refused = unlock(&wrong, &sealed);
        assert!(matches!(refused, Err(DecryptError::NoMatchingKeys)));
    }
}

#[test]
fn a_plugin_asks_a_person_while_it_locks() {
    let (_folder, program) = plugin("asks");
    assert!(lock_before(&program, &Typist("1234")).is_ok());
    for person in [&Typist("4321") as &dyn Person, &Nobody] {
        let Err(EncryptError::Io(error)) = lock_before(&program, person) else {
            panic!("locked");
        };
        assert!(why(&error).contains("it locked nothing"), "{}", why(&error));
    }
}

#[test]
fn a_plugin_is_waited_for_in_bounds_whatever_it_started() {
    for (mode, person, said, stays) in [
        (
            "hangs",
            &Nobody as &dyn Person,
            "it was not done after 5 s",
            false,
        ),
        ("leaves", &Nobody, "it ended before it was done", true),
        ("leaves", &Typist(""), "it ended before it was done", true),
    ] {
        let (folder, program) = plugin(mode);
        let started = Instant::now();
        let Err(EncryptError::Io(error)) = lock_before(&program, person) else {
            panic!("{mode}: locked");
        };
        assert!(why(&error).contains(said), "{mode}: {}", why(&error));
        assert!(started.elapsed() < Duration::from_secs(40), "{mode}");
        let child = fs::read_to_string(folder.path().join("age-plugin-toy.child")).unwrap();
        let ps = |options: &[&str]| {
            let state = std::process::Command::new("ps").args(options).output();
            String::from_utf8(state.unwrap().stdout).unwrap()
        };
        let state = ps(&["-o", "stat=", "-p", child.trim()]);
        let is_there = !state.trim().is_empty() && !state.starts_with('Z');
        assert_eq!(is_there, stays, "{mode}: {state}");
        if stays {
            let id = rustix::process::Pid::from_raw(child.trim().parse().unwrap()).unwrap();
            rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
        }
    }
}

#[test]
fn what_fits_a_header_is_read_again() {
    let (_folder, program) = plugin("full");
    let sealed = lock(&program).unwrap();
    let identity = Identity::new(IDENTITY, program, &Nobody);
    assert_eq!(unlock(&identity, &sealed).unwrap(), b"content");
}

#[test]
fn a_plugin_that_misbehaves_is_told_of_and_is_never_a_damaged_file() {
    let (_folder, good) = plugin("");
    let sealed = lock(&good).unwrap();
    for (mode, said) in [
        ("rushes", "it ended before it was done"),
        ("dies", "it ended before it was done"),
        ("babbles", "no age stanza"),
        ("floods", "said too much"),
        ("complains", "the token is not plugged in"),
        ("spaces", "no age stanza"),
        ("natives", "no sound age stanza"),
        ("fat", "no sound age stanza"),
        ("long", "no sound age stanza"),
        ("many", "no sound age stanza"),
    ] {
        let (_folder, program) = plugin(mode);
        let Err(EncryptError::Io(error)) = lock(&program) else {
            panic!("{mode}: locked");
        };
        assert!(why(&error).contains(said), "{mode}: {}", why(&error));
        if !["rushes", "dies", "babbles", "floods"].contains(&mode) {
            // Only while it locks; and a plugin may complain of one key and unlock with another.
            continue;
        }
        let identity = Identity::new(IDENTITY, program, &Nobody);
        let Err(DecryptError::Io(error)) = unlock(&identity, &sealed) else {
            panic!("{mode}: unlocked");
        };
        assert!(why(&error).contains(said), "{mode}: {}", why(&error));
    }
    let missing = lock(Path::new("/nowhere/age-plugin-toy"));
    assert!(matches!(missing, Err(EncryptError::Io(error)) if why(&error).contains("nowhere")));
}
