//! What `pizauth dump` writes: pizauth's accounts and their tokens.
//!
//! A dump only looks sealed. Its key stands in pizauth's source, the same for everybody, so that no
//! search for text finds a token; whoever has the file has the tokens. It is
//! `nonce (12) || ciphertext || tag (16)`, ChaCha20-Poly1305 (RFC 8439), and holds numbers in little
//! endian, each text and each list after its length (bincode 1, which wincode writes alike).

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

use super::{At, Foreign, Misread, bare_secret};
use crate::moment::Timestamp;

/// The same for every dump.
const KEY: [u8; 32] = [
    0x66, 0xa2, 0x47, 0xa8, 0x5e, 0x48, 0xcf, 0xec, 0xaa, 0xed, 0x9b, 0x36, 0xeb, 0xa9, 0x7d, 0x53,
    0x50, 0xd4, 0x28, 0x63, 0x75, 0x09, 0x7a, 0x44, 0xee, 0xff, 0xb9, 0xc4, 0x54, 0x6b, 0x65, 0xa3,
];

/// The one version that there is.
const VERSION: u64 = 1;

const NO_DUMP: Misread = Misread::whole(
    "it is not what `pizauth dump` writes; if it was encrypted with age or gpg, decrypt it first",
);
const OTHER_VERSION: Misread =
    Misread::whole("it is a dump of another version of pizauth's: only version 1 is known here");
const MALFORMED: Misread = Misread::whole("what the dump holds is not laid out as in version 1");

/// The accounts, sorted by name; those without tokens too.
pub(super) fn accounts(dump: &[u8]) -> Result<Vec<Foreign>, Misread> {
    let text = opened(dump).ok_or(NO_DUMP)?;
    let mut rest = Rest(&text);
    if rest.number().ok_or(MALFORMED)? != VERSION {
        return Err(OTHER_VERSION);
    }
    let mut found = rest.list(account).ok_or(MALFORMED)?;
    if !rest.0.is_empty() {
        return Err(MALFORMED);
    }
    found.sort_unstable_by(|one, other| one.account.cmp(&other.account));
    Ok(found)
}

fn opened(dump: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = dump.split_at_checked(12)?;
    let cipher = ChaCha20Poly1305::new(&KEY.into());
    let text = cipher.decrypt(Nonce::from_slice(nonce), sealed);
    text.ok().map(Zeroizing::new)
}

/// The name, the account as it was configured, and what became of it.
fn account(rest: &mut Rest<'_>) -> Option<Foreign> {
    let name = rest.text()?.to_owned();
    let _authorization_endpoint = rest.text()?;
    let _parameters = rest.list(|rest| rest.text().zip(rest.text()))?;
    let client_id = rest.text()?.to_owned();
    let client_secret = if rest.is_there()? {
        bare_secret(rest.text()?)
    } else {
        None
    };
    let _redirect_uri = rest.text()?;
    let scopes = rest.list(|rest| rest.text().map(str::to_owned))?;
    let token_endpoint = rest.text()?.to_owned();
    let mut one = Foreign {
        client: Some((client_id, client_secret)),
        scopes,
        ..Foreign::new(At::TokenEndpoint(token_endpoint), Some(name))
    };
    match rest.variant()? {
        0 => {} // nobody signed in
        1 => {
            one.access_token = bare_secret(rest.text()?);
            let _obtained = rest.time()?;
            one.expires = Some(rest.time()?);
            if rest.is_there()? {
                one.refresh_token = bare_secret(rest.text()?);
            }
        }
        _ => return None,
    }
    Some(one)
}

