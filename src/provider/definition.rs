//! What there is to know about one authorization server, as data.
//!
//! Everything in which providers differ is a named value here: code that speaks the protocol
//! branches on these values and never on a provider's name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::advice::Advice;
use crate::endpoint::Endpoint;
use crate::names::{ClientId, ProviderName, Scope, VariableName};

/// Stands for the client id in the templates of [`Revocation::ApplicationToken`].
pub const CLIENT_ID_PLACEHOLDER: &str = "{client_id}";

/// Stands for the URI to register in [`ClientRules::registration_steps`].
const REDIRECT_URI_PLACEHOLDER: &str = "{redirect_uri}";

/// One authorization server.
#[derive(Debug, Clone)]
pub struct Definition {
    /// How commands call it.
    pub name: ProviderName,
    /// How people call it: `GitHub`.
    pub display_name: String,
    /// Where this definition came from.
    pub origin: Origin,
    /// The issuer identifier, compared byte for byte with `iss` (RFC 9207) and with metadata
    /// (RFC 8414 section 3.3). May hold `{tenantid}`, which the `tid` claim of the ID token fills.
    pub issuer: Option<String>,
    /// Other spellings of the issuer that ID tokens carry (Google: without the scheme). Never
    /// accepted in an authorization response, where RFC 9207 section 2.4 wants the one issuer.
    pub issuer_aliases: Vec<String>,
    /// Whether authorization responses carry `iss` (RFC 9207).
    pub iss_parameter: IssParameter,
    /// RFC 6749 section 3.1.
    pub authorization_endpoint: Endpoint,
    /// RFC 6749 section 3.2.
    pub token_endpoint: Endpoint,
    /// RFC 8628 section 3.1.
    pub device_authorization_endpoint: Option<Endpoint>,
    /// RFC 7591.
    pub registration_endpoint: Option<Endpoint>,
    /// RFC 9126. Where there is one, authorization requests go there first.
    pub par_endpoint: Option<Endpoint>,
    /// RFC 7662.
    pub introspection_endpoint: Option<Endpoint>,
    /// Where `userinfo` comes from.
    pub userinfo: Option<Userinfo>,
    /// How the loopback redirect URI must look.
    pub redirect: Redirect,
    /// The client registration: what it needs, and where one is made.
    pub client: ClientRules,
    /// RFC 7636.
    pub pkce: Pkce,
    /// Which resource tokens are for (RFC 8707), where one authorization server has several.
    pub resource: Option<String>,
    /// Whether tokens are bound to a key (RFC 9449).
    pub dpop: Dpop,
    /// How the body of a token request is written.
    pub token_body: BodyKind,
    /// Headers that every request to this provider carries, beside `Accept: application/json`.
    pub headers: BTreeMap<String, String>,
    /// Parameters added to the authorization request; never one that the protocol owns.
    pub authorization_parameters: BTreeMap<String, String>,
    /// How scopes are written, answered and compared.
    pub scopes: ScopeRules,
    /// How token answers differ from RFC 6749 section 5.
    pub answers: AnswerRules,
    /// What refreshing does there.
    pub refresh: RefreshRules,
    /// When a grant ends although nobody ended it.
    pub limits: Limits,
    /// What to change after the usual mistakes.
    pub advice: Vec<Advice>,
    /// How access is ended there.
    pub revocation: Revocation,
    /// Hosts that an access token of this provider may be sent to by `api`.
    pub api_hosts: BTreeSet<String>,
    /// The environment variable that programs for this provider take a token from.
    pub token_variable: Option<VariableName>,
    /// What it takes of what other programs keep.
    pub import: Import,
    /// What git is told there, where its repositories are reached with the access token.
    pub git: Option<Git>,
    /// Where this provider keeps manuscripts.
    pub documents: Option<Documents>,
    /// The scope catalogue.
    pub catalogue: Vec<CatalogueScope>,
}

/// What a provider takes of what other programs keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The types of `rclone` remotes that are this provider's.
    pub rclone_types: Vec<String>,
    /// It takes what fits several definitions alike.
    pub first: bool,
}

/// How git signs in with an access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Git {
    /// Hosts that serve repositories, each with its port where it is not the scheme's own.
    pub hosts: BTreeSet<String>,
    /// The user name that goes with an access token in the place of the password.
    pub username: String,
}

/// A place for manuscripts: what kind of API, and where it is.
#[derive(Debug, Clone)]
pub struct Documents {
    /// Which API it is.
    pub kind: DocumentsKind,
    /// The root of the REST API.
    pub rest: Endpoint,
    /// The GraphQL endpoint; without it everything goes by REST.
    pub graphql: Option<Endpoint>,
    /// The root below which links to archives lead. A token never goes there.
    pub archive: Option<Endpoint>,
}

