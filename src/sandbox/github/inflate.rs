//! Deflate, read (RFC 1951), in its zlib and gzip wrappers: what real git sends.

use super::deflate::{adler32, crc32};

/// More than this comes out of nothing that is sent here.
const LARGEST: usize = 200 * 1024 * 1024;

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u32,
    count: u32,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Option<usize> {
        while self.count < count {
            self.held |= u32::from(*self.bytes.get(self.at)?) << self.count;
            self.at += 1;
            self.count += 8;
        }
        let value = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.count -= count;
        usize::try_from(value).ok()
    }
}

/// A Huffman code: how many codes of each length there are, and the symbols in their order.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn of(lengths: &[usize]) -> Self {
        let mut counts = [0; 16];
        let mut symbols = Vec::new();
        for (length, count) in counts.iter_mut().enumerate().skip(1) {
            for (symbol, own) in lengths.iter().enumerate() {
                if *own == length {
                    *count += 1;
                    symbols.push(symbol);
                }
            }
        }
        Self { counts, symbols }
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in self.counts.iter().skip(1) {
            code |= bits.take(1)?;
            if code < first + count {
                return self.symbols.get(index + code - first).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

/// What symbols from 257 on and distances begin at, and how many more bits say how far behind.
const LENGTHS: [usize; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];
const LENGTH_BITS: [u32; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCES: [usize; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_BITS: [u32; 30] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The content of one stream, and how many bytes it took.
fn inflate(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut bits = Bits {
        bytes,
        at: 0,
        held: 0,
        count: 0,
    };
    let mut out = Vec::new();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out)?,
            1 => {
                let fixed: Vec<usize> = (0..288)
                    .map(|symbol| match symbol {
                        144..=255 => 9,
                        256..=279 => 7,
                        _ => 8,
                    })
                    .collect();
                block(&mut bits, &Code::of(&fixed), &Code::of(&[5; 30]), &mut out)?;
            }
            2 => {
                let (symbols, distances) = codes(&mut bits)?;
                block(&mut bits, &symbols, &distances, &mut out)?;
            }
            _ => return None,
        }
        if last {
            // whole bytes that were only looked at are given back
            let unused = usize::try_from(bits.count / 8).ok()?;
            return Some((out, bits.at - unused));
        }
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Vec<u8>) -> Option<()> {
    bits.take(bits.count % 8)?;
    let (length, inverse) = (bits.take(16)?, bits.take(16)?);
    if length != inverse ^ 0xffff || out.len() + length > LARGEST {
        return None;
    }
    for _ in 0..length {
        out.push(u8::try_from(bits.take(8)?).ok()?);
    }
    Some(())
}

fn codes(bits: &mut Bits<'_>) -> Option<(Code, Code)> {
    let symbols = bits.take(5)? + 257;
    let distances = bits.take(5)? + 1;
    let given = bits.take(4)? + 4;
    let mut lengths = [0; 19];
    for place in ORDER.iter().take(given) {
        *lengths.get_mut(*place)? = bits.take(3)?;
    }
    let code = Code::of(&lengths);
    let mut all: Vec<usize> = Vec::new();
    while all.len() < symbols + distances {
        let (value, times) = match code.symbol(bits)? {
            16 => (*all.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            18 => (0, 11 + bits.take(7)?),
            length => (length, 1),
        };
        all.extend(std::iter::repeat_n(value, times));
    }
    let (first, second) = all.split_at_checked(symbols)?;
    Some((Code::of(first), Code::of(second)))
}

fn block(bits: &mut Bits<'_>, symbols: &Code, distances: &Code, out: &mut Vec<u8>) -> Option<()> {
    loop {
        let symbol = symbols.symbol(bits)?;
        if symbol == 256 {
            return Some(());
        }
        if let Ok(byte) = u8::try_from(symbol) {
            out.push(byte);
            continue;
        }
        let symbol = symbol - 257;
        let length = LENGTHS.get(symbol)? + bits.take(*LENGTH_BITS.get(symbol)?)?;
        let symbol = distances.symbol(bits)?;
        let distance = DISTANCES.get(symbol)? + bits.take(*DISTANCE_BITS.get(symbol)?)?;
        if out.len() + length > LARGEST {
            return None;
        }
        let start = out.len().checked_sub(distance)?;
        for at in start..start + length {
            out.push(*out.get(at)?);
        }
    }
}

/// The content of a zlib stream, and how many bytes it took.
pub(super) fn zlib(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let header = bytes.first_chunk::<2>()?;
    if header[0] & 15 != 8 || u16::from_be_bytes(*header) % 31 != 0 {
        return None;
    }
    let (content, taken) = inflate(bytes.get(2..)?)?;
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
    let (content, taken) = inflate(bytes.get(10..)?)?;
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
