//! Registering a client of one's own (RFC 7591).

use thiserror::Error;

use crate::exchange::reply;
use crate::http::{Http, SendError};
use crate::oauth::registration::{self, Registered};
use crate::oauth::request::RequestError;
use crate::oauth::token_error::TokenError;
use crate::provider::definition::Definition;

/// Why there is no client.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// The provider registers none by itself.
    #[error("the provider registers no clients by itself")]
    NotOffered,
    /// The request can't be written.
    #[error("could not write the registration")]
    Request(#[from] RequestError),
    /// The provider could not be reached.
    #[error("could not send the registration")]
    Send(#[from] SendError),
    /// It registered none.
    #[error("the provider did not register a client")]
    Refused(#[from] TokenError),
}

/// Registers a client.
///
/// # Errors
/// When the provider offers no registration, can't be reached, or refuses.
pub async fn register(http: &Http, definition: &Definition) -> Result<Registered, RegisterError> {
    let request = registration::request(definition)?.ok_or(RegisterError::NotOffered)?;
    let response = http.send(request).await?;
    Ok(registration::read(definition, &reply(&response))?)
}
