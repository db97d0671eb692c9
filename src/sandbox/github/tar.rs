//! Tar archives (POSIX ustar, with pax records for what does not fit), as `git archive` writes them.

/// One member.
pub(super) struct Member {
    kind: u8,
    path: Vec<u8>,
    target: Vec<u8>,
    mode: u32,
    content: Vec<u8>,
}

impl Member {
    pub(super) fn file(path: &[u8], content: &[u8], executable: bool) -> Self {
        Self {
            kind: b'0',
            path: path.to_vec(),
            target: Vec::new(),
            mode: if executable { 0o775 } else { 0o664 },
            content: content.to_vec(),
        }
    }

    pub(super) fn folder(path: &[u8]) -> Self {
        Self {
            kind: b'5',
            mode: 0o775,
            ..Self::file(path, b"", false)
        }
    }

    pub(super) fn link(path: &[u8], target: &[u8]) -> Self {
        Self {
            kind: b'2',
            mode: 0o777,
            target: target.to_vec(),
            ..Self::file(path, b"", false)
        }
    }

    /// The global comment in which `git archive` notes the commit.
    pub(super) fn comment(text: &str) -> Self {
        Self {
            kind: b'g',
            ..Self::file(
                b"pax_global_header",
                &pax("comment", text.as_bytes()),
                false,
            )
        }
    }
}

/// One pax record; its length counts itself.
fn pax(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length += 1;
    }
    let mut record = format!("{length} {key}=").into_bytes();
    record.extend_from_slice(value);
    record.push(b'\n');
    record
}

/// The whole archive.
pub(super) fn archive(members: &[Member], seconds: i64) -> Vec<u8> {
    let mut out = Vec::new();
    for member in members {
        let mut records = Vec::new();
        if member.path.len() > 100 {
            records.extend(pax("path", &member.path));
        }
        if member.target.len() > 100 {
            records.extend(pax("linkpath", &member.target));
        }
        if !records.is_empty() {
            let extended = Member {
                kind: b'x',
                ..Member::file(b"pax_header", &records, false)
            };
            write(&extended, seconds, &mut out);
        }
        write(member, seconds, &mut out);
    }
    out.resize(out.len() + 1024, 0);
    out
}

fn write(member: &Member, seconds: i64, out: &mut Vec<u8>) {
    let mut header = Vec::with_capacity(512);
    let mut field = |bytes: &[u8], width: usize| {
        let kept = bytes.get(..width.min(bytes.len())).unwrap_or_default();
        header.extend_from_slice(kept);
        header.resize(header.len() + width - kept.len(), 0);
    };
    field(&member.path, 100);
    field(format!("{:07o}", member.mode).as_bytes(), 8);
    field(b"0000000", 8);
    field(b"0000000", 8);
    field(format!("{:011o}", member.content.len()).as_bytes(), 12);
    field(format!("{:011o}", seconds.max(0)).as_bytes(), 12);
    field(b"        ", 8);
    field(&[member.kind], 1);
    field(&member.target, 100);
    field(b"ustar\x0000", 8);
    field(b"root", 32);
    field(b"root", 32);
    field(b"0000000", 8);
    field(b"0000000", 8);
    field(b"", 155 + 12);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    for (to, from) in header.iter_mut().skip(148).zip(sum.bytes()) {
        *to = from;
    }
    out.extend(header);
    out.extend_from_slice(&member.content);
    out.resize(out.len().div_ceil(512) * 512, 0);
}
