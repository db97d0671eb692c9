//! Looks for secrets where none may be: as they are, cut to pieces, or written in another way.
//!
//! A needle is not a whole secret but every window of sixteen of its bytes, so that a truncated
//! token is found too, and every way that programs write bytes down has needles of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// So many bytes of a secret in a row are a leak.
const WINDOW: usize = 16;
/// The index knows needles by so many of their first bytes.
const STEM: usize = 8;
/// A bit for each hash of a stem, so that most bytes of a haystack cost one look.
const FILTER: usize = 1 << 20;

/// The secrets to look for.
pub(crate) struct Canary {
    known: BTreeSet<String>,
    needles: BTreeMap<[u8; STEM], Vec<(Vec<u8>, String)>>,
    filter: Vec<bool>,
    challenges: BTreeSet<String>,
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
    pub(crate) fn learn(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= WINDOW, "{name} is too short to look for");
        if !self.known.insert(secret.to_owned()) {
            return;
        }
        for (way, written, width) in writings(secret.as_bytes()) {
            for needle in written.windows(width.min(written.len())) {
                self.needle(needle, format!("{name} ({way})"));
            }
        }
    }

    /// Looks for the PKCE verifier of this S256 challenge (RFC 7636 section 4.2) from now on.
    pub(crate) fn learn_challenge(&mut self, challenge: &str) {
        self.challenges.insert(challenge.to_owned());
    }

    /// What is in `haystack`: the name of the first secret and how it was written.
    pub(crate) fn find(&self, haystack: &[u8]) -> Option<String> {
        self.find_needle(haystack)
            .or_else(|| self.find_verifier(haystack))
    }

    fn needle(&mut self, needle: &[u8], name: String) {
        let stem = *needle.first_chunk().unwrap();
        self.filter[place(stem)] = true;
        let same_stem = self.needles.entry(stem).or_default();
        same_stem.push((needle.to_vec(), name));
    }

    fn find_needle(&self, haystack: &[u8]) -> Option<String> {
        for (at, window) in haystack.windows(STEM).enumerate() {
            let stem: &[u8; STEM] = window.try_into().unwrap();
            if !self.filter[place(*stem)] {
                continue;
            }
            let same_stem = self.needles.get(stem).into_iter().flatten();
            for (needle, name) in same_stem {
                if haystack[at..].starts_with(needle) {
                    return Some(name.clone());
                }
            }
        }
        None
    }

    /// A verifier is 43 characters of base64url; its hash tells which.
    fn find_verifier(&self, haystack: &[u8]) -> Option<String> {
        let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
        haystack
            .split(|byte| !letter(byte))
            .flat_map(|run| run.windows(43))
            .map(|run| URL_SAFE_NO_PAD.encode(Sha256::digest(run)))
            .any(|challenge| self.challenges.contains(&challenge))
            .then(|| "a code verifier (raw)".to_owned())
    }
}

fn place(stem: [u8; STEM]) -> usize {
    let mixed = u64::from_le_bytes(stem).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(mixed >> 44).unwrap()
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
    canary.learn("the token", secret);
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
        assert!(canary.find(&log).is_some(), "{way}");
        let harmless: Vec<u8> = log.iter().map(|byte| byte.wrapping_add(1)).collect();
        assert_eq!(canary.find(&harmless), None, "{way}");
    }
}

#[test]
fn the_canary_finds_the_verifier_of_a_challenge() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7636 appendix B
    let mut canary = Canary::new();
    let text = format!("log: verifier={verifier}&x");
    assert_eq!(canary.find(text.as_bytes()), None);
    canary.learn_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert!(canary.find(text.as_bytes()).is_some());
}
