use std::time::Duration;

use crate::app::{App, moment};
use crate::commands::audit::filter::when;
use crate::error::{Error, Kind, Result};
use crate::moment::Timestamp;
use crate::ui::counted;
use crate::vault::{Action, Outcome, VaultError};

/// The default keeps a year.
const KEPT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Replace old events by a checkpoint
///
/// The checkpoint seals how many events it stands for, their range and the chain over them, so that
/// what is left still verifies.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// Drop what is older: a date, an RFC 3339 time, or an age such as 90d [default: 365d]
    #[arg(long, value_name = "WHEN", value_parser = when)]
    before: Option<Timestamp>,
    /// Don't ask before dropping them
    #[arg(short, long)]
    yes: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let mut vault = app.need_vault()?;
    let before = args.before.unwrap_or_else(|| moment().wall.minus(KEPT));
    if !args.yes
        && !app
            .ui
            .confirm(&format!("drop all events from before {before}?"))
    {
        return Err(Error::new(Kind::Refused, "nothing was dropped").hint("say `--yes`"));
    }
    let mut event = app.world().bare_event(Action::Prune, Outcome::Done);
    let checkpoint = vault.mutate(|writer| {
        let checkpoint = writer.prune(before)?;
        if let Some(gone) = &checkpoint {
            event.detail = Some(format!(
                "{}, until {}",
                counted(gone.count, "event"),
                gone.to
            ));
            writer.log(&event)?;
        }
        Ok::<_, VaultError>(checkpoint)
    })?;
    crate::commands::warn_of_old_pages(app, &vault.checkpoint_truncate());
    app.save_anchor(&mut vault);
    match checkpoint {
        Some(gone) => {
            app.ui.note(&format!(
                "{} until {}: only a checkpoint is left",
                counted(gone.count, "event"),
                gone.to
            ));
        }
        None => app.ui.note("nothing is that old"),
    }
    Ok(())
}
