//! The user's app registration at a provider.

use crate::names::ClientId;
use crate::secret::Secret;

/// A client id and, where the registration has one, its secret (RFC 6749 section 2.3.1).
#[derive(Debug, Clone)]
pub struct Client {
    /// The client identifier; public.
    pub id: ClientId,
    /// The client secret.
    pub secret: Option<Secret>,
}
