//! The token request (RFC 6749 sections 4.1.3 and 6).
//!
//! The `oauth2` crate writes it and hands it to a "client" that only keeps it: nothing is sent
//! here. What the crate can't do, a JSON body and more headers, is done to the kept request.

use std::cell::Cell;

use http::HeaderValue;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthorizationCode, ClientSecret, HttpRequest, PkceCodeVerifier, RefreshToken,
    TokenUrl,
};
use thiserror::Error;
use url::form_urlencoded;
use zeroize::Zeroizing;

use super::Client;
use super::request::{self, RequestError};
use crate::endpoint::Endpoint;
use crate::provider::definition::{BodyKind, ClientAuthentication, Definition, Pkce};
use crate::secret::Secret;

/// The grant type of RFC 8628 section 3.4.
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The grant type of RFC 8693 section 2.1.
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// What is exchanged for tokens.
#[derive(Debug, Clone, Copy)]
pub enum Grant<'a> {
    /// An authorization code; it may be sent once.
    AuthorizationCode {
        /// The code of the callback.
        code: &'a Secret,
        /// The verifier of the attempt; left out where the definition has no PKCE.
        verifier: &'a Secret,
        /// The redirect URI of the authorization request, byte for byte.
        redirect_uri: &'a str,
    },
    /// A device code (RFC 8628 section 3.4); the definition is the one that
    /// [`Definition::for_device`] gives.
    DeviceCode {
        /// The code of the device authorization answer.
        device_code: &'a Secret,
    },
    /// The client for itself (RFC 6749 section 4.4).
    ClientCredentials {
        /// The scopes, as the request has them.
        scope: Option<&'a str>,
        /// Which resource's audience is wanted, where the provider asks for one.
        audience: Option<&'a str>,
    },
    /// Another issuer's token (RFC 8693 section 2.1).
    TokenExchange {
        /// The token that is exchanged.
        subject_token: &'a Secret,
        /// What it is: a URI of RFC 8693 section 3.
        subject_token_type: &'a str,
        /// The scopes, as the request has them.
        scope: Option<&'a str>,
        /// Which service the new token is for.
        audience: Option<&'a str>,
    },
    /// A refresh token.
    RefreshToken {
        /// The newest refresh token.
        refresh_token: &'a Secret,
        /// The redirect URI of the authorization request; sent only where the definition wants it.
        redirect_uri: Option<&'a str>,
    },
}

/// The request for tokens at `token_endpoint`, which for a stored connection is the endpoint that
/// it was made with.
///
/// # Errors
///
/// When the provider wants a secret that is missing, or a header can't be written.
pub fn token_request(
    definition: &Definition,
    client: &Client,
    token_endpoint: &Endpoint,
    grant: &Grant<'_>,
) -> Result<HttpRequest, RequestError> {
    let mut oauth = BasicClient::new(oauth2::ClientId::new(client.id.as_str().to_owned()))
        .set_token_uri(TokenUrl::from_url(token_endpoint.url().clone()))
        .set_auth_type(match definition.client.authentication {
            ClientAuthentication::Basic => AuthType::BasicAuth,
            ClientAuthentication::Post
            | ClientAuthentication::PrivateKeyJwt
            | ClientAuthentication::ClientSecretJwt => AuthType::RequestBody,
        });
    if let Some(secret) = request::client_secret(definition, client)? {
        oauth = oauth.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    let kept = Cell::new(None);
    let keep = |request: HttpRequest| {
        kept.set(Some(request));
        Err(Kept)
    };
    match *grant {
        Grant::AuthorizationCode {
            code,
            verifier,
            redirect_uri,
        } => {
            let mut exchange = oauth
                .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
                .add_extra_param("redirect_uri", redirect_uri);
            exchange = match definition.pkce {
                Pkce::S256 => {
                    exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()))
                }
                Pkce::None => exchange,
            };
            let _kept = exchange.request(&keep);
        }
        Grant::DeviceCode { .. }
        | Grant::ClientCredentials { .. }
        | Grant::TokenExchange { .. } => {
            let pairs = pairs(definition, grant);
            let (url, body) = (token_endpoint.as_str(), definition.token_body);
            return request::client_post(definition, client, url, body, pairs);
        }
        Grant::RefreshToken {
            refresh_token,
            redirect_uri,
        } => {
            let token = RefreshToken::new(refresh_token.expose().to_owned());
            let mut exchange = oauth.exchange_refresh_token(&token);
            if let (true, Some(uri)) = (definition.refresh.send_redirect_uri, redirect_uri) {
                exchange = exchange.add_extra_param("redirect_uri", uri);
            }
            let _kept = exchange.request(&keep);
        }
    }
    let mut request = kept.into_inner().ok_or(RequestError::Endpoint)?;
    if let Some(credentials) = request.headers_mut().get_mut(AUTHORIZATION) {
        credentials.set_sensitive(true);
    }
    append_ours(definition, client, &mut request)?;
    match definition.token_body {
        BodyKind::Form => {}
        BodyKind::Json => form_to_json(&mut request),
    }
    request::add_headers(definition, &mut request)?;
    Ok(request)
}

