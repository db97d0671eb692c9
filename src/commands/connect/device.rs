//! `connect --device`: a code that the person enters on another device.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::app::{App, moment};
use crate::commands::connect::code::{and_not_logged, binding, login_failed};
use crate::commands::connect::{Args, Granted};
use crate::commands::network;
use crate::commands::waiting::{Ended, to_its_end};
use crate::connection::connect::{self, Connected, Landed};
use crate::connection::{ConnectionError, GrantKind, client};
use crate::error::{Error, Kind, Result};
use crate::flow::code::{Login, LoginError, Redeemed};
use crate::flow::device::{self, Asked, Polled};
use crate::http::Http;
use crate::oauth::scope::request_scopes;
use crate::oauth::userinfo::Identity;
use crate::provider::definition::Definition;
use crate::stop::{self, InTheAir, Stake};
use crate::token::TokenSet;
use crate::vault::Vault;

/// Signs a person in by a code.
pub(super) fn authorise(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &mut Vault,
    granted: &Granted<'_>,
) -> Result<Ended<Connected>> {
    let definition = &definition.for_device();
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
    let http = network();
    to_its_end(&app.ui, async {
        let asked = device::ask(&http, login, moment)
            .await
            .map_err(|error| failed(definition, error))?;
        granted.keep(app)?;
        let patience = asked
            .lifetime()
            .min(args.timeout.unwrap_or(asked.lifetime()));
        announce(app, args, definition, &asked, patience);
        let until = Instant::now() + patience;
        wait(app, args, login, vault, &http, asked, until).await
    })
}

/// As `gh` does it: the code first, then where it goes.
fn announce(app: &App, args: &Args, definition: &Definition, asked: &Asked, patience: Duration) {
    app.ui.instruct(&format!(
        "copy your one-time code for {}:",
        definition.display_name
    ));
    app.ui.code(asked.user_code());
    app.ui.instruct("then enter it on any device at");
    app.ui.instruct(asked.page());
    if args.qr {
        let page = asked.complete().unwrap_or(asked.page());
        if !app.ui.qr(page) {
            app.ui.warn("the address is too long for a QR code");
        }
    }
    app.ui.warn(
        "enter only a code that you asked for yourself just now, never one that somebody sent you",
    );
    app.ui.note(&format!(
        "waiting for you to consent there, at most {}; Ctrl-C stops",
        crate::ui::span(patience)
    ));
}

async fn wait(
    app: &App,
    args: &Args,
    login: Login<'_>,
    vault: &mut Vault,
    http: &Http,
    mut asked: Asked,
    until: Instant,
) -> Result<Connected> {
    loop {
        // A request that could not bring its answer in time is not sent.
        if timeout_at(until, sleep(asked.wait())).await.is_err() {
            return Err(failed(login.definition, LoginError::CodeExpired));
        }
        if let Some(connected) = ask_once(app, args, login, vault, http, &mut asked).await? {
            return Ok(connected);
        }
        if asked.clocks_differ() {
            app.ui.warn(
                "the provider says again that this is too fast; this machine's clock may run \
                 faster than it should, as in some virtual machines",
            );
        }
    }
}

/// One request, under a pending record: whoever dies between the answer and the vault is reported.
async fn ask_once(
    app: &App,
    args: &Args,
    login: Login<'_>,
    vault: &mut Vault,
    http: &Http,
    asked: &mut Asked,
) -> Result<Option<Connected>> {
    let world = app.world();
    let definition = login.definition;
    let landed = |set: &TokenSet, identity: Identity| Landed {
        definition,
        client_id: &login.client.id,
        redirect_uri: None,
        requested: login.scopes.to_vec(),
        set: set.clone(),
        identity,
        account: args.account.clone(),
        grant: GrantKind::Device,
        dpop: login.dpop.cloned(),
    };
    let mut attempt = connect::begin(
        vault,
        world,
        definition,
        &login.client.id,
        args.account.as_ref(),
    )?;
    // The answer may bring the tokens, which then exist nowhere else until they are stored.
    let _air = InTheAir::with(Stake::Consent);
    if stop::asked().is_some() {
        connect::withdraw(vault, attempt)?;
        return Err(ConnectionError::Stopped.into());
    }
    let secure =
        |set: &TokenSet| connect::secure(&mut attempt, world, &landed(set, Identity::default()));
    match asked.poll(http, login, moment, secure).await {
        Ok(Polled::Pending) => {
            connect::withdraw(vault, attempt)?;
            Ok(None)
        }
        Ok(Polled::Redeemed(redeemed)) => {
            let Redeemed {
                set,
                identity,
                nameless,
                ..
            } = *redeemed;
            if let Some(why) = &nameless {
                app.ui
                    .warn(&format!("the account could not be named: {why}"));
            }
            Ok(Some(connect::store(
                vault,
                world,
                attempt,
                &landed(&set, identity),
            )?))
        }
        Err(error) => {
            let failed = failed(definition, error);
            let why = failed.causes.join(": ");
            let logged = connect::abandon(vault, world, attempt, definition, &why);
            Err(and_not_logged(failed, logged))
        }
    }
}

fn failed(definition: &Definition, error: LoginError) -> Error {
    let no_device = matches!(error, LoginError::NoDevice);
    let expired = matches!(error, LoginError::CodeExpired);
    let shown = login_failed(definition, error);
    if no_device {
        let mut shown = shown;
        shown.kind = Kind::Usage;
        shown.hint("leave `--device` out, or paste the answer with `--paste`")
    } else if expired {
        shown.hint("start again for a new code")
    } else {
        shown
    }
}
