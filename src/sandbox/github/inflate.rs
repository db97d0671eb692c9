//! Deflate in its zlib and gzip wrappers: what real git sends.

use super::deflate::{adler32, crc32};
use crate::inflate;

/// More than this comes out of nothing that is sent here.
const LARGEST: usize = 200 * 1024 * 1024;

/// The content of a zlib stream, and how many bytes it took.
pub(super) fn zlib(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let header = bytes.first_chunk::<2>()?;
    if header[0] & 15 != 8 || u16::from_be_bytes(*header) % 31 != 0 {
        return None;
    }
    let (content, taken) = inflate::raw(bytes.get(2..)?, LARGEST)?;
    let sum = bytes.get(2 + taken..)?.first_chunk::<4>()?;
    let right = u32::from_be_bytes(*sum) == adler32(&content);
    right.then_some((content, taken + 6))
}

/// The content of a gzip file without optional fields, as git sends it.
pub(super) fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let header = bytes.first_chunk::<10>()?;
    if !header.starts_with(&[0x1f, 0x8b, 8, 0]) {
        return None;
    }
    let (content, taken) = inflate::raw(bytes.get(10..)?, LARGEST)?;
    let sum = bytes.get(10 + taken..)?.first_chunk::<4>()?;
    (u32::from_le_bytes(*sum) == crc32(&content)).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::super::deflate;
    use super::*;

    #[test]
    fn what_is_stored_comes_back_and_the_rest_is_left() {
        let content = vec![7; 70_000];
        let mut packed = deflate::zlib(&content);
        let length = packed.len();
        packed.extend(b"more");
        assert_eq!(zlib(&packed), Some((content.clone(), length)));
        assert_eq!(gzip(&deflate::gzip(&content)), Some(content));
    }

    /// By zlib, with a code of its own.
    const DYNAMIC: &str = "\
        78da75d3416a04510884e17d9da28ff0b4f4a9c719984006c24ca057b97dfa00d5eb1f043f741de7f7eb\
        f73ccec7ebe7eb797cdec7f3f1772c8c8d2c8666cbe2a82c59885d5b96404eca92480b59368294a5c074\
        591a5e26cbc066e94d176cdd20185c239863422b18d15b3358a05a3b58a29686b08ded5ac20a199ac21a\
        b1b5850dd81ac3177c34865f187673120ea3d67022358607a63486277a34866fb4690c2f14358637766a\
        0c1f64690c2e446b0c1a62690c3ae8370f4278680d066c6b0d5e1a1a831b9a8285714dc1bea6690a0efe\
        01593f4c15";

    #[test]
    fn codes_that_a_stream_brings_along_are_read() {
        let digit = |byte: u8| char::from(byte).to_digit(16).unwrap();
        let pairs = DYNAMIC.as_bytes().as_chunks::<2>().0.iter();
        let packed: Vec<u8> = pairs
            .map(|pair| u8::try_from(digit(pair[0]) * 16 + digit(pair[1])).unwrap())
            .collect();
        let lines = (0..40).map(|n| format!("{} ships sailed on day {n}\n", n * 7919 % 1000));
        let wanted = lines.collect::<Vec<_>>().concat();
        let (content, taken) = zlib(&packed).unwrap();
        assert_eq!(String::from_utf8(content).unwrap(), wanted);
        assert_eq!(taken, packed.len());
    }

    #[test]
    fn huffman_codes_are_read_and_damage_is_noticed() {
        // by zlib, with the fixed code
        let fixed = [
            0x78, 0x9c, 0x4b, 0x4c, 0x84, 0x01, 0x00, 0x14, 0xe1, 0x03, 0xcb,
        ];
        let (content, taken) = zlib(&fixed).unwrap();
        assert_eq!((content.as_slice(), taken), (b"aaaaaaaaaa".as_slice(), 11));
        for at in 0..fixed.len() {
            let mut damaged = fixed;
            damaged[at] ^= 0x11;
            let found = zlib(&damaged).map(|(content, _)| content);
            assert_ne!(found.as_deref(), Some(b"aaaaaaaaaa".as_slice()), "{at}");
            assert!(zlib(&fixed[..at]).is_none());
        }
    }
}
