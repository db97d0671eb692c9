//! What all requests to a provider have in common: headers, client authentication, bodies.
//!
//! A built request holds secrets in its body. Sensitive headers are marked, so that `Debug` hides
//! them; never `Debug` a body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Method, Request};
use thiserror::Error;
use url::form_urlencoded::{Serializer, byte_serialize};
use zeroize::Zeroizing;

use super::Client;
use crate::ordered;
use crate::provider::definition::{BodyKind, ClientAuthentication, Definition, SecretRule};
use crate::secret::Secret;
use crate::signing::SigningError;

/// A request that any HTTP client can carry.
pub type HttpRequest = Request<Vec<u8>>;

pub(super) const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const JSON: &str = "application/json";

/// Why a request can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The provider wants a client secret and the registration has none.
    #[error("this provider wants a client secret and none is stored")]
    SecretMissing,
    /// A header of the definition, or a stored token, can't be written into a header.
    #[error("{0} can't be written into a header")]
    Header(&'static str),
    /// The provider wants signatures and the registration has no key.
    #[error("this provider wants a signature by the client's key and none is stored")]
    KeyMissing,
    /// Nothing can be signed here.
    #[error("nothing can be signed for this request")]
    NotSigned,
    /// A key can't be used.
    #[error("the key can't be used: {0}")]
    Signing(#[from] SigningError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// An endpoint template of the definition doesn't give a usable URL.
    #[error("the endpoint of the definition is not a usable URL")]
    Endpoint,
}

/// A request with the headers that every request to this provider carries.
pub(super) fn build(
    definition: &Definition,
    method: Method,
    url: &str,
    content_type: Option<&'static str>,
    body: Vec<u8>,
) -> Result<HttpRequest, RequestError> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().map_err(|_| RequestError::Endpoint)?;
    if let Some(kind) = content_type {
        request
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    add_headers(definition, &mut request)?;
    Ok(request)
}

/// Adds the definition's headers, which never replace one that the protocol owns.
pub(super) fn add_headers(
    definition: &Definition,
    request: &mut HttpRequest,
) -> Result<(), RequestError> {
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static(JSON));
    for (name, value) in &definition.headers {
        let wrong = RequestError::Header("a header of the definition");
        let name = HeaderName::try_from(name.as_str()).map_err(|_| wrong)?;
        let value = HeaderValue::try_from(value.as_str()).map_err(|_| wrong)?;
        if ![ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST].contains(&name) {
            headers.insert(name, value);
        }
    }
    Ok(())
}

/// Presents an access token (RFC 6750 section 2.1).
pub(super) fn bearer(request: &mut HttpRequest, token: &Secret) -> Result<(), RequestError> {
    let text = Zeroizing::new(format!("Bearer {}", token.expose()));
    authorize(request, &text, "the access token")
}

/// HTTP Basic with both parts form-encoded first (RFC 6749 section 2.3.1).
pub(super) fn basic(
    request: &mut HttpRequest,
    client: &Client,
    secret: &Secret,
) -> Result<(), RequestError> {
    let encode = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!(
        "{}:{}",
        encode(client.id.as_str()),
        encode(secret.expose())
    ));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    authorize(request, &text, "the client secret")
}

fn authorize(
    request: &mut HttpRequest,
    text: &str,
    what: &'static str,
) -> Result<(), RequestError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| RequestError::Header(what))?;
    value.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(())
}

/// The client secret that this provider is to see.
pub(super) fn client_secret<'a>(
    definition: &Definition,
    client: &'a Client,
) -> Result<Option<&'a Secret>, RequestError> {
    if signs(definition) {
        return Ok(None);
    }
    match (definition.client.secret, &client.secret) {
        (SecretRule::Required, None) => Err(RequestError::SecretMissing),
        (SecretRule::Required | SecretRule::Optional, secret) => Ok(secret.as_ref()),
        (SecretRule::Forbidden, _) => Ok(None),
    }
}

/// Whether clients sign statements there and send no secret.
const fn signs(definition: &Definition) -> bool {
    matches!(
        definition.client.authentication,
        ClientAuthentication::PrivateKeyJwt | ClientAuthentication::ClientSecretJwt
    )
}

/// The type of a client's statement about itself (RFC 7523 section 2.2).
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// As [`client_post`], and the client's id is a parameter in every case, as requests want it that
/// are about the client (RFC 9126 section 2.1).
pub(super) fn client_post_named<'a>(
    definition: &Definition,
    client: &'a Client,
    url: &str,
    kind: BodyKind,
    mut pairs: Vec<(&'a str, &'a str)>,
) -> Result<HttpRequest, RequestError> {
    let by_header = definition.client.authentication == ClientAuthentication::Basic
        && client_secret(definition, client)?.is_some();
    if by_header {
        pairs.push(("client_id", client.id.as_str()));
    }
    client_post(definition, client, url, kind, pairs)
}

/// A POST of `pairs` in which the client names itself as at the token endpoint.
pub(super) fn client_post<'a>(
    definition: &Definition,
    client: &'a Client,
    url: &str,
    kind: BodyKind,
    pairs: Vec<(&'a str, &'a str)>,
) -> Result<HttpRequest, RequestError> {
    let mut basic_secret = None;
    let assertion = client.assertion(definition)?;
    let mut pairs: Vec<(&str, &str)> = pairs;
    if let Some(assertion) = &assertion {
        pairs.push(("client_assertion_type", ASSERTION_TYPE));
        pairs.push(("client_assertion", assertion.expose()));
    }
    match (
        client_secret(definition, client)?,
        definition.client.authentication,
    ) {
        (Some(secret), ClientAuthentication::Basic) => basic_secret = Some(secret),
        (Some(secret), ClientAuthentication::Post) => {
            pairs.push(("client_id", client.id.as_str()));
            pairs.push(("client_secret", secret.expose()));
        }
        (Some(_), ClientAuthentication::PrivateKeyJwt | ClientAuthentication::ClientSecretJwt)
        | (None, _) => pairs.push(("client_id", client.id.as_str())),
    }
    let mut request = post(definition, url, kind, &pairs)?;
    if let Some(secret) = basic_secret {
        basic(&mut request, client, secret)?;
    }
    Ok(request)
}

/// A POST of `pairs`.
pub(super) fn post(
    definition: &Definition,
    url: &str,
    kind: BodyKind,
    pairs: &[(&str, &str)],
) -> Result<HttpRequest, RequestError> {
    let (content_type, body) = match kind {
        BodyKind::Form => (FORM, form_body(pairs)),
        BodyKind::Json => (JSON, json_body(pairs)),
    };
    build(definition, Method::POST, url, Some(content_type), body)
}

fn form_body(pairs: &[(&str, &str)]) -> Vec<u8> {
    Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
        .into_bytes()
}

/// A JSON object of texts.
pub(super) fn json_body(pairs: &[(&str, &str)]) -> Vec<u8> {
    let members = ordered::map(pairs.iter().copied());
    // a map of texts always serialises
    serde_json::to_vec(&members).unwrap_or_default()
}
