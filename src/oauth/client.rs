//! The user's app registration at a provider, and how it proves itself by signing (RFC 7523).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::jws;
use super::request::RequestError;
use crate::json::json;
use crate::moment::Timestamp;
use crate::names::{ClientId, hex};
use crate::provider::definition::{AssertionAudience, ClientAuthentication, Definition};
use crate::secret::Secret;
use crate::signing::{self, SigningKey};

/// How long an assertion is good, in seconds: long enough for clocks that differ a little.
const LIFETIME: i64 = 120;

/// A client id and what the registration proves itself with (RFC 6749 section 2.3).
#[derive(Debug, Clone)]
pub struct Client {
    /// The client identifier; public.
    pub id: ClientId,
    /// The client secret.
    pub secret: Option<Secret>,
    /// The private key, and its id at the provider.
    pub key: Option<ClientKey>,
    occasion: Option<Occasion>,
}

/// A private key that the provider knows the public half of.
#[derive(Debug, Clone)]
pub struct ClientKey {
    /// The key.
    pub key: SigningKey,
    /// Which of the client's keys it is (`kid`).
    pub id: Option<String>,
}

/// When assertions are made, and what tells them apart: each is good for one request.
#[derive(Debug, Clone)]
struct Occasion {
    now: Timestamp,
    unique: [u8; 16],
    made: Arc<AtomicU32>,
}

impl Client {
    /// A client with a secret, or a public one.
    #[must_use]
    pub const fn new(id: ClientId, secret: Option<Secret>) -> Self {
        Self {
            id,
            secret,
            key: None,
            occasion: None,
        }
    }

    /// The client with the means to sign at `now`; `unique` is random. Without it a provider that
    /// wants signatures gets nothing.
    #[must_use]
    pub fn at(&self, now: Timestamp, unique: [u8; 16]) -> Self {
        Self {
            occasion: Some(Occasion {
                now,
                unique,
                made: Arc::default(),
            }),
            ..self.clone()
        }
    }

    /// The statement by which the client authenticates (RFC 7523 section 3); nothing where the
    /// provider wants none.
    pub(super) fn assertion(
        &self,
        definition: &Definition,
    ) -> Result<Option<Secret>, RequestError> {
        let by_key = match definition.client.authentication {
            ClientAuthentication::Basic | ClientAuthentication::Post => return Ok(None),
            ClientAuthentication::PrivateKeyJwt => true,
            ClientAuthentication::ClientSecretJwt => false,
        };
        let occasion = self.occasion.as_ref().ok_or(RequestError::NotSigned)?;
        let number = occasion.made.fetch_add(1, Ordering::Relaxed);
        let at = occasion.now.unix_seconds();
        let audience = match (definition.client.assertion_audience, &definition.issuer) {
            (AssertionAudience::Issuer, Some(issuer)) => issuer.as_str(),
            _ => definition.token_endpoint.as_str(),
        };
        let claims = json!({
            "iss": self.id.as_str(),
            "sub": self.id.as_str(),
            "aud": audience,
            "iat": at,
            "exp": at + LIFETIME,
            "jti": format!("{}-{number}", hex(&occasion.unique)),
        });
        let signed = if by_key {
            let ClientKey { key, id } = self.key.as_ref().ok_or(RequestError::KeyMissing)?;
            let mut header = json!({"typ": "JWT", "alg": key.algorithm()?});
            if let (Some(id), Some(members)) = (id, header.as_object_mut()) {
                members.insert("kid".to_owned(), json!(id));
            }
            jws::compact(&header, &claims, |message| key.sign(message))
        } else {
            let secret = self.secret.as_ref().ok_or(RequestError::SecretMissing)?;
            let header = json!({"typ": "JWT", "alg": "HS256"});
            jws::compact(&header, &claims, |message| {
                Ok(signing::hs256(secret, message))
            })
        };
        Ok(Some(signed?))
    }
}
