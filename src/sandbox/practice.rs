//! The practice server without its socket: a request and a time in, an answer out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::call::{Answer, Call};
use super::client::{CONFIDENTIAL_CLIENT, Client, PUBLIC_CLIENT, SIGNING_CLIENT};
use super::code::Code;
use super::consent::Ticket;
use super::device::Device;
use super::fault::Endpoint;
use super::github::{self, Asker, Circumstances, Hub, Trouble};
use super::grants::Grants;
use super::id_token::Signer;
use super::mint::{Hash, Mint};
use super::options::Options;
use super::pushed::Waiting;
use super::{
    authorize, consent, device, discovery, introspect, page, pushed, register, resource, revoke,
    token, userinfo,
};
use crate::moment::Timestamp;
use crate::names::AccountLabel;
use crate::secret::Secret;

/// The scopes that can be asked for, with what a person reads about them.
pub(super) const SCOPES: [(&str, &str); 8] = [
    ("openid", "Know that it is you"),
    ("profile", "See your name"),
    ("email", "See your mail address"),
    ("offline_access", "Stay signed in"),
    ("read", "Read your practice data"),
    ("write", "Change your practice data"),
    (
        "admin",
        "Change your settings and delete your data for good",
    ),
    ("repo", "Read and change your repositories"),
];

/// Everything the server knows.
pub(super) struct Practice {
    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub(super) issuer: String,
    pub(super) options: Options,
    pub(super) mint: Mint,
    pub(super) signer: Signer,
    pub(super) clients: Vec<Client>,
    pub(super) client_secret: Secret,
    /// Who signs in when nobody says otherwise.
    pub(super) account: AccountLabel,
    pub(super) grants: Grants,
    pub(super) codes: BTreeMap<Hash, Code>,
    pub(super) devices: BTreeMap<Hash, Device>,
    pub(super) tickets: BTreeMap<Hash, Ticket>,
    pub(super) hub: Hub,
    pub(super) pushed: BTreeMap<Hash, Waiting>,
    /// Statements and proofs that were used.
    pub(super) seen: BTreeSet<String>,
    /// What proofs must repeat, where they must.
    pub(super) nonce: String,
}

/// What a fault changes in how a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Usual,
    WithoutRefreshToken,
    /// Something befalls a request to the practice GitHub.
    Troubled(Trouble),
}

impl Practice {
    /// A server without grants.
    pub(super) fn new(issuer: String, mut options: Options) -> Result<Self, getrandom::Error> {
        let mut mint = Mint::new(options.seed.as_deref())?;
        let secret = mint.secret("sbx_secret");
        if options.accounts.is_empty() {
            options.accounts.push(AccountLabel::from_provider("writer"));
        }
        let account = options
            .accounts
            .first()
            .cloned()
            .unwrap_or_else(AccountLabel::default_label);
        Ok(Self {
            issuer,
            signer: Signer::new(&mut mint),
            clients: clients(&options, &secret),
            client_secret: Secret::new(secret),
            account,
            grants: Grants::default(),
            codes: BTreeMap::new(),
            devices: BTreeMap::new(),
            tickets: BTreeMap::new(),
            hub: Hub::default(),
            pushed: BTreeMap::new(),
            seen: BTreeSet::new(),
            nonce: mint.secret("sbx_nonce"),
            mint,
            options,
        })
    }

    /// The wall clock at `now`, which counts from the start.
    pub(super) fn wall(&self, now: Duration) -> Timestamp {
        self.options.now.plus(now)
    }

    /// Answers one request. Every path of the server stands here.
    pub(super) fn respond(&mut self, call: &Call, now: Duration, manner: Manner) -> Answer {
        if call.path.starts_with("/github/") {
            return self.github(call, now, manner);
        }
        let answered = match call.path.as_str() {
            "/authorize" => Ok(authorize::authorize(self, call, now)),
            "/consent" => Ok(consent::decide(self, call, now)),
            "/token" => token::token(self, call, now, manner),
            "/par" => pushed::push(self, call, now),
            "/revoke" => revoke::revoke(self, call, now),
            "/introspect" => introspect::introspect(self, call, now),
            "/userinfo" => userinfo::userinfo(self, call, now),
            "/register" => register::register(self, call),
            "/device_authorization" => device::authorize(self, call, now),
            "/device" => device::page(self, call, now),
            "/jwks" => Ok(discovery::keys(self, call)),
            "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server" => {
                Ok(discovery::metadata(self, call))
            }
            resource::PATH => Ok(resource::resource(self, call, now)),
            resource::METADATA => Ok(resource::metadata(self)),
            "/" => Ok(page::front(&self.issuer)),
            _ => Ok(Answer::empty(404)),
        };
        answered.unwrap_or_else(Answer::from)
    }

