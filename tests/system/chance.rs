//! Random choices that can be made again: every run prints its seed, `OAUTHCTL_SEED` repeats one.

use std::env;
use std::time::{Duration, SystemTime};

use crate::rig;

/// A stream of random numbers (`SplitMix64`).
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    /// A stream for one trial, whose name and seed are printed.
    pub(crate) fn new(trial: &str) -> Chance {
        let given = env::var("OAUTHCTL_SEED").ok().map(|text| text.parse());
        let seed = given.map_or_else(
            || {
                let age = SystemTime::UNIX_EPOCH.elapsed().expect("a clock");
                u64::from(age.subsec_nanos()) ^ age.as_secs()
            },
            |seed| seed.expect("a number in `OAUTHCTL_SEED`"),
        );
        rig::say(&format!("{trial}: OAUTHCTL_SEED={seed}"));
        Chance(seed)
    }

    /// The stream of one seed.
    pub(crate) fn seeded(seed: u64) -> Chance {
        Chance(seed)
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("a size");
        usize::try_from(self.next() % bound).expect("a size")
    }

    /// A moment between now and `length` later.
    pub(crate) fn within(&mut self, length: Duration) -> Duration {
        let nanos = u64::try_from(length.as_nanos()).expect("less than centuries");
        Duration::from_nanos(self.next() % nanos.max(1))
    }
}
