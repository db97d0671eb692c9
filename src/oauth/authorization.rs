//! The authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3).

use std::fmt;

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, CsrfToken};
use url::Url;

use super::attempt::Attempt;
use super::scope;
use crate::names::{ClientId, Scope};
use crate::provider::definition::{Definition, Pkce};

/// Parameters that belong to the protocol: neither a definition's extras nor the query of its
/// endpoint can set them.
const OWNED: [&str; 14] = [
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "dpop_jkt",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

/// The URL that a person's browser opens. It carries the state, so its `Debug` is redacted.
#[derive(Clone)]
pub struct AuthorizationUrl(Url);

impl AuthorizationUrl {
    /// The URL itself, for the browser or the person's eyes.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        self.0.query_pairs().into_owned().collect()
    }

    /// With the thumbprint of the key that the code is to be bound to (RFC 9449 section 10).
    #[must_use]
    pub fn bound_to(mut self, thumbprint: &str) -> Self {
        self.0.query_pairs_mut().append_pair("dpop_jkt", thumbprint);
        self
    }

    /// The request by reference (RFC 9126 section 4).
    #[must_use]
    pub fn by_reference(definition: &Definition, client: &ClientId, request_uri: &str) -> Self {
        let mut url = own_query_only(definition);
        url.query_pairs_mut()
            .append_pair("client_id", client.as_str())
            .append_pair("request_uri", request_uri);
        Self(url)
    }

    /// The host, for messages.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl fmt::Debug for AuthorizationUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthorizationUrl({}, redacted)", self.host())
    }
}

/// The authorization request for `scopes`, which [`scope::request_scopes`] completed.
///
/// `response_type` is always `code`, the challenge always S256 unless the definition has no PKCE.
/// The endpoint's own query is kept.
#[must_use]
pub fn authorization_url(
    definition: &Definition,
    client: &ClientId,
    redirect_uri: &str,
    scopes: &[Scope],
    attempt: &Attempt,
) -> AuthorizationUrl {
    let oauth = BasicClient::new(oauth2::ClientId::new(client.as_str().to_owned()))
        .set_auth_uri(AuthUrl::from_url(own_query_only(definition)));
    let mut request = oauth
        .authorize_url(|| CsrfToken::new(attempt.state().expose().to_owned()))
        .add_extra_param("redirect_uri", redirect_uri);
    if let Some(text) = scope::request_text(&definition.scopes, scopes) {
        request = request.add_extra_param(definition.scopes.request_parameter.as_str(), text);
    }
    if let Some(nonce) = attempt.nonce() {
        request = request.add_extra_param("nonce", nonce.expose());
    }
    if let Some(resource) = &definition.resource {
        request = request.add_extra_param("resource", resource.as_str());
    }
    match definition.pkce {
        Pkce::S256 => request = request.set_pkce_challenge(attempt.challenge()),
        Pkce::None => {}
    }
    for (name, value) in &definition.authorization_parameters {
        if !is_owned(definition, name) {
            request = request.add_extra_param(name.as_str(), value.as_str());
        }
    }
    AuthorizationUrl(request.url().0)
}

fn is_owned(definition: &Definition, name: &str) -> bool {
    OWNED.contains(&name) || definition.scopes.request_parameter == name
}

