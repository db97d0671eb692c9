//! `Link` headers (RFC 8288), as far as "the next page" goes.

use http::HeaderMap;
use http::header::LINK;
use url::Url;

/// What comes after a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// This page, at the same scheme, host and port.
    Page(Url),
    /// A page of another host: a token is not sent elsewhere because an answer says so.
    Elsewhere(String),
    /// It names none, or itself.
    None,
}

pub(super) fn next(headers: &HeaderMap, from: &Url) -> Next {
    let values = headers.get_all(LINK).iter();
    let target = values
        .filter_map(|value| value.to_str().ok())
        .find_map(next_in);
    match target.and_then(|target| from.join(&target).ok()) {
        None => Next::None,
        Some(url) if url == *from => Next::None,
        Some(url) if url.origin() == from.origin() => Next::Page(url),
        Some(url) => Next::Elsewhere(url.origin().ascii_serialization()),
    }
}

/// The first target whose relation types hold `next`.
fn next_in(value: &str) -> Option<String> {
    let mut rest = value;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, parameters) = after.split_once('>')?;
        let (mine, others) = until(',', parameters);
        if is_next(mine) {
            return Some(target.to_owned());
        }
        rest = others;
    }
}

/// Splits before the first `separator` that is not inside quotes.
fn until(separator: char, text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            other if other == separator && !quoted => return text.split_at(at),
            _ => {}
        }
    }
    (text, "")
}

/// Whether one of the parameters is `rel`, with `next` among its types.
fn is_next(parameters: &str) -> bool {
    let mut rest = parameters;
    while !rest.is_empty() {
        let (parameter, others) = until(';', rest);
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("rel")
        {
            let types = value.trim().trim_matches('"');
            return types
                .split_ascii_whitespace()
                .any(|one| one.eq_ignore_ascii_case("next"));
        }
        rest = others.strip_prefix(';').unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_of(value: &str) -> Next {
        let from: Url = "https://api.example/list?page=1".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(LINK, value.parse().unwrap());
        next(&headers, &from)
    }

    #[test]
    fn the_next_page_is_found_among_other_links() {
        let page = Next::Page("https://api.example/list?page=2".parse().unwrap());
        for value in [
            "<https://api.example/list?page=2>; rel=\"next\"",
            "<https://api.example/x>; rel=\"last\", </list?page=2>; rel=next",
            "</a>; title=\"one, <two>; rel=next\"; rel=prev, <?page=2>; REL=\"prefetch NEXT\"",
        ] {
            assert_eq!(next_of(value), page, "{value}");
        }
    }

    #[test]
    fn no_page_is_fetched_from_another_place_or_for_ever() {
        for (value, place) in [
            (
                "<https://evil.test/list?page=2>; rel=next",
                "https://evil.test",
            ),
            (
                "<http://api.example/list?page=2>; rel=next",
                "http://api.example",
            ),
            (
                "<https://api.example:444/list?page=2>; rel=next",
                "https://api.example:444",
            ),
            ("<//evil.test/>; rel=next", "https://evil.test"),
        ] {
            assert_eq!(next_of(value), Next::Elsewhere(place.to_owned()), "{value}");
        }
        for value in [
            "<https://api.example/list?page=1>; rel=next",
            "<https://api.example/list?page=2>; rel=last",
            "<https://api.example/list?page=2",
            "rel=next",
            "",
        ] {
            assert_eq!(next_of(value), Next::None, "{value}");
        }
    }
}
