//! Packs, as they go over the wire: written without deltas, read with both kinds of them.

use std::collections::{BTreeMap, BTreeSet};

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::object::{Kind, Object, Oid};
use super::store::Store;
use super::tree::Mode;
use super::{deflate, inflate, parse};

/// More objects than this are not taken.
const MOST: usize = 200_000;

/// Everything that `wanted` reaches and `had` does not.
pub(super) fn between(store: &Store, wanted: &[Oid], had: &[Oid]) -> Vec<Oid> {
    let known = reached(store, had);
    let mut found = reached(store, wanted);
    found.retain(|oid| !known.contains(oid));
    found.into_iter().collect()
}

/// All objects that these need, themselves among them; those that are missing too.
pub(super) fn reached(store: &Store, from: &[Oid]) -> BTreeSet<Oid> {
    let mut found = BTreeSet::new();
    let mut open = from.to_vec();
    while let Some(oid) = open.pop() {
        if !found.insert(oid) {
            continue;
        }
        if let Some(commit) = store.commit(oid) {
            open.push(commit.tree);
            open.extend(&commit.parents);
        } else if let Some(tag) = store.tag(oid) {
            open.push(tag.object);
        } else if let Some(tree) = store.tree(oid) {
            let entries = tree.0.values();
            open.extend(
                entries
                    .filter(|leaf| leaf.mode != Mode::Submodule)
                    .map(|leaf| leaf.oid),
            );
        }
    }
    found
}

fn number(kind: Kind) -> u8 {
    match kind {
        Kind::Commit => 1,
        Kind::Tree => 2,
        Kind::Blob => 3,
        Kind::Tag => 4,
    }
}

/// A pack of these objects.
pub(super) fn write(store: &Store, oids: &[Oid]) -> Vec<u8> {
    let count = u32::try_from(oids.len()).unwrap_or_default();
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend(count.to_be_bytes());
    for object in oids.iter().filter_map(|oid| store.object(*oid)) {
        let bytes = object.bytes();
        let mut size = bytes.len() >> 4;
        let low = u8::try_from(bytes.len() & 15).unwrap_or_default();
        let mut byte = number(object.kind()) << 4 | low;
        while size > 0 {
            pack.push(byte | 0x80);
            byte = u8::try_from(size & 0x7f).unwrap_or_default();
            size >>= 7;
        }
        pack.push(byte);
        pack.extend(deflate::zlib(&bytes));
    }
    let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, &pack);
    pack.extend(sum.as_ref());
    pack
}

/// An entry as it stands in a pack.
enum Entry {
    Whole(Kind, Vec<u8>),
    /// Against what begins so many bytes before, or against an object by name.
    Offset(usize, Vec<u8>),
    Named(Oid, Vec<u8>),
}

/// The objects of a pack; `None` where it is damaged. Deltas may be against what the store has.
pub(super) fn read(store: &Store, pack: &[u8]) -> Option<Vec<Object>> {
    let (body, sum) = pack.split_at_checked(pack.len().checked_sub(20)?)?;
    if digest(&SHA1_FOR_LEGACY_USE_ONLY, body).as_ref() != sum {
        return None;
    }
    let rest = body.strip_prefix(b"PACK\0\0\0\x02")?;
    let count = usize::try_from(u32::from_be_bytes(*rest.first_chunk()?)).ok()?;
    if count > MOST {
        return None;
    }
    let mut open = BTreeMap::new();
    let mut at = 12;
    for _ in 0..count {
        let (entry, end) = entry(body, at)?;
        open.insert(at, entry);
        at = end;
    }
    if at != body.len() {
        return None;
    }
    resolved(store, &open)?
        .into_values()
        .map(|(kind, bytes)| parse::object(kind, &bytes))
        .collect()
}

fn entry(body: &[u8], start: usize) -> Option<(Entry, usize)> {
    let mut at = start;
    let mut next = || {
        at += 1;
        body.get(at - 1).copied()
    };
    let first = next()?;
    let mut byte = first;
    while byte & 0x80 != 0 {
        byte = next()?; // the size is that of what comes out
    }
    let mut back = 0_usize;
    if first >> 4 & 7 == 6 {
        let mut byte = next()?;
        back = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = next()?;
            back = (back + 1).checked_mul(128)? + usize::from(byte & 0x7f);
        }
    }
    let mut base = Oid::NONE;
    if first >> 4 & 7 == 7 {
        base = Oid::from_bytes(*body.get(at..)?.first_chunk()?);
        at += 20;
    }
    let (content, taken) = inflate::zlib(body.get(at..)?)?;
    let entry = match first >> 4 & 7 {
        1 => Entry::Whole(Kind::Commit, content),
        2 => Entry::Whole(Kind::Tree, content),
        3 => Entry::Whole(Kind::Blob, content),
        4 => Entry::Whole(Kind::Tag, content),
        6 => Entry::Offset(start.checked_sub(back)?, content),
        7 => Entry::Named(base, content),
        _ => return None,
    };
    Some((entry, at + taken))
}

