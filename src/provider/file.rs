//! The stored form of a definition: what a person writes in TOML.
//!
//! Every key is optional here, because a user's file that `extends` a shipped one gives only what
//! differs. What a whole definition needs, and which keys fit together, is decided in `read.rs`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use toml::Spanned;
use toml::de::DeValue;

use super::source::Fault;
use super::written::{FromToml, integer, section, text, words};
use crate::endpoint::Endpoint;
use crate::names::{ClientId, ProviderName, Scope, VariableName};

section! {
    /// A whole file.
    struct File {
        extends: Option<Parsed<ProviderName>>,
        display_name: Option<String>,
        issuer: Option<String>,
        issuer_aliases: Vec<String>,
        endpoints: Endpoints,
        authorization: Authorization,
        client: Client,
        redirect: Redirect,
        token: Token,
        refresh: Refresh,
        limits: Limits,
        /// By a name of its own, so that a file that extends another can change one.
        advice: BTreeMap<String, Advice>,
        headers: BTreeMap<String, String>,
        userinfo: Option<Userinfo>,
        scopes: Scopes,
        revocation: Revocation,
        api: Api,
        exec: Exec,
        git: Git,
        import: Import,
        documents: Option<Documents>,
        /// Feature, then scope.
        catalogue: BTreeMap<String, BTreeMap<String, CatalogueRow>>,
    }
}

section! {
    struct Endpoints {
        authorization: Option<Parsed<Endpoint>>,
        token: Option<Parsed<Endpoint>>,
        device_authorization: Perhaps<Endpoint>,
        introspection: Perhaps<Endpoint>,
        pushed_authorization_request: Perhaps<Endpoint>,
        registration: Perhaps<Endpoint>,
    }
}

section! {
    struct Authorization {
        pkce: Option<Pkce>,
        iss: Iss,
        resource: Option<String>,
        parameters: BTreeMap<String, String>,
    }
}

