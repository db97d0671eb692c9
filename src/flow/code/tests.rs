//! Tests of what happens after the browser came back: whose login is it, and who signed in?

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::http::{self, Limits};
use crate::moment::Timestamp;
use crate::oauth::attempt::RANDOM_BYTES;
use crate::provider;
use crate::provider::definition::Origin;
use crate::sandbox::{Options, PUBLIC_CLIENT, Sandbox, user_agent};

const NOW: i64 = 1_795_000_000;

fn now() -> Moment {
    Moment {
        wall: Timestamp::from_unix_millis(NOW * 1000),
        boot: None,
    }
}

fn client(id: &str) -> Client {
    Client::new(id.parse().unwrap(), None)
}

fn scopes(texts: &[&str]) -> Vec<Scope> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn definition(text: &str) -> Definition {
    let origin = Origin::UserFile(PathBuf::from("p.toml"));
    provider::parse(&"p".parse().unwrap(), text, origin).unwrap_or_else(|error| panic!("{error}"))
}

/// Answers these paths, in this order and once each; joining gives the requests' first lines.
fn serve(answers: Vec<(&'static str, u16, String)>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let thread = thread::spawn(move || {
        let mut seen = Vec::new();
        for (path, status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let request = read_request(&mut stream);
            let line = request.lines().next().unwrap_or_default().to_owned();
            assert!(line.contains(&format!(" {path} ")), "{line}");
            seen.push(line);
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n\
                 Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            stream.write_all(head.as_bytes()).unwrap();
        }
        seen
    });
    (base, thread)
}

fn read_request(stream: &mut impl Read) -> String {
    let mut read = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).unwrap();
        read.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&read);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_ascii_lowercase();
            let length = length.split_once("content-length: ");
            let length = length.and_then(|(_, rest)| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text.into_owned();
            }
        }
        assert!(count > 0, "the request was cut");
    }
}

fn attempt(fill: u8) -> Attempt {
    Attempt::from_random(&[fill; RANDOM_BYTES], &scopes(&["openid"]))
}

fn claims(issuer: &str, nonce: Option<&Secret>) -> serde_json::Value {
    let mut claims = crate::json::json!({
        "iss": issuer, "sub": "person", "aud": "me", "iat": NOW, "exp": NOW + 600, "tid": "t-1",
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.expose().into();
    }
    claims
}

fn token_answer(claims: Option<&serde_json::Value>) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let header = r#"{"alg":"RS256"}"#.to_owned();
    let mut answer = crate::json::json!({
        "access_token": "at", "token_type": "Bearer", "expires_in": 3599,
    });
    if let Some(claims) = claims {
        let token = format!("{}.{}.c2ln", part(header), part(claims.to_string()));
        answer["id_token"] = token.into();
    }
    answer.to_string()
}

/// Redeems a code of the first attempt at the token endpoint of `definition`.
fn redeemed(definition: &Definition) -> Result<Redeemed, LoginError> {
    let client = client("me");
    let scopes = scopes(&["openid"]);
    let login = Login {
        definition,
        client: &client,
        scopes: &scopes,
        dpop: None,
    };
    let arrived = Arrived {
        code: Secret::new("c".to_owned()),
        attempt: attempt(1),
        redirect_uri: "http://127.0.0.1:5/callback".to_owned(),
    };
    let http = Http::new(Limits::default());
    http::block_on(redeem(&http, login, arrived, now, |_, _| {})).unwrap()
}

/// A definition whose token endpoint is at `base`, and which names nobody but by the ID token.
fn openid(issuer: &str, base: &str) -> Definition {
    definition(&format!(
        "issuer = \"{issuer}\"\nissuer_aliases = [\"as.example\"]\n\
         [endpoints]\nauthorization = \"{base}/authorize\"\ntoken = \"{base}/token\"\n\
         [authorization]\npkce = \"S256\"\n\
         [client]\nauthentication = \"post\"\nsecret = \"forbidden\"\n"
    ))
}

