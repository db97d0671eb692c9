use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::figures::{self, Counts, Failure, Figures, Share};
use super::filter::Filter;
use super::report_page;
use crate::app::{App, moment};
use crate::commands::{page, printed, state_json};
use crate::connection::state::Connection;
use crate::connection::{ConnectionError, select};
use crate::error::{Error, Kind, Result};
use crate::json::json;
use crate::moment::{Moment, Timestamp};
use crate::ordered;
use crate::token::{Remaining, TokenSet};
use crate::ui::table;
use crate::vault::{AuditFault, AuditReport, Vault, VaultError};

/// Sum up the log: use over time, by program and by connection, failures, expiries ahead
///
/// With `--html` as one page with charts, which stands alone, runs nothing and loads nothing. Days
/// are those of UTC. Expiries are those of the connections as they are now: of the filters only
/// `--connection` is for them. A log that was edited is reported as such, and ends with exit code 9.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    oauthctl audit report --since 30d\n  \
    oauthctl audit report --html audit.html --connection github")]
pub(in crate::commands) struct Args {
    #[command(flatten)]
    filter: Filter,
    /// Write a page with charts to this file, or to stdout where it is `-`
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long, requires = "html")]
    force: bool,
}

/// What is told.
pub(super) struct Report {
    pub(super) at: Timestamp,
    /// The filters in force, each with its value.
    pub(super) filters: Vec<(&'static str, String)>,
    pub(super) figures: Figures,
    pub(super) expiries: Vec<Expiry>,
    /// What the whole log looks like, or where it stops being what was written.
    pub(super) log: std::result::Result<AuditReport, AuditFault>,
}

/// How long a connection lasts without anybody doing anything.
pub(super) struct Expiry {
    pub(super) connection: String,
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) left: Option<Duration>,
    /// The same in words; `None` where nothing can be handed out.
    pub(super) words: Option<String>,
    pub(super) refreshable: bool,
}

pub(in crate::commands) fn run(app: &App, args: &Args) -> Result<()> {
    let to_stdout = args.html.as_deref() == Some(Path::new("-"));
    if to_stdout && app.ui.json() {
        return Err(
            Error::new(Kind::Usage, "stdout takes one of the two, JSON or the page")
                .hint("name a file for the page: `--html FILE`"),
        );
    }
    let vault = app.need_vault()?;
    let report = Report::of(app, &vault, &args.filter)?;
    let to = match args.html.as_deref() {
        Some(path) if !to_stdout => {
            let page = report_page::page(&report);
            Some(page::write_named(
                app,
                Some(&vault),
                path,
                args.force,
                &page,
            )?)
        }
        _ => None,
    };
    if app.ui.json() {
        printed(app.ui.data(&document(&report, to.as_deref()).to_string()))?;
    } else if let Some(to) = to {
        printed(app.ui.data(&to.display().to_string()))?;
    } else if to_stdout {
        printed(app.ui.data(report_page::page(&report).trim_end()))?;
    } else {
        printed(say(app, &report))?;
    }
    match report.log {
        Ok(_) => Ok(()),
        Err(fault) => Err(
            Error::new(Kind::Stopped, "the audit log is not what was written")
                .caused_by(&fault)
                .hint("save what authenticates with `oauthctl vault check --salvage FILE`"),
        ),
    }
}

impl Report {
    fn of(app: &App, vault: &Vault, filter: &Filter) -> Result<Self> {
        let log = match vault.verify_audit() {
            Ok(log) => Ok(log),
            Err(VaultError::Audit(fault)) => Err(fault),
            Err(error) => return Err(error.into()),
        };
        // What stands behind a break proves nothing.
        let events = filter.events_before(vault, log.as_ref().err().map(|fault| fault.seq))?;
        if events.is_empty() && log.is_ok() {
            filter.refuse_unknown(app, vault)?;
        }
        let now = moment();
        let found = vault
            .read(select::all)
            .map_err(|error: ConnectionError| Error::from(error))?;
        let mut expiries: Vec<Expiry> = found
            .iter()
            .map(|found| &found.connection)
            .filter(|connection| filter.is_about(Some(&connection.name.to_string())))
            .map(|connection| Expiry::of(connection, &now))
            .collect();
        expiries.sort_by_key(|expiry| {
            (
                expiry.refreshable,
                expiry.expires_at.is_none(),
                expiry.expires_at,
            )
        });
        Ok(Self {
            at: now.wall,
            filters: filter.words(),
            figures: Figures::of(&events),
            expiries,
            log,
        })
    }
}

impl Expiry {
    fn of(connection: &Connection, now: &Moment) -> Self {
        let set = connection.state.usable();
        Self {
            connection: connection.name.to_string(),
            state: connection.state.word().to_owned(),
            reason: state_json::reason(&connection.state),
            expires_at: set.and_then(TokenSet::expires_at),
            left: set.and_then(|set| match set.remaining(now) {
                Remaining::Time(left) => Some(left),
                Remaining::Expired => Some(Duration::ZERO),
                Remaining::Unlimited | Remaining::ClockUnsure => None,
            }),
            words: set.map(|_| state_json::expiry(&connection.state, now)),
            refreshable: set.is_some() && state_json::is_refreshable(connection),
        }
    }
}

