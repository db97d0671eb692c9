//! `doctor`: looks at everything that connections depend on, and changes nothing.

mod check;
mod connections;
mod custody;
mod machine;
mod online;
mod redact;
mod registrations;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::Arc;

use crate::app::App;
use crate::commands::doctor::check::{Check, Level};
use crate::commands::doctor::redact::Redactor;
use crate::commands::printed;
use crate::connection::records::{StoredClient, StoredConsent};
use crate::connection::state::Connection;
use crate::connection::{ConnectionError, replaced, select};
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::moment::Timestamp;
use crate::names::{ConnectionName, ProviderName};
use crate::provider::ProviderError;
use crate::provider::definition::Definition;
use crate::vault::Vault;

/// Look for what is wrong, and say the way out
///
/// Looks at the keyring, the vault, permissions, the browser, ports, hooks, every app registration and when
/// each connection ends. It changes nothing, but for a small file that it writes and removes to see
/// whether there is room; it asks nothing, and contacts nobody unless `--online` says so: then the hosts of the providers are asked for their headers, to test network, TLS and the clock.
/// The exit code is 0 where nothing failed, else that of the most pressing failure.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl doctor\n  \
    oauthctl doctor --online\n  \
    oauthctl doctor github --online\n  \
    oauthctl doctor --report > report.txt")]
pub(super) struct Args {
    /// Look at these providers [default: those in use]
    #[arg(value_name = "PROVIDER")]
    providers: Vec<ProviderName>,
    /// Contact the providers' hosts; nothing about you is sent
    #[arg(long)]
    online: bool,
    /// Leave out accounts, client ids, paths and hosts; read it before you paste it
    #[arg(long)]
    report: bool,
}

/// What the checks look at.
struct Patient {
    /// Whether somebody named the providers.
    is_named: bool,
    /// Those in use, or those that were named.
    providers: BTreeMap<ProviderName, std::result::Result<Arc<Definition>, ProviderError>>,
    connections: Vec<Connection>,
    /// Those that were in another vault before they were connected anew.
    exported: Vec<ConnectionName>,
    /// When each connection was last consented to, by its name.
    consents: BTreeMap<String, Timestamp>,
    /// Every client id that the vault or the environment names.
    clients: Vec<String>,
    /// The providers that a client is stored for.
    registered: Vec<ProviderName>,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let mut checks = Vec::from_iter(settings(app));
    let (of_custody, vault) = custody::checks(app)?;
    checks.extend(of_custody);
    let mut vault = vault.as_deref();
    let mut patient = Patient::of(args);
    if let Some(open) = vault
        && let Err(error) = patient.read(open)
    {
        custody::told_once(&mut checks, error.into());
        vault = None;
    }
    patient.define(app, args);
    checks.extend(machine::checks(app, &patient));
    checks.extend(registrations::checks(app, &patient, vault));
    checks.extend(connections::checks(&patient));
    checks.extend(online::checks(&patient, args.online)?);
    if args.report {
        let redactor = Redactor::of(app, &patient)?;
        checks = checks.iter().map(|check| redactor.check(check)).collect();
    }
    show(app, args, &checks)?;
    match Kind::most_pressing(checks.iter().filter_map(Check::failure)) {
        None => Ok(()),
        Some(kind) => {
            let failed = checks.iter().filter_map(Check::failure).count();
            let things = if failed == 1 { "check" } else { "checks" };
            Err(Error::new(kind, format!("{failed} {things} failed")))
        }
    }
}

/// A broken settings file stops every other command.
fn settings(app: &App) -> Option<Check> {
    let error = app.broken_settings.as_ref()?;
    let mut text = error.to_string();
    if let Some(cause) = error.source() {
        text.extend([": ", &cause.to_string()]);
    }
    let check = Check::fail("settings", Kind::Failed, text);
    Some(check.hint("mend the file that `oauthctl config path` names; here the defaults hold"))
}

impl Patient {
    fn of(args: &Args) -> Self {
        Self {
            is_named: !args.providers.is_empty(),
            providers: BTreeMap::new(),
            connections: Vec::new(),
            exported: Vec::new(),
            consents: BTreeMap::new(),
            clients: Vec::new(),
            registered: Vec::new(),
        }
    }

    /// What the vault holds.
    fn read(&mut self, vault: &Vault) -> std::result::Result<(), ConnectionError> {
        vault.read(|snapshot| {
            for found in select::all(snapshot)? {
                let name = &found.connection.name;
                if !replaced::earlier(snapshot, name)?.away.is_empty() {
                    self.exported.push(name.clone());
                }
                self.connections.push(found.connection);
            }
            for row in snapshot.all::<StoredConsent>()? {
                let at = row.value.at();
                let latest = self.consents.entry(row.value.connection().to_owned());
                latest
                    .and_modify(|known| *known = at.max(*known))
                    .or_insert(at);
            }
            for row in snapshot.all::<StoredClient>()? {
                self.clients.push(row.value.client()?.id.to_string());
                self.registered.extend(row.value.provider().parse());
            }
            Ok(())
        })
    }

    /// Which providers matter, and their definitions.
    fn define(&mut self, app: &App, args: &Args) {
        let mut names = args.providers.clone();
        if names.is_empty() {
            names.append(&mut self.registered);
            let used = self.connections.iter();
            names.extend(used.map(|connection| connection.name.provider.clone()));
            let known = app.providers().names().into_iter();
            names.extend(known.filter(|name| env::client_id(name).is_some()));
        } else {
            let wanted = |connection: &Connection| names.contains(&connection.name.provider);
            self.connections.retain(wanted);
        }
        self.clients.extend(names.iter().filter_map(env::client_id));
        for name in names {
            let definition = app.providers().get(&name);
            self.providers.insert(name, definition);
        }
    }

    /// The definitions that can be used.
    fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.providers
            .values()
            .filter_map(|definition| definition.as_deref().ok())
    }
}

fn show(app: &App, args: &Args, checks: &[Check]) -> Result<()> {
    let program = format!(
        "oauthctl {}, {}",
        env!("CARGO_PKG_VERSION"),
        env::platform()
    );
    if app.ui.json() {
        let documents: Vec<_> = checks.iter().map(|check| check.document(&app.ui)).collect();
        let worst = checks.iter().map(|check| check.level).max();
        let document = crate::json::json!({
            "schema": 1,
            "program": program,
            "redacted": args.report,
            "worst": worst.unwrap_or(Level::Ok).word(),
            "checks": documents,
        });
        return printed(app.ui.data(&document.to_string()));
    }
    if args.report {
        printed(app.ui.data(&program))?;
    }
    for check in checks {
        for line in check.lines(&app.ui) {
            printed(app.ui.data(&line))?;
        }
    }
    Ok(())
}
