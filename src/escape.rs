//! Text from a server or a file is hostile at a terminal until it went through here.
//!
//! Control characters (C0, C1, DEL), bidirectional overrides and other invisible format characters
//! are shown as `\u{…}`, so that no such text can move the cursor, set a title or the clipboard, or
//! pose as a line of ours.

/// The most characters of somebody else's text that are shown.
const SHOWN_AT_MOST: usize = 300;

/// `text` made safe for one line of a terminal, cut at 300 characters.
#[must_use]
pub fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(SHOWN_AT_MOST));
    for (position, character) in text.chars().enumerate() {
        if position == SHOWN_AT_MOST {
            shown.push('…');
            break;
        }
        push(&mut shown, character);
    }
    shown
}

/// `text` made safe for a terminal, whole, with its line feeds kept.
#[must_use]
pub fn block(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\n' {
            shown.push(character);
        } else {
            push(&mut shown, character);
        }
    }
    shown
}

/// `text` made safe between the tags of a page and in a quoted attribute of it. Characters that no
/// reader sees are spelled out, as on a terminal.
#[must_use]
pub fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in block(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}

fn push(shown: &mut String, character: char) {
    if is_unsafe(character) {
        shown.extend(character.escape_unicode());
    } else {
        shown.push(character);
    }
}

/// Whether a character could act on a terminal or hide from the reader.
#[must_use]
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidi_characters_are_shown_not_sent() {
        assert_eq!(line("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(line("a\u{9b}31mb"), "a\\u{9b}31mb");
        assert_eq!(line("x\u{202e}y\r\nz"), "x\\u{202e}y\\u{d}\\u{a}z");
        assert_eq!(line("Zoë Müller 日本"), "Zoë Müller 日本");
        assert_eq!(block("one\ntwo\r"), "one\ntwo\\u{d}");
    }

    #[test]
    fn a_line_is_cut_at_300_characters() {
        assert_eq!(line(&"é".repeat(1_000_000)).chars().count(), 301);
    }

    proptest::proptest! {
        #[test]
        fn escaped_text_holds_nothing_unsafe_and_is_stable(text in "\\PC*|.*") {
            let once = block(&text);
            proptest::prop_assert!(once.chars().all(|c| c == '\n' || !is_unsafe(c)));
            proptest::prop_assert_eq!(block(&once), once.clone());
        }
    }
}
