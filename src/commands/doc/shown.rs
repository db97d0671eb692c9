//! How what happened is told: for writers in words, for programs as JSON.

use serde_json::Value;

use crate::app::App;
use crate::commands::printed;
use crate::document::integrate::{Arrival, Arrivals};
use crate::document::oid::Oid;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::json::json;
use crate::ui::counted;

/// `+12 −3 words`, or nothing.
pub(super) fn words(words: Option<(usize, usize)>) -> String {
    match words {
        None | Some((0, 0)) => String::new(),
        Some((added, 0)) => format!("  +{}", counted(added, "word")),
        Some((0, removed)) => format!("  −{}", counted(removed, "word")),
        Some((added, removed)) => format!("  +{added} −{removed} words"),
    }
}

pub(super) fn words_json(words: Option<(usize, usize)>) -> Value {
    match words {
        None => Value::Null,
        Some((added, removed)) => json!({"added": added, "removed": removed}),
    }
}

/// A version's number as people say it.
pub(super) fn short(version: Oid) -> String {
    version.to_string().chars().take(7).collect()
}

/// `2026-03-02T18:04:11Z` to the minute.
pub(super) fn minute(date: &str) -> String {
    let minute: String = date.chars().take(16).collect();
    minute.replace('T', " ")
}

fn word(arrival: &Arrival) -> &'static str {
    match arrival {
        Arrival::New => "new",
        Arrival::Updated => "updated",
        Arrival::Deleted => "deleted",
        Arrival::Merged { .. } => "merged",
        Arrival::Conflict { .. } => "conflict",
        Arrival::DeletedThere => "deleted_there",
        Arrival::Returned => "returned",
        Arrival::Later => "later",
    }
}

/// What came, one line a file.
pub(super) fn arrivals(app: &App, arrivals: &Arrivals) -> Result<()> {
    for (path, arrival) in &arrivals.files {
        let path = escape::line(path);
        let line = match arrival {
            Arrival::New => format!("new        {path}"),
            Arrival::Updated => format!("updated    {path}"),
            Arrival::Deleted => format!("deleted    {path}  (it was deleted there)"),
            Arrival::Merged { .. } => {
                format!("merged     {path}  (your changes and theirs are in it)")
            }
            Arrival::Conflict { copy } => format!(
                "conflict   {path}  (yours is untouched, theirs is in `{}`)",
                escape::line(copy)
            ),
            Arrival::DeletedThere => {
                format!("conflict   {path}  (it was deleted there; yours is untouched)")
            }
            Arrival::Returned => {
                format!("back       {path}  (you deleted it, and it was changed there)")
            }
            Arrival::Later => format!("later      {path}  (it changed while this went on)"),
        };
        printed(app.ui.data(&line))?;
        if let Arrival::Merged { please_read } = arrival {
            for sentence in please_read {
                printed(
                    app.ui
                        .data(&format!("  please read: {}", escape::line(sentence))),
                )?;
            }
        }
    }
    for (path, why) in &arrivals.refused {
        app.ui
            .detail(&format!("left alone: {}: {why}", escape::line(path)));
    }
    Ok(())
}

pub(super) fn arrivals_json(arrivals: &Arrivals) -> Value {
    let files = arrivals.files.iter().map(|(path, arrival)| {
        let mut file = json!({"path": path, "what": word(arrival)});
        let more = match arrival {
            Arrival::Merged { please_read } => ("please_read", json!(please_read)),
            Arrival::Conflict { copy } => ("copy", json!(copy)),
            Arrival::New
            | Arrival::Updated
            | Arrival::Deleted
            | Arrival::DeletedThere
            | Arrival::Returned
            | Arrival::Later => return file,
        };
        if let Some(members) = file.as_object_mut() {
            members.insert(more.0.to_owned(), more.1);
        }
        file
    });
    files.collect()
}

/// Exit code 3, and the way out.
pub(super) fn decide(count: usize) -> Error {
    let what = if count == 1 {
        "one text needs your decision".to_owned()
    } else {
        format!("{count} texts need your decision")
    };
    Error::new(Kind::Conflict, what)
        .because("you and somebody else changed the same words")
        .hint("decide with `oauthctl doc resolve`; until then it is neither pushed nor overwritten")
}
