//! Deflate, read (RFC 1951): what git sends and office files hold. What comes out is bounded by the
//! caller: a small stream can promise a large one.

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

/// The content of one stream, of at most `at_most` bytes, and how many bytes of input it took;
/// `None` for what is damaged, cut, or larger.
#[must_use]
pub fn raw(bytes: &[u8], at_most: usize) -> Option<(Vec<u8>, usize)> {
    let mut bits = Bits {
        bytes,
        at: 0,
        held: 0,
        count: 0,
    };
    let mut out = Output {
        bytes: Vec::new(),
        at_most,
    };
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
            return Some((out.bytes, bits.at - unused));
        }
    }
}

/// What came out so far.
struct Output {
    bytes: Vec<u8>,
    at_most: usize,
}

impl Output {
    fn push(&mut self, byte: u8) -> Option<()> {
        (self.bytes.len() < self.at_most).then(|| self.bytes.push(byte))
    }
}

fn stored(bits: &mut Bits<'_>, out: &mut Output) -> Option<()> {
    bits.take(bits.count % 8)?;
    let (length, inverse) = (bits.take(16)?, bits.take(16)?);
    if length != inverse ^ 0xffff {
        return None;
    }
    for _ in 0..length {
        out.push(u8::try_from(bits.take(8)?).ok()?)?;
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

fn block(bits: &mut Bits<'_>, symbols: &Code, distances: &Code, out: &mut Output) -> Option<()> {
    loop {
        let symbol = symbols.symbol(bits)?;
        if symbol == 256 {
            return Some(());
        }
        if let Ok(byte) = u8::try_from(symbol) {
            out.push(byte)?;
            continue;
        }
        let symbol = symbol - 257;
        let length = LENGTHS.get(symbol)? + bits.take(*LENGTH_BITS.get(symbol)?)?;
        let symbol = distances.symbol(bits)?;
        let distance = DISTANCES.get(symbol)? + bits.take(*DISTANCE_BITS.get(symbol)?)?;
        let start = out.bytes.len().checked_sub(distance)?;
        for at in start..start + length {
            out.push(*out.bytes.get(at)?)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_comes_out_than_is_allowed() {
        // by zlib: ten times the letter a
        let packed = [0x4b, 0x4c, 0x84, 0x01, 0x00];
        assert_eq!(raw(&packed, 10), Some((b"aaaaaaaaaa".to_vec(), 5)));
        assert_eq!(raw(&packed, 9), None);
        // stored: three letters
        let stored = [0x01, 0x03, 0x00, 0xfc, 0xff, b'a', b'b', b'c'];
        assert_eq!(raw(&stored, 3), Some((b"abc".to_vec(), 8)));
        assert_eq!(raw(&stored, 2), None);
    }
}
