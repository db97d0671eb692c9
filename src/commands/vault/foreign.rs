//! `vault import --from`: what other programs keep.

use std::path::Path;
use std::sync::Arc;

use crate::app::{App, moment};
use crate::commands::connect::{no_client, not_named};
use crate::commands::{block_on, network};
use crate::connection::GrantKind;
use crate::connection::connect::{self, Landed};
use crate::connection::foreign::{self, At, Foreign, Form};
use crate::connection::records::StoredClient;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::flow::code;
use crate::names::{AccountLabel, ClientId, ConnectionName};
use crate::oauth::Client;
use crate::oauth::userinfo::Identity;
use crate::private_file;
use crate::provider::definition::Definition;
use crate::secret::Secret;
use crate::token::{Lifetime, TokenSet};
use crate::vault::Vault;

/// No such file is larger.
const LARGEST: u64 = 1 << 20;

/// Whose file it is.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Program {
    /// `hosts.yml` of GitHub's command line
    Gh,
    /// The file of `git credential-store`
    Git,
    /// `rclone.conf`
    Rclone,
    /// What `oidc-gen --print` shows
    OidcAgent,
}

pub(super) fn run(app: &App, program: Program, path: &Path) -> Result<()> {
    let unreadable = |error: &(dyn std::error::Error + 'static)| {
        Error::new(Kind::Failed, format!("could not read `{}`", path.display())).caused_by(error)
    };
    let text = private_file::read_any(path, LARGEST).map_err(|error| unreadable(&error))?;
    let text = zeroize::Zeroizing::new(text);
    let form = match program {
        Program::Gh => Form::Gh,
        Program::Git => Form::GitCredentialStore,
        Program::Rclone => Form::Rclone,
        Program::OidcAgent => Form::OidcAgent,
    };
    let found = str::from_utf8(&text)
        .map_err(|_| "it is not text")
        .and_then(|text| foreign::read(form, text))
        .map_err(|why| {
            Error::new(Kind::Failed, format!("could not read `{}`", path.display())).because(why)
        })?;
    if found.is_empty() {
        app.ui
            .note(&format!("`{}` holds no tokens", path.display()));
        return Ok(());
    }
    let mut vault = app.open_or_create_vault(|| Ok(()))?;
    let mut first_error = None;
    for one in found {
        let what = words(&one);
        match take(app, &mut vault, &one) {
            Ok(Some(name)) => app.ui.note(&format!("took in `{name}` from {what}")),
            Ok(None) => {}
            Err(error) => {
                app.ui
                    .warn(&format!("{what} was not taken in: {}", error.message));
                first_error.get_or_insert(error);
            }
        }
    }
    app.save_anchor(&mut vault);
    first_error.map_or(Ok(()), Err)
}

/// What it is, for people.
fn words(one: &Foreign) -> String {
    let at = match &one.at {
        At::GitHost(host) => host,
        At::Issuer(issuer) => issuer,
        At::RcloneType(kind) => kind,
    };
    match &one.account {
        Some(account) => format!("`{}` at `{}`", escape::line(account), escape::line(at)),
        None => format!("`{}`", escape::line(at)),
    }
}

/// Stores one, under the name that its provider gives it; `None` where nothing can be done with it.
fn take(app: &App, vault: &mut Vault, one: &Foreign) -> Result<Option<ConnectionName>> {
    let what = words(one);
    let Some(definition) = definition_of(app, &one.at) else {
        app.ui.note(&format!(
            "{what} is left out: no definition of a provider fits"
        ));
        return Ok(None);
    };
    let renews = one.refresh_token.is_some();
    let client = match (&one.client, renews) {
        (Some((id, secret)), true) => {
            let id: ClientId = id.parse().map_err(|error: crate::names::NameError| {
                Error::new(Kind::Failed, "its client id can't be one").caused_by(&error)
            })?;
            Client::new(id, secret.clone())
        }
        (None, true) => {
            app.ui.note(&format!(
                "{what} is left out: its grant belongs to a registration of the other program's; connect it anew: `oauthctl connect {}`",
                definition.name
            ));
            return Ok(None);
        }
        (_, false) => no_client()?,
    };
    let set = set(one);
    let identity = whose(&definition, one, &set)?;
    if renews {
        let stored = StoredClient::new(&definition, &client, moment().wall);
        vault.mutate(|writer| stored.take_in(writer))?;
    }
    let world = app.world();
    let attempt = connect::begin(vault, world, &definition, &client.id, None)?;
    let landed = Landed {
        definition: &definition,
        client_id: &client.id,
        redirect_uri: None,
        requested: Vec::new(),
        set,
        identity,
        account: None,
        grant: if renews {
            GrantKind::AuthorizationCode
        } else {
            GrantKind::Supplied
        },
        dpop: None,
    };
    let connected = connect::store(vault, world, attempt, &landed)?;
    Ok(Some(connected.connection.name))
}

fn definition_of(app: &App, at: &At) -> Option<Arc<Definition>> {
    let providers = app.providers();
    providers
        .names()
        .iter()
        .filter_map(|name| providers.get(name).ok())
        .find(|definition| match at {
            At::GitHost(host) => definition
                .git
                .as_ref()
                .is_some_and(|git| git.hosts.contains(host)),
            At::Issuer(issuer) => definition
                .issuer
                .as_ref()
                .is_some_and(|known| known.trim_end_matches('/') == issuer.trim_end_matches('/')),
            At::RcloneType(kind) => definition.rclone_types.contains(kind),
        })
}

/// An access token that is not there, or over, is fetched at the first use.
fn set(one: &Foreign) -> TokenSet {
    let now = moment();
    let left = one
        .expires
        .map(|end| end.unix_millis().saturating_sub(now.wall.unix_millis()));
    let lifetime = match (left, &one.refresh_token) {
        (Some(left), _) => Lifetime::Limited(std::time::Duration::from_millis(
            left.try_into().unwrap_or(0),
        )),
        (None, Some(_)) => Lifetime::Limited(std::time::Duration::ZERO),
        (None, None) => Lifetime::Unknown,
    };
    TokenSet {
        access_token: one
            .access_token
            .clone()
            .unwrap_or_else(|| Secret::new("none".to_owned())),
        token_type: "bearer".to_owned(),
        refresh_token: one.refresh_token.clone(),
        obtained: now,
        lifetime,
        granted: Vec::new(),
    }
}

/// Asks the provider; of a token that is over only the other program's word is known.
fn whose(definition: &Definition, one: &Foreign, set: &TokenSet) -> Result<Identity> {
    if one.access_token.is_some() && set.is_fresh(&moment(), None) {
        let http = network();
        return block_on(async {
            code::supplied(&http, definition, set)
                .await
                .map_err(|error| not_named(definition, &error))
        });
    }
    let label = one.account.as_deref();
    let label = label.and_then(|label| label.parse::<AccountLabel>().ok());
    Ok(Identity {
        subject: None,
        label: label.map(|label| label.to_string()),
    })
}
