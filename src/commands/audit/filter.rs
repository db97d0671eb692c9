//! Which events, and how each is written down; shared by `audit` and its subcommands.

use serde_json::Value;

use crate::app::{App, moment};
use crate::commands::advice;
use crate::commands::token::duration;
use crate::connection::{ConnectionError, select};
use crate::error::Result;
use crate::moment::Timestamp;
use crate::names::ConnectionRef;
use crate::vault::{Action, Logged, Outcome, Vault, VaultError};

/// Every action, as it is written.
pub(in crate::commands) const ACTIONS: &str = "connect, refresh, hand_out, revoke, doc_push, doc_pull, client_set, client_remove, vault_init, \
     key_change, recipients_change, recover, backup, restore, export, import, accept_rollback, prune, \
     migrate, tail_may_be_lost";

/// Which events.
#[derive(Debug, clap::Args)]
pub(super) struct Filter {
    /// Only this connection, or all of a provider's
    #[arg(long, value_name = "CONNECTION")]
    connection: Option<ConnectionRef>,
    /// Only this action, such as `hand_out`, `refresh`, `connect` or `revoke` (can be given several
    /// times)
    #[arg(long = "action", value_name = "ACTION", value_parser = action)]
    actions: Vec<Action>,
    /// Only since then: a date, an RFC 3339 time, or an age such as 7d
    #[arg(long, value_name = "WHEN", value_parser = when)]
    since: Option<Timestamp>,
    /// Only until then, in the same form
    #[arg(long, value_name = "WHEN", value_parser = when)]
    until: Option<Timestamp>,
    /// Only what did not succeed
    #[arg(long)]
    failed: bool,
}

impl Filter {
    /// The events that pass, oldest first.
    pub(super) fn events(&self, vault: &Vault) -> Result<Vec<Logged>> {
        self.events_before(vault, None)
    }

    /// Those that pass and stand before one of the log.
    pub(super) fn events_before(&self, vault: &Vault, end: Option<u64>) -> Result<Vec<Logged>> {
        let events = vault.read(|snapshot| {
            let mut passed = Vec::new();
            for logged in snapshot.events() {
                let logged = logged?;
                if end.is_some_and(|end| logged.seq >= end) {
                    break;
                }
                if self.passes(&logged) {
                    passed.push(logged);
                }
            }
            Ok::<_, VaultError>(passed)
        })?;
        Ok(events)
    }

    /// Whether there is such a connection, or was: nothing passes for a name that nobody knows.
    pub(super) fn refuse_unknown(&self, app: &App, vault: &Vault) -> Result<()> {
        let Some(asked) = &self.connection else {
            return Ok(());
        };
        let found = vault.read(|snapshot| {
            let found = select::find(snapshot, asked);
            let mut events = snapshot.events();
            let is_logged = events.any(|logged| {
                // what can't be read is for others to tell
                logged.map_or(true, |one| self.is_about(one.event.connection.as_deref()))
            });
            match found {
                Err(error @ ConnectionError::NotFound { .. }) if !is_logged => Err(error),
                _ => Ok(()),
            }
        });
        found.map_err(|error| advice::explained(app, error))
    }

    fn passes(&self, logged: &Logged) -> bool {
        let event = &logged.event;
        self.is_about(event.connection.as_deref())
            && (self.actions.is_empty() || self.actions.contains(&event.action))
            && self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at <= until)
            && (!self.failed || event.outcome != Outcome::Done)
    }

    /// Whether a connection of that name is one of those that were asked for.
    pub(super) fn is_about(&self, about: Option<&str>) -> bool {
        self.connection.as_ref().is_none_or(|wanted| match wanted {
            ConnectionRef::Exact(name) => about == Some(name.to_string().as_str()),
            ConnectionRef::Provider(provider) => {
                about.and_then(|name| name.split('/').next()) == Some(provider.as_str())
            }
        })
    }

    /// What is in force, each with its value.
    pub(super) fn words(&self) -> Vec<(&'static str, String)> {
        let mut words = Vec::new();
        if let Some(connection) = &self.connection {
            words.push(("connection", connection.to_string()));
        }
        if !self.actions.is_empty() {
            let actions: Vec<_> = self.actions.iter().copied().map(action_word).collect();
            words.push(("action", actions.join(", ")));
        }
        for (name, time) in [("since", self.since), ("until", self.until)] {
            words.extend(time.map(|time| (name, time.to_string())));
        }
        if self.failed {
            words.push(("failed", "true".to_owned()));
        }
        words
    }
}

/// The documented JSON object of one event.
pub(super) fn document(logged: &Logged) -> Value {
    let event = &logged.event;
    crate::json::json!({
        "schema": 1,
        "seq": logged.seq,
        "time": event.at.to_string(),
        "action": action_word(event.action),
        "connection": event.connection,
        "scopes": event.scopes,
        "outcome": outcome_word(event.outcome),
        "error_code": event.error_code,
        "detail": event.detail,
        "token": event.token,
        "caller": {
            "pid": event.caller.pid,
            "uid": event.caller.uid,
            "parent": event.caller.parent,
            "cwd": event.caller.cwd,
        },
    })
}

/// The action's name, as it stands in the log.
pub(super) fn action_word(action: Action) -> String {
    word(&action)
}

/// The outcome's name, as it stands in the log.
pub(super) fn outcome_word(outcome: Outcome) -> String {
    word(&outcome)
}

fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn action(text: &str) -> std::result::Result<Action, String> {
    serde_json::from_value(Value::String(text.to_owned()))
        .map_err(|_| format!("try one of {ACTIONS}"))
}

/// Reads a date, a time, or an age counted back from now.
pub(super) fn when(text: &str) -> std::result::Result<Timestamp, String> {
    if let Some(time) = Timestamp::parse(text) {
        return Ok(time);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (days, hours) = (format!("{text}d"), format!("{text}h"));
        return Err(format!(
            "`{text}` of what? try `{days}`, `{hours}` or a date such as 2026-11-20"
        ));
    }
    let age = duration(text).map_err(|_| {
        format!("`{text}` is not a date (2026-11-20), an RFC 3339 time or an age such as 7d")
    })?;
    Ok(moment().wall.minus(age))
}
