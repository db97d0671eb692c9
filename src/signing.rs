//! Keys that sign: what a client proves itself with (RFC 7523), and what tokens are bound to
//! (RFC 9449).
//!
//! A key rests as its PEM text, which is what a person has and what the vault seals, and is parsed
//! where it signs. The only randomness is the signature's own.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::Secret;

const PKCS8: &str = "PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";

/// Why a key can't be used. Quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SigningError {
    /// It is no PEM text with a private key.
    #[error("it is no private key in PEM (PKCS#8, or PKCS#1 for RSA)")]
    NotPem,
    /// A private key of a kind that can't sign here.
    #[error("it is neither an EC key on P-256 nor an RSA key of 2048 to 4096 bits")]
    Kind,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// A private key.
#[derive(Debug, Clone)]
pub struct SigningKey {
    pem: Secret,
}

/// The key, ready to sign.
enum Pair {
    Ec(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

/// The public half of an EC key on P-256, as a JWK has it (RFC 7518 section 6.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicPoint {
    /// `x`, in base64url.
    pub x: String,
    /// `y`, in base64url.
    pub y: String,
}

impl PublicPoint {
    /// The SHA-256 thumbprint (RFC 7638), in base64url.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let Self { x, y } = self;
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        sha256(&canonical)
    }
}

impl SigningKey {
    /// A new EC key on P-256.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate() -> Result<Self, SigningError> {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| SigningError::NoRandomness)?;
        let body = Zeroizing::new(STANDARD.encode(document.as_ref()));
        let pem = format!(
            "-----BEGIN {PKCS8}-----\n{}\n-----END {PKCS8}-----\n",
            *body
        );
        Ok(Self {
            pem: Secret::new(pem),
        })
    }

    /// A key out of its PEM text.
    ///
    /// # Errors
    /// When it is none, or can't sign here.
    pub fn from_pem(pem: Secret) -> Result<Self, SigningError> {
        let key = Self { pem };
        key.pair()?;
        Ok(key)
    }

    /// The PEM text, for the vault.
    #[must_use]
    pub const fn pem(&self) -> &Secret {
        &self.pem
    }

    /// The name of its signatures (RFC 7518 section 3.1): `ES256` or `RS256`.
    ///
    /// # Errors
    /// When the text is no key.
    pub fn algorithm(&self) -> Result<&'static str, SigningError> {
        Ok(match self.pair()? {
            Pair::Ec(_) => "ES256",
            Pair::Rsa(_) => "RS256",
        })
    }

    /// Signs a message.
    ///
    /// # Errors
    /// When the text is no key, or there is no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        let random = SystemRandom::new();
        match self.pair()? {
            Pair::Ec(pair) => pair
                .sign(&random, message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| SigningError::NoRandomness),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(|_| SigningError::NoRandomness)?;
                Ok(signature)
            }
        }
    }

    /// The public half of an EC key.
    ///
    /// # Errors
    /// When it is another kind of key.
    pub fn public_point(&self) -> Result<PublicPoint, SigningError> {
        let Pair::Ec(pair) = self.pair()? else {
            return Err(SigningError::Kind);
        };
        // an uncompressed point: 4, then both coordinates
        let Some((4, point)) = pair.public_key().as_ref().split_first() else {
            return Err(SigningError::Kind);
        };
        let (x, y) = point.split_at_checked(32).ok_or(SigningError::Kind)?;
        Ok(PublicPoint {
            x: URL_SAFE_NO_PAD.encode(x),
            y: URL_SAFE_NO_PAD.encode(y),
        })
    }

    fn pair(&self) -> Result<Pair, SigningError> {
        let (label, der) = unwrapped(self.pem.expose()).ok_or(SigningError::NotPem)?;
        let random = SystemRandom::new();
        if label == PKCS8
            && let Ok(pair) =
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random)
        {
            return Ok(Pair::Ec(Box::new(pair)));
        }
        let rsa = match label {
            PKCS8 => RsaKeyPair::from_pkcs8(&der),
            PKCS1 => RsaKeyPair::from_der(&der),
            _ => return Err(SigningError::NotPem),
        };
        rsa.map(|pair| Pair::Rsa(Box::new(pair)))
            .map_err(|_| SigningError::Kind)
    }
}

/// The label and the bytes of the one PEM block in a text (RFC 7468).
fn unwrapped(text: &str) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    Some((
        label,
        Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?),
    ))
}

/// HMAC with SHA-256, for clients that sign with their secret (`HS256`).
#[must_use]
pub fn hs256(secret: &Secret, message: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    hmac::sign(&key, message).as_ref().to_vec()
}

/// SHA-256 in base64url, as `ath` wants it (RFC 9449 section 4.2).
#[must_use]
pub fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_new_key_signs_what_its_public_half_verifies() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::from_pem(key.pem().clone()).unwrap();
        assert_eq!(again.algorithm(), Ok("ES256"));
        let point = again.public_point().unwrap();
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let raw = [vec![4], decode(&point.x), decode(&point.y)].concat();
        let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, raw);
        let signature = key.sign(b"message").unwrap();
        assert!(verifier.verify(b"message", &signature).is_ok());
        assert!(verifier.verify(b"another", &signature).is_err());
        assert!(!format!("{key:?}").contains("PRIVATE"));
    }

    #[test]
    fn what_is_no_usable_key_is_refused_without_a_word_of_it() {
        for (text, wanted) in [
            ("", SigningError::NotPem),
            ("canary", SigningError::NotPem),
            (
                "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----",
                SigningError::NotPem,
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
                SigningError::Kind,
            ),
            (
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                SigningError::NotPem,
            ),
        ] {
            let refused = SigningKey::from_pem(Secret::new(text.to_owned())).unwrap_err();
            assert_eq!(refused, wanted, "{text}");
        }
    }

    #[test]
    fn the_thumbprint_is_over_the_members_in_their_order() {
        // the EC key of RFC 7517 appendix A.1; the digest was taken with another program
        let point = PublicPoint {
            x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4".to_owned(),
            y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM".to_owned(),
        };
        assert_eq!(
            point.thumbprint(),
            "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"
        );
    }
}
