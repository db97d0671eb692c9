//! The one way from a command to an access token: from the vault, refreshed first where it is too
//! old, its hand-out logged.

use crate::app::{App, moment};
use crate::commands::hooks::{self, Event};
use crate::commands::{advice, block_on, network};
use crate::connection::ConnectionError;
use crate::connection::fresh::{self, Accept, Cached, HandOut, Want};
use crate::connection::refresh::{self, Reason};
use crate::connection::select::{self, Found};
use crate::error::{Error, Kind, Result};
use crate::names::{ConnectionName, ConnectionRef};
use crate::token::Remaining;
use crate::ui::span;
use crate::vault::Vault;

/// An access token of `asked` that is good enough for `want`.
///
/// # Errors
/// When there is none to be had: no vault, no connection, a login is needed, the provider is in
/// trouble.
pub(super) fn hand_out(app: &App, asked: &ConnectionRef, want: &Want) -> Result<HandOut> {
    let asked = &app.meant(asked)?;
    let Some(mut vault) = app.open_vault()? else {
        return Err(missing(asked));
    };
    let world = app.world();
    let cached = fresh::cached(&mut vault, world, asked, want, Accept::Fresh);
    let hand_out = match cached.map_err(|error| advice::explained(app, error))? {
        Cached::Ready(hand_out) => hand_out,
        Cached::Stale(found) => {
            refresh_now(app, &mut vault, &found)?;
            let exact = ConnectionRef::Exact(found.connection.name.clone());
            let again = fresh::cached(&mut vault, world, &exact, want, Accept::JustRefreshed)?;
            app.save_anchor(&mut vault);
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

/// Refreshes a connection whose access token was refused somewhere, unless somebody else just did.
///
/// # Errors
/// As a refresh.
pub(super) fn renew(app: &App, name: &ConnectionName) -> Result<()> {
    let Some(mut vault) = app.open_vault()? else {
        return Ok(());
    };
    let asked = ConnectionRef::Exact(name.clone());
    let found = vault
        .read(|snapshot| select::find(snapshot, &asked))
        .map_err(|error: ConnectionError| Error::from(error))?;
    refresh_now(app, &mut vault, &found)?;
    app.save_anchor(&mut vault);
    Ok(())
}

fn refresh_now(app: &App, vault: &mut Vault, found: &Found) -> Result<()> {
    let http = network();
    let name = &found.connection.name;
    let seen = found.connection.state.set().map(|set| &set.obtained);
    let refreshed = block_on(async {
        let refreshed =
            refresh::refresh(vault, app.world(), &http, name, seen, Reason::Stale).await;
        refreshed.map_err(|error| advice::explained(app, error))
    });
    match refreshed {
        Ok(true) => hooks::run(app, name, Event::Refresh),
        Ok(false) => {}
        Err(error) => {
            hooks::run(app, name, Event::of(&error));
            return Err(error);
        }
    }
    Ok(())
}

fn missing(asked: &ConnectionRef) -> Error {
    Error::new(
        Kind::LoginRequired,
        format!("there is no connection `{asked}`"),
    )
    .because("there is no vault yet")
    .hint(format!(
        "make one with `oauthctl connect {}`",
        match asked {
            ConnectionRef::Provider(provider) => provider.to_string(),
            ConnectionRef::Exact(name) => name.provider.to_string(),
        }
    ))
}
