//! The stored forms: what is inside a sealed record, as versioned JSON.
//!
//! They are types of their own, so that a change to the program's types can't silently change what
//! older vaults hold. Unknown fields are refused: this program wrote them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::connection::state::{
    Connection, Exchange, GrantKind, Intent, Issue, LoginReason, Stamp, State, Trouble, Unseen,
};
use crate::connection::tickets::Tickets;
use crate::moment::{BootTime, Moment, Timestamp};
use crate::names::{ConnectionName, Scope, unhex16};
use crate::secret::Secret;
use crate::signing::SigningKey;
use crate::token::{Lifetime, TokenSet};
use crate::vault::{Kind, Stored, padded_json};

/// The version of every form in this file.
const FORM: u32 = 1;

/// A record authenticates but says something this program never writes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a stored {what} is not readable: {why}")]
pub struct FormError {
    what: &'static str,
    why: String,
}

impl FormError {
    pub(super) fn new(what: &'static str, why: impl std::fmt::Display) -> Self {
        Self {
            what,
            why: why.to_string(),
        }
    }
}

/// A connection as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredConnection {
    v: u32,
    provider: String,
    account: String,
    subject: Option<String>,
    issuer: Option<String>,
    token_endpoint: String,
    revocation: Option<String>,
    client_id: String,
    redirect_uri: Option<String>,
    requested: Vec<String>,
    created_ms: i64,
    grant: StoredGrant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dpop_key: Option<StoredSecret>,
    #[serde(default)]
    issue: StoredIssue,
    state: StoredState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<StoredTrouble>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_for: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    own_ticket: Option<StoredSecret>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tickets: Vec<StoredSecret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_in: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spent_tickets: Vec<StoredSecret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    came_by: Option<StoredSecret>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    proofs: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    set_back: bool,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredIssue {
    consent: u64,
    of: u64,
    set: u64,
}

/// A secret as stored, that no debugging text shows.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct StoredSecret(Zeroizing<String>);

impl std::fmt::Debug for StoredSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredSecret(redacted)")
    }
}

fn store_secret(secret: &Secret) -> StoredSecret {
    StoredSecret(Zeroizing::new(secret.expose().to_owned()))
}

fn store_secrets(secrets: &[Secret]) -> Vec<StoredSecret> {
    secrets.iter().map(store_secret).collect()
}

fn load_secret(stored: &StoredSecret) -> Secret {
    Secret::new(stored.0.to_string())
}

impl Stored for StoredConnection {
    const KIND: Kind = Kind::Connection;

    fn name(&self) -> String {
        format!("{}/{}", self.provider, self.account)
    }

    fn group(&self) -> String {
        self.provider.clone()
    }
}

impl StoredConnection {
    /// The bytes that a rescue file seals.
    pub(super) fn to_rescue(&self) -> Zeroizing<Vec<u8>> {
        // Writing plain structs to memory can't fail; an empty file would be refused on reading.
        padded_json(self).unwrap_or_default()
    }

