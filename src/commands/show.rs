use crate::app::{App, moment};
use crate::commands::{advice, printed, state_json};
use crate::connection::replaced::{self, Away, Earlier};
use crate::connection::{Connection, ConnectionError, select};
use crate::error::{Result, way_home};
use crate::names::{ConnectionRef, Scope};

/// Show one connection: state, expiry, scopes, client; never a secret
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The connection: `PROVIDER` or `PROVIDER/ACCOUNT`
    #[arg(value_name = "CONNECTION")]
    connection: ConnectionRef,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let asked = app.meant(&args.connection)?;
    let vault = app.need_vault()?;
    let (found, earlier) = vault
        .read(|snapshot| {
            let found = select::find(snapshot, &asked)?;
            let earlier = replaced::earlier(snapshot, &found.connection.name)?;
            Ok((found, earlier))
        })
        .map_err(|error: ConnectionError| advice::on_asked(app, &args.connection, error))?;
    let connection = &found.connection;
    let now = moment();
    if app.ui.json() {
        return printed(
            app.ui
                .data(&state_json::document(connection, &earlier, &now).to_string()),
        );
    }
    let words = |scopes: &[Scope]| {
        let words: Vec<_> = scopes.iter().map(ToString::to_string).collect();
        if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(" ")
        }
    };
    let set = connection.state.set();
    let refreshable = if set.is_some_and(|set| set.refresh_token.is_some()) {
        "yes"
    } else {
        "no"
    };
    let mut lines = vec![
        ("connection", connection.name.to_string()),
        ("state", connection.state.word().to_owned()),
    ];
    lines.extend(state_json::reason(&connection.state).map(|reason| ("reason", reason)));
    lines.extend([
        (
            "access token expires",
            state_json::expiry(&connection.state, &now),
        ),
        ("refresh token", refreshable.to_owned()),
        (
            "granted scopes",
            set.map_or_else(String::new, |set| words(&set.granted)),
        ),
        ("requested scopes", words(&connection.requested)),
        ("came by", connection.grant.word().replace('_', " ")),
        ("client id", connection.stamp.client_id.to_string()),
        (
            "token endpoint",
            connection.stamp.token_endpoint.to_string(),
        ),
        (
            "account id",
            connection
                .subject
                .clone()
                .unwrap_or_else(|| "not known".to_owned()),
        ),
        ("connected", connection.created.to_string()),
    ]);
    lines.extend(before(app, connection, &earlier));
    for (name, value) in lines {
        printed(app.ui.data(&format!("{name:<22}{value}")))?;
    }
    Ok(())
}

/// What the connection took the place of, and how that ends.
fn before(app: &App, connection: &Connection, earlier: &Earlier) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if earlier.here > 0 {
        let note = format!(
            "{}, may be alive until `revoke` ends them too",
            earlier.here
        );
        lines.push(("earlier consents", note));
    }
    let (away, own) = (&earlier.away, Away::of(connection));
    let mut all = away.clone();
    all.extend(own.clone());
    let way = app.ui.as_typed(&way_home(&all, &connection.name));
    if !away.is_empty() {
        let count = away.count();
        let note =
            format!("{count}, moved away in {away}: `revoke` does not end it; to end all: {way}");
        lines.push(("earlier exports", note));
    }
    if !own.is_empty() {
        lines.push(("moved in", format!("{own}; to end all: {way}")));
    }
    lines
}
