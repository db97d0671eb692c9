//! Dependencies point down: which module may use which, and which of them may use what from
//! outside. `src/lib.rs` explains the table.

use std::collections::BTreeSet;

use crate::paths::paths;
use crate::tree::{Source, sources, text};

/// From top to bottom; a module uses those in lower rows only, never its neighbours.
const LAYERS: [&[&str]; 15] = [
    &["main"],
    &["lib"],
    &["generate"],
    &["commands"],
    &["app"],
    &["error"],
    &["sandbox", "flow", "connection"],
    &["exchange"],
    &["document", "oauth", "vault"],
    &["provider", "key", "http", "ui", "token", "config"],
    &["plugin"],
    &["lock"],
    &["private_file", "env", "stop", "child"],
    &["names", "endpoint", "signing"],
    &[
        "moment", "escape", "secret", "harden", "inflate", "ordered", "json", "beside",
    ],
];

/// What a module doesn't know although it lies lower, and why.
const STRANGERS: [(&str, &[&str], &str); 5] = [
    (
        "oauth",
        &["http", "ui", "lock", "config", "key", "env", "private_file"],
        "the protocol is pure: values in, values out",
    ),
    (
        "vault",
        &["key", "http", "provider", "ui", "token", "config"],
        "the vault is handed an identity and keeps records that it doesn't understand",
    ),
    (
        "flow",
        &["vault", "key", "lock", "ui", "config"],
        "a flow brings a grant and stores nothing",
    ),
    (
        "connection",
        &["key", "ui"],
        "the life of a token asks nobody and prints nothing",
    ),
    (
        "sandbox",
        &[
            "oauth", "vault", "key", "http", "provider", "token", "exchange",
        ],
        "a server that shared the client's code would share its mistakes",
    ),
];

/// Who may use what from outside. Every dependency of `Cargo.toml` has a row; `anywhere` is for
/// what neither reads the world nor writes it.
const OUTSIDE: &[(&str, &str)] = &[
    ("age", "key plugin vault commands/vault"),
    ("age_core", "plugin vault"),
    ("anstream", "ui"),
    ("apple_native_keyring_store", "key/keyring"),
    ("base64", "document http oauth plugin sandbox signing"),
    ("chacha20poly1305", "connection/foreign vault"),
    ("clap", "commands generate"),
    ("clap_complete", "commands/completions generate"),
    ("clap_mangen", "generate"),
    ("dbus_secret_service", "key/keyring"),
    ("dbus_secret_service_keyring_store", "key/keyring"),
    ("directories", "app"),
    ("dlmalloc", "main"),
    (
        "getrandom",
        "app commands connection document exchange flow key private_file sandbox vault",
    ),
    ("hkdf", "key vault"),
    ("hmac", "key sandbox vault"),
    (
        "http",
        "commands/api commands/token document flow http oauth",
    ),
    ("http_body_util", "flow http"),
    ("hyper", "flow http"),
    ("hyper_util", "flow"),
    ("icu_normalizer", "document/path"),
    ("imara_diff", "document/edits"),
    ("keyring_core", "key/keyring"),
    ("oauth2", "oauth"),
    ("open", "flow/browser"),
    ("qrcode", "ui"),
    ("reqwest", "http"),
    ("ring", "document sandbox signing"),
    ("rpassword", "ui"),
    ("rusqlite", "vault"),
    (
        "rustix",
        "app child commands/exec document flow/listener harden key plugin private_file stop ui vault",
    ),
    ("rustls", "http"),
    ("serde", "anywhere"),
    (
        "serde_json",
        "commands connection document http json oauth provider sandbox vault",
    ),
    ("sha2", "key sandbox signing vault"),
    ("signal_hook", "stop"),
    ("subtle", "secret vault"),
    ("thiserror", "anywhere"),
    ("time", "http moment"),
    ("tiny_http", "sandbox"),
    ("tokio", "commands connection flow http ui"),
    ("toml", "config provider"),
    ("toml_edit", "config"),
    (
        "url",
        "commands/api connection/foreign endpoint flow http key oauth provider sandbox",
    ),
    ("unicode_segmentation", "document"),
    ("windows_native_keyring_store", "key/keyring"),
    ("zeroize", "anywhere"),
    // Of the standard library, what touches the world.
    (
        "std::env",
        "app commands/demo commands/git commands/mod env flow/browser plugin",
    ),
    ("std::io::stderr", "ui"),
    (
        "std::io::stdin",
        "commands/api commands/client/set commands/connect commands/git_credential commands/vault/foreign ui",
    ),
    ("std::io::stdout", "ui"),
    ("std::net", "endpoint flow sandbox"),
    (
        "std::process::Command",
        "child commands/api/filter commands/demo commands/doc/walk commands/exec commands/git commands/hooks commands/token/copy env flow/browser plugin",
    ),
    ("std::process::ExitCode", "commands main"),
    ("std::process::exit", ""),
    ("std::time::SystemTime", "app"),
];

