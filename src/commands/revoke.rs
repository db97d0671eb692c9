use std::collections::BTreeSet;

use crate::app::App;
use crate::commands::waiting::{after_telling, to_its_end};
use crate::commands::{advice, network, printed};
use crate::connection::replaced::Away;
use crate::connection::revoke::{self, Remote, Report};
use crate::connection::{ConnectionError, replaced, select};
use crate::error::{Error, Kind, Result};
use crate::names::{ConnectionName, ConnectionRef};
use crate::ui::counted;
use crate::vault::Vault;

/// End access at the provider, then erase it here
///
/// Says exactly what happened. What a provider does not confirm is kept, never handed out, and
/// tried again by the next `revoke` or `refresh --due`. What moved to another vault can't be ended from
/// here and stays listed as moved, until `--local-only` forgets it.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["connections", "all"])))]
pub(super) struct Args {
    /// The connections: `PROVIDER` or `PROVIDER/ACCOUNT`
    #[arg(value_name = "CONNECTION")]
    connections: Vec<ConnectionRef>,
    /// Revoke all connections
    #[arg(long)]
    all: bool,
    /// Erase here only, without telling the provider
    #[arg(long)]
    local_only: bool,
    /// Don't ask before revoking all
    #[arg(short, long)]
    yes: bool,
}

pub(super) fn run(app: &App, args: &Args) -> Result<()> {
    let mut vault = match app.open_vault()? {
        Some(vault) => vault,
        None if args.all => {
            app.say_no_vault();
            app.ui.note("nothing to revoke: there is no vault yet");
            return Ok(());
        }
        None => return Err(app.no_vault()?),
    };
    let mut names: Vec<ConnectionName> = if args.all {
        vault
            .read(select::all)?
            .into_iter()
            .map(|found| found.connection.name)
            .collect()
    } else {
        args.connections
            .iter()
            .map(|asked| {
                let meant = app.meant(asked)?;
                let found = vault
                    .read(|snapshot| select::find(snapshot, &meant))
                    .map_err(|error| advice::on_asked(app, asked, error))?;
                Ok(found.connection.name)
            })
            .collect::<Result<_>>()?
    };
    let mut known = BTreeSet::new();
    names.retain(|name| known.insert(name.clone()));
    if args.all && !names.is_empty() && !args.yes {
        let question = format!("revoke {}?", counted(names.len(), "connection"));
        if !app.ui.may_ask() {
            return Err(Error::new(Kind::Usage, "`--all` needs a yes")
                .hint("say `oauthctl revoke --all --yes`"));
        }
        if !app.ui.confirm(&question) {
            return Err(Error::new(Kind::Refused, "nothing was revoked"));
        }
    }
    let world = app.world();
    let mut outcomes = Vec::with_capacity(names.len());
    let mut stopped = None;
    if args.local_only {
        for name in names {
            let ended = revoke::forget(&mut vault, world, &name);
            outcomes.push((name, ended));
        }
    } else {
        let http = network();
        let ended = to_its_end(&app.ui, async {
            for name in names {
                let ended = revoke::revoke(&mut vault, world, &http, &name).await;
                outcomes.push((name, ended));
            }
            Ok(())
        });
        stopped = ended.map_or_else(Some, |ended| ended.stopped);
    }
    app.save_anchor(&mut vault);
    after_telling(show(app, &vault, outcomes), stopped)
}

type Outcomes = Vec<(ConnectionName, std::result::Result<Report, ConnectionError>)>;

