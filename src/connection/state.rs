//! A connection and the state it is in.
//!
//! The hard idea: a state owns exactly the data that it needs, so "refreshing without an intent" or
//! "active without tokens" can't be written down. Expiry is computed from the set, never stored.

use std::cmp::Ordering;
use std::time::Duration;

use crate::connection::exchange_source::TokenSource;
use crate::connection::tickets::Tickets;
use crate::endpoint::Endpoint;
use crate::moment::{Moment, Timestamp};
use crate::names::{ClientId, ConnectionName, Scope, hex};
use crate::signing::SigningKey;
use crate::token::TokenSet;

/// One authorised account at one provider.
#[derive(Debug, Clone)]
pub struct Connection {
    /// How people call it.
    pub name: ConnectionName,
    /// The provider's stable id of the account, where it gives one.
    pub subject: Option<String>,
    /// Where its tokens may be sent.
    pub stamp: Stamp,
    /// The scopes that were asked for.
    pub requested: Vec<Scope>,
    /// When the account was first connected.
    pub created: Timestamp,
    /// How the tokens came.
    pub grant: GrantKind,
    /// The key that its tokens are bound to (RFC 9449).
    pub dpop: Option<SigningKey>,
    /// Which of its sets of tokens this is. What moved away has that which it left with.
    pub issue: Issue,
    /// Where it stands.
    pub state: State,
    /// What keeps it from being refreshed for now.
    pub trouble: Option<Trouble>,
    /// Whom the export is locked to that it came in; nothing for what was connected here.
    pub sealed_for: Option<Vec<String>>,
    /// What lets it come home, and its newer tokens in.
    pub tickets: Tickets,
}

/// Which of a connection's sets of tokens one is, wherever the connection was. Nothing in it needs a
/// clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issue {
    /// Rises from consent to consent. It is no lower than the vault's generation was then, so that it
    /// rises also above consents of a state that the vault was set back from.
    pub consent: u64,
    /// Which consent it is, by a random number: two vaults that were one may count on apart.
    pub of: u64,
    /// The sets of one consent are counted.
    pub set: u64,
}

impl Issue {
    /// The first of a consent that was given when the vault was at `generation`, after those that
    /// `before` is of; `of` is random.
    #[must_use]
    pub fn of_consent(of: u64, generation: u64, before: Option<Self>) -> Self {
        let next = before.map_or(1, |before| before.consent.saturating_add(1));
        Self {
            consent: generation.max(next),
            of,
            set: 1,
        }
    }

    /// That of the set that a refresh brings.
    #[must_use]
    pub const fn refreshed(self) -> Self {
        Self {
            set: self.set.saturating_add(1),
            ..self
        }
    }

    /// Which came later; `None` where nobody can tell.
    #[must_use]
    pub fn compared(self, other: Self) -> Option<Ordering> {
        if self.of == other.of {
            return Some(self.set.cmp(&other.set));
        }
        Some(self.consent.cmp(&other.consent)).filter(|it| it.is_ne())
    }
}

/// Refreshes that failed one after the other, for reasons that pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// How many.
    pub failures: u32,
    /// When the last one failed.
    pub since: Moment,
    /// How long to leave the provider alone from then on.
    pub wait: Duration,
    /// The provider asked for that wait; else it is our own patience.
    pub by_provider: bool,
}

/// The longest that a provider is left alone because it asked: a wrong header must not lock anybody
/// out for a day.
const LONGEST_BY_PROVIDER: Duration = Duration::from_secs(60 * 60);

/// The longest that it is left alone of our own accord.
const LONGEST: Duration = Duration::from_secs(60);

impl Trouble {
    /// After one more failure. The first is free, the second costs about a second, each further
    /// one twice as much; `spread`, any number, keeps many callers from coming back together.
    #[must_use]
    pub fn after(before: Option<&Self>, now: Moment, asked: Option<Duration>, spread: u8) -> Self {
        let failures = before
            .map_or(0, |trouble| trouble.failures)
            .saturating_add(1);
        let own = match failures {
            1 => Duration::ZERO,
            more => Duration::from_secs(1 << (more - 2).min(6)).min(LONGEST),
        };
        // Between three and five quarters of it.
        let jittered = own * 3 / 4 + own * u32::from(spread) / 512;
        // "Try again in 0 seconds" is no reason to be less patient than without.
        let asked = asked
            .map(|wait| wait.min(LONGEST_BY_PROVIDER))
            .filter(|wait| *wait > jittered);
        Self {
            failures,
            since: now,
            wait: asked.unwrap_or(jittered),
            by_provider: asked.is_some(),
        }
    }

