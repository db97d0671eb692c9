//! Signed statements in compact form (RFC 7515 section 3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::secret::Secret;
use crate::signing::SigningError;

/// `header.claims.signature`.
pub(super) fn compact(
    header: &Value,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, SigningError>,
) -> Result<Secret, SigningError> {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(signed.as_bytes())?);
    Ok(Secret::new(format!("{signed}.{signature}")))
}
