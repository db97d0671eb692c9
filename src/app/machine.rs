//! What names this machine.

use std::fs::File;
use std::io::Read;

/// The machine's id, as machine-id(5) has it; none where it has none, or none yet.
pub(super) fn id() -> Option<Vec<u8>> {
    // 32 hex digits and a line feed; read at once, since every token waits for it
    let mut text = [0; 64];
    let mut file = File::open("/etc/machine-id").ok()?;
    let length = file.read(&mut text).ok()?;
    let id = text.get(..length)?.trim_ascii();
    (!id.is_empty() && id != b"uninitialized").then(|| id.to_vec())
}
