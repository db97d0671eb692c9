//! What a log comes to: counted by day, by caller, by connection and by failure. Nothing is read or
//! drawn here.

use std::collections::BTreeMap;

use crate::commands::audit::filter;
use crate::moment::Timestamp;
use crate::vault::{Action, Event, Logged, Outcome};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A chart shows at least so many days, so that a single one is no wall.
const LEAST_DAYS: i64 = 7;

/// Events by what they were; each counts once, and what did not succeed is a failure only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) hand_outs: u64,
    pub(super) refreshes: u64,
    pub(super) other: u64,
    pub(super) failures: u64,
}

impl Counts {
    /// In the order in which they are named everywhere.
    pub(super) const NAMES: [&'static str; 4] = ["hand-outs", "refreshes", "other", "failures"];

    /// The same of a single one.
    pub(super) const ONE: [&'static str; 4] = ["hand-out", "refresh", "other", "failure"];

    pub(super) const fn each(&self) -> [u64; 4] {
        [self.hand_outs, self.refreshes, self.other, self.failures]
    }

    pub(super) fn all(&self) -> u64 {
        self.each().iter().sum()
    }

    fn count(&mut self, event: &Event) {
        let place = match (event.outcome, event.action) {
            (Outcome::Temporary | Outcome::Failed | Outcome::Refused, _) => &mut self.failures,
            (Outcome::Done, Action::HandOut) => &mut self.hand_outs,
            (Outcome::Done, Action::Refresh) => &mut self.refreshes,
            (Outcome::Done, _) => &mut self.other,
        };
        *place += 1;
    }

    fn add(&mut self, more: &Self) {
        self.hand_outs += more.hand_outs;
        self.refreshes += more.refreshes;
        self.other += more.other;
        self.failures += more.failures;
    }
}

/// Everything of one name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// `None` where the log names none.
    pub(super) name: Option<String>,
    pub(super) counts: Counts,
}

/// What failed in the same way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) connection: Option<String>,
    pub(super) action: String,
    pub(super) outcome: String,
    pub(super) error_code: Option<String>,
    pub(super) count: u64,
    pub(super) last: Timestamp,
}

/// Some days in a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    /// Its first day, counted from 1970-01-01.
    pub(super) day: i64,
    pub(super) counts: Counts,
}

#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) totals: Counts,
    /// When the first and the last event were, by the wall clock.
    pub(super) range: Option<(Timestamp, Timestamp)>,
    /// By the day in UTC, counted from 1970-01-01; days without events are left out.
    pub(super) days: BTreeMap<i64, Counts>,
    /// By program, and by connection; the most used first.
    pub(super) callers: Vec<Share>,
    pub(super) connections: Vec<Share>,
    /// The most frequent first.
    pub(super) failures: Vec<Failure>,
}

impl Figures {
    pub(super) fn of(events: &[Logged]) -> Self {
        let mut figures = Self::default();
        let (mut callers, mut connections) = (BTreeMap::new(), BTreeMap::new());
        let mut failures: BTreeMap<[Option<String>; 4], (u64, Timestamp)> = BTreeMap::new();
        for Logged { event, .. } in events {
            let at = event.at;
            figures.totals.count(event);
            figures.range = Some(
                figures
                    .range
                    .map_or((at, at), |(from, to)| (from.min(at), to.max(at))),
            );
            figures.days.entry(day_of(at)).or_default().count(event);
            let shares = [
                (&mut callers, &event.caller.parent),
                (&mut connections, &event.connection),
            ];
            for (shares, name) in shares {
                let counts: &mut Counts = shares.entry(name.clone()).or_default();
                counts.count(event);
            }
            if event.outcome != Outcome::Done {
                let key = [
                    event.connection.clone(),
                    Some(filter::action_word(event.action)),
                    Some(filter::outcome_word(event.outcome)),
                    event.error_code.clone(),
                ];
                let (count, last) = failures.entry(key).or_insert((0, at));
                *count += 1;
                *last = at.max(*last);
            }
        }
        figures.callers = ranked(callers);
        figures.connections = ranked(connections);
        figures.failures = failures.into_iter().map(failure).collect();
        figures
            .failures
            .sort_by_key(|failure| std::cmp::Reverse(failure.count));
        figures
    }