    /// What happened, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match (self.by_provider, self.failures) {
            (true, _) => "its provider asked to wait".to_owned(),
            (false, count) => format!("its provider failed {count} times in a row"),
        }
    }

    /// What is left of the wait; nothing where the clocks can't tell.
    #[must_use]
    pub fn left(&self, now: &Moment) -> Option<Duration> {
        let gone = now.elapsed_since(&self.since)?;
        self.wait.checked_sub(gone).filter(|left| !left.is_zero())
    }
}

/// Where a connection's tokens and its client's secret may be sent: what the definition said when
/// the grant was made. A definition that says otherwise later is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The issuer identifier, where the provider has one.
    pub issuer: Option<String>,
    /// The token endpoint.
    pub token_endpoint: Endpoint,
    /// Where tokens are revoked, with the client id filled in.
    pub revocation: Option<String>,
    /// The client that the grant belongs to.
    pub client_id: ClientId,
    /// The redirect URI of the authorization request, for providers that want it again.
    pub redirect_uri: Option<String>,
}

/// How the tokens came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantKind {
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 8628.
    Device,
    /// The person brought a token of their own.
    Supplied,
    /// The client for itself (RFC 6749 section 4.4): asked for anew when it is over.
    ClientCredentials {
        /// The audience that was asked for.
        audience: Option<String>,
    },
    /// Exchanged for another issuer's token (RFC 8693): that one is read anew when it is over.
    TokenExchange(Exchange),
}

/// What is exchanged for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Where the other issuer's token is.
    pub source: TokenSource,
    /// What it is (RFC 8693 section 3).
    pub subject_token_type: String,
    /// The audience that was asked for.
    pub audience: Option<String>,
}

impl GrantKind {
    /// In one word, as `--json` has it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::Device => "device_code",
            Self::Supplied => "supplied",
            Self::ClientCredentials { .. } => "client_credentials",
            Self::TokenExchange(_) => "token_exchange",
        }
    }

    /// With which option of `connect` one is had again, after a space.
    #[must_use]
    pub const fn option(&self) -> &'static str {
        match self {
            Self::AuthorizationCode | Self::Device => "",
            Self::Supplied => " --with-token",
            Self::ClientCredentials { .. } => " --client-credentials",
            Self::TokenExchange(_) => " --token-exchange SOURCE",
        }
    }

    /// Whether a person gave it to our client, so that it is theirs and ours to end.
    #[must_use]
    pub const fn is_a_persons(&self) -> bool {
        matches!(self, Self::AuthorizationCode | Self::Device)
    }

    /// Whether new tokens can be had without a refresh token and without a person.
    #[must_use]
    pub const fn needs_nobody(&self) -> bool {
        matches!(
            self,
            Self::ClientCredentials { .. } | Self::TokenExchange(_)
        )
    }
}

/// Where a connection stands.
#[derive(Debug, Clone)]
pub enum State {
    /// Its tokens are handed out and refreshed.
    Active(TokenSet),
    /// A refresh was begun. If nobody holds the connection's lock it was cut off, and the provider
    /// may have acted on it.
    Refreshing {
        /// What there was before; handed out while it is unexpired.
        set: TokenSet,
        /// Which attempt.
        intent: Intent,
    },
    /// Only a person can mend it. Nothing was deleted.
    NeedsLogin {
        /// Why.
        reason: LoginReason,
        /// What there was.
        set: TokenSet,
    },
    /// Restored, rolled back, or perhaps in a file that an export left: its refresh token may have
    /// been used since. Never refreshed unattended.
    Suspect(TokenSet),
    /// Revocation was begun and is not confirmed by the provider.
    Revoking {
        /// What is to be revoked.
        set: TokenSet,
        /// A refresh that fetches the access token which the revocation is about.
        intent: Option<Intent>,
        /// Why tokens of the grant may exist that are not in `set`.
        unseen: Option<Unseen>,
    },
    /// It lives in another vault now.
    Moved,
}

/// Why tokens of a grant may exist that this vault never saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    /// A refresh was cut off, and its answer is lost.
    LostAnswer,
    /// The vault was set back, or the grant was elsewhere, and it may have been refreshed since.
    SetBack,
}