/// An API that keeps manuscripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentsKind {
    /// GitHub's.
    GitHub,
}

impl Definition {
    /// The environment variable that an access token is put into unless somebody says otherwise.
    #[must_use]
    pub fn token_variable(&self) -> VariableName {
        self.token_variable
            .clone()
            .unwrap_or_else(|| VariableName::of_provider(&self.name))
    }

    /// The definition as the device flow sees it: with that flow's rule for the client secret,
    /// which holds for refreshing what it brought too.
    #[must_use]
    pub fn for_device(&self) -> Self {
        let mut seen = self.clone();
        seen.client.secret = self.client.device_secret;
        seen
    }

    /// What to do on the registration page, step by step, with the redirect URI filled in.
    #[must_use]
    pub fn registration_steps(&self) -> Vec<String> {
        let uri = self.redirect.registered_uri();
        let steps = self.client.registration_steps.iter();
        steps
            .map(|step| step.replace(REDIRECT_URI_PLACEHOLDER, &uri))
            .collect()
    }
}

/// RFC 9449.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dpop {
    /// Not there.
    None,
    /// Where the person asks for it.
    Offered,
    /// Always.
    Required,
}

/// Where a definition came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Shipped with the program.
    BuiltIn,
    /// A file of the user's; it may override a shipped one.
    UserFile(PathBuf),
}

/// RFC 9207 section 2.4, from metadata or the definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssParameter {
    /// Compared when it comes.
    Optional,
    /// Announced: an authorization response without it is refused.
    Required,
}

/// How the account is named.
#[derive(Debug, Clone)]
pub struct Userinfo {
    /// Where to ask.
    pub endpoint: Endpoint,
    /// How to ask.
    pub method: UserinfoMethod,
    /// The JSON text that a `Post` carries (Linear's GraphQL query); without it the body is empty.
    pub body: Option<String>,
    /// RFC 6901 pointers whose values, joined with `:`, identify the account for ever.
    pub id: Vec<String>,
    /// RFC 6901 pointers to the label; the first that holds a text or number is used.
    pub label: Vec<String>,
    /// Asked instead when this one refuses (401, 403, 404) or its answer lacks an id: a grant may
    /// not reach the better source (YouTube's upload scope can't read the channel).
    pub fallback: Option<Box<Userinfo>>,
}

/// How userinfo is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserinfoMethod {
    /// GET with the token as bearer.
    Get,
    /// POST with the token as bearer, its body empty or the JSON of `Userinfo::body`.
    Post,
    /// Nothing is asked: the token answer itself names the account (Notion).
    TokenAnswer,
}

/// The loopback redirect URI (RFC 8252 section 7.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The host written into the URI.
    pub host: RedirectHost,
    /// A fixed port where the provider compares ports, else any free one.
    pub port: Option<u16>,
    /// The path, beginning with `/`.
    pub path: String,
}

impl Redirect {
    /// The URI as a person registers it: with the port where it is fixed, else without one.
    #[must_use]
    pub fn registered_uri(&self) -> String {
        let host = self.host.as_str();
        let path = &self.path;
        match self.port {
            Some(port) => format!("http://{host}:{port}{path}"),
            None => format!("http://{host}{path}"),
        }
    }
}

/// The host of a loopback redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectHost {
    /// `127.0.0.1`, as RFC 8252 section 8.3 wants it.
    Ipv4,
    /// `localhost`, for providers that accept nothing else; both address families are held.
    Localhost,
}

impl RedirectHost {
    /// As it stands in the URI.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4 => "127.0.0.1",
            Self::Localhost => "localhost",
        }
    }
}

/// What a client registration at this provider consists of.
#[derive(Debug, Clone)]
pub struct ClientRules {
    /// A client id that everybody may use; shipped definitions have none.
    pub public_id: Option<ClientId>,
    /// How the client authenticates at the token endpoint (RFC 6749 section 2.3.1).
    pub authentication: ClientAuthentication,
    /// Whom signed statements are for, where the client signs.
    pub assertion_audience: AssertionAudience,
    /// The client secret in the authorization code flow.
    pub secret: SecretRule,
    /// The client secret in the device flow.
    pub device_secret: SecretRule,
    /// The page on which a person registers a client.
    pub registration_page: Option<Endpoint>,
    /// What to do on that page, step by step; `{redirect_uri}` stands for the URI to register, which
    /// [`Definition::registration_steps`] fills in.
    pub registration_steps: Vec<String>,
}

