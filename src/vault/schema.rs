//! The tables of the current schema.

/// The schema that this program writes.
pub const SCHEMA: u32 = 1;

/// Marks the file as a vault of this program (SQLite's `application_id`): `oaut`.
pub(super) const APPLICATION: i32 = 0x6F61_7574;

/// What is made for a new vault. Cells that hold no text hold ciphertext, keyed hashes or numbers.
pub(super) const TABLES: &str = "
CREATE TABLE header (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    vault_id BLOB NOT NULL,
    schema INTEGER NOT NULL,
    key_epoch INTEGER NOT NULL,
    key_source TEXT NOT NULL,
    age BLOB NOT NULL
) STRICT;
CREATE TABLE head (
    which INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE directory (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    label BLOB NOT NULL
) STRICT;
CREATE TABLE body (
    id INTEGER PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    mac BLOB NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
";
