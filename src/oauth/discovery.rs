//! Authorization server metadata (RFC 8414, `OpenID` Connect Discovery).
//!
//! A document is believed only when the issuer in it is, byte for byte, the one that was asked:
//! otherwise any server could speak for another (RFC 8414 section 3.3).

use thiserror::Error;

use super::json::{JsonError, Object};
use crate::endpoint::{Endpoint, EndpointError};
use crate::names::Scope;
use crate::provider::definition::{ClientAuthentication, IssParameter};

/// What a server says about itself.
#[derive(Debug, Clone)]
pub struct Metadata {
    /// The issuer identifier, as asked.
    pub issuer: String,
    /// RFC 6749 section 3.1.
    pub authorization_endpoint: Endpoint,
    /// RFC 6749 section 3.2.
    pub token_endpoint: Endpoint,
    /// RFC 8628.
    pub device_authorization_endpoint: Option<Endpoint>,
    /// RFC 7009.
    pub revocation_endpoint: Option<Endpoint>,
    /// RFC 7662.
    pub introspection_endpoint: Option<Endpoint>,
    /// `OpenID` Connect Core section 5.3.
    pub userinfo_endpoint: Option<Endpoint>,
    /// RFC 7591.
    pub registration_endpoint: Option<Endpoint>,
    /// Whether authorization responses are announced to carry `iss`.
    pub iss_parameter: IssParameter,
    /// How a client with a secret authenticates.
    pub authentication: ClientAuthentication,
    /// Whether a client without a secret is allowed (`none`).
    pub allows_public_clients: bool,
    /// The scopes that it lists, those that are scopes; never a reason to ask for them.
    pub scopes: Vec<Scope>,
    /// The grant types that it lists; the RFC's default where it lists none.
    pub grant_types: Vec<String>,
}

/// Why a server can't be discovered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DiscoveryError {
    /// Not an issuer identifier.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// An issuer has no query (RFC 8414 section 2).
    #[error("an issuer has no query")]
    Query,
    /// Not one strict JSON object.
    #[error("its metadata can't be used: {0}")]
    Json(#[from] JsonError),
    /// The document speaks for another issuer.
    #[error("its metadata names another issuer")]
    OtherIssuer,
    /// A member is missing or unusable.
    #[error("its metadata has no usable `{0}`")]
    Member(&'static str),
    /// It doesn't offer PKCE with S256.
    #[error("it doesn't offer PKCE with S256")]
    NoS256,
    /// It doesn't offer the authorization code flow.
    #[error("it doesn't offer the authorization code flow")]
    NoCode,
    /// It authenticates clients in no way that is known here.
    #[error("it authenticates clients in no way that is known here")]
    NoAuthentication,
}

/// Where the metadata of `issuer` may be, in the order to try: `OpenID` Connect appends to the
/// issuer's path, RFC 8414 section 3.1 inserts before it.
///
/// # Errors
///
/// When `issuer` can't be one.
pub fn well_known_urls(issuer: &str) -> Result<[Endpoint; 2], DiscoveryError> {
    let parsed: Endpoint = issuer.parse()?;
    if parsed.url().query().is_some() {
        return Err(DiscoveryError::Query);
    }
    let at = |path: &str| -> Result<Endpoint, DiscoveryError> {
        let mut url = parsed.url().clone();
        url.set_path(path);
        Ok(url.as_str().parse()?)
    };
    let path = parsed.url().path().trim_end_matches('/');
    Ok([
        at(&format!("{path}/.well-known/openid-configuration"))?,
        at(&format!("/.well-known/oauth-authorization-server{path}"))?,
    ])
}

/// Reads the metadata that a server gave for `issuer`, at most 256 KiB.
///
/// # Errors
///
/// [`DiscoveryError`].
pub fn read_metadata(issuer: &str, body: &[u8]) -> Result<Metadata, DiscoveryError> {
    let object = Object::read(body)?;
    let said = object
        .text("issuer")
        .ok()
        .flatten()
        .ok_or(DiscoveryError::Member("issuer"))?;
    if said != issuer {
        return Err(DiscoveryError::OtherIssuer);
    }
    let required = |name| endpoint(&object, name)?.ok_or(DiscoveryError::Member(name));
    let has =
        |name, wanted| Ok::<_, DiscoveryError>(lists(&object, name)?.map(|l| l.contains(&wanted)));
    if has("code_challenge_methods_supported", "S256")? != Some(true) {
        return Err(DiscoveryError::NoS256);
    }
    if has("response_types_supported", "code")? == Some(false) {
        return Err(DiscoveryError::NoCode);
    }
    let methods = lists(&object, "token_endpoint_auth_methods_supported")?;
    Ok(Metadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: required("authorization_endpoint")?,
        token_endpoint: required("token_endpoint")?,
        device_authorization_endpoint: endpoint(&object, "device_authorization_endpoint")?,
        revocation_endpoint: endpoint(&object, "revocation_endpoint")?,
        introspection_endpoint: endpoint(&object, "introspection_endpoint")?,
        userinfo_endpoint: endpoint(&object, "userinfo_endpoint")?,
        registration_endpoint: endpoint(&object, "registration_endpoint")?,
        iss_parameter: if object.is_true("authorization_response_iss_parameter_supported") {
            IssParameter::Required
        } else {
            IssParameter::Optional
        },
        authentication: authentication(methods.as_deref())?,
        allows_public_clients: methods.is_some_and(|listed| listed.contains(&"none")),
        scopes: lists(&object, "scopes_supported")?
            .unwrap_or_default()
            .into_iter()
            .filter_map(|scope| scope.parse().ok())
            .collect(),
        grant_types: lists(&object, "grant_types_supported")?
            .unwrap_or_else(|| vec!["authorization_code", "implicit"])
            .into_iter()
            .map(ToOwned::to_owned)
            .collect(),
    })
}

fn endpoint(object: &Object, name: &'static str) -> Result<Option<Endpoint>, DiscoveryError> {
    let wrong = DiscoveryError::Member(name);
    match object.text(name) {
        Ok(None) => Ok(None),
        Ok(Some(text)) => text.parse().map(Some).map_err(|_| wrong),
        Err(_) => Err(wrong),
    }
}

fn lists<'a>(
    object: &'a Object,
    name: &'static str,
) -> Result<Option<Vec<&'a str>>, DiscoveryError> {
    object.texts(name).map_err(|_| DiscoveryError::Member(name))
}

/// RFC 8414 section 2: `client_secret_basic` where nothing is listed. A server of public clients
/// only never sees a secret, so the way to send one doesn't matter there.
fn authentication(methods: Option<&[&str]>) -> Result<ClientAuthentication, DiscoveryError> {
    match methods {
        None => Ok(ClientAuthentication::Basic),
        Some(listed) if listed.contains(&"client_secret_basic") => Ok(ClientAuthentication::Basic),
        Some(listed) if listed.contains(&"client_secret_post") || listed.contains(&"none") => {
            Ok(ClientAuthentication::Post)
        }
        Some(_) => Err(DiscoveryError::NoAuthentication),
    }
}
