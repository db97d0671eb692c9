//! The one way from a command to an access token: from the vault, refreshed first where it is too
//! old, its hand-out logged.

use std::sync::Arc;

use crate::app::{App, moment};
use crate::commands::hooks::{self, Event};
use crate::commands::waiting::{Ended, to_its_end};
use crate::commands::{advice, network};
use crate::connection::fresh::{self, Accept, Cached, HandOut, Want};
use crate::connection::refresh::{self, Reason};
use crate::error::{Error, Kind, Result};
use crate::key::Custody;
use crate::moment::Moment;
use crate::names::{ConnectionName, ConnectionRef};
use crate::token::{Remaining, TokenSet};
use crate::ui::span;
use crate::vault::Vault;

/// The vault with the key that opened it, for whoever hands out tokens of `asked` and perhaps more:
/// a person is asked for the key once.
///
/// # Errors
/// When there is none, or its key can't be had.
pub(super) fn vault(app: &App, asked: &ConnectionRef) -> Result<(Vault, Arc<Custody>)> {
    match app.open_vault_and_key()? {
        Some(opened) => Ok(opened),
        None => Err(missing(app, &app.meant(asked)?)),
    }
}

/// An access token of `asked` that is good enough for `want`.
///
/// # Errors
/// When there is none to be had: no vault, no connection, a login is needed, the provider is in
/// trouble.
pub(super) fn hand_out(
    app: &App,
    vault: &mut Vault,
    asked: &ConnectionRef,
    want: &Want,
) -> Result<HandOut> {
    let meant = app.meant(asked)?;
    let world = app.world();
    let cached = fresh::cached(vault, world, &meant, want, Accept::Fresh);
    let hand_out = match cached.map_err(|error| advice::on_asked(app, asked, error))? {
        Cached::Ready(hand_out) => hand_out,
        Cached::Stale(found) => {
            let name = found.connection.name;
            let seen = found.connection.state.set().map(|set| &set.obtained);
            refresh_now(app, vault, &name, seen)?;
            let exact = ConnectionRef::Exact(name);
            let again = fresh::cached(vault, world, &exact, want, Accept::JustRefreshed)?;
            app.save_anchor(vault);
            match again {
                Cached::Ready(hand_out) => hand_out,
                // `JustRefreshed` takes whatever there is.
                Cached::Stale(_) => return Err(Error::new(Kind::Failed, "no token came")),
            }
        }
    };
    if let (Some(wanted), Remaining::Time(left)) = (want.min_ttl, hand_out.set.remaining(&moment()))
        && left < wanted
    {
        app.ui.warn(&format!(
            "the token lives for {} only: the provider gives no longer ones",
            span(left)
        ));
    }
    if let Some(why) = &hand_out.unlogged {
        app.ui
            .warn(&format!("this hand-out is not in the audit log: {why}"));
    }
    Ok(*hand_out)
}

/// Refreshes a connection whose access token was refused somewhere, unless somebody else has done so
/// since that very set was obtained.
///
/// # Errors
/// As a refresh.
pub(super) fn renew(
    app: &App,
    vault: &mut Vault,
    name: &ConnectionName,
    refused: &TokenSet,
) -> Result<()> {
    refresh_now(app, vault, name, Some(&refused.obtained))?;
    app.save_anchor(vault);
    Ok(())
}

fn refresh_now(
    app: &App,
    vault: &mut Vault,
    name: &ConnectionName,
    seen: Option<&Moment>,
) -> Result<()> {
    let http = network();
    let refreshed = to_its_end(&app.ui, async {
        let refreshed =
            refresh::refresh(vault, app.world(), &http, name, seen, Reason::Stale).await;
        refreshed.map_err(|error| advice::explained(app, error))
    });
    match refreshed {
        Ok(Ended { done, stopped }) => {
            if done {
                hooks::note(app, name, Event::Refresh);
            }
            match stopped {
                Some(stopped) if done => {
                    let told = format!("`{name}` was refreshed: its new tokens are stored");
                    Err(stopped.note(told))
                }
                stopped => stopped.map_or(Ok(()), Err),
            }
        }
        Err(error) => {
            hooks::note(app, name, Event::of(&error));
            Err(error)
        }
    }
}

fn missing(app: &App, asked: &ConnectionRef) -> Error {
    let absent = app.absent_vault();
    Error::new(
        Kind::LoginRequired,
        format!("there is no connection `{asked}`"),
    )
    .because(absent.unwrap_or_else(|| "there is no vault yet".to_owned()))
    .hint(format!(
        "make one with `oauthctl connect {}`",
        asked.provider()
    ))
}
