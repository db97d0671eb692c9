//! Authorization server metadata (RFC 8414, `OpenID` Connect Discovery).
//!
//! A document is believed only when the issuer in it is, byte for byte, the one that was asked:
//! otherwise any server could speak for another (RFC 8414 section 3.3).

use thiserror::Error;

use super::json::{JsonError, Object};
use crate::endpoint::{self, Endpoint, EndpointError};
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
    /// RFC 9126.
    pub par_endpoint: Option<Endpoint>,
    /// Whether tokens can be bound to a key with the one algorithm that is known here (RFC 9449).
    pub dpop: bool,
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
    /// A public server names an endpoint inside somebody's network.
    #[error("its metadata has a `{0}` inside a private network")]
    Inside(&'static str),
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
/// issuer's path, RFC 8414 section 3.1 inserts before it, also the other name (section 5).
///
/// # Errors
///
/// When `issuer` can't be one.
pub fn well_known_urls(issuer: &str) -> Result<Vec<Endpoint>, DiscoveryError> {
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
    let mut urls = vec![
        at(&format!("{path}/.well-known/openid-configuration"))?,
        at(&format!("/.well-known/oauth-authorization-server{path}"))?,
    ];
    if !path.is_empty() {
        urls.push(at(&format!("/.well-known/openid-configuration{path}"))?);
    }
    Ok(urls)
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
    let from_outside = issuer
        .parse::<Endpoint>()
        .is_ok_and(|issuer| !endpoint::is_inside(issuer.url()));
    let endpoint = |object: &Object, name| match member(object, name)? {
        Some(found) if from_outside && endpoint::is_inside(found.url()) => {
            Err(DiscoveryError::Inside(name))
        }
        found => Ok(found),
    };
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
        par_endpoint: endpoint(&object, "pushed_authorization_request_endpoint")?,
        dpop: has("dpop_signing_alg_values_supported", "ES256")? == Some(true),
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

fn member(object: &Object, name: &'static str) -> Result<Option<Endpoint>, DiscoveryError> {
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
        Some(listed) if listed.contains(&"private_key_jwt") => {
            Ok(ClientAuthentication::PrivateKeyJwt)
        }
        Some(_) => Err(DiscoveryError::NoAuthentication),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/a",
        "token_endpoint":"https://as.example/t","response_types_supported":["code"],
        "code_challenge_methods_supported":["plain","S256"]}"#;

    fn read(body: &str) -> Result<Metadata, DiscoveryError> {
        read_metadata("https://as.example", body.as_bytes())
    }

    #[test]
    fn metadata_is_looked_for_at_both_places() {
        for (issuer, openid, oauth) in [
            (
                "https://as.example",
                "https://as.example/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server",
            ),
            (
                "https://as.example/",
                "https://as.example/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server",
            ),
            (
                "https://as.example:8443/t/1/",
                "https://as.example:8443/t/1/.well-known/openid-configuration",
                "https://as.example:8443/.well-known/oauth-authorization-server/t/1",
            ),
        ] {
            let urls = well_known_urls(issuer).unwrap();
            let urls: Vec<_> = urls.iter().map(ToString::to_string).collect();
            assert_eq!(urls[..2], [openid, oauth]);
            assert_eq!(urls.len(), if issuer.contains("/t/") { 3 } else { 2 });
        }
        for bad in [
            "http://as.example",
            "https://as.example?x=1",
            "https://as.example#f",
            "https://u@as.example",
            "as.example",
            "",
        ] {
            assert!(well_known_urls(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_document_speaks_only_for_the_issuer_that_was_asked() {
        assert!(read(GOOD).is_ok());
        for other in [
            "https://as.example/",
            "https://AS.example",
            "https://as.example:443",
            "http://as.example",
            "https://honest.example",
            "",
        ] {
            let body = GOOD.replacen("https://as.example", other, 1);
            assert_eq!(
                read(&body).unwrap_err(),
                DiscoveryError::OtherIssuer,
                "{other}"
            );
        }
    }

    #[test]
    fn s256_must_be_listed() {
        let listed = r#""code_challenge_methods_supported":["plain","S256"]"#;
        for (instead, accepted) in [
            (r#""code_challenge_methods_supported":["S256"]"#, true),
            (r#""code_challenge_methods_supported":["plain"]"#, false),
            (r#""code_challenge_methods_supported":["s256"]"#, false),
            (r#""code_challenge_methods_supported":[]"#, false),
            (r#""code_challenge_methods_supported":null"#, false),
            (r#""x":1"#, false),
        ] {
            let got = read(&GOOD.replace(listed, instead));
            assert_eq!(got.is_ok(), accepted, "{instead}");
            if !accepted {
                assert_eq!(got.unwrap_err(), DiscoveryError::NoS256);
            }
        }
    }

    #[test]
    fn a_public_server_names_nothing_inside_a_network() {
        for inside in [
            "http://127.0.0.1:80/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://x.localhost/",
            "https://metadata.google.internal/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://100.64.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.1]/",
        ] {
            for (member, own) in [
                ("token_endpoint", "https://as.example/t"),
                ("authorization_endpoint", "https://as.example/a"),
            ] {
                let got = read(&GOOD.replace(own, inside));
                assert_eq!(got.unwrap_err(), DiscoveryError::Inside(member), "{inside}");
            }
        }
        // a server inside names what is beside it
        let beside = GOOD.replace("https://as.example", "https://10.0.0.1");
        assert!(read_metadata("https://10.0.0.1", beside.as_bytes()).is_ok());
    }

    #[test]
    fn unusable_members_are_named_and_never_quoted() {
        use DiscoveryError::{Member, NoAuthentication, NoCode};
        let with = |more: &str| GOOD.replacen('{', &format!("{{{more},"), 1);
        for (body, wanted) in [
            (GOOD.replace("\"issuer\"", "\"x\""), Member("issuer")),
            (
                GOOD.replace("\"token_endpoint\"", "\"x\""),
                Member("token_endpoint"),
            ),
            (
                GOOD.replace("https://as.example/t", "http://canary.example/"),
                Member("token_endpoint"),
            ),
            (
                GOOD.replace("https://as.example/a", "javascript:canary"),
                Member("authorization_endpoint"),
            ),
            (
                with(r#""revocation_endpoint":"https://canary@x/""#),
                Member("revocation_endpoint"),
            ),
            (
                with(r#""userinfo_endpoint":["canary"]"#),
                Member("userinfo_endpoint"),
            ),
            (
                with(r#""scopes_supported":"canary""#),
                Member("scopes_supported"),
            ),
            (GOOD.replace("[\"code\"]", "[\"token\"]"), NoCode),
            (
                with(r#""token_endpoint_auth_methods_supported":["tls_client_auth"]"#),
                NoAuthentication,
            ),
        ] {
            let error = read(&body).unwrap_err();
            assert_eq!(error, wanted, "{body}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
        assert!(matches!(
            read(&with(r#""x":1,"x":1"#)),
            Err(DiscoveryError::Json(_))
        ));
    }

    #[test]
    fn what_is_listed_is_taken_over() {
        let plain = read(GOOD).unwrap();
        assert_eq!(plain.iss_parameter, IssParameter::Optional);
        assert_eq!(plain.authentication, ClientAuthentication::Basic);
        assert!(!plain.allows_public_clients);
        assert_eq!(plain.grant_types, ["authorization_code", "implicit"]);
        let more = GOOD.replacen(
            '{',
            r#"{"authorization_response_iss_parameter_supported":true,
            "token_endpoint_auth_methods_supported":["none","client_secret_post"],
            "scopes_supported":["openid","not a scope"],"revocation_endpoint":"https://as.example/r","#,
            1,
        );
        let more = read(&more).unwrap();
        assert_eq!(more.iss_parameter, IssParameter::Required);
        assert_eq!(more.authentication, ClientAuthentication::Post);
        assert!(more.allows_public_clients);
        assert_eq!(more.scopes.len(), 1);
        assert_eq!(
            more.revocation_endpoint.unwrap().as_str(),
            "https://as.example/r"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(body: Vec<u8>, issuer in ".*") {
            let _ = read_metadata(&issuer, &body);
            let _ = well_known_urls(&issuer);
        }
    }
}
