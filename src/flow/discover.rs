//! Finding a provider by its issuer (OpenID Connect Discovery, RFC 8414) or by a resource that
//! trusts it (RFC 9728).

use thiserror::Error;

use crate::endpoint::Endpoint;
use crate::exchange::reply;
use crate::http::{Http, SendError};
use crate::names::ProviderName;
use crate::oauth::discovery::{self, DiscoveryError, Metadata};
use crate::oauth::resource::{self, Resource, ResourceError};
use crate::provider::definition::{ClientAuthentication, Dpop, IssParameter};
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
    /// The URL can't be a resource, or its metadata can't be used.
    #[error("could not use `{resource}` as a resource")]
    Resource {
        /// What was asked for.
        resource: String,
        /// What is wrong.
        source: ResourceError,
    },
    /// Its metadata is not enough to be safe.
    #[error("could not make a definition of its metadata")]
    Definition(#[from] DiscoveredError),
}

/// What led to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The text of its file.
    pub text: String,
    /// The issuer, where a resource led to it.
    pub by_resource: Option<String>,
}

/// The text of a provider file for the authorization server `url`, or for the one that the resource
/// at `url` trusts (RFC 9728).
///
/// # Errors
/// When there is no metadata, or none that is safe to use.
pub async fn discover(http: &Http, url: &str, name: &ProviderName) -> Result<Found, DiscoverError> {
    let nothing = match fetch(http, url).await {
        Ok(metadata) => {
            let text = discovered(name, &definition(metadata, None))?;
            return Ok(Found {
                text,
                by_resource: None,
            });
        }
        // There is no such thing at that address; a server in trouble may still be one.
        Err(error @ DiscoverError::None { status, .. }) if status < 500 && status != 429 => error,
        Err(error) => return Err(error),
    };
    let Some(resource) = fetch_resource(http, url).await? else {
        return Err(nothing);
    };
    // Its order is the only one there is.
    let issuer = resource.issuers.first().cloned().unwrap_or_default();
    let metadata = fetch(http, &issuer).await?;
    Ok(Found {
        text: discovered(name, &definition(metadata, Some(resource)))?,
        by_resource: Some(issuer),
    })
}

/// What the resource at `url` says about itself: at a known place, or where its challenge says.
async fn fetch_resource(http: &Http, url: &str) -> Result<Option<Resource>, DiscoverError> {
    let refused = |source| DiscoverError::Resource {
        resource: url.to_owned(),
        source,
    };
    for (place, identifier) in resource::well_known_urls(url).map_err(refused)? {
        let response = http.send(get(&place)).await?;
        if response.status == 200 {
            let body = reply(&response).body;
            return resource::read(&[&identifier], body)
                .map(Some)
                .map_err(refused);
        }
    }
    let own: Endpoint = url
        .parse()
        .map_err(|error| refused(ResourceError::from(error)))?;
    let response = http.send(get(&own)).await?;
    let challenges = response.headers.get_all(http::header::WWW_AUTHENTICATE);
    let place = challenges
        .iter()
        .filter_map(|challenge| challenge.to_str().ok())
        .find_map(|challenge| resource::in_challenge(&own, challenge));
    let Some(place) = place.filter(|_| response.status == 401) else {
        return Ok(None);
    };
    let response = http.send(get(&place)).await?;
    if response.status != 200 {
        return Ok(None);
    }
    let body = reply(&response).body;
    resource::read(&[url], body).map(Some).map_err(refused)
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

fn definition(metadata: Metadata, resource: Option<Resource>) -> Discovered {
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
        registration_endpoint: metadata.registration_endpoint,
        par_endpoint: metadata.par_endpoint,
        dpop: match (metadata.dpop, &resource) {
            (true, Some(resource)) if resource.dpop_required => Dpop::Required,
            (true, _) => Dpop::Offered,
            (false, _) => Dpop::None,
        },
        resource: resource.map(|resource| resource.identifier),
    }
}
