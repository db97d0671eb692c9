//! Which paths a Rust file names: a small reader of tokens, no compiler.
//!
//! Comments and literals are dropped, `use` groups are spread out, and a path that begins with an
//! imported name is followed to where the name came from, so that `use std::io; io::stdin()` reads
//! as `std::io::stdin`.

use std::collections::{BTreeMap, BTreeSet};

/// The paths in `code`, each from its root: `crate::vault::Vault`, `std::net::TcpListener`,
/// `tokio::select`. `path` is the file, below `src`.
pub(crate) fn paths(path: &str, code: &str) -> BTreeSet<String> {
    let tokens = tokens(code);
    let mut imports = BTreeMap::new();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let after = at.checked_sub(1).map(|before| tokens[before].as_str());
        if tokens[at] == "use" && after != Some("::") {
            at = spread(&tokens, at + 1, &[], &mut found, &mut imports);
        } else if is_name(&tokens[at]) && !matches!(after, Some("::" | "." | "mod")) {
            let mut names = vec![tokens[at].clone()];
            while tokens.get(at + 1).is_some_and(|token| token == "::")
                && tokens.get(at + 2).is_some_and(|token| is_name(token))
            {
                names.push(tokens[at + 2].clone());
                at += 2;
            }
            if names.len() > 1 {
                found.push(names);
            }
            at += 1;
        } else {
            if after == Some("mod") {
                let own = vec!["self".to_owned(), tokens[at].clone()];
                imports.insert(tokens[at].clone(), own);
            }
            at += 1;
        }
    }
    let module = module(path);
    found
        .into_iter()
        .map(|names| rooted(names, &imports, &module).join("::"))
        .collect()
}

/// The names of one `use` tree, spread out; gives the place behind it.
fn spread(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    found: &mut Vec<Vec<String>>,
    imports: &mut BTreeMap<String, Vec<String>>,
) -> usize {
    let mut names = before.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "::" | "*" => {}
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = spread(tokens, at, &names, found, imports);
                    at += usize::from(tokens.get(at).is_some_and(|token| token == ","));
                }
                return at + 1;
            }
            "as" => {
                imports.insert(tokens[at + 1].clone(), names.clone());
                found.push(names);
                return at + 2;
            }
            "self" if !names.is_empty() => {}
            name if is_name(name) => names.push(name.to_owned()),
            _ => break,
        }
        at += 1;
    }
    if let Some(last) = names.last() {
        imports.insert(last.clone(), names.clone());
    }
    found.push(names);
    at
}

/// Follows imports, `self` and `super` until the path begins at a crate.
fn rooted(
    names: Vec<String>,
    imports: &BTreeMap<String, Vec<String>>,
    module: &[String],
) -> Vec<String> {
    let first = names[0].as_str();
    match imports.get(first) {
        Some(import) if import[0] != first => {
            let followed = import.iter().chain(&names[1..]).cloned().collect();
            return rooted(followed, imports, module);
        }
        _ => {}
    }
    let mut above = module.to_vec();
    let mut rest = names.as_slice();
    match first {
        "oauthctl" => {
            above.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|name| name == "super") {
                above.pop();
                rest = &rest[1..];
            }
        }
        _ => return names,
    }
    let root = ["crate".to_owned()];
    root.iter().chain(&above).chain(rest).cloned().collect()
}

/// The module that a file is.
fn module(path: &str) -> Vec<String> {
    let names = path.trim_end_matches(".rs").trim_end_matches("/mod");
    match names {
        "lib" | "main" => Vec::new(),
        _ => names.split('/').map(ToOwned::to_owned).collect(),
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single characters; no white space, comments or literals.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(after) = literal(rest) {
            rest = after;
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            rest = &rest[2..];
        } else {
            let length = match rest.find(|c| !is_word(c)) {
                Some(0) => first.len_utf8(),
                Some(length) => length,
                None => rest.len(),
            };
            let (token, after) = rest.split_at(length);
            if !first.is_whitespace() {
                tokens.push(token.to_owned());
            }
            rest = after;
        }
    }
    tokens
}

/// What follows a string or character literal that `rest` begins with.
fn literal(rest: &str) -> Option<&str> {
    let bare = rest.strip_prefix('b').unwrap_or(rest);
    if let Some(raw) = bare.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if let Some(text) = raw[hashes..].strip_prefix('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            return Some(text.split_once(&end).map_or("", |(_, after)| after));
        }
    }
    if let Some(text) = bare.strip_prefix('"') {
        return Some(behind(text, '"'));
    }
    let text = bare.strip_prefix('\'')?;
    let mut letters = text.chars();
    let (first, second) = (letters.next()?, letters.next()?);
    // Else it is a lifetime.
    (first == '\\' || second == '\'').then(|| behind(text, '\''))
}

/// What follows the next `end` that no backslash precedes.
fn behind(text: &str, end: char) -> &str {
    let mut escaped = false;
    for (place, c) in text.char_indices() {
        if c == end && !escaped {
            return &text[place + c.len_utf8()..];
        }
        escaped = c == '\\' && !escaped;
    }
    ""
}

#[test]
fn paths_are_found_where_they_hide() {
    let code = r##"
        use std::{io, net::{TcpListener as Ear, *}};
        use crate::vault::{self, Vault};
        use super::neighbour;
        mod open;
        // crate::comment
        /// [`crate::documented`]
        fn f<'a>(x: &'a str) -> tokio::time::Instant {
            let text = "crate::text \" crate::text";
            let raw = r#"crate::raw"#;
            let quote = '"';
            io::stdin();
            Ear::bind();
            vault::open();
            open::door();
            x.http::<u8>();
            crate :: ui :: Ui::new()
        }
    "##;
    let found = paths("key/keyring.rs", code);
    for expected in [
        "std::io",
        "std::io::stdin",
        "std::net::TcpListener",
        "std::net::TcpListener::bind",
        "std::net",
        "crate::vault",
        "crate::vault::Vault",
        "crate::vault::open",
        "crate::key::neighbour",
        "crate::key::keyring::open::door",
        "tokio::time::Instant",
        "crate::ui::Ui::new",
    ] {
        assert!(found.contains(expected), "{expected} in {found:#?}");
    }
    for hidden in ["comment", "documented", "text", "raw", "http"] {
        let sees = found.iter().any(|path| path.contains(hidden));
        assert!(!sees, "{hidden} in {found:#?}");
    }
}
