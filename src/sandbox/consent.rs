//! Consent by a person, on a page.
//!
//! The form carries a ticket that is good once, for one request and in the browser that was shown
//! it, which a cookie names. A page of somebody else's can neither read the ticket nor send the
//! cookie, and a request that says it comes from elsewhere is refused besides.

use std::collections::BTreeSet;
use std::time::Duration;

use super::authorize::{self, Asked};
use super::call::{Answer, Call, Parameters, Refusal};
use super::device;
use super::mint::{Hash, fingerprint};
use super::page::{self, Question};
use super::practice::{Practice, SCOPES};
use crate::names::AccountLabel;

/// How long a page may lie open.
const LIFETIME: Duration = Duration::from_secs(600);

/// Who consents, and to which scopes.
pub(super) type Granted = (AccountLabel, BTreeSet<String>);

/// What a page was shown for.
pub(super) struct Ticket {
    browser: Hash,
    issued: Duration,
    purpose: Purpose,
}

enum Purpose {
    Client(Asked),
    Device {
        device: Hash,
        scopes: BTreeSet<String>,
    },
}

/// Shows the page for an authorization request.
pub(super) fn ask(practice: &mut Practice, asked: Asked, now: Duration) -> Answer {
    let question = Question {
        client: asked.client.clone(),
        user_code: None,
        scopes: asked.scopes.clone(),
        accounts: practice.options.accounts.clone(),
        chosen: asked.account.clone(),
        redirect_uri: Some(asked.redirect_uri.clone()),
    };
    show(practice, &question, Purpose::Client(asked), now)
}

/// Shows the page for a device.
pub(super) fn ask_for_device(
    practice: &mut Practice,
    device: Hash,
    user_code: &str,
    scopes: &BTreeSet<String>,
    now: Duration,
) -> Answer {
    let question = Question {
        client: "A device".to_owned(),
        user_code: Some(user_code.to_owned()),
        scopes: scopes.clone(),
        accounts: practice.options.accounts.clone(),
        chosen: practice.account.clone(),
        redirect_uri: None,
    };
    let purpose = Purpose::Device {
        device,
        scopes: scopes.clone(),
    };
    show(practice, &question, purpose, now)
}

fn show(practice: &mut Practice, question: &Question, purpose: Purpose, now: Duration) -> Answer {
    let browser = practice.mint.secret("sbx_browser");
    let ticket = practice.mint.secret("sbx_ticket");
    practice
        .tickets
        .retain(|_, ticket| now.saturating_sub(ticket.issued) < LIFETIME);
    practice.tickets.insert(
        Hash::of(&ticket),
        Ticket {
            browser: Hash::of(&browser),
            issued: now,
            purpose,
        },
    );
    // the path keeps it from other servers on this host: cookies don't know ports
    let cookie = format!(
        "{}={browser}; Path=/consent; Max-Age={}; HttpOnly; SameSite=Strict",
        cookie_name(&ticket),
        LIFETIME.as_secs()
    );
    page::consent(question, &ticket)
        .with("Set-Cookie", cookie)
        .noted("asked")
}

/// `POST /consent`.
pub(super) fn decide(practice: &mut Practice, call: &Call, now: Duration) -> Answer {
    let (purpose, granted) = match read(practice, call, now) {
        Ok(decided) => decided,
        Err(refusal) => return page::problem(&refusal.why).noted(refusal.code),
    };
    match purpose {
        Purpose::Client(asked) => authorize::finish(practice, &asked, granted, now),
        Purpose::Device { device, .. } => {
            let text = match granted {
                Some(_) => "The device is connected. You can close this page.",
                None => "The device was turned away. You can close this page.",
            };
            device::settle(practice, device, granted);
            page::done(text)
        }
    }
}

fn read(
    practice: &mut Practice,
    call: &Call,
    now: Duration,
) -> Result<(Purpose, Option<Granted>), Refusal> {
    let fields: Vec<String> = SCOPES.iter().map(|(scope, _)| field(scope)).collect();
    let mut known = vec!["ticket", "decision", "account"];
    known.extend(fields.iter().map(String::as_str));
    let form = call.form(&known)?;
    let purpose = claim(practice, call, &form, now)?;
    let granted = granted(practice, &form, &purpose)?;
    Ok((purpose, granted))
}

/// Every page has its own cookie, so that two tabs don't spoil each other's forms.
fn cookie_name(ticket: &str) -> String {
    format!("sandbox_{}", fingerprint(ticket))
}

/// The name of a scope's checkbox.
pub(super) fn field(scope: &str) -> String {
    format!("scope_{scope}")
}

/// Takes the ticket of a form, which must come from the page that it was given to.
fn claim(
    practice: &mut Practice,
    call: &Call,
    form: &Parameters,
    now: Duration,
) -> Result<Purpose, Refusal> {
    let refuse = || {
        Refusal::new(
            "forged_form",
            "this form is not from this page, or it was sent before",
        )
    };
    let from_here = call
        .header("origin")?
        .is_none_or(|origin| origin == practice.issuer)
        && call
            .header("sec-fetch-site")?
            .is_none_or(|site| site == "same-origin");
    let ticket = form.need("ticket")?;
    let hash = Hash::of(ticket);
    let browser = call
        .cookie(&cookie_name(ticket))
        .map(Hash::of)
        .filter(|_| from_here);
    let good = practice.tickets.get(&hash).is_some_and(|ticket| {
        browser == Some(ticket.browser) && now.saturating_sub(ticket.issued) < LIFETIME
    });
    if !good {
        return Err(refuse());
    }
    practice
        .tickets
        .remove(&hash)
        .map(|ticket| ticket.purpose)
        .ok_or_else(refuse)
}

fn granted(
    practice: &Practice,
    form: &Parameters,
    purpose: &Purpose,
) -> Result<Option<Granted>, Refusal> {
    match form.need("decision")? {
        "allow" => {}
        "deny" => return Ok(None),
        _ => return Err(Refusal::invalid_request("decision is allow or deny")),
    }
    let name = form.need("account")?;
    let account = practice
        .options
        .accounts
        .iter()
        .find(|account| account.as_str() == name)
        .ok_or_else(|| Refusal::invalid_request("nobody here has this name"))?;
    let asked = match purpose {
        Purpose::Client(asked) => &asked.scopes,
        Purpose::Device { scopes, .. } => scopes,
    };
    let scopes = asked
        .iter()
        .filter(|scope| form.get(&field(scope)).is_some())
        .cloned()
        .collect();
    Ok(Some((account.clone(), scopes)))
}
