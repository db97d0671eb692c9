//! The objects of one repository, and what is done to whole trees.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::object::{Commit, Kind, Object, Oid, Tag};
use super::tree::{Leaf, Mode, Tree, joined};
use crate::ordered;

/// All objects, by name. None is ever removed, as on a real server for a long while.
#[derive(Debug, Default)]
pub(super) struct Store {
    objects: BTreeMap<Oid, Arc<Object>>,
    bytes: usize,
}

/// What becomes of paths; `None` deletes.
pub(super) type Edits = BTreeMap<Vec<u8>, Option<Leaf>>;

/// A deletion of what is not there.
#[derive(Debug)]
pub(super) struct MissingPath(pub(super) Vec<u8>);

impl Store {
    pub(super) fn put(&mut self, object: Object) -> Oid {
        let bytes = object.bytes();
        let oid = Oid::of(object.kind(), &bytes);
        if let Entry::Vacant(free) = self.objects.entry(oid) {
            free.insert(Arc::new(object));
            self.bytes += bytes.len();
        }
        oid
    }

    /// The bytes of all objects.
    pub(super) fn size(&self) -> usize {
        self.bytes
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = (Oid, &Object)> {
        self.objects.iter().map(|(oid, object)| (*oid, &**object))
    }

    pub(super) fn object(&self, oid: Oid) -> Option<&Object> {
        self.objects.get(&oid).map(|object| &**object)
    }

    pub(super) fn kind(&self, oid: Oid) -> Option<Kind> {
        self.objects.get(&oid).map(|object| object.kind())
    }

    pub(super) fn blob(&self, oid: Oid) -> Option<&[u8]> {
        match &**self.objects.get(&oid)? {
            Object::Blob(bytes) => Some(bytes),
            Object::Tree(_) | Object::Commit(_) | Object::Tag(_) => None,
        }
    }

    pub(super) fn tree(&self, oid: Oid) -> Option<&Tree> {
        match &**self.objects.get(&oid)? {
            Object::Tree(tree) => Some(tree),
            Object::Blob(_) | Object::Commit(_) | Object::Tag(_) => None,
        }
    }

    pub(super) fn commit(&self, oid: Oid) -> Option<&Commit> {
        match &**self.objects.get(&oid)? {
            Object::Commit(commit) => Some(commit),
            Object::Blob(_) | Object::Tree(_) | Object::Tag(_) => None,
        }
    }

    pub(super) fn tag(&self, oid: Oid) -> Option<&Tag> {
        match &**self.objects.get(&oid)? {
            Object::Tag(tag) => Some(tag),
            Object::Blob(_) | Object::Tree(_) | Object::Commit(_) => None,
        }
    }

    /// The commit that a name leads to, through tags.
    pub(super) fn peeled(&self, mut oid: Oid) -> Option<Oid> {
        while let Some(tag) = self.tag(oid) {
            oid = tag.object;
        }
        self.commit(oid).map(|_| oid)
    }

    /// The tree of a commit, tag or tree.
    pub(super) fn tree_of(&self, oid: Oid) -> Option<Oid> {
        if self.tree(oid).is_some() {
            return Some(oid);
        }
        self.commit(self.peeled(oid)?).map(|commit| commit.tree)
    }

    /// The first object whose name begins so, as git takes short names: from four digits on.
    pub(super) fn abbreviated(&self, prefix: &str) -> Option<Oid> {
        let long = prefix.len() >= 4 && prefix.bytes().all(|b| b.is_ascii_hexdigit());
        let mut found = self.objects.keys();
        long.then(|| found.find(|oid| oid.to_string().starts_with(prefix)))
            .flatten()
            .copied()
    }

    /// What stands at a path; the empty path is the root.
    pub(super) fn at(&self, root: Oid, path: &[u8]) -> Option<Leaf> {
        let mut leaf = Leaf {
            mode: Mode::Directory,
            oid: root,
        };
        for part in path.split(|byte| *byte == b'/') {
            if !path.is_empty() {
                leaf = *self.tree(leaf.oid)?.0.get(part)?;
            }
        }
        Some(leaf)
    }

    /// Everything below a tree, depth first, folders before what is in them.
    pub(super) fn below(&self, root: Oid, folder: &[u8]) -> Vec<(Vec<u8>, Leaf)> {
        let mut found = Vec::new();
        for (name, leaf) in self.tree(root).map(Tree::entries).unwrap_or_default() {
            let path = joined(folder, name);
            found.push((path.clone(), leaf));
            if leaf.mode == Mode::Directory {
                found.extend(self.below(leaf.oid, &path));
            }
        }
        found
    }

    /// The files of a tree, by path.
    pub(super) fn files(&self, root: Oid) -> BTreeMap<Vec<u8>, Leaf> {
        let all = self.below(root, b"").into_iter();
        ordered::map(all.filter(|(_, leaf)| leaf.mode != Mode::Directory))
    }

    /// A tree with these edits; folders that become empty are left out, as git has none.
    pub(super) fn edited(&mut self, base: Option<Oid>, edits: &Edits) -> Result<Oid, MissingPath> {
        self.edited_below(base, edits, b"")
    }

    fn edited_below(
        &mut self,
        base: Option<Oid>,
        edits: &Edits,
        folder: &[u8],
    ) -> Result<Oid, MissingPath> {
        let mut tree = base
            .and_then(|oid| self.tree(oid))
            .cloned()
            .unwrap_or_default();
        let mut deeper: BTreeMap<&[u8], Edits> = BTreeMap::new();
        for (path, edit) in edits {
            let mut parts = path.splitn(2, |byte| *byte == b'/');
            let name = parts.next().unwrap_or_default();
            match (parts.next(), edit) {
                (Some(rest), edit) => {
                    let below = deeper.entry(name).or_default();
                    below.insert(rest.to_vec(), *edit);
                }
                (None, Some(leaf)) => {
                    tree.0.insert(name.to_vec(), *leaf);
                }
                (None, None) => {
                    if tree.0.remove(name).is_none() {
                        return Err(MissingPath(joined(folder, name)));
                    }
                }
            }
        }
        for (name, below) in deeper {
            let there = tree.0.get(name);
            let base = there.filter(|leaf| leaf.mode == Mode::Directory);
            let base = base.map(|leaf| leaf.oid);
            let oid = self.edited_below(base, &below, &joined(folder, name))?;
            if self.tree(oid).is_none_or(|tree| tree.0.is_empty()) {
                tree.0.remove(name);
            } else {
                let mode = Mode::Directory;
                tree.0.insert(name.to_vec(), Leaf { mode, oid });
            }
        }
        Ok(self.put(Object::Tree(tree)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(store: &mut Store, text: &str) -> Leaf {
        let oid = store.put(Object::Blob(text.into()));
        let mode = Mode::File;
        Leaf { mode, oid }
    }

    #[test]
    fn edits_make_and_drop_folders_as_they_need() {
        let mut store = Store::default();
        let one = Some(file(&mut store, "one"));
        let edits = Edits::from([(b"a/b/c".to_vec(), one), (b"d".to_vec(), one)]);
        let root = store.edited(None, &edits).unwrap();
        let paths = |store: &Store, root| -> Vec<String> {
            let all = store.below(root, b"").into_iter();
            all.map(|(path, _)| String::from_utf8(path).unwrap())
                .collect()
        };
        assert_eq!(paths(&store, root), ["a", "a/b", "a/b/c", "d"]);
        assert_eq!(store.at(root, b"a/b/c"), one);
        assert_eq!(store.at(root, b"a/x"), None);

        let gone = Edits::from([(b"a/b/c".to_vec(), None)]);
        let root = store.edited(Some(root), &gone).unwrap();
        assert_eq!(paths(&store, root), ["d"]);
        let MissingPath(path) = store.edited(Some(root), &gone).unwrap_err();
        assert_eq!(path, b"a/b/c");
    }

    #[test]
    fn a_folder_takes_the_place_of_a_file() {
        let mut store = Store::default();
        let one = Some(file(&mut store, "one"));
        let root = store.edited(None, &Edits::from([(b"a".to_vec(), one)]));
        let below = Edits::from([(b"a/b".to_vec(), one)]);
        let root = store.edited(Some(root.unwrap()), &below).unwrap();
        assert_eq!(store.at(root, b"a/b"), one);
    }
}
