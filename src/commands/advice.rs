//! What to change after a usual mistake, added to the error that told of it.

use crate::app::choice::{Layer, Setting, decisive};
use crate::app::{App, moment};
use crate::connection::state::LoginReason;
use crate::connection::{Connection, ConnectionError, GrantKind};
use crate::error::{Error, Kind};
use crate::flow::code::LoginError;
use crate::names::{ConnectionRef, ProviderName};
use crate::provider::ProviderError;
use crate::provider::advice::During;
use crate::provider::definition::Definition;
use crate::token::Remaining;
use crate::ui::span;

/// What to change after a login that failed.
pub(super) fn on_login(definition: &Definition, error: &LoginError) -> Vec<String> {
    let (code, description) = match error {
        LoginError::Wait(_) => return definition.advice_on_no_answer(),
        LoginError::Denied { error, description } => (Some(error.as_str()), description.as_deref()),
        LoginError::Token(error) | LoginError::Device(error) | LoginError::Pushed(error) => {
            (error.code(), error.description())
        }
        LoginError::Bind(_)
        | LoginError::NothingPasted
        | LoginError::Request(_)
        | LoginError::Send(_)
        | LoginError::NoDevice
        | LoginError::Page(_)
        | LoginError::CodeExpired
        | LoginError::IdToken(_)
        | LoginError::NoIdToken
        | LoginError::NoRandomness => return Vec::new(),
    };
    code.map(|code| definition.advice_on(During::Login, code, description))
        .unwrap_or_default()
}

/// The error of a connection that could not be used, with what to change.
pub(super) fn explained(app: &App, error: ConnectionError) -> Error {
    if let Some(shown) = no_such_provider(app, &error) {
        return shown;
    }
    let advice = of_connection(app, &error);
    let mut shown = Error::from(error);
    // first what is wrong at the provider, then what to type here
    shown.hints.splice(0..0, advice);
    shown
}

/// Of a provider that nobody knows there is no connection, and none can be made.
fn no_such_provider(app: &App, error: &ConnectionError) -> Option<Error> {
    let ConnectionError::NotFound { asked, near } = error else {
        return None;
    };
    let provider = match asked {
        ConnectionRef::Provider(provider) => provider,
        ConnectionRef::Exact(name) => &name.provider,
    };
    let unknown = app.providers().get(provider).err()?;
    let is_unknown = near.is_empty() && matches!(unknown, ProviderError::Unknown { .. });
    is_unknown.then(|| {
        Error::new(Kind::LoginRequired, error.to_string())
            .caused_by(&unknown)
            .hint("see `oauthctl list` and `oauthctl provider list`")
    })
}

/// The error of a look for what was asked for. Where a setting chose the account, it says which one.
pub(super) fn on_asked(app: &App, asked: &ConnectionRef, error: ConnectionError) -> Error {
    let is_missing = matches!(error, ConnectionError::NotFound { .. });
    let shown = explained(app, error);
    let ConnectionRef::Provider(provider) = asked else {
        return shown;
    };
    let layers = app.layers(&Setting::Account(provider.clone()));
    let layers = layers.unwrap_or_default();
    match decisive(&layers) {
        Some(Layer { place, .. }) if is_missing => shown
            .because(format!("that is what `{provider}` means by `{place}`"))
            .hint(format!(
                "what decides, and where: `oauthctl config get account.{provider} --explain`"
            )),
        _ => shown,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only what a provider answered has advice"
)]
fn of_connection(app: &App, error: &ConnectionError) -> Vec<String> {
    let on = |provider: &ProviderName, code: &str, description: &Option<String>| {
        let definition = app.providers().get(provider).ok();
        definition.map(|it| it.advice_on(During::Refresh, code, description.as_deref()))
    };
    let advice = match error {
        ConnectionError::InvalidClient {
            provider,
            code,
            description,
        }
        | ConnectionError::Refused {
            provider,
            code,
            description,
        } => on(provider, code, description),
        ConnectionError::LoginRequired {
            name,
            reason: LoginReason::Ended { code, description },
            ..
        } => on(&name.provider, code, description),
        ConnectionError::LoginRequired {
            name,
            reason: LoginReason::NoRefreshToken,
            ..
        }
        | ConnectionError::NoRefreshToken { name, .. } => {
            let definition = app.providers().get(&name.provider).ok();
            definition.map(|it| it.advice_on_no_refresh_token())
        }
        _ => None,
    };
    advice.unwrap_or_default()
}

/// Warns of a connection that a person has just made and that nothing will renew.
pub(super) fn warn_of_no_refresh_token(
    app: &App,
    definition: &Definition,
    connection: &Connection,
) {
    let is_a_persons = match connection.grant {
        GrantKind::AuthorizationCode | GrantKind::Device => true,
        // what a client gets for itself, or somebody brought, has none
        GrantKind::ClientCredentials { .. } | GrantKind::TokenExchange(_) | GrantKind::Supplied => {
            false
        }
    };
    let Some(set) = connection.state.set() else {
        return;
    };
    if !is_a_persons || set.refresh_token.is_some() {
        return;
    }
    let Remaining::Time(left) = set.remaining(&moment()) else {
        return;
    };
    app.ui.warn(&format!(
        "the provider gave no refresh token: `{}` ends in {} and can't be renewed",
        connection.name,
        span(left)
    ));
    for hint in definition.advice_on_no_refresh_token() {
        app.ui.hint(&hint);
    }
}
