//! The lexical part of GraphQL (October 2021 edition, section 2.1).

use super::fault::{Fault, Place};

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// `{ } ( ) [ ] : = ! $ | & @` and `...`
    Mark(&'static str),
    Name(String),
    Int(i64),
    Float(f64),
    Text(String),
}

const MARKS: [&str; 13] = [
    "...", "{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "|", "@",
];

/// The tokens of a document, each with its place.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Place)>, Fault> {
    let mut tokens = Vec::new();
    let mut place = Place { line: 1, column: 1 };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            ' ' | '\t' | ',' | '\n' | '\r' | '\u{feff}' => (None, first.len_utf8()),
            '#' => (None, rest.find(['\n', '\r']).unwrap_or(rest.len())),
            'A'..='Z' | 'a'..='z' | '_' => {
                let other = |c: char| !c.is_ascii_alphanumeric() && c != '_';
                let length = rest.find(other).unwrap_or(rest.len());
                (Some(Token::Name(part(rest, length).to_owned())), length)
            }
            '-' | '0'..='9' => number(rest, place)?,
            '"' => string(rest, place)?,
            _ => {
                let mark = MARKS.iter().find(|mark| rest.starts_with(**mark));
                let mark = mark.ok_or_else(|| {
                    Fault::parse(format!("Expected a token, got {first:?}"), place)
                })?;
                (Some(Token::Mark(mark)), mark.len())
            }
        };
        tokens.extend(token.map(|token| (token, place)));
        for c in part(rest, length).chars() {
            place = if c == '\n' {
                Place {
                    line: place.line + 1,
                    column: 1,
                }
            } else {
                Place {
                    column: place.column + 1,
                    ..place
                }
            };
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(tokens)
}

fn part(text: &str, length: usize) -> &str {
    text.get(..length).unwrap_or_default()
}

fn number(rest: &str, place: Place) -> Result<(Option<Token>, usize), Fault> {
    let inside = |c: char| !(c.is_ascii_alphanumeric() || "+-._".contains(c));
    let length = rest.find(inside).unwrap_or(rest.len());
    let text = part(rest, length);
    let digits = text.trim_start_matches('-');
    let zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let token = if text.contains(['.', 'e', 'E']) {
        text.parse().ok().map(Token::Float)
    } else {
        text.parse().ok().map(Token::Int)
    };
    match token.filter(|_| !zero && !text.starts_with('+')) {
        Some(token) => Ok((Some(token), length)),
        None => Err(Fault::parse(format!("{text:?} is not a number"), place)),
    }
}

fn string(rest: &str, place: Place) -> Result<(Option<Token>, usize), Fault> {
    let unterminated = || Fault::parse("A string has no end".to_owned(), place);
    if let Some(body) = rest.strip_prefix("\"\"\"") {
        let end = body.find("\"\"\"").ok_or_else(unterminated)?;
        let text = part(body, end).trim_matches('\n').to_owned();
        return Ok((Some(Token::Text(text)), end + 6));
    }
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((Some(Token::Text(text)), at + 1)),
            '\n' | '\r' => break,
            '\\' => {
                let (_, escaped) = chars.next().ok_or_else(unterminated)?;
                text.push(match escaped {
                    '"' | '\\' | '/' => escaped,
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => {
                        let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&digits, 16).ok();
                        code.and_then(char::from_u32).ok_or_else(|| {
                            Fault::parse("A \\u escape is not a character".to_owned(), place)
                        })?
                    }
                    _ => return Err(Fault::parse(format!("Bad escape \\{escaped}"), place)),
                });
            }
            _ => text.push(c),
        }
    }
    Err(unterminated())
}
