//! Objects that others made, from their bytes.

use std::collections::BTreeMap;

use super::object::{Commit, Kind, Object, Oid, Person, Tag};
use super::tree::{Leaf, Mode, Tree};

/// The object, or `None` where it is damaged, or one that could not be given back byte for byte.
pub(super) fn object(kind: Kind, bytes: &[u8]) -> Option<Object> {
    let object = match kind {
        Kind::Blob => Object::Blob(bytes.to_vec()),
        Kind::Tree => Object::Tree(tree(bytes)?),
        Kind::Commit => Object::Commit(commit(bytes)?),
        Kind::Tag => Object::Tag(tag(bytes)?),
    };
    (object.bytes() == bytes).then_some(object)
}

fn tree(bytes: &[u8]) -> Option<Tree> {
    let mut entries = BTreeMap::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let blank = rest.iter().position(|byte| *byte == b' ')?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let mode = std::str::from_utf8(rest.get(..blank)?).ok()?;
        let mode = Mode::parse(&format!("{mode:0>6}"))?;
        let name = rest.get(blank + 1..end)?;
        let oid = Oid::from_bytes(*rest.get(end + 1..)?.first_chunk()?);
        entries.insert(name.to_vec(), Leaf { mode, oid });
        rest = rest.get(end + 21..)?;
    }
    Some(Tree(entries))
}

/// The headers, each with its further lines, and the message.
fn parts(bytes: &[u8]) -> (Vec<(String, String)>, String) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, message) = text.split_once("\n\n").unwrap_or((text.as_str(), ""));
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.lines() {
        if let (Some(more), Some((_, value))) = (line.strip_prefix(' '), headers.last_mut()) {
            value.push('\n');
            value.push_str(more);
        } else {
            let (name, value) = line.split_once(' ').unwrap_or((line, ""));
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    (headers, message.to_owned())
}

fn person(text: &str) -> Option<Person> {
    let (name, rest) = text.split_once('<')?;
    let (email, when) = rest.split_once('>')?;
    let seconds = when.split_whitespace().next()?.parse().ok()?;
    Some(Person {
        name: name.trim_end().to_owned(),
        email: email.to_owned(),
        seconds,
    })
}

fn commit(bytes: &[u8]) -> Option<Commit> {
    let (headers, message) = parts(bytes);
    let all = |wanted: &str| {
        let headers = headers.iter().filter(move |(name, _)| name == wanted);
        headers.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    let parents: Result<Vec<Oid>, ()> = all("parent").iter().map(|oid| oid.parse()).collect();
    Some(Commit {
        tree: all("tree").first()?.parse().ok()?,
        parents: parents.ok()?,
        author: person(all("author").first()?)?,
        committer: person(all("committer").first()?)?,
        signature: all("gpgsig").first().map(|text| (*text).to_owned()),
        message,
        raw: Some(bytes.to_vec()),
    })
}

fn tag(bytes: &[u8]) -> Option<Tag> {
    let (headers, message) = parts(bytes);
    let one = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.as_str())
    };
    Some(Tag {
        object: one("object")?.parse().ok()?,
        kind: Kind::named(one("type")?)?,
        name: one("tag")?.to_owned(),
        tagger: person(one("tagger")?)?,
        message,
        raw: Some(bytes.to_vec()),
    })
}
