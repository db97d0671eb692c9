//! npm `oidc-provider`, the authorization server that somebody else wrote, as a child process.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use url::Url;

use crate::rig;
use crate::visitor::{Ending, exchange, walk};

/// The public client: no secret, any loopback port, redirect paths `/` and `/callback`.
pub(crate) const NATIVE_CLIENT: &str = "native-client";
/// The client with a secret ([`Peer::secret`]), which may also use client credentials.
pub(crate) const CONFIDENTIAL_CLIENT: &str = "confidential-client";

/// The client that signs (RFC 7523), where its public key was given.
pub(crate) const SIGNING_CLIENT: &str = "signing-client";

/// What differs between runs of the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// Seconds that an access token lives.
    pub(crate) access_token_ttl: u32,
    /// Milliseconds between what the token endpoint did and its answer.
    pub(crate) token_latency: u32,
    /// Dynamic client registration (RFC 7591) is offered.
    pub(crate) registration: bool,
    /// Proofs of possession (RFC 9449) need a nonce.
    pub(crate) dpop_nonce: bool,
    /// Authorization requests must be pushed (RFC 9126).
    pub(crate) par: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            access_token_ttl: 3600,
            token_latency: 0,
            registration: false,
            dpop_nonce: false,
            par: false,
        }
    }
}

/// A running server; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Peer {
    child: Child,
    issuer: Url,
    secret: String,
}

impl Peer {
    /// Starts the server on a free loopback port; `None` where it isn't installed.
    pub(crate) fn start(settings: Settings) -> Option<Peer> {
        Peer::start_with(settings, None)
    }

