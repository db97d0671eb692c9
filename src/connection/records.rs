//! The stored forms beside the connection's own: clients, consents, and connects under way.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::connection::stored::{FormError, StoredMoment, key, key_text, scopes, texts};
use crate::moment::{Moment, Timestamp};
use crate::names::{AccountLabel, ClientId, ProviderName, Scope, hex};
use crate::oauth::client::{Client, ClientKey};
use crate::provider::definition::Definition;
use crate::secret::Secret;
use crate::vault::{Kind, Stored, VaultError, Writer};

const FORM: u32 = 1;

/// A client registration. Earlier ones stay: connections made with them need their secret.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredClient {
    v: u32,
    provider: String,
    client_id: String,
    secret: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    /// What manages the registration where this program made it (RFC 7592).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registration_token: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registration_uri: Option<String>,
    /// Whether new connections use it.
    pub current: bool,
    set_ms: i64,
    /// The token endpoint that the definition named when the secret was set: it goes nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
}

impl StoredClient {
    /// A registration that new connections use from now on.
    #[must_use]
    pub fn new(definition: &Definition, client: &Client, now: Timestamp) -> Self {
        Self {
            v: FORM,
            token_endpoint: Some(definition.token_endpoint.to_string()),
            provider: definition.name.to_string(),
            client_id: client.id.to_string(),
            secret: client
                .secret
                .as_ref()
                .map(|s| Zeroizing::new(s.expose().to_owned())),
            key: client.key.as_ref().map(|key| key_text(&key.key)),
            key_id: client.key.as_ref().and_then(|key| key.id.clone()),
            registration_token: None,
            registration_uri: None,
            current: true,
            set_ms: now.unix_millis(),
        }
    }

    /// Takes it into the vault, unless that has it. New connections use it only where they use no
    /// other. Says whether it was taken.
    ///
    /// # Errors
    /// When the vault refuses.
    pub fn take_in(mut self, writer: &mut Writer<'_>) -> Result<bool, VaultError> {
        if writer.find::<Self>(&self.name())?.is_some() {
            return Ok(false);
        }
        let others = writer.group::<Self>(&self.group())?;
        self.current = !others.iter().any(|row| row.value.current);
        writer.insert(self)?;
        Ok(true)
    }

    /// With what manages it at the provider.
    #[must_use]
    pub fn registered(mut self, token: Option<&Secret>, uri: Option<&str>) -> Self {
        self.registration_token = token.map(|token| Zeroizing::new(token.expose().to_owned()));
        self.registration_uri = uri.map(str::to_owned);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// When the record says something this program never writes.
    pub fn client(&self) -> Result<Client, FormError> {
        if self.v != FORM {
            return Err(FormError::new("client", format!("its form is {}", self.v)));
        }
        let id = self
            .client_id
            .parse()
            .map_err(|e| FormError::new("client", e))?;
        let secret = self.secret.as_ref().map(|s| Secret::new(s.to_string()));
        let mut client = Client::new(id, secret);
        if let Some(text) = &self.key {
            client.key = Some(ClientKey {
                key: key(text)?,
                id: self.key_id.clone(),
            });
        }
        Ok(client)
    }

    /// Whether the secret was set for the token endpoint that the definition names now. A record
    /// that does not say is bound nowhere, and goes where its connections' grants were made.
    #[must_use]
    pub fn is_for(&self, definition: &Definition) -> bool {
        self.token_endpoint
            .as_deref()
            .is_none_or(|endpoint| endpoint == definition.token_endpoint.as_str())
    }

    /// The name of a client's record.
    #[must_use]
    pub fn record_name(provider: &ProviderName, id: &ClientId) -> String {
        format!("{provider} {id}")
    }

    /// When it was set.
    #[must_use]
    pub const fn set_at(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.set_ms)
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }
}

impl std::fmt::Debug for StoredClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredClient({} {})", self.provider, self.client_id)
    }
}

