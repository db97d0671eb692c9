//! The device authorization grant (RFC 8628): a code for this program, another for the person.
//!
//! What the server asks for while a person decides comes as an error, with whatever status: 400 by
//! the RFC, 200, 403 and 428 in the field. So the error code is read and the status is not.

use std::time::Duration;

use super::json::Object;
use super::request::{self, HttpRequest, RequestError};
use super::token_answer::seconds;
use super::token_error::{Fault, Said, TokenError};
use super::{Client, Reply, scope};
use crate::names::Scope;
use crate::provider::definition::{BodyKind, Definition};
use crate::secret::Secret;

/// What a person has to do, and what this program asks with meanwhile.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Redeemed once the person has decided; never shown.
    pub device_code: Secret,
    /// What the person types: printable, but otherwise the server's word.
    pub user_code: String,
    /// Where they type it, as the server said; the browser's gate has not seen it.
    pub verification_uri: String,
    /// The same with the code in it.
    pub verification_uri_complete: Option<String>,
    /// How long the code lives, at most [`LIFETIME_MAX`].
    pub lifetime: Duration,
    /// How long to wait before each request, 1 to 60 seconds.
    pub interval: Duration,
}

/// Nobody waits longer for a person, whatever the server allows.
pub const LIFETIME_MAX: Duration = Duration::from_secs(30 * 60);

/// RFC 8628 section 3.2: "If no value is provided, clients MUST use 5 as the default."
const INTERVAL: u64 = 5;

/// The longest user code that anybody types.
const USER_CODE_MAX: usize = 64;

/// Asks for a pair of codes (RFC 8628 section 3.1). `definition` is the one
/// [`Definition::for_device`] gives; nothing where it has no device endpoint.
///
/// # Errors
///
/// When the provider wants a secret that is missing, or a header can't be written.
pub fn request(
    definition: &Definition,
    client: &Client,
    scopes: &[Scope],
) -> Result<Option<HttpRequest>, RequestError> {
    let Some(endpoint) = &definition.device_authorization_endpoint else {
        return Ok(None);
    };
    let text = scope::request_text(&definition.scopes, scopes);
    let mut pairs = Vec::new();
    if let Some(text) = &text {
        pairs.push((definition.scopes.request_parameter.as_str(), text.as_str()));
    }
    request::client_post(definition, client, endpoint.as_str(), BodyKind::Form, pairs).map(Some)
}

/// Reads the answer to [`request()`] (RFC 8628 section 3.2).
///
/// # Errors
///
/// [`TokenError`], by what is to be done.
pub fn read(definition: &Definition, reply: &Reply<'_>) -> Result<Offer, TokenError> {
    if reply.is_html() || (reply.is_passing() && !reply.is_json()) {
        return Err(TokenError::temporary(reply, None));
    }
    let object = reply
        .object()
        .map_err(|error| TokenError::malformed(reply, error))?;
    if let Some(said) = Said::in_object(&object) {
        return Err(TokenError::by_code(said, definition, reply));
    }
    if !reply.is_success() {
        return Err(TokenError::malformed(reply, Fault::Status));
    }
    offer(&object).map_err(|fault| TokenError::malformed(reply, fault))
}

fn offer(object: &Object) -> Result<Offer, Fault> {
    let text = |name: &'static str| object.text(name).map_err(|_| Fault::Wrong(name));
    let needed = |name: &'static str| text(name)?.ok_or(Fault::Missing(name));
    let printable = |text: &str| text.bytes().all(|b| (0x20..=0x7E).contains(&b));
    let device_code = needed("device_code")?;
    if device_code.is_empty() || !printable(device_code) {
        return Err(Fault::Wrong("device_code"));
    }
    let user_code = needed("user_code")?.trim();
    if user_code.is_empty() || user_code.len() > USER_CODE_MAX || !printable(user_code) {
        return Err(Fault::Wrong("user_code"));
    }
    // Google's name for it, from before the RFC
    let uri = match text("verification_uri")? {
        Some(uri) => uri,
        None => text("verification_url")?.ok_or(Fault::Missing("verification_uri"))?,
    };
    let lifetime = seconds(object, "expires_in")?.ok_or(Fault::Missing("expires_in"))?;
    let interval = seconds(object, "interval")?.unwrap_or(INTERVAL);
    Ok(Offer {
        device_code: Secret::new(device_code.to_owned()),
        user_code: user_code.to_owned(),
        verification_uri: uri.to_owned(),
        verification_uri_complete: text("verification_uri_complete")?.map(str::to_owned),
        lifetime: Duration::from_secs(lifetime).min(LIFETIME_MAX),
        interval: Duration::from_secs(interval.clamp(1, 60)),
    })
}