#[test]
fn every_module_has_a_layer() {
    let listed: BTreeSet<&str> = LAYERS
        .iter()
        .flat_map(|layer| layer.iter().copied())
        .collect();
    for line in text("src/lib.rs").lines() {
        if let Some(name) = line.trim().strip_prefix("pub mod ") {
            let name = name.trim_end_matches(';');
            assert!(listed.contains(name), "`{name}` has no row in LAYERS");
        }
    }
}

#[test]
fn the_architecture_page_shows_the_same_layers() {
    let page = text("src/lib.rs");
    let (_, table) = page.split_once("//! |---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with("//! |"));
    let shown = rows.map(|row| {
        let first = row.split('|').nth(1).unwrap();
        let names = first.split('`').skip(1).step_by(2);
        names.collect::<BTreeSet<&str>>()
    });
    // `lib` is the page itself
    let held = LAYERS.iter().map(|layer| {
        let names = layer.iter().copied();
        let names = names.filter(|name| *name != "lib");
        names.collect::<BTreeSet<&str>>()
    });
    let held: Vec<_> = held.filter(|names| !names.is_empty()).collect();
    assert_eq!(shown.collect::<Vec<_>>(), held);
}

#[test]
fn modules_use_lower_layers_only() {
    for source in sources() {
        let wrong = upward(&source);
        assert!(wrong.is_empty(), "{}: {wrong:#?}", source.path);
    }
}

#[test]
fn what_comes_from_outside_has_one_owner() {
    for source in sources() {
        let wrong = foreign(&source);
        assert!(wrong.is_empty(), "{}: {wrong:#?}", source.path);
    }
}

#[test]
fn every_dependency_has_an_owner_and_every_owner_a_dependency() {
    let manifest: toml::Table = toml::from_str(&text("Cargo.toml")).unwrap();
    let mut dependencies = BTreeSet::new();
    let mut collect = |table: &toml::Table| {
        if let Some(toml::Value::Table(crates)) = table.get("dependencies") {
            dependencies.extend(crates.keys().map(|name| name.replace('-', "_")));
        }
    };
    collect(&manifest);
    for target in manifest["target"].as_table().unwrap().values() {
        collect(target.as_table().unwrap());
    }
    let owned = OUTSIDE.iter().map(|(name, _)| (*name).to_owned());
    let owned: BTreeSet<String> = owned.filter(|name| !name.starts_with("std::")).collect();
    assert_eq!(owned, dependencies, "OUTSIDE and Cargo.toml differ");
}

#[test]
fn owners_use_what_they_own() {
    let sources = sources();
    for (outside, owners) in OUTSIDE {
        let prefix = format!("{outside}::");
        for owner in owners.split(' ').filter(|owner| !owner.is_empty()) {
            let uses = sources
                .iter()
                .filter(|source| owns(owner, &source.path))
                .any(|source| {
                    let paths = paths(&source.path, &source.code);
                    paths
                        .iter()
                        .any(|path| path == outside || path.starts_with(&prefix))
                });
            assert!(uses, "`{owner}` doesn't use `{outside}` any more");
        }
    }
}

#[test]
fn a_use_that_points_up_sideways_or_outside_would_be_found() {
    let bad = [
        ("vault/open.rs", "use crate::connection::World;"),
        ("vault/open.rs", "use crate::key;"),
        ("vault/open.rs", "fn f() { crate::ui::span(x) }"),
        ("vault/open.rs", "use reqwest::Client;"),
        ("flow/code.rs", "use crate::{http::Http, vault::Vault};"),
        ("flow/code.rs", "use super::super::connection;"),
        ("oauth/scope.rs", "fn f() { std::time::SystemTime::now(); }"),
        (
            "oauth/scope.rs",
            "use std::time; fn f() { time::SystemTime::now(); }",
        ),
        ("oauth/scope.rs", "fn f() { getrandom::fill(&mut x) }"),
        ("oauth/json.rs", "use crate::http::Http;"),
        ("names.rs", "use crate::ui::Ui;"),
        ("http.rs", "use crate::ui;"),
        ("token.rs", "use std::io; fn f() { io::stdout(); }"),
        ("key/source.rs", "use keyring_core as keys;"),
        ("commands/list.rs", "use crate::generate;"),
        ("commands/list.rs", "use rusqlite::Connection;"),
        ("commands/list.rs", "use std::process::{Stdio, Command};"),
        ("app/clock.rs", "fn f() { std::process::exit(1) }"),
    ];
    for (path, code) in bad {
        let source = synthetic(path, code);
        let found = !upward(&source).is_empty() || !foreign(&source).is_empty();
        assert!(found, "{path}: {code}");
    }
    let good = [
        (
            "vault/open.rs",
            "use crate::lock; use super::header; mod open; use open::x;",
        ),
        (
            "commands/list.rs",
            "use crate::connection::select; use crate::commands::printed;",
        ),
        (
            "connection/fresh.rs",
            "// crate::ui::Ui\nuse crate::connection::World;",
        ),
        (
            "connection/fresh.rs",
            "fn f() { \"crate::ui\"; self.http::<X>() }",
        ),
        ("app/clock.rs", "use std::time::SystemTime;"),
    ];
    for (path, code) in good {
        let source = synthetic(path, code);
        assert_eq!(upward(&source), Vec::<String>::new(), "{path}: {code}");
        assert_eq!(foreign(&source), Vec::<String>::new(), "{path}: {code}");
    }
}

fn synthetic(path: &str, code: &str) -> Source {
    let (path, code) = (path.to_owned(), code.to_owned());
    Source { path, code }
}

/// What a file uses that lies higher, beside it, or is strange to it.
fn upward(source: &Source) -> Vec<String> {
    let own = top(&source.path);
    let layer = layer(own).unwrap_or_else(|| panic!("`{own}` has no row in LAYERS"));
    let mut wrong = Vec::new();
    for path in paths(&source.path, &source.code) {
        let Some(used) = path.strip_prefix("crate::") else {
            continue;
        };
        let used = used.split("::").next().unwrap();
        let Some(place) = self::layer(used) else {
            continue;
        };
        if used != own && place <= layer {
            wrong.push(format!("`{path}` lies above or beside `{own}`"));
        }
        for (module, strangers, why) in STRANGERS {
            if module == own && strangers.contains(&used) {
                wrong.push(format!("`{path}` in `{own}`: {why}"));
            }
        }
    }
    wrong
}

/// What a file uses from outside that is another's to use.
fn foreign(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for path in paths(&source.path, &source.code) {
        for (outside, owners) in OUTSIDE {
            let is_it = path == *outside || path.starts_with(&format!("{outside}::"));
            if is_it && !owners.split(' ').any(|owner| owns(owner, &source.path)) {
                wrong.push(format!("`{path}` belongs to: {owners}"));
            }
        }
    }
    wrong
}

fn owns(owner: &str, path: &str) -> bool {
    let rest = path.strip_prefix(owner);
    owner == "anywhere" || rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The module right below the crate that a file belongs to.
fn top(path: &str) -> &str {
    let first = path.split('/').next().unwrap();
    first.trim_end_matches(".rs")
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}
