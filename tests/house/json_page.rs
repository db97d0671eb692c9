//! `man/oauthctl-json.5` is written by hand. Every document has a section there, and a section lists
//! the fields that the snapshots of its document have: no more, no fewer, of those types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::readme::kinds;
use crate::tree::{files, sources, text};

/// A document: its section of the page, where it is made, and its snapshots.
struct Shape {
    section: &'static str,
    source: &'static str,
    snapshots: &'static [&'static str],
}

const fn shape(
    section: &'static str,
    source: &'static str,
    snapshots: &'static [&'static str],
) -> Shape {
    Shape {
        section,
        source,
        snapshots,
    }
}

const SHAPES: [Shape; 50] = [
    shape(
        "every error",
        "mod",
        &["error_login_required", "error_temporary", "error_usage"],
    ),
    shape(
        "connect, list, show",
        "state_json",
        &["connect", "list", "show"],
    ),
    shape("connect --start", "connect/two_step", &["connect_start"]),
    shape("consents", "consents", &["consents"]),
    shape("scopes", "scopes", &["scopes"]),
    shape("refresh", "refresh", &["refresh"]),
    shape("revoke", "revoke", &["revoke"]),
    shape("token", "token", &["token"]),
    shape("token --format kubectl", "token", &["token_kubectl"]),
    shape(
        "token --format credential-process",
        "token",
        &["token_credential_process"],
    ),
    shape("every hook", "hooks", &["hook_refresh", "hook_error"]),
    shape(
        "audit, audit export",
        "audit/filter",
        &["audit", "audit_export"],
    ),
    shape(
        "audit verify",
        "audit/verify",
        &["audit_verify", "audit_verify_pruned"],
    ),
    shape(
        "audit report",
        "audit/report",
        &["audit_report", "audit_report_filtered"],
    ),
    shape("doc init", "doc/init", &["doc_init"]),
    shape(
        "doc push, doc watch",
        "doc/push",
        &["doc_push", "doc_watch"],
    ),
    shape(
        "doc pull",
        "doc/pull",
        &["doc_pull", "doc_pull_conflict", "doc_pull_merged"],
    ),
    shape(
        "doc status",
        "doc/status",
        &["doc_status", "doc_status_open"],
    ),
    shape("doc log", "doc/log", &["doc_log"]),
    shape("doc diff", "doc/diff", &["doc_diff"]),
    shape(
        "doc diff --html, doc open",
        "doc/diff_page",
        &["doc_diff_html"],
    ),
    shape("doc diff --html, doc open", "doc/open", &["doc_open"]),
    shape("doc find", "doc/find", &["doc_find"]),
    shape("doc resolve", "doc/resolve", &["doc_resolve"]),
    shape("doc restore", "doc/restore", &["doc_restore"]),
    shape("doc undo", "doc/undo", &["doc_undo"]),
    shape("doc version NAME", "doc/version", &["doc_version"]),
    shape("doc version", "doc/version", &["doc_versions"]),
    shape("provider list", "provider/list", &["provider_list"]),
    shape("provider check", "provider/check", &["provider_check"]),
    shape("provider show", "provider/show", &["provider_show"]),
    shape("client show", "client/show", &["client_show"]),
    shape("vault status", "vault/status", &["vault_status"]),
    shape("vault check", "vault/check", &["vault_check"]),
    shape(
        "vault check --confirm",
        "vault/check",
        &["vault_check_confirm"],
    ),
    shape(
        "vault restore",
        "vault/restore",
        &["vault_restore_put", "vault_restore_filled"],
    ),
    shape(
        "vault accept-rollback",
        "vault/accept_rollback",
        &["vault_accept_rollback"],
    ),
    shape("vault recover", "vault/recover", &["vault_recover"]),
    shape(
        "vault recipients list, vault recipients add, vault recipients remove",
        "vault/recipients/list",
        &["vault_recipients_list"],
    ),
    shape("vault rekey", "vault/rekey", &["vault_rekey"]),
    shape(
        "vault move-key",
        "vault/move_key",
        &["vault_move_key", "vault_move_key_dry_run"],
    ),
    shape("vault backup", "vault/backup", &["vault_backup"]),
    shape("vault export", "vault/export", &["vault_export"]),
    shape(
        "vault import",
        "vault/import",
        &["vault_import", "vault_import_kept"],
    ),
    shape(
        "vault export --update",
        "vault/export",
        &["vault_export_update"],
    ),
    shape(
        "config get, config list",
        "config/get",
        &["config_get", "config_list"],
    ),
    shape("config path", "config/path", &["config_path"]),
    shape("doctor", "doctor", &["doctor"]),
    shape("sandbox", "sandbox", &["sandbox"]),
    shape("every document", "", &[]),
];

