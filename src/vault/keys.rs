//! One key per purpose, all from the vault key.
//!
//! HKDF-SHA256 (RFC 5869) with the vault id as salt; `info` names the purpose and the version of
//! the format, so no key is ever used for two things and a copied vault id alone gives nothing.

use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::error::{VaultError, random};
use super::fields;
use crate::names::{VaultId, hex};
use crate::secret::{Secret, SecretKey};

/// A 256-bit key.
pub(super) type Key = SecretKey<32>;

/// 32 bytes of HMAC-SHA256 or SHA-256.
pub(super) type Hash = [u8; 32];

/// The sub-keys that the vault works with.
#[derive(Debug, Clone)]
pub struct Keys {
    pub(super) vault: VaultId,
    /// Seals records.
    pub(super) record: Key,
    /// Hashes kinds, groups and names for lookup.
    pub(super) lookup: Key,
    /// Authenticates the directory of rows.
    pub(super) directory: Key,
    /// Seals both heads.
    pub(super) head: Key,
    /// Seals audit events.
    pub(super) event: Key,
    /// Chains audit events.
    pub(super) chain: Key,
    /// Authenticates the anchor.
    pub(super) anchor: Key,
    /// Seals rescue files.
    pub(super) rescue: Key,
    mark: Key,
    pin: [u8; 16],
}

impl Keys {
    pub(super) fn derive(vault: VaultId, vault_key: &Key) -> Self {
        let hkdf = Hkdf::<Sha256>::new(Some(&vault.0), vault_key.expose());
        Self {
            vault,
            record: sub_key(&hkdf, "record"),
            lookup: sub_key(&hkdf, "lookup"),
            directory: sub_key(&hkdf, "directory"),
            head: sub_key(&hkdf, "head"),
            event: sub_key(&hkdf, "audit event"),
            chain: sub_key(&hkdf, "audit chain"),
            anchor: sub_key(&hkdf, "anchor"),
            rescue: sub_key(&hkdf, "rescue"),
            mark: sub_key(&hkdf, "token mark"),
            pin: expand(&hkdf, "pin"),
        }
    }

    /// The fingerprint of the vault key: 32 hex digits. It proves nothing to who doesn't know the
    /// key and gives nothing away about it.
    pub(super) fn fingerprint(&self) -> String {
        hex(&self.pin)
    }

    /// How the audit log names a token: 8 bytes of a keyed hash, in hex.
    pub(super) fn token_mark(&self, token: &Secret) -> String {
        let hash = mac(&self.mark, &[token.expose().as_bytes()]);
        hex(&truncated::<8>(&hash))
    }
}

/// A new random vault key.
pub(super) fn new_vault_key() -> Result<Key, VaultError> {
    Ok(Key::new(random()?))
}

fn sub_key(hkdf: &Hkdf<Sha256>, purpose: &str) -> Key {
    Key::new(expand(hkdf, purpose))
}

fn expand<const N: usize>(hkdf: &Hkdf<Sha256>, purpose: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let info = fields::join(&[b"oauthctl", b"1", purpose.as_bytes()]);
    let expanded = hkdf.expand(&info, &mut bytes);
    debug_assert!(expanded.is_ok(), "HKDF gives up to 8160 bytes");
    bytes
}

/// The first `N` bytes of a hash.
pub(super) fn truncated<const N: usize>(hash: &Hash) -> [u8; N] {
    let mut part = [0; N];
    for (to, from) in part.iter_mut().zip(hash) {
        *to = *from;
    }
    part
}

/// HMAC-SHA256 over length-prefixed fields.
pub(super) fn mac(key: &Key, input: &[&[u8]]) -> Hash {
    mac_whole(key, &fields::join(input))
}

/// HMAC-SHA256 over input that has one meaning only.
pub(super) fn mac_whole(key: &Key, input: &[u8]) -> Hash {
    // `new` takes a key of one block, to which HMAC pads a shorter one with zeros anyway; unlike
    // `new_from_slice` it can't fail.
    let mut block = zeroize::Zeroizing::new([0_u8; 64]);
    for (to, from) in block.iter_mut().zip(key.expose()) {
        *to = *from;
    }
    let mut hmac = <Hmac<Sha256> as Mac>::new((&*block).into());
    hmac.update(input);
    hmac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_purpose_and_by_vault() {
        let vault_key = Key::new([7; 32]);
        let one = Keys::derive(VaultId([1; 16]), &vault_key);
        let two = Keys::derive(VaultId([2; 16]), &vault_key);
        assert_ne!(one.record.expose(), one.lookup.expose());
        assert_ne!(one.record.expose(), two.record.expose());
        assert_ne!(one.fingerprint(), two.fingerprint());
        assert_eq!(one.fingerprint().len(), 32);
    }

    #[test]
    fn mac_is_hmac_sha256() {
        // RFC 4231, test case 1 has a key of 20 bytes; HMAC pads with zeros, so 32 bytes of it do.
        let mut key = [0_u8; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            hex(&mac_whole(&Key::new(key), b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn a_token_mark_is_8_keyed_bytes() {
        let token = Secret::new("gho_x".to_owned());
        let one = Keys::derive(VaultId([1; 16]), &Key::new([7; 32]));
        let two = Keys::derive(VaultId([1; 16]), &Key::new([8; 32]));
        assert_eq!(one.token_mark(&token).len(), 16);
        assert_ne!(one.token_mark(&token), two.token_mark(&token));
    }
}
