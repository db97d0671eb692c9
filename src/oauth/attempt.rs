//! The three one-time secrets of an authorization attempt.
//!
//! The state ties the answer to this attempt, the verifier ties the code to this program, the
//! nonce ties the ID token to both; none replaces another (RFC 9700 section 4.7 and 4.8).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};

use crate::names::Scope;
use crate::secret::Secret;

/// How many random bytes an attempt is made of: 32 each for verifier, state and nonce.
pub const RANDOM_BYTES: usize = 96;

/// The one-time secrets of one attempt; a retry makes new ones.
#[derive(Debug, Clone)]
pub struct Attempt {
    verifier: Secret,
    state: Secret,
    nonce: Option<Secret>,
}

impl Attempt {
    /// An attempt from fresh random bytes of the operating system, which the caller wipes. There
    /// is a nonce when `scopes` asks for `openid` (`OpenID` Connect Core section 3.1.2.1).
    #[must_use]
    pub fn from_random(random: &[u8; RANDOM_BYTES], scopes: &[Scope]) -> Self {
        let (verifier, rest) = random.split_at(32);
        let (state, nonce) = rest.split_at(32);
        let text = |bytes: &[u8]| Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        Self {
            verifier: text(verifier),
            state: text(state),
            nonce: is_openid(scopes).then(|| text(nonce)),
        }
    }

    /// An attempt that was begun earlier.
    #[must_use]
    pub const fn from_parts(verifier: Secret, state: Secret, nonce: Option<Secret>) -> Self {
        Self {
            verifier,
            state,
            nonce,
        }
    }

    /// The PKCE code verifier: 43 characters (RFC 7636 section 4.1).
    #[must_use]
    pub fn verifier(&self) -> &Secret {
        &self.verifier
    }

    /// The state: 256 bits, 43 characters, no meaning.
    #[must_use]
    pub fn state(&self) -> &Secret {
        &self.state
    }

    /// The nonce that the ID token must repeat.
    #[must_use]
    pub fn nonce(&self) -> Option<&Secret> {
        self.nonce.as_ref()
    }

    pub(super) fn challenge(&self) -> PkceCodeChallenge {
        // asserts a length of 43 to 128, which `from_random` guarantees
        let verifier = PkceCodeVerifier::new(self.verifier.expose().to_owned());
        PkceCodeChallenge::from_code_verifier_sha256(&verifier)
    }
}

/// Whether these scopes ask for an ID token.
#[must_use]
pub fn is_openid(scopes: &[Scope]) -> bool {
    scopes.iter().any(|scope| scope.as_str() == "openid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let mut random = [0; RANDOM_BYTES];
        random[..32].copy_from_slice(&[
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212,
            37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ]);
        let attempt = Attempt::from_random(&random, &[]);
        assert_eq!(
            attempt.verifier().expose(),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        assert_eq!(
            attempt.challenge().as_str(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert_eq!(attempt.challenge().method().as_str(), "S256");
    }

    #[test]
    fn every_secret_has_its_own_256_bits_and_the_nonce_comes_with_openid_only() {
        let random: [u8; RANDOM_BYTES] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        let openid = ["openid".parse().unwrap()];
        let attempt = Attempt::from_random(&random, &openid);
        let secrets = [
            attempt.verifier(),
            attempt.state(),
            attempt.nonce().unwrap(),
        ];
        for (bytes, secret) in random.chunks(32).zip(secrets) {
            assert_eq!(secret.expose().len(), 43);
            assert_eq!(URL_SAFE_NO_PAD.decode(secret.expose()).unwrap(), bytes);
        }
        assert!(
            Attempt::from_random(&random, &["email".parse().unwrap()])
                .nonce()
                .is_none()
        );
    }

    #[test]
    fn debug_of_an_attempt_is_redacted() {
        let attempt = Attempt::from_random(&[7; RANDOM_BYTES], &["openid".parse().unwrap()]);
        let shown = format!("{attempt:?}");
        assert!(!shown.contains("BwcH"), "{shown}");
    }
}
