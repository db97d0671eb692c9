//! The REST API, one file for each kind of thing.

pub(super) mod activity;
pub(super) mod archive;
pub(super) mod blobs;
pub(super) mod commits;
pub(super) mod compare;
pub(super) mod contents;
pub(super) mod refs;
pub(super) mod repos;
pub(super) mod trees;
pub(super) mod user;

use serde_json::Value;

use crate::sandbox::call::Answer;
use crate::sandbox::github::ask::Ask;
use crate::sandbox::github::reply::json_answer;

/// One page of a list, with GitHub's `Link` header (RFC 8288) where there are others.
fn paged(ask: &Ask<'_>, path: &str, all: Vec<Value>) -> Answer {
    let (size, page) = ask.page();
    let pages = all.len().div_ceil(size).max(1);
    let shown = all.into_iter().skip((page - 1).saturating_mul(size));
    let answer = json_answer(200, Value::Array(shown.take(size).collect()));
    match links(ask, path, page, pages) {
        Some(links) => answer.with("Link", links),
        None => answer,
    }
}

/// The value of `Link`: `None` where there is one page only.
fn links(ask: &Ask<'_>, path: &str, page: usize, pages: usize) -> Option<String> {
    let to = |page: usize, relation: &str| {
        let mut query = ask.query.clone();
        query.insert("page".to_owned(), page.to_string());
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        format!("<{path}?{query}>; rel=\"{relation}\"")
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(to((page - 1).min(pages), "prev"));
    }
    if page < pages {
        links.push(to(page + 1, "next"));
        links.push(to(pages, "last"));
    }
    if page > 1 {
        links.push(to(1, "first"));
    }
    (!links.is_empty()).then(|| links.join(", "))
}
