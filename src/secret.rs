//! Secrets are a type with one door.
//!
//! A [`Secret`] has no `Display` and no `Serialize`, its `Debug` is redacted, and its memory is
//! wiped when it is dropped. The only way to the text is [`Secret::expose`], so a reviewer finds
//! every place where a secret leaves by searching for that word.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret text: a token, code, verifier, client secret, passphrase or age identity.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of `text`; it is wiped when the secret is dropped.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Call it at the boundary only: a request body, a header, sealed storage.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Compares in constant time for equal lengths.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// A secret key of `N` bytes.
#[derive(Clone)]
pub struct SecretKey<const N: usize>(Zeroizing<[u8; N]>);

impl<const N: usize> SecretKey<N> {
    /// Takes a copy of `bytes`; the caller wipes its own.
    #[must_use]
    pub fn new(bytes: [u8; N]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes themselves. Call it where a cipher or a MAC takes its key.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for SecretKey<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_secret_is_redacted() {
        let secret = Secret::new("gho_canary".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
        assert_eq!(
            format!("{:?}", SecretKey::new([7_u8; 32])),
            "SecretKey(redacted)"
        );
    }

    #[test]
    fn matches_compares_the_whole_text() {
        let secret = Secret::new("state".to_owned());
        assert!(secret.matches("state"));
        assert!(!secret.matches("stat"));
        assert!(!secret.matches("statE"));
    }
}