/// The parameters of the grants that the `oauth2` crate has no request for, or none that takes
/// everything.
fn pairs<'a>(definition: &'a Definition, grant: &Grant<'a>) -> Vec<(&'a str, &'a str)> {
    let scope_parameter = definition.scopes.request_parameter.as_str();
    let (pairs, scope, audience) = match *grant {
        Grant::DeviceCode { device_code } => (
            vec![
                ("grant_type", DEVICE),
                ("device_code", device_code.expose()),
            ],
            None,
            None,
        ),
        Grant::ClientCredentials { scope, audience } => {
            (vec![("grant_type", "client_credentials")], scope, audience)
        }
        Grant::TokenExchange {
            subject_token,
            subject_token_type,
            scope,
            audience,
        } => (
            vec![
                ("grant_type", TOKEN_EXCHANGE),
                ("subject_token", subject_token.expose()),
                ("subject_token_type", subject_token_type),
            ],
            scope,
            audience,
        ),
        Grant::AuthorizationCode { .. } | Grant::RefreshToken { .. } => (Vec::new(), None, None),
    };
    let more = [
        (scope_parameter, scope),
        ("audience", audience),
        ("resource", definition.resource.as_deref()),
    ];
    let more = more
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)));
    pairs.into_iter().chain(more).collect()
}

/// Appends to a form what the `oauth2` crate knows nothing of.
fn append_ours(
    definition: &Definition,
    client: &Client,
    request: &mut HttpRequest,
) -> Result<(), RequestError> {
    let assertion = client.assertion(definition)?;
    let pairs = [
        ("resource", definition.resource.as_deref()),
        (
            "client_assertion_type",
            assertion.as_ref().map(|_| request::ASSERTION_TYPE),
        ),
        ("client_assertion", assertion.as_ref().map(Secret::expose)),
    ];
    for (name, value) in pairs {
        if let Some(value) = value {
            let pair = form_urlencoded::Serializer::new(String::new())
                .append_pair(name, value)
                .finish();
            let body = request.body_mut();
            body.push(b'&');
            body.extend_from_slice(pair.as_bytes());
        }
    }
    Ok(())
}

/// What the capturing client answers with.
#[derive(Debug, Error)]
#[error("the request was kept")]
struct Kept;

