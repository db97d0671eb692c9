//! When each connection ends, as far as its tokens and its provider's rules tell.

use std::time::Duration;

use crate::app::moment;
use crate::commands::doctor::Patient;
use crate::commands::doctor::check::Check;
use crate::connection::state::{Connection, LoginReason, State};
use crate::error::Kind;
use crate::moment::{Moment, Timestamp};
use crate::names::ConnectionName;
use crate::provider::definition::Limits;
use crate::token::{Lifetime, Remaining, TokenSet};
use crate::ui::{shell_word, span};

const TOPIC: &str = "connection";

/// What is left when a person should know.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

pub(super) fn checks(patient: &Patient) -> Vec<Check> {
    let now = moment();
    let check = |connection: &Connection| {
        let provider = patient.providers.get(&connection.name.provider);
        let limits = match provider {
            Some(Ok(definition)) => definition.limits,
            Some(Err(_)) | None => Limits::default(),
        };
        let consented = patient.consents.get(&connection.name.to_string());
        let consented = consented.copied().unwrap_or(connection.created);
        forecast(connection, limits, consented, &now).of(&connection.name)
    };
    let mut checks: Vec<_> = patient.connections.iter().map(check).collect();
    let shown = |name: &&ConnectionName| patient.connections.iter().any(|one| one.name == **name);
    for name in patient.exported.iter().filter(shown) {
        let text = "what it was before was moved to another vault, and may live on there";
        let name = name.to_string();
        let way = format!("`oauthctl show {}`", shell_word(&name));
        checks.push(Check::warn(TOPIC, text).hint(way).of(&name));
    }
    checks
}

fn forecast(connection: &Connection, limits: Limits, consented: Timestamp, now: &Moment) -> Check {
    let name = &connection.name;
    let connect = if connection.sealed_for.is_some() {
        let (name, option) = (shell_word(&name.to_string()), connection.grant.option());
        format!("connect at home, `oauthctl connect {name}{option}`, and export anew")
    } else {
        sign_in_again(connection)
    };
    match &connection.state {
        State::NeedsLogin { reason, .. } => {
            let why = match reason {
                // the provider's own words may say who it is
                LoginReason::Ended { code, .. } => format!("the provider ended it (`{code}`)"),
                LoginReason::LostAnswer { .. } | LoginReason::NoRefreshToken => reason.words(),
            };
            Check::fail(TOPIC, Kind::LoginRequired, why).hint(connect)
        }
        State::Revoking { .. } => {
            Check::warn(TOPIC, "the provider has not confirmed its revocation")
                .hint(format!("`oauthctl revoke {name}`"))
        }
        state if state.is_suspect() => Check::warn(
            TOPIC,
            "it may have been refreshed elsewhere since this vault was saved",
        )
        .hint(format!(
            "if this vault is the only one in use: `oauthctl refresh {name}`"
        )),
        State::Moved => Check::skip(TOPIC, "it lives in another vault now"),
        State::Active(set) | State::Refreshing { set, .. } | State::Suspect(set) => {
            if connection.grant.needs_nobody() {
                return Check::ok(TOPIC, "asked for anew by itself whenever it is over");
            }
            if set.refresh_token.is_some() {
                refreshable(connection, set, limits, consented, now)
            } else {
                fixed(set, limits, now, connect)
            }
        }
    }
}

/// Lives on as long as it is used, up to what the provider allows.
fn refreshable(
    connection: &Connection,
    set: &TokenSet,
    limits: Limits,
    consented: Timestamp,
    now: &Moment,
) -> Check {
    let refresh = format!("`oauthctl refresh {}`", connection.name);
    let connect = sign_in_again(connection);
    let used = set.obtained.wall;
    if let Some(trouble) = &connection.trouble
        && trouble.left(now).is_some()
    {
        return Check::warn(TOPIC, format!("not refreshed for now: {}", trouble.words()))
            .hint(format!("go ahead at once: {refresh}"));
    }
    if let Some(total) = limits.total {
        let end = consented.plus(total);
        match end.since(now.wall) {
            None => {
                let text = format!(
                    "the provider ends it {} after consent: it is over",
                    span(total)
                );
                return Check::warn(TOPIC, text).hint(connect);
            }
            Some(left) if left < SOON => {
                let text = format!("it ends in {}, however much it is used", span(left));
                return Check::warn(TOPIC, text).hint(connect);
            }
            Some(_) => {}
        }
    }
    if let Some(idle) = limits.idle {
        match used.plus(idle).since(now.wall) {
            None => {
                let text = format!(
                    "not refreshed for {}, after which the provider ends it",
                    span(idle)
                );
                return Check::warn(TOPIC, text).hint(format!("see whether it lives: {refresh}"));
            }
            Some(left) if left < SOON => {
                let text = format!("it ends in {} unless it is used", span(left));
                return Check::warn(TOPIC, text).hint(format!("use it: {refresh}"));
            }
            Some(_) => {}
        }
    }
    let mut text = "refreshed when used".to_owned();
    let ends = [
        limits
            .idle
            .and_then(|idle| Some(("unused it ends", used.plus(idle).since(now.wall)?))),
        limits
            .total
            .and_then(|total| Some(("it ends", consented.plus(total).since(now.wall)?))),
        // Once it was refreshed after that time, its registration is not one for testing.
        limits
            .testing
            .filter(|testing| used < consented.plus(*testing))
            .and_then(|testing| {
                let left = consented.plus(testing).since(now.wall)?;
                Some(("if its app is in testing it ends", left))
            }),
    ];
    for (what, left) in ends.into_iter().flatten() {
        text.extend(["; ", what, " in ", &span(left)]);
    }
    Check::ok(TOPIC, text)
}

