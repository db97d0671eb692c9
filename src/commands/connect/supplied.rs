//! `connect --with-token`: a token that the person brought.

use std::io::Read;

use crate::app::{App, moment};
use crate::commands::connect::{Args, Granted};
use crate::commands::waiting::Ended;
use crate::commands::{block_on, network};
use crate::connection::connect::{self, Connected, Landed};
use crate::connection::{ConnectionError, GrantKind, client};
use crate::error::{Error, Kind, Result};
use crate::flow::code::{self, WhoError};
use crate::oauth::Client;
use crate::oauth::userinfo::{Identity, UserinfoError};
use crate::provider::definition::Definition;
use crate::secret::Secret;
use crate::token::{Lifetime, TokenSet};
use crate::vault::Vault;

/// Stores a token that the person brought.
pub(super) fn supply(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &mut Vault,
    token: Secret,
    granted: &Granted<'_>,
) -> Result<Ended<Connected>> {
    let world = app.world();
    let set = TokenSet {
        access_token: token,
        token_type: "bearer".to_owned(),
        refresh_token: None,
        obtained: moment(),
        lifetime: Lifetime::Unknown,
        granted: args.scopes.clone(),
    };
    let http = network();
    let identity: Identity = block_on(async {
        code::supplied(&http, definition, &set)
            .await
            .map_err(|error| not_named(definition, &error))
    })?;
    let flag = args.client_id.clone();
    let client = match flag {
        Some(id) => Client::new(id, None),
        None => match vault.read(|snapshot| client::for_connect(snapshot, definition, None)) {
            Ok(client) => client,
            Err(ConnectionError::NoClient { .. } | ConnectionError::NoSecret { .. }) => {
                no_client()?
            }
            Err(error) => return Err(error.into()),
        },
    };
    granted.keep(app)?;
    let attempt = connect::begin(vault, world, definition, &client.id, args.account.as_ref())?;
    let landed = Landed {
        definition,
        client_id: &client.id,
        redirect_uri: None,
        requested: args.scopes.clone(),
        set,
        identity,
        account: args.account.clone(),
        grant: GrantKind::Supplied,
        dpop: None,
    };
    let stored = connect::store(vault, world, attempt, &landed)?;
    Ok(Ended::in_peace(stored))
}

/// For a token that is no client's of ours: any name will do.
pub(in crate::commands) fn no_client() -> Result<Client> {
    let id = "none".parse().map_err(|error: crate::names::NameError| {
        Error::new(Kind::Failed, "no client id").caused_by(&error)
    })?;
    Ok(Client::new(id, None))
}

/// A provider that could not be asked has refused nothing.
pub(in crate::commands) fn not_named(definition: &Definition, error: &WhoError) -> Error {
    let passing = matches!(
        error,
        WhoError::Send(_) | WhoError::Userinfo(UserinfoError::Temporary { .. })
    );
    let shown = if passing {
        let message = format!("could not ask `{}` whose token this is", definition.name);
        Error::new(Kind::Temporary, message)
    } else {
        let message = format!("`{}` did not accept the token", definition.name);
        Error::new(Kind::Refused, message)
    };
    shown.caused_by(error)
}

/// Reads the token: hidden on a terminal, else from stdin.
pub(super) fn token_from_stdin(app: &App) -> Result<Secret> {
    if app.ui.may_ask() {
        return app.ui.ask_secret("token: ").map_err(|error| {
            Error::new(Kind::Failed, "could not read the token").caused_by(&error)
        });
    }
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(65_536)
        .read_to_string(&mut text)
        .map_err(|error| {
            Error::new(Kind::Failed, "could not read the token from stdin").caused_by(&error)
        })?;
    let token = Secret::new(text.trim().to_owned());
    zeroize::Zeroize::zeroize(&mut text);
    let usable =
        !token.expose().is_empty() && token.expose().bytes().all(|b| (0x21..=0x7E).contains(&b));
    if usable {
        Ok(token)
    } else {
        Err(Error::new(Kind::Usage, "stdin holds no token")
            .hint("pipe it in: `gh auth token | oauthctl connect github --with-token`"))
    }
}
