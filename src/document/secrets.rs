//! Secrets in a file that is about to leave.
//!
//! Only what no prose can look like by chance: a fixed beginning, the right alphabet and a length.
//! A writer who is warned without reason learns to say yes.

/// A kind of secret that is told by its beginning and by what follows it.
struct Shape {
    what: &'static str,
    begins: &'static [u8],
    /// What may follow.
    alphabet: fn(u8) -> bool,
    /// How many of those there are at least, and at most where that is fixed.
    least: usize,
    most: usize,
}

const NO_LIMIT: usize = usize::MAX;

const fn shape(
    what: &'static str,
    begins: &'static str,
    alphabet: fn(u8) -> bool,
    least: usize,
    most: usize,
) -> Shape {
    Shape {
        what,
        begins: begins.as_bytes(),
        alphabet,
        least,
        most,
    }
}

const SHAPES: [Shape; 16] = [
    shape("an age identity", "AGE-SECRET-KEY-1", upper, 58, 58),
    shape(
        "an age identity",
        "AGE-SECRET-KEY-PQ-1",
        upper,
        58,
        NO_LIMIT,
    ),
    shape("a GitHub token", "ghp_", alphanumeric, 36, NO_LIMIT),
    shape("a GitHub token", "gho_", alphanumeric, 36, NO_LIMIT),
    shape("a GitHub token", "ghu_", alphanumeric, 36, NO_LIMIT),
    shape("a GitHub token", "ghs_", alphanumeric, 36, NO_LIMIT),
    shape("a GitHub token", "ghr_", alphanumeric, 36, NO_LIMIT),
    shape("a GitHub token", "github_pat_", url_safe, 60, NO_LIMIT),
    shape("a GitLab token", "glpat-", url_safe, 20, NO_LIMIT),
    shape("a Slack token", "xoxb-", url_safe, 24, NO_LIMIT),
    shape("a Slack token", "xoxp-", url_safe, 24, NO_LIMIT),
    shape("a Google access token", "ya29.", url_safe, 40, NO_LIMIT),
    shape("a Google refresh token", "1//0", url_safe, 40, NO_LIMIT),
    shape("a Google API key", "AIza", url_safe, 35, 35),
    shape("an AWS access key", "AKIA", upper, 16, 16),
    shape("an AWS access key", "ASIA", upper, 16, 16),
];

