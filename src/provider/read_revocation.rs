//! The `[revocation]` section: which keys belong to which kind.

use super::definition::{BodyKind, CLIENT_ID_PLACEHOLDER, Revocation, RevokedTokens};
use super::file::{self, RevocationKind};
use super::read::{body_kind, check};
use super::rules;
use super::source::Fault;
use crate::endpoint::{Endpoint, EndpointError};

pub(super) fn revocation(section: file::Revocation) -> Result<Revocation, Fault> {
    refuse_what_does_not_belong(&section)?;
    if let Some(note) = &section.note {
        check(&["revocation", "note"], rules::words(note))?;
    }
    match section.kind {
        RevocationKind::None => Ok(Revocation::None {
            note: section.note,
            page: page(section.page)?,
        }),
        RevocationKind::Rfc7009 => Ok(Revocation::Rfc7009 {
            endpoint: endpoint(section.endpoint)?,
            authenticate: section.client != Some(file::RevocationClient::Anonymous),
            body: section.body.map_or(BodyKind::Form, body_kind),
            tokens: match section.tokens {
                Some(file::RevokedTokens::Both) | None => RevokedTokens::Both,
                Some(file::RevokedTokens::Either) => RevokedTokens::Either,
                Some(file::RevokedTokens::Access) => RevokedTokens::Access,
            },
            note: section.note,
            page: page(section.page)?,
        }),
        RevocationKind::ApplicationToken => {
            let endpoint_template = section.endpoint.ok_or_else(endpoint_is_missing)?;
            let path = ["revocation", "endpoint"];
            check(&path, rules::client_template(&endpoint_template))?;
            let page_template = section.page.filter(|page| !page.is_empty());
            if let Some(template) = &page_template {
                let filled = template.replace(CLIENT_ID_PLACEHOLDER, "x");
                page(Some(filled))?;
            }
            Ok(Revocation::ApplicationToken {
                endpoint_template,
                note: section.note,
                page_template,
            })
        }
        RevocationKind::BearerPost => Ok(Revocation::BearerPost {
            endpoint: endpoint(section.endpoint)?,
            page: page(section.page)?,
        }),
    }
}

/// A key that a kind doesn't use would be a promise that nothing keeps.
fn refuse_what_does_not_belong(section: &file::Revocation) -> Result<(), Fault> {
    let is_rfc7009 = matches!(section.kind, RevocationKind::Rfc7009);
    let is_none = matches!(section.kind, RevocationKind::None);
    let unused = [
        ("endpoint", section.endpoint.is_some() && is_none),
        ("client", section.client.is_some() && !is_rfc7009),
        ("body", section.body.is_some() && !is_rfc7009),
        ("tokens", section.tokens.is_some() && !is_rfc7009),
        (
            "note",
            section.note.is_some() && matches!(section.kind, RevocationKind::BearerPost),
        ),
    ];
    match unused.iter().find(|(_, is_unused)| *is_unused) {
        Some((key, _)) => Err(Fault::new(
            &["revocation", key],
            "this kind of revocation doesn't use it",
        )),
        None => Ok(()),
    }
}

fn endpoint(text: Option<String>) -> Result<Endpoint, Fault> {
    parse("endpoint", &text.ok_or_else(endpoint_is_missing)?)
}

fn endpoint_is_missing() -> Fault {
    Fault::new(&["revocation", "endpoint"], "it is missing")
}

fn page(text: Option<String>) -> Result<Option<Endpoint>, Fault> {
    text.filter(|page| !page.is_empty())
        .map(|page| parse("page", &page))
        .transpose()
}

fn parse(key: &str, text: &str) -> Result<Endpoint, Fault> {
    text.parse()
        .map_err(|error: EndpointError| Fault::new(&["revocation", key], error.to_string()))
}