    /// What a rescue file held.
    pub(super) fn from_rescue(bytes: &[u8]) -> Result<Self, FormError> {
        // serde's own words may quote a token.
        serde_json::from_slice(bytes).map_err(|_| FormError::new("rescue", "its form is unknown"))
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredGrant {
    AuthorizationCode,
    Device,
    Supplied,
    ClientCredentials {
        audience: Option<String>,
    },
    TokenExchange {
        source: String,
        subject_token_type: String,
        audience: Option<String>,
    },
}

fn store_grant(grant: &GrantKind) -> StoredGrant {
    match grant {
        GrantKind::AuthorizationCode => StoredGrant::AuthorizationCode,
        GrantKind::Device => StoredGrant::Device,
        GrantKind::Supplied => StoredGrant::Supplied,
        GrantKind::ClientCredentials { audience } => StoredGrant::ClientCredentials {
            audience: audience.clone(),
        },
        GrantKind::TokenExchange(exchange) => StoredGrant::TokenExchange {
            source: exchange.source.to_string(),
            subject_token_type: exchange.subject_token_type.clone(),
            audience: exchange.audience.clone(),
        },
    }
}

fn load_grant(stored: &StoredGrant) -> Result<GrantKind, FormError> {
    Ok(match stored {
        StoredGrant::AuthorizationCode => GrantKind::AuthorizationCode,
        StoredGrant::Device => GrantKind::Device,
        StoredGrant::Supplied => GrantKind::Supplied,
        StoredGrant::ClientCredentials { audience } => GrantKind::ClientCredentials {
            audience: audience.clone(),
        },
        StoredGrant::TokenExchange {
            source,
            subject_token_type,
            audience,
        } => GrantKind::TokenExchange(Exchange {
            source: source
                .parse()
                .map_err(|error| FormError::new("connection", error))?,
            subject_token_type: subject_token_type.clone(),
            audience: audience.clone(),
        }),
    })
}

/// A stored key.
pub(super) fn key(text: &Zeroizing<String>) -> Result<SigningKey, FormError> {
    SigningKey::from_pem(Secret::new(text.to_string()))
        .map_err(|error| FormError::new("key", error))
}

/// The text of a key, for storing.
pub(super) fn key_text(key: &SigningKey) -> Zeroizing<String> {
    Zeroizing::new(key.pem().expose().to_owned())
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredState {
    Active {
        set: StoredSet,
    },
    Refreshing {
        set: StoredSet,
        intent: String,
        started: StoredMoment,
        #[serde(default, skip_serializing_if = "is_false")]
        from_suspect: bool,
    },
    NeedsLogin {
        set: StoredSet,
        reason: StoredReason,
    },
    Suspect {
        set: StoredSet,
    },
    Revoking {
        set: StoredSet,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intent: Option<StoredIntent>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unseen: Option<StoredUnseen>,
    },
    Moved {},
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredIntent {
    id: String,
    started: StoredMoment,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredUnseen {
    LostAnswer,
    SetBack,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTrouble {
    failures: u32,
    since: StoredMoment,
    wait_ms: u64,
    by_provider: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredReason {
    Ended {
        code: String,
        description: Option<String>,
    },
    LostAnswer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    NoRefreshToken {},
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSet {
    access_token: StoredSecret,
    token_type: String,
    refresh_token: Option<StoredSecret>,
    obtained: StoredMoment,
    lifetime: StoredLifetime,
    granted: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredLifetime {
    LimitedMs(u64),
    Forever,
    Unknown,
}

/// A reading of the clocks as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredMoment {
    wall_ms: i64,
    boot: Option<StoredBoot>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredBoot {
    id: String,
    ms: u64,
}

impl From<&Moment> for StoredMoment {
    fn from(moment: &Moment) -> Self {
        let boot = moment.boot.as_ref().map(|boot| StoredBoot {
            id: boot.id.clone(),
            ms: boot.millis,
        });
        Self {
            wall_ms: moment.wall.unix_millis(),
            boot,
        }
    }
}

impl From<&StoredMoment> for Moment {
    fn from(stored: &StoredMoment) -> Self {
        let boot = stored.boot.as_ref().map(|b| BootTime {
            id: b.id.clone(),
            millis: b.ms,
        });
        Self {
            wall: Timestamp::from_unix_millis(stored.wall_ms),
            boot,
        }
    }
}

impl From<&Connection> for StoredConnection {
    fn from(connection: &Connection) -> Self {
        Self {
            v: FORM,
            provider: connection.name.provider.to_string(),
            account: connection.name.account.to_string(),
            subject: connection.subject.clone(),
            issuer: connection.stamp.issuer.clone(),
            token_endpoint: connection.stamp.token_endpoint.to_string(),
            revocation: connection.stamp.revocation.clone(),
            client_id: connection.stamp.client_id.to_string(),
            redirect_uri: connection.stamp.redirect_uri.clone(),
            requested: texts(&connection.requested),
            created_ms: connection.created.unix_millis(),
            grant: store_grant(&connection.grant),
            dpop_key: connection
                .dpop
                .as_ref()
                .map(|key| StoredSecret(key_text(key))),
            issue: StoredIssue {
                consent: connection.issue.consent,
                of: connection.issue.of,
                set: connection.issue.set,
            },
            state: store_state(&connection.state),
            trouble: connection.trouble.as_ref().map(StoredTrouble::from),
            sealed_for: connection.sealed_for.clone(),
            own_ticket: connection.tickets.own.as_ref().map(store_secret),
            tickets: store_secrets(&connection.tickets.carried),
            left_in: connection.tickets.left_in.clone(),
            spent_tickets: store_secrets(&connection.tickets.spent),
            came_by: connection.tickets.came_by.as_ref().map(store_secret),
            proofs: connection.tickets.proofs.clone(),
            set_back: connection.tickets.set_back,
        }
    }
}

impl TryFrom<&StoredConnection> for Connection {
    type Error = FormError;

    fn try_from(stored: &StoredConnection) -> Result<Self, FormError> {
        if stored.v != FORM {
            return Err(FormError::new(
                "connection",
                format!("its form is {}", stored.v),
            ));
        }
        let broken = |error: &dyn ToString| FormError::new("connection", error.to_string());
        Ok(Self {
            name: ConnectionName {
                provider: stored.provider.parse().map_err(|e| broken(&e))?,
                account: stored.account.parse().map_err(|e| broken(&e))?,
            },
            subject: stored.subject.clone(),
            stamp: Stamp {
                issuer: stored.issuer.clone(),
                token_endpoint: stored.token_endpoint.parse().map_err(|e| broken(&e))?,
                revocation: stored.revocation.clone(),
                client_id: stored.client_id.parse().map_err(|e| broken(&e))?,
                redirect_uri: stored.redirect_uri.clone(),
            },
            requested: scopes(&stored.requested)?,
            created: Timestamp::from_unix_millis(stored.created_ms),
            grant: load_grant(&stored.grant)?,
            dpop: stored
                .dpop_key
                .as_ref()
                .map(|text| key(&text.0))
                .transpose()?,
            issue: Issue {
                consent: stored.issue.consent,
                of: stored.issue.of,
                set: stored.issue.set,
            },
            state: load_state(&stored.state)?,
            trouble: stored.trouble.as_ref().map(Trouble::from),
            sealed_for: stored.sealed_for.clone(),
            tickets: Tickets {
                own: stored.own_ticket.as_ref().map(load_secret),
                left_in: stored.left_in.clone(),
                came_by: stored.came_by.as_ref().map(load_secret),
                carried: stored.tickets.iter().map(load_secret).collect(),
                spent: stored.spent_tickets.iter().map(load_secret).collect(),
                proofs: stored.proofs.clone(),
                set_back: stored.set_back,
            },
        })
    }
}

pub(super) fn texts(scopes: &[Scope]) -> Vec<String> {
    scopes.iter().map(ToString::to_string).collect()
}

pub(super) fn scopes(texts: &[String]) -> Result<Vec<Scope>, FormError> {
    texts
        .iter()
        .map(|text| text.parse().map_err(|e| FormError::new("scope", e)))
        .collect()
}

fn store_state(state: &State) -> StoredState {
    match state {
        State::Active(set) => StoredState::Active { set: set.into() },
        State::Refreshing { set, intent } => StoredState::Refreshing {
            set: set.into(),
            intent: intent.id_text(),
            started: (&intent.started).into(),
            from_suspect: intent.from_suspect,
        },
        State::NeedsLogin { reason, set } => StoredState::NeedsLogin {
            set: set.into(),
            reason: store_reason(reason),
        },
        State::Suspect(set) => StoredState::Suspect { set: set.into() },
        State::Revoking {
            set,
            intent,
            unseen,
        } => StoredState::Revoking {
            set: set.into(),
            unseen: unseen.map(|why| match why {
                Unseen::LostAnswer => StoredUnseen::LostAnswer,
                Unseen::SetBack => StoredUnseen::SetBack,
            }),
            intent: intent.as_ref().map(|intent| StoredIntent {
                id: intent.id_text(),
                started: (&intent.started).into(),
            }),
        },
        State::Moved => StoredState::Moved {},
    }
}

fn load_state(stored: &StoredState) -> Result<State, FormError> {
    Ok(match stored {
        StoredState::Active { set } => State::Active(set.try_into()?),
        StoredState::Refreshing {
            set,
            intent,
            started,
            from_suspect,
        } => State::Refreshing {
            set: set.try_into()?,
            intent: Intent {
                id: intent_id(intent)?,
                started: started.into(),
                from_suspect: *from_suspect,
            },
        },
        StoredState::NeedsLogin { set, reason } => State::NeedsLogin {
            reason: load_reason(reason),
            set: set.try_into()?,
        },
        StoredState::Suspect { set } => State::Suspect(set.try_into()?),
        StoredState::Revoking {
            set,
            intent,
            unseen,
        } => State::Revoking {
            set: set.try_into()?,
            unseen: unseen.map(|why| match why {
                StoredUnseen::LostAnswer => Unseen::LostAnswer,
                StoredUnseen::SetBack => Unseen::SetBack,
            }),
            intent: match intent {
                Some(intent) => Some(Intent {
                    id: intent_id(&intent.id)?,
                    started: (&intent.started).into(),
                    from_suspect: false,
                }),
                None => None,
            },
        },
        StoredState::Moved {} => State::Moved,
    })
}

impl From<&Trouble> for StoredTrouble {
    fn from(trouble: &Trouble) -> Self {
        Self {
            failures: trouble.failures,
            since: (&trouble.since).into(),
            wait_ms: u64::try_from(trouble.wait.as_millis()).unwrap_or(u64::MAX),
            by_provider: trouble.by_provider,
        }
    }
}

impl From<&StoredTrouble> for Trouble {
    fn from(stored: &StoredTrouble) -> Self {
        Self {
            failures: stored.failures,
            since: (&stored.since).into(),
            wait: Duration::from_millis(stored.wait_ms),
            by_provider: stored.by_provider,
        }
    }
}

fn store_reason(reason: &LoginReason) -> StoredReason {
    match reason {
        LoginReason::Ended { code, description } => StoredReason::Ended {
            code: code.clone(),
            description: description.clone(),
        },
        LoginReason::LostAnswer { code } => StoredReason::LostAnswer { code: code.clone() },
        LoginReason::NoRefreshToken => StoredReason::NoRefreshToken {},
    }
}

fn load_reason(stored: &StoredReason) -> LoginReason {
    match stored {
        StoredReason::Ended { code, description } => LoginReason::Ended {
            code: code.clone(),
            description: description.clone(),
        },
        StoredReason::LostAnswer { code } => LoginReason::LostAnswer { code: code.clone() },
        StoredReason::NoRefreshToken {} => LoginReason::NoRefreshToken,
    }
}

/// Reads 32 hex digits.
pub(super) fn intent_id(text: &str) -> Result<[u8; 16], FormError> {
    unhex16(text).ok_or_else(|| FormError::new("intent", "its id is not 32 hex digits"))
}

impl From<&TokenSet> for StoredSet {
    fn from(set: &TokenSet) -> Self {
        Self {
            access_token: store_secret(&set.access_token),
            token_type: set.token_type.clone(),
            refresh_token: set.refresh_token.as_ref().map(store_secret),
            obtained: (&set.obtained).into(),
            lifetime: match set.lifetime {
                Lifetime::Limited(time) => {
                    StoredLifetime::LimitedMs(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
                }
                Lifetime::Forever => StoredLifetime::Forever,
                Lifetime::Unknown => StoredLifetime::Unknown,
            },
            granted: texts(&set.granted),
        }
    }
}

impl TryFrom<&StoredSet> for TokenSet {
    type Error = FormError;

    fn try_from(stored: &StoredSet) -> Result<Self, FormError> {
        Ok(Self {
            access_token: load_secret(&stored.access_token),
            token_type: stored.token_type.clone(),
            refresh_token: stored.refresh_token.as_ref().map(load_secret),
            obtained: (&stored.obtained).into(),
            lifetime: match stored.lifetime {
                StoredLifetime::LimitedMs(ms) => Lifetime::Limited(Duration::from_millis(ms)),
                StoredLifetime::Forever => Lifetime::Forever,
                StoredLifetime::Unknown => Lifetime::Unknown,
            },
            granted: scopes(&stored.granted)?,
        })
    }
}

#[cfg(test)]
mod tests;
