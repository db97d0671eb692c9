//! Sorted maps and sets, filled entry by entry.
//!
//! `collect` sorts first, by a sort that is compiled anew for every type: 4 KB of the program each
//! time, for maps of ten entries.

use std::collections::{BTreeMap, BTreeSet};

/// A map of these entries; of two with one key the later one stays.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}

/// A set of these items.
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}