/// The endpoint without parameters that the protocol owns: two of them would be an invalid request
/// (RFC 6749 section 3.1).
fn own_query_only(definition: &Definition) -> Url {
    let endpoint = definition.authorization_endpoint.url();
    let mut url = endpoint.clone();
    let is_owned = |name: &str| is_owned(definition, name);
    if endpoint.query_pairs().any(|(name, _)| is_owned(&name)) {
        let kept: Vec<_> = endpoint
            .query_pairs()
            .filter(|(name, _)| !is_owned(name))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    url
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::attempt::RANDOM_BYTES;
    use super::super::fixture;
    use super::*;

    const REDIRECT: &str = "http://127.0.0.1:49152/callback";

    fn url_for(definition: &Definition, scopes: &[&str]) -> AuthorizationUrl {
        let scopes = fixture::scopes(scopes);
        let attempt = Attempt::from_random(&[1; RANDOM_BYTES], &scopes);
        authorization_url(
            definition,
            &"id".parse().unwrap(),
            REDIRECT,
            &scopes,
            &attempt,
        )
    }

    fn parameters(url: &AuthorizationUrl) -> BTreeMap<String, String> {
        let pairs: Vec<_> = url.0.query_pairs().into_owned().collect();
        let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
        assert_eq!(map.len(), pairs.len(), "a parameter came twice: {pairs:?}");
        map
    }

    #[test]
    fn every_request_asks_for_a_code_with_state_and_s256() {
        for definition in [fixture::github(), fixture::google(), fixture::microsoft()] {
            let url = url_for(&definition, &["a", "b"]);
            let sent = parameters(&url);
            assert_eq!(sent["response_type"], "code");
            assert_eq!(sent["client_id"], "id");
            assert_eq!(sent["redirect_uri"], REDIRECT);
            assert_eq!(sent["state"].len(), 43);
            assert_eq!(sent["code_challenge"].len(), 43);
            assert_eq!(sent["code_challenge_method"], "S256");
            assert_eq!(sent["scope"], "a b");
            assert!(!sent.contains_key("nonce"));
        }
    }

    #[test]
    fn a_definition_without_pkce_and_scopes_sends_neither() {
        let sent = parameters(&url_for(&fixture::notion(), &["ignored"]));
        assert!(!sent.contains_key("code_challenge"));
        assert!(!sent.contains_key("scope"));
        assert_eq!(sent["owner"], "user");
        assert_eq!(sent["state"].len(), 43);
    }

    #[test]
    fn openid_sends_a_nonce() {
        let sent = parameters(&url_for(&fixture::google(), &["openid"]));
        assert_eq!(sent["nonce"].len(), 43);
        assert_ne!(sent["nonce"], sent["code_challenge"]);
    }

    #[test]
    fn commas_separate_scopes_where_the_definition_says_so() {
        let sent = parameters(&url_for(&fixture::slack(), &["a", "b"]));
        assert_eq!(sent["user_scope"], "a,b");
        assert!(!sent.contains_key("scope"));
    }

    #[test]
    fn the_parameter_of_the_scopes_is_owned_whatever_it_is_called() {
        let mut definition = fixture::slack();
        definition.authorization_endpoint = "https://as.example/authorize?user_scope=evil"
            .parse()
            .unwrap();
        definition
            .authorization_parameters
            .insert("user_scope".to_owned(), "evil".to_owned());
        let url = url_for(&definition, &["a"]);
        assert_eq!(parameters(&url)["user_scope"], "a");
        assert!(!url.expose().contains("evil"), "{}", url.expose());
    }

    #[test]
    fn extra_parameters_and_the_endpoints_query_stay_but_never_override() {
        let mut definition = fixture::github();
        definition.authorization_endpoint =
            "https://as.example/authorize?keep=1&state=evil&client_id=evil"
                .parse()
                .unwrap();
        for name in OWNED {
            definition
                .authorization_parameters
                .insert(name.to_owned(), "evil".to_owned());
        }
        definition
            .authorization_parameters
            .insert("prompt".to_owned(), "select_account".to_owned());
        let url = url_for(&definition, &["a"]);
        let sent = parameters(&url);
        assert_eq!(sent["keep"], "1");
        assert_eq!(sent["prompt"], "select_account");
        assert!(!url.expose().contains("evil"), "{}", url.expose());
    }

    #[test]
    fn verifier_and_secret_are_never_in_the_url_and_debug_shows_the_host_only() {
        let scopes = fixture::scopes(&["openid"]);
        let attempt =
            Attempt::from_random(&std::array::from_fn(|i| u8::try_from(i).unwrap()), &scopes);
        let url = authorization_url(
            &fixture::github(),
            &"id".parse().unwrap(),
            REDIRECT,
            &scopes,
            &attempt,
        );
        assert!(!url.expose().contains(attempt.verifier().expose()));
        assert!(url.expose().contains(attempt.state().expose()));
        assert_eq!(format!("{url:?}"), "AuthorizationUrl(github.com, redacted)");
    }
}