/// Fields that no snapshot has, and why.
const UNSEEN: [(&str, &str, &str); 6] = [
    (
        "doc push, doc watch",
        "pulled[]",
        "as in `doc pull`, by the same code",
    ),
    (
        "provider show",
        "provider.register_at",
        "nobody registers an app at the practice provider",
    ),
    ("provider show", "provider.to_register", "as before"),
    (
        "provider show",
        "provider.ends_by_itself",
        "its grants last",
    ),
    ("provider show", "provider.end_access_at", "it has no page"),
    ("every document", "schema", "in every snapshot, see there"),
];

/// Those whose form other programs decide.
const FOREIGN: [&str; 2] = ["token_kubectl", "token_credential_process"];

/// The fields of a section: path, and type as it stands on the page.
type Fields = BTreeMap<String, String>;

/// The page's sections that list fields.
fn sections(page: &str) -> BTreeMap<String, Fields> {
    let mut sections: BTreeMap<String, Fields> = BTreeMap::new();
    let mut section = String::new();
    let mut is_tag = false;
    for line in page.lines() {
        if let Some(name) = line.strip_prefix(".SS ") {
            section = name.replace("\\-", "-");
        } else if is_tag && let Some(tag) = line.strip_prefix(".BR ") {
            let (path, kind) = tag.split_once(" \" (").unwrap_or_else(|| panic!("{line}"));
            let kind = kind.strip_suffix(")\"").unwrap();
            let fields = sections.entry(section.clone()).or_default();
            let before = fields.insert(path.replace("\\-", "-"), kind.to_owned());
            assert_eq!(before, None, "`{section}` lists `{path}` twice");
        }
        is_tag = line == ".TP" || line == ".TQ";
    }
    sections
}

/// The documents of a snapshot.
fn documents(snapshot: &str) -> Vec<Value> {
    let file = format!("tests/cli/snapshots/cli__json_shapes__{snapshot}.snap");
    let text = text(&file);
    let (_, body) = text.split_once("\n---\n").unwrap();
    let documents = serde_json::Deserializer::from_str(body).into_iter();
    documents.map(Result::unwrap).collect()
}

/// Compares documents with what a section says, and keeps which fields it saw.
struct Reading<'a> {
    fields: &'a Fields,
    seen: BTreeSet<String>,
    wrong: Vec<String>,
}

