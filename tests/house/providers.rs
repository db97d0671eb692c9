//! A provider is data: no code asks which one it is talking to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use oauthctl::provider::{LARGEST_FILE, Providers};

use crate::tree::{root, sources, without_tests};

fn shipped_files() -> BTreeMap<String, PathBuf> {
    fs::read_dir(root().join("src/provider/builtin"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                path,
            )
        })
        .collect()
}

#[test]
fn every_file_of_a_shipped_definition_is_part_of_the_program() {
    let known = Providers::load(&root().join("no-such-folder"));
    let names: BTreeSet<String> = known.names().iter().map(ToString::to_string).collect();
    let files: BTreeSet<String> = shipped_files().into_keys().collect();
    assert_eq!(names, files);
    for listed in known.list().unwrap() {
        listed.definition.unwrap();
    }
}

#[test]
fn shipped_definitions_are_text_that_a_person_can_read() {
    for path in shipped_files().into_values() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.len() as u64 <= LARGEST_FILE, "{}", path.display());
        assert!(
            text.starts_with("# "),
            "{} begins with a comment",
            path.display()
        );
        let is_plain = |c: char| c == '\n' || !oauthctl::escape::is_unsafe(c);
        assert!(text.chars().all(is_plain), "{}", path.display());
    }
}

#[test]
fn no_code_compares_with_the_name_of_a_provider() {
    let names = names_to_look_for();
    for source in sources() {
        let found = comparison(&source.code, &names);
        assert_eq!(found, None, "{}", source.path);
    }
}

#[test]
fn a_comparison_with_the_name_of_a_provider_would_be_found() {
    let names = names_to_look_for();
    for bad in [
        "if provider == \"github\" {",
        "if \"notion\" == name {",
        "if name.as_str()\n    != \"google\" {",
        "match name { \"youtube\" => 1, _ => 2 }",
        "match name { \"x\" | \"youtube\" => 1, _ => 2 }",
        "match name { Some(\"youtube\") => 1, _ => 2 }",
        "name.eq(\"github\")",
        "name.starts_with(\"microsoft\")",
        "matches!(name, \"github\")",
        "[\"github\"].contains(&name)",
        "definition.display_name == \"GitHub\"",
    ] {
        assert!(comparison(bad, &names).is_some(), "{bad}");
    }
    for good in [
        "name == other",
        "\"connect github\"",
        "println(\"github\")",
        "Some(\"https://github.com/\") == page",
    ] {
        assert_eq!(comparison(good, &names), None, "{good}");
    }
    let tested = "fn a() {}\n#[cfg(test)]\nmod tests {\n    if x == \"github\" {}\n}\n";
    assert_eq!(comparison(without_tests(tested), &names), None);
    assert!(comparison(tested, &names).is_some());
}

/// What commands call the shipped providers, and what people call them.
fn names_to_look_for() -> Vec<String> {
    let known = Providers::load(&root().join("no-such-folder"));
    let names = known.list().unwrap().into_iter();
    names
        .flat_map(|listed| [listed.name, listed.definition.unwrap().display_name.clone()])
        .collect()
}

/// The first comparison with one of `names`, as it stands without spaces.
fn comparison(source: &str, names: &[String]) -> Option<String> {
    let squeezed: String = source.chars().filter(|c| !c.is_whitespace()).collect();
    let forms = names.iter().flat_map(|name| {
        [
            format!("==\"{name}\""),
            format!("!=\"{name}\""),
            format!("=&\"{name}\""),
            format!("\"{name}\"=="),
            format!("\"{name}\"!="),
            format!("\"{name}\"=>"),
            format!("\"{name}\"|"),
            format!("|\"{name}\""),
            format!("\"{name}\")=>"),
            format!("eq(\"{name}\""),
            format!("ne(\"{name}\""),
            format!("eq(&\"{name}\""),
            format!("starts_with(\"{name}"),
            format!("ends_with(\"{name}"),
            format!("strip_prefix(\"{name}"),
            format!("contains(\"{name}\")"),
            format!("\"{name}\"].contains("),
            format!(",\"{name}\")"),
        ]
    });
    forms.into_iter().find(|form| squeezed.contains(form))
}
