//! The vault: one SQLite file that holds ciphertext only.
//!
//! The hard idea: **a file that others may have edited is only ever believed as a whole.** The age
//! header gives the vault key; the pin says that it is the right one; a sealed head says which rows
//! there are, in which versions, and how long the audit log is; every row is sealed for its own
//! place. So a row can't be forged, moved, replayed, hidden or removed without the head being
//! wrong, the head can't be replaced without the vault key, and the whole file can't be set back
//! unnoticed while the anchor stands elsewhere.
//!
//! ```text
//! identity --age--> vault key --HKDF--> one key per purpose
//!                       '--> fingerprint == pin
//! head --seals--> directory MAC, header hash, audit mark --binds--> rows, header, log
//! anchor --names--> head
//! ```

mod anchor;
#[cfg(test)]
mod attacks;
mod audit;
mod backup;
mod check;
mod create;
mod database;
mod directory;
#[cfg(test)]
mod disk;
mod error;
mod event;
mod fields;
mod head;
mod header;
mod keys;
mod locked;
mod locks;
#[cfg(all(test, unix))]
mod many;
mod migrate;
mod number;
mod open;
mod prune;
mod read_only;
mod recipients;
mod record;
mod rekey;
mod rescue;
mod restore;
mod rewrap;
#[cfg(test)]
mod sample;
mod save_anchor;
mod schema;
mod seal;
mod snapshot;
mod trust;
mod verify;
mod wal;
mod writer;

pub use anchor::{AnchorKeeper, AnchorState, Trust};
pub use audit::Events;
pub use backup::{check_image, open_image};
pub use check::{Finding, Remains, Salvaged};
pub use create::{NewVault, create};
pub use error::VaultError;
pub use event::{Action, Caller, Event, Logged, Outcome};
pub(crate) use fields::join;
pub use header::Header;
pub use keys::Keys;
pub use locked::Locked;
pub use migrate::migrate;
pub use open::Vault;
pub use prune::Checkpoint;
pub use recipients::{LeftOut, Recipient, RecipientList, Whom, seal_to};
pub use record::{Kind, Row, RowId, Stored, name_in, padded_json};
pub use rekey::{FreshKey, Naming, NewKey, RetiredKey};
pub use rescue::{Rescue, Rescued};
pub use restore::{Draft, Placed};
pub use rewrap::{Rewrapped, Standing};
pub use schema::SCHEMA;
pub use snapshot::Snapshot;
pub use verify::{AuditFault, AuditReport};
pub use writer::{HandOut, Writer};
