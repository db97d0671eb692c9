//! When grants end by themselves, from days to durations.

use std::time::Duration;

use super::definition::Limits;
use super::file;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn limits(section: file::Limits) -> Limits {
    let days = |days: Option<u16>| days.filter(|days| *days > 0).map(|days| DAY * days.into());
    Limits {
        idle: days(section.idle),
        unused: days(section.unused),
        total: days(section.total),
        testing: days(section.testing),
    }
}
