use crate::app::{App, moment};
use crate::commands::{printed, state_json};
use crate::connection::records::StoredPending;
use crate::connection::select;
use crate::error::{Error, Result};
use crate::ui::table;

/// List the connections, with state, expiry and scopes
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(app: &App, _: &Args) -> Result<()> {
    let Some(vault) = app.open_vault()? else {
        app.say_no_vault();
        app.ui
            .note("no connections yet; make one with `oauthctl connect PROVIDER`");
        return Ok(());
    };
    let (found, pending) = vault
        .read(|snapshot| {
            let pending = snapshot.group::<StoredPending>(StoredPending::GROUP)?;
            Ok((select::all(snapshot)?, pending))
        })
        .map_err(|error: crate::connection::ConnectionError| Error::from(error))?;
    let now = moment();
    if app.ui.json() {
        for found in &found {
            printed(
                app.ui
                    .data(&state_json::document(&found.connection, &now).to_string()),
            )?;
        }
        return Ok(());
    }
    if found.is_empty() {
        app.ui
            .note("no connections yet; make one with `oauthctl connect PROVIDER`");
    } else {
        let rows: Vec<_> = found
            .iter()
            .map(|found| {
                let connection = &found.connection;
                let scopes = connection.state.set().map(|set| {
                    set.granted
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(" ")
                });
                vec![
                    connection.name.to_string(),
                    connection.state.word().to_owned(),
                    state_json::expiry(&connection.state, &now),
                    scopes.unwrap_or_default(),
                ]
            })
            .collect();
        for line in table(&["CONNECTION", "STATE", "EXPIRES", "SCOPES"], &rows) {
            printed(app.ui.data(&line))?;
        }
    }
    for row in &pending {
        app.ui.note(&format!(
            "a connect to `{}` that began {} is not finished; if it was cut off, the next \
             `oauthctl connect` settles it",
            row.value.provider(),
            row.value.started()
        ));
    }
    Ok(())
}
