//! A client where there is none yet: the provider registers one (RFC 7591), or a person does, and the
//! vault keeps it.

use crate::app::{App, moment};
use crate::commands::{block_on, network, wizard};
use crate::connection::records::StoredClient;
use crate::connection::{ConnectionError, client};
use crate::error::{Error, Kind, Result};
use crate::flow::register::{self, RegisterError};
use crate::names::ClientId;
use crate::oauth::token_error::TokenError;
use crate::provider::definition::Definition;
use crate::vault::{Action, Outcome, Vault, VaultError};

/// Registers a client, where there is none and the provider takes registrations, or leads the person
/// through it; says whether there is one now that was not there.
pub(super) fn where_needed(
    app: &App,
    definition: &Definition,
    vault: &mut Vault,
    flag: Option<&ClientId>,
) -> Result<bool> {
    let known = vault.read(|snapshot| client::for_connect(snapshot, definition, flag));
    if !matches!(known, Err(ConnectionError::NoClient { .. })) {
        return Ok(false);
    }
    if definition.registration_endpoint.is_none() {
        return wizard::where_possible(app, definition, vault);
    }
    let http = network();
    let registered = block_on(async {
        let registered = register::register(&http, definition).await;
        registered.map_err(|error| failed(definition, &error))
    })?;
    let id = registered.client.id.clone();
    let mut event = app.world().bare_event(Action::ClientSet, Outcome::Done);
    event.detail = Some(format!(
        "client `{id}` of `{}`, registered there",
        definition.name
    ));
    let stored = StoredClient::new(definition, &registered.client, moment().wall)
        .registered(registered.token.as_ref(), registered.uri.as_deref());
    vault
        .mutate(|writer| -> std::result::Result<(), VaultError> {
            writer.insert(stored)?;
            writer.log(&event)
        })
        .map_err(Error::from)?;
    app.ui.note(&format!(
        "registered a client with {}: `{id}`",
        definition.display_name
    ));
    Ok(true)
}

fn failed(definition: &Definition, error: &RegisterError) -> Error {
    let passing = matches!(
        error,
        RegisterError::Send(_) | RegisterError::Refused(TokenError::Temporary { .. })
    );
    let kind = if passing {
        Kind::Temporary
    } else {
        Kind::Failed
    };
    let message = format!("could not register a client with `{}`", definition.name);
    Error::new(kind, message).caused_by(error).hint(format!(
        "with a registration of your own: `oauthctl client set {} --id ID`",
        definition.name
    ))
}