/// What a refused request for tokens means while a person decides (RFC 8628 section 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meanwhile {
    /// Nobody has decided yet.
    Pending,
    /// This program asks too often.
    SlowDown,
    /// Nobody decided in time.
    Expired,
    /// A server or a network in trouble: ask again, later each time.
    Trouble,
    /// The end.
    Over,
}

/// Sorts a refusal.
#[must_use]
pub fn meanwhile(error: &TokenError) -> Meanwhile {
    match error {
        TokenError::Refused { code, .. } | TokenError::Ended { code, .. } => match code.as_str() {
            "authorization_pending" => Meanwhile::Pending,
            // the second is GitHub's older word
            "expired_token" | "token_expired" => Meanwhile::Expired,
            _ => Meanwhile::Over,
        },
        TokenError::Temporary {
            code: Some(code), ..
        } if code == "slow_down" => Meanwhile::SlowDown,
        TokenError::Temporary { .. } => Meanwhile::Trouble,
        TokenError::InvalidClient { .. } | TokenError::Malformed { .. } => Meanwhile::Over,
    }
}

/// How long to wait before the next request.
///
/// Clocks of virtual machines run fast by up to a third: a fifth is waited longer than the server
/// says, two fifths after its first `slow_down`.
#[derive(Debug, Clone)]
pub struct Pace {
    interval: Duration,
    slowed: u32,
    trouble: u32,
}

impl Pace {
    /// The pace that an offer asks for.
    #[must_use]
    pub const fn of(offer: &Offer) -> Self {
        Self {
            interval: offer.interval,
            slowed: 0,
            trouble: 0,
        }
    }

    /// The wait before the next request.
    #[must_use]
    pub fn wait(&self) -> Duration {
        let fifths = if self.slowed == 0 { 6 } else { 7 };
        let doubled = 1 << self.trouble.min(4);
        (self.interval * fifths / 5 * doubled).min(Duration::from_secs(120))
    }

    /// Takes an answer into account. `slow_down` adds five seconds for good (section 3.5).
    pub fn heard(&mut self, meanwhile: Meanwhile) {
        match meanwhile {
            Meanwhile::SlowDown => {
                self.interval += Duration::from_secs(5);
                self.slowed += 1;
            }
            Meanwhile::Trouble => self.trouble += 1,
            Meanwhile::Pending | Meanwhile::Expired | Meanwhile::Over => self.trouble = 0,
        }
    }

