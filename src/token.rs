//! Tokens as the program thinks of them: a set that came in one answer, and when it came.

use std::time::Duration;

use crate::moment::{Moment, Timestamp};
use crate::names::Scope;
use crate::secret::Secret;

/// What one token answer granted (RFC 6749 section 5.1).
#[derive(Debug, Clone)]
pub struct TokenSet {
    /// The access token.
    pub access_token: Secret,
    /// How the access token is presented, as answered and lower-cased: `bearer`, `dpop`.
    pub token_type: String,
    /// The refresh token, where there is one.
    pub refresh_token: Option<Secret>,
    /// When the request for this set was **started**; the lifetime counts from there.
    pub obtained: Moment,
    /// How long the access token lives.
    pub lifetime: Lifetime,
    /// The scopes that are granted, as the provider spells them.
    pub granted: Vec<Scope>,
}

/// How long an access token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// `expires_in`, from the start of the request.
    Limited(Duration),
    /// Until it is revoked.
    Forever,
    /// The provider doesn't say.
    Unknown,
}

/// What is left of an access token's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remaining {
    /// It lives this much longer.
    Time(Duration),
    /// It does not expire, as far as anybody knows.
    Unlimited,
    /// It is over.
    Expired,
    /// The clocks can't tell; treat it as expired, never as valid.
    ClockUnsure,
}

impl TokenSet {
    /// What is left at `now`.
    #[must_use]
    pub fn remaining(&self, now: &Moment) -> Remaining {
        let Lifetime::Limited(lifetime) = self.lifetime else {
            return Remaining::Unlimited;
        };
        match now.elapsed_since(&self.obtained) {
            None => Remaining::ClockUnsure,
            Some(elapsed) => match lifetime.checked_sub(elapsed) {
                Some(left) if !left.is_zero() => Remaining::Time(left),
                _ => Remaining::Expired,
            },
        }
    }

    /// Whether the access token is good for at least `wanted` longer; by default for 60 s or a
    /// tenth of its lifetime, the smaller.
    #[must_use]
    pub fn is_fresh(&self, now: &Moment, wanted: Option<Duration>) -> bool {
        match self.remaining(now) {
            Remaining::Time(left) => left >= wanted.unwrap_or_else(|| self.default_min_ttl()),
            Remaining::Unlimited => true,
            Remaining::Expired | Remaining::ClockUnsure => false,
        }
    }

    fn default_min_ttl(&self) -> Duration {
        match self.lifetime {
            Lifetime::Limited(lifetime) => Duration::from_secs(60).min(lifetime / 10),
            Lifetime::Forever | Lifetime::Unknown => Duration::ZERO,
        }
    }

    /// When the access token ends by the wall clock, for display only.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self.lifetime {
            Lifetime::Limited(lifetime) => Some(self.obtained.wall.plus(lifetime)),
            Lifetime::Forever | Lifetime::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::BootTime;

    fn at(seconds: u64) -> Moment {
        Moment {
            wall: Timestamp::from_unix_millis(0),
            boot: Some(BootTime {
                id: "b".to_owned(),
                millis: seconds * 1000,
            }),
        }
    }

    fn set(lifetime: Lifetime) -> TokenSet {
        TokenSet {
            access_token: Secret::new("a".to_owned()),
            token_type: "bearer".to_owned(),
            refresh_token: None,
            obtained: at(100),
            lifetime,
            granted: Vec::new(),
        }
    }

    #[test]
    fn the_default_margin_is_a_tenth_of_the_lifetime_up_to_60_seconds() {
        let short = set(Lifetime::Limited(Duration::from_secs(30)));
        assert!(short.is_fresh(&at(127), None));
        assert!(!short.is_fresh(&at(128), None));
        let hour = set(Lifetime::Limited(Duration::from_secs(3600)));
        assert!(hour.is_fresh(&at(100 + 3540), None));
        assert!(!hour.is_fresh(&at(100 + 3541), None));
        assert!(!hour.is_fresh(&at(100), Some(Duration::from_secs(4000))));
    }

    #[test]
    fn unlimited_tokens_are_fresh_and_unsure_clocks_are_not() {
        assert!(set(Lifetime::Forever).is_fresh(&at(1 << 30), Some(Duration::MAX)));
        assert!(set(Lifetime::Unknown).is_fresh(&at(1 << 30), None));
        let limited = set(Lifetime::Limited(Duration::from_secs(60)));
        assert_eq!(limited.remaining(&at(99)), Remaining::ClockUnsure);
        assert_eq!(limited.remaining(&at(160)), Remaining::Expired);
    }
}
