//! ID tokens (`OpenID` Connect Core section 2), signed with Ed25519 (RFC 8037).
//!
//! The provider has one key for both clients: a MAC with the client secret would leave the public
//! client out (`OpenID` Connect Core section 10.1).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Map, Value};

use super::grants::Issued;
use super::mint::{Hash, Mint};
use super::practice::Practice;
use crate::json::json;
use crate::names::{AccountLabel, hex};

/// Signs ID tokens.
pub(super) struct Signer {
    /// `None` never occurs: 32 bytes are always a key.
    pair: Option<Ed25519KeyPair>,
}

impl Signer {
    /// A signer with the mint's next key.
    pub(super) fn new(mint: &mut Mint) -> Self {
        let seed = mint.bytes("sbx_key");
        Self {
            pair: Ed25519KeyPair::from_seed_unchecked(&seed).ok(),
        }
    }

    /// A JWT in compact form (RFC 7515 section 3.1).
    pub(super) fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "EdDSA", "kid": self.key_id(), "typ": "JWT"});
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = self
            .pair
            .as_ref()
            .map(|pair| URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes())));
        format!("{signed}.{}", signature.unwrap_or_default())
    }

    /// The public key as a JWK set (RFC 7517 section 5).
    pub(super) fn keys(&self) -> Value {
        json!({"keys": [{
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": "EdDSA",
            "kid": self.key_id(),
            "x": URL_SAFE_NO_PAD.encode(self.public()),
        }]})
    }

    fn key_id(&self) -> String {
        hex(self.public().first_chunk::<8>().unwrap_or(&[0; 8]))
    }

    pub(super) fn public(&self) -> &[u8] {
        self.pair
            .as_ref()
            .map_or(&[], |pair| pair.public_key().as_ref())
    }
}

impl Practice {
    /// What an ID token says.
    pub(super) fn claims(
        &self,
        client: &str,
        account: &AccountLabel,
        issued: &Issued,
        nonce: Option<&str>,
        now: Duration,
    ) -> Value {
        let seconds = self.wall(now).unix_seconds();
        let mut claims = json!({
            "iss": self.issuer,
            "aud": client,
            "iat": seconds,
            "exp": seconds + 600,
            "auth_time": seconds,
        });
        if let Value::Object(members) = &mut claims {
            members.extend(nonce.map(|nonce| ("nonce".to_owned(), json!(nonce))));
            members.extend(person(account, |scope| issued.scopes.contains(scope)));
        }
        claims
    }
}

/// What is told about a person, as far as the scopes go. Nobody here exists: the mail address
/// ends in a name that never resolves (RFC 6761 section 6.4).
pub(super) fn person(account: &AccountLabel, has: impl Fn(&str) -> bool) -> Map<String, Value> {
    let label = account.as_str();
    let mut members = Map::new();
    let mut say = |name: &str, value: Value| members.insert(name.to_owned(), value);
    say("sub", json!(subject(account)));
    if has("profile") {
        say("name", json!(label));
        say("preferred_username", json!(label));
    }
    if has("email") {
        say("email", json!(format!("{label}@sandbox.invalid")));
        say("email_verified", json!(true));
    }
    members
}

/// The stable identifier of a person.
pub(super) fn subject(account: &AccountLabel) -> String {
    format!("person-{}", Hash::of(account.as_str()).fingerprint())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn a_content_token_verifies_with_the_published_key_and_not_when_it_was_changed() {
        let signer = Signer::new(&mut Mint::new(Some("1")).unwrap());
        let jwt = signer.sign(&json!({"sub": "x"}));
        let (content, signature) = jwt.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let keys = signer.keys();
        let x = keys["keys"][0]["x"].as_str().unwrap();
        let key = UnparsedPublicKey::new(&ED25519, URL_SAFE_NO_PAD.decode(x).unwrap());
        assert!(key.verify(content.as_bytes(), &signature).is_ok());
        assert!(
            key.verify(format!("{content}x").as_bytes(), &signature)
                .is_err()
        );
    }
}
