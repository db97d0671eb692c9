//! The app registrations: is there one, and has it what the provider wants?

use crate::app::App;
use crate::commands::doctor::Patient;
use crate::commands::doctor::check::{Check, Level};
use crate::connection::{ConnectionError, client};
use crate::env;
use crate::error::{Error, Kind};
use crate::names::ConnectionRef;
use crate::oauth::Client;
use crate::provider::definition::{Definition, SecretRule};
use crate::vault::Vault;

const TOPIC: &str = "client";

pub(super) fn checks(app: &App, patient: &Patient, vault: Option<&Vault>) -> Vec<Check> {
    if patient.providers.is_empty() {
        let hint = "name one: `oauthctl doctor github`";
        return vec![Check::skip(TOPIC, "no provider is in use").hint(hint)];
    }
    let mut checks = Vec::new();
    for (name, definition) in &patient.providers {
        if let Ok(definition) = definition {
            checks.extend(of_provider(patient, definition, vault));
        } else {
            // Asked again, for the error that commands end with.
            let failed = app.providers().get(name).map_err(Error::from);
            checks.extend(failed.err().map(|mut error| {
                // Only a name that somebody typed can be a wrong one.
                if !patient.is_named {
                    error.kind = Kind::Failed;
                }
                Check::failed("provider", error).of(name)
            }));
        }
    }
    checks
}

fn of_provider(patient: &Patient, definition: &Definition, vault: Option<&Vault>) -> Vec<Check> {
    let name = &definition.name;
    let found = match vault {
        Some(vault) => vault.read(|snapshot| client::for_connect(snapshot, definition, None)),
        None => match client::before_there_is_a_vault(definition, None) {
            Ok(()) => {
                let text = "the environment or the definition names one; there is no open vault to \
                            look further";
                return vec![Check::ok(TOPIC, text).of(name)];
            }
            Err(error) => Err(error),
        },
    };
    let is_used = patient
        .connections
        .iter()
        .any(|connection| connection.name.provider == *name);
    let mut checks = Vec::new();
    checks.push(match found {
        Ok(client) => Check::ok(TOPIC, registered(definition, &client)).of(name),
        // Nothing is broken where nobody connects there.
        Err(error @ ConnectionError::NoClient { .. }) => {
            let check = Check::failed(TOPIC, error.into()).of(name);
            let level = if is_used { Level::Warn } else { Level::Skip };
            check.at(level)
        }
        Err(error) => Check::failed(TOPIC, error.into()).of(name),
    });
    if env::client_secret(name).is_some() && env::client_id(name).is_none() {
        let form = name.environment_form();
        let text = format!("`OAUTHCTL_{form}_CLIENT_SECRET` replaces the secret of every client");
        let hint = format!("say whose it is: `export OAUTHCTL_{form}_CLIENT_ID=ID`");
        checks.push(Check::warn(TOPIC, text).of(name).hint(hint));
    }
    checks.extend(older(patient, definition, vault));
    checks
}

fn registered(definition: &Definition, client: &Client) -> String {
    let proof = match (client.secret.is_some(), client.key.is_some()) {
        (_, true) => "with a key",
        (true, false) => "with a secret",
        (false, false) if definition.client.secret == SecretRule::Forbidden => {
            "without a secret, as it must be"
        }
        (false, false) => "without a secret",
    };
    format!(
        "`{}` {proof}; the redirect URI to register is {}",
        client.id,
        definition.redirect.registered_uri()
    )
}

/// Connections are refreshed with the client and the endpoints that they were made with.
fn older(patient: &Patient, definition: &Definition, vault: Option<&Vault>) -> Vec<Check> {
    let mut checks = Vec::new();
    let Some(vault) = vault else {
        return checks;
    };
    for connection in &patient.connections {
        let name = &connection.name;
        if name.provider != definition.name || connection.state.set().is_none() {
            continue;
        }
        let stamp = &connection.stamp;
        if stamp.token_endpoint.as_str() != definition.token_endpoint.as_str() {
            let error = ConnectionError::DefinitionMoved {
                of: ConnectionRef::Exact(name.clone()),
                what: "token endpoint",
            };
            checks.push(Check::failed(TOPIC, error.into()).of(name));
            continue;
        }
        let refreshable = connection
            .state
            .set()
            .is_some_and(|set| set.refresh_token.is_some());
        let used = vault.read(|snapshot| client::for_connection(snapshot, definition, stamp));
        if refreshable && let Err(error) = used {
            checks.push(Check::failed(TOPIC, error.into()).of(name));
        }
    }
    checks
}