/// What is not read yet. `None` from any of these: it ends too early, or says something else.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        self.bytes(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn variant(&mut self) -> Option<u32> {
        self.bytes(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?.try_into().ok()?;
        str::from_utf8(self.bytes(length)?).ok()
    }

    fn is_there(&mut self) -> Option<bool> {
        match self.bytes(1)? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }

    /// As many as it says; no room is made for them before they are there.
    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| one(self)).collect()
    }

    /// Seconds since the epoch, and nanoseconds beyond them.
    fn time(&mut self) -> Option<Timestamp> {
        let (seconds, nanoseconds) = (self.number()?, self.variant()?);
        let seconds = i64::try_from(seconds).ok()?;
        let millis = seconds.saturating_mul(1000);
        Some(Timestamp::from_unix_millis(
            millis.saturating_add(i64::from(nanoseconds / 1_000_000)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::secret::Secret;

    /// Of two accounts, one of them signed in; every secret in it is made up.
    const DUMP: &[u8] = include_bytes!("pizauth.dump");

    fn sealed(text: &[u8]) -> Vec<u8> {
        let nonce = [7; 12];
        let cipher = ChaCha20Poly1305::new(&KEY.into());
        let sealed = cipher.encrypt(Nonce::from_slice(&nonce), text).unwrap();
        [&nonce[..], &sealed].concat()
    }

    fn why(dump: &[u8]) -> String {
        accounts(dump).unwrap_err().to_string()
    }

    #[test]
    fn accounts_of_a_dump_are_read_with_their_own_client() {
        let found = accounts(DUMP).unwrap();
        let names: Vec<_> = found.iter().map(|one| one.account.as_deref()).collect();
        assert_eq!(names, [Some("gmail"), Some("officesmtp")]);
        let [empty, one] = &found[..] else {
            unreachable!()
        };
        assert!(empty.access_token.is_none() && empty.refresh_token.is_none());
        assert!(empty.scopes.is_empty() && empty.client.as_ref().unwrap().1.is_none());
        let microsoft = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
        assert_eq!(one.at, At::TokenEndpoint(microsoft.to_owned()));
        let (id, secret) = one.client.as_ref().unwrap();
        assert_eq!(id, "11111111-2222-3333-4444-555555555555");
        assert_eq!(
            secret.as_ref().map(Secret::expose),
            Some("throw-away-secret")
        );
        let tokens = [&one.access_token, &one.refresh_token];
        let tokens = tokens.map(|token| token.as_ref().map(Secret::expose));
        assert_eq!(tokens, [Some("throw-away-at"), Some("throw-away-rt")]);
        let end = Timestamp::from_unix_millis(1_795_003_599_500);
        assert_eq!(one.expires, Some(end));
        let imap = "https://outlook.office365.com/IMAP.AccessAsUser.All";
        assert_eq!(one.scopes, [imap, "offline_access"]);
    }

    #[test]
    fn a_dump_of_another_version_is_told_apart_from_what_is_none() {
        let text = opened(DUMP).unwrap();
        let mut newer = text.to_vec();
        newer[0] = 2;
        assert_eq!(why(&sealed(&newer)), OTHER_VERSION.to_string());
        for none in [&b""[..], b"short", &DUMP[..DUMP.len() - 1], &text] {
            assert_eq!(why(none), NO_DUMP.to_string());
        }
        let longer = [&text[..], b"x"].concat();
        assert_eq!(why(&sealed(&longer)), MALFORMED.to_string());
        // as many as can't be there
        let many = [VERSION.to_le_bytes(), u64::MAX.to_le_bytes()].concat();
        assert_eq!(why(&sealed(&many)), MALFORMED.to_string());
    }

    #[test]
    fn a_dump_that_is_cut_anywhere_is_refused() {
        let text = opened(DUMP).unwrap();
        for end in 0..text.len() {
            assert_eq!(why(&sealed(&text[..end])), MALFORMED.to_string(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn no_dump_ends_the_program(
            at in any::<prop::sample::Index>(),
            put in proptest::collection::vec(any::<u8>(), 1..12),
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut text = opened(DUMP).unwrap().to_vec();
            let at = at.index(text.len() - put.len());
            text[at..at + put.len()].copy_from_slice(&put);
            let _ = accounts(&sealed(&text));
            let _ = accounts(&sealed(&[&VERSION.to_le_bytes(), &bytes[..]].concat()));
            let _ = accounts(&bytes);
        }
    }
}
