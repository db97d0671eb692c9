//! Points in time, as values: nothing here reads a clock (`app.rs` does).
//!
//! A [`Moment`] carries the wall clock and, where the system has one, the boot clock. Between two
//! moments of one boot only the boot clock counts, so a wall clock that jumps can neither keep a
//! dead token alive nor kill a live one.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Milliseconds since 1970-01-01T00:00:00Z by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment plus `duration`, saturating.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// This moment minus `duration`, saturating.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// How long after `earlier` this is; `None` when it is before.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Duration> {
        self.0
            .checked_sub(earlier.0)
            .and_then(|ms| u64::try_from(ms).ok())
            .map(Duration::from_millis)
    }

    /// Reads RFC 3339 (`2026-11-20T19:00:00Z`) or a UTC date (`2026-11-20`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let full = if text.len() == 10 {
            format!("{text}T00:00:00Z")
        } else {
            text.to_owned()
        };
        let parsed = OffsetDateTime::parse(&full, &Rfc3339).ok()?;
        i64::try_from(parsed.unix_timestamp_nanos() / 1_000_000)
            .ok()
            .map(Self)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with whole seconds; years outside 0 to 9999 print as `out of range`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        let text = OffsetDateTime::from_unix_timestamp(self.unix_seconds())
            .ok()
            .and_then(|moment| moment.format(&shape).ok());
        f.write_str(text.as_deref().unwrap_or("out of range"))
    }
}

/// A reading of the boot clock, which counts through suspend and never jumps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootTime {
    /// Names one boot of one machine (Linux: `/proc/sys/kernel/random/boot_id`).
    pub id: String,
    /// Milliseconds since that boot.
    pub millis: u64,
}

/// One reading of all clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The wall clock.
    pub wall: Timestamp,
    /// The boot clock, where the system has one.
    pub boot: Option<BootTime>,
}

impl Moment {
    /// The time that passed since `earlier`, or `None` when no clock can tell: the wall clock went
    /// backwards across boots.
    #[must_use]
    pub fn elapsed_since(&self, earlier: &Self) -> Option<Duration> {
        match (&self.boot, &earlier.boot) {
            (Some(now), Some(then)) if now.id == then.id => now
                .millis
                .checked_sub(then.millis)
                .map(Duration::from_millis),
            _ => self.wall.since(earlier.wall),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall_s: i64, boot: &str, boot_s: u64) -> Moment {
        Moment {
            wall: Timestamp::from_unix_millis(wall_s * 1000),
            boot: Some(BootTime {
                id: boot.to_owned(),
                millis: boot_s * 1000,
            }),
        }
    }

    #[test]
    fn within_one_boot_a_wall_clock_jump_changes_nothing() {
        let then = at(1_000_000, "a", 50);
        assert_eq!(
            at(0, "a", 80).elapsed_since(&then),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            at(9_000_000, "a", 80).elapsed_since(&then),
            Some(Duration::from_secs(30))
        );
    }

    #[test]
    fn across_boots_the_wall_clock_counts_and_going_backwards_is_unknown() {
        let then = at(1_000_000, "a", 50);
        assert_eq!(
            at(1_000_030, "b", 1).elapsed_since(&then),
            Some(Duration::from_secs(30))
        );
        assert_eq!(at(999_999, "b", 1).elapsed_since(&then), None);
    }

    #[test]
    fn timestamps_print_and_parse_rfc_3339() {
        let moment = Timestamp::from_unix_millis(1_795_000_000_123);
        assert_eq!(moment.to_string(), "2026-11-18T11:06:40Z");
        assert_eq!(
            Timestamp::parse("2026-11-18T11:06:40Z").map(Timestamp::unix_seconds),
            Some(1_795_000_000)
        );
        assert_eq!(
            Timestamp::parse("2026-11-18").map(|t| t.to_string()),
            Some("2026-11-18T00:00:00Z".to_owned())
        );
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(
            Timestamp::from_unix_millis(i64::MAX).to_string(),
            "out of range"
        );
    }
}