/// One attempt to refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Random, names this attempt and its rescue file.
    pub id: [u8; 16],
    /// When it was begun.
    pub started: Moment,
    /// It began from `Suspect`: what was cut off is not tried again unattended.
    pub from_suspect: bool,
}

impl Intent {
    /// The id as 32 hex digits.
    #[must_use]
    pub fn id_text(&self) -> String {
        hex(&self.id)
    }
}

/// Why a person has to sign in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginReason {
    /// The provider said that the grant is over.
    Ended {
        /// Its error code, such as `invalid_grant`.
        code: String,
        /// Its words, escaped.
        description: Option<String>,
    },
    /// The answer to a refresh never arrived or was of no use; the provider may have issued tokens
    /// with it.
    LostAnswer {
        /// With which error code the provider refused the next refresh, where it was asked.
        code: Option<String>,
    },
    /// The access token is over and there is no refresh token.
    NoRefreshToken,
}

impl LoginReason {
    /// The reason in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Ended {
                code,
                description: Some(said),
            } => {
                format!("the provider ended it (`{code}`: {said})")
            }
            Self::Ended {
                code,
                description: None,
            } => format!("the provider ended it (`{code}`)"),
            Self::LostAnswer { code: None } => {
                "the answer to a refresh was lost, and the provider may have issued a token with it"
                    .to_owned()
            }
            Self::LostAnswer { code: Some(code) } => {
                format!(
                    "the answer to a refresh was lost or of no use, and now it is over (`{code}`)"
                )
            }
            Self::NoRefreshToken => {
                "the access token expired and the provider gave no refresh token".to_owned()
            }
        }
    }
}

impl Connection {
    /// Whether its tokens are known to have come after those of `other`, which is the same account's.
    #[must_use]
    pub fn is_newer_than(&self, other: &Self) -> bool {
        self.issue.compared(other.issue) == Some(Ordering::Greater)
    }

    /// Whether its tokens are of the consent that those of `other` are of, and came after them.
    #[must_use]
    pub fn is_a_later_set_than(&self, other: &Self) -> bool {
        self.issue.of == other.issue.of && self.is_newer_than(other)
    }

    /// Whether it left, or may have, and waits for the ticket of that export.
    #[must_use]
    pub const fn has_left(&self) -> bool {
        !matches!(self.state, State::Active(_)) && self.tickets.own.is_some()
    }
}

impl State {
    /// The set whose access token may be handed out while it is unexpired.
    #[must_use]
    pub const fn usable(&self) -> Option<&TokenSet> {
        match self {
            Self::Active(set) | Self::Refreshing { set, .. } | Self::Suspect(set) => Some(set),
            Self::NeedsLogin { .. } | Self::Revoking { .. } | Self::Moved => None,
        }
    }

    /// The set, whatever the state.
    #[must_use]
    pub const fn set(&self) -> Option<&TokenSet> {
        match self {
            Self::Active(set)
            | Self::Refreshing { set, .. }
            | Self::NeedsLogin { set, .. }
            | Self::Suspect(set)
            | Self::Revoking { set, .. } => Some(set),
            Self::Moved => None,
        }
    }