#[test]
fn an_id_token_that_is_not_about_this_login_gives_no_tokens() {
    const FIXED: &str = "https://as.example";
    const TENANTS: &str = "https://as.example/{tenantid}/v2.0";
    let own = attempt(1);
    let other = attempt(2);
    let (own, other) = (own.nonce(), other.nonce());
    let templated = |tenant: &str| format!("https://as.example/{tenant}/v2.0");
    for (issuer, said, wanted) in [
        (FIXED, Some(claims(FIXED, own)), "tokens"),
        (FIXED, Some(claims("as.example", own)), "tokens"),
        (FIXED, Some(claims(FIXED, other)), "Nonce"),
        (FIXED, Some(claims(FIXED, None)), "Nonce"),
        (FIXED, Some(claims("https://evil.example", own)), "Issuer"),
        (FIXED, None, "none"),
        (TENANTS, Some(claims(&templated("t-1"), own)), "tokens"),
        (TENANTS, Some(claims(&templated("t-2"), own)), "Issuer"),
        (TENANTS, Some(claims(TENANTS, own)), "Issuer"),
        (TENANTS, Some(claims(&templated("t-1"), other)), "Nonce"),
    ] {
        let (base, server) = serve(vec![("/token", 200, token_answer(said.as_ref()))]);
        let got = match redeemed(&openid(issuer, &base)) {
            Ok(redeemed) => {
                assert_eq!(redeemed.set.access_token.expose(), "at");
                "tokens".to_owned()
            }
            Err(LoginError::IdToken(error)) => format!("{error:?}"),
            Err(LoginError::NoIdToken) => "none".to_owned(),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(got, wanted, "{issuer} {said:?}");
        server.join().unwrap();
    }
}

/// The shipped definition with its endpoints at `base`.
fn youtube(base: &str) -> Definition {
    definition(&format!(
        "extends = \"youtube\"\n[revocation]\nkind = \"none\"\n[endpoints]\nauthorization = \"{base}/authorize\"\n\
         token = \"{base}/token\"\n[client]\nsecret = \"optional\"\n\
         [userinfo]\nendpoint = \"{base}/channels\"\nid = [\"/items/0/id\"]\n\
         label = [\"/items/0/snippet/title\"]\n\
         [userinfo.fallback]\nendpoint = \"{base}/userinfo\"\nid = [\"/sub\"]\nlabel = [\"/email\"]\n"
    ))
}

#[test]
fn the_fallback_is_asked_when_the_source_does_not_tell_this_token() {
    let named = r#"{"items":[{"id":"UC1","snippet":{"title":"Mine"}}]}"#;
    let person = r#"{"sub":"person","email":"a@example.org"}"#;
    let forbidden = r#"{"error":{"code":403}}"#;
    for (channels, userinfo, subject, label) in [
        ((200, named), None, Some("UC1"), Some("Mine")),
        (
            (200, r#"{"items":[]}"#),
            Some((200, person)),
            Some("person"),
            Some("a@example.org"),
        ),
        (
            (401, "{}"),
            Some((200, person)),
            Some("person"),
            Some("a@example.org"),
        ),
        (
            (403, forbidden),
            Some((200, person)),
            Some("person"),
            Some("a@example.org"),
        ),
        // the ID token names the person as the fallback would have done
        ((403, forbidden), Some((500, "{}")), Some("person"), None),
        // one account must not get a second name because of a bad moment
        ((500, "{}"), None, None, None),
    ] {
        let own = attempt(1);
        let claims = claims("accounts.google.com", own.nonce());
        let mut answers = vec![
            ("/token", 200, token_answer(Some(&claims))),
            ("/channels", channels.0, channels.1.to_owned()),
        ];
        answers.extend(userinfo.map(|(status, body)| ("/userinfo", status, body.to_owned())));
        let asked = answers.len();
        let (base, server) = serve(answers);
        let redeemed = redeemed(&youtube(&base)).unwrap();
        assert_eq!(server.join().unwrap().len(), asked);
        assert_eq!(
            redeemed.identity.subject.as_deref(),
            subject,
            "{channels:?}"
        );
        assert_eq!(redeemed.identity.label.as_deref(), label, "{channels:?}");
        assert_eq!(redeemed.nameless.is_some(), subject.is_none());
    }
}

#[test]
fn a_whole_login_with_an_id_token_succeeds_against_the_practice_server() {
    let sandbox = Sandbox::start(Options::new(now().wall)).unwrap();
    let definition = definition(&sandbox.provider_toml("Practice"));
    let client = client(PUBLIC_CLIENT);
    let scopes = scopes(&["openid", "profile"]);
    let login = Login {
        definition: &definition,
        client: &client,
        scopes: &scopes,
        dpop: None,
    };
    let http = Http::new(Limits::default());
    let redeemed = http::block_on(async {
        let prepared = prepare(login, Way::Loopback).unwrap();
        let url = prepared.url().expose().to_owned();
        let browser = thread::spawn(move || user_agent::visit(&url).map(|visit| visit.status));
        let patience = Duration::from_secs(30);
        let (arrived, landing) = prepared
            .wait(&definition, patience, async |_| None)
            .await
            .unwrap();
        let redeemed = redeem(&http, login, arrived, now, |_, _| {}).await;
        landing.unwrap().succeed().await;
        assert_eq!(browser.join().unwrap().unwrap(), 200);
        redeemed.unwrap()
    })
    .unwrap();
    assert!(redeemed.identity.subject.unwrap().starts_with("person-"));
    assert_eq!(redeemed.nameless, None);
}

#[test]
fn only_an_answer_to_this_login_from_its_issuer_ends_the_wait() {
    let definition = definition(
        "issuer = \"https://as.example\"\n\
         [endpoints]\nauthorization = \"https://as.example/a\"\ntoken = \"https://as.example/t\"\n\
         [authorization]\npkce = \"S256\"\niss = \"required\"\n\
         [redirect]\npath = \"/signed/in\"\n\
         [client]\nauthentication = \"post\"\nsecret = \"forbidden\"\n",
    );
    let client = client("me");
    let login = Login {
        definition: &definition,
        client: &client,
        scopes: &[],
        dpop: None,
    };
    for (answer, wanted) in [("code=good", "code good"), ("error=no", "denied no")] {
        http::block_on(async {
            let prepared = prepare(login, Way::Loopback).unwrap();
            let state = prepared.attempt.state().expose().to_owned();
            let other = attempt(9).state().expose().to_owned();
            let back = prepared.redirect_uri.clone();
            assert!(back.ends_with("/signed/in"), "{back}");
            let browser = thread::spawn(move || {
                let statuses = [
                    "code=bad&iss=https://as.example".to_owned(),
                    format!("code=bad&iss=https://as.example&state={other}"),
                    format!("error=bad&iss=https://as.example&state={other}"),
                    format!("code=bad&state={state}"),
                    format!("error=bad&state={state}"),
                    format!("code=bad&iss=https://evil.example&state={state}"),
                    format!("{answer}&iss=https://as.example&state={state}"),
                ];
                statuses.map(|query| {
                    let visit = user_agent::visit(&format!("{back}?{query}"));
                    visit.unwrap().hops.len()
                })
            });
            let patience = Duration::from_secs(30);
            let got = match prepared.wait(&definition, patience, async |_| None).await {
                Ok((arrived, landing)) => {
                    landing.unwrap().fail().await;
                    format!("code {}", arrived.code.expose())
                }
                Err(LoginError::Denied { error, .. }) => format!("denied {error}"),
                Err(error) => panic!("{error}"),
            };
            assert_eq!(got, wanted);
            // only the last one was sent on to the page that says how it ended
            assert_eq!(browser.join().unwrap(), [1, 1, 1, 1, 1, 1, 2]);
        })
        .unwrap();
    }
}

#[test]
fn a_pasted_answer_is_judged_like_one_that_came_and_a_wrong_one_goes_on_waiting() {
    let definition = definition(
        "issuer = \"https://as.example\"\n\
         [endpoints]\nauthorization = \"https://as.example/a\"\ntoken = \"https://as.example/t\"\n\
         [authorization]\npkce = \"S256\"\niss = \"required\"\n\
         [client]\nauthentication = \"post\"\nsecret = \"forbidden\"\n",
    );
    let client = client("me");
    let login = Login {
        definition: &definition,
        client: &client,
        scopes: &[],
        dpop: None,
    };
    for (way, answer, wanted) in [
        (Way::Loopback, "code=good", "code good"),
        (Way::Paste, "code=good", "code good"),
        (Way::Paste, "error=no", "denied no"),
    ] {
        let prepared = prepare(login, way).unwrap();
        let back = prepared.redirect_uri.clone();
        let is_registered = back == "http://127.0.0.1/callback";
        assert_eq!(is_registered, way == Way::Paste, "{back}");
        let state = prepared.attempt.state().expose().to_owned();
        let other = attempt(9).state().expose().to_owned();
        let right = format!("iss=https://as.example&state={state}");
        let mut pasted = [
            "hello".to_owned(),
            format!("http://127.0.0.1:1/callback?{right}&code=bad"),
            format!("{back}?code=bad&iss=https://as.example&state={other}"),
            format!("{back}?code=bad&iss=https://evil.example&state={state}"),
            format!("{back}?{answer}&{right}"),
        ]
        .into_iter();
        let mut reasons = Vec::new();
        let patience = Duration::from_secs(30);
        let waited = http::block_on(prepared.wait(&definition, patience, async |wrong| {
            reasons.extend(wrong.map(|why| format!("{why:?}")));
            pasted.next().map(Secret::new)
        }));
        let got = match waited.unwrap() {
            Ok((arrived, landing)) => {
                assert!(landing.is_none(), "no page waits for a word");
                format!("code {}", arrived.code.expose())
            }
            Err(LoginError::Denied { error, .. }) => format!("denied {error}"),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(got, wanted);
        let refused = ["OtherAddress", "OtherAddress", "WrongState", "WrongIssuer"];
        assert_eq!(reasons, refused);
    }
}

#[test]
fn whoever_only_pastes_and_says_no_more_ends_the_wait() {
    let sandbox = Sandbox::start(Options::new(now().wall)).unwrap();
    let definition = definition(&sandbox.provider_toml("Practice"));
    let client = client(PUBLIC_CLIENT);
    let scopes = scopes(&["read"]);
    let login = Login {
        definition: &definition,
        client: &client,
        scopes: &scopes,
        dpop: None,
    };
    let prepared = prepare(login, Way::Paste).unwrap();
    let waited = prepared.wait(&definition, Duration::from_secs(30), async |_| None);
    let ended = http::block_on(waited).unwrap();
    assert!(matches!(ended, Err(LoginError::NothingPasted)));
}
