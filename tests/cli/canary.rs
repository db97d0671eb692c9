//! Looks for secrets where none may be: as they are, cut to pieces, or written in another way.
//!
//! A needle is not a whole secret but every window of sixteen of its bytes, so that a truncated
//! token is found too, and every way that programs write bytes down has needles of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// So many bytes of a secret in a row are a leak.
const WINDOW: usize = 16;
/// The index knows needles by so many of their first bytes, as one number.
const STEM: usize = 8;
/// A bit for each hash of a stem, so that most bytes of a haystack cost one look.
const FILTER: usize = 1 << 20;
/// The length of a PKCE verifier of 32 random bytes.
const VERIFIER: usize = 43;

/// Where a secret may be after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nowhere.
    Secret,
    /// On stdout of what hands it out.
    AccessToken,
    /// In the address that the person opens, and in no file.
    Passing,
}

/// The secrets to look for.
pub(crate) struct Canary {
    known: BTreeSet<String>,
    needles: BTreeMap<u64, Vec<Needle>>,
    filter: Vec<bool>,
    challenges: BTreeSet<String>,
}

struct Needle {
    bytes: Vec<u8>,
    name: Rc<str>,
    class: Class,
}

impl Canary {
    /// Knows no secret yet.
    pub(crate) fn new() -> Self {
        Self {
            known: BTreeSet::new(),
            needles: BTreeMap::new(),
            filter: vec![false; FILTER],
            challenges: BTreeSet::new(),
        }
    }

    /// Looks for `secret` from now on; what is found is called `name`, never the secret.
    pub(crate) fn learn(&mut self, class: Class, name: &str, secret: &str) {
        assert!(secret.len() >= WINDOW, "{name} is too short to look for");
        if !self.known.insert(secret.to_owned()) {
            return;
        }
        for (way, written, width) in writings(secret.as_bytes()) {
            let name: Rc<str> = format!("{name} ({way})").into();
            for window in written.windows(width.min(written.len())) {
                let stem = u64::from_le_bytes(*window.first_chunk().unwrap());
                self.filter[place(stem)] = true;
                self.needles.entry(stem).or_default().push(Needle {
                    bytes: window.to_vec(),
                    name: Rc::clone(&name),
                    class,
                });
            }
        }
    }

    /// Looks for the PKCE verifier of this S256 challenge (RFC 7636 section 4.2) from now on.
    pub(crate) fn learn_challenge(&mut self, challenge: &str) {
        self.challenges.insert(challenge.to_owned());
    }

    /// What is in `haystack` and not of the class that may be there: the name of the first secret
    /// and how it was written.
    pub(crate) fn find(&self, haystack: &[u8], but: Option<Class>) -> Option<String> {
        // One pass with as little as possible for each byte: every file is searched after every run.
        let (mut stem, mut run) = (0_u64, 0);
        for (at, byte) in haystack.iter().enumerate() {
            stem = stem >> 8 | u64::from(*byte) << 56;
            if self.filter[place(stem)]
                && let Some(from) = (at + 1).checked_sub(STEM)
                && let Some(found) = self.needle(stem, &haystack[from..], but)
            {
                return Some(found);
            }
            run = if is_letter(*byte) { run + 1 } else { 0 };
            if run >= VERIFIER && self.is_verifier(&haystack[at + 1 - VERIFIER..=at]) {
                return Some("a code verifier (raw)".to_owned());
            }
        }
        None
    }

    fn needle(&self, stem: u64, haystack: &[u8], but: Option<Class>) -> Option<String> {
        let mut same_stem = self.needles.get(&stem).into_iter().flatten();
        let found = same_stem
            .find(|needle| Some(needle.class) != but && haystack.starts_with(&needle.bytes))?;
        Some(found.name.to_string())
    }

    /// The hash of a verifier tells which one it is.
    fn is_verifier(&self, text: &[u8]) -> bool {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
        self.challenges.contains(&challenge)
    }
}

/// The characters of base64url.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn place(stem: u64) -> usize {
    let mixed = stem.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(mixed >> 44).unwrap_or_default()
}

