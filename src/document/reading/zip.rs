//! The files in a ZIP archive (APPNOTE.TXT 6.3), as office programs write them: listed at its end,
//! stored or deflated. Sizes that a stranger's archive promises are not believed.

use std::collections::BTreeMap;

use crate::inflate;
use crate::ordered;

/// The longest comment behind the list, and the list's own end.
const END: usize = 65_557;
const FILES: usize = 10_000;
/// The text of a long book is a few megabytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// An archive whose list was read.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    files: BTreeMap<String, File>,
}

struct File {
    method: u16,
    checksum: u32,
    packed: usize,
    size: usize,
    header: usize,
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*bytes))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}

fn size(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(long(bytes, at)?).ok()
}

impl<'a> Archive<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let earliest = bytes.len().saturating_sub(END);
        let end = bytes.get(earliest..)?;
        let end = end.windows(4).rposition(|four| four == b"PK\x05\x06")?;
        let end = bytes.get(earliest + end..)?;
        let count = usize::from(short(end, 10)?);
        if count > FILES || end.len() < 22 + usize::from(short(end, 20)?) {
            return None;
        }
        let mut files = BTreeMap::new();
        let mut at = size(end, 16)?;
        for _ in 0..count {
            let entry = bytes.get(at..)?;
            if !entry.starts_with(b"PK\x01\x02") {
                return None;
            }
            let name_length = usize::from(short(entry, 28)?);
            let name = entry.get(46..46 + name_length)?;
            let file = File {
                method: short(entry, 10)?,
                checksum: long(entry, 16)?,
                packed: size(entry, 20)?,
                size: size(entry, 24)?,
                header: size(entry, 42)?,
            };
            let name = String::from_utf8_lossy(name).into_owned();
            // One name twice: programs disagree which of them counts.
            if files.insert(name, file).is_some() {
                return None;
            }
            let more = usize::from(short(entry, 30)?) + usize::from(short(entry, 32)?);
            at = at.checked_add(46 + name_length + more)?;
        }
        Some(Self { bytes, files })
    }

    /// The content of one file.
    pub(super) fn file(&self, name: &str) -> Option<Vec<u8>> {
        let file = self.files.get(name)?;
        let header = self.bytes.get(file.header..)?;
        if !header.starts_with(b"PK\x03\x04") || file.size > LARGEST {
            return None;
        }
        let start = 30 + usize::from(short(header, 26)?) + usize::from(short(header, 28)?);
        let packed = header.get(start..start.checked_add(file.packed)?)?;
        match file.method {
            0 => Some(packed.to_vec()),
            8 => {
                let (content, _) = inflate::raw(packed, LARGEST)?;
                (content.len() == file.size).then_some(content)
            }
            _ => None,
        }
    }

    /// What it consists of: checksums and sizes by name, without folders and some files.
    pub(super) fn parts(&self, without: &[&str]) -> BTreeMap<String, (u32, usize)> {
        let files = self.files.iter();
        let files =
            files.filter(|(name, _)| !name.ends_with('/') && !without.contains(&name.as_str()));
        ordered::map(files.map(|(name, file)| (name.clone(), (file.checksum, file.size))))
    }
}
