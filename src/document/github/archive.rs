//! Many texts at once: a version as an archive (gzip, tar), of which each file is hashed again.
//!
//! An archive may lack files or have others, as `.gitattributes` there says, and its link leads to
//! another host: nothing of this is believed. What has a name that is asked for by its content is
//! taken; the rest is asked for elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;

use super::GitHub;
use super::call::Question;
use crate::document::error::StoreError;
use crate::document::oid::Oid;
use crate::endpoint::Endpoint;
use crate::http::LineError;
use crate::inflate;

/// More does not come out of one.
const LARGEST: usize = 128 * 1024 * 1024;
const BLOCK: usize = 512;

impl GitHub<'_> {
    /// Those of the wanted texts that a version's archive has; none where there is no archive.
    ///
    /// # Errors
    /// When the person wants to stop.
    pub fn archive(
        &self,
        version: Oid,
        wanted: &BTreeSet<Oid>,
    ) -> Result<BTreeMap<Oid, Vec<u8>>, StoreError> {
        let none = BTreeMap::new();
        let Ok(answer) = self.ask(&Question::get(self.url(&format!("/tarball/{version}")))) else {
            return Ok(none);
        };
        let link = answer
            .headers
            .get("location")
            .and_then(|to| to.to_str().ok());
        let link: Option<Endpoint> = link.and_then(|link| link.parse().ok());
        let Some(link) = link.filter(|_| answer.status == 302) else {
            return Ok(none);
        };
        // The link itself says that it may be had: the token stays here.
        let request = http::Request::builder()
            .method(Method::GET)
            .uri(link.as_str());
        let Ok(request) = request.body(Vec::new()) else {
            return Ok(none);
        };
        match self.line.send(request) {
            Ok(response) if response.status == 200 => Ok(read(&response.body, wanted)),
            Err(LineError::Stopped) => Err(StoreError::Stopped),
            Ok(_) | Err(_) => Ok(none),
        }
    }
}

/// The wanted texts of an archive, as far as it can be read.
fn read(archive: &[u8], wanted: &BTreeSet<Oid>) -> BTreeMap<Oid, Vec<u8>> {
    let mut found = BTreeMap::new();
    let packed = without_header(archive).and_then(|packed| inflate::raw(packed, LARGEST));
    let Some((tar, _)) = packed else {
        return found;
    };
    let mut rest = tar.as_slice();
    while let Some((header, behind)) = rest.split_at_checked(BLOCK) {
        let Some(size) = size(header) else { break };
        let Some((content, _)) = behind.split_at_checked(size) else {
            break;
        };
        if matches!(header.get(156), Some(b'0' | 0)) {
            let oid = Oid::of_blob(content);
            if wanted.contains(&oid) {
                found.insert(oid, content.to_vec());
            }
        }
        rest = behind
            .get(size.next_multiple_of(BLOCK)..)
            .unwrap_or_default();
    }
    found
}

/// What a header says of the size, in octal; nothing at the archive's end.
fn size(header: &[u8]) -> Option<usize> {
    let digits = str::from_utf8(header.get(124..136)?).ok()?;
    let digits = digits.trim_matches(|c: char| c == '\0' || c == ' ');
    usize::from_str_radix(digits, 8)
        .ok()
        .filter(|size| *size <= LARGEST)
}

/// What a gzip file holds behind its header (RFC 1952 section 2.3).
fn without_header(bytes: &[u8]) -> Option<&[u8]> {
    const EXTRA: u8 = 4;
    const TEXTS: [u8; 2] = [8, 16];
    const CHECK: u8 = 2;
    let header = bytes.first_chunk::<10>()?;
    if !header.starts_with(&[0x1f, 0x8b, 8]) {
        return None;
    }
    let flags = header[3];
    let mut rest = bytes.get(10..)?;
    if flags & EXTRA != 0 {
        let length = u16::from_le_bytes(*rest.first_chunk::<2>()?);
        rest = rest.get(2 + usize::from(length)..)?;
    }
    for text in TEXTS {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & CHECK != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in files {
            let mut header = vec![0; BLOCK];
            header[..name.len()].copy_from_slice(name.as_bytes());
            let size = format!("{:011o}", content.len());
            header[124..135].copy_from_slice(size.as_bytes());
            header[156] = b'0';
            bytes.extend(header);
            bytes.extend(*content);
            bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        }
        bytes.resize(bytes.len() + 2 * BLOCK, 0);
        bytes
    }

    /// Stored, in blocks of at most 65,535 bytes, with optional header fields.
    fn gzip(content: &[u8], flags: u8, more: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3];
        bytes.extend(more);
        let blocks: Vec<_> = content.chunks(65_535).collect();
        for (at, block) in blocks.iter().enumerate() {
            let length = u16::try_from(block.len()).unwrap();
            bytes.push(u8::from(at + 1 == blocks.len()));
            bytes.extend(length.to_le_bytes());
            bytes.extend((!length).to_le_bytes());
            bytes.extend(*block);
        }
        bytes.extend([0; 8]);
        bytes
    }

    #[test]
    fn wanted_texts_are_found_by_their_content_whatever_their_name() {
        let files: [(&str, &[u8]); 3] = [("x/a.md", b"one\n"), ("x/b.md", b"two\n"), ("e", b"")];
        let wanted = BTreeSet::from([
            Oid::of_blob(b"two\n"),
            Oid::of_blob(b""),
            Oid::of_blob(b"no"),
        ]);
        for (flags, more) in [
            (0, b"".as_slice()),
            (8, b"name\0"),
            (4 | 16 | 2, b"\x03\0abccomment\0\x12\x34"),
        ] {
            let found = read(&gzip(&tar(&files), flags, more), &wanted);
            assert_eq!(found.len(), 2, "{flags}");
            assert_eq!(found[&Oid::of_blob(b"two\n")], b"two\n");
        }
    }

    #[test]
    fn what_is_no_archive_or_is_cut_has_nothing_and_does_no_harm() {
        let wanted = BTreeSet::from([Oid::of_blob(b"one\n")]);
        let whole = gzip(&tar(&[("a", b"one\n")]), 0, b"");
        assert_eq!(read(&whole, &wanted).len(), 1);
        for end in 0..whole.len() - 8 {
            assert!(read(&whole[..end], &wanted).is_empty(), "{end}");
        }
        assert!(read(b"<html>", &wanted).is_empty());
        let mut huge = tar(&[("a", b"one\n")]);
        huge[124..136].copy_from_slice(b"777777777777");
        assert!(read(&gzip(&huge, 0, b""), &wanted).is_empty());
    }
}
