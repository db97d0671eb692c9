//! The text between tags: of Word's and `LibreOffice`'s XML, and of web pages.
//!
//! A scanner and no parser: it understands what changes how a text reads, passes over all else, and
//! takes damaged markup for text.

use super::character;

/// A piece of markup.
enum Piece<'a> {
    /// Text, its entities spelled out.
    Text(String),
    /// `<name …>`, `<name …/>`: its name, and whether nothing is inside.
    Open(&'a str, bool),
    /// `</name>`.
    Close(&'a str),
}

struct Pieces<'a>(&'a str);

impl<'a> Pieces<'a> {
    /// Comments, instructions and declarations say nothing; CDATA is text. Nothing where it is none
    /// of these.
    fn special(&mut self, rest: &'a str) -> Option<Piece<'a>> {
        for (start, end) in [("!--", "-->"), ("?", "?>"), ("![CDATA[", "]]>"), ("!", ">")] {
            let Some(inside) = rest.strip_prefix(start) else {
                continue;
            };
            let (content, after) = inside.split_once(end).unwrap_or((inside, ""));
            self.0 = after;
            let text = if start == "![CDATA[" { content } else { "" };
            return Some(Piece::Text(text.to_owned()));
        }
        None
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let Some(rest) = self.0.strip_prefix('<') else {
            let (text, _) = self.0.split_once('<').unwrap_or((self.0, ""));
            self.0 = self.0.get(text.len()..).unwrap_or_default();
            return Some(Piece::Text(spelled_out(text)));
        };
        if let Some(text) = self.special(rest) {
            return Some(text);
        }
        let is_tag = |c: char| c.is_ascii_alphabetic() || c == '/';
        let (Some((tag, after)), true) = (rest.split_once('>'), rest.starts_with(is_tag)) else {
            self.0 = rest;
            return Some(Piece::Text("<".to_owned()));
        };
        self.0 = after;
        if let Some(name) = tag.strip_prefix('/') {
            return Some(Piece::Close(name.trim()));
        }
        let (tag, is_empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, _) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        Some(Piece::Open(name, is_empty))
    }
}

/// Word's `word/document.xml` (ECMA-376 part 1, 17.3): `w:t` is text, deleted text is none.
pub(super) fn docx(xml: &str) -> String {
    let (mut text, mut inside) = (String::new(), false);
    for piece in Pieces(xml) {
        match piece {
            Piece::Text(piece) if inside => text.push_str(&piece),
            Piece::Open("w:t", false) => inside = true,
            Piece::Close("w:t") => inside = false,
            Piece::Open("w:tab", ..) => text.push('\t'),
            Piece::Open("w:br" | "w:cr", _) | Piece::Open("w:p", true) | Piece::Close("w:p") => {
                text.push('\n');
            }
            Piece::Text(_) | Piece::Open(..) | Piece::Close(_) => {}
        }
    }
    text
}

/// `LibreOffice`'s `content.xml` (ODF 1.3 part 3, 5 and 6): paragraphs and headings, without what is
/// noted beside them.
pub(super) fn odt(xml: &str) -> String {
    const BESIDE: [&str; 3] = [
        "text:tracked-changes",
        "office:annotation",
        "text:note-citation",
    ];
    let (mut text, mut depth, mut beside) = (String::new(), 0_usize, 0_usize);
    for piece in Pieces(xml) {
        match piece {
            Piece::Open(name, false) if BESIDE.contains(&name) => beside += 1,
            Piece::Close(name) if BESIDE.contains(&name) => beside = beside.saturating_sub(1),
            _ if beside > 0 => {}
            Piece::Text(piece) if depth > 0 => {
                // Blanks in a row are one; more are said by `text:s`.
                let mut blank = text.ends_with([' ', '\n']) || text.is_empty();
                for character in piece.chars() {
                    let is_blank = character.is_whitespace();
                    if !is_blank {
                        text.push(character);
                    } else if !blank {
                        text.push(' ');
                    }
                    blank = is_blank;
                }
            }
            Piece::Open("text:p" | "text:h", true) | Piece::Open("text:line-break", _) => {
                text.push('\n');
            }
            Piece::Open("text:p" | "text:h", false) => depth += 1,
            Piece::Close("text:p" | "text:h") => {
                depth = depth.saturating_sub(1);
                text.push('\n');
            }
            Piece::Open("text:tab", ..) => text.push('\t'),
            Piece::Open("text:s", ..) => text.push(' '),
            Piece::Text(_) | Piece::Open(..) | Piece::Close(_) => {}
        }
    }
    text
}

/// A web page: what is between its tags, with a line for each block.
pub(super) fn html(page: &str) -> String {
    const HIDDEN: [&str; 4] = ["script", "style", "head", "template"];
    const BLOCKS: [&str; 19] = [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "section",
        "article",
        "tr",
        "table",
        "hr",
    ];
    let (mut text, mut hidden) = (String::new(), None::<String>);
    let end_line = |text: &mut String| {
        while text.ends_with(' ') {
            text.pop();
        }
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    };
    for piece in Pieces(page) {
        let name = match &piece {
            Piece::Open(name, ..) | Piece::Close(name) => name.to_ascii_lowercase(),
            Piece::Text(_) => String::new(),
        };
        match piece {
            Piece::Close(_) if hidden.as_ref() == Some(&name) => hidden = None,
            _ if hidden.is_some() => {}
            Piece::Open(_, false) if HIDDEN.contains(&name.as_str()) => hidden = Some(name),
            Piece::Open(..) | Piece::Close(_) if BLOCKS.contains(&name.as_str()) => {
                end_line(&mut text);
            }
            Piece::Open(..) | Piece::Close(_) => {}
            Piece::Text(piece) => {
                for character in piece.chars() {
                    if !character.is_whitespace() || character == '\u{a0}' {
                        text.push(character);
                    } else if !text.is_empty() && !text.ends_with([' ', '\n']) {
                        text.push(' ');
                    }
                }
            }
        }
    }
    end_line(&mut text);
    text
}

/// Text with its entities spelled out; what is no entity stays.
fn spelled_out(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 10);
        let known = entity.and_then(|(name, after)| Some((entity_text(name)?, after)));
        if let Some((text, after)) = known {
            out.push_str(&text);
            rest = after;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn entity_text(name: &str) -> Option<String> {
    let named = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        "mdash" => "\u{2014}",
        "ndash" => "\u{2013}",
        "hellip" => "\u{2026}",
        "lsquo" => "\u{2018}",
        "rsquo" => "\u{2019}",
        "ldquo" => "\u{201c}",
        "rdquo" => "\u{201d}",
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            return Some(character(number).into_owned());
        }
    };
    Some(named.to_owned())
}