impl Stored for StoredClient {
    const KIND: Kind = Kind::Client;

    fn name(&self) -> String {
        format!("{} {}", self.provider, self.client_id)
    }

    fn group(&self) -> String {
        self.provider.clone()
    }
}

/// What a person consented to, and what was granted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredConsent {
    v: u32,
    id: String,
    pub(super) connection: String,
    subject: Option<String>,
    client_id: String,
    issuer: Option<String>,
    requested: Vec<String>,
    granted: Vec<String>,
    at_ms: i64,
    /// How the tokens came, in one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grant: Option<String>,
}

impl StoredConsent {
    /// The consent behind the grant that `connection` just got.
    #[must_use]
    pub fn new(id: [u8; 16], connection: &super::Connection, now: Timestamp) -> Self {
        let granted: &[Scope] = connection.state.set().map_or(&[], |set| &set.granted);
        Self {
            v: FORM,
            id: hex(&id),
            connection: connection.name.to_string(),
            subject: connection.subject.clone(),
            client_id: connection.stamp.client_id.to_string(),
            issuer: connection.stamp.issuer.clone(),
            requested: texts(&connection.requested),
            granted: texts(granted),
            at_ms: now.unix_millis(),
            grant: Some(connection.grant.word().to_owned()),
        }
    }
}

impl StoredConsent {
    /// The provider's stable id of the account, where it gave one.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The client's id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// How the tokens came, in one word.
    #[must_use]
    pub fn grant(&self) -> Option<&str> {
        self.grant.as_deref()
    }

    /// What was asked for.
    ///
    /// # Errors
    /// When the record says something this program never writes.
    pub fn requested(&self) -> Result<Vec<Scope>, FormError> {
        scopes(&self.requested)
    }

    /// What was granted.
    ///
    /// # Errors
    /// When the record says something this program never writes.
    pub fn granted(&self) -> Result<Vec<Scope>, FormError> {
        scopes(&self.granted)
    }

    /// The connection's name.
    #[must_use]
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// When it was given.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.at_ms)
    }
}

impl Stored for StoredConsent {
    const KIND: Kind = Kind::Consent;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn group(&self) -> String {
        self.connection.clone()
    }
}

/// A connect whose code was about to be sent. If it is still there when nobody works on it, the
/// provider may hold a grant that was never stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredPending {
    v: u32,
    id: String,
    provider: String,
    client_id: String,
    /// The label that the person wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    started: StoredMoment,
}

impl StoredPending {
    /// The group that all of them are in.
    pub const GROUP: &str = "connect";

    /// An attempt that is about to redeem its code.
    #[must_use]
    pub fn new(
        id: [u8; 16],
        provider: &ProviderName,
        client_id: &ClientId,
        account: Option<&AccountLabel>,
        now: &Moment,
    ) -> Self {
        Self {
            v: FORM,
            id: hex(&id),
            provider: provider.to_string(),
            client_id: client_id.to_string(),
            account: account.map(ToString::to_string),
            started: now.into(),
        }
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The client's id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The label that the person wanted.
    ///
    /// # Errors
    /// When the record says something this program never writes.
    pub fn account(&self) -> Result<Option<AccountLabel>, FormError> {
        let label = self.account.as_deref().map(str::parse).transpose();
        label.map_err(|error| FormError::new("pending connect", error))
    }

    /// When it was begun.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        Moment::from(&self.started).wall
    }

    /// The id as bytes, which names its rescue file.
    ///
    /// # Errors
    /// When the record says something this program never writes.
    pub fn id(&self) -> Result<[u8; 16], FormError> {
        super::stored::intent_id(&self.id)
    }
}

impl Stored for StoredPending {
    const KIND: Kind = Kind::Pending;

    fn name(&self) -> String {
        self.id.clone()
    }

    fn group(&self) -> String {
        Self::GROUP.to_owned()
    }
}
