use crate::app::App;
use crate::commands::printed;
use crate::connection::ConnectionError;
use crate::connection::records::StoredClient;
use crate::error::{Error, Kind, Result};
use crate::names::ProviderName;

/// Show the app registrations of a provider, without their secrets
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Args {
    /// The provider
    #[arg(value_name = "PROVIDER")]
    provider: ProviderName,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let vault = app.need_vault()?;
    let rows = vault.read(|snapshot| -> std::result::Result<_, ConnectionError> {
        Ok(snapshot.group::<StoredClient>(args.provider.as_str())?)
    })?;
    if rows.is_empty() {
        let message = format!("there is no client registration for `{}`", args.provider);
        return Err(Error::new(Kind::Failed, message).hint(format!(
            "store one with `oauthctl client set {} --id ID`",
            args.provider
        )));
    }
    for row in rows {
        let client = row.value.client().map_err(ConnectionError::from)?;
        let secret = client.secret.is_some();
        if app.ui.json() {
            let document = crate::json::json!({
                "schema": 1,
                "provider": args.provider.to_string(),
                "client_id": client.id.to_string(),
                "has_secret": secret,
                "current": row.value.current,
                "set_at": row.value.set_at().to_string(),
            });
            printed(app.ui.data(&document.to_string()))?;
        } else {
            let secret = if secret {
                "with a secret"
            } else {
                "without a secret"
            };
            let current = if row.value.current {
                ""
            } else {
                ", kept for older connections"
            };
            let set = row.value.set_at();
            printed(
                app.ui
                    .data(&format!("{}  {secret}, set {set}{current}", client.id)),
            )?;
        }
    }
    Ok(())
}