fn form_to_json(request: &mut HttpRequest) {
    let form = Zeroizing::new(std::mem::take(request.body_mut()));
    let pairs: Vec<_> = form_urlencoded::parse(&form).collect();
    let pairs: Vec<_> = pairs.iter().map(|(k, v)| (&**k, &**v)).collect();
    *request.body_mut() = request::json_body(&pairs);
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(request::JSON));
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::provider::definition::SecretRule;

    fn code_grant<'a>(code: &'a Secret, verifier: &'a Secret) -> Grant<'a> {
        Grant::AuthorizationCode {
            code,
            verifier,
            redirect_uri: "http://127.0.0.1:5/callback",
        }
    }

    fn written(definition: &Definition, client: &Client, grant: &Grant<'_>) -> String {
        let endpoint = &definition.token_endpoint;
        let request = token_request(definition, client, endpoint, grant).unwrap();
        fixture::bytes(&request).trim_end().to_owned()
    }

    #[test]
    fn a_refresh_repeats_the_redirect_uri_only_where_the_definition_wants_it() {
        let token = fixture::secret("r");
        let grant = Grant::RefreshToken {
            refresh_token: &token,
            redirect_uri: Some("http://127.0.0.1:5/callback"),
        };
        let client = fixture::client(None);
        let mut definition = fixture::plain();
        let without = written(&definition, &client, &grant);
        assert!(
            without.ends_with("grant_type=refresh_token&refresh_token=r&client_id=client+id"),
            "{without}"
        );
        definition.refresh.send_redirect_uri = true;
        let with = written(&definition, &client, &grant);
        assert!(
            with.ends_with("&redirect_uri=http%3A%2F%2F127.0.0.1%3A5%2Fcallback"),
            "{with}"
        );
    }

    #[test]
    fn secrets_follow_the_definition() {
        let (code, verifier) = (fixture::secret("c"), fixture::secret("v"));
        let grant = code_grant(&code, &verifier);
        let mut definition = fixture::plain();
        for (rule, with, without) in [
            (SecretRule::Required, Some(true), None),
            (SecretRule::Optional, Some(true), Some(false)),
            (SecretRule::Forbidden, Some(false), Some(false)),
        ] {
            definition.client.secret = rule;
            for authentication in [ClientAuthentication::Basic, ClientAuthentication::Post] {
                definition.client.authentication = authentication;
                let sends = |secret| {
                    let client = fixture::client(secret);
                    token_request(&definition, &client, &definition.token_endpoint, &grant)
                        .map(|request| {
                            let text = fixture::bytes(&request);
                            let in_header = text.contains("authorization: ");
                            let in_body = text.contains("client_secret=");
                            assert!(!(in_header && in_body), "authenticated twice");
                            // RFC 6749 section 3.2.1: a client that sends no credentials names itself
                            assert_eq!(in_header, !text.contains("client_id="));
                            in_header || in_body
                        })
                        .ok()
                };
                assert_eq!(sends(Some("s")), with, "{rule:?}");
                assert_eq!(sends(None), without, "{rule:?}");
            }
        }
    }

    #[test]
    fn a_connection_sends_to_the_endpoint_that_it_was_made_with() {
        let token = fixture::secret("r");
        let grant = Grant::RefreshToken {
            refresh_token: &token,
            redirect_uri: None,
        };
        let stamped: Endpoint = "http://127.0.0.1:9/token?tenant=a".parse().unwrap();
        let request =
            token_request(&fixture::plain(), &fixture::client(None), &stamped, &grant).unwrap();
        assert_eq!(request.uri(), "http://127.0.0.1:9/token?tenant=a");
    }

    #[test]
    fn headers_of_a_definition_never_replace_ours_and_credentials_are_sensitive() {
        let token = fixture::secret("r");
        let grant = Grant::RefreshToken {
            refresh_token: &token,
            redirect_uri: None,
        };
        let mut definition = fixture::notion();
        for name in ["Authorization", "Content-Type", "Accept", "Host"] {
            definition
                .headers
                .insert(name.to_owned(), "evil".to_owned());
        }
        let client = fixture::client(Some("s"));
        let endpoint = definition.token_endpoint.clone();
        let request = token_request(&definition, &client, &endpoint, &grant).unwrap();
        assert!(!fixture::bytes(&request).contains("evil"));
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        definition
            .headers
            .insert("X-Bad".to_owned(), "a\nb".to_owned());
        assert!(matches!(
            token_request(&definition, &client, &endpoint, &grant),
            Err(RequestError::Header(_))
        ));
    }
}