words! {
    #[derive(Debug, Clone, Copy)]
    enum Pkce {
        S256 = "S256",
        None = "none",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum Iss {
        #[default]
        Optional = "optional",
        Required = "required",
    }
}

section! {
    struct Client {
        public_id: Perhaps<ClientId>,
        authentication: Option<Authentication>,
        assertion_audience: Audience,
        secret: Option<Secret>,
        device_secret: Option<Secret>,
        registration_page: Perhaps<Endpoint>,
        registration_steps: Vec<String>,
    }
}

words! {
    #[derive(Debug, Clone, Copy)]
    enum Authentication {
        Basic = "basic",
        Post = "post",
        PrivateKeyJwt = "private_key_jwt",
        ClientSecretJwt = "client_secret_jwt",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum Audience {
        #[default]
        Issuer = "issuer",
        TokenEndpoint = "token_endpoint",
    }
}

words! {
    #[derive(Debug, Clone, Copy)]
    enum Secret {
        Required = "required",
        Optional = "optional",
        Forbidden = "forbidden",
    }
}

section! {
    struct Redirect {
        host: RedirectHost,
        port: Port,
        path: Option<String>,
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum RedirectHost {
        #[default]
        Ipv4 = "127.0.0.1",
        Localhost = "localhost",
    }
}

/// `"any"` or a number.
#[derive(Debug, Default, Clone, Copy)]
pub(super) enum Port {
    #[default]
    Any,
    Fixed(u16),
}

section! {
    struct Token {
        body: Body,
        failure: Failure,
        nested_in: Option<String>,
        missing_expiry: MissingExpiry,
        client_errors: Vec<String>,
        dpop: Dpop,
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum Dpop {
        #[default]
        None = "none",
        Offered = "offered",
        Required = "required",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum Body {
        #[default]
        Form = "form",
        Json = "json",
    }
}

words! {
    /// How a failed token request is told from a good one, whatever the status.
    #[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
    enum Failure {
        /// The member `error` tells (RFC 6749 section 5.2; GitHub sends it with status 200).
        #[default]
        ErrorMember = "error_member",
        /// `"ok": false` tells too (Slack).
        OkMember = "ok_member",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum MissingExpiry {
        Forever = "forever",
        #[default]
        Unknown = "unknown",
    }
}

section! {
    struct Refresh {
        rotation: Rotation,
        lost_answer: LostAnswer,
        redirect_uri: RefreshRedirect,
        ended_errors: Vec<String>,
    }
}

section! {
    /// In days.
    #[derive(Clone, Copy)]
    struct Limits {
        idle as "idle_days": Option<u16>,
        unused as "unused_days": Option<u16>,
        total as "total_days": Option<u16>,
        testing as "testing_days": Option<u16>,
    }
}

section! {
    /// What to change after a usual mistake.
    struct Advice {
        when: When,
        error: Option<String>,
        says: Option<String>,
        hint: Option<String>,
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum When {
        #[default]
        Answer = "answer",
        Login = "login",
        Refresh = "refresh",
        NoRefreshToken = "no_refresh_token",
        NoAnswer = "no_answer",
    }
}

words! {
    /// Where nothing is said, the careful reading holds: the old refresh token is spent.
    #[derive(Debug, Default, Clone, Copy)]
    enum Rotation {
        None = "none",
        Replace = "replace",
        #[default]
        ReplaceAndKill = "replace_and_kill",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum LostAnswer {
        #[default]
        TryOnce = "try_once",
        NeverRetry = "never_retry",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
    enum RefreshRedirect {
        #[default]
        Omitted = "omitted",
        Repeated = "repeated",
    }
}

section! {
    struct Userinfo {
        endpoint: Option<Parsed<Endpoint>>,
        method: UserinfoMethod,
        body: Option<String>,
        id: Vec<String>,
        label: Vec<String>,
        fallback: Option<Box<Userinfo>>,
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
    enum UserinfoMethod {
        #[default]
        Get = "get",
        Post = "post",
        TokenAnswer = "token_answer",
    }
}

section! {
    struct Scopes {
        request: RequestSeparator,
        request_parameter: Option<String>,
        answer: AnswerSeparator,
        answer_member: Option<String>,
        default: Vec<Parsed<Scope>>,
        required: Vec<Parsed<Scope>>,
        never_echoed: Vec<Parsed<Scope>>,
        optional_prefix: Option<String>,
        case: Case,
        aliases: BTreeMap<String, Parsed<Scope>>,
        implies: BTreeMap<String, Vec<Parsed<Scope>>>,
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum RequestSeparator {
        #[default]
        Space = "space",
        Comma = "comma",
        /// There is no `scope` parameter.
        None = "none",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum AnswerSeparator {
        #[default]
        Space = "space",
        Comma = "comma",
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
    enum Case {
        #[default]
        Exact = "exact",
        Ignored = "ignored",
    }
}

section! {
    struct Revocation {
        kind: RevocationKind,
        /// May hold `{client_id}` where the kind is `application_token`.
        endpoint: Option<String>,
        client: Option<RevocationClient>,
        body: Option<Body>,
        tokens: Option<RevokedTokens>,
        note: Option<String>,
        /// May hold `{client_id}` where the kind is `application_token`.
        page: Option<String>,
    }
}

words! {
    #[derive(Debug, Default, Clone, Copy)]
    enum RevocationKind {
        #[default]
        None = "none",
        Rfc7009 = "rfc7009",
        ApplicationToken = "application_token",
        BearerPost = "bearer_post",
    }
}

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum RevocationClient {
        Authenticated = "authenticated",
        Anonymous = "anonymous",
    }
}

words! {
    #[derive(Debug, Clone, Copy)]
    enum RevokedTokens {
        Both = "both",
        Either = "either",
        Access = "access",
    }
}

section! {
    /// Where manuscripts are kept.
    struct Documents {
        kind: Option<DocumentsKind>,
        rest: Option<Parsed<Endpoint>>,
        graphql: Perhaps<Endpoint>,
        archive: Perhaps<Endpoint>,
    }
}

words! {
    #[derive(Debug, Clone, Copy)]
    enum DocumentsKind {
        GitHub = "github",
    }
}

section! {
    struct Api {
        hosts: Vec<String>,
    }
}

section! {
    struct Exec {
        variable: Perhaps<VariableName>,
    }
}

section! {
    /// By what other programs call it.
    struct Import {
        rclone: Vec<String>,
        first: bool,
    }
}

section! {
    struct Git {
        hosts: Vec<String>,
        username: Option<String>,
    }
}

section! {
    struct CatalogueRow {
        title: Option<String>,
        description: Option<String>,
        category: Option<Category>,
        dangerous: bool,
    }
}

words! {
    #[derive(Debug, Clone, Copy)]
    enum Category {
        Read = "read",
        Write = "write",
        Admin = "admin",
    }
}

/// A text that is checked while it is read, so that the error has its line.
#[derive(Debug)]
pub(super) struct Parsed<T>(pub(super) T);

impl<T> FromToml for Parsed<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        let parsed = text(value)?.parse();
        parsed
            .map(Self)
            .map_err(|why: T::Err| Fault::at(value.span(), why.to_string()))
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

impl<T> FromToml for Perhaps<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        if text(value)?.is_empty() {
            return Ok(Self(None));
        }
        Parsed::from_toml(value).map(|parsed| Self(Some(parsed.0)))
    }
}

impl FromToml for Port {
    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        if value.get_ref().as_str() == Some("any") {
            return Ok(Self::Any);
        }
        match integer(value) {
            Some(port) if port >= 1024 => Ok(Self::Fixed(port)),
            _ => Err(Fault::at(
                value.span(),
                "it has to be `\"any\"` or a number from 1024 to 65535",
            )),
        }
    }
}