    /// The name in lists and `--json`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Active(_) => "active",
            Self::Refreshing { intent, .. } if intent.from_suspect => "suspect",
            Self::Refreshing { .. } => "refreshing",
            Self::NeedsLogin { .. } => "needs-login",
            Self::Suspect(_) => "suspect",
            Self::Revoking { .. } => "revoking",
            Self::Moved => "moved",
        }
    }

    /// The attempt under way, or the one that was cut off.
    #[must_use]
    pub const fn intent(&self) -> Option<&Intent> {
        match self {
            Self::Refreshing { intent, .. } => Some(intent),
            Self::Revoking { intent, .. } => intent.as_ref(),
            Self::Active(_) | Self::NeedsLogin { .. } | Self::Suspect(_) | Self::Moved => None,
        }
    }

    /// Whether refreshing it unattended could end the live grant.
    #[must_use]
    pub const fn is_suspect(&self) -> bool {
        match self {
            Self::Suspect(_) => true,
            Self::Refreshing { intent, .. } => intent.from_suspect,
            Self::Active(_) | Self::NeedsLogin { .. } | Self::Revoking { .. } | Self::Moved => {
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::BootTime;

    #[test]
    fn a_consent_comes_after_all_that_this_vault_can_know_of() {
        let first = Issue::of_consent(1, 5, None);
        assert_eq!((first.consent, first.set), (5, 1));
        // The generation is what consents are above that the vault was set back from.
        let refreshed = first.refreshed().refreshed();
        assert_eq!(Issue::of_consent(2, 9, Some(refreshed)).consent, 9);
        // What came in a file may be of a vault that is ahead.
        let next = Issue::of_consent(3, 2, Some(refreshed));
        assert_eq!((next.consent, next.set), (6, 1));
        assert_eq!(Issue::of_consent(4, 0, None).consent, 1);
    }

    #[test]
    fn issues_are_compared_by_consent_and_within_one_by_the_count_of_sets() {
        let first = Issue::of_consent(1, 5, None);
        let next = Issue::of_consent(2, 6, Some(first));
        let often = (0..9).fold(first, |issue, _| issue.refreshed());
        assert_eq!(next.compared(often), Some(Ordering::Greater));
        assert_eq!(often.compared(next), Some(Ordering::Less));
        assert_eq!(often.compared(first), Some(Ordering::Greater));
        assert_eq!(first.compared(first), Some(Ordering::Equal));
        // One consent is one, whatever number a vault gave it.
        let renumbered = Issue {
            consent: 99,
            ..first
        };
        assert_eq!(often.compared(renumbered), Some(Ordering::Greater));
        // Two vaults went on apart.
        let apart = Issue::of_consent(3, 6, Some(first));
        assert_eq!(next.compared(apart), None);
        assert_eq!(apart.refreshed().compared(next), None);
    }

    fn at(wall_s: i64, boot: &str, boot_s: u64) -> Moment {
        Moment {
            wall: Timestamp::from_unix_millis(wall_s * 1000),
            boot: Some(BootTime {
                id: boot.to_owned(),
                millis: boot_s * 1000,
            }),
        }
    }

    fn failed(times: u32, asked: Option<Duration>, spread: u8) -> Trouble {
        let one = |before: Option<Trouble>| {
            Trouble::after(before.as_ref(), at(1000, "a", 100), asked, spread)
        };
        (1..times).fold(one(None), |before, _| one(Some(before)))
    }

    #[test]
    fn the_wait_doubles_from_the_second_failure_on_and_has_an_end() {
        let waits = |spread| (1..=12).map(move |times| failed(times, None, spread).wait);
        let millis: Vec<_> = waits(0).map(|wait| wait.as_millis()).collect();
        assert_eq!(millis[..5], [0, 750, 1500, 3000, 6000]);
        assert_eq!(millis[11], 45_000);
        assert!(waits(255).all(|wait| wait < LONGEST * 5 / 4));
        assert!(
            waits(255)
                .zip(waits(0))
                .skip(1)
                .all(|(late, early)| late > early)
        );
    }

    #[test]
    fn a_provider_may_ask_for_more_patience_but_not_for_less_nor_for_a_day() {
        let asked = |seconds| failed(6, Some(Duration::from_secs(seconds)), 0);
        assert_eq!(asked(86_400).wait, LONGEST_BY_PROVIDER);
        assert!(asked(3600).by_provider);
        assert_eq!(asked(0), failed(6, None, 0));
        assert!(!asked(0).wait.is_zero());
        assert_eq!(failed(1, Some(Duration::from_secs(5)), 0).wait.as_secs(), 5);
    }

    #[test]
    fn no_jump_of_a_clock_makes_the_wait_longer() {
        let trouble = failed(1, Some(Duration::from_secs(60)), 0);
        assert_eq!(trouble.left(&at(1010, "a", 110)).unwrap().as_secs(), 50);
        // within one boot the wall clock doesn't count
        assert_eq!(trouble.left(&at(-9_999, "a", 110)).unwrap().as_secs(), 50);
        assert_eq!(trouble.left(&at(9_999, "a", 160)), None);
        // across boots it is all there is; one that went backwards is not believed
        assert_eq!(trouble.left(&at(1010, "b", 1)).unwrap().as_secs(), 50);
        assert_eq!(trouble.left(&at(999, "b", 1)), None);
        assert_eq!(trouble.left(&at(9_999, "b", 1)), None);
    }
}
