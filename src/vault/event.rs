//! What the audit log says: who did what with which connection, and how it ended. Never a secret;
//! a token appears as the mark that [`super::Vault::token_mark`] gives.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::VaultError;
use super::record::padded_json;
use crate::moment::{BootTime, Timestamp};

/// What was done. The names stand in the log for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// An account was authorised.
    Connect,
    /// Tokens were refreshed.
    Refresh,
    /// An access token was given to a caller.
    HandOut,
    /// Access was ended.
    Revoke,
    /// A document was pushed.
    DocPush,
    /// A document was pulled.
    DocPull,
    /// An app registration was stored.
    ClientSet,
    /// An app registration was removed.
    ClientRemove,
    /// The vault was made.
    VaultInit,
    /// The vault key and the identity were replaced.
    KeyChange,
    /// The list of recipients changed.
    RecipientsChange,
    /// The vault was opened with a recovery key and locked to a new identity.
    Recover,
    /// A backup was written.
    Backup,
    /// A backup was restored.
    Restore,
    /// The vault's content was exported.
    Export,
    /// Content was imported.
    Import,
    /// A rolled-back vault was accepted.
    AcceptRollback,
    /// Old events were replaced by a checkpoint.
    Prune,
    /// The tables were brought to a newer schema.
    Migrate,
    /// The machine was started anew since the last event: hand-outs right before may be missing.
    TailMayBeLost,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It failed for a reason that may pass.
    Temporary,
    /// It failed.
    Failed,
    /// The provider or the person refused.
    Refused,
}

/// The process that asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// Its process id.
    pub pid: u32,
    /// Its user id, where the system has such.
    pub uid: Option<u32>,
    /// The program of its parent process.
    pub parent: Option<String>,
    /// Its working folder.
    pub cwd: Option<String>,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by the wall clock.
    pub at: Timestamp,
    /// When, by the boot clock.
    pub boot: Option<BootTime>,
    /// What.
    pub action: Action,
    /// With which connection, as `PROVIDER/ACCOUNT`.
    pub connection: Option<String>,
    /// The scopes it was about.
    pub scopes: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The provider's error code.
    pub error_code: Option<String>,
    /// More, in words that hold no secret.
    pub detail: Option<String>,
    /// The mark of the token that was given out.
    pub token: Option<String>,
    /// Who asked.
    pub caller: Caller,
}

/// An event and its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// Counted from 1 for the first event ever.
    pub seq: u64,
    /// The event.
    pub event: Event,
}

/// The stored form; fields that are mostly empty are left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredEvent {
    v: u32,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boot: Option<(String, u64)>,
    action: Action,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    caller: Caller,
}

impl Event {
    /// The JSON that is sealed.
    pub(super) fn text(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        padded_json(&StoredEvent {
            v: 1,
            at: self.at.unix_millis(),
            boot: self
                .boot
                .as_ref()
                .map(|boot| (boot.id.clone(), boot.millis)),
            action: self.action,
            connection: self.connection.clone(),
            scopes: self.scopes.clone(),
            outcome: self.outcome,
            error_code: self.error_code.clone(),
            detail: self.detail.clone(),
            token: self.token.clone(),
            caller: self.caller.clone(),
        })
    }

    /// Reads the JSON; `None` for a form that this program doesn't know.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let stored: StoredEvent = serde_json::from_slice(text).ok()?;
        (stored.v == 1).then(|| Self {
            at: Timestamp::from_unix_millis(stored.at),
            boot: stored.boot.map(|(id, millis)| BootTime { id, millis }),
            action: stored.action,
            connection: stored.connection,
            scopes: stored.scopes,
            outcome: stored.outcome,
            error_code: stored.error_code,
            detail: stored.detail,
            token: stored.token,
            caller: stored.caller,
        })
    }
}
