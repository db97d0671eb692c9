use super::*;
use crate::connection::GrantKind;
use crate::connection::state::{Issue, LoginReason, Stamp};
use crate::connection::tickets::Tickets;
use crate::moment::{Moment, Timestamp};
use crate::secret::Secret;
use crate::token::{Lifetime, TokenSet};

fn tokens() -> TokenSet {
    TokenSet {
        access_token: Secret::new("access".to_owned()),
        token_type: "bearer".to_owned(),
        refresh_token: Some(Secret::new("refresh".to_owned())),
        obtained: Moment {
            wall: Timestamp::from_unix_millis(7),
            boot: None,
        },
        lifetime: Lifetime::Unknown,
        granted: Vec::new(),
    }
}

/// A connection with that set of that consent.
fn connection(state: State, of: u64, set: u64) -> Connection {
    Connection {
        name: "sandbox/writer".parse().unwrap(),
        subject: Some("1".to_owned()),
        stamp: Stamp {
            issuer: None,
            token_endpoint: "https://example.org/token".parse().unwrap(),
            revocation: None,
            client_id: "id".parse().unwrap(),
            redirect_uri: None,
        },
        requested: Vec::new(),
        created: Timestamp::from_unix_millis(5),
        grant: GrantKind::AuthorizationCode,
        trouble: None,
        dpop: None,
        issue: Issue {
            consent: 1,
            of,
            set,
        },
        state,
        sealed_for: None,
        tickets: Tickets::default(),
    }
}

fn active() -> State {
    State::Active(tokens())
}

fn needs_login() -> State {
    State::NeedsLogin {
        reason: LoginReason::LostAnswer { code: None },
        set: tokens(),
    }
}

fn revoking() -> State {
    State::Revoking {
        set: tokens(),
        intent: None,
        unseen: None,
    }
}

fn refreshing() -> State {
    State::Refreshing {
        set: tokens(),
        intent: crate::connection::state::Intent {
            id: [1; 16],
            started: tokens().obtained,
            from_suspect: false,
        },
    }
}

fn suspect() -> State {
    State::Suspect(tokens())
}

/// All in which a later set of tokens takes their place.
fn that_give_way() -> [State; 5] {
    [
        active(),
        refreshing(),
        suspect(),
        needs_login(),
        State::Moved,
    ]
}

/// Which goes on, where the standing one is in that state with set 3 of consent 1.
fn over(standing: State, backup: &Connection, changed: bool) -> GoesOn {
    goes_on(&connection(standing, 1, 3), backup, changed)
}

#[test]
fn another_account_never_takes_the_place_of_the_one_that_stands() {
    for set in [1, 5] {
        for changed in [true, false] {
            let mut other = connection(active(), 2, set);
            for subject in [Some("2".to_owned()), None] {
                other.subject = subject;
                for state in [active(), needs_login(), State::Moved] {
                    assert_eq!(over(state, &other, changed), GoesOn::OverOtherConsent);
                }
                assert_eq!(over(revoking(), &other, changed), GoesOn::Standing);
            }
        }
    }
}

#[test]
fn what_is_being_revoked_stays_so() {
    for backup in [connection(active(), 1, 5), connection(active(), 2, 5)] {
        for changed in [true, false] {
            assert_eq!(over(revoking(), &backup, changed), GoesOn::Standing);
        }
    }
}

#[test]
fn of_one_consent_the_later_set_goes_on_whatever_the_generations_say() {
    for state in that_give_way() {
        for usable in [active(), refreshing(), suspect()] {
            let later = connection(usable, 1, 4);
            for changed in [true, false] {
                let word = state.word();
                let goes_on = over(state.clone(), &later, changed);
                assert_eq!(goes_on, GoesOn::Backups, "{word} {changed}");
            }
        }
        for earlier in [active(), needs_login(), revoking(), State::Moved] {
            let earlier = connection(earlier, 1, 2);
            for changed in [true, false] {
                assert_eq!(over(state.clone(), &earlier, changed), GoesOn::Standing);
            }
        }
    }
}

#[test]
fn of_one_consent_a_later_record_without_usable_tokens_takes_the_place_of_its_earlier_self_only() {
    for useless in [needs_login(), revoking(), State::Moved] {
        let later = connection(useless, 1, 4);
        assert_eq!(over(active(), &later, true), GoesOn::Standing);
        assert_eq!(over(active(), &later, false), GoesOn::Backups);
    }
}

#[test]
fn of_one_set_the_record_that_was_written_last_goes_on() {
    for state in that_give_way() {
        for backup in [active(), State::Moved] {
            let backup = connection(backup, 1, 3);
            assert_eq!(over(state.clone(), &backup, true), GoesOn::Standing);
            assert_eq!(over(state.clone(), &backup, false), GoesOn::Backups);
        }
    }
}

#[test]
fn another_consent_takes_the_place_only_of_what_waits_for_a_person() {
    for changed in [true, false] {
        let usable = connection(suspect(), 2, 1);
        assert_eq!(over(needs_login(), &usable, changed), GoesOn::Backups);
        for state in [active(), refreshing(), suspect(), State::Moved] {
            assert_eq!(over(state, &usable, changed), GoesOn::OverOtherConsent);
        }
        for useless in [needs_login(), revoking(), State::Moved] {
            let useless = connection(useless, 2, 9);
            for state in that_give_way() {
                assert_eq!(over(state, &useless, changed), GoesOn::Standing);
            }
        }
    }
}
