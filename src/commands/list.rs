use crate::app::{App, moment};
use crate::commands::{printed, state_json};
use crate::connection::records::StoredPending;
use crate::connection::{replaced, select};
use crate::error::{Error, Result};
use crate::ui::{shell_word, table};

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
            let mut found = Vec::new();
            for one in select::all(snapshot)? {
                let earlier = replaced::earlier(snapshot, &one.connection.name)?;
                found.push((one.connection, earlier));
            }
            Ok((found, pending))
        })
        .map_err(|error: crate::connection::ConnectionError| Error::from(error))?;
    let now = moment();
    if app.ui.json() {
        for (connection, earlier) in &found {
            let document = state_json::document(connection, earlier, &now);
            printed(app.ui.data(&document.to_string()))?;
        }
        return Ok(());
    }
    if found.is_empty() {
        app.ui
            .note("no connections yet; make one with `oauthctl connect PROVIDER`");
    } else {
        let rows: Vec<_> = found
            .iter()
            .map(|(connection, _)| {
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
    for (connection, earlier) in &found {
        if !earlier.away.is_empty() {
            let name = &connection.name;
            app.ui.note(&format!(
                "what `{name}` was before may live on in {}: see `oauthctl show {}`",
                earlier.away,
                shell_word(&name.to_string())
            ));
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
