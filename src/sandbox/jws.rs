//! Reading signed statements strictly (RFC 7515), with a parser of this server's own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A statement whose signature nobody has looked at yet.
pub(super) struct Unverified {
    pub(super) header: Value,
    pub(super) claims: Value,
    /// What was signed.
    pub(super) signed: String,
    pub(super) signature: Vec<u8>,
}

impl Unverified {
    /// Three parts of base64url without padding, the first two JSON objects.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || text.len() > 8192 {
            return None;
        }
        let object = |part: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
            serde_json::from_slice::<Value>(&bytes)
                .ok()
                .filter(Value::is_object)
        };
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed: format!("{header}.{claims}"),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// A text of the claims.
    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name)?.as_str()
    }

    /// A number of the claims.
    pub(super) fn seconds(&self, name: &str) -> Option<i64> {
        self.claims.get(name)?.as_i64()
    }
}
