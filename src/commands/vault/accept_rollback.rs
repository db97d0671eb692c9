use crate::app::App;
use crate::commands::printed;
use crate::commands::vault::restore::{names, say_suspects};
use crate::connection::rollback::{self, SetBack};
use crate::error::{Error, Kind, Result};
use crate::names::ConnectionName;
use crate::vault::{Action, Trust};

/// Go on with a vault file that was restored or rolled back
///
/// Connections whose refresh tokens rotate are marked `suspect`: using an old refresh token again
/// can end the live grant, so they are refreshed only when you name them.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// Don't ask
    #[arg(short, long)]
    yes: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let mut vault = app.need_vault()?;
    match vault.trust() {
        Trust::RolledBack(_) | Trust::CopiedInstance => {}
        Trust::Trusted | Trust::Unpinned | Trust::ReadOnlyFile => {
            app.ui
                .note("the vault is not rolled back; nothing was changed");
            return show(app, false, &[]);
        }
    }
    if !args.yes
        && !app
            .ui
            .confirm("did you put this vault file there yourself?")
    {
        return Err(
            Error::new(Kind::Stopped, "the rolled-back vault was not accepted")
                .hint("say `oauthctl vault accept-rollback --yes` if you restored it yourself"),
        );
    }
    let accepted = rollback::accept(
        &mut vault,
        app.world(),
        SetBack {
            action: Action::AcceptRollback,
            detail: None,
            generation: 0,
            remaining: None,
            rescues: &[],
        },
    )?;
    vault.save_anchor()?;
    app.ui.note("accepted; the vault can be changed again");
    say_suspects(app, &accepted.suspects);
    show(app, true, &accepted.suspects)
}

fn show(app: &App, accepted: bool, suspects: &[ConnectionName]) -> Result<()> {
    if !app.ui.json() {
        return Ok(());
    }
    let document = crate::json::json!({
        "schema": 1,
        "accepted": accepted,
        "suspect": names(suspects),
    });
    printed(app.ui.data(&document.to_string()))
}
