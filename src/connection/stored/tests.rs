use super::*;

fn connection(state: State) -> Connection {
    Connection {
        name: "github/octocat".parse().unwrap(),
        subject: Some("583231".to_owned()),
        stamp: Stamp {
            issuer: None,
            token_endpoint: "https://github.com/login/oauth/access_token"
                .parse()
                .unwrap(),
            revocation: None,
            client_id: "id".parse().unwrap(),
            redirect_uri: None,
        },
        requested: vec!["repo".parse().unwrap()],
        created: Timestamp::from_unix_millis(5),
        grant: GrantKind::AuthorizationCode,
        trouble: Some(Trouble::after(None, set().obtained, None, 0)),
        dpop: None,
        issue: Issue::of_consent(9, 7, None),
        state,
        sealed_for: Some(vec!["age1job".to_owned()]),
        tickets: Tickets {
            own: Some(Secret::new("own ticket".to_owned())),
            left_in: Some("/home/me/job.age".to_owned()),
            carried: vec![Secret::new("carried ticket".to_owned())],
            spent: vec![Secret::new("spent ticket".to_owned())],
            came_by: Some(Secret::new("ticket here".to_owned())),
            proofs: vec!["proof".to_owned()],
            set_back: true,
        },
    }
}

fn set() -> TokenSet {
    TokenSet {
        access_token: Secret::new("access".to_owned()),
        token_type: "bearer".to_owned(),
        refresh_token: Some(Secret::new("refresh".to_owned())),
        obtained: Moment {
            wall: Timestamp::from_unix_millis(7),
            boot: None,
        },
        lifetime: Lifetime::Limited(Duration::from_secs(9)),
        granted: vec!["repo".parse().unwrap()],
    }
}

#[test]
fn every_state_comes_back_as_it_was_stored() {
    let intent = Intent {
        id: [0xA5; 16],
        started: set().obtained,
        from_suspect: true,
    };
    let renewing = Intent {
        from_suspect: false,
        ..intent.clone()
    };
    let ended = LoginReason::Ended {
        code: "invalid_grant".to_owned(),
        description: None,
    };
    let states = [
        State::Active(set()),
        State::Refreshing { set: set(), intent },
        State::NeedsLogin {
            reason: ended,
            set: set(),
        },
        State::NeedsLogin {
            reason: LoginReason::LostAnswer { code: None },
            set: set(),
        },
        State::NeedsLogin {
            reason: LoginReason::LostAnswer {
                code: Some("invalid_grant".to_owned()),
            },
            set: set(),
        },
        State::NeedsLogin {
            reason: LoginReason::NoRefreshToken,
            set: set(),
        },
        State::Suspect(set()),
        State::Revoking {
            set: set(),
            intent: None,
            unseen: None,
        },
        State::Revoking {
            set: set(),
            intent: Some(renewing),
            unseen: Some(Unseen::LostAnswer),
        },
        State::Revoking {
            set: set(),
            intent: None,
            unseen: Some(Unseen::SetBack),
        },
        State::Moved,
    ];
    for state in states {
        let json = serde_json::to_string(&StoredConnection::from(&connection(state))).unwrap();
        let read: StoredConnection = serde_json::from_str(&json).unwrap();
        let back = Connection::try_from(&read).unwrap();
        assert_eq!(
            serde_json::to_string(&StoredConnection::from(&back)).unwrap(),
            json
        );
    }
}

#[test]
fn a_connection_without_tickets_is_read_and_no_secret_is_shown() {
    let whole = StoredConnection::from(&connection(State::Moved));
    let json = serde_json::to_string(&whole).unwrap();
    let tickets = r#","own_ticket":"own ticket","tickets":["carried ticket"],"left_in":"/home/me/job.age","spent_tickets":["spent ticket"],"came_by":"ticket here","proofs":["proof"],"set_back":true"#;
    let before = json.replace(tickets, "");
    assert_ne!(json, before);
    let read: StoredConnection = serde_json::from_str(&before).unwrap();
    let read = Connection::try_from(&read).unwrap();
    assert!(read.tickets.own.is_none() && read.tickets.carried.is_empty());
    let bound = Connection {
        dpop: Some(SigningKey::generate().unwrap()),
        ..connection(State::Moved)
    };
    let shown = format!("{whole:?} {bound:?} {:?}", StoredConnection::from(&bound));
    for secret in [
        "own ticket",
        "carried ticket",
        "spent ticket",
        "ticket here",
        "PRIVATE KEY",
    ] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn unknown_fields_and_forms_are_refused() {
    let json = serde_json::to_string(&StoredConnection::from(&connection(State::Moved))).unwrap();
    let more = json.replacen('{', "{\"extra\":1,", 1);
    assert!(serde_json::from_str::<StoredConnection>(&more).is_err());
    let newer = json.replacen("\"v\":1", "\"v\":2", 1);
    let read: StoredConnection = serde_json::from_str(&newer).unwrap();
    assert!(Connection::try_from(&read).is_err());
}

#[test]
fn intent_ids_are_32_hex_digits() {
    assert_eq!(intent_id(&"a5".repeat(16)), Ok([0xA5; 16]));
    for bad in ["", "a5", &"zz".repeat(16), &"é".repeat(16)] {
        assert!(intent_id(bad).is_err(), "{bad}");
    }
}
