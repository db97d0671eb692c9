//! Protected resource metadata (RFC 9728): which authorization server a resource trusts.
//!
//! A document is believed only when the resource in it is, byte for byte, the one that its address
//! was made of; else any resource could send a person to another's server (section 3.3).

use thiserror::Error;

use super::json::{JsonError, Object};
use crate::endpoint::{self, Endpoint, EndpointError};

/// The longest challenge that is looked into.
const CHALLENGE_MAX: usize = 8 * 1024;

/// What a resource says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its identifier, as requests name it (RFC 8707).
    pub identifier: String,
    /// The issuers that it trusts, in its order; at least one.
    pub issuers: Vec<String>,
    /// Whether it takes only tokens that are bound to a key.
    pub dpop_required: bool,
}

/// Why a resource's metadata can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ResourceError {
    /// Not a resource identifier.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// Not one strict JSON object.
    #[error("its metadata can't be used: {0}")]
    Json(#[from] JsonError),
    /// The document speaks for another resource.
    #[error("its metadata names another resource")]
    OtherResource,
    /// A member is missing or unusable.
    #[error("its metadata has no usable `{0}`")]
    Member(&'static str),
    /// A public resource names a server inside somebody's network.
    #[error("its metadata names an authorization server inside a private network")]
    Inside,
}

/// Where the metadata of the resource at `url` may be, and which resource each speaks for: the one
/// with the path first (RFC 9728 section 3.1).
///
/// # Errors
///
/// When `url` can't be a resource.
pub fn well_known_urls(url: &str) -> Result<Vec<(Endpoint, String)>, ResourceError> {
    let parsed: Endpoint = url.parse()?;
    let path = parsed.url().path().trim_end_matches('/');
    let at = |path: &str| -> Result<Endpoint, EndpointError> {
        let mut url = parsed.url().clone();
        url.set_path(&format!("/.well-known/oauth-protected-resource{path}"));
        url.as_str().parse()
    };
    let mut places = vec![(at(path)?, url.to_owned())];
    if !path.is_empty() && parsed.url().query().is_none() {
        places.push((at("")?, parsed.url().origin().ascii_serialization()));
    }
    Ok(places)
}

/// The address of the metadata in a resource's challenge (RFC 9728 section 5.1). It must be at the
/// resource's own origin: nobody else speaks for it.
#[must_use]
pub fn in_challenge(url: &Endpoint, challenge: &str) -> Option<Endpoint> {
    if challenge.len() > CHALLENGE_MAX {
        return None;
    }
    let (_, rest) = challenge.split_once("resource_metadata=")?;
    let text = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?.0,
        None => rest.split([',', ' ']).next()?,
    };
    let place: Endpoint = text.parse().ok()?;
    (place.url().origin() == url.url().origin()).then_some(place)
}

/// Reads what a resource says; `identifiers` are those that its address stands for.
///
/// # Errors
///
/// [`ResourceError`].
pub fn read(identifiers: &[&str], body: &[u8]) -> Result<Resource, ResourceError> {
    const SERVERS: &str = "authorization_servers";
    let object = Object::read(body)?;
    let said = object
        .text("resource")
        .ok()
        .flatten()
        .ok_or(ResourceError::Member("resource"))?;
    // an origin is written with and without its slash
    let same = |identifier: &&str| *identifier == said || format!("{identifier}/") == said;
    if !identifiers.iter().any(same) {
        return Err(ResourceError::OtherResource);
    }
    let own: Endpoint = said.parse()?;
    let issuers = object
        .texts(SERVERS)
        .ok()
        .flatten()
        .filter(|issuers| !issuers.is_empty())
        .ok_or(ResourceError::Member(SERVERS))?;
    for issuer in &issuers {
        let server: Endpoint = issuer.parse().map_err(|_| ResourceError::Member(SERVERS))?;
        if endpoint::is_inside(server.url()) && !endpoint::is_inside(own.url()) {
            return Err(ResourceError::Inside);
        }
    }
    Ok(Resource {
        identifier: said.to_owned(),
        issuers: issuers.into_iter().map(str::to_owned).collect(),
        dpop_required: object.is_true("dpop_bound_access_tokens_required"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_looked_for_with_the_path_and_without() {
        let places = |url: &str| {
            let places = well_known_urls(url).unwrap();
            let shown = places.iter().map(|(at, id)| format!("{at} {id}"));
            shown.collect::<Vec<_>>()
        };
        assert_eq!(
            places("https://api.example/mcp"),
            [
                "https://api.example/.well-known/oauth-protected-resource/mcp https://api.example/mcp",
                "https://api.example/.well-known/oauth-protected-resource https://api.example",
            ]
        );
        assert_eq!(places("https://api.example").len(), 1);
        assert!(well_known_urls("http://api.example").is_err());
    }

    #[test]
    fn a_challenge_leads_to_the_resources_own_origin_only() {
        let url: Endpoint = "https://api.example/mcp".parse().unwrap();
        for (challenge, wanted) in [
            (
                r#"Bearer resource_metadata="https://api.example/meta", scope="x""#,
                Some("https://api.example/meta"),
            ),
            (
                "Bearer error=invalid_token, resource_metadata=https://api.example/m",
                Some("https://api.example/m"),
            ),
            (
                r#"Bearer resource_metadata="https://evil.example/meta""#,
                None,
            ),
            (
                r#"Bearer resource_metadata="http://api.example/meta""#,
                None,
            ),
            (
                r#"Bearer resource_metadata="https://api.example/meta"#,
                None,
            ),
            (r#"Bearer resource_metadata="javascript:alert(1)""#, None),
            ("Bearer", None),
            ("", None),
        ] {
            let found = in_challenge(&url, challenge).map(|place| place.to_string());
            assert_eq!(found.as_deref(), wanted, "{challenge}");
        }
    }

    #[test]
    fn a_document_speaks_for_its_resource_and_names_public_servers() {
        let ids = ["https://api.example/mcp", "https://api.example"];
        let good = r#"{"resource":"https://api.example/mcp","authorization_servers":["https://as.example"]}"#;
        let read = |body: &str| read(&ids, body.as_bytes());
        assert_eq!(read(good).unwrap().issuers, ["https://as.example"]);
        assert!(read(&good.replace("/mcp", "/")).is_ok());
        for (from, to, wanted) in [
            ("/mcp", "/other", ResourceError::OtherResource),
            ("api.example", "evil.example", ResourceError::OtherResource),
            ("resource\"", "x\"", ResourceError::Member("resource")),
            (
                "[\"https://as.example\"]",
                "[]",
                ResourceError::Member("authorization_servers"),
            ),
            (
                "https://as.example",
                "http://as.example",
                ResourceError::Member("authorization_servers"),
            ),
            (
                "https://as.example",
                "https://10.0.0.1",
                ResourceError::Inside,
            ),
            (
                "https://as.example",
                "http://127.0.0.1:9",
                ResourceError::Inside,
            ),
            (
                "https://as.example",
                "https://169.254.169.254",
                ResourceError::Inside,
            ),
            (
                "https://as.example",
                "https://[fd00::1]",
                ResourceError::Inside,
            ),
        ] {
            assert_eq!(
                read(&good.replacen(from, to, 1)).unwrap_err(),
                wanted,
                "{to}"
            );
        }
    }
}
