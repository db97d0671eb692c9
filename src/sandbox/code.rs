//! Authorization codes: good once, for a minute.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::authorize::Asked;
use super::call::Refusal;
use super::grants::{FamilyId, Issued, Issuing};
use super::mint::Hash;
use super::practice::Practice;
use crate::names::AccountLabel;

/// RFC 6749 section 4.1.2 allows ten minutes; a program on the same machine needs a second.
const LIFETIME: Duration = Duration::from_secs(60);

/// A code that was issued.
#[derive(Debug)]
pub(super) struct Code {
    asked: Asked,
    account: AccountLabel,
    scopes: BTreeSet<String>,
    issued: Duration,
    spent: Spent,
}

#[derive(Debug)]
enum Spent {
    Not,
    ForNothing,
    For(FamilyId),
}

/// What a redeemed code stood for.
pub(super) struct Redeemed {
    pub(super) issued: Issued,
    pub(super) account: AccountLabel,
    pub(super) nonce: Option<String>,
}

impl Code {
    /// Makes a code and remembers what it stands for.
    pub(super) fn issue(
        practice: &mut Practice,
        asked: &Asked,
        account: AccountLabel,
        scopes: BTreeSet<String>,
        now: Duration,
    ) -> String {
        let text = practice.mint.secret("sbx_code");
        let code = Self {
            asked: asked.clone(),
            account,
            scopes,
            issued: now,
            spent: Spent::Not,
        };
        practice.codes.insert(Hash::of(&text), code);
        text
    }
}

/// RFC 6749 section 4.1.3. A first attempt by the right client spends the code, also when it
/// fails; a second ends whatever the first one brought (section 10.5).
#[expect(clippy::too_many_arguments, reason = "each is a part of one request")]
pub(super) fn redeem(
    practice: &mut Practice,
    client: &str,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
    resource: Option<&str>,
    with_refresh: bool,
    key: Option<String>,
    now: Duration,
) -> Result<Redeemed, Refusal> {
    let unknown = || Refusal::invalid_grant("this code is unknown or another client's");
    let code = practice
        .codes
        .get_mut(&Hash::of(code))
        .filter(|code| code.asked.client == client)
        .ok_or_else(unknown)?;
    match code.spent {
        Spent::Not => code.spent = Spent::ForNothing,
        Spent::ForNothing => return Err(Refusal::invalid_grant("this code was used before")),
        Spent::For(family) => {
            practice.grants.end(family);
            return Err(Refusal::invalid_grant(
                "this code was used before; the tokens it brought are revoked",
            ));
        }
    }
    if now.saturating_sub(code.issued) >= LIFETIME {
        return Err(Refusal::invalid_grant("this code has expired"));
    }
    if code.asked.redirect_uri != redirect_uri {
        return Err(Refusal::invalid_grant(
            "redirect_uri is not the one of the authorization request",
        ));
    }
    if !is_verifier(verifier) || code.asked.challenge != s256(verifier) {
        return Err(Refusal::invalid_grant(
            "code_verifier does not fit the code_challenge",
        ));
    }
    if code.asked.resource.as_deref() != resource {
        return Err(Refusal::new(
            "invalid_target",
            "resource is not the one of the authorization request",
        ));
    }
    if code.asked.key.is_some() && code.asked.key != key {
        return Err(Refusal::invalid_grant("this code is bound to another key"));
    }
    let mut issuing = Issuing {
        mint: &mut practice.mint,
        options: &practice.options,
        now,
        with_refresh,
        key,
    };
    let account = code.account.clone();
    let scopes = code.scopes.clone();
    let (family, issued) =
        practice
            .grants
            .open(&mut issuing, client, Some(account.clone()), scopes);
    code.spent = Spent::For(family);
    Ok(Redeemed {
        issued,
        account,
        nonce: code.asked.nonce.clone(),
    })
}

/// RFC 7636 section 4.1.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

/// RFC 7636 section 4.2.
fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(is_verifier(verifier));
        assert_eq!(
            s256(verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert!(!is_verifier(&"a".repeat(42)) && !is_verifier(&"a".repeat(129)));
        assert!(!is_verifier(&"+".repeat(43)));
    }
}
