use crate::app::App;
use crate::commands::warn_of_old_pages;
use crate::connection::records::StoredClient;
use crate::connection::{ConnectionError, select};
use crate::error::{Error, Kind, Result};
use crate::names::{ClientId, ProviderName};
use crate::vault::{Action, Outcome, VaultError};

/// Remove an app registration
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The provider
    #[arg(value_name = "PROVIDER")]
    provider: ProviderName,
    /// Only the registration with this client id
    #[arg(long, value_name = "ID")]
    id: Option<ClientId>,
    /// Remove it although connections were made with it and need it to refresh and revoke
    #[arg(short, long)]
    yes: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let mut vault = app.need_vault()?;
    let (rows, connections) =
        vault.read(|snapshot| -> std::result::Result<_, ConnectionError> {
            Ok((
                snapshot.group::<StoredClient>(args.provider.as_str())?,
                select::all(snapshot)?,
            ))
        })?;
    let mut chosen = Vec::new();
    for row in rows {
        let id = row.value.client().map_err(ConnectionError::from)?.id;
        if args.id.as_ref().is_none_or(|wanted| *wanted == id) {
            chosen.push((row, id));
        }
    }
    if chosen.is_empty() {
        let message = format!(
            "there is no such client registration for `{}`",
            args.provider
        );
        return Err(Error::new(Kind::Failed, message)
            .hint(format!("see `oauthctl client show {}`", args.provider)));
    }
    let users: Vec<_> = connections
        .iter()
        .map(|found| &found.connection)
        .filter(|connection| {
            connection.name.provider == args.provider
                && chosen
                    .iter()
                    .any(|(_, id)| *id == connection.stamp.client_id)
        })
        .map(|connection| format!("`{}`", connection.name))
        .collect();
    if !users.is_empty() && !args.yes {
        return Err(Error::new(
            Kind::Stopped,
            "connections still need this client registration",
        )
        .because(format!(
            "{} can't be refreshed or revoked without it",
            users.join(", ")
        ))
        .hint("revoke them first (with `--local-only` what moved away), or say `--yes`"));
    }
    let mut event = app.world().bare_event(Action::ClientRemove, Outcome::Done);
    let ids: Vec<_> = chosen.iter().map(|(_, id)| format!("`{id}`")).collect();
    event.detail = Some(format!("{} of `{}`", ids.join(", "), args.provider));
    vault.mutate(|writer| -> std::result::Result<(), VaultError> {
        for (row, _) in &chosen {
            writer.delete(row)?;
        }
        writer.log(&event)
    })?;
    warn_of_old_pages(app, &vault.checkpoint_truncate());
    app.save_anchor(&mut vault);
    app.ui.note(&format!(
        "removed the client {} of `{}`",
        ids.join(", "),
        args.provider
    ));
    Ok(())
}
