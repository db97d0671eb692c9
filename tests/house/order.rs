//! What holds for every file.

use std::fs;

use crate::tree::{files, root, text};

#[test]
fn every_rust_file_is_a_module_of_something() {
    for folder in ["src", "tests/cli", "tests/house", "tests/system"] {
        for path in files(folder) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let is_rust = path.extension().is_some_and(|extension| extension == "rs");
            let parent = path.parent().unwrap();
            if !is_rust || (parent.ends_with(folder) && ["main", "lib"].contains(&name.as_str())) {
                continue;
            }
            // `x/mod.rs` is declared where `x.rs` would be
            let (name, parent) = if name == "mod" {
                let folder = parent.file_name().unwrap().to_string_lossy().into_owned();
                (folder, parent.parent().unwrap())
            } else {
                (name, parent)
            };
            let parents = ["main.rs", "lib.rs", "mod.rs"].map(|file| parent.join(file));
            let declared = parents
                .into_iter()
                .chain([parent.with_extension("rs")])
                .any(|file| {
                    fs::read_to_string(root().join(file)).is_ok_and(|text| {
                        text.contains(&format!("mod {name};"))
                            || text.contains(&format!("/{name}.rs\"]"))
                    })
                });
            assert!(
                declared,
                "`{}` was left out: nothing says `mod {name};`",
                path.display()
            );
        }
    }
}

#[test]
fn every_schema_of_the_vault_has_a_fixture() {
    for version in 1..=oauthctl::vault::SCHEMA {
        let file = format!("tests/fixtures/vault-{version}/vault.db");
        assert!(root().join(&file).is_file(), "`{file}` is missing");
    }
    let fixtures = files("tests/fixtures").into_iter();
    for path in fixtures.filter(|path| path.ends_with("vault.db")) {
        let folder = path
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let version: u32 = folder.strip_prefix("vault-").unwrap().parse().unwrap();
        assert!(
            version <= oauthctl::vault::SCHEMA,
            "{folder} is from the future"
        );
    }
}

#[test]
fn exceptions_have_reasons_and_nothing_is_left_to_do() {
    for path in files("src")
        .into_iter()
        .chain(files("tests"))
        .chain(files("benches"))
    {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = text(&path.to_string_lossy());
        let fault = careless(&text);
        assert_eq!(fault, None, "{}", path.display());
    }
    // Spelled so that this file is not one of those that it complains about.
    for bad in [
        concat!("#[", "allow(dead_code)]"),
        concat!("#![", "allow(dead_code)]"),
        concat!("tod", "o!()"),
        concat!("unimple", "mented!()"),
        concat!("dbg", "!(x)"),
        concat!("// TO", "DO: later"),
        concat!("#[ign", "ore]"),
    ] {
        assert!(careless(bad).is_some(), "{bad}");
    }
    assert_eq!(careless("#[expect(dead_code, reason = \"x\")]"), None);
}

fn careless(text: &str) -> Option<&'static str> {
    let words = [
        concat!("[", "allow("),
        concat!("tod", "o!("),
        concat!("unimple", "mented!("),
        concat!("dbg", "!("),
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ign", "ore]"),
    ];
    words.into_iter().find(|word| text.contains(word))
}

#[test]
fn text_ends_with_a_newline_and_names_no_machine() {
    let mut machine = vec![root().display().to_string()];
    // A home elsewhere may be made for one run, and its name a word like any other.
    let homes = std::env::var("HOME").into_iter();
    let homes = homes.filter(|home| home.starts_with("/home/") || home == "/root");
    machine.extend(homes.map(|home| format!("{home}/")));
    let mut seen = 0;
    for path in files(".") {
        // what an older version wrote is never edited
        if path.starts_with("tests/fixtures") {
            continue;
        }
        let bytes = fs::read(root().join(&path)).unwrap();
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        if text.contains('\0') {
            continue;
        }
        seen += 1;
        assert!(
            text.is_empty() || text.ends_with('\n'),
            "{} has no last newline",
            path.display()
        );
        assert!(
            !text.contains('\r'),
            "{} has carriage returns",
            path.display()
        );
        for place in &machine {
            assert!(
                !text.contains(place),
                "{} names this machine: {place}",
                path.display()
            );
        }
    }
    assert!(seen > 100, "the files were found");
}

#[test]
fn lock_files_name_no_registry_but_the_public_one() {
    let lock = text("Cargo.lock");
    let sources = lock
        .lines()
        .filter_map(|line| line.strip_prefix("source = "));
    for source in sources {
        let public = "\"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(source, public);
    }
    for path in files("tests/system") {
        let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
        if path.ends_with("package-lock.json") {
            assert!(!text.contains("\"resolved\""), "{}", path.display());
        }
        let names_one = text.lines().any(|line| line.starts_with("registry="));
        assert!(!names_one, "{}", path.display());
    }
    // What everybody builds with, and no settings of one machine.
    assert_eq!(files(".cargo").len(), 1);
    let settings = text(".cargo/config.toml");
    let tables: Vec<_> = settings.lines().filter(|l| l.starts_with('[')).collect();
    assert_eq!(tables, ["[env]"]);
}

#[test]
fn the_top_of_the_package_stays_small() {
    let wanted = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "benches",
        "completions",
        "man",
        "src",
        "target",
        "tests",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let known = name.starts_with('.') || wanted.contains(&name.as_str());
        assert!(known, "`{name}` has no place at the top");
    }
    let changes = text("CHANGELOG.md");
    let version = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(
        changes.contains(&version),
        "CHANGELOG.md doesn't tell of this version"
    );
}
