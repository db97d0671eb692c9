//! With `--online`: whether the providers can be reached, by what TLS says, and their clocks.

use std::time::Duration;

use crate::app::moment;
use crate::commands::block_on;
use crate::commands::doctor::Patient;
use crate::commands::doctor::check::Check;
use crate::error::{Kind, Result};
use crate::flow::reach::reach;
use crate::http::{Http, Limits};
use crate::moment::Timestamp;
use crate::ui::span;

const TOPIC: &str = "network";

/// A diagnosis does not wait as long as a sign-in may.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    whole: Duration::from_secs(10),
    headers: 32 * 1024,
    body: 256 * 1024,
};

/// ID tokens and signed statements are refused by servers from about here.
const TOLERABLE: Duration = Duration::from_secs(60);

pub(super) fn checks(patient: &Patient, online: bool) -> Result<Vec<Check>> {
    if !online {
        let check = Check::skip(TOPIC, "nobody was contacted");
        return Ok(vec![
            check.hint("`oauthctl doctor --online` asks the providers' hosts"),
        ]);
    }
    if patient.definitions().next().is_none() {
        let check = Check::skip(
            TOPIC,
            "no provider is in use, so there is nobody to contact",
        );
        return Ok(vec![
            check.hint("name one: `oauthctl doctor github --online`"),
        ]);
    }
    let http = Http::new(LIMITS);
    block_on(async {
        let mut checks = Vec::new();
        for definition in patient.definitions() {
            let started = moment().wall;
            let reached = reach(&http, &definition.token_endpoint).await;
            let (host, ended) = (definition.token_endpoint.authority(), moment().wall);
            match reached {
                Ok(date) => {
                    let text = format!("`{host}` answers");
                    checks.push(Check::ok(TOPIC, text).of(&definition.name));
                    checks.push(clock(date, started, ended).of(&definition.name));
                }
                Err(error) => checks.push(
                    Check::fail(TOPIC, Kind::Temporary, error.to_string())
                        .of(&definition.name)
                        .hint(format!("see what curl says: `curl -I https://{host}/`"))
                        .hint("behind a proxy: `export HTTPS_PROXY=http://HOST:PORT`"),
                ),
            }
        }
        Ok(checks)
    })
}

/// A `Date` has whole seconds and was written between the two.
fn clock(date: Option<Timestamp>, started: Timestamp, ended: Timestamp) -> Check {
    const TOPIC: &str = "clock";
    let Some(date) = date else {
        return Check::skip(TOPIC, "its answer has no date to compare with");
    };
    let latest = date.plus(Duration::from_secs(1));
    let (off, way) = match (started.since(latest), date.since(ended)) {
        (Some(ahead), _) => (ahead, "ahead of"),
        (None, Some(behind)) => (behind, "behind"),
        (None, None) => (Duration::ZERO, ""),
    };
    if off <= TOLERABLE {
        return Check::ok(TOPIC, "this machine's fits its own");
    }
    let text = format!(
        "this machine's is {} {way} its own: signatures and ID tokens will be refused",
        span(off)
    );
    Check::fail(TOPIC, Kind::Failed, text).hint("set it: `timedatectl set-ntp true`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_when_no_moment_of_the_request_fits_the_date() {
        let at = |seconds| Timestamp::from_unix_millis(seconds * 1000);
        let off =
            |date: i64, started: i64, ended: i64| clock(Some(at(date)), at(started), at(ended));
        for (date, started, ended) in [
            (100, 100, 101),
            (100, 160, 161),
            (160, 100, 101),
            (105, 100, 110),
        ] {
            assert!(off(date, started, ended).failure().is_none(), "{date}");
        }
        assert!(off(1000, 4600, 4601).text.contains("59m ahead of"));
        assert!(off(4600, 1000, 1001).text.contains("59m behind"));
        assert!(off(4600, 1000, 1001).failure().is_some());
        assert!(clock(None, at(1), at(2)).failure().is_none());
    }
}
