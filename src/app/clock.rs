//! The clocks. Nothing else in the program reads them.

use std::sync::OnceLock;

use crate::moment::{BootTime, Moment, Timestamp};

/// Reads the clocks. The only place that does.
#[must_use]
pub fn moment() -> Moment {
    #[expect(clippy::disallowed_methods, reason = "this function owns the clock")]
    let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let millis = wall.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    });
    Moment {
        wall: Timestamp::from_unix_millis(millis),
        boot: boot_time(),
    }
}

#[cfg(target_os = "linux")]
fn boot_time() -> Option<BootTime> {
    use rustix::time::{ClockId, clock_gettime};

    // Of one boot for as long as this process lives.
    static ID: OnceLock<Option<String>> = OnceLock::new();
    let read = || std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    let id = ID.get_or_init(|| Some(read()?.trim().to_owned())).clone()?;
    let now = clock_gettime(ClockId::Boottime);
    let millis =
        u64::try_from(now.tv_sec).ok()? * 1000 + u64::try_from(now.tv_nsec).ok()? / 1_000_000;
    Some(BootTime { id, millis })
}

#[cfg(not(target_os = "linux"))]
fn boot_time() -> Option<BootTime> {
    None
}
