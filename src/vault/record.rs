//! Records: versioned JSON, padded to 64 bytes with trailing spaces, sealed for one row.

use std::fmt;
use std::io::{self, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::directory::{Entry, Label};
use super::error::{VaultError, tampered};
use super::keys::Keys;
use super::seal;
use super::writer::RANDOM_BITS;

/// Sealed lengths are told apart in steps of this many bytes only.
const STEP: usize = 64;

/// What kind of thing a record is. The file shows neither a kind nor a name, only that some rows
/// are of the same kind or group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An app registration at a provider.
    Client,
    /// An authorised account and its tokens.
    Connection,
    /// What was consented to, and when.
    Consent,
    /// A connect that was started and waits to be finished.
    Pending,
    /// Who can open the header.
    Recipients,
    /// A grant that a newer one took the place of.
    Replaced,
    /// Where the former master identity was.
    Retired,
}

impl Kind {
    /// As it stands in the lookup hash; never changed.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Connection => "connection",
            Self::Consent => "consent",
            Self::Pending => "pending",
            Self::Recipients => "recipients",
            Self::Replaced => "replaced",
            Self::Retired => "retired",
        }
    }
}

/// A form that is stored in the vault. Its serde form must refuse unknown fields.
pub trait Stored: Serialize + DeserializeOwned {
    /// The kind of record.
    const KIND: Kind;
    /// The version of the form; a stored record with another one is not read.
    const VERSION: u32 = 1;
    /// What it is looked up by; unique among its kind.
    fn name(&self) -> String;
    /// What several of its kind are looked up by together, such as the provider.
    fn group(&self) -> String;
}

/// Names a row as long as it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(super) i64);

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A record and the row it was read from.
#[derive(Debug, Clone)]
pub struct Row<T> {
    /// The row.
    pub id: RowId,
    /// The row's version, which grows with every change and is never used twice.
    pub version: u64,
    /// The record.
    pub value: T,
}

impl<T> Row<T> {
    /// The generation of the vault that it was written in.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.version >> RANDOM_BITS
    }
}

#[derive(Serialize)]
struct EnvelopeOut<'a, T> {
    v: u32,
    kind: Kind,
    value: &'a T,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeIn<T> {
    v: u32,
    kind: Kind,
    value: T,
}

/// Seals a record for the row that `entry` describes.
pub(super) fn seal_record<T: Stored>(
    keys: &Keys,
    entry: &Entry,
    value: &T,
) -> Result<Vec<u8>, VaultError> {
    let text = padded_json(&EnvelopeOut {
        v: T::VERSION,
        kind: T::KIND,
        value,
    })?;
    seal_text(keys, entry, &text)
}

/// Opens the record of the row that `entry` describes, and checks that it is what its label says.
pub(super) fn open_record<T: Stored>(
    keys: &Keys,
    entry: &Entry,
    sealed: &[u8],
) -> Result<T, VaultError> {
    let text = open_text(keys, entry, sealed)?;
    // serde's own error may quote what it read, so it is dropped here.
    let envelope: EnvelopeIn<T> =
        serde_json::from_slice(&text).map_err(|_| VaultError::UnknownRecord { id: entry.id })?;
    if envelope.v != T::VERSION || envelope.kind != T::KIND {
        return Err(VaultError::UnknownRecord { id: entry.id });
    }
    let value = envelope.value;
    if Label::of(keys, T::KIND, &value.group(), &value.name()) == entry.label {
        Ok(value)
    } else {
        Err(tampered(format!(
            "record {} is under a wrong name",
            entry.id
        )))
    }
}

#[derive(Deserialize)]
struct EnvelopeKind {
    kind: Kind,
}

/// What kind of record a text is.
pub(super) fn kind_of(id: i64, text: &[u8]) -> Result<Kind, VaultError> {
    let envelope: EnvelopeKind =
        serde_json::from_slice(text).map_err(|_| VaultError::UnknownRecord { id })?;
    Ok(envelope.kind)
}

/// The group and the name of the record that a text is.
///
/// # Errors
/// [`VaultError::UnknownRecord`] when it has another form.
pub fn name_in<T: Stored>(row: RowId, text: &[u8]) -> Result<(String, String), VaultError> {
    let unknown = || VaultError::UnknownRecord { id: row.0 };
    let envelope: EnvelopeIn<T> = serde_json::from_slice(text).map_err(|_| unknown())?;
    if envelope.v != T::VERSION || envelope.kind != T::KIND {
        return Err(unknown());
    }
    Ok((envelope.value.group(), envelope.value.name()))
}

/// Seals the text of a record as it is, padding included.
pub(super) fn seal_text(keys: &Keys, entry: &Entry, text: &[u8]) -> Result<Vec<u8>, VaultError> {
    seal::seal(&keys.record, &place(keys, entry), text)
}

/// The text of a record: JSON, whatever its kind.
pub(super) fn open_text(
    keys: &Keys,
    entry: &Entry,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    seal::open(&keys.record, &place(keys, entry), sealed)
        .ok_or_else(|| tampered(format!("record {} does not authenticate", entry.id)))
}

fn place<'a>(keys: &'a Keys, entry: &'a Entry) -> [&'a [u8]; 5] {
    [
        &keys.vault.0,
        b"record",
        &entry.id_bytes,
        &entry.version_bytes,
        &entry.label.0,
    ]
}

/// JSON with trailing spaces up to the next multiple of 64 bytes; wiped when dropped.
///
/// # Errors
/// When it can't be written as JSON.
pub fn padded_json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let unwritable = |_| tampered("a record can't be written as JSON");
    // Counted first: a buffer that grows leaves unwiped copies behind.
    let mut count = Count(0);
    serde_json::to_writer(&mut count, value).map_err(unwritable)?;
    let whole = count.0.next_multiple_of(STEP);
    let mut text = Zeroizing::new(Vec::with_capacity(whole));
    serde_json::to_writer(&mut *text, value).map_err(unwritable)?;
    text.resize(whole, b' ');
    Ok(text)
}

struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_hides_lengths_within_64_bytes() {
        for length in 0..200 {
            let text = padded_json(&"x".repeat(length)).unwrap();
            assert_eq!(text.len() % 64, 0);
            let back: String = serde_json::from_slice(&text).unwrap();
            assert_eq!(back.len(), length);
        }
    }
}