    /// The same with [`SIGNING_CLIENT`], whose public key is a JWK.
    pub(crate) fn start_with(settings: Settings, client_jwk: Option<&str>) -> Option<Peer> {
        let node = rig::node()?;
        let mut child = Command::new(node)
            .current_dir(rig::folder("oidc-provider"))
            .arg("server.mjs")
            // the server ends with this process, however that one ends
            .arg("--until-stdin-ends")
            .args(["--access-token-ttl", &settings.access_token_ttl.to_string()])
            .args(["--token-latency", &settings.token_latency.to_string()])
            .args(settings.registration.then_some("--registration"))
            .args(settings.dpop_nonce.then_some("--dpop-nonce"))
            .args(settings.par.then_some("--par"))
            .args(client_jwk.map(|jwk| format!("--client-jwk={jwk}")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the pinned node");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let ready: Value = serde_json::from_str(&line).expect("the line that says it listens");
        let text = |pointer| ready.pointer(pointer).and_then(Value::as_str);
        Some(Peer {
            child,
            issuer: text("/issuer")
                .and_then(|url| url.parse().ok())
                .expect("a URL"),
            secret: text("/clients/confidential/secret")
                .expect("a secret")
                .to_owned(),
        })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end, as metadata and `iss` spell it.
    pub(crate) fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// The secret of [`CONFIDENTIAL_CLIENT`], new in every run.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// What the server saw: `refreshes`, `refresh_failures`, `reuses`, `revoked` (by a reuse or by
    /// a client's wish: `reuses` tells them apart), `server_errors`,
    /// `grant_types`, `errors`, and `grants` by id with `account`, `client` and the same counts.
    pub(crate) fn counts(&self) -> Value {
        let answer = exchange("GET", &self.at("/__counts"), &[], None);
        serde_json::from_str(&answer.body).expect("counts")
    }

    /// One of the top counts.
    pub(crate) fn count(&self, name: &str) -> u64 {
        self.counts()
            .get(name)
            .and_then(Value::as_u64)
            .expect("a known count")
    }

    /// Starts the counting anew; tokens and sessions stay.
    pub(crate) fn reset_counts(&self) {
        assert_eq!(
            exchange("POST", &self.at("/__reset"), &[], None).status,
            204
        );
    }

    /// A URL at this server.
    pub(crate) fn at(&self, path: &str) -> Url {
        self.issuer.join(path).expect("a path")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already, and there is nobody to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Logs `account` in (any name will do), consents to everything, and gives the redirect that a
/// browser would now follow.
pub(crate) fn login(authorization_url: &Url, account: &str) -> Url {
    let fill = [("login", account), ("password", "any")];
    match walk(authorization_url, &fill) {
        Ending::Left(redirect) => redirect,
        Ending::Page(page) => panic!("the login ended on a page: {page}"),
    }
}

/// Enters a user code at `verification_uri` (RFC 8628 section 3.3), logs in and consents.
pub(crate) fn approve_device(verification_uri: &Url, code: &str, account: &str) {
    let fill = [("user_code", code), ("login", account), ("password", "any")];
    match walk(verification_uri, &fill) {
        Ending::Page(page) => assert!(page.contains("Sign-in Success"), "{page}"),
        Ending::Left(redirect) => panic!("the device page left for {redirect}"),
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use sha2::{Digest as _, Sha256};
    use url::form_urlencoded;

    use super::*;
    use crate::visitor::Answer;

    const REDIRECT: &str = "http://127.0.0.1:54321/callback";
    const VERIFIER: &str = "a-verifier-of-enough-length-that-is-in-no-way-a-secret";

    #[test]
    fn the_peer_grants_once_rotates_and_revokes_a_grant_whose_token_is_reused() {
        let Some(peer) = Peer::start(Settings::default()) else {
            return;
        };
        let first = redeem(&peer, &code(&peer, "alice"));
        let second = refresh(&peer, &first);
        assert_eq!((first.status, second.status), (200, 200), "{second:?}");
        assert_ne!(
            member(&first, "refresh_token"),
            member(&second, "refresh_token")
        );
        assert_eq!(counts_of(&peer, "alice"), (1, 0, 0, false));
        // the control: what the counts say when a client refreshes twice with one token
        assert_eq!(refresh(&peer, &first).status, 400);
        assert_eq!(counts_of(&peer, "alice"), (1, 1, 1, true));
        assert_eq!(refresh(&peer, &second).status, 400);
        assert_eq!(
            (peer.count("refreshes"), peer.count("refresh_failures")),
            (1, 2)
        );
        peer.reset_counts();
        assert_eq!(peer.count("refreshes"), 0);
    }

    #[test]
    fn the_peer_ends_a_grant_whose_refresh_token_is_revoked() {
        let Some(peer) = Peer::start(Settings::default()) else {
            return;
        };
        let first = redeem(&peer, &code(&peer, "alice"));
        let token = member(&first, "refresh_token");
        let answer = post(&peer, "/token/revocation", &[("token", &token)]);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(counts_of(&peer, "alice"), (0, 0, 0, true));
        assert_eq!(refresh(&peer, &first).status, 400);
    }

    #[test]
    fn the_peer_refuses_an_authorization_without_pkce() {
        let Some(peer) = Peer::start(Settings::default()) else {
            return;
        };
        let mut url = authorization_url(&peer);
        let kept: Vec<_> = url
            .query_pairs()
            .into_owned()
            .filter(|(name, _)| !name.starts_with("code_challenge"))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(kept);
        let redirect = login(&url, "alice");
        assert_eq!(
            parameter(&redirect, "error").as_deref(),
            Some("invalid_request")
        );
        assert_eq!(parameter(&redirect, "code"), None);
    }

    #[test]
    fn the_peer_names_itself_in_the_redirect() {
        let Some(peer) = Peer::start(Settings::default()) else {
            return;
        };
        let redirect = login(&authorization_url(&peer), "alice");
        assert_eq!(parameter(&redirect, "iss").as_deref(), Some(peer.issuer()));
        assert_eq!(parameter(&redirect, "state").as_deref(), Some("a-state"));
    }

    #[test]
    fn the_peer_lets_a_device_in() {
        let Some(peer) = Peer::start(Settings::default()) else {
            return;
        };
        let asked = post(&peer, "/device/auth", &[("scope", "openid offline_access")]);
        let device_code = member(&asked, "device_code");
        let poll = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device_code.as_str()),
        ];
        assert_eq!(
            member(&post(&peer, "/token", &poll), "error"),
            "authorization_pending"
        );
        let page = member(&asked, "verification_uri").parse().expect("a URL");
        approve_device(&page, &member(&asked, "user_code"), "bob");
        assert_eq!(post(&peer, "/token", &poll).status, 200);
    }

    #[test]
    fn the_peer_revokes_a_grant_that_a_herd_refreshes_without_a_lock() {
        let Some(peer) = Peer::start(Settings::default()) else {
            return;
        };
        let rounds = rig::trials(2, 20);
        for round in 0..rounds {
            let first = redeem(&peer, &code(&peer, &format!("account{round}")));
            let served = thread::scope(|scope| {
                let herd: Vec<_> = (0..20)
                    .map(|_| scope.spawn(|| refresh(&peer, &first).status))
                    .collect();
                let answers = herd.into_iter().map(|one| one.join().expect("an answer"));
                answers.filter(|status| *status == 200).count()
            });
            assert!(served < 20, "{served} were served in round {round}");
        }
        assert_eq!(
            peer.count("revoked"),
            u64::try_from(rounds).expect("a count")
        );
    }

    #[test]
    fn the_peer_gives_a_client_with_a_secret_a_token_of_its_own() {
        let Some(peer) = Peer::start(Settings {
            access_token_ttl: 3,
            ..Settings::default()
        }) else {
            return;
        };
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("grant_type", "client_credentials");
        let login = STANDARD.encode(format!("{CONFIDENTIAL_CLIENT}:{}", peer.secret()));
        let headers = [("Authorization", format!("Basic {login}"))];
        let answer = exchange("POST", &peer.at("/token"), &headers, Some(&body.finish()));
        let json: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(json.get("expires_in"), Some(&Value::from(3)), "{json}");
    }

    fn authorization_url(peer: &Peer) -> Url {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut url = peer.at("/auth");
        url.query_pairs_mut().extend_pairs([
            ("client_id", NATIVE_CLIENT),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", "openid email offline_access"),
            // without it `offline_access` is dropped (OpenID Connect Core section 11)
            ("prompt", "consent"),
            ("state", "a-state"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        url
    }

    fn code(peer: &Peer, account: &str) -> String {
        let redirect = login(&authorization_url(peer), account);
        parameter(&redirect, "code").expect("a code")
    }

    fn redeem(peer: &Peer, code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        post(peer, "/token", &form)
    }

    fn refresh(peer: &Peer, with: &Answer) -> Answer {
        let token = member(with, "refresh_token");
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
        ];
        post(peer, "/token", &form)
    }

    fn post(peer: &Peer, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("client_id", NATIVE_CLIENT)
            .extend_pairs(form);
        exchange("POST", &peer.at(path), &[], Some(&body.finish()))
    }

    fn member(answer: &Answer, name: &str) -> String {
        let json: Value = serde_json::from_str(&answer.body).expect("JSON");
        let text = json.get(name).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no `{name}` in {json}"))
            .to_owned()
    }

    fn parameter(url: &Url, name: &str) -> Option<String> {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Refreshes, failures, reuses and the end of the only grant, which must be that account's.
    fn counts_of(peer: &Peer, account: &str) -> (u64, u64, u64, bool) {
        let counts = peer.counts();
        let grants = counts
            .get("grants")
            .and_then(Value::as_object)
            .expect("grants");
        assert_eq!(grants.len(), 1);
        let grant = grants.values().next().expect("one grant");
        assert_eq!(grant.get("account").and_then(Value::as_str), Some(account));
        let number = |name| grant.get(name).and_then(Value::as_u64).expect("a count");
        let revoked = grant
            .get("revoked")
            .and_then(Value::as_bool)
            .expect("a flag");
        (
            number("refreshes"),
            number("refresh_failures"),
            number("reuses"),
            revoked,
        )
    }
}
