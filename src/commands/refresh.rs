use std::collections::BTreeSet;

use crate::app::App;
use crate::commands::hooks::{self, Event};
use crate::commands::waiting::{Ended, after_telling, to_its_end};
use crate::commands::{advice, network, printed};
use crate::connection::many::{self, Progress, Wanted};
use crate::connection::select;
use crate::connection::{Connection, ConnectionError, State};
use crate::error::{Error, Kind, Result};
use crate::http::Limits;
use crate::names::{ConnectionName, ConnectionRef};
use crate::ui::{counted, span};
use crate::vault::Vault;

/// Refresh tokens now
///
/// Named connections are refreshed whatever is left of them. `--due` takes those that are expired
/// or about to be, and tries revocations again that a provider did not confirm.
///
/// Ctrl-C while a provider's answer is on its way waits for it and stores it. A second one gives it
/// up, which may cost the connection.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["connections", "all", "due"])))]
pub(super) struct Args {
    /// The connections: `PROVIDER` or `PROVIDER/ACCOUNT`
    #[arg(value_name = "CONNECTION")]
    connections: Vec<ConnectionRef>,
    /// Refresh all connections
    #[arg(long)]
    all: bool,
    /// Refresh those whose token is over or nearly so
    #[arg(long)]
    due: bool,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let many = args.all || args.due;
    let mut vault = match app.open_vault()? {
        None if many => {
            app.say_no_vault();
            app.ui.note("nothing to refresh: there is no vault yet");
            return Ok(());
        }
        Some(vault) => vault,
        None => return Err(app.no_vault()?),
    };
    let chosen = choose(app, &vault, args)?;
    if chosen.refresh.is_empty() && chosen.revoke.is_empty() {
        app.ui.note("nothing to refresh");
        return Ok(());
    }
    let world = app.world();
    let bar = app.ui.progress(chosen.refresh.len() as u64);
    let attended = !many;
    let ended = to_its_end(&app.ui, async {
        let mut outcomes = many::refresh_all(
            &mut vault,
            world,
            Limits::default(),
            &chosen.refresh,
            attended,
            |step| match step {
                Progress::Begun(name) => bar.say(name.to_string()),
                Progress::Ended => bar.step(),
            },
        )
        .await
        .map_err(|error| {
            Error::new(Kind::Failed, "could not start the network").caused_by(&error)
        })?;
        let http = network();
        for name in &chosen.revoke {
            let revoked = crate::connection::revoke::revoke(&mut vault, world, &http, name).await;
            let revoked = revoked.and_then(|report| match report.lives_on() {
                None => Ok(many::Refreshed::Revoked),
                Some(lives_on) => Err(lives_on),
            });
            outcomes.push((name.clone(), revoked));
        }
        Ok(outcomes)
    });
    drop(bar);
    app.save_anchor(&mut vault);
    let Ended { done, stopped } = ended?;
    after_telling(show(app, done), stopped)
}

struct Chosen {
    refresh: Vec<Wanted>,
    revoke: Vec<ConnectionName>,
}

