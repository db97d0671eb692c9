//! Sealing: XChaCha20-Poly1305 with a random 192-bit nonce.
//!
//! A sealed text is `1 || nonce (24) || ciphertext || tag (16)`. The associated data names the
//! place it was made for; anywhere else it does not open. Random nonces of that size need no
//! counter whose state a restored backup could set back.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::error::{VaultError, random, tampered};
use super::fields;
use super::keys::Key;

/// The version of the sealed form.
const FORM: u8 = 1;

/// How many bytes sealing adds.
pub(super) const OVERHEAD: usize = 1 + 24 + 16;

/// Seals `text` for the place that `place` names.
pub(super) fn seal(key: &Key, place: &[&[u8]], text: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; 24] = random()?;
    let sealed = XChaCha20Poly1305::new(key.expose().into())
        .encrypt(
            XNonce::from_slice(&nonce),
            Payload {
                msg: text,
                aad: &fields::join(place),
            },
        )
        .map_err(|_| tampered("a text is too long to be sealed"))?;
    let mut whole = Vec::with_capacity(text.len() + OVERHEAD);
    whole.push(FORM);
    whole.extend_from_slice(&nonce);
    whole.extend_from_slice(&sealed);
    Ok(whole)
}

/// Opens what [`seal`] made for the same place; `None` for anything else.
pub(super) fn open(key: &Key, place: &[&[u8]], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&FORM, rest) = sealed.split_first()? else {
        return None;
    };
    let (nonce, text) = rest.split_at_checked(24)?;
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt(
            XNonce::from_slice(nonce),
            Payload {
                msg: text,
                aad: &fields::join(place),
            },
        )
        .ok()
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_sealed_opens_in_its_place_only(
            text in proptest::collection::vec(any::<u8>(), 0..200),
            place in "[a-z]{0,4}",
            other in "[a-z]{0,4}",
            flip in any::<prop::sample::Index>(),
        ) {
            let key = Key::new([3; 32]);
            let sealed = seal(&key, &[place.as_bytes()], &text).unwrap();
            prop_assert_eq!(sealed.len(), text.len() + OVERHEAD);
            let opened = open(&key, &[place.as_bytes()], &sealed);
            prop_assert_eq!(opened.as_ref().map(|t| t.as_slice()), Some(text.as_slice()));
            if other != place {
                prop_assert!(open(&key, &[other.as_bytes()], &sealed).is_none());
            }
            prop_assert!(open(&Key::new([4; 32]), &[place.as_bytes()], &sealed).is_none());
            let mut damaged = sealed.clone();
            damaged[flip.index(sealed.len())] ^= 1;
            prop_assert!(open(&key, &[place.as_bytes()], &damaged).is_none());
        }
    }
}
