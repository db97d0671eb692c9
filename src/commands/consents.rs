use std::collections::BTreeMap;

use crate::app::App;
use crate::commands::{advice, printed};
use crate::connection::records::StoredConsent;
use crate::connection::{ConnectionError, select};
use crate::error::{Error, Result};
use crate::moment::Timestamp;
use crate::names::{ConnectionName, ConnectionRef, Scope};
use crate::oauth::scope::{Comparison, compare};
use crate::provider::definition::ScopeRules;

/// Show what was consented to, and when
///
/// Oldest first: what was asked for and granted, what the grant fell short of or went beyond, and
/// what each consent changed. Consents are kept when their connection is revoked.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only those of this connection: `PROVIDER` or `PROVIDER/ACCOUNT`
    #[arg(value_name = "CONNECTION")]
    connection: Option<ConnectionRef>,
}

/// One consent, and what it changed.
struct Consent {
    at: Timestamp,
    connection: String,
    subject: Option<String>,
    client_id: String,
    grant: Option<String>,
    requested: Vec<Scope>,
    granted: Vec<Scope>,
    against: Comparison,
    /// Against the consent before of the same connection.
    added: Vec<Scope>,
    dropped: Vec<Scope>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let Some(vault) = app.open_vault()? else {
        app.say_no_vault();
        app.ui.note("nothing was consented to yet");
        return Ok(());
    };
    let mut rows = vault
        .read(|snapshot| {
            let rows = snapshot.all::<StoredConsent>()?;
            // A name that fits nothing is a slip, unless consents tell of it.
            if let Some(asked) = &args.connection
                && !rows.iter().any(|row| is_of(&row.value, asked))
            {
                select::find(snapshot, asked)?;
            }
            Ok(rows)
        })
        .map_err(|error: ConnectionError| advice::explained(app, error))?;
    rows.sort_by_key(|row| row.value.at());
    let asked = args.connection.as_ref();
    let mut before = BTreeMap::new();
    let mut shown = 0;
    for row in &rows {
        let consent = read(app, &row.value, &mut before)?;
        if asked.is_some_and(|asked| !is_of(&row.value, asked)) {
            continue;
        }
        shown += 1;
        if app.ui.json() {
            printed(app.ui.data(&document(&consent).to_string()))?;
        } else {
            print(app, &consent)?;
        }
    }
    if shown == 0 && !app.ui.json() {
        app.ui.note("nothing was consented to yet");
    }
    Ok(())
}

fn is_of(consent: &StoredConsent, asked: &ConnectionRef) -> bool {
    match asked {
        ConnectionRef::Exact(name) => consent.connection() == name.to_string(),
        ConnectionRef::Provider(provider) => consent
            .connection()
            .split_once('/')
            .is_some_and(|(name, _)| name == provider.as_str()),
    }
}

fn read(
    app: &App,
    stored: &StoredConsent,
    before: &mut BTreeMap<String, Vec<Scope>>,
) -> Result<Consent> {
    let unreadable =
        |error: crate::connection::stored::FormError| Error::from(ConnectionError::from(error));
    let requested = stored.requested().map_err(unreadable)?;
    let granted = stored.granted().map_err(unreadable)?;
    let name = stored.connection().to_owned();
    let definition = name
        .parse::<ConnectionName>()
        .ok()
        .and_then(|name| app.providers().get(&name.provider).ok());
    // Of a provider that nobody defines any more, scopes are compared as they are spelled.
    let plain = ScopeRules::plain();
    let rules = definition.as_ref().map_or(&plain, |found| &found.scopes);
    let against = compare(rules, &requested, &granted);
    let earlier = before.insert(name.clone(), granted.clone());
    let change = earlier.map(|earlier| compare(rules, &earlier, &granted));
    let (dropped, added) =
        change.map_or_else(Default::default, |change| (change.missing, change.extra));
    Ok(Consent {
        at: stored.at(),
        connection: name,
        subject: stored.subject().map(str::to_owned),
        client_id: stored.client_id().to_owned(),
        grant: stored.grant().map(str::to_owned),
        requested,
        granted,
        against,
        added,
        dropped,
    })
}

fn print(app: &App, consent: &Consent) -> Result<()> {
    let how = consent.grant.as_deref().unwrap_or_default();
    let head = format!(
        "{}  {}  {}",
        consent.at,
        consent.connection,
        how.replace('_', " ")
    );
    printed(app.ui.data(head.trim_end()))?;
    let lines = [
        ("granted", &consent.granted),
        ("not granted", &consent.against.missing),
        ("not asked for", &consent.against.extra),
        ("new", &consent.added),
        ("gone", &consent.dropped),
    ];
    for (name, scopes) in lines {
        if !scopes.is_empty() {
            let scopes: Vec<_> = scopes.iter().map(Scope::as_str).collect();
            printed(app.ui.data(&format!("  {name:<14}{}", scopes.join(" "))))?;
        }
    }
    Ok(())
}

fn document(consent: &Consent) -> serde_json::Value {
    let texts = |scopes: &[Scope]| scopes.iter().map(ToString::to_string).collect::<Vec<_>>();
    crate::json::json!({
        "schema": 1,
        "at": consent.at.to_string(),
        "connection": consent.connection,
        "subject": consent.subject,
        "client_id": consent.client_id,
        "grant": consent.grant,
        "requested_scopes": texts(&consent.requested),
        "scopes": texts(&consent.granted),
        "missing_scopes": texts(&consent.against.missing),
        "extra_scopes": texts(&consent.against.extra),
        "added_scopes": texts(&consent.added),
        "dropped_scopes": texts(&consent.dropped),
    })
}
