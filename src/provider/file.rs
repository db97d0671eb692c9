//! The stored form of a definition: what a person writes in TOML.
//!
//! Every key is optional here, because a user's file that `extends` a shipped one gives only what
//! differs. What a whole definition needs, and which keys fit together, is decided in `read.rs`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::endpoint::Endpoint;
use crate::names::{ClientId, ProviderName, Scope, VariableName};

/// A whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) extends: Option<Parsed<ProviderName>>,
    pub(super) display_name: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) issuer_aliases: Vec<String>,
    pub(super) endpoints: Endpoints,
    pub(super) authorization: Authorization,
    pub(super) client: Client,
    pub(super) redirect: Redirect,
    pub(super) token: Token,
    pub(super) refresh: Refresh,
    pub(super) limits: Limits,
    /// By a name of its own, so that a file that extends another can change one.
    pub(super) advice: BTreeMap<String, Advice>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) userinfo: Option<Userinfo>,
    pub(super) scopes: Scopes,
    pub(super) revocation: Revocation,
    pub(super) api: Api,
    pub(super) exec: Exec,
    pub(super) git: Git,
    pub(super) documents: Option<Documents>,
    /// Feature, then scope.
    pub(super) catalogue: BTreeMap<String, BTreeMap<String, CatalogueRow>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Endpoints {
    pub(super) authorization: Option<Parsed<Endpoint>>,
    pub(super) token: Option<Parsed<Endpoint>>,
    pub(super) device_authorization: Perhaps<Endpoint>,
    pub(super) introspection: Perhaps<Endpoint>,
    pub(super) pushed_authorization_request: Perhaps<Endpoint>,
    pub(super) registration: Perhaps<Endpoint>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Authorization {
    pub(super) pkce: Option<Pkce>,
    pub(super) iss: Iss,
    pub(super) resource: Option<String>,
    pub(super) parameters: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum Pkce {
    S256,
    #[serde(rename = "none")]
    None,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Iss {
    #[default]
    Optional,
    Required,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Client {
    pub(super) public_id: Perhaps<ClientId>,
    pub(super) authentication: Option<Authentication>,
    pub(super) assertion_audience: Audience,
    pub(super) secret: Option<Secret>,
    pub(super) device_secret: Option<Secret>,
    pub(super) registration_page: Perhaps<Endpoint>,
    pub(super) registration_steps: Vec<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Authentication {
    Basic,
    Post,
    PrivateKeyJwt,
    ClientSecretJwt,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Audience {
    #[default]
    Issuer,
    TokenEndpoint,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Secret {
    Required,
    Optional,
    Forbidden,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Redirect {
    pub(super) host: RedirectHost,
    pub(super) port: Port,
    pub(super) path: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
pub(super) enum RedirectHost {
    #[default]
    #[serde(rename = "127.0.0.1")]
    Ipv4,
    #[serde(rename = "localhost")]
    Localhost,
}

/// `"any"` or a number.
#[derive(Debug, Default, Clone, Copy)]
pub(super) enum Port {
    #[default]
    Any,
    Fixed(u16),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Token {
    pub(super) body: Body,
    pub(super) failure: Failure,
    pub(super) nested_in: Option<String>,
    pub(super) missing_expiry: MissingExpiry,
    pub(super) client_errors: Vec<String>,
    pub(super) dpop: Dpop,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Dpop {
    #[default]
    None,
    Offered,
    Required,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Body {
    #[default]
    Form,
    Json,
}

/// How a failed token request is told from a good one, whatever the status.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Failure {
    /// The member `error` tells (RFC 6749 section 5.2; GitHub sends it with status 200).
    #[default]
    ErrorMember,
    /// `"ok": false` tells too (Slack).
    OkMember,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MissingExpiry {
    Forever,
    #[default]
    Unknown,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Refresh {
    pub(super) rotation: Rotation,
    pub(super) lost_answer: LostAnswer,
    pub(super) redirect_uri: RefreshRedirect,
    pub(super) ended_errors: Vec<String>,
}

/// In days.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    #[serde(rename = "idle_days")]
    pub(super) idle: Option<u16>,
    #[serde(rename = "unused_days")]
    pub(super) unused: Option<u16>,
    #[serde(rename = "total_days")]
    pub(super) total: Option<u16>,
    #[serde(rename = "testing_days")]
    pub(super) testing: Option<u16>,
}

/// What to change after a usual mistake.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Advice {
    pub(super) when: When,
    pub(super) error: Option<String>,
    pub(super) says: Option<String>,
    pub(super) hint: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum When {
    #[default]
    Answer,
    Login,
    Refresh,
    NoRefreshToken,
    NoAnswer,
}

/// Where nothing is said, the careful reading holds: the old refresh token is spent.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rotation {
    None,
    Replace,
    #[default]
    ReplaceAndKill,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LostAnswer {
    #[default]
    TryOnce,
    NeverRetry,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefreshRedirect {
    #[default]
    Omitted,
    Repeated,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Userinfo {
    pub(super) endpoint: Option<Parsed<Endpoint>>,
    pub(super) method: UserinfoMethod,
    pub(super) body: Option<String>,
    pub(super) id: Vec<String>,
    pub(super) label: Vec<String>,
    pub(super) fallback: Option<Box<Userinfo>>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UserinfoMethod {
    #[default]
    Get,
    Post,
    TokenAnswer,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Scopes {
    pub(super) request: RequestSeparator,
    pub(super) request_parameter: Option<String>,
    pub(super) answer: AnswerSeparator,
    pub(super) answer_member: Option<String>,
    pub(super) default: Vec<Parsed<Scope>>,
    pub(super) required: Vec<Parsed<Scope>>,
    pub(super) never_echoed: Vec<Parsed<Scope>>,
    pub(super) optional_prefix: Option<String>,
    pub(super) case: Case,
    pub(super) aliases: BTreeMap<String, Parsed<Scope>>,
    pub(super) implies: BTreeMap<String, Vec<Parsed<Scope>>>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RequestSeparator {
    #[default]
    Space,
    Comma,
    /// There is no `scope` parameter.
    None,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AnswerSeparator {
    #[default]
    Space,
    Comma,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Case {
    #[default]
    Exact,
    Ignored,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Revocation {
    pub(super) kind: RevocationKind,
    /// May hold `{client_id}` where the kind is `application_token`.
    pub(super) endpoint: Option<String>,
    pub(super) client: Option<RevocationClient>,
    pub(super) body: Option<Body>,
    pub(super) tokens: Option<RevokedTokens>,
    pub(super) note: Option<String>,
    /// May hold `{client_id}` where the kind is `application_token`.
    pub(super) page: Option<String>,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RevocationKind {
    #[default]
    None,
    Rfc7009,
    ApplicationToken,
    BearerPost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RevocationClient {
    Authenticated,
    Anonymous,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RevokedTokens {
    Both,
    Either,
    Access,
}

/// Where manuscripts are kept.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Documents {
    pub(super) kind: Option<DocumentsKind>,
    pub(super) rest: Option<Parsed<Endpoint>>,
    pub(super) graphql: Perhaps<Endpoint>,
    pub(super) archive: Perhaps<Endpoint>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum DocumentsKind {
    #[serde(rename = "github")]
    GitHub,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Api {
    pub(super) hosts: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Exec {
    pub(super) variable: Perhaps<VariableName>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Git {
    pub(super) hosts: Vec<String>,
    pub(super) username: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogueRow {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) category: Category,
    #[serde(default)]
    pub(super) dangerous: bool,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Category {
    Read,
    Write,
    Admin,
}

/// A text that is checked while it is read, so that the error has its line.
#[derive(Debug)]
pub(super) struct Parsed<T>(pub(super) T);

impl<'de, T> Deserialize<'de> for Parsed<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

/// As [`Parsed`], but the empty text says that there is none, which is how an overriding file takes
/// something away.
#[derive(Debug)]
pub(super) struct Perhaps<T>(pub(super) Option<T>);

impl<T> Default for Perhaps<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T> Deserialize<'de> for Perhaps<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        text.parse().map(Some).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PortVisitor;
        impl Visitor<'_> for PortVisitor {
            type Value = Port;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"any\" or a number from 1024 to 65535")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Port, E> {
                if text == "any" {
                    Ok(Port::Any)
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Str(text), &self))
                }
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Port, E> {
                match u16::try_from(number) {
                    Ok(port) if port >= 1024 => Ok(Port::Fixed(port)),
                    _ => Err(E::invalid_value(
                        serde::de::Unexpected::Signed(number),
                        &self,
                    )),
                }
            }
        }
        deserializer.deserialize_any(PortVisitor)
    }
}