type Content = (Kind, Vec<u8>);

/// Puts deltas together with what they are against, round after round until none is left.
fn resolved(store: &Store, open: &BTreeMap<usize, Entry>) -> Option<BTreeMap<usize, Content>> {
    let mut done: BTreeMap<usize, Content> = BTreeMap::new();
    let mut named: BTreeMap<Oid, usize> = BTreeMap::new();
    while done.len() < open.len() {
        let before = done.len();
        for (at, entry) in open {
            if done.contains_key(at) {
                continue;
            }
            let content = match entry {
                Entry::Whole(kind, bytes) => Some((*kind, bytes.clone())),
                Entry::Offset(base, delta) => match done.get(base) {
                    Some((kind, base)) => Some((*kind, patched(base, delta)?)),
                    None => None,
                },
                Entry::Named(base, delta) => {
                    let inside = named.get(base).and_then(|at| done.get(at)).cloned();
                    let base = inside.or_else(|| {
                        let object = store.object(*base)?;
                        Some((object.kind(), object.bytes()))
                    });
                    match base {
                        Some((kind, base)) => Some((kind, patched(&base, delta)?)),
                        None => None,
                    }
                }
            };
            if let Some((kind, bytes)) = content {
                named.insert(Oid::of(kind, &bytes), *at);
                done.insert(*at, (kind, bytes));
            }
        }
        if done.len() == before {
            return None; // a base is missing
        }
    }
    Some(done)
}

/// What a delta makes of its base.
fn patched(base: &[u8], delta: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = delta.iter().copied();
    let mut size = || -> Option<usize> {
        let (mut value, mut shift) = (0_usize, 0);
        loop {
            let byte = bytes.next()?;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    };
    let (from, to) = (size()?, size()?);
    let mut out = Vec::new();
    while let Some(order) = bytes.next() {
        if order & 0x80 == 0 {
            for _ in 0..order {
                out.push(bytes.next()?);
            }
            continue;
        }
        let mut field = |flags: std::ops::Range<u32>| -> Option<usize> {
            let mut value = 0;
            for (place, flag) in flags.enumerate() {
                if order >> flag & 1 == 1 {
                    value |= usize::from(bytes.next()?) << (8 * place);
                }
            }
            Some(value)
        };
        let (start, length) = (field(0..4)?, field(4..7)?);
        let length = if length == 0 { 0x1_0000 } else { length };
        out.extend_from_slice(base.get(start..start.checked_add(length)?)?);
    }
    (base.len() == from && out.len() == to).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::github::store::Edits;
    use crate::sandbox::github::tree::Leaf;

    fn filled() -> (Store, Oid) {
        let mut store = Store::default();
        let oid = store.put(Object::Blob(vec![b'x'; 100_000]));
        let mode = Mode::File;
        let edits = Edits::from([(b"a/b.md".to_vec(), Some(Leaf { mode, oid }))]);
        let tree = store.edited(None, &edits).unwrap();
        (store, tree)
    }

    #[test]
    fn a_pack_brings_everything_that_a_tree_reaches() {
        let (store, tree) = filled();
        let oids = between(&store, &[tree], &[]);
        let pack = write(&store, &oids);
        let mut other = Store::default();
        for object in read(&other, &pack).unwrap() {
            other.put(object);
        }
        assert_eq!(reached(&other, &[tree]), reached(&store, &[tree]));
        assert!(oids.iter().all(|oid| other.kind(*oid).is_some()));
        assert!(between(&store, &[tree], &[tree]).is_empty());
    }

    #[test]
    fn a_damaged_pack_is_refused() {
        let (store, tree) = filled();
        let pack = write(&store, &between(&store, &[tree], &[]));
        for at in [0, 7, 11, 12, 20, pack.len() / 2, pack.len() - 1] {
            let mut damaged = pack.clone();
            damaged[at] ^= 1;
            assert!(read(&store, &damaged).is_none(), "{at}");
        }
        assert!(read(&store, &pack[..pack.len() - 30]).is_none());
        assert!(read(&store, b"").is_none());
    }

    #[test]
    fn a_delta_copies_and_inserts_and_must_fit_its_base() {
        let base = b"It was a dark and stormy night";
        // lengths, 9 bytes from 0, "bright ", 10 bytes from 20
        let delta = [
            &[30, 26, 0x90, 9, 7],
            b"bright ".as_slice(),
            &[0x91, 20, 10],
        ]
        .concat();
        let wanted = b"It was a bright ormy night";
        assert_eq!(patched(base, &delta).as_deref(), Some(wanted.as_slice()));
        assert_eq!(patched(b"short", &delta), None);
        assert_eq!(patched(base, &delta[..6]), None);
    }
}