fn show(app: &App, vault: &Vault, outcomes: Outcomes) -> Result<()> {
    let total = outcomes.len();
    let mut failures = Vec::new();
    let mut not_begun = 0;
    for (name, outcome) in outcomes {
        let failure = match &outcome {
            Ok(report) => {
                if !app.ui.json() {
                    say(app, report);
                }
                not_over(report)
            }
            Err(_) => None,
        };
        if app.ui.json() {
            let away = match &outcome {
                Ok(report) => report.away.count(),
                Err(_) => still_away(vault, &name),
            };
            document(app, &name, &outcome, away)?;
        }
        failures.extend(match outcome {
            Ok(_) => failure,
            Err(ConnectionError::Stopped) => {
                not_begun += 1;
                None
            }
            Err(error) => Some(Error::from(error)),
        });
    }
    if not_begun > 0 {
        app.ui
            .note(&format!("not begun: {}", counted(not_begun, "connection")));
    }
    if failures.len() <= 1 {
        return failures.pop().map_or(Ok(()), Err);
    }
    for error in &failures {
        if !app.ui.json() {
            app.ui
                .error(&error.message, &error.causes, &error.notes, &error.hints);
        }
    }
    let kind = Kind::most_pressing(failures.iter().map(|error| error.kind)).unwrap_or(Kind::Failed);
    Err(Error::new(
        kind,
        format!("{} of {total} connections are not revoked", failures.len()),
    ))
}

/// What lives on, where the person did not want that.
fn not_over(report: &Report) -> Option<Error> {
    let lives_on = report.lives_on().map(Error::from);
    if report.remote != Remote::NoWay {
        return lives_on;
    }
    let name = &report.name;
    let way = report.page.as_ref().map_or_else(
        || "end it in the provider's settings".to_owned(),
        |page| format!("end it at {page}"),
    );
    let mut error = Error::new(
        Kind::Failed,
        format!("`{name}` is NOT revoked at the provider"),
    )
    .because("the provider has no way to be told; it is erased here")
    .hint(way);
    if lives_on.is_some() {
        error = error.note(in_exports(report));
    }
    let notes = report.notes.iter();
    Some(notes.fold(error, |error, note| error.hint(note.as_str())))
}

fn in_exports(report: &Report) -> String {
    let away = &report.away;
    format!("what was moved to another vault in {away} may live on there")
}

fn say(app: &App, report: &Report) {
    let name = &report.name;
    match &report.remote {
        Remote::Revoked => {
            let what = if report.away.is_empty() {
                ""
            } else {
                "what was here is "
            };
            app.ui.note(&format!(
                "{name}: {what}revoked at the provider and erased here"
            ));
        }
        Remote::AlreadyGone => {
            app.ui.note(&format!(
                "{name}: the provider did not know it any more; erased here"
            ));
        }
        Remote::NotTold => {
            app.ui.note(&format!(
                "{name}: erased here only; it is NOT revoked at the provider"
            ));
            if let Some(page) = &report.page {
                app.ui.note(&format!("end it at {page}"));
            }
            if !report.away.is_empty() {
                app.ui.note(&in_exports(report));
            }
        }
        // An error says all of it.
        Remote::NoWay | Remote::Elsewhere => return,
    }
    for note in &report.notes {
        app.ui.note(&format!("note: {note}"));
    }
}

/// What of a connection that stays here is in other vaults.
fn still_away(vault: &Vault, name: &ConnectionName) -> usize {
    let asked = ConnectionRef::Exact(name.clone());
    let all = vault.read(|snapshot| {
        let mut away = replaced::earlier(snapshot, name)?.away;
        away.extend(Away::of(&select::find(snapshot, &asked)?.connection));
        Ok::<_, ConnectionError>(away)
    });
    all.map_or(0, |away| away.count())
}

fn document(
    app: &App,
    name: &ConnectionName,
    outcome: &std::result::Result<Report, ConnectionError>,
    exports: usize,
) -> Result<()> {
    let (word, erased, page, error) = match outcome {
        Ok(report) => {
            let word = match report.remote {
                Remote::NoWay => "no_way",
                _ if report.lives_on().is_some() => "not_told",
                Remote::Revoked => "revoked",
                Remote::AlreadyGone => "already_gone",
                Remote::NotTold | Remote::Elsewhere => "not_told",
            };
            (
                word,
                report.remote != Remote::Elsewhere,
                report.page.as_ref().map(ToString::to_string),
                None,
            )
        }
        Err(error) => ("not_confirmed", false, None, Some(error.to_string())),
    };
    let document = crate::json::json!({
        "schema": 1,
        "connection": name.to_string(),
        "outcome": word,
        "erased_here": erased,
        "page": page,
        "exports": exports,
        "error": error,
    });
    printed(app.ui.data(&document.to_string()))
}
