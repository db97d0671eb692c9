//! Revocation (RFC 7009).

use std::time::Duration;

use super::assertion::{PARAMETERS, identify};
use super::call::{Answer, Call, Refusal};
use super::mint::Hash;
use super::practice::Practice;

/// `POST /revoke`.
pub(super) fn revoke(
    practice: &mut Practice,
    call: &Call,
    now: Duration,
) -> Result<Answer, Refusal> {
    let form = call.form(&[&["token", "token_type_hint"][..], &PARAMETERS].concat())?;
    let client = identify(practice, call, &form, now)?;
    let token = form.need("token")?;
    check_hint(form.get("token_type_hint"))?;
    let presented = Hash::of(token);
    practice
        .grants
        .revoke(&client.id, token)
        .map_err(|refusal| refusal.about(presented))?;
    let mut answer = Answer::empty(200);
    answer.note.presented = Some(presented);
    Ok(answer)
}

/// A hint may be wrong, but it must be one (RFC 7009 section 2.1).
pub(super) fn check_hint(hint: Option<&str>) -> Result<(), Refusal> {
    match hint {
        None | Some("access_token" | "refresh_token") => Ok(()),
        Some(_) => Err(Refusal::new(
            "unsupported_token_type",
            "token_type_hint is access_token or refresh_token",
        )),
    }
}
