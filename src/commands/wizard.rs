//! Leading a person through the registration of an app: which page, what to fill in, and then id
//! and secret.

use crate::app::{App, moment};
use crate::connection::records::StoredClient;
use crate::error::{Error, Kind, Result};
use crate::names::ClientId;
use crate::oauth::Client;
use crate::provider::definition::{ClientAuthentication, Definition, SecretRule};
use crate::secret::Secret;
use crate::vault::{Action, Outcome, Vault, VaultError};

/// How often a person may mistype.
const PATIENCE: usize = 5;

/// Asks for a whole registration and stores it, where a person is there and can give it by typing.
/// Says whether it did.
///
/// # Errors
/// When the person gives up, or it can't be stored.
pub(super) fn where_possible(
    app: &App,
    definition: &Definition,
    vault: &mut Vault,
) -> Result<bool> {
    if !is_possible(app, definition) {
        return Ok(false);
    }
    lead(app, definition);
    let id = ask_id(app, definition)?;
    let secret = ask_secret(app, definition)?;
    store(app, definition, vault, &Client::new(id, secret))?;
    Ok(true)
}

/// Whether a person is there; a key is a file, which nobody types.
pub(super) fn is_possible(app: &App, definition: &Definition) -> bool {
    let by_key = definition.client.authentication == ClientAuthentication::PrivateKeyJwt;
    app.ui.may_ask() && !app.ui.json() && !by_key
}

/// Says which page to open, and what to do there.
pub(super) fn lead(app: &App, definition: &Definition) {
    let provider = &definition.display_name;
    app.ui.heading(&format!(
        "{provider} wants an app registration: it says which program asks"
    ));
    app.ui.instruct(
        "one is made in a few minutes, is yours alone, and serves all your accounts there",
    );
    app.ui.instruct("");
    if let Some(page) = &definition.client.registration_page {
        app.ui.instruct(&format!("  open          {page}"));
    }
    // where the steps don't name it, there is nothing to register
    let steps = definition.registration_steps();
    let uri = definition.redirect.registered_uri();
    if steps.is_empty() || steps.iter().any(|step| step.contains(&uri)) {
        app.ui.instruct(&format!("  redirect URI  {uri}"));
    }
    app.ui.instruct("");
    for (number, step) in (1..).zip(&steps) {
        app.ui.instruct(&format!("  {number}. {step}"));
    }
    if !steps.is_empty() {
        app.ui.instruct("");
    }
}

/// Asks for the client id until it is one.
///
/// # Errors
/// When nobody is there to answer, or the person gives up.
pub(super) fn ask_id(app: &App, definition: &Definition) -> Result<ClientId> {
    for _ in 0..PATIENCE {
        let Some(typed) = app.ui.ask("client id: ") else {
            break;
        };
        match typed.parse() {
            Ok(id) => return Ok(id),
            Err(error) => app.ui.warn(&format!("that can't be a client id: {error}")),
        }
    }
    let name = &definition.name;
    Err(Error::new(Kind::Usage, "no client id was given")
        .hint(format!("say `oauthctl client set {name} --id ID`")))
}

/// Asks for the secret, where there is one, until it can be used. It is not shown.
///
/// # Errors
/// When the terminal goes away, or the provider wants a secret and none is given.
pub(super) fn ask_secret(app: &App, definition: &Definition) -> Result<Option<Secret>> {
    let question = match definition.client.secret {
        SecretRule::Forbidden => return Ok(None),
        SecretRule::Required => "client secret (not shown): ",
        SecretRule::Optional => "client secret (not shown, empty for none): ",
    };
    for _ in 0..PATIENCE {
        let typed = app.ui.ask_secret(question).map_err(|error| {
            Error::new(Kind::Failed, "could not read the client secret").caused_by(&error)
        })?;
        match (usable_secret(typed.expose()), definition.client.secret) {
            (Ok(None), SecretRule::Required) => {
                let provider = &definition.display_name;
                app.ui.warn(&format!("{provider} wants a secret"));
            }
            (Ok(secret), _) => return Ok(secret),
            (Err(what), _) => app.ui.warn(&format!("the client secret {what}")),
        }
    }
    Err(no_secret(definition))
}

/// The provider wants a secret and there is none.
pub(super) fn no_secret(definition: &Definition) -> Error {
    let message = format!("`{}` wants a client secret", definition.name);
    Error::new(Kind::Usage, message)
        .hint("make one on the app's page there, and pipe it in or give `--secret-file PATH`")
}

/// The secret in what was typed or read; nothing is none.
pub(super) fn usable_secret(text: &str) -> std::result::Result<Option<Secret>, &'static str> {
    let secret = text.trim();
    if secret.is_empty() {
        return Ok(None);
    }
    if !secret.bytes().all(|b| (0x20..=0x7E).contains(&b)) {
        return Err("has characters that no secret has");
    }
    Ok(Some(Secret::new(secret.to_owned())))
}

/// Stores a registration as the one that new connections use.
///
/// # Errors
/// When the vault can't be written.
pub(super) fn store(
    app: &App,
    definition: &Definition,
    vault: &mut Vault,
    client: &Client,
) -> Result<()> {
    let provider = &definition.name;
    let mut event = app.world().bare_event(Action::ClientSet, Outcome::Done);
    event.detail = Some(format!("client `{}` of `{provider}`", client.id));
    let now = moment();
    vault.mutate(|writer| -> std::result::Result<(), VaultError> {
        let new = StoredClient::new(definition, client, now.wall);
        let mut stored = false;
        for row in writer.group::<StoredClient>(provider.as_str())? {
            let same = row.value.client().is_ok_and(|old| old.id == client.id);
            if same {
                stored = true;
                writer.update(&row, new.clone())?;
            } else if row.value.current {
                let mut retired = row.value.clone();
                retired.current = false;
                writer.update(&row, retired)?;
            }
        }
        if !stored {
            writer.insert(new)?;
        }
        writer.log(&event)
    })?;
    app.save_anchor(vault);
    app.ui.note(&format!(
        "stored the client `{}` of `{provider}`",
        client.id
    ));
    Ok(())
}