    /// Days in a row, at most `most` of them; where there are more, as many weeks in one as it takes.
    /// Beside them how many days each stands for.
    pub(super) fn buckets(&self, most: i64) -> (i64, Vec<Bucket>) {
        let (Some((&first, _)), Some((&last, _))) =
            (self.days.first_key_value(), self.days.last_key_value())
        else {
            return (1, Vec::new());
        };
        let first = first.min(last - (LEAST_DAYS - 1));
        let days = last - first + 1;
        let width = match (days + most - 1) / most {
            1 => 1,
            more => (more + 6) / 7 * 7,
        };
        let mut buckets: Vec<Bucket> = (0..(days + width - 1) / width)
            .map(|number| Bucket {
                day: first + number * width,
                counts: Counts::default(),
            })
            .collect();
        for (day, counts) in &self.days {
            let number = usize::try_from((day - first) / width).unwrap_or_default();
            if let Some(bucket) = buckets.get_mut(number) {
                bucket.counts.add(counts);
            }
        }
        (width, buckets)
    }
}

fn day_of(at: Timestamp) -> i64 {
    at.unix_millis().div_euclid(DAY)
}

/// A day as people write it: `2026-11-20`.
pub(super) fn date(day: i64) -> String {
    let text = Timestamp::from_unix_millis(day.saturating_mul(DAY)).to_string();
    match text.split_once('T') {
        Some((date, _)) => date.to_owned(),
        None => text,
    }
}

fn ranked(shares: BTreeMap<Option<String>, Counts>) -> Vec<Share> {
    let mut shares: Vec<Share> = shares
        .into_iter()
        .map(|(name, counts)| Share { name, counts })
        .collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.counts.all()));
    shares
}

fn failure((key, (count, last)): ([Option<String>; 4], (u64, Timestamp))) -> Failure {
    let [connection, action, outcome, error_code] = key;
    Failure {
        connection,
        action: action.unwrap_or_default(),
        outcome: outcome.unwrap_or_default(),
        error_code,
        count,
        last,
    }
}

/// The first `most` shares, and the rest as one where it is more than one.
pub(super) fn top(shares: &[Share], most: usize) -> (&[Share], Option<(usize, Counts)>) {
    if shares.len() <= most + 1 {
        return (shares, None);
    }
    let (top, rest) = shares.split_at(most);
    let mut counts = Counts::default();
    for share in rest {
        counts.add(&share.counts);
    }
    (top, Some((rest.len(), counts)))
}