    /// Answers one request to the practice GitHub.
    fn github(&mut self, call: &Call, now: Duration, manner: Manner) -> Answer {
        let asker = self.asker(call, now);
        let presented = asker.as_ref().ok().and_then(Option::as_ref);
        let presented = presented.map(|(_, hash)| *hash);
        let given = Circumstances {
            origin: &self.issuer,
            asker: asker.map(|asker| asker.map(|(asker, _)| asker)),
            now,
            wall: self.wall(now),
            options: &self.options.github,
            trouble: match manner {
                Manner::Troubled(trouble) => Some(trouble),
                Manner::Usual | Manner::WithoutRefreshToken => None,
            },
        };
        let mut answer = self.hub.respond(call, &given);
        answer.note.presented = presented;
        answer
    }

    /// Whose token a request brings: none, or an error where it is not good.
    fn asker(&self, call: &Call, now: Duration) -> Result<Option<(Asker, Hash)>, ()> {
        let Some(header) = call.header("authorization").map_err(|_| ())? else {
            return Ok(None);
        };
        let (scheme, token) = header.split_once(' ').ok_or(())?;
        let token = match scheme.to_ascii_lowercase().as_str() {
            "bearer" | "token" => token.to_owned(),
            "basic" => password(token).ok_or(())?,
            _ => return Err(()),
        };
        let good = self.grants.access(&token, now).ok_or(())?;
        let account = good.family.account.as_ref().ok_or(())?;
        let hash = Hash::of(&token);
        let asker = Asker {
            login: account.as_str().to_owned(),
            scopes: good.scopes.clone(),
            token: hash.fingerprint(),
        };
        Ok(Some((asker, hash)))
    }
}

/// The password of HTTP Basic (RFC 7617), where git sends a token.
fn password(encoded: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    text.split_once(':')
        .map(|(_, password)| password.to_owned())
}

fn clients(options: &Options, secret: &str) -> Vec<Client> {
    let mut clients = vec![
        Client::built_in(CONFIDENTIAL_CLIENT, Some(Hash::of(secret))),
        Client::built_in(PUBLIC_CLIENT, None),
    ];
    clients.extend(options.client_key.clone().map(|key| Client {
        key: Some(key),
        ..Client::built_in(SIGNING_CLIENT, None)
    }));
    clients
}

/// What a request is for, as faults and the log count it.
pub(super) fn endpoint_of(call: &Call) -> Endpoint {
    if call.path.starts_with("/github/") {
        return Endpoint::GitHub(github::purpose(call).0);
    }
    match call.path.as_str() {
        "/authorize" => Endpoint::Authorize,
        "/token" => match token::grant_type(call).as_deref() {
            Some(token::REFRESH) => Endpoint::Refresh,
            Some(token::DEVICE) => Endpoint::Poll,
            _ => Endpoint::Token,
        },
        "/par" => Endpoint::Par,
        "/revoke" => Endpoint::Revoke,
        "/introspect" => Endpoint::Introspect,
        "/userinfo" => Endpoint::Userinfo,
        "/register" => Endpoint::Register,
        "/device_authorization" => Endpoint::Device,
        "/jwks"
        | "/.well-known/openid-configuration"
        | "/.well-known/oauth-authorization-server" => Endpoint::Metadata,
        resource::PATH => Endpoint::Api,
        path if path.starts_with("/.well-known/oauth-protected-resource") => Endpoint::Resource,
        "/" | "/consent" | "/device" => Endpoint::Page,
        _ => Endpoint::Other,
    }
}
