//! The files of this package, as the other tests read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What is not written by hand or not part of the package.
const SKIPPED: [&str; 4] = [".git", "target", "node_modules", "proptest-regressions"];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the package.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("`{path}`: {error}"))
}

/// Every file below a folder of the package, relative to the package, in order.
pub(crate) fn files(folder: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            if SKIPPED.contains(&name.as_ref()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    found
}

/// A Rust file of the program.
#[derive(Debug)]
pub(crate) struct Source {
    /// Below `src`, with `/` between names: `key/keyring.rs`.
    pub(crate) path: String,
    /// Its code without the tests.
    pub(crate) code: String,
}

/// Every Rust file below `src` but those that are compiled for tests only, without their tests.
pub(crate) fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut only_tests = BTreeSet::new();
    for path in files("src") {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(root().join(&path)).unwrap();
        let path = path.strip_prefix("src").unwrap();
        let path = path.to_string_lossy().replace('\\', "/");
        let stem = path.strip_suffix(".rs").unwrap();
        let folder = match stem.strip_suffix("/mod") {
            Some(folder) => folder.to_owned(),
            None if ["lib", "main"].contains(&stem) => String::new(),
            None => stem.to_owned(),
        };
        let names = test_modules(&text);
        only_tests.extend(names.map(|name| format!("{folder}/{name}")));
        let code = without_tests(&text).to_owned();
        found.push(Source { path, code });
    }
    found.retain(|source| {
        let is_below = |tests: &String| {
            let rest = source.path.strip_prefix(tests.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        };
        !only_tests.iter().any(is_below)
    });
    assert!(found.len() > 100, "the sources were found");
    found
}

/// The names in `#[cfg(test)] mod NAME;`.
fn test_modules(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[cfg(test)]\nmod ")
        .skip(1)
        .filter_map(|rest| rest.lines().next()?.strip_suffix(';'))
}

/// Tests stand at the end of a file.
pub(crate) fn without_tests(text: &str) -> &str {
    let starts = [
        "#[cfg(test)]\nmod tests {",
        "#[cfg(test)]\n#[cfg(unix)]\nmod tests {",
        "#[cfg(all(test, unix))]\nmod tests {",
    ];
    let ends = starts.iter().filter_map(|start| text.split_once(start));
    ends.map(|(code, _)| code)
        .min_by_key(|code| code.len())
        .unwrap_or(text)
}
