//! zlib (RFC 1950) and gzip (RFC 1952) around stored blocks (RFC 1951 section 3.2.4): every reader
//! takes them, and nothing here has to be small.

/// The most bytes of a stored block.
const BLOCK: usize = 65_535;

fn stored(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    loop {
        let (block, after) = rest.split_at(rest.len().min(BLOCK));
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(after.is_empty()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
        if after.is_empty() {
            return;
        }
        rest = after;
    }
}

/// A zlib stream, as git keeps loose objects.
pub(super) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    stored(bytes, &mut out);
    out.extend_from_slice(&adler32(bytes).to_be_bytes());
    out
}

/// A gzip file.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    stored(bytes, &mut out);
    out.extend_from_slice(&crc32(bytes).to_le_bytes());
    let length = u32::try_from(bytes.len() % (1 << 32)).unwrap_or_default();
    out.extend_from_slice(&length.to_le_bytes());
    out
}

pub(super) fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    high << 16 | low
}

pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
            crc = crc >> 1 ^ carry;
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn long_content_takes_several_blocks() {
        let content = vec![7; BLOCK + 1];
        let packed = zlib(&content);
        assert_eq!(packed.get(2), Some(&0)); // not the last block
        assert_eq!(packed.len(), 2 + 5 + BLOCK + 5 + 1 + 4);
        assert_eq!(zlib(b"").len(), 2 + 5 + 4);
    }
}
