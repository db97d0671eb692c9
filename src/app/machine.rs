//! What names this machine.

/// The machine's id, as machine-id(5) has it; none where it has none, or none yet.
pub(super) fn id() -> Option<Vec<u8>> {
    let id = std::fs::read_to_string("/etc/machine-id").ok()?;
    let id = id.trim();
    (!id.is_empty() && id != "uninitialized").then(|| id.as_bytes().to_vec())
}
