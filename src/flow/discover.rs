//! Finding a provider by its issuer: OpenID Connect Discovery and RFC 8414.

use thiserror::Error;

use crate::endpoint::Endpoint;
use crate::exchange::reply;
use crate::http::{Http, SendError};
use crate::names::ProviderName;
use crate::oauth::discovery::{self, DiscoveryError, Metadata};
use crate::provider::definition::{ClientAuthentication, IssParameter};
use crate::provider::discovered::{Discovered, DiscoveredError, discovered};

/// Why a provider can't be discovered.
#[derive(Debug, Error)]
pub enum DiscoverError {
    /// The URL can't be an issuer, or its metadata can't be used.
    #[error("could not use `{issuer}` as an issuer")]
    Metadata {
        /// What was asked for.
        issuer: String,
        /// What is wrong.
        source: DiscoveryError,
    },
    /// The server could not be reached.
    #[error("could not ask for the issuer's metadata")]
    Send(#[from] SendError),
    /// No metadata where it should be.
    #[error("`{issuer}` has no metadata (HTTP {status})")]
    None {
        /// What was asked for.
        issuer: String,
        /// The last answer's status.
        status: u16,
    },
    /// Its metadata is not enough to be safe.
    #[error("could not make a definition of its metadata")]
    Definition(#[from] DiscoveredError),
}

/// The text of a provider file for the authorization server `issuer`.
///
/// # Errors
/// When it has no metadata, or none that is safe to use.
pub async fn discover(
    http: &Http,
    issuer: &str,
    name: &ProviderName,
) -> Result<String, DiscoverError> {
    let metadata = fetch(http, issuer).await?;
    Ok(discovered(name, &definition(metadata))?)
}

async fn fetch(http: &Http, issuer: &str) -> Result<Metadata, DiscoverError> {
    let refused = |source| DiscoverError::Metadata {
        issuer: issuer.to_owned(),
        source,
    };
    let mut status = 0;
    for url in discovery::well_known_urls(issuer).map_err(refused)? {
        let response = http.send(get(&url)).await?;
        if response.status == 200 {
            return discovery::read_metadata(issuer, reply(&response).body).map_err(refused);
        }
        status = response.status;
    }
    Err(DiscoverError::None {
        issuer: issuer.to_owned(),
        status,
    })
}

fn get(url: &Endpoint) -> http::Request<Vec<u8>> {
    let mut request = http::Request::new(Vec::new());
    // An endpoint is an absolute URL of printable ASCII, which is a URI.
    *request.uri_mut() = url.as_str().parse().unwrap_or_default();
    let json = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert(http::header::ACCEPT, json);
    request
}

fn definition(metadata: Metadata) -> Discovered {
    let mut methods = vec![match metadata.authentication {
        ClientAuthentication::Basic => "client_secret_basic".to_owned(),
        ClientAuthentication::Post => "client_secret_post".to_owned(),
        ClientAuthentication::PrivateKeyJwt => "private_key_jwt".to_owned(),
        ClientAuthentication::ClientSecretJwt => "client_secret_jwt".to_owned(),
    }];
    if metadata.allows_public_clients {
        methods.push("none".to_owned());
    }
    Discovered {
        issuer: metadata.issuer,
        authorization_endpoint: metadata.authorization_endpoint,
        token_endpoint: metadata.token_endpoint,
        device_authorization_endpoint: metadata.device_authorization_endpoint,
        revocation_endpoint: metadata.revocation_endpoint,
        introspection_endpoint: metadata.introspection_endpoint,
        userinfo_endpoint: metadata.userinfo_endpoint,
        iss_supported: metadata.iss_parameter == IssParameter::Required,
        authentication_methods: Some(methods),
        // Reading the metadata refused a server that does not offer it.
        code_challenge_methods: vec!["S256".to_owned()],
        scopes: metadata.scopes.iter().map(ToString::to_string).collect(),
    }
}
