//! What a connect asks for: scopes by name or by feature, added to what a connection has, and a
//! second question where one is dangerous.

use std::str::FromStr;

use crate::app::{App, moment};
use crate::commands::advice;
use crate::commands::connect::Args;
use crate::connection::select::{self, Found};
use crate::connection::{Connection, GrantKind, State};
use crate::error::{Error, Kind, Result};
use crate::names::{ConnectionRef, Scope};
use crate::oauth::scope::{compare, request_scopes};
use crate::provider::definition::{CatalogueScope, Definition, ScopeRules};
use crate::provider::features::{Feature, FeatureError};
use crate::token::Remaining;
use crate::ui::shell_word;
use crate::vault::Vault;

/// The scopes that the features stand for.
pub(super) fn of_features(
    app: &App,
    definition: &Definition,
    features: &[Feature],
) -> Result<Vec<Scope>> {
    let mut scopes = Vec::new();
    for feature in features {
        for row in feature
            .scopes(definition)
            .map_err(|error| unknown(&error))?
        {
            app.ui.note(&format!(
                "{feature}: asking for `{}` ({})",
                row.name, row.title
            ));
            scopes.push(row.name.clone());
        }
    }
    Ok(scopes)
}

fn unknown(error: &FeatureError) -> Error {
    let provider = match error {
        FeatureError::NotOne { .. } => None,
        FeatureError::NoCatalogue { provider }
        | FeatureError::Unknown { provider, .. }
        | FeatureError::NoReach { provider, .. } => Some(provider.clone()),
    };
    let shown = Error::new(Kind::Usage, error.to_string());
    match provider {
        Some(provider) => shown.hint(format!("see `oauthctl scopes {provider}`")),
        None => shown,
    }
}

/// The connection that is meant, to be signed in to again.
pub(super) fn named(app: &App, vault: &Vault, asked: &str) -> Result<Connection> {
    let asked: ConnectionRef = asked.parse().map_err(|error: crate::names::NameError| {
        Error::new(Kind::Usage, "could not read the connection's name").caused_by(&error)
    })?;
    let meant = app.meant(&asked)?;
    let Found { connection, .. } = vault
        .read(|snapshot| select::find(snapshot, &meant))
        .map_err(|error| advice::on_asked(app, &asked, error))?;
    Ok(connection)
}

/// Refuses a connection that nobody consents to.
pub(super) fn consented(connection: &Connection) -> Result<()> {
    let name = &connection.name;
    match connection.grant {
        GrantKind::AuthorizationCode | GrantKind::Device => Ok(()),
        GrantKind::Supplied => Err(Error::new(
            Kind::Usage,
            format!("`{name}` is a token that you brought, and gets no other scopes"),
        )
        .hint(format!(
            "make another one at the provider, and bring that: `oauthctl connect {} --with-token`",
            shell_word(&name.to_string())
        ))),
        GrantKind::ClientCredentials { .. } | GrantKind::TokenExchange(_) => Err(Error::new(
            Kind::Usage,
            format!("nobody consents to `{name}`"),
        )
        .hint(format!(
            "connect it again with all scopes that it is to have: `oauthctl connect {}{} --scope SCOPE`",
            shell_word(&name.to_string()),
            connection.grant.option()
        ))),
    }
}

/// Refuses a connection whose place no token that was brought may take.
pub(super) fn brought(connection: &Connection) -> Result<()> {
    if connection.grant == GrantKind::Supplied {
        return Ok(());
    }
    let name = &connection.name;
    let message = format!("`{name}` is no token that you brought");
    Err(Error::new(Kind::Usage, message).hint(format!(
        "keep both: `oauthctl connect {} --with-token --account LABEL`",
        name.provider
    )))
}

/// What is asked for where nobody says: the scopes of the connection that is signed in to again.
/// Without its name that is the only one of the provider, and only where it is over; else a second
/// account may be meant.
pub(super) fn as_before(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &Vault,
) -> Result<Vec<Scope>> {
    let mut found = vault.read(select::all)?;
    found.retain(|found| {
        let connection = &found.connection;
        connection.name.provider == definition.name && connection.grant.is_a_persons()
    });
    let before = match &args.account {
        Some(account) => found
            .iter()
            .find(|one| one.connection.name.account == *account),
        None if found.len() == 1 => found.first().filter(|one| is_over(&one.connection)),
        None => None,
    };
    before.map_or(Ok(Vec::new()), |before| {
        kept(app, definition, &before.connection)
    })
}