fn sign_in_again(connection: &Connection) -> String {
    let name = shell_word(&connection.name.to_string());
    format!(
        "sign in again: `oauthctl connect {name}{}`",
        connection.grant.option()
    )
}

/// Lives as long as its access token.
fn fixed(set: &TokenSet, limits: Limits, now: &Moment, connect: String) -> Check {
    match set.remaining(now) {
        Remaining::Expired => {
            let text = "its access token is over, and there is no refresh token";
            Check::fail(TOPIC, Kind::LoginRequired, text).hint(connect)
        }
        Remaining::ClockUnsure => {
            Check::warn(TOPIC, "not known when it ends: the clock jumped").hint(connect)
        }
        Remaining::Time(left) if left < SOON => {
            let text = format!("it ends in {}: there is no refresh token", span(left));
            Check::warn(TOPIC, text).hint(connect)
        }
        Remaining::Time(left) => Check::ok(TOPIC, format!("it ends in {}", span(left))),
        Remaining::Unlimited => {
            let mut text = match set.lifetime {
                Lifetime::Forever => "lives until it is revoked",
                Lifetime::Unknown | Lifetime::Limited(_) => "lives until it is refused",
            }
            .to_owned();
            if let Some(unused) = limits.unused {
                text.extend([", or unused for ", &span(unused)]);
            }
            Check::ok(TOPIC, text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::check::Level;
    use crate::connection::GrantKind;
    use crate::connection::state::{Issue, Stamp};
    use crate::connection::tickets::Tickets;
    use crate::secret::Secret;

    const DAY: i64 = 24 * 60 * 60;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_unix_millis((20_000 + day) * DAY * 1000)
    }

    fn moment(day: i64) -> Moment {
        Moment {
            wall: at(day),
            boot: None,
        }
    }

    /// Connected on day 0, last refreshed on `refreshed`.
    fn connection(refreshed: i64, lifetime: Lifetime, refresh_token: bool) -> Connection {
        let secret = || Secret::new("t".to_owned());
        let set = TokenSet {
            access_token: secret(),
            token_type: "bearer".to_owned(),
            refresh_token: refresh_token.then(secret),
            obtained: moment(refreshed),
            lifetime,
            granted: Vec::new(),
        };
        Connection {
            name: "google/me".parse().unwrap(),
            subject: None,
            stamp: Stamp {
                issuer: None,
                token_endpoint: "https://as.example/token".parse().unwrap(),
                revocation: None,
                client_id: "id".parse().unwrap(),
                redirect_uri: None,
            },
            requested: Vec::new(),
            created: at(0),
            grant: GrantKind::AuthorizationCode,
            dpop: None,
            issue: Issue::of_consent(1, 1, None),
            state: State::Active(set),
            trouble: None,
            sealed_for: None,
            tickets: Tickets::default(),
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn the_forecast_follows_the_providers_limits() {
        let days = |days: i64| Some(Duration::from_secs((days * DAY).unsigned_abs()));
        let hour = Lifetime::Limited(Duration::from_secs(3600));
        let year = Lifetime::Limited(Duration::from_secs((365 * DAY).unsigned_abs()));
        let none = Limits::default();
        let idle = Limits {
            idle: days(90),
            ..none
        };
        let total = Limits {
            total: days(180),
            ..none
        };
        let testing = Limits {
            testing: days(7),
            ..none
        };
        let login = Level::Fail(Kind::LoginRequired);
        // refreshed on, lifetime, has a refresh token, limits, today, level, what is said
        for (refreshed, lifetime, has, limits, today, level, said) in [
            (0, hour, true, none, 500, Level::Ok, "refreshed when used"),
            (0, hour, true, idle, 10, Level::Ok, "unused it ends in 80d"),
            (
                0,
                hour,
                true,
                idle,
                80,
                Level::Warn,
                "it ends in 10d unless",
            ),
            (
                0,
                hour,
                true,
                idle,
                91,
                Level::Warn,
                "not refreshed for 90d",
            ),
            (70, hour, true, idle, 91, Level::Ok, "unused it ends in 69d"),
            (99, hour, true, total, 100, Level::Ok, "it ends in 80d"),
            (169, hour, true, total, 170, Level::Warn, "however much"),
            (180, hour, true, total, 181, Level::Warn, "it is over"),
            (
                2,
                hour,
                true,
                testing,
                3,
                Level::Ok,
                "in testing it ends in 4d",
            ),
            (8, hour, true, testing, 9, Level::Ok, "refreshed when used"),
            (0, hour, false, none, 1, login, "no refresh token"),
            (0, year, false, none, 360, Level::Warn, "ends in 5d"),
            (0, year, false, none, 100, Level::Ok, "ends in 265d"),
            (
                0,
                Lifetime::Forever,
                false,
                none,
                9,
                Level::Ok,
                "until it is revoked",
            ),
            (
                0,
                Lifetime::Unknown,
                false,
                none,
                9,
                Level::Ok,
                "until it is refused",
            ),
        ] {
            let connection = connection(refreshed, lifetime, has);
            let check = forecast(&connection, limits, at(0), &moment(today));
            assert_eq!(check.level, level, "{check:?}");
            assert!(check.text.contains(said), "{said}: {check:?}");
            assert_eq!(check.hints.is_empty(), level == Level::Ok, "{check:?}");
        }
    }
}
