//! `git/blobs`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::json::json;
use crate::sandbox::github::ask::{Ask, base64_lax};
use crate::sandbox::github::object::{Object, Oid};
use crate::sandbox::github::reply::{Outcome, Problem, json_answer, raw};
use crate::sandbox::github::repository::Repository;
use crate::sandbox::github::shape::{node_id, repository_url};

/// Base64 with a line break after every 60 characters, as GitHub writes it.
pub(super) fn in_lines(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let mut text = String::with_capacity(encoded.len() + encoded.len() / 60 + 1);
    for line in encoded.as_bytes().chunks(60) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text
}

/// `GET git/blobs/{file_sha}`: JSON with base64, or the bytes themselves.
pub(in crate::sandbox::github) fn get(repo: &mut Repository, ask: &Ask<'_>, sha: &str) -> Outcome {
    if repo.is_empty() {
        return Err(Problem::empty());
    }
    let oid: Oid = sha.parse().map_err(|()| {
        Problem::unprocessable(
            "The sha parameter must be exactly 40 characters and contain only [0-9a-f].",
        )
    })?;
    let bytes = repo.store.blob(oid).ok_or_else(Problem::not_found)?;
    if ask.wants("raw") {
        return Ok(raw(
            "application/vnd.github.raw+json; charset=utf-8",
            bytes.to_vec(),
        ));
    }
    Ok(json_answer(
        200,
        json!({
            "sha": sha,
            "node_id": node_id("Blob", oid),
            "size": bytes.len(),
            "url": format!("{}/git/blobs/{oid}", repository_url(ask, repo)),
            "content": in_lines(bytes),
            "encoding": "base64",
        }),
    ))
}

/// `POST git/blobs`.
pub(in crate::sandbox::github) fn create(repo: &mut Repository, ask: &Ask<'_>, _: &str) -> Outcome {
    if repo.is_empty() {
        return Err(Problem::empty());
    }
    let body = ask.object(&["content", "encoding"])?;
    let content = body.need("content")?;
    let bytes = match body.text("encoding")?.unwrap_or("utf-8") {
        "utf-8" => content.as_bytes().to_vec(),
        "base64" => base64_lax(content)
            .ok_or_else(|| Problem::unprocessable("content is not valid Base64"))?,
        other => {
            return Err(Problem::unprocessable(format!(
                "{other} is not an encoding"
            )));
        }
    };
    super::contents::check_size(&bytes)?;
    let oid = repo.store.put(Object::Blob(bytes));
    let url = format!("{}/git/blobs/{oid}", repository_url(ask, repo));
    let body = json!({"sha": oid.to_string(), "url": url});
    Ok(json_answer(201, body).with("Location", url))
}