/// How far along a scale a span is that gives the same room to an hour, a day, a week, a month and a
/// year, in hundredths: tokens live minutes and grants live months.
pub(super) fn along(seconds: u64) -> u64 {
    const STEPS: [u64; 6] = [0, 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400];
    let mut place = 0;
    for (from, to) in STEPS.iter().zip(STEPS.iter().skip(1)) {
        if seconds < *to {
            return place + seconds.saturating_sub(*from) * 20 / (to - from);
        }
        place += 20;
    }
    100
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Caller;

    fn event(at: &str, action: Action, outcome: Outcome, by: &str) -> Logged {
        Logged {
            seq: 1,
            event: Event {
                at: Timestamp::parse(at).unwrap(),
                boot: None,
                action,
                connection: Some("github/octocat".to_owned()),
                scopes: Vec::new(),
                outcome,
                error_code: (outcome != Outcome::Done).then(|| "invalid_grant".to_owned()),
                detail: None,
                token: None,
                caller: Caller {
                    parent: Some(by.to_owned()),
                    ..Caller::default()
                },
            },
        }
    }

    fn log() -> Vec<Logged> {
        vec![
            event("2026-11-20T23:59:59Z", Action::HandOut, Outcome::Done, "a"),
            event("2026-11-21", Action::HandOut, Outcome::Done, "b"),
            event("2026-11-21", Action::Refresh, Outcome::Done, "b"),
            event("2026-11-23", Action::Refresh, Outcome::Temporary, "b"),
            event("2026-11-22", Action::Connect, Outcome::Done, "a"),
            event("2026-11-22", Action::Refresh, Outcome::Temporary, "a"),
        ]
    }

    #[test]
    fn each_event_counts_once_in_every_view() {
        let figures = Figures::of(&log());
        assert_eq!(figures.totals.each(), [2, 1, 1, 2]);
        let sum = |all: Vec<Counts>| all.iter().map(Counts::all).sum::<u64>();
        assert_eq!(sum(figures.days.values().copied().collect()), 6);
        assert_eq!(
            sum(figures.callers.iter().map(|one| one.counts).collect()),
            6
        );
        let (from, to) = figures.range.unwrap();
        assert_eq!(from.to_string(), "2026-11-20T23:59:59Z");
        // not the last one of the log: a clock was set back
        assert_eq!(to.to_string(), "2026-11-23T00:00:00Z");
        let days: Vec<_> = figures.days.keys().map(|day| date(*day)).collect();
        assert_eq!(
            days,
            ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
        );
        let [failure] = figures.failures.as_slice() else {
            panic!("{:?}", figures.failures);
        };
        assert_eq!((failure.count, failure.action.as_str()), (2, "refresh"));
        assert_eq!(failure.last, to);
    }

    #[test]
    fn the_most_used_comes_first_and_the_rest_is_one() {
        let mut log = log();
        log.push(event("2026-11-22", Action::HandOut, Outcome::Done, "c"));
        log.push(event("2026-11-22", Action::HandOut, Outcome::Done, "b"));
        let figures = Figures::of(&log);
        let names: Vec<_> = figures.callers.iter().flat_map(|one| &one.name).collect();
        assert_eq!(names, ["b", "a", "c"]);
        assert!(
            top(&figures.callers, 2).1.is_none(),
            "a rest of one is shown"
        );
        let (first, rest) = top(&figures.callers, 1);
        assert_eq!((first.len(), rest.unwrap().0), (1, 2));
        assert_eq!(rest.unwrap().1.all(), 4);
    }

    #[test]
    fn days_become_weeks_where_there_are_many_and_nothing_gets_lost() {
        let mut log = log();
        let (width, buckets) = Figures::of(&log).buckets(60);
        assert_eq!((width, buckets.len()), (1, 7));
        assert_eq!(
            buckets.last().map(|bucket| date(bucket.day)).unwrap(),
            "2026-11-23"
        );
        log.push(event("2026-01-01", Action::HandOut, Outcome::Done, "a"));
        let (width, buckets) = Figures::of(&log).buckets(60);
        assert_eq!((width, buckets.len()), (7, 47));
        // clocks that were centuries off
        log.push(event("1970-01-01", Action::HandOut, Outcome::Done, "a"));
        log.push(event("9999-12-31", Action::HandOut, Outcome::Done, "a"));
        let (_, buckets) = Figures::of(&log).buckets(60);
        assert!(buckets.len() <= 60);
        assert_eq!(buckets.iter().map(|one| one.counts.all()).sum::<u64>(), 9);
        assert!(Figures::of(&[]).buckets(60).1.is_empty());
    }

    #[test]
    fn an_hour_has_as_much_room_as_a_year() {
        let places = [0, 1800, 3600, 86_400, 7 * 86_400, 365 * 86_400, u64::MAX].map(along);
        assert_eq!(places, [0, 10, 20, 40, 60, 100, 100]);
    }
}