/// RFC 6749 section 2.3.1. A client without a secret always sends its id in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// HTTP Basic, both parts form-encoded first.
    Basic,
    /// `client_id` and `client_secret` in the body.
    Post,
    /// A statement signed with the client's key (RFC 7523).
    PrivateKeyJwt,
    /// A statement signed with the client's secret (`OpenID` Connect Core section 9).
    ClientSecretJwt,
}

/// Whom a client's signed statement is for (RFC 7523 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssertionAudience {
    /// The issuer, or the token endpoint where there is none.
    Issuer,
    /// The token endpoint, for providers that accept nothing else.
    TokenEndpoint,
}

/// Whether a client secret is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretRule {
    /// Nothing works without it.
    Required,
    /// Sent where there is one.
    Optional,
    /// Sending one is an error there.
    Forbidden,
}

/// RFC 7636.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pkce {
    /// Always sent.
    S256,
    /// Not supported there; a definition must say so, and `provider check` warns.
    None,
}

/// How a request body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// `application/x-www-form-urlencoded`, as the RFC says.
    Form,
    /// A JSON object with the same members.
    Json,
}

/// How scopes are written, answered and compared.
#[derive(Debug, Clone)]
pub struct ScopeRules {
    /// Between scopes in the request; `None`: there is no `scope` parameter.
    pub request_separator: Option<ScopeSeparator>,
    /// The parameter of the request that lists scopes: `scope`, or Slack's `user_scope`.
    pub request_parameter: String,
    /// Between scopes in the answer.
    pub answer_separator: ScopeSeparator,
    /// The member of the answer that lists scopes: `scope`, or Bitbucket's `scopes`.
    pub answer_member: String,
    /// Asked for when the user names none.
    pub default: Vec<Scope>,
    /// Always asked for: needed to name the account or to stay signed in.
    pub required: Vec<Scope>,
    /// Other spellings of the same scope: alias to canonical form.
    pub aliases: BTreeMap<String, String>,
    /// A prefix that answers may add or drop (`https://graph.microsoft.com/`).
    pub optional_prefix: Option<String>,
    /// Whether scopes compare without regard to ASCII case.
    pub ignore_case: bool,
    /// Scopes that an answer never lists although they were granted.
    pub never_echoed: BTreeSet<String>,
    /// What a scope includes: `repo` grants `public_repo`. Applied transitively.
    pub implies: BTreeMap<String, Vec<String>>,
}

impl ScopeRules {
    /// Those of RFC 6749 section 3.3, for scopes of a provider that nothing is known of.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            request_separator: Some(ScopeSeparator::Space),
            request_parameter: "scope".to_owned(),
            answer_separator: ScopeSeparator::Space,
            answer_member: "scope".to_owned(),
            default: Vec::new(),
            required: Vec::new(),
            aliases: BTreeMap::new(),
            optional_prefix: None,
            ignore_case: false,
            never_echoed: BTreeSet::new(),
            implies: BTreeMap::new(),
        }
    }
}

/// What stands between scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeSeparator {
    /// A space (RFC 6749 section 3.3).
    Space,
    /// A comma; in answers a space too.
    Comma,
}

/// How token answers differ from RFC 6749 section 5.
#[derive(Debug, Clone)]
pub struct AnswerRules {
    /// Success has `"ok": true`, failure `"ok": false` (Slack). A member `error` is a failure with
    /// any provider, whatever the status.
    pub ok_member: bool,
    /// Error codes that mean what `invalid_client` means.
    pub client_errors: BTreeSet<String>,
    /// The member that holds the token answer, where it is nested (Slack's `authed_user`).
    pub nested_in: Option<String>,
    /// What a missing `expires_in` means.
    pub missing_expiry: MissingExpiry,
}

/// What a missing `expires_in` means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingExpiry {
    /// The access token lives until it is revoked.
    Forever,
    /// Nobody knows; used until the provider refuses it.
    Unknown,
}

/// When a grant ends although nobody ended it; each as the provider documents it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// A refresh token ends when it is not used for so long.
    pub idle: Option<Duration>,
    /// An access token without an expiry ends when it is not used for so long.
    pub unused: Option<Duration>,
    /// A grant ends so long after consent, however much it is used.
    pub total: Option<Duration>,
    /// As `total`, while the app registration is one for testing.
    pub testing: Option<Duration>,
}

/// What refreshing does.
#[derive(Debug, Clone)]
pub struct RefreshRules {
    /// What becomes of the old refresh token.
    pub rotation: Rotation,
    /// After an answer was lost: may the old refresh token be tried again?
    pub lost_answer: LostAnswer,
    /// The refresh request repeats `redirect_uri` (GitLab).
    pub send_redirect_uri: bool,
    /// Error codes that mean what `invalid_grant` means.
    pub ended_errors: BTreeSet<String>,
}

