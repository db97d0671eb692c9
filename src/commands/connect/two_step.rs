//! `connect --start` and `connect --resume ID`: for programs that can't stay.

use std::time::{Duration, Instant};

use crate::app::{App, moment};
use crate::commands::connect::code::{answered, binding, logged, login_failed, redeem};
use crate::commands::connect::{Args, Granted, settle, show};
use crate::commands::waiting::{Ended, after_telling, to_its_end};
use crate::commands::{block_on, network, printed};
use crate::connection::client;
use crate::connection::connect::Connected;
use crate::connection::start::{self, LIFETIME, Start, Taken};
use crate::error::{Error, Kind, Result};
use crate::flow::code::{self, Login, LoginError, Prepared, Way};
use crate::oauth::scope::request_scopes;
use crate::provider::definition::Definition;
use crate::vault::Vault;

/// Writes the authorization request, keeps its secrets sealed, and ends.
pub(super) fn begin(
    app: &App,
    args: &Args,
    definition: &Definition,
    vault: &mut Vault,
    granted: &Granted<'_>,
) -> Result<()> {
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
    // The port is found now and let go: the second step takes it again.
    let prepared =
        code::prepare(login, args.way()).map_err(|error| login_failed(definition, error))?;
    let http = network();
    let prepared = block_on(async {
        let pushed = prepared.pushed(&http, login, moment).await;
        pushed.map_err(|error| login_failed(definition, error))
    })?;
    let url = prepared.url().expose().to_owned();
    let (attempt, redirect_uri) = prepared.parts();
    let start = Start {
        provider: definition.name.clone(),
        client_id: client.id.clone(),
        redirect_uri,
        scopes: scopes.clone(),
        account: args.account.clone(),
        attempt,
        dpop: key.clone(),
    };
    granted.keep(app)?;
    let id = start::keep(vault, app.world(), definition, &start)?;
    let resume = format!("oauthctl connect --resume {id}");
    if app.ui.json() {
        let document = crate::json::json!({
            "schema": 1,
            "id": id,
            "url": url,
            "provider": definition.name.to_string(),
            "redirect_uri": start.redirect_uri,
            "expires_at": moment().wall.plus(LIFETIME).to_string(),
        });
        return printed(app.ui.data(&document.to_string()));
    }
    printed(app.ui.data(&url))?;
    printed(app.ui.data(&id))?;
    app.ui.note(&format!(
        "say `{resume}` first, which waits for the answer, and sign in there while it runs, within ten \
         minutes; or sign in and paste the address that the browser ends at: `{resume} --paste`"
    ));
    Ok(())
}

/// Waits for the answer to a request that was begun earlier, and stores what it buys.
pub(super) fn resume(app: &App, args: &Args, id: &str) -> Result<()> {
    let mut vault = app.need_vault()?;
    vault.refuse_untrusted()?;
    settle(app, &mut vault)?;
    let taken = start::take(&mut vault, app.world(), id)?;
    let definition = app.providers().get(&taken.start.provider)?;
    let connected = finish(app, args, id, &definition, &mut vault, taken);
    app.save_anchor(&mut vault);
    let Ended { done, stopped } = connected?;
    after_telling(show(app, args, &definition, &done), stopped)
}

fn finish(
    app: &App,
    args: &Args,
    id: &str,
    definition: &Definition,
    vault: &mut Vault,
    taken: Taken,
) -> Result<Ended<Connected>> {
    let start = taken.start.clone();
    let flag = Some(&start.client_id);
    let client = vault.read(|snapshot| client::for_connect(snapshot, definition, flag))?;
    let login = Login {
        definition,
        client: &client,
        scopes: &start.scopes,
        dpop: start.dpop.as_ref(),
    };
    let patience = args.patience().min(taken.left);
    let way = args.way();
    let prepared =
        Prepared::again(login, &start.attempt, &start.redirect_uri, way).map_err(|error| {
            login_failed(definition, error).hint(format!(
                "or paste the answer: `oauthctl connect --resume {id} --paste`"
            ))
        })?;
    let http = network();
    let begun = Instant::now();
    to_its_end(&app.ui, async {
        let (arrived, landing) = match answered(app, definition, prepared, way, patience).await {
            Ok(answered) => answered,
            Err(LoginError::Wait(_) | LoginError::NothingPasted) => {
                return Err(pending(id, taken.left.saturating_sub(begun.elapsed())));
            }
            Err(error) => {
                // The provider has answered; there will be no other answer.
                start::spend(vault, taken)?;
                return Err(logged(app, vault, definition, error));
            }
        };
        start::spend(vault, taken)?;
        let account = start.account.as_ref();
        let connected = redeem(app, account, login, vault, &http, arrived).await;
        if let Some(landing) = landing {
            match &connected {
                Ok(_) => landing.succeed().await,
                Err(_) => landing.fail().await,
            }
        }
        connected
    })
}

fn pending(id: &str, left: Duration) -> Error {
    if left.is_zero() {
        return Error::new(Kind::Temporary, "no answer came in time")
            .hint("begin again: `oauthctl connect PROVIDER --start`");
    }
    let left = crate::ui::span(left);
    let resume = format!("oauthctl connect --resume {id}");
    Error::new(Kind::Pending, "no answer came while this waited")
        .hint(format!(
            "within {left}, sign in while this runs: `{resume}`"
        ))
        .hint(format!(
            "if you signed in before, the page that did not open has the answer in its address: \
             `{resume} --paste`"
        ))
}

impl Args {
    /// How the answer may come back.
    pub(super) const fn way(&self) -> Way {
        if self.paste {
            Way::Paste
        } else {
            Way::Loopback
        }
    }
}
