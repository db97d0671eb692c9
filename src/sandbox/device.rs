//! The device grant (RFC 8628): a code for the device, another for the person, and patience.

use std::collections::BTreeSet;
use std::mem;
use std::time::Duration;

use super::assertion::{PARAMETERS, identify};
use super::authorize;
use super::call::{Answer, Call, Parameters, Refusal};
use super::client::Client;
use super::consent::{self, Granted};
use super::grants::{FamilyId, Issuing};
use super::mint::Hash;
use super::options::Consent;
use super::page;
use super::practice::Practice;
use super::token::granted;
use crate::json::json;
use crate::names::AccountLabel;

/// How long a person has.
const LIFETIME: Duration = Duration::from_secs(600);

/// RFC 8628 section 3.5: `slow_down` adds this to the interval, for good.
const SLOWER: Duration = Duration::from_secs(5);

/// A device that waits.
pub(super) struct Device {
    client: String,
    user_code: Hash,
    pub(super) scopes: BTreeSet<String>,
    begun: Duration,
    interval: Duration,
    /// The last poll; before the first one, the beginning.
    last_poll: Duration,
    state: State,
}

enum State {
    Pending { polls: u32 },
    Approved(AccountLabel, BTreeSet<String>),
    Denied,
    Done(FamilyId),
}

/// `POST /device_authorization` (RFC 8628 section 3.1).
pub(super) fn authorize(
    practice: &mut Practice,
    call: &Call,
    now: Duration,
) -> Result<Answer, Refusal> {
    let form = call.form(&[&["scope"][..], &PARAMETERS].concat())?;
    let client = identify(practice, call, &form, now)?.id;
    let scopes = authorize::scopes(form.get("scope"))?;
    let device_code = practice.mint.secret("sbx_device");
    let user_code = practice.mint.user_code();
    let device = Device {
        client,
        user_code: Hash::of(&user_code),
        scopes,
        begun: now,
        interval: Duration::from_secs(practice.options.device_interval),
        last_poll: now,
        state: State::Pending { polls: 0 },
    };
    practice.devices.insert(Hash::of(&device_code), device);
    let page = format!("{}/device", practice.issuer);
    Ok(Answer::json(
        200,
        json!({
            "device_code": device_code,
            "verification_uri_complete": format!("{page}?user_code={user_code}"),
            "user_code": user_code,
            "verification_uri": page,
            "expires_in": LIFETIME.as_secs(),
            "interval": practice.options.device_interval,
        }),
    ))
}

/// One poll (RFC 8628 sections 3.4 and 3.5). The first has to wait like the others.
pub(super) fn poll(
    practice: &mut Practice,
    client: &Client,
    form: &Parameters,
    with_refresh: bool,
    key: Option<String>,
    now: Duration,
) -> Result<Answer, Refusal> {
    let presented = Hash::of(form.need("device_code")?);
    let unknown = || Refusal::invalid_grant("this device code is unknown or another client's");
    let device = practice
        .devices
        .get_mut(&presented)
        .filter(|device| device.client == client.id)
        .ok_or_else(|| unknown().about(presented))?;
    if let State::Done(family) = device.state {
        practice.grants.end(family);
        return Err(Refusal::invalid_grant(
            "this device code was used before; the tokens it brought are revoked",
        )
        .about(presented));
    }
    if now.saturating_sub(device.begun) >= LIFETIME {
        return Err(Refusal::new("expired_token", "this device code has expired").about(presented));
    }
    let last_poll = mem::replace(&mut device.last_poll, now);
    let too_early = now.saturating_sub(last_poll) < device.interval;
    if too_early {
        device.interval = device.interval.saturating_add(SLOWER);
        return Err(Refusal::new("slow_down", "this poll came too early").about(presented));
    }
    let options = &practice.options;
    let usual = &practice.account;
    let (account, mut scopes) =
        decision(device, options.consent, options.device_pending_polls, usual)
            .map_err(|refusal| refusal.about(presented))?;
    options.withhold(&mut scopes);
    let mut issuing = Issuing {
        mint: &mut practice.mint,
        options: &practice.options,
        now,
        with_refresh,
        key,
    };
    let (family, issued) =
        practice
            .grants
            .open(&mut issuing, &client.id, Some(account.clone()), scopes);
    device.state = State::Done(family);
    let id_token = issued.scopes.contains("openid").then(|| {
        let claims = practice.claims(&client.id, &account, &issued, None, now);
        practice.signer.sign(&claims)
    });
    Ok(granted(issued, id_token, Some(presented)))
}

/// What was decided about a device so far.
fn decision(
    device: &mut Device,
    consent: Consent,
    pending_polls: u32,
    usual: &AccountLabel,
) -> Result<Granted, Refusal> {
    let denied = || Refusal::new("access_denied", "the request was denied");
    match &mut device.state {
        State::Approved(account, scopes) => Ok((account.clone(), scopes.clone())),
        State::Denied => Err(denied()),
        State::Pending { polls } => match consent {
            Consent::Denied => Err(denied()),
            Consent::Automatic if *polls >= pending_polls => {
                Ok((usual.clone(), device.scopes.clone()))
            }
            Consent::Automatic | Consent::Page => {
                *polls += 1;
                Err(Refusal::new(
                    "authorization_pending",
                    "nobody has decided yet",
                ))
            }
        },
        State::Done(_) => Err(Refusal::invalid_grant("this device code was used before")),
    }
}

/// `GET /device` (RFC 8628 section 3.3): asks for the code, then shows what it would allow.
pub(super) fn page(practice: &mut Practice, call: &Call, now: Duration) -> Result<Answer, Refusal> {
    if call.method != "GET" {
        return Ok(Answer::empty(405).with("Allow", "GET"));
    }
    let parameters = Parameters::read(call.query.as_deref().unwrap_or_default())?;
    let Some(user_code) = parameters.get("user_code") else {
        return Ok(page::device_code());
    };
    let user_code = user_code.trim().to_ascii_uppercase();
    let waiting = practice.devices.iter().find(|(_, device)| {
        device.user_code == Hash::of(&user_code)
            && matches!(device.state, State::Pending { .. })
            && now.saturating_sub(device.begun) < LIFETIME
    });
    let Some((device, scopes)) = waiting.map(|(hash, device)| (*hash, device.scopes.clone()))
    else {
        return Ok(page::problem("no device waits for this code").noted("unknown_code"));
    };
    Ok(consent::ask_for_device(
        practice, device, &user_code, &scopes, now,
    ))
}

/// Keeps what a person decided on the page.
pub(super) fn settle(practice: &mut Practice, device: Hash, granted: Option<Granted>) {
    if let Some(device) = practice.devices.get_mut(&device) {
        device.state = match granted {
            Some((account, scopes)) if !scopes.is_empty() => State::Approved(account, scopes),
            _ => State::Denied,
        };
    }
}