impl<'a> Reading<'a> {
    const fn of(fields: &'a Fields) -> Self {
        Self {
            fields,
            seen: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    fn object(&mut self, inside: &str, members: &Map<String, Value>) {
        for (name, value) in members {
            let path = format!("{inside}{name}");
            match self.fields.get(&path) {
                _ if path == "schema" => {}
                None => self.wrong.push(format!("`{path}` is not listed")),
                Some(kind) if !is_of(kind, value) => {
                    self.wrong.push(format!("`{path}` is no {kind}: {value}"));
                }
                Some(_) => {}
            }
            self.value(&path, value);
            self.seen.insert(path);
        }
        for (path, kind) in self.fields {
            let name = path.strip_prefix(inside);
            let name = name.filter(|name| !name.contains('.') && !name.is_empty());
            let may_be_absent = kind.ends_with(", may be absent");
            if name.is_some_and(|name| !members.contains_key(name)) && !may_be_absent {
                self.wrong.push(format!("`{path}` is not always there"));
            }
        }
    }

    fn value(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(members) => self.object(&format!("{path}."), members),
            Value::Array(items) => {
                for members in items.iter().filter_map(Value::as_object) {
                    self.object(&format!("{path}[]."), members);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Whether a value of a snapshot is what the page calls it. Numbers and times that change are words
/// in snapshots.
fn is_of(kind: &str, value: &Value) -> bool {
    let kind = kind.trim_end_matches(", may be absent");
    let (kind, or_null) = match kind.strip_suffix(" or null") {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    match (kind, value) {
        (_, Value::Null) => or_null,
        ("number", Value::String(word)) => word == "NUMBER",
        ("time" | "date", Value::String(word)) => word == "TIME",
        ("string", Value::String(word)) => !["NUMBER", "TIME"].contains(&word.as_str()),
        ("array of strings", Value::Array(items)) => items.iter().all(Value::is_string),
        ("array of objects", Value::Array(items)) => items.iter().all(Value::is_object),
        _ => {
            (kind == "number" && value.is_u64())
                || (kind == "boolean" && value.is_boolean())
                || (kind == "object" && value.is_object())
        }
    }
}

/// What is wrong between a section and the snapshots of its documents.
fn wrong(section: &str, fields: &Fields, snapshots: &[Vec<Value>]) -> Vec<String> {
    let mut reading = Reading::of(fields);
    for document in snapshots.iter().flatten() {
        reading.object("", document.as_object().unwrap());
    }
    let excused = |path: &str| {
        let mut excuses = UNSEEN.iter().filter(|(of, ..)| *of == section);
        excuses.any(|(_, start, _)| path.starts_with(start))
    };
    for path in fields.keys() {
        match (reading.seen.contains(path), excused(path)) {
            (false, false) => reading.wrong.push(format!("no document has `{path}`")),
            (true, true) => reading.wrong.push(format!("`{path}` needs no excuse")),
            (true, false) | (false, true) => {}
        }
    }
    reading.wrong
}

#[test]
fn the_page_of_json_documents_lists_the_fields_that_they_have() {
    let sections = sections(&text("man/oauthctl-json.5"));
    let told: BTreeSet<_> = sections.keys().map(String::as_str).collect();
    let known: BTreeSet<_> = SHAPES.iter().map(|shape| shape.section).collect();
    assert_eq!(told, known, "sections that list fields");
    for (section, fields) in &sections {
        let shapes = SHAPES.iter().filter(|shape| shape.section == section);
        let names = shapes.flat_map(|shape| shape.snapshots);
        let snapshots: Vec<_> = names.map(|name| documents(name)).collect();
        let wrong = wrong(section, fields, &snapshots);
        assert!(wrong.is_empty(), "`{section}` of the page: {wrong:#?}");
    }
}

#[test]
fn a_field_that_the_page_lacks_invents_or_calls_another_type_is_found() {
    let page = text("man/oauthctl-json.5");
    let of = |page: &str| {
        let sections = sections(page);
        wrong(
            "client show",
            &sections["client show"],
            &[documents("client_show")],
        )
    };
    assert!(of(&page).is_empty());
    let (start, rest) = page.split_once(".SS client show").unwrap();
    let changed = |from: &str, to: &str| {
        assert!(rest.contains(from), "{from}");
        of(&format!(
            "{start}.SS client show{}",
            rest.replacen(from, to, 1)
        ))
    };
    let field = ".TP\n.BR current \" (boolean)\"";
    assert_eq!(changed(field, ""), ["`current` is not listed"]);
    let invented = format!(".TP\n.BR invented \" (string)\"\nA word.\n{field}");
    assert_eq!(
        changed(field, &invented),
        [
            "`invented` is not always there",
            "no document has `invented`"
        ]
    );
    let absent = invented.replace("(string)", "(string, may be absent)");
    assert_eq!(changed(field, &absent), ["no document has `invented`"]);
    let other = field.replace("boolean", "string or null");
    assert_eq!(
        changed(field, &other),
        ["`current` is no string or null: true"]
    );
}

#[test]
fn the_page_of_json_documents_tells_every_kind_of_error() {
    let page = text("man/oauthctl-json.5");
    for kind in kinds() {
        let told = format!(".B {}\n({})", kind.name(), kind.exit_code());
        assert!(page.contains(&told), "`{told}`");
    }
}

#[test]
fn every_json_document_has_a_snapshot_and_a_schema() {
    let known: BTreeSet<_> = SHAPES.iter().flat_map(|shape| shape.snapshots).collect();
    let there = files("tests/cli/snapshots");
    let there: Vec<_> = there.iter().map(|path| path.to_string_lossy()).collect();
    let there: BTreeSet<_> = there
        .iter()
        .filter_map(|path| path.split_once("__json_shapes__")?.1.strip_suffix(".snap"))
        .collect();
    assert_eq!(there, known.into_iter().copied().collect(), "snapshots");
    for snapshot in there {
        for document in documents(snapshot) {
            let schema = (!FOREIGN.contains(&snapshot)).then_some(1);
            assert_eq!(document["schema"].as_u64(), schema, "{snapshot}");
        }
    }
    let sources = sources();
    let making = sources.iter().filter_map(|source| {
        let name = source.path.strip_prefix("commands/")?.strip_suffix(".rs")?;
        source.code.contains("\"schema\": 1").then_some(name)
    });
    let making: BTreeSet<_> = making.collect();
    let told = SHAPES.iter().map(|shape| shape.source);
    let told: BTreeSet<_> = told.filter(|source| !source.is_empty()).collect();
    assert_eq!(making, told, "sources that make documents");
}
