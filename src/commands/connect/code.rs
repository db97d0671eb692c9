//! `connect` by authorization code: the browser, the listener, and what is pasted.

use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::connect::announce::announce;
use crate::commands::connect::{Args, Granted};
use crate::commands::waiting::{Ended, to_its_end};
use crate::commands::{advice, network};
use crate::connection::connect::{self, Connected, Landed};
use crate::connection::{ConnectionError, GrantKind, client};
use crate::error::{Error, Kind, Result};
use crate::flow::code::{self, Arrived, Login, LoginError, Prepared, Way};
use crate::flow::landing::Landing;
use crate::http::Http;
use crate::names::AccountLabel;
use crate::oauth::callback::NotOurs;
use crate::oauth::scope::request_scopes;
use crate::oauth::userinfo::Identity;
use crate::provider::definition::{Definition, Dpop};
use crate::signing::SigningKey;
use crate::stop::{self, InTheAir, Stake};
use crate::token::TokenSet;
use crate::vault::Vault;

/// Signs a person in with their browser.
pub(super) fn authorise(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &mut Vault,
    granted: &Granted<'_>,
) -> Result<Ended<Connected>> {
    let flag = args.client_id.as_ref();
    let client = vault.read(|snapshot| client::for_connect(snapshot, definition, flag))?;
    let scopes = request_scopes(definition, &args.scopes);
    let key = binding(args, definition)?;
    let login = Login {
        definition,
        client: &client,
        scopes: &scopes,
        dpop: key.as_ref(),
    };
    let way = args.way();
    let prepared = code::prepare(login, way).map_err(|error| login_failed(definition, error))?;
    let http = network();
    to_its_end(&app.ui, async {
        let prepared = prepared
            .pushed(&http, login, moment)
            .await
            .map_err(|error| login_failed(definition, error))?;
        // In here signals are listened to: whoever sees the address can stop the wait.
        announce(app, args, definition, prepared.url().expose());
        let answer = answered(app, definition, prepared, way, args.patience()).await;
        let (arrived, landing) = match answer {
            Ok(answer) => answer,
            Err(error) => return Err(logged(app, vault, definition, error)),
        };
        let connected = match granted.keep(app) {
            Ok(()) => redeem(app, args.account.as_ref(), login, vault, &http, arrived).await,
            Err(error) => Err(error),
        };
        if let Some(landing) = landing {
            match &connected {
                Ok(_) => landing.succeed().await,
                Err(_) => landing.fail().await,
            }
        }
        connected
    })
}

/// A new key to bind the tokens to, where the provider wants or the person asks it.
pub(super) fn binding(args: &Args, definition: &Definition) -> Result<Option<SigningKey>> {
    let bound = match definition.dpop {
        Dpop::Required => true,
        Dpop::Offered => args.dpop,
        Dpop::None if args.dpop => {
            let message = format!("`{}` is not known to bind tokens to a key", definition.name);
            return Err(Error::new(Kind::Usage, message)
                .hint("a definition says so with `dpop = \"offered\"` under `[token]`"));
        }
        Dpop::None => false,
    };
    if !bound {
        return Ok(None);
    }
    let key = SigningKey::generate()
        .map_err(|error| Error::new(Kind::Failed, "could not make a key").caused_by(&error))?;
    Ok(Some(key))
}

/// Waits for the answer: at the listener, and for what a person pastes.
pub(super) async fn answered(
    app: &App,
    definition: &Definition,
    prepared: Prepared,
    way: Way,
    patience: Duration,
) -> std::result::Result<(Arrived, Option<Landing>), LoginError> {
    let mut lines = match way {
        Way::Paste => Some(app.ui.lines()),
        Way::Loopback => app.ui.hidden_lines(),
    };
    if lines.is_some() && way == Way::Loopback {
        app.ui.note(
            "if the browser is elsewhere: paste here the address that it ends at, it is not shown",
        );
    }
    let paste = async |wrong: Option<NotOurs>| {
        if let Some(why) = wrong {
            let why = why.words();
            app.ui
                .warn(&format!("what was pasted is not the answer: {why}"));
        }
        match &mut lines {
            Some(lines) => lines.next().await,
            None => None,
        }
    };
    prepared.wait(definition, patience, paste).await
}