fn choose(app: &App, vault: &Vault, args: &Args) -> Result<Chosen> {
    let now = crate::app::moment();
    let mut chosen = Chosen {
        refresh: Vec::new(),
        revoke: Vec::new(),
    };
    if !args.connections.is_empty() {
        let mut known = BTreeSet::new();
        for asked in &args.connections {
            let meant = app.meant(asked)?;
            let found = vault
                .read(|snapshot| select::find(snapshot, &meant))
                .map_err(|error| advice::on_asked(app, asked, error))?;
            if known.insert(found.connection.name.clone()) {
                chosen.refresh.push(wanted(found.connection));
            }
        }
        return Ok(chosen);
    }
    let due = |connection: &Connection| match &connection.state {
        State::Active(set) => !set.is_fresh(&now, None),
        State::Refreshing { .. } => !connection.state.is_suspect(),
        State::NeedsLogin { .. } | State::Suspect(_) | State::Revoking { .. } | State::Moved => {
            false
        }
    };
    let live = |connection: &Connection| {
        !connection.state.is_suspect()
            && matches!(
                connection.state,
                State::Active(_) | State::Refreshing { .. }
            )
    };
    for found in vault.read(select::all)? {
        let connection = found.connection;
        if args.due && matches!(connection.state, State::Revoking { .. }) {
            match connection.trouble.as_ref().and_then(|one| one.left(&now)) {
                Some(wait) => app.ui.note(&format!(
                    "`{}` is revoked in {} at the earliest: its provider could not do it",
                    connection.name,
                    span(wait)
                )),
                None => chosen.revoke.push(connection.name),
            }
        } else if (args.all && live(&connection)) || (args.due && due(&connection)) {
            chosen.refresh.push(wanted(connection));
        } else if args.all {
            app.ui.note(&format!(
                "skipped `{}`: {}",
                connection.name,
                connection.state.word()
            ));
        }
    }
    Ok(chosen)
}

fn wanted(connection: Connection) -> Wanted {
    Wanted {
        seen: connection.state.set().map(|set| set.obtained.clone()),
        name: connection.name,
    }
}

type Outcomes = Vec<(
    ConnectionName,
    std::result::Result<many::Refreshed, ConnectionError>,
)>;

fn show(app: &App, mut outcomes: Outcomes) -> Result<()> {
    if outcomes.len() == 1
        && let Some((_, Err(_))) = outcomes.first()
        && let Some((name, Err(error))) = outcomes.pop()
    {
        let error = about(&name, advice::explained(app, error));
        if !error.kind.is_a_signal() {
            hooks::note(app, &name, Event::of(&error));
        }
        return Err(error);
    }
    outcomes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut kinds = Vec::new();
    let total = outcomes.len();
    let mut retry_after = None;
    let mut not_begun = 0;
    for (name, outcome) in outcomes {
        let (word, error) = match outcome {
            Ok(done) => {
                if done == many::Refreshed::Now {
                    hooks::note(app, &name, Event::Refresh);
                }
                (done.word(), None)
            }
            Err(ConnectionError::Stopped) if !app.ui.json() => {
                not_begun += 1;
                continue;
            }
            Err(error) => {
                let error = about(&name, advice::explained(app, error));
                if !error.kind.is_a_signal() {
                    hooks::note(app, &name, Event::of(&error));
                }
                ("failed", Some(error))
            }
        };
        if app.ui.json() {
            let document = crate::json::json!({
                "schema": 1,
                "connection": name.to_string(),
                "outcome": word.replace(' ', "_"),
                "error": error.as_ref().map(Error::whole),
                "exit_code": error.as_ref().map_or(0, |error| error.kind.exit_code()),
            });
            printed(app.ui.data(&document.to_string()))?;
        } else if error.is_none() {
            app.ui.note(&format!("{name}: {word}"));
        }
        if let Some(error) = error {
            kinds.push(error.kind);
            retry_after = retry_after.max(error.retry_after);
            if !app.ui.json() {
                app.ui
                    .error(&error.message, &error.causes, &error.notes, &error.hints);
            }
        }
    }
    if not_begun > 0 {
        app.ui
            .note(&format!("not begun: {}", counted(not_begun, "connection")));
    }
    match Kind::most_pressing(kinds.iter().copied()) {
        None => Ok(()),
        Some(kind) => Err(Error::new(
            kind,
            format!("{} of {} failed", kinds.len(), counted(total, "connection")),
        )
        .retry_after(retry_after)),
    }
}

/// The error with the connection's name, which not every error has by itself.
fn about(name: &ConnectionName, mut error: Error) -> Error {
    if !error.message.contains(&name.to_string()) {
        error.message = format!("`{name}`: {}", error.message);
    }
    error
}
