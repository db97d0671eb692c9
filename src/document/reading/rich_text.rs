//! The text of an RTF file (Rich Text Format 1.9.1): what is not a control word, nor in a group that
//! holds something else.

use super::character;

/// Groups with what no reader reads.
const HIDDEN: [&str; 11] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "header",
    "footer",
    "generator",
    "listtable",
    "listoverridetable",
    "themedata",
];
const DEEPEST: usize = 1000;

/// The characters from 0x80 to 0x9f of Windows' western code page; 0 where there is none.
const WINDOWS: [u32; 32] = [
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
    0, 0x17d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161,
    0x203a, 0x153, 0, 0x17e, 0x178,
];

/// A group: whether it is read, and how many characters stand for one of Unicode.
#[derive(Clone, Copy)]
struct Group {
    is_read: bool,
    substitutes: usize,
}

struct Reader<'a> {
    rest: &'a [u8],
    text: String,
    groups: Vec<Group>,
    /// Characters to pass over: they stand for one of Unicode that was read.
    skip: usize,
}

/// The text; `None` for what is no RTF, or is nested without end.
pub(super) fn read(bytes: &[u8]) -> Option<String> {
    if !bytes.starts_with(b"{\\rtf") {
        return None;
    }
    let mut reader = Reader {
        rest: bytes,
        text: String::new(),
        groups: vec![Group {
            is_read: true,
            substitutes: 1,
        }],
        skip: 0,
    };
    while let Some(byte) = reader.take() {
        match byte {
            b'{' => {
                let group = *reader.groups.last()?;
                if reader.groups.len() > DEEPEST {
                    return None;
                }
                reader.groups.push(group);
                reader.skip = 0;
            }
            b'}' => {
                reader.skip = 0;
                if reader.groups.len() > 1 {
                    reader.groups.pop();
                }
            }
            b'\\' => reader.control(),
            b'\r' | b'\n' => {}
            byte => reader.put(&character(u32::from(byte))),
        }
    }
    Some(reader.text)
}

impl Reader<'_> {
    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn put(&mut self, text: &str) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.groups.last().is_some_and(|group| group.is_read) {
            self.text.push_str(text);
        }
    }

    fn hide(&mut self) {
        if let Some(group) = self.groups.last_mut() {
            group.is_read = false;
        }
    }

    fn control(&mut self) {
        match self.rest.first() {
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word(),
            Some(b'\'') => {
                let digits = self.rest.get(1..3).and_then(|two| str::from_utf8(two).ok());
                let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
                self.rest = self.rest.get(3..).unwrap_or_default();
                if let Some(byte) = byte {
                    let index = usize::from(byte).checked_sub(0x80);
                    let known = index.and_then(|index| WINDOWS.get(index).copied());
                    self.put(&character(known.unwrap_or(u32::from(byte))));
                }
            }
            Some(b'*') => {
                self.take();
                self.hide();
            }
            Some(b'~') => {
                self.take();
                self.put("\u{a0}");
            }
            Some(b'_') => {
                self.take();
                self.put("\u{2011}");
            }
            Some(byte @ (b'\\' | b'{' | b'}')) => {
                let text = character(u32::from(*byte));
                self.take();
                self.put(&text);
            }
            Some(b'\n' | b'\r') => {
                self.take();
                self.put("\n");
            }
            Some(_) => drop(self.take()),
            None => {}
        }
    }

    fn word(&mut self) {
        let length = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let (word, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        let digits = rest.iter().enumerate();
        let digits = digits
            .take_while(|(at, byte)| byte.is_ascii_digit() || (*at == 0 && **byte == b'-'))
            .count();
        let (number, rest) = rest.split_at_checked(digits).unwrap_or_default();
        self.rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let number: Option<i64> = str::from_utf8(number)
            .ok()
            .and_then(|text| text.parse().ok());
        let Ok(word) = str::from_utf8(word) else {
            return;
        };
        let text = match word {
            "par" | "line" | "sect" | "page" | "row" => "\n",
            "tab" | "cell" => "\t",
            "emdash" => "\u{2014}",
            "endash" => "\u{2013}",
            "lquote" => "\u{2018}",
            "rquote" => "\u{2019}",
            "ldblquote" => "\u{201c}",
            "rdblquote" => "\u{201d}",
            "bullet" => "\u{2022}",
            "uc" => {
                let count = number.and_then(|number| usize::try_from(number).ok());
                if let Some(group) = self.groups.last_mut() {
                    group.substitutes = count.unwrap_or(1).min(16);
                }
                return;
            }
            "u" => return self.unicode(number.unwrap_or_default()),
            "bin" => {
                let length = number.and_then(|number| usize::try_from(number).ok());
                self.rest = self
                    .rest
                    .get(length.unwrap_or_default()..)
                    .unwrap_or_default();
                return;
            }
            word => {
                if HIDDEN.contains(&word) {
                    self.hide();
                }
                return;
            }
        };
        self.put(text);
    }

    /// A character by its number, which is negative above 32,767; what stands for it where it can't
    /// be shown follows.
    fn unicode(&mut self, number: i64) {
        let number = if number < 0 { number + 65_536 } else { number };
        let number = u32::try_from(number).unwrap_or_default();
        // Half of a pair of UTF-16 is shown as what it can't be alone.
        self.put(&character(number));
        self.skip = self.groups.last().map_or(1, |group| group.substitutes);
    }
}