/// Redeems a code and stores what it bought.
pub(super) async fn redeem(
    app: &App,
    account: Option<&AccountLabel>,
    login: Login<'_>,
    vault: &mut Vault,
    http: &Http,
    arrived: Arrived,
) -> Result<Connected> {
    let world = app.world();
    let definition = login.definition;
    let landed = |set: &TokenSet, redirect_uri: Option<&str>, identity: Identity| Landed {
        definition,
        client_id: &login.client.id,
        redirect_uri: redirect_uri.map(str::to_owned),
        requested: login.scopes.to_vec(),
        set: set.clone(),
        identity,
        account: account.cloned(),
        grant: GrantKind::AuthorizationCode,
        dpop: login.dpop.cloned(),
    };
    let mut attempt = connect::begin(vault, world, definition, &login.client.id, account)?;
    // From here until it is stored, what the provider grants exists nowhere else.
    let _air = InTheAir::with(Stake::Consent);
    if stop::asked().is_some() {
        connect::abandon(vault, world, attempt, definition, "interrupted")?;
        return Err(ConnectionError::Stopped.into());
    }
    let secure = |set: &TokenSet, redirect_uri: &str| {
        connect::secure(
            &mut attempt,
            world,
            &landed(set, Some(redirect_uri), Identity::default()),
        );
    };
    let redeemed = match code::redeem(http, login, arrived, moment, secure).await {
        Ok(redeemed) => redeemed,
        Err(error) => {
            let failed = exchange_failed(definition, error);
            let why = failed.causes.join(": ");
            let logged = connect::abandon(vault, world, attempt, definition, &why);
            return Err(and_not_logged(failed, logged));
        }
    };
    if let Some(why) = &redeemed.nameless {
        app.ui
            .warn(&format!("the account could not be named: {why}"));
    }
    let uri = redeemed.redirect_uri.as_deref();
    let landed = landed(&redeemed.set, uri, redeemed.identity);
    Ok(connect::store(vault, world, attempt, &landed)?)
}

/// A login that ended before there was a code: denied, or nobody came. The log has it.
pub(super) fn logged(
    app: &App,
    vault: &mut Vault,
    definition: &Definition,
    error: LoginError,
) -> Error {
    let why = error.to_string();
    let failed = login_failed(definition, error);
    let logged = connect::log_failure(vault, app.world(), definition, &why);
    and_not_logged(failed, logged)
}

/// A failure to log a failure is told beside it, not in its place.
pub(super) fn and_not_logged(
    failed: Error,
    logged: std::result::Result<(), ConnectionError>,
) -> Error {
    match logged {
        Ok(()) => failed,
        Err(error) => failed.note(format!("this could not be logged: {error}")),
    }
}

/// A failed exchange may have left a grant behind.
pub(super) fn exchange_failed(definition: &Definition, error: LoginError) -> Error {
    let may_exist = error.may_have_granted();
    let failed = login_failed(definition, error);
    if !may_exist {
        return failed;
    }
    failed
        .note("the provider may have made a grant that nobody uses")
        .hint(format!(
            "look at your apps in the settings of {}",
            definition.display_name
        ))
}

/// Says what failed, and what it mostly is.
pub(super) fn login_failed(definition: &Definition, error: LoginError) -> Error {
    let advice = advice::on_login(definition, &error);
    let mut shown = Error::from(error);
    let message = format!("could not connect `{}`", definition.name);
    let failed = std::mem::replace(&mut shown.message, message);
    shown.causes.insert(0, failed);
    advice.into_iter().fold(shown, Error::hint)
}
