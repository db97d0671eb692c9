//! How a connection is shown: the same words in `list`, `show` and `--json`, never a secret.

use serde_json::Value;

use crate::connection::replaced::Earlier;
use crate::connection::state::{Connection, GrantKind, State};
use crate::json::json;
use crate::moment::Moment;
use crate::token::{Lifetime, Remaining, TokenSet};
use crate::ui::span;

/// The documented JSON object of one connection.
pub(super) fn document(connection: &Connection, earlier: &Earlier, now: &Moment) -> Value {
    let set = connection.state.set();
    json!({
        "schema": 1,
        "connection": connection.name.to_string(),
        "provider": connection.name.provider.to_string(),
        "account": connection.name.account.to_string(),
        "subject": connection.subject,
        "issuer": connection.stamp.issuer,
        "client_id": connection.stamp.client_id.to_string(),
        "grant": connection.grant.word(),
        "state": connection.state.word().replace('-', "_"),
        "reason": reason(&connection.state),
        "expires_at": set.and_then(TokenSet::expires_at).map(|at| at.to_string()),
        "expires_in_seconds": set.and_then(|set| match set.remaining(now) {
            Remaining::Time(left) => Some(left.as_secs()),
            Remaining::Expired => Some(0),
            Remaining::Unlimited | Remaining::ClockUnsure => None,
        }),
        "refreshable": is_refreshable(connection),
        "scopes": set.map(granted).unwrap_or_default(),
        "scopes_checked": connection.grant != GrantKind::Supplied,
        "requested_scopes":
            connection.requested.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "created_at": connection.created.to_string(),
        "earlier_consents": earlier.here,
        "earlier_exports": earlier.away.count(),
    })
}

/// Whether new tokens can be had without a person.
pub(super) fn is_refreshable(connection: &Connection) -> bool {
    let set = connection.state.set();
    let has_refresh_token = set.is_some_and(|set| set.refresh_token.is_some());
    // A suspect one is refreshed only when a person names it.
    !connection.state.is_suspect() && (connection.grant.needs_nobody() || has_refresh_token)
}

/// What is left of the access token, in words.
pub(super) fn expiry(state: &State, now: &Moment) -> String {
    let Some(set) = state.usable() else {
        return "-".to_owned();
    };
    match set.remaining(now) {
        Remaining::Time(left) => format!("in {}", span(left)),
        Remaining::Expired if set.refresh_token.is_some() && !state.is_suspect() => {
            "refreshed when used".to_owned()
        }
        Remaining::Expired => "expired".to_owned(),
        Remaining::ClockUnsure => "unsure, the clock jumped".to_owned(),
        Remaining::Unlimited if set.lifetime == Lifetime::Forever => "never".to_owned(),
        Remaining::Unlimited => "not said".to_owned(),
    }
}

/// Why the state is what it is, where a person should know.
pub(super) fn reason(state: &State) -> Option<String> {
    match state {
        State::NeedsLogin { reason, .. } => Some(reason.words()),
        state if state.is_suspect() => {
            Some("it may have been refreshed elsewhere since".to_owned())
        }
        State::Refreshing { .. } => Some("a refresh is under way or was cut off".to_owned()),
        State::Revoking { .. } => Some("the provider has not confirmed its revocation".to_owned()),
        State::Active(_) | State::Suspect(_) | State::Moved => None,
    }
}

fn granted(set: &TokenSet) -> Vec<String> {
    set.granted.iter().map(ToString::to_string).collect()
}