/// Every way of writing a secret: its name, the text, and how much of that is a leak.
fn writings(secret: &[u8]) -> Vec<(&'static str, Vec<u8>, usize)> {
    let spelled = |spell: &dyn Fn(&mut String, u8)| {
        let mut text = String::new();
        for byte in secret {
            spell(&mut text, *byte);
        }
        text.into_bytes()
    };
    let mut ways = vec![
        ("raw", secret.to_vec(), WINDOW),
        ("hex", spelled(&|t, b| write!(t, "{b:02x}").unwrap()), 32),
        ("HEX", spelled(&|t, b| write!(t, "{b:02X}").unwrap()), 32),
        (
            "percent",
            spelled(&|t, b| write!(t, "%{b:02x}").unwrap()),
            48,
        ),
        (
            "PERCENT",
            spelled(&|t, b| write!(t, "%{b:02X}").unwrap()),
            48,
        ),
        ("form", spelled(&form_encoded), WINDOW),
        ("debug", spelled(&|t, b| write!(t, "{b}, ").unwrap()), 48),
        (
            "UTF-16 little",
            secret.iter().flat_map(|byte| [*byte, 0]).collect(),
            32,
        ),
        (
            "UTF-16 big",
            secret.iter().flat_map(|byte| [0, *byte]).collect(),
            32,
        ),
    ];
    // In a longer text a secret begins at any of three places of base64's groups; the characters
    // at its edges hold bits of the neighbours.
    for (shift, way) in ["base64", "base64 +1", "base64 +2"].into_iter().enumerate() {
        let mut shifted = vec![0; shift];
        shifted.extend(secret);
        let text = STANDARD.encode(&shifted);
        let sure = (shift * 8).div_ceil(6)..shifted.len() * 8 / 6;
        let text = text.get(sure).unwrap();
        ways.push((way, text.as_bytes().to_vec(), WINDOW));
        let url = text.replace('+', "-").replace('/', "_");
        ways.push(("base64url", url.into_bytes(), WINDOW));
    }
    ways
}

fn form_encoded(text: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        text.push(char::from(byte));
    } else {
        write!(text, "%{byte:02X}").unwrap();
    }
}

/// The control of every other test: a scanner that finds nothing would please them all.
#[test]
fn the_canary_finds_every_one_of_twelve_planted_leaks() {
    let secret = "sbx_at_7Vq-3fK_u0Zr+yN/8bTqLmX1cWd5hPa";
    let mut canary = Canary::new();
    canary.learn(Class::AccessToken, "the token", secret);
    let bytes = secret.as_bytes();
    let spelled = |spell: fn(&u8) -> String| -> Vec<u8> {
        bytes.iter().flat_map(|b| spell(b).into_bytes()).collect()
    };
    let behind = |front: &str| {
        STANDARD
            .encode(format!("{front}{secret} and more"))
            .into_bytes()
    };
    let leaks: [(&str, Vec<u8>); 12] = [
        ("raw", bytes.to_vec()),
        ("a piece of it", bytes[9..9 + WINDOW].to_vec()),
        ("base64", behind("")),
        ("base64 behind one byte", behind("x")),
        ("base64 behind two bytes", behind("xy")),
        (
            "base64url",
            URL_SAFE_NO_PAD.encode(format!("{secret}:x")).into_bytes(),
        ),
        ("hex", spelled(|b| format!("{b:02x}"))),
        ("hex in capitals", spelled(|b| format!("{b:02X}"))),
        ("percent", spelled(|b| format!("%{b:02X}"))),
        (
            "a form",
            spelled(|b| {
                let mut text = String::new();
                form_encoded(&mut text, *b);
                text
            }),
        ),
        (
            "UTF-16, little end first",
            bytes.iter().flat_map(|b| [*b, 0]).collect(),
        ),
        (
            "UTF-16, big end first",
            bytes.iter().flat_map(|b| [0, *b]).collect(),
        ),
    ];
    for (way, leak) in leaks {
        let mut log = b"2026-11-20 an ordinary line of a log\n".to_vec();
        log.extend(&leak);
        log.extend(b"\nand another one");
        assert!(canary.find(&log, None).is_some(), "{way}");
        assert!(canary.find(&log, Some(Class::Passing)).is_some(), "{way}");
        assert_eq!(canary.find(&log, Some(Class::AccessToken)), None, "{way}");
        let harmless: Vec<u8> = log.iter().map(|byte| byte.wrapping_add(1)).collect();
        assert_eq!(canary.find(&harmless, None), None, "{way}");
    }
}

#[test]
fn the_canary_finds_the_verifier_of_a_challenge() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7636 appendix B
    let mut canary = Canary::new();
    let text = format!("log: verifier={verifier}&x");
    assert_eq!(canary.find(text.as_bytes(), None), None);
    canary.learn_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert!(canary.find(text.as_bytes(), None).is_some());
}