/// Whether nothing but another sign-in helps it.
fn is_over(connection: &Connection) -> bool {
    match &connection.state {
        State::NeedsLogin { .. } | State::Suspect(_) | State::Moved => true,
        State::Revoking { .. } => false,
        State::Active(set) | State::Refreshing { set, .. } => {
            set.refresh_token.is_none() && set.remaining(&moment()) == Remaining::Expired
        }
    }
}

/// What the connection asked for and has; says so where it is more than what is usual.
pub(super) fn kept(
    app: &App,
    definition: &Definition,
    connection: &Connection,
) -> Result<Vec<Scope>> {
    let scopes = union(app, definition, connection, &[])?;
    let usual = request_scopes(definition, &[]);
    if !compare(&definition.scopes, &usual, &scopes)
        .extra
        .is_empty()
    {
        let names: Vec<_> = scopes.iter().map(ToString::to_string).collect();
        app.ui.note(&format!(
            "asking for what `{}` has: {}; `--scope` asks for something else",
            connection.name,
            names.join(" ")
        ));
    }
    Ok(scopes)
}

/// What the connection asked for and has, and what is to be added to it.
pub(super) fn union(
    app: &App,
    definition: &Definition,
    connection: &Connection,
    added: &[String],
) -> Result<Vec<Scope>> {
    let mut scopes = connection.requested.clone();
    let granted = connection.state.set().map(|set| set.granted.as_slice());
    scopes.extend(compare(&definition.scopes, &scopes, granted.unwrap_or_default()).extra);
    for text in added {
        let is_scope = definition
            .catalogue
            .iter()
            .any(|row| row.name.as_str() == text);
        let feature = Feature::from_str(text);
        let new = match feature {
            Ok(feature) if !is_scope && is_feature(definition, text) => {
                of_features(app, definition, &[feature])?
            }
            _ => vec![text.parse().map_err(|error: crate::names::NameError| {
                Error::new(Kind::Usage, "could not read a scope").caused_by(&error)
            })?],
        };
        scopes.extend(new);
    }
    let mut known = Vec::new();
    scopes.retain(|scope| {
        let new = !known.contains(scope);
        known.push(scope.clone());
        new
    });
    Ok(scopes)
}

fn is_feature(definition: &Definition, text: &str) -> bool {
    let name = text.split(':').next().unwrap_or_default();
    definition.catalogue.iter().any(|row| row.feature == name)
}

/// Asks a second time about what is dangerous and no connection of that provider has yet.
pub(super) fn confirm(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &Vault,
) -> Result<()> {
    let requested = request_scopes(definition, &args.scopes);
    let rows = definition.catalogue.iter();
    let mut dangerous: Vec<_> = rows
        .filter(|row| row.dangerous && asks_for(&definition.scopes, row, &requested))
        .collect();
    if dangerous.is_empty() {
        return Ok(());
    }
    let held = vault.read(select::all)?;
    let held: Vec<_> = held
        .iter()
        .filter(|found| found.connection.name.provider == definition.name)
        .filter_map(|found| found.connection.state.set())
        .collect();
    dangerous.retain(|row| {
        !held
            .iter()
            .any(|set| asks_for(&definition.scopes, row, &set.granted))
    });
    if dangerous.is_empty() {
        return Ok(());
    }
    for row in &dangerous {
        app.ui
            .warn(&format!("`{}` is dangerous: {}", row.name, row.description));
    }
    if args.yes || (app.ui.may_ask() && app.ui.confirm("ask for it all the same?")) {
        return Ok(());
    }
    if app.ui.may_ask() {
        return Err(Error::new(Kind::Refused, "nothing was asked for"));
    }
    let names: Vec<_> = dangerous
        .iter()
        .map(|row| format!("`{}`", row.name))
        .collect();
    let message = format!("a dangerous scope needs a yes: {}", names.join(", "));
    Err(Error::new(Kind::Usage, message)
        .hint("say it again with `--yes`")
        .hint(format!(
            "or ask for less: `oauthctl scopes {}`",
            definition.name
        )))
}

/// Whether one of the scopes is that one, however it is spelled.
fn asks_for(rules: &ScopeRules, row: &CatalogueScope, scopes: &[Scope]) -> bool {
    let one = std::slice::from_ref(&row.name);
    scopes.iter().any(|scope| {
        let other = std::slice::from_ref(scope);
        scope == &row.name
            || (compare(rules, one, other).missing.is_empty()
                && compare(rules, other, one).missing.is_empty()
                && !rules.never_echoed.contains(row.name.as_str()))
    })
}
