//! `connect` without a person: `--client-credentials`, and `--token-exchange` for jobs that another
//! issuer vouches for.

use crate::app::{App, moment};
use crate::commands::connect::code::{and_not_logged, binding, exchange_failed};
use crate::commands::connect::{Args, Granted};
use crate::commands::network;
use crate::commands::waiting::{Ended, to_its_end};
use crate::connection::connect::{self, Connected, Landed};
use crate::connection::exchange_source::TokenSource;
use crate::connection::state::Exchange;
use crate::connection::{GrantKind, client};
use crate::error::{Error, Kind, Result};
use crate::flow::code::{Login, LoginError};
use crate::flow::machine;
use crate::names::Scope;
use crate::oauth::Client;
use crate::oauth::scope;
use crate::oauth::token_request::Grant;
use crate::oauth::userinfo::Identity;
use crate::provider::definition::Definition;
use crate::stop::{InTheAir, Stake};
use crate::token::TokenSet;
use crate::vault::Vault;

/// What a JWT of another issuer is (RFC 8693 section 3).
pub(super) const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// Gets tokens for the client itself, or for the job that it runs in.
pub(super) fn authorise(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &mut Vault,
    granted: &Granted<'_>,
) -> Result<Ended<Connected>> {
    let source = args.machine.token_exchange.as_ref();
    let flag = args.client_id.as_ref();
    let client = vault.read(|snapshot| client::for_connect(snapshot, definition, flag))?;
    if source.is_none() {
        check_proof(definition, &client)?;
    }
    // Nobody signs in, so that what a definition asks for to name a person is left out.
    let scopes: &[Scope] = &args.scopes;
    let text = (!scopes.is_empty())
        .then(|| scope::request_text(&definition.scopes, scopes))
        .flatten();
    let kept = kept(args, source);
    let subject = match source {
        Some(source) => Some(source.read().map_err(|error| {
            Error::new(Kind::Failed, "could not read the job's own token").caused_by(&error)
        })?),
        None => None,
    };
    let audience = args.machine.audience.as_deref();
    let grant = match &subject {
        Some(subject_token) => Grant::TokenExchange {
            subject_token,
            subject_token_type: &args.machine.subject_token_type,
            scope: text.as_deref(),
            audience,
        },
        None => Grant::ClientCredentials {
            scope: text.as_deref(),
            audience,
        },
    };
    let key = binding(args, definition)?;
    let login = Login {
        definition,
        client: &client,
        scopes,
        dpop: key.as_ref(),
    };
    let landed = |set: &TokenSet, identity: Identity| Landed {
        definition,
        client_id: &client.id,
        redirect_uri: None,
        requested: scopes.to_vec(),
        set: set.clone(),
        identity,
        account: args.account.clone(),
        grant: kept.clone(),
        dpop: key.clone(),
    };
    let world = app.world();
    let http = network();
    let attempt = connect::begin(vault, world, definition, &client.id, args.account.as_ref())?;
    to_its_end(&app.ui, async {
        let _air = InTheAir::with(Stake::Consent);
        match machine::fetch(&http, login, &grant, moment).await {
            Ok(redeemed) => {
                let landed = landed(&redeemed.set, redeemed.identity);
                let kept = granted.keep(app);
                let connected = connect::store(vault, world, attempt, &landed)?;
                kept.map(|()| connected)
            }
            Err(error) => {
                let failed = refused(definition, scopes, error);
                let why = failed.causes.join(": ");
                let logged = connect::abandon(vault, world, attempt, definition, &why);
                Err(and_not_logged(failed, logged))
            }
        }
    })
}

/// A provider that wants a scope speaks of a wrong one also where none was asked for.
fn refused(definition: &Definition, scopes: &[Scope], error: LoginError) -> Error {
    let is_of_scope =
        matches!(&error, LoginError::Token(error) if error.code() == Some("invalid_scope"));
    let mut failed = exchange_failed(definition, error);
    if is_of_scope && scopes.is_empty() {
        failed.hints = vec![format!(
            "the provider wants a scope, and none was asked for: name one with `--scope`; \
             `oauthctl scopes {}` may list them",
            definition.name
        )];
    }
    failed
}

fn check_proof(definition: &Definition, client: &Client) -> Result<()> {
    if client.secret.is_some() || client.key.is_some() {
        return Ok(());
    }
    let message = format!(
        "the client `{}` of `{}` has nothing to prove itself with",
        client.id, definition.name
    );
    Err(Error::new(Kind::LoginRequired, message).hint(format!(
        "store its secret or key: `oauthctl client set {} --id {}`",
        definition.name, client.id
    )))
}

/// What is needed to do the same again when the token is over.
fn kept(args: &Args, source: Option<&TokenSource>) -> GrantKind {
    let audience = args.machine.audience.clone();
    match source {
        Some(source) => GrantKind::TokenExchange(Exchange {
            source: source.clone(),
            subject_token_type: args.machine.subject_token_type.clone(),
            audience,
        }),
        None => GrantKind::ClientCredentials { audience },
    }
}