/// Names the first secret in these bytes.
pub(super) fn secret(bytes: &[u8]) -> Option<&'static str> {
    let mut before = b' ';
    for (start, &first) in bytes.iter().enumerate() {
        // within a word, nothing begins
        let at_start = !alphanumeric(before) && before != b'_';
        // so that a long row of hyphens and beginnings is walked once
        let within = url_safe(before);
        before = first;
        if !at_start {
            continue;
        }
        let rest = bytes.get(start..).unwrap_or_default();
        let found = match first {
            b'A' | b'g' | b'x' | b'y' | b'1' => SHAPES
                .iter()
                .find(|shape| shape.fits(rest))
                .map(|shape| shape.what)
                .or_else(|| is_plugin_identity(rest).then_some("an age plugin's identity")),
            b'B' => is_private_key(rest).then_some("a private key"),
            b'e' if !within => is_web_token(rest).then_some("a web token (JWT)"),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

impl Shape {
    fn fits(&self, bytes: &[u8]) -> bool {
        let Some(rest) = bytes.strip_prefix(self.begins) else {
            return false;
        };
        // no more is looked at than decides
        let enough = self.most.min(self.least).saturating_add(1);
        let length = run(
            rest.get(..enough.min(rest.len())).unwrap_or_default(),
            self.alphabet,
        );
        length >= self.least && length <= self.most
    }
}

/// `AGE-PLUGIN-NAME-1` and what follows, so that a plugin's mere name is none.
fn is_plugin_identity(bytes: &[u8]) -> bool {
    const FAR: usize = 128;
    let Some(rest) = bytes.strip_prefix(b"AGE-PLUGIN-") else {
        return false;
    };
    let near = rest.get(..FAR.min(rest.len())).unwrap_or_default();
    let mut parts = near.split(|byte| *byte == b'-').skip(1);
    parts.any(|part| part.starts_with(b"1") && run(part, upper) >= 20)
}

/// `BEGIN … PRIVATE KEY-----`, the dashes before it having been passed, and something of the key.
fn is_private_key(bytes: &[u8]) -> bool {
    const ENDS: &[u8] = b"PRIVATE KEY";
    const FAR: usize = 48;
    let Some(rest) = bytes.strip_prefix(b"BEGIN ") else {
        return false;
    };
    let near = rest.get(..FAR.min(rest.len())).unwrap_or_default();
    let length = run(near, |byte| byte == b' ' || upper(byte));
    let (label, after) = rest.split_at_checked(length).unwrap_or_default();
    let dashes = after
        .strip_prefix(b" BLOCK-----")
        .or_else(|| after.strip_prefix(b"-----"));
    let label = label.strip_suffix(b" BLOCK").unwrap_or(label);
    // an empty frame in a text about keys holds no secret
    let body = dashes.map(|rest| rest.get(..200.min(rest.len())).unwrap_or_default());
    label.ends_with(ENDS)
        && body.is_some_and(|body| body.split(u8::is_ascii_whitespace).any(is_key_line))
}

fn is_key_line(line: &[u8]) -> bool {
    line.len() >= 32 && run(line, |byte| alphanumeric(byte) || b"+/=".contains(&byte)) == line.len()
}

/// Two parts with a dot between that both begin with `{"` in base64; a third, which signs them,
/// may be missing.
fn is_web_token(bytes: &[u8]) -> bool {
    const LONGEST_HEADER: usize = 4 * 1024;
    let near = bytes
        .get(..LONGEST_HEADER.min(bytes.len()))
        .unwrap_or_default();
    let header = run(near, url_safe);
    let Some(rest) = bytes.get(header..).and_then(|rest| rest.strip_prefix(b".")) else {
        return false;
    };
    let payload = run(rest.get(..16.min(rest.len())).unwrap_or_default(), url_safe);
    bytes.starts_with(b"eyJ") && rest.starts_with(b"eyJ") && header >= 16 && payload == 16
}

fn run(bytes: &[u8], alphabet: fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| alphabet(**byte)).count()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples are put together here, so that this file holds none.
    fn examples() -> Vec<(String, &'static str)> {
        let body = |length: usize| "Q7Z2".chars().cycle().take(length).collect::<String>();
        let frame = |label: &str| format!("-----BEGIN {label}-----\n{}\n", body(64));
        let token = format!("eyJ{}.eyJ{}.{}", body(20), body(40), body(43));
        vec![
            (format!("AGE-SECRET-KEY-1{}", body(58)), "an age identity"),
            (
                format!("AGE-PLUGIN-YUBIKEY-1{}", body(30)),
                "an age plugin's identity",
            ),
            (format!("ghp_{}", body(36)), "a GitHub token"),
            (format!("gho_{}", body(36)), "a GitHub token"),
            (format!("github_pat_{}", body(82)), "a GitHub token"),
            (format!("glpat-{}", body(20)), "a GitLab token"),
            (format!("xoxb-{}", body(40)), "a Slack token"),
            (format!("ya29.{}", body(80)), "a Google access token"),
            (format!("1//0{}", body(60)), "a Google refresh token"),
            (format!("AIza{}", body(35)), "a Google API key"),
            (format!("AKIA{}", body(16)), "an AWS access key"),
            (frame("PRIVATE KEY"), "a private key"),
            (frame("OPENSSH PRIVATE KEY"), "a private key"),
            (frame("PGP PRIVATE KEY BLOCK"), "a private key"),
            (token, "a web token (JWT)"),
        ]
    }

    #[test]
    fn each_kind_is_found_wherever_it_stands() {
        for (secret_text, what) in examples() {
            for text in [
                secret_text.clone(),
                format!("Chapter 1\n\n> \"{secret_text}\"\n"),
                format!("key={secret_text}\r\nmore"),
            ] {
                assert_eq!(secret(text.as_bytes()), Some(what), "{text}");
            }
            let among_bytes = [&b"\xff\0"[..], secret_text.as_bytes(), b"\0\xfe"].concat();
            assert_eq!(secret(&among_bytes), Some(what));
        }
    }

    #[test]
    fn what_is_cut_short_or_stands_within_a_word_is_none() {
        for (text, what) in examples() {
            if what != "a private key" {
                assert_eq!(
                    secret(&text.as_bytes()[..text.len().min(14)]),
                    None,
                    "{text}"
                );
            }
            assert_eq!(
                secret(format!("x{}", text.trim_start_matches('-')).as_bytes()),
                None
            );
        }
        for text in [
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n",
            "the variable ghp_token, an AKIA number, AGE-PLUGIN-X",
            "eyJ is how they begin; e.g. eyJhbGciOi.eyJ.",
            "AGE OF REASON; AIzawa said yes",
        ] {
            assert_eq!(secret(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_million_words_of_prose_raise_no_alarm() {
        let words = [
            "Age", "begin", "private", "KEY", "eyJ", "--", "secret", "Asia", "AKIA", "ghost",
            "xoxo", "don't", "1//0", "ya29", "glad", "PRIVATE", "BEGIN", "_", "…", "github",
        ];
        let (mut state, mut text) = (1_u64, String::new());
        for _ in 0..1_000_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let word = usize::try_from(state >> 33).unwrap() % words.len();
            text.push_str(words[word]);
            text.push(if state >> 60 == 0 { '\n' } else { ' ' });
        }
        assert_eq!(secret(text.as_bytes()), None);
        assert!(secret(format!("{text}ghp_{}", "a".repeat(36)).as_bytes()).is_some());
    }

    #[test]
    fn hostile_lengths_take_no_more_than_a_look() {
        for piece in ["eyJ.", "eyJ-", "BEGIN ", "AGE-PLUGIN-", "1//0-", "\n"] {
            assert_eq!(secret(piece.repeat(4).as_bytes()), None, "{piece}");
            let _ = secret(piece.repeat(200_000).as_bytes());
        }
    }
}