    /// Whether the server's clock and this machine's seem to differ: it was told to slow down
    /// although it waited longer than it was asked to, and then again.
    #[must_use]
    pub const fn clocks_differ(&self) -> bool {
        self.slowed == 2
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Offer, TokenError> {
        let reply = Reply {
            status,
            content_type: Some("application/json"),
            retry_after: None,
            body: body.as_bytes(),
        };
        read(&fixture::github(), &reply)
    }

    #[test]
    fn an_offer_is_read_with_the_old_name_of_its_page_too() {
        for (body, uri, interval, lifetime) in [
            (
                r#"{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"https://x/y","expires_in":900,"interval":5}"#,
                "https://x/y",
                5,
                900,
            ),
            (
                r#"{"device_code":"d","user_code":"WDJB-MJHT","verification_url":"https://g/d","expires_in":"1800","interval":"7"}"#,
                "https://g/d",
                7,
                1800,
            ),
            (
                r#"{"device_code":"d","user_code":" WDJB-MJHT ","verification_uri":"u","expires_in":99999,"interval":0}"#,
                "u",
                1,
                1800,
            ),
            (
                r#"{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"u","expires_in":60,"interval":1000}"#,
                "u",
                60,
                60,
            ),
            (
                r#"{"device_code":"d","user_code":"WDJB-MJHT","verification_uri":"u","expires_in":60}"#,
                "u",
                5,
                60,
            ),
        ] {
            let offer = answer(200, body).unwrap();
            assert_eq!(offer.user_code, "WDJB-MJHT");
            assert_eq!(offer.verification_uri, uri);
            assert_eq!(offer.interval.as_secs(), interval, "{body}");
            assert_eq!(offer.lifetime.as_secs(), lifetime, "{body}");
            assert!(!format!("{offer:?}").contains("\"d\""));
        }
    }

    #[test]
    fn an_offer_with_a_part_that_can_not_be_is_refused() {
        let good = r#"{"device_code":"d","user_code":"C","verification_uri":"u","expires_in":60,"interval":5}"#;
        assert!(answer(200, good).is_ok());
        for (from, to) in [
            (r#""d""#, r#""""#),
            (r#""d""#, r#""a\nb""#),
            (r#""C""#, r#""""#),
            (r#""C""#, r#""\u001b[2J""#),
            (r#""C""#, r#""\u202egpj""#),
            (r#""expires_in":60"#, r#""expires_in":-1"#),
            (r#""expires_in":60"#, r#""expires_in":1e99"#),
            (r#""expires_in":60"#, r#""x":1"#),
            (r#""interval":5"#, r#""interval":-1"#),
            (r#""interval":5"#, r#""interval":"NaN""#),
            ("verification_uri", "uri"),
        ] {
            let refused = answer(200, &good.replacen(from, to, 1));
            assert!(
                matches!(refused, Err(TokenError::Malformed { .. })),
                "{from} {to}"
            );
        }
        let long = good.replace("\"C\"", &format!("\"{}\"", "C".repeat(65)));
        assert!(answer(200, &long).is_err());
        // GitHub's errors come with status 200
        let disabled = answer(200, r#"{"error":"device_flow_disabled"}"#);
        assert!(matches!(disabled, Err(TokenError::Refused { .. })));
        assert!(matches!(
            answer(503, "{}"),
            Err(TokenError::Malformed { .. } | TokenError::Temporary { .. })
        ));
    }

    #[test]
    fn what_is_said_meanwhile_is_read_whatever_its_status() {
        for (status, code, wanted) in [
            (400, "authorization_pending", Meanwhile::Pending),
            (200, "authorization_pending", Meanwhile::Pending),
            (428, "authorization_pending", Meanwhile::Pending),
            (403, "slow_down", Meanwhile::SlowDown),
            (400, "slow_down", Meanwhile::SlowDown),
            (200, "slow_down", Meanwhile::SlowDown),
            (429, "slow_down", Meanwhile::SlowDown),
            (400, "expired_token", Meanwhile::Expired),
            (200, "token_expired", Meanwhile::Expired),
            (403, "access_denied", Meanwhile::Over),
            (400, "authorization_declined", Meanwhile::Over),
            (400, "bad_verification_code", Meanwhile::Over),
            (401, "invalid_client", Meanwhile::Over),
            (400, "invalid_grant", Meanwhile::Over),
            (503, "", Meanwhile::Trouble),
            (429, "", Meanwhile::Trouble),
        ] {
            let body = format!(r#"{{"error":"{code}"}}"#);
            let reply = Reply {
                status,
                content_type: Some("application/json"),
                retry_after: None,
                body: body.as_bytes(),
            };
            let error = super::super::token_answer::read(
                &fixture::github(),
                &[],
                &fixture::started(),
                &reply,
            );
            assert_eq!(meanwhile(&error.unwrap_err()), wanted, "{status} {code}");
        }
    }

    #[test]
    fn the_pace_has_a_margin_and_slows_down_for_good() {
        let mut pace = Pace {
            interval: Duration::from_secs(5),
            slowed: 0,
            trouble: 0,
        };
        let waits = |pace: &Pace| pace.wait().as_millis();
        assert_eq!(waits(&pace), 6000);
        pace.heard(Meanwhile::Pending);
        assert_eq!(waits(&pace), 6000);
        pace.heard(Meanwhile::SlowDown);
        assert_eq!(waits(&pace), 14_000);
        assert!(!pace.clocks_differ());
        pace.heard(Meanwhile::SlowDown);
        assert_eq!(waits(&pace), 21_000);
        assert!(pace.clocks_differ());
        pace.heard(Meanwhile::Trouble);
        assert_eq!(waits(&pace), 42_000);
        pace.heard(Meanwhile::Trouble);
        pace.heard(Meanwhile::Trouble);
        assert_eq!(waits(&pace), 120_000);
        pace.heard(Meanwhile::Pending);
        assert_eq!(waits(&pace), 21_000);
    }
}
