//! Dynamic client registration (RFC 7591): a client of one's own without a page to fill in.

use super::json::Object;
use super::request::{self, HttpRequest, JSON, RequestError};
use super::token_error::{Fault, Said, TokenError};
use super::{Client, Reply};
use crate::json::json;
use crate::provider::definition::{ClientAuthentication, Definition, SecretRule};
use crate::secret::Secret;

/// A new client, and what manages it at the provider (RFC 7592).
#[derive(Debug, Clone)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// The registration access token.
    pub token: Option<Secret>,
    /// The client configuration endpoint.
    pub uri: Option<String>,
}

/// Asks for a client; nothing where the provider registers none. A client without a secret is asked
/// for wherever that will do: what a program on a person's machine holds is no secret (RFC 8252
/// section 8.5).
///
/// # Errors
///
/// When a header can't be written.
pub fn request(definition: &Definition) -> Result<Option<HttpRequest>, RequestError> {
    let Some(endpoint) = &definition.registration_endpoint else {
        return Ok(None);
    };
    let wanted = json!({
        "client_name": "oauthctl",
        "application_type": "native",
        "redirect_uris": [definition.redirect.registered_uri()],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": method(definition),
    });
    let body = wanted.to_string().into_bytes();
    request::build(
        definition,
        http::Method::POST,
        endpoint.as_str(),
        Some(JSON),
        body,
    )
    .map(Some)
}

const fn method(definition: &Definition) -> &'static str {
    match (definition.client.secret, definition.client.authentication) {
        (SecretRule::Optional | SecretRule::Forbidden, _) => "none",
        (SecretRule::Required, ClientAuthentication::Basic) => "client_secret_basic",
        (SecretRule::Required, ClientAuthentication::Post) => "client_secret_post",
        (SecretRule::Required, ClientAuthentication::PrivateKeyJwt) => "private_key_jwt",
        (SecretRule::Required, ClientAuthentication::ClientSecretJwt) => "client_secret_jwt",
    }
}

/// Reads the answer (RFC 7591 section 3.2).
///
/// # Errors
///
/// [`TokenError`], by what is to be done.
pub fn read(definition: &Definition, reply: &Reply<'_>) -> Result<Registered, TokenError> {
    if reply.is_html() || (reply.is_passing() && !reply.is_json()) {
        return Err(TokenError::temporary(reply, None));
    }
    let object = reply
        .object()
        .map_err(|error| TokenError::malformed(reply, error))?;
    if let Some(said) = Said::in_object(&object) {
        return Err(TokenError::by_code(said, definition, reply));
    }
    if !matches!(reply.status, 200 | 201) {
        return Err(TokenError::malformed(reply, Fault::Status));
    }
    registered(definition, &object).map_err(|fault| TokenError::malformed(reply, fault))
}

fn registered(definition: &Definition, object: &Object) -> Result<Registered, Fault> {
    let text = |name: &'static str| object.text(name).map_err(|_| Fault::Wrong(name));
    let secret = |name: &'static str| -> Result<Option<Secret>, Fault> {
        let usable = |text: &&str| {
            (1..=8192).contains(&text.len()) && text.bytes().all(|b| (0x20..=0x7E).contains(&b))
        };
        match text(name)? {
            None => Ok(None),
            Some(text) => Some(text)
                .filter(usable)
                .map(|text| Some(Secret::new(text.to_owned())))
                .ok_or(Fault::Wrong(name)),
        }
    };
    let id = text("client_id")?
        .ok_or(Fault::Missing("client_id"))?
        .parse()
        .map_err(|_| Fault::Wrong("client_id"))?;
    let given = secret("client_secret")?;
    if given.is_none() && definition.client.secret == SecretRule::Required {
        return Err(Fault::Missing("client_secret"));
    }
    // a server that changes how the client authenticates would have the secret sent otherwise
    let said = text("token_endpoint_auth_method")?.unwrap_or(method(definition));
    if said != method(definition) {
        return Err(Fault::Wrong("token_endpoint_auth_method"));
    }
    let given = given.filter(|_| said != "none");
    Ok(Registered {
        client: Client::new(id, given),
        token: secret("registration_access_token")?,
        uri: text("registration_client_uri")?.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn answer(definition: &Definition, status: u16, body: &str) -> Result<Registered, TokenError> {
        let reply = Reply {
            status,
            content_type: Some("application/json"),
            retry_after: None,
            body: body.as_bytes(),
        };
        read(definition, &reply)
    }

    #[test]
    fn a_client_without_a_secret_is_asked_for_where_that_will_do() {
        let mut definition = fixture::plain();
        assert!(request(&definition).unwrap().is_none());
        definition.registration_endpoint = "https://as.example/register".parse().ok();
        for (rule, wanted) in [
            (SecretRule::Optional, "none"),
            (SecretRule::Forbidden, "none"),
            (SecretRule::Required, "client_secret_"),
        ] {
            definition.client.secret = rule;
            let request = request(&definition).unwrap().unwrap();
            let text = String::from_utf8(request.into_body()).unwrap();
            assert!(
                text.contains(&format!("\"token_endpoint_auth_method\":\"{wanted}")),
                "{text}"
            );
            assert!(text.contains("\"application_type\":\"native\""));
        }
    }

    #[test]
    fn an_answer_is_a_client_or_refused() {
        let mut definition = fixture::plain();
        definition.client.secret = SecretRule::Optional;
        let good = r#"{"client_id":"c","token_endpoint_auth_method":"none","registration_access_token":"t"}"#;
        let made = answer(&definition, 201, good).unwrap();
        assert_eq!(made.client.id.as_str(), "c");
        assert_eq!(made.token.unwrap().expose(), "t");
        for (status, body) in [
            (201, "{}"),
            (201, r#"{"client_id":""}"#),
            (201, r#"{"client_id":"a\u001b[2J"}"#),
            (201, r#"{"client_id":7}"#),
            (
                201,
                r#"{"client_id":"c","token_endpoint_auth_method":"client_secret_post"}"#,
            ),
            (
                201,
                r#"{"client_id":"c","registration_access_token":"a\nb"}"#,
            ),
            (201, r#"{"client_id":"c","client_id":"d"}"#),
            (302, good),
            (400, r#"{"error":"invalid_redirect_uri"}"#),
        ] {
            assert!(answer(&definition, status, body).is_err(), "{body}");
        }
        definition.client.secret = SecretRule::Required;
        assert!(answer(&definition, 201, r#"{"client_id":"c"}"#).is_err());
    }
}