/// What becomes of a refresh token when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It stays.
    None,
    /// A new one comes, the old one lives on.
    Replace,
    /// A new one comes, the old one dies; using it again may end the grant.
    ReplaceAndKill,
}

/// After the answer to a refresh was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostAnswer {
    /// The old refresh token is tried once more.
    TryOnce,
    /// It is never sent again: the person must sign in.
    NeverRetry,
}

/// How access is ended at the provider.
#[derive(Debug, Clone)]
pub enum Revocation {
    /// The provider has no way; a person can do it on this page.
    None {
        /// What a person has to know, in words.
        note: Option<String>,
        /// The page on which a person ends access.
        page: Option<Endpoint>,
    },
    /// RFC 7009. Where revoking reaches further than one token, `note` says so in words.
    Rfc7009 {
        /// The revocation endpoint.
        endpoint: Endpoint,
        /// Whether the client authenticates there as at the token endpoint.
        authenticate: bool,
        /// How the body is written (Notion: JSON).
        body: BodyKind,
        /// Which tokens are sent; Google's ends both with either.
        tokens: RevokedTokens,
        /// What else ends with it, in words.
        note: Option<String>,
        /// The page on which a person ends access.
        page: Option<Endpoint>,
    },
    /// `DELETE` on an application resource with HTTP Basic and the access token in a JSON body
    /// (GitHub). `{client_id}` in the endpoint is filled in.
    ApplicationToken {
        /// The resource, with `{client_id}`; once that is filled in, the text is an [`Endpoint`].
        endpoint_template: String,
        /// What else ends with it, or doesn't, in words.
        note: Option<String>,
        /// The page on which a person ends access; may hold `{client_id}`.
        page_template: Option<String>,
    },
    /// `POST` without a body, the access token as bearer (Dropbox, Slack).
    BearerPost {
        /// The resource.
        endpoint: Endpoint,
        /// The page on which a person ends access.
        page: Option<Endpoint>,
    },
}

impl Revocation {
    /// Where the revocation of a token of this client is sent, with the client id filled in; none
    /// where there is no way.
    #[must_use]
    pub fn endpoint_for(&self, client_id: &str) -> Option<Endpoint> {
        match self {
            Self::None { .. } => None,
            Self::Rfc7009 { endpoint, .. } | Self::BearerPost { endpoint, .. } => {
                Some(endpoint.clone())
            }
            Self::ApplicationToken {
                endpoint_template, ..
            } => filled(endpoint_template, client_id),
        }
    }

    /// The page on which a person ends access that this client has.
    #[must_use]
    pub fn page_for(&self, client_id: &str) -> Option<Endpoint> {
        match self {
            Self::None { page, .. }
            | Self::Rfc7009 { page, .. }
            | Self::BearerPost { page, .. } => page.clone(),
            Self::ApplicationToken { page_template, .. } => {
                filled(page_template.as_deref()?, client_id)
            }
        }
    }

    /// What a person has to know about it, in words.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::None { note, .. }
            | Self::Rfc7009 { note, .. }
            | Self::ApplicationToken { note, .. } => note.as_deref(),
            Self::BearerPost { .. } => None,
        }
    }
}

/// The id is percent-encoded, so that it stays inside its place in the URL.
fn filled(template: &str, client_id: &str) -> Option<Endpoint> {
    let encoded: String = url::form_urlencoded::byte_serialize(client_id.as_bytes()).collect();
    template
        // a path segment, where a space is never `+`
        .replace(CLIENT_ID_PLACEHOLDER, &encoded.replace('+', "%20"))
        .parse()
        .ok()
}

/// Which tokens a revocation sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokedTokens {
    /// The refresh token first, then the access token.
    Both,
    /// The refresh token where there is one, else the access token: either ends both.
    Either,
    /// The access token only.
    Access,
}

/// One row of the scope catalogue.
#[derive(Debug, Clone)]
pub struct CatalogueScope {
    /// The scope as it is sent.
    pub name: Scope,
    /// The feature it belongs to: `calendar`.
    pub feature: String,
    /// A short name for people.
    pub title: String,
    /// What it allows.
    pub description: String,
    /// How far it reaches.
    pub category: ScopeCategory,
    /// Needed to name the account or to stay signed in.
    pub required: bool,
    /// Worth a second question.
    pub dangerous: bool,
}

/// How far a scope reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeCategory {
    /// Looks only.
    Read,
    /// Changes data.
    Write,
    /// Settings, membership, sharing, deletion for good.
    Admin,
}