/// The tables of the page, each under its title.
fn say(app: &App, report: &Report) -> io::Result<()> {
    let figures = &report.figures;
    let total = Share {
        name: Some("everything".to_owned()),
        counts: figures.totals,
    };
    let parts: [(&str, &str, &[Share]); 3] = [
        ("Use", "TOTAL", std::slice::from_ref(&total)),
        ("By connection", "CONNECTION", &figures.connections),
        ("By program", "PROGRAM", &figures.callers),
    ];
    for (title, heading, shares) in parts {
        let rows: Vec<Vec<String>> = shares.iter().map(share).collect();
        let heading = [heading, "HAND-OUTS", "REFRESHES", "OTHER", "FAILURES"];
        titled(app, title, &heading, &rows)?;
        app.ui.data("")?;
    }
    let failures: Vec<_> = figures.failures.iter().map(failure).collect();
    let heading = ["ACTION", "CONNECTION", "OUTCOME", "CODE", "COUNT", "LAST"];
    titled(app, "Failures", &heading, &failures)?;
    app.ui.data("")?;
    let expiries: Vec<_> = report.expiries.iter().map(expiry).collect();
    let heading = ["CONNECTION", "STATE", "EXPIRES", "REFRESHED BY ITSELF"];
    titled(app, "Expiries ahead", &heading, &expiries)
}

fn titled(app: &App, title: &str, heading: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    app.ui.data(title)?;
    if rows.is_empty() {
        return app.ui.data("none");
    }
    table(heading, rows)
        .iter()
        .try_for_each(|line| app.ui.data(line))
}

fn or_none(text: Option<&String>) -> String {
    text.cloned().unwrap_or_else(|| "-".to_owned())
}

fn share(share: &Share) -> Vec<String> {
    let counts = share.counts.each();
    std::iter::once(or_none(share.name.as_ref()))
        .chain(counts.iter().map(ToString::to_string))
        .collect()
}

fn failure(one: &Failure) -> Vec<String> {
    vec![
        one.action.clone(),
        or_none(one.connection.as_ref()),
        one.outcome.clone(),
        or_none(one.error_code.as_ref()),
        one.count.to_string(),
        one.last.to_string(),
    ]
}

fn expiry(one: &Expiry) -> Vec<String> {
    let refreshable = if one.refreshable { "yes" } else { "no" };
    vec![
        one.connection.clone(),
        one.state.clone(),
        or_none(one.words.as_ref()),
        refreshable.to_owned(),
    ]
}

/// The documented JSON object of a report.
fn document(report: &Report, page: Option<&Path>) -> Value {
    let figures = &report.figures;
    let time = |at: Timestamp| at.to_string();
    let days = figures
        .days
        .iter()
        .map(|(day, counts)| counted("day", Some(&figures::date(*day)), counts));
    let failures = figures.failures.iter().map(|one| {
        json!({
            "connection": one.connection,
            "action": one.action,
            "outcome": one.outcome,
            "error_code": one.error_code,
            "count": one.count,
            "last": time(one.last),
        })
    });
    let expiries = report.expiries.iter().map(|one| {
        json!({
            "connection": one.connection,
            "state": one.state.replace('-', "_"),
            "reason": one.reason,
            "expires_at": one.expires_at.map(time),
            "expires_in_seconds": one.left.map(|left| left.as_secs()),
            "refreshable": one.refreshable,
        })
    });
    let log = report.log.as_ref();
    let filters = ordered::map(report.filters.iter().cloned());
    json!({
        "schema": 1,
        "generated_at": time(report.at),
        "filters": filters,
        "from": figures.range.map(|(from, _)| time(from)),
        "to": figures.range.map(|(_, to)| time(to)),
        "totals": counts(&figures.totals),
        "log": {
            "verified": log.is_ok(),
            "anchored": log.is_ok_and(|log| log.anchored),
            "fault": log.err().map(ToString::to_string),
            "events": log.ok().map(|log| log.count),
            "pruned": log.ok().and_then(|log| log.checkpoint.as_ref()).map(|gone| gone.count),
            "head": log.ok().map(|log| &log.head),
        },
        "days": days.collect::<Vec<_>>(),
        "callers": shared("program", &figures.callers),
        "connections": shared("connection", &figures.connections),
        "failures": failures.collect::<Vec<_>>(),
        "expiries": expiries.collect::<Vec<_>>(),
        "page": page.map(|page| page.display().to_string()),
    })
}

fn shared(key: &str, shares: &[Share]) -> Vec<Value> {
    let one = |share: &Share| counted(key, share.name.as_deref(), &share.counts);
    shares.iter().map(one).collect()
}

fn counted(key: &str, name: Option<&str>, of: &Counts) -> Value {
    let mut document = counts(of);
    if let Some(members) = document.as_object_mut() {
        members.insert(key.to_owned(), name.into());
    }
    document
}

fn counts(of: &Counts) -> Value {
    json!({
        "events": of.all(),
        "hand_outs": of.hand_outs,
        "refreshes": of.refreshes,
        "other": of.other,
        "failures": of.failures,
    })
}
