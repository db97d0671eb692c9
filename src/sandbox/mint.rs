//! Makes the sandbox's secrets: random, or a function of a seed and of the order of requests.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::names::hex;
use crate::secret::SecretKey;

/// The whole SHA-256 of a code or token. The sandbox keeps these instead of the texts, so that
/// neither its memory nor its log is worth stealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hash([u8; 32]);

impl Hash {
    /// The hash of `secret`.
    pub(super) fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// The short form for the log: see [`fingerprint`].
    pub(super) fn fingerprint(self) -> String {
        hex(self.0.first_chunk::<8>().unwrap_or(&[0; 8]))
    }
}

/// How the log names a token without telling it: the first 16 hex digits of its SHA-256.
#[must_use]
pub fn fingerprint(token: &str) -> String {
    Hash::of(token).fingerprint()
}

/// A source of secrets. Every kind has its own count, so one more code doesn't change the next
/// token.
pub(super) struct Mint {
    key: SecretKey<32>,
    made: BTreeMap<&'static str, u64>,
}

impl Mint {
    /// Secrets that follow from `seed`, or random ones.
    pub(super) fn new(seed: Option<&str>) -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        match seed {
            Some(seed) => key = Sha256::digest(format!("sandbox seed\0{seed}")).into(),
            None => getrandom::fill(&mut key)?,
        }
        Ok(Self {
            key: SecretKey::new(key),
            made: BTreeMap::new(),
        })
    }

    /// The next 32 bytes of this kind.
    pub(super) fn bytes(&mut self, kind: &'static str) -> [u8; 32] {
        let count = self.made.entry(kind).or_default();
        *count += 1;
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.expose()) else {
            return [0; 32]; // HMAC takes keys of any length
        };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(&count.to_be_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The next secret of this kind: `KIND_` and 43 characters, 256 bits.
    pub(super) fn secret(&mut self, kind: &'static str) -> String {
        let bytes = self.bytes(kind);
        format!("{kind}_{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The next code that a person types: eight consonants (RFC 8628 section 6.1).
    pub(super) fn user_code(&mut self) -> String {
        const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
        let mut code = String::with_capacity(9);
        for (position, byte) in self.bytes("sbx_user").iter().take(8).enumerate() {
            if position == 4 {
                code.push('-');
            }
            let letter = LETTERS.get(usize::from(*byte) % LETTERS.len());
            code.extend(letter.map(|letter| char::from(*letter)));
        }
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_decides_every_secret_and_no_seed_none() {
        let (mut one, mut two) = (Mint::new(Some("7")).unwrap(), Mint::new(Some("7")).unwrap());
        assert_eq!(one.secret("sbx_at"), two.secret("sbx_at"));
        one.secret("sbx_code");
        assert_eq!(one.secret("sbx_at"), two.secret("sbx_at"));
        assert_eq!(one.user_code(), two.user_code());
        assert_ne!(one.secret("sbx_at"), one.secret("sbx_at"));

        let other = Mint::new(Some("8")).unwrap().secret("sbx_at");
        assert_ne!(other, Mint::new(Some("7")).unwrap().secret("sbx_at"));
        let random = || Mint::new(None).unwrap().secret("sbx_at");
        assert_ne!(random(), random());
    }

    #[test]
    fn a_fingerprint_is_sixteen_hex_digits_of_sha_256() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea");
    }
}
