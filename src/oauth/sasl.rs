//! What mail servers take in place of a password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The initial client response of XOAUTH2 for a mailbox, as Google and Microsoft document it, in
/// base64. `None` where the mailbox could not stand in it.
#[must_use]
pub fn xoauth2(mailbox: &str, token: &Secret) -> Option<Secret> {
    if mailbox.is_empty() || mailbox.contains(|c: char| c.is_control()) {
        return None;
    }
    let token = token.expose();
    let plain = Zeroizing::new(format!("user={mailbox}\u{1}auth=Bearer {token}\u{1}\u{1}"));
    Some(Secret::new(STANDARD.encode(plain.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_that_of_the_documented_example() {
        // from Google's page on XOAUTH2
        let token = Secret::new("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg".to_owned());
        let response = xoauth2("someuser@example.com", &token).unwrap();
        assert_eq!(
            response.expose(),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
        for bad in ["", "a\u{1}auth=Bearer x", "a\nb"] {
            assert!(xoauth2(bad, &token).is_none());
        }
    }
}
